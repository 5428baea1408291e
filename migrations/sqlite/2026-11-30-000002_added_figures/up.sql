-- How often what a school's figures are made of was written: of a month (YYYY-MM) by what was booked in
-- it, or of its dues. Whoever writes money counts on, in the same transaction.
CREATE TABLE figure_marks (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT figure_marks_school_id_fkey REFERENCES schools (id),
  part TEXT NOT NULL,
  changes INTEGER NOT NULL,
  CONSTRAINT figure_marks_part_unique UNIQUE (school_id, part),
  CONSTRAINT figure_marks_changes CHECK (changes > 0)
) STRICT;

-- What such a part adds up to, as JSON, when it had been written so often: good as long as the mark says
-- the same. Nothing stands here that is not computed from the ledger, and verify computes it again.
CREATE TABLE added_figures (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT added_figures_school_id_fkey REFERENCES schools (id),
  part TEXT NOT NULL,
  changes INTEGER NOT NULL,
  totals TEXT NOT NULL,
  parts TEXT NOT NULL,
  classes TEXT NOT NULL,
  CONSTRAINT added_figures_part_unique UNIQUE (school_id, part)
) STRICT;

-- Of what is there already. No row has the number of another one: facts and invoices count as one.
INSERT INTO figure_marks (id, school_id, part, changes)
  SELECT MIN(id), school_id, substr(booking_date, 1, 7), 1 FROM payments GROUP BY school_id, substr(booking_date, 1, 7);
INSERT INTO figure_marks (id, school_id, part, changes)
  SELECT MIN(id), school_id, 'dues', 1 FROM invoices GROUP BY school_id;
