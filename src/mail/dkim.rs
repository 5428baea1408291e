//! Signs mail for the domain it is from (DKIM, RFC 6376), so that its readers' servers can tell it from
//! what others send in its name. Ours and not the library's, which reads the machine's clock: here the
//! time is the one at which the message was queued, and a message is the same to the byte in each run.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDateTime;
use ed25519_dalek::{Signer as _, SigningKey};
use rsa::pkcs1::DecodeRsaPrivateKey as _;
use rsa::{Pkcs1v15Sign, RsaPrivateKey};
use sha2::{Digest as _, Sha256};

/// What is signed besides the text. Those that a message has not, and those that are named once more
/// than a message has them, are signed as absent: nobody can add one on its way.
const SIGNED: [&str; 15] = [
    "from",
    "from",
    "to",
    "reply-to",
    "subject",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
    "auto-submitted",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// How the file of an RSA key begins.
const RSA_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----";

/// What a hash by SHA-256 is told by in an RSA signature (RFC 8017, 9.2, note 1).
const SHA256_PREFIX: [u8; 19] =
    [48, 49, 48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, 1, 5, 0, 4, 32];

/// Letters of a line of base64.
const LINE: usize = 72;

/// Signs messages.
pub struct Signing {
    domain: String,
    selector: String,
    key: Key,
}

enum Key {
    Rsa(Box<RsaPrivateKey>),
    Ed25519(Box<SigningKey>),
}

/// Why mail cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// The key is none that can be read.
    #[error(
        "neither an RSA key as `openssl genrsa -traditional` writes it nor an Ed25519 key as 32 bytes in base64"
    )]
    Key,
    /// The key makes no signature.
    #[error("the key signs nothing: {0}")]
    Rsa(#[from] rsa::Error),
}

impl std::fmt::Debug for Signing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Signing").finish_non_exhaustive()
    }
}

impl Signing {
    /// For a domain, whose DNS has the public key under this selector.
    pub fn new(domain: &str, selector: &str, key: &str) -> Result<Signing, SignatureError> {
        let key = key.trim();
        let key = if key.starts_with(RSA_KEY) {
            let read = RsaPrivateKey::from_pkcs1_pem(key).map_err(|_unread| SignatureError::Key)?;
            Key::Rsa(Box::new(read))
        } else {
            let bytes = BASE64_STANDARD.decode(key).ok();
            let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
            let bytes = bytes.ok_or(SignatureError::Key)?;
            Key::Ed25519(Box::new(SigningKey::from_bytes(&bytes)))
        };
        Ok(Signing { domain: domain.to_owned(), selector: selector.to_owned(), key })
    }

    /// The header that signs a message, with the end of its last line; it goes before all others.
    /// `at` is the time it tells, in UTC.
    pub(super) fn header(
        &self,
        message: &str,
        at: NaiveDateTime,
    ) -> Result<String, SignatureError> {
        let (head, body) = message.split_once("\r\n\r\n").unwrap_or((message, ""));
        let algorithm = match self.key {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        };
        // Servers on the way may fold lines anew.
        let body_hash = BASE64_STANDARD.encode(Sha256::digest(relaxed_body(body).as_bytes()));
        let unsigned = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; q=dns/txt;\r\n d={domain}; s={selector}; \
             t={at};\r\n h={names};\r\n bh={body_hash};\r\n b=",
            domain = self.domain,
            selector = self.selector,
            at = at.and_utc().timestamp(),
            names = folded_names(),
        );
        let mut hash = Sha256::new();
        for field in signed(head) {
            hash.update(field.as_bytes());
            hash.update(b"\r\n");
        }
        hash.update(relaxed_field(&unsigned).as_bytes());
        let hash = hash.finalize();
        let signature = match &self.key {
            Key::Rsa(key) => {
                let scheme =
                    Pkcs1v15Sign { hash_len: Some(32), prefix: SHA256_PREFIX.to_vec().into() };
                key.sign(scheme, &hash)?
            }
            // RFC 8463 signs the hash.
            Key::Ed25519(key) => key.sign(&hash).to_bytes().to_vec(),
        };
        let signature = BASE64_STANDARD.encode(signature);
        let lines: Vec<&str> = (0..signature.len())
            .step_by(LINE)
            .filter_map(|from| signature.get(from..signature.len().min(from + LINE)))
            .collect();
        Ok(format!("{unsigned}{}\r\n", lines.join("\r\n ")))
    }
}

fn folded_names() -> String {
    SIGNED.chunks(4).map(|names| names.join(":")).collect::<Vec<_>>().join(":\r\n ")
}

/// The headers that are signed, in the order they are named, each as it is hashed. Of those that
/// stand more than once the last comes first (RFC 6376, 5.4.2).
fn signed(head: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    for line in head.split("\r\n") {
        match fields.last_mut() {
            Some(field) if line.starts_with([' ', '\t']) => {
                field.push_str("\r\n");
                field.push_str(line);
            }
            _ => fields.push(line.to_owned()),
        }
    }
    let mut found = Vec::with_capacity(SIGNED.len());
    for name in SIGNED {
        let is_named = |field: &String| {
            field.split_once(':').is_some_and(|(own, _)| own.trim_end().eq_ignore_ascii_case(name))
        };
        if let Some(place) = fields.iter().rposition(is_named) {
            found.push(relaxed_field(&fields.remove(place)));
        }
    }
    found
}

/// A header as it is hashed (RFC 6376, 3.4.2).
fn relaxed_field(field: &str) -> String {
    let (name, value) = field.split_once(':').unwrap_or((field, ""));
    let words: Vec<&str> = value.split_ascii_whitespace().collect();
    format!("{}:{}", name.trim_end().to_ascii_lowercase(), words.join(" "))
}

/// A text as it is hashed (RFC 6376, 3.4.4).
fn relaxed_body(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    for line in body.split_terminator("\r\n") {
        let line = line.trim_end_matches([' ', '\t']);
        let mut blank = false;
        for letter in line.chars() {
            if letter == ' ' || letter == '\t' {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(' ');
            }
            out.push(letter);
        }
        out.push_str("\r\n");
    }
    while out == "\r\n" || out.ends_with("\r\n\r\n") {
        out.truncate(out.len() - 2);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_headers_are_hashed_as_the_standard_shows() {
        // The example of RFC 6376, 3.4.5.
        assert_eq!(relaxed_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
        assert_eq!(relaxed_field("A: X"), "a:X");
        assert_eq!(relaxed_field("B : Y\t\r\n\tZ  "), "b:Y Z");
        for (why, body, hashed) in [
            ("nothing", "", ""),
            ("blank lines", "\r\n \r\n", ""),
            ("no end of the last line", "a", "a\r\n"),
            ("a blank line within", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
        ] {
            assert_eq!(relaxed_body(body), hashed, "{why}");
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_signed_from_below() {
        let head = "Subject: a\r\nFrom: b\r\nX: y\r\nSubject: c\r\n d";
        assert_eq!(signed(head), ["from:b", "subject:c d", "subject:a"]);
    }

    #[test]
    fn a_signature_is_the_same_each_time_and_fits_the_lines_of_mail() {
        let key = BASE64_STANDARD.encode([7; 32]);
        let signing = Signing::new("truong.test", "doisoat", &key).unwrap();
        let at = "2026-11-24T01:02:03".parse().unwrap();
        let header = signing.header("From: a@truong.test\r\n\r\nx\r\n", at).unwrap();
        assert!(header.contains("t=1795482123;"), "{header}");
        assert_eq!(signing.header("From: a@truong.test\r\n\r\nx\r\n", at).unwrap(), header);
        assert!(header.ends_with("\r\n") && !header.contains("\r\n\r\n"), "{header}");
        for line in header.lines() {
            assert!(line.len() <= 78, "{line}");
        }
    }
}
