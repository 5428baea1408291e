DROP INDEX payer_accounts_import;
ALTER TABLE payer_accounts DROP COLUMN import_id;
