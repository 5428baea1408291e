//! Mail: queued in the transaction of the fact it tells, made once, and sent afterwards until it is
//! there, or until it is sure that it will not be. What was sent a second time, because nobody could
//! know about the first, has the same Message-ID and is counted.

mod deliver;
mod list;
pub mod messages;
mod trial;

use std::sync::Arc;

use chrono::NaiveDateTime;

pub use crate::mail::{Attachment, Inline, Mailbox, Mailer, Signing};
pub use deliver::{Delivered, Postman, Settings};
pub use list::{AskedMails, MailDetail, MailPage, MailView, list, resend, show};
pub use trial::{Trial, send_test};

use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::mail_address::MailAddress;
use crate::domain::text::hex;
use crate::ids::IdSource;
use crate::keyring::Keyring;
use crate::mail::{self, Draft};
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::mails::{self as store, MailRow};

/// The most bytes of a whole message; mail servers take little more.
const MOST_BYTES: usize = 20 * 1024 * 1024;

/// The most characters of a subject, a name and a dedupe key.
const MOST_CHARACTERS: usize = 200;

/// Whom mail is from.
#[derive(Clone, Debug)]
pub struct Letterhead {
    /// The name and the address.
    pub from: Mailbox,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<MailAddress>,
    /// By what it is signed, if at all.
    pub signing: Option<Arc<Signing>>,
}

/// What only some mail has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// A school's name, in the place of the installation's.
    pub from_name: Option<&'a str>,
    /// The address at which whoever wants no more of this kind says so.
    pub unsubscribe: Option<&'a str>,
}

/// What queueing takes besides the mail.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Whom it is from.
    pub letterhead: &'a Letterhead,
    /// Unguessable numbers.
    pub ids: &'a dyn IdSource,
    /// What seals it.
    pub keys: &'a Keyring,
}

/// A mail to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// The school it is about, if any.
    pub school: Option<SchoolId>,
    /// What it is: `invitation`, `password_reset`, `test`, …
    pub kind: &'static str,
    /// The recipient's name; may be empty.
    pub to_name: String,
    /// The recipient's address.
    pub to_email: String,
    /// The subject, the text and the page.
    pub content: Content,
    /// Pictures that the page shows.
    pub inline: Vec<Inline>,
    /// Files that come along.
    pub attachments: Vec<Attachment>,
    /// The language it is in.
    pub lang: Lang,
    /// What it tells, e.g. `invitation:17`: one fact is told once.
    pub dedupe_key: String,
}

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// One line.
    pub subject: String,
    /// For readers without pages.
    pub text: String,
    /// The page.
    pub html: Option<String>,
}

/// A mail in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its id.
    pub id: i64,
    /// Whether it was queued now; if not, the same fact was told before.
    pub is_new: bool,
}

/// Queues a mail in the transaction of the fact it tells. Refuses an address to which no mail can go
/// and a message that is too large.
pub fn queue(
    tx: &mut Tx<'_>,
    desk: Desk<'_>,
    at: NaiveDateTime,
    new: &NewMail,
) -> Result<Queued, ServiceError> {
    queue_with(tx, desk, at, new, Extras::default())
}

/// The same with what only some mail has.
pub fn queue_with(
    tx: &mut Tx<'_>,
    desk: Desk<'_>,
    at: NaiveDateTime,
    new: &NewMail,
    extras: Extras<'_>,
) -> Result<Queued, ServiceError> {
    if let Some(id) = store::find_by_key(tx, &new.dedupe_key)? {
        return Ok(Queued { id, is_new: false });
    }
    let to = Mailbox { name: new.to_name.clone(), address: address(&new.to_email)? };
    for (what_vi, what_en, text) in [
        ("Tiêu đề thư", "the subject", &new.content.subject),
        ("Tên người nhận", "the recipient's name", &new.to_name),
        ("Khóa của thư", "the mail's key", &new.dedupe_key),
    ] {
        if text.chars().count() > MOST_CHARACTERS {
            return Err(too_long(what_vi, what_en));
        }
    }
    let token = hex(desk.ids.secret().get(16..).unwrap_or_default());
    let mut from = desk.letterhead.from.clone();
    if let Some(name) = extras.from_name {
        name.clone_into(&mut from.name);
    }
    let draft = Draft {
        from: &from,
        reply_to: desk.letterhead.reply_to.as_ref(),
        to: &to,
        subject: &new.content.subject,
        text: &new.content.text,
        html: new.content.html.as_deref(),
        inline: &new.inline,
        attachments: &new.attachments,
        lang: new.lang.code(),
        token: &token,
        at,
        unsubscribe: extras.unsubscribe,
        signing: desk.letterhead.signing.as_deref(),
    };
    let (message_id, message) = mail::compose(&draft).map_err(|error| not_made(&error))?;
    if message.len() > MOST_BYTES {
        return Err(too_large());
    }
    let id = tx.next_id()?;
    let sealed = desk.keys.seal(desk.ids, &owner(id), &message)?;
    let row = MailRow {
        id,
        school_id: new.school.map(|school| school.0),
        kind: new.kind.to_owned(),
        dedupe_key: new.dedupe_key.clone(),
        message_id,
        from_email: desk.letterhead.from.address.as_str().to_owned(),
        to_name: new.to_name.clone(),
        to_email: to.address.as_str().to_owned(),
        subject: new.content.subject.clone(),
        key_id: sealed.key_id,
        sealed: sealed.text,
        state: "waiting".to_owned(),
        attempts: 0,
        attempts_before: 0,
        unsure_times: 0,
        due_at: Some(at),
        leased_until: None,
        begun_at: None,
        status: None,
        problem: None,
        words: None,
        created_at: at,
        sent_at: None,
    };
    if store::insert_new(tx, &row)? {
        return Ok(Queued { id, is_new: true });
    }
    // Somebody queued it since it was looked for.
    let id = store::find_by_key(tx, &new.dedupe_key)?.unwrap_or(id);
    Ok(Queued { id, is_new: false })
}

/// An address as a person entered it, or why no mail can go there.
pub fn address(text: &str) -> Result<MailAddress, ServiceError> {
    MailAddress::parse(text).ok_or_else(|| {
        let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
        ServiceError::refused(Diagnostic::new(
            "mail_address",
            format!("Địa chỉ email “{shown}” không dùng được. Hãy ghi một địa chỉ, ví dụ ten@truong.edu.vn."),
            format!("No mail can go to “{shown}”. Write one address, for example name@school.edu.vn."),
        ))
    })
}

/// To whom a sealed message belongs.
fn owner(id: i64) -> String {
    format!("mail {id}")
}

fn too_long(vi: &str, en: &str) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "mail_text_too_long",
        format!("{vi} dài quá {MOST_CHARACTERS} ký tự. Hãy rút ngắn."),
        format!("{en} is longer than {MOST_CHARACTERS} characters. Shorten it."),
    ))
}

fn too_large() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "mail_too_large",
        "Thư lớn quá 20 MB, máy chủ thư sẽ không nhận. Hãy bớt tệp đính kèm.",
        "The mail is larger than 20 MB, which mail servers refuse. Attach less.",
    ))
}

fn not_made(error: &mail::MessageError) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "mail_not_made",
        format!("Không soạn được thư ({error}). Hãy kiểm tra tệp đính kèm và địa chỉ."),
        format!("The mail cannot be made ({error}). Check the attachments and the address."),
    ))
}
