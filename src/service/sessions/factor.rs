//! The second factor: codes of an app (RFC 6238: SHA-1, six digits, thirty seconds, one step either
//! way), and codes on paper for whoever has lost the device.

use chrono::NaiveDateTime;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use super::tokens;
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::service::ServiceError;
use crate::store::users::{self, UserRow};
use crate::store::{StoreError, Tx};

/// Bytes of a secret, as many as of the hash.
const SECRET: usize = 20;
/// What an app shows above the codes.
const ISSUER: &str = "Doisoat";
/// Letters of recovery codes: none is taken for another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a recovery code: 80 bits, too many to be guessed from a hash.
const CODE_LETTERS: usize = 16;
/// How many recovery codes there are.
pub const CODES: usize = 10;

/// How somebody proved to have the second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// By the app.
    App,
    /// By a recovery code, which is used up.
    RecoveryCode,
}

impl Proof {
    /// The name in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Proof::App => "totp",
            Proof::RecoveryCode => "recovery_code",
        }
    }
}

/// Whose sealed secret it is: it opens for nobody else.
fn owner(user: i64) -> String {
    format!("user {user}")
}

/// A new secret in base32, as apps take it.
pub fn new_secret(ids: &dyn IdSource) -> String {
    let random = ids.secret();
    let (secret, _) = random.split_at(SECRET);
    Secret::from(secret).to_base32()
}

/// Seals a secret for a person.
pub fn seal(
    keys: &Keyring,
    ids: &dyn IdSource,
    user: i64,
    secret: &str,
) -> Result<Sealed, ServiceError> {
    Ok(keys.seal(ids, &owner(user), secret)?)
}

/// The app's own codes for a secret.
fn totp(user: &UserRow, secret: &str) -> Result<Totp, ServiceError> {
    let broken = || StoreError::Corrupt(format!("second factor of user {}", user.id));
    let secret = Secret::try_from_base32(secret).map_err(|_shape| broken())?;
    // A colon would end the issuer.
    let account = user.email.replace(':', "");
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(secret)
        .with_account_name(account)
        .with_issuer(Some(ISSUER))
        .build()
        .map_err(|_shape| broken().into())
}

/// What an app reads from a picture.
pub fn app_url(user: &UserRow, secret: &str) -> Result<String, ServiceError> {
    totp(user, secret)?
        .to_url()
        .map_err(|_shape| StoreError::Corrupt(format!("second factor of user {}", user.id)).into())
}

/// The step whose code it is, if it is one of now and no later one was used.
pub fn step_of(
    keys: &Keyring,
    user: &UserRow,
    sealed: &Sealed,
    code: &str,
    now: NaiveDateTime,
) -> Result<Option<i64>, ServiceError> {
    let secret = keys.open(&owner(user.id), sealed)?;
    let seconds = u64::try_from(now.and_utc().timestamp()).unwrap_or_default();
    let step = totp(user, &secret)?.check(code, seconds);
    let step = step.and_then(|step| i64::try_from(step).ok());
    Ok(step.filter(|step| user.totp_last_step.is_none_or(|last| *step > last)))
}

/// Checks a code of the app, or a recovery code, and uses it up. The caller holds the person's lock.
pub fn check(
    tx: &mut Tx<'_>,
    keys: &Keyring,
    user: &UserRow,
    code: &str,
    now: NaiveDateTime,
) -> Result<Option<Proof>, ServiceError> {
    let typed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let typed = typed.to_ascii_uppercase();
    let (Some(key_id), Some(text)) = (&user.totp_key_id, &user.totp_sealed) else {
        return Ok(None);
    };
    if typed.len() == CODE_LETTERS {
        let found = users::use_recovery_code(tx, user.id, &code_hash(user.id, &typed), now)?;
        return Ok((found == 1).then_some(Proof::RecoveryCode));
    }
    let sealed = Sealed { key_id: key_id.clone(), text: text.clone() };
    let Some(step) = step_of(keys, user, &sealed, &typed, now)? else { return Ok(None) };
    users::set_last_step(tx, user.id, step)?;
    Ok(Some(Proof::App))
}

/// New recovery codes, in groups of four letters.
pub fn new_codes(ids: &dyn IdSource) -> Vec<String> {
    let letter = |byte: &u8| LETTERS.get(usize::from(byte % 32)).copied().map(char::from);
    (0..CODES)
        .map(|_| {
            let random = ids.secret();
            // From the end: counted secrets differ there.
            let letters: Vec<char> =
                random.iter().rev().take(CODE_LETTERS).filter_map(letter).collect();
            let groups: Vec<String> =
                letters.chunks(4).map(|group| group.iter().collect()).collect();
            groups.join("-")
        })
        .collect()
}

/// How a recovery code is kept.
pub fn code_hash(user: i64, code: &str) -> String {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    tokens::hash(&format!("recovery:{user}:{letters}"))
}

/// A code that is not right, where a page has no words of its own for it.
pub fn wrong_code() -> ServiceError {
    ServiceError::conflict(
        "code_wrong",
        "Mã xác thực không đúng hoặc đã dùng. Hãy đợi mã mới trong ứng dụng rồi nhập lại; nếu vẫn không được, kiểm tra giờ trên điện thoại.",
        "The code is wrong or was used before. Wait for the next one in the app and enter it; if that fails too, check the phone's clock.",
    )
}
