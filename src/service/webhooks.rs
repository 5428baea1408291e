//! The addresses at which providers notify a school, and the secrets they prove themselves with.

mod account;
mod printed;
pub(crate) mod refused;
pub mod wire;

use serde::{Deserialize, Serialize};

use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::notification::Provider;
use crate::domain::text::{hex, last_four};
use crate::formats::notification::{self, Scheme, Secret, Terms, standard};
use crate::ids::IdSource;
use crate::keyring::{Keyring, Sealed};
use crate::service::directory;
use crate::service::{Actor, ServiceError, accounts, limits};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::bank_accounts_of;
use crate::store::webhooks::{self as store, EndpointRow, Owner, SecretRow};
use crate::store::{Store, Tx, inbox};
use account::account_of;
use refused::{
    client_needed, last_secret, missing_secret, no_secret_here, two_live, unknown_provider,
};

/// How far a signed time may be from ours, in seconds.
pub const TOLERANCE_SECONDS: i64 = 300;

/// Days for which refused requests are shown.
const REFUSALS_SHOWN_DAYS: i64 = 30;

/// An endpoint to be made.
#[derive(Clone, PartialEq, Eq, Deserialize, utoipa::ToSchema, garde::Validate)]
#[serde(deny_unknown_fields)]
pub struct NewEndpoint {
    /// `sepay`, `casso`, `payos`, `vnpay`, `momo`, `zalopay`, `vietqr`, `pay2s` or `standard`.
    #[garde(custom(limits::filled), length(chars, max = limits::WORD))]
    pub provider: String,
    /// How it proves itself: `key`, `signature`, `token` or `none`; the provider's usual way where
    /// none is given.
    #[garde(length(chars, max = limits::WORD))]
    pub scheme: Option<String>,
    /// What people call it.
    #[serde(default)]
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
    /// The number of the school's only account it may speak of; any of the school's where none is
    /// given. For a gateway the merchant's code (VNPAY `vnp_TmnCode`, MoMo `partnerCode`, ZaloPay
    /// `app_id`), which is needed; `sepay` for SePay's gateway.
    #[garde(length(chars, max = limits::WORD))]
    pub account: Option<String>,
    /// The public half of the secret: MoMo's access key, VietQR.vn's user name, the client id of
    /// SePay's OAuth2.
    #[garde(length(chars, max = limits::NAME))]
    pub client: Option<String>,
    /// The secret that the provider gave. Where none is given, one is made and told once.
    #[garde(length(chars, max = limits::SECRET))]
    pub secret: Option<String>,
}

/// An endpoint as lists show it. Secrets are never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EndpointView {
    /// Its id in the address.
    pub id: String,
    /// The provider.
    pub provider: String,
    /// The provider's name.
    pub provider_name: String,
    /// How it proves itself.
    pub scheme: String,
    /// What people call it.
    pub name: String,
    /// The path to give to the provider, below the service's own address.
    pub path: String,
    /// The last four digits of the account it may speak of; all of the school's where there is none.
    pub account: Option<String>,
    /// Whether it takes notifications.
    pub open: bool,
    /// The secrets that live, one or two.
    #[schema(value_type = Vec<SecretView>)]
    pub secrets: Vec<SecretView>,
    /// How many notifications wait, are done, and need a person.
    pub waiting: i64,
    /// Handled.
    pub done: i64,
    /// Given up; each says why and can be tried again.
    pub dead: i64,
    /// Requests of the last 30 days that were answered and not kept, by reason.
    #[schema(value_type = Vec<RefusalView>)]
    pub not_kept: Vec<RefusalView>,
}

/// A secret, without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SecretView {
    /// Its id, to retire it by.
    pub id: i64,
    /// When it was made, in UTC.
    pub created_at: String,
}

/// How often something was not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RefusalView {
    /// The day in Vietnam.
    #[schema(value_type = String, format = Date)]
    pub day: Day,
    /// `unproven`, `unreadable`, `unknown_account`, `too_large`, `encoded`, `test`, `money_out`,
    /// `known`.
    pub reason: String,
    /// How often.
    pub times: i64,
}

/// An endpoint that was just made, with its secret where we made it.
#[derive(Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MadeEndpoint {
    /// The endpoint.
    pub endpoint: EndpointView,
    /// The secret we made; it is told this once.
    pub secret: Option<String>,
}

/// Makes an endpoint.
pub fn create(
    db: &Store,
    (clock, ids, keys): (&dyn Clock, &dyn IdSource, &Keyring),
    actor: &Actor,
    school: SchoolId,
    new: &NewEndpoint,
) -> Result<MadeEndpoint, ServiceError> {
    let provider = Provider::parse(&new.provider).ok_or_else(|| unknown_provider(&new.provider))?;
    let scheme = scheme_of(provider, new.scheme.as_deref())?;
    let (secret, told) = secret_for(ids, (provider, scheme), new.secret.as_deref())?;
    if provider == Provider::Momo && new.client.is_none() {
        return Err(client_needed("access key"));
    }
    if scheme == Scheme::Token && new.client.is_none() {
        return Err(client_needed("user name or client id"));
    }
    let public_id = hex(ids.secret().get(16..).unwrap_or_default());
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let at = clock.now();
        let account = account_of(tx, school, provider, new.account.as_deref())?;
        if let Some(account) = &account {
            accounts::require_offered(account, local_day(at))?;
        }
        let row = EndpointRow {
            id: tx.next_id()?,
            school_id: school.0,
            public_id: public_id.clone(),
            provider: provider.as_str().to_owned(),
            scheme: scheme_name(scheme).to_owned(),
            client: new.client.clone(),
            tolerance_seconds: TOLERANCE_SECONDS,
            name: new.name.trim().to_owned(),
            bank_account_id: account.map(|row| row.id),
            created_by: actor.as_str().to_owned(),
            created_at: at,
            disabled_at: None,
        };
        store::insert_endpoint(tx, &row)?;
        if let Some(secret) = &secret {
            add_secret(tx, (ids, keys), actor, (school, Owner::Webhook(row.id)), secret, at)?;
        }
        let detail = serde_json::json!({
            "account": row.bank_account_id, "provider": row.provider, "scheme": row.scheme,
        });
        record(tx, school, actor, "webhook.create", row.id, &detail, at)?;
        Ok(MadeEndpoint { endpoint: view(tx, &row, local_day(at))?, secret: told.clone() })
    })
}

/// A school's endpoints.
pub fn list(
    db: &Store,
    clock: &dyn Clock,
    school: SchoolId,
) -> Result<Vec<EndpointView>, ServiceError> {
    let today = local_day(clock.now());
    db.read(|tx| {
        store::endpoints_of(tx, school.0)?.iter().map(|row| view(tx, row, today)).collect()
    })
}

/// What to change about an endpoint.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Adds a second secret: both live until the first is retired.
    Rotate {
        /// The secret the provider gave; one is made where there is none.
        secret: Option<String>,
    },
    /// Ends a secret.
    Retire {
        /// The secret's id.
        secret: i64,
    },
    /// Takes no more notifications.
    Close,
    /// Takes notifications again.
    Open,
}

/// Changes an endpoint; with the new secret where we made one.
pub fn change(
    db: &Store,
    (clock, ids, keys): (&dyn Clock, &dyn IdSource, &Keyring),
    actor: &Actor,
    (school, id): (SchoolId, &str),
    change: &Change,
) -> Result<MadeEndpoint, ServiceError> {
    db.write(|tx| {
        directory::lock_school(tx, school)?;
        let row = own(tx, school, id)?;
        let at = clock.now();
        let mut told = None;
        let (action, detail) = match change {
            Change::Rotate { secret } => {
                let provider = provider_of(&row)?;
                let scheme = scheme_of(provider, Some(&row.scheme))?;
                let (secret, made) = secret_for(ids, (provider, scheme), secret.as_deref())?;
                let live = store::live_secrets(tx, Owner::Webhook(row.id))?;
                let secret = secret.ok_or_else(no_secret_here)?;
                if live.len() >= 2 {
                    return Err(two_live());
                }
                told = made;
                let owner = (school, Owner::Webhook(row.id));
                add_secret(tx, (ids, keys), actor, owner, &secret, at)?;
                ("webhook.rotate", serde_json::json!({}))
            }
            Change::Retire { secret } => {
                let live = store::live_secrets(tx, Owner::Webhook(row.id))?;
                if !live.iter().any(|row| row.id == *secret) {
                    return Err(missing_secret(*secret));
                }
                if live.len() < 2 {
                    return Err(last_secret());
                }
                store::retire_secret(tx, *secret, at)?;
                ("webhook.retire", serde_json::json!({ "secret": secret }))
            }
            Change::Close => {
                store::set_disabled(tx, row.id, Some(at))?;
                ("webhook.close", serde_json::json!({}))
            }
            Change::Open => {
                store::set_disabled(tx, row.id, None)?;
                ("webhook.open", serde_json::json!({}))
            }
        };
        record(tx, school, actor, action, row.id, &detail, at)?;
        let row = own(tx, school, id)?;
        Ok(MadeEndpoint { endpoint: view(tx, &row, local_day(at))?, secret: told })
    })
}

/// The endpoint of a school that an address names.
pub(crate) fn own(
    tx: &mut Tx<'_>,
    school: SchoolId,
    id: &str,
) -> Result<EndpointRow, ServiceError> {
    store::endpoint_at(tx, id)?.filter(|row| row.school_id == school.0).ok_or_else(|| {
        ServiceError::not_found("endpoint", "địa chỉ nhận thông báo", "endpoint", id)
    })
}

/// What is agreed with the provider of an endpoint.
pub(crate) fn terms_of(row: &EndpointRow) -> Result<(Provider, Terms), ServiceError> {
    let provider = provider_of(row)?;
    let terms = Terms {
        endpoint: row.public_id.clone(),
        scheme: scheme_of(provider, Some(&row.scheme))?,
        client: row.client.clone(),
        tolerance_seconds: row.tolerance_seconds,
    };
    Ok((provider, terms))
}

/// The secrets of an owner that live, opened.
pub(crate) fn secrets_of(
    tx: &mut Tx<'_>,
    keys: &Keyring,
    owner: Owner,
) -> Result<Vec<Secret>, ServiceError> {
    let mut secrets = Vec::new();
    for row in store::live_secrets(tx, owner)? {
        let sealed = Sealed { key_id: row.key_id, text: row.sealed };
        secrets.push(Secret::new(keys.open(&name_of(owner), &sealed)?));
    }
    Ok(secrets)
}

/// Seals and stores a secret of an owner.
pub(crate) fn add_secret(
    tx: &mut Tx<'_>,
    (ids, keys): (&dyn IdSource, &Keyring),
    actor: &Actor,
    (school, owner): (SchoolId, Owner),
    secret: &str,
    at: chrono::NaiveDateTime,
) -> Result<(), ServiceError> {
    let sealed = keys.seal(ids, &name_of(owner), secret)?;
    // Secrets of two keys in one database would open on no machine.
    if let Some(other) = store::keys_in_use(tx)?.into_iter().find(|id| *id != sealed.key_id) {
        return Err(
            crate::keyring::KeyError::OtherKey { sealed: other, have: sealed.key_id }.into()
        );
    }
    let (webhook_endpoint_id, event_endpoint_id) = match owner {
        Owner::Webhook(id) => (Some(id), None),
        Owner::Events(id) => (None, Some(id)),
    };
    let row = SecretRow {
        id: tx.next_id()?,
        school_id: school.0,
        webhook_endpoint_id,
        event_endpoint_id,
        key_id: sealed.key_id,
        sealed: sealed.text,
        created_by: actor.as_str().to_owned(),
        created_at: at,
        retired_at: None,
    };
    Ok(store::insert_secret(tx, &row)?)
}

/// What a sealed secret is bound to.
fn name_of(owner: Owner) -> String {
    match owner {
        Owner::Webhook(id) => format!("webhook_endpoint:{id}"),
        Owner::Events(id) => format!("event_endpoint:{id}"),
    }
}

pub(crate) fn record(
    tx: &mut Tx<'_>,
    school: SchoolId,
    actor: &Actor,
    action: &'static str,
    subject: i64,
    detail: &serde_json::Value,
    at: chrono::NaiveDateTime,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind: "webhook_endpoint",
        subject_id: subject,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, school.0, at, vec![fact])?)
}

fn view(tx: &mut Tx<'_>, row: &EndpointRow, today: Day) -> Result<EndpointView, ServiceError> {
    let provider = provider_of(row)?;
    let since = today.checked_sub_signed(chrono::TimeDelta::days(REFUSALS_SHOWN_DAYS));
    let count = |counts: &[(i64, String, i64)], state: &str| {
        counts.iter().filter(|one| one.0 == row.id && one.1 == state).map(|one| one.2).sum()
    };
    let counts = inbox::counts(tx, row.school_id)?;
    let number = bank_accounts_of(tx, row.school_id)?
        .into_iter()
        .find(|account| Some(account.id) == row.bank_account_id)
        .map(|account| last_four(&account.number));
    Ok(EndpointView {
        id: row.public_id.clone(),
        provider: row.provider.clone(),
        provider_name: provider.label(Lang::Vi).to_owned(),
        scheme: row.scheme.clone(),
        name: row.name.clone(),
        path: format!("/webhooks/{}/{}", row.provider, row.public_id),
        account: number,
        open: row.disabled_at.is_none(),
        secrets: store::live_secrets(tx, Owner::Webhook(row.id))?
            .into_iter()
            .map(|secret| SecretView {
                id: secret.id,
                created_at: format!("{}Z", secret.created_at.format("%Y-%m-%dT%H:%M:%S")),
            })
            .collect(),
        waiting: count(&counts, "waiting"),
        done: count(&counts, "done"),
        dead: count(&counts, "dead"),
        not_kept: store::refusals_since(tx, row.school_id, since.unwrap_or(today))?
            .into_iter()
            .filter(|refusal| refusal.endpoint_id == row.id)
            .map(|row| RefusalView { day: row.day, reason: row.reason, times: row.times })
            .collect(),
    })
}

/// The scheme of that name, or the provider's usual one.
pub fn scheme_of(provider: Provider, name: Option<&str>) -> Result<Scheme, ServiceError> {
    let all = notification::schemes(provider);
    let found = match name {
        None => all.first(),
        Some(name) => all.iter().find(|scheme| scheme_name(**scheme) == name),
    };
    found.copied().ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|scheme| scheme_name(*scheme)).collect();
        let names = names.join(", ");
        ServiceError::refused(Diagnostic::new(
            "scheme_unknown",
            format!("{} chỉ xác thực bằng: {names}.", provider.label(Lang::Vi)),
            format!("{} proves itself by: {names}.", provider.label(Lang::En)),
        ))
    })
}

const fn scheme_name(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::None => "none",
        Scheme::Key => "key",
        Scheme::Signature => "signature",
        Scheme::Token => "token",
    }
}

fn provider_of(row: &EndpointRow) -> Result<Provider, ServiceError> {
    Provider::parse(&row.provider).ok_or_else(|| {
        crate::store::StoreError::Corrupt(format!("provider of endpoint {}", row.id)).into()
    })
}

/// The secret given, or one that is made: then it is told as well.
fn secret_for(
    ids: &dyn IdSource,
    (provider, scheme): (Provider, Scheme),
    given: Option<&str>,
) -> Result<(Option<String>, Option<String>), ServiceError> {
    let given = given.map(str::trim).filter(|secret| !secret.is_empty());
    match (scheme, given) {
        (Scheme::None, _) => Ok((None, None)),
        (_, Some(secret)) if provider == Provider::Standard && !standard::is_secret(secret) => {
            Err(ServiceError::refused(Diagnostic::new(
                "secret_shape",
                "Khóa Standard Webhooks gồm whsec_ và 24 đến 64 byte ở dạng base64.",
                "A secret of Standard Webhooks is whsec_ and 24 to 64 bytes in base64.",
            )))
        }
        (_, Some(secret)) => Ok((Some(secret.to_owned()), None)),
        (_, None) => {
            let made = standard::secret_of(&ids.secret()).map(|made| made.expose().to_owned());
            Ok((made.clone(), made))
        }
    }
}
