use proptest::prelude::*;

use super::*;
use crate::domain::calendar::{Day, Period, parse_iso_day};
use crate::domain::id::{PaymentId, SchoolId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

fn day(text: &str) -> Day {
    parse_iso_day(text).unwrap()
}

fn scope(schools: i64) -> Scope {
    Scope {
        authority_code: "XA-1".to_owned(),
        authority_name: "Xã mẫu".to_owned(),
        schools: (1..=schools)
            .map(|id| SchoolInScope {
                id: SchoolId(id),
                code: format!("T{id}"),
                name: format!("Trường mẫu {id}"),
            })
            .collect(),
        period: Period::new(day("2026-11-01"), day("2026-11-30")).unwrap(),
        cut_off: day("2026-12-05"),
    }
}

/// Pupil `student` of school 1, class 6A1 when odd and 6A2 when even, pays for tuition.
fn row(payment: i64, student: i64, channel: Channel, families: u32, dong: i64) -> Collected {
    Collected {
        school: SchoolId(1),
        class: if student % 2 == 1 { "6A1" } else { "6A2" }.to_owned(),
        fee_item: FeeItem { code: "HOCPHI".to_owned(), name: "Học phí".to_owned() },
        student: StudentId(student),
        payment: PaymentId(payment),
        channel,
        families_of_payment: families,
        paid_on: day("2026-11-10"),
        amount: Vnd::new(dong),
    }
}

fn report(schools: i64, collected: Vec<Collected>) -> Report {
    let facts = Facts { collected, left_out: Vec::new(), ..Facts::default() };
    compute(scope(schools), Settings::default(), &facts).unwrap()
}

fn parts(rate: Rate) -> (i64, i64) {
    (rate.numerator(), rate.denominator())
}

#[test]
fn the_rates_are_those_worked_out_by_hand() {
    use Channel::{
        CashAtSchool, CounterCash, Gateway, Pos, Proxy, StaffDeposit, Transfer, VirtualAccount,
    };
    // Rows, then what each rate is with both counted and with neither counted.
    for (why, rows, with_both, without_either) in [
        (
            "every electronic way is cashless",
            vec![
                row(1, 1, Transfer, 1, 100),
                row(2, 2, VirtualAccount, 1, 200),
                row(3, 3, Gateway, 1, 300),
                row(4, 4, Pos, 1, 400),
            ],
            [(1_000, 1_000), (4, 4), (4, 4), (1, 1)],
            [(1_000, 1_000), (4, 4), (4, 4), (1, 1)],
        ),
        (
            "cash is cash, also when staff take it to the bank",
            vec![row(1, 1, CashAtSchool, 1, 100), row(2, 2, StaffDeposit, 20, 900)],
            [(0, 1_000), (0, 2), (0, 2), (0, 1)],
            [(0, 1_000), (0, 2), (0, 2), (0, 1)],
        ),
        (
            "counter cash goes by the setting",
            vec![row(1, 1, Transfer, 1, 700), row(2, 2, CounterCash, 1, 300)],
            [(1_000, 1_000), (2, 2), (2, 2), (1, 1)],
            [(700, 1_000), (1, 2), (1, 2), (1, 1)],
        ),
        (
            "one payer for two families is a proxy whatever the channel",
            vec![
                row(1, 1, Transfer, 2, 250),
                row(1, 2, Transfer, 2, 250),
                row(2, 3, Proxy, 1, 100),
                row(3, 4, Transfer, 1, 400),
            ],
            [(1_000, 1_000), (4, 4), (3, 3), (1, 1)],
            [(400, 1_000), (1, 4), (1, 3), (1, 1)],
        ),
        (
            "one payer for two siblings is no proxy",
            vec![row(1, 1, Transfer, 1, 250), row(1, 2, Transfer, 1, 250)],
            [(500, 500), (2, 2), (1, 1), (1, 1)],
            [(500, 500), (2, 2), (1, 1), (1, 1)],
        ),
        (
            "a pupil who paid a part in cash is no cashless pupil",
            vec![row(1, 1, Transfer, 1, 999), row(2, 1, CashAtSchool, 1, 1)],
            [(999, 1_000), (0, 1), (1, 2), (1, 1)],
            [(999, 1_000), (0, 1), (1, 2), (1, 1)],
        ),
        (
            "nothing collected is no data, not 0 %",
            vec![],
            [(0, 0), (0, 0), (0, 0), (0, 0)],
            [(0, 0), (0, 0), (0, 0), (0, 0)],
        ),
    ] {
        let report = report(1, rows);
        for (view, expected) in [
            (report.total.views.with_both, with_both),
            (report.total.views.without_either, without_either),
        ] {
            let Rates { by_amount, by_pupil, by_payment, by_school } = view;
            assert_eq!([by_amount, by_pupil, by_payment, by_school].map(parts), expected, "{why}");
        }
        assert_eq!(report.total.reported, report.total.views.with_both, "{why}: as set");
    }
}

#[test]
fn notes_at_the_counter_for_many_families_count_only_where_both_do() {
    let views = report(1, vec![row(1, 1, Channel::CounterCash, 2, 10)]).total.views;
    let by_amount = |rates: Rates| rates.by_amount.numerator();
    assert_eq!(
        [
            by_amount(views.with_both),
            by_amount(views.without_counter_cash),
            by_amount(views.without_proxy),
            by_amount(views.without_either)
        ],
        [10, 0, 0, 0]
    );
}

#[test]
fn a_school_without_data_is_in_scope_but_in_no_other_rate() {
    let report = report(3, vec![row(1, 1, Channel::Transfer, 1, 100)]);
    assert_eq!(parts(report.total.reported.by_amount), (100, 100));
    assert_eq!(parts(report.total.reported.by_school), (1, 3));
    assert_eq!((report.schools_with_data, report.status), (1, Status::Met));
    let silent = &report.schools[1];
    assert_eq!(silent.status, Status::NoData);
    assert_eq!(silent.figures, Figures::default());
    assert_eq!(silent.figures.reported.by_school.percent(1), None);
    assert_eq!(silent.data_until, None);
}

#[test]
fn deployed_needs_as_many_cashless_payments_as_the_setting_says() {
    let rows = vec![
        row(1, 1, Channel::Transfer, 1, 10),
        row(1, 2, Channel::Transfer, 1, 10),
        row(2, 3, Channel::CounterCash, 1, 10),
    ];
    let facts = Facts { collected: rows, left_out: vec![], ..Facts::default() };
    for (why, least, counter_cash, deployed) in [
        ("two payments", 2, true, 1),
        ("three are needed, allocations do not count", 3, true, 0),
        ("counter cash does not count", 2, false, 0),
    ] {
        let settings = Settings {
            deployed_min_payments: least,
            counting: Counting { counter_cash, proxy: true },
            ..Settings::default()
        };
        let report = compute(scope(1), settings, &facts).unwrap();
        assert_eq!(parts(report.total.reported.by_school), (deployed, 1), "{why}");
    }
}

#[test]
fn the_period_decides_what_counts_and_what_is_beside_it_is_listed() {
    let mut rows = vec![
        row(1, 1, Channel::Transfer, 1, 1),
        row(2, 1, Channel::Transfer, 1, 10),
        row(3, 1, Channel::Transfer, 1, 100),
        row(5, 1, Channel::Transfer, 1, 10_000),
    ];
    rows[1].paid_on = day("2026-10-31");
    rows[2].paid_on = day("2026-11-30");
    rows[3].paid_on = day("2026-12-01");
    let later = |count, dong| LeftOut {
        school: SchoolId(1),
        why: Exclusion::AfterCutOff,
        count,
        amount: Vnd::new(dong),
    };
    let facts = Facts {
        collected: rows,
        left_out: vec![later(1, 2_000), later(2, 3_000)],
        ..Facts::default()
    };
    let report = compute(scope(1), Settings::default(), &facts).unwrap();
    assert_eq!(parts(report.total.reported.by_amount), (101, 101));
    let late = LeftOutSum { why: Exclusion::AfterCutOff, count: 3, amount: Vnd::new(5_000) };
    assert_eq!(report.left_out, [late]);
    assert_eq!(report.schools[0].data_until, Some(day("2026-11-30")));
}

#[test]
fn what_is_left_out_is_added_up_by_reason() {
    let left = |school, why, count, dong| LeftOut {
        school: SchoolId(school),
        why,
        count,
        amount: Vnd::new(dong),
    };
    let facts = Facts {
        collected: vec![],
        left_out: vec![
            left(1, Exclusion::Waived, 500, 150_000_000),
            left(2, Exclusion::Waived, 10, 3_000_000),
            left(2, Exclusion::FamilyCredit, 1, 50_000),
            left(2, Exclusion::SetAside, 0, 0),
        ],
        ..Facts::default()
    };
    let report = compute(scope(2), Settings::default(), &facts).unwrap();
    let sum = |why, count, dong| LeftOutSum { why, count, amount: Vnd::new(dong) };
    assert_eq!(
        report.left_out,
        [sum(Exclusion::Waived, 510, 153_000_000), sum(Exclusion::FamilyCredit, 1, 50_000)]
    );
    assert_eq!(report.schools[0].left_out, [sum(Exclusion::Waived, 500, 150_000_000)]);
    assert_eq!(report.status, Status::NoData, "waived dues are no data about payments");
}

#[test]
fn a_status_goes_by_the_exact_rate() {
    for (why, cashless, cash, expected) in [
        ("all", 10_000, 0, Status::Met),
        ("shown as 100.0 %", 99_999, 1, Status::Nearly),
        ("exactly nearly", 90, 10, Status::Nearly),
        ("just below", 8_999, 1_001, Status::NotMet),
        ("nothing of it", 0, 5, Status::NotMet),
    ] {
        let mut rows = vec![];
        if cashless > 0 {
            rows.push(row(1, 1, Channel::Transfer, 1, cashless));
        }
        if cash > 0 {
            rows.push(row(2, 2, Channel::CashAtSchool, 1, cash));
        }
        assert_eq!(report(1, rows).status, expected, "{why}");
    }
}

#[test]
fn rounding_never_turns_some_into_all_or_nothing() {
    for (why, part, whole, expected) in [
        ("no data", 0, 0, "–"),
        ("nothing", 0, 9, "0,0 %"),
        ("very little", 1, 100_000, ">0 %"),
        ("ordinary", 934, 1_000, "93,4 %"),
        ("nearly all", 99_999, 100_000, "<100 %"),
        ("all", 9, 9, "100,0 %"),
    ] {
        let rate = Rate::new(part, whole).unwrap();
        assert_eq!(RoundedPercent::of(rate, 1).vietnamese(), expected, "{why}");
    }
}

#[test]
fn facts_that_contradict_themselves_make_no_report() {
    let good = row(1, 1, Channel::Transfer, 1, 10);
    let with = |change: &dyn Fn(&mut Collected)| {
        let mut other = good.clone();
        change(&mut other);
        vec![good.clone(), other]
    };
    for (why, rows, expected) in [
        (
            "a school out of scope",
            with(&|row| row.school = SchoolId(9)),
            CashlessError::School(SchoolId(9)),
        ),
        (
            "nothing allocated",
            with(&|row| row.amount = Vnd::ZERO),
            CashlessError::Amount(SchoolId(1)),
        ),
        (
            "one payment, two channels",
            with(&|row| row.channel = Channel::CashAtSchool),
            CashlessError::Payment(PaymentId(1)),
        ),
        (
            "one payment, two schools",
            with(&|row| row.school = SchoolId(2)),
            CashlessError::Payment(PaymentId(1)),
        ),
        ("too much money", with(&|row| row.amount = Vnd::new(i64::MAX)), CashlessError::Overflow),
    ] {
        let facts = Facts { collected: rows, left_out: vec![], ..Facts::default() };
        let outcome = compute(scope(2), Settings::default(), &facts);
        assert_eq!(outcome.unwrap_err(), expected, "{why}");
    }
    let mut twice = scope(1);
    twice.schools.extend(scope(1).schools);
    let outcome = compute(twice, Settings::default(), &Facts::default());
    assert_eq!(outcome.unwrap_err(), CashlessError::School(SchoolId(1)));
}

const SCHOOLS: i64 = 3;

/// Up to 40 payments with up to three shares each; a payment has one school and one channel.
fn any_rows() -> impl Strategy<Value = Vec<Collected>> {
    let share = (0..6_i64, 0..3_usize, 1..5_000_000_i64);
    let payment =
        (1..=SCHOOLS, 0..8_usize, 1..4_u32, 0..3_usize, prop::collection::vec(share, 1..4));
    prop::collection::vec(payment, 0..40).prop_map(|payments| {
        let days = ["2026-11-01", "2026-11-30", "2026-12-01"].map(day);
        let items = ["HOCPHI", "BANTRU", "NUOC"];
        let mut rows = Vec::new();
        for (number, (school, channel, families, paid, shares)) in (1..).zip(payments) {
            for (student, item, dong) in shares {
                rows.push(Collected {
                    school: SchoolId(school),
                    fee_item: FeeItem {
                        code: items[item].to_owned(),
                        name: items[item].to_owned(),
                    },
                    paid_on: days[paid],
                    ..row(number, school * 10 + student, Channel::ALL[channel], families, dong)
                });
            }
        }
        rows
    })
}

fn all_rates(figures: &Figures) -> Vec<Rate> {
    let views = figures.views;
    [views.with_both, views.without_counter_cash, views.without_proxy, views.without_either]
        .into_iter()
        .chain([figures.reported])
        .flat_map(|rates| [rates.by_amount, rates.by_pupil, rates.by_payment, rates.by_school])
        .collect()
}

fn all_figures(report: &Report) -> Vec<Figures> {
    let schools = report.schools.iter().flat_map(|school| {
        let classes = school.classes.iter().map(|class| class.figures);
        let items = school.fee_items.iter().map(|item| item.figures);
        classes.chain(items).chain([school.figures])
    });
    schools.chain(report.fee_items.iter().map(|item| item.figures)).chain([report.total]).collect()
}

fn added<'a>(figures: impl Iterator<Item = &'a Figures>, pick: fn(&Rates) -> Rate) -> (i64, i64) {
    figures
        .map(|figures| parts(pick(&figures.reported)))
        .fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1))
}

proptest! {
    #[test]
    fn every_rate_is_a_part_of_its_whole(rows in any_rows()) {
        for figures in all_figures(&report(SCHOOLS, rows)) {
            for rate in all_rates(&figures) {
                prop_assert!(0 <= rate.numerator() && rate.numerator() <= rate.denominator());
                match rate.percent(2) {
                    None => prop_assert_eq!(rate.denominator(), 0),
                    Some(percent) => prop_assert!(
                        !percent.is_sign_negative()
                            && percent <= rust_decimal::Decimal::ONE_HUNDRED
                    ),
                }
            }
        }
    }

    #[test]
    fn totals_are_the_sums_of_their_parts(rows in any_rows()) {
        let report = report(SCHOOLS, rows);
        let schools = || report.schools.iter().map(|school| &school.figures);
        for pick in [|rates: &Rates| rates.by_amount, |rates: &Rates| rates.by_pupil, |rates: &Rates| rates.by_payment] {
            prop_assert_eq!(parts(pick(&report.total.reported)), added(schools(), pick));
        }
        let by_amount = |rates: &Rates| rates.by_amount;
        let whole = parts(report.total.reported.by_amount);
        prop_assert_eq!(whole, added(report.fee_items.iter().map(|item| &item.figures), by_amount));
        let channels: i64 = report.channels.iter().map(|part| part.amount.dong()).sum();
        prop_assert_eq!(whole.1, channels);
        let payments: i64 = report.channels.iter().map(|part| part.payments).sum();
        prop_assert_eq!(report.total.reported.by_payment.denominator(), payments);
        for school in &report.schools {
            let whole = parts(school.figures.reported.by_amount);
            let classes = school.classes.iter().map(|class| &class.figures);
            prop_assert_eq!(whole, added(classes, by_amount));
            let items = school.fee_items.iter().map(|item| &item.figures);
            prop_assert_eq!(whole, added(items, by_amount));
        }
    }

    #[test]
    fn counting_fewer_kinds_and_taking_more_cash_only_lowers(rows in any_rows(), student in 0..6_i64) {
        let before = report(SCHOOLS, rows.clone()).total;
        let mut more = rows;
        more.push(Collected {
            school: SchoolId(1),
            ..row(1_000, 10 + student, Channel::CashAtSchool, 1, 77)
        });
        let after = report(SCHOOLS, more).total;
        let lower = |low: Rate, high: Rate| {
            // Cross-multiplied: low ≤ high without dividing; no data is above everything.
            !high.has_data()
                || i128::from(low.numerator()) * i128::from(high.denominator())
                    <= i128::from(high.numerator()) * i128::from(low.denominator())
        };
        for (low, high) in all_rates(&after).into_iter().zip(all_rates(&before)) {
            prop_assert!(lower(low, high), "{low:?} after, {high:?} before");
        }
        let views = [after.views.without_counter_cash, after.views.without_proxy];
        for view in views {
            for (low, high) in [
                (view.by_amount, after.views.with_both.by_amount),
                (view.by_pupil, after.views.with_both.by_pupil),
                (after.views.without_either.by_payment, view.by_payment),
                (after.views.without_either.by_school, view.by_school),
            ] {
                prop_assert!(lower(low, high));
            }
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(rows in any_rows()) {
        let mut reversed = rows.clone();
        reversed.reverse();
        prop_assert_eq!(report(SCHOOLS, rows), report(SCHOOLS, reversed));
    }

    #[test]
    fn the_rates_equal_a_plain_recount(rows in any_rows()) {
        use std::collections::{BTreeMap, BTreeSet};
        let report = report(SCHOOLS, rows.clone());
        let kept: Vec<&Collected> =
            rows.iter().filter(|row| row.paid_on <= day("2026-11-30")).collect();
        let noncash = |row: &Collected| {
            !matches!(row.channel, Channel::CashAtSchool | Channel::StaffDeposit)
        };
        let amount: i64 = kept.iter().map(|row| row.amount.dong()).sum();
        let cashless: i64 =
            kept.iter().filter(|row| noncash(row)).map(|row| row.amount.dong()).sum();
        prop_assert_eq!(parts(report.total.reported.by_amount), (cashless, amount));
        let mut pupils: BTreeMap<StudentId, bool> = BTreeMap::new();
        for row in &kept {
            *pupils.entry(row.student).or_insert(true) &= noncash(row);
        }
        let all_cashless = pupils.values().filter(|all| **all).count();
        prop_assert_eq!(
            parts(report.total.reported.by_pupil),
            (i64::try_from(all_cashless).unwrap(), i64::try_from(pupils.len()).unwrap())
        );
        let payments = |keep: &dyn Fn(&Collected) -> bool| {
            let set: BTreeSet<PaymentId> =
                kept.iter().filter(|row| keep(row)).map(|row| row.payment).collect();
            i64::try_from(set.len()).unwrap()
        };
        prop_assert_eq!(
            parts(report.total.reported.by_payment),
            (payments(&noncash), payments(&|_| true))
        );
    }
}
