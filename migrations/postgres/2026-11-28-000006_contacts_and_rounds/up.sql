-- What a person changes of a family's contact is a change of the student like any other: an import
-- before it is not undone over it.
ALTER TABLE student_changes DROP CONSTRAINT student_changes_kind;
ALTER TABLE student_changes ADD CONSTRAINT student_changes_kind
  CHECK (kind IN ('import', 'transfer', 'leave', 'return', 'promotion', 'contact'));
-- A round's invoices are shown page by page and added up.
CREATE INDEX invoices_round ON invoices (round_id, id);
