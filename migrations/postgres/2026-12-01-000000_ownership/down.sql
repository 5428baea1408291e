ALTER TABLE schools DROP COLUMN ownership;
