-- How far people have come in the guided tour; 0 once it is over. The id is the person's.
CREATE TABLE tours (
  id INTEGER PRIMARY KEY NOT NULL CONSTRAINT tours_id_fkey REFERENCES users (id),
  step INTEGER NOT NULL,
  changed_at TEXT NOT NULL,
  CONSTRAINT tours_step CHECK (step >= 0)
) STRICT;
