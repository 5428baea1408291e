//! A client that keeps 64 connections busy: one thread, one request at a time on each connection.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use actix_web::rt::{Runtime, net::TcpStream, spawn};
use doisoat::formats::notification::Signed;
use memchr::memmem;

/// Connections that are kept busy.
pub const CONNECTIONS: usize = 64;

/// What comes before it is measured: connections, caches, the first pages of the files.
const WARM_UP: Duration = Duration::from_millis(300);

/// How long is measured.
const MEASURED: Duration = Duration::from_millis(1_500);

/// What a server did while it was measured.
#[derive(Default)]
pub struct Load {
    /// Requests answered with success in a second.
    pub per_second: f64,
    /// Answers that were no success, at any time.
    pub refused: usize,
    /// All requests answered with success, those before the measuring too.
    pub taken: usize,
    /// Microseconds, in order.
    latencies: Vec<u128>,
}

impl Load {
    /// The latency under which `percent` of the requests were answered, in milliseconds.
    pub fn percentile(&self, percent: usize) -> f64 {
        let last = self.latencies.len().saturating_sub(1);
        let place = last.min(self.latencies.len() * percent / 100);
        let micros = self.latencies.get(place).copied().unwrap_or_default();
        u32::try_from(micros).map_or(f64::INFINITY, f64::from) / 1_000.0
    }
}

/// A request after its first line, as bytes.
pub fn written(signed: &Signed) -> Vec<u8> {
    let mut text = String::from("Host: localhost\r\nUser-Agent: SePay-Webhook/1.0\r\n");
    text.push_str("Accept: */*\r\nAccept-Encoding: gzip, deflate\r\n");
    for (name, value) in &signed.headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    text.push_str("Content-Length: ");
    text.push_str(&signed.body.len().to_string());
    text.push_str("\r\n\r\n");
    text.push_str(&signed.body);
    text.into_bytes()
}

struct Shared<'a> {
    first_line: String,
    requests: &'a [Vec<u8>],
    next: Cell<usize>,
    from: Instant,
    until: Instant,
    load: RefCell<Load>,
}

/// Sends requests, each once, until the time is over.
pub fn drive(address: SocketAddr, path: &str, requests: &'static [Vec<u8>]) -> Load {
    let runtime = Runtime::new().expect("an event loop");
    let from = Instant::now() + WARM_UP;
    let shared = Rc::new(Shared {
        first_line: format!("POST {path} HTTP/1.1\r\n"),
        requests,
        next: Cell::new(0),
        from,
        until: from + MEASURED,
        load: RefCell::default(),
    });
    runtime.block_on(async {
        let all: Vec<_> =
            (0..CONNECTIONS).map(|_| spawn(keep_busy(address, Rc::clone(&shared)))).collect();
        for one in all {
            one.await.expect("a connection that stays");
        }
    });
    let mut load = shared.load.take();
    assert!(shared.next.get() < requests.len(), "all requests were used up: make more");
    load.latencies.sort_unstable();
    load.per_second = count(load.latencies.len()) / MEASURED.as_secs_f64();
    load
}

/// A count to divide.
pub fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

async fn keep_busy(address: SocketAddr, shared: Rc<Shared<'static>>) {
    let stream = TcpStream::connect(address).await.expect("the server");
    stream.set_nodelay(true).expect("a socket");
    let (mut sent, mut came) = (Vec::new(), Vec::new());
    loop {
        let place = shared.next.get();
        let start = Instant::now();
        let Some(request) = shared.requests.get(place).filter(|_| start < shared.until) else {
            return;
        };
        shared.next.set(place + 1);
        sent.clear();
        sent.extend_from_slice(shared.first_line.as_bytes());
        sent.extend_from_slice(request);
        write(&stream, &sent).await;
        let success = answer(&stream, &mut came).await;
        let end = Instant::now();
        let mut load = shared.load.borrow_mut();
        if success {
            load.taken += 1;
        } else {
            load.refused += 1;
        }
        if success && (shared.from..shared.until).contains(&end) {
            load.latencies.push((end - start).as_micros());
        }
    }
}

async fn write(stream: &TcpStream, mut bytes: &[u8]) {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                stream.writable().await.expect("a connection");
            }
            Err(error) => panic!("the server hung up: {error}"),
        }
    }
}

/// Reads one answer to its end; whether it is a success.
async fn answer(stream: &TcpStream, came: &mut Vec<u8>) -> bool {
    came.clear();
    loop {
        stream.readable().await.expect("a connection");
        let mut part = [0; 1_024];
        match stream.try_read(&mut part) {
            Ok(0) => panic!("the server hung up"),
            Ok(read) => came.extend_from_slice(part.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => continue,
            Err(error) => panic!("the server hung up: {error}"),
        }
        if is_whole(came) {
            return came.starts_with(b"HTTP/1.1 2");
        }
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = memmem::find(answer, b"\r\n\r\n") else { return false };
    let length = memmem::find(answer, b"content-length: ").and_then(|at| {
        let digits = answer.get(at + 16..)?.split(|byte| *byte == b'\r').next()?;
        std::str::from_utf8(digits).ok()?.parse::<usize>().ok()
    });
    answer.len() >= head + 4 + length.unwrap_or_default()
}
