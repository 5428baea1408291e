//! LibreOffice opens every workbook and sees the same sums.

use std::io::Write;
use std::process::Command;
use std::sync::Once;

use doisoat::service::exports::{Format, Kind};

use super::{ask, fill, json_of, make};
use crate::support::school::School;
use crate::support::{Backend, TestDb};

/// Names the program; `./test` finds or installs it and sets it.
const PROGRAM_VARIABLE: &str = "DOISOAT_TEST_LIBREOFFICE";

/// The first sheet, with comma and quotes, UTF-8, figures as they are and not as they look.
const FILTER: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false";

fn program() -> Option<String> {
    static ONCE: Once = Once::new();
    let found = std::env::var(PROGRAM_VARIABLE).ok().filter(|path| !path.is_empty());
    if found.is_none() {
        ONCE.call_once(|| {
            let words = format!(
                "\nLibreOffice test SKIPPED: {PROGRAM_VARIABLE} is not set. ./test sets it.\n"
            );
            std::io::stderr().write_all(words.as_bytes()).unwrap();
        });
    }
    found
}

#[test]
fn every_workbook_opens_in_libreoffice_with_the_same_sums() {
    let Some(program) = program() else { return };
    let db = TestDb::create(Backend::Sqlite);
    let school = School::create(&db);
    fill(&school);
    // A profile of its own, so that runs beside each other do not share one.
    let folder = tempfile::tempdir().unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let mut convert = Command::new(program);
    convert.args([&profile, "--headless", "--convert-to", FILTER, "--outdir"]).arg(folder.path());
    for kind in Kind::ALL {
        let path = folder.path().join(format!("{}.xlsx", kind.as_str()));
        std::fs::write(&path, make(&school, &ask(kind, Format::Xlsx)).unwrap().bytes).unwrap();
        convert.arg(path);
    }
    let output = convert.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    for kind in Kind::ALL {
        let path = folder.path().join(format!("{}.csv", kind.as_str()));
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&text[..]);
        let rows: Vec<Vec<String>> = reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect();
        let told = json_of(&school, &ask(kind, Format::Json));
        let heading = &rows[4];
        let total = rows.iter().find(|row| row[0] == "Tổng cộng").unwrap();
        let data = &rows[5..5 + usize::try_from(told["row_count"].as_i64().unwrap()).unwrap()];
        let sums = told["sums"].as_object().unwrap();
        assert!(!sums.is_empty(), "{kind:?}");
        for (name, sum) in sums {
            let sum = sum.as_i64().unwrap();
            let dong = |row: &Vec<String>, at: usize| row[at].parse::<i64>().unwrap_or(0);
            let fits = (0..heading.len()).any(|at| {
                dong(total, at) == sum
                    && data.iter().map(|row| dong(row, at)).sum::<i64>() == sum
                    && (sum != 0 || total[at] == "0")
            });
            assert!(fits, "{kind:?}: {name} is {sum}, LibreOffice has {total:?}");
        }
    }
}
