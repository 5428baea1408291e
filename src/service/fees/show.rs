//! One invoice with everything about it, and pages of invoices.

use serde::Serialize;

use super::credit_notes::lines_of;
use super::transfer::{Accounts, transfer};
use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::invoice::InvoiceState;
use crate::domain::money::Vnd;
use crate::domain::school_year::SchoolYear;
use crate::service::ServiceError;
use crate::service::queue::InvoiceView;
use crate::store::fees::{self, InvoicePage, InvoiceRow};
use crate::store::rounds as round_store;
use crate::store::{Store, Tx, corrections, people};

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = InvoiceLineView)]
pub struct LineView {
    /// The fee item's code.
    pub item: String,
    /// Its name.
    pub name: String,
    /// How many units, where it was issued here.
    pub quantity: Option<i64>,
    /// Of one unit, in đồng.
    pub price: Option<Vnd>,
    /// What share is waived, in percent. Why is not for everybody and stands nowhere here.
    pub waived_percent: Option<i32>,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
}

/// A part in which an invoice may be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InstalmentView {
    /// The last day to pay it.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
    /// How much, in đồng.
    pub amount: Vnd,
    /// What of it is paid: money counts for the first part first, in đồng.
    pub paid: Vnd,
}

/// A credit note of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CreditNoteView {
    /// Its number in the school year.
    pub number: i64,
    /// The school year: `2026-2027`.
    pub school_year: String,
    /// `correction`, `write_off` or `reissue`.
    pub kind: String,
    /// By how much less is to be paid, in đồng.
    pub net: Vnd,
    /// Why.
    pub reason: String,
    /// Who made it.
    pub made_by: String,
}

/// An invoice with everything about it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct InvoiceDetail {
    /// What lists show of it.
    #[serde(flatten)]
    pub invoice: InvoiceView,
    /// Its number in the school year, where it was issued here.
    pub number: Option<i64>,
    /// The school year: `2026-2027`.
    pub school_year: Option<String>,
    /// The round's code.
    pub round: String,
    /// The round's name.
    pub round_name: String,
    /// What is still to be paid, in đồng.
    pub open: Vnd,
    /// Its lines, in the order in which money goes to them.
    pub lines: Vec<LineView>,
    /// The parts in which it may be paid.
    pub instalments: Vec<InstalmentView>,
    /// What it came down by.
    pub credit_notes: Vec<CreditNoteView>,
    /// The invoice it took the place of.
    pub replaces: Option<String>,
    /// The text of the VietQR code for what is open, where the school has an account for it.
    pub vietqr: Option<String>,
}

/// Which invoices a page shows.
#[derive(Clone, Debug, Default)]
pub struct PageFilter {
    /// Of this round, by code.
    pub round: Option<String>,
    /// Of this student, by code.
    pub student: Option<String>,
    /// In this state.
    pub state: Option<InvoiceState>,
    /// After this one.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// The invoice with this code.
pub fn invoice(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    code: &str,
) -> Result<InvoiceDetail, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let row = fees::find_invoice(tx, school.0, code)?.ok_or_else(|| {
            ServiceError::not_found("invoice", "khoản phải thu mang mã", "invoice", code)
        })?;
        detail(tx, school, &row, today)
    })
}

/// The code of the invoice with this id.
pub fn code_of(store: &Store, school: SchoolId, id: i64) -> Result<String, ServiceError> {
    let found = store.read(|tx| fees::invoices_by_id(tx, &[id]))?;
    let own = found.into_iter().find(|row| row.school_id == school.0);
    own.map(|row| row.code).ok_or_else(|| {
        ServiceError::not_found("invoice", "khoản phải thu số", "invoice", &id.to_string())
    })
}

/// A page of a school's invoices by id, and the id after which the next page begins.
pub fn invoices(
    store: &Store,
    school: SchoolId,
    filter: &PageFilter,
) -> Result<(Vec<InvoiceView>, Option<i64>), ServiceError> {
    store.read(|tx| {
        let round = match &filter.round {
            Some(code) => Some(super::rounds::load(tx, school, code)?.id),
            None => None,
        };
        let student = match &filter.student {
            Some(code) => Some(
                people::find_student(tx, school.0, code)?
                    .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))?
                    .id,
            ),
            None => None,
        };
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let page = InvoicePage {
            round,
            student,
            state: filter.state,
            after: filter.after,
            limit: i64::from(filter.limit) + 1,
        };
        let mut rows = fees::invoices_page(tx, school.0, &page)?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|row| row.id).filter(|_| more);
        let ids: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
        let students: std::collections::HashMap<i64, people::StudentRow> =
            people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let views = rows
            .into_iter()
            .map(|row| {
                let student = students.get(&row.student_id);
                view(&row, student)
            })
            .collect();
        Ok((views, next))
    })
}

fn view(row: &InvoiceRow, student: Option<&people::StudentRow>) -> InvoiceView {
    let (net, paid) = (Vnd::new(row.net_dong), Vnd::new(row.paid_dong));
    let (student_code, student_name, class) = student
        .map(|student| (student.code.clone(), student.name.clone(), student.class.clone()))
        .unwrap_or_default();
    InvoiceView {
        id: row.id,
        code: row.code.clone(),
        student_code,
        student_name,
        class: row.class.clone().unwrap_or(class),
        gross: Vnd::new(row.gross_dong),
        waived: Vnd::new(row.waived_dong),
        net,
        paid,
        state: InvoiceState::of(net, paid, row.cancelled),
        due_on: row.due_on,
    }
}

fn detail(
    tx: &mut Tx<'_>,
    school: SchoolId,
    row: &InvoiceRow,
    today: Day,
) -> Result<InvoiceDetail, ServiceError> {
    let student = people::students_by_id(tx, &[row.student_id])?.into_iter().next();
    let view = view(row, student.as_ref());
    let open = view.state.open(view.net, view.paid).ok_or_else(ServiceError::overflow)?;
    let items = fees::fee_items_of(tx, school.0)?;
    let lines = lines_of(tx, row.id)?
        .into_iter()
        .map(|line| {
            let item = items.iter().find(|item| item.id == line.fee_item_id);
            LineView {
                item: item.map(|item| item.code.clone()).unwrap_or_default(),
                name: item.map(|item| item.name.clone()).unwrap_or_default(),
                quantity: line.quantity,
                price: line.price_dong.map(Vnd::new),
                waived_percent: line.share_percent,
                gross: Vnd::new(line.gross_dong),
                waived: Vnd::new(line.waived_dong),
                net: Vnd::new(line.net_dong),
            }
        })
        .collect();
    let round = round_store::by_id(tx, row.round_id)?;
    let mut paid = row.paid_dong;
    let instalments = round_store::instalments_of(tx, row.id)?
        .into_iter()
        .map(|part| {
            let own = paid.min(part.amount_dong);
            paid = paid.saturating_sub(own);
            InstalmentView {
                due_on: part.due_on,
                amount: Vnd::new(part.amount_dong),
                paid: Vnd::new(own),
            }
        })
        .collect();
    let credit_notes = corrections::credit_notes_of(tx, row.id)?
        .into_iter()
        .map(|note| CreditNoteView {
            number: note.number,
            school_year: SchoolYear::beginning(note.school_year).to_string(),
            kind: note.kind,
            net: Vnd::new(note.net_dong),
            reason: note.reason,
            made_by: note.made_by,
        })
        .collect();
    let old_id: Vec<i64> = row.replaces_id.into_iter().collect();
    let replaces = fees::invoices_by_id(tx, &old_id)?.into_iter().next().map(|old| old.code);
    let accounts = Accounts::of(tx, school, today)?;
    let given = view.student_name.split_whitespace().last().unwrap_or_default();
    let vietqr = accounts
        .chosen(round.bank_account_id)
        .filter(|_| open.is_positive())
        .and_then(|account| transfer(account, None, open, (&row.code, &[given, &view.class])))
        .map(|transfer| transfer.payload);
    Ok(InvoiceDetail {
        invoice: view,
        number: row.number,
        school_year: row.school_year.map(|year| SchoolYear::beginning(year).to_string()),
        round: round.code,
        round_name: round.name,
        open,
        lines,
        instalments,
        credit_notes,
        replaces,
        vietqr,
    })
}
