//! Who owes what: by student in pages, by class, in all; and one student's account.

use std::collections::HashMap;

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::invoice::InvoiceState;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::school_year::SchoolYear;
use crate::domain::text::fold;
use crate::service::ServiceError;
use crate::store::fees::{self, InvoicePage};
use crate::store::people::{self, StudentRow};
use crate::store::receivables::{self as rows, OwingFilter, OwingRow};
use crate::store::{Store, StoreError, Tx};

/// Students of a page.
const PAGE: i64 = 50;

/// The most students whose figures a list adds up: behind a page of fifty it takes as long for a school
/// of any size. By class every figure is added up.
pub const ADDED_UP: i64 = 2_000;

/// The most invoices, and the most payments, of an account.
const MOST_SHOWN: i64 = 500;

/// What was due, and what became of it, in đồng.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Before exemptions.
    pub gross: Vnd,
    /// Waived.
    pub waived: Vnd,
    /// Paid otherwise than in cash.
    pub by_transfer: Vnd,
    /// Paid in cash at the school.
    pub by_cash: Vnd,
    /// Still to be paid.
    pub open: Vnd,
    /// What the family has as credit.
    pub credit: Vnd,
}

/// A student of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudentLine {
    /// The student's row.
    pub id: i64,
    /// The school's code.
    pub code: String,
    /// The name.
    pub name: String,
    /// The class.
    pub class: String,
    /// The figures.
    pub sums: Sums,
}

/// A class, or all of a filter's students where its name is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassLine {
    /// Its name.
    pub class: String,
    /// How many students.
    pub students: i64,
    /// The figures. Credit of a family counts for each class it has a child in, and once in all.
    pub sums: Sums,
}

/// Which students are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Everybody who ever got an invoice.
    #[default]
    Any,
    /// Who still owes something.
    Owing,
    /// Who still owes something whose day has gone by.
    Overdue,
    /// Who has paid everything.
    Settled,
    /// Whose family has credit.
    Credit,
}

impl State {
    /// Every state, in the order in which they are offered.
    pub const ALL: [State; 5] =
        [State::Any, State::Owing, State::Overdue, State::Settled, State::Credit];

    /// The name in addresses; empty for everybody.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Any => "",
            State::Owing => "owing",
            State::Overdue => "overdue",
            State::Settled => "settled",
            State::Credit => "credit",
        }
    }

    /// The state of a name; everybody where there is none such.
    #[must_use]
    pub fn named(name: &str) -> State {
        State::ALL.into_iter().find(|state| state.as_str() == name).unwrap_or_default()
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only this class.
    pub class: Option<String>,
    /// Only invoices of this round, by its row.
    pub round: Option<i64>,
    /// Only invoices of this school year.
    pub year: Option<SchoolYear>,
    /// In which state.
    pub state: State,
    /// Words of the name, the class or the code.
    pub text: String,
    /// After this student.
    pub after: Option<OwingCursor>,
}

/// Where a page begins: after a student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwingCursor(String, i64);

impl OwingCursor {
    /// The cursor as part of a link.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}.{}", self.0, self.1)
    }

    /// Reads what [`OwingCursor::encode`] wrote.
    #[must_use]
    pub fn decode(text: &str) -> Option<OwingCursor> {
        let (key, id) = text.rsplit_once('.')?;
        Some(OwingCursor(key.to_owned(), id.parse().ok()?))
    }
}

/// What can be chosen to limit a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// The classes' names.
    pub classes: Vec<String>,
    /// The rounds: row and name, the latest first.
    pub rounds: Vec<(i64, String)>,
}

/// What a list may be limited to.
pub fn choices(store: &Store, school: SchoolId) -> Result<Choices, ServiceError> {
    store.read(|tx| {
        let classes = crate::store::roster::classes_of(tx, school.0)?;
        let rounds = fees::rounds_of(tx, school.0)?;
        Ok(Choices {
            classes: classes.into_iter().map(|row| row.name).collect(),
            rounds: rounds.into_iter().rev().map(|row| (row.id, row.name)).collect(),
        })
    })
}

/// A page of students with what they owe, and where the next one begins.
pub fn students(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    asked: &Asked,
) -> Result<(Vec<StudentLine>, Option<OwingCursor>), ServiceError> {
    let after = asked.after.as_ref().map_or(("", 0), |after| (after.0.as_str(), after.1));
    store.read(|tx| {
        let filter = filter_of(tx, clock, school, asked)?;
        let mut found = rows::students(tx, &filter, after, PAGE + 1)?;
        let most = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = found.len() > most;
        found.truncate(most);
        let last = found.last().filter(|_| more);
        let next = last.map(|row| OwingCursor(row.sort_key.clone(), row.student_id));
        let families: Vec<i64> = found.iter().map(|row| row.family_id).collect();
        let credit: HashMap<i64, i64> =
            rows::credit_of_families(tx, &families)?.into_iter().collect();
        let mut lines = Vec::with_capacity(found.len());
        for row in found {
            let credit = credit.get(&row.family_id).copied().unwrap_or_default();
            let sums = sums_of(&row, credit)?;
            let OwingRow { student_id: id, code, name, class, .. } = row;
            lines.push(StudentLine { id, code, name, class, sums });
        }
        Ok((lines, next))
    })
}

/// The same by class.
pub fn classes(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    asked: &Asked,
) -> Result<Vec<ClassLine>, ServiceError> {
    store.read(|tx| {
        let filter = filter_of(tx, clock, school, asked)?;
        let credit: HashMap<String, i64> = rows::credit(tx, &filter, true)?
            .into_iter()
            .map(|row| (row.class, row.amount_dong))
            .collect();
        rows::classes(tx, &filter)?
            .into_iter()
            .map(|row| class_line(&row, credit.get(&row.class).copied().unwrap_or_default()))
            .collect()
    })
}

/// The same in all; none where a list by student means more than [`ADDED_UP`] of them.
pub fn total(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    asked: &Asked,
    by_class: bool,
) -> Result<Option<ClassLine>, ServiceError> {
    store.read(|tx| {
        let filter = filter_of(tx, clock, school, asked)?;
        if !by_class && rows::more_than(tx, &filter, ADDED_UP)? {
            return Ok(None);
        }
        let credit = rows::credit(tx, &filter, false)?.first().map_or(0, |row| row.amount_dong);
        class_line(&rows::total(tx, &filter)?, credit).map(Some)
    })
}

fn filter_of<'a>(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    school: SchoolId,
    asked: &'a Asked,
) -> Result<OwingFilter<'a>, StoreError> {
    let folded = fold(&asked.text);
    let mut words = folded
        .split_whitespace()
        .map(|word| word.replace(['%', '_', '\\'], ""))
        .filter(|word| !word.is_empty())
        .map(|word| format!("%{word}%"));
    let mut word = || words.next().unwrap_or_else(|| "%".to_owned());
    Ok(OwingFilter {
        school: school.0,
        class: asked.class.as_deref().unwrap_or_default(),
        round: asked.round.unwrap_or_default(),
        state: asked.state.as_str(),
        year: asked.year.and_then(SchoolYear::days),
        words: [word(), word(), word()],
        today: local_day(clock.now()),
        few_owe: matches!(asked.state, State::Owing | State::Overdue)
            && rows::few_owe(tx, school.0)?,
    })
}

fn sums_of(row: &OwingRow, credit: i64) -> Result<Sums, ServiceError> {
    let (net, paid, cash) =
        (Vnd::new(row.net_dong), Vnd::new(row.paid_dong), Vnd::new(row.cash_dong));
    Ok(Sums {
        gross: Vnd::new(row.gross_dong),
        waived: Vnd::new(row.waived_dong),
        by_transfer: paid.checked_sub(cash).ok_or_else(ServiceError::overflow)?,
        by_cash: cash,
        open: net.checked_sub(paid).ok_or_else(ServiceError::overflow)?,
        credit: Vnd::new(credit),
    })
}

fn class_line(row: &OwingRow, credit: i64) -> Result<ClassLine, ServiceError> {
    let sums = sums_of(row, credit)?;
    Ok(ClassLine { class: row.class.clone(), students: row.students, sums })
}

/// An invoice of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountInvoice {
    /// Its row.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// The round's name.
    pub round: String,
    /// The last day to pay it.
    pub due_on: Option<Day>,
    /// Whether that day has gone by and something is open.
    pub overdue: bool,
    /// How it stands.
    pub state: InvoiceState,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
    /// Paid, in đồng.
    pub paid: Vnd,
    /// Still to be paid, in đồng.
    pub open: Vnd,
}

/// Money that pays an account's invoices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountPayment {
    /// The payment.
    pub payment: PaymentId,
    /// The bank's day, or the day cash was taken.
    pub day: Day,
    /// The way it came.
    pub channel: Channel,
    /// The code of the invoice that it pays.
    pub invoice: String,
    /// Who said so.
    pub decided_by: String,
    /// How much of it, in đồng.
    pub amount: Vnd,
}

/// A student's account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The student with the figures of everything that is not cancelled.
    pub student: StudentLine,
    /// The first guardian.
    pub guardian: Option<String>,
    /// The invoices, the latest first.
    pub invoices: Vec<AccountInvoice>,
    /// What paid them, the last day first.
    pub payments: Vec<AccountPayment>,
}

/// One student's account.
pub fn account(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    student: i64,
) -> Result<Account, ServiceError> {
    let today = local_day(clock.now());
    store.read(|tx| {
        let row = load(tx, school, student)?;
        let rounds: HashMap<i64, String> =
            fees::rounds_of(tx, school.0)?.into_iter().map(|row| (row.id, row.name)).collect();
        let page = InvoicePage {
            round: None,
            student: Some(student),
            state: None,
            after: None,
            limit: MOST_SHOWN,
        };
        let mut invoices = Vec::new();
        for one in fees::invoices_page(tx, school.0, &page)?.into_iter().rev() {
            let (net, paid) = (Vnd::new(one.net_dong), Vnd::new(one.paid_dong));
            let open = if one.cancelled {
                Vnd::ZERO
            } else {
                net.checked_sub(paid).ok_or_else(ServiceError::overflow)?
            };
            invoices.push(AccountInvoice {
                id: one.id,
                code: one.code,
                round: rounds.get(&one.round_id).cloned().unwrap_or_default(),
                due_on: one.due_on,
                overdue: open.is_positive() && one.due_on.is_some_and(|day| day < today),
                state: InvoiceState::of(net, paid, one.cancelled),
                gross: Vnd::new(one.gross_dong),
                waived: Vnd::new(one.waived_dong),
                net,
                paid,
                open,
            });
        }
        let mut payments = Vec::new();
        for one in rows::payments_of_student(tx, student, MOST_SHOWN)? {
            payments.push(AccountPayment {
                payment: PaymentId(one.payment_id),
                day: one.booking_date,
                channel: Channel::parse(&one.channel).ok_or_else(|| {
                    StoreError::Corrupt(format!("channel of payment {}", one.payment_id))
                })?,
                invoice: one.invoice,
                decided_by: one.decided_by,
                amount: Vnd::new(one.amount_dong),
            });
        }
        let credit = rows::credit_of_families(tx, &[row.family_id])?;
        let credit = credit.first().map_or(0, |(_, dong)| *dong);
        let sums = sums_of_account(&invoices, &payments, Vnd::new(credit))?;
        let guardian = row.guardian_name.clone();
        let StudentRow { id, code, name, class, .. } = row;
        let student = StudentLine { id, code, name, class, sums };
        Ok(Account { student, guardian, invoices, payments })
    })
}

fn sums_of_account(
    invoices: &[AccountInvoice],
    payments: &[AccountPayment],
    credit: Vnd,
) -> Result<Sums, ServiceError> {
    let live = || invoices.iter().filter(|one| one.state != InvoiceState::Cancelled);
    let sum = |of: fn(&AccountInvoice) -> Vnd| {
        Vnd::checked_sum(live().map(of)).ok_or_else(ServiceError::overflow)
    };
    let in_cash = payments.iter().filter(|one| one.channel == Channel::CashAtSchool);
    let by_cash =
        Vnd::checked_sum(in_cash.map(|one| one.amount)).ok_or_else(ServiceError::overflow)?;
    Ok(Sums {
        gross: sum(|one| one.gross)?,
        waived: sum(|one| one.waived)?,
        by_transfer: sum(|one| one.paid)?
            .checked_sub(by_cash)
            .ok_or_else(ServiceError::overflow)?,
        by_cash,
        open: sum(|one| one.open)?,
        credit,
    })
}

/// The code of a student's invoice, by its row.
pub fn invoice_code(
    store: &Store,
    school: SchoolId,
    (student, invoice): (i64, i64),
) -> Result<String, ServiceError> {
    store.read(|tx| {
        let found = fees::invoices_by_id(tx, &[invoice])?.into_iter().next();
        found
            .filter(|row| row.school_id == school.0 && row.student_id == student)
            .map(|row| row.code)
            .ok_or_else(|| {
                let id = invoice.to_string();
                ServiceError::not_found("invoice", "khoản phải thu", "invoice", &id)
            })
    })
}

fn load(tx: &mut Tx<'_>, school: SchoolId, student: i64) -> Result<StudentRow, ServiceError> {
    let found = people::students_by_id(tx, &[student])?.into_iter().next();
    found.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("student", "học sinh", "student", &student.to_string())
    })
}
