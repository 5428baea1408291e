-- Who is of a role that was not there before gets no more than they had: they read.
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
  CONSTRAINT api_keys_role CHECK (role IN ('reader', 'accountant', 'admin')),
  CONSTRAINT api_keys_scope CHECK (school_id IS NULL OR authority_id IS NULL)
) STRICT;
INSERT INTO api_keys_new SELECT id, name, key_hash, CASE
  WHEN role = 'administrator' THEN 'admin'
  WHEN role IN ('accountant', 'chief_accountant') THEN 'accountant'
  ELSE 'reader' END,
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
