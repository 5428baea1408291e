//! Runs that are certain, and those that are not.

use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

fn day(day: u32) -> Day {
    Day::from_ymd_opt(2026, 11, day).unwrap()
}

fn paid(id: i64, on: u32, dong: i64) -> Item {
    let place = (id.to_string().len(), id.to_string());
    Item { id, day: day(on), place, amount: Vnd::new(dong), back: false, undoes: None }
}

fn back(id: i64, on: u32, dong: i64, undoes: i64) -> Item {
    Item { back: true, undoes: Some(undoes), ..paid(id, on, dong) }
}

fn line(id: i64, on: u32, dong: i64) -> Line {
    Line { id, day: day(on), amount: Vnd::new(dong), named: true, days: Vec::new() }
}

fn known(millionths: i64, dong: i64) -> Terms {
    Terms { fee: Some(Fee { millionths, dong }), ..Terms::unknown() }
}

/// The runs of matched lines, or why a line is open, in short.
fn told(items: &[Item], lines: &[Line], terms: Terms) -> Vec<String> {
    match_payouts(items, lines, terms)
        .into_iter()
        .map(|(line, outcome)| match outcome {
            Outcome::Matched(run) => format!("{line} {:?} fee {}", run.items, run.fee),
            Outcome::Open(why, runs) => format!("{line} {} {}", why.as_str(), runs.len()),
        })
        .collect()
}

#[test]
fn a_payout_is_matched_only_where_it_can_be_nothing_else() {
    // 1.1 % and 1,650 đồng a payment.
    let terms = known(11_000, 1_650);
    let free = known(0, 0);
    for (why, items, lines, terms, expected) in [
        (
            "a whole day, net of fees",
            vec![paid(1, 2, 1_250_000), paid(2, 2, 980_000), paid(3, 3, 400_000)],
            vec![line(9, 3, 2_202_170)],
            terms,
            vec!["9 [1, 2] fee 27830"],
        ),
        (
            "two days together, then one",
            vec![paid(1, 2, 100_000), paid(2, 3, 200_000), paid(3, 5, 400_000)],
            vec![line(8, 4, 300_000), line(9, 6, 400_000)],
            free,
            vec!["8 [1, 2] fee 0", "9 [3] fee 0"],
        ),
        (
            "half a day, where no whole day fits",
            vec![paid(1, 2, 100_000), paid(2, 2, 200_000), paid(3, 2, 450_000)],
            vec![line(8, 2, 300_000), line(9, 3, 450_000)],
            free,
            vec!["8 [1, 2] fee 0", "9 [3] fee 0"],
        ),
        (
            "each fee rounded: twice 0.5 is 2",
            vec![paid(1, 2, 50), paid(2, 2, 50)],
            vec![line(9, 3, 98)],
            known(10_000, 0),
            vec!["9 [1, 2] fee 2"],
        ),
        (
            "the sum rounded: 1.0 is 1",
            vec![paid(1, 2, 50), paid(2, 2, 50)],
            vec![line(9, 3, 99)],
            known(10_000, 0),
            vec!["9 [1, 2] fee 1"],
        ),
        (
            "a đồng is missing",
            vec![paid(1, 2, 1_250_000)],
            vec![line(9, 3, 1_234_599)],
            terms,
            vec!["9 nothing_fits 0"],
        ),
        (
            "two days of the same sum",
            vec![paid(1, 1, 100_000), paid(2, 2, 100_000)],
            vec![line(9, 3, 100_000)],
            free,
            vec!["9 several_fit 2"],
        ),
        (
            "only one of them was paid when the first payout came",
            vec![paid(1, 1, 100_000), paid(2, 3, 100_000)],
            vec![line(8, 2, 100_000), line(9, 4, 100_000)],
            free,
            vec!["8 [1] fee 0", "9 [2] fee 0"],
        ),
        (
            "two payouts for one day",
            vec![paid(1, 1, 100_000)],
            vec![line(8, 2, 100_000), line(9, 3, 100_000)],
            free,
            vec!["8 another_payout 1", "9 another_payout 1"],
        ),
        (
            "money given back counts against what follows",
            vec![paid(1, 1, 100_000), paid(2, 3, 250_000), back(3, 3, 100_000, 1)],
            vec![line(8, 2, 100_000), line(9, 4, 150_000)],
            free,
            vec!["8 [1] fee 0", "9 [2, 3] fee 0"],
        ),
        (
            "voided before it was paid out, with a fee kept for it",
            vec![paid(1, 2, 100_000), paid(2, 2, 200_000), back(3, 2, 100_000, 1)],
            vec![line(9, 3, 197_000)],
            known(10_000, 0),
            vec!["9 [1, 2, 3] fee 3000"],
        ),
        (
            "voided on a day of its own: no other run",
            vec![paid(1, 1, 100_000), paid(2, 2, 70_000), back(3, 2, 70_000, 2)],
            vec![line(9, 3, 100_000)],
            free,
            vec!["9 [1] fee 0"],
        ),
        (
            "what else cancels out by chance is another run",
            vec![paid(1, 1, 100_000), paid(2, 2, 70_000), back(3, 2, 70_000, 77)],
            vec![line(9, 3, 100_000)],
            free,
            vec!["9 several_fit 2"],
        ),
        (
            "too long ago",
            vec![Item { day: Day::from_ymd_opt(2026, 9, 30).unwrap(), ..paid(1, 1, 100_000) }],
            vec![line(9, 3, 100_000)],
            free,
            vec!["9 nothing_fits 0"],
        ),
        (
            "paid after the payout",
            vec![paid(1, 4, 100_000)],
            vec![line(9, 3, 100_000)],
            free,
            vec!["9 nothing_fits 0"],
        ),
        (
            "unknown fees: the only one within bounds",
            vec![paid(1, 1, 1_000_000), paid(2, 2, 500_000)],
            vec![line(9, 3, 985_000)],
            Terms::unknown(),
            vec!["9 [1] fee 15000"],
        ),
        (
            "unknown fees: two within bounds",
            vec![paid(1, 1, 1_000_000), paid(2, 2, 1_010_000)],
            vec![line(9, 3, 985_000)],
            Terms::unknown(),
            vec!["9 several_fit 2"],
        ),
        (
            "unknown fees: more than any gateway keeps",
            vec![paid(1, 1, 1_000_000)],
            vec![line(9, 3, 900_000)],
            Terms::unknown(),
            vec!["9 nothing_fits 0"],
        ),
    ] {
        assert_eq!(told(&items, &lines, terms), expected, "{why}");
    }
}

#[test]
fn a_day_in_the_text_tells_equal_days_apart() {
    let items = [paid(1, 1, 100_000), paid(2, 2, 100_000)];
    let with = |days: &[u32]| Line {
        days: days.iter().map(|on| day(*on)).collect(),
        ..line(9, 3, 100_000)
    };
    for (why, days, expected) in [
        ("the second", vec![2], "9 [2] fee 0"),
        ("the first", vec![1], "9 [1] fee 0"),
        ("the payout's own day says nothing", vec![3], "9 several_fit 2"),
    ] {
        assert_eq!(told(&items, &[with(&days)], known(0, 0)), [expected], "{why}");
    }
}

#[test]
fn a_line_without_a_name_needs_a_fee_and_what_no_named_line_may_be() {
    let items = [paid(1, 2, 1_000_000), paid(2, 2, 500_000)];
    let unnamed = |dong| Line { named: false, ..line(9, 3, dong) };
    let terms = known(10_000, 0);
    for (why, lines, terms, expected) in [
        ("net of fees", vec![unnamed(1_485_000)], terms, vec!["9 [1, 2] fee 15000"]),
        ("part of a day", vec![unnamed(990_000)], terms, vec!["9 nothing_fits 0"]),
        ("without a fee", vec![unnamed(1_500_000)], known(0, 0), vec!["9 nothing_fits 0"]),
        (
            "a named line comes first",
            vec![line(8, 3, 1_485_000), unnamed(1_485_000)],
            terms,
            vec!["8 [1, 2] fee 15000", "9 nothing_fits 0"],
        ),
    ] {
        assert_eq!(told(&items, &lines, terms), expected, "{why}");
    }
}

/// Some days of payments and refunds, and the payouts a gateway makes of them.
fn story() -> impl Strategy<Value = (Vec<Item>, Vec<Line>, Terms)> {
    let item = (1..12_u32, 1..6_i64, prop::bool::weighted(0.15));
    let payout =
        (any::<Index>(), any::<Index>(), 0..3_u32, any::<bool>(), prop::bool::weighted(0.3));
    let fee = prop_oneof![
        Just(known(0, 0)),
        Just(known(11_000, 1_650)),
        Just(known(7_777, 0)),
        Just(Terms::unknown())
    ];
    (prop::collection::vec(item, 1..14), prop::collection::vec(payout, 0..6), fee).prop_map(
        |(movements, payouts, terms)| {
            let mut items: Vec<Item> = Vec::new();
            for (id, (on, size, is_back)) in (1..).zip(movements) {
                let undone = items.iter().find(|one| is_back && !one.back && one.day <= day(on));
                let made = match undone {
                    Some(one) => back(id, on, one.amount.dong(), one.id),
                    None => paid(id, on, size * 123_457),
                };
                items.push(made);
            }
            items.sort_by_key(|item| (item.day, item.id));
            let mut lines = Vec::new();
            for (id, (from, to, late, noted, wrong)) in (100..).zip(payouts) {
                let (from, to) = (from.index(items.len()), to.index(items.len()));
                let run = &items[from.min(to)..=from.max(to)];
                let sum: i64 = run
                    .iter()
                    .map(|i| if i.back { -i.amount.dong() } else { i.amount.dong() })
                    .sum();
                let count = i128::try_from(run.len()).unwrap();
                let fee = terms.fee.map_or(0, |fee| fee.of(i128::from(sum), count));
                let dong = sum - i64::try_from(fee).unwrap() + i64::from(wrong);
                if dong <= 0 {
                    continue;
                }
                let last = run.last().unwrap().day;
                let named_days = if noted { vec![last] } else { Vec::new() };
                let on = last + chrono::TimeDelta::days(i64::from(late));
                let named = id % 3 != 0;
                lines.push(Line { day: on, named, days: named_days, ..line(id, 1, dong) });
            }
            (items, lines, terms)
        },
    )
}

proptest! {
    #[test]
    fn every_dong_of_a_payout_is_accounted_for((items, lines, terms) in story()) {
        let mut used = BTreeSet::new();
        for (id, outcome) in match_payouts(&items, &lines, terms) {
            let line = lines.iter().find(|line| line.id == id).unwrap();
            let Outcome::Matched(run) = outcome else { continue };
            let sum: i64 = run.items.iter().map(|id| {
                let item = items.iter().find(|item| item.id == *id).unwrap();
                if item.back { -item.amount.dong() } else { item.amount.dong() }
            }).sum();
            prop_assert_eq!(sum, run.gross.dong());
            prop_assert_eq!(run.gross.dong() - run.fee.dong(), line.amount.dong());
            prop_assert!(run.fee >= Vnd::ZERO);
            for id in run.items {
                prop_assert!(used.insert(id), "payment {} is in two payouts", id);
            }
        }
    }

    #[test]
    fn the_order_of_what_is_known_changes_nothing(
        ((items, lines, terms), shuffled) in story().prop_flat_map(|(items, lines, terms)| {
            let other = (Just(items.clone()).prop_shuffle(), Just(lines.clone()).prop_shuffle());
            (Just((items, lines, terms)), other)
        })
    ) {
        let one = match_payouts(&items, &lines, terms);
        prop_assert_eq!(one, match_payouts(&shuffled.0, &shuffled.1, terms));
    }

    /// Where the same days come twice, at a time no payout tells apart, nothing is certain.
    #[test]
    fn of_two_sets_that_fit_none_is_taken(sizes in prop::collection::vec(1..9_i64, 1..5)) {
        let once = |first: i64, on: u32| -> Vec<Item> {
            (first..).zip(&sizes).map(|(id, size)| paid(id, on, size * 10_000)).collect()
        };
        let items = [once(1, 1), once(50, 2)].concat();
        let sum: i64 = sizes.iter().map(|size| size * 10_000).sum();
        let outcome = match_payouts(&items, &[line(99, 3, sum)], known(0, 0));
        prop_assert!(matches!(outcome[&99], Outcome::Open(Why::SeveralFit, _)));
    }

    /// Counted again by hand, one line alone: matched is what exactly one run fits, of whole days or
    /// else of any.
    #[test]
    fn a_match_is_the_only_run_that_fits((items, lines, terms) in story()) {
        let items: Vec<Item> = items.into_iter().filter(|item| !item.back).collect();
        for line in lines.iter().filter(|line| line.named && line.days.is_empty()) {
            let of: Vec<&Item> = items.iter().filter(|item| item.day <= line.day).collect();
            let fits = |run: &[&Item]| {
                let gross: i64 = run.iter().map(|item| item.amount.dong()).sum();
                let kept = gross - line.amount.dong();
                let each = |fee: Fee| run.iter().map(|i| fee.of(i128::from(i.amount.dong()), 1)).sum::<i128>();
                match terms.fee {
                    None => kept >= 0 && i128::from(kept) * 1_000_000 <= i128::from(gross) * 35_000,
                    Some(fee) => {
                        let count = i128::try_from(run.len()).unwrap();
                        [each(fee), fee.of(i128::from(gross), count)].contains(&i128::from(kept))
                    }
                }
            };
            let (mut whole, mut any) = (Vec::new(), Vec::new());
            for from in 0..of.len() {
                for to in from + 1..=of.len() {
                    if !fits(&of[from..to]) {
                        continue;
                    }
                    let ids: Vec<i64> = of[from..to].iter().map(|item| item.id).collect();
                    let starts = from == 0 || of[from - 1].day != of[from].day;
                    let ends = to == of.len() || of[to - 1].day != of[to].day;
                    if starts && ends {
                        whole.push(ids.clone());
                    }
                    any.push(ids);
                }
            }
            let runs = if whole.is_empty() { any } else { whole };
            let outcome = &match_payouts(&items, std::slice::from_ref(line), terms)[&line.id];
            match (outcome, runs.as_slice()) {
                (Outcome::Matched(run), [only]) => prop_assert_eq!(&run.items, only),
                (Outcome::Open(Why::NothingFits, _), [])
                | (Outcome::Open(Why::SeveralFit, _), [_, _, ..]) => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
