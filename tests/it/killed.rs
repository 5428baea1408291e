//! The process dies at any moment of an import. What it had begun is either whole or not there,
//! and running it again ends where an undisturbed run ends.

use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::crowd::{borrowed, enroll, movements};
use crate::support::program::{doisoat, said};
use crate::support::school::{School, csv};
use crate::support::{Backend, TestDb, for_each_backend};

const PUPILS: usize = 250;
const LINES: usize = 1_100;

/// SIGKILL: nothing of the program runs after it.
const KILL: i32 = 9;

/// Moments of a run at which it dies, in thousandths of the time an undisturbed one takes: spread
/// evenly over it, with the very beginning and the very end.
fn moments(backend: Backend) -> Vec<u32> {
    let count = match backend {
        Backend::Sqlite => 18,
        Backend::Postgres => 6,
    };
    let mut moments: Vec<u32> = (0..count).map(|turn| 1_000 * turn / count).collect();
    moments.extend([985, 1_010]);
    moments
}

#[test]
#[expect(clippy::disallowed_methods, reason = "how long a run takes says when to kill one")]
fn an_import_killed_at_any_moment_and_run_again_ends_like_an_undisturbed_one() {
    for_each_backend(|db| {
        let template = School::create(db);
        enroll(&template, PUPILS);
        let lines = movements(PUPILS, LINES);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sao-ke.csv");
        std::fs::write(&file, csv(5_000_000, &borrowed(&lines))).unwrap();
        let id = template.id;
        // Closed, so that the database can be copied.
        drop(template);
        let import = |copy: &TestDb| -> Command {
            let arguments = ["import", "statement", "--school", "THCS-MAU", "--database"];
            let mut command = doisoat(arguments);
            command.arg(&copy.url).arg(&file).stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };

        // How long a run takes, on this machine, now.
        let mut span = Duration::MAX;
        let mut expected = None;
        for _ in 0..2 {
            let copy = db.duplicate();
            let begun = Instant::now();
            let whole = said(import(&copy).output().unwrap());
            span = span.min(begun.elapsed());
            assert_eq!(whole.status, 0, "{whole:?}");
            let school = School::open(&copy, id);
            school.verify();
            expected = Some((school.state(), copy.row_counts()));
        }
        let expected = expected.unwrap();
        let settled = expected.0.iter().filter(|line| line.contains("| settled ")).count();
        assert!(settled > LINES / 3, "only {settled} payments were settled");

        let (mut killed, mut nothing, mut planned, mut committed) = (0, 0, 0, 0);
        for moment in moments(db.backend) {
            let copy = db.duplicate();
            let mut child = import(&copy).spawn().unwrap();
            sleep(span * moment / 1_000);
            // It may have ended by itself: then there is nobody to kill, and that is fine too.
            child.kill().unwrap();
            let status = child.wait().unwrap();
            if status.signal() == Some(KILL) {
                killed += 1;
            } else {
                assert_eq!(status.code(), Some(0), "at {moment} ‰");
                // Runs have become shorter than they were: a neighbour has left the machine.
                span /= 2;
            }
            let school = School::open(&copy, id);
            school.verify();
            match copy.words("SELECT state AS value FROM imports").as_slice() {
                [] => nothing += 1,
                [state] if state == "planned" => planned += 1,
                [state] if state == "committed" => committed += 1,
                other => panic!("at {moment} ‰: imports {other:?}"),
            }
            drop(school);

            let again = said(import(&copy).output().unwrap());
            assert_eq!(again.status, 0, "at {moment} ‰: {again:?}");
            let school = School::open(&copy, id);
            school.verify();
            let found = (school.state(), copy.row_counts());
            assert!(found == expected, "at {moment} ‰ the second run ended elsewhere");
        }
        println!(
            "{span:?}; killed {killed}: {nothing} before the plan, {planned} planned, {committed} committed"
        );
        assert!(killed >= 5, "only {killed} runs were killed");
    });
}
