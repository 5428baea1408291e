//! A mail sent at once and past the queue, to see whether mail can leave at all.

use chrono::NaiveDateTime;

use super::{Letterhead, Mailbox, address, messages, not_made};
use crate::domain::lang::Lang;
use crate::domain::text::hex;
use crate::ids::IdSource;
use crate::mail::{self, Draft, Mailer, Outcome, Parcel, Trouble};
use crate::service::ServiceError;

/// What became of the trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// It left; the server's words, or the file it became.
    Left(String),
    /// It did not, or nobody can know: where it failed, the server's code and words.
    Failed {
        /// Where, e.g. `login`.
        place: &'static str,
        /// The server's code.
        status: Option<u16>,
        /// The server's words.
        words: String,
    },
}

/// Sends a test message to an address.
pub fn send_test(
    mailer: &dyn Mailer,
    (letterhead, ids): (&Letterhead, &dyn IdSource),
    at: NaiveDateTime,
    to: &str,
    lang: Lang,
) -> Result<Trial, ServiceError> {
    let to = Mailbox { name: String::new(), address: address(to)? };
    let token = hex(ids.secret().get(16..).unwrap_or_default());
    let content = messages::test(lang);
    let draft = Draft {
        from: &letterhead.from,
        reply_to: letterhead.reply_to.as_ref(),
        to: &to,
        subject: &content.subject,
        text: &content.text,
        html: content.html.as_deref(),
        inline: &[],
        attachments: &[],
        lang: lang.code(),
        token: &token,
        at,
        unsubscribe: None,
        signing: letterhead.signing.as_deref(),
    };
    let (_, message) = mail::compose(&draft).map_err(|error| not_made(&error))?;
    let parcel = Parcel {
        name: &format!("test-{token}"),
        from: letterhead.from.address.as_str(),
        to: to.address.as_str(),
        message: message.as_bytes(),
    };
    let outcome = mailer.send(parcel, &mut || true);
    mailer.rest();
    Ok(match outcome {
        Outcome::Sent { words } => Trial::Left(words),
        Outcome::Postponed(trouble) | Outcome::Refused(trouble) | Outcome::Unsure(trouble) => {
            let Trouble { place, status, words, .. } = trouble;
            Trial::Failed { place, status, words }
        }
        Outcome::NotBegun => Trial::Failed { place: "data", status: None, words: String::new() },
    })
}
