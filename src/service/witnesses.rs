//! The standing report on witnesses: what was announced and no statement has shown in time, what a
//! statement shows that nobody announced, and what a person said is the same.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;

use crate::clock::{Clock, local_day};
use crate::domain::banking_days::after_banking_days;
use crate::domain::calendar::Day;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::identity::announces;
use crate::domain::money::Vnd;
use crate::domain::text::last_four;
use crate::service::{ServiceError, coverage};
use crate::store::directory::{self, BankAccountRow};
use crate::store::evidence::{self, LonePaymentRow};
use crate::store::{Store, Tx, payments, rulings, statements};

/// Banking days after which an announced payment should be on a statement.
pub const USUAL_BANKING_DAYS: u32 = 2;

/// Days looked back at most.
const MOST_DAYS: i64 = 400;

/// The report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WitnessReport {
    /// The day of the report, in Vietnam.
    #[schema(value_type = String, format = Date)]
    pub as_of: Day,
    /// The first day looked at.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Banking days an announced payment has had to come on a statement.
    pub banking_days: u32,
    /// Announced, and on no statement after that many banking days.
    #[schema(value_type = Object)]
    pub unproven: Listed,
    /// On a statement of an account that is announced, without an announcement.
    #[schema(value_type = Object)]
    pub unannounced: Listed,
    /// Announcement and statement line that are one payment because a person said so.
    #[schema(value_type = Object)]
    pub by_hand: Listed,
}

/// Payments with their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Listed {
    /// How many.
    pub count: usize,
    /// Their sum, in đồng.
    pub amount: Vnd,
    /// Each, oldest first.
    pub payments: Vec<Witnessed>,
}

/// A payment of the report; no names, no texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Witnessed {
    /// The payment.
    pub payment: PaymentId,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// The last four digits of the account.
    pub account: String,
    /// How much.
    pub amount: Vnd,
    /// Who announced it: `sepay`, `casso`, …
    pub announced_by: Vec<String>,
    /// `settled`, `proposed`, …
    pub decision: String,
    /// Whether any statement covers its day: where none does, the file is what is missing.
    pub day_covered: bool,
}

/// Makes the report of a school's bank accounts. A gateway's account has no statements: its payments
/// are proven by payouts.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
    (banking_days, since): (u32, Option<Day>),
) -> Result<WitnessReport, ServiceError> {
    let as_of = local_day(clock.now());
    let earliest = as_of.checked_sub_signed(chrono::TimeDelta::days(MOST_DAYS)).unwrap_or(as_of);
    let since = since.unwrap_or(earliest).max(earliest);
    store.read(|tx| {
        let mut report = WitnessReport {
            as_of,
            since,
            banking_days,
            unproven: Listed::default(),
            unannounced: Listed::default(),
            by_hand: Listed::default(),
        };
        let accounts = directory::bank_accounts_of(tx, school.0)?;
        for account in accounts.iter().filter(|row| row.gateway.is_none()) {
            let Some(first) = evidence::first_announced(tx, account.id)? else { continue };
            let covered = covered_days(tx, account)?;
            for row in evidence::lone_payments(tx, account.id, (since, as_of), &[])? {
                let late = after_banking_days(row.day, banking_days) < as_of;
                let list = match row.announced {
                    0 if row.day >= first => &mut report.unannounced,
                    1 if late => &mut report.unproven,
                    _ => continue,
                };
                let one = witnessed(tx, &row, (account, &covered))?;
                list.add(one)?;
            }
        }
        joined_by_hand(tx, school, (since, &accounts), &mut report.by_hand)?;
        Ok(report)
    })
}

impl Listed {
    fn add(&mut self, one: Witnessed) -> Result<(), ServiceError> {
        self.amount = self.amount.checked_add(one.amount).ok_or_else(ServiceError::overflow)?;
        self.count += 1;
        self.payments.push(one);
        Ok(())
    }
}

fn witnessed(
    tx: &mut Tx<'_>,
    row: &LonePaymentRow,
    (account, covered): (&BankAccountRow, &[(Day, Day)]),
) -> Result<Witnessed, ServiceError> {
    let payment = payments::payment(tx, row.id)?;
    Ok(Witnessed {
        payment: PaymentId(row.id),
        day: row.day,
        account: last_four(&account.number),
        amount: Vnd::new(row.amount_dong),
        announced_by: announcers(tx, row.id)?,
        decision: payment.map(|payment| payment.decision_kind).unwrap_or_default(),
        day_covered: covered.iter().any(|(from, to)| (*from..=*to).contains(&row.day)),
    })
}

/// Who announced a payment.
fn announcers(tx: &mut Tx<'_>, payment: i64) -> Result<Vec<String>, ServiceError> {
    let sources: BTreeSet<String> = evidence::of_payment(tx, payment)?
        .into_iter()
        .filter(|(evidence, _)| announces(&evidence.source))
        .filter_map(|(evidence, _)| {
            evidence.source.split_once(':').map(|(_, name)| name.to_owned())
        })
        .collect();
    Ok(sources.into_iter().collect())
}

/// The days that committed statements of an account cover.
fn covered_days(
    tx: &mut Tx<'_>,
    account: &BankAccountRow,
) -> Result<Vec<(Day, Day)>, ServiceError> {
    let rows = statements::committed_statements(tx, account.id)?;
    Ok(rows.iter().filter_map(coverage::days_of).collect())
}

/// Payments whose announcement and statement line a person put together, and that still stand so.
fn joined_by_hand(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (since, accounts): (Day, &[BankAccountRow]),
    list: &mut Listed,
) -> Result<(), ServiceError> {
    let numbers: HashMap<i64, &BankAccountRow> = accounts.iter().map(|row| (row.id, row)).collect();
    let mut told: BTreeSet<i64> = BTreeSet::new();
    let mut found = Vec::new();
    for row in rulings::rulings_of(tx, school.0)? {
        let across = announces(&row.one_source) != announces(&row.other_source);
        let Some(account) = numbers.get(&row.bank_account_id).filter(|_| across) else { continue };
        let one = (row.one_source.as_str(), row.one_own_key.as_str(), row.one_own_ordinal);
        let other = (row.other_source.as_str(), row.other_own_key.as_str(), row.other_own_ordinal);
        let one = evidence::of_line(tx, row.bank_account_id, one)?;
        let other = evidence::of_line(tx, row.bank_account_id, other)?;
        let (Some((one, _)), Some((other, _))) = (one, other) else { continue };
        // Only the newest ruling about two lines holds; two payments are not one by hand.
        if one.payment_id != other.payment_id || !told.insert(one.payment_id) {
            continue;
        }
        let Some(payment) = payments::payment(tx, one.payment_id)? else { continue };
        if payment.booking_date < since || row.kind != "same" {
            continue;
        }
        found.push(Witnessed {
            payment: PaymentId(payment.id),
            day: payment.booking_date,
            account: last_four(&account.number),
            amount: Vnd::new(payment.amount_dong),
            announced_by: announcers(tx, payment.id)?,
            decision: payment.decision_kind,
            day_covered: true,
        });
    }
    found.sort_by_key(|one| (one.day, one.payment));
    found.into_iter().try_for_each(|one| list.add(one))
}
