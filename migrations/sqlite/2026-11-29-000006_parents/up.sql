-- What a school says of itself on families' pages.
CREATE TABLE family_page_settings (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_page_settings_school_id_fkey REFERENCES schools (id),
  telephone TEXT NOT NULL,
  changed_by TEXT NOT NULL,
  changed_at TEXT NOT NULL,
  CONSTRAINT family_page_settings_school_unique UNIQUE (school_id)
) STRICT;

-- How often a family's page was opened by its address, day by day.
CREATE TABLE family_openings (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_openings_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  link_id INTEGER NOT NULL CONSTRAINT family_openings_link_id_fkey REFERENCES family_links (id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  openings INTEGER NOT NULL,
  CONSTRAINT family_openings_day_unique UNIQUE (link_id, day),
  CONSTRAINT family_openings_counted CHECK (openings > 0),
  CONSTRAINT family_openings_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX family_openings_family ON family_openings (family_id, day);

-- Who of the staff looked at what of which family. Added to and, after the time the settings say,
-- forgotten; never changed.
CREATE TABLE family_looks (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_looks_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT family_looks_what CHECK (what IN ('page', 'address', 'claim', 'photo', 'export')),
  CONSTRAINT family_looks_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX family_looks_school ON family_looks (school_id, id);
CREATE INDEX family_looks_family ON family_looks (family_id, id);
CREATE INDEX family_looks_at ON family_looks (at);

-- "I paid, but…": what a family says. It settles nothing.
CREATE TABLE claims (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT claims_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  amount_dong INTEGER NOT NULL,
  paid_on TEXT NOT NULL,
  bank TEXT NOT NULL,
  account_end TEXT NOT NULL,
  words TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at TEXT NOT NULL,
  answer TEXT,
  answer_words TEXT,
  payment_id INTEGER CONSTRAINT claims_payment_id_fkey REFERENCES payments (id),
  answered_by TEXT,
  answered_at TEXT,
  CONSTRAINT claims_amount CHECK (amount_dong > 0),
  CONSTRAINT claims_state CHECK (state IN ('waiting', 'answered')),
  CONSTRAINT claims_answer CHECK (answer IS NULL OR answer IN ('matched', 'not_found', 'please_send')),
  CONSTRAINT claims_answered CHECK ((state = 'answered') = (answer IS NOT NULL) AND (answer IS NULL) = (answered_by IS NULL) AND (answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answer_words IS NULL)),
  CONSTRAINT claims_matched CHECK (payment_id IS NULL OR answer = 'matched'),
  CONSTRAINT claims_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX claims_waiting ON claims (school_id, id) WHERE state = 'waiting';
CREATE INDEX claims_school ON claims (school_id, id);
CREATE INDEX claims_family ON claims (family_id, id);

-- The picture that came with a claim, made anew from what was sent, and sealed.
CREATE TABLE claim_photos (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT claim_photos_school_id_fkey REFERENCES schools (id),
  claim_id INTEGER NOT NULL CONSTRAINT claim_photos_claim_id_fkey REFERENCES claims (id),
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  made_at TEXT NOT NULL,
  CONSTRAINT claim_photos_claim_unique UNIQUE (claim_id)
) STRICT;
CREATE INDEX claim_photos_made_at ON claim_photos (made_at);

-- Another name, address or number that a family proposes for a guardian; what is proposed is sealed.
-- Of the two secrets, one goes to the address that is known, one to the new one.
CREATE TABLE contact_proposals (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT contact_proposals_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  student_id INTEGER NOT NULL CONSTRAINT contact_proposals_student_id_fkey REFERENCES students (id),
  position INTEGER NOT NULL,
  key_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  state TEXT NOT NULL,
  needs_old INTEGER NOT NULL,
  needs_new INTEGER NOT NULL,
  old_hash TEXT,
  new_hash TEXT,
  old_confirmed_at TEXT,
  new_confirmed_at TEXT,
  made_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  CONSTRAINT contact_proposals_state CHECK (state IN ('waiting', 'accepted', 'refused', 'lapsed')),
  CONSTRAINT contact_proposals_decided CHECK ((state IN ('accepted', 'refused')) = (decided_by IS NOT NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
  CONSTRAINT contact_proposals_needs CHECK (needs_old IN (0, 1) AND needs_new IN (0, 1)),
  CONSTRAINT contact_proposals_old_unique UNIQUE (old_hash),
  CONSTRAINT contact_proposals_new_unique UNIQUE (new_hash),
  CONSTRAINT contact_proposals_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX contact_proposals_school ON contact_proposals (school_id, state, id);
CREATE INDEX contact_proposals_family ON contact_proposals (family_id, id);

-- How content a family is, once a term.
CREATE TABLE survey_answers (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT survey_answers_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  term TEXT NOT NULL,
  score INTEGER NOT NULL,
  words TEXT NOT NULL,
  answered_at TEXT NOT NULL,
  CONSTRAINT survey_answers_once UNIQUE (family_id, term),
  CONSTRAINT survey_answers_score CHECK (score BETWEEN 1 AND 5),
  CONSTRAINT survey_answers_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX survey_answers_school ON survey_answers (school_id, term);

-- On what grounds the school keeps a family's data; the last one holds.
CREATE TABLE family_bases (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_bases_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  words TEXT NOT NULL,
  on_day TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  CONSTRAINT family_bases_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
CREATE INDEX family_bases_family ON family_bases (family_id, id);

-- Students whose names the school gives up: one person asks, another agrees.
CREATE TABLE erasures (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT erasures_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT erasures_student_id_fkey REFERENCES students (id),
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  CONSTRAINT erasures_state CHECK (state IN ('asked', 'done', 'refused')),
  CONSTRAINT erasures_decided CHECK ((state = 'asked') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE INDEX erasures_school ON erasures (school_id, id);
CREATE UNIQUE INDEX erasures_once ON erasures (student_id) WHERE state <> 'refused';

CREATE TRIGGER family_looks_no_update BEFORE UPDATE ON family_looks BEGIN SELECT RAISE(ABORT, 'family_looks is append-only'); END;
