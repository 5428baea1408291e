//! Which family is reminded today, and how urgently: from when what it owes is due, and from what it
//! was told before.

use chrono::{NaiveDateTime, NaiveTime, TimeDelta};

use crate::domain::calendar::Day;

/// How urgent a reminder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Before the day, or shortly after: friendly.
    First,
    /// The day has gone by.
    Second,
    /// It has gone by for long.
    Last,
}

impl Step {
    /// Every step, the friendliest first.
    pub const ALL: [Step; 3] = [Step::First, Step::Second, Step::Last];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Step::First => "first",
            Step::Second => "second",
            Step::Last => "last",
        }
    }

    /// The step of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// How a person's own reminder sounds, from how long the oldest day has gone by.
    #[must_use]
    pub fn by_hand(today: Day, oldest_due: Option<Day>, plan: &Plan) -> Step {
        let Some(due) = oldest_due else { return Step::First };
        let passed = plan.days.iter().filter(|days| day_after(due, **days) <= today).count();
        match passed {
            0 | 1 if today <= due => Step::First,
            0..=2 => Step::Second,
            _ => Step::Last,
        }
    }
}

/// When families are reminded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Days from the day something is due to each step, rising; before it they are negative.
    pub days: [i32; 3],
    /// How many days lie between two reminders of a family at least.
    pub pause_days: u32,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan { days: [-3, 3, 10], pause_days: 3 }
    }
}

/// Hours of the day in which families get no notices and no reminders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietHours {
    /// The hour from which on it is quiet.
    pub from_hour: u32,
    /// The hour at which it ends; the same hour is never quiet.
    pub to_hour: u32,
}

impl Default for QuietHours {
    fn default() -> QuietHours {
        QuietHours { from_hour: 21, to_hour: 7 }
    }
}

impl QuietHours {
    /// How long it is still quiet at a moment as clocks on the wall show it; `None` where it is not.
    #[must_use]
    pub fn rest(self, moment: NaiveDateTime) -> Option<TimeDelta> {
        self.until(moment).map(|until| until.signed_duration_since(moment))
    }

    /// Until when a moment is quiet, both as clocks on the wall show it; `None` where it is not.
    #[must_use]
    pub fn until(self, moment: NaiveDateTime) -> Option<NaiveDateTime> {
        let [from, to] = [self.from_hour, self.to_hour]
            .map(|hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN));
        let time = moment.time();
        let end = moment.date().and_time(to);
        if from < to {
            (from <= time && time < to).then_some(end)
        } else if from > to && time >= from {
            end.checked_add_signed(TimeDelta::days(1))
        } else {
            (from > to && time < to).then_some(end)
        }
    }
}

/// How many days after its day a last step may still be made up for: whoever lets reminders be sent in
/// spring does not remind of autumn.
const LATEST_AFTER_LAST: i32 = 7;

/// What a family owes that is due on one day, and which steps it was told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owing {
    /// The day.
    pub due_on: Day,
    /// The steps.
    pub told: Vec<Step>,
}

/// What becomes of a family today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Today {
    /// Nothing is to be told.
    Nothing,
    /// It is reminded: of what is due on this day, and how.
    Remind(Day, Step),
    /// It would be, but was reminded so recently.
    TooSoon,
}

/// Which reminder a family gets today: the most urgent one whose time has come, which was not sent and
/// whose next one's time has not come either. `last` is the day of the last reminder.
#[must_use]
pub fn decide(today: Day, owing: &[Owing], last: Option<Day>, plan: &Plan) -> Today {
    let mut chosen: Option<(Step, Day)> = None;
    for one in owing {
        let Some(step) = step_on(today, one.due_on, plan) else { continue };
        if one.told.contains(&step) {
            continue;
        }
        // The same urgency twice: of the older one.
        let better =
            chosen.is_none_or(|(best, due)| step > best || (step == best && one.due_on < due));
        if better {
            chosen = Some((step, one.due_on));
        }
    }
    let Some((step, due)) = chosen else { return Today::Nothing };
    let pause = TimeDelta::days(i64::from(plan.pause_days));
    match last {
        Some(last) if today.signed_duration_since(last) < pause => Today::TooSoon,
        _ => Today::Remind(due, step),
    }
}

/// The step whose time a day is in.
fn step_on(today: Day, due: Day, plan: &Plan) -> Option<Step> {
    let [first, second, last] = plan.days;
    let over = last.saturating_add(LATEST_AFTER_LAST);
    let times =
        [(first, second, Step::First), (second, last, Step::Second), (last, over, Step::Last)];
    times
        .into_iter()
        .find(|(from, until, _)| day_after(due, *from) <= today && today < day_after(due, *until))
        .map(|(_, _, step)| step)
}

fn day_after(day: Day, days: i32) -> Day {
    day.checked_add_signed(TimeDelta::days(i64::from(days))).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn owing(due: &str, told: &[Step]) -> Owing {
        Owing { due_on: day(due), told: told.to_vec() }
    }

    #[test]
    fn a_family_gets_the_most_urgent_reminder_whose_time_has_come() {
        use Step::{First, Last, Second};
        let plan = Plan::default();
        let remind = |due: &str, step| Today::Remind(day(due), step);
        let ten = "2026-11-10";
        for (why, today, owed, last, expected) in [
            ("nothing is open", ten, vec![], None, Today::Nothing),
            ("four days before", "2026-11-06", vec![owing(ten, &[])], None, Today::Nothing),
            ("three days before", "2026-11-07", vec![owing(ten, &[])], None, remind(ten, First)),
            ("told already", "2026-11-08", vec![owing(ten, &[First])], None, Today::Nothing),
            ("made up for", "2026-11-12", vec![owing(ten, &[])], None, remind(ten, First)),
            (
                "three days after",
                "2026-11-13",
                vec![owing(ten, &[First])],
                None,
                remind(ten, Second),
            ),
            (
                "the first was missed",
                "2026-11-13",
                vec![owing(ten, &[])],
                None,
                remind(ten, Second),
            ),
            (
                "ten days after",
                "2026-11-20",
                vec![owing(ten, &[First, Second])],
                None,
                remind(ten, Last),
            ),
            ("made up for in time", "2026-11-26", vec![owing(ten, &[])], None, remind(ten, Last)),
            ("too late", "2026-11-27", vec![owing(ten, &[])], None, Today::Nothing),
            (
                "the more urgent of two",
                "2026-11-20",
                vec![owing("2026-11-23", &[]), owing(ten, &[])],
                None,
                remind(ten, Last),
            ),
            (
                "the older of two alike",
                "2026-11-20",
                vec![owing("2026-11-23", &[]), owing("2026-11-22", &[])],
                None,
                remind("2026-11-22", First),
            ),
            (
                "the other one where one was told",
                "2026-11-20",
                vec![owing("2026-11-23", &[]), owing(ten, &[Last])],
                None,
                remind("2026-11-23", First),
            ),
            (
                "reminded two days ago",
                "2026-11-13",
                vec![owing(ten, &[])],
                Some("2026-11-11"),
                Today::TooSoon,
            ),
            (
                "reminded three days ago",
                "2026-11-13",
                vec![owing(ten, &[])],
                Some("2026-11-10"),
                remind(ten, Second),
            ),
            (
                "nothing to say is not too soon",
                "2026-11-06",
                vec![owing(ten, &[])],
                Some("2026-11-05"),
                Today::Nothing,
            ),
        ] {
            let found = decide(day(today), &owed, last.map(day), &plan);
            assert_eq!(found, expected, "{why}");
        }
    }

    #[test]
    fn nights_are_quiet() {
        for (why, hours, moment, until) in [
            ("late in the evening", (21, 7), "2026-11-24T21:00:00", Some("2026-11-25T07:00:00")),
            ("after midnight", (21, 7), "2026-11-25T00:30:00", Some("2026-11-25T07:00:00")),
            ("at its end", (21, 7), "2026-11-25T07:00:00", None),
            ("by day", (21, 7), "2026-11-25T12:00:00", None),
            ("before it begins", (21, 7), "2026-11-25T20:59:59", None),
            ("within a day", (12, 14), "2026-11-25T13:00:00", Some("2026-11-25T14:00:00")),
            ("outside of that", (12, 14), "2026-11-25T15:00:00", None),
            ("never", (7, 7), "2026-11-25T07:00:00", None),
        ] {
            let quiet = QuietHours { from_hour: hours.0, to_hour: hours.1 };
            let until: Option<NaiveDateTime> = until.map(|until| until.parse().unwrap());
            assert_eq!(quiet.until(moment.parse().unwrap()), until, "{why}");
        }
    }

    #[test]
    fn a_persons_own_reminder_sounds_as_the_day_has_gone_by() {
        for (why, today, due, expected) in [
            ("no day at all", "2026-11-20", None, Step::First),
            ("before", "2026-11-01", Some("2026-11-10"), Step::First),
            ("on the day", "2026-11-10", Some("2026-11-10"), Step::First),
            ("the day after", "2026-11-11", Some("2026-11-10"), Step::Second),
            ("a week after", "2026-11-17", Some("2026-11-10"), Step::Second),
            ("ten days after", "2026-11-20", Some("2026-11-10"), Step::Last),
        ] {
            assert_eq!(
                Step::by_hand(day(today), due.map(day), &Plan::default()),
                expected,
                "{why}"
            );
        }
    }
}
