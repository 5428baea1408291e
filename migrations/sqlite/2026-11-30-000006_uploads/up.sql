-- Files that were sent within the last hour: who may send how many more is counted here, so that all
-- replicas count together. Older rows are forgotten.
CREATE TABLE uploads (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT uploads_school_id_fkey REFERENCES schools (id),
  actor TEXT NOT NULL,
  at TEXT NOT NULL
) STRICT;
CREATE INDEX uploads_school ON uploads (school_id, at);
CREATE INDEX uploads_actor ON uploads (actor, at);
CREATE INDEX uploads_at ON uploads (at);
