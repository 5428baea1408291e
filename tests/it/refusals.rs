//! What cannot be taken in is refused with a stable code and words that say where and what to do,
//! and leaves no trace.

use std::path::Path;

use doisoat::domain::diagnostic::Diagnostic;
use doisoat::service::directory::{self, NewBankAccount};

use crate::support::program::run;
use crate::support::school::{ACCOUNT, School, csv, mt940};
use crate::support::{Backend, TestDb, for_each_backend};

/// The account of another school in the same database.
const FOREIGN: &str = "2017000002";

const BROKEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/statements/broken");

/// Words of which each message has one: what to do about it.
const ADVICE: [&str; 9] =
    ["tải", "Tải", "đề nghị", "Ghi ", "ghi ", "Chọn", "Khai báo", "Cho biết", "Tách"];

/// Refused files: why, content, code, and what the Vietnamese words say of the place.
fn files() -> Vec<(&'static str, Vec<u8>, &'static str, &'static str)> {
    let broken = |name: &str| std::fs::read(Path::new(BROKEN).join(name)).unwrap();
    let table = |row: &str| {
        format!(
            "Số tài khoản: {ACCOUNT}\nSố dư đầu kỳ: 0\n\
             Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n\
             {row}\nSố dư cuối kỳ;;;;1000000;\n"
        )
        .into_bytes()
    };
    let line = [("2026-11-02", 5, "FT26306000001", "nop hoc phi")];
    let sheet = |from: &str, to: &str| {
        String::from_utf8(csv(0, &line)).unwrap().replace(from, to).into_bytes()
    };
    let swift = |from: &str, to: &str| {
        String::from_utf8(mt940(0, &line)).unwrap().replace(from, to).into_bytes()
    };
    let mut wrong_bytes = table("02/11/2026;FT1;;1000000;;abcdefgh");
    let place = wrong_bytes.windows(4).position(|four| four == b"abcd").unwrap();
    wrong_bytes[place..place + 2].copy_from_slice(&[0xff, 0x81]);
    vec![
        ("nothing at all", Vec::new(), "empty_file", "Tệp rỗng"),
        ("another kind of file", broken("pretends.pdf.xml"), "pdf_not_readable", "PDF"),
        ("another kind of file", broken("quicken.ofx"), "ofx_not_readable", "OFX"),
        ("no statement in it", broken("no_statement.xml"), "no_statement", "camt.053"),
        ("a table of something else", b"a;b;c\n1;2;3\n".to_vec(), "header_not_found", "a · b · c"),
        ("cut off", broken("truncated.xml"), "truncated", "dòng 29"),
        ("cut off", broken("truncated.sta"), "truncated", "dòng 6"),
        ("entities", broken("doctype.xml"), "doctype", "Dòng 3"),
        ("nested absurdly", broken("depth_bomb.xml"), "too_deep", "Dòng 5"),
        ("tags that do not close", broken("mismatched_tags.xml"), "xml", "Dòng 36"),
        ("bytes that are no UTF-8", broken("not_utf8.xml"), "encoding", "Dòng 34"),
        ("bytes that are no text", wrong_bytes, "encoding", "Dòng 4"),
        ("words for a number", table("02/11/2026;FT1;;1,25tr;;x"), "amount", "Dòng 4, cột Ghi có"),
        ("not a number", broken("amount_nan.xml"), "amount", "Dòng 24, phần tử Ntry/Amt"),
        ("not a number", table("02/11/2026;FT1;;NaN;;x"), "amount", "Dòng 4, cột Ghi có"),
        ("30 digits", broken("amount_30_digits.xml"), "amount", "Dòng 24, phần tử Ntry/Amt"),
        ("30 digits", table(&format!("02/11/2026;FT1;;{};;x", "9".repeat(30))), "amount", "Dòng 4"),
        ("half a đồng", broken("amount_fraction.xml"), "amount_fraction", "Dòng 24"),
        ("half a đồng", table("02/11/2026;FT1;;1000000,5;;x"), "amount_fraction", "Dòng 4"),
        ("half a đồng", swift("C5,", "C5,5"), "amount_fraction", "Dòng 5, trường :61:"),
        ("a day that never comes", broken("date_31_november.xml"), "date", "Dòng 27"),
        ("a day that never comes", broken("date.sta"), "date", "Dòng 5, trường :61:"),
        ("a day that never comes", table("31/11/2026;FT1;;1000000;;x"), "date", "Dòng 4"),
        (
            "the account of another school",
            sheet(ACCOUNT, FOREIGN),
            "account_of_other_school",
            "****0002",
        ),
        ("an account nobody has", sheet(ACCOUNT, "3017000003"), "account_unknown", "****0003"),
        (
            "no account, where there are two",
            sheet(&format!("Số tài khoản: {ACCOUNT}\n"), ""),
            "account_missing",
            "không ghi số tài khoản",
        ),
        (
            "a sum that does not hold",
            table("02/11/2026;FT1;;900000;;x"),
            "closing_balance_mismatch",
            "phát sinh 900.000 ≠ số dư cuối 1.000.000",
        ),
        (
            "a sum that does not hold",
            swift(":62F:C261102VND5,", ":62F:C261102VND6,"),
            "closing_balance_mismatch",
            "phát sinh 5 ≠ số dư cuối 6",
        ),
        ("dollars", swift("VND", "USD"), "currency_not_dong", "dòng 5"),
    ]
}

fn school_with_two_accounts(db: &TestDb) -> School {
    let school = School::create(db);
    School::add(school.store.clone(), "THCS-KHAC", FOREIGN);
    let second = NewBankAccount {
        bin: "970415".to_owned(),
        number: "1017000009".to_owned(),
        holder: "TRUONG MAU".to_owned(),
    };
    directory::add_bank_account(&school.store, &school.clock, &school.actor, "THCS-MAU", &second)
        .unwrap();
    school.students(
        "Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHS01;Lò Thị Mẫu;1A;F1\nHS02;Lò Văn Mẫu;1A;F1\n",
    );
    school
}

fn check(why: &str, found: &[Diagnostic], code: &str, place: &str) {
    let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
    let Some(one) = found.iter().find(|one| one.code == code) else {
        panic!("{why}: expected {code}, found {codes:?}");
    };
    assert_eq!(codes.iter().filter(|one| **one == code).count(), 1, "{why}: said twice");
    let (vi, en) = (&one.message.vi, &one.message.en);
    assert!(vi.contains(place), "{why}: {vi:?} does not say {place:?}");
    assert_ne!(vi, en, "{why}");
    // A number that names the place stands in both.
    for number in place.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()) {
        assert!(en.contains(number), "{why}: {en:?} does not say {number}");
    }
}

#[test]
fn a_statement_that_cannot_be_trusted_is_refused_and_leaves_nothing() {
    for_each_backend(|db| {
        let school = school_with_two_accounts(db);
        let before = db.row_counts();
        for (why, bytes, code, place) in files() {
            let refused = school.plan("a", &bytes).expect_err(why);
            check(why, refused.diagnostics(), code, place);
            let vi = &refused.diagnostics()[0].message.vi;
            assert!(ADVICE.iter().any(|word| vi.contains(word)), "{why}: {vi} gives no advice");
        }
        assert_eq!(db.row_counts(), before);
        school.verify();
    });
}

#[test]
fn the_program_says_in_both_languages_what_it_refuses_and_exits_with_1() {
    let db = TestDb::create(Backend::Sqlite);
    school_with_two_accounts(&db);
    let before = db.row_counts();
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (index, (_, bytes, _, _)) in files().into_iter().enumerate() {
        let path = folder.path().join(format!("sao-ke-{index:02}"));
        std::fs::write(&path, bytes).unwrap();
        paths.push(path.display().to_string());
    }
    for lang in ["vi", "en"] {
        let mut arguments = vec!["import", "statement", "--school", "THCS-MAU"];
        arguments.extend(["--database", &db.url, "--lang", lang]);
        arguments.extend(paths.iter().map(String::as_str));
        let said = run(&arguments);
        assert_eq!(said.status, 1, "{said:?}");
        assert_eq!(said.out, "");
        // Each file is named, and what follows its name is its own fault.
        let parts: Vec<&str> = said.err.split(&format!("{}/", folder.path().display())).collect();
        assert_eq!(parts.len(), paths.len() + 1, "{}", said.err);
        for ((why, _, code, place), part) in files().iter().zip(&parts[1..]) {
            assert!(part.contains(&format!("[{code}]")), "{why}: {part}");
            assert!(lang == "en" || part.contains(place), "{why}: {part}");
        }
    }
    assert_eq!(db.row_counts(), before);
}

#[test]
fn a_good_file_is_recorded_though_its_neighbours_are_refused() {
    let db = TestDb::create(Backend::Sqlite);
    let school = school_with_two_accounts(&db);
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("tot.csv");
    std::fs::write(&good, csv(0, &[("2026-11-02", 5, "FT26306000001", "nop")])).unwrap();
    let bad = Path::new(BROKEN).join("truncated.xml");
    let said = run([
        "import",
        "statement",
        "--school",
        "THCS-MAU",
        "--database",
        &db.url,
        &bad.display().to_string(),
        &good.display().to_string(),
        "/khong/co/tep",
    ]);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(said.err.contains("[truncated]") && said.err.contains("[cannot_open]"), "{said:?}");
    assert!(said.out.contains("tot.csv"), "{said:?}");
    assert_eq!(school.payments().len(), 1);
    school.verify();
}

#[test]
fn a_row_of_a_list_that_cannot_be_taken_is_told_and_the_others_are_kept() {
    let head = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Hạn nộp\n";
    let good = "HPQ6XPNK7;HS01;;;1000;\n";
    let digits = format!("HP2P9Q7Q9;HS01;;;{};", "9".repeat(30));
    for_each_backend(|db| {
        let school = school_with_two_accounts(db);
        assert_eq!(school.invoices(&format!("{head}{good}")).added, 1);
        let counts = |db: &TestDb| {
            let mut counts = db.row_counts();
            // That a list was offered is on record, whatever became of its rows.
            counts.retain(|(table, _)| table != "audit_records");
            counts
        };
        let before = counts(db);
        for (why, row, code, place) in [
            ("nobody's invoice", "HP2P9Q7Q9;HS99;;;1000;", "unknown_student", "Dòng 3"),
            (
                "words for a number",
                "HP2P9Q7Q9;HS01;;;1,25tr;",
                "amount",
                "Dòng 3, cột Còn phải thu",
            ),
            ("not a number", "HP2P9Q7Q9;HS01;;;NaN;", "amount", "Dòng 3, cột Còn phải thu"),
            ("30 digits", &digits, "amount", "Dòng 3, cột Còn phải thu"),
            (
                "half a đồng",
                "HP2P9Q7Q9;HS01;;;1000,5;",
                "amount_fraction",
                "Dòng 3, cột Còn phải thu",
            ),
            ("below nothing", "HP2P9Q7Q9;HS01;;;-1000;", "negative", "Dòng 3, cột Còn phải thu"),
            ("no amount", "HP2P9Q7Q9;HS01;;;;", "blank_cell", "Dòng 3"),
            (
                "a day that never comes",
                "HP2P9Q7Q9;HS01;;;1000;31/11/2026",
                "date",
                "Dòng 3, cột Hạn nộp",
            ),
            ("the same fee again", "HP2P9Q7Q9;HS01;;;2000;", "invoice_twice", "Dòng 3"),
        ] {
            let outcome = school.invoices(&format!("{head}{good}{row}\n"));
            assert_eq!((outcome.added, outcome.unchanged), (0, 1), "{why}: {:?}", outcome.bad);
            check(why, &outcome.bad, code, place);
            assert!(outcome.bad[0].place.is_some(), "{why}");
        }
        // Which of two equal codes is right, nobody can tell: neither row is taken.
        let twice = school.invoices(&format!("{head}{good}{good}"));
        let codes: Vec<&str> = twice.bad.iter().map(|one| one.code.as_str()).collect();
        assert_eq!((twice.added, twice.unchanged, codes), (0, 0, vec!["duplicate", "duplicate"]));
        let taken = school.invoices(&format!("{head}HPQ6XPNK7;HS02;;;1000;\n"));
        assert_eq!(taken.added, 0);
        check("a code in use", &taken.bad, "code_in_use", "Dòng 2");
        for (why, list, code) in [
            ("nothing at all", "", "empty_file"),
            ("other columns", "a;b;c\n1;2;3\n", "missing_column"),
            ("another kind of file", "%PDF-1.7", "list_format"),
        ] {
            let refused = school.try_invoices(list.as_bytes()).expect_err(why);
            check(why, refused.diagnostics(), code, "");
            let refused = school.try_students(list).expect_err(why);
            check(why, refused.diagnostics(), code, "");
        }
        assert_eq!(counts(db), before);
        school.verify();
    });
}

#[test]
fn the_exit_status_says_whose_fault_it_is() {
    let db = TestDb::create(Backend::Sqlite);
    school_with_two_accounts(&db);
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("not-a-database");
    std::fs::write(&text, "chỉ là chữ ".repeat(1_000)).unwrap();
    let text = format!("sqlite:{}", text.display());
    let nowhere = "postgres://doisoat@127.0.0.1:1/none?connect_timeout=3";
    let missing = folder.path().join("khong-co.toml").display().to_string();
    let wrong = folder.path().join("sai.toml");
    std::fs::write(&wrong, "[database]\nurl = 5\nurll = \"x\"\n").unwrap();
    let wrong = wrong.display().to_string();
    let list = folder.path().join("a.csv");
    std::fs::write(&list, "Mã học sinh;Họ và tên;Lớp\n").unwrap();
    let list = list.display().to_string();
    let school = ["import", "students", "--school", "KHONG-CO"];
    for (why, arguments, status, word) in [
        ("no command", vec![], 2, "Usage"),
        ("no such command", vec!["doi-soat"], 2, "doi-soat"),
        ("an argument missing", vec!["import", "statement"], 2, "--school"),
        ("neither database", vec!["verify", "--database", "mysql://x"], 2, "sqlite:"),
        ("settings not there", vec!["verify", "--config", &missing], 2, "khong-co.toml"),
        ("settings of a wrong type", vec!["verify", "--config", &wrong], 2, "sai.toml"),
        ("no server", vec!["verify", "--database", nowhere], 3, "127.0.0.1"),
        ("no database", vec!["verify", "--database", &text], 3, "not a database"),
        (
            "no such school",
            [&school[..], &[&list, "--database", &db.url]].concat(),
            1,
            "[school_not_found]",
        ),
        ("all well", vec!["verify", "--database", &db.url], 0, ""),
    ] {
        let said = run(&arguments);
        assert_eq!(said.status, status, "{why}: {said:?}");
        assert!(said.err.contains(word), "{why}: {said:?}");
        assert!(status == 0 || said.out.is_empty(), "{why}: {said:?}");
    }
}

/// The password is not for the eyes of whoever reads the messages.
#[test]
fn a_server_that_refuses_us_is_told_without_the_password() {
    let Ok(tcp) = std::env::var("DOISOAT_TEST_POSTGRES_TCP") else { return };
    let wrong = tcp.replacen(":doisoat@", ":bi-mat-sai@", 1);
    let said = run(["verify", "--database", &wrong]);
    assert_eq!(said.status, 3, "{said:?}");
    assert!(!said.err.contains("bi-mat-sai"), "{said:?}");
}
