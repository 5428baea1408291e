//! Transfers, leaving, return, the end of a school year, and who is found afterwards.

use chrono::NaiveDateTime;
use doisoat::service::ServiceError;
use doisoat::service::students::promote::ClassMove;
use doisoat::service::students::view::{self, Asked};
use doisoat::service::students::{
    Leaving, PromotionOutcome, PromotionRequest, Return, StudentCursor, StudentDetail, Transfer,
    moves, promote,
};

use super::{THREE, detail, everybody, listed, refused, state, take};
use crate::support::for_each_backend;
use crate::support::school::School;

fn at(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn transfer(
    school: &School,
    code: &str,
    class: &str,
    on: &str,
) -> Result<StudentDetail, ServiceError> {
    let School { store, clock, actor, id, .. } = school;
    let wanted = Transfer { class: class.to_owned(), on: on.parse().unwrap(), create_class: false };
    moves::transfer(store, clock, actor, (*id, code), &wanted)
}

fn leave(
    school: &School,
    code: &str,
    on: &str,
    reason: &str,
) -> Result<StudentDetail, ServiceError> {
    let School { store, clock, actor, id, .. } = school;
    let wanted = Leaving { on: on.parse().unwrap(), reason: reason.to_owned() };
    moves::leave(store, clock, actor, (*id, code), &wanted)
}

fn back(
    school: &School,
    code: &str,
    on: &str,
    class: Option<&str>,
) -> Result<StudentDetail, ServiceError> {
    let School { store, clock, actor, id, .. } = school;
    let class = class.map(str::to_owned);
    let wanted = Return { on: on.parse().unwrap(), class, create_class: false };
    moves::take_back(store, clock, actor, (*id, code), &wanted)
}

/// Class, first day, last day and end of each time.
fn times(detail: &StudentDetail) -> Vec<String> {
    let day = |day: Option<chrono::NaiveDate>| day.map_or("…".to_owned(), |day| day.to_string());
    detail
        .enrolments
        .iter()
        .map(|one| {
            let end = one.ended_by.as_deref().unwrap_or("-");
            format!("{} {} {} {end}", one.class, day(one.from), day(one.to))
        })
        .collect()
}

#[test]
fn a_student_moves_leaves_and_comes_back_each_on_a_day() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.clock.set(at("2026-09-05T01:00:00"));
        take(&school, THREE);
        school.clock.set(at("2026-11-24T01:00:00"));
        transfer(&school, "HS1", "6A2", "2026-10-01").unwrap();
        leave(&school, "HS1", "2026-11-01", "chuyển trường").unwrap();
        assert_eq!(everybody(&school).len(), 3, "left ones are found on request");
        let present: Vec<String> =
            listed(&school, &Asked::default()).into_iter().map(|one| one.0).collect();
        assert_eq!(present, ["HS3", "HS2"]);
        assert_eq!(detail(&school, "HS1").left_reason.as_deref(), Some("chuyển trường"));
        // A list does not bring back who has left.
        let outcome = school.students("Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hạnh;6A1\n");
        assert!(outcome.warnings.iter().any(|one| one.code == "student_left"), "{outcome:?}");
        assert_eq!(detail(&school, "HS1").student.class, "6A2");
        let now = back(&school, "HS1", "2026-11-20", None).unwrap();
        assert_eq!(
            times(&now),
            [
                "6A1 2026-09-05 2026-09-30 transferred",
                "6A2 2026-10-01 2026-10-31 left",
                "6A2 2026-11-20 … -",
            ]
        );
        assert_eq!((now.student.left_on, now.left_reason), (None, None));
        let kinds: Vec<&str> = now.history.iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["transfer", "leave", "return"]);
        school.verify();
    });
}

#[test]
fn a_change_that_cannot_be_is_refused_and_changes_nothing() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.clock.set(at("2026-09-05T01:00:00"));
        take(&school, THREE);
        school.clock.set(at("2026-11-24T01:00:00"));
        leave(&school, "HS2", "2026-11-01", "nghỉ ốm").unwrap();
        let before = state(&school);
        for (why, outcome, code) in [
            ("a day to come", transfer(&school, "HS1", "6A2", "2026-11-25"), "day_in_future"),
            (
                "before the class began",
                transfer(&school, "HS1", "6A2", "2026-09-04"),
                "day_too_early",
            ),
            ("the same class", transfer(&school, "HS1", "6A1", "2026-10-01"), "same_class"),
            ("one who left", transfer(&school, "HS2", "8A2", "2026-11-20"), "student_left"),
            ("left twice", leave(&school, "HS2", "2026-11-20", "x"), "student_left"),
            ("without a reason", leave(&school, "HS1", "2026-11-20", " "), "reason_needed"),
            ("back before leaving", back(&school, "HS2", "2026-10-20", None), "day_too_early"),
            ("back without leaving", back(&school, "HS1", "2026-11-20", None), "student_not_left"),
            ("nobody", leave(&school, "HS8", "2026-11-20", "x"), "student_not_found"),
            ("no class", transfer(&school, "HS1", " ", "2026-11-20"), "unknown_class"),
        ] {
            assert_eq!(refused(outcome), code, "{why}");
        }
        assert_eq!(state(&school), before);
    });
}

fn promotion(school: &School, wanted: &PromotionRequest) -> Result<PromotionOutcome, ServiceError> {
    promote::run(&school.store, &school.clock, &school.actor, school.id, wanted)
}

#[test]
fn a_school_year_ends_once() {
    for_each_backend(|db| {
        let school = School::create(db);
        school.clock.set(at("2026-09-05T01:00:00"));
        take(&school, THREE);
        let last =
            "HS4;Trần Chín;;;9A1;;;P;;0912345678\nHS5;Bùi Đặc Biệt;;;Hoà nhập;;;P;;0912345678\n";
        take(&school, last);
        school.clock.set(at("2027-06-20T01:00:00"));
        let asked = PromotionRequest {
            from_year: "2026-2027".parse().unwrap(),
            on: "2027-06-15".parse().unwrap(),
            classes: Vec::new(),
            last_grade: None,
            commit: false,
        };
        let before = state(&school);
        let shown = promotion(&school, &asked).unwrap();
        assert_eq!(shown.problems.len(), 1);
        assert!(shown.problems[0].message.vi.contains("Hoà nhập"), "{:?}", shown.problems);
        let commit = PromotionRequest { commit: true, ..asked.clone() };
        assert_eq!(refused(promotion(&school, &commit)), "class_without_next");
        assert_eq!(state(&school), before, "a preview and a refusal change nothing");

        let classes = vec![ClassMove {
            from: "Hoà nhập".to_owned(),
            to: Some("Hoà nhập 2".to_owned()),
        }];
        let early = PromotionRequest { on: "2027-06-21".parse().unwrap(), ..commit.clone() };
        assert_eq!(refused(promotion(&school, &early)), "day_in_future");
        let commit = PromotionRequest { classes, ..commit };
        let done = promotion(&school, &commit).unwrap();
        assert_eq!((done.committed, done.promoted, done.leaving), (true, 4, 1));
        assert_eq!(done.to_year.to_string(), "2027-2028");
        let now: Vec<(String, String)> = listed(&school, &Asked::default());
        let find = |code: &str| now.iter().find(|one| one.0 == code).map(|one| one.1.as_str());
        assert_eq!((find("HS1"), find("HS2"), find("HS4")), (Some("7A1"), Some("9A1"), None));
        assert_eq!(find("HS5"), Some("Hoà nhập 2"));
        assert_eq!(
            times(&detail(&school, "HS1")),
            ["6A1 2026-09-05 2027-06-14 promoted", "7A1 2027-06-15 … -"]
        );
        let gone = detail(&school, "HS4");
        assert_eq!(times(&gone), ["9A1 2026-09-05 2027-06-14 graduated"]);
        assert_eq!(gone.student.left_on.unwrap().to_string(), "2027-06-15");

        let after = state(&school);
        assert_eq!(refused(promotion(&school, &commit)), "already_promoted");
        let other = PromotionRequest { from_year: "2025-2026".parse().unwrap(), ..commit };
        assert_eq!(refused(promotion(&school, &other)), "nobody_to_promote");
        assert_eq!(state(&school), after);
        school.verify();
    });
}

#[test]
fn students_are_paged_in_the_order_of_names_and_searched_without_marks() {
    for_each_backend(|db| {
        let school = School::create(db);
        let names = [
            "Vũ Đức An",
            "Bùi Thị Ánh",
            "Lê Ân",
            "Trần Bảo",
            "Đặng Đan",
            "Ngô Dũng",
            "Lê Đức",
            "Phạm Hoà",
            "Phạm Hòa",
            "Nguyễn Hạnh",
        ];
        let rows: Vec<String> = names
            .iter()
            .zip(10..)
            .map(|(name, number)| format!("HS{number};{name};;;6A1;;;P;;0912345678\n"))
            .collect();
        let rows = rows.concat();
        take(&school, &rows);
        let asked = Asked::default();
        let mut found = Vec::new();
        let mut cursor: Option<StudentCursor> = None;
        loop {
            let (page, next) =
                view::page(&school.store, school.id, &asked, cursor.as_ref(), 3).unwrap();
            assert!(page.len() <= 3);
            found.extend(page.into_iter().map(|student| student.name));
            let Some(next) = next else { break };
            cursor = Some(StudentCursor::decode(&next.encode()).unwrap());
        }
        assert_eq!(
            found,
            [
                "Vũ Đức An",
                "Bùi Thị Ánh",
                "Lê Ân",
                "Trần Bảo",
                "Ngô Dũng",
                "Đặng Đan",
                "Lê Đức",
                "Nguyễn Hạnh",
                "Phạm Hoà",
                "Phạm Hòa",
            ]
        );
        for (why, search, expected) in [
            ("without marks", "duc", vec!["HS10", "HS16"]),
            ("with marks", "Đức", vec!["HS10", "HS16"]),
            ("two words in any order", "an vu", vec!["HS10"]),
            ("the code", "hs15", vec!["HS15"]),
            (
                "signs of patterns",
                "%",
                vec![
                    "HS10", "HS11", "HS12", "HS13", "HS15", "HS14", "HS16", "HS19", "HS17", "HS18",
                ],
            ),
            ("nobody", "khong co", vec![]),
        ] {
            let asked = Asked { search: Some(search.to_owned()), ..Asked::default() };
            let codes: Vec<String> = listed(&school, &asked).into_iter().map(|one| one.0).collect();
            assert_eq!(codes, expected, "{why}");
        }
        let other = Asked { class: Some("7A1".to_owned()), ..Asked::default() };
        assert_eq!(listed(&school, &other), []);
    });
}

#[test]
fn students_of_an_older_database_get_their_place_in_the_order() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        let before = everybody(&school);
        db.execute("UPDATE students SET sort_key = ''");
        assert_eq!(doisoat::service::students::order::fill(&school.store).unwrap(), 3);
        assert_eq!(everybody(&school), before);
        assert_eq!(doisoat::service::students::order::fill(&school.store).unwrap(), 0);
    });
}
