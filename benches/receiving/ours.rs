//! The service itself, with a school, an account and an endpoint.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use doisoat::app::{self, Application};
use doisoat::clock::{Clock, SystemClock};
use doisoat::config::Config;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::matching::facts::Policy;
use doisoat::http::{self, Context};
use doisoat::ids::RandomIds;
use doisoat::service::directory::{self, NewBankAccount, NewSchool};
use doisoat::service::letters::Settings as LetterSettings;
use doisoat::service::receiving::Receiver;
use doisoat::service::uploads::Quota;
use doisoat::service::webhooks::{self, NewEndpoint};
use doisoat::service::{Actor, Store};

use super::{ACCOUNT, Running, SECRET, serve};

const SCHOOL: &str = "THCS-MAU";

/// Whether what was acknowledged is handled while more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inbox {
    /// Not: nobody but the receiver writes.
    Paused,
    /// As `serve` does it.
    Running,
}

/// Serves from a new database.
pub fn start(inbox: Inbox, url: &str, folder: &Path) -> Running {
    let mut config = super::config(url);
    config.secrets.key_file = folder.join("key");
    let store = app::open_store(&config).expect("a database");
    let path = furnish(&config, &store);
    match inbox {
        Inbox::Paused => paused(&config, store, path),
        Inbox::Running => serve_whole(config, store, path),
    }
}

fn serve_whole(config: Config, store: Store, path: String) -> Running {
    let (told, learn) = std::sync::mpsc::channel();
    let nobody = "127.0.0.1:0".parse().expect("an address");
    let commits = Arc::new(AtomicUsize::new(0));
    let mut running = serve((nobody, path, commits), move |tell| async move {
        let clock = Arc::new(SystemClock);
        let application = Application::build(&config, store, reader(), clock).expect("a service");
        told.send(application.address()).expect("somebody who waits");
        tell(application.handle());
        application.run().await.expect("a service that runs");
    });
    running.address = learn.recv().expect("an address");
    running
}

/// The same without what goes on without a request, so that commits can be counted too.
fn paused(config: &Config, store: Store, path: String) -> Running {
    let listener = TcpListener::bind(config.server.bind).expect("a free port");
    let address = listener.local_addr().expect("an address");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let keys = Arc::new(app::keyring(config));
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let wake = move || {
        counted.fetch_add(1, Ordering::Relaxed);
    };
    let receiver =
        Receiver::start(&store, Arc::clone(&clock), Arc::clone(&keys), wake).expect("a receiver");
    let context = web::Data::new(Context {
        store,
        reader: reader(),
        clock,
        keys,
        receiver,
        outbound: app::outbound_policy(config),
        max_webhook_bytes: config.webhooks.max_body_kb.saturating_mul(1_024),
        ids: Arc::new(RandomIds),
        origin: "http://127.0.0.1".into(),
        over_tls: false,
        letterhead: Arc::new(app::letterhead(config).expect("an address")),
        provider: None,
        letters: LetterSettings::default(),
        people: Arc::default(),
        prefixes: app::prefixes(config).into(),
        cashless: app::cashless_settings(config),
        max_upload_bytes: 1_024 * 1_024,
        uploads: Quota {
            per_person: config.server.uploads_per_person,
            per_school: config.server.uploads_per_school,
        },
    });
    let workers = config.server.workers;
    serve((address, path, commits), move |tell| async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(context.clone())
                .wrap(from_fn(http::answer::dress))
                .configure(http::routes)
        })
        .workers(workers)
        .listen(listener)
        .expect("a server")
        .run();
        tell(server.handle());
        server.await.expect("a server that runs");
    })
}

fn reader() -> StatementReader {
    StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default())
}

/// A school that takes SePay's signed notifications; their path.
fn furnish(config: &Config, store: &Store) -> String {
    let (clock, actor) = (SystemClock, Actor::named("bench"));
    let new = NewSchool {
        code: SCHOOL.to_owned(),
        name: "THCS Mẫu (dữ liệu mẫu)".to_owned(),
        level: "lower_secondary".to_owned(),
        policy: Policy::default(),
    };
    let id = directory::add_school(store, &clock, &actor, &new).expect("a new school");
    let account = NewBankAccount {
        bin: "970436".to_owned(),
        number: ACCOUNT.to_owned(),
        holder: "TRUONG MAU".to_owned(),
    };
    directory::add_bank_account(store, &clock, &actor, SCHOOL, &account).expect("an account");
    let endpoint = NewEndpoint {
        provider: "sepay".to_owned(),
        scheme: Some("signature".to_owned()),
        name: "bench".to_owned(),
        account: None,
        client: None,
        secret: Some(SECRET.to_owned()),
    };
    let keys = app::keyring(config);
    webhooks::create(store, (&clock, &RandomIds, &keys), &actor, id, &endpoint)
        .expect("an endpoint")
        .endpoint
        .path
}
