//! The way to the target: what is missing, where, since when, and where it is heading.

use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use serde_json::Value;

use crate::support::client::Request;
use crate::support::program::{self, run};
use crate::support::school::{School, csv};
use crate::support::server::{HERE, THERE, Town};
use crate::support::{TestDb, for_each_backend};

const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp\nHS01;Nguyễn Thị Mẫu Một;6A1\nHS02;Trần Văn Mẫu Hai;6A1\nHS03;Trần Văn Mẫu Ba;7A2\n";
const INVOICES: &str = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Khoản thu\nHPQ6XPNK7;HS01;;;1250000;Tiền ăn\nHP2P9Q7Q9;HS02;;;1000000;Tiền ăn\nHPQRC6R6X;HS03;;;1250000;Bán trú\n";

/// All by transfer in October; in November two thirds in notes.
fn two_months(db: &TestDb) -> School {
    let school = School::create(db);
    assert_eq!(school.students(STUDENTS).bad, vec![]);
    assert_eq!(school.invoices(INVOICES).bad, vec![]);
    let lines = [
        ("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi"),
        ("2026-11-20", 250_000, "FT2", "HPQRC6R6X hoc phi"),
    ];
    school.statement("a.csv", &csv(0, &lines));
    let School { store, clock, actor, id } = &school;
    let notes = NewCash {
        allocations: vec![("HPQ6XPNK7".to_owned(), Vnd::new(500_000))],
        payer: "Người nộp mẫu".to_owned(),
        received_on: "2026-11-21".parse().unwrap(),
        note: None,
        request_key: None,
    };
    cash::record(store, clock, actor, *id, &notes).unwrap();
    school.verify();
    school
}

#[test]
fn the_way_says_whose_cash_is_missing_and_since_when() {
    for_each_backend(|db| {
        two_months(db);
        let asked = ["report", "path", "--school", "THCS-MAU", "--month", "2026-11"];
        let with = |more: &[&str]| run([&asked[..], more, &["--database", &db.url]].concat());
        let said = with(&["--json"]);
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{said:?}");
        let way: Value = serde_json::from_str(&said.out).unwrap();
        let months = way["months"].as_array().unwrap();
        assert_eq!((months.len(), &months[0]["month"]), (12, &"2025-12".into()));
        assert_eq!(months[0]["by_amount"]["percent"], Value::Null, "no data is not 0 %");
        assert_eq!(months[0]["status"], "no_data");
        assert_eq!(months[10]["by_amount"]["percent"], "100.00");
        assert_eq!(months[11]["by_amount"]["percent"], "33.33");
        let gap = &way["gap"]["by_place"];
        assert_eq!((&gap["points"], gap["parts"].as_array().unwrap().len()), (&"66.67".into(), 1));
        assert_eq!(gap["parts"][0]["code"], "6A1", "classes, as one school is asked for");
        assert_eq!(way["gap"]["by_fee_item"]["parts"][0]["name"], "Tiền ăn");
        assert_eq!(way["gap"]["by_channel"]["parts"][0]["code"], "cash_at_school");
        assert_eq!(way["change"]["points"], "-66.67");
        assert_eq!(way["forecast"], Value::Null, "two months say nothing");

        let told = with(&[]);
        for words in [
            "Phần còn thiếu nằm ở đâu: thiếu 66,67 điểm phần trăm",
            "500.000 ₫ chưa qua kênh không tiền mặt",
            "So với tháng trước: −66,67 điểm phần trăm",
            "chưa đủ bốn tháng",
            "chưa có số liệu",
        ] {
            assert!(told.out.contains(words), "{words}: {}", told.out);
        }
        let refused = run([
            "report",
            "path",
            "--school",
            "THCS-MAU",
            "--month",
            "9999-01",
            "--database",
            &db.url,
        ]);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(refused.err.contains("[month_not_begun]"), "{refused:?}");
    });
}

#[test]
fn each_school_year_has_the_target_it_is_given() {
    for_each_backend(|db| {
        two_months(db);
        let targets = "2025-2026: 50,2026-2027: 30";
        let asked = ["report", "path", "--school", "THCS-MAU", "--month", "2026-11", "--json"];
        let with = |name: &str, value: &str| {
            let mut command = program::doisoat([&asked[..], &["--database", &db.url]].concat());
            program::said(command.env(name, value).output().unwrap())
        };
        let told = with("DOISOAT_CASHLESS__YEARLY_TARGETS", targets);
        assert_eq!((told.status, told.err.as_str()), (0, ""), "{told:?}");
        let way: Value = serde_json::from_str(&told.out).unwrap();
        let months = way["months"].as_array().unwrap();
        for (why, month, target, status) in [
            ("the year before", 0, 50, "no_data"),
            ("its last month", 7, 50, "no_data"),
            ("the first month of the next", 8, 30, "no_data"),
            ("a third without cash is enough", 11, 30, "met"),
        ] {
            let line = &months[month];
            assert_eq!(
                (&line["target_percent"], &line["status"]),
                (&target.into(), &status.into()),
                "{why}"
            );
        }
        assert_eq!(way["target_percent"], 30);
        let refused = with("DOISOAT_CASHLESS__YEARLY_TARGETS", "2026: 30");
        assert!(refused.err.contains("cashless.yearly_targets"), "{refused:?}");
    });
}

#[test]
fn an_authority_sees_its_own_schools_way_and_no_other() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let ask = |key: &str, what: &str| {
            let path = format!("/api/v1/reports/path?{what}");
            Request::new(town.server.address, "GET", &path).key(key).send()
        };
        let own = ask(&town.authority, "authority=PHONG-MAU&month=2026-11");
        assert_eq!(own.status, 200, "{own:?}");
        assert_eq!(own.json()["months"].as_array().unwrap().len(), 12);
        assert_eq!(ask(&town.authority, &format!("school={HERE}&month=2026-11")).status, 200);
        for (why, what, status) in [
            ("another authority", "authority=PHONG-KHAC&month=2026-11".to_owned(), 404),
            ("none", "authority=PHONG-NAO&month=2026-11".to_owned(), 404),
            ("another authority's school", format!("school={THERE}&month=2026-11"), 404),
            ("no month", "authority=PHONG-MAU&month=thang-11".to_owned(), 400),
            ("a month to come", "authority=PHONG-MAU&month=2099-01".to_owned(), 422),
            ("both", format!("authority=PHONG-MAU&school={HERE}&month=2026-11"), 400),
        ] {
            assert_eq!(ask(&town.authority, &what).status, status, "{why}");
        }
    });
}
