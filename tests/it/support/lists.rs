//! A server that answers like the providers' lists of transactions, from what a test gives it: SePay's
//! user API and Casso's API version 2. It can be slow to trust, busy or out of order.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use doisoat::domain::notification::Provider;
use serde_json::{Value, json};

/// Who may ask; all other tokens are refused.
pub const TOKEN: &str = "ma-truy-cap-thu";

/// One transaction of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    pub id: u64,
    pub account: String,
    /// `YYYY-MM-DD HH:MM:SS`.
    pub at: String,
    /// Negative for money that went out.
    pub amount: i64,
    pub text: String,
    pub reference: String,
}

/// What is wrong with one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This status and no list.
    Status(u16),
    /// The list, cut off in the middle.
    Truncated,
    /// A page for people, with status 200.
    Html,
    /// The connection ends without an answer.
    HangUp,
}

/// How the server behaves.
#[derive(Debug, Default)]
pub struct Behaviour {
    pub transactions: Vec<Transaction>,
    /// SePay's list begins with the newest.
    pub newest_first: bool,
    /// More requests than this in one second are told to come back.
    pub most_per_second: Option<usize>,
    /// What is wrong with the next answers, one each.
    pub troubles: VecDeque<Trouble>,
}

/// What was asked, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub target: String,
    pub status: u16,
}

/// A server that stops with this value.
pub struct Lists {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Lists {
    pub fn start(mut behaviour: Behaviour) -> Lists {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let (asked, stop) = (asked.clone(), stop.clone());
            move || {
                let mut recent = VecDeque::new();
                for stream in listener.incoming() {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    // Whoever hangs up in the middle is no reason to stop.
                    drop(
                        stream
                            .and_then(|stream| serve(stream, &mut behaviour, &asked, &mut recent)),
                    );
                }
            }
        });
        Lists { address, asked, stop, thread: Some(thread) }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Lists {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(!matches!(ended, Some(Err(_))) || std::thread::panicking(), "the server died");
    }
}

/// An answer being put together.
struct Reply {
    status: u16,
    retry_after: Option<&'static str>,
    body: String,
}

impl Reply {
    fn new(status: u16, body: &str) -> Reply {
        Reply { status, retry_after: None, body: body.to_owned() }
    }
}

#[expect(clippy::disallowed_methods, reason = "a server's patience is measured in real time")]
fn serve(
    mut stream: TcpStream,
    behaviour: &mut Behaviour,
    asked: &Mutex<Vec<Asked>>,
    recent: &mut VecDeque<Instant>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let (target, authorization) = read_head(&stream)?;
    let trouble = behaviour.troubles.pop_front();
    let now = Instant::now();
    recent.retain(|before| now.duration_since(*before) < Duration::from_secs(1));
    let busy = behaviour.most_per_second.is_some_and(|most| recent.len() >= most);
    let provider = provider_of(&target);
    let mut reply = match (provider, trouble) {
        (_, Some(Trouble::Status(status))) => Reply::new(status, "<h1>Lỗi</h1>"),
        (_, Some(Trouble::Html)) => Reply::new(200, "<!DOCTYPE html><h1>Bảo trì</h1>"),
        (None, _) => Reply::new(404, "<h1>404</h1>"),
        (Some(provider), _) if busy => too_often(provider),
        (Some(provider), _) => answer(provider, behaviour, &target, &authorization),
    };
    if !busy {
        recent.push_back(now);
    }
    if trouble == Some(Trouble::Truncated) {
        reply.body.truncate(reply.body.len() / 2);
    }
    asked.lock().unwrap().push(Asked { target, status: reply.status });
    if trouble == Some(Trouble::HangUp) {
        return Ok(());
    }
    let Reply { status, retry_after, body } = reply;
    let retry = retry_after.map(|name| format!("{name}: 1\r\n")).unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n{retry}\r\n{body}",
        body.len()
    )
}

/// The target and the `Authorization` of a request without a body.
fn read_head(stream: &TcpStream) -> std::io::Result<(String, String)> {
    let mut lines = BufReader::new(stream.take(64 * 1024)).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    let target = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut authorization = String::new();
    for line in lines {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("authorization")
        {
            value.trim().clone_into(&mut authorization);
        }
    }
    Ok((target, authorization))
}

fn provider_of(target: &str) -> Option<Provider> {
    match target.split('?').next() {
        Some("/userapi/transactions/list") => Some(Provider::Sepay),
        Some("/v2/transactions") => Some(Provider::Casso),
        _ => None,
    }
}

fn too_often(provider: Provider) -> Reply {
    let name =
        if provider == Provider::Sepay { "x-sepay-userapi-retry-after" } else { "Retry-After" };
    Reply { retry_after: Some(name), ..Reply::new(429, "{}") }
}

fn answer(provider: Provider, behaviour: &Behaviour, target: &str, authorization: &str) -> Reply {
    let query = target.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let parameter =
        |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let number = |name: &str| parameter(name).and_then(|value| value.parse::<usize>().ok());
    if provider == Provider::Sepay {
        if authorization != format!("Bearer {TOKEN}") {
            // That is how it tells.
            return Reply::new(200, "");
        }
        let mut found: Vec<&Transaction> = behaviour
            .transactions
            .iter()
            .filter(|t| parameter("account_number").is_none_or(|account| account == t.account))
            .filter(|t| parameter("transaction_date_min").is_none_or(|from| *from <= *t.at))
            .filter(|t| parameter("transaction_date_max").is_none_or(|to| *t.at <= *to))
            .filter(|t| number("since_id").is_none_or(|id| u64::try_from(id).unwrap() <= t.id))
            .collect();
        found.sort_by_key(|t| t.id);
        if behaviour.newest_first {
            found.reverse();
        }
        found.truncate(number("limit").unwrap_or(5_000).min(5_000));
        let list: Vec<Value> = found.into_iter().map(sepay_row).collect();
        let body = json!({"status": 200, "error": null, "messages": {"success": true}, "transactions": list});
        return Reply::new(200, &body.to_string());
    }
    if authorization != format!("Apikey {TOKEN}") {
        return Reply::new(401, r#"{"error":401,"message":"Unauthorized","data":null}"#);
    }
    let mut found: Vec<&Transaction> = behaviour.transactions.iter().collect();
    found.retain(|t| parameter("fromDate").is_none_or(|from| *from <= t.at[..10]));
    found.sort_by_key(|t| (t.at.clone(), t.id));
    if parameter("sort") == Some("DESC") {
        found.reverse();
    }
    let (page, size) = (number("page").unwrap_or(1), number("pageSize").unwrap_or(10));
    let pages = found.len().div_ceil(size);
    let records: Vec<Value> =
        found.iter().skip((page - 1) * size).take(size).map(|t| casso_row(t)).collect();
    let data = json!({
        "page": page, "pageSize": size, "nextPage": (page < pages).then_some(page + 1),
        "prevPage": (page > 1).then_some(page - 1), "totalPages": pages,
        "totalRecords": found.len(), "records": records,
    });
    Reply::new(200, &json!({"error": 0, "message": "success", "data": data}).to_string())
}

fn sepay_row(transaction: &Transaction) -> Value {
    let Transaction { id, account, at, amount, text, reference } = transaction;
    json!({
        "id": id.to_string(), "bank_brand_name": "MBBank", "account_number": account,
        "transaction_date": at, "amount_out": format!("{}.00", (-amount).max(0)),
        "amount_in": format!("{}.00", (*amount).max(0)), "accumulated": "0.00",
        "transaction_content": text, "reference_number": reference, "code": null,
        "sub_account": null, "bank_account_id": "19",
    })
}

fn casso_row(transaction: &Transaction) -> Value {
    let Transaction { id, account, at, amount, text, reference } = transaction;
    json!({
        "id": id, "tid": reference, "description": text, "amount": amount, "cusumBalance": 0,
        "when": at, "bookingDate": at[..10], "bankSubAccId": account, "paymentChannel": "",
        "virtualAccount": "", "virtualAccountName": "", "corresponsiveName": "",
        "corresponsiveAccount": "", "corresponsiveBankId": "", "corresponsiveBankName": "",
        "accountId": 733, "bankCodeName": "mbbank",
    })
}
