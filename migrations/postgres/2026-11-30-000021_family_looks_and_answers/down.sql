DROP TRIGGER credit_notes_no_change ON credit_notes;
DROP FUNCTION doisoat_refuse_credit_note_change();
CREATE TRIGGER credit_notes_no_change BEFORE UPDATE OR DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();

DROP INDEX survey_answers_family;
DELETE FROM survey_answers WHERE EXISTS (
  SELECT 1 FROM survey_answers later WHERE later.family_id = survey_answers.family_id
  AND later.term = survey_answers.term AND later.id > survey_answers.id);
ALTER TABLE survey_answers DROP CONSTRAINT survey_answers_once;
ALTER TABLE survey_answers DROP COLUMN receipt_id;
ALTER TABLE survey_answers ADD CONSTRAINT survey_answers_once UNIQUE (family_id, term);

DELETE FROM family_looks WHERE what IN ('student', 'account', 'receipt');
ALTER TABLE family_looks DROP CONSTRAINT family_looks_what;
ALTER TABLE family_looks ADD CONSTRAINT family_looks_what
  CHECK (what IN ('page', 'address', 'claim', 'photo', 'export'));
