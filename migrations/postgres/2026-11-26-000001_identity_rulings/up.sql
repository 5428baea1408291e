-- What a person said of two lines of the bank's: the same money, or two payments. Lines go by what
-- identifies them, so that a ruling outlives the files that show them. The newest ruling holds.
CREATE TABLE identity_rulings (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT identity_rulings_school_id_fkey REFERENCES schools (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT identity_rulings_bank_account_id_fkey REFERENCES bank_accounts (id),
  kind TEXT NOT NULL,
  one_source TEXT NOT NULL,
  one_own_key TEXT NOT NULL,
  one_own_ordinal BIGINT NOT NULL,
  one_booked_on DATE NOT NULL,
  other_source TEXT NOT NULL,
  other_own_key TEXT NOT NULL,
  other_own_ordinal BIGINT NOT NULL,
  other_booked_on DATE NOT NULL,
  one_payment_id BIGINT NOT NULL CONSTRAINT identity_rulings_one_payment_id_fkey REFERENCES payments (id),
  other_payment_id BIGINT NOT NULL CONSTRAINT identity_rulings_other_payment_id_fkey REFERENCES payments (id),
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  CONSTRAINT identity_rulings_kind CHECK (kind IN ('same', 'distinct'))
);

-- Payments that may be others, until a person says; recomputed from the evidence whenever it changes.
CREATE TABLE identity_doubts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT identity_doubts_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT identity_doubts_payment_id_fkey REFERENCES payments (id),
  like_payment_id BIGINT NOT NULL CONSTRAINT identity_doubts_like_payment_id_fkey REFERENCES payments (id),
  entry_id BIGINT NOT NULL CONSTRAINT identity_doubts_entry_id_fkey REFERENCES entries (id),
  like_entry_id BIGINT NOT NULL CONSTRAINT identity_doubts_like_entry_id_fkey REFERENCES entries (id),
  why TEXT NOT NULL,
  CONSTRAINT identity_doubts_unique UNIQUE (payment_id, like_payment_id),
  CONSTRAINT identity_doubts_why CHECK (why IN ('other_reference', 'balance_stood'))
);

CREATE INDEX identity_rulings_school ON identity_rulings (school_id);
CREATE INDEX identity_doubts_school ON identity_doubts (school_id);
CREATE INDEX identity_doubts_like ON identity_doubts (like_payment_id);

-- Rulings are added to, never changed.
CREATE TRIGGER identity_rulings_no_change BEFORE UPDATE OR DELETE ON identity_rulings FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
