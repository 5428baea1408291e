//! Tries another setting on a school's confirmed history, before the school switches it on. Nothing
//! is written.
//!
//! The history is the school's payments of money in by way of the bank, in canonical order. Before
//! it, every invoice is open but for its cash vouchers; after each payment the book takes what
//! really stood, whatever the machine said of it here, so that one miss does not lead to others.
//! Payers are learned on the way, each decision of a person once its payment is passed, so that no
//! payment is judged by what was only learned from it or after it.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::domain::allocation::Use;
use crate::domain::backtest::{Confirmed, Confirmer, Count, Judge, Replay};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::{FamilyId, InvoiceId, PaymentId, SchoolId};
use crate::domain::matching::decision::{Decision, Share};
use crate::domain::matching::facts::PaymentFacts;
use crate::domain::matching::returns::hold_back;
use crate::domain::matching::{Book, reasons};
use crate::domain::money::Vnd;
use crate::domain::setting::{SettingChange, Settings};
use crate::service::entry::{self, Accounts, payment_facts};
use crate::service::returns::{self, Returned};
use crate::service::{MACHINE, ServiceError, settle};
use crate::store::directory::SchoolRow;
use crate::store::payments::{PaymentFilter, PaymentRow, PaymentWithEntry};
use crate::store::{Store, Tx, decisions, directory, rulings};

/// Payments read in one go.
const PAGE: i64 = 5_000;

/// What to try, on which part of the history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ask {
    /// The settings to change.
    pub changes: Vec<SettingChange>,
    /// The first day of the payments that are judged. What came before counts as it stood.
    pub from: Option<Day>,
    /// The last day of the payments that are judged. What came after had not happened yet.
    pub to: Option<Day>,
    /// Whether only persons' decisions count as confirmed.
    pub persons_only: bool,
}

/// What the machine would have done under the present and the changed setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Backtest {
    /// The school's code.
    pub school: String,
    /// The settings that hold.
    pub present_settings: Settings,
    /// The settings that were tried.
    pub changed_settings: Settings,
    /// The day of the first payment judged.
    pub first_day: Option<Day>,
    /// The day of the last payment judged.
    pub last_day: Option<Day>,
    /// Whether only persons' decisions were taken as confirmed.
    pub persons_only: bool,
    /// Payments of these days without a confirmed outcome, which are not judged.
    pub not_confirmed: Count,
    /// What came out.
    #[serde(flatten)]
    pub judged: Judge,
}

impl Backtest {
    /// Whether the change settles anything wrongly that is not settled wrongly today.
    #[must_use]
    pub const fn has_new_miss(&self) -> bool {
        self.judged.new_misses.payments > 0
    }
}

/// Tries the change on one consistent view of the data.
pub fn run(store: &Store, school: SchoolId, ask: &Ask) -> Result<Backtest, ServiceError> {
    if let (Some(from), Some(to)) = (ask.from, ask.to)
        && from > to
    {
        return Err(ServiceError::refused(Diagnostic::new(
            "period",
            "Ngày bắt đầu (from) phải không sau ngày kết thúc (to).",
            "The first day (from) must not be after the last (to).",
        )));
    }
    store.read(|tx| {
        let row = directory::school(tx, school.0)?.ok_or_else(|| {
            ServiceError::not_found("school", "trường", "school", &school.to_string())
        })?;
        of_school(tx, &row, ask)
    })
}

/// The same within a transaction.
pub(crate) fn of_school(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    ask: &Ask,
) -> Result<Backtest, ServiceError> {
    let present = settle::policy_of(school);
    let changed = ask.changes.iter().fold(present, |policy, change| change.apply(policy));
    let (students, invoices) = settle::load_list(tx, school.id)?;
    let families: HashMap<_, FamilyId> =
        students.iter().map(|student| (student.id, student.family)).collect();
    let owners: HashMap<InvoiceId, FamilyId> = invoices
        .iter()
        .filter_map(|invoice| Some((invoice.id, *families.get(&invoice.student)?)))
        .collect();
    let codes: HashMap<InvoiceId, String> =
        invoices.iter().map(|invoice| (invoice.id, invoice.code.clone())).collect();

    let mut replay = Replay::new(students, invoices, present, changed);
    let mut stood: HashMap<i64, Vec<Share>> = HashMap::new();
    for (payment, invoice, dong) in decisions::standing_by_payment(tx, school.id)? {
        let invoice = InvoiceId(invoice);
        let code = codes.get(&invoice).cloned().unwrap_or_default();
        let share = Share { invoice, code, amount: Vnd::new(dong) };
        replay.give_back(std::slice::from_ref(&share));
        stood.entry(payment).or_default().push(share);
    }
    let accounts = entry::accounts(tx, school.id)?;
    let in_doubt: HashSet<i64> =
        rulings::doubts_of(tx, school.id)?.into_iter().map(|row| row.payment_id).collect();
    let [book, _] = replay.books();
    let returned = returns::find(tx, school.id, book, (&accounts, &in_doubt))?;
    let mut history = History {
        replay,
        stood,
        lessons: lessons(tx, school.id, &owners)?,
        accounts,
        in_doubt,
        returned,
        ask,
        days: None,
        not_confirmed: Count::default(),
        judge: Judge::default(),
    };
    let filter = PaymentFilter { limit: PAGE, ..PaymentFilter::default() };
    settle::each_page(tx, school.id, &filter, |_, page| history.pass(page))?;
    Ok(Backtest {
        school: school.code.clone(),
        present_settings: present.into(),
        changed_settings: changed.into(),
        first_day: history.days.map(|(first, _)| first),
        last_day: history.days.map(|(_, last)| last),
        persons_only: ask.persons_only,
        not_confirmed: history.not_confirmed,
        judged: history.judge.ranked(),
    })
}

/// What a body says a payment is used for: a person's uses, or the machine's allocations.
#[derive(Deserialize)]
struct Used {
    #[serde(default)]
    uses: Vec<Use>,
    #[serde(default)]
    allocations: Vec<Share>,
}

/// What a person taught with a decision: the families it was for, and those that stood before.
struct Lesson {
    families: Vec<FamilyId>,
    before: Vec<FamilyId>,
}

/// By payment, what persons taught with their decisions about it, in their order.
fn lessons(
    tx: &mut Tx<'_>,
    school: i64,
    owners: &HashMap<InvoiceId, FamilyId>,
) -> Result<HashMap<i64, Vec<Lesson>>, ServiceError> {
    let mut lessons: HashMap<i64, Vec<Lesson>> = HashMap::new();
    let mut standing: HashMap<i64, Vec<FamilyId>> = HashMap::new();
    for (payment, decided_by, body) in decisions::of_persons_payments(tx, school)? {
        let Ok(Used { uses, allocations }) = serde_json::from_str(&body) else { continue };
        let used = uses.into_iter().filter_map(|used| match used {
            Use::Invoice { invoice, .. } => owners.get(&invoice).copied(),
            Use::FamilyCredit { family, .. } => Some(family),
            Use::Refund { .. } | Use::SetAside { .. } => None,
        });
        let allocated = allocations.iter().filter_map(|share| owners.get(&share.invoice).copied());
        let mut families: Vec<FamilyId> = used.chain(allocated).collect();
        families.sort_unstable();
        families.dedup();
        let before = standing.insert(payment, families.clone()).unwrap_or_default();
        if decided_by != MACHINE {
            lessons.entry(payment).or_default().push(Lesson { families, before });
        }
    }
    Ok(lessons)
}

/// What the machine would say of a payment, knowing what went back and what is in doubt. Whom
/// persons refused for it is no knowledge of its day.
fn decision_about(
    book: &Book,
    (returned, in_doubt): (&Returned, &HashSet<i64>),
    payment: i64,
    facts: &PaymentFacts<'_>,
) -> Decision {
    let decision = returned.settle(payment, facts.amount, || book.decide(facts));
    if in_doubt.contains(&payment) {
        hold_back(decision, facts.amount, reasons::perhaps_same())
    } else {
        decision
    }
}

/// The fold on its way.
struct History<'a> {
    replay: Replay,
    stood: HashMap<i64, Vec<Share>>,
    lessons: HashMap<i64, Vec<Lesson>>,
    accounts: Accounts,
    in_doubt: HashSet<i64>,
    returned: Returned,
    ask: &'a Ask,
    days: Option<(Day, Day)>,
    not_confirmed: Count,
    judge: Judge,
}

impl History<'_> {
    fn pass(&mut self, page: &[PaymentWithEntry]) -> Result<(), ServiceError> {
        for (payment, entry) in page {
            let (Some(entry), "credit") = (entry, payment.credit_debit.as_str()) else { continue };
            if self.ask.to.is_some_and(|to| payment.booking_date > to) {
                continue;
            }
            let stood = self.stood.remove(&payment.id).unwrap_or_default();
            if self.ask.from.is_none_or(|from| payment.booking_date >= from) {
                match self.confirmer(payment) {
                    None => {
                        let amount = Vnd::new(payment.amount_dong);
                        self.not_confirmed.add(amount).ok_or_else(ServiceError::overflow)?;
                    }
                    Some(by) => {
                        let case = Confirmed {
                            payment: PaymentId(payment.id),
                            booking_date: payment.booking_date,
                            amount: Vnd::new(payment.amount_dong),
                            remittance: entry.remittance.clone(),
                            confirmed_by: by,
                            stood: stood.clone(),
                        };
                        let facts = payment_facts(entry, &self.accounts)?;
                        let given = (&self.returned, &self.in_doubt);
                        let [present, changed] = self
                            .replay
                            .books()
                            .map(|book| decision_about(book, given, payment.id, &facts));
                        let seen = self.judge.see(case, present, changed);
                        seen.ok_or_else(ServiceError::overflow)?;
                        let day = payment.booking_date;
                        self.days = Some((self.days.map_or(day, |(first, _)| first), day));
                    }
                }
            }
            self.replay.pass(&stood);
            let lessons = self.lessons.remove(&payment.id).unwrap_or_default();
            if let Some(account) = &entry.counterparty_account {
                for Lesson { families, before } in lessons {
                    self.replay.learn(account, &families, &before);
                }
            }
        }
        Ok(())
    }

    /// Who confirmed what stands: a person, or the machine, whose settlement nobody took back.
    fn confirmer(&self, payment: &PaymentRow) -> Option<Confirmer> {
        if payment.decided_by != MACHINE {
            Some(Confirmer::Person)
        } else if payment.decision_kind == "settled" && !self.ask.persons_only {
            Some(Confirmer::Machine)
        } else {
            None
        }
    }
}
