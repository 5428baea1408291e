//! Addresses out of a list of students: what mail can go to is taken and written as mail servers know
//! it; what it cannot is said with its row, and never becomes a header of a mail.

use std::fmt::Write as _;

use super::{HEAD, detail};
use crate::support::for_each_backend;
use crate::support::school::School;

#[test]
fn what_stands_in_the_column_of_addresses_becomes_an_address_or_a_fault_of_its_row() {
    for_each_backend(|db| {
        let school = School::create(db);
        let longest = format!("{}@{}.test", "a".repeat(64), "b".repeat(50));
        let (local, domain) = ("a".repeat(65), "b".repeat(64));
        let long_local = format!("{local}@example.test");
        let long_label = format!("a@{domain}.test");
        let long = format!("{}@example.test", "a".repeat(287));
        assert_eq!(long.chars().count(), 300);
        let mut rows = String::new();
        let mut expected = Vec::new();
        for (number, (why, written, taken)) in [
            ("plain", "me.lan@example.test", Some("me.lan@example.test")),
            ("capitals and blanks", "  Me.Lan2@Example.TEST ", Some("Me.Lan2@example.test")),
            ("the longest name", longest.as_str(), Some(longest.as_str())),
            ("300 characters", long.as_str(), None),
            ("a name of 65 signs", long_local.as_str(), None),
            ("a label of 64 signs", long_label.as_str(), None),
            ("a second line", "\"me@example.test\nBcc: ke.gian@example.test\"", None),
            ("a line and a carriage return", "\"me@example.test\r\nX-Mau: 1\"", None),
            ("two addresses", "a@example.test, b@example.test", None),
            ("no name", "@example.test", None),
            ("a zero byte's name", "me\u{1}@example.test", None),
            ("marks in the name", "mẹ@example.test", None),
        ]
        .into_iter()
        .enumerate()
        {
            writeln!(rows, "HSD{number};Mẫu {number};;;6A1;;;P;{written};").unwrap();
            expected.push((format!("HSD{number}"), why, taken.map(str::to_owned)));
        }
        let outcome = school.students(&format!("{HEAD}{rows}"));
        let refused = expected.iter().filter(|(.., taken)| taken.is_none()).count();
        assert_eq!(outcome.bad.len(), refused, "{:?}", outcome.bad);
        for (code, why, taken) in &expected {
            let known = db.words(&format!(
                "SELECT COALESCE(g.email, '') AS value FROM guardians g \
                 JOIN students s ON s.id = g.student_id WHERE s.code = '{code}'"
            ));
            match taken {
                Some(address) => assert_eq!(known, std::slice::from_ref(address), "{why}"),
                None => assert_eq!(known, Vec::<String>::new(), "{why}: the row was taken"),
            }
        }
        let all = db.words("SELECT COALESCE(email, '') AS value FROM guardians");
        assert!(all.iter().all(|email| !email.contains(['\n', '\r', ','])), "{all:?}");
        for fault in &outcome.bad {
            assert!(
                fault
                    .place
                    .as_ref()
                    .is_some_and(|place| place.row.is_some() || place.line.is_some()),
                "{fault:?}"
            );
        }
        school.verify();
    });
}

#[test]
fn a_domain_in_vietnamese_letters_is_taken_and_written_as_servers_know_it() {
    for_each_backend(|db| {
        let school = School::create(db);
        let rows = "HSE1;Mẫu Một;;;6A1;;;P;me@trường.test;\n";
        assert_eq!(school.students(&format!("{HEAD}{rows}")).bad, vec![]);
        let email = detail(&school, "HSE1").guardians[0].email.clone();
        assert!(
            ["me@trường.test", "me@xn--trng-rib8295b.test"].contains(&email.as_deref().unwrap()),
            "{email:?}"
        );
    });
}
