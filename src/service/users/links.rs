//! Links sent by mail: an invitation, and the way back for whoever forgot the password. Looking at
//! one uses nothing up, for mail scanners look at every link; setting a password does.

use super::passwords::set;
use super::{NewUser, add, check, unknown};
use crate::clock::Clock;
use crate::domain::access::{Grant, email, password};
use crate::domain::lang::Lang;
use crate::ids::IdSource;
use crate::service::sessions::throttle::{self, Charge, Subject};
use crate::service::sessions::tokens::{self, Kind};
use crate::service::sessions::{grant_of, lang_of, load_user, lock_user, passwords, record};
use crate::service::{Actor, ServiceError};
use crate::store::users::{self, UserRow};
use crate::store::{Store, Tx};

/// A link that is to be sent, and to whom. Nothing else keeps the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkToSend {
    /// Where to.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The language they read.
    pub lang: Lang,
    /// What makes the link work.
    pub secret: String,
}

impl std::fmt::Debug for LinkToSend {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("LinkToSend").field("lang", &self.lang).finish_non_exhaustive()
    }
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// Sets the first password; works for seven days.
    Invitation,
    /// Sets another password; works for an hour.
    Reset,
}

impl LinkKind {
    const fn token(self) -> Kind {
        match self {
            LinkKind::Invitation => Kind::Invitation,
            LinkKind::Reset => Kind::Reset,
        }
    }
}

/// Whose link it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkOwner {
    /// With what they sign in.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// The language they read.
    pub lang: Lang,
    /// Whether they have a second factor, or have to set one up before they can do anything.
    pub second_factor: bool,
}

/// Adds a person who sets a password by a link; their id, and the link.
pub fn invite(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    new: &NewUser,
) -> Result<(i64, LinkToSend), ServiceError> {
    let address = check(new)?;
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = add(tx, clock, actor, new, (&address, None))?;
        let link = link(tx, clock, actor, &user, (LinkKind::Invitation, &secret))?;
        Ok((user.id, link))
    })
}

/// Another invitation for somebody who has not accepted one; the ones before do not work any more.
pub fn invite_again(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    user: i64,
) -> Result<LinkToSend, ServiceError> {
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = lock_user(tx, user)?;
        if user.password_hash.is_some() || user.disabled_at.is_some() {
            return Err(ServiceError::conflict(
                "invitation_not_needed",
                "Người dùng này đã đặt mật khẩu hoặc đang bị khóa. Hãy gửi liên kết đặt lại mật khẩu, hoặc mở khóa trước.",
                "This user has set a password or is disabled. Send a link to reset the password, or enable them first.",
            ));
        }
        crate::store::sessions::use_tokens_of(tx, user.id, clock.now())?;
        link(tx, clock, actor, &user, (LinkKind::Invitation, &secret))
    })
}

/// A link with which somebody sets another password, by request of whoever manages users.
pub fn reset_link(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    actor: &Actor,
    address: &str,
) -> Result<LinkToSend, ServiceError> {
    let address = email::normalise(address);
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = users::find_by_email(tx, &address)?.ok_or_else(|| unknown(&address))?;
        if user.disabled_at.is_some() {
            return Err(disabled());
        }
        link(tx, clock, actor, &user, (LinkKind::Reset, &secret))
    })
}

/// A link for whoever says they forgot the password. `None` where nobody has the address, they are
/// disabled, or links were asked for too often: whoever asks is answered the same.
pub fn request_reset(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    address: &str,
    from: &str,
) -> Result<Option<LinkToSend>, ServiceError> {
    let address = email::normalise(address);
    let subjects = [Subject::Links(&address), Subject::Address(from)];
    if let Charge::Wait(_) = throttle::charge(store, clock.now(), &subjects)? {
        return Ok(None);
    }
    let secret = tokens::fresh(ids);
    store.write(|tx| {
        let user = users::find_by_email(tx, &address)?;
        let Some(user) = user.filter(|user| user.disabled_at.is_none()) else { return Ok(None) };
        let actor = Actor::named(&user.email);
        link(tx, clock, &actor, &user, (LinkKind::Reset, &secret)).map(Some)
    })
}

/// Whose link it is, while it works. It goes on working.
pub fn peek(
    store: &Store,
    clock: &dyn Clock,
    kind: LinkKind,
    secret: &str,
) -> Result<Option<LinkOwner>, ServiceError> {
    store.read(|tx| {
        let token = tokens::find(tx, clock, kind.token(), secret)?;
        let Some(id) = token.and_then(|token| token.user_id) else { return Ok(None) };
        let user = load_user(tx, id)?;
        let lang = lang_of(&user);
        let grants = users::grants_of(tx, user.id)?;
        let grants = grants.iter().map(grant_of).collect::<Result<Vec<Grant>, _>>()?;
        let needed = grants.iter().any(|grant| grant.role.needs_second_factor());
        let second_factor = user.totp_sealed.is_some() || (needed && !user.second_factor_exempt);
        Ok(Some(LinkOwner { email: user.email, name: user.name, lang, second_factor }))
    })
}

/// Sets the first password by an invitation, which is used up.
pub fn accept_invitation(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    secret: &str,
    password: &str,
) -> Result<(), ServiceError> {
    set_by(store, (clock, ids), LinkKind::Invitation, secret, password)
}

/// Sets another password by a link, which is used up. The second factor stays as it is.
pub fn reset(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    secret: &str,
    password: &str,
) -> Result<(), ServiceError> {
    set_by(store, (clock, ids), LinkKind::Reset, secret, password)
}

fn set_by(
    store: &Store,
    (clock, ids): (&dyn Clock, &dyn IdSource),
    kind: LinkKind,
    secret: &str,
    password: &str,
) -> Result<(), ServiceError> {
    let owner = peek(store, clock, kind, secret)?.ok_or_else(spent)?;
    let chosen = password::choose(password, &owner.email, owner.second_factor)
        .map_err(ServiceError::refused)?;
    let hash = passwords::hash(ids, &chosen)?;
    store.write(|tx| {
        let token = tokens::consume(tx, clock, kind.token(), secret)?;
        let id = token.and_then(|token| token.user_id).ok_or_else(spent)?;
        let user = lock_user(tx, id)?;
        if user.disabled_at.is_some() {
            return Err(disabled());
        }
        set(tx, clock, &Actor::named(&user.email), user.id, &hash)?;
        // Whoever reads the account's mail is its owner; wrong guesses before were somebody else's.
        throttle::forgive(tx, clock.now(), &[Subject::Account(&user.email)])
    })
}

fn link(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    user: &UserRow,
    (kind, secret): (LinkKind, &str),
) -> Result<LinkToSend, ServiceError> {
    tokens::keep(tx, clock, kind.token(), Some(user.id), secret)?;
    let action = match kind {
        LinkKind::Invitation => "invitation.make",
        LinkKind::Reset => "password_reset.make",
    };
    record::of(tx, clock, actor, action, user.id, &serde_json::json!({}))?;
    Ok(LinkToSend {
        email: user.email.clone(),
        name: user.name.clone(),
        lang: lang_of(user),
        secret: secret.to_owned(),
    })
}

fn spent() -> ServiceError {
    ServiceError::conflict(
        "link_spent",
        "Liên kết đã được dùng hoặc đã hết hạn. Anh/chị yêu cầu gửi liên kết mới.",
        "The link was used before or has expired. Ask for a new one.",
    )
}

fn disabled() -> ServiceError {
    ServiceError::conflict(
        "user_disabled",
        "Tài khoản này đang bị khóa. Hãy liên hệ người quản trị để mở khóa.",
        "This account is disabled. Ask the administrator to enable it.",
    )
}
