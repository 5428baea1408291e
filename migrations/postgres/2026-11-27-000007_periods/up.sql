-- Months that were ever closed, by their first day; one that is not here is open.
CREATE TABLE periods (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT periods_school_id_fkey REFERENCES schools (id),
  month DATE NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  reason TEXT,
  CONSTRAINT periods_month_unique UNIQUE (school_id, month),
  CONSTRAINT periods_state CHECK (state IN ('closed', 'reopened')),
  CONSTRAINT periods_reason CHECK (state = 'closed' OR reason IS NOT NULL)
);

-- Each time a month was closed, with the figures it was closed with; never changed.
CREATE TABLE period_closes (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT period_closes_school_id_fkey REFERENCES schools (id),
  month DATE NOT NULL,
  version INTEGER NOT NULL,
  figures TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  accepted TEXT NOT NULL,
  closed_by TEXT NOT NULL,
  closed_at TIMESTAMP NOT NULL,
  CONSTRAINT period_closes_version_unique UNIQUE (school_id, month, version)
);

-- The payments a close is about, as they were then. Its figures are the ledger rows of these payments
-- with ids between since_id and the close's.
CREATE TABLE period_payments (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT period_payments_school_id_fkey REFERENCES schools (id),
  close_id BIGINT NOT NULL CONSTRAINT period_payments_close_id_fkey REFERENCES period_closes (id) DEFERRABLE INITIALLY DEFERRED,
  payment_id BIGINT NOT NULL CONSTRAINT period_payments_payment_id_fkey REFERENCES payments (id),
  booking_date DATE NOT NULL,
  channel TEXT NOT NULL,
  since_id BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  standing BOOLEAN NOT NULL,
  CONSTRAINT period_payments_once UNIQUE (close_id, payment_id)
);

-- The invoices that were owed when a month was closed.
CREATE TABLE period_invoices (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT period_invoices_school_id_fkey REFERENCES schools (id),
  close_id BIGINT NOT NULL CONSTRAINT period_invoices_close_id_fkey REFERENCES period_closes (id) DEFERRABLE INITIALLY DEFERRED,
  invoice_id BIGINT NOT NULL CONSTRAINT period_invoices_invoice_id_fkey REFERENCES invoices (id),
  net_dong BIGINT NOT NULL,
  CONSTRAINT period_invoices_once UNIQUE (close_id, invoice_id)
);

CREATE INDEX period_payments_standing ON period_payments (payment_id) WHERE standing;

-- Closes are added to, never changed.
CREATE TRIGGER period_closes_no_change BEFORE UPDATE OR DELETE ON period_closes FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
