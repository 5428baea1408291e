//! What must hold of money that is not a transfer: more faults to look for under the invariants they
//! belong to.

/// The invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I1",
        "a deposit is not the sum of its vouchers or slips",
        "SELECT d.id AS id, d.gross_dong AS expected, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS found \
         FROM cash_deposits d LEFT JOIN cash_deposit_items i ON i.deposit_id = d.id \
         LEFT JOIN payments p ON p.id = i.payment_id \
         GROUP BY d.id, d.gross_dong HAVING d.gross_dong <> COALESCE(SUM(p.amount_dong), 0)",
    ),
    (
        "I1",
        "what arrived of a deposit is not its sum less the fee",
        "SELECT d.id AS id, d.gross_dong - d.fee_dong AS expected, p.amount_dong AS found FROM cash_deposits d \
         JOIN payments p ON p.id = d.payment_id \
         WHERE d.state = 'matched' AND d.gross_dong - d.fee_dong <> p.amount_dong",
    ),
    (
        "I4",
        "a deposit is used as if payers had paid it",
        "SELECT d.id AS id, 0 AS expected, p.allocated_dong + p.credited_dong + p.refunded_dong AS found \
         FROM cash_deposits d JOIN payments p ON p.id = d.payment_id \
         WHERE d.state = 'matched' AND p.allocated_dong + p.credited_dong + p.refunded_dong <> 0",
    ),
    (
        "I5",
        "a deposit that is no money in on a bank account any more",
        "SELECT d.id AS id, NULL AS expected, p.id AS found FROM cash_deposits d \
         JOIN payments p ON p.id = d.payment_id LEFT JOIN bank_accounts b ON b.id = p.bank_account_id \
         WHERE p.voided OR p.credit_debit <> 'credit' OR b.id IS NULL OR b.gateway IS NOT NULL",
    ),
    (
        "I5",
        "a deposit carries what does not count, or was taken later",
        "SELECT i.id AS id, d.payment_id AS expected, p.id AS found FROM cash_deposit_items i \
         JOIN cash_deposits d ON d.id = i.deposit_id JOIN payments l ON l.id = d.payment_id \
         JOIN payments p ON p.id = i.payment_id WHERE p.voided OR p.bank_account_id IS NOT NULL \
         OR p.booking_date > l.booking_date \
         OR p.channel <> CASE WHEN d.kind = 'pos' THEN 'pos' ELSE 'cash_at_school' END",
    ),
    (
        "I6",
        "a voucher counts and its payment does not, or the other way round",
        "SELECT v.id AS id, v.payment_id AS expected, NULL AS found FROM cash_vouchers v \
         JOIN payments p ON p.id = v.payment_id WHERE p.voided <> (v.voided_at IS NOT NULL)",
    ),
    (
        "I11",
        "a slip of another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM pos_slips c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a deposit that is another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM cash_deposits c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a voucher or slip in another school's deposit",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM cash_deposit_items c JOIN cash_deposits p ON p.id = c.deposit_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a deposit with another school's voucher or slip in it",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM cash_deposit_items c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
];
