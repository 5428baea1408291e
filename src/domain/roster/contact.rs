//! E-mail addresses and telephone numbers, as they are kept.

/// What a telephone number turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phone {
    /// Ten or eleven digits that begin with 0.
    Number(String),
    /// A mobile number whose leading zero a spreadsheet program dropped, with the zero again.
    ZeroLost(String),
    /// No number of Vietnam.
    Wrong,
}

/// Reads a Vietnamese number: mobile (`0912 345 678`, `+84 912…`, `84912…`) or fixed (`024…`).
#[must_use]
pub fn phone(text: &str) -> Phone {
    let mut digits = String::with_capacity(text.len());
    for (index, letter) in text.trim().chars().enumerate() {
        match letter {
            '0'..='9' => digits.push(letter),
            ' ' | '.' | '-' | '(' | ')' | '\u{a0}' => {}
            '+' if index == 0 => {}
            _ => return Phone::Wrong,
        }
    }
    let abroad = text.trim().starts_with('+');
    let national = match digits.strip_prefix("0084").or_else(|| digits.strip_prefix("84")) {
        Some(rest) if matches!(rest.len(), 9 | 10) => format!("0{}", rest.trim_start_matches('0')),
        _ if abroad => return Phone::Wrong,
        _ => digits,
    };
    let mobile = |rest: &str| rest.len() == 9 && rest.starts_with(['3', '5', '7', '8', '9']);
    match national.strip_prefix('0') {
        Some(rest) if mobile(rest) || (rest.len() == 10 && rest.starts_with('2')) => {
            Phone::Number(national)
        }
        None if mobile(&national) => Phone::ZeroLost(format!("0{national}")),
        _ => Phone::Wrong,
    }
}

/// The most bytes of an address, as RFC 5321 has it for the path of a command.
const MOST_BYTES: usize = 254;

/// Reads an e-mail address: its domain in small letters, one in Vietnamese letters as DNS knows it;
/// nothing where mail could not go.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let text = text.trim();
    let (local, domain) = text.rsplit_once('@')?;
    let domain = if domain.is_ascii() {
        domain.to_ascii_lowercase()
    } else {
        idna::domain_to_ascii_strict(domain).ok()?
    };
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b));
    let labels: Vec<&str> = domain.split('.').collect();
    let label_ok = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let top_ok = labels
        .last()
        .is_some_and(|top| top.len() >= 2 && top.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let domain_ok = labels.len() >= 2 && labels.iter().all(label_ok);
    let short_ok = local.len() + 1 + domain.len() <= MOST_BYTES;
    (local_ok && domain_ok && top_ok && short_ok).then(|| format!("{local}@{domain}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_vietnam_are_kept_in_one_form() {
        let number = |text: &str| Phone::Number(text.to_owned());
        for (why, text, expected) in [
            ("mobile", "0912345678", number("0912345678")),
            ("in groups", "0912 345 678", number("0912345678")),
            ("with points", "0912.345.678", number("0912345678")),
            ("from abroad", "+84 912 345 678", number("0912345678")),
            ("from abroad with the zero", "+84 (0)912 345 678", number("0912345678")),
            ("from abroad without the plus", "84912345678", number("0912345678")),
            ("with the dialling prefix", "0084912345678", number("0912345678")),
            ("fixed, Hà Nội", "024 3825 1234", number("02438251234")),
            ("a zero lost", "912345678", Phone::ZeroLost("0912345678".to_owned())),
            ("too short", "091234567", Phone::Wrong),
            ("too long", "09123456789", Phone::Wrong),
            ("no such prefix", "0112345678", Phone::Wrong),
            ("another country", "+1 212 555 0100", Phone::Wrong),
            ("two numbers", "0912345678/0987654321", Phone::Wrong),
            ("words", "không có", Phone::Wrong),
            ("nothing", "", Phone::Wrong),
        ] {
            assert_eq!(phone(text), expected, "{why}: {text}");
        }
    }

    #[test]
    fn addresses_are_kept_where_mail_can_go() {
        let long = format!("{}@{}.test", "a".repeat(50), vec!["b".repeat(48); 5].join("."));
        assert_eq!(long.len(), 300);
        for (why, text, expected) in [
            ("plain", "me.lan@example.test", Some("me.lan@example.test")),
            ("capitals of the domain", "Lan@Example.TEST", Some("Lan@example.test")),
            ("blanks around", " lan@example.test ", Some("lan@example.test")),
            ("no at", "lan.example.test", None),
            ("no domain", "lan@", None),
            ("no name", "@example.test", None),
            ("a comma for a point", "lan@example,test", None),
            ("no top", "lan@localhost", None),
            ("diacritics", "lân@example.test", None),
            ("a blank within", "lan @example.test", None),
            ("two addresses", "a@example.test;b@example.test", None),
            ("two points", "lan..a@example.test", None),
            ("a point at the end", "lan@example.test.", None),
            ("a Vietnamese domain", "lan@Trường.test", Some("lan@xn--trng-rib8295b.test")),
            ("a new line within", "lan@example.test\r\nBcc: x@example.test", None),
            ("300 characters", &long, None),
        ] {
            assert_eq!(email(text).as_deref(), expected, "{why}: {text}");
        }
    }
}
