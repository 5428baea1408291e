//! The machine's decisions. They are a fold over the school's payments in one canonical order (day,
//! then content), so that files arriving in another order end in the same state: when an earlier
//! payment turns up late, what the machine decided after it is decided again, and only differences
//! are written. What a person decided is never touched.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;

use crate::domain::calendar::Day;
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::matching::decision::Share;
use crate::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, PayerFacts, PaymentFacts, Policy, StudentFacts,
    VirtualAccountFacts,
};
use crate::domain::matching::returns::hold_back;
use crate::domain::matching::{Book, reasons};
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;
use crate::service::cash::carried;
use crate::service::entry::{self, Accounts, payment_facts};
use crate::service::foreign_codes::ForeignCodes;
use crate::service::ledger::{self, Answer, By};
use crate::service::payouts::matching::{self as payouts, PaidOut};
use crate::service::refusals::Refusals;
use crate::service::returns::{self, Returned};
use crate::service::{MACHINE, ServiceError, collected};
use crate::store::directory::SchoolRow;
use crate::store::payments::{self, PaymentFilter, PaymentWithEntry};
use crate::store::{Tx, decisions, fees, people, periods, rulings};

/// Payments read in one go.
const PAGE: i64 = 5_000;

/// Payments written in one go.
const BATCH: usize = 10_000;

/// Which of the machine's decisions are to be made again.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    /// Every decision about payments of this day or later, settled ones too.
    from: Option<Day>,
    import: Option<i64>,
    /// Whether what gateways paid out has changed.
    payouts: bool,
}

impl Replay {
    /// Only what is still open: nothing that is settled is touched.
    pub fn undecided() -> Replay {
        Replay { from: None, import: None, payouts: false }
    }

    /// Everything from a day on, because payments of that day arrived or vanished.
    pub fn from(day: Day, import: i64) -> Replay {
        Replay { from: Some(day), import: Some(import), payouts: false }
    }

    /// The same because a person said which payments there are.
    pub fn ruled(day: Day) -> Replay {
        Replay { from: Some(day), import: None, payouts: false }
    }

    /// What is open, and whatever depends on which lines are gateways' payouts.
    pub fn payouts() -> Replay {
        Replay { payouts: true, ..Replay::undecided() }
    }
}

/// Makes the machine's decisions again, as far as `replay` says. The school's row is locked.
pub(crate) fn replay(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    replay: &Replay,
    at: NaiveDateTime,
) -> Result<(), ServiceError> {
    if replay.from.is_none() && !replay.payouts && !payments::has_undecided(tx, school.id)? {
        return carried::refresh(tx, school.id, at);
    }
    let accounts = entry::accounts(tx, school.id)?;
    let refusals = Refusals::load(tx, school.id)?;
    let mut book = load_book(tx, school)?.with_refusals(refusals.of_payers());
    let mut foreign = ForeignCodes::new(tx, school.id)?;
    let in_doubt: HashSet<i64> =
        rulings::doubts_of(tx, school.id)?.into_iter().map(|row| row.payment_id).collect();
    let returned = returns::find(tx, school.id, &book, (&accounts, &in_doubt))?;
    let paid_out = payouts::find(tx, school.id, &book, (&accounts, &in_doubt))?;
    // A payment that turns out to have gone back or to be a payout, or not to, changes what came
    // after it.
    let from =
        [replay.from, returned.changed_from, paid_out.changed_from].into_iter().flatten().min();
    let kinds: &[&str] = if from.is_some() { &[] } else { &payments::UNDECIDED };
    // What a closed month has stands as it is; only what came late for it is still to be decided.
    let filter = PaymentFilter {
        from,
        machine_only: true,
        kinds,
        not_closed: periods::any_closed(tx, school.id)?,
        limit: PAGE,
        ..PaymentFilter::default()
    };

    // First, what stands is taken back in the book, so that each payment is decided on what was
    // open before it.
    let mut stands = false;
    for (invoice, dong) in decisions::standing_by_invoice(tx, school.id, &filter)? {
        stands = true;
        book.give_back(&[share(invoice, dong)]);
    }

    // Then each payment is decided in order. Where something stood, all answers are written
    // together, reversals first: an invoice may pass from one payment to another. Where nothing
    // stood there is nothing to reverse, and a page at a time keeps the memory small.
    let by = By { actor: MACHINE, at, import: replay.import };
    let mut waiting: Vec<Answer> = returned.answers_against_persons();
    for answer in &waiting {
        for row in decisions::standing_allocations(tx, &[answer.payment])? {
            if let Some(invoice) = row.invoice_id {
                stands = true;
                book.give_back(&[share(invoice, row.amount_dong)]);
            }
        }
    }
    each_page(tx, school.id, &filter, |tx, page| {
        foreign.look_up(tx, &mut book, page)?;
        let known = Known {
            returned: &returned,
            paid_out: &paid_out,
            accounts: &accounts,
            in_doubt: &in_doubt,
            refusals: &refusals,
            at,
        };
        decide_page(tx, &mut book, &mut foreign, &known, page, &mut waiting)?;
        if !stands && waiting.len() >= BATCH {
            ledger::write_answers(tx, school.id, &waiting, by)?;
            waiting.clear();
        }
        Ok(())
    })?;
    ledger::write_answers(tx, school.id, &waiting, by)?;
    payouts::write(tx, school.id, &paid_out, at)?;
    carried::refresh(tx, school.id, at)
}

/// What was gathered before anything is decided.
#[derive(Clone, Copy)]
struct Known<'a> {
    returned: &'a Returned,
    paid_out: &'a PaidOut,
    accounts: &'a Accounts,
    in_doubt: &'a HashSet<i64>,
    refusals: &'a Refusals,
    at: NaiveDateTime,
}

/// Decides the payments of a page and adds the answers that differ from what was decided before.
fn decide_page(
    tx: &mut Tx<'_>,
    book: &mut Book,
    foreign: &mut ForeignCodes,
    known: &Known<'_>,
    page: &[PaymentWithEntry],
    answers: &mut Vec<Answer>,
) -> Result<(), ServiceError> {
    let ids: Vec<i64> = page.iter().filter_map(|(payment, _)| payment.decision_id).collect();
    let bodies: HashMap<i64, String> =
        decisions::decisions_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row.body)).collect();
    for (payment, entry) in page {
        let Some(entry) = entry else { continue };
        let refused = known.refusals.for_payment(payment.id);
        let booking_date = payment.booking_date;
        let facts = PaymentFacts { booking_date, refused, ..payment_facts(entry, known.accounts)? };
        foreign.reach(book, facts.booking_date);
        let mut decision = known.returned.settle(payment.id, facts.amount, || {
            known.paid_out.settle(payment.id, facts.amount, || book.decide(&facts))
        });
        if known.in_doubt.contains(&payment.id) {
            decision = hold_back(decision, facts.amount, reasons::perhaps_same());
        }
        book.take(&decision);
        let (id, fresh) = (payment.id, payment.decision_id.is_none());
        let mut answer = match known.returned.other_half(id) {
            Some(of) => Answer::returned(id, fresh, (facts.amount, of)),
            None => Answer::of_decision(id, fresh, facts.amount, &decision),
        };
        if facts.credit_debit == CreditDebit::Debit {
            answer = answer.without_uses();
        }
        answer.channel = Some(book.channel(&facts, &decision).as_str());
        let before = payment.decision_id.and_then(|id| bodies.get(&id));
        if before != Some(&answer.body) {
            answers.push(answer);
        } else if let Some(channel) = answer.channel.filter(|channel| *channel != payment.channel) {
            // The same decision, but another text speaks for the payment now.
            collected::set_channel(tx, id, channel, known.at)?;
        }
    }
    Ok(())
}

/// Goes through the payments that a filter picks, in canonical order, a page at a time.
pub(crate) fn each_page(
    tx: &mut Tx<'_>,
    school: i64,
    filter: &PaymentFilter<'_>,
    mut body: impl FnMut(&mut Tx<'_>, &[PaymentWithEntry]) -> Result<(), ServiceError>,
) -> Result<(), ServiceError> {
    let mut after: Option<(Day, String, i64)> = None;
    loop {
        let filter = PaymentFilter {
            after: after.as_ref().map(|(day, key, id)| (*day, key.as_str(), *id)),
            ..*filter
        };
        let page = payments::payments_with_entries(tx, school, &filter)?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = Some((last.booking_date, last.order_key.clone(), last.id));
        body(tx, &page)?;
    }
}

fn share(invoice: i64, dong: i64) -> Share {
    Share { invoice: InvoiceId(invoice), code: String::new(), amount: Vnd::new(dong) }
}

/// The school's students, invoices and payers, as the matcher wants them.
fn load_book(tx: &mut Tx<'_>, school: &SchoolRow) -> Result<Book, ServiceError> {
    let (students, invoices) = load_list(tx, school.id)?;
    let payers = people::payers_of(tx, school.id)?
        .into_iter()
        .map(|row| PayerFacts {
            account: row.account,
            family: FamilyId(row.family_id),
            confirmed: u32::try_from(row.confirmed).unwrap_or_default(),
            contradicted: u32::try_from(row.contradicted).unwrap_or_default(),
        })
        .collect();
    Ok(Book::new(students, invoices, payers, policy_of(school)))
}

/// What a school lets the machine do.
pub(crate) fn policy_of(school: &SchoolRow) -> Policy {
    Policy { settle_in_part: school.settle_in_part, settle_known_payer: school.settle_known_payer }
}

/// The school's students and invoices, with what is open of these now.
pub(crate) fn load_list(
    tx: &mut Tx<'_>,
    school: i64,
) -> Result<(Vec<StudentFacts>, Vec<InvoiceFacts>), ServiceError> {
    let mut virtual_accounts: HashMap<i64, Vec<VirtualAccountFacts>> = HashMap::new();
    for row in people::virtual_accounts_of(tx, school)? {
        virtual_accounts.entry(row.student_id).or_default().push(VirtualAccountFacts {
            number: row.number,
            from: row.valid_from,
            to: row.valid_to,
        });
    }
    let students = people::students_of(tx, school)?
        .into_iter()
        .map(|row| StudentFacts {
            id: StudentId(row.id),
            family: FamilyId(row.family_id),
            virtual_accounts: virtual_accounts.remove(&row.id).unwrap_or_default(),
            guardians: row.guardian_name.into_iter().collect(),
            code: row.code,
            name: row.name,
            class: row.class,
        })
        .collect();
    let rounds: HashMap<i64, String> =
        fees::rounds_of(tx, school)?.into_iter().map(|row| (row.id, row.name)).collect();
    let invoices = fees::invoices_of(tx, school)?
        .into_iter()
        .map(|row| {
            let open = row.net_dong.saturating_sub(row.paid_dong);
            let standing = match (row.cancelled, open) {
                (true, _) => InvoiceStanding::Cancelled,
                (false, 0) => InvoiceStanding::Paid,
                (false, _) => InvoiceStanding::Open,
            };
            InvoiceFacts {
                id: InvoiceId(row.id),
                student: StudentId(row.student_id),
                code: row.code,
                open: Vnd::new(if standing == InvoiceStanding::Open { open } else { 0 }),
                standing,
                due_on: row.due_on,
                round: rounds.get(&row.round_id).cloned(),
            }
        })
        .collect();
    Ok((students, invoices))
}
