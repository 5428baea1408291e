//! What happened to a reported month since: payment by payment, in đồng, so that what was reported
//! and what is known now differ by exactly what is told.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::facts::Collected;
use super::rate::Rate;
use super::views::{Counting, listed_channel};
use crate::domain::id::{PaymentId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// How many digits points have after the point.
const DIGITS: u32 = 2;

/// What happened to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// It was used for invoices only after the report.
    Settled,
    /// None of it is used for invoices any more.
    Reversed,
    /// More of it is used for invoices than before.
    More,
    /// Less of it is used for invoices than before.
    Less,
    /// It turned out to have come by another channel.
    Channel,
    /// It reaches one family now where it reached many, or the other way round.
    Family,
    /// The bank's day turned out to lie in this month.
    DayIn,
    /// The bank's day turned out to lie in another month.
    DayOut,
    /// As much of it as before is used, for another student, class or fee item.
    OtherUse,
}

impl Cause {
    /// Every cause, in the order in which they are told.
    pub const ALL: [Cause; 9] = [
        Cause::Settled,
        Cause::Reversed,
        Cause::More,
        Cause::Less,
        Cause::Channel,
        Cause::Family,
        Cause::DayIn,
        Cause::DayOut,
        Cause::OtherUse,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Settled => "settled",
            Cause::Reversed => "reversed",
            Cause::More => "more",
            Cause::Less => "less",
            Cause::Channel => "channel",
            Cause::Family => "family",
            Cause::DayIn => "day_in",
            Cause::DayOut => "day_out",
            Cause::OtherUse => "other_use",
        }
    }
}

/// Payments to which the same happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub cause: Cause,
    /// The channel they are listed under: now, or as reported where they are gone.
    pub channel: Channel,
    /// How many.
    pub payments: i64,
    /// By how much the cashless side changed; negative where it lost.
    pub cashless: Vnd,
    /// By how much the other side changed.
    pub other: Vnd,
}

/// What happened to a month since it was reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restatement {
    /// What happened, in the order of causes and channels. The groups' sums are exactly what the
    /// two rates differ by.
    pub groups: Vec<Group>,
    /// The rate by amount as reported.
    pub before: Rate,
    /// The rate by amount as known now.
    pub now: Rate,
    /// By how many points it changed; `None` where either side has no data.
    pub points: Option<Decimal>,
}

/// A payment on one side.
#[derive(Debug, Default, PartialEq, Eq)]
struct Side {
    channel: Option<Channel>,
    listed: Option<Channel>,
    cashless: Vnd,
    other: Vnd,
    uses: BTreeMap<(StudentId, String, String), Vnd>,
}

impl Side {
    fn add(&mut self, row: &Collected, counting: Counting) -> Option<()> {
        self.channel = Some(row.channel);
        self.listed = Some(listed_channel(row.channel, row.families_of_payment));
        let side = if counting.is_cashless(row.channel, row.families_of_payment) {
            &mut self.cashless
        } else {
            &mut self.other
        };
        *side = side.checked_add(row.amount)?;
        let key = (row.student, row.class.clone(), row.fee_item.code.clone());
        let used = self.uses.entry(key).or_default();
        *used = used.checked_add(row.amount)?;
        Some(())
    }

    fn all(&self) -> Option<Vnd> {
        self.cashless.checked_add(self.other)
    }
}

/// Compares what was in the rates of a month when it was reported with what is in them now, both of
/// one school; `moved` are payments whose day was changed since. `None` where a sum is too large.
#[must_use]
pub fn restated(
    before: &[Collected],
    now: &[Collected],
    moved: &BTreeSet<PaymentId>,
    counting: Counting,
) -> Option<Restatement> {
    let (old, new) = (sides(before, counting)?, sides(now, counting)?);
    let payments: BTreeSet<PaymentId> = old.keys().chain(new.keys()).copied().collect();
    let nothing = Side::default();
    let mut groups: BTreeMap<(Cause, Channel), Group> = BTreeMap::new();
    for payment in payments {
        let (was, is) =
            (old.get(&payment).unwrap_or(&nothing), new.get(&payment).unwrap_or(&nothing));
        let more = is.all()?.cmp(&was.all()?);
        let Some(cause) = cause(was, is, (more, moved.contains(&payment))) else { continue };
        let channel = is.listed.or(was.listed)?;
        let group = groups.entry((cause, channel)).or_insert(Group {
            cause,
            channel,
            payments: 0,
            cashless: Vnd::ZERO,
            other: Vnd::ZERO,
        });
        group.payments = group.payments.checked_add(1)?;
        group.cashless = group.cashless.checked_add(is.cashless.checked_sub(was.cashless)?)?;
        group.other = group.other.checked_add(is.other.checked_sub(was.other)?)?;
    }
    let (before, now) = (rate(&old)?, rate(&new)?);
    let points = before.percent(DIGITS).zip(now.percent(DIGITS)).map(|(was, is)| is - was);
    Some(Restatement { groups: groups.into_values().collect(), before, now, points })
}

fn sides(rows: &[Collected], counting: Counting) -> Option<HashMap<PaymentId, Side>> {
    let mut sides: HashMap<PaymentId, Side> = HashMap::new();
    for row in rows {
        sides.entry(row.payment).or_default().add(row, counting)?;
    }
    Some(sides)
}

/// What happened to a payment, given whether more of it is used than was; `None` where nothing did.
fn cause(was: &Side, is: &Side, (more, day_changed): (Ordering, bool)) -> Option<Cause> {
    match (was.channel, is.channel) {
        _ if was == is => None,
        (None, _) => Some(if day_changed { Cause::DayIn } else { Cause::Settled }),
        (_, None) => Some(if day_changed { Cause::DayOut } else { Cause::Reversed }),
        (one, other) if one != other => Some(Cause::Channel),
        _ if more.is_gt() => Some(Cause::More),
        _ if more.is_lt() => Some(Cause::Less),
        _ if was.listed != is.listed || was.cashless != is.cashless => Some(Cause::Family),
        _ => Some(Cause::OtherUse),
    }
}

fn rate(sides: &HashMap<PaymentId, Side>) -> Option<Rate> {
    let part = Vnd::checked_sum(sides.values().map(|side| side.cashless))?;
    let all = Vnd::checked_sum(sides.values().map(Side::all).collect::<Option<Vec<_>>>()?)?;
    Rate::new(part.dong(), all.dong())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::cashless::facts::FeeItem;
    use crate::domain::id::SchoolId;

    const BOTH: Counting = Counting { counter_cash: true, proxy: true };

    fn row(payment: i64, channel: Channel, amount: i64) -> Collected {
        Collected {
            school: SchoolId(1),
            class: "6A1".to_owned(),
            fee_item: FeeItem { code: "HP".to_owned(), name: String::new() },
            student: StudentId(payment),
            payment: PaymentId(payment),
            channel,
            families_of_payment: 1,
            paid_on: "2026-11-02".parse().unwrap(),
            amount: Vnd::new(amount),
        }
    }

    #[test]
    fn each_payment_is_told_once_by_what_happened_to_it() {
        use Channel::{CashAtSchool, CounterCash, Transfer};
        let other_student = Collected { student: StudentId(77), ..row(1, Transfer, 100) };
        let proxy = Collected { families_of_payment: 2, ..row(1, Transfer, 100) };
        for (why, before, now, moved, expected) in [
            ("nothing", vec![row(1, Transfer, 100)], vec![row(1, Transfer, 100)], false, None),
            ("later", vec![], vec![row(1, Transfer, 100)], false, Some((Cause::Settled, 100, 0))),
            ("notes", vec![], vec![row(1, CashAtSchool, 7)], false, Some((Cause::Settled, 0, 7))),
            (
                "taken back",
                vec![row(1, Transfer, 100)],
                vec![],
                false,
                Some((Cause::Reversed, -100, 0)),
            ),
            (
                "another month",
                vec![row(1, Transfer, 9)],
                vec![],
                true,
                Some((Cause::DayOut, -9, 0)),
            ),
            ("this month", vec![], vec![row(1, Transfer, 9)], true, Some((Cause::DayIn, 9, 0))),
            (
                "carried by staff",
                vec![row(1, Transfer, 100)],
                vec![row(1, Channel::StaffDeposit, 100)],
                false,
                Some((Cause::Channel, -100, 100)),
            ),
            (
                "the same side",
                vec![row(1, Transfer, 100)],
                vec![row(1, CounterCash, 100)],
                false,
                Some((Cause::Channel, 0, 0)),
            ),
            (
                "more",
                vec![row(1, Transfer, 60)],
                vec![row(1, Transfer, 100)],
                false,
                Some((Cause::More, 40, 0)),
            ),
            (
                "less",
                vec![row(1, Transfer, 100)],
                vec![row(1, Transfer, 60)],
                false,
                Some((Cause::Less, -40, 0)),
            ),
            ("many families", vec![row(1, Transfer, 100)], vec![proxy], false, {
                Some((Cause::Family, 0, 0))
            }),
            ("somebody else's", vec![row(1, Transfer, 100)], vec![other_student], false, {
                Some((Cause::OtherUse, 0, 0))
            }),
        ] {
            let moved: BTreeSet<PaymentId> = moved.then_some(PaymentId(1)).into_iter().collect();
            let found = restated(&before, &now, &moved, BOTH).unwrap();
            let told = found.groups.iter().map(|group| {
                assert_eq!(group.payments, 1, "{why}");
                (group.cause, group.cashless.dong(), group.other.dong())
            });
            assert_eq!(told.collect::<Vec<_>>(), expected.into_iter().collect::<Vec<_>>(), "{why}");
        }
    }

    #[test]
    fn points_are_those_of_the_rounded_rates() {
        let before = [row(1, Channel::Transfer, 2), row(2, Channel::CashAtSchool, 1)];
        let now = [row(1, Channel::Transfer, 2)];
        let found = restated(&before, &now, &BTreeSet::new(), BOTH).unwrap();
        assert_eq!(found.points.unwrap().to_string(), "33.33");
        let emptied = restated(&before, &[], &BTreeSet::new(), BOTH).unwrap();
        assert_eq!((emptied.points, emptied.now), (None, Rate::NO_DATA), "no data is not 0 %");
    }

    fn any_rows() -> impl Strategy<Value = Vec<Collected>> {
        let one = (1_i64..30, 0_usize..8, 1_i64..1_000_000, 1_u32..3);
        proptest::collection::vec(one, 0..40).prop_map(|rows| {
            let mut known: HashMap<i64, (Channel, u32)> = HashMap::new();
            rows.into_iter()
                .map(|(payment, channel, amount, families)| {
                    let channel = Channel::ALL[channel % Channel::ALL.len()];
                    let (channel, families) = *known.entry(payment).or_insert((channel, families));
                    let families_of_payment = families;
                    Collected { families_of_payment, ..row(payment, channel, amount) }
                })
                .collect()
        })
    }

    proptest! {
        #[test]
        fn the_groups_are_the_whole_difference_to_the_dong(
            before in any_rows(), now in any_rows(), counter_cash: bool, proxy: bool,
        ) {
            let counting = Counting { counter_cash, proxy };
            let found = restated(&before, &now, &BTreeSet::new(), counting).unwrap();
            let cashless: i64 = found.groups.iter().map(|group| group.cashless.dong()).sum();
            let other: i64 = found.groups.iter().map(|group| group.other.dong()).sum();
            prop_assert_eq!(found.before.numerator() + cashless, found.now.numerator());
            prop_assert_eq!(
                found.before.denominator() + cashless + other, found.now.denominator());
        }
    }
}
