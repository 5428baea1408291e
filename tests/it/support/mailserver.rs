//! A mail server on this machine that does to each message, or to whoever connects, what it is told.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// To whoever connects: say this and close.
    Greet(String),
    /// To whoever connects: say nothing.
    Silent,
    /// To whoever connects: greet, and say nothing more.
    SilentAfterGreeting,
    /// To a message: take it.
    Take,
    /// To a message: say this to its recipient.
    Recipient(&'static str),
    /// To a message: close before its text is read.
    CloseBeforeText,
    /// To a message: read it whole, keep it, and close without an answer.
    CloseAfterText,
    /// To a message: read it whole and say this; it is kept if that is 250.
    Answer(&'static str),
    /// To a message: keep it, and say so after this time.
    Late(Duration),
    /// To a message: take it, and close the connection while nothing is said.
    TakeAndClose,
}

impl Manner {
    fn is_of_connection(&self) -> bool {
        matches!(self, Manner::Greet(_) | Manner::Silent | Manner::SilentAfterGreeting)
    }
}

/// A message that the server kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Got {
    pub from: String,
    pub to: String,
    pub message: String,
}

impl Got {
    pub fn message_id(&self) -> &str {
        let line = self.message.lines().find_map(|line| line.strip_prefix("Message-ID: "));
        line.unwrap_or_else(|| panic!("{}", self.message))
    }
}

#[derive(Default)]
struct Shared {
    got: Mutex<Vec<Got>>,
    manners: Mutex<VecDeque<Manner>>,
    /// At which step to go silent once, and whom to tell.
    silent_at: Mutex<Option<(&'static str, mpsc::Sender<()>)>>,
    logins: Mutex<Vec<String>>,
    connections: AtomicUsize,
    stop: AtomicBool,
}

/// A server that stops with this value.
pub struct MailServer {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

/// How a connection is protected.
#[derive(Clone, Default)]
pub struct Protection {
    /// The certificate, where there is TLS.
    pub tls: Option<Arc<ServerConfig>>,
    /// Whether TLS comes first.
    pub wrapped: bool,
}

impl MailServer {
    pub fn start() -> MailServer {
        MailServer::protected(Protection::default())
    }

    pub fn protected(protection: Protection) -> MailServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let inner = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                if inner.stop.load(Ordering::Acquire) {
                    return;
                }
                inner.connections.fetch_add(1, Ordering::AcqRel);
                let (inner, protection) = (Arc::clone(&inner), protection.clone());
                std::thread::spawn(move || inner.serve(stream, &protection));
            }
        });
        MailServer { address, shared }
    }

    /// What to do next; it takes what comes when it was told nothing.
    pub fn then(&self, manner: Manner) -> &MailServer {
        self.shared.manners.lock().unwrap().push_back(manner);
        self
    }

    /// Goes silent when a client gets to a step, once, and tells that it did: `CONNECT`, `EHLO`, `MAIL`,
    /// `RCPT` or `DATA` before each is answered, `TEXT` when a message was read and not kept, `KEPT` when
    /// it was kept and that not said, `SAID` when it was said.
    pub fn silent_at(&self, step: &'static str) -> mpsc::Receiver<()> {
        let (tell, told) = mpsc::channel();
        *self.shared.silent_at.lock().unwrap() = Some((step, tell));
        told
    }

    /// What was kept so far.
    pub fn got(&self) -> Vec<Got> {
        self.shared.got.lock().unwrap().clone()
    }

    /// Who logged in, as they said it.
    pub fn logins(&self) -> Vec<String> {
        self.shared.logins.lock().unwrap().clone()
    }

    /// How many connected.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::Acquire)
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
    }
}

/// Why talking ended.
#[derive(PartialEq, Eq)]
enum End {
    Closed,
    StartTls,
}

impl Shared {
    fn serve(&self, mut stream: TcpStream, protection: &Protection) {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let secure = |stream| {
            let config = protection.tls.clone().unwrap();
            StreamOwned::new(ServerConnection::new(config).unwrap(), stream)
        };
        if protection.wrapped {
            self.talk(&mut secure(stream), (true, false));
        } else if self.talk(&mut stream, (true, protection.tls.is_some())) == End::StartTls {
            self.talk(&mut secure(stream), (false, false));
        }
    }

    /// The next manner, if it is of this kind.
    fn next(&self, of_connection: bool) -> Option<Manner> {
        let mut manners = self.manners.lock().unwrap();
        let fits = manners.front().is_some_and(|next| next.is_of_connection() == of_connection);
        if fits { manners.pop_front() } else { None }
    }

    /// Whether to go silent now; returns when the client has gone.
    fn goes_silent(&self, step: &str, stream: &mut (impl Read + Write)) -> bool {
        let mut silent = self.silent_at.lock().unwrap();
        let Some((_, tell)) = silent.take_if(|(at, _)| *at == step) else { return false };
        drop(silent);
        tell.send(()).unwrap();
        while line(stream).is_some() {}
        true
    }

    fn talk(&self, stream: &mut (impl Read + Write), (greet, offer_tls): (bool, bool)) -> End {
        let say = |stream: &mut dyn Write, text: &str| {
            // Whoever gave up waiting is gone.
            let _ = stream.write_all(format!("{text}\r\n").as_bytes());
            let _ = stream.flush();
        };
        if greet && self.goes_silent("CONNECT", stream) {
            return End::Closed;
        }
        if greet {
            match self.next(true) {
                Some(Manner::Greet(text)) => {
                    say(stream, &text);
                    return End::Closed;
                }
                Some(Manner::Silent) => {
                    drop(line(stream));
                    return End::Closed;
                }
                Some(_) => {
                    say(stream, "220 mau");
                    drop(line(stream));
                    drop(line(stream));
                    return End::Closed;
                }
                None => say(stream, "220 mau"),
            }
        }
        let (mut from, mut to, mut manner) = (String::new(), String::new(), Manner::Take);
        while let Some(command) = line(stream) {
            let address = || {
                let inside = command.split(['<', '>']).nth(1);
                inside.unwrap_or_default().to_owned()
            };
            let verb = command.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            if self.goes_silent(&verb, stream) {
                return End::Closed;
            }
            match verb.as_str() {
                "EHLO" if offer_tls => say(stream, "250-mau\r\n250-AUTH PLAIN\r\n250 STARTTLS"),
                "EHLO" => say(stream, "250-mau\r\n250 AUTH PLAIN"),
                "STARTTLS" => {
                    say(stream, "220 go");
                    return End::StartTls;
                }
                "AUTH" => {
                    let plain = command.rsplit(' ').next().unwrap().to_owned();
                    let wrong = plain.ends_with("c2Fp");
                    self.logins.lock().unwrap().push(plain);
                    say(stream, if wrong { "535 sai mat khau" } else { "235 ok" });
                }
                "MAIL" => {
                    from = address();
                    say(stream, "250 ok");
                }
                "RCPT" => {
                    to = address();
                    manner = self.next(false).unwrap_or(Manner::Take);
                    say(stream, if let Manner::Recipient(no) = &manner { no } else { "250 ok" });
                }
                "DATA" => {
                    say(stream, "354 go on");
                    if manner == Manner::CloseBeforeText {
                        return End::Closed;
                    }
                    let Some(message) = text(stream) else { return End::Closed };
                    if self.goes_silent("TEXT", stream) {
                        return End::Closed;
                    }
                    let answer = match &manner {
                        Manner::Answer(answer) => answer,
                        _ => "250 kept",
                    };
                    if answer.starts_with("250") {
                        let got = Got { from: from.clone(), to: to.clone(), message };
                        self.got.lock().unwrap().push(got);
                    }
                    if self.goes_silent("KEPT", stream) {
                        return End::Closed;
                    }
                    match &manner {
                        Manner::CloseAfterText => return End::Closed,
                        Manner::Late(time) => std::thread::sleep(*time),
                        _ => (),
                    }
                    say(stream, answer);
                    if self.goes_silent("SAID", stream) {
                        return End::Closed;
                    }
                    if manner == Manner::TakeAndClose {
                        return End::Closed;
                    }
                }
                "QUIT" => {
                    say(stream, "221 bye");
                    return End::Closed;
                }
                "RSET" | "NOOP" => say(stream, "250 ok"),
                _ => say(stream, "502 what?"),
            }
        }
        End::Closed
    }
}

/// One line without its end.
fn line(stream: &mut impl Read) -> Option<String> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        match stream.read(&mut byte) {
            Ok(1..) => line.push(byte[0]),
            _ => return None,
        }
        if line.ends_with(b"\r\n") {
            line.truncate(line.len() - 2);
            return Some(String::from_utf8(line).unwrap());
        }
    }
}

/// A message up to the point that ends it, without the points that were doubled.
fn text(stream: &mut impl Read) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = line(stream)?;
        if line == "." {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push_str("\r\n");
    }
}
