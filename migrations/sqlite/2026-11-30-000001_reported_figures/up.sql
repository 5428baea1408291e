-- What a school reported of a month: the canonical text with its SHA-256, computed from the facts of the
-- school up to the one at position. A later version restates it and says why; none is ever changed.
CREATE TABLE reported_figures (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT reported_figures_school_id_fkey REFERENCES schools (id),
  month TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  as_of TEXT NOT NULL,
  figures TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  reported_by TEXT NOT NULL,
  note TEXT,
  reason TEXT,
  CONSTRAINT reported_figures_version_unique UNIQUE (school_id, month, version),
  CONSTRAINT reported_figures_reason CHECK ((version = 1 AND reason IS NULL) OR (version > 1 AND reason IS NOT NULL AND reason <> ''))
) STRICT;

-- What a school and the authorities above it wrote to each other about a month's figures.
CREATE TABLE figure_comments (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT figure_comments_school_id_fkey REFERENCES schools (id),
  month TEXT NOT NULL,
  side TEXT NOT NULL,
  written_by TEXT NOT NULL,
  at TEXT NOT NULL,
  words TEXT NOT NULL,
  CONSTRAINT figure_comments_side CHECK (side IN ('school', 'authority')),
  CONSTRAINT figure_comments_words CHECK (words <> '')
) STRICT;

CREATE INDEX figure_comments_month ON figure_comments (school_id, month);

CREATE TRIGGER reported_figures_no_update BEFORE UPDATE ON reported_figures BEGIN SELECT RAISE(ABORT, 'reported_figures is append-only'); END;
CREATE TRIGGER reported_figures_no_delete BEFORE DELETE ON reported_figures BEGIN SELECT RAISE(ABORT, 'reported_figures is append-only'); END;
CREATE TRIGGER figure_comments_no_update BEFORE UPDATE ON figure_comments BEGIN SELECT RAISE(ABORT, 'figure_comments is append-only'); END;
CREATE TRIGGER figure_comments_no_delete BEFORE DELETE ON figure_comments BEGIN SELECT RAISE(ABORT, 'figure_comments is append-only'); END;
