-- Who looked at the figures of which authority, or of which school from there, and how: kept as long as
-- looks at families are, then forgotten; never changed.
CREATE TABLE figure_looks (
  id BIGINT PRIMARY KEY NOT NULL,
  authority_id BIGINT NOT NULL CONSTRAINT figure_looks_authority_id_fkey REFERENCES authorities (id),
  school_id BIGINT CONSTRAINT figure_looks_school_id_fkey REFERENCES schools (id),
  what TEXT NOT NULL,
  period TEXT NOT NULL,
  actor TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT figure_looks_what CHECK (what IN ('dashboard', 'school', 'plan', 'file', 'api'))
);
CREATE INDEX figure_looks_authority ON figure_looks (authority_id, id);
CREATE INDEX figure_looks_school ON figure_looks (school_id, id);
CREATE INDEX figure_looks_at ON figure_looks (at);
CREATE TRIGGER figure_looks_no_change BEFORE UPDATE ON figure_looks FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
