//! What mail servers do to a message, each with its outcome.

use std::sync::Arc;
use std::time::Duration;

use doisoat::mail::{Mailer, Outcome, Parcel, Security, Trouble};
use doisoat::service::mail::Delivered;
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{Post, settings, smtp};
use crate::support::mailserver::{MailServer, Manner, Protection};
use crate::support::{TestDb, for_each_backend};

/// What is expected of a mail after one attempt.
struct Expected {
    delivered: Delivered,
    state: &'static str,
    problem: Option<&'static str>,
    status: Option<i64>,
    /// Something of the words that are kept.
    words: &'static str,
    /// Copies the server has.
    copies: usize,
}

const fn postponed(problem: &'static str, status: Option<i64>, words: &'static str) -> Expected {
    Expected {
        delivered: Delivered::Postponed,
        state: "waiting",
        problem: Some(problem),
        status,
        words,
        copies: 0,
    }
}

const fn refused(problem: &'static str, status: i64, words: &'static str) -> Expected {
    Expected {
        delivered: Delivered::Failed,
        state: "failed",
        problem: Some(problem),
        status: Some(status),
        words,
        copies: 0,
    }
}

const UNSURE: Expected = Expected {
    delivered: Delivered::Unsure,
    state: "unsure",
    problem: Some("answer"),
    status: None,
    words: "",
    copies: 1,
};

const SENT: Expected = Expected {
    delivered: Delivered::Sent,
    state: "sent",
    problem: None,
    status: None,
    words: "kept",
    copies: 1,
};

#[test]
fn whatever_a_server_does_has_its_outcome() {
    let banner = format!("220 {}", "x".repeat(1024 * 1024));
    let greet = |text: &str| Manner::Greet(text.to_owned());
    let cases = [
        ("421 at the greeting", greet("421 qua tai"), postponed("greeting", Some(421), "qua tai")),
        ("554 at the greeting", greet("554 di cho khac"), postponed("greeting", Some(554), "cho")),
        ("a banner of 1 MB", greet(&banner), postponed("greeting", None, "too long")),
        ("no SMTP at all", greet("HTTP/1.1 400 Bad"), postponed("greeting", None, "")),
        ("no greeting", Manner::Silent, postponed("connect", None, "")),
        ("silence after the greeting", Manner::SilentAfterGreeting, postponed("connect", None, "")),
        (
            "450 to the recipient",
            Manner::Recipient("450 hop thu ban"),
            postponed("recipient", Some(450), "hop thu ban"),
        ),
        (
            "550 to the recipient",
            Manner::Recipient("550-khong co\r\n550 nguoi nay"),
            refused("recipient", 550, "khong co nguoi nay"),
        ),
        ("451 to the text", Manner::Answer("451 thu lai"), postponed("answer", Some(451), "thu")),
        ("554 to the text", Manner::Answer("554 thu rac"), refused("answer", 554, "thu rac")),
        ("dropped after the text", Manner::CloseAfterText, UNSURE),
        ("250 after our patience", Manner::Late(Duration::from_millis(1_500)), UNSURE),
        ("250 late, within our patience", Manner::Late(Duration::from_millis(400)), SENT),
        ("all well", Manner::Take, SENT),
    ];
    for_each_backend(|db| {
        for (why, manner, expected) in &cases {
            let db = TestDb::create(db.backend);
            let (post, server) = (Post::create(&db), MailServer::start());
            server.then(manner.clone());
            post.queue("mot");
            let postman = post.to(&server);
            assert_eq!(postman.deliver().unwrap(), expected.delivered, "{why}");
            let mail = post.mails().remove(0);
            assert_eq!((mail.state.as_str(), mail.attempts), (expected.state, 1), "{why}");
            assert_eq!(mail.problem.as_deref(), expected.problem, "{why}: {mail:?}");
            assert_eq!(mail.status, expected.status, "{why}");
            let words = mail.words.clone().unwrap_or_default();
            assert!(words.contains(expected.words), "{why}: {words}");
            assert!(words.chars().count() <= 500, "{why}");
            assert_eq!(server.got().len(), expected.copies, "{why}");
            assert_eq!(mail.unsure_times, i64::from(expected.state == "unsure"), "{why}");

            // A minute later the server is well again.
            let again = matches!(expected.state, "waiting" | "unsure");
            assert_eq!(mail.due_at.is_some(), again, "{why}");
            post.wait(60);
            let next = if again { Delivered::Sent } else { Delivered::Idle };
            assert_eq!(postman.deliver().unwrap(), next, "{why}");
            let got = server.got();
            assert_eq!(got.len(), expected.copies + usize::from(again), "{why}");
            for one in &got {
                assert_eq!(one.message_id(), mail.message_id, "{why}");
                assert_eq!(one.message, got[0].message, "{why}: the same to the byte");
            }
        }
    });
}

#[test]
fn a_server_that_is_not_there_is_tried_again() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let gone = settings(&MailServer::start());
        // Whatever connects while it stops is answered by nobody.
        std::thread::sleep(Duration::from_millis(50));
        post.queue("mot");
        let postman = post.postman(Arc::new(smtp(&gone)));
        assert_eq!(postman.deliver().unwrap(), Delivered::Postponed);
        let mail = post.mails().remove(0);
        assert_eq!((mail.problem.as_deref(), mail.status), (Some("connect"), None));
        assert!(mail.words.unwrap().contains("refused"));
    });
}

#[test]
fn a_connection_that_the_server_closed_while_nothing_was_said_is_no_attempt() {
    for_each_backend(|db| {
        let (post, server) = (Post::create(db), MailServer::start());
        for key in ["mot", "hai", "ba", "bon"] {
            post.queue(key);
        }
        server.then(Manner::Take).then(Manner::TakeAndClose);
        let postman = post.to(&server);
        for _ in 0..4 {
            assert_eq!(postman.deliver().unwrap(), Delivered::Sent);
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(postman.deliver().unwrap(), Delivered::Idle);
        assert_eq!(server.connections(), 2, "two on each");
        assert_eq!(server.got().len(), 4);
        assert!(post.mails().iter().all(|mail| (mail.attempts, mail.unsure_times) == (1, 0)));
    });
}

#[test]
fn a_refused_recipient_does_not_cost_the_next_mail_its_connection() {
    for_each_backend(|db| {
        let (post, server) = (Post::create(db), MailServer::start());
        post.queue("mot");
        post.queue("hai");
        server.then(Manner::Recipient("550 khong co nguoi nay"));
        let postman = post.to(&server);
        assert_eq!(postman.deliver().unwrap(), Delivered::Failed);
        assert_eq!(postman.deliver().unwrap(), Delivered::Sent);
        assert_eq!(server.connections(), 1);
        let got = server.got().remove(0);
        assert_eq!(
            (got.from.as_str(), got.to.as_str()),
            ("hoc-phi@truong.test", "hai@example.test")
        );
        assert!(got.message.contains("\r\n.\r\n"), "a point alone on its line is text");
    });
}

#[test]
fn a_connection_lost_within_the_text_is_known_to_have_brought_nothing() {
    let server = MailServer::start();
    server.then(Manner::CloseBeforeText);
    let message = "x".repeat(70).repeat(1_000_000);
    let parcel =
        Parcel { name: "x", from: "a@b.test", to: "c@b.test", message: message.as_bytes() };
    let outcome = smtp(&settings(&server)).send(parcel, &mut || true);
    assert!(matches!(&outcome, Outcome::Postponed(Trouble { place: "data", .. })), "{outcome:?}");
    assert_eq!(server.got(), vec![]);
}

#[test]
fn what_may_not_begin_is_not_handed_over() {
    let server = MailServer::start();
    let parcel = Parcel { name: "x", from: "a@b.test", to: "c@b.test", message: b"x" };
    let client = smtp(&settings(&server));
    assert_eq!(client.send(parcel, &mut || false), Outcome::NotBegun);
    assert_eq!(server.got(), vec![]);
    assert!(matches!(client.send(parcel, &mut || true), Outcome::Sent { .. }));
    assert_eq!(server.connections(), 1);
}

/// A certificate for a name, signed by itself, and how a server shows it.
fn certificate(name: &str) -> (Vec<u8>, Arc<ServerConfig>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    (made.cert.pem().into_bytes(), Arc::new(config))
}

#[test]
fn a_server_must_prove_its_name() {
    let (right, wrong) = (certificate("127.0.0.1"), certificate("smtp.truong.test"));
    for (why, shown, trusted, security, wrapped, sent) in [
        ("its name, from the first byte", &right, &right.0[..], Security::Tls, true, true),
        (
            "its name, after a plain beginning",
            &right,
            &right.0[..],
            Security::StartTls,
            false,
            true,
        ),
        ("another's name", &wrong, &wrong.0[..], Security::Tls, true, false),
        ("another's, after a beginning", &wrong, &wrong.0[..], Security::StartTls, false, false),
        ("an authority nobody trusts", &right, &[][..], Security::Tls, true, false),
    ] {
        let tls = Some(Arc::clone(&shown.1));
        let server = MailServer::protected(Protection { tls, wrapped });
        let client = smtp(&doisoat::mail::SmtpSettings {
            security,
            authorities: trusted.to_vec(),
            login: Some(("mau".to_owned(), "mat khau".to_owned())),
            ..settings(&server)
        });
        let parcel = Parcel { name: "x", from: "a@b.test", to: "c@b.test", message: b"x" };
        let outcome = client.send(parcel, &mut || true);
        match &outcome {
            Outcome::Sent { .. } if sent => {}
            Outcome::Postponed(Trouble { place: "tls", of_server: true, .. }) if !sent => {}
            other => panic!("{why}: {other:?}"),
        }
        assert_eq!(server.got().len(), usize::from(sent), "{why}");
        assert_eq!(server.logins().len(), usize::from(sent), "{why}: no password to a stranger");
    }
}

#[test]
fn nothing_is_said_to_a_server_that_does_not_protect_it() {
    let server = MailServer::start();
    let client = smtp(&doisoat::mail::SmtpSettings {
        security: Security::StartTls,
        login: Some(("mau".to_owned(), "mat khau".to_owned())),
        ..settings(&server)
    });
    let parcel = Parcel { name: "x", from: "a@b.test", to: "c@b.test", message: b"x" };
    let outcome = client.send(parcel, &mut || true);
    assert!(matches!(&outcome, Outcome::Postponed(Trouble { place: "tls", .. })), "{outcome:?}");
    assert_eq!((server.got().len(), server.logins().len()), (0, 0));
}

#[test]
fn a_wrong_password_is_not_the_messages_fault() {
    let server = MailServer::start();
    let client = smtp(&doisoat::mail::SmtpSettings {
        login: Some(("mau".to_owned(), "xsai".to_owned())),
        ..settings(&server)
    });
    let parcel = Parcel { name: "x", from: "a@b.test", to: "c@b.test", message: b"x" };
    let outcome = client.send(parcel, &mut || true);
    let Outcome::Postponed(trouble) = outcome else { panic!("{outcome:?}") };
    assert_eq!((trouble.place, trouble.status, trouble.of_server), ("login", Some(535), true));
    assert!(trouble.words.contains("sai mat khau"));
}
