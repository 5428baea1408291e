-- Statement files that came together in one archive: planned, committed and undone together.
CREATE TABLE archives (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT archives_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  container TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at TEXT NOT NULL
) STRICT;

-- The imports of an archive; one that was known before was not brought by it.
CREATE TABLE archive_parts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT archive_parts_school_id_fkey REFERENCES schools (id),
  archive_id INTEGER NOT NULL CONSTRAINT archive_parts_archive_id_fkey REFERENCES archives (id),
  import_id INTEGER NOT NULL CONSTRAINT archive_parts_import_id_fkey REFERENCES imports (id),
  position INTEGER NOT NULL,
  brought INTEGER NOT NULL CONSTRAINT archive_parts_brought_bool CHECK (brought IN (0, 1)),
  CONSTRAINT archive_parts_position_unique UNIQUE (archive_id, position)
) STRICT;

-- Which column holds what, in tables of an account whose words are not known.
CREATE TABLE column_mappings (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT column_mappings_school_id_fkey REFERENCES schools (id),
  bank_account_id INTEGER NOT NULL CONSTRAINT column_mappings_bank_account_id_fkey REFERENCES bank_accounts (id),
  headings_key TEXT NOT NULL,
  mapping TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  saved_at TEXT NOT NULL,
  CONSTRAINT column_mappings_unique UNIQUE (bank_account_id, headings_key)
) STRICT;

-- The days a statement says it covers, those without movements among them.
ALTER TABLE statements ADD COLUMN period_from TEXT;
ALTER TABLE statements ADD COLUMN period_to TEXT;
-- Whether the bank marked it as sent before.
ALTER TABLE statements ADD COLUMN copy INTEGER NOT NULL DEFAULT 0 CONSTRAINT statements_copy_bool CHECK (copy IN (0, 1));

CREATE INDEX archives_same_file ON archives (school_id, sha256);
CREATE INDEX archive_parts_import ON archive_parts (import_id);
CREATE INDEX column_mappings_school ON column_mappings (school_id);
