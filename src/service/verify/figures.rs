//! What must hold of the facts that rates are made of, and of what was reported; see `verify`.

use super::{Finding, TOLD, tell};
use crate::service::{ServiceError, added_up, reported};
use crate::store::{Tx, reports};

/// What is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
const QUERIES: &[(&str, &str)] = &[
    (
        "the facts of an allocation are not what stands of it",
        "SELECT id, CAST(SUM(allocated) AS BIGINT) AS expected, CAST(SUM(fact) AS BIGINT) AS found FROM ( \
         SELECT COALESCE(a.reverses_id, a.id) AS id, a.amount_dong AS allocated, 0 AS fact FROM allocations a \
         WHERE a.target = 'invoice' \
         UNION ALL SELECT c.allocation_id, 0, c.amount_dong FROM collected_facts c) both_sides \
         GROUP BY id HAVING SUM(allocated) <> SUM(fact)",
    ),
    (
        "a fact is about another payment, line or school than its allocation",
        "SELECT c.id AS id, a.payment_id AS expected, c.payment_id AS found FROM collected_facts c \
         JOIN allocations a ON a.id = c.allocation_id WHERE c.payment_id <> a.payment_id \
         OR c.invoice_line_id <> a.invoice_line_id OR c.school_id <> a.school_id",
    ),
    (
        "an opposite takes back what was not there",
        "SELECT MIN(id) AS id, 0 AS expected, CAST(SUM(amount_dong) AS BIGINT) AS found FROM collected_facts \
         GROUP BY allocation_id, student_id, family_id, class, fee_item_code, channel, booking_date \
         HAVING SUM(amount_dong) < 0",
    ),
    (
        "money counts by another channel, day or family than it has",
        "SELECT MIN(c.id) AS id, 0 AS expected, CAST(SUM(c.amount_dong) AS BIGINT) AS found FROM collected_facts c \
         JOIN payments p ON p.id = c.payment_id JOIN students s ON s.id = c.student_id \
         WHERE c.channel <> p.channel OR c.booking_date <> p.booking_date OR c.family_id <> s.family_id \
         GROUP BY c.allocation_id, c.family_id, c.channel, c.booking_date HAVING SUM(c.amount_dong) <> 0",
    ),
    (
        "versions of a reported month have a gap",
        "SELECT school_id AS id, MAX(version) AS expected, COUNT(*) AS found FROM reported_figures \
         GROUP BY school_id, month HAVING MAX(version) <> COUNT(*) OR MIN(version) <> 1",
    ),
];

/// I15: the facts are what stands in the ledger, and every reported month is computed again from them.
pub(super) fn recomputed(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let facts = reports::number(tx, "SELECT COUNT(*) AS value FROM collected_facts")?;
    let (months, faults) = reported::differing(tx)?;
    let mut finding = Finding {
        invariant: "I15",
        vi: "Số liệu đã báo cáo: tính lại từ sổ cái ra đúng từng ký tự và dấu vân tay",
        en: "Reported figures: computed again from the ledger they are the same to the byte",
        checked: facts.saturating_add(months),
        faults: Vec::new(),
    };
    for (what, sql) in QUERIES {
        let rows = reports::faults(tx, sql)?;
        tell(&mut finding.faults, what, &rows);
    }
    finding.faults.extend(faults.into_iter().take(TOLD));
    Ok(finding)
}

/// I16: what is kept added up is what the ledger adds up to.
pub(super) fn added_up(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let (checked, faults) = added_up::differing(tx)?;
    Ok(Finding {
        invariant: "I16",
        vi: "Số liệu cộng sẵn cho báo cáo: tính lại từ sổ cái ra đúng như đã lưu",
        en: "Figures kept added up: computed again from the ledger they are the same",
        checked,
        faults: faults.into_iter().take(TOLD).collect(),
    })
}
