//! A line with everything about it, whom else it may be for, the questions and what waits today.

use doisoat::domain::lang::Lang;
use doisoat::domain::money::Vnd;
use doisoat::service::workspace::{Tab, TaskState, candidates, detail, home, questions};

use super::school;
use crate::support::crowd::{DUE, code};
use crate::support::for_each_backend;
use crate::support::school::School;
use crate::support::statements::{self, Row};

#[test]
fn a_line_is_shown_with_its_history_its_evidence_and_whom_it_may_be_for() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, id, .. } = &school;
        let over = school.payment_id(&code(4));
        let shown = detail(store, *id, over, Lang::Vi).unwrap();
        assert_eq!(shown.row.id, over);
        assert_eq!((shown.lines.len(), shown.explanation.history.len()), (1, 1));
        assert!(!shown.closed);
        let tie = school.payment_id("nop tien cho con");
        let shown = detail(store, *id, tie, Lang::Vi).unwrap();
        assert_eq!(shown.candidates.len(), 20, "as many as a person looks through");
        assert!(shown.candidates.iter().all(|one| one.open == Vnd::new(DUE)));
    });
}

#[test]
fn another_student_is_found_by_whatever_is_known() {
    for_each_backend(|db| {
        let school = school(db);
        school.students(
            "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Số điện thoại\nHSD;Đặng Thuỷ Mẫu;9B;FD;0912345678\n",
        );
        school.invoices("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n;HSD;;;123000\n");
        let payment = school.payment_id("khong ghi gi");
        for (why, text, found) in [
            ("name without marks", "dang thuy mau", true),
            ("with marks, in another order", "Mẫu Thuỷ", true),
            ("code", "HSD", true),
            ("class", "9B", true),
            ("name and class", "thuy 9b", true),
            ("telephone", "0912 345 678", true),
            ("telephone from abroad", "+84912345678", true),
            ("what is open", "123.000", true),
            ("another class", "thuy 9C", false),
            ("another amount", "124.000", false),
        ] {
            let list = candidates(&school.store, school.id, payment, text).unwrap();
            assert!(list.len() <= 20, "{why}");
            let codes: Vec<&str> = list.iter().map(|one| one.student_code.as_str()).collect();
            assert_eq!(codes.contains(&"HSD"), found, "{why}: {codes:?}");
        }
        let list = candidates(&school.store, school.id, payment, &code(7)).unwrap();
        assert_eq!(list[0].student_code, "HS0007", "a payment code");
        assert_eq!(list[0].invoices[0].code, code(7));
    });
}

#[test]
fn what_waits_today_is_told() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, id, .. } = &school;
        let today = "2026-11-24".parse().unwrap();
        let shown = home(store, *id, today, Lang::Vi).unwrap();
        let proposed = shown.counts.iter().find(|one| one.tab == Tab::Proposed).unwrap();
        assert_eq!(proposed.text(), "13");
        assert!(shown.proposed.is_some_and(Vnd::is_positive));
        assert_eq!(shown.missing.len(), 1);
        assert!(shown.missing[0].days.contains(&"2026-11-20".parse().unwrap()));
        assert!(!shown.missing[0].days.contains(&"2026-11-05".parse().unwrap()));
        assert_eq!(shown.month_to_close, None);
        let later = home(store, *id, "2026-12-01".parse().unwrap(), Lang::Vi).unwrap();
        assert_eq!(later.month_to_close.as_deref(), Some("2026-11"));
        let states: Vec<(&str, TaskState)> =
            shown.tasks.iter().map(|task| (task.label, task.state)).collect();
        assert_eq!(
            states,
            [
                ("Thông tin trường", TaskState::Doing),
                ("Tài khoản ngân hàng", TaskState::Done),
                ("Lớp học", TaskState::Done),
                ("Học sinh", TaskState::Done),
                ("Danh mục khoản thu", TaskState::Done),
                ("Đợt thu đầu tiên", TaskState::Done),
                ("Mẫu email", TaskState::Todo),
                ("Người dùng & phân quyền", TaskState::Todo),
            ]
        );
    });
}

#[test]
fn questions_beside_the_queue_come_in_pages() {
    for_each_backend(|db| {
        let school = School::create(db);
        let School { store, id, .. } = &school;
        let days = ["2026-10-05", "2026-10-06", "2026-10-07"];
        for (name, serial) in [("a.csv", 0), ("b.csv", 100)] {
            let lines: Vec<(String, i64, String)> = days
                .iter()
                .enumerate()
                .map(|(at, day)| {
                    let dong = 5_000 + i64::try_from(at).unwrap();
                    ((*day).to_owned(), dong, format!("FT26278{:06}", serial + at))
                })
                .collect();
            let rows: Vec<Row> = lines
                .iter()
                .map(|(day, dong, reference)| Row::of(&(day, *dong, reference, "nop quy")))
                .collect();
            school.statement(name, &statements::write("bare", 0, &rows));
        }
        let waiting = questions::waiting(store, *id).unwrap();
        assert_eq!((waiting.identity, waiting.dead_letters), (3, 0));
        let (first, next) = questions::identity_page(store, *id, None, 2).unwrap();
        let (rest, end) = questions::identity_page(store, *id, next, 2).unwrap();
        assert_eq!((first.len(), rest.len(), end), (2, 1, None));
        assert_eq!(questions::dead_page(store, *id, None, 2).unwrap(), (Vec::new(), None));
    });
}
