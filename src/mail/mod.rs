//! The port through which mail leaves, and its transports: a mail server, a folder, memory.
//!
//! A transport tells exactly how far it came, because the rule that nothing goes twice or missing
//! rests on it: before it does what cannot be taken back it asks `begin`, and afterwards it says
//! whether the other side has the message, has it not, or whether nobody can know.

mod dkim;
mod file;
mod memory;
mod message;
mod smtp;

use std::sync::Arc;

pub use dkim::{SignatureError, Signing};
pub use file::Folder;
pub use memory::Memory;
pub use message::{Attachment, Draft, Inline, Mailbox, MessageError, compose};
pub use smtp::{Security, SetupError, Smtp, SmtpSettings};

/// A message ready to go.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// By which a transport that keeps messages names it: the same each time it is sent.
    pub name: &'a str,
    /// The address it comes from.
    pub from: &'a str,
    /// The address it goes to.
    pub to: &'a str,
    /// The whole message, in ASCII.
    pub message: &'a [u8],
}

/// Why a message did not leave, or why nobody can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Where it went wrong: `connect`, `tls`, `greeting`, `login`, `sender`, `recipient`, `data`,
    /// `answer`, `folder` or `address`.
    pub place: &'static str,
    /// The server's code.
    pub status: Option<u16>,
    /// The server's words, or the system's; they may name the recipient.
    pub words: String,
    /// Whether it is about the server and not about this message: others would fare the same.
    pub of_server: bool,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The other side has it.
    Sent {
        /// What the server said to it.
        words: String,
    },
    /// The other side has it not; it may take it later.
    Postponed(Trouble),
    /// The other side has it not and will not take it.
    Refused(Trouble),
    /// Nobody can know whether the other side has it.
    Unsure(Trouble),
    /// `begin` said no: nothing was handed over.
    NotBegun,
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Sends one message. `begin` is asked once, just before the step after which the other side may
    /// have the message; nothing is handed over where it says no.
    fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome;

    /// Nothing is left to send for now: lets go of what is kept open.
    fn rest(&self) {}
}

/// The transports there are.
#[derive(Clone)]
pub enum Transport {
    /// A mail server.
    Smtp(Arc<Smtp>),
    /// A folder of `.eml` files.
    Folder(Folder),
    /// Nothing leaves: what was sent can be looked at.
    Memory(Memory),
}

impl Mailer for Transport {
    fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        match self {
            Transport::Smtp(smtp) => smtp.send(parcel, begin),
            Transport::Folder(folder) => folder.send(parcel, begin),
            Transport::Memory(memory) => memory.send(parcel, begin),
        }
    }

    fn rest(&self) {
        if let Transport::Smtp(smtp) = self {
            smtp.rest();
        }
    }
}
