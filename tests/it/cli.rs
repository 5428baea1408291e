//! What the program prints, as scripts and people read it, and what `verify` finds.

use std::fmt::Write as _;
use std::path::Path;

use doisoat::domain::id::SchoolId;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::students::{Leaving, moves};
use insta::assert_snapshot;

use crate::support::crowd::{borrowed, code, enroll, movements};
use crate::support::program::{Said, doisoat, run, said};
use crate::support::school::{School, csv, mt940};
use crate::support::{Backend, TestDb, for_each_backend};

/// Runs the program in a folder, so that no path of this machine is in what it prints.
fn run_in(folder: &Path, arguments: &[&str]) -> Said {
    said(doisoat(arguments).current_dir(folder).output().unwrap())
}

fn fixtures() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/statements"))
}

#[test]
fn help_names_every_command() {
    let said = run(["--help"]);
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert_snapshot!("help", said.out);
}

#[test]
fn inspect_shows_people_what_is_in_a_file() {
    let files = ["mt940_plain.sta", "camt053_v14_overdrawn.xml", "broken/truncated.xml"];
    for lang in ["vi", "en"] {
        let arguments = [&["inspect", "--lang", lang][..], &files].concat();
        let said = run_in(fixtures(), &arguments);
        assert_eq!((said.status, said.err.as_str()), (1, ""), "one of the files is cut off");
        assert_snapshot!(format!("inspect_{lang}"), said.out);
    }
    let said = run_in(fixtures(), &[&["inspect"][..], &files[..2]].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""));
}

#[test]
fn inspect_tells_programs_the_same_one_line_a_file() {
    let files = ["mt940_plain.sta", "camt053_v02.xml", "broken/amount_nan.xml"];
    let said = run_in(fixtures(), &[&["inspect", "--json"][..], &files].concat());
    assert_eq!((said.status, said.err.as_str()), (1, ""));
    assert_eq!(said.out.lines().count(), files.len());
    assert_snapshot!("inspect_json", indented(&said.out));
}

/// Each JSON line on many lines, for whoever compares two of them.
fn indented(lines: &str) -> String {
    lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|value| serde_json::to_string_pretty(&value).unwrap())
        .collect::<Vec<String>>()
        .join("\n")
}

#[test]
fn reconcile_explains_each_decision_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let list = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Mã gia đình;Còn phải thu\n\
                HPQ6XPNK7;HS01;Nguyễn Thị Hồng Hạnh;6A1;F1;1250000\n\
                HP2P9Q7Q9;HS02;Nguyễn Minh Khôi;7A2;F1;1000000\n\
                HPQRC6R6X;HS03;Trần Gia Bảo;6A1;F2;1250000\n";
    write("phai-thu.csv", list.as_bytes());
    let lines = [
        ("2026-11-02", 1_250_000, "FT26306123401", "MBVCB.3278907687.HPQ6XPNK7 HANH 6A1"),
        ("2026-11-03", 500_000, "FT26307123402", "hpqrc6r6x gia bao nop truoc"),
        ("2026-11-03", -22_000, "FT26307123403", "Phi quan ly tai khoan"),
        ("2026-11-04", 1_000_000, "FT26308123404", "nguyen minh khoi 7a2 nop tien"),
        ("2026-11-05", 123_000, "FT26309123405", "chuyen tien"),
        ("2026-11-06", 900_000, "FT26310123406", "HPQRC6R6X phan con lai va nop du"),
    ];
    write("sao-ke.csv", &csv(0, &lines));
    write("sao-ke.sta", &mt940(0, &lines[..3]));
    let command = ["reconcile", "--invoices", "phai-thu.csv", "sao-ke.csv", "sao-ke.sta"];
    for lang in ["vi", "en"] {
        let said = run_in(folder.path(), &[&["--lang", lang][..], &command].concat());
        assert_eq!((said.status, said.err.as_str()), (0, ""), "{said:?}");
        assert_snapshot!(format!("reconcile_{lang}"), said.out);
    }
    let said = run_in(folder.path(), &[&command[..], &["--json"]].concat());
    assert_eq!((said.status, said.err.as_str()), (0, ""));
    assert_eq!(said.out.lines().count(), 9);
    assert_snapshot!("reconcile_json", indented(&said.out));
}

/// A pupil nobody has transferred anything for.
const OPEN: usize = 10;

/// A school with a little of everything; the database is closed.
fn lived_in(db: &TestDb) {
    let school = School::create(db);
    enroll(&school, OPEN + 1);
    let lines = movements(OPEN, 40);
    school.statement("a.csv", &csv(0, &borrowed(&lines)));
    school.statement("a.sta", &mt940(0, &borrowed(&lines)));
    for paid in [1_000, 2_000] {
        let new = NewCash {
            allocations: vec![(code(OPEN), Vnd::new(paid))],
            payer: "Người nộp mẫu".to_owned(),
            received_on: "2026-11-20".parse().unwrap(),
            note: None,
            request_key: None,
        };
        cash::record(&school.store, &school.clock, &school.actor, school.id, &new).unwrap();
    }
    school.verify();
}

/// Somebody types a reason, which lies beside its record; the database is closed.
fn leave_with_a_reason(db: &TestDb) {
    let school = School::open(db, SchoolId(db.number("SELECT id AS value FROM schools")));
    let leaving = Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển".to_owned() };
    let of = (school.id, "HS0001");
    moves::leave(&school.store, &school.clock, &school.actor, of, &leaving).unwrap();
}

#[test]
fn verify_prints_a_line_for_each_invariant_the_same_on_both_databases() {
    for_each_backend(|db| {
        lived_in(db);
        for lang in ["vi", "en"] {
            let said = run(["verify", "--lang", lang, "--database", &db.url]);
            assert_eq!((said.status, said.err.as_str()), (0, ""), "{said:?}");
            assert_snapshot!(format!("verify_{lang}"), said.out);
        }
        let said = run(["verify", "--json", "--database", &db.url]);
        assert_eq!(said.out.lines().count(), 15);
    });
}

/// Someone with the file's password and patience can change anything: it shows.
#[test]
fn verify_finds_what_was_changed_past_the_program_and_names_the_row() {
    let db = TestDb::create(Backend::Sqlite);
    lived_in(&db);
    leave_with_a_reason(&db);
    let triggers = db.words("SELECT name AS value FROM sqlite_schema WHERE type = 'trigger'");
    assert!(triggers.len() >= 6);
    let mut unlock =
        String::from("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;");
    for name in &triggers {
        write!(unlock, "DROP TRIGGER {name};").unwrap();
    }
    // Why, what is found out about the row, how it is changed, which invariant fails and what of
    // the row stands beside it.
    for (why, row, change, invariant, names) in [
        (
            "more of a payment given to an invoice",
            "SELECT invoice_id AS value FROM allocations WHERE reverses_id IS NULL ORDER BY id LIMIT 1",
            "UPDATE allocations SET amount_dong = amount_dong + 1 WHERE id = \
             (SELECT MIN(id) FROM allocations WHERE reverses_id IS NULL)",
            "I9",
            "row {}",
        ),
        (
            "an allocation gone",
            "SELECT payment_id AS value FROM allocations ORDER BY id DESC LIMIT 1",
            "DELETE FROM allocations WHERE id = (SELECT MAX(id) FROM allocations)",
            "I9",
            "row {}",
        ),
        (
            "an invoice said to be paid",
            "SELECT MIN(id) AS value FROM invoices WHERE paid_dong < net_dong",
            "UPDATE invoices SET paid_dong = net_dong WHERE id = \
             (SELECT MIN(id) FROM invoices WHERE paid_dong < net_dong)",
            "I9",
            "row {}",
        ),
        (
            "an invoice paid beyond its net",
            "SELECT MIN(id) AS value FROM invoices WHERE paid_dong > 1",
            "UPDATE invoices SET net_dong = 1, gross_dong = 1 WHERE id = \
             (SELECT MIN(id) FROM invoices WHERE paid_dong > 1)",
            "I3",
            "row {}",
        ),
        (
            "a payment said to be larger",
            "SELECT MIN(bank_account_id) AS value FROM payments",
            "UPDATE payments SET amount_dong = amount_dong + 7 WHERE id = \
             (SELECT MIN(id) FROM payments WHERE credit_debit = 'credit')",
            "I1",
            "row {}",
        ),
        (
            "a bank's line changed",
            "SELECT MIN(statement_id) AS value FROM entries",
            "UPDATE entries SET amount_dong = amount_dong + 7 WHERE id = \
             (SELECT MIN(id) FROM entries WHERE credit_debit = 'credit')",
            "I2",
            "row {}",
        ),
        (
            "evidence gone",
            "SELECT MIN(payment_id) AS value FROM evidence",
            "DELETE FROM evidence WHERE payment_id = (SELECT MIN(payment_id) FROM evidence)",
            "I5",
            "row {}",
        ),
        (
            "a voucher gone",
            "SELECT MIN(school_id) AS value FROM cash_vouchers",
            "DELETE FROM cash_vouchers WHERE number = 1",
            "I6",
            "row {}",
        ),
        (
            "another name in the log",
            "SELECT 3 AS value",
            "UPDATE audit_records SET actor = 'user:khac' WHERE sequence = 3 AND chain_id <> 0",
            "I8",
            "record {} was changed",
        ),
        (
            "a record in the middle gone",
            "SELECT 3 AS value",
            "DELETE FROM audit_records WHERE sequence = 3 AND chain_id <> 0",
            "I8",
            "record {} is missing",
        ),
        (
            "the last record gone",
            "SELECT MAX(chain_id) AS value FROM audit_records",
            "DELETE FROM audit_records WHERE id = \
             (SELECT id FROM audit_records ORDER BY chain_id DESC, sequence DESC LIMIT 1)",
            "I8",
            "chain {}: its last records are missing",
        ),
        (
            "another reason in the log",
            "SELECT MIN(r.sequence) AS value FROM audit_texts t JOIN audit_records r ON r.id = t.record_id",
            "UPDATE audit_texts SET words = 'khác' WHERE id = \
             (SELECT t.id FROM audit_texts t JOIN audit_records r ON r.id = t.record_id ORDER BY r.sequence LIMIT 1)",
            "I8",
            "record {}: its text at /",
        ),
        (
            "a reason gone from the log",
            "SELECT MIN(r.sequence) AS value FROM audit_texts t JOIN audit_records r ON r.id = t.record_id",
            "DELETE FROM audit_texts",
            "I8",
            "is missing",
        ),
        (
            "a pupil in another school's family",
            "SELECT MIN(id) AS value FROM students",
            "INSERT INTO schools (id, code, name, level, settle_in_part, settle_known_payer) \
             VALUES (999999, 'X', 'X', 'x', 1, 0); \
             UPDATE students SET school_id = 999999 WHERE id = (SELECT MIN(id) FROM students)",
            "I11",
            "row {}",
        ),
    ] {
        let copy = db.duplicate();
        let row = copy.number(row);
        copy.execute(&format!("{unlock} {change}"));
        let said = run(["verify", "--lang", "en", "--database", &copy.url]);
        assert_eq!(said.status, 1, "{why}: {said:?}");
        assert!(said.out.contains(&format!("✘ {invariant} ")), "{why}: {}", said.out);
        let names = names.replace("{}", &row.to_string());
        let is_told = said
            .out
            .lines()
            .skip_while(|line| !line.starts_with(&format!("✘ {invariant} ")))
            .skip(1)
            .take_while(|line| line.starts_with(' '))
            .any(|line| line.contains(&names));
        assert!(is_told, "{why}: no {names:?} under {invariant} in\n{}", said.out);
    }
}

#[test]
fn a_vietqr_code_is_read_out_or_refused_with_what_is_wrong() {
    // github.com/subiz/vietqr (MIT, 5a7c860), README.
    let code = "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C";
    let said = run(["qr", code]);
    assert_eq!((said.status, said.err.as_str()), (0, ""), "{said:?}");
    for part in ["VietinBank (970415)", "0011001932418", "120.000 ₫", "ung ho lu lut"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let json: serde_json::Value = serde_json::from_str(&run(["qr", "--json", code]).out).unwrap();
    assert_eq!((&json["amount"], &json["one_payment"]), (&120_000.into(), &true.into()));
    for (lang, words) in [("vi", "mã kiểm tra ở cuối không khớp"), ("en", "check at its end")]
    {
        let said = run(["qr", "--lang", lang, &code.replace("C15C", "C15D")]);
        assert_eq!((said.status, said.out.as_str()), (1, ""), "{said:?}");
        assert!(said.err.contains(words) && said.err.contains("[not_vietqr]"), "{said:?}");
    }
}
