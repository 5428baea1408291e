-- Pages of the staff that show one family's data are looks at it as well.
ALTER TABLE family_looks DROP CONSTRAINT family_looks_what;
ALTER TABLE family_looks ADD CONSTRAINT family_looks_what
  CHECK (what IN ('page', 'address', 'claim', 'photo', 'export', 'student', 'account', 'receipt'));

-- How content a family is: once for each receipt it got. Answers from before are about none.
ALTER TABLE survey_answers ADD COLUMN receipt_id BIGINT CONSTRAINT survey_answers_receipt_id_fkey REFERENCES receipts (id);
ALTER TABLE survey_answers DROP CONSTRAINT survey_answers_once;
ALTER TABLE survey_answers ADD CONSTRAINT survey_answers_once UNIQUE (receipt_id);
CREATE INDEX survey_answers_family ON survey_answers (family_id, term, id);

-- A credit note stays as it was made. Of a student whose name was erased by two people, what somebody
-- wrote as the reason is the one thing that gives way.
DROP TRIGGER credit_notes_no_change ON credit_notes;
CREATE FUNCTION doisoat_refuse_credit_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.invoice_id = OLD.invoice_id AND NEW.kind = OLD.kind AND NEW.number = OLD.number AND NEW.school_year = OLD.school_year AND NEW.gross_dong = OLD.gross_dong AND NEW.waived_dong = OLD.waived_dong AND NEW.net_dong = OLD.net_dong AND NEW.made_by = OLD.made_by AND NEW.made_at = OLD.made_at AND EXISTS (SELECT 1 FROM erasures JOIN invoices ON invoices.student_id = erasures.student_id WHERE invoices.id = OLD.invoice_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'credit_notes is append-only';
END $$;
CREATE TRIGGER credit_notes_no_change BEFORE UPDATE OR DELETE ON credit_notes FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_credit_note_change();
