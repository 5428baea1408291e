DROP TRIGGER credit_notes_no_update;
CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;

DELETE FROM survey_answers WHERE EXISTS (
  SELECT 1 FROM survey_answers later WHERE later.family_id = survey_answers.family_id
  AND later.term = survey_answers.term AND later.id > survey_answers.id);
CREATE TABLE survey_answers_before (
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
INSERT INTO survey_answers_before (id, school_id, family_id, term, score, words, answered_at)
  SELECT id, school_id, family_id, term, score, words, answered_at FROM survey_answers;
DROP TABLE survey_answers;
ALTER TABLE survey_answers_before RENAME TO survey_answers;
CREATE INDEX survey_answers_school ON survey_answers (school_id, term);

CREATE TABLE family_looks_before (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_looks_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT family_looks_what CHECK (what IN ('page', 'address', 'claim', 'photo', 'export')),
  CONSTRAINT family_looks_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
INSERT INTO family_looks_before (id, school_id, family_id, what, actor, at)
  SELECT id, school_id, family_id, what, actor, at FROM family_looks
  WHERE what NOT IN ('student', 'account', 'receipt');
DROP TABLE family_looks;
ALTER TABLE family_looks_before RENAME TO family_looks;
CREATE INDEX family_looks_school ON family_looks (school_id, id);
CREATE INDEX family_looks_family ON family_looks (family_id, id);
CREATE INDEX family_looks_at ON family_looks (at);
CREATE TRIGGER family_looks_no_update BEFORE UPDATE ON family_looks BEGIN SELECT RAISE(ABORT, 'family_looks is append-only'); END;
