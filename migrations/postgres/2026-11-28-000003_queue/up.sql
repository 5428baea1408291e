-- How sure the machine is of its first proposal, from 1 to 99: the queue is read in this order.
ALTER TABLE payments ADD COLUMN confidence INTEGER NOT NULL DEFAULT 0;
UPDATE payments SET confidence = COALESCE((SELECT CASE
    WHEN d.body LIKE '%⚠%' THEN 20
    WHEN d.rule LIKE 'amount-only/%' THEN 25
    WHEN d.rule LIKE 'text-ranked/%' THEN 60
    WHEN d.rule LIKE 'names-split/%' THEN 50
    ELSE 80 END FROM decisions d WHERE d.id = payments.decision_id), 0)
  WHERE decision_kind = 'proposed';

-- Payments that persons confirmed together, to be undone together.
CREATE TABLE decision_groups (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT decision_groups_school_id_fkey REFERENCES schools (id),
  rule TEXT NOT NULL,
  payments BIGINT NOT NULL,
  amount_dong BIGINT NOT NULL,
  last_decision_id BIGINT NOT NULL CONSTRAINT decision_groups_last_decision_id_fkey REFERENCES decisions (id),
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  undone_by TEXT,
  undone_at TIMESTAMP,
  CONSTRAINT decision_groups_payments CHECK (payments > 0),
  CONSTRAINT decision_groups_undone CHECK ((undone_by IS NULL) = (undone_at IS NULL))
);

CREATE TABLE decision_group_members (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT decision_group_members_school_id_fkey REFERENCES schools (id),
  group_id BIGINT NOT NULL CONSTRAINT decision_group_members_group_id_fkey REFERENCES decision_groups (id),
  payment_id BIGINT NOT NULL CONSTRAINT decision_group_members_payment_id_fkey REFERENCES payments (id),
  decision_id BIGINT NOT NULL CONSTRAINT decision_group_members_decision_id_fkey REFERENCES decisions (id),
  CONSTRAINT decision_group_members_decision_unique UNIQUE (decision_id)
);
CREATE INDEX decision_group_members_group ON decision_group_members (group_id);

-- What waits is little beside what is settled: money that the machine settles is in none of these.
CREATE INDEX payments_proposed ON payments (school_id, confidence, amount_dong, id) WHERE NOT voided AND credit_debit = 'credit' AND decision_kind = 'proposed';
CREATE INDEX payments_apart ON payments (school_id, decision_kind, booking_date, order_key, id) WHERE NOT voided AND credit_debit = 'credit' AND decision_kind NOT IN ('new', 'settled');
CREATE INDEX payments_in_part ON payments (school_id, booking_date, order_key, id) WHERE NOT voided AND decision_kind = 'settled' AND allocated_dong + credited_dong + refunded_dong + set_aside_dong < amount_dong;
CREATE INDEX payments_with_credit ON payments (school_id, booking_date, order_key, id) WHERE NOT voided AND decision_kind = 'settled' AND credited_dong > 0;
CREATE INDEX decisions_of_persons ON decisions (school_id, id) WHERE decided_by <> 'machine';
CREATE INDEX notifications_dead ON notifications (school_id, id) WHERE state = 'dead';
-- A bank's reference is typed into the search box.
CREATE INDEX entries_reference ON entries (school_id, reference) WHERE reference IS NOT NULL;
