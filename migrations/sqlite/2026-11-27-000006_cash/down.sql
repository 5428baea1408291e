DROP TABLE cash_counts;
DROP TABLE cash_deposit_items;
DROP TABLE cash_deposits;
DROP TABLE pos_slips;
DROP INDEX cash_vouchers_payment;
DROP INDEX cash_vouchers_day;
ALTER TABLE cash_vouchers DROP COLUMN void_reason;
ALTER TABLE cash_vouchers DROP COLUMN voided_by;
