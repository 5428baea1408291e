//! Trying a setting on what a school has confirmed, and switching it on.

use std::fmt::Write as _;

use doisoat::domain::backtest::{Confirmer, Tally, Verdict};
use doisoat::domain::money::Vnd;
use doisoat::domain::setting::{Setting, SettingChange};
use doisoat::service::backtest::{self, Ask, Backtest};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::settings;
use insta::assert_snapshot;

use crate::support::crowd::code;
use crate::support::program::{Said, run};
use crate::support::school::{ACCOUNT, School};
use crate::support::server::{HERE, Town};
use crate::support::{TestDb, for_each_backend};

/// The account that the first family pays from.
const PAYER: &str = "19030000000001";

/// What the first pupil's invoices are over, each by itself and no two adding up to a third.
const DUES: [i64; 6] = [510_000, 520_000, 540_000, 580_000, 660_000, 820_000];

/// A pupil with an invoice for each of [`DUES`] (codes 0 to 5), and one of another family (codes 6
/// and 7) who owes as much as the last but one and something else.
fn enroll(school: &School) {
    let students = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\n\
                    HS01;Nguyễn Thị Mẫu Một;6A1;F1\nHS02;Trần Văn Mẫu Hai;6A2;F2\n";
    let mut invoices =
        String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Đợt thu;Còn phải thu\n");
    for (serial, due) in DUES.iter().enumerate() {
        writeln!(invoices, "{};HS01;;;Đợt {serial};{due}", code(serial)).unwrap();
    }
    writeln!(invoices, "{};HS02;;;Đợt 1;{}\n{};HS02;;;Đợt 2;300000", code(6), DUES[4], code(7))
        .unwrap();
    assert_eq!(school.students(students).bad, vec![]);
    assert_eq!(school.invoices(&invoices).bad, vec![]);
}

/// A line of a statement that names the other side's account: day of November, đồng, text, account.
type Line<'a> = (u32, i64, &'a str, &'a str);

fn statement(opening: i64, lines: &[Line<'_>]) -> Vec<u8> {
    let mut text = format!(
        "Số tài khoản: {ACCOUNT}\nSố dư đầu kỳ: {opening}\n\
         Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung;Số tài khoản đối ứng\n"
    );
    let mut balance = opening;
    for (day, dong, memo, account) in lines {
        balance += dong;
        writeln!(text, "{day:02}/11/2026;FT{day:05}{dong};;{dong};{balance};{memo};{account}")
            .unwrap();
    }
    writeln!(text, "Số dư cuối kỳ;;;;{balance};;").unwrap();
    text.into_bytes()
}

/// A person allocates the payment with this text.
fn allocate(school: &School, text: &str, uses: &[(usize, i64)]) {
    let wanted = PersonalUse {
        allocations: uses.iter().map(|(serial, dong)| (code(*serial), Vnd::new(*dong))).collect(),
        ..PersonalUse::default()
    };
    let School { store, clock, actor, id, .. } = school;
    decide::allocate(store, clock, actor, (*id, school.payment_id(text)), None, &wanted).unwrap();
}

/// Five months of one payer without a code, all decided by persons; the fifth as `fifth` says, and
/// one payment with a code that the machine settled in part.
fn lived_in(school: &School, fifth: &[(usize, i64)]) {
    enroll(school);
    let lines = [
        (2, DUES[0], "nop tien lan mot", PAYER),
        (3, DUES[1], "nop tien lan hai", PAYER),
        (4, DUES[2], "nop tien lan ba", PAYER),
        (5, DUES[3], "nop tien lan bon", PAYER),
        (6, DUES[4], "nop tien lan nam", PAYER),
        (7, 200_000, &*format!("{} nop truoc mot phan", code(7)), ""),
        (8, 123_000, "chua ai biet", ""),
    ];
    school.statement("a.csv", &statement(0, &lines));
    // The last first: in what order persons get to it must not matter.
    allocate(school, "lan nam", fifth);
    allocate(school, "lan bon", &[(3, DUES[3])]);
    allocate(school, "lan hai", &[(1, DUES[1])]);
    allocate(school, "lan mot", &[(0, DUES[0])]);
    allocate(school, "lan ba", &[(2, DUES[2])]);
}

fn change(setting: Setting, on: bool) -> Vec<SettingChange> {
    vec![SettingChange { setting, on }]
}

fn known_payer() -> Ask {
    Ask { changes: change(Setting::SettleKnownPayer, true), ..Ask::default() }
}

fn tried(school: &School, ask: &Ask) -> Backtest {
    backtest::run(&school.store, school.id, ask).unwrap()
}

/// Hits, misses, left, and of these those with the right proposal first.
fn numbers(tally: Tally) -> [u64; 4] {
    [tally.hits, tally.misses, tally.left, tally.first_right].map(|count| count.payments)
}

#[test]
fn a_payer_counts_as_known_from_the_fourth_payment_on_and_not_before() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(4, DUES[4])]);
        let (rows, state) = (db.row_counts(), school.state());
        let found = tried(&school, &known_payer());
        assert_eq!(found.judged.by_persons.payments, 5);
        assert_eq!(found.judged.by_machine.payments, 1);
        assert_eq!(found.not_confirmed.payments, 1);
        assert_eq!(numbers(found.judged.present)[..3], [1, 0, 5]);
        assert_eq!(numbers(found.judged.changed)[..3], [3, 0, 3]);
        assert_eq!(found.judged.relieved.amount, Vnd::new(DUES[3] + DUES[4]));
        assert!(!found.has_new_miss());
        let rules: Vec<_> =
            found.judged.differences.iter().map(|one| one.changed.rule.as_str()).collect();
        assert_eq!(rules, ["known-payer/1", "known-payer/1"]);
        assert_eq!(db.row_counts(), rows, "a try leaves nothing");
        assert_eq!(school.state(), state);
        school.verify();
    });
}

#[test]
fn a_miss_is_shown_does_not_lead_to_others_and_forbids_the_change() {
    for_each_backend(|db| {
        let school = School::create(db);
        // The fifth payment was for the other family, which owes as much.
        lived_in(&school, &[(6, DUES[4])]);
        let found = tried(&school, &known_payer());
        assert_eq!(numbers(found.judged.changed)[..3], [2, 1, 3]);
        let [miss, hit] = &found.judged.differences[..] else { panic!("{found:?}") };
        assert_eq!((miss.changed.verdict, hit.changed.verdict), (Verdict::Miss, Verdict::Hit));
        assert_eq!(miss.stood[0].code, code(6));
        assert_eq!(miss.changed.allocations[0].code, code(4));
        assert_eq!(miss.confirmed_by, Confirmer::Person);

        let School { store, clock, actor, id, .. } = &school;
        let changes = known_payer().changes;
        let state = school.state();
        let refused = settings::set(store, clock, actor, *id, &changes, false).unwrap_err();
        assert_eq!(refused.diagnostics()[0].code, "backtest_missed");
        assert!(!settings::show(store, HERE).unwrap().settings.settle_known_payer);
        assert_eq!(school.state(), state);
        assert!(
            settings::set(store, clock, actor, *id, &changes, true).unwrap().settle_known_payer
        );
        school.verify();
    });
}

#[test]
fn what_came_before_the_days_in_question_counts_and_what_came_after_does_not() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(4, DUES[4])]);
        let day = |day: u32| Some(format!("2026-11-{day:02}").parse().unwrap());
        for (why, from, to, persons_only, expected) in [
            ("the payer is known by then", day(5), day(5), false, [1, 0, 0]),
            ("and is not yet", None, day(4), false, [0, 0, 3]),
            ("persons only", day(6), None, true, [1, 0, 0]),
            ("the machine's too", day(6), None, false, [2, 0, 0]),
            ("nothing happened", day(20), None, false, [0, 0, 0]),
        ] {
            let found = tried(&school, &Ask { from, to, persons_only, ..known_payer() });
            assert_eq!(numbers(found.judged.changed)[..3], expected, "{why}");
        }
        let backwards = Ask { from: day(5), to: day(4), ..known_payer() };
        let refused = backtest::run(&school.store, school.id, &backwards).unwrap_err();
        assert_eq!(refused.diagnostics()[0].code, "period");
    });
}

#[test]
fn a_setting_that_asks_more_is_shown_as_more_work_and_no_miss() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(4, DUES[4])]);
        let ask = Ask { changes: change(Setting::SettleInPart, false), ..Ask::default() };
        let found = tried(&school, &ask);
        assert_eq!(found.judged.burdened.payments, 1);
        assert_eq!(found.judged.burdened.amount, Vnd::new(200_000));
        assert_eq!(found.judged.differences[0].changed.verdict, Verdict::FirstRight);
        assert!(!found.has_new_miss());
        let same = Ask { changes: change(Setting::SettleInPart, true), ..Ask::default() };
        assert_eq!(tried(&school, &same).judged.differences, vec![]);
    });
}

#[test]
fn a_setting_holds_for_what_is_open_and_leaves_what_is_settled() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(4, DUES[4])]);
        let opening = DUES[..5].iter().sum::<i64>() + 323_000;
        let more = [(9, DUES[5], "nop tien lan sau", PAYER)];
        school.statement("b.csv", &statement(opening, &more));
        let decision = |text: &str| school.payment(text).state.decision;
        assert_eq!(decision("lan sau"), "proposed");
        let School { store, clock, actor, id, .. } = &school;
        let set = |setting, on| {
            settings::set(store, clock, actor, *id, &change(setting, on), false).unwrap()
        };
        let records = "SELECT COUNT(*) AS value FROM audit_records WHERE action = 'school.set'";
        set(Setting::SettleKnownPayer, true);
        assert_eq!(decision("lan sau"), "settled");
        assert_eq!(school.payment("lan sau").explanation["rule"], "known-payer/1");
        set(Setting::SettleKnownPayer, true);
        assert_eq!(db.number(records), 1, "what changes nothing is not recorded");
        set(Setting::SettleKnownPayer, false);
        set(Setting::SettleInPart, false);
        assert_eq!(decision("lan sau"), "settled", "what is settled stays");
        assert_eq!(decision("nop truoc mot phan"), "settled");
        assert_eq!(db.number(records), 3);
        school.verify();
    });
}

/// The output without the numbers of payments, which differ between databases.
fn without_ids(out: &str) -> String {
    let mut text = String::new();
    for (index, part) in out.split('#').enumerate() {
        let rest =
            if index == 0 { part } else { part.trim_start_matches(|c: char| c.is_ascii_digit()) };
        text.push_str(if index == 0 { "" } else { "#N" });
        text.push_str(rest);
    }
    text
}

fn on(db: &TestDb, arguments: &[&str]) -> Said {
    run([arguments, &["--database", &db.url, "--school", HERE]].concat())
}

#[test]
fn the_command_shows_both_settings_side_by_side_and_says_by_its_status_what_came_out() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(6, DUES[4])]);
        drop(school);
        for lang in ["vi", "en"] {
            let said = on(db, &["backtest", "--lang", lang, "--setting", "settle_known_payer=on"]);
            assert_eq!((said.status, said.err.as_str()), (1, ""), "{said:?}");
            assert_snapshot!(format!("backtest_{lang}"), without_ids(&said.out));
        }
        let said =
            on(db, &["backtest", "--setting", "settle_known_payer=on", "--to", "2026-11-05"]);
        assert_eq!(said.status, 0, "no miss in these days: {said:?}");
        let said = on(db, &["backtest", "--json", "--setting", "settle_known_payer=on"]);
        assert_eq!(said.status, 1);
        let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(json["new_misses"]["payments"], 1);
        assert_eq!(json["changed_settings"]["settle_known_payer"], true);
        assert_eq!(json["differences"][0]["changed"]["verdict"], "miss");
        for (why, setting, code) in [
            ("no such setting", "settle_everything=on", "setting_unknown"),
            ("no such value", "settle_in_part=maybe", "setting_value"),
        ] {
            for command in [&["backtest"][..], &["school", "set"]] {
                let said = on(db, &[command, &["--setting", setting]].concat());
                assert_eq!((said.status, said.out.as_str()), (2, ""), "{why}");
                assert!(said.err.contains(&format!("[{code}]")), "{why}: {}", said.err);
                assert!(said.err.contains("settle_in_part"), "{why}: {}", said.err);
            }
        }
    });
}

#[test]
fn a_setting_is_switched_on_by_command_after_its_try_was_shown() {
    for_each_backend(|db| {
        let school = School::create(db);
        lived_in(&school, &[(6, DUES[4])]);
        drop(school);
        let shown = |expected: &str| {
            let said = on(db, &["school", "show"]);
            assert_eq!(said.status, 0);
            assert!(said.out.contains(expected), "{}", said.out);
        };
        let set = ["school", "set", "--setting", "settle_known_payer=on"];
        let said = on(db, &set);
        assert_eq!(said.status, 1, "{said:?}");
        assert!(said.err.contains("[backtest_missed]"), "{}", said.err);
        assert!(said.out.contains("SAI THÊM"), "the try is shown: {}", said.out);
        shown("settle_known_payer: off");
        let said = on(db, &[&set[..], &["--despite-misses"]].concat());
        assert_eq!((said.status, said.err.as_str()), (0, ""));
        shown("settle_known_payer: on");
        let said = on(db, &["school", "set", "--setting", "settle_in_part=off"]);
        assert_eq!(said.status, 0);
        assert!(!said.out.contains("Thử lại"), "nothing to try: {}", said.out);
        shown("settle_in_part: off");
    });
}

#[test]
fn a_reader_may_try_a_setting_over_http() {
    for_each_backend(|db| {
        let town = Town::create(db);
        lived_in(&town.school, &[(6, DUES[4])]);
        let ask = |query: &str| {
            let target = format!("/api/v1/schools/{HERE}/backtest{query}");
            town.server.get(&target).key(&town.reader).send()
        };
        let answer = ask("?settle_known_payer=on");
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["new_misses"]["payments"], 1);
        for (why, query, status, code) in [
            ("nothing to try", "", 400, "setting_needed"),
            ("no such value", "?settle_in_part=2", 422, "setting_value"),
            ("no such setting", "?settle_all=on", 400, "query"),
            ("no period", "?settle_in_part=off&from=2026-11-05&to=2026-11-04", 422, "period"),
        ] {
            assert_eq!(ask(query).outcome(), (status, code.to_owned()), "{why}");
        }
    });
}
