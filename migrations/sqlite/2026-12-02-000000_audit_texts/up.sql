-- What people typed freely stands beside the record of the audit log, which holds a salted hash of it: the
-- chain of hashes stays whole when a text is given up with the name in it. Both gone is given up. Records
-- written before keep their texts in their details.
CREATE TABLE audit_texts (
  id INTEGER PRIMARY KEY NOT NULL,
  chain_id INTEGER NOT NULL,
  record_id INTEGER NOT NULL CONSTRAINT audit_texts_record_id_fkey REFERENCES audit_records (id),
  place TEXT NOT NULL,
  salt TEXT,
  words TEXT,
  CONSTRAINT audit_texts_place_unique UNIQUE (record_id, place),
  CONSTRAINT audit_texts_whole CHECK ((salt IS NULL) = (words IS NULL))
) STRICT;
CREATE INDEX audit_texts_chain ON audit_texts (chain_id, id);
CREATE TRIGGER audit_texts_no_update BEFORE UPDATE ON audit_texts WHEN NOT (NEW.id = OLD.id AND NEW.chain_id = OLD.chain_id AND NEW.record_id = OLD.record_id AND NEW.place = OLD.place AND NEW.salt IS NULL AND NEW.words IS NULL) BEGIN SELECT RAISE(ABORT, 'audit_texts is append-only'); END;
CREATE TRIGGER audit_texts_no_delete BEFORE DELETE ON audit_texts BEGIN SELECT RAISE(ABORT, 'audit_texts is append-only'); END;
-- The same reasons stand beside decisions, refusals, rulings and receipts that were voided. Once a student of the
-- school was erased by two people, they are the one thing there that gives way.
DROP TRIGGER decisions_no_update;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions WHEN NOT (NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.payment_id = OLD.payment_id AND NEW.kind = OLD.kind AND NEW.rule = OLD.rule AND NEW.body = OLD.body AND NEW.decided_by = OLD.decided_by AND NEW.decided_at = OLD.decided_at AND NEW.import_id IS OLD.import_id AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done')) BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
DROP TRIGGER match_refusals_no_update;
CREATE TRIGGER match_refusals_no_update BEFORE UPDATE ON match_refusals WHEN NOT (NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.payment_id = OLD.payment_id AND NEW.student_id = OLD.student_id AND NEW.account IS OLD.account AND NEW.refused_on = OLD.refused_on AND NEW.refused_by = OLD.refused_by AND NEW.refused_at = OLD.refused_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done')) BEGIN SELECT RAISE(ABORT, 'match_refusals is append-only'); END;
DROP TRIGGER identity_rulings_no_update;
CREATE TRIGGER identity_rulings_no_update BEFORE UPDATE ON identity_rulings WHEN NOT (NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.bank_account_id = OLD.bank_account_id AND NEW.kind = OLD.kind AND NEW.one_source = OLD.one_source AND NEW.one_own_key = OLD.one_own_key AND NEW.one_own_ordinal = OLD.one_own_ordinal AND NEW.one_booked_on = OLD.one_booked_on AND NEW.other_source = OLD.other_source AND NEW.other_own_key = OLD.other_own_key AND NEW.other_own_ordinal = OLD.other_own_ordinal AND NEW.other_booked_on = OLD.other_booked_on AND NEW.one_payment_id = OLD.one_payment_id AND NEW.other_payment_id = OLD.other_payment_id AND NEW.decided_by = OLD.decided_by AND NEW.decided_at = OLD.decided_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done')) BEGIN SELECT RAISE(ABORT, 'identity_rulings is append-only'); END;
DROP TRIGGER receipt_voids_no_update;
CREATE TRIGGER receipt_voids_no_update BEFORE UPDATE ON receipt_voids WHEN NOT (NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.receipt_id = OLD.receipt_id AND NEW.kind = OLD.kind AND NEW.voided_by = OLD.voided_by AND NEW.voided_at = OLD.voided_at AND EXISTS (SELECT 1 FROM erasures WHERE erasures.school_id = OLD.school_id AND erasures.state = 'done')) BEGIN SELECT RAISE(ABORT, 'receipt_voids is append-only'); END;
