-- Pages of the staff that show one family's data are looks at it as well.
CREATE TABLE family_looks_next (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT family_looks_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  what TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT family_looks_what CHECK (what IN ('page', 'address', 'claim', 'photo', 'export', 'student', 'account', 'receipt')),
  CONSTRAINT family_looks_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
INSERT INTO family_looks_next (id, school_id, family_id, what, actor, at)
  SELECT id, school_id, family_id, what, actor, at FROM family_looks;
DROP TABLE family_looks;
ALTER TABLE family_looks_next RENAME TO family_looks;
CREATE INDEX family_looks_school ON family_looks (school_id, id);
CREATE INDEX family_looks_family ON family_looks (family_id, id);
CREATE INDEX family_looks_at ON family_looks (at);
CREATE TRIGGER family_looks_no_update BEFORE UPDATE ON family_looks BEGIN SELECT RAISE(ABORT, 'family_looks is append-only'); END;

-- How content a family is: once for each receipt it got. Answers from before are about none.
CREATE TABLE survey_answers_next (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT survey_answers_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL,
  term TEXT NOT NULL,
  score INTEGER NOT NULL,
  words TEXT NOT NULL,
  answered_at TEXT NOT NULL,
  receipt_id INTEGER CONSTRAINT survey_answers_receipt_id_fkey REFERENCES receipts (id),
  CONSTRAINT survey_answers_once UNIQUE (receipt_id),
  CONSTRAINT survey_answers_score CHECK (score BETWEEN 1 AND 5),
  CONSTRAINT survey_answers_family_of_school_fkey FOREIGN KEY (school_id, family_id) REFERENCES families (school_id, id)
) STRICT;
INSERT INTO survey_answers_next (id, school_id, family_id, term, score, words, answered_at)
  SELECT id, school_id, family_id, term, score, words, answered_at FROM survey_answers;
DROP TABLE survey_answers;
ALTER TABLE survey_answers_next RENAME TO survey_answers;
CREATE INDEX survey_answers_school ON survey_answers (school_id, term);
CREATE INDEX survey_answers_family ON survey_answers (family_id, term, id);

-- A credit note stays as it was made. Of a student whose name was erased by two people, what somebody
-- wrote as the reason is the one thing that gives way.
DROP TRIGGER credit_notes_no_update;
CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes WHEN NOT (NEW.id = OLD.id AND NEW.school_id = OLD.school_id AND NEW.invoice_id = OLD.invoice_id AND NEW.kind = OLD.kind AND NEW.number = OLD.number AND NEW.school_year = OLD.school_year AND NEW.gross_dong = OLD.gross_dong AND NEW.waived_dong = OLD.waived_dong AND NEW.net_dong = OLD.net_dong AND NEW.made_by = OLD.made_by AND NEW.made_at = OLD.made_at AND EXISTS (SELECT 1 FROM erasures JOIN invoices ON invoices.student_id = erasures.student_id WHERE invoices.id = OLD.invoice_id AND erasures.state = 'done')) BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;
