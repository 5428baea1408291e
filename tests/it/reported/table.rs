//! A month that can be checked with a pencil.

use std::fmt::Write as _;

use doisoat::domain::cashless::Settings;
use doisoat::service::reported::{self, Submission};
use serde_json::Value;

use super::{again, codes, faults, month_of, notes, october, report, stated, unlock};
use crate::support::crowd::code;
use crate::support::program::run;
use crate::support::school::{School, csv};
use crate::support::{TestDb, for_each_backend};

/// Four pupils of three families in two classes, with two fee items.
const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Nguyễn Thị Mẫu Một;6A1;F1\nHS02;Nguyễn Thị Mẫu Hai;6A1;F1\nHS03;Trần Văn Mẫu Ba;7A2;F2\nHS04;Lê Văn Mẫu Bốn;7A2;F3\n";

/// October:
///
/// | payment        | HS01 6A1 meals | HS02 6A1 meals | HS03 7A2 boarding | HS04 7A2 boarding |
/// |----------------|---------------:|---------------:|------------------:|------------------:|
/// | transfer       |      1,000,000 |                |                   |                   |
/// | one for many   |                |        600,000 |           800,000 |                   |
/// | notes          |                |                |                   |           300,000 |
/// | bank's counter |                |                |                   |           100,000 |
pub fn october_of_four(db: &TestDb) -> School {
    let school = School::create(db);
    assert_eq!(school.students(STUDENTS).bad, vec![]);
    let mut invoices =
        String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Khoản thu\n");
    for (pupil, dong, item) in
        [(0, 1_000_000, "AN"), (1, 600_000, "AN"), (2, 800_000, "BT"), (3, 900_000, "BT")]
    {
        writeln!(invoices, "{};HS0{};;;{dong};{item}", code(pupil), pupil + 1).unwrap();
    }
    assert_eq!(school.invoices(&invoices).bad, vec![]);
    let texts = [
        format!("{} nop", code(0)),
        format!("{} {} nop", code(1), code(2)),
        format!("NOP TIEN MAT {}", code(3)),
    ];
    let lines = [
        ("2026-10-05", 1_000_000, "FT26278000001", texts[0].as_str()),
        ("2026-10-06", 1_400_000, "FT26279000002", texts[1].as_str()),
        ("2026-10-07", 100_000, "FT26280000003", texts[2].as_str()),
    ];
    school.statement("thang-10.csv", &csv(0, &lines));
    notes(&school, &[(3, 300_000)], "2026-10-08");
    school.verify();
    school
}

/// By amount, by pupil, by payment, by school: each a part of a whole.
type Four = [(i64, i64); 4];

const WAYS: [&str; 4] = ["with_both", "without_counter_cash", "without_proxy", "without_either"];

/// What the pencil says.
const WHOLE: [Four; 4] = [
    [(2_500_000, 2_800_000), (3, 4), (3, 4), (1, 1)],
    [(2_400_000, 2_800_000), (3, 4), (2, 4), (1, 1)],
    [(1_100_000, 2_800_000), (1, 4), (2, 4), (1, 1)],
    [(1_000_000, 2_800_000), (1, 4), (1, 4), (1, 1)],
];
const MEALS: [Four; 4] = [
    [(1_600_000, 1_600_000), (2, 2), (2, 2), (1, 1)],
    [(1_600_000, 1_600_000), (2, 2), (2, 2), (1, 1)],
    [(1_000_000, 1_600_000), (1, 2), (1, 2), (1, 1)],
    [(1_000_000, 1_600_000), (1, 2), (1, 2), (1, 1)],
];
const BOARDING: [Four; 4] = [
    [(900_000, 1_200_000), (1, 2), (2, 3), (1, 1)],
    [(800_000, 1_200_000), (1, 2), (1, 3), (1, 1)],
    [(100_000, 1_200_000), (0, 2), (1, 3), (1, 1)],
    [(0, 1_200_000), (0, 2), (0, 3), (0, 1)],
];

fn holds(why: &str, found: &Value, expected: &[Four; 4]) {
    for (way, four) in WAYS.iter().zip(expected) {
        let names = ["by_amount", "by_pupil", "by_payment", "by_school"];
        for (name, (part, whole)) in names.iter().zip(four) {
            let rate = &found[way][name];
            let told = (rate["numerator"].as_i64(), rate["denominator"].as_i64());
            assert_eq!(told, (Some(*part), Some(*whole)), "{why}: {way}, {name}");
        }
    }
}

#[test]
fn the_reported_figures_are_those_a_pencil_finds() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let view = report(&school, october(), None).unwrap();
        assert_eq!((view.state, view.differs, view.versions.len()), ("reported", false, 1));
        let text = stated(&school, october(), 1);
        let figures = &text["figures"];
        holds("the school", &figures["rates"], &WHOLE);
        holds("6A1", &figures["classes"]["6A1"], &MEALS);
        holds("7A2", &figures["classes"]["7A2"], &BOARDING);
        let items = figures["fee_items"].as_object().unwrap();
        assert_eq!(items.len(), 2, "{items:?}");
        let by_whole = |whole: i64| {
            let rate = |item: &&Value| item["with_both"]["by_amount"]["denominator"] == whole;
            items.values().find(rate).unwrap()
        };
        holds("meals", by_whole(1_600_000), &MEALS);
        holds("boarding", by_whole(1_200_000), &BOARDING);
        let channel = |name: &str| {
            let sum = &figures["channels"][name];
            (sum["payments"].as_i64().unwrap(), sum["amount"].as_i64().unwrap())
        };
        assert_eq!(channel("transfer"), (1, 1_000_000));
        assert_eq!(channel("proxy"), (1, 1_400_000));
        assert_eq!(channel("cash_at_school"), (1, 300_000));
        assert_eq!(channel("counter_cash"), (1, 100_000));
        assert_eq!(figures["channels"].as_object().unwrap().len(), 4);
        assert_eq!(
            (&text["format"], &text["school"], &text["month"]),
            (&"doisoat.cashless.month/1".into(), &"THCS-MAU".into(), &"2026-10".into())
        );
        school.verify();
    });
}

#[test]
fn every_door_computes_the_same_bytes_again() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let version = report(&school, october(), None).unwrap().versions.remove(0);
        assert_eq!(version.as_of, "2026-11-24T01:00:00Z");
        assert_eq!(again(&school, october(), &version.as_of), version.sha256);
        let asked = [
            "report",
            "cashless",
            "--school",
            "THCS-MAU",
            "--month",
            "2026-10",
            "--as-of",
            "2026-11-24T01:00:00Z",
            "--fingerprint",
            "--database",
            &db.url,
        ];
        let said = run(asked);
        assert_eq!((said.status, said.out.trim()), (0, version.sha256.as_str()), "{said:?}");
        let bytes = run([&asked[..], &["--json"]].concat());
        let text = reported::text(&school.store, school.id, (october(), 1));
        assert_eq!(bytes.out, text.unwrap(), "the very bytes");
        for (why, more, code) in [
            ("no moment", &["--as-of", "hôm qua"][..], "as_of"),
            ("an end before the beginning", &[][..], "period"),
        ] {
            let mut asked = vec!["report", "cashless", "--school", "THCS-MAU"];
            if more.is_empty() {
                asked.extend(["--from", "2026-10-31", "--to", "2026-10-01"]);
            } else {
                asked.extend(["--month", "2026-10", "--fingerprint"]);
            }
            asked.extend(more);
            asked.extend(["--database", &db.url]);
            let said = run(asked);
            assert_eq!(said.status, 2, "{why}: {said:?}");
            assert!(said.err.contains(&format!("[{code}]")), "{why}: {said:?}");
        }
        let listed =
            run(["report", "reported", "--school", "THCS-MAU", "--json", "--database", &db.url]);
        let line: Value = serde_json::from_str(listed.out.trim()).unwrap();
        assert_eq!(line["versions"][0]["sha256"], version.sha256.as_str());
        assert_eq!(line["differs"], false);
        let refused = run([
            "report",
            "submit",
            "--school",
            "THCS-MAU",
            "--month",
            "2026-10",
            "--reason",
            "xem lại",
            "--database",
            &db.url,
        ]);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(refused.err.contains("[figures_unchanged]"), "{refused:?}");
    });
}

#[test]
fn whoever_alters_a_byte_or_a_fact_is_found_out() {
    for (why, table, change, fault) in [
        (
            "a byte of the figures",
            "reported_figures",
            "figures = REPLACE(figures, '2500000', '2500001')",
            "do not have their fingerprint",
        ),
        (
            "a byte and no other form",
            "reported_figures",
            "sha256 = REPLACE(sha256, SUBSTR(sha256, 1, 1), 'x')",
            "do not have their fingerprint",
        ),
        ("the position", "reported_figures", "position = position - 1", "gives other figures"),
        (
            "the amount of a fact",
            "collected_facts",
            "amount_dong = amount_dong + 1 WHERE channel = 'transfer'",
            "not what stands of it",
        ),
        (
            "the channel of a fact",
            "collected_facts",
            "channel = 'transfer' WHERE channel = 'cash_at_school'",
            "by another channel",
        ),
        (
            "the class of a fact",
            "collected_facts",
            "class = '7A3' WHERE class = '7A2'",
            "gives other figures",
        ),
        (
            "the pupil of a fact",
            "collected_facts",
            "student_id = (SELECT MIN(id) FROM students) WHERE class = '7A2'",
            "gives other figures",
        ),
    ] {
        for_each_backend(|db| {
            let school = october_of_four(db);
            report(&school, october(), None).unwrap();
            assert_eq!(faults(&school), Vec::<String>::new(), "{why}");
            let sql = format!("UPDATE {table} SET {change}");
            let refused = db.try_execute(&sql).unwrap_err().to_string();
            assert!(refused.contains(&format!("{table} is append-only")), "{why}: {refused}");
            unlock(db, table);
            db.execute(&sql);
            let found = faults(&school);
            assert!(found.iter().any(|one| one.contains(fault)), "{why}: {found:?}");
        });
    }
}

#[test]
fn what_cannot_be_reported_is_refused_with_its_reason() {
    for_each_backend(|db| {
        let school = october_of_four(db);
        let november = "2026-11".parse().unwrap();
        let refused = report(&school, november, None).unwrap_err();
        assert_eq!(codes(&refused), ["month_not_over"]);
        assert_eq!(month_of(&school, november).view.state, "not_over");
        assert_eq!(month_of(&school, october()).view.state, "not_reported");
        report(&school, october(), None).unwrap();
        for (reason, code) in [
            (None, "reason_needed"),
            (Some("  "), "reason_needed"),
            (Some("xem lại"), "figures_unchanged"),
        ] {
            let refused = report(&school, october(), reason).unwrap_err();
            assert_eq!(codes(&refused), [code], "{reason:?}");
        }
        // Somebody confirms figures that are not those of now any more.
        let seen = month_of(&school, october()).seen;
        notes(&school, &[(3, 1_000)], "2026-10-09");
        let School { store, clock, actor, id } = &school;
        let mut said = Submission {
            reason: Some("thêm phiếu".to_owned()),
            seen: Some(seen),
            ..Submission::default()
        };
        let at = (*id, october());
        let settings = Settings::default();
        let submit = |said: &Submission| reported::submit(store, clock, actor, at, said, settings);
        assert_eq!(codes(&submit(&said).unwrap_err()), ["figures_changed"]);
        said.seen = Some(month_of(&school, october()).seen);
        assert_eq!(submit(&said).unwrap().versions.len(), 2);
        school.verify();
    });
}
