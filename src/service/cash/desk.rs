//! The cash desk: finds who pays, shows what the family owes, takes the money.

use std::collections::HashMap;

use super::{NewCash, NewSlip, record, record_slip};
use crate::clock::{Clock, local_day};
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::text::fold;
use crate::service::{Actor, ServiceError};
use crate::store::people::{self, StudentRow};
use crate::store::{Store, Tx, cash, directory, payments, till};

/// The most students that one search shows.
const MOST_FOUND: i64 = 20;

/// The fewest digits that are taken for a part of a phone number.
const FEWEST_DIGITS: usize = 6;

/// Somebody for whom money may be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The student's row.
    pub id: i64,
    /// The school's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The class.
    pub class: String,
    /// What the student owes, in đồng.
    pub owed: Vnd,
}

/// An invoice that can be paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenInvoice {
    /// Its row.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// Whose, for people.
    pub student: String,
    /// Whose class.
    pub class: String,
    /// Whether it is the student's who was asked for, and not a brother's or sister's.
    pub own: bool,
    /// The round's name.
    pub round: String,
    /// The last day to pay it.
    pub due_on: Option<Day>,
    /// Whether that day has gone by.
    pub overdue: bool,
    /// What is due, in đồng.
    pub net: Vnd,
    /// What is paid, in đồng.
    pub paid: Vnd,
    /// What is still to be paid, in đồng.
    pub open: Vnd,
}

/// Money at the bank that nobody has used yet, of the same amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The payment.
    pub payment: PaymentId,
    /// The bank's day.
    pub day: Day,
    /// How much, in đồng.
    pub amount: Vnd,
    /// The transfer's text.
    pub text: String,
}

/// A student at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Who.
    pub payer: Payer,
    /// Who usually brings the money.
    pub guardian: Option<String>,
    /// What the family owes: the student's own invoices, then the others'.
    pub invoices: Vec<OpenInvoice>,
    /// Credits at the bank of what one of them, or all own ones together, would cost.
    pub waiting: Vec<Waiting>,
}

/// By what it is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Means {
    /// Cash: a voucher with the next number.
    Cash,
    /// A card that was put through a terminal.
    Card {
        /// The terminal's number.
        terminal: String,
        /// The slip's number there.
        slip: String,
    },
}

/// Money that is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taking {
    /// For which student.
    pub student: i64,
    /// The invoices it pays, by their rows; the first due first.
    pub invoices: Vec<i64>,
    /// How much; everything that is open on them where absent.
    pub amount: Option<Vnd>,
    /// Who brought it.
    pub payer: String,
    /// The day it was taken.
    pub received_on: Day,
    /// Anything worth keeping.
    pub note: Option<String>,
    /// By what.
    pub means: Means,
    /// Whether it is taken although an equal credit waits at the bank.
    pub despite_waiting: bool,
    /// The form's own id: the same form again takes nothing twice.
    pub request_key: String,
}

/// Students found by a few words of name, class or code, with or without marks, or by a phone number.
pub fn find(store: &Store, school: SchoolId, text: &str) -> Result<Vec<Payer>, ServiceError> {
    let words: Vec<String> = fold(text)
        .split_whitespace()
        .map(|word| word.replace(['%', '_', '\\'], ""))
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '.' | '-')).collect();
    let is_number = digits.len() >= FEWEST_DIGITS && digits.bytes().all(|b| b.is_ascii_digit());
    store.read(|tx| {
        let wanted = (words.as_slice(), is_number.then_some(digits.as_str()));
        let rows = till::find_students(tx, school.0, wanted, MOST_FOUND)?;
        payers(tx, rows)
    })
}

/// The students of a class who owe something, in the order of their names.
pub fn class(store: &Store, school: SchoolId, class: &str) -> Result<Vec<Payer>, ServiceError> {
    store.read(|tx| {
        let rows = till::students_of_class(tx, school.0, class)?;
        let mut found = payers(tx, rows)?;
        found.retain(|payer| payer.owed.is_positive());
        Ok(found)
    })
}

/// The codes of the students of a class by their rows.
pub fn class_codes(
    store: &Store,
    school: SchoolId,
    class: &str,
) -> Result<HashMap<i64, String>, ServiceError> {
    store.read(|tx| {
        let rows = till::students_of_class(tx, school.0, class)?;
        Ok(rows.into_iter().map(|row| (row.id, row.code)).collect())
    })
}

/// The names of a school's classes.
pub fn classes(store: &Store, school: SchoolId) -> Result<Vec<String>, ServiceError> {
    store.read(|tx| {
        let rows = crate::store::roster::classes_of(tx, school.0)?;
        Ok(rows.into_iter().map(|row| row.name).collect())
    })
}

/// A student at the desk.
pub fn desk(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    student: i64,
) -> Result<Desk, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let row = load(tx, school, student)?;
        let guardian = row.guardian_name.clone();
        let invoices = invoices_of(tx, &row, today)?;
        let own = invoices.iter().filter(|one| one.own).map(|one| one.open);
        let owed = Vnd::checked_sum(own).ok_or_else(ServiceError::overflow)?;
        let mut amounts: Vec<i64> = invoices.iter().map(|one| one.open.dong()).collect();
        amounts.push(owed.dong());
        let waiting = waiting(tx, school, &amounts)?;
        Ok(Desk { payer: payer(row, owed), guardian, invoices, waiting })
    })
}

/// Takes money and gives its payment. The same form again gives the same one.
pub fn take(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    taking: &Taking,
) -> Result<PaymentId, ServiceError> {
    let today = local_day(clock.now());
    if taking.received_on > today {
        return Err(of_field(
            "received_in_future",
            "received_on",
            format!(
                "Ngày thu {} chưa đến. Ghi hôm nay hoặc một ngày trước đó.",
                vietnamese_day(taking.received_on)
            ),
            format!("The day {} is still to come. Write today or before.", taking.received_on),
        ));
    }
    let found = store.read(|tx| {
        let key = &taking.request_key;
        let known = match taking.means {
            Means::Cash => payments::voucher_of_request(tx, school.0, key)?.map(|v| v.payment_id),
            Means::Card { .. } => cash::slip_of_request(tx, school.0, key)?.map(|s| s.payment_id),
        };
        if let Some(known) = known {
            return Ok(Err(PaymentId(known)));
        }
        let row = load(tx, school, taking.student)?;
        let (allocations, amount) = spread(&invoices_of(tx, &row, today)?, taking)?;
        if !taking.despite_waiting && !waiting(tx, school, &[amount.dong()])?.is_empty() {
            return Err(equal_waits(amount));
        }
        Ok::<_, ServiceError>(Ok(allocations))
    })?;
    let allocations = match found {
        Err(known) => return Ok(known),
        Ok(allocations) => allocations,
    };
    let (payer, note) = (taking.payer.trim().to_owned(), taking.note.clone());
    match &taking.means {
        Means::Cash => {
            let new = NewCash {
                allocations,
                payer,
                received_on: taking.received_on,
                note,
                request_key: Some(taking.request_key.clone()),
            };
            Ok(record(store, clock, actor, school, &new)?.payment)
        }
        Means::Card { terminal, slip } => {
            let new = NewSlip {
                terminal: terminal.clone(),
                slip: slip.clone(),
                paid_on: taking.received_on,
                allocations,
                payer,
                note,
            };
            let key = Some(taking.request_key.as_str());
            Ok(record_slip(store, clock, actor, school, &new, key)?.payment)
        }
    }
}

/// Spreads what is taken over the invoices that were ticked: the first due first.
fn spread(
    open: &[OpenInvoice],
    taking: &Taking,
) -> Result<(Vec<(String, Vnd)>, Vnd), ServiceError> {
    let ticked: Vec<&OpenInvoice> =
        open.iter().filter(|one| taking.invoices.contains(&one.id)).collect();
    if ticked.is_empty() {
        return Err(of_field(
            "nothing_to_pay",
            "invoice",
            "Chọn ít nhất một khoản còn phải thu.".to_owned(),
            "Choose at least one invoice that is open.".to_owned(),
        ));
    }
    let owed = Vnd::checked_sum(ticked.iter().map(|one| one.open));
    let owed = owed.ok_or_else(ServiceError::overflow)?;
    let amount = taking.amount.unwrap_or(owed);
    if !amount.is_positive() || amount > owed {
        let owed = owed.grouped();
        return Err(of_field(
            "amount_too_much",
            "amount",
            format!(
                "Các khoản đã chọn chỉ còn phải thu {owed} ₫. Sửa số tiền, hoặc chọn thêm khoản."
            ),
            format!("What you ticked comes to {owed} ₫ only. Correct the amount, or tick more."),
        ));
    }
    let mut rest = amount;
    let mut allocations = Vec::new();
    for one in ticked {
        let part = rest.min(one.open);
        if part.is_positive() {
            allocations.push((one.code.clone(), part));
            rest = rest.checked_sub(part).ok_or_else(ServiceError::overflow)?;
        }
    }
    Ok((allocations, amount))
}

fn load(tx: &mut Tx<'_>, school: SchoolId, student: i64) -> Result<StudentRow, ServiceError> {
    let found = people::students_by_id(tx, &[student])?.into_iter().next();
    found.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("student", "học sinh", "student", &student.to_string())
    })
}

/// What a student's family owes, the student's own first.
fn invoices_of(
    tx: &mut Tx<'_>,
    student: &StudentRow,
    today: Day,
) -> Result<Vec<OpenInvoice>, ServiceError> {
    let family = people::students_of_family(tx, student.family_id)?;
    let ids: Vec<i64> = family.iter().map(|row| row.id).collect();
    let by_id: HashMap<i64, &StudentRow> = family.iter().map(|row| (row.id, row)).collect();
    let mut found = Vec::new();
    for (row, round) in till::open_invoices(tx, &ids)? {
        let whose = by_id.get(&row.student_id);
        let (net, paid) = (Vnd::new(row.net_dong), Vnd::new(row.paid_dong));
        found.push(OpenInvoice {
            id: row.id,
            code: row.code,
            student: whose.map(|one| one.name.clone()).unwrap_or_default(),
            class: whose.map(|one| one.class.clone()).unwrap_or_default(),
            own: row.student_id == student.id,
            round,
            due_on: row.due_on,
            overdue: row.due_on.is_some_and(|day| day < today),
            net,
            paid,
            open: net.checked_sub(paid).ok_or_else(ServiceError::overflow)?,
        });
    }
    found.sort_by_key(|one| !one.own);
    Ok(found)
}

fn waiting(
    tx: &mut Tx<'_>,
    school: SchoolId,
    amounts: &[i64],
) -> Result<Vec<Waiting>, ServiceError> {
    let accounts = directory::bank_accounts_of(tx, school.0)?;
    let accounts: Vec<i64> = accounts.into_iter().map(|row| row.id).collect();
    let rows = till::equal_credits(tx, (&accounts, amounts), 5)?;
    Ok(rows
        .into_iter()
        .map(|(row, text)| Waiting {
            payment: PaymentId(row.id),
            day: row.booking_date,
            amount: Vnd::new(row.amount_dong),
            text: text.unwrap_or_default(),
        })
        .collect())
}

fn payers(tx: &mut Tx<'_>, rows: Vec<StudentRow>) -> Result<Vec<Payer>, ServiceError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut owed: HashMap<i64, Vnd> = HashMap::new();
    for (row, _) in till::open_invoices(tx, &ids)? {
        let open = Vnd::new(row.net_dong.saturating_sub(row.paid_dong));
        let sum = owed.entry(row.student_id).or_default();
        *sum = sum.checked_add(open).ok_or_else(ServiceError::overflow)?;
    }
    Ok(rows
        .into_iter()
        .map(|row| {
            let owed = owed.get(&row.id).copied().unwrap_or_default();
            payer(row, owed)
        })
        .collect())
}

fn payer(row: StudentRow, owed: Vnd) -> Payer {
    Payer { id: row.id, code: row.code, name: row.name, class: row.class, owed }
}

fn of_field(code: &'static str, field: &str, vi: String, en: String) -> ServiceError {
    let place = Place { column: Some(field.to_owned()), ..Place::default() };
    ServiceError::refused(Diagnostic::new(code, vi, en).at(place))
}

fn equal_waits(amount: Vnd) -> ServiceError {
    let amount = amount.grouped();
    of_field(
        "equal_credit_waits",
        "despite",
        format!(
            "Có khoản chuyển vào ngân hàng {amount} ₫ chưa xử lý, có thể là chính khoản này. Xem ở mục Đối soát; nếu đây đúng là tiền mặt, chọn “Vẫn ghi phiếu thu” rồi gửi lại."
        ),
        format!(
            "A bank credit of {amount} ₫ waits, and may be this very payment. See Reconciliation; if this is cash indeed, tick “Record it all the same” and send again."
        ),
    )
}
