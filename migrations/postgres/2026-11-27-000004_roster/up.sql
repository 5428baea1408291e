-- A list of students taken in: first a plan with the list as it was read, then committed, perhaps undone.
CREATE TABLE student_imports (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT student_imports_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  options TEXT NOT NULL,
  list TEXT NOT NULL,
  state TEXT NOT NULL CONSTRAINT student_imports_state CHECK (state IN ('planned', 'committed', 'undone')),
  outcome TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  committed_at TIMESTAMP,
  undone_at TIMESTAMP,
  CONSTRAINT student_imports_committed CHECK (state = 'planned' OR committed_at IS NOT NULL)
);
CREATE INDEX student_imports_school ON student_imports (school_id, id);

ALTER TABLE students ADD COLUMN sort_key TEXT NOT NULL DEFAULT '';
ALTER TABLE students ADD COLUMN birth_date DATE;
ALTER TABLE students ADD COLUMN sex TEXT CONSTRAINT students_sex CHECK (sex IN ('female', 'male'));
ALTER TABLE students ADD COLUMN collection TEXT CONSTRAINT students_collection CHECK (collection IN ('transfer', 'cash'));
ALTER TABLE students ADD COLUMN exemption TEXT;
ALTER TABLE students ADD COLUMN left_on DATE;
ALTER TABLE students ADD COLUMN left_reason TEXT;
ALTER TABLE students ADD COLUMN import_id BIGINT CONSTRAINT students_import_id_fkey REFERENCES student_imports (id);
CREATE INDEX students_order ON students (school_id, sort_key, id);
CREATE INDEX students_import ON students (import_id) WHERE import_id IS NOT NULL;

-- The classes of a school: defined by a person, or only seen in a list.
CREATE TABLE classes (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT classes_school_id_fkey REFERENCES schools (id),
  name TEXT NOT NULL,
  grade INTEGER,
  defined BOOLEAN NOT NULL,
  CONSTRAINT classes_name_unique UNIQUE (school_id, name)
);

-- Numbers that name a student, besides the school's own code.
CREATE TABLE student_identifiers (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT student_identifiers_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT student_identifiers_student_id_fkey REFERENCES students (id),
  scheme TEXT NOT NULL CONSTRAINT student_identifiers_scheme CHECK (scheme IN ('personal_number', 'education_code', 'other')),
  value TEXT NOT NULL,
  CONSTRAINT student_identifiers_scheme_unique UNIQUE (student_id, scheme),
  CONSTRAINT student_identifiers_value_unique UNIQUE (school_id, scheme, value)
);

CREATE TABLE guardians (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT guardians_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT guardians_student_id_fkey REFERENCES students (id),
  position INTEGER NOT NULL,
  name TEXT,
  relation TEXT,
  email TEXT,
  phone TEXT,
  language TEXT NOT NULL CONSTRAINT guardians_language CHECK (language IN ('vi', 'en')),
  CONSTRAINT guardians_position_unique UNIQUE (student_id, position)
);
CREATE INDEX guardians_school ON guardians (school_id, student_id);

-- In which class a student was from when to when; an open start is one that nobody knows.
CREATE TABLE enrolments (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT enrolments_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT enrolments_student_id_fkey REFERENCES students (id),
  class TEXT NOT NULL,
  grade INTEGER,
  school_year TEXT NOT NULL,
  from_day DATE,
  to_day DATE,
  ended_by TEXT CONSTRAINT enrolments_ended_by CHECK (ended_by IN ('transferred', 'left', 'promoted', 'graduated')),
  CONSTRAINT enrolments_period CHECK (from_day IS NULL OR to_day IS NULL OR from_day <= to_day),
  CONSTRAINT enrolments_end CHECK ((to_day IS NULL) = (ended_by IS NULL))
);
CREATE INDEX enrolments_school ON enrolments (school_id, student_id);
CREATE UNIQUE INDEX enrolments_one_open ON enrolments (student_id) WHERE to_day IS NULL;

-- What changed a student and how the student was before: the student's history, and the way back.
CREATE TABLE student_changes (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT student_changes_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT student_changes_student_id_fkey REFERENCES students (id),
  import_id BIGINT CONSTRAINT student_changes_import_id_fkey REFERENCES student_imports (id),
  kind TEXT NOT NULL CONSTRAINT student_changes_kind CHECK (kind IN ('import', 'transfer', 'leave', 'return', 'promotion')),
  before TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT student_changes_import CHECK ((kind = 'import') = (import_id IS NOT NULL))
);
CREATE INDEX student_changes_student ON student_changes (school_id, student_id, id);
CREATE INDEX student_changes_import ON student_changes (import_id) WHERE import_id IS NOT NULL;
