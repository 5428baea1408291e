//! Receipts are numbered for each school and school year by themselves, and codes are not guessed.

use doisoat::domain::id::SchoolId;
use doisoat::service::receipts::{self, Public};

use super::{ask_void, pay};
use crate::support::crowd::{DUE, code, enroll};
use crate::support::for_each_backend;
use crate::support::school::School;
use crate::support::server::{THERE, Town};

fn numbers(school: &School) -> Vec<String> {
    super::all(school).into_iter().map(|one| one.number).collect()
}

#[test]
fn each_school_and_each_school_year_begins_at_one_and_leaves_no_gap() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let there =
            SchoolId(db.number(&format!("SELECT id AS value FROM schools WHERE code = '{THERE}'")));
        let (here, there) = (&town.school, School::open(db, there));
        enroll(here, 4);
        there.students("Mã học sinh;Họ và tên;Lớp\nHS0001;Mẫu Kia;6A1\n");
        let foreign = code(90);
        there.invoices(&format!(
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n{foreign};HS0001;;;{DUE}\n"
        ));
        let codes = [code(0), code(1), code(2)];
        let line =
            |day, dong, reference, pupil: usize| (day, dong, reference, codes[pupil].as_str());
        pay(
            here,
            "a.csv",
            &[line("2026-11-05", DUE, "FT1", 0), line("2026-11-06", DUE / 2, "FT2", 1)],
            0,
        );
        let list = "Ngày;Ghi Có;Nội dung;Số tham chiếu\n06/11/2026;100000;MA;KT1\n"
            .replace("MA", &foreign);
        there.statement("b.csv", list.as_bytes());
        assert_eq!(numbers(here), ["BL-2026-000001", "BL-2026-000002"]);
        assert_eq!(numbers(&there), ["BL-2026-000001"], "another school counts for itself");
        // One that is voided keeps its number, and no other gets it.
        ask_void(here, super::all(here)[1].id, "Lan").unwrap();
        pay(here, "c.csv", &[line("2026-11-07", DUE, "FT3", 2)], DUE + DUE / 2);
        assert_eq!(numbers(here).last().unwrap(), "BL-2026-000003");
        assert_eq!(numbers(here).len(), 3);
        // The next school year counts anew.
        here.clock.set("2027-09-10T02:00:00".parse().unwrap());
        pay(here, "d.csv", &[line("2027-09-09", DUE / 2, "FT4", 1)], DUE * 2 + DUE / 2);
        let all = numbers(here);
        assert_eq!(
            all.iter().filter(|one| one.starts_with("BL-2027-")).collect::<Vec<_>>(),
            ["BL-2027-000001"]
        );
        assert_eq!(all.len(), 4);
        here.verify();
        there.verify();
    });
}

#[test]
fn a_code_that_is_known_buys_no_guesses() {
    for_each_backend(|db| {
        let school = School::create(db);
        enroll(&school, 1);
        let own = code(0);
        pay(&school, "a.csv", &[("2026-11-05", DUE, "FT1", own.as_str())], 0);
        let known = super::all(&school)[0].verify_code.clone();
        let ask = |code: &str| {
            receipts::ask_public(&school.store, &school.clock, "192.0.2.9", code).unwrap()
        };
        let (mut unknown, mut found, mut waits) = (0, 0, 0);
        for guess in 0..200 {
            for code in [format!("{guess:016}"), known.clone()] {
                match ask(&code) {
                    Public::Found(_) => found += 1,
                    Public::Unknown => unknown += 1,
                    Public::Wait(seconds) => {
                        assert!(seconds > 0);
                        waits += 1;
                    }
                }
            }
        }
        // As many wrong ones as without the good one between them.
        assert!(unknown <= 20 && found <= 20, "{unknown} and {found}");
        assert_eq!(unknown + found + waits, 400);
        // After the wait one more may be tried, and after a wrong one it is longer.
        school.clock.advance(chrono::TimeDelta::seconds(2));
        assert!(matches!(ask(&known), Public::Found(_)), "the holder is heard again");
        let mut tried = 0;
        for guess in 1_000..1_050 {
            if ask(&format!("{guess:016}")) == Public::Unknown {
                tried += 1;
            }
            let _ = ask(&known);
        }
        assert!(tried <= 1, "{tried} guesses");
    });
}
