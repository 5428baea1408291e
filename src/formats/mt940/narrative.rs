//! The field `:86:`, information to the account owner: free text, `?20` sub-fields, or `/REMI/` codes.

use crate::domain::statement::CreditDebit;
use crate::formats::mt940::field::{kept, kept_whole};

/// A line of `:86:` holds at most 65 characters; one this long was cut by the bank and not by the
/// payer, so the word goes on in the next line.
const CUT_LINE_CHARS: usize = 60;
/// A `?2x` sub-field holds at most 27 characters.
const CUT_FIELD_CHARS: usize = 27;
/// Most texts fit, so their memory is asked for once.
const ROOM: usize = 128;

/// What `:86:` tells about an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Narrative {
    pub remittance: Option<String>,
    pub name: Option<String>,
    pub account: Option<String>,
    pub bank: Option<String>,
    pub end_to_end_id: Option<String>,
}

/// Reads the value of `:86:` with its lines as they stand in the file.
pub fn read(text: &str, direction: CreditDebit) -> Narrative {
    if sub_fields_start(text).is_some() {
        sub_fields(text)
    } else if text.starts_with('/') && first_code(text).is_some() {
        coded(&joined(text.split('\n'), CUT_LINE_CHARS), direction)
    } else {
        Narrative {
            remittance: kept_whole(joined(text.split('\n'), CUT_LINE_CHARS)),
            ..Narrative::default()
        }
    }
}

/// Joins parts that the bank cut to a length. A part shorter than `cut` ended by itself, so a blank
/// belongs between; a full one was cut, perhaps inside a word, and a blank there would break a
/// payment code in two. Blanks that the file has at the cut are kept as one.
fn joined<'a>(parts: impl Iterator<Item = &'a str>, cut: usize) -> String {
    let mut text = String::with_capacity(ROOM);
    let mut before: Option<&str> = None;
    for part in parts {
        if let Some(before) = before {
            let blank = before.ends_with(' ') || part.starts_with(' ');
            if blank || before.chars().count() < cut {
                text.push(' ');
            }
        }
        text.push_str(part.trim());
        before = Some(part);
    }
    text
}

/// Where the sub-fields begin: at once, or after the three digits of the transaction code.
fn sub_fields_start(text: &str) -> Option<usize> {
    let at = match text.as_bytes() {
        [b'?', ..] => 0,
        [_, _, _, b'?', ..] => 3,
        _ => return None,
    };
    let code = text.get(at + 1..at + 3)?;
    let lead = text.get(..at)?;
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (digits(code) && digits(lead)).then_some(at)
}

fn sub_fields(text: &str) -> Narrative {
    // Lines are cut at 65 characters without regard to the sub-fields, so their ends mean nothing.
    let text: String = text.split('\n').collect();
    let (mut remittance, mut names): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut narrative = Narrative::default();
    let start = sub_fields_start(&text).unwrap_or(0);
    let mut rest = text.get(start..).unwrap_or_default();
    while let Some(field) = rest.strip_prefix('?') {
        let end = next_sub_field(field).unwrap_or(field.len());
        let (field, after) = field.split_at(end);
        rest = after;
        let Some((code, value)) = field.split_at_checked(2) else { continue };
        match code {
            "20" | "21" | "22" | "23" | "24" | "25" | "26" | "27" | "28" | "29" | "60" | "61"
            | "62" | "63" => remittance.push(value),
            "30" => narrative.bank = kept(value),
            "31" => narrative.account = kept(value),
            "32" | "33" => names.push(value),
            _ => {}
        }
    }
    narrative.remittance = kept(&joined(remittance.into_iter(), CUT_FIELD_CHARS));
    narrative.name = kept(&joined(names.into_iter(), CUT_FIELD_CHARS));
    narrative
}

/// The next `?` that two digits follow; any other is a question mark of the payer's.
fn next_sub_field(text: &str) -> Option<usize> {
    text.match_indices('?').map(|(at, _)| at).find(|at| {
        text.get(at + 1..at + 3).is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Codes that open a part of a `/CODE/` text. Only these: a payer may write slashes too.
const CODES: [&str; 25] = [
    "ACCT", "ADDR", "BANK", "BENM", "BIC", "CHGS", "CNTP", "CSID", "EREF", "IBAN", "ID", "ISDT",
    "KREF", "MARF", "NAME", "OCMT", "ORDP", "PREF", "PURP", "REMI", "RTRN", "TRCD", "TRTP", "ULTB",
    "ULTD",
];
/// Inside `/REMI/` only codes that no payer writes between slashes may end it.
const CODES_AFTER_REMITTANCE: [&str; 14] = [
    "BENM", "CHGS", "CNTP", "CSID", "EREF", "ISDT", "KREF", "MARF", "OCMT", "ORDP", "PREF", "TRCD",
    "ULTB", "ULTD",
];

/// The code at the start of `text`, which begins with a slash.
fn first_code(text: &str) -> Option<&'static str> {
    let (code, _) = text.strip_prefix('/')?.split_once('/')?;
    CODES.into_iter().find(|known| *known == code)
}

fn coded(text: &str, direction: CreditDebit) -> Narrative {
    let other = match direction {
        CreditDebit::Credit => "ORDP",
        CreditDebit::Debit => "BENM",
    };
    let mut narrative = Narrative::default();
    let mut party: Option<&str> = None;
    let mut has_remittance = false;
    let mut rest = text;
    while let Some(code) = first_code(rest) {
        let value = rest.get(code.len() + 2..).unwrap_or_default();
        let ends: &[&str] = if code == "REMI" { &CODES_AFTER_REMITTANCE } else { &CODES };
        // A value may be empty, and then its closing slash opens the next code.
        let from = rest.get(code.len() + 1..).unwrap_or_default();
        let end = from
            .match_indices('/')
            .map(|(at, _)| at)
            .find(|at| {
                let tail = from.get(*at..).unwrap_or_default();
                first_code(tail).is_some_and(|next| ends.contains(&next))
            })
            .unwrap_or(from.len());
        rest = from.get(end..).unwrap_or_default();
        let value = value.get(..end.saturating_sub(1)).unwrap_or_default();
        let ours = party.is_none_or(|party| party == other);
        match code {
            "ORDP" | "BENM" => party = Some(code),
            "NAME" if ours => narrative.name = kept(value),
            "ACCT" | "IBAN" if ours => narrative.account = kept(value),
            "BIC" | "BANK" if ours => narrative.bank = kept(value),
            "EREF" => {
                narrative.end_to_end_id =
                    kept(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
            }
            "CNTP" => counterparty(value, &mut narrative),
            "REMI" => {
                let free = value.strip_prefix("USTD//").unwrap_or(value);
                narrative.remittance = kept(free.trim_end_matches('/'));
                has_remittance = true;
            }
            _ => {}
        }
    }
    if !has_remittance {
        narrative.remittance = kept(text);
    }
    narrative
}

/// `/CNTP/account/bank/name/city`.
fn counterparty(value: &str, narrative: &mut Narrative) {
    let mut parts = value.split('/');
    narrative.account = parts.next().and_then(kept);
    narrative.bank = parts.next().and_then(kept);
    narrative.name = parts.next().and_then(kept);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remittance(text: &str) -> Option<String> {
        read(text, CreditDebit::Credit).remittance
    }

    #[test]
    fn words_that_the_bank_cut_are_put_together_again() {
        let full = "MBVCB.3278907687.029552.HPK3M9Q2X HANH 6A1.CT tu 0351000000000 NG";
        for (why, text, expected) in [
            ("one line", "HPK3M9Q2X HANH 6A1".to_owned(), "HPK3M9Q2X HANH 6A1".to_owned()),
            ("short lines", "HPK3M9Q2X\nHANH 6A1".to_owned(), "HPK3M9Q2X HANH 6A1".to_owned()),
            ("cut inside a word", format!("{full}\nUYEN VAN A"), format!("{full}UYEN VAN A")),
            ("cut before a blank", format!("{full}\n A"), format!("{full} A")),
            ("a full line that ends in a blank", format!("{full} \nA"), format!("{full} A")),
        ] {
            assert_eq!(remittance(&text), Some(expected), "{why}");
        }
    }

    #[test]
    fn sub_fields_are_told_apart() {
        let text = "166?00CHUYEN KHOAN?20HPK3M9Q2X NGUYEN THI HONG H?21ANH 6A1 co dung khong??\
                    30970436?310351000000000?32NGUYEN VAN A?33B";
        assert_eq!(
            read(text, CreditDebit::Credit),
            Narrative {
                remittance: Some("HPK3M9Q2X NGUYEN THI HONG HANH 6A1 co dung khong?".to_owned()),
                name: Some("NGUYEN VAN A B".to_owned()),
                account: Some("0351000000000".to_owned()),
                bank: Some("970436".to_owned()),
                end_to_end_id: None,
            }
        );
    }

    #[test]
    fn codes_between_slashes_are_told_apart() {
        let text = "/ORDP/NAME/NGUYEN VAN A/ACCT/0351000000000/BENM/NAME/TRUONG B\n\
                    /EREF/E2E-1/REMI/HPK3M9Q2X T11/2026 lop 6/ID/7";
        assert_eq!(
            read(text, CreditDebit::Credit),
            Narrative {
                remittance: Some("HPK3M9Q2X T11/2026 lop 6/ID/7".to_owned()),
                name: Some("NGUYEN VAN A".to_owned()),
                account: Some("0351000000000".to_owned()),
                bank: None,
                end_to_end_id: Some("E2E-1".to_owned()),
            }
        );
        let debit = read(text, CreditDebit::Debit);
        assert_eq!(debit.name.as_deref(), Some("TRUONG B"));
        assert_eq!(
            read("/EREF/NOTPROVIDED/REMI/USTD//HPK3M9Q2X/", CreditDebit::Credit),
            Narrative { remittance: Some("HPK3M9Q2X".to_owned()), ..Narrative::default() }
        );
    }

    #[test]
    fn text_that_only_looks_like_codes_is_kept_whole() {
        for (why, text) in [
            ("a slash first", "/HPK3M9Q2X/6A1"),
            ("a question mark", "abc?20 nghin"),
            ("no remittance code", "/TRTP/CHUYEN KHOAN/NAME/NGUYEN VAN A"),
        ] {
            assert_eq!(remittance(text).as_deref(), Some(text), "{why}");
        }
    }
}
