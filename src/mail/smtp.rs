//! Mail by a server, spoken to step by step: only so is it known, when something fails, whether the
//! server has the message. It has it not before the whole text was written; it has it when it said
//! so; in between nobody can know.

use std::cell::Cell;
use std::error::Error as _;
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;

use super::{Outcome, Parcel, Trouble};

/// How long a goodbye may take: nothing depends on it.
const GOODBYE: Duration = Duration::from_secs(2);

/// The most characters of a server's words that are kept.
const MOST_WORDS: usize = 500;

/// Bytes of a message that are written at once.
const PART: usize = 64 * 1024;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// It begins plainly and becomes TLS before anything is said; usual on port 587.
    StartTls,
    /// TLS from the first byte; usual on port 465.
    Tls,
    /// Not at all: for a server on this machine.
    None,
}

/// Which server, and how patient we are.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Whom to log in as, with the password; nobody where absent.
    pub login: Option<(String, String)>,
    /// Certificates (PEM) of authorities trusted besides the public ones; may be empty.
    pub authorities: Vec<u8>,
    /// How long connecting, and the server's greeting, may take.
    pub connect_timeout: Duration,
    /// How long the answer to a command may take.
    pub command_timeout: Duration,
    /// How long the server may take to say that it has a message. Whoever gives up early sends twice.
    pub answer_timeout: Duration,
}

impl std::fmt::Debug for SmtpSettings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

/// Why a server cannot be spoken to as it is set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The certificates or the name cannot be used.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] Error),
}

/// Speaks to one server. Connections are kept as long as there is something to send.
pub struct Smtp {
    settings: SmtpSettings,
    tls: TlsParameters,
    hello: ClientId,
    kept: Mutex<Vec<SmtpConnection>>,
}

impl Smtp {
    /// What speaks to this server; connects when the first message is sent.
    pub fn new(settings: SmtpSettings) -> Result<Smtp, SetupError> {
        let mut tls = TlsParameters::builder(settings.host.clone());
        if !settings.authorities.is_empty() {
            tls = tls.add_root_certificate(Certificate::from_pem(&settings.authorities)?);
        }
        let tls = tls.build()?;
        let (hello, kept) = (ClientId::default(), Mutex::default());
        Ok(Smtp { settings, tls, hello, kept })
    }

    /// Sends one message.
    pub(super) fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        let (Ok(from), Ok(to)) = (parcel.from.parse(), parcel.to.parse()) else {
            return Outcome::Refused(Trouble {
                place: "address",
                status: None,
                words: String::new(),
                of_server: false,
            });
        };
        let mut kept = self.take();
        loop {
            let reused = kept.is_some();
            let opened = kept.take().map_or_else(|| self.connect(), Ok);
            let mut connection = match opened {
                Ok(connection) => connection,
                Err(trouble) => return Outcome::Postponed(trouble),
            };
            match envelope(&mut connection, &from, &to) {
                Ok(()) if begin() => return self.hand_over(connection, parcel.message),
                Ok(()) => {
                    self.clear(connection);
                    return Outcome::NotBegun;
                }
                // The server had closed it while nothing was sent: that is no attempt.
                Err((_, error)) if reused && is_gone(&error) => give_up(connection),
                Err((place, error)) => {
                    if is_gone(&error) {
                        give_up(connection);
                    } else {
                        self.clear(connection);
                    }
                    return of_answer(place, &error);
                }
            }
        }
    }

    /// Ends the connections that are kept.
    pub(super) fn rest(&self) {
        let kept = std::mem::take(&mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        kept.into_iter().for_each(give_up);
    }

    fn take(&self) -> Option<SmtpConnection> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: SmtpConnection) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
    }

    /// Keeps a connection in which a message was begun and given up.
    fn clear(&self, mut connection: SmtpConnection) {
        if connection.command(Rset).is_ok() {
            self.keep(connection);
        } else {
            give_up(connection);
        }
    }

    fn connect(&self) -> Result<SmtpConnection, Trouble> {
        let Smtp { settings, tls, hello, .. } = self;
        let wrapped = (settings.security == Security::Tls).then_some(tls);
        let server = (settings.host.as_str(), settings.port);
        let timeout = Some(settings.connect_timeout);
        let mut connection = SmtpConnection::connect(server, timeout, hello, wrapped, None)
            .map_err(|error| trouble(place_of(&error), &error, true))?;
        if settings.security == Security::StartTls {
            connection.starttls(tls, hello).map_err(|error| trouble("tls", &error, true))?;
        }
        let patient = connection.set_timeout(Some(settings.command_timeout));
        patient.map_err(|error| Trouble {
            place: "connect",
            status: None,
            words: error.to_string(),
            of_server: true,
        })?;
        if let Some((user, password)) = &settings.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            // Whatever it says, a wrong password is not the message's fault.
            if let Err(error) = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
            {
                let trouble = trouble("login", &error, true);
                give_up(connection);
                return Err(trouble);
            }
        }
        Ok(connection)
    }

    fn hand_over(&self, mut connection: SmtpConnection, message: &[u8]) -> Outcome {
        if let Err(error) = connection.command(Data) {
            let outcome = of_answer("data", &error);
            if is_gone(&error) {
                give_up(connection);
            } else {
                self.clear(connection);
            }
            return outcome;
        }
        if connection.set_timeout(Some(self.settings.answer_timeout)).is_err() {
            give_up(connection);
            return Outcome::Postponed(Trouble {
                place: "data",
                status: None,
                words: String::new(),
                of_server: false,
            });
        }
        let written = Cell::new(false);
        let mut parts = message.chunks(PART);
        // Asked for the next part after the last, the library has written all the others.
        let parts = std::iter::from_fn(|| {
            let part = parts.next();
            written.set(part.is_none());
            part
        });
        match connection.message_iter(parts) {
            Ok(response) => {
                let said: Vec<&str> = response.message().collect();
                let words = plain(&said.join(" "));
                if connection.set_timeout(Some(self.settings.command_timeout)).is_ok() {
                    self.keep(connection);
                }
                Outcome::Sent { words }
            }
            Err(error) if error.is_permanent() || error.is_transient() => {
                let outcome = of_answer("answer", &error);
                if is_gone(&error) {
                    give_up(connection);
                } else if connection.set_timeout(Some(self.settings.command_timeout)).is_ok() {
                    self.clear(connection);
                }
                outcome
            }
            // Without the point at its end no server takes a message.
            Err(error) if !written.get() => Outcome::Postponed(trouble("data", &error, false)),
            Err(error) => Outcome::Unsure(trouble("answer", &error, false)),
        }
    }
}

/// Says who writes to whom; where the server says no, at which step.
fn envelope(
    connection: &mut SmtpConnection,
    from: &Address,
    to: &Address,
) -> Result<(), (&'static str, Error)> {
    connection
        .command(Mail::new(Some(from.clone()), Vec::new()))
        .map_err(|error| ("sender", error))?;
    connection
        .command(Rcpt::new(to.clone(), Vec::new()))
        .map(drop)
        .map_err(|error| ("recipient", error))
}

/// Whether the connection is of no more use: lost, out of step, or closed by the server (421).
fn is_gone(error: &Error) -> bool {
    match error.status() {
        Some(code) => u16::from(code) == 421,
        None => true,
    }
}

/// Ends a connection, politely where that is possible soon.
fn give_up(mut connection: SmtpConnection) {
    if connection.set_timeout(Some(GOODBYE)).is_ok() {
        connection.abort();
    }
}

/// What an answer before or after the message means.
fn of_answer(place: &'static str, error: &Error) -> Outcome {
    // 421 says that the server closes, whoever the mail is for.
    let closes = error.status().is_some_and(|code| u16::from(code) == 421);
    let trouble = trouble(place, error, closes);
    if error.is_permanent() { Outcome::Refused(trouble) } else { Outcome::Postponed(trouble) }
}

/// Where connecting failed, as far as the error tells.
fn place_of(error: &Error) -> &'static str {
    let system = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match system.map(io::Error::kind) {
        _ if error.status().is_some() || error.is_response() => "greeting",
        Some(io::ErrorKind::InvalidData) => "tls",
        _ => "connect",
    }
}

fn trouble(place: &'static str, error: &Error, of_server: bool) -> Trouble {
    let words = match error.source() {
        Some(source) => source.to_string(),
        None => error.to_string(),
    };
    Trouble { place, status: error.status().map(u16::from), words: plain(&words), of_server }
}

/// A server's words on one line, not too long.
fn plain(words: &str) -> String {
    let words = words.chars().map(|c| if c.is_control() { ' ' } else { c });
    words.take(MOST_WORDS).collect::<String>().trim().to_owned()
}
