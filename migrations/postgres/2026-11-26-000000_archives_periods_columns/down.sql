ALTER TABLE statements DROP COLUMN copy;
ALTER TABLE statements DROP COLUMN period_to;
ALTER TABLE statements DROP COLUMN period_from;
DROP TABLE column_mappings;
DROP TABLE archive_parts;
DROP TABLE archives;
