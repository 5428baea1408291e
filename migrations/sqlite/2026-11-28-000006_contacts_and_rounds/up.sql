-- What a person changes of a family's contact is a change of the student like any other: an import
-- before it is not undone over it. SQLite changes no constraint of a table: it is written anew.
CREATE TABLE new_student_changes (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT student_changes_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT student_changes_student_id_fkey REFERENCES students (id),
  import_id INTEGER CONSTRAINT student_changes_import_id_fkey REFERENCES student_imports (id),
  kind TEXT NOT NULL CONSTRAINT student_changes_kind CHECK (kind IN ('import', 'transfer', 'leave', 'return', 'promotion', 'contact')),
  before TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT student_changes_import CHECK ((kind = 'import') = (import_id IS NOT NULL))
) STRICT;
INSERT INTO new_student_changes SELECT * FROM student_changes;
DROP TABLE student_changes;
ALTER TABLE new_student_changes RENAME TO student_changes;
CREATE INDEX student_changes_student ON student_changes (school_id, student_id, id);
CREATE INDEX student_changes_import ON student_changes (import_id) WHERE import_id IS NOT NULL;
-- A round's invoices are shown page by page and added up.
CREATE INDEX invoices_round ON invoices (round_id, id);
