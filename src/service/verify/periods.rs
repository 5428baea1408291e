//! What must hold of closed months: more faults to look for under the invariants they belong to.

/// The invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I9",
        "a closed month without its close",
        "SELECT p.id AS id, p.version AS expected, MAX(c.version) AS found FROM periods p \
         LEFT JOIN period_closes c ON c.school_id = p.school_id AND c.month = p.month \
         GROUP BY p.id, p.version HAVING MAX(c.version) IS NULL OR MAX(c.version) <> p.version",
    ),
    (
        "I9",
        "a payment counts in two closes at once",
        "SELECT payment_id AS id, 1 AS expected, COUNT(*) AS found FROM period_payments \
         WHERE standing AND since_id = 0 GROUP BY payment_id HAVING COUNT(*) > 1",
    ),
    (
        "I11",
        "a close with another school's payment in it",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM period_payments c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a payment in another school's close",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM period_payments c JOIN period_closes p ON p.id = c.close_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an invoice in another school's close",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM period_invoices c JOIN period_closes p ON p.id = c.close_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a close with another school's invoice in it",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM period_invoices c JOIN invoices p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
    ),
];
