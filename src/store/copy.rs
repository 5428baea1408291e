//! Copies everything from one database to another, of the same kind or not.
//!
//! Rows travel as JSON, made and taken apart by the databases themselves, so that no table can be
//! forgotten in Rust and every value keeps its column's type.

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::connection::AnyConnection;
use super::dialect::{self, TableShape};
use super::{Store, StoreError, migrations};

type Manager = <AnyConnection as diesel::Connection>::TransactionManager;

/// Rows of one step.
const STEP: i64 = 2_000;

/// How many rows of a table were copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
}

/// Every table, parents before children.
pub const TABLES: [&str; 115] = [
    "authorities",
    "schools",
    "school_placements",
    "authority_parents",
    "authority_former_names",
    "authority_successors",
    "school_aliases",
    "school_satellites",
    "bank_accounts",
    "official_fee_codes",
    "families",
    "student_imports",
    "students",
    "virtual_accounts",
    "fee_items",
    "fee_prices",
    "fee_choices",
    "exemptions",
    "collection_rounds",
    "round_items",
    "round_quantities",
    "invoices",
    "invoice_lines",
    "instalments",
    "credit_notes",
    "credit_note_lines",
    "write_offs",
    "imports",
    "archives",
    "archive_parts",
    "column_mappings",
    "asked_files",
    "statements",
    "entries",
    "payments",
    "evidence",
    "decisions",
    "allocations",
    "decision_groups",
    "decision_group_members",
    "cash_vouchers",
    "refunds",
    "refund_parts",
    "payer_accounts",
    "audit_heads",
    "audit_records",
    "audit_texts",
    "api_keys",
    "idempotency_keys",
    "identity_rulings",
    "identity_doubts",
    "match_refusals",
    "webhook_endpoints",
    "event_endpoints",
    "webhook_secrets",
    "notifications",
    "webhook_refusals",
    "events",
    "event_deliveries",
    "gateway_terms",
    "payouts",
    "payout_items",
    "webhook_pulls",
    "classes",
    "student_identifiers",
    "guardians",
    "enrolments",
    "student_changes",
    "pos_slips",
    "cash_deposits",
    "cash_deposit_items",
    "cash_counts",
    "periods",
    "period_closes",
    "period_payments",
    "period_invoices",
    "users",
    "tours",
    "user_grants",
    "sessions",
    "user_tokens",
    "recovery_codes",
    "sign_in_attempts",
    "mails",
    "receipt_terms",
    "receipts",
    "receipt_voids",
    "receipt_requests",
    "receipt_invoices",
    "letters",
    "family_links",
    "letter_copies",
    "letter_addresses",
    "letter_terms",
    "letter_wordings",
    "family_page_settings",
    "family_openings",
    "family_looks",
    "claims",
    "claim_photos",
    "contact_proposals",
    "survey_answers",
    "family_bases",
    "erasures",
    "collected_facts",
    "reported_figures",
    "figure_comments",
    "figure_marks",
    "added_figures",
    "figure_looks",
    "refund_limits",
    "refund_requests",
    "uploads",
    "refused_files",
    "backups",
];

/// Copies every row of `from` into `to`, which must be empty. All or nothing.
pub fn run(from: &Store, to: &Store) -> Result<Vec<Copied>, StoreError> {
    migrations::run(to)?;
    let mut source = from.connection()?;
    let mut target = to.connection()?;
    dialect::begin_read(&mut source)?;
    dialect::begin_write(&mut target)?;
    let outcome = copy_tables(&mut source, &mut target);
    let _ = Manager::rollback_transaction(&mut *source);
    match outcome {
        Ok(copied) => {
            Manager::commit_transaction(&mut *target)?;
            Ok(copied)
        }
        Err(error) => {
            let _ = Manager::rollback_transaction(&mut *target);
            Err(error)
        }
    }
}

#[derive(QueryableByName)]
struct JsonRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    body: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

fn copy_tables(
    source: &mut AnyConnection,
    target: &mut AnyConnection,
) -> Result<Vec<Copied>, StoreError> {
    let mut all = Vec::with_capacity(TABLES.len());
    for table in TABLES {
        let filled: CountRow = diesel::sql_query(format!("SELECT COUNT(*) AS value FROM {table}"))
            .get_result(target)?;
        if filled.value > 0 {
            return Err(StoreError::NotEmpty(table.to_owned()));
        }
        let shape = dialect::table_shape(source, table)?;
        let mut copied = Copied { table: table.to_owned(), rows: 0 };
        let mut after = i64::MIN;
        loop {
            let rows = read_step(source, &shape, after)?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            copied.rows += u64::try_from(rows.len()).unwrap_or_default();
            let bodies: Vec<&str> = rows.iter().map(|row| row.body.as_str()).collect();
            diesel::sql_query(dialect::insert_from_json(target, &shape))
                .bind::<Text, _>(format!("[{}]", bodies.join(",")))
                .execute(target)?;
        }
        all.push(copied);
    }
    let counters = dialect::counter_state(source)?;
    target.batch_execute(&dialect::set_counters(target, counters))?;
    Ok(all)
}

fn read_step(
    source: &mut AnyConnection,
    shape: &TableShape,
    after: i64,
) -> Result<Vec<JsonRow>, StoreError> {
    Ok(diesel::sql_query(dialect::select_as_json(source, shape, "id > $1 ORDER BY id LIMIT $2"))
        .bind::<BigInt, _>(after)
        .bind::<BigInt, _>(STEP)
        .load(source)?)
}
