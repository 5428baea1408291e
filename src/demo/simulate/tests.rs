use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use crate::demo::format::StatementFormat;
use crate::demo::measure;
use crate::demo::simulate::bills::ROUNDS;
use crate::demo::simulate::certain::breaks;
use crate::demo::simulate::manner::Manner;
use crate::demo::simulate::profiles::{PROFILES, named};
use crate::demo::simulate::{Plan, World, build, files};
use crate::demo::truth::Meaning;
use crate::domain::money::Vnd;
use crate::domain::text::fold;

fn plan(profile: &str) -> Plan {
    let profile = named(profile).unwrap();
    Plan { seed: 7, students: 480, schools: 6, profile, announced: false }
}

fn worlds() -> &'static [(&'static str, World)] {
    static WORLDS: LazyLock<Vec<(&'static str, World)>> = LazyLock::new(|| {
        PROFILES.iter().map(|one| (one.name, build(&plan(one.name)).unwrap())).collect()
    });
    &WORLDS
}

fn bytes(world: &World) -> Vec<&[u8]> {
    let mut bytes = Vec::new();
    for school in &world.schools {
        bytes.push(school.students_file.bytes.as_slice());
        bytes.extend(school.invoice_files.iter().map(|file| file.bytes.as_slice()));
        bytes
            .extend([&school.whole_list, &school.cancelled_file].map(|file| file.bytes.as_slice()));
        bytes.extend(school.statement_files.iter().map(|file| file.file.bytes.as_slice()));
        bytes.extend(school.notifications.iter().map(|file| file.bytes.as_slice()));
    }
    bytes
}

#[test]
fn equal_plans_give_equal_bytes_and_other_seeds_do_not() {
    let small = |seed| {
        build(&Plan { seed, students: 120, schools: 3, announced: true, ..plan("city") }).unwrap()
    };
    let (one, again, other) = (small(1), small(1), small(2));
    assert!(bytes(&one) == bytes(&again));
    let truth = |world: &World| -> Vec<String> {
        let lines = world.schools.iter().flat_map(|school| &school.lines);
        lines.map(|line| files::truth_line(line).unwrap()).collect()
    };
    assert_eq!(truth(&one), truth(&again));
    assert_ne!(truth(&one), truth(&other));
}

#[test]
fn every_statement_format_and_every_manner_occurs() {
    let mut manners = BTreeSet::new();
    for (name, world) in worlds() {
        let files = world.schools.iter().flat_map(|school| &school.statement_files);
        let formats: HashSet<_> = files.map(|file| file.format).collect();
        for format in StatementFormat::ALL {
            assert!(formats.contains(&format), "{name}: {format:?} is missing");
        }
        manners.extend(world.schools.iter().flat_map(|school| &school.lines).map(|one| one.manner));
    }
    for profile in &PROFILES {
        for (_, manner) in profile.habits.iter().chain(profile.events) {
            assert!(manners.contains(manner), "{} never happens", manner.as_str());
        }
    }
    assert!(manners.contains(&Manner::GivingBack) && manners.contains(&Manner::VirtualAccount));
}

#[test]
fn words_never_lead_to_what_was_not_meant() {
    for (name, world) in worlds() {
        for line in world.schools.iter().flat_map(|school| &school.lines) {
            assert!(!line.misleading, "{name}: {line:?}");
        }
    }
}

#[test]
fn what_is_meant_stands_in_the_lists_and_is_never_paid_twice_over() {
    let looked_at = |name: &str| matches!(name, "national" | "own-codes");
    for (name, world) in worlds().iter().filter(|(name, _)| looked_at(name)) {
        // Every second one: one of each style of lists.
        for school in world.schools.iter().step_by(2) {
            assert_eq!(school.invoice_files.len(), ROUNDS.len());
            let mut due: BTreeMap<String, Vnd> = BTreeMap::new();
            for file in &school.invoice_files {
                let rows = crate::formats::roster::read_invoices(&file.bytes).unwrap();
                assert_eq!(rows.bad, [], "{}", file.name);
                due.extend(rows.good.into_iter().map(|row| (row.code.unwrap(), row.amount_due)));
            }
            let whole = crate::formats::roster::read_invoices(&school.whole_list.bytes).unwrap();
            assert_eq!((whole.bad.len(), whole.good.len()), (0, due.len()), "{name}");
            let fees = school.lines.iter().filter(|line| line.truth.meaning == Meaning::Fees);
            for share in fees.flat_map(|line| &line.truth.pays) {
                let left = due[&share.payment_code].checked_sub(share.amount).unwrap();
                assert!(left >= Vnd::ZERO, "{name}: {share:?}");
                due.insert(share.payment_code.clone(), left);
            }
        }
    }
}

#[test]
fn only_money_that_pays_something_is_certain() {
    for (name, world) in worlds() {
        let lines = || world.schools.iter().flat_map(|school| &school.lines);
        for line in lines() {
            assert!(!line.truth.seen_in.is_empty(), "{line:?}");
            if line.certain {
                assert!(line.determined && !line.truth.pays.is_empty(), "{line:?}");
            }
        }
        let share = |of: fn(&Manner) -> bool| {
            let all = lines().filter(|line| of(&line.manner)).count();
            let certain = lines().filter(|line| of(&line.manner) && line.certain).count();
            (certain * 100).checked_div(all).unwrap_or(0)
        };
        assert!(share(|manner| *manner == Manner::AsAsked) > 80, "{name}");
        assert_eq!(share(|manner| *manner == Manner::Bare || *manner == Manner::Over), 0, "{name}");
    }
}

#[test]
fn a_province_has_the_names_of_its_kind() {
    let world = |wanted: &str| {
        worlds().iter().find(|(name, _)| *name == wanted).map(|(_, world)| world).unwrap()
    };
    let students = |wanted: &str| -> Vec<(String, String)> {
        let files = world(wanted).schools.iter().map(|school| &school.students_file);
        files
            .flat_map(|file| crate::formats::roster::read_students(&file.bytes).unwrap().good)
            .map(|row| (row.name, row.class))
            .collect()
    };
    let highland = students("highland");
    let with = |names: &[(String, String)], part: &str| {
        names.iter().filter(|(name, _)| name.contains(part)).count() * 100 / names.len()
    };
    assert!(with(&highland, "Đinh ") > 50, "{} %", with(&highland, "Đinh "));
    assert!(highland.iter().any(|(name, _)| name.starts_with("Y H'")));
    assert!(highland.iter().any(|(name, _)| !name.contains(' ')), "nobody with a single name");
    let distinct = |names: &[(String, String)]| {
        names.iter().map(|(name, _)| fold(name)).collect::<HashSet<_>>().len() * 100 / names.len()
    };
    assert!(distinct(&highland) + 20 < distinct(&students("national")));
    assert!(students("city").iter().any(|(_, class)| class == "4/1"));
}

#[test]
fn a_line_that_ends_within_or_beside_a_code_breaks_it() {
    let code = "HS1234567";
    for (why, before, expected) in [
        ("at the beginning of a line", 3, false),
        ("in the middle", 30, true),
        ("right before the end", 26, true),
        ("right behind the break", 35, true),
        ("well within the second line", 40, false),
    ] {
        let text = format!("{}{code} HANH", "X".repeat(before));
        assert_eq!(breaks(StatementFormat::VietcombankCashup, &text, code), expected, "{why}");
        assert!(!breaks(StatementFormat::Csv, &text, code), "{why}");
    }
}

#[test]
fn money_that_was_not_meant_for_an_invoice_counts_as_wrong() {
    let plan = Plan { students: 60, schools: 1, ..plan("national") };
    let mut school = build(&plan).unwrap().schools.remove(0);
    for line in &mut school.lines {
        line.truth.pays.clear();
    }
    let total = measure::school(&school).unwrap().total();
    assert!(total.settled > 50 && total.wrong >= total.settled, "{total:?}");
    assert!(!total.passes());
}

#[test]
fn a_small_province_is_measured_without_a_wrong_settlement() {
    let plan = Plan { students: 240, schools: 6, ..plan("careless") };
    let accuracy = measure::province(&plan).unwrap();
    let total = accuracy.total();
    assert_eq!(total.wrong, 0, "{:?}", accuracy.examples);
    assert!(total.entries > 400 && total.certain > 100, "{total:?}");
}
