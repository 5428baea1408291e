//! Getting a second factor, and getting rid of a lost one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::TimeDelta;

use crate::clock::Clock;
use crate::formats::qr::Qr;
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::service::sessions::factor::{self, wrong_code};
use crate::service::sessions::throttle::{self, Subject};
use crate::service::sessions::{SignedIn, counted, end_all, lock_user, record};
use crate::service::{Actor, ServiceError};
use crate::store::users::{self, RecoveryCodeRow, UserRow};
use crate::store::{Store, StoreError, Tx};

/// How long a secret waits for its first code.
const WAITS: TimeDelta = TimeDelta::minutes(30);

/// What an app needs to make codes; shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same as a URL, for an app on the same device.
    pub url: String,
    /// The same as a picture: an SVG document.
    pub qr_svg: String,
}

impl Enrolment {
    /// The picture in base64, as the address of an image holds it.
    #[must_use]
    pub fn qr_base64(&self) -> String {
        BASE64.encode(&self.qr_svg)
    }
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Enrolment(…)")
    }
}

/// Makes a secret for an app. The second factor in use, if there is one, stays until a code of the new
/// one came.
pub fn begin_totp(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    keys: &Keyring,
    who: &SignedIn,
) -> Result<Enrolment, ServiceError> {
    who.check_fresh()?;
    let secret = factor::new_secret(ids);
    let sealed = factor::seal(keys, ids, who.user, &secret)?;
    let user = store.write(|tx| {
        let user = lock_user(tx, who.user)?;
        users::set_pending(tx, user.id, (&sealed.key_id, &sealed.text), clock.now())?;
        Ok::<_, ServiceError>(user)
    })?;
    let url = factor::app_url(&user, &secret)?;
    Ok(Enrolment { qr_svg: picture(&url)?, url, secret })
}

fn picture(url: &str) -> Result<String, ServiceError> {
    let code = Qr::of(url).ok_or_else(|| {
        StoreError::Corrupt("a secret's address is too long for a picture".to_owned())
    })?;
    Ok(code.svg())
}

/// Takes the secret into use, by a first code of it; the recovery codes, shown once. Other sessions
/// end.
pub fn confirm_totp(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    keys: &Keyring,
    who: &SignedIn,
    code: &str,
) -> Result<Vec<String>, ServiceError> {
    let now = clock.now();
    let subjects = [Subject::Code(who.user)];
    let locked = counted(store, now, &subjects)?;
    let codes = factor::new_codes(ids);
    let typed: String = code.chars().filter(char::is_ascii_digit).collect();
    let confirmed = store.write(|tx| {
        let user = lock_user(tx, who.user)?;
        let Some(sealed) = pending(&user, clock) else { return Err(nothing_waits()) };
        // Steps of another secret say nothing of this one's.
        let fresh = UserRow { totp_last_step: None, ..user };
        let Some(step) = factor::step_of(keys, &fresh, &sealed, &typed, now)? else {
            record::failed(tx, clock, Some((fresh.id, &fresh.email)), "enrolment", locked)?;
            return Ok::<_, ServiceError>(false);
        };
        throttle::forgive(tx, now, &subjects)?;
        let replaced = fresh.totp_sealed.is_some();
        users::confirm_pending(tx, &fresh, step, now)?;
        let detail = serde_json::json!({ "replaced": replaced });
        record::of(tx, clock, &who.actor, "second_factor.enrol", fresh.id, &detail)?;
        keep_codes(tx, clock, fresh.id, &codes)?;
        end_all(tx, clock, &who.actor, fresh.id, Some(who.session))?;
        Ok(true)
    })?;
    if confirmed { Ok(codes) } else { Err(wrong_code()) }
}

fn pending(user: &UserRow, clock: &dyn Clock) -> Option<Sealed> {
    let since = user.pending_since?;
    let waited = clock.now().signed_duration_since(since);
    let (key_id, text) = (user.pending_key_id.clone()?, user.pending_sealed.clone()?);
    (waited <= WAITS).then_some(Sealed { key_id, text })
}

/// Makes new recovery codes for those that are left; shown once.
pub fn new_recovery_codes(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    who: &SignedIn,
) -> Result<Vec<String>, ServiceError> {
    who.check_fresh()?;
    let codes = factor::new_codes(ids);
    store.write(|tx| {
        if lock_user(tx, who.user)?.totp_sealed.is_none() {
            return Err(nothing_waits());
        }
        keep_codes(tx, clock, who.user, &codes)?;
        record::of(tx, clock, &who.actor, "recovery_code.renew", who.user, &serde_json::json!({}))
    })?;
    Ok(codes)
}

/// How many recovery codes a person has left.
pub fn recovery_codes_left(store: &Store, user: i64) -> Result<i64, ServiceError> {
    store.read(|tx| Ok(users::recovery_codes_left(tx, user)?))
}

fn keep_codes(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    user: i64,
    codes: &[String],
) -> Result<(), ServiceError> {
    users::delete_recovery_codes(tx, user)?;
    for code in codes {
        let row = RecoveryCodeRow {
            id: tx.next_id()?,
            user_id: user,
            code_hash: factor::code_hash(user, code),
            created_at: clock.now(),
            used_at: None,
        };
        users::insert_recovery_code(tx, &row)?;
    }
    Ok(())
}

/// Takes the second factor from somebody who has lost it, and ends their sessions: they enrol another
/// one when they sign in next.
pub fn reset_factor(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    user: i64,
) -> Result<(), ServiceError> {
    store.write(|tx| {
        lock_user(tx, user)?;
        users::clear_factor(tx, user)?;
        users::delete_recovery_codes(tx, user)?;
        record::of(tx, clock, actor, "second_factor.remove", user, &serde_json::json!({}))?;
        crate::store::sessions::use_tokens_of(tx, user, clock.now())?;
        end_all(tx, clock, actor, user, None)
    })
}

fn nothing_waits() -> ServiceError {
    ServiceError::conflict(
        "enrolment_needed",
        "Chưa có xác thực hai bước nào đang chờ xác nhận, hoặc đã quá 30 phút. Hãy bắt đầu lại từ bước quét mã QR.",
        "No second factor waits to be confirmed, or half an hour has passed. Start again with the QR code.",
    )
}
