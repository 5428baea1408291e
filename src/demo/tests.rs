use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use crate::demo::format::StatementFormat;
use crate::demo::spec::World;
use crate::demo::truth::Meaning;
use crate::demo::world::build;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

const SEED: u64 = 2026;

pub(super) fn world() -> &'static World {
    static WORLD: LazyLock<World> = LazyLock::new(|| build(SEED).unwrap());
    &WORLD
}

#[test]
fn equal_seeds_give_equal_bytes_and_others_do_not() {
    let one = world();
    assert!(*one == build(SEED).unwrap(), "the same seed gave another world");
    let other = build(SEED + 1).unwrap();
    for (mine, theirs) in one.schools.iter().zip(&other.schools) {
        assert_ne!(mine.students_file.bytes, theirs.students_file.bytes, "{}", mine.code);
    }
}

#[test]
fn the_province_is_as_large_as_promised_and_says_that_it_is_made_up() {
    let world = world();
    assert_eq!(world.schools.len(), 6);
    assert_eq!(world.schools.iter().map(|school| school.students).sum::<usize>(), 3_000);
    let names = world.schools.iter().map(|school| &school.name);
    let units = world.authorities.iter().chain([&world.province]).map(|unit| &unit.name);
    for name in names.chain(units) {
        assert!(name.contains("dữ liệu mẫu"), "{name}");
    }
    let levels: HashSet<_> = world.schools.iter().map(|school| school.level).collect();
    let banks: HashSet<_> = world.schools.iter().map(|school| &school.account.bin).collect();
    assert_eq!((levels.len(), banks.len()), (4, 6));
    for school in &world.schools {
        assert_eq!(school.invoice_files.len(), 3, "{}", school.code);
        let known = |code: &str| {
            code == world.province.code || world.authorities.iter().any(|unit| unit.code == code)
        };
        assert!(school.placements.iter().all(|placement| known(&placement.authority_code)));
        let last = school.placements.last().unwrap();
        assert_eq!((&last.authority_code, last.valid_to), (&school.authority_code, None));
    }
}

#[test]
fn every_format_is_delivered_under_a_name_of_its_own() {
    let world = world();
    let files = || world.schools.iter().flat_map(|school| &school.statement_files);
    let formats: HashSet<_> = files().map(|file| file.format).collect();
    for format in StatementFormat::ALL {
        assert!(formats.contains(&format), "{format:?} is missing");
    }
    let names: HashSet<_> = files().map(|file| &file.file.name).collect();
    assert_eq!(names.len(), files().count());
}

#[test]
fn one_file_comes_twice_two_overlap_and_one_week_comes_in_two_formats() {
    let world = world();
    let (mut twice, mut overlapping, mut two_formats) = (0, 0, 0);
    for school in &world.schools {
        for (at, one) in school.statement_files.iter().enumerate() {
            for other in school.statement_files.iter().skip(at + 1) {
                let same_days = (one.from, one.to) == (other.from, other.to);
                twice += usize::from(one.file.bytes == other.file.bytes);
                two_formats += usize::from(same_days && one.format != other.format);
                overlapping +=
                    usize::from(!same_days && one.from <= other.to && other.from <= one.to);
            }
        }
    }
    assert_eq!((twice, overlapping, two_formats), (1, 2, 1));
}

#[test]
fn balances_chain_from_file_to_file_and_add_up_within_each() {
    let world = world();
    for school in &world.schools {
        let mut held = BTreeMap::new();
        for file in &school.statement_files {
            let signed = |truth: &&crate::demo::truth::Truth| match truth.credit_debit {
                CreditDebit::Credit => truth.amount,
                CreditDebit::Debit => truth.amount.checked_neg().unwrap(),
            };
            let name = &file.file.name;
            let seen = || {
                world
                    .truth
                    .iter()
                    .filter(|truth| truth.seen_in.iter().any(|place| place.file == *name))
            };
            let moved = Vnd::checked_sum(seen().map(|truth| signed(&truth))).unwrap();
            assert_eq!(file.opening.checked_add(moved), Some(file.closing), "{name}");
            assert_eq!(seen().count(), file.entries, "{name}");
            held.insert(file.to, file.closing);
            let eve = file.from.pred_opt().unwrap();
            if let Some(closing) = held.get(&eve) {
                assert_eq!(*closing, file.opening, "{name}");
            }
        }
        assert!(held.len() >= 3, "{}", school.code);
    }
}

#[test]
fn every_line_is_seen_somewhere_and_never_twice_in_one_place() {
    let world = world();
    let mut places = HashSet::new();
    for truth in &world.truth {
        assert!(!truth.seen_in.is_empty(), "{truth:?}");
        for place in &truth.seen_in {
            assert!(places.insert((&place.file, place.entry)), "{place:?}");
        }
    }
    let files = world.schools.iter().flat_map(|school| &school.statement_files);
    assert_eq!(places.len(), files.map(|file| file.entries).sum::<usize>());
}

#[test]
fn everything_that_happens_at_schools_happens_here() {
    let world = world();
    let mut count = BTreeMap::new();
    for truth in &world.truth {
        *count.entry(format!("{:?}", truth.meaning)).or_insert(0_u32) += 1;
        let paid = Vnd::checked_sum(truth.pays.iter().map(|share| share.amount)).unwrap();
        assert!(paid <= truth.amount && truth.amount.is_positive(), "{truth:?}");
        if truth.meaning == Meaning::Fees {
            assert!(paid.is_positive(), "{truth:?}");
        }
    }
    assert_eq!(count["GivenBack"], 10);
    assert_eq!(count["GivingBack"], 10);
    assert_eq!(count["Interest"], 6);
    assert_eq!(count["GatewayPayout"], 5);
    assert!(count["StaffDeposit"] >= 10 && count["PaidAgain"] >= 5, "{count:?}");
    assert!(count["Fees"] > 2_000, "{count:?}");
}

#[test]
fn three_quarters_of_the_payments_carry_their_whole_code() {
    let world = world();
    let fees: Vec<_> = world.truth.iter().filter(|truth| truth.meaning == Meaning::Fees).collect();
    let right = fees
        .iter()
        .filter(|truth| {
            let text = &truth.remittance;
            truth.pays.iter().any(|share| text.contains(&share.payment_code))
                || text.contains("96MAU")
        })
        .count();
    let percent = right * 100 / fees.len();
    assert!((72..=85).contains(&percent), "{percent} %");
}

#[test]
fn a_school_without_payments_has_statements_but_nothing_from_families() {
    let world = world();
    let silent: Vec<_> = world
        .schools
        .iter()
        .filter(|school| {
            school.cash.is_empty()
                && !world
                    .truth
                    .iter()
                    .any(|truth| truth.school_code == school.code && truth.meaning == Meaning::Fees)
        })
        .collect();
    let codes: Vec<_> = silent.iter().map(|school| school.code.as_str()).collect();
    assert_eq!(codes, ["MN-SAO-MAI"]);
    assert!(silent[0].statement_files.iter().all(|file| file.entries > 0));
}

#[test]
fn no_invoice_is_meant_to_be_paid_twice_over() {
    let world = world();
    let mut paid: BTreeMap<&str, i64> = BTreeMap::new();
    for truth in world.truth.iter().filter(|truth| truth.meaning == Meaning::Fees) {
        for share in &truth.pays {
            *paid.entry(&share.payment_code).or_default() += share.amount.dong();
        }
    }
    let in_notes: BTreeSet<&str> = world
        .schools
        .iter()
        .flat_map(|school| &school.cash)
        .map(|voucher| voucher.payment_code.as_str())
        .collect();
    assert!(paid.keys().all(|code| !in_notes.contains(code)));
    assert!(paid.values().all(|dong| (10_000..700_000).contains(dong)));
}

#[test]
fn cash_weighs_differently_from_school_to_school() {
    let world = world();
    let shares: BTreeMap<&str, usize> =
        world.schools.iter().map(|school| (school.code.as_str(), school.cash.len())).collect();
    assert!(shares["TH-HOA-SEN"] > 10 * shares["THCS-DOI-THONG"], "{shares:?}");
    assert_eq!(shares["MN-SAO-MAI"], 0);
}
