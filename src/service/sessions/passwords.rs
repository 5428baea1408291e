//! Passwords as they are kept: Argon2id over 19 MiB, twice, in one lane, as a PHC string.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

use crate::domain::access::password;
use crate::ids::IdSource;
use crate::service::ServiceError;
use crate::store::StoreError;

/// Bytes of a salt.
const SALT: usize = 16;

/// What is verified where nobody has the address, or has no password: as much work, and no password
/// is the right one. No input was hashed to get it.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlzIQ$\
                       Tm9ib2R5IGhhcyBhIHBhc3N3b3JkIGxpa2UgdGhpcy4";

/// Passwords hashed at the same time: each takes its memory and a processor, and whoever is not signed
/// in can ask for it. Further ones wait.
const AT_ONCE: u32 = 4;

static BUSY: Mutex<u32> = Mutex::new(0);
static FREE: Condvar = Condvar::new();

/// A turn at hashing, given back when the value goes.
struct Turn;

impl Turn {
    fn wait() -> Turn {
        let busy = FREE.wait_while(Turn::busy(), |busy| *busy >= AT_ONCE);
        *busy.unwrap_or_else(PoisonError::into_inner) += 1;
        Turn
    }

    fn busy() -> MutexGuard<'static, u32> {
        // A count is whole even when the thread that set it died.
        BUSY.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *Turn::busy() -= 1;
        FREE.notify_one();
    }
}

/// The parameters are the library's own, and a test holds them to what is said above.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// Hashes a password that may be chosen: a tenth of a second of work, so not inside a transaction.
pub fn hash(ids: &dyn IdSource, normalised: &str) -> Result<String, ServiceError> {
    let random = ids.secret();
    let (salt, _) = random.split_at(SALT);
    let _turn = Turn::wait();
    let hashed = hasher()
        .hash_password_with_salt(normalised.as_bytes(), salt)
        .map_err(|error| StoreError::Corrupt(format!("a password cannot be hashed: {error}")))?;
    Ok(hashed.to_string())
}

/// Whether the password is the one whose hash is stored. The work is the same where none is.
#[must_use]
pub fn verify(typed: &str, stored: Option<&str>) -> bool {
    let normalised = password::normalise(typed);
    if !password::is_possible(&normalised) {
        return false;
    }
    let hash = stored.unwrap_or(NOBODYS);
    let _turn = Turn::wait();
    let right = hasher().verify_password(normalised.as_bytes(), hash).is_ok();
    right && stored.is_some()
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::*;
    use crate::ids::RandomIds;

    #[test]
    fn a_password_is_kept_with_the_promised_work_and_its_own_salt() {
        let kept = hash(&RandomIds, "mèo trèo cây cau").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash(&RandomIds, "mèo trèo cây cau").unwrap());
        for (why, typed, right) in [
            ("as set", "mèo trèo cây cau", true),
            ("decomposed", "me\u{300}o tre\u{300}o ca\u{302}y cau", true),
            ("another case", "Mèo trèo cây cau", false),
            ("empty", "", false),
            ("beyond what anybody may have", &"a".repeat(201), false),
        ] {
            assert_eq!(verify(typed, Some(&kept)), right, "{why}");
        }
        assert!(!verify("mèo trèo cây cau", Some("not a hash")));
    }

    #[test]
    fn nobodys_password_takes_the_same_work_and_is_never_right() {
        let real = hash(&RandomIds, "mèo trèo cây cau").unwrap();
        let (real, nobodys) =
            (PasswordHash::new(&real).unwrap(), PasswordHash::new(NOBODYS).unwrap());
        assert_eq!(real.algorithm, nobodys.algorithm);
        assert_eq!(real.version, nobodys.version);
        assert_eq!(real.params, nobodys.params);
        let sizes = |hash: &PasswordHash| (hash.salt.map(|s| s.len()), hash.hash.map(|h| h.len()));
        assert_eq!(sizes(&real), sizes(&nobodys));
        assert!(!verify("mèo trèo cây cau", None));
    }
}
