-- What people typed freely stands beside the record of the audit log, which holds a salted hash of it: the
-- chain of hashes stays whole when a text is given up with the name in it. Both gone is given up. Records
-- written before keep their texts in their details.
CREATE TABLE audit_texts (
  id BIGINT PRIMARY KEY NOT NULL,
  chain_id BIGINT NOT NULL,
  record_id BIGINT NOT NULL CONSTRAINT audit_texts_record_id_fkey REFERENCES audit_records (id),
  place TEXT NOT NULL,
  salt TEXT,
  words TEXT,
  CONSTRAINT audit_texts_place_unique UNIQUE (record_id, place),
  CONSTRAINT audit_texts_whole CHECK ((salt IS NULL) = (words IS NULL))
);
CREATE INDEX audit_texts_chain ON audit_texts (chain_id, id);
CREATE FUNCTION doisoat_refuse_text_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.chain_id = OLD.chain_id AND NEW.record_id = OLD.record_id AND NEW.place = OLD.place AND NEW.salt IS NULL AND NEW.words IS NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'audit_texts is append-only';
END $$;
CREATE TRIGGER audit_texts_no_change BEFORE UPDATE OR DELETE ON audit_texts FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_text_change();
-- The same reasons stand beside decisions, refusals, rulings and receipts that were voided. Once a student of the
-- school was erased by two people, they are the one thing there that gives way.
DROP TRIGGER decisions_no_change ON decisions;
CREATE FUNCTION doisoat_refuse_decisions_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.payment_id = OLD.payment_id AND NEW.kind = OLD.kind AND NEW.rule = OLD.rule AND NEW.body = OLD.body AND NEW.decided_by = OLD.decided_by AND NEW.decided_at = OLD.decided_at AND NEW.import_id IS NOT DISTINCT FROM OLD.import_id AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'decisions is append-only';
END $$;
CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_decisions_change();
DROP TRIGGER match_refusals_no_change ON match_refusals;
CREATE FUNCTION doisoat_refuse_match_refusals_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.payment_id = OLD.payment_id AND NEW.student_id = OLD.student_id AND NEW.account IS NOT DISTINCT FROM OLD.account AND NEW.refused_on = OLD.refused_on AND NEW.refused_by = OLD.refused_by AND NEW.refused_at = OLD.refused_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'match_refusals is append-only';
END $$;
CREATE TRIGGER match_refusals_no_change BEFORE UPDATE OR DELETE ON match_refusals FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_match_refusals_change();
DROP TRIGGER identity_rulings_no_change ON identity_rulings;
CREATE FUNCTION doisoat_refuse_identity_rulings_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.bank_account_id = OLD.bank_account_id AND NEW.kind = OLD.kind AND NEW.one_source = OLD.one_source AND NEW.one_own_key = OLD.one_own_key AND NEW.one_own_ordinal = OLD.one_own_ordinal AND NEW.one_booked_on = OLD.one_booked_on AND NEW.other_source = OLD.other_source AND NEW.other_own_key = OLD.other_own_key AND NEW.other_own_ordinal = OLD.other_own_ordinal AND NEW.other_booked_on = OLD.other_booked_on AND NEW.one_payment_id = OLD.one_payment_id AND NEW.other_payment_id = OLD.other_payment_id AND NEW.decided_by = OLD.decided_by AND NEW.decided_at = OLD.decided_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'identity_rulings is append-only';
END $$;
CREATE TRIGGER identity_rulings_no_change BEFORE UPDATE OR DELETE ON identity_rulings FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_identity_rulings_change();
DROP TRIGGER receipt_voids_no_change ON receipt_voids;
CREATE FUNCTION doisoat_refuse_receipt_voids_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.receipt_id = OLD.receipt_id AND NEW.kind = OLD.kind AND NEW.voided_by = OLD.voided_by AND NEW.voided_at = OLD.voided_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done') THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'receipt_voids is append-only';
END $$;
CREATE TRIGGER receipt_voids_no_change BEFORE UPDATE OR DELETE ON receipt_voids FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_receipt_voids_change();
