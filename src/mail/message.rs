//! One message as it goes over the wire: made once, when it is queued, so that it is the same to the
//! byte however often it is sent.

use std::time::{Duration, UNIX_EPOCH};

use chrono::NaiveDateTime;
use lettre::Address;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, Body, Mailbox as Box, Message, MultiPart, SinglePart};

use super::dkim::{SignatureError, Signing};
use crate::domain::mail_address::MailAddress;

/// Whom a message is from or to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mailbox {
    /// A person's or a school's name; may be empty.
    pub name: String,
    /// The address.
    pub address: MailAddress,
}

/// A picture that the page of the message shows by `cid:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// What stands after `cid:` in the page: letters, digits, points and hyphens.
    pub cid: String,
    /// E.g. `image/png`.
    pub media_type: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

/// A file that comes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// E.g. `application/pdf`.
    pub media_type: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// All that a message says.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// Whom it is from.
    pub from: &'a Mailbox,
    /// Where answers go, if elsewhere.
    pub reply_to: Option<&'a MailAddress>,
    /// Whom it is for.
    pub to: &'a Mailbox,
    /// One line.
    pub subject: &'a str,
    /// The text, for readers without pages.
    pub text: &'a str,
    /// The page.
    pub html: Option<&'a str>,
    /// What the page shows.
    pub inline: &'a [Inline],
    /// What comes along.
    pub attachments: &'a [Attachment],
    /// The language it is in: `vi` or `en`.
    pub lang: &'a str,
    /// 32 hexadecimal digits nobody else has, of which its Message-ID is made.
    pub token: &'a str,
    /// When it was queued, in UTC.
    pub at: NaiveDateTime,
    /// The address at which whoever wants no more of this kind says so (RFC 8058).
    pub unsubscribe: Option<&'a str>,
    /// By what it is signed.
    pub signing: Option<&'a Signing>,
}

/// Why a message cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// A kind of file that is none.
    #[error("{0} is no media type")]
    MediaType(String),
    /// The name by which a page shows a picture.
    #[error("{0} cannot stand after cid:")]
    Cid(String),
    /// The library refuses it.
    #[error("the message cannot be made: {0}")]
    Library(#[from] lettre::error::Error),
    /// The library refuses an address.
    #[error("an address cannot be used: {0}")]
    Address(#[from] lettre::address::AddressError),
    /// It cannot be signed.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It came out in letters that not every server takes.
    #[error("the message is not ASCII")]
    NotAscii,
}

/// The Message-ID and the whole message, in ASCII.
pub fn compose(draft: &Draft<'_>) -> Result<(String, String), MessageError> {
    let message_id = format!("<{}@{}>", draft.token, draft.from.address.domain());
    let seconds = u64::try_from(draft.at.and_utc().timestamp()).unwrap_or_default();
    let date = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(UNIX_EPOCH);
    let mut builder = Message::builder()
        .message_id(Some(message_id.clone()))
        .date(date)
        .from(mailbox(draft.from)?)
        .to(mailbox(draft.to)?)
        .subject(one_line(draft.subject))
        // Absence notes do not answer it (RFC 3834).
        .raw_header(header("Auto-Submitted", "auto-generated"))
        .raw_header(header("Content-Language", draft.lang));
    if let Some(reply_to) = draft.reply_to {
        builder = builder.reply_to(Box::new(None, reply_to.as_str().parse()?));
    }
    if let Some(address) = draft.unsubscribe {
        builder = builder
            .raw_header(header("List-Unsubscribe", &format!("<{address}>")))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let message = match content(draft)? {
        Content::Single(part) => builder.singlepart(part)?,
        Content::Multi(part) => builder.multipart(part)?,
    };
    let mut text = String::from_utf8(message.formatted())
        .ok()
        .filter(|text| text.is_ascii())
        .ok_or(MessageError::NotAscii)?;
    if let Some(signing) = draft.signing {
        text.insert_str(0, &signing.header(&text, draft.at)?);
    }
    Ok((message_id, text))
}

enum Content {
    Single(SinglePart),
    Multi(MultiPart),
}

/// The parts, each in the one that holds it: files beside (text or (page with its pictures)).
fn content(draft: &Draft<'_>) -> Result<Content, MessageError> {
    // Of the token, so that the message is the same in every run of a test.
    let boundary = |level: &str| format!("={level}_{}", draft.token);
    let text = SinglePart::plain(draft.text.to_owned());
    let told = match draft.html {
        None => Content::Single(text),
        Some(html) => {
            let alternative = MultiPart::builder()
                .kind(lettre::message::MultiPartKind::Alternative)
                .boundary(boundary("a"))
                .singlepart(text);
            let page = SinglePart::html(html.to_owned());
            Content::Multi(if draft.inline.is_empty() {
                alternative.singlepart(page)
            } else {
                let mut related = MultiPart::builder()
                    .kind(lettre::message::MultiPartKind::Related)
                    .boundary(boundary("r"))
                    .singlepart(page);
                for picture in draft.inline {
                    let part = Part::new_inline(cid(&picture.cid)?);
                    let body = in_base64(&picture.bytes);
                    related = related.singlepart(part.body(body, media(&picture.media_type)?));
                }
                alternative.multipart(related)
            })
        }
    };
    if draft.attachments.is_empty() {
        return Ok(told);
    }
    let mixed =
        MultiPart::builder().kind(lettre::message::MultiPartKind::Mixed).boundary(boundary("m"));
    let mut mixed = match told {
        Content::Single(part) => mixed.singlepart(part),
        Content::Multi(part) => mixed.multipart(part),
    };
    for file in draft.attachments {
        let part = Part::new(one_line(&file.name));
        mixed = mixed.singlepart(part.body(in_base64(&file.bytes), media(&file.media_type)?));
    }
    Ok(Content::Multi(mixed))
}

fn in_base64(bytes: &[u8]) -> Body {
    Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64)
        .unwrap_or_else(Body::new)
}

fn media(name: &str) -> Result<ContentType, MessageError> {
    ContentType::parse(name).map_err(|_opaque| MessageError::MediaType(name.to_owned()))
}

fn cid(name: &str) -> Result<String, MessageError> {
    let good = !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    good.then(|| name.to_owned()).ok_or_else(|| MessageError::Cid(name.to_owned()))
}

fn mailbox(of: &Mailbox) -> Result<Box, MessageError> {
    let address: Address = of.address.as_str().parse()?;
    let name = one_line(&of.name);
    Ok(Box::new((!name.is_empty()).then_some(name), address))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
}

/// A text without what could end a header's line: such letters become blanks.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(name: &str, address: &str) -> Mailbox {
        Mailbox { name: name.to_owned(), address: MailAddress::parse(address).unwrap() }
    }

    fn composed(name: &str, subject: &str, full: bool) -> String {
        let (from, to) = (at("Trường Mẫu", "hoc-phi@truong.test"), at(name, "me@example.test"));
        let inline = [Inline {
            cid: "qr".to_owned(),
            media_type: "image/png".to_owned(),
            bytes: vec![0, 255, 10, 13, 7],
        }];
        let attachments = [Attachment {
            name: "Biên lai\r\nX: y.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: b"%PDF".to_vec(),
        }];
        let draft = Draft {
            from: &from,
            reply_to: Some(&MailAddress::parse("ke-toan@truong.test").unwrap()),
            to: &to,
            subject,
            text: "Kính gửi phụ huynh,\n.\nMột dòng chỉ có dấu chấm.\n",
            html: full.then_some("<p>Kính gửi <img src=\"cid:qr\"></p>"),
            inline: if full { &inline } else { &[] },
            attachments: if full { &attachments } else { &[] },
            lang: "vi",
            token: "0123456789abcdef0123456789abcdef",
            at: "2026-11-24T01:02:03".parse().unwrap(),
            unsubscribe: None,
            signing: None,
        };
        let (id, message) = compose(&draft).unwrap();
        assert_eq!(id, "<0123456789abcdef0123456789abcdef@truong.test>");
        assert_eq!(compose(&draft).unwrap().1, message, "the same each time");
        message
    }

    #[test]
    fn a_message_is_ascii_with_its_parts_in_order() {
        let message = composed("Nguyễn Thị Mẫu", "Biên lai số 12 – Trường Mẫu", true);
        assert!(message.is_ascii());
        let head = message.split("\r\n\r\n").next().unwrap();
        for line in [
            "Message-ID: <0123456789abcdef0123456789abcdef@truong.test>",
            "Date: Tue, 24 Nov 2026 01:02:03 +0000",
            "Reply-To: ke-toan@truong.test",
            "Auto-Submitted: auto-generated",
            "Content-Type: multipart/mixed;",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
        let places: Vec<usize> = [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "image/png",
            "application/pdf",
        ]
        .iter()
        .map(|part| message.find(part).unwrap_or_else(|| panic!("{part}: {message}")))
        .collect();
        assert!(places.is_sorted(), "{places:?}");
        assert!(message.contains("Content-ID: <qr>"), "{message}");
    }

    #[test]
    fn nothing_that_is_told_becomes_a_header() {
        for (why, name, subject) in [
            ("in the subject", "Mẹ", "Chào\r\nBcc: x@example.test"),
            ("with a line feed alone", "Mẹ", "Chào\nBcc: x@example.test"),
            ("in the name", "Mẹ\r\nBcc: x@example.test", "Chào"),
            ("an end of the head", "Mẹ", "Chào\r\n\r\nBcc: x@example.test"),
            ("an address in the name", "\"x\" <x@example.test>,", "Chào"),
            ("in ASCII", "Me", "Chao\rBcc: x@example.test"),
        ] {
            for full in [true, false] {
                let message = composed(name, subject, full);
                let head = message.split("\r\n\r\n").next().unwrap();
                let headers = head
                    .lines()
                    .filter(|line| !line.starts_with([' ', '\t']))
                    .map(|line| line.split(':').next().unwrap().to_ascii_lowercase());
                for header in headers {
                    assert!(
                        !matches!(header.as_str(), "bcc" | "x" | "cc"),
                        "{why}: {header} in {head}"
                    );
                }
                assert_eq!(head.matches("\nTo: ").count(), 1, "{why}: {head}");
                assert!(!message.contains("\nX: y.pdf"), "{why}: {message}");
            }
        }
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let (from, to) = (at("", "a@b.test"), at("", "c@b.test"));
        let inline = |cid: &str, media: &str| {
            let pictures =
                [Inline { cid: cid.to_owned(), media_type: media.to_owned(), bytes: Vec::new() }];
            let draft = Draft {
                from: &from,
                reply_to: None,
                to: &to,
                subject: "x",
                text: "x",
                html: Some("x"),
                inline: &pictures,
                attachments: &[],
                lang: "vi",
                token: "1",
                at: NaiveDateTime::default(),
                unsubscribe: None,
                signing: None,
            };
            compose(&draft)
        };
        assert!(matches!(inline("a>\r\nX: y", "image/png"), Err(MessageError::Cid(_))));
        assert!(matches!(inline("qr", "no type"), Err(MessageError::MediaType(_))));
        assert!(inline("qr", "image/png").is_ok());
    }
}
