//! What other programs take in.

use doisoat::domain::export::Filter;
use doisoat::service::ServiceError;
use doisoat::service::exports::profiled::{self, ProfileAsk, Rows};
use doisoat::service::exports::{Format, Kind, Made};

use super::{ask, day, fill, json_of};
use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::school::School;
use crate::support::server::Town;

fn make(school: &School, profile: profiled::Profile) -> Result<Made, ServiceError> {
    let (from, to) = (day("2026-11-01"), day("2026-11-30"));
    let asked = ProfileAsk { profile, from, to, filter: Filter::default() };
    profiled::run(&school.store, &school.clock, &school.actor, school.id, &asked)
}

/// The rows of a file, its heading first.
fn rows(made: &Made, separator: u8) -> Vec<Vec<String>> {
    let body = made.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap();
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(body);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn sum(rows: &[Vec<String>], heading: &str) -> i64 {
    let at = rows[0].iter().position(|one| one == heading).unwrap();
    rows[1..].iter().map(|row| row[at].parse::<i64>().unwrap()).sum()
}

#[test]
fn a_journal_is_the_months_collections_and_balances() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let told = json_of(&school, &ask(Kind::Collections, Format::Json));
        let collected = told["sums"]["amount"].as_i64().unwrap();
        let pairs = make(&school, profiled::profile(Rows::Journal, None).unwrap()).unwrap();
        let pairs = rows(&pairs, b',');
        assert_eq!(sum(&pairs, "Số tiền"), collected);
        let cash: Vec<&Vec<String>> = pairs.iter().filter(|row| row[3] == "111").collect();
        assert_eq!(cash.len(), 1, "the withdrawn voucher is in no journal");
        let (day, document, amount) = (&cash[0][0], &cash[0][1], &cash[0][5]);
        assert_eq!((day.as_str(), document.as_str()), ("03/11/2026", "PT00002/2026"));
        assert_eq!((amount.as_str(), cash[0][7].as_str()), ("500000", "003"));
        assert_eq!(cash[0][10], "'=HYPERLINK(\"http://mau\")", "no text is run");
        let open: Vec<&Vec<String>> = pairs.iter().filter(|row| row[4] == "338").collect();
        assert_eq!(open.len(), 3, "money nobody knows");

        let sides = profiled::profile(Rows::Journal, Some("journal-sides")).unwrap();
        let sides = rows(&make(&school, sides).unwrap(), b';');
        assert_eq!((sum(&sides, "No"), sum(&sides, "Co")), (collected, collected));
        assert_eq!(sides.len() - 1, 2 * (pairs.len() - 1));
        school.verify();
    });
}

#[test]
fn a_journal_that_does_not_balance_or_lacks_an_account_is_not_exported() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let own = |accounts: &str| {
            let file = format!(
                "id = \"rieng\"\nname = \"Riêng\"\nrows = \"journal\"\n[accounts]\n{accounts}\n[[column]]\nheading = \"Tiền\"\nfield = \"amount\"\n"
            );
            profiled::own_profile(Rows::Journal, "rieng.toml", &file)
                .and_then(|profile| make(&school, profile))
        };
        let rest = "family_credit = \"131\"\nunallocated = \"338\"";
        for (why, accounts, expected) in [
            ("all is named", format!("debit = {{ default = \"112\" }}\ncredit = {{ default = \"131\" }}\n{rest}"), None),
            ("by fee item", format!("debit = {{ default = \"112\" }}\ncredit = {{ TIENAN = \"5111\", BANTRU = \"5112\" }}\n{rest}"), None),
            ("no account for cash", format!("debit = {{ transfer = \"112\" }}\ncredit = {{ default = \"131\" }}\n{rest}"), Some(("journal_account", "cash_at_school"))),
            ("none for a fee item", format!("debit = {{ default = \"112\" }}\ncredit = {{ TIENAN = \"5111\" }}\n{rest}"), Some(("journal_account", "BANTRU"))),
            ("none for open money", "debit = { default = \"112\" }\ncredit = { default = \"131\" }\nfamily_credit = \"131\"".to_owned(), Some(("journal_account", "unallocated"))),
            ("a side left empty", format!("debit = {{ default = \"112\", cash_at_school = \"\" }}\ncredit = {{ default = \"131\" }}\n{rest}"), Some(("journal_unbalanced", "3.270.000"))),
        ] {
            match (own(&accounts), expected) {
                (Ok(made), None) => assert!(made.rows > 0, "{why}"),
                (Err(refused), Some((code, words))) => {
                    let one = &refused.diagnostics()[0];
                    assert_eq!(one.code, code, "{why}");
                    assert!(one.message.vi.contains(words), "{why}: {}", one.message.vi);
                }
                (found, _) => panic!("{why}: {:?}", found.map(|made| made.rows)),
            }
        }
    });
}

#[test]
fn students_and_fees_add_up_to_the_receivables() {
    for_each_backend(|db| {
        let school = School::create(db);
        fill(&school);
        let told = json_of(&school, &ask(Kind::Receivables, Format::Json));
        let due = told["sums"]["outstanding"].as_i64().unwrap();
        for (of, lines) in [(Rows::Students, 3), (Rows::Fees, 5)] {
            let made = make(&school, profiled::profile(of, None).unwrap()).unwrap();
            let rows = rows(&made, b',');
            assert_eq!(sum(&rows, "Còn phải thu"), due, "{of:?}");
            assert_eq!(rows.len() - 1, lines, "{of:?}");
            assert_eq!(rows[1][0], "001", "codes keep their zeros");
        }
    });
}

#[test]
fn profiles_are_listed_and_used_by_command_and_over_http() {
    for_each_backend(|db| {
        let town = Town::create(db);
        fill(&town.school);
        let listed = run(["export", "profiles"]);
        assert_eq!(listed.status, 0, "{listed:?}");
        for words in ["journal-pairs", "debit_account", "guardian_name", "Mẫu trung tính"] {
            assert!(listed.out.contains(words), "{words}: {}", listed.out);
        }
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("rieng.toml");
        std::fs::write(
            &own,
            "id = \"rieng\"\nname = \"Riêng\"\nrows = \"fees\"\n[[column]]\nheading = \"Mã\"\nfield = \"student_cod\"\n",
        )
        .unwrap();
        let export = |more: &[&str]| {
            let days = ["--from", "2026-11-01", "--to", "2026-11-30", "--school", "THCS-MAU"];
            run([&["--database", &db.url, "export"][..], more, &days].concat())
        };
        let refused = export(&["fees", "--profile", own.to_str().unwrap()]);
        assert_eq!(refused.status, 1, "{refused:?}");
        assert!(refused.err.contains("dòng 6") && refused.err.contains("student_code"));
        let text =
            std::fs::read_to_string(&own).unwrap().replace("student_cod\"", "student_code\"");
        std::fs::write(&own, text).unwrap();
        let said = export(&["fees", "--profile", own.to_str().unwrap()]);
        assert_eq!((said.status, said.out.lines().count()), (0, 6), "{said:?}");
        for (why, more, code) in [
            ("a misspelt id", &["journal", "--profile", "journal-pair"][..], "profile_not_found"),
            ("of other rows", &["students", "--profile", "journal-pairs"], "profile_rows"),
            ("no such file", &["fees", "--profile", "khong/co.toml"], "cannot_open"),
        ] {
            let said = export(more);
            assert_eq!(said.status, 1, "{why}: {said:?}");
            assert!(said.err.contains(code), "{why}: {said:?}");
        }

        let days = "from=2026-11-01&to=2026-11-30";
        let over_http = town.get(&format!("exports/journal?{days}")).send();
        assert_eq!(over_http.status, 200);
        assert_eq!(
            over_http.header("content-disposition").unwrap(),
            "attachment; filename=\"THCS-MAU_journal_2026-11-01_2026-11-30.csv\""
        );
        let by_command = export(&["journal"]);
        assert_eq!(over_http.text(), by_command.out);
        for (why, target, status, code) in [
            ("an unknown profile", "exports/journal?profile=x", 404, "profile_not_found"),
            ("of other rows", "exports/fees?profile=students", 422, "profile_rows"),
            ("a profile of a book", "exports/cash-book?profile=fees", 400, "export_query"),
            ("another format", "exports/fees?format=xlsx", 400, "export_query"),
        ] {
            let target = format!("{target}&{days}");
            assert_eq!(town.get(&target).send().outcome(), (status, code.to_owned()), "{why}");
        }
        town.school.verify();
    });
}
