-- What every cashless rate is made of: each allocation to a line of an invoice with what a rate needs to
-- know of it, as it was then. What changed since is an exact opposite and another row; none is ever changed.
-- The row of an allocation has the id of the allocation, which refers to payment and line; a family may be
-- gone by now.
CREATE TABLE collected_facts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT collected_facts_school_id_fkey REFERENCES schools (id),
  allocation_id INTEGER NOT NULL CONSTRAINT collected_facts_allocation_id_fkey REFERENCES allocations (id),
  payment_id INTEGER NOT NULL,
  invoice_line_id INTEGER NOT NULL,
  student_id INTEGER NOT NULL,
  family_id INTEGER NOT NULL,
  class TEXT NOT NULL,
  fee_item_code TEXT NOT NULL,
  channel TEXT NOT NULL,
  booking_date TEXT NOT NULL,
  amount_dong INTEGER NOT NULL,
  cause TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT collected_facts_amount CHECK (amount_dong <> 0),
  CONSTRAINT collected_facts_cause CHECK ((cause = 'settled' AND amount_dong > 0) OR (cause = 'reversed' AND amount_dong < 0) OR cause IN ('channel', 'day', 'family'))
) STRICT;

-- What is in the ledger already, as far as it is known now; its opposites repeat the same.
INSERT INTO collected_facts (id, school_id, allocation_id, payment_id, invoice_line_id, student_id, family_id, class, fee_item_code, channel, booking_date, amount_dong, cause, at)
  SELECT a.id, a.school_id, COALESCE(a.reverses_id, a.id), a.payment_id, a.invoice_line_id, s.id, s.family_id, COALESCE(i.class, s.class), f.code,
    p.channel, p.booking_date, a.amount_dong, CASE WHEN a.reverses_id IS NULL THEN 'settled' ELSE 'reversed' END, a.at
  FROM allocations a
  JOIN payments p ON p.id = a.payment_id
  JOIN invoices i ON i.id = a.invoice_id
  JOIN students s ON s.id = i.student_id
  JOIN invoice_lines l ON l.id = a.invoice_line_id
  JOIN fee_items f ON f.id = l.fee_item_id
  WHERE a.target = 'invoice'
  ORDER BY a.id;

CREATE INDEX collected_facts_day ON collected_facts (school_id, booking_date);
CREATE INDEX collected_facts_allocation ON collected_facts (allocation_id);

CREATE TRIGGER collected_facts_no_update BEFORE UPDATE ON collected_facts BEGIN SELECT RAISE(ABORT, 'collected_facts is append-only'); END;
CREATE TRIGGER collected_facts_no_delete BEFORE DELETE ON collected_facts BEGIN SELECT RAISE(ABORT, 'collected_facts is append-only'); END;
