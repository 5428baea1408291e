-- Whether a school issues receipts: for money that came on this day or later, and was put to its use
-- by ledger rows after this one. A school without a row issues them for everything.
CREATE TABLE receipt_terms (
  id INTEGER PRIMARY KEY NOT NULL CONSTRAINT receipt_terms_id_fkey REFERENCES schools (id),
  issue INTEGER NOT NULL CONSTRAINT receipt_terms_issue_bool CHECK (issue IN (0, 1)),
  from_day TEXT,
  after_allocation INTEGER NOT NULL
) STRICT;
-- What was settled before there were receipts has none.
INSERT INTO receipt_terms (id, issue, from_day, after_allocation)
  SELECT school_id, 1, NULL, MAX(id) FROM allocations GROUP BY school_id;

-- What a school confirmed to a family: this money was received for this student. Never changed.
CREATE TABLE receipts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT receipts_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT receipts_payment_id_fkey REFERENCES payments (id),
  student_id INTEGER NOT NULL CONSTRAINT receipts_student_id_fkey REFERENCES students (id),
  school_year INTEGER NOT NULL,
  number INTEGER NOT NULL,
  code TEXT NOT NULL,
  amount_dong INTEGER NOT NULL,
  class TEXT NOT NULL,
  search_key TEXT NOT NULL,
  body TEXT NOT NULL,
  issued_on TEXT NOT NULL,
  issued_at TEXT NOT NULL,
  issued_by TEXT NOT NULL,
  replaces_id INTEGER CONSTRAINT receipts_replaces_id_fkey REFERENCES receipts (id),
  CONSTRAINT receipts_number_unique UNIQUE (school_id, school_year, number),
  CONSTRAINT receipts_code_unique UNIQUE (code),
  CONSTRAINT receipts_amount CHECK (amount_dong > 0)
) STRICT;

-- Receipts that hold no longer: because the money is used otherwise, or for nothing any more.
CREATE TABLE receipt_voids (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT receipt_voids_school_id_fkey REFERENCES schools (id),
  receipt_id INTEGER NOT NULL CONSTRAINT receipt_voids_receipt_id_fkey REFERENCES receipts (id),
  kind TEXT NOT NULL,
  reason TEXT,
  voided_by TEXT NOT NULL,
  voided_at TEXT NOT NULL,
  CONSTRAINT receipt_voids_receipt_unique UNIQUE (receipt_id),
  CONSTRAINT receipt_voids_kind CHECK (kind IN ('changed', 'withdrawn'))
) STRICT;

-- One person asks that a receipt be voided, another agrees.
CREATE TABLE receipt_requests (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT receipt_requests_school_id_fkey REFERENCES schools (id),
  receipt_id INTEGER NOT NULL CONSTRAINT receipt_requests_receipt_id_fkey REFERENCES receipts (id),
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  CONSTRAINT receipt_requests_state CHECK (state IN ('asked', 'approved', 'refused')),
  CONSTRAINT receipt_requests_decided CHECK ((state = 'asked') = (decided_by IS NULL))
) STRICT;

-- The electronic invoice or receipt that was issued elsewhere for the same money; the last one holds.
CREATE TABLE receipt_invoices (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT receipt_invoices_school_id_fkey REFERENCES schools (id),
  receipt_id INTEGER NOT NULL CONSTRAINT receipt_invoices_receipt_id_fkey REFERENCES receipts (id),
  symbol TEXT,
  number TEXT,
  lookup_code TEXT,
  lookup_url TEXT,
  entered_by TEXT NOT NULL,
  entered_at TEXT NOT NULL
) STRICT;

CREATE INDEX receipts_payment ON receipts (payment_id);
CREATE INDEX receipts_student ON receipts (student_id);
CREATE UNIQUE INDEX receipts_replaced_once ON receipts (replaces_id) WHERE replaces_id IS NOT NULL;
CREATE UNIQUE INDEX receipt_requests_one_waits ON receipt_requests (receipt_id) WHERE state = 'asked';
CREATE INDEX receipt_requests_receipt ON receipt_requests (receipt_id);
CREATE INDEX receipt_invoices_receipt ON receipt_invoices (receipt_id);

CREATE TRIGGER receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts is append-only'); END;
CREATE TRIGGER receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts is append-only'); END;
CREATE TRIGGER receipt_voids_no_update BEFORE UPDATE ON receipt_voids BEGIN SELECT RAISE(ABORT, 'receipt_voids is append-only'); END;
CREATE TRIGGER receipt_voids_no_delete BEFORE DELETE ON receipt_voids BEGIN SELECT RAISE(ABORT, 'receipt_voids is append-only'); END;
CREATE TRIGGER receipt_invoices_no_update BEFORE UPDATE ON receipt_invoices BEGIN SELECT RAISE(ABORT, 'receipt_invoices is append-only'); END;
CREATE TRIGGER receipt_invoices_no_delete BEFORE DELETE ON receipt_invoices BEGIN SELECT RAISE(ABORT, 'receipt_invoices is append-only'); END;
