-- What belongs to a student belongs to the student's school: one key holds both, where two keys let
-- a row name one school and a student of another, and cost twice as much for each row of a roster.
CREATE UNIQUE INDEX students_in_school ON students (school_id, id);
-- SQLite changes no constraint of a table: each is written anew.
CREATE TABLE new_student_identifiers (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL,
  student_id INTEGER NOT NULL,
  scheme TEXT NOT NULL CONSTRAINT student_identifiers_scheme CHECK (scheme IN ('personal_number', 'education_code', 'other')),
  value TEXT NOT NULL,
  CONSTRAINT student_identifiers_scheme_unique UNIQUE (student_id, scheme),
  CONSTRAINT student_identifiers_value_unique UNIQUE (school_id, scheme, value),
  CONSTRAINT student_identifiers_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id)
) STRICT;
INSERT INTO new_student_identifiers SELECT * FROM student_identifiers;
DROP TABLE student_identifiers;
ALTER TABLE new_student_identifiers RENAME TO student_identifiers;
CREATE TABLE new_guardians (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL,
  student_id INTEGER NOT NULL,
  position INTEGER NOT NULL,
  name TEXT,
  relation TEXT,
  email TEXT,
  phone TEXT,
  language TEXT NOT NULL CONSTRAINT guardians_language CHECK (language IN ('vi', 'en')),
  CONSTRAINT guardians_position_unique UNIQUE (student_id, position),
  CONSTRAINT guardians_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id)
) STRICT;
INSERT INTO new_guardians SELECT * FROM guardians;
DROP TABLE guardians;
ALTER TABLE new_guardians RENAME TO guardians;
CREATE INDEX guardians_school ON guardians (school_id, student_id);
CREATE TABLE new_enrolments (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL,
  student_id INTEGER NOT NULL,
  class TEXT NOT NULL,
  grade INTEGER,
  school_year TEXT NOT NULL,
  from_day TEXT,
  to_day TEXT,
  ended_by TEXT CONSTRAINT enrolments_ended_by CHECK (ended_by IN ('transferred', 'left', 'promoted', 'graduated')),
  CONSTRAINT enrolments_period CHECK (from_day IS NULL OR to_day IS NULL OR from_day <= to_day),
  CONSTRAINT enrolments_end CHECK ((to_day IS NULL) = (ended_by IS NULL)),
  CONSTRAINT enrolments_student_of_school_fkey FOREIGN KEY (school_id, student_id) REFERENCES students (school_id, id)
) STRICT;
INSERT INTO new_enrolments SELECT * FROM enrolments;
DROP TABLE enrolments;
ALTER TABLE new_enrolments RENAME TO enrolments;
CREATE INDEX enrolments_school ON enrolments (school_id, student_id);
CREATE UNIQUE INDEX enrolments_one_open ON enrolments (student_id) WHERE to_day IS NULL;
