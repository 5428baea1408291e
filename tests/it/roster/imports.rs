//! Plan, commit, modes, bad rows, undo.

use chrono::TimeDelta;
use doisoat::domain::lang::Lang;
use doisoat::formats::roster::read_table;
use doisoat::service::intake;
use doisoat::service::students::{Mode, Options, export, imports, undo};

use super::{THREE, commit, detail, everybody, plan, refused, state, take};
use crate::support::for_each_backend;
use crate::support::school::{School, reader};

fn undone(
    school: &School,
    id: i64,
) -> Result<undo::UndoneStudents, doisoat::service::ServiceError> {
    undo::run(&school.store, &school.clock, &school.actor, school.id, id)
}

#[test]
fn a_plan_changes_nothing_and_its_commit_does_what_it_said() {
    for_each_backend(|db| {
        let school = School::create(db);
        let rows = format!("{THREE}HS4;Trần X;;;6A1;;12;P;;0912345678\n");
        let planned = plan(&school, &rows, &Options::default()).unwrap();
        assert_eq!((planned.state.as_str(), planned.bad_rows), ("planned", 1));
        assert_eq!((planned.outcome.added, planned.outcome.updated), (3, 0));
        assert_eq!(everybody(&school), []);

        let done = commit(&school, planned.id).unwrap();
        assert_eq!((done.state.as_str(), done.outcome.added, done.bad_rows), ("committed", 3, 1));
        let before = state(&school);
        assert_eq!(commit(&school, planned.id).unwrap(), done, "asked again");
        assert_eq!(state(&school), before);

        // An (given name) before Ánh before Hạnh.
        let order: Vec<String> = everybody(&school).into_iter().map(|(code, _)| code).collect();
        assert_eq!(order, ["HS3", "HS2", "HS1"]);
        let one = detail(&school, "HS1");
        let numbers: Vec<(&str, &str)> =
            one.identifiers.iter().map(|n| (n.scheme.as_str(), n.value.as_str())).collect();
        assert_eq!(numbers, [("school_code", "HS1"), ("personal_number", "001*****0011")]);
        assert_eq!(one.family.siblings.len(), 1, "of another class");
        assert_eq!(one.family.siblings[0].code, "HS2");
        assert_eq!(one.guardians[0].phone.as_deref(), Some("0912345678"));
        assert_eq!(one.enrolments[0].class, "6A1");
        assert_eq!(one.enrolments[0].school_year, "2026-2027");
        assert_eq!(one.enrolments[0].grade, Some(6));
        school.verify();
    });
}

#[test]
fn the_mode_says_whom_a_list_may_be_about() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        let rows = "HS1;Nguyễn Thị Hạnh;01/02/2015;Nữ;6A2;F1;;P;p@example.test;\n\
            HS9;Đỗ Mới;;;6A1;;;P;p@example.test;\n";
        for (mode, added, updated, bad) in [
            (Mode::New, 1, 0, vec![("student_known", 2)]),
            (Mode::Update, 0, 1, vec![("student_unknown", 3)]),
            (Mode::Both, 1, 1, vec![]),
        ] {
            let options = Options { mode, ..Options::default() };
            let outcome = plan(&school, rows, &options).unwrap().outcome;
            assert_eq!((outcome.added, outcome.updated), (added, updated), "{mode:?}");
            let found: Vec<(&str, u64)> = outcome
                .bad
                .iter()
                .map(|one| (one.code.as_str(), one.place.as_ref().unwrap().row.unwrap()))
                .collect();
            assert_eq!(found, bad, "{mode:?}");
        }
    });
}

#[test]
fn what_does_not_fit_to_known_students_is_a_bad_row() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        take(&school, "0042;Trần Số Không;;;6A1;;;P;;0912345678\n");
        for (why, row, code) in [
            (
                "another student's number",
                "HS9;Đỗ Mới;;;6A1;;001315000011;P;;0912345678",
                "duplicate_identifier",
            ),
            (
                "a known code without its zeros",
                "42;Trần Số Không;;;6A1;;;P;;0912345678",
                "lost_zeros",
            ),
            (
                "a mask of another number",
                "HS1;Nguyễn Thị Hạnh;;;6A1;;001*****9999;P;;0912345678",
                "personal_number",
            ),
            ("a mask of nobody", "HS9;Đỗ Mới;;;6A1;;001*****9999;P;;0912345678", "personal_number"),
        ] {
            let outcome = plan(&school, &format!("{row}\n"), &Options::default()).unwrap().outcome;
            assert_eq!(outcome.bad.len(), 1, "{why}");
            assert_eq!(outcome.bad[0].code, code, "{why}");
            assert_eq!(outcome.added + outcome.updated + outcome.unchanged, 0, "{why}");
            assert!(!outcome.bad[0].message.vi.contains("001315000011"), "{why}: masked");
        }
    });
}

#[test]
fn classes_are_checked_once_a_school_has_defined_them() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        let row = "HS9;Đỗ Mới;;;6a1;;;P;;0912345678\n";
        let open = plan(&school, row, &Options::default()).unwrap().outcome;
        assert_eq!((open.added, open.warnings[0].code.as_str()), (1, "new_class"), "a hint only");

        let classes = vec!["6A1".to_owned(), "8A1".to_owned()];
        let define = Options { classes, ..Options::default() };
        let id = plan(&school, THREE, &define).unwrap().id;
        commit(&school, id).unwrap();
        let strict = plan(&school, row, &Options::default()).unwrap().outcome;
        assert_eq!((strict.added, strict.bad[0].code.as_str()), (0, "unknown_class"));
        assert!(strict.bad[0].message.vi.contains("Có phải là 6A1?"), "{:?}", strict.bad[0]);
        let create = Options { create_classes: true, ..Options::default() };
        let id = plan(&school, row, &create).unwrap().id;
        assert_eq!(commit(&school, id).unwrap().outcome.added, 1);
        let known = plan(&school, &row.replace("HS9", "HS10"), &Options::default()).unwrap();
        assert_eq!(known.outcome.bad, vec![], "created for good");
    });
}

#[test]
fn bad_rows_come_back_as_they_stood_and_can_be_loaded_again() {
    for_each_backend(|db| {
        let school = School::create(db);
        let rows = format!("{THREE}HS4;Trần Bốn;;;6A1;;12;P;sai;0912345678\nHS5;;;;6A1;;;;;\n");
        let id = plan(&school, &rows, &Options::default()).unwrap().id;
        let planned = imports::bad_rows(&school.store, school.id, id, Lang::Vi).unwrap();
        commit(&school, id).unwrap();
        let workbook = imports::bad_rows(&school.store, school.id, id, Lang::Vi).unwrap();
        assert_eq!(workbook, planned, "the same before and after");
        let mut table = read_table(&workbook).unwrap();
        assert_eq!(table.headers.last().unwrap(), "Lý do không nhập");
        assert_eq!(table.rows.len(), 2);
        let reason = table.rows[0].cells.last().unwrap();
        assert!(reason.contains("Dòng 5, cột Email") && reason.contains("12 chữ số"), "{reason}");
        // Corrected in the workbook itself.
        table.rows[0].cells[6].clear();
        table.rows[0].cells[8].clear();
        "Lý Năm".clone_into(&mut table.rows[1].cells[1]);
        let bytes = doisoat::formats::roster::write_xlsx(&table).unwrap();
        let list = intake::list(&reader(), &bytes).unwrap();
        let source = imports::Source { file_name: "sua.xlsx", list: &list };
        let School { store, clock, actor, id, .. } = &school;
        let taken =
            imports::take_in(store, clock, actor, *id, source, &Options::default()).unwrap();
        assert_eq!((taken.added, taken.bad), (2, vec![]));
    });
}

#[test]
fn an_export_changes_nothing_when_loaded_and_what_was_edited_when_edited() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        let before = state(&school);
        let workbook = export::filled(&school.store, school.id).unwrap();
        let mut table = read_table(&workbook).unwrap();
        let options = Options { mode: Mode::Update, ..Options::default() };
        let School { store, clock, actor, id, .. } = &school;
        let load = |table: &doisoat::formats::roster::Table| {
            let source = imports::Source { file_name: "xuat.xlsx", list: table };
            imports::take_in(store, clock, actor, *id, source, &options).unwrap()
        };
        let same = load(&table);
        assert_eq!((same.unchanged, same.updated, same.bad), (3, 0, vec![]));
        assert_eq!(state(&school), before);
        let column =
            |name: &str| table.headers.iter().position(|one| one.starts_with(name)).unwrap();
        let (code, phone) = (column("Mã học sinh"), column("Số điện thoại"));
        let row = table.rows.iter().position(|row| row.cells[code] == "HS3").unwrap();
        "0933333333".clone_into(&mut table.rows[row].cells[phone]);
        let edited = load(&table);
        assert_eq!((edited.unchanged, edited.updated), (2, 1));
        assert_eq!(detail(&school, "HS3").guardians[0].phone.as_deref(), Some("0933333333"));
        assert_eq!(detail(&school, "HS3").identifiers[1].value, "001*****0013", "still there");
    });
}

#[test]
fn a_column_that_is_missing_says_nothing_and_a_blank_cell_empties() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        let short = "Mã học sinh;Họ và tên;Lớp\nHS1;Nguyễn Thị Hạnh;6A1\n";
        assert_eq!(school.students(short).unchanged, 1);
        assert_eq!(detail(&school, "HS1").guardians.len(), 1);
        take(&school, "HS1;Nguyễn Thị Hạnh;01/02/2015;Nữ;6A1;F1;;;;\n");
        let now = detail(&school, "HS1");
        assert_eq!((now.guardians.len(), now.identifiers.len()), (0, 1));
        assert!(!now.student.reachable);
    });
}

#[test]
fn an_import_is_undone_and_everything_is_as_it_was() {
    for_each_backend(|db| {
        let school = School::create(db);
        take(&school, THREE);
        school.clock.advance(TimeDelta::days(2));
        let before = state(&school);
        let rows = "HS1;Nguyễn Thị Hạnh Mới;01/02/2015;Nữ;6A2;F7;001315000099;Khác;khac@example.test;\n\
            HS2;Nguyễn Văn Ánh;03/04/2013;Nam;8A1;F1;001213000012;Nguyễn Văn P;p@example.test;0912345678\n\
            HS9;Đỗ Mới;;;6A3;F8;;P;p@example.test;\n";
        let id = take(&school, rows);
        assert_eq!(detail(&school, "HS1").enrolments.len(), 2, "a change of class is a transfer");
        assert_eq!(detail(&school, "HS1").enrolments[0].ended_by.as_deref(), Some("transferred"));
        let undone_now = undone(&school, id).unwrap();
        assert_eq!((undone_now.removed, undone_now.restored), (1, 1));
        assert_eq!(state(&school), before);
        school.verify();
        assert_eq!(refused(undone(&school, id)), "import_not_committed", "not twice");
        assert_eq!(refused(commit(&school, id)), "import_undone");
        // The numbers and the code are free again.
        take(&school, "HS9;Đỗ Khác;;;6A1;;001315000099;P;p@example.test;\n");
    });
}

#[test]
fn accounts_that_a_list_names_are_the_familys_until_the_list_is_undone() {
    for_each_backend(|db| {
        let school = School::create(db);
        let head = "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Số điện thoại;Tài khoản nộp tiền\n";
        let rows = "HS1;Nguyễn Thị Hạnh;6A1;F1;0912345678;\"0351 000 001; 19001-2345\"\n\
            HS2;Nguyễn Văn Ánh;8A1;F1;0912345678;0351000001\n\
            HS3;Lê Thị An;6A1;;0987654321;\n\
            HS4;Trần X;6A1;;0912345678;1234\n";
        let outcome = school.students(&format!("{head}{rows}"));
        assert_eq!((outcome.added, outcome.bad.len()), (3, 1));
        assert_eq!(outcome.bad[0].code, "account", "four digits are no account");
        let known = |code: &str| -> Vec<(String, i32)> {
            let accounts = detail(&school, code).family.payer_accounts;
            accounts.into_iter().map(|one| (one.last_four, one.confirmed)).collect()
        };
        let mut shared = known("HS1");
        shared.sort();
        assert_eq!(shared, [("0001".to_owned(), 1), ("2345".to_owned(), 1)]);
        assert_eq!(known("HS2").len(), 2, "one memory for brothers and sisters");
        assert_eq!(known("HS3"), []);
        // The same list says nothing new, and an empty cell takes nothing away.
        school.clock.advance(TimeDelta::days(1));
        let again = school.students(&format!("{head}{}", rows.replace("0351000001\n", "\n")));
        assert_eq!((again.unchanged, known("HS1").len()), (3, 2));
        undone(&school, again.import.unwrap()).unwrap();
        assert_eq!(known("HS1").len(), 2, "it was the first list that said so");
        undone(&school, outcome.import.unwrap()).unwrap();
        let left = db.number("SELECT COUNT(*) AS value FROM payer_accounts");
        assert_eq!((left, everybody(&school)), (0, vec![]));
        school.verify();
    });
}

#[test]
fn an_import_that_something_depends_on_stays() {
    for_each_backend(|db| {
        let school = School::create(db);
        let first = take(&school, THREE);
        school.clock.advance(TimeDelta::days(1));
        let later = take(&school, "HS1;Nguyễn Thị Hạnh;01/02/2015;Nữ;6A1;F1;;P;;0900000009\n");
        assert_eq!(refused(undone(&school, first)), "changed_later", "a later import");
        undone(&school, later).unwrap();
        let moved = doisoat::service::students::Transfer {
            class: "6A2".to_owned(),
            on: "2026-11-25".parse().unwrap(),
            create_class: false,
        };
        let other = take(&school, "HS7;Vũ Bảy;;;7A1;;;P;;0912345678\n");
        let School { store, clock, actor, id, .. } = &school;
        doisoat::service::students::moves::transfer(store, clock, actor, (*id, "HS7"), &moved)
            .unwrap();
        assert_eq!(refused(undone(&school, other)), "changed_later", "a transfer");
        let invoices = "Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHS3;;;70000\n";
        assert_eq!(school.invoices(invoices).bad, vec![]);
        let before = state(&school);
        assert_eq!(refused(undone(&school, first)), "import_invoiced", "an invoice");
        let missing = undo::run(store, clock, actor, *id, 4711);
        assert_eq!(refused(missing), "import_not_found");
        assert_eq!(state(&school), before);
        school.verify();
    });
}

#[test]
fn nothing_is_half_done_when_a_list_cannot_be_read() {
    for_each_backend(|db| {
        let school = School::create(db);
        let old_font = "Ma hoc sinh;Ho va ten;Lop\nHS1;NguyÔn V¨n An;6A1\nHS2;TrÇn ThÞ B×nh;6A1\n";
        assert_eq!(refused(school.try_students(old_font)), "legacy_font");
        assert_eq!(refused(school.try_students("Họ và tên;Lớp\nA;6A1\n")), "missing_column");
        assert_eq!(everybody(&school), []);
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM student_imports"), 0);
    });
}
