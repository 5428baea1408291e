DROP INDEX payments_with_credit;
DROP INDEX payments_in_part;
CREATE INDEX payments_in_part ON payments (school_id, booking_date, order_key, id) WHERE NOT voided AND decision_kind = 'settled' AND allocated_dong + credited_dong + refunded_dong + set_aside_dong < amount_dong;
CREATE INDEX payments_with_credit ON payments (school_id, booking_date, order_key, id) WHERE NOT voided AND decision_kind = 'settled' AND credited_dong > 0;
