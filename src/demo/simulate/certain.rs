//! What a careful person who knows the whole roster and every bill would settle without asking.
//!
//! Payments are looked at day by day, and what was settled for certain is not open any more. Certain
//! is a payment
//!
//! - with one whole code and exactly what its bill still has open, or less than that – but less must
//!   not be what another bill of the family has open; or more, if exactly one set of the family's
//!   open bills with this one adds up to it;
//! - with several whole codes and exactly the sum of what their bills have open;
//! - with a code one symbol of which was replaced, exactly what the bill has open, and the student's
//!   full name or the class in the text, nobody of the school being called the same;
//! - to a student's own virtual account, if exactly one set of the family's open bills with one of
//!   the student's adds up to it.
//!
//! It is not certain when its words or its sender name another student of the school in full – unless
//! the family's own guardian is called so, whom the roster names –, when it went back,
//! when it is the second of two payments for one bill or shares its day with the first, or when
//! another payment of the family on the same day decides what is open. A payment whose words lead
//! to something else than what was meant is never certain. A school's own code counts only where it
//! stands by itself, and not where a statement breaks its lines within or beside it.

use std::collections::{HashMap, HashSet};

use crate::demo::format::StatementFormat as Format;
use crate::demo::roll::Roll;
use crate::demo::simulate::bills::Bill;
use crate::demo::simulate::story::{Clue, Description, Evidence, Told};
use crate::demo::truth::Meaning;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::text::fold;

/// What can be said of one movement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// A careful person settles it alone.
    pub certain: bool,
    /// Words and amount lead to exactly one answer, and it is the right one.
    pub determined: bool,
    /// The words would lead a careful person to something that was not meant.
    pub misleading: bool,
}

/// The most bills of a family whose sets are tried; no made-up family has more.
const MOST_BILLS: usize = 12;

/// A school's books in the hands of a careful person.
pub struct Judge<'a> {
    roll: &'a Roll,
    bills: &'a [Bill],
    open: Vec<Vnd>,
    of_family: HashMap<usize, Vec<usize>>,
    names: HashMap<String, Vec<usize>>,
    described: HashMap<String, Vec<usize>>,
}

impl<'a> Judge<'a> {
    /// The books at the beginning of the month.
    #[must_use]
    pub fn new(roll: &'a Roll, bills: &'a [Bill]) -> Judge<'a> {
        let mut of_family: HashMap<usize, Vec<usize>> = HashMap::new();
        for (at, bill) in bills.iter().enumerate() {
            if let Some(pupil) = roll.pupils.get(bill.pupil) {
                of_family.entry(pupil.family).or_default().push(at);
            }
        }
        let mut names: HashMap<String, Vec<usize>> = HashMap::new();
        let mut described: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, pupil) in roll.pupils.iter().enumerate() {
            let name = words_of(&pupil.name).join(" ");
            names.entry(name).or_default().push(place);
            let guardian = roll.families.get(pupil.family).map(|family| fold(&family.guardian));
            for key in [fold(&pupil.name), fold(&pupil.given), guardian.unwrap_or_default()] {
                let places = described.entry(key).or_default();
                if places.last() != Some(&place) {
                    places.push(place);
                }
            }
        }
        let open = bills.iter().map(Bill::due).collect();
        Judge { roll, bills, open, of_family, names, described }
    }

    /// Looks at a month, in the order of its days.
    pub fn month(&mut self, told: &[Told]) -> Vec<Verdict> {
        let mut busy: HashMap<(Day, usize), u32> = HashMap::new();
        for one in told {
            for family in self.families(one) {
                *busy.entry((one.movement.day, family)).or_default() += 1;
            }
        }
        told.iter()
            .map(|one| {
                let alone = self
                    .families(one)
                    .iter()
                    .all(|family| busy.get(&(one.movement.day, *family)) <= Some(&1));
                self.look(one, alone)
            })
            .collect()
    }

    fn families(&self, told: &Told) -> HashSet<usize> {
        told.about
            .iter()
            .filter_map(|pupil| self.roll.pupils.get(*pupil))
            .map(|pupil| pupil.family)
            .collect()
    }

    fn look(&mut self, told: &Told, alone: bool) -> Verdict {
        if !matches!(told.movement.meaning, Meaning::Fees | Meaning::PaidAgain) {
            return Verdict::default();
        }
        let objection = self.names_another(told);
        let settled = self.settled(told, alone).filter(|_| !objection && !told.doubtful);
        let meant = |shares: &[(usize, Vnd)]| {
            let sorted = |shares: &[(usize, Vnd)]| {
                let mut shares = shares.to_vec();
                shares.sort_unstable();
                shares
            };
            sorted(shares) == sorted(&told.pays)
        };
        let certain = settled.as_deref().is_some_and(meant);
        let determined = certain || !objection && self.determined(told);
        let misleading = settled.is_some() && !certain;
        for (at, amount) in settled.filter(|_| certain).unwrap_or_default() {
            if let Some(open) = self.open.get_mut(at) {
                *open = open.checked_sub(amount).unwrap_or(Vnd::ZERO);
            }
        }
        Verdict { certain, determined, misleading }
    }

    fn open(&self, at: usize) -> Vnd {
        self.open.get(at).copied().unwrap_or(Vnd::ZERO)
    }

    /// What follows from the words and the amount.
    fn settled(&self, told: &Told, alone: bool) -> Option<Vec<(usize, Vnd)>> {
        let amount = told.movement.amount;
        match &told.evidence {
            Evidence::Nothing => None,
            Evidence::Slip(at) => {
                let unlike = self.names.get(&self.name_of(*at)).is_some_and(|same| same.len() == 1);
                (unlike && amount.is_positive() && self.open(*at) == amount)
                    .then(|| vec![(*at, amount)])
            }
            Evidence::Codes(places) => match places.as_slice() {
                [at] => self.one_code(*at, amount, alone),
                several => {
                    let open: Vec<Vnd> = several.iter().map(|at| self.open(*at)).collect();
                    let all_open = open.iter().all(|open| open.is_positive());
                    (all_open && Vnd::checked_sum(open.iter().copied()) == Some(amount))
                        .then(|| several.iter().copied().zip(open).collect())
                }
            },
            Evidence::Account(pupil) => {
                let family = self.roll.pupils.get(*pupil)?.family;
                let own = |at: &usize| self.bills.get(*at).is_some_and(|bill| bill.pupil == *pupil);
                only(self.sets(family, amount).into_iter().filter(|set| set.iter().any(own)))
                    .filter(|_| alone)
                    .map(|set| self.whole(&set))
            }
        }
    }

    /// The name of the student whose bill it is, as names are compared.
    fn name_of(&self, at: usize) -> String {
        let pupil = self.bills.get(at).and_then(|bill| self.roll.pupils.get(bill.pupil));
        pupil.map(|pupil| words_of(&pupil.name).join(" ")).unwrap_or_default()
    }

    fn one_code(&self, at: usize, amount: Vnd, alone: bool) -> Option<Vec<(usize, Vnd)>> {
        let open = self.open(at);
        let family = self.roll.pupils.get(self.bills.get(at)?.pupil)?.family;
        if !open.is_positive() {
            return None;
        }
        if amount == open {
            return Some(vec![(at, amount)]);
        }
        if amount < open {
            // The amount could be what somebody of the same name owes.
            let twins = self.names.get(&self.name_of(at)).is_some_and(|same| same.len() > 1);
            if twins {
                return None;
            }
            let anothers = self.family_bills(family).any(|other| self.open(other) == amount);
            return (alone && !anothers).then(|| vec![(at, amount)]);
        }
        only(self.sets(family, amount).into_iter().filter(|set| set.contains(&at)))
            .filter(|_| alone)
            .map(|set| self.whole(&set))
    }

    fn whole(&self, set: &[usize]) -> Vec<(usize, Vnd)> {
        set.iter().map(|at| (*at, self.open(*at))).collect()
    }

    fn family_bills(&self, family: usize) -> impl Iterator<Item = usize> {
        self.of_family.get(&family).into_iter().flatten().copied()
    }

    /// Every set of a family's open bills that adds up to the amount.
    fn sets(&self, family: usize, amount: Vnd) -> Vec<Vec<usize>> {
        let open: Vec<(usize, Vnd)> = self
            .family_bills(family)
            .map(|at| (at, self.open(at)))
            .filter(|(_, open)| open.is_positive())
            .take(MOST_BILLS)
            .collect();
        (1_u32..1 << open.len())
            .map(|chosen| {
                let set = open.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1);
                set.map(|(_, bill)| *bill).collect::<Vec<_>>()
            })
            .filter(|set| Vnd::checked_sum(set.iter().map(|(_, open)| *open)) == Some(amount))
            .map(|set| set.into_iter().map(|(at, _)| at).collect())
            .collect()
    }

    /// Whether somebody with the lists at hand finds exactly one answer, and the right one.
    fn determined(&self, told: &Told) -> bool {
        let amount = told.movement.amount;
        if told.movement.meaning != Meaning::Fees || told.doubtful {
            return false;
        }
        let mut pays: Vec<usize> = told.pays.iter().map(|(at, _)| *at).collect();
        pays.sort_unstable();
        let still_open = told.pays.iter().all(|(at, share)| *share <= self.open(*at));
        let candidates: Vec<usize> = match &told.clue {
            Clue::Nothing => return false,
            Clue::Leads => return still_open,
            Clue::Family(family) => {
                let mut sets = self.sets(*family, amount);
                return sets.len() == 1 && sets.pop() == Some(pays);
            }
            Clue::Described(described) => {
                let Description { name, guardian, given, .. } = described;
                let key = name.as_ref().or(guardian.as_ref()).or(given.as_ref());
                key.and_then(|key| self.described.get(key))
                    .into_iter()
                    .flatten()
                    .copied()
                    .filter(|place| self.fits(*place, described))
                    .collect()
            }
        };
        let mut answers: HashSet<Vec<usize>> = HashSet::new();
        for place in candidates {
            let Some(pupil) = self.roll.pupils.get(place) else { continue };
            answers.extend(self.sets(pupil.family, amount).into_iter().filter(|set| {
                set.iter().any(|at| self.bills.get(*at).is_some_and(|bill| bill.pupil == place))
            }));
        }
        answers.len() == 1 && answers.contains(&pays)
    }

    fn fits(&self, place: usize, described: &Description) -> bool {
        let Some(pupil) = self.roll.pupils.get(place) else { return false };
        let parent = self.roll.families.get(pupil.family).map(|family| fold(&family.guardian));
        let Description { name, given, class, guardian } = described;
        let own = fold(&pupil.name);
        // Where only one name stands, it may as well be a student's.
        let alone = given.is_none() && class.is_none();
        name.as_ref().is_none_or(|name| own == *name)
            && given.as_ref().is_none_or(|given| fold(&pupil.given) == *given)
            && class.as_ref().is_none_or(|class| pupil.class == *class)
            && guardian.as_ref().is_none_or(|guardian| {
                parent.as_ref() == Some(guardian) || alone && own == *guardian
            })
    }

    /// Whether the payer's words name, in full, a student whom the payment is not about.
    fn names_another(&self, told: &Told) -> bool {
        let own: HashSet<String> = told
            .about
            .iter()
            .filter_map(|pupil| self.roll.pupils.get(*pupil))
            .flat_map(|pupil| {
                let family = self.roll.families.get(pupil.family);
                [Some(&pupil.name), family.map(|family| &family.guardian)]
            })
            .flatten()
            .map(|name| words_of(name).join(" "))
            .collect();
        let sender = told.movement.payer.as_ref().map(|payer| words_of(&payer.name).join(" "));
        if sender.is_some_and(|name| !own.contains(&name) && self.names.contains_key(&name)) {
            return true;
        }
        let words = words_of(&told.words);
        let mut at = 0;
        while at < words.len() {
            let named = (1..=6).rev().find_map(|length| {
                let phrase = words.get(at..at + length)?.join(" ");
                self.names.contains_key(&phrase).then_some((phrase, length))
            });
            match named {
                Some((phrase, length)) if own.contains(&phrase) => at += length,
                // A name of one word may be anything: only longer ones object.
                Some((_, 2..)) => return true,
                _ => at += 1,
            }
        }
        false
    }
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn words_of(text: &str) -> Vec<String> {
    fold(text)
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether a statement in this format breaks its lines within or beside the code.
#[must_use]
pub fn breaks(format: Format, text: &str, code: &str) -> bool {
    let width = match format {
        Format::VietcombankCashup => 35,
        Format::Mt940 | Format::Mt940Blocks => 65,
        _ => return false,
    };
    let Some(start) = fold(text).find(code) else { return true };
    // A break may move by a sign that must not begin a line.
    let near = start.saturating_sub(1)..=start + code.len() + 1;
    near.into_iter().any(|place| place > 0 && place.is_multiple_of(width))
}
