//! Whether the codes of a list can be told apart in a text.

use std::collections::{HashMap, HashSet};

use super::codes::{Group, comparable, group_of};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::payment_code::{PaymentCode, correct_one};

/// What forbids to use a list of codes, given with their rows: a code that is none, one that
/// appears twice, one whose check symbols fail, one that is part of another. Empty for a list that
/// can be used.
#[must_use]
pub fn check_codes<'a>(codes: impl IntoIterator<Item = (u64, &'a str)>) -> Vec<Diagnostic> {
    check_codes_beside(codes, [])
}

/// The same for a list that is added to codes in use. A code may repeat one in use: whether it is
/// the same invoice is for others to tell.
#[must_use]
pub fn check_codes_beside<'a>(
    codes: impl IntoIterator<Item = (u64, &'a str)>,
    in_use: impl IntoIterator<Item = &'a str>,
) -> Vec<Diagnostic> {
    let in_use: HashSet<Box<[u8]>> = in_use.into_iter().filter_map(comparable).collect();
    let mut wrong = Vec::new();
    let mut rows: HashMap<Box<[u8]>, u64> = HashMap::new();
    let mut groups: HashMap<Box<[u8]>, Group> = HashMap::new();
    for (row, code) in codes {
        let Some(symbols) = comparable(code) else {
            wrong.push(shape(row, code));
            continue;
        };
        if let Some(prefix) = group_of(&symbols) {
            groups
                .entry(prefix.into())
                .or_default()
                .add(PaymentCode::from_symbols(&symbols).is_ok());
        }
        if in_use.contains(&symbols) {
            continue;
        }
        match rows.entry(symbols) {
            std::collections::hash_map::Entry::Occupied(first) => {
                wrong.push(repeated(row, *first.get(), code));
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(row);
            }
        }
    }
    let mut failing: Vec<(u64, &[u8])> = rows
        .iter()
        .filter(|(code, _)| {
            let group = group_of(code).and_then(|prefix| groups.get(prefix));
            group.is_some_and(|group| group.is_ours()) && PaymentCode::from_symbols(code).is_err()
        })
        .map(|(code, row)| (*row, &**code))
        .collect();
    failing.sort_unstable();
    wrong.extend(failing.into_iter().map(|(row, code)| check(row, code)));
    wrong.extend(contained(&rows, &in_use));
    wrong
}

/// A row and its code, the other's row (none for one in use) and code, whether that is longer.
type Pair = (u64, Box<[u8]>, Option<u64>, Box<[u8]>, bool);

/// The codes of a list that contain another of it or one in use, or that one in use contains; both
/// rows of a pair are told.
fn contained(rows: &HashMap<Box<[u8]>, u64>, in_use: &HashSet<Box<[u8]>>) -> Vec<Diagnostic> {
    let lengths_of = |codes: &mut dyn Iterator<Item = &Box<[u8]>>| {
        let mut lengths: Vec<usize> = codes.map(|code| code.len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        lengths
    };
    let parts = |code: &[u8], lengths: &[usize]| {
        let shorter = lengths.iter().copied().filter(|length| *length < code.len());
        shorter.flat_map(|length| code.windows(length).map(Box::from)).collect::<Vec<Box<[u8]>>>()
    };
    let (own, known) = (lengths_of(&mut rows.keys()), lengths_of(&mut in_use.iter()));
    let mut pairs: Vec<Pair> = Vec::new();
    for (code, row) in rows {
        for part in parts(code, &own) {
            if let Some(inner) = rows.get(&part) {
                pairs.push((*row, code.clone(), Some(*inner), part.clone(), false));
                pairs.push((*inner, part, Some(*row), code.clone(), true));
            }
        }
        let inner = parts(code, &known).into_iter().filter(|part| in_use.contains(part));
        pairs.extend(inner.map(|part| (*row, code.clone(), None, part, false)));
    }
    for code in in_use {
        for part in parts(code, &own) {
            if let Some(row) = rows.get(&part) {
                pairs.push((*row, part, None, code.clone(), true));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs.into_iter().map(|(row, code, other, part, longer)| {
        let (code, part) = (String::from_utf8_lossy(&code), String::from_utf8_lossy(&part));
        let (of_vi, of_en) = match other {
            Some(other) => (format!("của dòng {other}"), format!("of row {other}")),
            None => ("đang dùng".to_owned(), "in use".to_owned()),
        };
        let (vi, en) = if longer {
            (format!("mã {code} nằm trong mã {part} {of_vi}"), format!("code {code} is part of code {part} {of_en}"))
        } else {
            (format!("mã {code} chứa trọn mã {part} {of_vi}"), format!("code {code} contains code {part} {of_en}"))
        };
        Diagnostic::new(
            "code_contains_code",
            format!(
                "Dòng {row}: {vi}, nội dung chuyển khoản không phân biệt được hai mã. Đổi một trong hai mã."
            ),
            format!(
                "Row {row}: {en}, so a transfer's text cannot tell them apart. Change one of them."
            ),
        )
        .at(Place::row(row))
    }).collect()
}

fn shape(row: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "code_shape",
        format!(
            "Dòng {row}: mã thanh toán '{code}' không dùng được. Mã gồm 6 đến 20 chữ cái không dấu \
             và chữ số, không có dấu cách hay ký hiệu."
        ),
        format!(
            "Row {row}: payment code '{code}' cannot be used. A code has 6 to 20 unaccented letters \
             and digits, without blanks or signs."
        ),
    )
    .at(Place::row(row))
}

/// A code that looks like the others of its prefix, and of which a symbol must be wrong.
fn check(row: u64, code: &[u8]) -> Diagnostic {
    let meant = correct_one(code).map(|code| code.to_string());
    let code = String::from_utf8_lossy(code);
    let (vi, en) = match meant {
        Some(meant) => (format!(" Có thể là {meant}."), format!(" It may be {meant}.")),
        None => (String::new(), String::new()),
    };
    Diagnostic::new(
        "code_check",
        format!(
            "Dòng {row}: mã {code} sai ký tự kiểm tra, có thể đã bị gõ nhầm.{vi} Chép lại mã từ danh \
             sách đã cấp, hoặc để trống để cấp mã mới."
        ),
        format!(
            "Row {row}: the check symbols of code {code} do not hold; it may be mistyped.{en} Copy it \
             again from the list it was issued in, or leave it empty to have one issued."
        ),
    )
    .at(Place::row(row))
}

fn repeated(row: u64, first: u64, code: &str) -> Diagnostic {
    Diagnostic::new(
        "code_repeated",
        format!("Dòng {row}: mã {code} trùng với dòng {first}. Mỗi khoản thu cần một mã riêng."),
        format!(
            "Row {row}: code {code} repeats row {first}. Each invoice needs a code of its own."
        ),
    )
    .at(Place::row(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::payment_code::Prefix;

    #[test]
    fn a_code_that_fails_its_own_check_among_codes_that_hold_is_refused_with_its_row() {
        let ours = |serial| PaymentCode::issue(Prefix::DEFAULT, serial).unwrap().to_string();
        let (a, b, c) = (ours(1), ours(2), ours(3));
        let slip = format!("{}{}", &c[..8], if c.ends_with('2') { '3' } else { '2' });
        let found: Vec<_> = check_codes([(2, &*a), (3, &*slip), (4, &*b)]).into_iter().collect();
        let [wrong] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(wrong.code, "code_check");
        assert!(wrong.message.vi.contains("Dòng 3") && wrong.message.vi.contains(&c), "{wrong:?}");
        // A list issued elsewhere looks the same and is matched as it stands.
        assert_eq!(check_codes([(2, "HP2222223"), (3, "HP2222224"), (4, &*a)]), []);
    }

    #[test]
    fn lists_whose_codes_cannot_be_told_apart_are_refused() {
        for (why, codes, expected) in [
            ("all different", &["HS0001", "HS0002"][..], &[][..]),
            ("the same twice", &["HS0001", "hs0001"], &["code_repeated"]),
            ("one within the other", &["HS000123", "HS0001"], &["code_contains_code"; 2]),
            ("in its middle", &["XXHS0001YY", "HS0001"], &["code_contains_code"; 2]),
            ("too short", &["HS1"], &["code_shape"]),
            ("with a sign", &["HS/000123"], &["code_shape"]),
            ("with a mark", &["HỌC00123"], &["code_shape"]),
        ] {
            let numbered = (2..).zip(codes.iter().copied());
            let found: Vec<_> = check_codes(numbered).into_iter().map(|wrong| wrong.code).collect();
            assert_eq!(found, expected, "{why}");
        }
        let told = check_codes([(2, "HS000123"), (7, "HS0001")]);
        let [longer, shorter] = told.as_slice() else { panic!("{told:?}") };
        assert!(longer.message.vi.contains("Dòng 2") && longer.message.vi.contains("dòng 7"));
        assert!(shorter.message.vi.contains("Dòng 7") && shorter.message.vi.contains("dòng 2"));
        for (why, listed, in_use, expected) in [
            ("contains one in use", "HS000123", "HS0001", 1),
            ("within one in use", "HS0001", "HS000123", 1),
            ("the same as one in use", "HS0001", "HS0001", 0),
        ] {
            assert_eq!(check_codes_beside([(2, listed)], [in_use]).len(), expected, "{why}");
        }
    }
}
