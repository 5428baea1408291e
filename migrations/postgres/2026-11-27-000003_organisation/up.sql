-- From this day on the unit is under another one, or under none. Before its first change it is under
-- authorities.parent_id.
CREATE TABLE authority_parents (
  id BIGINT PRIMARY KEY NOT NULL,
  authority_id BIGINT NOT NULL CONSTRAINT authority_parents_authority_id_fkey REFERENCES authorities (id),
  parent_id BIGINT CONSTRAINT authority_parents_parent_id_fkey REFERENCES authorities (id),
  valid_from DATE NOT NULL,
  CONSTRAINT authority_parents_day_unique UNIQUE (authority_id, valid_from),
  CONSTRAINT authority_parents_not_itself CHECK (parent_id IS NULL OR parent_id <> authority_id)
);

-- What a unit was called before, and until when.
CREATE TABLE authority_former_names (
  id BIGINT PRIMARY KEY NOT NULL,
  authority_id BIGINT NOT NULL CONSTRAINT authority_former_names_authority_id_fkey REFERENCES authorities (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  valid_from DATE,
  valid_to DATE NOT NULL,
  CONSTRAINT authority_former_names_validity CHECK (valid_from IS NULL OR valid_from <= valid_to)
);

-- Who does the work of a unit that ended.
CREATE TABLE authority_successors (
  id BIGINT PRIMARY KEY NOT NULL,
  authority_id BIGINT NOT NULL CONSTRAINT authority_successors_authority_id_fkey REFERENCES authorities (id),
  successor_id BIGINT NOT NULL CONSTRAINT authority_successors_successor_id_fkey REFERENCES authorities (id),
  CONSTRAINT authority_successors_unique UNIQUE (authority_id, successor_id),
  CONSTRAINT authority_successors_not_itself CHECK (successor_id <> authority_id)
);

-- Other codes under which a school is known: former ones, and those of other registers.
CREATE TABLE school_aliases (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT school_aliases_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT school_aliases_unique UNIQUE (school_id, code),
  CONSTRAINT school_aliases_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
);

-- Places away from the main one at which a school teaches.
CREATE TABLE school_satellites (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT school_satellites_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT school_satellites_unique UNIQUE (school_id, code),
  CONSTRAINT school_satellites_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
);

CREATE INDEX authority_former_names_code ON authority_former_names (code);
CREATE INDEX school_aliases_code ON school_aliases (code);
