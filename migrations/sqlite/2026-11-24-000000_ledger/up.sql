-- Amounts are whole đồng. Times are UTC. Nothing defaults to the database's clock.
-- The tree of authorities; a unit that ends keeps its row and its dates.
CREATE TABLE authorities (
  id INTEGER PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  parent_id INTEGER CONSTRAINT authorities_parent_id_fkey REFERENCES authorities (id),
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT authorities_code_unique UNIQUE (code),
  CONSTRAINT authorities_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
) STRICT;

-- A school. Its row is the lock under which its money changes.
CREATE TABLE schools (
  id INTEGER PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  settle_in_part INTEGER NOT NULL CONSTRAINT schools_settle_in_part_bool CHECK (settle_in_part IN (0, 1)),
  settle_known_payer INTEGER NOT NULL CONSTRAINT schools_settle_known_payer_bool CHECK (settle_known_payer IN (0, 1)),
  CONSTRAINT schools_code_unique UNIQUE (code)
) STRICT;

-- Which authority supervises a school, from when to when.
CREATE TABLE school_placements (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT school_placements_school_id_fkey REFERENCES schools (id),
  authority_id INTEGER NOT NULL CONSTRAINT school_placements_authority_id_fkey REFERENCES authorities (id),
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT school_placements_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
) STRICT;

CREATE TABLE bank_accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT bank_accounts_school_id_fkey REFERENCES schools (id),
  bin TEXT NOT NULL,
  number TEXT NOT NULL,
  holder TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT bank_accounts_number_unique UNIQUE (bin, number)
) STRICT;

CREATE TABLE families (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT families_school_id_fkey REFERENCES schools (id),
  family_key TEXT NOT NULL,
  CONSTRAINT families_key_unique UNIQUE (school_id, family_key)
) STRICT;

CREATE TABLE students (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT students_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL CONSTRAINT students_family_id_fkey REFERENCES families (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  class TEXT NOT NULL,
  guardian_name TEXT,
  email TEXT,
  phone TEXT,
  search_key TEXT NOT NULL,
  CONSTRAINT students_code_unique UNIQUE (school_id, code)
) STRICT;

CREATE TABLE virtual_accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT virtual_accounts_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT virtual_accounts_student_id_fkey REFERENCES students (id),
  number TEXT NOT NULL,
  valid_from TEXT,
  valid_to TEXT,
  CONSTRAINT virtual_accounts_unique UNIQUE (school_id, number, student_id)
) STRICT;

CREATE TABLE fee_items (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT fee_items_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  CONSTRAINT fee_items_code_unique UNIQUE (school_id, code)
) STRICT;

CREATE TABLE collection_rounds (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT collection_rounds_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT collection_rounds_code_unique UNIQUE (school_id, code)
) STRICT;

CREATE TABLE invoices (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT invoices_school_id_fkey REFERENCES schools (id),
  student_id INTEGER NOT NULL CONSTRAINT invoices_student_id_fkey REFERENCES students (id),
  round_id INTEGER NOT NULL CONSTRAINT invoices_round_id_fkey REFERENCES collection_rounds (id),
  code TEXT NOT NULL,
  gross_dong INTEGER NOT NULL,
  waived_dong INTEGER NOT NULL,
  net_dong INTEGER NOT NULL,
  paid_dong INTEGER NOT NULL,
  cancelled INTEGER NOT NULL CONSTRAINT invoices_cancelled_bool CHECK (cancelled IN (0, 1)),
  due_on TEXT,
  issued_at TEXT NOT NULL,
  CONSTRAINT invoices_code_unique UNIQUE (school_id, code),
  CONSTRAINT invoices_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0),
  CONSTRAINT invoices_never_overpaid CHECK (paid_dong >= 0 AND paid_dong <= net_dong)
) STRICT;

CREATE TABLE invoice_lines (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT invoice_lines_school_id_fkey REFERENCES schools (id),
  invoice_id INTEGER NOT NULL CONSTRAINT invoice_lines_invoice_id_fkey REFERENCES invoices (id),
  fee_item_id INTEGER NOT NULL CONSTRAINT invoice_lines_fee_item_id_fkey REFERENCES fee_items (id),
  position INTEGER NOT NULL,
  gross_dong INTEGER NOT NULL,
  waived_dong INTEGER NOT NULL,
  net_dong INTEGER NOT NULL,
  CONSTRAINT invoice_lines_position_unique UNIQUE (invoice_id, position),
  CONSTRAINT invoice_lines_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0)
) STRICT;

-- A statement file taken in: first a plan, then committed, perhaps undone.
CREATE TABLE imports (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT imports_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  format TEXT NOT NULL,
  layout TEXT,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  warnings TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at TEXT NOT NULL,
  committed_by TEXT,
  committed_at TEXT,
  undone_by TEXT,
  undone_at TEXT,
  outcome TEXT,
  CONSTRAINT imports_state CHECK (state IN ('planned', 'committed', 'undone'))
) STRICT;

CREATE TABLE statements (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT statements_school_id_fkey REFERENCES schools (id),
  import_id INTEGER NOT NULL CONSTRAINT statements_import_id_fkey REFERENCES imports (id),
  bank_account_id INTEGER NOT NULL CONSTRAINT statements_bank_account_id_fkey REFERENCES bank_accounts (id),
  position INTEGER NOT NULL,
  reference TEXT,
  sequence TEXT,
  opening_dong INTEGER,
  opening_on TEXT,
  closing_dong INTEGER,
  closing_on TEXT,
  credits_dong INTEGER NOT NULL,
  debits_dong INTEGER NOT NULL,
  entry_count INTEGER NOT NULL,
  first_on TEXT,
  last_on TEXT,
  CONSTRAINT statements_position_unique UNIQUE (import_id, position),
  CONSTRAINT statements_balance CHECK (opening_dong IS NULL OR closing_dong IS NULL OR opening_dong + credits_dong - debits_dong = closing_dong)
) STRICT;

-- The bank's lines as the file gave them; never changed.
CREATE TABLE entries (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT entries_school_id_fkey REFERENCES schools (id),
  import_id INTEGER NOT NULL CONSTRAINT entries_import_id_fkey REFERENCES imports (id),
  statement_id INTEGER NOT NULL CONSTRAINT entries_statement_id_fkey REFERENCES statements (id),
  bank_account_id INTEGER NOT NULL CONSTRAINT entries_bank_account_id_fkey REFERENCES bank_accounts (id),
  position INTEGER NOT NULL,
  place TEXT NOT NULL,
  booking_date TEXT NOT NULL,
  value_date TEXT,
  credit_debit TEXT NOT NULL,
  amount_dong INTEGER NOT NULL,
  status TEXT NOT NULL,
  reversal INTEGER NOT NULL CONSTRAINT entries_reversal_bool CHECK (reversal IN (0, 1)),
  reference TEXT,
  end_to_end_id TEXT,
  remittance TEXT,
  counterparty_name TEXT,
  counterparty_account TEXT,
  counterparty_bank TEXT,
  balance_after_dong INTEGER,
  own_key TEXT NOT NULL,
  own_ordinal INTEGER NOT NULL,
  text_key TEXT NOT NULL,
  reference_key TEXT,
  CONSTRAINT entries_position_unique UNIQUE (statement_id, position),
  CONSTRAINT entries_direction CHECK (credit_debit IN ('credit', 'debit')),
  CONSTRAINT entries_amount CHECK (amount_dong >= 0)
) STRICT;

-- Money that reached (or left) the school once, with running totals of what became of it.
CREATE TABLE payments (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT payments_school_id_fkey REFERENCES schools (id),
  bank_account_id INTEGER CONSTRAINT payments_bank_account_id_fkey REFERENCES bank_accounts (id),
  entry_id INTEGER CONSTRAINT payments_entry_id_fkey REFERENCES entries (id),
  credit_debit TEXT NOT NULL,
  channel TEXT NOT NULL,
  booking_date TEXT NOT NULL,
  order_key TEXT NOT NULL,
  amount_dong INTEGER NOT NULL,
  allocated_dong INTEGER NOT NULL,
  credited_dong INTEGER NOT NULL,
  refunded_dong INTEGER NOT NULL,
  set_aside_dong INTEGER NOT NULL,
  decision_kind TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decision_id INTEGER,
  voided INTEGER NOT NULL CONSTRAINT payments_voided_bool CHECK (voided IN (0, 1)),
  CONSTRAINT payments_direction CHECK (credit_debit IN ('credit', 'debit')),
  CONSTRAINT payments_never_exceeded CHECK (allocated_dong >= 0 AND credited_dong >= 0 AND refunded_dong >= 0 AND set_aside_dong >= 0 AND allocated_dong + credited_dong + refunded_dong + set_aside_dong <= amount_dong)
) STRICT;

-- What shows that a payment happened.
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT evidence_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT evidence_payment_id_fkey REFERENCES payments (id),
  import_id INTEGER CONSTRAINT evidence_import_id_fkey REFERENCES imports (id),
  entry_id INTEGER CONSTRAINT evidence_entry_id_fkey REFERENCES entries (id),
  bank_account_id INTEGER CONSTRAINT evidence_bank_account_id_fkey REFERENCES bank_accounts (id),
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  own_key TEXT NOT NULL,
  own_ordinal INTEGER NOT NULL,
  at TEXT NOT NULL,
  CONSTRAINT evidence_entry_unique UNIQUE (entry_id),
  CONSTRAINT evidence_kind CHECK (kind IN ('first', 'witness', 'duplicate', 'cash_voucher', 'withdrawn'))
) STRICT;

-- Each answer ever given for a payment, the last one holding; never changed.
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT decisions_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT decisions_payment_id_fkey REFERENCES payments (id),
  kind TEXT NOT NULL,
  rule TEXT NOT NULL,
  body TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TEXT NOT NULL,
  import_id INTEGER CONSTRAINT decisions_import_id_fkey REFERENCES imports (id),
  note TEXT
) STRICT;

-- The ledger: where each đồng of a payment went. A correction is a row with the opposite amount.
CREATE TABLE allocations (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT allocations_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT allocations_payment_id_fkey REFERENCES payments (id),
  decision_id INTEGER NOT NULL CONSTRAINT allocations_decision_id_fkey REFERENCES decisions (id),
  target TEXT NOT NULL,
  invoice_id INTEGER CONSTRAINT allocations_invoice_id_fkey REFERENCES invoices (id),
  invoice_line_id INTEGER CONSTRAINT allocations_invoice_line_id_fkey REFERENCES invoice_lines (id),
  family_id INTEGER CONSTRAINT allocations_family_id_fkey REFERENCES families (id),
  amount_dong INTEGER NOT NULL,
  reverses_id INTEGER CONSTRAINT allocations_reverses_id_fkey REFERENCES allocations (id),
  at TEXT NOT NULL,
  CONSTRAINT allocations_target CHECK ((target = 'invoice' AND invoice_id IS NOT NULL AND invoice_line_id IS NOT NULL) OR (target = 'family_credit' AND family_id IS NOT NULL) OR target IN ('refund', 'set_aside')),
  CONSTRAINT allocations_sign CHECK ((reverses_id IS NULL AND amount_dong > 0) OR (reverses_id IS NOT NULL AND amount_dong < 0))
) STRICT;

CREATE TABLE cash_vouchers (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT cash_vouchers_school_id_fkey REFERENCES schools (id),
  payment_id INTEGER NOT NULL CONSTRAINT cash_vouchers_payment_id_fkey REFERENCES payments (id),
  number INTEGER NOT NULL,
  year INTEGER NOT NULL,
  payer TEXT NOT NULL,
  received_on TEXT NOT NULL,
  note TEXT,
  request_key TEXT,
  voided_at TEXT,
  CONSTRAINT cash_vouchers_number_unique UNIQUE (school_id, year, number),
  CONSTRAINT cash_vouchers_request_unique UNIQUE (school_id, request_key)
) STRICT;

-- Which family a person said an account pays for.
CREATE TABLE payer_accounts (
  id INTEGER PRIMARY KEY NOT NULL,
  school_id INTEGER NOT NULL CONSTRAINT payer_accounts_school_id_fkey REFERENCES schools (id),
  family_id INTEGER NOT NULL CONSTRAINT payer_accounts_family_id_fkey REFERENCES families (id),
  account TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  contradicted INTEGER NOT NULL,
  CONSTRAINT payer_accounts_unique UNIQUE (school_id, account, family_id)
) STRICT;

-- The last hash of each school's chain; id 0 is the chain of what belongs to no school.
CREATE TABLE audit_heads (
  id INTEGER PRIMARY KEY NOT NULL,
  length INTEGER NOT NULL,
  head TEXT NOT NULL
) STRICT;

-- One record for each change of money or rights, each hashed with the one before.
CREATE TABLE audit_records (
  id INTEGER PRIMARY KEY NOT NULL,
  chain_id INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT audit_records_sequence_unique UNIQUE (chain_id, sequence)
) STRICT;

-- Keys to the API, hashed; a key without school and authority sees the whole installation.
CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  school_id INTEGER CONSTRAINT api_keys_school_id_fkey REFERENCES schools (id),
  authority_id INTEGER CONSTRAINT api_keys_authority_id_fkey REFERENCES authorities (id),
  created_at TEXT NOT NULL,
  revoked_at TEXT,
  CONSTRAINT api_keys_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_role CHECK (role IN ('reader', 'accountant', 'admin')),
  CONSTRAINT api_keys_scope CHECK (school_id IS NULL OR authority_id IS NULL)
) STRICT;

-- The answer to each request that must not be carried out twice.
CREATE TABLE idempotency_keys (
  id INTEGER PRIMARY KEY NOT NULL,
  api_key_id INTEGER NOT NULL CONSTRAINT idempotency_keys_api_key_id_fkey REFERENCES api_keys (id),
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_at TEXT NOT NULL,
  CONSTRAINT idempotency_keys_unique UNIQUE (api_key_id, idempotency_key)
) STRICT;

CREATE INDEX school_placements_authority ON school_placements (authority_id);
CREATE INDEX school_placements_school ON school_placements (school_id);
CREATE INDEX bank_accounts_school ON bank_accounts (school_id);
CREATE INDEX students_family ON students (family_id);
CREATE INDEX virtual_accounts_student ON virtual_accounts (student_id);
CREATE INDEX invoices_student ON invoices (student_id);
CREATE INDEX invoice_lines_invoice ON invoice_lines (invoice_id);
CREATE UNIQUE INDEX imports_same_file ON imports (school_id, sha256) WHERE state <> 'undone';
CREATE INDEX statements_account ON statements (bank_account_id, last_on);
CREATE INDEX entries_import ON entries (import_id, booking_date, own_key, own_ordinal);
CREATE INDEX payments_school_day ON payments (school_id, booking_date, order_key);
CREATE INDEX payments_account_day ON payments (bank_account_id, booking_date);
CREATE INDEX evidence_payment ON evidence (payment_id);
CREATE INDEX evidence_import ON evidence (import_id);
CREATE UNIQUE INDEX evidence_seen_once ON evidence (bank_account_id, source, own_key, own_ordinal) WHERE kind IN ('first', 'witness');
CREATE INDEX decisions_payment ON decisions (payment_id);
CREATE INDEX allocations_payment ON allocations (payment_id);
CREATE INDEX allocations_invoice ON allocations (invoice_id);
CREATE UNIQUE INDEX allocations_reverse_once ON allocations (reverses_id) WHERE reverses_id IS NOT NULL;

-- Identifiers are handed out in blocks, so that many rows can be written in one statement.
CREATE TABLE id_counters (
  name TEXT PRIMARY KEY NOT NULL,
  next INTEGER NOT NULL
) STRICT;
INSERT INTO id_counters (name, next) VALUES ('rows', 1), ('payment_codes', 0);

-- Records of money are added to, never changed.
CREATE TRIGGER allocations_no_update BEFORE UPDATE ON allocations BEGIN SELECT RAISE(ABORT, 'allocations is append-only'); END;
CREATE TRIGGER allocations_no_delete BEFORE DELETE ON allocations BEGIN SELECT RAISE(ABORT, 'allocations is append-only'); END;
CREATE TRIGGER audit_records_no_update BEFORE UPDATE ON audit_records BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END;
CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records BEGIN SELECT RAISE(ABORT, 'audit_records is append-only'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END;
