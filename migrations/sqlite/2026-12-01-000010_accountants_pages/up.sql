-- Statement files that were refused, kept for a day at most: what is wrong with which rows, to be
-- taken away as a workbook.
CREATE TABLE refused_files (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT refused_files_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  problems TEXT NOT NULL,
  sent_by TEXT NOT NULL,
  sent_at TEXT NOT NULL
) STRICT;
CREATE INDEX refused_files_time ON refused_files (sent_at);
-- Lists of invoices are taken in as lists of students are: planned, looked at, taken back.
ALTER TABLE student_imports ADD COLUMN kind TEXT NOT NULL DEFAULT 'students' CONSTRAINT student_imports_kind CHECK (kind IN ('students', 'invoices'));
ALTER TABLE invoices ADD COLUMN import_id INTEGER CONSTRAINT invoices_import_id_fkey REFERENCES student_imports (id);
CREATE INDEX invoices_import ON invoices (import_id) WHERE import_id IS NOT NULL;
-- When somebody looked the letters to families over; words that change afterwards are to be looked at
-- again.
ALTER TABLE letter_terms ADD COLUMN seen_at TEXT;
-- What became of each backup that was made.
CREATE TABLE backups (
  id INTEGER PRIMARY KEY NOT NULL,
  made_at TEXT NOT NULL,
  file_name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  verified INTEGER NOT NULL CONSTRAINT backups_verified_bool CHECK (verified IN (0, 1))
) STRICT;
