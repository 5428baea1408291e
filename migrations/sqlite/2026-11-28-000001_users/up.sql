-- People who sign in. No password before the invitation was accepted; the second factor's secret is
-- sealed with the installation's key, one that waits to be confirmed beside the one in use.
CREATE TABLE users (
  id INTEGER PRIMARY KEY NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  lang TEXT NOT NULL,
  password_hash TEXT,
  password_set_at TEXT,
  totp_key_id TEXT,
  totp_sealed TEXT,
  totp_since TEXT,
  totp_last_step INTEGER,
  pending_key_id TEXT,
  pending_sealed TEXT,
  pending_since TEXT,
  second_factor_exempt INTEGER NOT NULL CONSTRAINT users_second_factor_exempt CHECK (second_factor_exempt IN (0, 1)),
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL,
  disabled_at TEXT,
  CONSTRAINT users_email_unique UNIQUE (email),
  CONSTRAINT users_lang CHECK (lang IN ('vi', 'en')),
  CONSTRAINT users_password CHECK ((password_hash IS NULL) = (password_set_at IS NULL)),
  CONSTRAINT users_totp CHECK ((totp_sealed IS NULL) = (totp_key_id IS NULL) AND (totp_sealed IS NULL) = (totp_since IS NULL)),
  CONSTRAINT users_pending CHECK ((pending_sealed IS NULL) = (pending_key_id IS NULL) AND (pending_sealed IS NULL) = (pending_since IS NULL))
) STRICT;

-- What a person may do, and where.
CREATE TABLE user_grants (
  id INTEGER PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL CONSTRAINT user_grants_user_id_fkey REFERENCES users (id),
  role TEXT NOT NULL,
  school_id INTEGER CONSTRAINT user_grants_school_id_fkey REFERENCES schools (id),
  authority_id INTEGER CONSTRAINT user_grants_authority_id_fkey REFERENCES authorities (id),
  granted_by TEXT NOT NULL,
  granted_at TEXT NOT NULL,
  CONSTRAINT user_grants_role CHECK (role IN ('accountant', 'cashier', 'chief_accountant', 'head', 'supervisor', 'administrator', 'auditor')),
  CONSTRAINT user_grants_scope CHECK (school_id IS NULL OR authority_id IS NULL)
) STRICT;
CREATE UNIQUE INDEX user_grants_once ON user_grants (user_id, role, COALESCE(school_id, 0), COALESCE(authority_id, 0));

-- Browsers in which somebody is signed in; the cookie's secret as its SHA-256.
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL CONSTRAINT sessions_user_id_fkey REFERENCES users (id),
  secret_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  last_seen_at TEXT NOT NULL,
  proved_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  CONSTRAINT sessions_secret_unique UNIQUE (secret_hash)
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id, id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Secrets that work once: links sent by mail, the ticket between password and second factor, and the
-- way back from another provider of identities.
CREATE TABLE user_tokens (
  id INTEGER PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  user_id INTEGER CONSTRAINT user_tokens_user_id_fkey REFERENCES users (id),
  secret_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  CONSTRAINT user_tokens_secret_unique UNIQUE (secret_hash),
  CONSTRAINT user_tokens_kind CHECK (kind IN ('invitation', 'reset', 'ticket', 'oidc')),
  CONSTRAINT user_tokens_whose CHECK ((user_id IS NULL) = (kind = 'oidc'))
) STRICT;
CREATE INDEX user_tokens_user ON user_tokens (user_id, id);
CREATE INDEX user_tokens_expiry ON user_tokens (expires_at);

-- Codes for whoever has lost the second factor; each works once.
CREATE TABLE recovery_codes (
  id INTEGER PRIMARY KEY NOT NULL,
  user_id INTEGER NOT NULL CONSTRAINT recovery_codes_user_id_fkey REFERENCES users (id),
  code_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  used_at TEXT,
  CONSTRAINT recovery_codes_code_unique UNIQUE (user_id, code_hash)
) STRICT;

-- How often somebody guessed wrong lately, by account and by address, both as hashes.
CREATE TABLE sign_in_attempts (
  id INTEGER PRIMARY KEY NOT NULL,
  subject_hash TEXT NOT NULL,
  failures INTEGER NOT NULL,
  last_at TEXT NOT NULL,
  blocked_until TEXT,
  CONSTRAINT sign_in_attempts_subject_unique UNIQUE (subject_hash),
  CONSTRAINT sign_in_attempts_failures CHECK (failures >= 0)
) STRICT;
CREATE INDEX sign_in_attempts_last ON sign_in_attempts (last_at);
