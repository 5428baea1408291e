//! Writes off what will never be paid: one person asks, another agrees.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::credit_notes::{self, Why, lines_of, open_to_correction};
use super::record;
use crate::clock::Clock;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::service::limits;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, decide, directory, second_person};
use crate::store::corrections::{self as store, Reduction, WriteOffRow};
use crate::store::fees::{self, InvoiceRow};
use crate::store::people::{self, StudentRow};
use crate::store::{Store, Tx};

/// What is asked for.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct WriteOffTerms {
    /// How much, in đồng; at most what is open.
    pub amount: Vnd,
    /// Why.
    #[garde(custom(limits::reason), length(chars, max = limits::TEXT))]
    pub reason: String,
}

/// A write-off as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WriteOffView {
    /// Its number.
    pub id: i64,
    /// The invoice's code.
    pub invoice: String,
    /// How much, in đồng.
    pub amount: Vnd,
    /// Why.
    pub reason: String,
    /// `asked`, `approved` or `refused`.
    pub state: String,
    /// Who asked.
    pub asked_by: String,
    /// Who agreed or did not.
    pub decided_by: Option<String>,
}

/// Asks for a write-off. Nothing changes before somebody else agrees.
pub fn ask(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &WriteOffTerms,
) -> Result<WriteOffView, ServiceError> {
    if terms.reason.trim().is_empty() {
        return Err(decide::reason_needed());
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let invoice = open_to_correction(tx, school, code)?;
        let open = Vnd::new(invoice.net_dong.saturating_sub(invoice.paid_dong));
        if !terms.amount.is_positive() || terms.amount > open {
            return Err(beyond_open(open));
        }
        let waiting = store::write_offs_of(tx, school.0)?;
        if waiting.iter().any(|row| row.invoice_id == invoice.id && row.state == "asked") {
            return Err(ServiceError::conflict(
                "write_off_waits",
                "Khoản phải thu này đã có đề nghị xóa nợ đang chờ duyệt.",
                "A write-off of this invoice waits for consent already.",
            ));
        }
        let row = WriteOffRow {
            id: tx.next_id()?,
            school_id: school.0,
            invoice_id: invoice.id,
            amount_dong: terms.amount.dong(),
            reason: terms.reason.clone(),
            state: "asked".to_owned(),
            asked_by: actor.as_str().to_owned(),
            asked_at: clock.now(),
            decided_by: None,
            decided_at: None,
            credit_note_id: None,
        };
        store::insert_write_off(tx, &row)?;
        let detail = serde_json::json!({ "amount_dong": row.amount_dong, "code": invoice.code });
        let what = ("write_off.ask", "write_off", row.id);
        record(tx, school.0, (actor, clock.now()), what, &detail)?;
        Ok(view(row, invoice.code))
    })
}

/// Agrees to a write-off, or does not. Who asked cannot agree.
pub fn decide(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, write_off): (SchoolId, i64),
    agree: bool,
) -> Result<WriteOffView, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let now = clock.now();
        let mut row = load(tx, school, write_off)?;
        let words = ("Đề nghị xóa nợ", "write-off");
        second_person::refuse_decided(&row.state, "write_off_decided", words)?;
        if agree {
            second_person::refuse_same(&row.asked_by, actor, ("xóa nợ", "a write-off"))?;
        }
        let invoice = fees::invoices_by_id(tx, &[row.invoice_id])?.into_iter().next();
        let invoice = invoice.ok_or_else(|| {
            ServiceError::not_found("invoice", "khoản phải thu", "invoice", &write_off.to_string())
        })?;
        if agree {
            let open = Vnd::new(invoice.net_dong.saturating_sub(invoice.paid_dong));
            if invoice.cancelled || Vnd::new(row.amount_dong) > open {
                return Err(beyond_open(open));
            }
            let lines = open_lines(tx, invoice.id, row.amount_dong)?;
            let why = Why { kind: "write_off", rule: "write-off/1", reason: &row.reason.clone() };
            credit_notes::lower(tx, school, (&invoice, &lines), None, (actor, now), &why)?;
            row.credit_note_id = store::credit_notes_of(tx, invoice.id)?.last().map(|note| note.id);
        }
        if agree { "approved" } else { "refused" }.clone_into(&mut row.state);
        row.decided_by = Some(actor.as_str().to_owned());
        row.decided_at = Some(now);
        store::decide_write_off(tx, &row)?;
        let detail = serde_json::json!({ "amount_dong": row.amount_dong, "state": row.state });
        let what = ("write_off.decide", "write_off", row.id);
        record(tx, school.0, (actor, now), what, &detail)?;
        settle::replay(tx, &school_row, &Replay::undecided(), now)?;
        Ok(view(row, invoice.code))
    })
}

/// The write-offs of a school, newest first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<WriteOffView>, ServiceError> {
    store.read(|tx| {
        let rows = store::write_offs_of(tx, school.0)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.invoice_id).collect();
        let codes: HashMap<i64, String> =
            fees::invoices_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row.code)).collect();
        Ok(rows
            .into_iter()
            .map(|row| {
                let code = codes.get(&row.invoice_id).cloned().unwrap_or_default();
                view(row, code)
            })
            .collect())
    })
}

/// A write-off with whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteOffLine {
    /// The write-off.
    pub write_off: WriteOffView,
    /// The invoice's row.
    pub invoice: i64,
    /// The student's row.
    pub student: i64,
    /// The student's name.
    pub name: String,
    /// The class.
    pub class: String,
}

/// A page of write-offs, newest first, and the one after which the next page begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    (state, before): (Option<&str>, Option<i64>),
    limit: u32,
) -> Result<(Vec<WriteOffLine>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let wanted = i64::from(limit).saturating_add(1);
        let mut rows = store::write_offs_page(tx, school.0, (state, before), wanted)?;
        let more = rows.len() > most;
        rows.truncate(most);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let ids: Vec<i64> = rows.iter().map(|row| row.invoice_id).collect();
        let invoices: HashMap<i64, InvoiceRow> =
            fees::invoices_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let ids: Vec<i64> = invoices.values().map(|row| row.student_id).collect();
        let students: HashMap<i64, StudentRow> =
            people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let lines = rows.into_iter().filter_map(|row| {
            let invoice = invoices.get(&row.invoice_id)?;
            let student = students.get(&invoice.student_id)?;
            Some(WriteOffLine {
                write_off: view(row, invoice.code.clone()),
                invoice: invoice.id,
                student: student.id,
                name: student.name.clone(),
                class: student.class.clone(),
            })
        });
        Ok((lines.collect(), next))
    })
}

/// Which lines come down: what is open on them, the last in the order of payment first.
fn open_lines(
    tx: &mut Tx<'_>,
    invoice: i64,
    amount: i64,
) -> Result<Vec<(i64, Reduction)>, ServiceError> {
    let allocated: HashMap<i64, i64> =
        crate::store::decisions::allocated_by_line(tx, &[invoice])?.into_iter().collect();
    let mut rest = amount;
    let mut reductions = Vec::new();
    for line in lines_of(tx, invoice)?.iter().rev() {
        let used = allocated.get(&line.id).copied().unwrap_or_default();
        let net = rest.min(line.net_dong.saturating_sub(used));
        if net > 0 {
            rest = rest.saturating_sub(net);
            reductions.push((line.id, Reduction { gross: net, waived: 0, net }));
        }
    }
    Ok(reductions)
}

fn load(tx: &mut Tx<'_>, school: SchoolId, id: i64) -> Result<WriteOffRow, ServiceError> {
    store::write_off(tx, id)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("write_off", "đề nghị xóa nợ", "write-off", &id.to_string())
    })
}

fn view(row: WriteOffRow, invoice: String) -> WriteOffView {
    WriteOffView {
        id: row.id,
        invoice,
        amount: Vnd::new(row.amount_dong),
        reason: row.reason,
        state: row.state,
        asked_by: row.asked_by,
        decided_by: row.decided_by,
    }
}

fn beyond_open(open: Vnd) -> ServiceError {
    let open = open.grouped();
    ServiceError::refused(Diagnostic::new(
        "beyond_open",
        format!("Chỉ xóa nợ được phần còn phải thu: từ 1 đến {open} ₫."),
        format!("Only what is open can be written off: 1 to {open} ₫."),
    ))
}
