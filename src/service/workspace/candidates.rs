//! Whom else a payment may be for: what "choose another" and splitting search in.

use std::collections::HashMap;

use serde::Serialize;

use super::search::{amount, students, words};
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::text::squeeze;
use crate::service::{ServiceError, Store, decide};
use crate::store::fees::{self, InvoiceRow};
use crate::store::{Tx, payments, people, queue};

/// The most students that are told.
const MOST: usize = 20;

/// The most open invoices that are told of each.
const INVOICES: usize = 12;

/// Newest invoices among which an open amount is looked for.
const LOOK: i64 = 5_000;

/// A student for whom a payment may be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    /// The student's name.
    pub student: String,
    /// The student's code.
    pub student_code: String,
    /// The class.
    pub class: String,
    /// A guardian's name, to tell namesakes apart.
    pub guardian: Option<String>,
    /// What is open altogether.
    pub open: Vnd,
    /// What is open, the earliest due first.
    pub invoices: Vec<OpenInvoice>,
}

/// An invoice that may be paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OpenInvoice {
    /// Its payment code.
    pub code: String,
    /// What is open.
    pub open: Vnd,
    /// Whether that is exactly what the payment has left.
    pub exact: bool,
    /// What of the payment's rest it would take.
    pub pays: Vnd,
    /// The last day to pay.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Day>,
}

/// The students whom a text names by name without marks, code, class, telephone, payment code or an
/// amount that is open; those with exactly what the payment has left come first. Without words,
/// those of whom exactly that is open.
pub fn candidates(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
    text: &str,
) -> Result<Vec<Candidate>, ServiceError> {
    store.read(|tx| {
        let row = payments::payment(tx, payment.0)?
            .filter(|row| row.school_id == school.0)
            .ok_or_else(|| {
                ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string())
            })?;
        let left = decide::state_of(&row).unallocated;
        of_words(tx, school.0, text, left)
    })
}

/// The students of whom some invoices are, for whom a payment has `left` this much.
pub fn picked(
    store: &Store,
    school: SchoolId,
    codes: &[String],
    left: Vnd,
) -> Result<Vec<Candidate>, ServiceError> {
    store.read(|tx| {
        let mut ids = Vec::with_capacity(codes.len());
        for code in codes {
            ids.extend(fees::find_invoice(tx, school.0, code)?.map(|invoice| invoice.student_id));
        }
        ids.sort_unstable();
        ids.dedup();
        let open = open_invoices(tx, &ids)?;
        let students = people::students_by_id(tx, &ids)?;
        let of = |id: i64| open.get(&id).map(Vec::as_slice).unwrap_or_default();
        Ok(students.iter().map(|student| candidate(student, of(student.id), left)).collect())
    })
}

/// The same for an amount that is left.
pub(super) fn of_words(
    tx: &mut Tx<'_>,
    school: i64,
    text: &str,
    left: Vnd,
) -> Result<Vec<Candidate>, ServiceError> {
    let typed = words(text);
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let (mut ids, _) = students(tx, school, text, &typed)?;
    let mut invoices = Vec::new();
    if let Some(dong) = amount(text).or_else(|| typed.is_empty().then_some(left.dong())) {
        invoices.extend(queue::invoices_open_with(tx, school, dong, (LOOK, most))?);
    }
    let whole = squeeze(text);
    if whole.len() >= 4 {
        invoices.extend(queue::invoices_by_prefix(tx, school, &whole, most)?);
    }
    ids.extend(fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| row.student_id));
    ids.sort_unstable();
    ids.dedup();
    let open = open_invoices(tx, &ids)?;
    let mut found: Vec<(bool, String, Candidate)> = people::students_by_id(tx, &ids)?
        .into_iter()
        .map(|student| {
            let of = open.get(&student.id).map(Vec::as_slice).unwrap_or_default();
            let candidate = candidate(&student, of, left);
            let exact = candidate.open == left || candidate.invoices.iter().any(|one| one.exact);
            (!exact, student.sort_key, candidate)
        })
        .collect();
    found.sort_by(|a, b| (a.0, &a.1, &a.2.student_code).cmp(&(b.0, &b.1, &b.2.student_code)));
    found.truncate(MOST);
    Ok(found.into_iter().map(|(_, _, candidate)| candidate).collect())
}

fn candidate(student: &people::StudentRow, open: &[InvoiceRow], left: Vnd) -> Candidate {
    let rest = |row: &InvoiceRow| row.net_dong.saturating_sub(row.paid_dong);
    Candidate {
        student: student.name.clone(),
        student_code: student.code.clone(),
        class: student.class.clone(),
        guardian: student.guardian_name.clone(),
        open: Vnd::new(open.iter().map(rest).fold(0, i64::saturating_add)),
        invoices: open
            .iter()
            .take(INVOICES)
            .map(|row| OpenInvoice {
                code: row.code.clone(),
                open: Vnd::new(rest(row)),
                exact: Vnd::new(rest(row)) == left,
                pays: left.min(Vnd::new(rest(row))),
                due_on: row.due_on,
            })
            .collect(),
    }
}

/// What is open of some students, the earliest due first.
pub(super) fn open_invoices(
    tx: &mut Tx<'_>,
    students: &[i64],
) -> Result<HashMap<i64, Vec<InvoiceRow>>, ServiceError> {
    let ids = queue::invoices_of_students(tx, students)?;
    let mut rows = fees::invoices_by_id(tx, &ids)?;
    rows.retain(|row| !row.cancelled && row.paid_dong < row.net_dong);
    rows.sort_by_key(|row| (row.due_on.is_none(), row.due_on, row.id));
    let mut open: HashMap<i64, Vec<InvoiceRow>> = HashMap::new();
    for row in rows {
        open.entry(row.student_id).or_default().push(row);
    }
    Ok(open)
}
