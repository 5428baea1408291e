use super::*;
use crate::domain::payment_code::{ALPHABET, Prefix};

fn ours(serial: u64) -> String {
    PaymentCode::issue(Prefix::DEFAULT, serial).unwrap().to_string()
}

fn exact(codes: &Codes, text: &str) -> Vec<usize> {
    codes.find(&Remittance::read(text, None)).exact.iter().map(|hit| hit.invoice).collect()
}

#[test]
fn our_codes_survive_what_banks_and_people_do_to_them() {
    let (a, b) = (ours(1), ours(2));
    let codes = Codes::new([a.as_str(), b.as_str()].into_iter());
    let (head, tail) = a.split_at(5);
    let low = a.to_ascii_lowercase();
    for (why, text, expected) in [
        ("alone", a.clone(), &[0][..]),
        ("in a memo", format!("{a} HANH 6A1"), &[0]),
        ("lower case", format!("hoc phi {low} hanh"), &[0]),
        ("glued to words", format!("HOCPHI{a}HANH6A1"), &[0]),
        ("glued to numbers", format!("3278907687{a}029552"), &[0]),
        ("after another HP", format!("HP{a}"), &[0]),
        ("split by a blank", format!("{head} {tail} HANH"), &[0]),
        ("split at a line end", format!("X {head}\r\n{tail}.CT tu"), &[0]),
        ("separators between all", a.chars().flat_map(|c| [c, '-']).collect(), &[0]),
        ("dots instead of blanks", format!("MBVCB.3278907687.{a}.HANH"), &[0]),
        ("with marks", format!("học phí {a} Hạnh"), &[0]),
        ("two codes", format!("{b} {a}"), &[1, 0]),
        ("two codes, glued", format!("{a}{b}"), &[0, 1]),
        ("the same twice", format!("{a} {a}"), &[0]),
        ("a number", "20260211 3278907687 029552".to_owned(), &[]),
        ("one symbol wrong", format!("{head}Z{}", &tail[1..]), &[]),
    ] {
        assert_eq!(exact(&codes, &text), expected, "{why}: {text}");
    }
}

#[test]
fn codes_issued_elsewhere_are_matched_as_they_stand() {
    let codes = Codes::new(["HS012345", "20261234", "abc999x"].into_iter());
    for (why, text, expected) in [
        ("a word", "nop hs012345 thang 11", &[0][..]),
        ("a number", "20261234 LAN", &[1]),
        ("the list's case does not matter", "ABC999X", &[2]),
        ("the whole text, with separators", "HS-01.23 45", &[0]),
        (
            "all that the payer wrote",
            "MBVCB.3278907687.HS-012345.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG",
            &[0],
        ),
        ("two words of a longer text", "HS 012345 LAN", &[]),
        ("inside a longer number", "120261234", &[]),
        ("glued to a word", "HS012345LAN", &[]),
        ("one symbol wrong", "HS012346", &[]),
        ("a bank's own number", "LAN.CT tu 20261234 TRAN B toi 1018000000 TRUONG", &[]),
    ] {
        assert_eq!(exact(&codes, text), expected, "{why}: {text}");
    }
}

#[test]
fn a_group_of_which_most_do_not_hold_was_issued_elsewhere() {
    let ours = ours(1);
    let theirs = "HP2222223";
    let codes = Codes::new([ours.as_str(), theirs].into_iter());
    assert!(exact(&codes, &format!("X{ours}X")).is_empty());
    assert_eq!(exact(&codes, &format!("X {ours} X {theirs}")), [0, 1]);
}

#[test]
fn what_may_be_chance_or_a_damaged_code_is_not_certain() {
    let (a, b) = (ours(1), ours(2));
    let codes = Codes::new([a.as_str(), b.as_str()].into_iter());
    let (head, tail) = a.split_at(5);
    for (why, text, exact, slips) in [
        (
            "a bank's own number",
            format!("CUSTOMER MBVCB 2420648919 339176 nop tien Trace 9{a}X x"),
            0,
            0,
        ),
        ("a bank's own word", format!("nop tien GD 174242-090822 {a}"), 1, 0),
        (
            "completed by the bank's words",
            format!("nop {}.{} tu 0351000000000 TRAN B toi 1018000000 TRUONG", &a[..7], &a[7..]),
            1,
            0,
        ),
        ("half of it in a longer word", format!("{head} {tail}HANH"), 1, 0),
        ("all of it in a longer word", format!("{head}{tail}HANH"), 1, 0),
        ("its beginning in a longer word", format!("NOP{head} {tail}"), 1, 0),
    ] {
        let found = codes.find(&Remittance::read(&text, None));
        assert_eq!((found.exact.len(), found.slips.len()), (exact, slips), "{why}: {text}");
    }
}

#[test]
fn the_bank_s_words_do_not_complete_a_code() {
    // A list in which some code ends in CT: cut before the bank's `CT tu`, another looks like it.
    let codes: Vec<String> = (0..20_000).map(ours).collect();
    let ends = codes.iter().position(|code| code.ends_with("CT")).unwrap();
    let book = Codes::new(codes.iter().map(String::as_str));
    let cut = &codes[ends][..7];
    let text = format!("MBVCB.3278907687.{cut}.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG");
    let found = book.find(&Remittance::read(&text, None));
    assert_eq!(found.exact, []);
    assert!(found.broken.iter().any(|(hit, damage)| hit.invoice == ends && *damage == Damage::Cut));
}

#[test]
fn a_code_that_another_damaged_code_looks_like_needs_a_witness() {
    // One code with its last symbol lost, glued to a word whose first letter completes another.
    let codes: Vec<String> = (0..60_000).map(ours).collect();
    let book = Codes::new(codes.iter().map(String::as_str));
    let twin = (0..codes.len()).find_map(|place| {
        let lost = &codes[place][..3].to_owned();
        let rest = &codes[place][4..];
        let damaged = format!("{lost}{rest}");
        ALPHABET.iter().find_map(|symbol| {
            let word = format!("{damaged}{}", char::from(*symbol));
            let other = book.lookup(&word)?;
            (other != place).then_some((place, other, word))
        })
    });
    let (_, other, word) = twin.expect("some two codes are so close");
    let found = book.find(&Remittance::read(&format!("{word}LAN 6A1"), None));
    assert_eq!(found.exact, []);
    assert!(found.slips.iter().any(|hit| hit.invoice == other && hit.written == Written::Pieced));
    let found = book.find(&Remittance::read(&format!("{word} LAN 6A1"), None));
    assert_eq!(found.exact.len(), 1, "as a word of its own it is certain");
}

#[test]
fn a_cut_code_completed_by_the_next_word_needs_a_witness() {
    let codes: Vec<String> = (0..60_000).map(ours).collect();
    let book = Codes::new(codes.iter().map(String::as_str));
    // Two codes that differ in their last three symbols only.
    let mut seen = std::collections::HashMap::new();
    let (cut, other) = codes
        .iter()
        .enumerate()
        .find_map(|(place, code)| Some((seen.insert(&code[..6], place)?, place)))
        .unwrap();
    let (head, tail) = codes[other].split_at(6);
    let found = book.find(&Remittance::read(&format!("{head} {tail}ANG"), None));
    assert_eq!(found.exact, [], "{} may have been meant", codes[cut]);
    assert!(found.slips.iter().any(|hit| hit.written == Written::Pieced));
}

#[test]
fn digits_that_may_be_something_else_need_a_witness() {
    let codes = Codes::new(["20261126", "0912345678", "051126", "40123456"].into_iter());
    for (why, text, exact, slips) in [
        ("a day in a memo", "nop hoc phi ngay 20261126", 0, 1),
        ("a telephone", "lh 0912345678", 0, 1),
        ("a short day", "nop 051126 LAN", 0, 1),
        ("no day", "nop 40123456 LAN", 1, 0),
        ("all there is", "20261126", 1, 0),
        ("all that the payer wrote", "CUSTOMER MBCT 051126 AB12CD34/123456", 1, 0),
        ("a day with points", "20.26.11.26", 0, 0),
    ] {
        let found = codes.find(&Remittance::read(text, None));
        assert_eq!((found.exact.len(), found.slips.len()), (exact, slips), "{why}: {text}");
    }
}

#[test]
fn codes_of_other_schools_are_seen_whatever_their_prefix() {
    let own = ours(1);
    let codes = Codes::new([own.as_str()].into_iter());
    let theirs = PaymentCode::issue(Prefix::parse("THC").unwrap(), 7).unwrap().to_string();
    for (why, text, expected) in [
        ("a word", format!("nop {theirs} LAN"), 1),
        ("glued", format!("nop{theirs}LAN"), 0),
        ("beside one's own", format!("{own} {theirs}"), 1),
        ("in the bank's words", format!("LAN.CT tu 0351000000000 {theirs} toi 1018000000 X"), 0),
    ] {
        let found = codes.find(&Remittance::read(&text, None));
        assert_eq!(found.unknown.len(), expected, "{why}: {text}");
    }
}

#[test]
fn damage_is_told_from_certainty() {
    let (a, b) = (ours(1), ours(2));
    let codes = Codes::new([a.as_str(), b.as_str()].into_iter());
    let swapped = format!("{}{}{}{}", &a[..4], &a[5..6], &a[4..5], &a[6..]);
    let other_school = ours(3);
    for (why, text, slips, broken, unknown) in [
        ("a look-alike", format!("{}0{} LAN", &a[..4], &a[5..]), &[0][..], &[][..], 0),
        ("a prefix with a slip", format!("NP{} LAN", &a[2..]), &[0], &[], 0),
        ("a prefix with a slip, glued", format!("XNP{}LAN", &a[2..]), &[], &[], 0),
        ("a lost symbol", format!("{}{} LAN", &a[..4], &a[5..]), &[], &[0], 0),
        ("a symbol too many", format!("{}2{} LAN", &a[..4], &a[4..]), &[], &[0], 0),
        ("two swapped", format!("{swapped} LAN"), &[], &[0], 0),
        ("cut at the end", format!("LAN 6A2 {}", &a[..7]), &[], &[0], 0),
        (
            "cut before the bank's words",
            format!("LAN {}.CT tu 0351000000000 TRAN B toi 1018000000 TRUONG", &a[..7]),
            &[],
            &[0],
            0,
        ),
        ("cut in the middle of a memo", format!("{} LAN 6A2", &a[..7]), &[], &[0], 0),
        ("cut too short", format!("LAN {}", &a[..5]), &[], &[], 0),
        ("a code of another list", format!("{other_school} LAN"), &[], &[], 1),
        ("words", "TT HP 6A2 thang 11 nop tien an".to_owned(), &[], &[], 0),
    ] {
        if why == "two swapped" && swapped == a {
            continue;
        }
        let found = codes.find(&Remittance::read(&text, None));
        assert_eq!(found.exact, [], "{why}: {text}");
        let of = |hits: Vec<Hit>| hits.iter().map(|hit| hit.invoice).collect::<Vec<_>>();
        assert_eq!(of(found.slips), slips, "{why}: {text}");
        let guessed = found.broken.iter().map(|(hit, _)| *hit).collect();
        assert_eq!(of(guessed), broken, "{why}: {text}");
        assert_eq!(found.unknown.len(), unknown, "{why}: {text}");
    }
}
