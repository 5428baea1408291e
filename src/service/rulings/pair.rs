//! Which two of the bank's lines a person speaks of, and whether anything can be said of them.

use super::{NewRuling, Pair};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{DecisionId, EntryId, PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::{ServiceError, decide};
use crate::store::Tx;
use crate::store::evidence::{self, EvidenceRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::rulings::{self, RulingRow};
use crate::store::statements::{self, EntryRow};

/// A line that a person speaks of.
pub(super) struct Spoken {
    /// An entry that shows it.
    pub entry: EntryRow,
    evidence: EvidenceRow,
    /// The day of the payment that it shows.
    pub booked_on: Day,
    /// The payment it was said of, which may have been merged since.
    named: i64,
}

fn spoken(
    tx: &mut Tx<'_>,
    (evidence, entry): (EvidenceRow, EntryRow),
    named: Option<i64>,
) -> Result<Spoken, ServiceError> {
    let payment = payments::payment(tx, evidence.payment_id)?;
    Ok(Spoken {
        booked_on: payment.map_or(entry.booking_date, |row| row.booking_date),
        named: named.unwrap_or(evidence.payment_id),
        evidence,
        entry,
    })
}

/// The two lines that the person speaks of.
pub(super) fn find_two(
    tx: &mut Tx<'_>,
    school: SchoolId,
    asked: &NewRuling,
    before: &[RulingRow],
) -> Result<[Spoken; 2], ServiceError> {
    match asked.pair {
        Pair::Entries(one, other) => {
            let mut line = |id: EntryId| -> Result<Spoken, ServiceError> {
                let missing =
                    || ServiceError::not_found("entry", "dòng sao kê", "entry", &id.to_string());
                let evidence = evidence::of_entry(tx, id.0)?
                    .filter(|row| row.school_id == school.0)
                    .ok_or_else(missing)?;
                let entry = statements::entries_by_id(tx, &[id.0])?
                    .into_iter()
                    .next()
                    .ok_or_else(missing)?;
                spoken(tx, (evidence, entry), None)
            };
            Ok([line(one)?, line(other)?])
        }
        Pair::Payments(one, other) => {
            // What was said of these payments before was said of two lines of theirs: since then one
            // of them may have become the other.
            let known = before.iter().find(|row| {
                let of = (row.one_payment_id, row.other_payment_id);
                of == (one.0, other.0) || of == (other.0, one.0)
            });
            if let Some(row) = known
                && let Some(two) = lines_of_ruling(tx, row)?
            {
                return Ok(two);
            }
            let mut load = |id: PaymentId| -> Result<PaymentRow, ServiceError> {
                payments::payment(tx, id.0)?
                    .filter(|row| row.school_id == school.0 && !row.voided)
                    .ok_or_else(|| missing_payment(id))
            };
            let (one, other) = (load(one)?, load(other)?);
            lines_of_payments(tx, &one, &other)
        }
    }
}

/// The lines of an earlier ruling, where files still show both.
fn lines_of_ruling(tx: &mut Tx<'_>, row: &RulingRow) -> Result<Option<[Spoken; 2]>, ServiceError> {
    let account = row.bank_account_id;
    let one = (row.one_source.as_str(), row.one_own_key.as_str(), row.one_own_ordinal);
    let other = (row.other_source.as_str(), row.other_own_key.as_str(), row.other_own_ordinal);
    let one = evidence::of_line(tx, account, one)?;
    let other = evidence::of_line(tx, account, other)?;
    let (Some(one), Some(other)) = (one, other) else { return Ok(None) };
    Ok(Some([
        spoken(tx, one, Some(row.one_payment_id))?,
        spoken(tx, other, Some(row.other_payment_id))?,
    ]))
}

/// The lines by which two payments are compared: those in doubt, else two of one source, else the
/// first of each.
fn lines_of_payments(
    tx: &mut Tx<'_>,
    one: &PaymentRow,
    other: &PaymentRow,
) -> Result<[Spoken; 2], ServiceError> {
    let doubts = rulings::doubts_about(tx, &[one.id, other.id])?;
    let doubted = doubts.iter().find_map(|row| match (row.payment_id, row.like_payment_id) {
        of if of == (one.id, other.id) => Some((row.entry_id, row.like_entry_id)),
        of if of == (other.id, one.id) => Some((row.like_entry_id, row.entry_id)),
        _ => None,
    });
    let of_one = evidence::of_payment(tx, one.id)?;
    let of_other = evidence::of_payment(tx, other.id)?;
    let (Some(first), Some(second)) = (of_one.first(), of_other.first()) else {
        return Err(not_from_the_bank());
    };
    let is = |id: i64| move |(_, entry): &&(EvidenceRow, EntryRow)| entry.id == id;
    let pair = doubted
        .and_then(|(a, b)| Some((of_one.iter().find(is(a))?, of_other.iter().find(is(b))?)))
        .or_else(|| {
            of_one.iter().find_map(|(row, entry)| {
                let same = of_other.iter().find(|(other, _)| other.source == row.source)?;
                Some((of_one.iter().find(is(entry.id))?, same))
            })
        })
        .unwrap_or((first, second));
    let (a, b) = (pair.0.clone(), pair.1.clone());
    Ok([spoken(tx, a, Some(one.id))?, spoken(tx, b, Some(other.id))?])
}

/// The newest ruling about two lines.
pub(super) fn standing<'r>(
    rows: &'r [RulingRow],
    [one, other]: &[Spoken; 2],
) -> Option<&'r RulingRow> {
    let (one, other) = (id_of(&one.evidence), id_of(&other.evidence));
    rows.iter().find(|row| {
        let of = ids_of(row);
        of == (one, other) || of == (other, one)
    })
}

/// By what a line is known.
pub(super) type Id<'a> = (&'a str, &'a str, i64);

fn id_of(row: &EvidenceRow) -> Id<'_> {
    (&row.source, &row.own_key, row.own_ordinal)
}

pub(super) fn ids_of(row: &RulingRow) -> (Id<'_>, Id<'_>) {
    (
        (&row.one_source, &row.one_own_key, row.one_own_ordinal),
        (&row.other_source, &row.other_own_key, row.other_own_ordinal),
    )
}

/// Refuses what cannot be; else the row, but for who, when and why.
pub(super) fn check(
    tx: &mut Tx<'_>,
    school: SchoolId,
    asked: &NewRuling,
    two: &[Spoken; 2],
) -> Result<RulingRow, ServiceError> {
    let [one, other] = two;
    if id_of(&one.evidence) == id_of(&other.evidence) {
        return Err(one_line(one.evidence.payment_id));
    }
    let (a, b) = (&one.entry, &other.entry);
    let alike = a.bank_account_id == b.bank_account_id
        && a.amount_dong == b.amount_dong
        && a.credit_debit == b.credit_debit;
    if !alike {
        return Err(unlike(a, b));
    }
    for line in two {
        let row = payments::payment(tx, line.evidence.payment_id)?;
        let seen = row.as_ref().and_then(|row| row.decision_id).map(DecisionId);
        if !asked.expected.is_empty() && !seen.is_some_and(|seen| asked.expected.contains(&seen)) {
            return Err(match row {
                Some(row) => decide::decided_meanwhile(tx, &row),
                None => missing_payment(PaymentId(line.evidence.payment_id)),
            });
        }
    }
    Ok(RulingRow {
        id: 0,
        school_id: school.0,
        bank_account_id: a.bank_account_id,
        kind: asked.verdict.as_str().to_owned(),
        one_source: one.evidence.source.clone(),
        one_own_key: one.evidence.own_key.clone(),
        one_own_ordinal: one.evidence.own_ordinal,
        one_booked_on: a.booking_date,
        other_source: other.evidence.source.clone(),
        other_own_key: other.evidence.own_key.clone(),
        other_own_ordinal: other.evidence.own_ordinal,
        other_booked_on: b.booking_date,
        one_payment_id: one.named,
        other_payment_id: other.named,
        reason: String::new(),
        decided_by: String::new(),
        decided_at: chrono::NaiveDateTime::default(),
    })
}

pub(super) fn missing_payment(id: PaymentId) -> ServiceError {
    ServiceError::not_found("payment", "khoản tiền", "payment", &id.to_string())
}

fn not_from_the_bank() -> ServiceError {
    ServiceError::conflict(
        "not_from_the_bank",
        "Chỉ so sánh được các khoản tiền có dòng sao kê ngân hàng. Phiếu thu tiền mặt thì hủy phiếu nếu ghi trùng.",
        "Only payments that a bank statement shows can be compared. Void a cash voucher that was recorded twice.",
    )
}

/// Twice the same line: the entries say which two lines are meant.
fn one_line(payment: i64) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "same_line",
        format!(
            "Cả hai đều là một dòng sao kê. Anh/chị hãy chọn hai dòng khác nhau; các dòng của khoản tiền {payment} xem ở mục “lines” của khoản tiền đó."
        ),
        format!(
            "Both are one line of the bank's. Choose two different lines; “lines” of payment {payment} lists those that it rests on."
        ),
    ))
}

fn unlike(one: &EntryRow, other: &EntryRow) -> ServiceError {
    let amount = |row: &EntryRow| Vnd::new(row.amount_dong).grouped();
    let (vi, en) = if one.bank_account_id != other.bank_account_id {
        (
            "Hai dòng thuộc hai tài khoản khác nhau".to_owned(),
            "The two lines are of different accounts".to_owned(),
        )
    } else if one.credit_debit != other.credit_debit {
        (
            "Một dòng là tiền vào, dòng kia là tiền ra".to_owned(),
            "One line is money in, the other money out".to_owned(),
        )
    } else {
        (
            format!("Hai dòng có số tiền khác nhau: {} ₫ và {} ₫", amount(one), amount(other)),
            format!("The two lines differ in amount: {} ₫ and {} ₫", amount(one), amount(other)),
        )
    };
    ServiceError::refused(Diagnostic::new(
        "payments_unlike",
        format!(
            "{vi}, nên chắc chắn là hai khoản tiền và không cần xác nhận. Anh/chị kiểm tra lại hai số vừa nhập."
        ),
        format!(
            "{en}, so they are surely two payments and nothing has to be said of them. Check the two numbers."
        ),
    ))
}
