//! Words with a plus sign inside the text of sub-fields, by which German banks tell the parts of a SEPA
//! payment: `EREF+HD-1 SVWZ+HPK3M9Q2X ABWA+NGUYEN THI B`.

use super::Narrative;
use crate::formats::mt940::field::kept;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Purpose,
    EndToEndId,
    OtherParty,
    Technical,
}

/// What a keyword's part holds.
fn part(keyword: &str) -> Option<Part> {
    match keyword {
        "SVWZ" => Some(Part::Purpose),
        "EREF" => Some(Part::EndToEndId),
        // The payer on whose behalf another one paid, and the like of the receiver: worth reading
        // where a parent pays for a child.
        "ABWA" | "ABWE" => Some(Part::OtherParty),
        "KREF" | "MREF" | "BREF" | "RREF" | "CRED" | "DEBT" | "COAM" | "OAMT" | "PURP" | "SQTP"
        | "IBAN" | "BIC" => Some(Part::Technical),
        _ => None,
    }
}

/// The keyword whose plus sign stands at `plus`, where it begins, and what its part holds. It stands
/// first or behind a blank.
fn keyword(text: &str, plus: usize) -> Option<(usize, Part)> {
    let from = text.as_bytes().get(..plus)?.iter().rposition(|byte| *byte == b' ');
    let from = from.map_or(0, |blank| blank + 1);
    Some((from, part(text.get(from..plus)?)?))
}

/// Whether a sub-field begins with a keyword.
pub fn begins(text: &str) -> bool {
    let plus = text.bytes().take(5).position(|byte| byte == b'+');
    plus.and_then(|plus| part(text.get(..plus)?)).is_some()
}

/// Tells the parts of `text` apart. Without keywords, or where they leave no words of the payer's, it
/// is the remittance as it stands.
pub fn read(text: String, narrative: &mut Narrative) {
    let pluses = text.bytes().enumerate().filter(|(_, byte)| *byte == b'+');
    let mut found = pluses.filter_map(|(plus, _)| Some((plus, keyword(&text, plus)?))).peekable();
    if found.peek().is_none() {
        drop(found);
        narrative.remittance = Some(text);
        return;
    }
    let mut remittance = String::with_capacity(text.len());
    let (mut part, mut from) = (Part::Purpose, 0);
    let end = (text.len(), (text.len(), Part::Technical));
    for (plus, (at, next)) in found.chain(std::iter::once(end)) {
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
        (part, from) = (next, plus + 1);
    }
    narrative.remittance = Some(if remittance.is_empty() { text } else { remittance });
}

fn push(text: &mut String, word: &str, value: &str) {
    let value = value.trim_ascii();
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
