//! The same by hand: the school's pages, and what the authority sees of them.

use doisoat::domain::access::Role;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::keys::Reach;
use serde_json::json;

use crate::support::browser::{Desk, value_of};
use crate::support::for_each_backend;
use crate::support::program;
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};

#[test]
fn a_chief_accountant_reports_and_the_authority_reads_and_writes_back() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        let people = Desk::of(&town);
        let chief = people.signed_in(Role::ChiefAccountant);
        let list = chief.page("/reported");
        assert!(list.contains("Tháng 10/2026") && list.contains("Chưa báo cáo"), "{list}");
        let page = chief.page("/reported/2026-10");
        assert!(page.contains("100,0 %") && page.contains("1.000.000"), "{page}");
        let seen = value_of(&page, "seen");
        let form = |checked: bool| {
            let mut fields = vec![("seen", seen.as_str()), ("note", "lần đầu <b>")];
            if checked {
                fields.push(("checked", "1"));
            }
            fields
        };
        let refused = chief.refused("/reported/2026-10", &form(false));
        assert!(refused.contains("Đánh dấu đã kiểm tra"), "{refused}");
        let to = chief.done("/reported/2026-10", &form(true));
        assert!(to.ends_with("/reported/2026-10"), "{to}");
        let page = chief.page("/reported/2026-10");
        assert!(page.contains("Đã báo cáo") && page.contains("SHA-256"), "{page}");
        assert!(page.contains("lần đầu &#60;b&#62;") && !page.contains("lần đầu <b>"), "{page}");
        assert!(!page.contains("name=\"seen\""), "nothing to report again");
        assert!(chief.page("/reported").contains("Đã báo cáo"));

        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = people.signed_in_at(Role::Supervisor, &above);
        let ask = |target: &str| supervisor.ask(town.server.get(target));
        let figures = ask("/figures/PHONG-MAU?month=2026-10").text();
        assert!(figures.contains("Số liệu trường đã báo cáo"), "{figures}");
        assert!(figures.contains("Đã báo cáo"), "{figures}");
        let school = format!("/figures/PHONG-MAU/schools/{HERE}");
        let shown = ask(&format!("{school}?month=2026-10")).text();
        assert!(shown.contains("lần đầu") && shown.contains("SHA-256"), "{shown}");
        let words = [("words", "Còn <script>1</script> tiền mặt?")];
        let to = format!("{school}/comments?month=2026-10");
        assert_eq!(supervisor.post_to(&to, &words).status, 303);
        let page = chief.page("/reported/2026-10");
        assert!(page.contains("Cơ quan quản lý") && page.contains("&#60;script&#62;"), "{page}");
        assert!(!page.contains("<script>1"), "{page}");
        chief.done("/reported/2026-10/comments", &[("words", "Một gia đình nộp tại trường.")]);
        let shown = ask(&format!("{school}?month=2026-10")).text();
        assert!(shown.contains("Một gia đình nộp tại trường."), "{shown}");
        let elsewhere = format!("/figures/PHONG-MAU/schools/{THERE}/comments?month=2026-10");
        assert_eq!(supervisor.post_to(&elsewhere, &words).status, 404);
        let inside = supervisor.ask(town.server.get(&format!("/s/{HERE}/reported")));
        assert_eq!(inside.status, 403, "an authority looks from above");

        // What changes since is told to both, and reported again with a reason.
        let more = [("2026-10-06", 250_000, "FT2", "HPQRC6R6X hoc phi")];
        town.school.statement("b.csv", &csv(1_000_000, &more));
        let page = chief.page("/reported/2026-10");
        assert!(page.contains("1 giao dịch được khớp thêm"), "{page}");
        assert!(ask(&format!("{school}?month=2026-10")).text().contains("được khớp thêm"));
        assert!(ask("/figures/PHONG-MAU?month=2026-10").text().contains("Số liệu đã thay đổi"));
        let seen = value_of(&page, "seen");
        let fields = [("seen", seen.as_str()), ("checked", "1")];
        assert!(chief.refused("/reported/2026-10", &fields).contains("Cần ghi lý do"));
        let fields = [fields[0], fields[1], ("reason", "nhận thêm sao kê")];
        chief.done("/reported/2026-10", &fields);
        assert!(chief.page("/reported/2026-10").contains("Lần 2"));
        town.school.verify();
    });
}

#[test]
fn an_authority_takes_home_what_it_signs_and_sees_its_plan() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        let people = Desk::of(&town);
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = people.signed_in_at(Role::Supervisor, &above);
        let ask = |target: &str| supervisor.ask(town.server.get(target));
        let file =
            |format: &str| ask(&format!("/figures/PHONG-MAU/file?month=2026-10&format={format}"));
        for (format, kind, begins) in [
            ("pdf", "application/pdf", &b"%PDF-"[..]),
            ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfauthority,"),
            ("json", "application/json", b"{"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ] {
            let answer = file(format);
            assert_eq!(answer.status, 200, "{format}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some(kind), "{format}");
            assert!(answer.body.starts_with(begins), "{format}: {}", answer.text());
        }
        assert_eq!(file("docx").status, 404);
        // One pupil paid: no class and no fee item of the school is told of by itself.
        let told = file("json").json();
        let school = &told["schools"][0];
        assert_eq!((&school["classes"], &school["fee_items"]), (&json!([]), &json!([])), "{told}");
        let note = told["notes"].to_string();
        assert!(note.contains("small_groups_withheld"), "{note}");

        // By whom schools are kept: filtered by it, once it is known.
        let of_kind =
            |kind: &str| ask(&format!("/figures/PHONG-MAU?month=2026-10&ownership={kind}"));
        let of_school = "/figures/PHONG-MAU/schools/THCS-MAU?period=2026-10";
        assert!(!ask("/figures/PHONG-MAU?month=2026-10").text().contains("Loại hình"));
        let told = ["school", "ownership", "--school", HERE, "--as", "public"];
        let said = program::run(["--database", &db.url].iter().chain(&told));
        assert_eq!(said.status, 0, "{}", said.err);
        let public = of_kind("public").text();
        assert!(public.contains("Loại hình") && public.contains("Công lập"), "{public}");
        // What it reported is told whatever the ranking is filtered by.
        assert_eq!(public.matches(of_school).count(), 2, "{public}");
        assert_eq!(of_kind("private").text().matches(of_school).count(), 1, "no school is kept so");
        let plan = ask("/figures/PHONG-MAU/plan?month=2026-10").text();
        for (why, words) in [
            ("the money of the month", "1.000.000 / 1.000.000"),
            ("one school of one", "Trường triển khai thu học phí không dùng tiền mặt"),
            ("a month is owed for September and one for October", "0 / 2"),
            ("what is not measured", "Chỉ tiêu không đo ở đây"),
        ] {
            assert!(plan.contains(words), "{why}: {plan}");
        }
        for (why, target, words) in [
            ("a term", "/figures/PHONG-MAU?period=2026-2027/1", "học kỳ I 2026-2027"),
            ("a school year", "/figures/PHONG-MAU?period=2026-2027", "năm học 2026-2027"),
            (
                "a school's term",
                "/figures/PHONG-MAU/schools/THCS-MAU?period=2026-2027/1",
                "học kỳ I",
            ),
            (
                "a file of a year",
                "/figures/PHONG-MAU/file?period=2026-2027&format=csv",
                "2027-07-31",
            ),
            ("who looked", "/figures/PHONG-MAU/looks", "năm học 2026-2027"),
            ("and at which school", "/figures/PHONG-MAU/looks", "Số liệu một trường"),
        ] {
            let answer = ask(target);
            assert_eq!(answer.status, 200, "{why}: {}", answer.text());
            assert!(answer.text().contains(words), "{why}: {}", answer.text());
        }
        let by_key =
            format!("/api/v1/reports/cashless?school={HERE}&from=2026-10-01&to=2026-10-15");
        assert_eq!(town.server.get(&by_key).key(&town.authority).send().status, 200);
        assert!(ask("/figures/PHONG-MAU/looks").text().contains("2026-10-01/2026-10-15"));
        for (why, target, status) in [
            ("a term that has not begun", "/figures/PHONG-MAU?period=2026-2027/2", 422),
            ("no period", "/figures/PHONG-MAU?period=2026-2027/3", 400),
            ("another authority", "/figures/KHONG-CO/looks", 404),
        ] {
            assert_eq!(ask(target).status, status, "{why}");
        }
        assert_eq!(ask("/figures/KHONG-CO/plan?month=2026-10").status, 404);
        assert_eq!(ask("/figures/PHONG-MAU/plan?month=x").status, 400);
    });
}

#[test]
fn a_school_sees_who_is_behind_what_is_missing_and_nobody_above_it_does() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &csv(0, &line));
        // One family in notes; a teacher brings the money of two families at once.
        let cash = |codes: &[(&str, i64)], day: &str| {
            let allocations =
                codes.iter().map(|(code, dong)| ((*code).to_owned(), Vnd::new(*dong)));
            let new = NewCash {
                allocations: allocations.collect(),
                payer: "Người nộp mẫu".to_owned(),
                received_on: day.parse().unwrap(),
                note: None,
                request_key: None,
            };
            let (store, clock) = (&town.school.store, &town.school.clock);
            cash::record(store, clock, &town.school.actor, town.school.id, &new).unwrap();
        };
        cash(&[("HPQ6XPNK7", 400_000)], "2026-10-06");
        cash(&[("HPQ6XPNK7", 50_000), ("HPQRC6R6X", 250_000)], "2026-10-07");
        let people = Desk::of(&town);
        let accountant = people.signed_in(Role::Accountant);
        let page = accountant.page("/figures?period=2026-10");
        for (why, words) in [
            ("the family", "Nguyễn Thị Mẫu Một"),
            ("its notes", "400.000"),
            ("how many", "1 gia đình, 400.000"),
            ("the bundle", "1 khoản, 300.000"),
            ("its day", "07/10/2026"),
            ("its classes", "6A1, 7A2"),
            ("what each class costs", "Theo lớp"),
            ("what is missing", "Còn thiếu 41,18 điểm"),
        ] {
            assert!(page.contains(words), "{why}: {page}");
        }
        assert!(
            !page.contains("Trần Văn Mẫu Hai"),
            "whoever paid by transfer is not named: {page}"
        );
        assert!(accountant.page("/reported").contains("/figures"), "there is a way to it");
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = people.signed_in_at(Role::Supervisor, &above);
        assert_eq!(supervisor.get("/figures?period=2026-10").status, 403);
    });
}
