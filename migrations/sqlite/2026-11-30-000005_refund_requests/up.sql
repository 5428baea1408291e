-- Above how much a school lets nobody give money back alone; without a row the default holds.
CREATE TABLE refund_limits (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT refund_limits_school_id_fkey REFERENCES schools (id),
  limit_dong INTEGER NOT NULL,
  set_by TEXT NOT NULL,
  set_at TEXT NOT NULL,
  CONSTRAINT refund_limits_school_unique UNIQUE (school_id),
  CONSTRAINT refund_limits_limit CHECK (limit_dong >= 0)
) STRICT;

-- Refunds above the limit that one person proposed: nothing has moved until another agreed.
CREATE TABLE refund_requests (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT refund_requests_school_id_fkey REFERENCES schools (id),
  kind TEXT NOT NULL,
  student_id INTEGER CONSTRAINT refund_requests_student_id_fkey REFERENCES students (id),
  payment_id INTEGER CONSTRAINT refund_requests_payment_id_fkey REFERENCES payments (id),
  decision_id INTEGER,
  amount_dong INTEGER NOT NULL,
  body TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  answer TEXT,
  refund_id INTEGER CONSTRAINT refund_requests_refund_id_fkey REFERENCES refunds (id),
  CONSTRAINT refund_requests_amount CHECK (amount_dong > 0),
  CONSTRAINT refund_requests_kind CHECK (kind IN ('credit', 'payment')),
  CONSTRAINT refund_requests_state CHECK (state IN ('asked', 'approved', 'refused', 'withdrawn'))
) STRICT;
CREATE INDEX refund_requests_school ON refund_requests (school_id, id);
