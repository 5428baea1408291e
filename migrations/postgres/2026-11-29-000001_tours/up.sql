-- How far people have come in the guided tour; 0 once it is over. The id is the person's.
CREATE TABLE tours (
  id BIGINT PRIMARY KEY CONSTRAINT tours_id_fkey REFERENCES users (id),
  step BIGINT NOT NULL,
  changed_at TIMESTAMP NOT NULL,
  CONSTRAINT tours_step CHECK (step >= 0)
);
