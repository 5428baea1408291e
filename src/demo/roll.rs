//! A school's students in families: siblings share a surname, a guardian and a paying account.

use std::cmp::Ordering;

use crate::demo::banks::Bank;
use crate::demo::names;
use crate::demo::random::Dice;
use crate::demo::schools::{Profile, classes};
use crate::domain::text::fold;

/// A student.
#[derive(Clone, Debug)]
pub struct Pupil {
    /// The school's student code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The last word of the name.
    pub given: String,
    /// The class.
    pub class: String,
    /// Where the family stands in [`Roll::families`].
    pub family: usize,
    /// The student's own virtual account.
    pub virtual_account: Option<String>,
}

/// Who pays for a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payer {
    /// The name as banks print it.
    pub name: String,
    /// The account the money comes from.
    pub account: String,
    /// The bank it comes from.
    pub bank: Bank,
}

/// A household.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its key in the school's lists.
    pub key: String,
    /// The guardian's name.
    pub guardian: String,
    /// An address in the domain that is reserved for examples.
    pub email: String,
    /// A number no network gives out.
    pub phone: String,
    /// Who pays.
    pub payer: Payer,
    /// Where its children stand in [`Roll::pupils`].
    pub members: Vec<usize>,
}

/// A school's students and their families.
#[derive(Clone, Debug, Default)]
pub struct Roll {
    /// Students by class and, as class lists have it, by given name.
    pub pupils: Vec<Pupil>,
    /// Families in no particular order.
    pub families: Vec<Family>,
}

struct Child {
    class: usize,
    given: &'static str,
    name: String,
    family: usize,
}

/// Fills a school.
#[must_use]
pub fn fill(profile: &Profile<'_>, number: u32, dice: &mut Dice) -> Roll {
    let classes = classes(profile.level);
    let mut seats: Vec<usize> = (0..classes.len()).cycle().take(profile.students).collect();
    dice.shuffle(&mut seats);
    let mut roll = Roll::default();
    let mut children = Vec::with_capacity(profile.students);
    let mut seats = seats.into_iter().peekable();
    while seats.peek().is_some() {
        let family = roll.families.len();
        let surname = names::surname(dice);
        let size = dice.weighted(&[(74, 1), (23, 2), (3, 3)]).unwrap_or(1);
        for class in seats.by_ref().take(size) {
            let (middle, given) = names::child(dice);
            children.push(Child {
                class,
                given,
                name: format!("{surname} {middle} {given}"),
                family,
            });
        }
        roll.families.push(household(surname, number, family, dice));
    }
    children.sort_by(class_list_order);
    for (place, child) in children.into_iter().enumerate() {
        if let Some(family) = roll.families.get_mut(child.family) {
            family.members.push(place);
        }
        roll.pupils.push(Pupil {
            code: format!("{}{:04}", profile.student_prefix, place + 1),
            virtual_account: profile
                .virtual_accounts
                .then(|| format!("96MAU{number}{:04}", place + 1)),
            name: child.name,
            given: child.given.to_owned(),
            class: classes.get(child.class).cloned().unwrap_or_default(),
            family: child.family,
        });
    }
    roll
}

fn household(surname: &str, number: u32, family: usize, dice: &mut Dice) -> Family {
    let guardian = if dice.percent(45) {
        let (middle, given) = names::man(dice);
        format!("{surname} {middle} {given}")
    } else {
        let own = names::surname(dice);
        let (middle, given) = names::woman(dice);
        format!("{own} {middle} {given}")
    };
    Family {
        key: format!("GD{number}{:04}", family + 1),
        email: format!("phuhuynh.{number}{:04}@example.invalid", family + 1),
        phone: format!("050{:02}{:05}", number % 100, family + 1),
        payer: Payer {
            name: fold(&guardian),
            account: format!("99{number}{:04}{}", family + 1, dice.digits(4)),
            bank: dice.pick(&Bank::ALL).copied().unwrap_or(Bank::Vietcombank),
        },
        guardian,
        members: Vec::new(),
    }
}

fn class_list_order(one: &Child, other: &Child) -> Ordering {
    let key = |child: &Child| (child.class, fold(child.given), fold(&child.name), child.family);
    key(one).cmp(&key(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::schools::SCHOOLS;

    #[test]
    fn siblings_share_a_surname_and_a_family() {
        let roll = fill(&SCHOOLS[0], 1, &mut Dice::new(5));
        assert_eq!(roll.pupils.len(), SCHOOLS[0].students);
        let first = |name: &str| name.split(' ').next().unwrap().to_owned();
        let mut with_siblings = 0;
        for family in &roll.families {
            let surnames: Vec<_> =
                family.members.iter().map(|&at| first(&roll.pupils[at].name)).collect();
            assert!(surnames.windows(2).all(|pair| pair[0] == pair[1]), "{surnames:?}");
            assert!(!family.members.is_empty());
            with_siblings += usize::from(family.members.len() > 1);
        }
        assert!(with_siblings > 60, "{with_siblings} families with siblings");
    }
}
