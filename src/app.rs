//! Puts the parts together: opens the database as the configuration says and serves HTTP.

mod mail;
mod metrics;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};

use crate::clock::Clock;
use crate::config::Config;
use crate::containment::{Limits, StatementReader};
use crate::domain::cashless::{Counting, Settings as CashlessSettings, YearlyTargets};
use crate::domain::matching::facts::Policy;
use crate::domain::payment_code::Prefix;
use crate::http::{self, Context};
use crate::ids::RandomIds;
use crate::keyring::Keyring;
use crate::outbound::{self, Client};
use crate::service::events::{self, Deliverer};
use crate::service::inbox;
use crate::service::mail::Postman;
use crate::service::oidc::Provider;
use crate::service::privacy::retention::Retention;
use crate::service::receiving::Receiver;
use crate::service::students;
use crate::service::uploads::Quota;
use crate::store::{Store, StoreError, migrations};
use crate::telemetry;
use crate::worker::{Bell, Workers};

pub use mail::{MailSetupError, composer, letter_settings, letterhead, mail_settings, mailer};

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Mail.
    #[error(transparent)]
    Mail(#[from] MailSetupError),
    /// The address.
    #[error("cannot listen on {0}: {1}")]
    Bind(SocketAddr, std::io::Error),
    /// The server.
    #[error("the server cannot start: {0}")]
    Server(std::io::Error),
}

/// Opens the database and brings its schema up to this program's.
pub fn open_store(config: &Config) -> Result<Store, StoreError> {
    let database = &config.database;
    let store = Store::open(&database.url, database.pool, database.busy_timeout_ms)?;
    let done = migrations::run(&store)?;
    for name in &done {
        tracing::info!(migration = %name, "migrated the database");
    }
    if !done.is_empty() {
        students::order::fill(&store)?;
    }
    Ok(store)
}

/// Reads statement files in processes of this program, within the bounds of the configuration.
pub fn statement_reader(config: &Config) -> std::io::Result<StatementReader> {
    StatementReader::of_this_program(limits(config))
}

/// What reading one statement file may cost.
#[must_use]
pub fn limits(config: &Config) -> Limits {
    let reading = &config.reading;
    Limits {
        memory_bytes: reading.memory_mb.saturating_mul(1024 * 1024),
        seconds: reading.seconds,
        seconds_per_megabyte: reading.seconds_per_mb,
        at_once: reading.at_once,
    }
}

/// The prefixes of payment codes, which the configuration has checked.
#[must_use]
pub fn prefixes(config: &Config) -> Vec<Prefix> {
    config.codes.prefixes.iter().filter_map(|text| Prefix::parse(text).ok()).collect()
}

/// What the machine may do in a school that says nothing of its own.
#[must_use]
pub fn policy(config: &Config) -> Policy {
    Policy {
        settle_in_part: config.matching.settle_in_part,
        settle_known_payer: config.matching.settle_known_payer,
    }
}

/// For how long personal data is kept that no book needs.
#[must_use]
pub fn retention(config: &Config) -> Retention {
    let privacy = &config.privacy;
    Retention {
        claim_photo_days: privacy.claim_photo_days,
        access_log_days: privacy.access_log_days,
        family_link_days: privacy.family_link_days,
        mail_text_days: privacy.mail_text_days,
    }
}

/// How the cashless rate is counted.
#[must_use]
pub fn cashless_settings(config: &Config) -> CashlessSettings {
    let cashless = &config.cashless;
    CashlessSettings {
        counting: Counting {
            counter_cash: cashless.counter_cash_is_cashless,
            proxy: cashless.proxy_is_cashless,
        },
        deployed_min_payments: cashless.deployed_min_payments,
        target_percent: cashless.target_percent,
        // Checked when the settings were read.
        yearly: YearlyTargets::parse(cashless.yearly_targets.iter().map(String::as_str))
            .unwrap_or_default(),
        near_percent: cashless.near_percent,
        least_group: config.privacy.least_group,
    }
}

/// A server that listens but does not serve yet.
pub struct Application {
    server: Server,
    address: SocketAddr,
    /// Serves figures, where the configuration says so.
    metrics: Option<(Server, SocketAddr)>,
    /// Run as long as the application.
    _workers: Workers,
}

/// The key under which secrets are stored.
#[must_use]
pub fn keyring(config: &Config) -> Keyring {
    Keyring::new(&config.secrets.key, &config.secrets.key_file)
}

/// How other machines may be asked.
#[must_use]
pub fn outbound_policy(config: &Config) -> outbound::Policy {
    outbound::Policy {
        allow_private_networks: config.webhooks.allow_private_networks,
        user_agent: USER_AGENT.to_owned(),
        ..outbound::Policy::default()
    }
}

/// How notifications are handled.
#[must_use]
pub fn inbox_settings(config: &Config) -> inbox::Settings {
    let webhooks = &config.webhooks;
    inbox::Settings {
        batch: webhooks.batch,
        lease_seconds: webhooks.lease_seconds,
        attempts: webhooks.attempts,
    }
}

/// Which addresses events may be sent to, and how long their receivers may take.
#[must_use]
pub fn event_policy(config: &Config) -> outbound::Policy {
    let timeout = Duration::from_secs(events::Settings::default().timeout_seconds);
    outbound::Policy { timeout, ..outbound_policy(config) }
}

/// The organisation's own provider of identities, where one is set up.
#[must_use]
pub fn provider(config: &Config) -> Option<Provider> {
    let set = &config.sign_in;
    (!set.oidc_issuer.is_empty()).then(|| Provider {
        issuer: set.oidc_issuer.clone(),
        client_id: set.oidc_client_id.clone(),
        client_secret: set.oidc_client_secret.clone(),
        redirect_url: format!(
            "{}/sign-in/provider/back",
            config.server.public_url.trim_end_matches('/')
        ),
    })
}

/// Starts everything that goes on without a request.
pub fn workers(
    config: &Config,
    store: &Store,
    (clock, keys): (&Arc<dyn Clock>, &Arc<Keyring>),
    (bell, receiver): (Arc<Bell>, Option<&Receiver>),
) -> Result<Workers, StartError> {
    let mut workers = Workers::new(bell);
    workers
        .inbox(store.clone(), Arc::clone(clock), inbox_settings(config))
        .map_err(StartError::Server)?;
    let client = Client::new(outbound_policy(config));
    workers
        .pulls(store.clone(), Arc::clone(clock), Arc::clone(keys), client)
        .map_err(StartError::Server)?;
    if let Some(receiver) = receiver {
        workers.counts(receiver.clone()).map_err(StartError::Server)?;
    }
    let deliverer = Deliverer {
        store: store.clone(),
        client: Client::new(event_policy(config)),
        keys: Arc::clone(keys),
        clock: Arc::clone(clock),
        settings: events::Settings::default(),
    };
    workers.events(&deliverer).map_err(StartError::Server)?;
    let postman = Postman::new(
        store.clone(),
        mailer(config)?,
        Arc::clone(keys),
        Arc::clone(clock),
        mail_settings(config),
    );
    workers.mails(&postman).map_err(StartError::Server)?;
    let composer = composer(config, store, (clock, keys))?;
    workers.letters(&composer).map_err(StartError::Server)?;
    workers
        .retention(store.clone(), Arc::clone(clock), retention(config), FORGETS_AGAIN)
        .map_err(StartError::Server)?;
    if config.metrics.bind.is_some()
        && let Some(recorder) = telemetry::record()
    {
        workers.now_and_then("figures", move || recorder.tidy()).map_err(StartError::Server)?;
    }
    Ok(workers)
}

impl Application {
    /// Binds the address of the configuration; port 0 lets the system choose a free one. Must be
    /// called, like [`Application::run`], inside the actix runtime.
    pub fn build(
        config: &Config,
        store: Store,
        reader: StatementReader,
        clock: Arc<dyn Clock>,
    ) -> Result<Application, StartError> {
        let bind = config.server.bind;
        let listener = TcpListener::bind(bind).map_err(|error| StartError::Bind(bind, error))?;
        let address = listener.local_addr().map_err(|error| StartError::Bind(bind, error))?;
        let keys = Arc::new(keyring(config));
        let bell = Arc::new(Bell::new());
        let ringing = Arc::clone(&bell);
        let wake = move || ringing.ring();
        let receiver = Receiver::start(&store, Arc::clone(&clock), Arc::clone(&keys), wake)
            .map_err(StartError::Server)?;
        let workers = workers(config, &store, (&clock, &keys), (bell, Some(&receiver)))?;
        let metrics = metrics::listen(config, &store, &clock)?;
        let context = web::Data::new(Context {
            store,
            reader,
            clock,
            keys,
            receiver,
            outbound: outbound_policy(config),
            max_webhook_bytes: config.webhooks.max_body_kb.saturating_mul(1024),
            ids: Arc::new(RandomIds),
            prefixes: prefixes(config).into(),
            cashless: cashless_settings(config),
            max_upload_bytes: u64::try_from(config.server.max_upload_mb)
                .unwrap_or(u64::MAX)
                .saturating_mul(1024 * 1024),
            uploads: Quota {
                per_person: config.server.uploads_per_person,
                per_school: config.server.uploads_per_school,
            },
            origin: config.server.public_url.trim_end_matches('/').into(),
            over_tls: config.server.public_url.starts_with("https://"),
            letterhead: Arc::new(letterhead(config)?),
            letters: letter_settings(config),
            provider: provider(config).map(Arc::new),
            people: Arc::default(),
        });
        let server = HttpServer::new(move || {
            App::new()
                .app_data(context.clone())
                .wrap(from_fn(http::looked::written_down))
                .wrap(from_fn(http::nameable))
                .wrap(from_fn(http::answer::dress))
                .wrap(from_fn(metrics::measure))
                .configure(http::routes)
        })
        .workers(config.server.workers)
        // What is being answered when the service is told to stop is answered.
        .shutdown_timeout(30)
        .listen(listener)
        .map_err(StartError::Server)?
        .run();
        Ok(Application { server, address, metrics, _workers: workers })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where figures are served, if anywhere.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics.as_ref().map(|(_, address)| *address)
    }

    /// A handle that can stop it from elsewhere.
    #[must_use]
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Serves until it is told to stop, by a signal or by its handle.
    pub async fn run(self) -> std::io::Result<()> {
        let beside = self.metrics.map(|(server, _)| serve_beside(server));
        let outcome = self.server.await;
        if let Some(beside) = beside {
            beside.stop(false).await;
        }
        outcome
    }
}

/// Lets a server answer while something else goes on; what stops it.
fn serve_beside(server: Server) -> actix_web::dev::ServerHandle {
    let handle = server.handle();
    drop(actix_web::rt::spawn(server));
    handle
}

/// How long until it is looked again for what is too old to be kept.
const FORGETS_AGAIN: Duration = Duration::from_mins(15);

/// How the service names itself to other machines.
pub const USER_AGENT: &str = concat!("doisoat/", env!("CARGO_PKG_VERSION"));

/// Waits for something that goes on elsewhere, outside of any server.
pub fn wait_for<T>(work: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(work)
}

/// Does what goes on without a request until a signal comes; what was begun is finished.
pub fn work(config: &Config, store: &Store, clock: &Arc<dyn Clock>) -> Result<(), StartError> {
    let bell = Arc::new(Bell::new());
    let keys = Arc::new(keyring(config));
    let mut workers = workers(config, store, (clock, &keys), (bell, None))?;
    tracing::info!("working");
    actix_web::rt::System::new().block_on(async {
        let beside = metrics::listen(config, store, clock)?.map(|(server, _)| serve_beside(server));
        let told = told_to_stop().await.map_err(StartError::Server);
        if let Some(beside) = beside {
            beside.stop(false).await;
        }
        told
    })?;
    workers.stop();
    Ok(())
}

/// Waits for the signals that end a service: SIGTERM, or SIGINT from a terminal.
async fn told_to_stop() -> std::io::Result<()> {
    let terminal = actix_web::rt::signal::ctrl_c();
    #[cfg(unix)]
    {
        use actix_web::rt::signal::unix::{SignalKind, signal};
        let mut system = signal(SignalKind::terminate())?;
        let system = std::pin::pin!(system.recv());
        match futures_util::future::select(std::pin::pin!(terminal), system).await {
            futures_util::future::Either::Left((outcome, _)) => outcome,
            futures_util::future::Either::Right(_) => Ok(()),
        }
    }
    #[cfg(not(unix))]
    terminal.await
}

/// Serves until a signal comes; what is being answered then is answered. `ready` learns where it
/// listens.
pub fn serve(
    config: &Config,
    store: Store,
    reader: StatementReader,
    clock: Arc<dyn Clock>,
    ready: impl FnOnce(SocketAddr) -> std::io::Result<()>,
) -> Result<(), StartError> {
    actix_web::rt::System::new().block_on(async {
        let application = Application::build(config, store, reader, clock)?;
        ready(application.address()).map_err(StartError::Server)?;
        application.run().await.map_err(StartError::Server)
    })
}
