-- Letters and mails that are not simply sent are few, and are looked for.
CREATE INDEX letters_not_made ON letters (school_id, state, id) WHERE state <> 'made';
CREATE INDEX mails_not_sent ON mails (school_id, state, id) WHERE state <> 'sent';

-- The counts of the queue's tabs read the index alone, not the payments behind it.
DROP INDEX payments_proposed;
CREATE INDEX payments_proposed ON payments (school_id, confidence, amount_dong, id, voided, credit_debit, decision_kind) WHERE NOT voided AND credit_debit = 'credit' AND decision_kind = 'proposed';
DROP INDEX payments_apart;
CREATE INDEX payments_apart ON payments (school_id, decision_kind, booking_date, order_key, id, amount_dong, voided, credit_debit) WHERE NOT voided AND credit_debit = 'credit' AND decision_kind NOT IN ('new', 'settled');
DROP INDEX payments_in_part;
CREATE INDEX payments_in_part ON payments (school_id, decision_kind, booking_date, order_key, id, voided, amount_dong, allocated_dong, credited_dong, refunded_dong, set_aside_dong) WHERE NOT voided AND decision_kind = 'settled' AND amount_dong > allocated_dong + credited_dong + refunded_dong + set_aside_dong;
DROP INDEX payments_with_credit;
CREATE INDEX payments_with_credit ON payments (school_id, decision_kind, booking_date, order_key, id, voided, amount_dong, allocated_dong, credited_dong, refunded_dong, set_aside_dong) WHERE NOT voided AND decision_kind = 'settled' AND credited_dong > 0;
