//! The doors to receipts: the API, the pages, the command line, and the page anybody may ask.

use doisoat::domain::access::Role;
use doisoat::service::receipts;
use serde_json::json;

use super::{all, mail};
use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::csv;
use crate::support::server::Town;

/// A town whose first family has paid.
fn paid(db: &crate::support::TestDb) -> Town {
    let town = Town::create(db).with_invoices();
    town.school.statement(
        "a.csv",
        &csv(
            0,
            &[
                ("2026-11-05", 1_250_000, "FT1", "HPQ6XPNK7"),
                ("2026-11-06", 2_250_000, "FT2", "HP2P9Q7Q9 HPQRC6R6X"),
            ],
        ),
    );
    town
}

#[test]
fn the_api_lists_shows_prints_and_voids_with_two_persons() {
    for_each_backend(|db| {
        let town = paid(db);
        let page = town.get("receipts?limit=2").send().json();
        assert_eq!(page["items"].as_array().unwrap().len(), 2, "{page}");
        assert_eq!(page["items"][0]["number"], "BL-2026-000003");
        let next = page["next"].as_str().unwrap();
        let rest = town.get(&format!("receipts?limit=2&cursor={next}")).send().json();
        assert_eq!(rest["items"][0]["number"], "BL-2026-000001");
        assert_eq!(rest["next"], json!(null));
        assert_eq!(town.get("receipts?cursor=x").send().status, 400);
        for (why, query, numbers) in [
            ("by name", "text=mau+hai", vec!["BL-2026-000002"]),
            ("by number", "text=bl-2026-000001", vec!["BL-2026-000001"]),
            ("by class", "class=7A2", vec!["BL-2026-000003"]),
            ("by state", "state=voided", vec![]),
            ("by day", "from=2026-11-25", vec![]),
        ] {
            let found = town.get(&format!("receipts?{query}")).send().json();
            let found: Vec<&str> = found["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["number"].as_str().unwrap())
                .collect();
            assert_eq!(found, numbers, "{why}");
        }
        let id = rest["items"][0]["id"].as_i64().unwrap();
        let pdf = town.get(&format!("receipts/{id}/pdf?lang=en")).send();
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        let elsewhere = json!({ "symbol": "1C26TAA", "number": "00000007",
            "lookup_url": "https://tracuu.example.test" });
        let put = |body: &serde_json::Value| {
            let target = format!("/api/v1/schools/THCS-MAU/receipts/{id}/invoice");
            town.server.request("PUT", &target).key(&town.accountant).json(body).send()
        };
        let view = put(&elsewhere).json();
        assert_eq!(view["elsewhere"]["symbol"], "1C26TAA", "{view}");
        let wrong = put(&json!({ "lookup_url": "javascript:alert(1)" }));
        assert_eq!(wrong.outcome(), (422, "lookup_url".to_owned()));

        mail(db, &town.school, &[id]);
        let reason = json!({ "reason": "ghi nhầm học sinh" });
        let void = format!("receipts/{id}/void");
        let asked = town.post(&void).once("v1").json(&reason).send().json();
        assert_eq!(asked["state"], "asked", "{asked}");
        let request = asked["id"].as_i64().unwrap();
        let decision = format!("receipt-voids/{request}/decision");
        let agree = json!({ "approve": true });
        assert_eq!(town.post(&decision).once("d0").json(&agree).send().status, 403);
        let waiting = town.get("receipt-voids").send().json();
        assert_eq!(waiting[0]["number"], "BL-2026-000001");
        let agreed = town.post_as(&town.chief, &decision).once("d1").json(&agree).send().json();
        assert_eq!(agreed["state"], "approved", "{agreed}");
        let shown = town.get(&format!("receipts/{id}")).send().json();
        assert_eq!(shown["receipt"]["state"], "voided", "{shown}");
        let stranger = town
            .server
            .get(&format!("/api/v1/schools/THCS-KHAC/receipts/{id}"))
            .key(&town.stranger)
            .send();
        assert_eq!(stranger.outcome(), (404, "receipt_not_found".to_owned()));
        town.school.verify();
    });
}

#[test]
fn the_pages_show_print_and_void_receipts() {
    for_each_backend(|db| {
        let town = paid(db);
        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        let chief = desk.signed_in(Role::ChiefAccountant);
        let rows = all(&town.school);
        let list = accountant.page("/receipts?class=6A1");
        assert!(list.contains("BL-2026-000001") && !list.contains("BL-2026-000003"), "{list}");
        assert!(accountant.page("/receipts?text=khong").contains("Không có biên lai nào"));
        let one = format!("/receipts/{}", rows[0].id);
        let page = accountant.page(&one);
        assert!(page.contains("Nguyễn Thị Mẫu Một") && page.contains("1.250.000"), "{page}");
        let chosen = format!("/receipts/print?row={}&row={}", rows[0].id, rows[2].id);
        for paper in [format!("{one}/pdf"), chosen, "/class-lists?class=6A1".to_owned()] {
            let answer = accountant.get(&paper);
            assert_eq!(answer.status, 200, "{paper}");
            assert_eq!(answer.header("content-type"), Some("application/pdf"), "{paper}");
        }
        assert_eq!(accountant.get("/notices").status, 409, "nobody owes anything");
        mail(db, &town.school, &[rows[0].id]);
        accountant.refused(&format!("{one}/void"), &[("reason", " ")]);
        assert_eq!(accountant.done(&format!("{one}/void"), &[("reason", "nhầm")]), one);
        let wait = accountant.page("/receipts");
        assert!(wait.contains("Cần người khác duyệt"), "{wait}");
        let request = receipts::waiting(&town.school.store, town.school.id).unwrap()[0].request.id;
        let decision = format!("/receipts/voids/{request}");
        assert_eq!(chief.done(&decision, &[("decision", "approve")]), one);
        assert!(chief.page(&one).contains("Đã hủy"));
        let second = format!("/receipts/{}", rows[1].id);
        accountant.done(&format!("{second}/send"), &[]);
        let fields = [("symbol", "1C26TAA"), ("number", "7"), ("lookup_url", "http://x")];
        assert!(accountant.refused(&format!("{second}/invoice"), &fields).contains("https://"));
        accountant.done(&format!("{second}/invoice"), &[("symbol", "1C26TAA"), ("number", "7")]);
        assert!(accountant.page(&second).contains("1C26TAA"));
        let admin = desk.signed_in(Role::Administrator);
        assert_eq!(admin.done("/receipts/terms", &[("start", "01/09/2026")]), "/receipts");
        assert!(admin.page("/receipts").contains("đang tắt"));
        town.school.verify();
    });
}

#[test]
fn anybody_who_holds_a_receipt_may_ask_and_guessing_is_slowed_down() {
    for_each_backend(|db| {
        let town = paid(db);
        let rows = all(&town.school);
        let ask = |code: &str| town.server.get(&format!("/r/{code}")).send();
        let genuine = ask(&rows[0].verify_code.replace('-', "").to_lowercase());
        assert_eq!(genuine.status, 200);
        let words = genuine.text();
        assert!(words.contains("Biên lai hợp lệ") && words.contains("BL-2026-000001"), "{words}");
        assert_eq!(genuine.header("set-cookie"), None);
        assert_eq!(genuine.header("x-robots-tag"), Some("noindex, nofollow"));
        assert_eq!(genuine.header("cache-control"), Some("no-store"));
        super::ask_void(&town.school, rows[1].id, "Lan").unwrap();
        let gone = ask(&rows[1].verify_code).text();
        assert!(gone.contains("Biên lai này đã hủy, không còn giá trị"), "{gone}");
        let unknown = ask("0000-0000-0000-0000");
        assert_eq!(unknown.status, 404);
        assert!(unknown.text().contains("Không tìm thấy biên lai nào"));
        assert_eq!(
            ask("khong-phai-ma").text(),
            unknown.text().replace("0000-0000-0000-0000", "khong-phai-ma")
        );
        let mut waits = 0;
        for guess in 0..40 {
            let answer = ask(&format!("{guess:016}"));
            assert!([404, 429].contains(&answer.status));
            waits += usize::from(answer.status == 429);
        }
        assert!(waits > 10, "{waits}");
        assert_eq!(ask(&rows[0].verify_code).status, 429, "whoever guesses has to wait");
    });
}

#[test]
fn the_commands_list_print_and_void() {
    for_each_backend(|db| {
        let town = paid(db);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("a.pdf").display().to_string();
        let command = |words: &[&str]| {
            let mut all = vec!["--database", db.url.as_str()];
            all.extend(words);
            run(all)
        };
        let said = command(&["receipt", "list", "--school", "THCS-MAU"]);
        assert_eq!((said.status, said.out.lines().count()), (0, 3), "{said:?}");
        let said = command(&["receipt", "show", "BL-2026-000002", "--school", "THCS-MAU"]);
        assert!(said.out.contains("HS02"), "{said:?}");
        let of = ["receipt", "pdf", "BL-2026-000001", "--school", "THCS-MAU", "--out", &out];
        assert_eq!(command(&of).status, 0);
        assert!(std::fs::read(&out).unwrap().starts_with(b"%PDF-"));
        let said = command(&["receipt", "show", "BL-2026-000009", "--school", "THCS-MAU"]);
        assert!(said.status == 1 && said.err.contains("[receipt_not_found]"), "{said:?}");
        let sent: Vec<i64> = all(&town.school).iter().take(2).map(|one| one.id).collect();
        mail(db, &town.school, &sent);
        let void =
            ["receipt", "void", "BL-2026-000001", "--school", "THCS-MAU", "--reason", "nhầm"];
        let said = command(&void);
        let own = said.out.split_whitespace().next().unwrap().to_owned();
        let other = super::ask_void(&town.school, all(&town.school)[1].id, "Lan").unwrap();
        let approve =
            |request: &str| command(&["receipt", "approve", request, "--school", "THCS-MAU"]);
        // The command line is one person.
        assert!(approve(&own).err.contains("[second_person]"));
        assert_eq!(approve(&other.id.to_string()).status, 0);
        let out = ["--out", out.as_str()];
        let print =
            [&["notice", "print", "--school", "THCS-MAU", "--lang", "en"], &out[..]].concat();
        assert_eq!(command(&print).status, 0, "the second student owes again");
        let list = [&["notice", "class-list", "--school", "THCS-MAU"], &out[..]].concat();
        assert_eq!(command(&list).status, 0);
        let terms = ["receipt", "terms", "--school", "THCS-MAU", "--issue", "off"];
        assert_eq!(command(&terms).out, "{\"issue\":false,\"from\":null}\n");
        town.school.verify();
    });
}
