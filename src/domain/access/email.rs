//! E-mail addresses as people sign in with them.

use unicode_normalization::UnicodeNormalization;

use crate::domain::diagnostic::Diagnostic;

/// The longest address mail can be sent to.
const LONGEST: usize = 254;

/// One form for all writings of an address: no blanks around, lower case, composed.
#[must_use]
pub fn normalise(email: &str) -> String {
    email.trim().nfc().collect::<String>().to_lowercase()
}

/// The normalised address, if it can be one.
pub fn parse(email: &str) -> Result<String, Diagnostic> {
    let email = normalise(email);
    let shaped = email.split_once('@').is_some_and(|(name, domain)| {
        !name.is_empty()
            && !domain.contains('@')
            && domain.split('.').count() >= 2
            && domain.split('.').all(|label| !label.is_empty())
    });
    let clean = email.len() <= LONGEST
        && !email.chars().any(|letter| {
            letter.is_whitespace() || letter.is_control() || "<>(),;:\\\"[]".contains(letter)
        });
    if shaped && clean {
        return Ok(email);
    }
    Err(Diagnostic::new(
        "email_shape",
        "Địa chỉ email chưa đúng, ví dụ đúng: ketoan@truong.edu.vn. Hãy kiểm tra lại.",
        "This is no e-mail address, such as accountant@school.edu.vn. Check it.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_one_address_however_it_is_written() {
        for (why, text, expected) in [
            ("plain", "ketoan@example.com", Some("ketoan@example.com")),
            ("capitals and blanks", "  KeToan@Example.COM ", Some("ketoan@example.com")),
            ("a subdomain", "a.b+c@mail.thcs.edu.vn", Some("a.b+c@mail.thcs.edu.vn")),
            ("no at", "ketoan.example.com", None),
            ("two", "a@b@example.com", None),
            ("no name", "@example.com", None),
            ("no domain", "a@", None),
            ("one label", "a@localhost", None),
            ("an empty label", "a@example..com", None),
            ("a blank inside", "a b@example.com", None),
            ("a line break", "a@example.com\r\nBcc: b@example.com", None),
            ("a name around it", "A <a@example.com>", None),
            ("nothing", "", None),
        ] {
            assert_eq!(parse(text).ok().as_deref(), expected, "{why}: {text:?}");
        }
        assert!(parse(&format!("{}@example.com", "a".repeat(LONGEST))).is_err());
    }
}
