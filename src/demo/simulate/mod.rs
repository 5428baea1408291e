//! Worlds of any size and of several kinds, with the truth about every movement: how it came to be
//! written as it is, what it pays, and whether a careful person would settle it alone. The matcher
//! is measured against them; nothing here knows how it decides.

pub mod bills;
pub mod certain;
mod events;
pub mod files;
mod habits;
mod mangle;
pub mod manner;
pub mod month;
pub mod notify;
pub mod people;
pub mod profiles;
pub mod schools;
pub mod story;
#[cfg(test)]
mod tests;

use crate::demo::delivery::Ledger;
use crate::demo::error::DemoError;
use crate::demo::format::StatementFile;
use crate::demo::lists;
use crate::demo::random::Dice;
use crate::demo::roll::Roll;
use crate::demo::simulate::bills::{Bill, Codes};
use crate::demo::simulate::certain::{Judge, breaks};
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::month::Month;
use crate::demo::simulate::profiles::{CodeStyle, Profile};
use crate::demo::simulate::schools::Setup;
use crate::demo::simulate::story::{Clue, Evidence, Told};
use crate::demo::spec::NamedFile;
use crate::demo::truth::{Sighting, Truth, TruthShare};
use crate::domain::money::Vnd;

/// What is to be built; equal plans give equal bytes.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// How many students, spread evenly over the schools.
    pub students: usize,
    /// How many schools.
    pub schools: usize,
    /// Which kind of province.
    pub profile: &'static Profile,
    /// Whether the money is announced as well; signing takes a third of the time.
    pub announced: bool,
}

/// A simulated province.
#[derive(Clone, Debug)]
pub struct World {
    /// Its schools.
    pub schools: Vec<School>,
}

/// A school with its files and the truth about them.
#[derive(Clone, Debug)]
pub struct School {
    /// What it is.
    pub setup: Setup,
    /// Its student list.
    pub students_file: NamedFile,
    /// Its invoice lists, one for each round; last month's is paid.
    pub invoice_files: Vec<NamedFile>,
    /// One list of all invoices.
    pub whole_list: NamedFile,
    /// The list of withdrawn invoices.
    pub cancelled_file: NamedFile,
    /// Its statements.
    pub statement_files: Vec<StatementFile>,
    /// The deliveries of its notification service, where they were asked for.
    pub notifications: Option<NamedFile>,
    /// The truth about each movement, in the bank's order.
    pub lines: Vec<TruthLine>,
}

/// The truth about one movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthLine {
    /// What it was and where it is seen.
    pub truth: Truth,
    /// How it came to be written as it is.
    pub manner: Manner,
    /// Whether a careful person who knows all lists settles it alone.
    pub certain: bool,
    /// Whether words, amount and lists leave exactly one answer, and that one is right.
    pub determined: bool,
    /// Whether the words would lead a careful person to something that was not meant.
    pub misleading: bool,
    /// The delivery that announces it.
    pub notified_by: Option<Sighting>,
}

/// Builds a province.
pub fn build(plan: &Plan) -> Result<World, DemoError> {
    let dice = Dice::new(plan.seed);
    let mut codes = Codes::new(plan.seed)?;
    let mut schools = Vec::with_capacity(plan.schools);
    let mut elsewhere: Vec<String> = Vec::new();
    for place in 0..plan.schools {
        let students =
            plan.students / plan.schools + usize::from(place < plan.students % plan.schools);
        let setup = Setup::new(plan.profile, place, students);
        let own = dice.apart(u64::from(setup.number));
        let (school, bills) = school(plan, setup, &own, &elsewhere, &mut codes)?;
        elsewhere.extend(bills.into_iter().map(|bill| bill.code).take(200));
        schools.push(school);
    }
    Ok(World { schools })
}

fn school(
    plan: &Plan,
    setup: Setup,
    dice: &Dice,
    elsewhere: &[String],
    codes: &mut Codes,
) -> Result<(School, Vec<Bill>), DemoError> {
    let roll = people::fill(plan.profile, &setup, &mut dice.apart(1));
    let bills = bills::issue(setup.codes, &roll, codes, &mut dice.apart(2))?;
    let month = Month::new(plan.profile, &setup, (&roll, &bills), elsewhere, dice.apart(3));
    let mut told = month.run(codes)?;
    told.sort_by_key(|one| (one.movement.day, one.movement.time));
    for one in &mut told {
        as_delivered(&setup, &bills, one);
        one.movement.pays = one
            .pays
            .iter()
            .filter_map(|(at, amount)| {
                let payment_code = bills.get(*at)?.code.clone();
                Some(TruthShare { payment_code, amount: *amount })
            })
            .collect();
    }
    let verdicts = Judge::new(&roll, &bills).month(&told);
    let demo = setup.as_demo();
    let mut purse = dice.apart(5);
    let opening = Vnd::new(i64::from(purse.between(31_000, 95_000)) * 1_000);
    let movements = told.iter().map(|one| one.movement.clone()).collect();
    let ledger = Ledger::book(&demo, opening, movements, &mut purse)?;
    let (statement_files, truth) = ledger.deliver(&demo, &setup.account)?;
    let (notifications, notified) = if plan.announced {
        let (file, notified) = notifications(&setup, &roll, (&told, &truth), &mut dice.apart(6))?;
        (Some(file), notified)
    } else {
        (None, vec![None; told.len()])
    };
    let lines = truth
        .into_iter()
        .zip(&told)
        .zip(verdicts)
        .zip(notified)
        .map(|(((truth, one), verdict), notified_by)| TruthLine {
            truth,
            manner: one.manner,
            certain: verdict.certain,
            determined: verdict.determined,
            misleading: verdict.misleading,
            notified_by,
        })
        .collect();
    let school = School {
        students_file: lists::students(&demo, &roll)?,
        invoice_files: files::rounds(&setup, &roll, &bills)?,
        whole_list: files::whole(&setup, &roll, &bills)?,
        cancelled_file: files::cancelled(&setup, &roll, &bills)?,
        statement_files,
        notifications,
        lines,
        setup,
    };
    Ok((school, bills))
}

/// A school's own code that a statement breaks, or writes beside a break, is no whole token there.
fn as_delivered(setup: &Setup, bills: &[Bill], told: &mut Told) {
    let Evidence::Codes(places) = &told.evidence else { return };
    if setup.codes == CodeStyle::Ours {
        return;
    }
    let broken = setup.formats_on(told.movement.day).any(|format| {
        places
            .iter()
            .filter_map(|at| bills.get(*at))
            .any(|bill| breaks(format, &told.movement.remittance, &bill.code))
    });
    if broken {
        told.evidence = Evidence::Nothing;
        told.clue = Clue::Nothing;
    }
}

type Notified = Vec<Option<Sighting>>;

fn notifications(
    setup: &Setup,
    roll: &Roll,
    (told, truth): (&[Told], &[Truth]),
    dice: &mut Dice,
) -> Result<(NamedFile, Notified), DemoError> {
    let provider = notify::Provider::of(setup).as_str();
    let name = format!("{}_{provider}.jsonl", setup.code);
    let (mut bytes, mut seen, mut entry) = (Vec::new(), Vec::new(), 0);
    for (serial, (one, truth)) in told.iter().zip(truth).enumerate() {
        let own = match &one.evidence {
            Evidence::Account(pupil) => roll.pupils.get(*pupil),
            _ => None,
        };
        let own = own.and_then(|pupil| pupil.virtual_account.as_deref());
        let moved = (&one.movement, truth.reference.as_str());
        let line = notify::line(setup, serial, moved, own, dice)?;
        seen.push(line.as_ref().map(|_| Sighting { file: name.clone(), entry }));
        if let Some(line) = line {
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            entry += 1;
        }
    }
    Ok((NamedFile { name, bytes }, seen))
}
