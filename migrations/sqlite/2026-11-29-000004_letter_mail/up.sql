-- What became of a letter for each who was to get it: a mail, or why there is none. Nobody's address
-- stands here: a mail has its own, and who got none is known by the family.
CREATE TABLE letter_copies (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT letter_copies_school_id_fkey REFERENCES schools (id),
  letter_id INTEGER NOT NULL CONSTRAINT letter_copies_letter_id_fkey REFERENCES letters (id),
  mail_id INTEGER CONSTRAINT letter_copies_mail_id_fkey REFERENCES mails (id),
  reason TEXT,
  own_words_failed INTEGER NOT NULL CONSTRAINT letter_copies_own_words_bool CHECK (own_words_failed IN (0, 1)),
  at TEXT NOT NULL,
  CONSTRAINT letter_copies_either CHECK ((mail_id IS NULL) = (reason IS NOT NULL)),
  CONSTRAINT letter_copies_mail_unique UNIQUE (mail_id)
) STRICT;
CREATE INDEX letter_copies_letter ON letter_copies (letter_id, id);
CREATE INDEX letters_about ON letters (about_id, kind);

-- What is known of an address a school writes to, which is found by its hash only: whether it wants no
-- reminders, and whether a mail server refused it for good. Of the secret by which reminders are ended
-- there is a hash and a sealed copy, so that every mail carries the same.
CREATE TABLE letter_addresses (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT letter_addresses_school_id_fkey REFERENCES schools (id),
  address_hash TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  unsubscribed_at TEXT,
  refused_at TEXT,
  CONSTRAINT letter_addresses_address_unique UNIQUE (school_id, address_hash),
  CONSTRAINT letter_addresses_secret_unique UNIQUE (secret_hash)
) STRICT;

-- Whether a school lets families be reminded, and the last day on which that was seen to.
CREATE TABLE letter_terms (
  id INTEGER PRIMARY KEY NOT NULL CONSTRAINT letter_terms_id_fkey REFERENCES schools (id),
  reminders INTEGER NOT NULL CONSTRAINT letter_terms_reminders_bool CHECK (reminders IN (0, 1)),
  reminded_on TEXT
) STRICT;

-- A school's own words around what a letter tells; without a row the product's.
CREATE TABLE letter_wordings (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT letter_wordings_school_id_fkey REFERENCES schools (id),
  kind TEXT NOT NULL,
  language TEXT NOT NULL CONSTRAINT letter_wordings_language CHECK (language IN ('vi', 'en')),
  intro TEXT,
  closing TEXT,
  CONSTRAINT letter_wordings_unique UNIQUE (school_id, kind, language)
) STRICT;
