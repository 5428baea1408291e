//! An authority's month from what its schools handed in: one figure, one fingerprint, from every door,
//! and the same again after what was handed in later.

use doisoat::domain::access::Role;
use doisoat::domain::cashless::Rate;
use doisoat::service::directory;
use doisoat::service::keys::Reach;
use doisoat::service::reported::{AsOf, consolidated};

use super::{at, notes, october, report};
use crate::receipts::paper::text;
use crate::support::browser::Desk;
use crate::support::crowd::code;
use crate::support::for_each_backend;
use crate::support::program;
use crate::support::school::{School, csv};
use crate::support::server::Town;

#[test]
fn what_schools_handed_in_has_one_fingerprint_that_is_found_again_later() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let School { store, clock, actor, .. } = &town.school;
        // By transfer 1,000,000 of 1,000,000 here; in notes 300,000 of 300,000 there; a third school
        // hands nothing in. Together 1,000,000 of 1,300,000, which is 76.92 % and not the mean, 50 %.
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        let other = School::add(store.clone(), "TH-HAI", "1017000003");
        School::add(store.clone(), "TH-BA", "1017000004");
        for added in ["TH-HAI", "TH-BA"] {
            directory::place_school(store, clock, actor, added, "PHONG-MAU", (None, None)).unwrap();
        }
        other.students("Mã học sinh;Họ và tên;Lớp\nHSH1;Lê Thị Mẫu;1A\n");
        let due = format!(
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n{};HSH1;;;900000\n",
            code(50)
        );
        assert_eq!(other.invoices(&due).bad, vec![]);
        notes(&other, &[(50, 300_000)], "2026-10-08");

        let found = |as_of: Option<&str>| {
            let as_of = as_of.map(|text| AsOf::parse(text).unwrap());
            consolidated(store, "PHONG-MAU", october(), as_of).unwrap()
        };
        let nothing = found(None);
        assert_eq!((nothing.reported, nothing.schools), (0, 3));
        assert_eq!(nothing.rates.by_amount.percent, None, "no report is no data, not 0 %");

        report(&town.school, october(), None).unwrap();
        report(&other, october(), None).unwrap();
        let first = found(None);
        assert_eq!((first.reported, first.schools), (2, 3));
        assert_eq!(first.rates.by_amount.rate, Rate::new(1_000_000, 1_300_000).unwrap());
        assert_eq!(first.rates.by_amount.percent.as_deref(), Some("76.92"));
        assert_eq!(first.rates.by_pupil.rate, Rate::new(1, 2).unwrap());
        let versions: Vec<i32> = first.lines.iter().map(|line| line.version).collect();
        assert_eq!(versions.iter().sum::<i32>(), 2, "{versions:?}");

        // A day later one of them hands in another figure: 200,000 more in notes.
        let later = at(&other, "2026-11-25T02:00:00Z");
        notes(&later, &[(50, 200_000)], "2026-10-20");
        report(&later, october(), Some("bỏ sót một phiếu")).unwrap();
        let second = found(None);
        assert_eq!(second.rates.by_amount.rate, Rate::new(1_000_000, 1_500_000).unwrap());
        assert_ne!(second.sha256, first.sha256);
        assert_eq!(found(Some("2026-11-24")), first, "as it was at the end of the first day");
        assert_eq!(found(Some("2026-11-25T01:59:59Z")).sha256, first.sha256);
        assert_eq!(found(Some("2026-11-25T02:00:00Z")).sha256, second.sha256);
        assert_eq!(found(Some("2026-11-01")).sha256, nothing.sha256, "before anything");

        let asked = |key: &str, query: &str| {
            let target = format!("/api/v1/reports/consolidated?{query}");
            town.server.get(&target).key(key).send()
        };
        let whole = "authority=PHONG-MAU&month=2026-10";
        let told = asked(&town.authority, &format!("{whole}&as_of=2026-11-24")).json();
        assert_eq!(told["sha256"], first.sha256.as_str());
        assert_eq!(told["rates"]["by_amount"]["percent"], "76.92");
        assert_eq!(told["lines"].as_array().unwrap().len(), 3);
        assert!(told.get("text").is_none() && !told.to_string().contains("1A"), "{told}");
        for (why, key, query, status) in [
            ("another authority", &town.authority, "authority=PHONG-KHAC&month=2026-10", 404),
            ("no such authority", &town.admin, "authority=PHONG-0&month=2026-10", 404),
            ("a school's accountant", &town.accountant, whole, 403),
            ("no month", &town.authority, "authority=PHONG-MAU&month=2026-13", 400),
            ("no day", &town.authority, "authority=PHONG-MAU&month=2026-10&as_of=hom+qua", 400),
        ] {
            assert_eq!(asked(key, query).status, status, "{why}");
        }

        let command = |more: &[&str]| {
            let begin = ["--database", &db.url, "--lang", "vi", "report", "consolidated"];
            let asked = ["--authority", "PHONG-MAU", "--month", "2026-10"];
            program::run(begin.iter().chain(&asked).chain(more))
        };
        let said = command(&["--as-of", "2026-11-24", "--fingerprint"]);
        assert_eq!((said.status, said.out.trim()), (0, first.sha256.as_str()), "{}", said.err);
        assert_eq!(command(&["--fingerprint", "--json"]).out, second.text);
        let said = command(&[]);
        assert!(said.out.contains("2 trên 3 trường đã báo cáo"), "{}", said.out);
        assert!(said.out.contains("66,67 %") && said.out.contains(&second.sha256), "{}", said.out);
        let said = command(&["--as-of", "mai"]);
        assert!(said.status == 2 && said.err.contains("2026-12-02"), "{said:?}");

        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = Desk::of(&town).signed_in_at(Role::Supervisor, &above);
        let page = supervisor.fetch("/figures/PHONG-MAU?period=2026-10").text();
        assert!(page.contains(&second.sha256) && page.contains("2 trên 3 trường"), "{page}");
        let file = |as_of: &str| {
            let target = format!("/figures/PHONG-MAU/file?period=2026-10&format=pdf&as_of={as_of}");
            supervisor.fetch(&target)
        };
        let signed = file("24%2F11%2F2026");
        assert_eq!(signed.status, 200, "{}", signed.text());
        assert_eq!(signed.body, file("24%2F11%2F2026").body, "the same bytes again");
        assert_eq!(file("31%2F02%2F2026").status, 400);
        if let Some(pages) = text(&signed.body) {
            let all = pages.join("\n");
            for part in [
                "PHỤ LỤC",
                &first.sha256,
                "2 trên 3 trường đã báo cáo",
                "chưa báo cáo",
                "76,9 %",
                "--as-of 2026-11-24T01:00:00",
            ] {
                assert!(all.contains(part), "{part}: {all}");
            }
        }
        town.school.verify();
    });
}

#[test]
fn the_plan_says_the_same_on_the_page_by_key_and_by_command() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        let whole = "authority=PHONG-MAU&month=2026-10";
        let asked = |key: &str, query: &str| {
            town.server.get(&format!("/api/v1/reports/plan?{query}")).key(key).send()
        };
        let told = asked(&town.authority, whole).json();
        let money = &told["lines"][1];
        assert_eq!((&money["subject"], &money["status"]), (&"money".into(), &"met".into()));
        assert_eq!(money["figure"]["numerator"], 1_000_000);
        assert_eq!(money["figure"]["percent"], "100.00");
        assert_eq!(
            told["lines"][4]["figure"]["denominator"], 2,
            "reports of September and October"
        );
        assert_eq!(told["lines"][5]["figure"]["percent"], serde_json::Value::Null);
        assert_eq!(asked(&town.accountant, whole).status, 403);
        assert_eq!(asked(&town.authority, "authority=PHONG-KHAC&month=2026-10").status, 404);
        let begin = ["--database", &db.url, "--lang", "vi", "report", "plan"];
        let plan = ["--authority", "PHONG-MAU", "--month", "2026-10"];
        let said = program::run(begin.iter().chain(&plan));
        assert!(said.out.contains("100,0 % / 100 % · 1000000 / 1000000 · Đạt"), "{said:?}");
    });
}
