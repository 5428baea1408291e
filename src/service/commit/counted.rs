//! What whoever watches the service is told of a file.

use super::Committed;

/// Counts each line of what was committed just now by what became of it.
pub(super) fn count_rows(fresh: &Committed) {
    for (outcome, rows) in [
        ("settled", fresh.settled),
        ("proposed", fresh.proposed),
        ("unmatched", fresh.unmatched),
        ("returned", fresh.returned),
        ("not_income", fresh.not_income),
        ("witness", fresh.witnesses),
        ("duplicate", fresh.duplicates),
        ("not_booked", fresh.not_booked),
    ] {
        metrics::counter!("statement_rows_total", "outcome" => outcome).increment(rows);
    }
}
