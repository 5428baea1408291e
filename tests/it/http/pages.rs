//! What is read over HTTP: lists in pages, the report, the page for people.

use std::process::Command;

use doisoat::clock::FixedClock;
use doisoat::domain::access::Role;
use doisoat::domain::matching::facts::Policy;
use doisoat::service::directory::{self, NewSchool};
use doisoat::service::keys::Reach;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::school::{csv, now};
use crate::support::server::{HERE, Town};

#[test]
fn the_pages_of_the_payments_show_every_one_exactly_once() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let references: Vec<String> = (0..23).map(|n| format!("FT{n:03}")).collect();
        let texts: Vec<String> =
            (0..23).map(|n| format!("nop tien & <lan> {n} % + = / \"{n}\" ạ")).collect();
        let lines: Vec<_> = (0..23)
            .map(|n| {
                let day = ["2026-11-02", "2026-11-03", "2026-11-04"][n / 8];
                (day, [1_000, 1_001, 1_002][n % 3], references[n].as_str(), texts[n].as_str())
            })
            .collect();
        town.school.statement("a.csv", &csv(0, &lines));
        let all: Vec<_> = town.school.payments().iter().map(|one| one.state.id.0).collect();
        assert_eq!(all.len(), 23);
        for (why, first, pages) in [
            ("one by one", "payments?limit=1", 23),
            ("five at a time", "payments?limit=5", 5),
            ("a page that fits exactly", "payments?limit=23", 1),
            ("of one kind", "payments?decision=unmatched&limit=10", 3),
            ("a limit too large is the largest", "payments?limit=5000", 1),
        ] {
            let mut seen = Vec::new();
            let mut target = Some(format!("/api/v1/schools/{HERE}/{first}"));
            let mut count = 0;
            while let Some(at) = target {
                let answer = town.server.get(&at).key(&town.reader).send();
                assert_eq!(answer.outcome(), (200, "-".to_owned()), "{why}: {at}");
                for one in answer.json().as_array().unwrap() {
                    seen.push(one["id"].as_i64().unwrap());
                }
                target = answer.header("link").map(|link| {
                    let (target, relation) = link.split_once('>').unwrap();
                    assert_eq!(relation, "; rel=\"next\"", "{why}");
                    target.strip_prefix('<').unwrap().to_owned()
                });
                count += 1;
                assert!(count <= 23, "{why}: the pages end");
            }
            assert_eq!((seen, count), (all.clone(), pages), "{why}");
        }
    });
}

#[test]
fn the_report_is_the_one_the_command_line_gives() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let file = csv(
            0,
            &[
                ("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7 nop hoc phi"),
                ("2026-11-03", 400_000, "FT2", "HP2P9Q7Q9 nop truoc"),
                ("2026-11-04", 90_000, "FT3", "khong ro"),
            ],
        );
        town.school.statement("a.csv", &file);
        let cash = serde_json::json!({
            "allocations": [["HPQRC6R6X", 350_000]], "payer": "Người nộp mẫu", "received_on": "2026-11-20",
        });
        assert_eq!(town.post("cash").once("a").json(&cash).send().status, 201);
        for (of, code) in [("authority", "PHONG-MAU"), ("school", HERE)] {
            let answer = town
                .server
                .get(&format!(
                    "/api/v1/reports/cashless?{of}={code}&from=2026-11-01&to=2026-11-30&as_of=2026-11-24"
                ))
                .key(&town.admin)
                .send();
            assert_eq!(answer.outcome(), (200, "-".to_owned()));
            let printed = Command::new(env!("CARGO_BIN_EXE_doisoat"))
                .args(["report", "cashless", &format!("--{of}"), code, "--database", &db.url])
                .args(["--from", "2026-11-01", "--to", "2026-11-30", "--as-of", "2026-11-24"])
                .args(["--format", "json"])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&printed.stderr);
            assert!(printed.status.success(), "{of}: {told}");
            assert_eq!(answer.text().trim(), String::from_utf8(printed.stdout).unwrap().trim());
            assert!(answer.text().contains("1650000"), "{of}: the transfers are in it");
        }
        for (why, query, code) in [
            ("neither", "from=2026-11-01&to=2026-11-30", "whose"),
            ("both", "school=A&authority=B&from=2026-11-01&to=2026-11-30", "whose"),
            ("backwards", "school=THCS-MAU&from=2026-11-30&to=2026-11-01", "period"),
            ("no such day", "school=THCS-MAU&from=2026-11-31&to=2026-12-01", "query"),
            ("misspelt", "school=THCS-MAU&from=2026-11-01&to=2026-11-30&asof=2026-11-02", "query"),
        ] {
            let target = format!("/api/v1/reports/cashless?{query}");
            let answer = town.server.get(&target).key(&town.admin).send();
            assert_eq!(answer.outcome(), (400, code.to_owned()), "{why}");
        }
    });
}

#[test]
fn the_first_page_shows_names_as_text_and_no_other_authoritys_schools() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let new = NewSchool {
            code: "TH-XSS".to_owned(),
            name: "<script>alert(1)</script> & \"Mẫu\"".to_owned(),
            level: "primary".to_owned(),
            policy: Policy::default(),
        };
        let clock = FixedClock::at(now());
        directory::add_school(&town.school.store, &clock, &town.school.actor, &new).unwrap();
        let desk = Desk::of(&town);
        let all = desk.signed_in_at(Role::Administrator, &Reach::Everything);
        let page = all.ask(town.server.get("/"));
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        for part in ["default-src 'none'", "style-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        let html = page.text();
        assert!(!html.contains("<script>") && !html.contains("onerror"), "{html}");
        assert!(html.contains("script&#62;alert(1)"), "{html}");
        assert!(html.contains("THCS-MAU (dữ liệu mẫu)"));

        let above = Reach::Authority("PHONG-MAU".to_owned());
        let page = desk.signed_in_at(Role::Supervisor, &above).ask(town.server.get("/")).text();
        assert!(page.contains("THCS-MAU") && !page.contains("THCS-KHAC"), "{page}");
        assert!(!page.contains("/s/THCS-MAU"), "an authority sees figures and no school's inside");
    });
}

#[test]
fn nothing_is_called_by_a_name_with_a_zero_byte() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town);
        let administrator = desk.signed_in_at(Role::Administrator, &Reach::Everything);
        for target in [
            "/s/THCS%00/queue",
            &format!("/s/{HERE}/queue/1%00"),
            &format!("/s/{HERE}/no-such%00"),
            "/figures/PHONG%00",
            "/p/a%00b",
            "/help/a%00b",
            "/api/v1/schools/THCS%00/payments",
            "/webhooks/sepay/a%00b",
        ] {
            let answer = administrator.fetch(target);
            assert_eq!(answer.status, 404, "{target}: {}", answer.text());
            let answer = town.server.get(target).key(&town.admin).send();
            assert_eq!(answer.status, 404, "{target}: {}", answer.text());
        }
    });
}
