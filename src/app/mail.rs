//! Mail as the configuration says.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{Config, MailTls, MailTransport};
use crate::domain::mail_address::MailAddress;
use crate::domain::reminder::{Plan, QuietHours};
use crate::ids::RandomIds;
use crate::keyring::Keyring;
use crate::mail::{
    Folder, Mailbox, Mailer, Security, SetupError, SignatureError, Signing, Smtp, SmtpSettings,
    Transport,
};
use crate::service::letters::{self, Composer};
use crate::service::mail::{Letterhead, Settings};
use crate::store::Store;

/// Why no mail can leave as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum MailSetupError {
    /// A file that the settings name.
    #[error("mail.{0}: {1} cannot be read: {2}")]
    File(&'static str, String, std::io::Error),
    /// The address mail is from.
    #[error("mail.from_email is no address")]
    From,
    /// The mail server.
    #[error(transparent)]
    Server(#[from] SetupError),
    /// The key that mail is signed with.
    #[error("mail.dkim_key_file: {0}")]
    Signature(#[from] SignatureError),
}

/// What mail leaves by. Reads the files that hold the password and certificates.
pub fn mailer(config: &Config) -> Result<Arc<dyn Mailer>, MailSetupError> {
    let mail = &config.mail;
    let transport = match mail.transport {
        MailTransport::File => Transport::Folder(Folder::at(&mail.folder)),
        MailTransport::Smtp => {
            let seconds = |seconds: u32| Duration::from_secs(seconds.into());
            let password = match text_of("password_file", &mail.password_file)? {
                Some(text) => text.lines().next().unwrap_or_default().to_owned(),
                None => mail.password.clone(),
            };
            let authorities = text_of("ca_file", &mail.ca_file)?.unwrap_or_default();
            Transport::Smtp(Arc::new(Smtp::new(SmtpSettings {
                host: mail.host.clone(),
                port: mail.port,
                security: match mail.tls {
                    MailTls::Starttls => Security::StartTls,
                    MailTls::Tls => Security::Tls,
                    MailTls::None => Security::None,
                },
                login: (!mail.user.is_empty()).then(|| (mail.user.clone(), password)),
                authorities: authorities.into_bytes(),
                connect_timeout: seconds(mail.connect_timeout_seconds),
                command_timeout: seconds(mail.command_timeout_seconds),
                answer_timeout: seconds(mail.answer_timeout_seconds),
            })?))
        }
    };
    Ok(Arc::new(transport))
}

/// Whom mail is from.
pub fn letterhead(config: &Config) -> Result<Letterhead, MailSetupError> {
    let mail = &config.mail;
    let address = MailAddress::parse(&mail.from_email).ok_or(MailSetupError::From)?;
    let from = Mailbox { name: mail.from_name.clone(), address };
    let signing = match text_of("dkim_key_file", &mail.dkim_key_file)? {
        None => None,
        Some(key) => Some(Arc::new(Signing::new(&mail.dkim_domain, &mail.dkim_selector, &key)?)),
    };
    Ok(Letterhead { from, reply_to: MailAddress::parse(&mail.reply_to), signing })
}

/// How mail is sent.
#[must_use]
pub fn mail_settings(config: &Config) -> Settings {
    let mail = &config.mail;
    // Until the message is handed over: a name with two addresses, a greeting, and at most eleven
    // answers, on a connection that was lost and on a new one.
    let before = mail
        .connect_timeout_seconds
        .saturating_mul(3)
        .saturating_add(mail.command_timeout_seconds.saturating_mul(12));
    Settings {
        attempts: mail.attempts,
        lease_seconds: before.saturating_add(60),
        // The text goes out under the same patience as its answer is waited for.
        answer_seconds: mail
            .answer_timeout_seconds
            .saturating_mul(2)
            .saturating_add(mail.command_timeout_seconds)
            .saturating_add(60),
        at_once: mail.at_once,
        quiet: quiet_hours(config),
    }
}

fn quiet_hours(config: &Config) -> QuietHours {
    let set = &config.letters;
    QuietHours { from_hour: set.quiet_from_hour, to_hour: set.quiet_to_hour }
}

/// When and how often families are written to.
#[must_use]
pub fn letter_settings(config: &Config) -> letters::Settings {
    let set = &config.letters;
    let usual = Plan::default();
    let days = set.days().unwrap_or(usual.days);
    letters::Settings {
        quiet: quiet_hours(config),
        plan: Plan { days, pause_days: set.reminder_pause_days },
        receipt_after_minutes: set.receipt_after_minutes,
        most_a_day: usize::try_from(set.most_a_day).unwrap_or(usize::MAX),
        batch: set.batch,
    }
}

/// What makes mail of letters.
pub fn composer(
    config: &Config,
    store: &Store,
    (clock, keys): (&Arc<dyn Clock>, &Arc<Keyring>),
) -> Result<Composer, MailSetupError> {
    Ok(Composer {
        store: store.clone(),
        clock: Arc::clone(clock),
        ids: Arc::new(RandomIds),
        keys: Arc::clone(keys),
        letterhead: Arc::new(letterhead(config)?),
        public_url: config.server.public_url.as_str().into(),
        settings: letter_settings(config),
    })
}

fn text_of(key: &'static str, path: &Path) -> Result<Option<String>, MailSetupError> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path);
    text.map(Some).map_err(|error| MailSetupError::File(key, path.display().to_string(), error))
}
