DROP TABLE backups;
ALTER TABLE letter_terms DROP COLUMN seen_at;
DROP INDEX invoices_import;
ALTER TABLE invoices DROP COLUMN import_id;
ALTER TABLE student_imports DROP COLUMN kind;
DROP TABLE refused_files;
