-- What a school reported of a month: the canonical text with its SHA-256, computed from the facts of the
-- school up to the one at position. A later version restates it and says why; none is ever changed.
CREATE TABLE reported_figures (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT reported_figures_school_id_fkey REFERENCES schools (id),
  month DATE NOT NULL,
  version INTEGER NOT NULL,
  position BIGINT NOT NULL,
  as_of TIMESTAMP NOT NULL,
  figures TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  note TEXT,
  reason TEXT,
  CONSTRAINT reported_figures_version_unique UNIQUE (school_id, month, version),
  CONSTRAINT reported_figures_reason CHECK ((version = 1 AND reason IS NULL) OR (version > 1 AND reason IS NOT NULL AND reason <> ''))
);

-- What a school and the authorities above it wrote to each other about a month's figures.
CREATE TABLE figure_comments (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT figure_comments_school_id_fkey REFERENCES schools (id),
  month DATE NOT NULL,
  side TEXT NOT NULL,
  written_by TEXT NOT NULL,
  at TIMESTAMP NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT figure_comments_side CHECK (side IN ('school', 'authority')),
  CONSTRAINT figure_comments_words CHECK (words <> '')
);

CREATE INDEX figure_comments_month ON figure_comments (school_id, month);

CREATE TRIGGER reported_figures_no_change BEFORE UPDATE OR DELETE ON reported_figures FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
CREATE TRIGGER figure_comments_no_change BEFORE UPDATE OR DELETE ON figure_comments FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
