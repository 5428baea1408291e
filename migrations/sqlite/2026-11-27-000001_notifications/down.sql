DROP INDEX payments_account_amount;
DROP TABLE webhook_pulls;
DROP TABLE payout_items;
DROP TABLE payouts;
DROP TABLE gateway_terms;
DROP TABLE event_deliveries;
DROP TABLE events;
DROP TABLE webhook_refusals;
DROP TABLE notifications;
DROP TABLE webhook_secrets;
DROP TABLE event_endpoints;
DROP TABLE webhook_endpoints;
DELETE FROM identity_doubts WHERE why = 'announced';
CREATE TABLE identity_doubts_new (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT identity_doubts_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT identity_doubts_payment_id_fkey REFERENCES payments (id),
  like_payment_id INTEGER NOT NULL CONSTRAINT identity_doubts_like_payment_id_fkey REFERENCES payments (id),
  entry_id INTEGER NOT NULL CONSTRAINT identity_doubts_entry_id_fkey REFERENCES entries (id),
  like_entry_id INTEGER NOT NULL CONSTRAINT identity_doubts_like_entry_id_fkey REFERENCES entries (id),
  why TEXT NOT NULL,
  CONSTRAINT identity_doubts_unique UNIQUE (payment_id, like_payment_id),
  CONSTRAINT identity_doubts_why CHECK (why IN ('other_reference', 'balance_stood'))
) STRICT;
INSERT INTO identity_doubts_new SELECT id, school_id, payment_id, like_payment_id, entry_id, like_entry_id, why FROM identity_doubts;
DROP TABLE identity_doubts;
ALTER TABLE identity_doubts_new RENAME TO identity_doubts;
CREATE INDEX identity_doubts_school ON identity_doubts (school_id);
CREATE INDEX identity_doubts_like ON identity_doubts (like_payment_id);
ALTER TABLE entries DROP COLUMN virtual_account;
ALTER TABLE entries DROP COLUMN source_id;
ALTER TABLE bank_accounts DROP COLUMN gateway;
