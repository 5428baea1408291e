-- Roles are named after who people are at work; those who only read become what their key reaches.
-- SQLite keeps a CHECK for ever, so the table is made anew, and with it the one that refers to it.
CREATE TABLE api_keys_new (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  school_id INTEGER CONSTRAINT api_keys_school_id_fkey REFERENCES schools (id),
  authority_id INTEGER CONSTRAINT api_keys_authority_id_fkey REFERENCES authorities (id),
  created_at TEXT NOT NULL,
  revoked_at TEXT,
  CONSTRAINT api_keys_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_role CHECK (role IN ('accountant', 'cashier', 'chief_accountant', 'head', 'supervisor', 'administrator', 'auditor')),
  CONSTRAINT api_keys_scope CHECK (school_id IS NULL OR authority_id IS NULL)
) STRICT;
INSERT INTO api_keys_new SELECT id, name, key_hash, CASE
  WHEN role = 'admin' THEN 'administrator'
  WHEN role = 'reader' AND authority_id IS NOT NULL THEN 'supervisor'
  WHEN role = 'reader' THEN 'auditor'
  ELSE role END,
  school_id, authority_id, created_at, revoked_at FROM api_keys;
CREATE TABLE idempotency_keys_new (
  id INTEGER PRIMARY KEY NOT NULL,
  api_key_id INTEGER NOT NULL CONSTRAINT idempotency_keys_api_key_id_fkey REFERENCES api_keys_new (id),
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_at TEXT NOT NULL,
  CONSTRAINT idempotency_keys_unique UNIQUE (api_key_id, idempotency_key)
) STRICT;
INSERT INTO idempotency_keys_new SELECT id, api_key_id, idempotency_key, fingerprint, status, body, created_at FROM idempotency_keys;
DROP TABLE idempotency_keys;
DROP TABLE api_keys;
ALTER TABLE api_keys_new RENAME TO api_keys;
ALTER TABLE idempotency_keys_new RENAME TO idempotency_keys;
