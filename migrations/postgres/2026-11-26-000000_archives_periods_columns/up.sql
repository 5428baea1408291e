-- Statement files that came together in one archive: planned, committed and undone together.
CREATE TABLE archives (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT archives_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  container TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at TIMESTAMP NOT NULL
);

-- The imports of an archive; one that was known before was not brought by it.
CREATE TABLE archive_parts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT archive_parts_school_id_fkey REFERENCES schools (id),
  archive_id BIGINT NOT NULL CONSTRAINT archive_parts_archive_id_fkey REFERENCES archives (id),
  import_id BIGINT NOT NULL CONSTRAINT archive_parts_import_id_fkey REFERENCES imports (id),
  position INTEGER NOT NULL,
  brought BOOLEAN NOT NULL,
  CONSTRAINT archive_parts_position_unique UNIQUE (archive_id, position)
);

-- Which column holds what, in tables of an account whose words are not known.
CREATE TABLE column_mappings (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT column_mappings_school_id_fkey REFERENCES schools (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT column_mappings_bank_account_id_fkey REFERENCES bank_accounts (id),
  headings_key TEXT NOT NULL,
  mapping TEXT NOT NULL,
  saved_by TEXT NOT NULL,
  saved_at TIMESTAMP NOT NULL,
  CONSTRAINT column_mappings_unique UNIQUE (bank_account_id, headings_key)
);

-- The days a statement says it covers, those without movements among them.
ALTER TABLE statements ADD COLUMN period_from DATE;
ALTER TABLE statements ADD COLUMN period_to DATE;
-- Whether the bank marked it as sent before.
ALTER TABLE statements ADD COLUMN copy BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX archives_same_file ON archives (school_id, sha256);
CREATE INDEX archive_parts_import ON archive_parts (import_id);
CREATE INDEX column_mappings_school ON column_mappings (school_id);
