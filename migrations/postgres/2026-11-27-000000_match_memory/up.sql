-- What a person said of a payment: that it is not for this student. Refusals fade, and a confirmation
-- that comes later outweighs them; neither changes what was said.
CREATE TABLE match_refusals (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT match_refusals_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT match_refusals_payment_id_fkey REFERENCES payments (id),
  student_id BIGINT NOT NULL CONSTRAINT match_refusals_student_id_fkey REFERENCES students (id),
  account TEXT,
  refused_on DATE NOT NULL,
  refused_by TEXT NOT NULL,
  refused_at TIMESTAMP NOT NULL,
  reason TEXT
);

CREATE INDEX match_refusals_school ON match_refusals (school_id);
CREATE INDEX match_refusals_payment ON match_refusals (payment_id);

-- Since when a refusal of this account and family is older than the latest confirmation.
ALTER TABLE payer_accounts ADD COLUMN confirmed_at TIMESTAMP;

-- The last day of a school that has closed.
ALTER TABLE schools ADD COLUMN closed_on DATE;

-- A code in a transfer's text may be another school's.
CREATE INDEX invoices_code ON invoices (code);

-- Refusals are added to, never changed.
CREATE TRIGGER match_refusals_no_change BEFORE UPDATE OR DELETE ON match_refusals FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
