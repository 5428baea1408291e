//! Providers that notify a school: signed requests, taken in by the receiver, handled by the inbox.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use chrono::NaiveDateTime;
use doisoat::clock::{Clock, FixedClock};
use doisoat::domain::money::Vnd;
use doisoat::domain::notification::{Movement, Provider};
use doisoat::formats::notification::{self, Request, Secret, Signed, Terms};
use doisoat::ids::{IdSource, RandomIds};
use doisoat::keyring::Keyring;
use doisoat::service::inbox::{self, Worked};
use doisoat::service::receiving::{Outcome, Receiver};
use doisoat::service::webhooks::{self, NewEndpoint, TOLERANCE_SECONDS};

use super::school::{ACCOUNT, School, now};

/// A key for tests: 32 times the byte 7, in base64.
pub const TEST_KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// What a provider's secret is where tests do not say.
pub const SECRET: &str = "khoa-bi-mat-cua-bai-thu";

/// The keyring of tests.
pub fn keys() -> Keyring {
    Keyring::new(TEST_KEY, Path::new("/nonexistent"))
}

/// The endpoints of one school, one for each provider that was used.
pub struct Feed<'a> {
    school: &'a School,
    pub receiver: Receiver,
    pub clock: Arc<FixedClock>,
    ids: RandomIds,
    endpoints: Mutex<HashMap<Provider, Terms>>,
    /// The secret of every endpoint, where it is not that of the tests.
    own_secret: Option<String>,
}

impl<'a> Feed<'a> {
    pub fn of(school: &'a School) -> Feed<'a> {
        let clock = Arc::new(FixedClock::at(now()));
        let keys = Arc::new(keys());
        let of_clock: Arc<dyn Clock> = clock.clone();
        let receiver = Receiver::start(school.store.clone(), of_clock, keys, || ()).unwrap();
        Feed {
            school,
            receiver,
            clock,
            ids: RandomIds,
            endpoints: Mutex::default(),
            own_secret: None,
        }
    }

    /// With another secret than that of the tests.
    pub fn with_secret(school: &'a School, secret: &str) -> Feed<'a> {
        Feed { own_secret: Some(secret.to_owned()), ..Feed::of(school) }
    }

    /// What is agreed with a provider; its endpoint is made when it is used first.
    pub fn terms(&self, provider: Provider) -> Terms {
        let mut known = self.endpoints.lock().unwrap();
        known.entry(provider).or_insert_with(|| self.create(provider, None)).clone()
    }

    /// Uses an endpoint that is there already.
    pub fn know(&self, provider: Provider, terms: Terms) {
        self.endpoints.lock().unwrap().insert(provider, terms);
    }

    /// Makes another endpoint of a provider.
    pub fn create(&self, provider: Provider, scheme: Option<&str>) -> Terms {
        endpoint(self.school, &self.ids, (provider, scheme), self.own_secret.as_deref())
    }

    /// The request a provider would send for a movement.
    pub fn signed(&self, provider: Provider, movement: &Movement, serial: i64) -> Signed {
        let seconds = self.clock.now().and_utc().timestamp();
        let terms = self.terms(provider);
        notification::sample(provider, &terms, &secret(provider), (movement, serial), seconds)
    }

    /// Sends a request; what the receiver made of it.
    pub fn send(&self, provider: Provider, signed: &Signed) -> Outcome {
        let terms = self.terms(provider);
        let endpoint = self.receiver.find(provider, &terms.endpoint).unwrap().unwrap();
        let request = Request {
            method: signed.method,
            query: &signed.query,
            headers: &signed.headers,
            body: signed.body.as_bytes(),
            now: self.clock.now().and_utc().timestamp(),
        };
        actix_web::rt::System::new().block_on(self.receiver.take(&endpoint, request))
    }

    /// Sends what a provider would for a movement, and handles what is in the inbox.
    pub fn notify(&self, provider: Provider, movement: &Movement, serial: i64) -> Worked {
        let outcome = self.send(provider, &self.signed(provider, movement, serial));
        assert!(matches!(outcome, Outcome::Taken(_)), "{provider:?}: {outcome:?}");
        self.drain()
    }

    /// Handles what is in the inbox.
    pub fn drain(&self) -> Worked {
        inbox::drain(&self.school.store, &*self.clock, inbox::Settings::default()).unwrap()
    }
}

/// Makes an endpoint of a provider.
pub fn endpoint(
    school: &School,
    ids: &dyn IdSource,
    (provider, scheme): (Provider, Option<&str>),
    own_secret: Option<&str>,
) -> Terms {
    let own_secret = own_secret.map(str::to_owned);
    let new = NewEndpoint {
        provider: provider.as_str().to_owned(),
        scheme: scheme.map(str::to_owned),
        name: String::new(),
        account: provider.is_gateway().then(|| "MAU01".to_owned()),
        client: Some("client".to_owned()),
        secret: Some(own_secret.unwrap_or_else(|| secret(provider).expose().to_owned())),
    };
    let School { store, clock, actor, id } = school;
    let ports: (&dyn Clock, _, _) = (clock, ids, &keys());
    let made = webhooks::create(store, ports, actor, *id, &new).unwrap();
    Terms {
        endpoint: made.endpoint.id,
        scheme: webhooks::scheme_of(provider, scheme).unwrap(),
        client: Some("client".to_owned()),
        tolerance_seconds: TOLERANCE_SECONDS,
    }
}

/// A secret of the form the provider has.
pub fn secret(provider: Provider) -> Secret {
    match provider {
        Provider::Standard => notification::standard::secret_of(&[9; 32]).unwrap(),
        _ => Secret::new(SECRET.to_owned()),
    }
}

/// Money on the school's account: when, đồng, the bank's reference, the text.
pub fn movement(at: &str, dong: i64, reference: &str, text: &str) -> Movement {
    Movement {
        account: ACCOUNT.to_owned(),
        virtual_account: None,
        at: NaiveDateTime::parse_from_str(at, "%Y-%m-%d %H:%M:%S").unwrap(),
        amount: Vnd::new(dong),
        reference: Some(reference.to_owned()).filter(|reference| !reference.is_empty()),
        order: None,
        text: Some(text.to_owned()),
        payer_name: None,
        payer_account: None,
        payer_bank: None,
        through_gateway: false,
    }
}
