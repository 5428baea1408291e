-- Statement files kept, for a day at most, while a person says what their columns hold.
CREATE TABLE asked_files (
  id BIGINT PRIMARY KEY,
  school_id BIGINT NOT NULL CONSTRAINT asked_files_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  account TEXT,
  content TEXT NOT NULL,
  question TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TIMESTAMP NOT NULL
);
CREATE INDEX asked_files_time ON asked_files (asked_at);
