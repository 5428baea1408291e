//! What ours is compared to: the same HTTP and the same check of the same requests, and behind it
//! nothing, or one table with one writer.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use doisoat::domain::notification::Provider;
use doisoat::formats::notification::{self, Method, Request, Secret, Terms};
use doisoat::http;
use tokio::sync::{mpsc, oneshot};

use super::{Running, now, serve};

/// What is behind the check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Nothing: it answers at once.
    Nothing,
    /// A writer that commits what waits together.
    Group,
    /// A writer that commits each alone.
    EachAlone,
}

diesel::table! {
    bare (id) {
        id -> BigInt,
        provider_id -> Text,
        body -> Text,
    }
}

struct Waiting {
    id: String,
    body: String,
    done: oneshot::Sender<bool>,
}

struct State {
    terms: Terms,
    secrets: [Secret; 1],
    writer: Option<mpsc::Sender<Waiting>>,
}

/// Serves on a port of its own.
pub fn start(behind: Behind, folder: &Path, terms: Terms, secret: Secret) -> Running {
    let commits = Arc::new(AtomicUsize::new(0));
    let writer = match behind {
        Behind::Nothing => None,
        Behind::Group => Some(writer(&folder.join("bare.db"), 512, Arc::clone(&commits))),
        Behind::EachAlone => Some(writer(&folder.join("alone.db"), 1, Arc::clone(&commits))),
    };
    let path = format!("/webhooks/sepay/{}", terms.endpoint);
    let state = web::Data::new(State { terms, secrets: [secret], writer });
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let workers = super::config("sqlite:none").server.workers;
    serve((address, path, commits), move |tell| async move {
        let server = HttpServer::new(move || {
            let state = state.clone();
            // Every answer of the service has the headers that this adds.
            App::new()
                .app_data(state)
                .wrap(from_fn(http::answer::dress))
                .route("/webhooks/{provider}/{endpoint}", web::post().to(notify))
        })
        .workers(workers)
        .listen(listener)
        .expect("a server")
        .run();
        tell(server.handle());
        server.await.expect("a server that runs");
    })
}

async fn notify(
    state: web::Data<State>,
    address: web::Path<(String, String)>,
    request: HttpRequest,
    body: web::Bytes,
) -> HttpResponse {
    let Some(provider) = Provider::parse(&address.0) else {
        return HttpResponse::NotFound().finish();
    };
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let query = request.query_string();
    let asked = Request { method: Method::Post, query, headers: &headers, body: &body, now: now() };
    let notices = notification::receive(provider, &state.terms, &state.secrets, &asked);
    let Ok(Some(notice)) = notices.map(|notices| notices.into_iter().next()) else {
        return HttpResponse::Unauthorized().finish();
    };
    if let Some(writer) = &state.writer {
        let (done, stored) = oneshot::channel();
        let body = String::from_utf8_lossy(&body).into_owned();
        let waiting = Waiting { id: notice.id, body, done };
        if writer.try_send(waiting).is_err() || !stored.await.unwrap_or_default() {
            return HttpResponse::ServiceUnavailable().finish();
        }
    }
    HttpResponse::Ok().content_type("application/json").body(r#"{"success":true}"#)
}

/// A thread that inserts what waits, `most` at a time, and answers after the commit.
fn writer(file: &Path, most: usize, commits: Arc<AtomicUsize>) -> mpsc::Sender<Waiting> {
    let (writer, mut waiting) = mpsc::channel::<Waiting>(1_024);
    let mut c = SqliteConnection::establish(file.to_str().expect("a name")).expect("a database");
    // As the service opens it.
    c.batch_execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32000; \
         PRAGMA wal_autocheckpoint = 4000; \
         CREATE TABLE bare (id INTEGER PRIMARY KEY, provider_id TEXT NOT NULL UNIQUE, \
         body TEXT NOT NULL)",
    )
    .expect("a table");
    std::thread::spawn(move || {
        while let Some(first) = waiting.blocking_recv() {
            let mut batch = vec![first];
            while batch.len() < most
                && let Ok(next) = waiting.try_recv()
            {
                batch.push(next);
            }
            c.batch_execute("BEGIN IMMEDIATE").expect("a transaction");
            for one in &batch {
                let row = (bare::provider_id.eq(&one.id), bare::body.eq(&one.body));
                let insert = diesel::insert_or_ignore_into(bare::table).values(row);
                insert.execute(&mut c).expect("a row");
            }
            c.batch_execute("COMMIT").expect("a durable row");
            commits.fetch_add(1, Ordering::Relaxed);
            for one in batch {
                // The client may have stopped waiting.
                let _ = one.done.send(true);
            }
        }
    });
    writer
}

/// How long it takes to make a page of 4 kB durable at the end of a file: what a commit costs here.
pub fn fsync(folder: &Path) -> Duration {
    use std::io::Write as _;
    let mut file = std::fs::File::create(folder.join("fsync")).expect("a file");
    let mut all: Vec<Duration> = (0..40)
        .map(|_| {
            file.write_all(&[1; 4_096]).expect("room");
            let start = std::time::Instant::now();
            file.sync_data().expect("a disk");
            start.elapsed()
        })
        .collect();
    all.sort_unstable();
    all.get(20).copied().unwrap_or_default()
}
