//! The installation's key, under which secrets lie in the database: whoever has the database alone,
//! or a backup of it, has no secret.
//!
//! Sealed is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random nonce, over the secret and
//! what it belongs to: a sealed secret cannot be moved to another row.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

use crate::domain::text::hex;
use crate::ids::IdSource;

/// Bytes of the nonce in front of what is sealed.
const NONCE: usize = 24;

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is not 32 bytes in base64.
    #[error("{0} must hold 32 bytes in base64 (make one with: openssl rand -base64 32)")]
    Shape(String),
    /// The key's file cannot be read or made.
    #[error("the key file {0}: {1}")]
    File(String, std::io::Error),
    /// The secret was sealed with another key.
    #[error(
        "a secret in the database was sealed with key {sealed}, but this installation has key {have}: \
         give the right one in secrets.key or secrets.key_file"
    )]
    OtherKey {
        /// The key's id it was sealed with.
        sealed: String,
        /// The id of the key here.
        have: String,
    },
    /// What is stored is not what was sealed.
    #[error("a sealed secret was changed or moved")]
    Broken,
}

/// Where the key comes from.
#[derive(Clone)]
enum From {
    Given(String),
    File(PathBuf),
}

/// Seals and opens secrets. The key is read, or made, when it is needed first.
pub struct Keyring {
    from: From,
    key: Mutex<Option<Key>>,
}

#[derive(Clone)]
struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Keyring(…)")
    }
}

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Which key it needs.
    pub key_id: String,
    /// Nonce and ciphertext, in base64.
    pub text: String,
}

impl Keyring {
    /// A keyring with the key that the configuration gives; where that is empty, with the one in a
    /// file, which is made when the first secret is sealed.
    #[must_use]
    pub fn new(key: &str, file: &Path) -> Keyring {
        let from =
            if key.is_empty() { From::File(file.to_owned()) } else { From::Given(key.to_owned()) };
        Keyring { from, key: Mutex::new(None) }
    }

    /// Seals a secret that belongs to `owner`.
    pub fn seal(&self, ids: &dyn IdSource, owner: &str, secret: &str) -> Result<Sealed, KeyError> {
        let key = self.key(Some(ids))?;
        let random = ids.secret();
        let (nonce, _) = random.split_at(NONCE);
        let nonce = XNonce::try_from(nonce).map_err(|_short| KeyError::Broken)?;
        let payload = Payload { msg: secret.as_bytes(), aad: owner.as_bytes() };
        let sealed = key.cipher.encrypt(&nonce, payload).map_err(|_opaque| KeyError::Broken)?;
        let text = BASE64.encode([nonce.as_slice(), &sealed].concat());
        Ok(Sealed { key_id: key.id, text })
    }

    /// Opens a secret that belongs to `owner`.
    pub fn open(&self, owner: &str, sealed: &Sealed) -> Result<String, KeyError> {
        let key = self.key(None)?;
        if key.id != sealed.key_id {
            return Err(KeyError::OtherKey { sealed: sealed.key_id.clone(), have: key.id });
        }
        let bytes = BASE64.decode(&sealed.text).map_err(|_opaque| KeyError::Broken)?;
        let (nonce, body) = bytes.split_at_checked(NONCE).ok_or(KeyError::Broken)?;
        let nonce = XNonce::try_from(nonce).map_err(|_short| KeyError::Broken)?;
        let payload = Payload { msg: body, aad: owner.as_bytes() };
        let opened = key.cipher.decrypt(&nonce, payload).map_err(|_opaque| KeyError::Broken)?;
        String::from_utf8(opened).map_err(|_opaque| KeyError::Broken)
    }

    fn key(&self, make: Option<&dyn IdSource>) -> Result<Key, KeyError> {
        let mut known = self.key.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(key) = &*known {
            return Ok(key.clone());
        }
        let key = match &self.from {
            From::Given(text) => key_of(text, "secrets.key")?,
            From::File(path) => key_in(path, make)?,
        };
        *known = Some(key.clone());
        Ok(key)
    }
}

fn key_in(path: &Path, make: Option<&dyn IdSource>) -> Result<Key, KeyError> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => key_of(&text, &name),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => match make {
            None => Err(KeyError::File(name, error)),
            Some(ids) => {
                let text = BASE64.encode(ids.secret());
                write_new(path, &text).map_err(|error| KeyError::File(name.clone(), error))?;
                key_of(&text, &name)
            }
        },
        Err(error) => Err(KeyError::File(name, error)),
    }
}

/// Writes a file that only its owner may read, and that is not there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn key_of(text: &str, name: &str) -> Result<Key, KeyError> {
    let shape = || KeyError::Shape(name.to_owned());
    let bytes = BASE64.decode(text.trim()).map_err(|_opaque| shape())?;
    let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_length| shape())?;
    let digest = Sha256::digest(&bytes);
    let id = hex(digest.get(..6).unwrap_or_default());
    Ok(Key { id, cipher })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{CountingIds, RandomIds};

    #[test]
    fn what_is_sealed_opens_only_with_its_key_and_for_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.key");
        let ring = Keyring::new("", &path);
        assert!(matches!(
            ring.open("endpoint 1", &Sealed { key_id: String::new(), text: String::new() }),
            Err(KeyError::File(..))
        ));
        let sealed = ring.seal(&RandomIds, "endpoint 1", "khóa bí mật").unwrap();
        assert!(!sealed.text.contains("khóa"));
        let again = Keyring::new("", &path);
        assert_eq!(again.open("endpoint 1", &sealed).unwrap(), "khóa bí mật");
        assert!(matches!(again.open("endpoint 2", &sealed), Err(KeyError::Broken)));
        let mut changed = sealed.clone();
        changed.text.replace_range(40..41, if &changed.text[40..41] == "A" { "B" } else { "A" });
        assert!(matches!(again.open("endpoint 1", &changed), Err(KeyError::Broken)));
        let other = Keyring::new(&BASE64.encode([7; 32]), &path);
        assert!(matches!(other.open("endpoint 1", &sealed), Err(KeyError::OtherKey { .. })));
        assert!(matches!(
            Keyring::new("short", &path).seal(&CountingIds::new(), "x", "y"),
            Err(KeyError::Shape(_))
        ));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "nobody else reads the key");
        }
    }
}
