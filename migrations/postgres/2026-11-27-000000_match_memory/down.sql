DROP INDEX invoices_code;
ALTER TABLE schools DROP COLUMN closed_on;
ALTER TABLE payer_accounts DROP COLUMN confirmed_at;
DROP TABLE match_refusals;
