//! What must hold of fees, rounds, credit notes, write-offs and refunds; see `verify`.

/// Invariant, what is wrong, and a SELECT of `id`, `expected`, `found` with a row for each fault.
pub(super) const MORE: &[(&str, &str, &str)] = &[
    (
        "I3",
        "an invoice and its credit notes are not what was issued",
        "SELECT l.id AS id, l.quantity * l.price_dong AS expected, CAST(l.gross_dong + \
         COALESCE(SUM(c.gross_dong), 0) AS BIGINT) AS found FROM invoice_lines l LEFT JOIN \
         credit_note_lines c ON c.invoice_line_id = l.id WHERE l.quantity IS NOT NULL AND l.price_dong IS \
         NOT NULL GROUP BY l.id, l.quantity, l.price_dong, l.gross_dong HAVING l.gross_dong + \
         COALESCE(SUM(c.gross_dong), 0) <> l.quantity * l.price_dong",
    ),
    (
        "I3",
        "a credit note is not the sum of its lines",
        "SELECT n.id AS id, n.net_dong AS expected, CAST(COALESCE(SUM(c.net_dong), 0) AS BIGINT) AS found \
         FROM credit_notes n LEFT JOIN credit_note_lines c ON c.credit_note_id = n.id GROUP BY n.id, \
         n.net_dong HAVING COALESCE(SUM(c.net_dong), 0) <> n.net_dong",
    ),
    (
        "I3",
        "instalments are not the sum of their invoice",
        "SELECT i.id AS id, i.net_dong AS expected, CAST(SUM(p.amount_dong) AS BIGINT) AS found FROM \
         invoices i JOIN instalments p ON p.invoice_id = i.id GROUP BY i.id, i.net_dong HAVING \
         SUM(p.amount_dong) <> i.net_dong",
    ),
    (
        "I3",
        "an approved write-off is not what its credit note says",
        "SELECT w.id AS id, w.amount_dong AS expected, n.net_dong AS found FROM write_offs w LEFT JOIN \
         credit_notes n ON n.id = w.credit_note_id WHERE w.state = 'approved' AND (n.id IS NULL OR \
         n.net_dong <> w.amount_dong OR n.kind <> 'write_off')",
    ),
    (
        "I4",
        "a refund is not the sum of its parts",
        "SELECT r.id AS id, r.amount_dong AS expected, CAST(COALESCE(SUM(p.amount_dong), 0) AS BIGINT) AS \
         found FROM refunds r LEFT JOIN refund_parts p ON p.refund_id = r.id GROUP BY r.id, r.amount_dong \
         HAVING COALESCE(SUM(p.amount_dong), 0) <> r.amount_dong",
    ),
    (
        "I4",
        "a payment gives back less than its refunds say",
        "SELECT y.id AS id, CAST(SUM(p.amount_dong) AS BIGINT) AS expected, y.refunded_dong AS found FROM \
         payments y JOIN refund_parts p ON p.payment_id = y.id JOIN refunds r ON r.id = p.refund_id WHERE \
         r.state <> 'cancelled' AND NOT y.voided GROUP BY y.id, y.refunded_dong HAVING y.refunded_dong < \
         SUM(p.amount_dong)",
    ),
    (
        "I4",
        "a refund that two persons agreed on is not what was ordered",
        "SELECT q.id AS id, q.amount_dong AS expected, r.amount_dong AS found FROM refund_requests q LEFT \
         JOIN refunds r ON r.id = q.refund_id WHERE q.kind = 'credit' AND q.state = 'approved' AND (r.id IS \
         NULL OR r.amount_dong <> q.amount_dong)",
    ),
    (
        "I4",
        "who proposed a refund agreed to it",
        "SELECT id, 0 AS expected, amount_dong AS found FROM refund_requests WHERE state = 'approved' AND \
         (decided_by IS NULL OR decided_by = asked_by)",
    ),
    (
        "I6",
        "invoice numbers of a school year have a gap",
        "SELECT school_id AS id, MAX(number) AS expected, COUNT(*) AS found FROM invoices WHERE number IS \
         NOT NULL GROUP BY school_id, school_year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1",
    ),
    (
        "I6",
        "credit note numbers of a school year have a gap",
        "SELECT school_id AS id, MAX(number) AS expected, COUNT(*) AS found FROM credit_notes GROUP BY \
         school_id, school_year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1",
    ),
    (
        "I11",
        "a price of another school's fee item",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM fee_prices c JOIN \
         fee_items p ON p.id = c.fee_item_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a choice of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM fee_choices c JOIN \
         students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a choice of another school's fee item",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM fee_choices c JOIN \
         fee_items p ON p.id = c.fee_item_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an exemption of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM exemptions c JOIN students \
         p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an exemption from another school's fee item",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM exemptions c JOIN \
         fee_items p ON p.id = c.fee_item_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a round paid to another school's account",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM collection_rounds c JOIN \
         bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an item of another school's round",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM round_items c JOIN \
         collection_rounds p ON p.id = c.round_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "another school's fee item in a round",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM round_items c JOIN \
         fee_items p ON p.id = c.fee_item_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a quantity in another school's round",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM round_quantities c JOIN \
         collection_rounds p ON p.id = c.round_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a quantity of another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM round_quantities c JOIN \
         students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an instalment of another school's invoice",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM instalments c JOIN \
         invoices p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "an invoice in place of another school's",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM invoices c JOIN invoices p \
         ON p.id = c.replaces_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a credit note of another school's invoice",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM credit_notes c JOIN \
         invoices p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a line of another school's credit note",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM credit_note_lines c JOIN \
         credit_notes p ON p.id = c.credit_note_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a credit of another school's line",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM credit_note_lines c JOIN \
         invoice_lines p ON p.id = c.invoice_line_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a write-off of another school's invoice",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM write_offs c JOIN invoices \
         p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a refund to another school's family",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refunds c JOIN families p \
         ON p.id = c.family_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a refund for another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refunds c JOIN students p \
         ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a proposed refund for another school's student",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refund_requests c JOIN \
         students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a proposed refund of another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refund_requests c JOIN \
         payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a part of another school's refund",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refund_parts c JOIN \
         refunds p ON p.id = c.refund_id WHERE p.school_id <> c.school_id",
    ),
    (
        "I11",
        "a refund from another school's payment",
        "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM refund_parts c JOIN \
         payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
    ),
];
