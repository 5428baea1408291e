//! Nobody guesses the address of a family's page.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doisoat::ids::{IdSource as _, RandomIds};
use doisoat::service::families::links::{self, Outcome};
use doisoat::service::family_links;
use sha2::{Digest as _, Sha256};

use super::Home;
use crate::support::for_each_backend;
use crate::support::server::Town;

/// How many addresses are guessed in all.
const GUESSES: usize = 1_000_000;

/// Guesses of one question to the database.
const AT_ONCE: usize = 5_000;

/// A hash as it is kept.
fn hash(secret: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(secret.as_bytes()) {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from(DIGITS[usize::from(half)]));
        }
    }
    text
}

/// Secrets that differ from a real one as little as can be: each sign changed, one left out, one more,
/// other letters' sizes, turned around, and its hash, which whoever read the database would have.
fn near(secret: &str) -> BTreeSet<String> {
    let signs: Vec<char> = secret.chars().collect();
    let mut found: BTreeSet<String> = BTreeSet::new();
    for place in 0..signs.len() {
        for sign in "0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZ_-".chars() {
            let mut other = signs.clone();
            other[place] = sign;
            found.insert(other.iter().collect());
        }
        let mut shorter = signs.clone();
        shorter.remove(place);
        found.insert(shorter.into_iter().collect());
    }
    for other in [
        format!("{secret}0"),
        format!("{secret} "),
        format!(" {secret}"),
        format!("{secret}/"),
        format!("{secret}%"),
        secret.to_uppercase(),
        secret.chars().rev().collect(),
        hash(secret),
        String::new(),
    ] {
        found.insert(other);
    }
    found.remove(secret);
    found
}

#[test]
fn a_million_guesses_find_no_page() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let homes = ["HS01", "HS02"].map(|code| Home::of(&town, code));
        let secrets = homes.each_ref().map(|home| home.base.trim_start_matches("/f/").to_owned());
        for secret in &secrets {
            // 160 bits are drawn, six of them to a sign.
            assert!(secret.len() * 6 >= 160, "{secret}");
            let kept = format!(
                "SELECT COUNT(*) AS value FROM family_links WHERE secret_hash = '{}'",
                hash(secret)
            );
            assert_eq!(db.number(&kept), 1, "a page is found by its secret's hash");
            // The hash is all that is compared: how much of a guess is right takes no longer to refuse.
            for table_text in
                db.words("SELECT secret_hash || ' ' || sealed AS value FROM family_links")
            {
                assert!(!table_text.contains(secret.as_str()), "the secret itself is not kept");
            }
        }
        // All at once, by what the page is found by: guesses like the real ones.
        let mut asked = 0;
        while asked < GUESSES {
            let hashes: Vec<String> = (0..AT_ONCE)
                .map(|_| {
                    let random = RandomIds.secret();
                    format!("'{}'", hash(&BASE64_URL_SAFE_NO_PAD.encode(&random[..20])))
                })
                .collect();
            let found = db.number(&format!(
                "SELECT COUNT(*) AS value FROM family_links WHERE secret_hash IN ({})",
                hashes.join(",")
            ));
            assert_eq!(found, 0);
            asked += AT_ONCE;
        }
        // One by one, by the program: guesses that are nearly right.
        let store = &town.school.store;
        let now = doisoat::clock::Clock::now(&town.school.clock);
        for secret in &secrets {
            for guess in near(secret) {
                let opened = store.read(|tx| family_links::open(tx, &guess, now)).unwrap();
                assert!(opened.is_none(), "{guess} for {secret}");
            }
        }
    });
}

#[test]
fn guessing_is_slowed_down_at_the_door_and_keeps_no_family_out() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let home = Home::of(&town, "HS01");
        let (mut unknown, mut waits, mut bodies) = (0, 0, BTreeSet::new());
        for guess in 0..2_000 {
            // Each way in that takes a secret, and one good one now and then, which buys nothing.
            let target = match guess % 4 {
                0 => format!("/f/{guess:027}"),
                1 => format!("/f/{guess:027}/qr/all.png"),
                2 => format!("/f/{guess:027}/receipts/1"),
                _ => format!("/fc/{guess:027}"),
            };
            let answer = town.server.get(&target).send();
            match answer.status {
                404 => unknown += 1,
                429 => {
                    waits += 1;
                    assert!(answer.header("retry-after").is_some());
                    bodies.insert(answer.text());
                }
                other => panic!("{target}: {other}"),
            }
            if guess % 100 == 0 {
                assert_eq!(home.get("").status, 200, "the family itself is not kept out");
            }
        }
        assert!(unknown <= 20 && waits >= 1_980, "{unknown} answers, {waits} waits");
        assert_eq!(bodies.len(), 1, "whatever was guessed");
        let school = &town.school;
        let secret = home.base.trim_start_matches("/f/");
        let entered = links::enter(&school.store, &school.clock, secret, "127.0.0.1").unwrap();
        assert!(matches!(entered, Outcome::Open(_)), "{entered:?}");
    });
}

#[test]
fn the_address_of_one_family_opens_nothing_of_another() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        for (day, dong, reference, code) in [
            ("2026-11-05", 1_250_000, "FT1", "HPQ6XPNK7"),
            ("2026-11-06", 1_000_000, "FT2", "HP2P9Q7Q9"),
        ] {
            let opening = if reference == "FT1" { 0 } else { 1_250_000 };
            let line = (day, dong, reference, code);
            let name = format!("{reference}.csv");
            town.school.statement(&name, &crate::support::school::csv(opening, &[line]));
        }
        let (one, other) = (Home::of(&town, "HS01"), Home::of(&town, "HS02"));
        let of = |code: &str| {
            (
                db.number(&format!("SELECT id AS value FROM students WHERE code = '{code}'")),
                db.number(&format!(
                    "SELECT r.id AS value FROM receipts r JOIN students s ON s.id = r.student_id WHERE s.code = '{code}'"
                )),
                db.number(&format!(
                    "SELECT i.id AS value FROM invoices i JOIN students s ON s.id = i.student_id WHERE s.code = '{code}'"
                )),
            )
        };
        let (own, foreign) = (of("HS01"), of("HS02"));
        let sibling = of_open(db);
        assert_eq!(one.get(&format!("/receipts/{}", own.1)).status, 200);
        assert_eq!(other.get(&format!("/receipts/{}", foreign.1)).status, 200);
        assert_eq!(other.get(&format!("/qr/{sibling}.svg")).status, 200);
        for below in [
            format!("/receipts/{}", foreign.1),
            format!("/qr/{}.png", foreign.0),
            format!("/qr/i{}.png", foreign.2),
            format!("/qr/{sibling}.svg"),
            "/qr/i.png".to_owned(),
            "/qr/i0.png".to_owned(),
        ] {
            assert_eq!(one.get(&below).status, 404, "{below}");
        }
        let page = one.page();
        for text in ["Mẫu Hai", "Mẫu Ba", "7A2", "1.000.000", &foreign.1.to_string()] {
            assert!(!page.contains(text), "{text} in {page}");
        }
        let whose = format!("{}-1", foreign.0);
        let fields = [("whose", whose.as_str()), ("email", "ke-la@example.test")];
        assert_eq!(one.post("/contact", &fields).status, 422, "another family's child");
        // The same ways with the other's secret lead to the other alone.
        assert_ne!(one.base, other.base);
        town.school.verify();
    });
}

/// The child of the second family that owes something.
fn of_open(db: &crate::support::TestDb) -> i64 {
    db.number("SELECT id AS value FROM students WHERE code = 'HS03'")
}
