DROP INDEX invoices_round;
DELETE FROM student_changes WHERE kind = 'contact';
ALTER TABLE student_changes DROP CONSTRAINT student_changes_kind;
ALTER TABLE student_changes ADD CONSTRAINT student_changes_kind
  CHECK (kind IN ('import', 'transfer', 'leave', 'return', 'promotion'));
