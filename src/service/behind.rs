//! Who is behind what a school's rate misses: families that paid otherwise, and payments that bring the money
//! of several. Names stand here: it is for the school's own eyes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::calendar::Day;
use crate::domain::cashless::{Collected, Settings};
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reporting_period::ReportingPeriod;
use crate::service::{ServiceError, report};
use crate::store::collected::Until;
use crate::store::people::{self, StudentRow};
use crate::store::{Store, StoreError};

/// At most so many are named of each; what is more is counted.
const MOST: usize = 50;

/// A child of a family.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Child {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its class.
    pub class: String,
}

/// A family whose money came otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyBehind {
    /// Its children who paid so.
    pub children: Vec<Child>,
    /// How much of it.
    pub amount: Vnd,
    /// In how many payments.
    pub payments: usize,
    /// By which ways.
    pub channels: Vec<Channel>,
}

/// A payment that brings the money of several families, as class teachers do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The payment.
    pub payment: PaymentId,
    /// The day the money came.
    pub day: Day,
    /// By which way.
    pub channel: Channel,
    /// How much of it was used for invoices.
    pub amount: Vnd,
    /// For how many families.
    pub families: u32,
    /// Of which classes.
    pub classes: Vec<String>,
}

/// Who is behind it, the largest sums first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// Families.
    pub families: Vec<FamilyBehind>,
    /// How many there are, named or not, and their sum.
    pub all_families: (usize, Vnd),
    /// Payments for several families.
    pub bundles: Vec<Bundle>,
    /// How many there are, named or not, and their sum.
    pub all_bundles: (usize, Vnd),
}

/// Who is behind the money of a period that does not count as cashless, as the ledger stands.
pub fn of_school(
    store: &Store,
    school: SchoolId,
    period: ReportingPeriod,
    settings: Settings,
) -> Result<Behind, ServiceError> {
    store.read(|tx| {
        let until = Until::Position(i64::MAX);
        let mut rows = report::in_rates(tx, &[school.0], period.days(), until)?;
        rows.retain(|row| !settings.counting.is_cashless(row.channel, row.families_of_payment));
        let (together, single): (Vec<Collected>, Vec<Collected>) =
            rows.into_iter().partition(|row| row.families_of_payment > 1);
        let students: BTreeSet<i64> = single.iter().map(|row| row.student.0).collect();
        let students: Vec<i64> = students.into_iter().collect();
        let known: HashMap<i64, StudentRow> =
            people::students_by_id(tx, &students)?.into_iter().map(|row| (row.id, row)).collect();
        let (families, all_families) = families(&single, &known)?;
        let (bundles, all_bundles) = bundles(&together)?;
        Ok(Behind { families, all_families, bundles, all_bundles })
    })
}

type Found<T> = (Vec<T>, (usize, Vnd));

fn families(
    rows: &[Collected],
    known: &HashMap<i64, StudentRow>,
) -> Result<Found<FamilyBehind>, ServiceError> {
    #[derive(Default)]
    struct Sum {
        children: BTreeSet<Child>,
        amount: Vnd,
        payments: BTreeSet<PaymentId>,
        channels: BTreeSet<Channel>,
    }
    let mut found: BTreeMap<i64, Sum> = BTreeMap::new();
    for row in rows {
        let student = known.get(&row.student.0).ok_or_else(|| {
            StoreError::Corrupt(format!("student {} of a fact is gone", row.student))
        })?;
        let sum = found.entry(student.family_id).or_default();
        let (id, name) = (student.id, student.name.clone());
        sum.children.insert(Child { id, name, class: row.class.clone() });
        sum.amount = sum.amount.checked_add(row.amount).ok_or_else(ServiceError::overflow)?;
        sum.payments.insert(row.payment);
        sum.channels.insert(row.channel);
    }
    let all = found.into_values().map(|sum| FamilyBehind {
        children: sum.children.into_iter().collect(),
        amount: sum.amount,
        payments: sum.payments.len(),
        channels: sum.channels.into_iter().collect(),
    });
    largest(all.collect(), |one| one.amount)
}

fn bundles(rows: &[Collected]) -> Result<Found<Bundle>, ServiceError> {
    let mut found: BTreeMap<PaymentId, (Bundle, BTreeSet<String>)> = BTreeMap::new();
    for row in rows {
        let (bundle, classes) = found.entry(row.payment).or_insert_with(|| {
            let bundle = Bundle {
                payment: row.payment,
                day: row.paid_on,
                channel: row.channel,
                amount: Vnd::ZERO,
                families: row.families_of_payment,
                classes: Vec::new(),
            };
            (bundle, BTreeSet::new())
        });
        bundle.amount = bundle.amount.checked_add(row.amount).ok_or_else(ServiceError::overflow)?;
        classes.insert(row.class.clone());
    }
    let all = found
        .into_values()
        .map(|(bundle, classes)| Bundle { classes: classes.into_iter().collect(), ..bundle });
    largest(all.collect(), |one| one.amount)
}

/// The largest of all, and how many and how much all are.
fn largest<T>(mut all: Vec<T>, amount: impl Fn(&T) -> Vnd) -> Result<Found<T>, ServiceError> {
    let sum = all.iter().try_fold(Vnd::ZERO, |sum, one| sum.checked_add(amount(one)));
    let whole = (all.len(), sum.ok_or_else(ServiceError::overflow)?);
    all.sort_by_key(|one| std::cmp::Reverse(amount(one)));
    all.truncate(MOST);
    Ok((all, whole))
}
