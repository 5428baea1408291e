//! The lines of a file by what became of them.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Nullable, Text};

use super::{StoreError, Tx};

/// A line of a file, and what it shows where it is recorded.
#[derive(Clone, Debug, QueryableByName)]
pub struct PileRow {
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = Date)]
    pub booking_date: NaiveDate,
    #[diesel(sql_type = Text)]
    pub credit_debit: String,
    #[diesel(sql_type = BigInt)]
    pub amount_dong: i64,
    #[diesel(sql_type = Nullable<Text>)]
    pub remittance: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub reference: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub counterparty_name: Option<String>,
    /// The payment that it shows.
    #[diesel(sql_type = Nullable<BigInt>)]
    pub payment_id: Option<i64>,
    /// What was decided about that.
    #[diesel(sql_type = Nullable<Text>)]
    pub decision_kind: Option<String>,
}

/// Which lines are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PileLines {
    /// All of them.
    All,
    /// Money in that nothing had shown before.
    Fresh,
    /// Those that show what was known.
    Known,
    /// New ones that are no income, or went back.
    NotIncome,
    /// New ones about which this was decided.
    Decided(&'static str),
    /// New ones that may be known under another reference.
    InDoubt,
    /// Those that the bank has not booked yet.
    NotBooked,
}

impl PileLines {
    /// What holds of a line `e`, its evidence `v` and its payment `p`.
    const fn condition(self) -> &'static str {
        match self {
            PileLines::All => "1 = 1",
            PileLines::Fresh => {
                "v.kind = 'first' AND p.decision_kind IN ('settled', 'proposed', 'unmatched')"
            }
            PileLines::Known => "v.kind IN ('duplicate', 'witness')",
            PileLines::NotIncome => {
                "v.kind = 'first' AND p.decision_kind NOT IN ('settled', 'proposed', 'unmatched')"
            }
            PileLines::Decided(_) => "v.kind = 'first'",
            PileLines::InDoubt => "v.kind = 'first' AND p.order_key LIKE '~%'",
            PileLines::NotBooked => "e.status <> 'booked'",
        }
    }

    /// The one kind of decision that is asked for.
    const fn kind(self) -> Option<&'static str> {
        match self {
            PileLines::Decided(kind) => Some(kind),
            _ => None,
        }
    }
}

/// The lines of an import that lie in a pile, in the file's order, after one of them.
pub fn lines(
    tx: &mut Tx<'_>,
    import: i64,
    pile: PileLines,
    (after, limit): (i64, i64),
) -> Result<Vec<PileRow>, StoreError> {
    let condition = pile.condition();
    // SQLite takes `$1` for a name and counts names as they appear: they must appear in order.
    Ok(diesel::sql_query(format!(
        "SELECT e.id, e.booking_date, e.credit_debit, e.amount_dong, e.remittance, e.reference, \
         e.counterparty_name, v.payment_id, p.decision_kind FROM entries e \
         LEFT JOIN evidence v ON v.entry_id = e.id AND v.kind <> 'withdrawn' \
         LEFT JOIN payments p ON p.id = v.payment_id \
         WHERE e.import_id = $1 AND e.id > $2 AND {condition} \
         AND ($3 = '' OR p.decision_kind = $3) ORDER BY e.id LIMIT $4"
    ))
    .bind::<BigInt, _>(import)
    .bind::<BigInt, _>(after)
    .bind::<Text, _>(pile.kind().unwrap_or_default())
    .bind::<BigInt, _>(limit)
    .load(tx.conn())?)
}
