//! A client of HTTP/1.1, just large enough for the tests: one request on one connection.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A request being put together.
pub struct Request {
    to: SocketAddr,
    method: String,
    target: String,
    headers: String,
    body: Vec<u8>,
    chunked: bool,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(to: SocketAddr, method: &str, target: &str) -> Request {
        Request {
            to,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: String::new(),
            body: Vec::new(),
            chunked: false,
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.extend([name, ": ", value, "\r\n"]);
        self
    }

    pub fn key(self, secret: &str) -> Request {
        self.header("Authorization", &format!("Bearer {secret}"))
    }

    pub fn once(self, key: &str) -> Request {
        self.header("Idempotency-Key", key)
    }

    pub fn json(mut self, body: &serde_json::Value) -> Request {
        self.body = body.to_string().into_bytes();
        self.header("Content-Type", "application/json")
    }

    pub fn bytes(mut self, body: &[u8]) -> Request {
        self.body = body.to_vec();
        self
    }

    /// Sends the body in pieces without saying how long it is.
    pub fn chunked(mut self) -> Request {
        self.chunked = true;
        self
    }

    /// The request up to its body, which is `length` bytes long.
    pub fn head(&self, length: usize) -> String {
        let Request { method, target, headers, .. } = self;
        let framing = if self.chunked {
            "Transfer-Encoding: chunked".to_owned()
        } else {
            format!("Content-Length: {length}")
        };
        format!(
            "{method} {target} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n{framing}\r\n{headers}\r\n"
        )
    }

    pub fn send(self) -> Answer {
        let mut stream = connect(self.to);
        let mut reader = stream.try_clone().unwrap();
        // A server may answer before it has read everything: whoever only listens afterwards finds
        // a closed connection.
        let answer = std::thread::spawn(move || read_answer(&mut reader));
        // For the same reason a failure to write is not a failure of the test.
        let _ = stream.write_all(self.head(self.body.len()).as_bytes());
        if self.chunked {
            for part in self.body.chunks(64 * 1024) {
                let size = format!("{:x}\r\n", part.len());
                let _ = stream.write_all(&[size.as_bytes(), part, b"\r\n"].concat());
            }
            let _ = stream.write_all(b"0\r\n\r\n");
        } else {
            let _ = stream.write_all(&self.body);
        }
        answer.join().unwrap()
    }
}

pub fn connect(to: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    stream
}

/// Reads until the server closes the connection.
pub fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    // A reset after the whole answer is the server's way to close on an unread body.
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect();
    let answer = Answer { status, headers, body: bytes[end + 4..].to_vec() };
    let length = answer.header("content-length").map(|length| length.parse().unwrap());
    assert_eq!(length.unwrap_or(0), answer.body.len(), "the answer is whole: {head}");
    answer
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The status and the code of the first thing wrong, or `-` when nothing is.
    pub fn outcome(&self) -> (u16, String) {
        if self.status < 400 {
            return (self.status, "-".to_owned());
        }
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        (self.status, self.json()["errors"][0]["code"].as_str().unwrap().to_owned())
    }
}

/// A text as part of a target, every byte of it escaped.
pub fn encoded(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        write!(escaped, "%{byte:02X}").unwrap();
    }
    escaped
}
