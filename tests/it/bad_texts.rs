//! Texts, amounts and lists that nobody would write on purpose: a clear error or a proposal, never a
//! settlement for the wrong invoice, never a crash, and never slow.

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::crowd::{DUE, code, enroll};
use crate::support::for_each_backend;
use crate::support::program::{Said, run};
use crate::support::school::{ACCOUNT, School, csv};

/// Longer than this is slow. Code that is not optimised takes ten to twenty times as long.
const SLOW: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 1 });

#[expect(clippy::disallowed_methods, reason = "this test is about how long something takes")]
fn timed<T>(why: &str, work: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let done = work();
    let taken = begun.elapsed();
    assert!(taken < SLOW, "{why}: {taken:?}");
    done
}

/// A code as a hurried hand would never write it.
fn spread(code: &str, between: &str) -> String {
    let letters: Vec<String> = code.chars().map(String::from).collect();
    letters.join(between)
}

/// Why each is bad, and the text. None of them names an invoice.
fn texts() -> Vec<(&'static str, String)> {
    let own = code(0);
    let two_slips: String = own
        .char_indices()
        .map(|(at, letter)| match (at, letter) {
            (4 | 6, '2') => '4',
            (4 | 6, _) => '2',
            (_, letter) => letter,
        })
        .collect();
    vec![
        ("nothing", String::new()),
        ("blanks", "   ".to_owned()),
        ("one letter", "A".to_owned()),
        ("signs", "!@#$%^&*()_+-=[]{}|:'<>?,./".to_owned()),
        ("digits", "0123456789".repeat(30)),
        ("one digit a thousand times", "7".repeat(1_000)),
        ("100,000 letters", "hoc phi ".repeat(12_500)),
        ("100,000 letters without a blank", "QWXZ".repeat(25_000)),
        ("100,000 digits", "90".repeat(50_000)),
        ("100,000 beginnings of a code", "HP".repeat(50_000)),
        ("100,000 cut codes", own[..8].repeat(12_500)),
        ("Thai", "จ่ายค่าเล่าเรียนเดือนพฤศจิกายน".to_owned()),
        ("Thai digits", "๔๐๐๐๐๐ ๑๒๓๔๕๖๗๘๙".to_owned()),
        ("emoji", "🎒👩‍👧‍👦💸🏫".repeat(50)),
        ("right to left", "دفع الرسوم المدرسية \u{202e}yap".to_owned()),
        ("invisible", "\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}".repeat(200)),
        ("marks without letters", "\u{301}\u{323}\u{302}".repeat(2_000)),
        ("a letter under marks", format!("a{}", "\u{302}\u{301}".repeat(20_000))),
        ("Cyrillic that looks like the code", own.replace('H', "Н").replace('P', "Р")),
        ("two slips in a code", two_slips),
        ("half a code", own[..5].to_owned()),
        ("a code within a number", format!("1{}2", own[2..].repeat(2))),
        ("a table's formula", "=HYPERLINK(\"http://x\")".replace('"', "")),
        ("SQL", "') OR 1=1 --".to_owned()),
        ("markup", "<script>alert(1)</script>&amp".to_owned()),
        ("a common first name", "nguyen".to_owned()),
        ("every name", "nguyen thi van minh hanh khoi bao lan tran le pham ".repeat(200)),
    ]
}

/// Why each is hard, and the text. Each names one invoice, if any.
fn disguised() -> Vec<(&'static str, String)> {
    vec![
        ("blanks between all letters", spread(&code(0), " ")),
        ("zero-width blanks between", spread(&code(0), "\u{200b}")),
        ("marks over all letters", spread(&code(0), "\u{301}")),
        ("a flood of marks", spread(&code(0), &"\u{323}".repeat(200))),
        ("wide letters", code(0).chars().map(wide).collect()),
        ("written backwards", format!("\u{202e}{}", code(0).chars().rev().collect::<String>())),
        ("within much else", format!("{0} {1} {0}", "chuyen tien ".repeat(4_000), code(0))),
        ("a thousand times", format!("{} ", code(0)).repeat(1_000)),
    ]
}

fn wide(letter: char) -> char {
    char::from_u32(u32::from(letter) - 0x20 + 0xff00).unwrap()
}

/// A list with the pupils of [`enroll`].
fn invoice_list(pupils: usize) -> String {
    let mut list =
        String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Mã gia đình;Còn phải thu\n");
    for pupil in 0..pupils {
        let family = pupil / 2;
        writeln!(list, "{};HS{pupil:04};Nguyễn Thị Hạnh {pupil};6A1;F{family};{DUE}", code(pupil))
            .unwrap();
    }
    list
}

fn reconciled(folder: &Path, list: &str, statement: &[u8]) -> Said {
    let (invoices, file) = (folder.join("phai-thu.csv"), folder.join("sao-ke.csv"));
    std::fs::write(&invoices, list).unwrap();
    std::fs::write(&file, statement).unwrap();
    run([
        "reconcile".as_ref(),
        "--json".as_ref(),
        "--invoices".as_ref(),
        invoices.as_os_str(),
        file.as_os_str(),
    ])
}

/// The decision about the only entry, and the codes it allocates to.
fn decided(said: &Said) -> (String, Vec<String>) {
    let line: serde_json::Value = serde_json::from_str(said.out.lines().next().unwrap()).unwrap();
    let shares = line["allocations"].as_array().unwrap().iter();
    let codes = shares.map(|share| share["code"].as_str().unwrap().to_owned()).collect();
    (line["decision"].as_str().unwrap().to_owned(), codes)
}

#[test]
fn a_text_that_names_no_invoice_settles_nothing_by_any_door() {
    let folder = tempfile::tempdir().unwrap();
    let list = invoice_list(4);
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 4);
        let mut opening = 0;
        for (number, (why, text)) in texts().into_iter().enumerate() {
            let reference = format!("FT26{number:09}");
            let lines = [("2026-11-02", DUE, reference.as_str(), text.as_str())];
            let file = csv(opening, &lines);
            let said = timed(why, || reconciled(folder.path(), &list, &file));
            if said.status == 0 {
                assert_ne!(decided(&said).0, "settled", "{why}");
            } else {
                assert!(said.status == 1 && said.err.contains('['), "{why}: {said:?}");
            }
            match timed(why, || school.plan("a.csv", &file)) {
                Ok(plan) => {
                    let done = timed(why, || school.commit(plan.id).unwrap());
                    assert_eq!((done.payments, done.settled), (1, 0), "{why}");
                    opening += DUE;
                }
                Err(refused) => {
                    assert!(!refused.diagnostics().is_empty(), "{why}: {refused}");
                    assert_eq!(said.status, 1, "{why}: both doors refuse or none");
                }
            }
        }
        assert!(school.payments().iter().all(|view| view.state.allocated.is_zero()));
        school.verify();
    });
}

#[test]
fn a_disguised_code_settles_its_own_invoice_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let list = invoice_list(4);
    for (why, text) in disguised() {
        let lines = [("2026-11-02", DUE, "FT26000000001", text.as_str())];
        let said = timed(why, || reconciled(folder.path(), &list, &csv(0, &lines)));
        assert_eq!(said.status, 0, "{why}: {said:?}");
        let (kind, codes) = decided(&said);
        assert!(kind != "settled" || codes == [code(0)], "{why}: {kind} {codes:?}");
    }
}

#[test]
fn an_amount_that_is_none_is_refused_or_settles_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let list = invoice_list(2);
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        for (why, income) in [
            ("nothing came in", "0"),
            ("less than nothing", "-400000"),
            ("a sign after it", "400000-"),
            ("in brackets", "(400000)"),
            ("in words", "bốn trăm nghìn"),
            ("more than there is money", "9223372036854775807"),
            ("more than fits", "99999999999999999999999999"),
            ("a part of a đồng", "400000,5"),
            ("infinite", "inf"),
        ] {
            let file = format!(
                "Số tài khoản: {ACCOUNT}\n\
                 Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung\n\
                 02/11/2026;FT26000000001;;{income};{} nop hoc phi\n",
                code(0)
            );
            let said = timed(why, || reconciled(folder.path(), &list, file.as_bytes()));
            match said.out.lines().next() {
                Some(_) => assert_ne!(decided(&said).0, "settled", "{why}"),
                None => assert!(said.err.contains('[') || said.status == 0, "{why}: {said:?}"),
            }
            match school.plan("a.csv", file.as_bytes()) {
                Ok(plan) => assert_eq!(school.commit(plan.id).unwrap().settled, 0, "{why}"),
                Err(refused) => assert!(!refused.diagnostics().is_empty(), "{why}: {refused}"),
            }
        }
        school.verify();
    });
}

#[test]
fn a_list_in_which_a_code_stands_twice_is_refused_with_its_row() {
    let folder = tempfile::tempdir().unwrap();
    let twice = format!("{}{};HS0009;Trần Văn Nam;6A2;F9;{DUE}\n", invoice_list(2), code(0));
    let said = reconciled(folder.path(), &twice, &csv(0, &[]));
    assert_eq!((said.status, said.out.as_str()), (1, ""), "{said:?}");
    assert!(said.err.contains("[duplicate]") && said.err.contains("Dòng 4"), "{}", said.err);
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 2);
        let list = format!(
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Đợt thu;Còn phải thu\n\
             {};HS0001;;;Đợt 2;{DUE}\n{};HS0001;;;Đợt 2;300000\n",
            code(0),
            code(5)
        );
        let taken = school.invoices(&list);
        let bad: Vec<&str> = taken.bad.iter().map(|one| one.code.as_str()).collect();
        assert_eq!((taken.added, bad.as_slice()), (1, &["code_in_use"][..]));
        school.verify();
    });
}

/// A list of one family whose invoices are all over the same, two pupils or as many as invoices.
fn one_family(invoices: usize, pupils: usize) -> (String, String) {
    let mut students = String::from("Mã học sinh;Họ và tên;Lớp;Mã gia đình\n");
    for pupil in 0..pupils {
        writeln!(students, "HS{pupil:04};Nguyễn Thị Hạnh;6A{};F1", pupil + 1).unwrap();
    }
    let mut list =
        String::from("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Mã gia đình;Đợt thu;Còn phải thu\n");
    for serial in 0..invoices {
        let (pupil, class) = (serial % pupils, serial % pupils + 1);
        writeln!(
            list,
            "{};HS{pupil:04};Nguyễn Thị Hạnh;6A{class};F1;Đợt {serial};{DUE}",
            code(serial)
        )
        .unwrap();
    }
    (students, list)
}

#[test]
fn many_equal_invoices_of_one_family_are_left_to_a_person_without_a_long_search() {
    let folder = tempfile::tempdir().unwrap();
    for (why, invoices, pupils, times, coded) in [
        ("one of twelve, by name only", 12, 2, 1, false),
        ("six of twelve", 12, 2, 6, false),
        ("one by code and five more", 12, 2, 6, true),
        ("all but one of twelve", 12, 2, 11, true),
        ("seven of forty", 40, 4, 7, true),
        ("a hundred of two hundred, of two pupils", 200, 2, 100, true),
        ("a hundred of two hundred, of as many pupils", 200, 200, 100, true),
        ("one of two hundred, by name only", 200, 200, 1, false),
    ] {
        let (students, list) = one_family(invoices, pupils);
        let text = if coded { format!("{} nop cho ca nha", code(0)) } else { "hanh".to_owned() };
        let amount = DUE * i64::from(times);
        let file = csv(0, &[("2026-11-02", amount, "FT26000000001", &text)]);
        let said = timed(why, || reconciled(folder.path(), &list, &file));
        assert_eq!(said.status, 0, "{why}: {said:?}");
        assert_ne!(decided(&said).0, "settled", "{why}");
        for_each_backend(|db| {
            let school = School::create(db);
            assert_eq!(school.students(&students).bad, vec![]);
            assert_eq!(school.invoices(&list).bad, vec![], "{why}");
            let plan = school.plan("a.csv", &file).unwrap();
            let done = timed(why, || school.commit(plan.id).unwrap());
            assert_eq!((done.payments, done.settled), (1, 0), "{why}");
        });
    }
}
