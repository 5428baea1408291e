//! The service that announces one school's money: an endpoint, and a signed request for every credit,
//! many at a time, taken in by the receiver like any provider's.

use std::path::Path;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::app;
use crate::cli::Failure;
use crate::clock::{Clock, FixedClock};
use crate::config::Config;
use crate::demo::spec::{SchoolSpec, World};
use crate::domain::id::SchoolId;
use crate::domain::notification::{Movement, Provider};
use crate::domain::statement::CreditDebit;
use crate::formats::notification::{self, Request, Scheme, Secret, Signed, Terms};
use crate::ids::RandomIds;
use crate::service::commit::Committed;
use crate::service::queue;
use crate::service::receiving::{Outcome, Receiver};
use crate::service::webhooks::{self, NewEndpoint, TOLERANCE_SECONDS};
use crate::service::{Actor, Store, inbox};

/// The school whose money is announced.
const ANNOUNCED: usize = 1;

/// Requests sent at the same time.
const AT_ONCE: usize = 64;

/// What a school's service announced.
pub struct Announced {
    /// The endpoint's path.
    pub path: String,
    /// What became of it, as of a file.
    pub done: Committed,
}

/// Lets the service of a school announce its credits; `None` for schools that have none.
pub fn run(
    store: &Store,
    clock: &FixedClock,
    actor: &Actor,
    (world, school, id): (&World, &SchoolSpec, SchoolId),
    (config, dir): (&Config, &Path),
) -> Result<Option<Announced>, Failure> {
    if world.schools.get(ANNOUNCED).is_none_or(|announced| announced.code != school.code) {
        return Ok(None);
    }
    let keys = Arc::new(app::keyring(config));
    let new = NewEndpoint {
        provider: Provider::Sepay.as_str().to_owned(),
        // A fixed key, as the demonstration's clock stands still and no signed time would fit.
        scheme: Some("key".to_owned()),
        name: "SePay (dữ liệu mẫu)".to_owned(),
        account: Some(school.account.number.clone()),
        client: None,
        secret: None,
    };
    let made = webhooks::create(store, (clock, &RandomIds, &keys), actor, id, &new)?;
    let secret = made.secret.unwrap_or_default();
    std::fs::write(dir.join("webhook-secret.txt"), &secret)?;
    let terms = Terms {
        endpoint: made.endpoint.id.clone(),
        scheme: Scheme::Key,
        client: None,
        tolerance_seconds: TOLERANCE_SECONDS,
    };
    let secret = Secret::new(secret);
    let now = clock.now().and_utc().timestamp();
    let sign = |told: &(Movement, i64)| {
        notification::sample(Provider::Sepay, &terms, &secret, (&told.0, told.1), now)
    };
    let requests: Vec<Signed> = movements(world, school).iter().map(sign).collect();

    let standing = Arc::new(FixedClock::at(clock.now()));
    let receiver = Receiver::start(store.clone(), standing, keys, || ())?;
    let endpoint = receiver
        .find(Provider::Sepay, &terms.endpoint)?
        .ok_or_else(|| Failure::System("the endpoint just made is not there".to_owned()))?;
    let outcomes = app::wait_for(async {
        let mut outcomes = Vec::with_capacity(requests.len());
        for chunk in requests.chunks(AT_ONCE) {
            let sent = chunk.iter().map(|signed| {
                receiver.take(
                    &endpoint,
                    Request {
                        method: signed.method,
                        query: &signed.query,
                        headers: &signed.headers,
                        body: signed.body.as_bytes(),
                        now,
                    },
                )
            });
            outcomes.extend(join_all(sent).await);
        }
        outcomes
    });
    if let Some(lost) = outcomes.iter().find(|outcome| !matches!(outcome, Outcome::Taken(_))) {
        return Err(Failure::System(format!("a notification was not taken: {lost:?}")));
    }
    inbox::drain(store, clock, app::inbox_settings(config))?;
    Ok(Some(Announced { path: made.endpoint.path, done: counted(store, id)? }))
}

/// What SePay would tell of each credit, with SePay's number of it.
fn movements(world: &World, school: &SchoolSpec) -> Vec<(Movement, i64)> {
    let credits = world.truth.iter().filter(|truth| {
        truth.school_code == school.code && truth.credit_debit == CreditDebit::Credit
    });
    credits
        .zip(70_001..)
        .map(|(truth, serial)| {
            let movement = Movement {
                account: school.account.number.clone(),
                virtual_account: None,
                at: truth.booking_date.and_time(chrono::NaiveTime::MIN),
                amount: truth.amount,
                reference: Some(truth.reference.clone()).filter(|text| !text.is_empty()),
                order: None,
                text: Some(truth.remittance.clone()),
                payer_name: None,
                payer_account: None,
                payer_bank: None,
                through_gateway: false,
            };
            (movement, serial)
        })
        .collect()
}

/// The payments there are, counted by how they stand.
fn counted(store: &Store, school: SchoolId) -> Result<Committed, Failure> {
    let mut done = Committed::default();
    let mut after = None;
    loop {
        let (page, next) = queue::payments_page(store, school, None, after.as_ref(), 1_000)?;
        for payment in page.iter().filter(|payment| payment.proof == "notified") {
            done.payments += 1;
            let count = match payment.state.decision.as_str() {
                "settled" => &mut done.settled,
                "proposed" => &mut done.proposed,
                "unmatched" => &mut done.unmatched,
                "returned" => &mut done.returned,
                _ => &mut done.not_income,
            };
            *count += 1;
        }
        if next.is_none() {
            return Ok(done);
        }
        after = next;
    }
}
