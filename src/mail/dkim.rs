//! Signs mail for the domain it is from (DKIM, RFC 6376), so that its readers' servers can tell it from
//! what others send in its name.

use lettre::Message;
use lettre::message::dkim::{
    DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm,
    DkimSigningKey,
};
use lettre::message::header::HeaderName;

/// What is signed besides the text. Those that a message has not are signed as absent: nobody can add
/// one on its way. Not Content-Type: the library keeps it with the text and would sign it as absent.
const SIGNED: [&str; 10] = [
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
];

/// How the file of an RSA key as the library reads it begins.
const RSA_KEY: &str = "-----BEGIN RSA PRIVATE KEY-----";

/// Signs messages.
pub struct Signing {
    config: DkimConfig,
}

/// Why mail cannot be signed with a key.
#[derive(Debug, thiserror::Error)]
pub enum SignatureError {
    /// It is none that the library reads.
    #[error(
        "neither an RSA key as `openssl genrsa -traditional` writes it nor an Ed25519 key as 32 bytes in base64: {0}"
    )]
    Key(#[from] lettre::message::dkim::DkimSigningKeyError),
    /// A header's name.
    #[error("a header cannot be signed")]
    Header,
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
        let algorithm = if key.starts_with(RSA_KEY) {
            DkimSigningAlgorithm::Rsa
        } else {
            DkimSigningAlgorithm::Ed25519
        };
        let key = DkimSigningKey::new(key, algorithm)?;
        let mut headers = Vec::with_capacity(SIGNED.len());
        for name in SIGNED {
            let name = HeaderName::new_from_ascii(name.to_owned());
            headers.push(name.map_err(|_not_ascii| SignatureError::Header)?);
        }
        // Servers on the way may fold lines anew.
        let relaxed = DkimCanonicalizationType::Relaxed;
        let canonicalization = DkimCanonicalization { header: relaxed, body: relaxed };
        let (selector, domain) = (selector.to_owned(), domain.to_owned());
        let config = DkimConfig::new(selector, domain, key, headers, canonicalization);
        Ok(Signing { config })
    }

    /// Adds the signature. The time in it is the system's: whoever checks it compares it with theirs.
    pub(super) fn sign(&self, message: &mut Message) {
        message.sign(&self.config);
    }
}
