-- A receipt stays as it was issued. Of a student whose name was erased by two people, the name in it is
-- the one thing that gives way.
DROP TRIGGER receipts_no_change ON receipts;
CREATE FUNCTION doisoat_refuse_receipt_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.payment_id = OLD.payment_id AND NEW.student_id = OLD.student_id AND NEW.school_year = OLD.school_year AND NEW.number = OLD.number AND NEW.code = OLD.code AND NEW.amount_dong = OLD.amount_dong AND NEW.class = OLD.class AND NEW.issued_on = OLD.issued_on AND NEW.issued_at = OLD.issued_at AND NEW.issued_by = OLD.issued_by AND NEW.replaces_id IS NOT DISTINCT FROM OLD.replaces_id AND EXISTS (SELECT 1 FROM erasures WHERE erasures.student_id = OLD.student_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'receipts is append-only';
END $$;
CREATE TRIGGER receipts_no_change BEFORE UPDATE OR DELETE ON receipts FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_receipt_change();
