//! What stands around every page: the school year, the way back, the guide, the place for signatures.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk};
use crate::support::for_each_backend;
use crate::support::scan::words_in_pdf;
use crate::support::server::{HERE, Town};

/// The pages of the menu, and pages below them.
const PAGES: [&str; 22] = [
    "",
    "/students",
    "/students/import",
    "/fees",
    "/fees/exemptions",
    "/rounds",
    "/invoices/import",
    "/statements",
    "/queue",
    "/history",
    "/cash/vouchers",
    "/cash/book",
    "/receipts",
    "/receivables",
    "/receivables/refunds",
    "/mail",
    "/families",
    "/periods",
    "/reported",
    "/audit",
    "/settings",
    "/help",
];

/// Lists that are printed and signed.
const LISTS: [&str; 12] = [
    "/students",
    "/rounds",
    "/statements",
    "/queue",
    "/cash/vouchers",
    "/cash/book",
    "/receipts",
    "/receivables",
    "/mail",
    "/periods",
    "/reported",
    "/audit",
];

#[test]
fn every_page_has_the_way_back_at_one_place_and_every_list_the_place_for_signatures() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town).signed_in(Role::ChiefAccountant);
        for below in PAGES {
            let page = desk.page(below);
            let main = page.split("<main").nth(1).unwrap();
            assert_eq!(main.matches("class=\"crumbs\"").count(), 1, "{below}");
            let before = main.split("class=\"crumbs\"").next().unwrap();
            assert!(!before.contains("<h1") && !before.contains("<table"), "{below}: {before}");
            let first = format!("<ol><li><a href=\"/s/{HERE}\">Tổng quan</a></li>");
            assert!(main.contains(&first), "{below}: {main}");
        }
        for below in LISTS {
            let page = desk.page(below);
            let signed =
                page.split("class=\"signatures\"").nth(1).unwrap_or_else(|| panic!("{below}"));
            for who in ["Người lập", "Kế toán trưởng", "Thủ trưởng đơn vị"] {
                assert!(signed.contains(who), "{below}: {who}");
            }
        }
    });
}

#[test]
fn help_opens_the_guide_to_the_page_one_is_on() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::ChiefAccountant);
        for (below, area) in [
            ("", "/help/home"),
            ("/students/import", "/help/students"),
            ("/invoices/import", "/help/rounds"),
            ("/statements?month=2026-11", "/help/statements"),
            ("/history", "/help/queue"),
            ("/cash/vouchers", "/help/cash"),
            ("/receivables/refunds", "/help/receivables"),
            ("/settings/events", "/help/settings"),
            ("/search?text=a", "/help/home"),
            ("/help/cash", "/help"),
        ] {
            let page = desk.page(below);
            let link = format!("<a href=\"/s/{HERE}{area}\">Trợ giúp</a>");
            assert!(page.contains(&link), "{below}: {area}: {page}");
            assert_eq!(desk.get(area).status, 200, "{area}");
        }
        // Whatever stands in the menu has a guide.
        let page = desk.page("");
        let side = page.split("class=\"side\"").nth(1).unwrap().split("</nav>").next().unwrap();
        let start = format!("href=\"/s/{HERE}");
        for rest in side.split(&start).skip(1) {
            let below = rest.split('"').next().unwrap();
            let page = desk.page(below);
            let help = page.split(&format!("href=\"/s/{HERE}/help/")).nth(1);
            let area = help.unwrap_or_else(|| panic!("{below}")).split('"').next().unwrap();
            assert_eq!(desk.get(&format!("/help/{area}")).status, 200, "{below}: {area}");
        }
    });
}

const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hạnh;6A1\nHS2;Lê Thị An;7A1\n";
const INVOICES: &str = "Mã học sinh;Đợt thu;Khoản thu;Còn phải thu;Hạn nộp\n\
    HS1;Tháng 10/2025;Tiền ăn;111000;20/10/2025\nHS2;Tháng 10/2026;Tiền ăn;222000;20/10/2026\n";

fn at(desk: &Browser<'_>, list: &str, year: &str) -> String {
    desk.page(&format!("{list}?year={year}"))
}

#[test]
fn a_school_year_that_is_chosen_narrows_lists_and_goes_along() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(STUDENTS).bad, vec![]);
        assert_eq!(town.school.invoices(INVOICES).bad, vec![]);
        db.execute("UPDATE enrolments SET school_year = '2025-2026' WHERE student_id = (SELECT id FROM students WHERE code = 'HS1')");
        db.execute(
            "UPDATE students SET left_on = '2026-06-01', left_reason = 'x' WHERE code = 'HS1'",
        );
        let desk = Desk::of(&town).signed_in(Role::ChiefAccountant);
        let (last, this, next) = ("2025-2026", "2026-2027", "2027-2028");

        let rounds = desk.page("/rounds");
        assert!(rounds.contains("Tháng 10/2025") && rounds.contains("Tháng 10/2026"), "all years");
        assert!(rounds.contains("<summary>Năm học 2026–2027</summary>"), "{rounds}");
        for (list, of_last, of_this) in [
            ("/rounds", "Tháng 10/2025", "Tháng 10/2026"),
            ("/receivables", "111.000", "222.000"),
            ("/students", "Nguyễn Thị Hạnh", "Lê Thị An"),
            ("/reported", "10/2025", "10/2026"),
        ] {
            for (year, here, there) in [(last, of_last, of_this), (this, of_this, of_last)] {
                let page = at(&desk, list, year);
                let body = page.split("<h1").nth(1).unwrap();
                let table =
                    body.split("<table").nth(1).unwrap_or_else(|| panic!("{list} {year}: {page}"));
                assert!(table.contains(here), "{list} {year}: {table}");
                assert!(!table.contains(there), "{list} {year}: {table}");
            }
            let empty = at(&desk, list, next);
            let table =
                empty.split("<h1").nth(1).unwrap().split("<tbody").nth(1).unwrap_or_default();
            assert!(!table.contains(of_this) && !table.contains(of_last), "{list}: {empty}");
            assert_eq!(desk.get(&format!("{list}?year=nonsense")).status, 200);
        }
        let page = at(&desk, "/students", last);
        for expected in [
            "<summary>Năm học 2025–2026</summary>".to_owned(),
            format!("href=\"/s/{HERE}/receivables?year=2025-2026\""),
            format!("href=\"/s/{HERE}?year=2025-2026\">Tổng quan"),
            "<input type=\"hidden\" name=\"year\" value=\"2025-2026\">".to_owned(),
            format!("href=\"/s/{HERE}/students?year=2026-2027\""),
            format!("<a href=\"/s/{HERE}/students\">Tất cả các năm học</a>"),
        ] {
            assert!(page.contains(&expected), "{expected}: {page}");
        }
        // A choice keeps the filter and begins at the first page.
        let page = desk.page("/students?class=6A1&cursor=x");
        let kept = format!("href=\"/s/{HERE}/students?class=6A1&#38;year=2025-2026\"");
        assert!(page.contains(&kept), "{kept}: {page}");
        // The answer to a form is no page to come back to.
        let answer = desk.refused("/fees/new", &[("name", "")]);
        assert!(answer.contains(&format!("href=\"/s/{HERE}/fees?year=2025-2026\"")), "{answer}");
    });
}

/// One who changed class within the last year and went up since, and one who is new.
#[test]
fn classes_of_a_past_year_are_those_that_students_were_in_then() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(STUDENTS).bad, vec![]);
        let student = "(SELECT id FROM students WHERE code = 'HS1')";
        for (id, class, to, why) in
            [(1, "5A9", "2026-01-31", "transferred"), (2, "5B2", "2026-06-30", "promoted")]
        {
            // An enrolment is older than the one that the list brought.
            db.execute(&format!(
                "INSERT INTO enrolments (id, school_id, student_id, class, school_year, to_day, ended_by) \
                 SELECT {id}, school_id, id, '{class}', '2025-2026', '{to}', '{why}' \
                 FROM students WHERE id = {student}"
            ));
            db.execute(&format!(
                "INSERT INTO classes (id, school_id, name, grade, defined) \
                 SELECT {id}, school_id, '{class}', 5, (1 = 1) FROM students WHERE id = {student}"
            ));
        }
        let desk = Desk::of(&town).signed_in(Role::ChiefAccountant);
        let now = desk.page("/students/classes");
        let then = at(&desk, "/students/classes", "2025-2026");
        let one = "5B2</a></th><td class=\"figure\">5</td><td class=\"figure\">1</td>";
        assert!(then.contains(one), "{then}");
        for (class, there) in [("5A9", false), ("6A1", false), ("7A1", false), ("5B2", true)] {
            assert_eq!(then.contains(&format!("data-primary>{class}<")), there, "{class}: {then}");
        }
        assert!(now.contains("data-primary>6A1<") && now.contains("data-primary>5B2<"), "{now}");
        let link = format!("/s/{HERE}/class-lists?class=5B2&#38;year=2025-2026");
        assert!(then.contains(&link), "{then}");

        let list = |query: &str| desk.get(&format!("/class-lists?{query}"));
        assert_eq!(list("class=5B2").status, 409, "nobody is in it today");
        assert_eq!(list("class=6A1&year=2025-2026").status, 409, "nobody was in it then");
        let paper = list("class=5B2&year=2025-2026");
        assert_eq!(paper.status, 200, "{}", paper.text());
        if let Some(words) = words_in_pdf(&paper.body) {
            assert!(words.contains("Nguyễn Thị Hạnh") && words.contains("2025-2026"), "{words}");
        }
        let found = |query: &str| {
            let page = desk.page(&format!("/students?{query}"));
            ["Nguyễn Thị Hạnh", "Lê Thị An"].map(|name| page.contains(&format!(">{name}</a>")))
        };
        for (query, expected) in [
            ("class=5B2&year=2025-2026", [true, false]),
            ("class=5A9&year=2025-2026", [false, false]),
            ("class=6A1&year=2025-2026", [false, false]),
            ("class=6A1&year=2026-2027", [true, false]),
            ("class=6A1", [true, false]),
            ("year=2026-2027", [true, true]),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
        let page = desk.page("/students?class=5B2&year=2025-2026");
        assert!(page.contains("<td class=\"short\">5B2</td>"), "the class of that year: {page}");

        let exports = at(&desk, "/exports", "2025-2026");
        for day in ["01/08/2025", "31/07/2026"] {
            assert!(exports.contains(&format!("value=\"{day}\"")), "{day}: {exports}");
        }
        assert!(desk.page("/exports").contains("value=\"01/11/2026\""));
    });
}

#[test]
fn receipts_of_a_school_year_are_found_by_it() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town).signed_in(Role::ChiefAccountant);
        let lines = [("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7")];
        town.school.statement("a.csv", &crate::support::school::csv(0, &lines));
        assert!(at(&desk, "/receipts", "2026-2027").contains("Nguyễn Thị Mẫu Một"));
        assert!(!at(&desk, "/receipts", "2025-2026").contains("Nguyễn Thị Mẫu Một"));
        assert!(desk.page("/receipts").contains("Nguyễn Thị Mẫu Một"));
    });
}
