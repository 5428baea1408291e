//! Words with a plus sign inside the text of sub-fields, by which German banks tell the parts of a SEPA
//! payment: `EREF+HD-1 SVWZ+HPK3M9Q2X ABWA+NGUYEN THI B`.

use super::Narrative;
use crate::formats::mt940::field::kept;

/// The keywords, with what they hold.
const KEYWORDS: [(&str, Part); 16] = [
    ("SVWZ+", Part::Purpose),
    ("EREF+", Part::EndToEndId),
    // The payer on whose behalf another one paid, and the like of the receiver: worth reading where
    // a parent pays for a child.
    ("ABWA+", Part::OtherParty),
    ("ABWE+", Part::OtherParty),
    ("KREF+", Part::Technical),
    ("MREF+", Part::Technical),
    ("BREF+", Part::Technical),
    ("RREF+", Part::Technical),
    ("CRED+", Part::Technical),
    ("DEBT+", Part::Technical),
    ("COAM+", Part::Technical),
    ("OAMT+", Part::Technical),
    ("PURP+", Part::Technical),
    ("SQTP+", Part::Technical),
    ("IBAN+", Part::Technical),
    ("BIC+", Part::Technical),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Purpose,
    EndToEndId,
    OtherParty,
    Technical,
}

fn keyword(text: &str) -> Option<(&'static str, Part)> {
    // Looked at before all the words: most texts have no plus sign there.
    if !text.as_bytes().get(3..5).is_some_and(|signs| signs.contains(&b'+')) {
        return None;
    }
    KEYWORDS.into_iter().find(|(word, _)| text.starts_with(word))
}

/// Whether a sub-field begins with a keyword.
pub fn begins(text: &str) -> bool {
    keyword(text).is_some()
}

/// Tells the parts of `text` apart. Without keywords, or where they leave no words of the payer's, it
/// is the remittance as it stands.
pub fn read(text: String, narrative: &mut Narrative) {
    if !text.contains('+') {
        narrative.remittance = Some(text);
        return;
    }
    let mut remittance = String::new();
    let mut part = Part::Purpose;
    let mut from = 0;
    let starts = std::iter::once(0).chain(text.match_indices(' ').map(|(at, _)| at + 1));
    let found = starts.filter_map(|at| Some((at, keyword(text.get(at..)?)?)));
    let end = (text.len(), ("", Part::Technical));
    for (at, (word, next)) in found.chain(std::iter::once(end)) {
        let value = text.get(from..at).unwrap_or_default();
        match part {
            Part::Purpose => push(&mut remittance, "", value),
            Part::OtherParty if narrative.name.is_none() => narrative.name = kept(value),
            Part::OtherParty => push(&mut remittance, "ABWA+", value),
            Part::EndToEndId => {
                narrative.end_to_end_id =
                    kept(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
            }
            Part::Technical => {}
        }
        (part, from) = (next, at + word.len());
    }
    narrative.remittance = Some(if remittance.is_empty() { text } else { remittance });
}

fn push(text: &mut String, word: &str, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        return;
    }
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
    text.push_str(value);
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use crate::domain::statement::CreditDebit;

    #[test]
    fn keywords_are_told_apart() {
        for (why, text, remittance, end_to_end_id, name) in [
            (
                "each in sub-fields of its own",
                "166?20EREF+HD-2026-11?21SVWZ+HPK3M9Q2X HANH 6A1?32NGUYEN VAN A",
                "HPK3M9Q2X HANH 6A1",
                Some("HD-2026-11"),
                Some("NGUYEN VAN A"),
            ),
            (
                "one behind the other",
                "166?20EREF+NOTPROVIDED SVWZ+HPK3M9Q2X ABWA+TRAN THI B",
                "HPK3M9Q2X",
                None,
                Some("TRAN THI B"),
            ),
            (
                "a value that goes on in the next sub-field",
                "166?20EREF+1234567890123456789012?2134567?22SVWZ+HPK3?23M9Q2X",
                "HPK3 M9Q2X",
                Some("123456789012345678901234567"),
                None,
            ),
            (
                "a keyword behind a full sub-field",
                "166?20EREF+1234567890123456789012?21SVWZ+HPK3M9Q2X",
                "HPK3M9Q2X",
                Some("1234567890123456789012"),
                None,
            ),
            (
                "a keyword cut in two",
                "166?20KREF+1234567890123456789 SV?21WZ+HPK3M9Q2X",
                "HPK3M9Q2X",
                None,
                None,
            ),
            (
                "the other payer beside the account's owner",
                "166?20SVWZ+HPK3M9Q2X?21ABWA+TRAN THI B?32NGUYEN VAN A",
                "HPK3M9Q2X ABWA+TRAN THI B",
                None,
                Some("NGUYEN VAN A"),
            ),
            ("text before the first", "166?20HPK3M9Q2X?21EREF+1", "HPK3M9Q2X", Some("1"), None),
            ("no words of the payer's", "166?20EREF+1?21MREF+2", "EREF+1 MREF+2", Some("1"), None),
            ("a plus sign of the payer's", "166?20LAN+HANH 6A1", "LAN+HANH 6A1", None, None),
        ] {
            let read = read(text, CreditDebit::Credit);
            assert_eq!(
                (read.remittance.as_deref(), read.end_to_end_id.as_deref(), read.name.as_deref()),
                (Some(remittance), end_to_end_id, name),
                "{why}"
            );
        }
    }
}
