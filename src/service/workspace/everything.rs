//! One box for everything: students by name, code, telephone or payment code; payments by amount,
//! reference or the words of the bank's text.

use serde::Serialize;

use super::candidates::open_invoices;
use super::filter::Filter;
use super::rows::Row;
use super::search::{students, words};
use super::{Tab, queue};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::text::{last_four, squeeze};
use crate::service::{ServiceError, Store};
use crate::store::{fees, people, queue as lines};

/// The most students that are told.
const STUDENTS: usize = 20;

/// The most payments that are told.
const PAYMENTS: u32 = 20;

/// The shortest beginning of a payment code.
const PREFIX: usize = 4;

/// What a text finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Everything {
    /// The students.
    pub students: Vec<StudentHit>,
    /// Whether more students fit.
    pub more_students: bool,
    /// The payments, as the queue shows them.
    pub payments: Vec<Row>,
    /// Whether more payments fit.
    pub more_payments: bool,
}

/// A student that a text finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StudentHit {
    /// The row.
    pub id: i64,
    /// The school's own code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: String,
    /// A guardian's name.
    pub guardian: Option<String>,
    /// The last four digits of the telephone.
    pub phone: Option<String>,
    /// Whether the student has left.
    pub left: bool,
    /// What is open altogether.
    pub open: Vnd,
}

/// Everything of a school that a text finds; payments only `with_payments`.
pub fn everything(
    store: &Store,
    school: SchoolId,
    text: &str,
    with_payments: bool,
    lang: Lang,
) -> Result<Everything, ServiceError> {
    let typed = words(text);
    if typed.is_empty() {
        return Ok(Everything::default());
    }
    let (mut hits, narrow) = store.read(|tx| {
        let (mut ids, narrow) = students(tx, school.0, text, &typed)?;
        let whole = squeeze(text);
        if whole.len() >= PREFIX {
            let most = i64::try_from(STUDENTS).unwrap_or(i64::MAX);
            let invoices = lines::invoices_by_prefix(tx, school.0, &whole, most)?;
            ids.extend(fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| row.student_id));
        }
        ids.sort_unstable();
        ids.dedup();
        let open = open_invoices(tx, &ids)?;
        let mut rows = people::students_by_id(tx, &ids)?;
        rows.sort_by(|a, b| (&a.sort_key, &a.code).cmp(&(&b.sort_key, &b.code)));
        let hits: Vec<StudentHit> = rows
            .into_iter()
            .map(|row| StudentHit {
                open: open
                    .get(&row.id)
                    .into_iter()
                    .flatten()
                    .map(|one| Vnd::new(one.net_dong.saturating_sub(one.paid_dong)))
                    .fold(Vnd::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum)),
                id: row.id,
                code: row.code,
                name: row.name,
                class: row.class,
                guardian: row.guardian_name,
                phone: row.phone.as_deref().map(last_four),
                left: row.left_on.is_some(),
            })
            .collect();
        Ok::<_, ServiceError>((hits, narrow))
    })?;
    let more_students = narrow || hits.len() > STUDENTS;
    hits.truncate(STUDENTS);
    let mut found = Everything { students: hits, more_students, ..Everything::default() };
    if with_payments {
        let filter = Filter { tab: Tab::All, text: Some(text.to_owned()), ..Filter::default() };
        let page = queue::page(store, school, &filter, (None, PAYMENTS), lang)?;
        found.more_payments = page.next.is_some();
        found.payments = page.rows;
    }
    Ok(found)
}
