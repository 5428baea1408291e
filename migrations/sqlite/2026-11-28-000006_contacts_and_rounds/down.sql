DROP INDEX invoices_round;
CREATE TABLE old_student_changes (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT student_changes_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT student_changes_student_id_fkey REFERENCES students (id),
  import_id INTEGER CONSTRAINT student_changes_import_id_fkey REFERENCES student_imports (id),
  kind TEXT NOT NULL CONSTRAINT student_changes_kind CHECK (kind IN ('import', 'transfer', 'leave', 'return', 'promotion')),
  before TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT student_changes_import CHECK ((kind = 'import') = (import_id IS NOT NULL))
) STRICT;
INSERT INTO old_student_changes SELECT * FROM student_changes WHERE kind <> 'contact';
DROP TABLE student_changes;
ALTER TABLE old_student_changes RENAME TO student_changes;
CREATE INDEX student_changes_student ON student_changes (school_id, student_id, id);
CREATE INDEX student_changes_import ON student_changes (import_id) WHERE import_id IS NOT NULL;
