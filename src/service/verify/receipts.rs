//! What must hold of receipts; see `verify`.

use super::{Finding, TOLD, tell};
use crate::domain::money::Vnd;
use crate::domain::receipt::Content;
use crate::service::ServiceError;
use crate::store::{Tx, receipts, reports};

/// Receipts read in one go.
const PAGE: i64 = 5_000;

/// What is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
const QUERIES: &[(&str, &str)] = &[
    (
        "receipt numbers of a school year have a gap",
        "SELECT school_id AS id, MAX(number) AS expected, COUNT(*) AS found FROM receipts \
         GROUP BY school_id, school_year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1",
    ),
    (
        "a receipt that holds is not what the ledger says",
        "SELECT r.id AS id, CAST(COALESCE(s.dong, 0) AS BIGINT) AS expected, r.amount_dong AS found \
         FROM receipts r LEFT JOIN receipt_voids v ON v.receipt_id = r.id LEFT JOIN \
         (SELECT a.payment_id, i.student_id, SUM(a.amount_dong) AS dong FROM allocations a \
         JOIN invoices i ON i.id = a.invoice_id GROUP BY a.payment_id, i.student_id) s \
         ON s.payment_id = r.payment_id AND s.student_id = r.student_id \
         WHERE v.id IS NULL AND COALESCE(s.dong, 0) <> r.amount_dong",
    ),
    (
        "money was settled without a receipt",
        "SELECT a.payment_id AS id, CAST(SUM(a.amount_dong) AS BIGINT) AS expected, NULL AS found \
         FROM allocations a JOIN invoices i ON i.id = a.invoice_id JOIN payments p ON p.id = a.payment_id \
         LEFT JOIN receipt_terms t ON t.id = a.school_id \
         LEFT JOIN allocations b ON b.reverses_id = a.id \
         LEFT JOIN (SELECT r.payment_id, r.student_id FROM receipts r LEFT JOIN receipt_voids v \
         ON v.receipt_id = r.id WHERE v.id IS NULL) l ON l.payment_id = a.payment_id AND l.student_id = i.student_id \
         WHERE a.reverses_id IS NULL AND b.id IS NULL AND l.payment_id IS NULL \
         AND (t.id IS NULL OR (t.issue AND a.id > t.after_allocation AND (t.from_day IS NULL OR p.booking_date >= t.from_day))) \
         GROUP BY a.payment_id, i.student_id",
    ),
    (
        "two receipts hold for one payment and student",
        "SELECT MIN(r.id) AS id, 1 AS expected, COUNT(*) AS found FROM receipts r \
         LEFT JOIN receipt_voids v ON v.receipt_id = r.id WHERE v.id IS NULL \
         GROUP BY r.payment_id, r.student_id HAVING COUNT(*) > 1",
    ),
    (
        "a receipt took the place of one that holds, or of another payment's or student's",
        "SELECT r.id AS id, r.payment_id AS expected, o.payment_id AS found FROM receipts r \
         JOIN receipts o ON o.id = r.replaces_id LEFT JOIN receipt_voids v ON v.receipt_id = o.id \
         WHERE v.id IS NULL OR v.kind <> 'changed' OR o.payment_id <> r.payment_id OR o.student_id <> r.student_id",
    ),
    (
        "a receipt that was replaced has no other in its place",
        "SELECT v.receipt_id AS id, 1 AS expected, 0 AS found FROM receipt_voids v \
         LEFT JOIN receipts r ON r.replaces_id = v.receipt_id WHERE v.kind = 'changed' AND r.id IS NULL",
    ),
];

/// More faults of I11.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I11",
        "a receipt of another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM receipts c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a receipt of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM receipts c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "another school voided a receipt",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM receipt_voids c JOIN receipts p ON p.id = c.receipt_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "another school asked to void a receipt",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM receipt_requests c JOIN receipts p ON p.id = c.receipt_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "another school's invoice beside a receipt",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM receipt_invoices c JOIN receipts p ON p.id = c.receipt_id WHERE p.school_id <> c.school_id",
    ),
];

/// I14: receipts that hold are the money that stands, their numbers have no gap, and each adds up.
pub(super) fn tell_the_truth(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let mut finding = Finding {
        invariant: "I14",
        vi: "Biên lai: số liên tục; biên lai còn hiệu lực bằng đúng tiền đã gạch nợ",
        en: "Receipts: numbers without gaps; those that hold are exactly the money that is settled",
        checked: reports::number(tx, "SELECT COUNT(*) AS value FROM receipts")?,
        faults: Vec::new(),
    };
    for (what, sql) in QUERIES {
        let rows = reports::faults(tx, sql)?;
        tell(&mut finding.faults, what, &rows);
    }
    add_up(tx, &mut finding)?;
    Ok(finding)
}

/// Adds up again what every receipt says.
fn add_up(tx: &mut Tx<'_>, finding: &mut Finding) -> Result<(), ServiceError> {
    let mut after = 0;
    loop {
        let page = receipts::bodies_after(tx, after, PAGE)?;
        let Some((last, ..)) = page.last() else { return Ok(()) };
        after = *last;
        for (id, amount, body) in page {
            let said = serde_json::from_str::<Content>(&body).ok().and_then(|of| of.total());
            if said != Some(Vnd::new(amount)) && finding.faults.len() < TOLD {
                let said = said.map_or_else(|| "?".to_owned(), |said| said.to_string());
                finding.faults.push(format!(
                    "what a receipt says does not add up: receipt {id}: expected {amount}, found {said}"
                ));
            }
        }
    }
}
