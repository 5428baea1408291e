-- Mail on its way to people, queued in the transaction of the fact it tells. What it says is sealed:
-- a link in it may open an account. due_at is empty where nothing is left to do; begun_at says that the
-- attempt that holds the lease may have handed the message over, so that nobody can know if it dies.
CREATE TABLE mails (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER CONSTRAINT mails_school_id_fkey REFERENCES schools (id),
  kind TEXT NOT NULL,
  dedupe_key TEXT NOT NULL,
  message_id TEXT NOT NULL,
  from_email TEXT NOT NULL,
  to_name TEXT NOT NULL,
  to_email TEXT NOT NULL,
  subject TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  attempts_before INTEGER NOT NULL,
  unsure_times INTEGER NOT NULL,
  due_at TEXT,
  leased_until TEXT,
  begun_at TEXT,
  status INTEGER,
  problem TEXT,
  words TEXT,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  CONSTRAINT mails_dedupe_key_unique UNIQUE (dedupe_key),
  CONSTRAINT mails_message_id_unique UNIQUE (message_id),
  CONSTRAINT mails_state CHECK (state IN ('waiting', 'sent', 'failed', 'unsure')),
  CONSTRAINT mails_due CHECK (due_at IS NULL OR state IN ('waiting', 'unsure')),
  CONSTRAINT mails_sent CHECK (state <> 'sent' OR sent_at IS NOT NULL),
  CONSTRAINT mails_counts CHECK (attempts >= 0 AND attempts_before >= 0 AND attempts_before <= attempts AND unsure_times >= 0)
) STRICT;

CREATE INDEX mails_due ON mails (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX mails_school ON mails (school_id, id);
CREATE INDEX mails_state ON mails (state, id) WHERE state <> 'sent';
