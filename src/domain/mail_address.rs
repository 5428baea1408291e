//! E-mail addresses to which mail can be sent.

use std::fmt;

use crate::domain::roster::contact;

/// The most bytes of an address, as RFC 5321 has it for the path of a command.
const MOST_BYTES: usize = 254;

/// An address in the letters mail servers know: the domain in ASCII, small letters. Whoever holds
/// one holds a valid one, on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

impl MailAddress {
    /// Reads an address; blanks around it are dropped, and a domain in Vietnamese letters is written
    /// as DNS knows it. `None` where mail could not go.
    #[must_use]
    pub fn parse(text: &str) -> Option<MailAddress> {
        let text = text.trim();
        if text.len() > MOST_BYTES || text.chars().any(char::is_control) {
            return None;
        }
        let (local, domain) = text.rsplit_once('@')?;
        let ascii = idna::domain_to_ascii_strict(domain).ok()?;
        let address = contact::email(&format!("{local}@{ascii}"))?;
        (address.len() <= MOST_BYTES).then_some(MailAddress(address))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after the @.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_line_that_mail_servers_understand() {
        let long = format!("{}@{}.test", "a".repeat(64), vec!["b".repeat(60); 4].join("."));
        for (why, text, expected) in [
            ("plain", "me.lan@example.test", Some("me.lan@example.test")),
            ("blanks around", " lan@Example.Test\n", Some("lan@example.test")),
            ("Vietnamese domain", "lan@trường.test", Some("lan@xn--trng-rib8295b.test")),
            ("a line break within", "lan@example.test\r\nBcc: x@example.test", None),
            ("a line break in the name", "lan\n@example.test", None),
            ("a zero byte", "lan\0@example.test", None),
            ("a second address", "lan@example.test,an@example.test", None),
            ("angle brackets", "<lan@example.test>", None),
            ("a quoted name", "\"lan mai\"@example.test", None),
            ("Vietnamese name", "lân@example.test", None),
            ("a number for a domain", "lan@[127.0.0.1]", None),
            ("no top", "lan@localhost", None),
            ("too long", &long, None),
            ("nothing", "", None),
        ] {
            let found = MailAddress::parse(text);
            assert_eq!(found.as_ref().map(MailAddress::as_str), expected, "{why}: {text:?}");
        }
        assert_eq!(MailAddress::parse("a@b.test").unwrap().domain(), "b.test");
    }
}
