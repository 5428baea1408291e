//! What is known of a student in all tables, what of it goes when the name goes, and what is too old
//! to be kept.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};

use super::schema::{erasures, receipts, students};
use super::{StoreError, Tx, dialect};

/// A row of `erasures`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = erasures, treat_none_as_default_value = false)]
pub struct ErasureRow {
    pub id: i64,
    pub school_id: i64,
    pub student_id: i64,
    /// `asked`, `done` or `refused`.
    pub state: String,
    pub reason: String,
    pub asked_by: String,
    pub asked_at: NaiveDateTime,
    pub decided_by: Option<String>,
    pub decided_at: Option<NaiveDateTime>,
}

pub fn insert_erasure(tx: &mut Tx<'_>, row: &ErasureRow) -> Result<(), StoreError> {
    diesel::insert_into(erasures::table).values(row).execute(tx.conn())?;
    Ok(())
}

/// An erasure of a school.
pub fn erasure(tx: &mut Tx<'_>, school: i64, id: i64) -> Result<Option<ErasureRow>, StoreError> {
    Ok(erasures::table
        .find(id)
        .filter(erasures::school_id.eq(school))
        .select(ErasureRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// The erasures of a school, the last first.
pub fn erasures_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<ErasureRow>, StoreError> {
    Ok(erasures::table
        .filter(erasures::school_id.eq(school))
        .order(erasures::id.desc())
        .limit(200)
        .select(ErasureRow::as_select())
        .load(tx.conn())?)
}

pub fn decide_erasure(tx: &mut Tx<'_>, row: &ErasureRow) -> Result<usize, StoreError> {
    Ok(diesel::update(erasures::table.find(row.id).filter(erasures::state.eq("asked")))
        .set((
            erasures::state.eq(&row.state),
            erasures::decided_by.eq(&row.decided_by),
            erasures::decided_at.eq(row.decided_at),
        ))
        .execute(tx.conn())?)
}

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Money that is still open around a student: dues, refunds on their way, credit of a family that has
/// no other child, and questions that wait. Each that is there makes one.
pub fn open_money(tx: &mut Tx<'_>, student: i64) -> Result<[i64; 4], StoreError> {
    let mut found = [0; 4];
    let others = "NOT EXISTS (SELECT 1 FROM students o JOIN students s ON s.family_id = o.family_id \
                  WHERE s.id = $1 AND o.id <> s.id \
                  AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.student_id = o.id AND e.state = 'done'))";
    for (value, sql) in found.iter_mut().zip([
        "SELECT COUNT(*) AS value FROM invoices WHERE student_id = $1 AND cancelled = FALSE \
         AND paid_dong < net_dong"
            .to_owned(),
        "SELECT (SELECT COUNT(*) FROM refunds WHERE student_id = $1 AND state = 'ordered') + \
         (SELECT COUNT(*) FROM refund_requests WHERE student_id = $1 AND state = 'asked') AS value"
            .to_owned(),
        format!(
            "SELECT CAST(COALESCE(SUM(a.amount_dong), 0) AS BIGINT) AS value FROM allocations a \
             JOIN students s ON s.family_id = a.family_id \
             WHERE s.id = $1 AND a.target = 'family_credit' AND {others}"
        ),
        format!(
            "SELECT COUNT(*) AS value FROM claims c JOIN students s ON s.family_id = c.family_id \
             WHERE s.id = $1 AND c.state = 'waiting' AND {others}"
        ),
    ]) {
        let row: NumberRow =
            diesel::sql_query(sql).bind::<BigInt, _>(student).get_result(tx.conn())?;
        *value = row.value;
    }
    Ok(found)
}

/// What takes the place of a student.
#[derive(Clone, Copy, Debug)]
pub struct Pseudonym<'a> {
    /// The code, which nobody else has.
    pub code: &'a str,
    /// The name.
    pub name: &'a str,
    pub search_key: &'a str,
    pub sort_key: &'a str,
}

/// Puts a pseudonym in the place of a student, and removes what only the person is known by.
pub fn put_pseudonym(tx: &mut Tx<'_>, student: i64, with: Pseudonym<'_>) -> Result<(), StoreError> {
    let nothing: Option<String> = None;
    diesel::update(students::table.find(student))
        .set((
            students::code.eq(with.code),
            students::name.eq(with.name),
            students::search_key.eq(with.search_key),
            students::sort_key.eq(with.sort_key),
            students::guardian_name.eq(&nothing),
            students::email.eq(&nothing),
            students::phone.eq(&nothing),
            students::sex.eq(&nothing),
            students::exemption.eq(&nothing),
            students::left_reason.eq(&nothing),
            students::birth_date.eq(None::<chrono::NaiveDate>),
        ))
        .execute(tx.conn())?;
    for sql in [
        "DELETE FROM guardians WHERE student_id = $1",
        "DELETE FROM student_identifiers WHERE student_id = $1",
        "DELETE FROM virtual_accounts WHERE student_id = $1",
        "DELETE FROM contact_proposals WHERE student_id = $1",
        "UPDATE exemptions SET ground = '', document = NULL WHERE student_id = $1",
    ] {
        diesel::sql_query(sql).bind::<BigInt, _>(student).execute(tx.conn())?;
    }
    Ok(())
}

/// Writes what a receipt says now that its student was erased.
pub fn rewrite_receipt(
    tx: &mut Tx<'_>,
    receipt: i64,
    (body, search_key): (&str, &str),
) -> Result<(), StoreError> {
    diesel::update(receipts::table.find(receipt))
        .set((receipts::body.eq(body), receipts::search_key.eq(search_key)))
        .execute(tx.conn())?;
    Ok(())
}

/// Writes what a student is now over what changes have kept of before.
pub fn forget_changes(tx: &mut Tx<'_>, student: i64, now: &str) -> Result<(), StoreError> {
    diesel::sql_query("UPDATE student_changes SET before = $1 WHERE student_id = $2")
        .bind::<Text, _>(now)
        .bind::<BigInt, _>(student)
        .execute(tx.conn())?;
    Ok(())
}

/// Forgets what mails to a family said that are sent, and what those were to say that are about a
/// student's invoices and receipts alone: they name every child.
pub fn forget_family_mails(
    tx: &mut Tx<'_>,
    (student, family): (i64, i64),
) -> Result<(), StoreError> {
    let of_family = "id IN (SELECT c.mail_id FROM letter_copies c JOIN letters l ON l.id = c.letter_id \
                     WHERE $1 > 0 AND l.family_id = $2";
    for sql in [
        format!("UPDATE mails SET key_id = '', sealed = '' WHERE state = 'sent' AND {of_family})"),
        format!(
            "UPDATE mails SET key_id = '', sealed = '', due_at = NULL, state = 'failed' \
             WHERE state <> 'sent' AND {of_family} AND \
             ((l.kind IN ('notice', 'reminder') AND l.about_id IN (SELECT id FROM invoices WHERE student_id = $1)) \
             OR (l.kind IN ('receipt', 'receipt_voided') AND l.about_id IN (SELECT id FROM receipts WHERE student_id = $1))))"
        ),
    ] {
        diesel::sql_query(sql)
            .bind::<BigInt, _>(student)
            .bind::<BigInt, _>(family)
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Forgets what is known of an address by its hash, where no guardian has the address any more.
pub fn forget_address(
    tx: &mut Tx<'_>,
    school: i64,
    (email, hash): (&str, &str),
) -> Result<(), StoreError> {
    diesel::sql_query(
        "DELETE FROM letter_addresses WHERE school_id = $1 AND NOT EXISTS \
         (SELECT 1 FROM guardians g WHERE g.school_id = $1 AND LOWER(g.email) = LOWER($2)) \
         AND address_hash = $3",
    )
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(email)
    .bind::<Text, _>(hash)
    .execute(tx.conn())?;
    Ok(())
}

/// Puts one code in the place of another in the lists of students that rounds are for.
pub fn replace_in_rounds(
    tx: &mut Tx<'_>,
    school: i64,
    (old, new): (&str, &str),
) -> Result<(), StoreError> {
    diesel::sql_query(
        "UPDATE collection_rounds SET scope = REPLACE(scope, $1, $2) \
         WHERE school_id = $3 AND scope IS NOT NULL",
    )
    .bind::<Text, _>(old)
    .bind::<Text, _>(new)
    .bind::<BigInt, _>(school)
    .execute(tx.conn())?;
    Ok(())
}

/// Forgets what is only known of a family as long as it has a child at the school; its key becomes
/// another one.
pub fn forget_family(tx: &mut Tx<'_>, family: i64, key: &str) -> Result<(), StoreError> {
    diesel::sql_query("UPDATE families SET family_key = $1 WHERE id = $2")
        .bind::<Text, _>(key)
        .bind::<BigInt, _>(family)
        .execute(tx.conn())?;
    for sql in [
        "DELETE FROM payer_accounts WHERE family_id = $1",
        "DELETE FROM claim_photos WHERE claim_id IN (SELECT id FROM claims WHERE family_id = $1)",
        "UPDATE claims SET words = '', bank = '', account_end = '' WHERE family_id = $1",
        "UPDATE claims SET answer_words = '' WHERE family_id = $1 AND answer_words IS NOT NULL",
        "UPDATE survey_answers SET words = '' WHERE family_id = $1",
        "UPDATE family_bases SET words = '' WHERE family_id = $1",
    ] {
        diesel::sql_query(sql).bind::<BigInt, _>(family).execute(tx.conn())?;
    }
    Ok(())
}

/// The key of a family, changed where it says who is in it.
pub fn rename_family(
    tx: &mut Tx<'_>,
    family: i64,
    (old, new): (&str, &str),
) -> Result<(), StoreError> {
    diesel::sql_query("UPDATE families SET family_key = $1 WHERE id = $2 AND family_key = $3")
        .bind::<Text, _>(new)
        .bind::<BigInt, _>(family)
        .bind::<Text, _>(old)
        .execute(tx.conn())?;
    Ok(())
}

/// Whether any other student of a family still has a name.
pub fn has_others(tx: &mut Tx<'_>, family: i64, student: i64) -> Result<bool, StoreError> {
    let row: NumberRow = diesel::sql_query(
        "SELECT COUNT(*) AS value FROM students s WHERE s.family_id = $1 AND s.id <> $2 \
         AND NOT EXISTS (SELECT 1 FROM erasures e WHERE e.student_id = s.id AND e.state = 'done')",
    )
    .bind::<BigInt, _>(family)
    .bind::<BigInt, _>(student)
    .get_result(tx.conn())?;
    Ok(row.value > 0)
}

/// Forgets to whom mail of a school went and what it said, where it went to an address that no
/// guardian has any more.
pub fn forget_mail_to(tx: &mut Tx<'_>, school: i64, email: &str) -> Result<(), StoreError> {
    diesel::sql_query(
        "UPDATE mails SET to_name = '', to_email = '', subject = '', key_id = '', sealed = '', \
         due_at = NULL, state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'failed' END \
         WHERE school_id = $1 AND LOWER(to_email) = LOWER($2) AND NOT EXISTS \
         (SELECT 1 FROM guardians g WHERE g.school_id = $1 AND LOWER(g.email) = LOWER($2))",
    )
    .bind::<BigInt, _>(school)
    .bind::<Text, _>(email)
    .execute(tx.conn())?;
    Ok(())
}

#[derive(QueryableByName)]
struct ListRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    list: String,
    #[diesel(sql_type = Text)]
    outcome: String,
}

/// Lists of students that were taken in, with what was wrong in them.
pub fn lists_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(i64, String, String)>, StoreError> {
    let rows: Vec<ListRow> = diesel::sql_query(
        "SELECT id, list, outcome FROM student_imports WHERE school_id = $1 ORDER BY id",
    )
    .bind::<BigInt, _>(school)
    .load(tx.conn())?;
    Ok(rows.into_iter().map(|row| (row.id, row.list, row.outcome)).collect())
}

pub fn set_list(
    tx: &mut Tx<'_>,
    import: i64,
    (list, outcome): (&str, &str),
) -> Result<(), StoreError> {
    diesel::sql_query("UPDATE student_imports SET list = $1, outcome = $2 WHERE id = $3")
        .bind::<Text, _>(list)
        .bind::<Text, _>(outcome)
        .bind::<BigInt, _>(import)
        .execute(tx.conn())?;
    Ok(())
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(sql_type = Text)]
    body: String,
}

/// Where rows about a student or its family stand: each table with the condition that finds them, in
/// which `$1` is the student and `$2` the family.
pub const ABOUT: [(&str, &str); 34] = [
    ("students", "id = $1"),
    ("guardians", "student_id = $1"),
    ("student_identifiers", "student_id = $1"),
    ("enrolments", "student_id = $1"),
    ("student_changes", "student_id = $1"),
    ("exemptions", "student_id = $1"),
    ("fee_choices", "student_id = $1"),
    ("virtual_accounts", "student_id = $1"),
    ("round_quantities", "student_id = $1"),
    ("invoices", "student_id = $1"),
    ("invoice_lines", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("instalments", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("credit_notes", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("write_offs", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    ("allocations", "invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)"),
    (
        "collected_facts",
        "allocation_id IN (SELECT id FROM allocations WHERE invoice_id IN (SELECT id FROM invoices WHERE student_id = $1))",
    ),
    (
        "payments",
        "id IN (SELECT payment_id FROM allocations WHERE invoice_id IN (SELECT id FROM invoices WHERE student_id = $1))",
    ),
    (
        "entries",
        "id IN (SELECT entry_id FROM payments WHERE id IN (SELECT payment_id FROM allocations WHERE invoice_id IN (SELECT id FROM invoices WHERE student_id = $1)))",
    ),
    (
        "cash_vouchers",
        "payment_id IN (SELECT payment_id FROM allocations WHERE invoice_id IN (SELECT id FROM invoices WHERE student_id = $1))",
    ),
    (
        "pos_slips",
        "payment_id IN (SELECT payment_id FROM allocations WHERE invoice_id IN (SELECT id FROM invoices WHERE student_id = $1))",
    ),
    ("receipts", "student_id = $1"),
    ("refunds", "student_id = $1"),
    ("refund_requests", "student_id = $1"),
    ("match_refusals", "student_id = $1"),
    ("erasures", "student_id = $1"),
    ("families", "id = $2"),
    ("payer_accounts", "family_id = $2"),
    ("claims", "family_id = $2"),
    ("survey_answers", "family_id = $2"),
    ("family_bases", "family_id = $2"),
    ("family_looks", "family_id = $2"),
    ("family_openings", "family_id = $2"),
    ("letters", "family_id = $2"),
    (
        "mails",
        "to_email IN (SELECT email FROM guardians WHERE student_id = $1 AND email IS NOT NULL)",
    ),
];

/// Every row about a student as JSON objects, table by table.
pub fn everything(
    tx: &mut Tx<'_>,
    student: i64,
    family: i64,
) -> Result<Vec<(&'static str, Vec<String>)>, StoreError> {
    let mut found = Vec::with_capacity(ABOUT.len());
    for (table, condition) in ABOUT {
        let shape = dialect::table_shape(tx.conn(), table)?;
        // Both parameters in every query, and first in their order: SQLite counts them as they come.
        let rows = format!("$1 > 0 AND $2 > 0 AND ({condition}) ORDER BY id");
        let sql = dialect::select_as_json(tx.conn(), &shape, &rows);
        let rows: Vec<BodyRow> = diesel::sql_query(sql)
            .bind::<BigInt, _>(student)
            .bind::<BigInt, _>(family)
            .load(tx.conn())?;
        found.push((table, rows.into_iter().map(|row| row.body).collect()));
    }
    Ok(found)
}

/// Before which moments what is kept is too old.
#[derive(Clone, Copy, Debug)]
pub struct TooOld {
    pub photos: NaiveDateTime,
    pub looks: NaiveDateTime,
    pub links: NaiveDateTime,
    pub mail_texts: NaiveDateTime,
}

/// Forgets what is too old: pictures of answered questions, looks at families and figures, addresses that stopped working, and
/// what sent mails said. How many of each.
pub fn forget_old(tx: &mut Tx<'_>, before: TooOld) -> Result<[usize; 4], StoreError> {
    let mut gone = [0; 4];
    for ((count, sql), at) in gone
        .iter_mut()
        .zip([
            "DELETE FROM claim_photos WHERE claim_id IN \
             (SELECT id FROM claims WHERE answered_at IS NOT NULL AND answered_at < $1)",
            "DELETE FROM family_looks WHERE at < $1",
            "DELETE FROM family_links WHERE COALESCE(revoked_at, expires_at) < $1",
            "UPDATE mails SET key_id = '', sealed = '' \
             WHERE state = 'sent' AND sealed <> '' AND created_at < $1",
        ])
        .zip([before.photos, before.looks, before.links, before.mail_texts])
    {
        *count = diesel::sql_query(sql).bind::<Timestamp, _>(at).execute(tx.conn())?;
    }
    let of_figures = diesel::sql_query("DELETE FROM figure_looks WHERE at < $1");
    let [_, looks, _, _] = &mut gone;
    *looks += of_figures.bind::<Timestamp, _>(before.looks).execute(tx.conn())?;
    Ok(gone)
}
