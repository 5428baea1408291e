//! `doisoat user` for people.

use std::io::Write as _;
use std::process::Stdio;

use doisoat::service::sessions::Outcome;
use doisoat::service::users;

use super::{EMAIL, HERE, Office, PASSWORD};
use crate::support::program::{Said, doisoat, said};
use crate::support::{TestDb, for_each_backend};

fn user(db: &TestDb, words: &[&str], input: &str) -> Said {
    let mut command = doisoat(["--database", &db.url, "user"].iter().chain(words));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    said(child.wait_with_output().unwrap())
}

#[test]
fn the_first_person_is_added_by_command_and_let_back_in_by_others() {
    for_each_backend(|db| {
        let office = Office::open(db);
        let add = ["add", "--email", EMAIL, "--name", "Hoa Mẫu", "--role", "administrator"];
        let none = user(db, &add, "");
        assert_eq!(none.status, 2, "where it holds must be said: {none:?}");
        let both = user(db, &[&add[..], &["--everything", "--school", "THCS-MAU"]].concat(), "");
        assert_eq!(both.status, 2, "{both:?}");
        let invited = user(db, &[&add[..], &["--everything"]].concat(), "");
        assert_eq!(invited.status, 0, "{invited:?}");
        assert!(invited.err.contains(EMAIL) && invited.err.contains("7 ngày"), "{invited:?}");
        let secret = invited.out.trim();
        // The machine's clock stands at another day than ours.
        let clock = doisoat::clock::SystemClock;
        let ports: (&dyn doisoat::clock::Clock, _) = (&clock, office.ports().1);
        users::accept_invitation(&office.store, ports, secret, PASSWORD).unwrap();
        let enter = |email: &str, password: &str| {
            doisoat::service::sessions::sign_in(
                &office.store,
                &clock,
                ports.1,
                email,
                password,
                HERE,
            )
            .unwrap()
        };
        assert!(matches!(enter(EMAIL, PASSWORD), Outcome::SignedIn { .. }));

        for (why, input, status) in [
            ("nothing", "", 1),
            ("a common one", "matkhau123456\n", 1),
            ("good", "mèo trèo cây cau\nx", 0),
        ] {
            let words = [
                "add",
                "--email",
                "lan@example.com",
                "--name",
                "Lan",
                "--role",
                "auditor",
                "--school",
                "THCS-MAU",
                "--password-stdin",
                "--no-second-factor",
            ];
            let done = user(db, &words, input);
            assert_eq!(done.status, status, "{why}: {done:?}");
            assert_eq!(done.out, "", "{why}");
        }
        assert!(matches!(enter("lan@example.com", "mèo trèo cây cau"), Outcome::SignedIn { .. }));

        let words = ["grant", "lan@example.com", "--role", "head", "--school", "THCS-MAU"];
        let granted = user(db, &words, "");
        let grant = granted.out.trim().to_owned();
        let listed = user(db, &["people"], "");
        for part in [EMAIL, "lan@example.com", "exempt", "administrator", "head", "active", &grant]
        {
            assert!(listed.out.contains(part), "{part}: {}", listed.out);
        }
        assert_eq!(user(db, &["ungrant", "lan@example.com", &grant], "").status, 0);
        let json = user(db, &["people", "--json"], "");
        let people: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(people[1]["grants"].as_array().unwrap().len(), 1, "{people}");
        assert!(!json.out.contains("argon2"));

        assert_eq!(user(db, &["disable", EMAIL], "").status, 0);
        assert_eq!(enter(EMAIL, PASSWORD), Outcome::Refused);
        assert_eq!(user(db, &["reset-password", EMAIL], "").status, 1, "disabled");
        assert_eq!(user(db, &["enable", EMAIL], "").status, 0);
        assert_eq!(user(db, &["reset-factor", EMAIL], "").status, 0);
        let link = user(db, &["reset-password", EMAIL], "");
        users::reset(&office.store, ports, link.out.trim(), "cái cò lặn lội").unwrap();
        assert!(matches!(enter(EMAIL, "cái cò lặn lội"), Outcome::SignedIn { .. }));
        assert_eq!(user(db, &["disable", "ai@example.com"], "").status, 1);
        assert_eq!(user(db, &["list"], "").status, 0, "keys are listed as before");
    });
}
