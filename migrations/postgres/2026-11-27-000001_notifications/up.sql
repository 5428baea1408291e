-- Addresses at which a provider may notify a school.
CREATE TABLE webhook_endpoints (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT webhook_endpoints_school_id_fkey REFERENCES schools (id),
  public_id TEXT NOT NULL,
  provider TEXT NOT NULL,
  scheme TEXT NOT NULL,
  client TEXT,
  tolerance_seconds BIGINT NOT NULL,
  name TEXT NOT NULL,
  bank_account_id BIGINT CONSTRAINT webhook_endpoints_bank_account_id_fkey REFERENCES bank_accounts (id),
  created_by TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  disabled_at TIMESTAMP,
  CONSTRAINT webhook_endpoints_public_unique UNIQUE (public_id),
  CONSTRAINT webhook_endpoints_scheme CHECK (scheme IN ('none', 'key', 'signature', 'token'))
);

-- Addresses to which a school wants events sent.
CREATE TABLE event_endpoints (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT event_endpoints_school_id_fkey REFERENCES schools (id),
  url TEXT NOT NULL,
  kinds TEXT NOT NULL,
  name TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  disabled_at TIMESTAMP,
  disabled_why TEXT,
  paused_until TIMESTAMP
);

-- What both sides know, sealed; two may live at once.
CREATE TABLE webhook_secrets (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT webhook_secrets_school_id_fkey REFERENCES schools (id),
  webhook_endpoint_id BIGINT CONSTRAINT webhook_secrets_webhook_endpoint_id_fkey REFERENCES webhook_endpoints (id),
  event_endpoint_id BIGINT CONSTRAINT webhook_secrets_event_endpoint_id_fkey REFERENCES event_endpoints (id),
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  retired_at TIMESTAMP,
  CONSTRAINT webhook_secrets_owner CHECK ((webhook_endpoint_id IS NULL) <> (event_endpoint_id IS NULL))
);

-- The inbox: what was acknowledged, one row for each thing a delivery says, until it is handled and after.
-- The school is that of the endpoint, which refers to it: one check less while somebody waits.
CREATE TABLE notifications (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL,
  endpoint_id BIGINT NOT NULL CONSTRAINT notifications_endpoint_id_fkey REFERENCES webhook_endpoints (id),
  provider_id TEXT NOT NULL,
  came_by TEXT NOT NULL,
  method TEXT NOT NULL,
  query TEXT NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  received_at TIMESTAMP NOT NULL,
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  problem TEXT,
  outcome TEXT,
  import_id BIGINT CONSTRAINT notifications_import_id_fkey REFERENCES imports (id),
  handled_at TIMESTAMP,
  CONSTRAINT notifications_once UNIQUE (endpoint_id, provider_id),
  CONSTRAINT notifications_came_by CHECK (came_by IN ('webhook', 'pull')),
  CONSTRAINT notifications_state CHECK (state IN ('waiting', 'done', 'dead'))
);

-- How many requests were not taken, by day and reason; nothing else is kept of them.
CREATE TABLE webhook_refusals (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT webhook_refusals_school_id_fkey REFERENCES schools (id),
  endpoint_id BIGINT NOT NULL CONSTRAINT webhook_refusals_endpoint_id_fkey REFERENCES webhook_endpoints (id),
  day DATE NOT NULL,
  reason TEXT NOT NULL,
  times BIGINT NOT NULL,
  CONSTRAINT webhook_refusals_unique UNIQUE (endpoint_id, day, reason)
);

-- What happened to a schools money, for those who asked to be told.
CREATE TABLE events (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT events_school_id_fkey REFERENCES schools (id),
  message_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT events_message_unique UNIQUE (message_id)
);

-- The outbox: an event on its way to an address.
CREATE TABLE event_deliveries (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT event_deliveries_school_id_fkey REFERENCES schools (id),
  event_id BIGINT NOT NULL CONSTRAINT event_deliveries_event_id_fkey REFERENCES events (id),
  endpoint_id BIGINT NOT NULL CONSTRAINT event_deliveries_endpoint_id_fkey REFERENCES event_endpoints (id),
  state TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  attempts_before BIGINT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  status BIGINT,
  problem TEXT,
  sent_at TIMESTAMP,
  CONSTRAINT event_deliveries_once UNIQUE (event_id, endpoint_id),
  CONSTRAINT event_deliveries_state CHECK (state IN ('waiting', 'sent', 'dead'))
);

-- What a gateway keeps of each payment before it pays out.
CREATE TABLE gateway_terms (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT gateway_terms_school_id_fkey REFERENCES schools (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT gateway_terms_bank_account_id_fkey REFERENCES bank_accounts (id),
  fee_millionths BIGINT,
  fee_dong BIGINT,
  most_fee_millionths BIGINT NOT NULL,
  CONSTRAINT gateway_terms_account_unique UNIQUE (bank_account_id),
  CONSTRAINT gateway_terms_positive CHECK (fee_millionths >= 0 AND fee_dong >= 0 AND most_fee_millionths >= 0)
);

-- A line of the banks in which a gateway paid out what it had collected; or one of which a person said
-- that it is to stay open (released), with nothing in it.
CREATE TABLE payouts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT payouts_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT payouts_payment_id_fkey REFERENCES payments (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT payouts_bank_account_id_fkey REFERENCES bank_accounts (id),
  state TEXT NOT NULL,
  gross_dong BIGINT NOT NULL,
  fee_dong BIGINT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  note TEXT,
  CONSTRAINT payouts_payment_unique UNIQUE (payment_id),
  CONSTRAINT payouts_state CHECK (state IN ('matched', 'released')),
  CONSTRAINT payouts_fee CHECK (gross_dong >= 0 AND fee_dong >= 0 AND fee_dong <= gross_dong)
);

-- The gateway payments a payout contains; a reversal counts against it.
CREATE TABLE payout_items (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT payout_items_school_id_fkey REFERENCES schools (id),
  payout_id BIGINT NOT NULL CONSTRAINT payout_items_payout_id_fkey REFERENCES payouts (id),
  payment_id BIGINT NOT NULL CONSTRAINT payout_items_payment_id_fkey REFERENCES payments (id),
  CONSTRAINT payout_items_once UNIQUE (payment_id)
);

-- Where to ask a provider for what it may have failed to tell; off unless set up.
CREATE TABLE webhook_pulls (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT webhook_pulls_school_id_fkey REFERENCES schools (id),
  endpoint_id BIGINT NOT NULL CONSTRAINT webhook_pulls_endpoint_id_fkey REFERENCES webhook_endpoints (id),
  base_url TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  page_size BIGINT NOT NULL,
  every_minutes BIGINT NOT NULL,
  pulled_to DATE,
  due_at TIMESTAMP NOT NULL,
  leased_until TIMESTAMP,
  problem TEXT,
  CONSTRAINT webhook_pulls_endpoint_unique UNIQUE (endpoint_id),
  CONSTRAINT webhook_pulls_positive CHECK (page_size > 0 AND every_minutes >= 0)
);

-- The merchant's account at a payment gateway is an account too: money waits there until it is paid out.
ALTER TABLE bank_accounts ADD COLUMN gateway TEXT;
-- By what a witness that numbers its lines knows a line; the virtual account that was credited.
ALTER TABLE entries ADD COLUMN source_id TEXT;
ALTER TABLE entries ADD COLUMN virtual_account TEXT;

-- A third kind of doubt: announced money that no statement shows as it was announced.
ALTER TABLE identity_doubts DROP CONSTRAINT identity_doubts_why;
ALTER TABLE identity_doubts ADD CONSTRAINT identity_doubts_why CHECK (why IN ('other_reference', 'balance_stood', 'announced'));

CREATE INDEX webhook_endpoints_school ON webhook_endpoints (school_id);
CREATE INDEX event_endpoints_school ON event_endpoints (school_id);
CREATE INDEX webhook_secrets_endpoint ON webhook_secrets (webhook_endpoint_id);
CREATE INDEX webhook_secrets_event_endpoint ON webhook_secrets (event_endpoint_id);
CREATE INDEX notifications_waiting ON notifications (id) WHERE state = 'waiting';
CREATE INDEX notifications_school ON notifications (school_id, id);
CREATE INDEX notifications_import ON notifications (import_id) WHERE import_id IS NOT NULL;
CREATE INDEX events_school ON events (school_id, id);
CREATE INDEX event_deliveries_due ON event_deliveries (endpoint_id, due_at, id) WHERE state = 'waiting';
CREATE INDEX event_deliveries_endpoint ON event_deliveries (endpoint_id, id);
CREATE INDEX payouts_school ON payouts (school_id);
CREATE INDEX payout_items_payout ON payout_items (payout_id);
CREATE INDEX payments_account_amount ON payments (bank_account_id, amount_dong, booking_date);
