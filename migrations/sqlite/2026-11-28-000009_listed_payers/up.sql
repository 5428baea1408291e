-- An account that a list of students says a family pays from: undoing the list forgets it.
ALTER TABLE payer_accounts ADD COLUMN import_id INTEGER CONSTRAINT payer_accounts_import_id_fkey REFERENCES student_imports (id);
CREATE INDEX payer_accounts_import ON payer_accounts (import_id) WHERE import_id IS NOT NULL;
