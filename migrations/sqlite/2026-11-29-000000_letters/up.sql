-- What a family is to be told, in the transaction of the fact it tells: a worker makes mail of it
-- afterwards, one for each guardian with an address. due_at is empty where nothing is left to do.
CREATE UNIQUE INDEX families_in_school ON families (school_id, id);

CREATE TABLE letters (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT letters_school_id_fkey REFERENCES schools (id),
  kind TEXT NOT NULL,
  family_id INTEGER NOT NULL,
  about_id INTEGER NOT NULL,
  dedupe_key TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT letters_state CHECK (state IN ('waiting', 'made', 'skipped')),
  due_at TEXT,
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  CONSTRAINT letters_dedupe_key_unique UNIQUE (school_id, dedupe_key),
  CONSTRAINT letters_due CHECK ((due_at IS NOT NULL) = (state = 'waiting')),
  CONSTRAINT letters_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;

CREATE INDEX letters_due_at ON letters (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX letters_school ON letters (school_id, id);
CREATE INDEX letters_family ON letters (family_id, id);

-- The private page of a family. Of its secret the database has a hash, by which it is found, and a
-- sealed copy, so that the same address can be printed and sent again.
CREATE TABLE family_links (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_links_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  secret_hash TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  revoked_at TEXT,
  revoked_by TEXT,
  CONSTRAINT family_links_secret_unique UNIQUE (secret_hash),
  CONSTRAINT family_links_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
  CONSTRAINT family_links_expiry CHECK (expires_at > made_at),
  CONSTRAINT family_links_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;

CREATE INDEX family_links_family ON family_links (family_id, id);
