//! A receiver of events on this machine, which checks signatures by itself: Standard Webhooks 1.0.0
//! written down a second time, from the specification.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.map_or_else(|| panic!("{name}: {self:?}"), |(_, value)| value.as_str())
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// How many of its signatures hold under this secret.
    pub fn signed_by(&self, secret: &str) -> usize {
        let key = BASE64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        assert!((24..=64).contains(&key.len()), "{} bytes", key.len());
        let text = format!("{}.{}.{}", self.id(), self.header("webhook-timestamp"), self.body);
        let expected = format!("v1,{}", BASE64.encode(hmac(&key, text.as_bytes())));
        self.signatures().iter().filter(|one| **one == expected).count()
    }

    pub fn signatures(&self) -> Vec<&str> {
        self.header("webhook-signature").split(' ').collect()
    }
}

/// RFC 2104, for keys of at most a block.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::digest([&block.map(|byte| byte ^ 0x36), text].concat());
    Sha256::digest([&block.map(|byte| byte ^ 0x5c)[..], &inner].concat()).to_vec()
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Vec<Seen>>,
    /// Answers to give, each a status line's end and further headers; 204 when there are none.
    answers: Mutex<VecDeque<String>>,
    held: Mutex<bool>,
    released: Condvar,
    inside: AtomicUsize,
    most_inside: AtomicUsize,
    stop: AtomicBool,
}

/// A receiver that stops with this value.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl Receiver {
    pub fn start() -> Receiver {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let inner = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                if inner.stop.load(Ordering::Acquire) {
                    return;
                }
                let inner = Arc::clone(&inner);
                std::thread::spawn(move || inner.answer(stream));
            }
        });
        Receiver { address, shared }
    }

    pub fn url(&self) -> String {
        format!("http://{}/nhan?token=mau", self.address)
    }

    /// What to answer next, e.g. `500 Broken` or `429 Slow\r\nRetry-After: 7`.
    pub fn then(&self, answer: &str) -> &Receiver {
        self.shared.answers.lock().unwrap().push_back(answer.to_owned());
        self
    }

    /// Keeps whoever comes waiting, or lets them go.
    pub fn hold(&self, held: bool) {
        *self.shared.held.lock().unwrap() = held;
        self.shared.released.notify_all();
    }

    /// What came so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// What came since it was last asked.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.seen.lock().unwrap())
    }

    /// The most requests there were at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.most_inside.load(Ordering::Acquire)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.hold(false);
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn answer(&self, mut stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let Some(seen) = read_request(&mut stream) else { return };
        let inside = self.inside.fetch_add(1, Ordering::AcqRel) + 1;
        self.most_inside.fetch_max(inside, Ordering::AcqRel);
        self.seen.lock().unwrap().push(seen);
        let held = self.held.lock().unwrap();
        drop(self.released.wait_while(held, |held| *held).unwrap());
        let answer = self.answers.lock().unwrap().pop_front();
        let answer = answer.unwrap_or_else(|| "204 No Content".to_owned());
        self.inside.fetch_sub(1, Ordering::AcqRel);
        // Whoever gave up waiting is gone.
        let _ = write!(stream, "HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n");
    }
}

fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        if let Some(end) = end {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let mut lines = head.lines();
            assert_eq!(lines.next(), Some("POST /nhan?token=mau HTTP/1.1"));
            let headers: Vec<(String, String)> = lines
                .map(|line| line.split_once(':').unwrap())
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let body = String::from_utf8(bytes[end + 4..].to_vec()).unwrap();
                return Some(Seen { headers, body });
            }
        }
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
            _ => return None,
        }
    }
}
