//! The students of a school and their families, by the names of their province.

use std::cmp::Ordering;

use crate::demo::banks::Bank;
use crate::demo::names;
use crate::demo::random::Dice;
use crate::demo::roll::{Family, Payer, Pupil, Roll};
use crate::demo::simulate::profiles::{Profile, Region};
use crate::demo::simulate::schools::Setup;
use crate::domain::text::fold;

const MIDDLE_GIRLS: [(u32, &str); 4] = [(70, "Thị"), (12, "Thị Thu"), (10, "Ngọc"), (8, "Mỹ")];
const MIDDLE_BOYS: [(u32, &str); 4] = [(72, "Văn"), (10, "Minh"), (10, "Quốc"), (8, "Đình")];
const GIVEN_GIRLS: [&str; 9] = ["Hà", "Hạ", "Lan", "Lý", "My", "Nhi", "Thuý", "Thuỷ", "Vy"];
const GIVEN_BOYS: [&str; 9] = ["An", "Dũng", "Hoà", "Khoa", "Lâm", "Nam", "Sơn", "Tý", "Việt"];
const MINORITY: [&str; 12] =
    ["Bia", "Hơ", "Lăng", "Nhuynh", "Rôn", "Drai", "Plơn", "Gích", "Chưng", "Đrui", "Êban", "Nhơ"];

struct Child {
    class: usize,
    given: String,
    name: String,
    family: usize,
}

/// Fills a school.
#[must_use]
pub fn fill(profile: &Profile, setup: &Setup, dice: &mut Dice) -> Roll {
    let mut seats: Vec<usize> = (0..setup.classes.len()).cycle().take(setup.students).collect();
    dice.shuffle(&mut seats);
    let mut roll = Roll::default();
    let mut children = Vec::with_capacity(setup.students);
    let mut seats = seats.into_iter().peekable();
    while seats.peek().is_some() {
        let family = roll.families.len();
        let surname = dice.weighted(profile.surnames).unwrap_or("Nguyễn");
        let minority = dice.percent(profile.minority);
        let size = dice.weighted(profile.children).unwrap_or(1);
        for class in seats.by_ref().take(size) {
            let (name, given) = if minority {
                minority_name(surname, dice)
            } else {
                let girl = dice.percent(49);
                let (middle, given) = person(profile.region, girl, dice);
                (format!("{surname} {middle} {given}"), given.to_owned())
            };
            children.push(Child { class, given, name, family });
        }
        roll.families.push(household(profile, setup.number, (surname, family), dice));
    }
    children.sort_by(class_list_order);
    for (place, child) in children.into_iter().enumerate() {
        if let Some(family) = roll.families.get_mut(child.family) {
            family.members.push(place);
        }
        roll.pupils.push(Pupil {
            code: format!("MS{:02}{:04}", setup.number, place + 1),
            virtual_account: setup
                .virtual_accounts
                .then(|| format!("96MAU{}{:04}", setup.number, place + 1)),
            name: child.name,
            given: child.given,
            class: setup.classes.get(child.class).cloned().unwrap_or_default(),
            family: child.family,
        });
    }
    roll
}

fn person(region: Region, girl: bool, dice: &mut Dice) -> (&'static str, &'static str) {
    match (region, girl) {
        (Region::Country, true) => names::woman(dice),
        (Region::Country, false) => names::man(dice),
        (Region::Highland, true) => {
            (dice.weighted(&MIDDLE_GIRLS).unwrap_or("Thị"), dice.word(&GIVEN_GIRLS))
        }
        (Region::Highland, false) => {
            (dice.weighted(&MIDDLE_BOYS).unwrap_or("Văn"), dice.word(&GIVEN_BOYS))
        }
    }
}

/// Names of peoples who have no surname, or put a particle before the name.
fn minority_name(surname: &str, dice: &mut Dice) -> (String, String) {
    let given = dice.word(&MINORITY);
    match dice.below(10) {
        0..3 => (format!("Y H'{given}"), format!("H'{given}")),
        3..5 => (format!("A {given}"), given.to_owned()),
        5 => (given.to_owned(), given.to_owned()),
        6 => (format!("H'{given}"), format!("H'{given}")),
        _ => (format!("{surname} {given}"), given.to_owned()),
    }
}

/// A grown-up of the province: the full name.
pub fn adult(profile: &Profile, dice: &mut Dice) -> String {
    let surname = dice.weighted(profile.surnames).unwrap_or("Nguyễn");
    let girl = dice.percent(60);
    let (middle, given) = person(profile.region, girl, dice);
    format!("{surname} {middle} {given}")
}

/// An account that no bank has given out.
pub fn payer(name: &str, number: u32, serial: usize, dice: &mut Dice) -> Payer {
    Payer {
        name: fold(name),
        account: format!("99{number}{serial:04}{}", dice.digits(4)),
        bank: dice.pick(&Bank::ALL).copied().unwrap_or(Bank::Vietcombank),
    }
}

fn household(
    profile: &Profile,
    number: u32,
    (surname, family): (&str, usize),
    dice: &mut Dice,
) -> Family {
    let guardian = if dice.percent(45) {
        let (middle, given) = person(profile.region, false, dice);
        format!("{surname} {middle} {given}")
    } else {
        adult(profile, dice)
    };
    Family {
        key: format!("GD{number}{:04}", family + 1),
        email: format!("phuhuynh.{number}{:04}@example.invalid", family + 1),
        phone: format!("050{:02}{:05}", number % 100, family + 1),
        payer: payer(&guardian, number, family + 1, dice),
        guardian,
        members: Vec::new(),
    }
}

fn class_list_order(one: &Child, other: &Child) -> Ordering {
    let key = |child: &Child| (child.class, fold(&child.given), fold(&child.name), child.family);
    key(one).cmp(&key(other))
}
