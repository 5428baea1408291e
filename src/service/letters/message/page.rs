//! A letter's message: the page by MJML, which is written once and becomes what each mail program
//! needs, and the same as text.

use askama::Template;
use mrml::prelude::render::RenderOptions;

use super::said::{self, Said};
use super::{Letter, picture};
use crate::domain::text::still;
use crate::service::mail::{Content, Inline};

/// A message without its recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The subject, the text and the page.
    pub content: Content,
    /// The pictures that the page shows.
    pub inline: Vec<Inline>,
}

/// Why there is no message.
#[derive(Debug, thiserror::Error)]
pub enum Unmade {
    /// The templates.
    #[error("a letter's template cannot be filled in: {0}")]
    Template(#[from] askama::Error),
    /// The page.
    #[error("a letter's page cannot be read: {0}")]
    Page(#[from] mrml::prelude::parser::Error),
    /// The page.
    #[error("a letter's page cannot be made: {0}")]
    Render(#[from] mrml::prelude::render::Error),
}

#[derive(Template)]
#[template(path = "mail/letter.mjml", escape = "html")]
struct Page<'a> {
    letter: &'a Letter,
    said: &'a Said,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
    said: &'a Said,
}

/// The message of a letter.
pub fn compose(letter: &Letter) -> Result<Composed, Unmade> {
    compose_as(letter, said::of(letter))
}

/// The message of a letter in these words.
pub fn compose_as(letter: &Letter, mut said: Said) -> Result<Composed, Unmade> {
    let mut inline = Vec::new();
    for (card, how) in said.bills.iter_mut().zip(letter.transfers()) {
        match how.and_then(|how| how.qr.as_deref()).and_then(picture) {
            Some(bytes) => inline.push(Inline {
                cid: card.cid.clone(),
                media_type: "image/png".to_owned(),
                bytes,
            }),
            // A page must not show a picture that is not there.
            None => card.cid.clear(),
        }
    }
    let text = Text { letter, said: &said }.render()?;
    let source = Page { letter, said: &said }.render()?;
    let html = mrml::parse(&source)?.element.render(&RenderOptions::default())?;
    // What turns text around would turn the amount and the account around with it.
    let shown = |text: &str| still(text).into_owned();
    let content =
        Content { subject: shown(&said.subject), text: shown(&text), html: Some(shown(&html)) };
    Ok(Composed { content, inline })
}
