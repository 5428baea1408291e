//! Brings an invoice down after it was issued: by a credit note, or by issuing it anew. Money that it
//! does not take any more becomes credit, or goes to the new one.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::corrections::{self, Instead};
use super::issuing::Plan;
use super::{ItemsByWord, record};
use crate::clock::{Clock, local_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::{Share, waived};
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::payment_code::Prefix;
use crate::domain::school_year::SchoolYear;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, decide, directory};
use crate::store::corrections::{self as store, CreditNoteLineRow, CreditNoteRow, Reduction};
use crate::store::fees::{self, InvoiceLineRow, InvoiceRow};
use crate::store::rounds as round_store;
use crate::store::{Store, Tx, people};

/// By how much a line of an invoice comes down: by units, or by an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineCredit {
    /// The fee item, by code or name.
    pub item: String,
    /// So many units less; what is waived comes down with them.
    #[serde(default)]
    pub quantity: Option<i64>,
    /// So much less to pay, in đồng.
    #[serde(default)]
    pub amount: Option<Vnd>,
}

/// A credit note that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CreditNote {
    /// Its number in the school year, without gaps.
    pub number: i64,
    /// By how much less is to be paid, in đồng.
    pub net: Vnd,
    /// What was paid already and became credit or went to the new invoice, in đồng.
    pub moved: Vnd,
    /// The new invoice's code, where one took its place.
    pub replaced_by: Option<String>,
}

/// Makes a credit note for lines of an invoice.
pub fn correct(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    credits: &[LineCredit],
    reason: &str,
) -> Result<CreditNote, ServiceError> {
    correct_seen(store, clock, actor, (school, code, None), credits, reason)
}

/// The same for somebody who saw the invoice with a certain net: refused where it is another by now, so
/// that a form sent twice makes one credit note.
pub fn correct_seen(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code, seen): (SchoolId, &str, Option<Vnd>),
    credits: &[LineCredit],
    reason: &str,
) -> Result<CreditNote, ServiceError> {
    if reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let now = clock.now();
        let invoice = open_to_correction(tx, school, code)?;
        if seen.is_some_and(|net| net.dong() != invoice.net_dong) {
            return Err(changed_since(code));
        }
        let lines = lines_of(tx, invoice.id)?;
        let items = ItemsByWord::load(tx, school.0)?;
        let mut reductions: Vec<(i64, Reduction)> = Vec::new();
        for credit in credits {
            let item = items.load_one(&credit.item)?;
            let line = lines.iter().find(|line| line.fee_item_id == item.id).ok_or_else(|| {
                ServiceError::not_found(
                    "invoice_line",
                    "khoản thu trong khoản phải thu này:",
                    "line of this invoice for",
                    &item.code,
                )
            })?;
            if reductions.iter().any(|(id, _)| *id == line.id) {
                return Err(item_twice(&item.code));
            }
            reductions.push((line.id, reduction(line, credit, &item.code)?));
        }
        if reductions.is_empty() {
            return Err(nothing_to_correct());
        }
        let why = Why { kind: "correction", rule: "credit-note/1", reason };
        let made = lower(tx, school, (&invoice, &reductions), None, (actor, now), &why)?;
        settle::replay(tx, &school_row, &Replay::undecided(), now)?;
        Ok(made)
    })
}

/// Cancels an invoice of a round that was issued here and issues it anew, as prices, choices and
/// exemptions are now, with other quantities where they are said. What was paid goes to the new one.
pub fn reissue(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    prefixes: &[Prefix],
    (school, code): (SchoolId, &str),
    quantities: &[(String, i64)],
    reason: &str,
) -> Result<CreditNote, ServiceError> {
    if reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let now = clock.now();
        let old = open_to_correction(tx, school, code)?;
        if old.number.is_none() {
            return Err(not_issued_here());
        }
        let round = round_store::by_id(tx, old.round_id)?;
        let items = ItemsByWord::load(tx, school.0)?;
        let mut other = HashMap::new();
        for (item, quantity) in quantities {
            other.insert((old.student_id, items.load_one(item)?.id), *quantity);
        }
        let plan =
            Plan::make(tx, school, &round, local_day(now), &other)?.of_student(old.student_id);
        plan.refuse_problems()?;
        fees::set_cancelled(tx, old.id, true)?;
        let written = plan.write(tx, school, prefixes, now, Some(old.id))?;
        let heir = written.first().map(|due| (due.invoice, due.open));
        let new = match heir {
            Some((id, _)) => fees::invoices_by_id(tx, &[id])?.into_iter().next(),
            None => None,
        };
        let all: Vec<(i64, Reduction)> = lines_of(tx, old.id)?
            .iter()
            .map(|line| {
                let (gross, waived, net) = (line.gross_dong, line.waived_dong, line.net_dong);
                (line.id, Reduction { gross, waived, net })
            })
            .collect();
        let why = Why { kind: "reissue", rule: "reissue/1", reason };
        let mut made = lower(tx, school, (&old, &all), heir, (actor, now), &why)?;
        made.replaced_by = new.map(|row| row.code);
        settle::replay(tx, &school_row, &Replay::undecided(), now)?;
        Ok(made)
    })
}

/// Why an invoice comes down.
pub(super) struct Why<'a> {
    /// `correction`, `write_off` or `reissue`.
    pub kind: &'static str,
    /// The rule that decisions about its payments carry.
    pub rule: &'static str,
    pub reason: &'a str,
}

/// Brings an invoice down by some lines: the lines, what stands on them, the invoice, its instalments,
/// and a numbered note of it.
pub(super) fn lower(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (invoice, lines): (&InvoiceRow, &[(i64, Reduction)]),
    next: Option<(i64, Vnd)>,
    (actor, at): (&Actor, NaiveDateTime),
    why: &Why<'_>,
) -> Result<CreditNote, ServiceError> {
    let sum = lines.iter().try_fold(Reduction::default(), |sum, (_, one)| {
        Some(Reduction {
            gross: sum.gross.checked_add(one.gross)?,
            waived: sum.waived.checked_add(one.waived)?,
            net: sum.net.checked_add(one.net)?,
        })
    });
    let sum = sum.ok_or_else(ServiceError::overflow)?;
    for (line, by) in lines {
        store::lower_line(tx, *line, *by)?;
    }
    let student = people::students_by_id(tx, &[invoice.student_id])?.into_iter().next();
    let instead = Instead {
        invoice: invoice.id,
        takes: Vnd::new(invoice.net_dong)
            .checked_sub(Vnd::new(sum.net))
            .ok_or_else(ServiceError::overflow)?,
        next,
        family: student.map(|row| row.family_id).unwrap_or_default(),
    };
    let by = (actor.as_str(), at);
    let moved = corrections::move_money(tx, school.0, &instead, by, (why.rule, why.reason))?;
    store::lower_invoice(tx, invoice.id, sum)?;
    lower_instalments(tx, invoice.id, sum.net)?;
    let year = SchoolYear::of(local_day(at)).first_year();
    let id = tx.next_id()?;
    let row = CreditNoteRow {
        id,
        school_id: school.0,
        invoice_id: invoice.id,
        kind: why.kind.to_owned(),
        number: round_store::last_credit_note_number(tx, school.0, year)?.saturating_add(1),
        school_year: year,
        gross_dong: sum.gross,
        waived_dong: sum.waived,
        net_dong: sum.net,
        reason: why.reason.to_owned(),
        made_by: actor.as_str().to_owned(),
        made_at: at,
    };
    let mut rows = Vec::with_capacity(lines.len());
    for (line, by) in lines {
        rows.push(CreditNoteLineRow {
            id: tx.next_id()?,
            school_id: school.0,
            credit_note_id: id,
            invoice_line_id: *line,
            gross_dong: by.gross,
            waived_dong: by.waived,
            net_dong: by.net,
        });
    }
    store::insert_credit_note(tx, &row, &rows)?;
    let detail = serde_json::json!({
        "code": invoice.code, "credit_note": id, "kind": why.kind, "moved_dong": moved.dong(),
        "net_dong": sum.net, "reason": why.reason,
    });
    let what = ("invoice.credit", "invoice", invoice.id);
    record(tx, school.0, (actor, at), what, &detail)?;
    Ok(CreditNote { number: row.number, net: Vnd::new(sum.net), moved, replaced_by: None })
}

/// The last instalment comes down first.
fn lower_instalments(tx: &mut Tx<'_>, invoice: i64, net: i64) -> Result<(), ServiceError> {
    let mut rest = net;
    for part in round_store::instalments_of(tx, invoice)?.into_iter().rev() {
        let less = rest.min(part.amount_dong);
        if less > 0 {
            round_store::set_instalment(tx, part.id, part.amount_dong.saturating_sub(less))?;
            rest = rest.saturating_sub(less);
        }
    }
    Ok(())
}

pub(super) fn lines_of(tx: &mut Tx<'_>, invoice: i64) -> Result<Vec<InvoiceLineRow>, ServiceError> {
    Ok(fees::lines_of(tx, &[invoice])?.into_iter().map(|(line, _)| line).collect())
}

pub(super) fn open_to_correction(
    tx: &mut Tx<'_>,
    school: SchoolId,
    code: &str,
) -> Result<InvoiceRow, ServiceError> {
    let invoice = fees::find_invoice(tx, school.0, code)?.ok_or_else(|| {
        ServiceError::not_found("invoice", "khoản phải thu mang mã", "invoice", code)
    })?;
    if invoice.cancelled {
        return Err(ServiceError::conflict(
            "invoice_cancelled",
            format!("Khoản phải thu {code} đã hủy, không điều chỉnh được nữa."),
            format!("Invoice {code} is cancelled and cannot be corrected any more."),
        ));
    }
    Ok(invoice)
}

fn reduction(
    line: &InvoiceLineRow,
    credit: &LineCredit,
    item: &str,
) -> Result<Reduction, ServiceError> {
    let by = match (credit.quantity, credit.amount) {
        (Some(units), None) if units > 0 => {
            let (Some(price), Some(had)) = (line.price_dong, line.quantity) else {
                return Err(no_units(item));
            };
            let gross = price.checked_mul(units).ok_or_else(ServiceError::overflow)?;
            if units > had || gross > line.gross_dong {
                return Err(too_much(item, line));
            }
            let share = line.share_percent.and_then(|percent| Share::new(i64::from(percent)));
            let left = Vnd::new(line.gross_dong.saturating_sub(gross));
            let waived_then = match share {
                Some(share) => waived(left, share).ok_or_else(ServiceError::overflow)?.dong(),
                None => 0,
            };
            let waived = line.waived_dong.saturating_sub(waived_then);
            Reduction { gross, waived, net: gross.saturating_sub(waived) }
        }
        (None, Some(amount)) if amount.is_positive() => {
            Reduction { gross: amount.dong(), waived: 0, net: amount.dong() }
        }
        _ => return Err(nothing_to_correct()),
    };
    if by.net > line.net_dong || by.net < 0 || by.waived < 0 {
        return Err(too_much(item, line));
    }
    Ok(by)
}

fn changed_since(code: &str) -> ServiceError {
    ServiceError::conflict(
        "invoice_changed",
        format!(
            "Khoản phải thu {code} đã thay đổi sau khi anh/chị mở trang. Xem lại số tiền rồi ghi lại nếu vẫn cần."
        ),
        format!(
            "Invoice {code} has changed since you opened the page. Look at it again, then correct it if still needed."
        ),
    )
}

fn nothing_to_correct() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "nothing_to_correct",
        "Mỗi dòng điều chỉnh giảm cần hoặc số lượng, hoặc số tiền, lớn hơn 0.",
        "Each line of a credit note needs either a quantity or an amount above 0.",
    ))
}

fn item_twice(item: &str) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "item_twice",
        format!("Khoản thu {item} có hai lần. Gộp thành một dòng."),
        format!("Fee item {item} comes twice. Make it one line."),
    ))
}

fn no_units(item: &str) -> ServiceError {
    ServiceError::conflict(
        "no_units",
        format!(
            "Khoản thu {item} của khoản phải thu này không có số lượng và đơn giá. Ghi số tiền giảm."
        ),
        format!("Fee item {item} of this invoice has no quantity and price. Say the amount."),
    )
}

fn too_much(item: &str, line: &InvoiceLineRow) -> ServiceError {
    let net = Vnd::new(line.net_dong).grouped();
    ServiceError::conflict(
        "credit_too_large",
        format!("Khoản thu {item} chỉ còn phải thu {net} ₫, không giảm nhiều hơn được."),
        format!("Fee item {item} is {net} ₫; it cannot come down by more."),
    )
}

fn not_issued_here() -> ServiceError {
    ServiceError::conflict(
        "invoice_listed",
        "Khoản phải thu này đến từ danh sách đã nhập. Hủy khoản này rồi nhập lại, hoặc điều chỉnh giảm.",
        "This invoice came with a list. Cancel it and import it again, or make a credit note.",
    )
}
