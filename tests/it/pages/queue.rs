//! The review queue's pages: confirming, many lines at once, splitting, undoing, and who may.

use doisoat::domain::access::Role;
use doisoat::domain::id::PaymentId;
use doisoat::domain::lang::Lang;
use doisoat::domain::money::Vnd;
use doisoat::service::decide::{self, PaymentState};
use doisoat::service::keys::Reach;
use doisoat::service::workspace::{self, Row, Tab};

use crate::support::TestDb;
use crate::support::browser::{Browser, Desk};
use crate::support::client::Answer;
use crate::support::crowd::{DUE, borrowed, code, enroll};
use crate::support::for_each_backend;
use crate::support::school::csv;
use crate::support::server::{HERE, THERE, Town};

/// Lines of too much money under a code, which one rule proposes.
const OVER: usize = 4;

fn town(db: &TestDb) -> Town {
    let town = Town::create(db);
    enroll(&town.school, 20);
    let mut lines: Vec<(String, i64, String, String)> = Vec::new();
    let mut add = |day: u32, dong: i64, text: String| {
        let reference = format!("FT26300{:06}", lines.len());
        lines.push((format!("2026-11-{day:02}"), dong, reference, text));
    };
    for pupil in 0..OVER {
        add(2, DUE + 50_000, format!("{} nop thua", code(pupil)));
    }
    add(3, DUE, format!("{} nop du", code(10)));
    add(4, 1_000_000, "me chuyen cho ba con <b>".to_owned());
    town.school.statement("a.csv", &csv(0, &borrowed(&lines)));
    town
}

fn accountant(town: &Town) -> Browser<'_> {
    Desk::of(town).signed_in(Role::Accountant)
}

fn row(town: &Town, part: &str) -> Row {
    let id = town.school.payment_id(part);
    workspace::detail(&town.school.store, town.school.id, id, Lang::Vi).unwrap().row
}

fn version(row: &Row) -> String {
    row.version.unwrap().to_string()
}

fn state(town: &Town, id: PaymentId) -> PaymentState {
    decide::find(&town.school.store, town.school.id, id).unwrap()
}

/// Where an answer sends the browser.
fn leads(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").unwrap()
}

/// A suffix of a path below the school [`HERE`].
fn below(path: &str) -> &str {
    path.strip_prefix("/s/").unwrap().strip_prefix(HERE).unwrap()
}

#[test]
fn every_page_around_the_queue_is_shown() {
    for_each_backend(|db| {
        let town = town(db);
        let visitor = accountant(&town);
        let odd = row(&town, "ba con");
        for (path, shown) in [
            (String::new(), "Hôm nay"),
            ("/queue".to_owned(), "me chuyen cho ba con &#60;b&#62;"),
            ("/queue?tab=proposed".to_owned(), "<mark>"),
            ("/queue?tab=proposed&q=khong+co+ai".to_owned(), "Bỏ lọc"),
            ("/queue?from=02/11/2026&to=2/11/2026".to_owned(), "value=\"02/11/2026\""),
            (format!("/queue/{}", odd.id), "Tìm khác, tách khoản"),
            (format!("/queue/{}?find=HS0012", odd.id), "HS0012"),
            ("/history".to_owned(), "Chưa có ai xác nhận"),
            ("/questions".to_owned(), "Không có câu hỏi nào"),
            ("/search?text=HS0003".to_owned(), "HS0003"),
            ("/search?text=450.000".to_owned(), "nop thua"),
            ("/search".to_owned(), "Tìm kiếm"),
            ("/help".to_owned(), "Đối soát"),
            ("/help/queue".to_owned(), "Ctrl+Z"),
        ] {
            let answer = visitor.get(&path);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
            assert!(answer.text().contains(shown), "{path}: {}", answer.text());
        }
        assert!(visitor.get("/queue").text().contains("<span class=\"badge\">5"));
        assert_eq!(visitor.get("/help/khong-co").status, 404);
        let workbook = visitor.get("/queue/export?tab=proposed");
        assert_eq!((workbook.status, &workbook.body[..2]), (200, &b"PK"[..]));
    });
}

#[test]
fn a_suggestion_is_confirmed_once_and_undone() {
    for_each_backend(|db| {
        let town = town(db);
        let visitor = accountant(&town);
        let line = row(&town, &code(0));
        let list = format!("/s/{HERE}/queue?tab=proposed");
        let seen = version(&line);
        let fields = [("version", seen.as_str()), ("index", "0"), ("next", list.as_str())];
        let target = format!("/queue/{}/confirm", line.id);
        assert_eq!(leads(&visitor.post(&target, &fields)), list);
        let after = state(&town, line.id);
        assert_eq!((after.allocated, after.family_credit), (Vnd::new(DUE), Vnd::new(50_000)));
        // The same button again: nothing twice, and who did it is said.
        let again = visitor.post(&target, &fields);
        assert_eq!(again.status, 409);
        assert!(again.text().contains("accountant vừa xác nhận"), "{}", again.text());
        assert_eq!(state(&town, line.id), after);
        // Back: to a page of this school only.
        let undo = format!("/queue/{}/undo/{}", line.id, after.decision_id.unwrap());
        let elsewhere = [("next", "https://example.com/")];
        let back = visitor.post(&undo, &elsewhere);
        assert_eq!(leads(&back), format!("/s/{HERE}/queue/{}", line.id));
        assert!(state(&town, line.id).allocated.is_zero());
        let history = visitor.get("/history").text();
        assert!(history.contains("đã hoàn tác"), "{history}");
        town.school.verify();
    });
}

#[test]
fn many_lines_are_confirmed_after_their_sum_was_seen_and_undone_together() {
    for_each_backend(|db| {
        let town = town(db);
        let visitor = accountant(&town);
        let rows: Vec<Row> = (0..OVER).map(|pupil| row(&town, &code(pupil))).collect();
        let ticks: Vec<String> =
            rows.iter().map(|row| format!("{}-{}", row.id, version(row))).collect();
        let list = format!("/s/{HERE}/queue?tab=proposed");
        let mut fields: Vec<(&str, &str)> =
            ticks.iter().map(|one| ("line", one.as_str())).collect();
        fields.push(("next", &list));
        let asked = visitor.post("/queue/bulk", &fields);
        assert_eq!(asked.status, 200, "{}", asked.text());
        let text = asked.text();
        assert!(text.contains("Xác nhận 4 dòng") && text.contains("1.800.000"), "{text}");
        // Somebody takes one of them meanwhile.
        let at = (town.school.id, rows[0].id);
        let other = doisoat::service::Actor::named("Chị Hoa");
        let (store, clock) = (&town.school.store, &town.school.clock);
        decide::confirm(store, clock, &other, at, rows[0].version, 0).unwrap();
        fields.extend([("count", "4"), ("sum", "1800000")]);
        let target = "/queue/bulk/confirm";
        let done = visitor.post(target, &fields);
        assert_eq!(leads(&done), list);
        let said = done.header("set-cookie").unwrap().to_owned();
        assert!(said.contains("queue-confirmed-some"), "{said}");
        assert!(rows.iter().all(|row| state(&town, row.id).allocated == Vnd::new(DUE)));
        assert_eq!(state(&town, rows[0].id).decided_by, "user:Chị Hoa");
        assert_eq!(visitor.post(target, &fields).status, 409, "the second time all are taken");
        let history = visitor.get("/history").text();
        let undo = history
            .split('"')
            .find(|part| part.contains("/queue/groups/"))
            .unwrap_or_else(|| panic!("no group: {history}"))
            .to_owned();
        assert_eq!(leads(&visitor.post(below(&undo), &[])), format!("/s/{HERE}/history"));
        let used = rows.iter().filter(|row| state(&town, row.id).allocated.is_positive()).count();
        assert_eq!(used, 1, "what somebody else decided stays");
        let none = visitor.post("/queue/bulk", &[("next", &list)]);
        assert_eq!(none.status, 422);
        town.school.verify();
    });
}

#[test]
fn a_line_is_split_over_several_students_and_the_rest_has_a_name() {
    for_each_backend(|db| {
        let town = town(db);
        let visitor = accountant(&town);
        let line = row(&town, "ba con");
        let target = format!("/queue/{}/use", line.id);
        let seen = version(&line);
        let (one, two) = (format!("pay-{}", code(11)), format!("pay-{}", code(12)));
        let base =
            [("version", seen.as_str()), (one.as_str(), "400.000"), (two.as_str(), "300,000")];
        for (why, more, told) in [
            ("the rest has no name", vec![], "Còn lại 300.000"),
            ("a refund without a reason", vec![("rest", "refund")], "Ghi lý do"),
            ("credit for nobody", vec![("rest", "credit")], "Chọn học sinh"),
            ("no amount", vec![("pay-HPX", "ba trăm")], "ba trăm"),
            ("more than there is", vec![("only", "HPX=900000")], "Bớt đi 600.000"),
        ] {
            let mut fields = base.to_vec();
            fields.extend(more);
            let refused = visitor.post(&target, &fields);
            assert_eq!(refused.status, 422, "{why}: {}", refused.text());
            let text = refused.text();
            assert!(text.contains(told), "{why}: {text}");
            assert!(text.contains("value=\"300,000\""), "{why}: what was typed stays: {text}");
            assert!(state(&town, line.id).allocated.is_zero(), "{why}");
        }
        let mut fields = base.to_vec();
        fields.extend([("rest", "credit"), ("credit", "HS0012")]);
        assert_eq!(leads(&visitor.post(&target, &fields)), format!("/s/{HERE}/queue/{}", line.id));
        let after = state(&town, line.id);
        let sums = (after.allocated, after.family_credit, after.unallocated);
        assert_eq!(sums, (Vnd::new(700_000), Vnd::new(300_000), Vnd::ZERO));
        assert_eq!(visitor.post(&target, &fields).status, 409);
        assert_eq!(row(&town, "ba con").tab, Tab::Over);
        // Set aside instead, with a reason.
        let seen = after.decision_id.unwrap().to_string();
        let aside = [("version", seen.as_str()), ("rest", "aside"), ("reason", "tiền ủng hộ")];
        assert_eq!(visitor.post(&target, &aside).status, 303);
        assert_eq!(state(&town, line.id).set_aside, Vnd::new(1_000_000));
        town.school.verify();
    });
}

#[test]
fn a_line_is_refused_for_a_student_and_a_use_of_the_machine_taken_back() {
    for_each_backend(|db| {
        let town = town(db);
        let visitor = accountant(&town);
        let line = row(&town, &code(1));
        let seen = version(&line);
        let target = format!("/queue/{}/refuse", line.id);
        assert_eq!(visitor.post(&target, &[("version", &seen), ("proposal", "0")]).status, 303);
        assert!(row(&town, &code(1)).proposals.is_empty());
        let settled = row(&town, &code(10));
        let seen = version(&settled);
        let target = format!("/queue/{}/reverse", settled.id);
        let without = visitor.post(&target, &[("version", &seen), ("reason", " ")]);
        assert_eq!(without.status, 422);
        let fields = [("version", seen.as_str()), ("reason", "nhầm học sinh")];
        assert_eq!(visitor.post(&target, &fields).status, 303);
        assert!(state(&town, settled.id).allocated.is_zero());
        town.school.verify();
    });
}

#[test]
fn who_may_not_gets_no_further_and_nothing_typed_is_lost() {
    for_each_backend(|db| {
        let town = town(db);
        let line = row(&town, &code(0));
        let pages = ["", "/queue", "/history", "/questions", "/search?text=a", "/help"];
        let target = format!("/queue/{}/use", line.id);
        let fields = [("version", "1"), ("reason", "tiền quỹ lớp")];
        let before = town.school.state();

        for page in pages {
            let answer = town.server.get(&format!("/s/{HERE}{page}")).send();
            assert!(leads(&answer).starts_with("/sign-in?next="), "{page}");
        }
        // A session that has ended while somebody typed.
        let kept = town
            .server
            .post(&format!("/s/{HERE}{target}"))
            .header("Cookie", "doisoat=da-het-han")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .bytes("version=1&reason=ti%E1%BB%81n+qu%E1%BB%B9+l%E1%BB%9Bp".as_bytes())
            .send();
        assert_eq!(kept.status, 401);
        assert!(kept.text().contains("tiền quỹ lớp"), "{}", kept.text());

        let desk = Desk::of(&town);
        let cashier = desk.signed_in(Role::Cashier);
        assert_eq!(cashier.get("/queue").status, 403);
        let home = cashier.page("");
        assert!(!home.contains("/queue?tab="), "{home}");
        let found = cashier.page("/search?text=450.000");
        assert!(!found.contains("nop thua"), "{found}");

        let reader = desk.signed_in(Role::Auditor);
        let list = reader.page("/queue?tab=proposed");
        assert!(list.contains("nop thua") && !list.contains("/confirm\""), "{list}");
        assert_eq!(reader.post(&target, &fields).status, 403);

        let away = desk.signed_in_at(Role::Accountant, &Reach::School(THERE.to_owned()));
        for page in pages {
            assert_eq!(away.get(page).status, 404, "{page}");
        }
        assert_eq!(away.post(&target, &fields).status, 404);
        let foreign = town.server.get(&format!("/s/{THERE}/queue/{}", line.id));
        assert_eq!(away.ask(foreign).status, 404, "a line of another school");
        assert_eq!(town.school.state(), before);
    });
}
