//! Settings: the built-in defaults, then a file, then the environment, then the command line.

mod layers;
mod letters;
mod mail;
mod rules;

use std::net::SocketAddr;
use std::path::Path;

use serde::Deserialize;

use crate::domain::diagnostic::Diagnostic;
use crate::telemetry::LogFormat;

pub use layers::Origin;
pub use letters::Letters;
pub use mail::{Mail, MailTls, MailTransport};

/// Every setting, checked. See `config/default.toml` for units and meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The listener.
    pub server: Server,
    /// The processes that read statement files.
    pub reading: Reading,
    /// Notifications of providers, and events.
    pub webhooks: Webhooks,
    /// The key under which secrets are stored.
    pub secrets: Secrets,
    /// Signing in with the organisation's own provider.
    pub sign_in: SignIn,
    /// How mail leaves.
    pub mail: Mail,
    /// Mail to families.
    pub letters: Letters,
    /// Figures for Prometheus.
    pub metrics: Metrics,
    /// The database.
    pub database: Database,
    /// What the machine may settle alone.
    pub matching: Matching,
    /// How payment codes begin.
    pub codes: Codes,
    /// What counts as cashless.
    pub cashless: Cashless,
    /// How long personal data is kept.
    pub privacy: Privacy,
    /// The log.
    pub log: Log,
    origins: Vec<(String, String, Origin)>,
}

/// The listener.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port.
    pub bind: SocketAddr,
    /// Where people reach the service, without a slash at its end.
    pub public_url: String,
    /// Threads that serve requests.
    pub workers: usize,
    /// Largest upload, in megabytes of 1,048,576 bytes.
    pub max_upload_mb: usize,
    /// Files that one person, or one key, may upload within an hour.
    pub uploads_per_person: u32,
    /// Files that one school may be sent within an hour.
    pub uploads_per_school: u32,
}

/// Signing in with the organisation's own provider of identities (OpenID Connect).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The provider's issuer; empty where there is none.
    pub oidc_issuer: String,
    /// Our name there.
    pub oidc_client_id: String,
    /// Our secret there.
    pub oidc_client_secret: String,
}

/// The processes that read statement files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Most address space of one, in megabytes of 1,048,576 bytes.
    pub memory_mb: u64,
    /// Processor time for a small file, in seconds.
    pub seconds: u64,
    /// Seconds more for each megabyte of the file.
    pub seconds_per_mb: u64,
    /// How many at a time.
    pub at_once: usize,
}

/// Notifications of providers, and events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhooks {
    /// Largest notification, in kilobytes of 1,024 bytes.
    pub max_body_kb: usize,
    /// Notifications of one transaction.
    pub batch: u32,
    /// How long a worker may take for a batch, in seconds.
    pub lease_seconds: u32,
    /// How often one is tried.
    pub attempts: u32,
    /// Whether other machines may be private ones.
    pub allow_private_networks: bool,
}

/// The key under which secrets are stored.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The key itself, in base64; empty where a file has it.
    pub key: String,
    /// The file that has it.
    pub key_file: std::path::PathBuf,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Secrets").field("key_file", &self.key_file).finish_non_exhaustive()
    }
}

/// Figures for Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Address and port, where they are served.
    #[serde(deserialize_with = "some_address")]
    pub bind: Option<SocketAddr>,
}

/// The database.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`; may hold a password.
    pub url: String,
    /// Connections kept open.
    pub pool: u32,
    /// How long SQLite waits for another writer, in milliseconds.
    pub busy_timeout_ms: u32,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Database")
            .field("url", &mask_password(&self.url))
            .field("pool", &self.pool)
            .field("busy_timeout_ms", &self.busy_timeout_ms)
            .finish()
    }
}

/// What the machine may settle alone; a school's own settings start from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// Settle an invoice in part when its code came with less than is open.
    pub settle_in_part: bool,
    /// Settle without a code for a payer confirmed often and never contradicted.
    pub settle_known_payer: bool,
}

/// How payment codes begin.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Codes {
    /// Two or three consonants each, all equally long.
    pub prefixes: Vec<String>,
}

/// What counts as cashless.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cashless {
    /// Count notes paid in at the bank's counter.
    pub counter_cash_is_cashless: bool,
    /// Count one payer's transfers for several families.
    pub proxy_is_cashless: bool,
    /// Cashless payments from which on a school counts as deployed.
    pub deployed_min_payments: u32,
    /// Percent by amount from which on the status is "met", in years without a target of their own.
    pub target_percent: u32,
    /// Targets of school years, such as `2026-2027: 90`.
    pub yearly_targets: Vec<String>,
    /// Percent by amount from which on the status is "nearly met".
    pub near_percent: u32,
}

/// For how many days personal data is kept that no book needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// Pictures that families sent, after their question was answered.
    pub claim_photo_days: u32,
    /// Who of the staff looked at which family.
    pub access_log_days: u32,
    /// Addresses of families' pages, after they stopped working.
    pub family_link_days: u32,
    /// What mails said that were sent.
    pub mail_text_days: u32,
    /// Fewer pupils are no group to be told of above the school.
    pub least_group: u32,
}

/// The log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Levels, also by module.
    pub filter: String,
    /// How a line is written.
    #[serde(deserialize_with = "log_format")]
    pub format: LogFormat,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sections {
    server: Server,
    reading: Reading,
    webhooks: Webhooks,
    secrets: Secrets,
    sign_in: SignIn,
    mail: Mail,
    letters: Letters,
    metrics: Metrics,
    database: Database,
    matching: Matching,
    codes: Codes,
    cashless: Cashless,
    privacy: Privacy,
    log: Log,
}

/// Reads the settings: defaults, then the file at `path` if given, then those of `environment` that
/// begin with `DOISOAT_` and have two underscores after the section, then `database_url` from the
/// command line. Fails with everything that is wrong, not just the first thing.
pub fn load(
    path: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    database_url: Option<&str>,
) -> Result<Config, Vec<Diagnostic>> {
    let file = match path {
        None => None,
        Some(path) => {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|error| vec![rules::unreadable_file(&name, &error)])?;
            Some((name, text))
        }
    };
    let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
    from_parts(file, environment, database_url)
}

/// As [`load`], with the file's name and text given.
pub fn from_parts(
    file: Option<(&str, &str)>,
    environment: impl IntoIterator<Item = (String, String)>,
    database_url: Option<&str>,
) -> Result<Config, Vec<Diagnostic>> {
    let mut layers = layers::Layers::defaults()?;
    let mut problems = Vec::new();
    if let Some((name, text)) = file {
        problems.extend(layers.file(name, text));
    }
    for (name, value) in environment {
        problems.extend(layers.variable(&name, &value));
    }
    if let Some(url) = database_url {
        layers.command_line("database", "url", url);
    }
    problems.extend(rules::broken(&layers));
    if !problems.is_empty() {
        return Err(problems);
    }
    let origins = layers.listing();
    let sections: Sections =
        layers.into_table().try_into().map_err(|error| vec![rules::unreadable(&error)])?;
    Ok(Config {
        server: sections.server,
        reading: sections.reading,
        webhooks: sections.webhooks,
        secrets: sections.secrets,
        sign_in: sections.sign_in,
        mail: sections.mail,
        letters: sections.letters,
        metrics: sections.metrics,
        database: sections.database,
        matching: sections.matching,
        codes: sections.codes,
        cashless: sections.cashless,
        privacy: sections.privacy,
        log: sections.log,
        origins,
    })
}

/// What `doisoat check-config` prints: every setting that holds and where it came from, passwords
/// masked; or everything that is wrong, for exit status 2.
pub fn check(
    path: Option<&Path>,
    environment: impl IntoIterator<Item = (String, String)>,
    database_url: Option<&str>,
) -> Result<String, Vec<Diagnostic>> {
    load(path, environment, database_url).map(|config| config.listing())
}

impl Config {
    /// One line for each setting: `section.key = value  # origin`, passwords masked.
    #[must_use]
    pub fn listing(&self) -> String {
        let width = self
            .origins
            .iter()
            .map(|(key, value, _)| key.len() + value.chars().count())
            .max()
            .unwrap_or(0);
        let mut listing = String::new();
        for (key, value, origin) in &self.origins {
            let blanks = width.saturating_sub(key.len() + value.chars().count());
            let blanks = " ".repeat(blanks);
            listing.extend([key, " = ", value, &blanks, "  # ", &origin.to_string(), "\n"]);
        }
        listing
    }
}

/// A database URL with its password, if it has one, replaced by `***`: in the part before the host
/// and in a `password` parameter, the two places libpq reads it from.
#[must_use]
pub fn mask_password(url: &str) -> String {
    let mut masked = url.to_owned();
    if let Some((scheme, rest)) = url.split_once("://") {
        let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at_checked(authority_end).unwrap_or((rest, ""));
        // A password may itself hold an @ or a / that should have been escaped: hide too much
        // rather than too little.
        if let Some((login, host)) = rest.rsplit_once('@')
            && let Some((user, _)) = login.split_once(':')
        {
            masked = format!("{scheme}://{user}:***@{host}");
        } else {
            masked = format!("{scheme}://{authority}{tail}");
        }
    }
    match masked.find("password=") {
        None => masked,
        Some(start) => {
            let start = start + "password=".len();
            let (head, tail) = masked.split_at_checked(start).unwrap_or((&masked, ""));
            let rest = tail.find('&').and_then(|end| tail.get(end..)).unwrap_or("");
            format!("{head}***{rest}")
        }
    }
}

fn log_format<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<LogFormat, D::Error> {
    let name = String::deserialize(deserializer)?;
    LogFormat::parse(&name).ok_or_else(|| serde::de::Error::custom("plain or compact"))
}

fn some_address<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        Ok(None)
    } else {
        text.parse().map(Some).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
