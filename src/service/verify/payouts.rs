//! What must hold of gateways' payouts, and of everything that notifications brought: more faults to
//! look for under the invariants they belong to.

/// The invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I1",
        "a payout is not the sum of its payments",
        "SELECT o.id AS id, o.gross_dong AS expected, CAST(COALESCE(SUM(CASE WHEN p.credit_debit = 'debit' \
         THEN -p.amount_dong ELSE p.amount_dong END), 0) AS BIGINT) AS found FROM payouts o \
         LEFT JOIN payout_items i ON i.payout_id = o.id LEFT JOIN payments p ON p.id = i.payment_id \
         GROUP BY o.id, o.gross_dong HAVING o.gross_dong <> COALESCE(SUM(CASE WHEN p.credit_debit = 'debit' \
         THEN -p.amount_dong ELSE p.amount_dong END), 0)",
    ),
    (
        "I1",
        "what arrived of a payout is not its sum less the fee",
        "SELECT o.id AS id, o.gross_dong - o.fee_dong AS expected, p.amount_dong AS found FROM payouts o \
         JOIN payments p ON p.id = o.payment_id \
         WHERE o.state = 'matched' AND o.gross_dong - o.fee_dong <> p.amount_dong",
    ),
    (
        "I4",
        "a gateway's payment is in two payouts",
        "SELECT payment_id AS id, 1 AS expected, COUNT(*) AS found FROM payout_items \
         GROUP BY payment_id HAVING COUNT(*) > 1",
    ),
    (
        "I4",
        "a payout is used as if payers had paid it",
        "SELECT o.id AS id, 0 AS expected, p.allocated_dong + p.credited_dong + p.refunded_dong AS found \
         FROM payouts o JOIN payments p ON p.id = o.payment_id \
         WHERE o.state = 'matched' AND p.allocated_dong + p.credited_dong + p.refunded_dong <> 0",
    ),
    (
        "I5",
        "a payout that is no money in on a bank account any more",
        "SELECT o.id AS id, NULL AS expected, p.id AS found FROM payouts o JOIN payments p ON p.id = o.payment_id \
         LEFT JOIN bank_accounts b ON b.id = p.bank_account_id \
         WHERE p.voided OR p.credit_debit <> 'credit' OR b.id IS NULL OR b.gateway IS NOT NULL",
    ),
    (
        "I5",
        "a payout contains what its gateway did not collect",
        "SELECT i.id AS id, o.bank_account_id AS expected, p.bank_account_id AS found FROM payout_items i \
         JOIN payouts o ON o.id = i.payout_id JOIN payments p ON p.id = i.payment_id \
         WHERE p.voided OR p.bank_account_id <> o.bank_account_id",
    ),
    (
        "I11",
        "an endpoint on another school's account",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM webhook_endpoints c JOIN bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a secret of another school's endpoint",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM webhook_secrets c JOIN webhook_endpoints p ON p.id = c.webhook_endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a secret of another school's address for events",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM webhook_secrets c JOIN event_endpoints p ON p.id = c.event_endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a notification to another school's endpoint",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM notifications c JOIN webhook_endpoints p ON p.id = c.endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a notification that became another school's import",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM notifications c JOIN imports p ON p.id = c.import_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a count of another school's endpoint",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM webhook_refusals c JOIN webhook_endpoints p ON p.id = c.endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a delivery of another school's event",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM event_deliveries c JOIN events p ON p.id = c.event_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a delivery to another school's address",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM event_deliveries c JOIN event_endpoints p ON p.id = c.endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a pull for another school's endpoint",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM webhook_pulls c JOIN webhook_endpoints p ON p.id = c.endpoint_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "terms of another school's account",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM gateway_terms c JOIN bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a payout that is another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM payouts c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a payout of another school's account",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM payouts c JOIN bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a payment in another school's payout",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM payout_items c JOIN payouts p ON p.id = c.payout_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a payout with another school's payment in it",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM payout_items c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
];
