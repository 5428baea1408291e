//! The account's number, told apart from what banks write around it in `:25:`.

use crate::domain::money::Currency;

/// A part between slashes this short is a branch or a sub-account, not the number.
const SHORTEST_NUMBER: usize = 5;

/// The number in the first line of `:25:`, without blanks, without the bank's code before it and the
/// currency around it: `BFTVVNVX/1017595600/VND` and `1017595600VND` are `1017595600`. What is not
/// surely one of these is left as it stands.
pub fn number(line: &str, currency: Option<Currency>) -> Option<String> {
    let plain: String = line.split_whitespace().collect();
    let parts: Vec<&str> = plain.split('/').filter(|part| !part.is_empty()).collect();
    let own =
        |part: &&str| !is_bank_code(part) && !currency.is_some_and(|code| *part == code.as_str());
    let number = match parts.iter().rfind(|part| own(part)) {
        Some(last) if parts.len() == 1 || last.len() >= SHORTEST_NUMBER => *last,
        _ => plain.as_str(),
    };
    let number = without_currency(without_bank_code(number), currency);
    number.contains(char::is_alphanumeric).then(|| number.to_owned())
}

/// A BIC: four letters for the bank, two for the country, two for the place, perhaps three more.
fn is_bank_code(part: &str) -> bool {
    let letters = part.bytes().take(6).all(|byte| byte.is_ascii_uppercase());
    matches!(part.len(), 8 | 11) && letters && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Without a BIC that nothing parts from the number, where the number is digits only.
fn without_bank_code(number: &str) -> &str {
    [11, 8]
        .into_iter()
        .filter_map(|length| number.split_at_checked(length))
        .find(|(code, rest)| {
            // Three digits more may be a branch or the number's own: only letters are sure.
            let sure = code.ends_with(|letter: char| letter.is_ascii_uppercase());
            let digits = rest.bytes().all(|byte| byte.is_ascii_digit());
            is_bank_code(code) && sure && digits && rest.len() >= SHORTEST_NUMBER
        })
        .map_or(number, |(_, rest)| rest)
}

/// Without the account's own currency before or behind digits.
fn without_currency(number: &str, currency: Option<Currency>) -> &str {
    let Some(currency) = currency else { return number };
    let digit = |letter: char| letter.is_ascii_digit();
    let behind = number.strip_suffix(currency.as_str()).filter(|rest| rest.ends_with(digit));
    let number = behind.unwrap_or(number);
    let before = number.strip_prefix(currency.as_str()).filter(|rest| rest.starts_with(digit));
    before.unwrap_or(number)
}

/// Whether a text is an international account number: its check digits leave no doubt.
pub fn is_iban(text: &str) -> bool {
    let Some((lead, own)) = text.split_at_checked(4) else { return false };
    let [a, b, c, d] = *lead.as_bytes() else { return false };
    let shaped = [a, b].iter().all(u8::is_ascii_uppercase) && [c, d].iter().all(u8::is_ascii_digit);
    let remainder = own.chars().chain(lead.chars()).try_fold(0_u32, |remainder, letter| {
        // A letter counts as two digits, 10 to 35.
        let value = if letter.is_ascii_lowercase() { None } else { letter.to_digit(36) }?;
        Some((remainder * if value < 10 { 10 } else { 100 } + value) % 97)
    });
    shaped && (11..=30).contains(&own.len()) && remainder == Some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_around_the_number_is_left_out() {
        for (why, line, expected) in [
            ("alone", "1017595600", Some("1017595600")),
            ("in groups, with blanks behind", "101 759 5600  ", Some("1017595600")),
            ("currency behind", "1017595600VND", Some("1017595600")),
            ("currency before", "VND1017595600", Some("1017595600")),
            ("bank code before", "BFTVVNVX/1017595600", Some("1017595600")),
            ("long bank code and currency", "BFTVVNVXXXX/1017595600/VND", Some("1017595600")),
            (
                "currency between",
                "NDEASESS/VND/SE3550000000054910000003",
                Some("SE3550000000054910000003"),
            ),
            ("bank code without a slash", "BFTVVNVX1017595600", Some("1017595600")),
            ("long bank code without a slash", "BFTVVNVXXXX1017595600", Some("1017595600")),
            ("a German bank's number", "51210600/9223382012VND", Some("9223382012")),
            ("a bank's name", "TRIODOSBANK/0390123456", Some("0390123456")),
            (
                "a slash first",
                "/PL61109010140000071219812874",
                Some("PL61109010140000071219812874"),
            ),
            ("bank code behind", "1017595600/BFTVVNVX", Some("1017595600")),
            ("a sub-account", "1017595600/001", Some("1017595600/001")),
            ("dots of the bank's", "DABADKKK/1111.11.11111", Some("1111.11.11111")),
            ("IBAN", "NL71RABO0123456789", Some("NL71RABO0123456789")),
            ("letters of another currency", "1017595600USD", Some("1017595600USD")),
            ("zeros first", "0001017595", Some("0001017595")),
            ("nothing", " ", None),
            ("a slash only", "/", None),
        ] {
            assert_eq!(number(line, Some(Currency::VND)).as_deref(), expected, "{why}: {line}");
        }
        assert_eq!(number("1017595600VND", None).as_deref(), Some("1017595600VND"));
    }

    #[test]
    fn only_check_digits_make_an_iban() {
        for (why, text, expected) in [
            ("German", "DE89370400440532013000", true),
            ("Polish", "PL61109010140000071219812874", true),
            ("with letters", "GB82WEST12345698765432", true),
            ("a digit wrong", "DE89370400440532013001", false),
            ("lower case", "de89370400440532013000", false),
            ("a number of a Vietnamese bank", "1017595600", false),
            ("words", "TRA TIEN DIEN THANG 10", false),
            ("letters of more than a byte", "Tiền điện", false),
            ("nothing", "", false),
        ] {
            assert_eq!(is_iban(text), expected, "{why}");
        }
    }
}
