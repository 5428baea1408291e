-- What a fee item is counted by, whether a family may do without it, and the authority's code for it.
CREATE TABLE official_fee_codes (
  id INTEGER PRIMARY KEY NOT NULL,
  authority_id INTEGER NOT NULL CONSTRAINT official_fee_codes_authority_id_fkey REFERENCES authorities (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT official_fee_codes_unique UNIQUE (authority_id, code),
  CONSTRAINT official_fee_codes_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
) STRICT;
ALTER TABLE fee_items ADD COLUMN unit TEXT NOT NULL DEFAULT 'time' CONSTRAINT fee_items_unit CHECK (unit IN ('time', 'day', 'month', 'term', 'year', 'piece'));
ALTER TABLE fee_items ADD COLUMN compulsory INTEGER NOT NULL DEFAULT 1 CONSTRAINT fee_items_compulsory_bool CHECK (compulsory IN (0, 1));
ALTER TABLE fee_items ADD COLUMN official_code_id INTEGER CONSTRAINT fee_items_official_code_id_fkey REFERENCES official_fee_codes (id);
ALTER TABLE fee_items ADD COLUMN retired_on TEXT;

-- Prices are looked up by zone, level and grade; what is not said fits all.
ALTER TABLE schools ADD COLUMN fee_zone TEXT;
ALTER TABLE students ADD COLUMN fee_zone TEXT;
CREATE TABLE fee_prices (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT fee_prices_school_id_fkey REFERENCES schools (id),
  fee_item_id INTEGER NOT NULL CONSTRAINT fee_prices_fee_item_id_fkey REFERENCES fee_items (id),
  zone TEXT,
  level TEXT,
  grade INTEGER,
  price_dong INTEGER NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT fee_prices_not_negative CHECK (price_dong >= 0),
  CONSTRAINT fee_prices_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
) STRICT;

-- What a family chose of the items it may do without.
CREATE TABLE fee_choices (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT fee_choices_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT fee_choices_student_id_fkey REFERENCES students (id),
  fee_item_id INTEGER NOT NULL CONSTRAINT fee_choices_fee_item_id_fkey REFERENCES fee_items (id),
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  CONSTRAINT fee_choices_validity CHECK (valid_to IS NULL OR valid_from <= valid_to)
) STRICT;

-- Who need not pay, or not all of it, and why. The ground is for few to read.
CREATE TABLE exemptions (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT exemptions_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT exemptions_student_id_fkey REFERENCES students (id),
  fee_item_id INTEGER CONSTRAINT exemptions_fee_item_id_fkey REFERENCES fee_items (id),
  ground TEXT NOT NULL,
  share_percent INTEGER NOT NULL,
  document TEXT,
  valid_from TEXT NOT NULL,
  valid_to TEXT,
  recorded_by TEXT NOT NULL,
  recorded_at TEXT NOT NULL,
  CONSTRAINT exemptions_share CHECK (share_percent BETWEEN 1 AND 100),
  CONSTRAINT exemptions_validity CHECK (valid_to IS NULL OR valid_from <= valid_to)
) STRICT;

-- A round that was read from a list is 'listed'; one made here is a draft until it is issued.
ALTER TABLE collection_rounds ADD COLUMN state TEXT NOT NULL DEFAULT 'listed' CONSTRAINT collection_rounds_state CHECK (state IN ('listed', 'draft', 'issued'));
ALTER TABLE collection_rounds ADD COLUMN scope TEXT;
ALTER TABLE collection_rounds ADD COLUMN period_from TEXT;
ALTER TABLE collection_rounds ADD COLUMN period_to TEXT;
ALTER TABLE collection_rounds ADD COLUMN due_on TEXT;
ALTER TABLE collection_rounds ADD COLUMN bank_account_id INTEGER CONSTRAINT collection_rounds_bank_account_id_fkey REFERENCES bank_accounts (id);
ALTER TABLE collection_rounds ADD COLUMN instalments TEXT;
ALTER TABLE collection_rounds ADD COLUMN fingerprint TEXT;
ALTER TABLE collection_rounds ADD COLUMN issued_by TEXT;
ALTER TABLE collection_rounds ADD COLUMN issued_at TEXT;

CREATE TABLE round_items (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT round_items_school_id_fkey REFERENCES schools (id),
  round_id INTEGER NOT NULL CONSTRAINT round_items_round_id_fkey REFERENCES collection_rounds (id),
  fee_item_id INTEGER NOT NULL CONSTRAINT round_items_fee_item_id_fkey REFERENCES fee_items (id),
  position INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  price_dong INTEGER,
  CONSTRAINT round_items_unique UNIQUE (round_id, fee_item_id),
  CONSTRAINT round_items_not_negative CHECK (quantity >= 0 AND (price_dong IS NULL OR price_dong >= 0))
) STRICT;

-- How much of an item one student had, where it is not the round's quantity: days of meals.
CREATE TABLE round_quantities (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT round_quantities_school_id_fkey REFERENCES schools (id),
  round_id INTEGER NOT NULL CONSTRAINT round_quantities_round_id_fkey REFERENCES collection_rounds (id),
  student_id INTEGER NOT NULL CONSTRAINT round_quantities_student_id_fkey REFERENCES students (id),
  fee_item_id INTEGER NOT NULL CONSTRAINT round_quantities_fee_item_id_fkey REFERENCES fee_items (id),
  quantity INTEGER NOT NULL,
  CONSTRAINT round_quantities_unique UNIQUE (round_id, student_id, fee_item_id),
  CONSTRAINT round_quantities_not_negative CHECK (quantity >= 0)
) STRICT;

-- Numbers are those of invoices made here, without gaps for each school and school year; the class is
-- that of the day it was issued.
ALTER TABLE invoices ADD COLUMN number INTEGER;
ALTER TABLE invoices ADD COLUMN school_year INTEGER;
ALTER TABLE invoices ADD COLUMN class TEXT;
ALTER TABLE invoices ADD COLUMN replaces_id INTEGER CONSTRAINT invoices_replaces_id_fkey REFERENCES invoices (id);
ALTER TABLE invoice_lines ADD COLUMN quantity INTEGER;
ALTER TABLE invoice_lines ADD COLUMN price_dong INTEGER;
ALTER TABLE invoice_lines ADD COLUMN share_percent INTEGER;

CREATE TABLE instalments (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT instalments_school_id_fkey REFERENCES schools (id),
  invoice_id INTEGER NOT NULL CONSTRAINT instalments_invoice_id_fkey REFERENCES invoices (id),
  position INTEGER NOT NULL,
  due_on TEXT NOT NULL,
  amount_dong INTEGER NOT NULL,
  CONSTRAINT instalments_position_unique UNIQUE (invoice_id, position),
  CONSTRAINT instalments_not_negative CHECK (amount_dong >= 0)
) STRICT;

-- By how much an invoice came down after it was issued. An invoice and its lines show what holds now;
-- with its credit notes it is what was issued.
CREATE TABLE credit_notes (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT credit_notes_school_id_fkey REFERENCES schools (id),
  invoice_id INTEGER NOT NULL CONSTRAINT credit_notes_invoice_id_fkey REFERENCES invoices (id),
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  school_year INTEGER NOT NULL,
  gross_dong INTEGER NOT NULL,
  waived_dong INTEGER NOT NULL,
  net_dong INTEGER NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TEXT NOT NULL,
  CONSTRAINT credit_notes_number_unique UNIQUE (school_id, school_year, number),
  CONSTRAINT credit_notes_kind CHECK (kind IN ('correction', 'write_off', 'reissue')),
  CONSTRAINT credit_notes_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0)
) STRICT;

CREATE TABLE credit_note_lines (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT credit_note_lines_school_id_fkey REFERENCES schools (id),
  credit_note_id INTEGER NOT NULL CONSTRAINT credit_note_lines_credit_note_id_fkey REFERENCES credit_notes (id),
  invoice_line_id INTEGER NOT NULL CONSTRAINT credit_note_lines_invoice_line_id_fkey REFERENCES invoice_lines (id),
  gross_dong INTEGER NOT NULL,
  waived_dong INTEGER NOT NULL,
  net_dong INTEGER NOT NULL,
  CONSTRAINT credit_note_lines_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0)
) STRICT;

-- What will never be paid, once a second person agrees.
CREATE TABLE write_offs (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT write_offs_school_id_fkey REFERENCES schools (id),
  invoice_id INTEGER NOT NULL CONSTRAINT write_offs_invoice_id_fkey REFERENCES invoices (id),
  amount_dong INTEGER NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_by TEXT NOT NULL,
  asked_at TEXT NOT NULL,
  decided_by TEXT,
  decided_at TEXT,
  credit_note_id INTEGER CONSTRAINT write_offs_credit_note_id_fkey REFERENCES credit_notes (id),
  CONSTRAINT write_offs_amount CHECK (amount_dong > 0),
  CONSTRAINT write_offs_state CHECK (state IN ('asked', 'approved', 'refused')),
  CONSTRAINT write_offs_two_persons CHECK (state <> 'approved' OR (decided_by IS NOT NULL AND decided_by <> asked_by))
) STRICT;

-- Credit that is to go back to a family, with where to.
CREATE TABLE refunds (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT refunds_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL CONSTRAINT refunds_family_id_fkey REFERENCES families (id),
  student_id INTEGER NOT NULL CONSTRAINT refunds_student_id_fkey REFERENCES students (id),
  fee_item_id INTEGER CONSTRAINT refunds_fee_item_id_fkey REFERENCES fee_items (id),
  amount_dong INTEGER NOT NULL,
  bin TEXT NOT NULL,
  account TEXT NOT NULL,
  holder TEXT NOT NULL,
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  ordered_by TEXT NOT NULL,
  ordered_at TEXT NOT NULL,
  closed_by TEXT,
  closed_at TEXT,
  paid_on TEXT,
  reference TEXT,
  CONSTRAINT refunds_amount CHECK (amount_dong > 0),
  CONSTRAINT refunds_state CHECK (state IN ('ordered', 'paid', 'cancelled'))
) STRICT;

-- The payments whose credit a refund takes.
CREATE TABLE refund_parts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT refund_parts_school_id_fkey REFERENCES schools (id),
  refund_id INTEGER NOT NULL CONSTRAINT refund_parts_refund_id_fkey REFERENCES refunds (id),
  payment_id INTEGER NOT NULL CONSTRAINT refund_parts_payment_id_fkey REFERENCES payments (id),
  amount_dong INTEGER NOT NULL,
  CONSTRAINT refund_parts_unique UNIQUE (refund_id, payment_id),
  CONSTRAINT refund_parts_amount CHECK (amount_dong > 0)
) STRICT;

CREATE INDEX fee_prices_item ON fee_prices (fee_item_id);
CREATE INDEX fee_choices_school ON fee_choices (school_id, student_id);
CREATE INDEX exemptions_school ON exemptions (school_id, student_id);
CREATE UNIQUE INDEX invoices_number ON invoices (school_id, school_year, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX invoices_round_once ON invoices (round_id, student_id) WHERE number IS NOT NULL AND NOT cancelled;
CREATE INDEX invoices_page ON invoices (school_id, id);
CREATE INDEX credit_notes_invoice ON credit_notes (invoice_id);
CREATE INDEX credit_note_lines_note ON credit_note_lines (credit_note_id);
CREATE INDEX credit_note_lines_line ON credit_note_lines (invoice_line_id);
CREATE INDEX write_offs_invoice ON write_offs (invoice_id);
CREATE INDEX refunds_school ON refunds (school_id, id);
CREATE INDEX refund_parts_payment ON refund_parts (payment_id);
CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;
CREATE TRIGGER credit_notes_no_delete BEFORE DELETE ON credit_notes BEGIN SELECT RAISE(ABORT, 'credit_notes is append-only'); END;
CREATE TRIGGER credit_note_lines_no_update BEFORE UPDATE ON credit_note_lines BEGIN SELECT RAISE(ABORT, 'credit_note_lines is append-only'); END;
CREATE TRIGGER credit_note_lines_no_delete BEFORE DELETE ON credit_note_lines BEGIN SELECT RAISE(ABORT, 'credit_note_lines is append-only'); END;
