-- A voucher that is cancelled keeps its number, with who cancelled it and why.
ALTER TABLE cash_vouchers ADD COLUMN voided_by TEXT;
ALTER TABLE cash_vouchers ADD COLUMN void_reason TEXT;

-- Slips of the school's card terminals, by the terminal's own number.
CREATE TABLE pos_slips (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT pos_slips_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT pos_slips_payment_id_fkey REFERENCES payments (id),
  terminal TEXT NOT NULL,
  slip TEXT NOT NULL,
  paid_on TEXT NOT NULL,
  payer TEXT NOT NULL,
  note TEXT,
  request_key TEXT,
  voided_at TEXT,
  voided_by TEXT,
  void_reason TEXT,
  CONSTRAINT pos_slips_payment_unique UNIQUE (payment_id),
  CONSTRAINT pos_slips_request_unique UNIQUE (school_id, request_key)
) STRICT;

-- Money in at the bank that was counted when it was taken: cash that staff carried there, or what a
-- card terminal collected. Or such a line of which a person said that it is to stay open (released).
CREATE TABLE cash_deposits (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT cash_deposits_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT cash_deposits_payment_id_fkey REFERENCES payments (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  gross_dong INTEGER NOT NULL,
  fee_dong INTEGER NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  note TEXT,
  CONSTRAINT cash_deposits_payment_unique UNIQUE (payment_id),
  CONSTRAINT cash_deposits_kind CHECK (kind IN ('cash', 'pos')),
  CONSTRAINT cash_deposits_state CHECK (state IN ('matched', 'released')),
  CONSTRAINT cash_deposits_fee CHECK (gross_dong >= 0 AND fee_dong >= 0 AND fee_dong <= gross_dong AND (fee_dong = 0 OR kind = 'pos'))
) STRICT;

-- The vouchers or slips a deposit carries, by their payments.
CREATE TABLE cash_deposit_items (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT cash_deposit_items_school_id_fkey REFERENCES schools (id),
  deposit_id INTEGER NOT NULL CONSTRAINT cash_deposit_items_deposit_id_fkey REFERENCES cash_deposits (id),
  payment_id INTEGER NOT NULL CONSTRAINT cash_deposit_items_payment_id_fkey REFERENCES payments (id),
  CONSTRAINT cash_deposit_items_once UNIQUE (payment_id)
) STRICT;

-- What was counted in the till at the end of a day, beside what the cash book said then.
CREATE TABLE cash_counts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT cash_counts_school_id_fkey REFERENCES schools (id),
  counted_on TEXT NOT NULL,
  book_dong INTEGER NOT NULL,
  counted_dong INTEGER NOT NULL,
  note TEXT,
  counted_by TEXT NOT NULL,
  counted_at TEXT NOT NULL,
  CONSTRAINT cash_counts_counted CHECK (counted_dong >= 0)
) STRICT;

CREATE UNIQUE INDEX pos_slips_slip_once ON pos_slips (school_id, terminal, paid_on, slip) WHERE voided_at IS NULL;
CREATE INDEX cash_vouchers_day ON cash_vouchers (school_id, received_on);
CREATE INDEX cash_vouchers_payment ON cash_vouchers (payment_id);
CREATE INDEX pos_slips_day ON pos_slips (school_id, paid_on);
CREATE INDEX cash_deposits_school ON cash_deposits (school_id);
CREATE INDEX cash_deposit_items_deposit ON cash_deposit_items (deposit_id);
CREATE INDEX cash_counts_day ON cash_counts (school_id, counted_on);

-- Counts are added to, never changed.
CREATE TRIGGER cash_counts_no_update BEFORE UPDATE ON cash_counts BEGIN SELECT RAISE(ABORT, 'cash_counts is append-only'); END;
CREATE TRIGGER cash_counts_no_delete BEFORE DELETE ON cash_counts BEGIN SELECT RAISE(ABORT, 'cash_counts is append-only'); END;
