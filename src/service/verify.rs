//! Recomputes the invariants of the books from the database alone.

mod cash;
mod families;
mod fees;
mod figures;
mod identity;
mod letters;
mod organisation;
mod payouts;
mod periods;
mod receipts;
mod texts;

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::service::ServiceError;
use crate::service::periods::differing;
use crate::store::audit::{self, AuditRecordRow};
use crate::store::reports::{self, FaultRow};
use crate::store::{Store, Tx, audit_texts};

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `I1` to `I11` and `I13` to `I16`.
    pub invariant: &'static str,
    /// What must hold, in Vietnamese.
    pub vi: &'static str,
    /// What must hold, in English.
    pub en: &'static str,
    /// How many things were looked at.
    pub checked: i64,
    /// Each fault: what, at which row, expected and found. Empty when the invariant holds.
    pub faults: Vec<String>,
}

impl Finding {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Faults told of one check; more are counted.
const TOLD: usize = 20;

struct Check {
    invariant: &'static str,
    vi: &'static str,
    en: &'static str,
    /// Counts what is looked at.
    count: &'static str,
    /// What is wrong, and a SELECT of `id`, `expected`, `found` that returns a row for each fault.
    queries: &'static [(&'static str, &'static str)],
}

/// The invariants that queries alone can check.
const CHECKS: &[Check] = &[
    Check {
        invariant: "I1",
        vi: "Bảo toàn: tiền vào = đã phân bổ + số dư gia đình + hoàn trả + để riêng + chưa phân bổ",
        en: "Conservation: money in = allocated + family credit + refunded + set aside + unallocated",
        count: "SELECT COUNT(*) AS value FROM payments WHERE NOT voided AND credit_debit = 'credit'",
        queries: &[
            (
                "the money of a bank account is not what its entries say",
                "SELECT p.bank_account_id AS id, CAST(SUM(e.amount_dong) AS BIGINT) AS expected, \
                 CAST(SUM(p.amount_dong) AS BIGINT) AS found FROM payments p \
                 JOIN entries e ON e.id = p.entry_id WHERE NOT p.voided AND p.credit_debit = 'credit' \
                 GROUP BY p.bank_account_id HAVING SUM(e.amount_dong) <> SUM(p.amount_dong)",
            ),
            (
                "a payment's uses in the ledger exceed its amount",
                "SELECT p.id AS id, p.amount_dong AS expected, CAST(SUM(a.amount_dong) AS BIGINT) AS found \
                 FROM payments p JOIN allocations a ON a.payment_id = p.id \
                 GROUP BY p.id, p.amount_dong HAVING SUM(a.amount_dong) > p.amount_dong OR SUM(a.amount_dong) < 0",
            ),
            (
                "a booked entry of a committed file shows no payment",
                "SELECT e.id AS id, 1 AS expected, 0 AS found FROM entries e \
                 JOIN imports i ON i.id = e.import_id LEFT JOIN evidence v ON v.entry_id = e.id \
                 WHERE i.state = 'committed' AND e.status = 'booked' AND v.id IS NULL",
            ),
            (
                "a voided payment is still used",
                "SELECT p.id AS id, 0 AS expected, CAST(SUM(a.amount_dong) AS BIGINT) AS found \
                 FROM payments p JOIN allocations a ON a.payment_id = p.id WHERE p.voided \
                 GROUP BY p.id HAVING SUM(a.amount_dong) <> 0",
            ),
        ],
    },
    Check {
        invariant: "I2",
        vi: "Sao kê: số dư đầu + phát sinh = số dư cuối",
        en: "Statements: opening + entries = closing",
        count: "SELECT COUNT(*) AS value FROM statements",
        queries: &[
            (
                "opening, entries and closing of a statement do not add up",
                "SELECT s.id AS id, s.closing_dong AS expected, \
                 CAST(s.opening_dong + COALESCE(SUM(CASE WHEN e.credit_debit = 'credit' THEN e.amount_dong \
                 ELSE -e.amount_dong END), 0) AS BIGINT) AS found FROM statements s \
                 LEFT JOIN entries e ON e.statement_id = s.id AND e.status = 'booked' \
                 WHERE s.opening_dong IS NOT NULL AND s.closing_dong IS NOT NULL \
                 GROUP BY s.id, s.opening_dong, s.closing_dong \
                 HAVING s.opening_dong + COALESCE(SUM(CASE WHEN e.credit_debit = 'credit' \
                 THEN e.amount_dong ELSE -e.amount_dong END), 0) <> s.closing_dong",
            ),
            (
                "a statement has lost or gained entries",
                "SELECT s.id AS id, s.entry_count AS expected, COUNT(e.id) AS found FROM statements s \
                 LEFT JOIN entries e ON e.statement_id = s.id GROUP BY s.id, s.entry_count \
                 HAVING COUNT(e.id) <> s.entry_count",
            ),
        ],
    },
    Check {
        invariant: "I3",
        vi: "Không khoản phải thu nào được gạch nợ quá số phải nộp",
        en: "No invoice is allocated beyond its net due",
        count: "SELECT COUNT(*) AS value FROM invoices",
        queries: &[
            (
                "an invoice is paid beyond its net due, or below nothing",
                "SELECT i.id AS id, i.net_dong AS expected, CAST(SUM(a.amount_dong) AS BIGINT) AS found \
                 FROM invoices i JOIN allocations a ON a.invoice_id = i.id GROUP BY i.id, i.net_dong \
                 HAVING SUM(a.amount_dong) > i.net_dong OR SUM(a.amount_dong) < 0",
            ),
            (
                "a line is paid beyond its net due, or below nothing",
                "SELECT l.id AS id, l.net_dong AS expected, CAST(SUM(a.amount_dong) AS BIGINT) AS found \
                 FROM invoice_lines l JOIN allocations a ON a.invoice_line_id = l.id \
                 GROUP BY l.id, l.net_dong HAVING SUM(a.amount_dong) > l.net_dong OR SUM(a.amount_dong) < 0",
            ),
            (
                "an invoice is not the sum of its lines",
                "SELECT i.id AS id, i.net_dong AS expected, CAST(SUM(l.net_dong) AS BIGINT) AS found \
                 FROM invoices i JOIN invoice_lines l ON l.invoice_id = i.id GROUP BY i.id, i.net_dong \
                 HAVING SUM(l.net_dong) <> i.net_dong",
            ),
        ],
    },
    Check {
        invariant: "I4",
        vi: "Không khoản tiền nào được dùng quá số tiền của nó; không số nào âm",
        en: "No payment is used beyond its amount; none is negative",
        count: "SELECT COUNT(*) AS value FROM payments",
        queries: &[
            (
                "a payment is used beyond its amount",
                "SELECT id, amount_dong AS expected, allocated_dong + credited_dong + refunded_dong + set_aside_dong AS found \
                 FROM payments WHERE allocated_dong < 0 OR credited_dong < 0 OR refunded_dong < 0 OR set_aside_dong < 0 \
                 OR allocated_dong + credited_dong + refunded_dong + set_aside_dong > amount_dong",
            ),
            (
                "money out is used as if it came in",
                "SELECT id, 0 AS expected, allocated_dong + credited_dong + refunded_dong + set_aside_dong AS found FROM payments \
                 WHERE credit_debit = 'debit' AND allocated_dong + credited_dong + refunded_dong + set_aside_dong <> 0",
            ),
            (
                "a ledger row and the one it reverses differ",
                "SELECT r.id AS id, -a.amount_dong AS expected, r.amount_dong AS found FROM allocations r \
                 JOIN allocations a ON a.id = r.reverses_id WHERE r.amount_dong <> -a.amount_dong \
                 OR r.payment_id <> a.payment_id OR r.target <> a.target",
            ),
        ],
    },
    Check {
        invariant: "I5",
        vi: "Mỗi lần chuyển tiền thật là một khoản tiền, dù nhiều tệp cùng ghi",
        en: "One payment for each real transfer, whatever files show it",
        count: "SELECT COUNT(*) AS value FROM evidence WHERE kind <> 'withdrawn'",
        queries: &[
            (
                "a payment rests on no evidence",
                "SELECT p.id AS id, 1 AS expected, COUNT(v.id) AS found FROM payments p \
                 LEFT JOIN evidence v ON v.payment_id = p.id AND v.kind <> 'withdrawn' \
                 WHERE NOT p.voided GROUP BY p.id HAVING COUNT(v.id) = 0",
            ),
            (
                "an entry shows a payment of another amount, account or direction",
                "SELECT v.id AS id, p.amount_dong AS expected, e.amount_dong AS found FROM evidence v \
                 JOIN payments p ON p.id = v.payment_id JOIN entries e ON e.id = v.entry_id \
                 WHERE v.kind <> 'withdrawn' AND (e.amount_dong <> p.amount_dong \
                 OR e.bank_account_id <> p.bank_account_id OR e.credit_debit <> p.credit_debit)",
            ),
            (
                "two payments rest on the same line of one source",
                "SELECT MIN(id) AS id, 1 AS expected, COUNT(*) AS found FROM evidence \
                 WHERE kind IN ('first', 'witness') AND bank_account_id IS NOT NULL \
                 GROUP BY bank_account_id, source, own_key, own_ordinal HAVING COUNT(*) > 1",
            ),
            (
                "a payment has two first witnesses",
                "SELECT payment_id AS id, 1 AS expected, COUNT(*) AS found FROM evidence \
                 WHERE kind = 'first' GROUP BY payment_id HAVING COUNT(*) > 1",
            ),
            (
                "the machine settled a payment that may be another one",
                "SELECT p.id AS id, 0 AS expected, p.allocated_dong AS found FROM payments p \
                 WHERE p.decided_by = 'machine' AND p.decision_kind = 'settled' \
                 AND p.id IN (SELECT payment_id FROM identity_doubts) \
                 AND NOT EXISTS (SELECT 1 FROM period_payments m WHERE m.payment_id = p.id AND m.standing)",
            ),
            (
                "a doubt about a payment that does not hold, or of another account or amount",
                "SELECT d.id AS id, p.amount_dong AS expected, o.amount_dong AS found \
                 FROM identity_doubts d JOIN payments p ON p.id = d.payment_id \
                 JOIN payments o ON o.id = d.like_payment_id WHERE p.voided OR o.voided \
                 OR p.amount_dong <> o.amount_dong OR p.bank_account_id <> o.bank_account_id \
                 OR p.credit_debit <> o.credit_debit OR p.school_id <> d.school_id",
            ),
        ],
    },
    Check {
        invariant: "I6",
        vi: "Số phiếu thu liên tục, không nhảy số",
        en: "Voucher numbers run without gap or repeat",
        count: "SELECT COUNT(*) AS value FROM cash_vouchers",
        queries: &[(
            "voucher numbers of a school's year have a gap",
            "SELECT school_id AS id, MAX(number) AS expected, COUNT(*) AS found FROM cash_vouchers \
             GROUP BY school_id, year HAVING MAX(number) <> COUNT(*) OR MIN(number) <> 1",
        )],
    },
    Check {
        invariant: "I7",
        vi: "Điều đã xác nhận thì còn đủ; điều bị từ chối không để lại gì",
        en: "What was acknowledged is there whole; what was refused left nothing",
        count: "SELECT COUNT(*) AS value FROM imports",
        queries: &[
            (
                "a file that was only planned, or undone, still shows payments",
                "SELECT v.id AS id, 0 AS expected, 1 AS found FROM evidence v JOIN imports i ON i.id = v.import_id \
                 WHERE i.state <> 'committed' AND v.kind <> 'withdrawn'",
            ),
            (
                "a committed file says nothing of what it did",
                "SELECT id, 1 AS expected, 0 AS found FROM imports WHERE state = 'committed' \
                 AND (outcome IS NULL OR committed_at IS NULL OR committed_by IS NULL)",
            ),
            (
                "a payment of a committed file was never decided",
                "SELECT id, 1 AS expected, 0 AS found FROM payments WHERE NOT voided AND decision_id IS NULL",
            ),
        ],
    },
    Check {
        invariant: "I9",
        vi: "Số tổng hợp bằng số tính lại từ sổ chi tiết",
        en: "Derived figures equal a recomputation from the ledger",
        count: "SELECT COUNT(*) AS value FROM allocations",
        queries: &[
            (
                "what an invoice counts as paid is not what the ledger says",
                "SELECT i.id AS id, CAST(COALESCE(SUM(a.amount_dong), 0) AS BIGINT) AS expected, i.paid_dong AS found \
                 FROM invoices i LEFT JOIN allocations a ON a.invoice_id = i.id GROUP BY i.id, i.paid_dong \
                 HAVING COALESCE(SUM(a.amount_dong), 0) <> i.paid_dong",
            ),
            (
                "a payment's totals are not what the ledger says",
                "SELECT p.id AS id, CAST(COALESCE(SUM(a.amount_dong), 0) AS BIGINT) AS expected, \
                 p.allocated_dong + p.credited_dong + p.refunded_dong + p.set_aside_dong AS found \
                 FROM payments p LEFT JOIN allocations a ON a.payment_id = p.id \
                 GROUP BY p.id, p.allocated_dong, p.credited_dong, p.refunded_dong, p.set_aside_dong \
                 HAVING COALESCE(SUM(CASE WHEN a.target = 'invoice' THEN a.amount_dong END), 0) <> p.allocated_dong \
                 OR COALESCE(SUM(CASE WHEN a.target = 'family_credit' THEN a.amount_dong END), 0) <> p.credited_dong \
                 OR COALESCE(SUM(CASE WHEN a.target = 'refund' THEN a.amount_dong END), 0) <> p.refunded_dong \
                 OR COALESCE(SUM(CASE WHEN a.target = 'set_aside' THEN a.amount_dong END), 0) <> p.set_aside_dong",
            ),
            (
                "the decision a payment names is not its last one",
                "SELECT p.id AS id, MAX(d.id) AS expected, p.decision_id AS found FROM payments p \
                 JOIN decisions d ON d.payment_id = p.id GROUP BY p.id, p.decision_id HAVING MAX(d.id) <> p.decision_id",
            ),
        ],
    },
    Check {
        invariant: "I11",
        vi: "Mọi dòng đều thuộc đúng trường của dòng cha",
        en: "Every row belongs to the school of its parents",
        count: "SELECT COUNT(*) AS value FROM schools",
        queries: &[
            (
                "a student of another school's family",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM students c JOIN families p ON p.id = c.family_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an identifier of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM student_identifiers c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a guardian of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM guardians c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an enrolment of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM enrolments c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a change of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM student_changes c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an invoice of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM invoices c JOIN students p ON p.id = c.student_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a line of another school's invoice",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM invoice_lines c JOIN invoices p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a line of another school's fee item",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM invoice_lines c JOIN fee_items p ON p.id = c.fee_item_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a statement on another school's account",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM statements c JOIN bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an entry of another school's statement",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM entries c JOIN statements p ON p.id = c.statement_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a payment on another school's account",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM payments c JOIN bank_accounts p ON p.id = c.bank_account_id WHERE p.school_id <> c.school_id",
            ),
            (
                "evidence of another school's payment",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM evidence c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a decision about another school's payment",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM decisions c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an allocation of another school's payment",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM allocations c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
            ),
            (
                "an allocation to another school's invoice",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM allocations c JOIN invoices p ON p.id = c.invoice_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a voucher of another school's payment",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM cash_vouchers c JOIN payments p ON p.id = c.payment_id WHERE p.school_id <> c.school_id",
            ),
            (
                "a refusal about another school's payment",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM match_refusals c JOIN payments p ON p.id = c.payment_id WHERE c.school_id <> p.school_id",
            ),
            (
                "a refusal of another school's student",
                "SELECT c.id AS id, p.school_id AS expected, c.school_id AS found FROM match_refusals c JOIN students p ON p.id = c.student_id WHERE c.school_id <> p.school_id",
            ),
        ],
    },
];

/// Checks every invariant on one consistent view of the data; in order, I1 first.
pub fn run(store: &Store) -> Result<Vec<Finding>, ServiceError> {
    store.read(|tx| {
        let mut findings = Vec::with_capacity(CHECKS.len() + 2);
        for check in CHECKS {
            let mut finding = Finding {
                invariant: check.invariant,
                vi: check.vi,
                en: check.en,
                checked: reports::number(tx, check.count)?,
                faults: Vec::new(),
            };
            let more =
                payouts::MORE.iter().chain(cash::MORE).chain(fees::MORE).chain(periods::MORE);
            let more = more.chain(receipts::MORE).chain(letters::MORE).chain(families::MORE);
            let more = more.filter(|(of, ..)| *of == check.invariant);
            let more = more.map(|(_, what, sql)| (*what, *sql));
            for (what, sql) in check.queries.iter().copied().chain(more) {
                let rows = reports::faults(tx, sql)?;
                tell(&mut finding.faults, what, &rows);
            }
            if check.invariant == "I9" {
                finding.faults.extend(differing(tx)?.into_iter().take(TOLD));
            }
            findings.push(finding);
        }
        findings.push(audit_chain(tx)?);
        findings.push(identity::order_of_files(tx)?);
        findings.push(organisation::one_answer(tx)?);
        findings.push(receipts::tell_the_truth(tx)?);
        findings.push(figures::recomputed(tx)?);
        findings.push(figures::added_up(tx)?);
        findings.sort_by_key(|finding| {
            finding.invariant.trim_start_matches('I').parse::<u32>().unwrap_or(u32::MAX)
        });
        Ok(findings)
    })
}

fn tell(faults: &mut Vec<String>, what: &str, rows: &[FaultRow]) {
    let figure =
        |value: Option<i64>| value.map_or_else(|| "–".to_owned(), |value| value.to_string());
    for row in rows.iter().take(TOLD) {
        let (expected, found) = (figure(row.expected), figure(row.found));
        faults.push(format!("{what}: row {}, expected {expected}, found {found}", row.id));
    }
    if rows.len() > TOLD {
        faults.push(format!("{what}: {} more", rows.len() - TOLD));
    }
}

/// I8: each record's hash is that of its content and the record before; each decision that moved
/// money and each refusal has one record.
fn audit_chain(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let mut finding = Finding {
        invariant: "I8",
        vi: "Mỗi thay đổi về tiền có một dòng nhật ký; chuỗi băm không đứt",
        en: "Every change of money has one audit record; the chain of hashes is unbroken",
        checked: 0,
        faults: Vec::new(),
    };
    let mut recorded: HashMap<i64, u32> = HashMap::new();
    let mut refused: HashMap<i64, u32> = HashMap::new();
    for head in audit::heads(tx)? {
        let mut previous = audit::genesis();
        let mut sequence = 0;
        loop {
            let records = audit::records_after(tx, head.id, sequence, 2_000)?;
            if records.is_empty() {
                break;
            }
            let texts = audit_texts::of_records(tx, &records)?;
            for record in records {
                finding.checked += 1;
                let expected = sequence + 1;
                if record.sequence != expected {
                    finding.faults.push(format!("chain {}: record {expected} is missing", head.id));
                }
                sequence = record.sequence;
                if record.previous_hash != previous || audit::record_hash(&record) != record.hash {
                    finding.faults.push(format!(
                        "chain {}: record {sequence} was changed or does not follow",
                        head.id
                    ));
                }
                let own = audit_texts::of_record(&texts, record.id);
                finding.faults.extend(texts::wrong(&record, own));
                if let Some(decision) = named_in(&record, "payment.decide", "decision") {
                    *recorded.entry(decision).or_default() += 1;
                }
                if let Some(refusal) = named_in(&record, "payment.refuse", "refusal") {
                    *refused.entry(refusal).or_default() += 1;
                }
                previous = record.hash;
            }
            if finding.faults.len() > TOLD {
                return Ok(finding);
            }
        }
        if head.length != sequence || head.head != previous {
            finding.faults.push(format!("chain {}: its last records are missing", head.id));
        }
    }
    let moved = ids(
        tx,
        "SELECT DISTINCT decision_id AS id, NULL AS expected, NULL AS found FROM allocations",
    )?;
    let silent = moved.iter().filter(|id| recorded.get(id) != Some(&1)).count();
    if silent > 0 {
        finding.faults.push(format!("{silent} decisions moved money without exactly one record"));
    }
    let said = ids(tx, "SELECT id, NULL AS expected, NULL AS found FROM match_refusals")?;
    let silent = said.iter().filter(|id| refused.get(id) != Some(&1)).count();
    if silent > 0 {
        finding.faults.push(format!("{silent} refusals stand without exactly one record"));
    }
    Ok(finding)
}

fn ids(tx: &mut Tx<'_>, sql: &'static str) -> Result<HashSet<i64>, ServiceError> {
    Ok(reports::faults(tx, sql)?.into_iter().map(|row| row.id).collect())
}

/// What a record of some action is about, by the name its detail has for it.
fn named_in(record: &AuditRecordRow, action: &str, name: &str) -> Option<i64> {
    if record.action != action {
        return None;
    }
    let detail: serde_json::Value = serde_json::from_str(&record.detail).ok()?;
    detail.get(name)?.as_i64()
}
