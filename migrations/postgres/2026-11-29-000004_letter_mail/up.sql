-- What became of a letter for each who was to get it: a mail, or why there is none. Nobody's address
-- stands here: a mail has its own, and who got none is known by the family.
CREATE TABLE letter_copies (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT letter_copies_school_id_fkey REFERENCES schools (id),
  letter_id BIGINT NOT NULL CONSTRAINT letter_copies_letter_id_fkey REFERENCES letters (id),
  mail_id BIGINT CONSTRAINT letter_copies_mail_id_fkey REFERENCES mails (id),
  reason TEXT,
  own_words_failed BOOLEAN NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT letter_copies_either CHECK ((mail_id IS NULL) = (reason IS NOT NULL)),
  CONSTRAINT letter_copies_mail_unique UNIQUE (mail_id)
);
CREATE INDEX letter_copies_letter ON letter_copies (letter_id, id);
CREATE INDEX letters_about ON letters (about_id, kind);

-- What is known of an address a school writes to, which is found by its hash only: whether it wants no
-- reminders, and whether a mail server refused it for good. Of the secret by which reminders are ended
-- there is a hash and a sealed copy, so that every mail carries the same.
CREATE TABLE letter_addresses (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT letter_addresses_school_id_fkey REFERENCES schools (id),
  address_hash TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  unsubscribed_at TIMESTAMP,
  refused_at TIMESTAMP,
  CONSTRAINT letter_addresses_address_unique UNIQUE (school_id, address_hash),
  CONSTRAINT letter_addresses_secret_unique UNIQUE (secret_hash)
);

-- Whether a school lets families be reminded, and the last day on which that was seen to.
CREATE TABLE letter_terms (
  id BIGINT PRIMARY KEY NOT NULL CONSTRAINT letter_terms_id_fkey REFERENCES schools (id),
  reminders BOOLEAN NOT NULL,
  reminded_on DATE
);

-- A school's own words around what a letter tells; without a row the product's.
CREATE TABLE letter_wordings (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT letter_wordings_school_id_fkey REFERENCES schools (id),
  kind TEXT NOT NULL,
  language TEXT NOT NULL CONSTRAINT letter_wordings_language CHECK (language IN ('vi', 'en')),
  intro TEXT,
  closing TEXT,
  CONSTRAINT letter_wordings_unique UNIQUE (school_id, kind, language)
);
