//! The client against servers of this machine that answer well, badly, late and too much.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use ureq::http::Uri;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::NextTimeout;

use super::*;

const NO_HEADERS: [(String, String); 0] = [];

/// A server that answers its first connection with these bytes; what it was sent comes back.
fn server(answer: &'static [u8]) -> (SocketAddr, Receiver<String>) {
    serve(move |stream| stream.write_all(answer).unwrap_or_default())
}

fn serve(answer: impl FnOnce(&mut TcpStream) + Send + 'static) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = vec![0; 4096];
        let length = stream.read(&mut seen).unwrap();
        seen.truncate(length);
        answer(&mut stream);
        // Nobody may be waiting for what was sent.
        drop(tell.send(String::from_utf8_lossy(&seen).into_owned()));
    });
    (address, told)
}

fn at_home() -> Client {
    Client::new(Policy {
        allow_private_networks: true,
        timeout: Duration::from_millis(500),
        ..Policy::default()
    })
}

fn get(client: &Client, address: SocketAddr) -> Result<Response, OutboundError> {
    client.get(&format!("http://{address}/hook?x=1"), &NO_HEADERS, EVENT_ANSWER_BYTES)
}

#[test]
fn an_answer_comes_back_whatever_its_status() {
    for (why, answer, status, body) in [
        ("well", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".as_slice(), 200, "ok"),
        ("nothing to say", b"HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("no such hook", b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno", 404, "no"),
        ("an outage", b"HTTP/1.1 503 Busy\r\nConnection: close\r\n\r\nlater", 503, "later"),
        (
            "in pieces",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
            200,
            "ok",
        ),
    ] {
        let (address, _told) = server(answer);
        let found = get(&at_home(), address).unwrap();
        assert_eq!((found.status, found.body.as_slice()), (status, body.as_bytes()), "{why}");
    }
}

#[test]
fn what_is_posted_arrives_with_its_headers() {
    let (address, told) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Seen: yes\r\n\r\n");
    let headers = [("Webhook-Id".to_owned(), "msg_1".to_owned())];
    let answer = at_home().post(&format!("http://{address}/hook"), &headers, b"{\"a\":1}", 9);
    let seen = told.recv().unwrap().to_lowercase();
    assert_eq!(answer.unwrap().header("x-seen"), Some("yes"));
    assert!(seen.starts_with("post /hook http/1.1\r\n"), "{seen}");
    for line in ["webhook-id: msg_1\r\n", "user-agent: doisoat/", "content-length: 7\r\n"] {
        assert!(seen.contains(line), "{line}: {seen}");
    }
}

#[test]
fn a_redirect_is_told_and_not_followed() {
    let (other, told) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    for status in ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"] {
        let (address, _told) = serve(move |stream| {
            let head = format!("HTTP/1.1 {status}\r\nLocation: http://{other}/\r\n");
            write!(stream, "{head}Content-Length: 0\r\n\r\n").unwrap();
        });
        let url = format!("http://{address}/");
        let answer = at_home().post(&url, &NO_HEADERS, b"x", 10).unwrap();
        assert_eq!(answer.status.to_string(), status[..3]);
    }
    assert!(told.try_recv().is_err(), "nobody came to the other server");
}

#[test]
fn a_server_says_how_long_to_wait_in_its_own_way() {
    for (why, answer, expected) in [
        ("the standard's", b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\n\r\n".as_slice(), Some(7)),
        ("its own", b"HTTP/1.1 429 Slow\r\nx-sepay-userapi-retry-after: 2\r\n\r\n", Some(2)),
        ("a date", b"HTTP/1.1 503 X\r\nRetry-After: Fri, 27 Nov 2026 01:00:00 GMT\r\n\r\n", None),
        ("not at all", b"HTTP/1.1 503 X\r\nX-Retry: 3\r\n\r\n", None),
    ] {
        let (address, _told) = server(answer);
        let found = get(&at_home(), address).unwrap().retry_after;
        assert_eq!(found, expected.map(Duration::from_secs), "{why}");
    }
}

#[test]
fn an_answer_that_is_too_long_too_late_or_none_is_an_error() {
    use OutboundError as E;
    let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123456789";
    let (address, _told) = server(whole);
    let found = at_home().get(&format!("http://{address}/"), &NO_HEADERS, 9).unwrap();
    assert_eq!(found.body.len(), 9, "just as long as allowed");
    let (address, _told) = server(whole);
    let found = at_home().get(&format!("http://{address}/"), &NO_HEADERS, 8);
    assert_eq!(found, Err(E::TooLarge), "one more");

    let (address, _told) = serve(|stream| {
        let line = [b"X-Long: ".as_slice(), &[b'x'; 1000], b"\r\n"].concat();
        stream.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        while stream.write_all(&line).is_ok() {}
    });
    assert_eq!(get(&at_home(), address), Err(E::TooLarge), "an endless head");

    let (address, _told) = serve(|_| thread::sleep(Duration::from_secs(1)));
    assert_eq!(get(&at_home(), address), Err(E::Timeout), "silence");
    let (address, _told) = serve(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n").unwrap();
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    assert_eq!(get(&at_home(), address), Err(E::Timeout), "a drop now and then");

    let (address, _told) = server(b"SSH-2.0-OpenSSH_9.6\r\n\r\n");
    assert_eq!(get(&at_home(), address), Err(E::Protocol), "another protocol");
    let (address, _told) = server(b"");
    assert_eq!(get(&at_home(), address), Err(E::Connect), "hung up");
    let (address, _told) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n123");
    assert_eq!(get(&at_home(), address), Err(E::Connect), "hung up in the middle");
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    assert_eq!(get(&at_home(), closed), Err(E::Connect), "nobody there");

    let (address, _told) = server(b"HTTP/1.1 400 Bad\r\n\r\n");
    let found = at_home().get(&format!("https://{address}/"), &NO_HEADERS, 9);
    assert_eq!(found, Err(E::Tls), "not encrypted after all");
}

#[test]
fn a_header_cannot_bring_others_along() {
    let (address, told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let headers = [("X-Key".to_owned(), "a\r\nX-Other: b".to_owned())];
    let found = at_home().get(&format!("http://{address}/"), &headers, 9);
    assert_eq!(found, Err(OutboundError::Protocol));
    assert!(told.try_recv().is_err(), "nothing was sent");
}

/// Says of every name that it is at these addresses.
#[derive(Debug)]
struct Says(Vec<SocketAddr>);

impl Resolver for Says {
    fn resolve(
        &self,
        _uri: &Uri,
        _config: &Config,
        _timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        for address in &self.0 {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}

#[test]
fn a_name_that_leads_into_a_private_network_is_refused_before_any_connection() {
    let (address, told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let public: SocketAddr = "113.160.0.1:443".parse().unwrap();
    let metadata: SocketAddr = "169.254.169.254:80".parse().unwrap();
    for (why, addresses, private_too) in [
        ("this machine", vec![address], false),
        ("one of several", vec![public, address], false),
        ("a cloud's metadata", vec![metadata], false),
        ("a cloud's metadata, at home too", vec![metadata], true),
    ] {
        let policy = Policy { allow_private_networks: private_too, ..Policy::default() };
        let client = Client::with_resolver(policy, Says(addresses));
        let found = client.get("https://nhan.example.edu.vn/", &NO_HEADERS, 9);
        assert_eq!(found, Err(OutboundError::Refused(Reason::Address)), "{why}");
    }
    assert!(told.try_recv().is_err(), "nobody was connected to");

    let policy = Policy { allow_private_networks: true, ..Policy::default() };
    let client = Client::with_resolver(policy, Says(vec![address]));
    let found = client.get("http://nhan.example.edu.vn/", &NO_HEADERS, 9).unwrap();
    assert_eq!(found.status, 200, "allowed at home, and connected to what was resolved");
}

#[test]
fn this_machine_is_refused_unless_the_operator_allows_it() {
    let (address, _told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let client = Client::new(Policy::default());
    for (url, reason) in [
        (format!("http://{address}/"), Reason::NotEncrypted),
        (format!("https://{address}/"), Reason::Address),
        (format!("https://localhost:{}/", address.port()), Reason::LocalName),
        (format!("https://[::ffff:127.0.0.1]:{}/", address.port()), Reason::Address),
    ] {
        let found = client.get(&url, &NO_HEADERS, 9);
        assert_eq!(found, Err(OutboundError::Refused(reason)), "{url}");
    }
    let url = format!("http://localhost:{}/", address.port());
    assert_eq!(at_home().get(&url, &NO_HEADERS, 9).unwrap().status, 200);
}

#[test]
fn a_name_nobody_has_is_told_as_such() {
    let found = at_home().get("http://khong-co.invalid/", &NO_HEADERS, 9);
    // A machine without any resolver may need longer to find out.
    assert!(matches!(found, Err(OutboundError::Dns | OutboundError::Timeout)), "{found:?}");
}
