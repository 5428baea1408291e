//! From facts to the report.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use super::facts::{Collected, Exclusion, Facts, FeeItem, LeftOut, Scope, Settings};
use super::rate::Rate;
use super::report::{ChannelSum, Figures, LeftOutSum, Rates, Report, SchoolLine, Section, Status};
use super::sums::{Added, ChannelCounts, Counts, Sums};
use super::tally::Tally;
use super::views::{Counting, Views, listed_channel};
use crate::domain::calendar::{Day, Period};
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// Why no report can be made: the facts contradict themselves.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CashlessError {
    /// A row belongs to a school that is not in scope, or a school is in scope twice.
    #[error("school {0} is not in the scope of the report exactly once")]
    School(SchoolId),
    /// An amount is nothing or less, or a count is negative.
    #[error("school {0} has an amount or a count that cannot be")]
    Amount(SchoolId),
    /// Rows of one payment disagree about its school, channel, families or day.
    #[error("the rows of payment {0} disagree about it")]
    Payment(PaymentId),
    /// A sum leaves the range of whole numbers.
    #[error("a sum is too large")]
    Overflow,
}

/// What came by one channel.
#[derive(Default)]
struct ByChannel {
    payments: HashSet<PaymentId>,
    amount: Vnd,
    cashless: Views<Vnd>,
}

#[derive(Default)]
struct School<'a> {
    whole: Tally,
    classes: BTreeMap<&'a str, Tally>,
    /// By code, with the first name by order: two names of one code stay one item.
    fee_items: BTreeMap<&'a str, (&'a str, Tally)>,
    channels: BTreeMap<Channel, ByChannel>,
    left_out: BTreeMap<Exclusion, (i64, Vnd)>,
    data_until: Option<Day>,
    owed: Rate,
}

/// The rates of `facts` in `scope`. Rows outside the period are passed over. Fails when facts contradict themselves: a wrong figure would
/// be worse than none.
pub fn compute(scope: Scope, settings: Settings, facts: &Facts) -> Result<Report, CashlessError> {
    let schools: Vec<SchoolId> = scope.schools.iter().map(|school| school.id).collect();
    let added = add_up(&schools, scope.period, facts)?;
    of_added(scope, settings, added)
}

/// What the facts of some schools add up to, each school by itself; as [`compute`] reads them.
pub fn add_up(
    of: &[SchoolId],
    period: Period,
    facts: &Facts,
) -> Result<BTreeMap<SchoolId, Added>, CashlessError> {
    let mut schools: BTreeMap<SchoolId, School<'_>> = BTreeMap::new();
    for school in of {
        match schools.entry(*school) {
            Entry::Vacant(free) => drop(free.insert(School::default())),
            Entry::Occupied(_) => return Err(CashlessError::School(*school)),
        }
    }
    let mut payments: HashMap<PaymentId, &Collected> = HashMap::new();
    for row in &facts.collected {
        let school = schools.get_mut(&row.school).ok_or(CashlessError::School(row.school))?;
        if !row.amount.is_positive() {
            return Err(CashlessError::Amount(row.school));
        }
        let first = *payments.entry(row.payment).or_insert(row);
        let told =
            |row: &Collected| (row.school, row.channel, row.families_of_payment, row.paid_on);
        if told(first) != told(row) {
            return Err(CashlessError::Payment(row.payment));
        }
        if period.contains(row.paid_on) {
            school.add(row).ok_or(CashlessError::Overflow)?;
        }
    }
    for row in &facts.left_out {
        let school = schools.get_mut(&row.school).ok_or(CashlessError::School(row.school))?;
        if row.count < 0 || row.amount < Vnd::ZERO {
            return Err(CashlessError::Amount(row.school));
        }
        school.leave_out(row).ok_or(CashlessError::Overflow)?;
    }
    for (id, owed) in &facts.owed {
        let school = schools.get_mut(id).ok_or(CashlessError::School(*id))?;
        school.owed = school.owed.checked_add(*owed).ok_or(CashlessError::Overflow)?;
    }
    let added = schools.into_iter().map(|(id, school)| Some((id, school.added()?)));
    added.collect::<Option<_>>().ok_or(CashlessError::Overflow)
}

/// The report that is made of what schools add up to. Fails where a school of the scope is missing, or
/// a sum is too large.
pub fn of_added(
    scope: Scope,
    settings: Settings,
    mut added: BTreeMap<SchoolId, Added>,
) -> Result<Report, CashlessError> {
    let mut lines = Vec::with_capacity(scope.schools.len());
    for school in &scope.schools {
        let own = added.remove(&school.id).ok_or(CashlessError::School(school.id))?;
        let line = school_line(school.clone(), &settings, own).ok_or(CashlessError::Overflow)?;
        lines.push(line);
    }
    of_lines(scope, settings, lines).ok_or(CashlessError::Overflow)
}

impl<'a> School<'a> {
    fn add(&mut self, row: &'a Collected) -> Option<()> {
        let families = row.families_of_payment;
        let cashless = Views::of(|counting| counting.is_cashless(row.channel, families));
        self.whole.add(row, cashless)?;
        self.classes.entry(&row.class).or_default().add(row, cashless)?;
        let FeeItem { code, name } = &row.fee_item;
        let (known, tally) = self.fee_items.entry(code).or_insert((name, Tally::default()));
        *known = (*known).min(name);
        tally.add(row, cashless)?;
        self.channels
            .entry(listed_channel(row.channel, families))
            .or_default()
            .add(row, cashless)?;
        self.data_until = self.data_until.max(Some(row.paid_on));
        Some(())
    }

    fn added(self) -> Option<Added> {
        let classes = self.classes.iter();
        let fee_items = self.fee_items.iter();
        let channels = self.channels.iter();
        Some(Added {
            sums: Sums {
                whole: self.whole.counts()?,
                data_until: self.data_until,
                channels: channels
                    .map(|(channel, sums)| sums.counts(*channel))
                    .collect::<Option<_>>()?,
                fee_items: fee_items
                    .map(|(code, (name, part))| {
                        let item = FeeItem { code: (*code).to_owned(), name: (*name).to_owned() };
                        Some((item, part.counts()?))
                    })
                    .collect::<Option<_>>()?,
                left_out: left_out_sums(self.left_out),
            },
            owed: self.owed,
            classes: classes
                .map(|(class, part)| Some(((*class).to_owned(), part.counts()?)))
                .collect::<Option<_>>()?,
        })
    }

    fn leave_out(&mut self, row: &LeftOut) -> Option<()> {
        let (count, amount) = self.left_out.entry(row.why).or_default();
        *count = count.checked_add(row.count)?;
        *amount = amount.checked_add(row.amount)?;
        Some(())
    }
}

impl ByChannel {
    fn add(&mut self, row: &Collected, cashless: Views<bool>) -> Option<()> {
        self.payments.insert(row.payment);
        self.amount = self.amount.checked_add(row.amount)?;
        let mut complete = true;
        self.cashless = Views::of(|counting| {
            let sum = *self.cashless.get(counting);
            if !*cashless.get(counting) {
                return sum;
            }
            sum.checked_add(row.amount).unwrap_or_else(|| {
                complete = false;
                sum
            })
        });
        complete.then_some(())
    }

    fn counts(&self, channel: Channel) -> Option<ChannelCounts> {
        Some(ChannelCounts {
            channel,
            payments: i64::try_from(self.payments.len()).ok()?,
            amount: self.amount,
            cashless: self.cashless,
        })
    }
}

fn of_lines(scope: Scope, settings: Settings, lines: Vec<SchoolLine>) -> Option<Report> {
    let mut total = Views::default();
    let mut channels: BTreeMap<Channel, ChannelSum> = BTreeMap::new();
    let mut left_out: BTreeMap<Exclusion, (i64, Vnd)> = BTreeMap::new();
    let mut fee_items: BTreeMap<String, (String, Views<Rates>)> = BTreeMap::new();
    let mut share_collected = Rate::NO_DATA;
    for line in &lines {
        share_collected = share_collected.checked_add(line.share_collected)?;
        total = sum(total, line.figures.views)?;
        for part in &line.channels {
            add_channel(&mut channels, *part)?;
        }
        for part in &line.left_out {
            add_pair(left_out.entry(part.why).or_default(), part.count, part.amount)?;
        }
        for section in &line.fee_items {
            let FeeItem { code, name } = &section.key;
            let (known, views) =
                fee_items.entry(code.clone()).or_insert_with(|| (name.clone(), Views::default()));
            if name < known {
                known.clone_from(name);
            }
            *views = sum(*views, section.figures.views)?;
        }
    }
    let with_data = lines.iter().filter(|line| line.status != Status::NoData).count();
    let in_scope = i64::try_from(lines.len()).ok()?;
    if with_data > 0 {
        total = all_in_scope(total, in_scope)?;
    }
    let total = figures(total, settings.counting);
    Some(Report {
        status: Status::of(total.reported.by_amount, &settings),
        total,
        schools_with_data: i64::try_from(with_data).ok()?,
        channels: channels.into_values().collect(),
        left_out: left_out_sums(left_out),
        fee_items: fee_items
            .into_iter()
            .map(|(code, (name, views))| Section {
                key: FeeItem { code, name },
                figures: figures(views, settings.counting),
            })
            .collect(),
        schools: lines,
        share_collected,
        notes: Vec::new(),
        scope,
        settings,
    })
}

fn school_line(
    school: super::facts::SchoolInScope,
    settings: &Settings,
    added: Added,
) -> Option<SchoolLine> {
    let Added { sums, classes, owed } = added;
    let (min, counting) = (settings.deployed_min_payments, settings.counting);
    let empty = sums.data_until.is_none();
    let views = if empty { Views::default() } else { sums.whole.rates(min)? };
    let whole = figures(views, counting);
    let of = |counts: Counts| Some(figures(counts.rates(min)?, counting));
    Some(SchoolLine {
        school,
        status: Status::of(whole.reported.by_amount, settings),
        figures: whole,
        data_until: sums.data_until,
        channels: sums.channels.iter().map(|part| part.sum(counting)).collect(),
        left_out: sums.left_out,
        share_collected: owed,
        classes: classes
            .into_iter()
            .map(|(key, part)| Some(Section { key, figures: of(part)? }))
            .collect::<Option<_>>()?,
        fee_items: sums
            .fee_items
            .into_iter()
            .map(|(key, part)| Some(Section { key, figures: of(part)? }))
            .collect::<Option<_>>()?,
    })
}

/// Schools without data are no part of the other rates but are in scope all the same.
fn all_in_scope(views: Views<Rates>, in_scope: i64) -> Option<Views<Rates>> {
    let widen = |rates: Rates| {
        let by_school = Rate::new(rates.by_school.numerator(), in_scope)?;
        Some(Rates { by_school, ..rates })
    };
    Some(Views {
        with_both: widen(views.with_both)?,
        without_counter_cash: widen(views.without_counter_cash)?,
        without_proxy: widen(views.without_proxy)?,
        without_either: widen(views.without_either)?,
    })
}

fn sum(one: Views<Rates>, other: Views<Rates>) -> Option<Views<Rates>> {
    Some(Views {
        with_both: one.with_both.checked_add(other.with_both)?,
        without_counter_cash: one.without_counter_cash.checked_add(other.without_counter_cash)?,
        without_proxy: one.without_proxy.checked_add(other.without_proxy)?,
        without_either: one.without_either.checked_add(other.without_either)?,
    })
}

fn figures(views: Views<Rates>, counting: Counting) -> Figures {
    Figures { reported: *views.get(counting), views }
}

fn add_pair(sums: &mut (i64, Vnd), count: i64, amount: Vnd) -> Option<()> {
    *sums = (sums.0.checked_add(count)?, sums.1.checked_add(amount)?);
    Some(())
}

fn add_channel(sums: &mut BTreeMap<Channel, ChannelSum>, part: ChannelSum) -> Option<()> {
    match sums.entry(part.channel) {
        Entry::Vacant(free) => drop(free.insert(part)),
        Entry::Occupied(mut known) => {
            let known = known.get_mut();
            known.payments = known.payments.checked_add(part.payments)?;
            known.amount = known.amount.checked_add(part.amount)?;
            known.cashless = known.cashless.checked_add(part.cashless)?;
        }
    }
    Some(())
}

fn left_out_sums(sums: BTreeMap<Exclusion, (i64, Vnd)>) -> Vec<LeftOutSum> {
    sums.into_iter()
        .filter(|(_, (count, amount))| *count > 0 || amount.is_positive())
        .map(|(why, (count, amount))| LeftOutSum { why, count, amount })
        .collect()
}
