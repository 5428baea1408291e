-- Amounts are whole đồng. Times are UTC. Nothing defaults to the database's clock.
-- The tree of authorities; a unit that ends keeps its row and its dates.
CREATE TABLE authorities (
  id BIGINT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  parent_id BIGINT CONSTRAINT authorities_parent_id_fkey REFERENCES authorities (id),
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT authorities_code_unique UNIQUE (code),
  CONSTRAINT authorities_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
);

-- A school. Its row is the lock under which its money changes.
CREATE TABLE schools (
  id BIGINT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  settle_in_part BOOLEAN NOT NULL,
  settle_known_payer BOOLEAN NOT NULL,
  CONSTRAINT schools_code_unique UNIQUE (code)
);

-- Which authority supervises a school, from when to when.
CREATE TABLE school_placements (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT school_placements_school_id_fkey REFERENCES schools (id),
  authority_id BIGINT NOT NULL CONSTRAINT school_placements_authority_id_fkey REFERENCES authorities (id),
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT school_placements_validity CHECK (valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to)
);

CREATE TABLE bank_accounts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT bank_accounts_school_id_fkey REFERENCES schools (id),
  bin TEXT NOT NULL,
  number TEXT NOT NULL,
  holder TEXT NOT NULL,
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT bank_accounts_number_unique UNIQUE (bin, number)
);

CREATE TABLE families (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT families_school_id_fkey REFERENCES schools (id),
  family_key TEXT NOT NULL,
  CONSTRAINT families_key_unique UNIQUE (school_id, family_key)
);

CREATE TABLE students (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT students_school_id_fkey REFERENCES schools (id),
  family_id BIGINT NOT NULL CONSTRAINT students_family_id_fkey REFERENCES families (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  class TEXT NOT NULL,
  guardian_name TEXT,
  email TEXT,
  phone TEXT,
  search_key TEXT NOT NULL,
  CONSTRAINT students_code_unique UNIQUE (school_id, code)
);

CREATE TABLE virtual_accounts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT virtual_accounts_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT virtual_accounts_student_id_fkey REFERENCES students (id),
  number TEXT NOT NULL,
  valid_from DATE,
  valid_to DATE,
  CONSTRAINT virtual_accounts_unique UNIQUE (school_id, number, student_id)
);

CREATE TABLE fee_items (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT fee_items_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  priority INTEGER NOT NULL,
  CONSTRAINT fee_items_code_unique UNIQUE (school_id, code)
);

CREATE TABLE collection_rounds (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT collection_rounds_school_id_fkey REFERENCES schools (id),
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  CONSTRAINT collection_rounds_code_unique UNIQUE (school_id, code)
);

CREATE TABLE invoices (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT invoices_school_id_fkey REFERENCES schools (id),
  student_id BIGINT NOT NULL CONSTRAINT invoices_student_id_fkey REFERENCES students (id),
  round_id BIGINT NOT NULL CONSTRAINT invoices_round_id_fkey REFERENCES collection_rounds (id),
  code TEXT NOT NULL,
  gross_dong BIGINT NOT NULL,
  waived_dong BIGINT NOT NULL,
  net_dong BIGINT NOT NULL,
  paid_dong BIGINT NOT NULL,
  cancelled BOOLEAN NOT NULL,
  due_on DATE,
  issued_at TIMESTAMP NOT NULL,
  CONSTRAINT invoices_code_unique UNIQUE (school_id, code),
  CONSTRAINT invoices_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0),
  CONSTRAINT invoices_never_overpaid CHECK (paid_dong >= 0 AND paid_dong <= net_dong)
);

CREATE TABLE invoice_lines (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT invoice_lines_school_id_fkey REFERENCES schools (id),
  invoice_id BIGINT NOT NULL CONSTRAINT invoice_lines_invoice_id_fkey REFERENCES invoices (id),
  fee_item_id BIGINT NOT NULL CONSTRAINT invoice_lines_fee_item_id_fkey REFERENCES fee_items (id),
  position INTEGER NOT NULL,
  gross_dong BIGINT NOT NULL,
  waived_dong BIGINT NOT NULL,
  net_dong BIGINT NOT NULL,
  CONSTRAINT invoice_lines_position_unique UNIQUE (invoice_id, position),
  CONSTRAINT invoice_lines_net CHECK (net_dong = gross_dong - waived_dong AND waived_dong >= 0 AND net_dong >= 0)
);

-- A statement file taken in: first a plan, then committed, perhaps undone.
CREATE TABLE imports (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT imports_school_id_fkey REFERENCES schools (id),
  file_name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  format TEXT NOT NULL,
  layout TEXT,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  warnings TEXT NOT NULL,
  planned_by TEXT NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  committed_by TEXT,
  committed_at TIMESTAMP,
  undone_by TEXT,
  undone_at TIMESTAMP,
  outcome TEXT,
  CONSTRAINT imports_state CHECK (state IN ('planned', 'committed', 'undone'))
);

CREATE TABLE statements (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT statements_school_id_fkey REFERENCES schools (id),
  import_id BIGINT NOT NULL CONSTRAINT statements_import_id_fkey REFERENCES imports (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT statements_bank_account_id_fkey REFERENCES bank_accounts (id),
  position INTEGER NOT NULL,
  reference TEXT,
  sequence TEXT,
  opening_dong BIGINT,
  opening_on DATE,
  closing_dong BIGINT,
  closing_on DATE,
  credits_dong BIGINT NOT NULL,
  debits_dong BIGINT NOT NULL,
  entry_count BIGINT NOT NULL,
  first_on DATE,
  last_on DATE,
  CONSTRAINT statements_position_unique UNIQUE (import_id, position),
  CONSTRAINT statements_balance CHECK (opening_dong IS NULL OR closing_dong IS NULL OR opening_dong + credits_dong - debits_dong = closing_dong)
);

-- The bank's lines as the file gave them; never changed.
CREATE TABLE entries (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT entries_school_id_fkey REFERENCES schools (id),
  import_id BIGINT NOT NULL CONSTRAINT entries_import_id_fkey REFERENCES imports (id),
  statement_id BIGINT NOT NULL CONSTRAINT entries_statement_id_fkey REFERENCES statements (id),
  bank_account_id BIGINT NOT NULL CONSTRAINT entries_bank_account_id_fkey REFERENCES bank_accounts (id),
  position BIGINT NOT NULL,
  place TEXT NOT NULL,
  booking_date DATE NOT NULL,
  value_date DATE,
  credit_debit TEXT NOT NULL,
  amount_dong BIGINT NOT NULL,
  status TEXT NOT NULL,
  reversal BOOLEAN NOT NULL,
  reference TEXT,
  end_to_end_id TEXT,
  remittance TEXT,
  counterparty_name TEXT,
  counterparty_account TEXT,
  counterparty_bank TEXT,
  balance_after_dong BIGINT,
  own_key TEXT NOT NULL,
  own_ordinal BIGINT NOT NULL,
  text_key TEXT NOT NULL,
  reference_key TEXT,
  CONSTRAINT entries_position_unique UNIQUE (statement_id, position),
  CONSTRAINT entries_direction CHECK (credit_debit IN ('credit', 'debit')),
  CONSTRAINT entries_amount CHECK (amount_dong >= 0)
);

-- Money that reached (or left) the school once, with running totals of what became of it.
CREATE TABLE payments (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT payments_school_id_fkey REFERENCES schools (id),
  bank_account_id BIGINT CONSTRAINT payments_bank_account_id_fkey REFERENCES bank_accounts (id),
  entry_id BIGINT CONSTRAINT payments_entry_id_fkey REFERENCES entries (id),
  credit_debit TEXT NOT NULL,
  channel TEXT NOT NULL,
  booking_date DATE NOT NULL,
  order_key TEXT NOT NULL,
  amount_dong BIGINT NOT NULL,
  allocated_dong BIGINT NOT NULL,
  credited_dong BIGINT NOT NULL,
  refunded_dong BIGINT NOT NULL,
  set_aside_dong BIGINT NOT NULL,
  decision_kind TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decision_id BIGINT,
  voided BOOLEAN NOT NULL,
  CONSTRAINT payments_direction CHECK (credit_debit IN ('credit', 'debit')),
  CONSTRAINT payments_never_exceeded CHECK (allocated_dong >= 0 AND credited_dong >= 0 AND refunded_dong >= 0 AND set_aside_dong >= 0 AND allocated_dong + credited_dong + refunded_dong + set_aside_dong <= amount_dong)
) WITH (fillfactor = 50); -- Each row is written again when it is decided: room beside it spares its indexes.

-- What shows that a payment happened.
CREATE TABLE evidence (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT evidence_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT evidence_payment_id_fkey REFERENCES payments (id),
  import_id BIGINT CONSTRAINT evidence_import_id_fkey REFERENCES imports (id),
  entry_id BIGINT CONSTRAINT evidence_entry_id_fkey REFERENCES entries (id),
  bank_account_id BIGINT CONSTRAINT evidence_bank_account_id_fkey REFERENCES bank_accounts (id),
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  own_key TEXT NOT NULL,
  own_ordinal BIGINT NOT NULL,
  at TIMESTAMP NOT NULL,
  CONSTRAINT evidence_entry_unique UNIQUE (entry_id),
  CONSTRAINT evidence_kind CHECK (kind IN ('first', 'witness', 'duplicate', 'cash_voucher', 'withdrawn'))
);

-- Each answer ever given for a payment, the last one holding; never changed.
CREATE TABLE decisions (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT decisions_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT decisions_payment_id_fkey REFERENCES payments (id),
  kind TEXT NOT NULL,
  rule TEXT NOT NULL,
  body TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  import_id BIGINT CONSTRAINT decisions_import_id_fkey REFERENCES imports (id),
  note TEXT
);

-- The ledger: where each đồng of a payment went. A correction is a row with the opposite amount.
CREATE TABLE allocations (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT allocations_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT allocations_payment_id_fkey REFERENCES payments (id),
  decision_id BIGINT NOT NULL CONSTRAINT allocations_decision_id_fkey REFERENCES decisions (id),
  target TEXT NOT NULL,
  invoice_id BIGINT CONSTRAINT allocations_invoice_id_fkey REFERENCES invoices (id),
  invoice_line_id BIGINT CONSTRAINT allocations_invoice_line_id_fkey REFERENCES invoice_lines (id),
  family_id BIGINT CONSTRAINT allocations_family_id_fkey REFERENCES families (id),
  amount_dong BIGINT NOT NULL,
  reverses_id BIGINT CONSTRAINT allocations_reverses_id_fkey REFERENCES allocations (id),
  at TIMESTAMP NOT NULL,
  CONSTRAINT allocations_target CHECK ((target = 'invoice' AND invoice_id IS NOT NULL AND invoice_line_id IS NOT NULL) OR (target = 'family_credit' AND family_id IS NOT NULL) OR target IN ('refund', 'set_aside')),
  CONSTRAINT allocations_sign CHECK ((reverses_id IS NULL AND amount_dong > 0) OR (reverses_id IS NOT NULL AND amount_dong < 0))
);

CREATE TABLE cash_vouchers (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT cash_vouchers_school_id_fkey REFERENCES schools (id),
  payment_id BIGINT NOT NULL CONSTRAINT cash_vouchers_payment_id_fkey REFERENCES payments (id),
  number BIGINT NOT NULL,
  year INTEGER NOT NULL,
  payer TEXT NOT NULL,
  received_on DATE NOT NULL,
  note TEXT,
  request_key TEXT,
  voided_at TIMESTAMP,
  CONSTRAINT cash_vouchers_number_unique UNIQUE (school_id, year, number),
  CONSTRAINT cash_vouchers_request_unique UNIQUE (school_id, request_key)
);

-- Which family a person said an account pays for.
CREATE TABLE payer_accounts (
  id BIGINT PRIMARY KEY NOT NULL,
  school_id BIGINT NOT NULL CONSTRAINT payer_accounts_school_id_fkey REFERENCES schools (id),
  family_id BIGINT NOT NULL CONSTRAINT payer_accounts_family_id_fkey REFERENCES families (id),
  account TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  contradicted INTEGER NOT NULL,
  CONSTRAINT payer_accounts_unique UNIQUE (school_id, account, family_id)
);

-- The last hash of each school's chain; id 0 is the chain of what belongs to no school.
CREATE TABLE audit_heads (
  id BIGINT PRIMARY KEY NOT NULL,
  length BIGINT NOT NULL,
  head TEXT NOT NULL
);

-- One record for each change of money or rights, each hashed with the one before.
CREATE TABLE audit_records (
  id BIGINT PRIMARY KEY NOT NULL,
  chain_id BIGINT NOT NULL,
  sequence BIGINT NOT NULL,
  at TIMESTAMP NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  CONSTRAINT audit_records_sequence_unique UNIQUE (chain_id, sequence)
);

-- Keys to the API, hashed; a key without school and authority sees the whole installation.
CREATE TABLE api_keys (
  id BIGINT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  school_id BIGINT CONSTRAINT api_keys_school_id_fkey REFERENCES schools (id),
  authority_id BIGINT CONSTRAINT api_keys_authority_id_fkey REFERENCES authorities (id),
  created_at TIMESTAMP NOT NULL,
  revoked_at TIMESTAMP,
  CONSTRAINT api_keys_hash_unique UNIQUE (key_hash),
  CONSTRAINT api_keys_role CHECK (role IN ('reader', 'accountant', 'admin')),
  CONSTRAINT api_keys_scope CHECK (school_id IS NULL OR authority_id IS NULL)
);

-- The answer to each request that must not be carried out twice.
CREATE TABLE idempotency_keys (
  id BIGINT PRIMARY KEY NOT NULL,
  api_key_id BIGINT NOT NULL CONSTRAINT idempotency_keys_api_key_id_fkey REFERENCES api_keys (id),
  idempotency_key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status INTEGER,
  body TEXT,
  created_at TIMESTAMP NOT NULL,
  CONSTRAINT idempotency_keys_unique UNIQUE (api_key_id, idempotency_key)
);

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

-- Identifiers are handed out in blocks, so that many rows can be written in one statement; a sequence takes no lock.
CREATE SEQUENCE doisoat_rows AS BIGINT INCREMENT BY 1000 START WITH 1000;
CREATE SEQUENCE doisoat_payment_codes AS BIGINT MINVALUE 0 INCREMENT BY 1000 START WITH 0;

-- Records of money are added to, never changed.
CREATE FUNCTION doisoat_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER allocations_no_change BEFORE UPDATE OR DELETE ON allocations FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
CREATE TRIGGER audit_records_no_change BEFORE UPDATE OR DELETE ON audit_records FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
CREATE TRIGGER decisions_no_change BEFORE UPDATE OR DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION doisoat_refuse_change();
