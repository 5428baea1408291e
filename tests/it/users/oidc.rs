//! Signing in with a provider of identities, one that runs in the test.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use doisoat::clock::Clock;
use doisoat::domain::access::Role;
use doisoat::ids::{IdSource, RandomIds};
use doisoat::outbound::{Client, Policy};
use doisoat::service::oidc::{self, Begun, Provider, Purpose, Returned};
use doisoat::service::sessions::{Outcome, SignedIn};
use doisoat::service::users;
use openidconnect::core::{
    CoreEdDsaPrivateSigningKey, CoreHmacKey, CoreIdToken, CoreIdTokenClaims, CoreJsonWebKeySet,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    Audience, EmptyAdditionalClaims, EndUserEmail, IssuerUrl, JsonWebKeyId, Nonce,
    PrivateSigningKey, StandardClaims, SubjectIdentifier,
};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{EMAIL, Office, code_of, log, secret_of};
use crate::support::for_each_backend;

pub(super) const SECRET: &str = "bí mật của phần mềm";

/// A provider that answers what it was told to, and stops with this value.
pub(super) struct Idp {
    address: SocketAddr,
    key: CoreEdDsaPrivateSigningKey,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Answers by path: status and body.
    answers: Mutex<Vec<(&'static str, u16, String)>>,
    /// What was asked at the token endpoint: head and form.
    asked: Mutex<Vec<(String, String)>>,
    stop: AtomicBool,
}

fn new_key(name: &str) -> CoreEdDsaPrivateSigningKey {
    // PKCS #8 of an Ed25519 key is these bytes and the seed.
    let mut der = vec![0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    der.extend(RandomIds.secret());
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new(name.to_owned())))
        .unwrap()
}

impl Idp {
    pub fn start() -> Idp {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let idp = Idp { address, key: new_key("k1"), shared: Arc::default() };
        let base = idp.issuer();
        idp.answer(
            "/.well-known/openid-configuration",
            200,
            &json!({
                "issuer": base,
                "authorization_endpoint": format!("{base}/auth"),
                "token_endpoint": format!("{base}/token"),
                "jwks_uri": format!("{base}/jwks"),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
            }),
        );
        let keys = CoreJsonWebKeySet::new(vec![idp.key.as_verification_key()]);
        idp.answer("/jwks", 200, &serde_json::to_value(keys).unwrap());
        let shared = Arc::clone(&idp.shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map(Result::unwrap) {
                if shared.stop.load(Ordering::Acquire) {
                    return;
                }
                shared.serve(stream);
            }
        });
        idp
    }

    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    fn answer(&self, path: &'static str, status: u16, body: &serde_json::Value) {
        let mut answers = self.shared.answers.lock().unwrap();
        answers.retain(|(known, ..)| *known != path);
        answers.push((path, status, body.to_string()));
    }

    fn provider(&self) -> Provider {
        Provider {
            issuer: self.issuer(),
            client_id: "doisoat".to_owned(),
            client_secret: SECRET.to_owned(),
            redirect_url: "https://thu.example.edu.vn/dang-nhap/tra-ve".to_owned(),
        }
    }

    pub fn hand_out(&self, token: &str) {
        let body = json!({ "access_token": "x", "token_type": "Bearer", "id_token": token });
        self.answer("/token", 200, &body);
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        drop(TcpStream::connect(self.address));
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) {
        let mut text = Vec::new();
        let mut buffer = [0; 4_096];
        let (head, body) = loop {
            let read = stream.read(&mut buffer).unwrap();
            text.extend_from_slice(&buffer[..read]);
            let so_far = String::from_utf8_lossy(&text).into_owned();
            let Some((head, body)) = so_far.split_once("\r\n\r\n") else {
                assert!(read > 0, "broken off");
                continue;
            };
            let length = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .map_or(0, |(_, value)| value.parse().unwrap());
            if body.len() >= length {
                break (head.to_owned(), body.to_owned());
            }
        };
        let path = head.split(' ').nth(1).unwrap().to_owned();
        if path == "/token" {
            self.asked.lock().unwrap().push((head, body));
        }
        let answers = self.answers.lock().unwrap();
        let found = answers.iter().find(|(known, ..)| *known == path);
        let (status, body) = found.map_or((404, "{}"), |(_, status, body)| (*status, body));
        let length = body.len();
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        );
        stream.write_all(answer.as_bytes()).unwrap();
    }
}

/// What a token says; each test changes one thing.
#[derive(Clone)]
pub(super) struct Says {
    pub issuer: Option<&'static str>,
    pub audience: &'static str,
    pub email: Option<&'static str>,
    pub verified: Option<bool>,
    pub nonce: Option<&'static str>,
    pub lives: i64,
    /// How many seconds ago the person signed in there, where it is said.
    pub signed_in: Option<i64>,
}

pub(super) const RIGHT: Says = Says {
    issuer: None,
    audience: "doisoat",
    email: Some(" Hoa@Example.com"),
    verified: Some(true),
    nonce: None,
    lives: 300,
    signed_in: None,
};

pub(super) struct Scene {
    pub office: Office,
    pub idp: Idp,
    pub client: Client,
}

impl Scene {
    fn begin(&self) -> Begun {
        self.begin_for(Purpose::SignIn)
    }

    fn begin_for(&self, purpose: Purpose) -> Begun {
        let (provider, office) = (self.idp.provider(), &self.office);
        oidc::begin(&office.store, office.ports(), &self.client, &provider, purpose).unwrap()
    }

    fn prove(&self, who: &SignedIn, state: &str, browser: &str) -> bool {
        let returned = Returned { code: "mã", state, browser };
        let (provider, office) = (self.idp.provider(), &self.office);
        let (store, clock) = (&office.store, &office.clock);
        oidc::finish_proof(store, clock, &self.client, &provider, (who, returned)).unwrap()
    }

    fn finish(&self, state: &str, browser: &str) -> Outcome {
        let returned = Returned { code: "mã", state, browser };
        let provider = self.idp.provider();
        oidc::finish(&self.office.store, self.office.ports(), &self.client, &provider, returned)
            .unwrap()
    }

    fn claims(&self, says: &Says, begun: &Begun) -> CoreIdTokenClaims {
        let now = self.office.clock.now().and_utc();
        let issuer = says.issuer.map_or_else(|| self.idp.issuer(), str::to_owned);
        let person = StandardClaims::new(SubjectIdentifier::new("42".to_owned()))
            .set_email(says.email.map(|email| EndUserEmail::new(email.to_owned())))
            .set_email_verified(says.verified);
        let nonce = says.nonce.map_or_else(|| parameter(&begun.url, "nonce"), str::to_owned);
        CoreIdTokenClaims::new(
            IssuerUrl::new(issuer).unwrap(),
            vec![Audience::new(says.audience.to_owned())],
            now + TimeDelta::seconds(says.lives),
            now,
            person,
            EmptyAdditionalClaims {},
        )
        .set_nonce(Some(Nonce::new(nonce)))
        .set_auth_time(says.signed_in.map(|ago| now - TimeDelta::seconds(ago)))
    }

    pub fn token(&self, says: &Says, begun: &Begun) -> String {
        let claims = self.claims(says, begun);
        let alg = CoreJwsSigningAlgorithm::EdDsa;
        CoreIdToken::new(claims, &self.idp.key, alg, None, None).unwrap().to_string()
    }
}

/// Makes a token for what was begun that must not be taken.
type Forge<'a> = &'a dyn Fn(&Begun) -> String;

pub(super) fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    found.unwrap_or_else(|| panic!("{name}: {url}")).1.into_owned()
}

fn each(body: impl Fn(&Scene, &crate::support::TestDb)) {
    for_each_backend(|db| {
        let policy = Policy { allow_private_networks: true, ..Policy::default() };
        let scene =
            Scene { office: Office::open(db), idp: Idp::start(), client: Client::new(policy) };
        body(&scene, db);
    });
}

#[test]
fn a_known_person_signs_in_with_the_providers_account() {
    each(|scene, _db| {
        let user = scene.office.add(Role::Accountant);
        let begun = scene.begin();
        assert!(begun.url.starts_with(&format!("{}/auth?", scene.idp.issuer())), "{}", begun.url);
        for (name, expected) in [
            ("response_type", "code"),
            ("client_id", "doisoat"),
            ("scope", "openid email"),
            ("code_challenge_method", "S256"),
            ("redirect_uri", "https://thu.example.edu.vn/dang-nhap/tra-ve"),
        ] {
            assert_eq!(parameter(&begun.url, name), expected, "{name}");
        }
        assert!(!begun.url.contains(&begun.browser));
        scene.idp.hand_out(&scene.token(&RIGHT, &begun));
        let returned = parameter(&begun.url, "state");
        let secret = secret_of(scene.finish(&returned, &begun.browser));
        let who = scene.office.who(&secret).unwrap();
        assert!(who.user == user && who.fresh && who.must_enrol);
        // The provider was shown our secret and the verifier of its challenge.
        let (head, form) = scene.idp.shared.asked.lock().unwrap()[0].clone();
        assert!(head.to_lowercase().contains("authorization: basic "), "{head}");
        let form: Vec<(String, String)> =
            form_urlencoded::parse(form.as_bytes()).into_owned().collect();
        let verifier = &form.iter().find(|(name, _)| name == "code_verifier").unwrap().1;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        assert_eq!(parameter(&begun.url, "code_challenge"), challenge);
        // The same way back a second time leads nowhere.
        assert_eq!(scene.finish(&returned, &begun.browser), Outcome::Refused);
        // Whoever has a second factor is asked for it.
        let (app, _) = scene.office.enrol_as(&who);
        let begun = scene.begin();
        scene.idp.hand_out(&scene.token(&RIGHT, &begun));
        let outcome = scene.finish(&parameter(&begun.url, "state"), &begun.browser);
        let Outcome::CodeNeeded { ticket } = outcome else { panic!("{outcome:?}") };
        secret_of(scene.office.second(&ticket, &scene.office.code(&app)));
    });
}

#[test]
fn a_token_that_is_not_all_right_signs_nobody_in() {
    each(|scene, db| {
        let user = scene.office.add(Role::Accountant);
        for (why, says) in [
            ("another nonce", Says { nonce: Some("khac"), ..RIGHT }),
            ("another issuer", Says { issuer: Some("https://khac.example.com"), ..RIGHT }),
            ("for another program", Says { audience: "khac", ..RIGHT }),
            ("expired", Says { lives: -1, ..RIGHT }),
            ("an address nobody verified", Says { verified: Some(false), ..RIGHT }),
            ("nothing said of that", Says { verified: None, ..RIGHT }),
            ("no address", Says { email: None, ..RIGHT }),
            ("somebody we do not know", Says { email: Some("lan@example.com"), ..RIGHT }),
        ] {
            let begun = scene.begin();
            scene.idp.hand_out(&scene.token(&says, &begun));
            let outcome = scene.finish(&parameter(&begun.url, "state"), &begun.browser);
            assert_eq!(outcome, Outcome::Refused, "{why}");
        }
        let alg = CoreJwsSigningAlgorithm::EdDsa;
        let unsigned = |begun: &Begun| {
            let right = scene.token(&RIGHT, begun);
            right.rsplit_once('.').unwrap().0.to_owned()
        };
        let by_stranger = |begun: &Begun| {
            let claims = scene.claims(&RIGHT, begun);
            CoreIdToken::new(claims, &new_key("k1"), alg.clone(), None, None).unwrap().to_string()
        };
        // A client knows its own secret: what it could sign itself proves nothing.
        let by_ourselves = |begun: &Begun| {
            let (claims, key) = (scene.claims(&RIGHT, begun), CoreHmacKey::new(SECRET.as_bytes()));
            let alg = CoreJwsSigningAlgorithm::HmacSha256;
            CoreIdToken::new(claims, &key, alg, None, None).unwrap().to_string()
        };
        let by_nobody = |begun: &Begun| {
            let rest = unsigned(begun);
            let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
            format!("{none}.{}.", rest.split_once('.').unwrap().1)
        };
        let cut = |begun: &Begun| format!("{}.", unsigned(begun));
        let forgeries: [(&str, Forge<'_>); 4] = [
            ("another key", &by_stranger),
            ("a shared secret", &by_ourselves),
            ("unsigned", &by_nobody),
            ("no signature", &cut),
        ];
        for (why, forge) in forgeries {
            let begun = scene.begin();
            scene.idp.hand_out(&forge(&begun));
            let outcome = scene.finish(&parameter(&begun.url, "state"), &begun.browser);
            assert_eq!(outcome, Outcome::Refused, "{why}");
        }
        scene.idp.answer("/token", 400, &json!({ "error": "invalid_grant" }));
        let begun = scene.begin();
        let outcome = scene.finish(&parameter(&begun.url, "state"), &begun.browser);
        assert_eq!(outcome, Outcome::Refused, "a code the provider does not know");
        users::disable(&scene.office.store, &scene.office.clock, &scene.office.actor, user)
            .unwrap();
        let begun = scene.begin();
        scene.idp.hand_out(&scene.token(&RIGHT, &begun));
        let outcome = scene.finish(&parameter(&begun.url, "state"), &begun.browser);
        assert_eq!(outcome, Outcome::Refused, "disabled");
        assert_eq!(db.words("SELECT email AS value FROM users"), [EMAIL], "nobody was made");
        assert!(db.words("SELECT secret_hash AS value FROM sessions").is_empty());
        assert!(log(db).iter().any(|line| line == "sign_in.failed user:unknown"));
    });
}

#[test]
fn only_the_browser_that_began_can_finish_and_only_for_ten_minutes() {
    each(|scene, db| {
        scene.office.add(Role::Accountant);
        let [mine, theirs] = [scene.begin(), scene.begin()];
        let state = |begun: &Begun| parameter(&begun.url, "state");
        scene.idp.hand_out(&scene.token(&RIGHT, &mine));
        for (why, given, browser) in [
            ("another browser", state(&mine), theirs.browser.as_str()),
            ("another state", state(&theirs), mine.browser.as_str()),
            ("no cookie", state(&mine), ""),
            ("no state", String::new(), mine.browser.as_str()),
            ("both made up", "x".to_owned(), "y"),
        ] {
            assert_eq!(scene.finish(&given, browser), Outcome::Refused, "{why}");
        }
        secret_of(scene.finish(&state(&mine), &mine.browser));
        scene.office.wait(600);
        scene.idp.hand_out(&scene.token(&RIGHT, &theirs));
        assert_eq!(scene.finish(&state(&theirs), &theirs.browser), Outcome::Refused, "too late");
        let kept = db.words("SELECT secret_hash AS value FROM user_tokens").join(" ");
        assert!(!kept.contains(&mine.browser) && !kept.contains(&state(&mine)));
    });
}

#[test]
fn a_provider_that_is_not_itself_or_not_there_is_told_as_that() {
    each(|scene, _db| {
        let begin = |provider: &Provider, client: &Client| {
            let office = &scene.office;
            let begun =
                oidc::begin(&office.store, office.ports(), client, provider, Purpose::SignIn);
            begun.map(|begun| begun.url)
        };
        let right = scene.idp.provider();
        let strict = Client::new(Policy::default());
        assert_eq!(code_of(begin(&right, &strict)), "identity_provider", "a private address");
        let other = Provider { issuer: format!("{}/khac", right.issuer), ..right.clone() };
        assert_eq!(code_of(begin(&other, &scene.client)), "identity_provider");
        let none = Provider { issuer: "không phải địa chỉ".to_owned(), ..right.clone() };
        assert_eq!(code_of(begin(&none, &scene.client)), "identity_provider");
        scene.idp.answer(
            "/.well-known/openid-configuration",
            200,
            &json!({
                "issuer": "https://khac.example.com",
                "authorization_endpoint": "https://khac.example.com/auth",
                "token_endpoint": "https://khac.example.com/token",
                "jwks_uri": format!("{}/jwks", right.issuer),
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["EdDSA"],
            }),
        );
        assert_eq!(code_of(begin(&right, &scene.client)), "identity_provider", "another's name");
    });
}

#[test]
fn whoever_signs_in_with_the_provider_proves_themselves_there_again() {
    each(|scene, _db| {
        let user = scene.office.add(Role::Auditor);
        let begun = scene.begin();
        scene.idp.hand_out(&scene.token(&RIGHT, &begun));
        let secret = secret_of(scene.finish(&parameter(&begun.url, "state"), &begun.browser));
        let stale = || {
            scene.office.wait(660);
            let who = scene.office.who(&secret).unwrap();
            assert!(who.user == user && !who.fresh);
            who
        };
        let now = Says { signed_in: Some(1), ..RIGHT };
        let who = stale();
        let purpose = Purpose::Prove { session: who.session };
        let begun = scene.begin_for(purpose);
        assert_eq!(parameter(&begun.url, "prompt"), "login");
        assert_eq!(parameter(&begun.url, "max_age"), "0");
        let returned = parameter(&begun.url, "state");
        scene.idp.hand_out(&scene.token(&now, &begun));
        assert_eq!(
            scene.finish(&returned, &begun.browser),
            Outcome::Refused,
            "a proof is no sign-in"
        );
        assert!(scene.prove(&who, &returned, &begun.browser));
        assert!(scene.office.who(&secret).unwrap().fresh);
        assert!(!scene.prove(&who, &returned, &begun.browser), "the same way back again");
        let who = stale();
        for (why, says) in [
            ("the provider did not ask again", Says { signed_in: Some(3_600), ..RIGHT }),
            ("nothing is said of when", RIGHT),
            ("in an hour", Says { signed_in: Some(-3_600), ..RIGHT }),
            ("somebody else", Says { email: Some("lan@example.com"), ..now.clone() }),
            ("another nonce", Says { nonce: Some("khac"), ..now.clone() }),
        ] {
            let begun = scene.begin_for(purpose);
            scene.idp.hand_out(&scene.token(&says, &begun));
            assert!(!scene.prove(&who, &parameter(&begun.url, "state"), &begun.browser), "{why}");
        }
        let begun = scene.begin_for(Purpose::Prove { session: who.session + 1 });
        scene.idp.hand_out(&scene.token(&now, &begun));
        assert!(
            !scene.prove(&who, &parameter(&begun.url, "state"), &begun.browser),
            "another session"
        );
        assert!(!scene.office.who(&secret).unwrap().fresh);
    });
}
