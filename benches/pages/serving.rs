//! The service on a port of its own, and what asks it: connections that stay open, as browsers keep them.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use chrono::{NaiveDateTime, TimeDelta};
use doisoat::app::Application;
use doisoat::clock::Clock;
use doisoat::config;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::access::Role;
use doisoat::domain::lang::Lang;
use doisoat::ids::RandomIds;
use doisoat::service::Store;
use doisoat::service::keys::{self, Reach};
use doisoat::service::sessions::{self, Outcome};
use doisoat::service::users::{self, NewUser};

use crate::school::School;

const PASSWORD: &str = "ngua trang an co xanh 2026";

/// An answer takes no longer than this, or it is none.
const PATIENCE: Duration = Duration::from_mins(10);

/// A clock that runs five times as fast: what is done once a minute is measured too.
struct Hurried {
    begun: Instant,
    at: NaiveDateTime,
}

impl Clock for Hurried {
    fn now(&self) -> NaiveDateTime {
        let gone = TimeDelta::from_std(self.begun.elapsed() * 5).unwrap_or_default();
        self.at.checked_add_signed(gone).unwrap_or(self.at)
    }
}

/// The service with somebody who is signed in, and a key of the same school.
pub struct Served {
    pub address: SocketAddr,
    /// A chief accountant's.
    pub cookie: String,
    pub key: String,
    handle: ServerHandle,
    thread: JoinHandle<()>,
}

impl Served {
    /// Serves a school's database with two workers, on connections of its own.
    pub fn start(url: &str, school: &School) -> Served {
        let School { store, clock, actor, .. } = school;
        let everything = || Reach::Everything;
        let new = NewUser {
            email: "ke.toan@example.test".to_owned(),
            name: "Kế Toán Mẫu".to_owned(),
            lang: Lang::Vi,
            second_factor_exempt: true,
            grants: vec![(Role::ChiefAccountant, everything())],
        };
        users::create(store, (clock, &RandomIds), actor, &new, PASSWORD).expect("a new person");
        let signed = sessions::sign_in(store, clock, &RandomIds, &new.email, PASSWORD, "192.0.2.1");
        let Outcome::SignedIn { secret } = signed.expect("an answer") else {
            panic!("the password is right")
        };
        let role = Role::ChiefAccountant;
        let key = keys::create(store, (clock, &RandomIds), actor, "mau", role, &everything());
        let key = key.expect("a key").1;

        let mut config = config::from_parts(None, [], Some(url)).expect("settings");
        config.server.bind = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        config.server.workers = 2;
        config.server.max_upload_mb = 1_024;
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".clone_into(&mut config.secrets.key);
        let store = Store::open(url, 8, 30_000).expect("a database");
        let clock: Arc<dyn Clock> =
            Arc::new(Hurried { begun: Instant::now(), at: school.clock.now() });
        let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
        let (tell, told) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async {
                let built = Application::build(&config, store, reader, clock).expect("a server");
                tell.send((built.address(), built.handle())).expect("somebody listens");
                built.run().await.expect("it ends when it is told to");
            });
        });
        let (address, handle) = told.recv().expect("an address");
        Served { address, cookie: format!("doisoat={secret}"), key, handle, thread }
    }

    pub fn stop(self) {
        drop(self.handle.stop(false));
        self.thread.join().expect("it ended well");
    }

    pub fn connect(&self) -> Connection {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket");
        Connection { stream, cookie: self.cookie.clone(), key: self.key.clone() }
    }
}

/// A connection that stays open.
pub struct Connection {
    stream: TcpStream,
    cookie: String,
    key: String,
}

impl Connection {
    /// Asks for a page as a browser does; how many bytes came of it.
    pub fn page(&mut self, target: &str) -> usize {
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nAccept-Encoding: gzip\r\n\r\n",
            self.cookie
        );
        self.stream.write_all(request.as_bytes()).expect("a connection");
        let (status, body) = self.answer();
        assert_eq!(status, "200", "{target}: {}", String::from_utf8_lossy(&body));
        body.len()
    }

    /// Sends something with the key; what came back.
    pub fn post(&mut self, target: &str, once: &str, body: &[u8]) -> String {
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
             Idempotency-Key: {once}\r\nContent-Length: {}\r\n\r\n",
            self.key,
            body.len()
        );
        self.stream.write_all(head.as_bytes()).expect("a connection");
        self.stream.write_all(body).expect("a connection");
        let (status, body) = self.answer();
        let text = String::from_utf8_lossy(&body).into_owned();
        assert!(status.starts_with('2'), "{target}: {status} {text}");
        text
    }

    /// Reads an answer to its end.
    fn answer(&mut self) -> (String, Vec<u8>) {
        let mut bytes = Vec::new();
        let mut buffer = vec![0_u8; 64 * 1024];
        loop {
            let read = self.stream.read(&mut buffer).expect("a connection");
            assert!(read > 0, "the server closed the connection");
            bytes.extend_from_slice(buffer.get(..read).unwrap_or_default());
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
            let length = head
                .lines()
                .find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
                })
                .unwrap_or(0_usize);
            if bytes.len() >= end + 4 + length {
                let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
                return (status, bytes.split_off(end + 4));
            }
        }
    }
}
