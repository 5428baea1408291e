//! `:86:` in numbered sub-fields: `166?00CHUYEN KHOAN?20HPK3M9Q2X?32NGUYEN VAN A`, as German banks write
//! it; Polish and Dutch ones with another sign between.

use super::{Joined, Narrative, keywords};
use crate::formats::mt940::field::kept;

/// A sub-field of text holds at most 27 characters.
const CUT_FIELD_CHARS: usize = 27;

/// Signs that part sub-fields; one text has only one of them.
const SEPARATORS: [u8; 5] = [b'?', b'~', b'^', b'<', b'>'];

/// Where the sub-fields begin and what parts them.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    at: usize,
    separator: char,
}

/// Finds out whether a text is made of sub-fields: at once, or behind the code of the transaction,
/// three digits that may stand on a line of their own.
pub fn start(text: &str) -> Option<Start> {
    let bytes = text.as_bytes();
    let (at, separator) = match *bytes {
        [separator, ..] if SEPARATORS.contains(&separator) => (0, separator),
        [a, b, c, b'\n', separator, ..] if digits(&[a, b, c]) => (4, separator),
        [a, b, c, separator, ..] if digits(&[a, b, c]) => (3, separator),
        _ => return None,
    };
    let known = SEPARATORS.contains(&separator) && code(bytes.get(at + 1..)?).is_some();
    known.then_some(Start { at, separator: char::from(separator) })
}

fn digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

/// The number of a sub-field at the start of `bytes`. Numbers that no bank uses are a payer's.
fn code(bytes: &[u8]) -> Option<u8> {
    let [tens @ (b'0'..=b'3' | b'6'), ones @ b'0'..=b'9', ..] = bytes else { return None };
    Some((tens - b'0') * 10 + (ones - b'0'))
}

pub fn read(text: &str, start: Start) -> Narrative {
    let text = text.get(start.at..).unwrap_or_default();
    if text.contains('\n') {
        // Lines are cut at 65 characters without regard to the sub-fields, so their ends mean nothing.
        let mut whole = String::with_capacity(text.len());
        whole.extend(text.split('\n'));
        read_line(&whole, start.separator)
    } else {
        read_line(text, start.separator)
    }
}

fn read_line(text: &str, separator: char) -> Narrative {
    let mut narrative = Narrative::default();
    let mut details = Joined::new(CUT_FIELD_CHARS, text.len());
    let mut names = Joined::new(CUT_FIELD_CHARS, 0);
    let mut posting = None;
    let mut rest = text;
    while let Some((number, value, after)) = next(rest, separator) {
        rest = after;
        if is_filler(value) {
            continue;
        }
        match number {
            0 => posting = Some(value),
            20..=29 | 60..=63 => {
                if keywords::begins(value) {
                    details.part();
                }
                details.add(value);
            }
            30 => narrative.bank = kept(value),
            31 if narrative.account.is_none() => narrative.account = kept(value),
            // The whole number, where 31 has only the part that is the bank's own.
            38 => narrative.account = kept(value),
            32 | 33 => names.add(value),
            _ => {}
        }
    }
    narrative.name = names.finish();
    match details.finish() {
        Some(details) => keywords::read(details, &mut narrative),
        None => narrative.remittance = posting.and_then(kept),
    }
    narrative
}

/// The number and value of the sub-field at the start of `text`, and the text behind it.
fn next(text: &str, separator: char) -> Option<(u8, &str, &str)> {
    let field = text.strip_prefix(separator)?;
    let number = code(field.as_bytes())?;
    let value = field.get(2..)?;
    let end = value
        .match_indices(separator)
        .map(|(at, _)| at)
        .find(|at| value.as_bytes().get(at + 1..).is_some_and(|behind| code(behind).is_some()));
    let (value, after) = value.split_at_checked(end.unwrap_or(value.len()))?;
    Some((number, value, after))
}

/// What banks write for nothing: a dot above, byte FF in the Polish code page.
fn is_filler(value: &str) -> bool {
    matches!(value, "" | "\u{2d9}" | "ÿ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::statement::CreditDebit;

    fn read(text: &str) -> Narrative {
        super::super::read(text, CreditDebit::Credit)
    }

    #[test]
    fn sub_fields_are_told_apart() {
        let expected = Narrative {
            remittance: Some("HPK3M9Q2X NGUYEN THI HONG HANH 6A1 co dung khong?".to_owned()),
            name: Some("NGUYEN VAN A B".to_owned()),
            account: Some("0351000000000".to_owned()),
            bank: Some("970436".to_owned()),
            ..Narrative::default()
        };
        let german = "166?00CHUYEN KHOAN?20HPK3M9Q2X NGUYEN THI HONG H?21ANH 6A1 co dung khong??\
                      30970436?310351000000000?32NGUYEN VAN A?33B";
        for (why, text) in [
            ("in one line", german.to_owned()),
            ("cut in the middle of a number", german.replace("?310351", "?3\n10351")),
            ("the code on a line of its own", german.replacen("166?", "166\n?", 1)),
            ("no code", german.replacen("166?", "?", 1)),
            ("tildes", german.replace('?', "~").replace("khong~", "khong?")),
            ("circumflexes", german.replace('?', "^").replace("khong^", "khong?")),
            ("angles", german.replace('?', "<").replace("khong<", "khong?")),
            ("other angles", german.replace('?', ">").replace("khong>", "khong?")),
        ] {
            assert_eq!(read(&text), expected, "{why}");
        }
    }

    #[test]
    fn what_is_no_sub_field_stays_in_the_text() {
        for (why, text, remittance) in [
            ("a payer's question", "166?20HOC PHI?KHONG", "HOC PHI?KHONG"),
            ("a number that no bank uses", "166?20HOC PHI?45 NGHIN", "HOC PHI?45 NGHIN"),
            ("more text than ten sub-fields hold", "166?29HOC PHI?60T11", "HOC PHI T11"),
            ("only the kind of the posting", "835?00LAI TIEN GUI", "LAI TIEN GUI"),
            ("fillers for nothing", "020~20HOC PHI~21˙~22ÿ~23", "HOC PHI"),
        ] {
            assert_eq!(read(text).remittance.as_deref(), Some(remittance), "{why}");
        }
    }

    #[test]
    fn the_whole_account_number_wins() {
        for (why, text) in [
            ("behind", "020~20A~3109000123~38PL61109010140000071219812874"),
            ("before", "020~20A~38PL61109010140000071219812874~3109000123"),
        ] {
            let account = read(text).account;
            assert_eq!(account.as_deref(), Some("PL61109010140000071219812874"), "{why}");
        }
    }
}
