//! Mail on the command line.

use doisoat::service::mail::{self, AskedMails};

use super::Post;
use crate::support::feed::TEST_KEY;
use crate::support::for_each_backend;
use crate::support::mailserver::{MailServer, Manner};
use crate::support::program::{Said, doisoat, said};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = doisoat(arguments);
    command.env("DOISOAT_SECRETS__KEY", TEST_KEY).envs(environment.iter().copied());
    said(command.output().unwrap())
}

#[test]
fn lists_go_on_where_the_page_before_ended() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let ids: Vec<i64> = (0..5).map(|number| post.queue(&format!("thu{number}"))).collect();
        let asked = AskedMails { limit: 2, ..AskedMails::default() };
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = mail::list(&post.store, &asked, cursor).unwrap();
            assert!(page.mails.len() <= 2);
            seen.extend(page.mails.iter().map(|mail| mail.id));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, ids.into_iter().rev().collect::<Vec<_>>());
        let of = |state: &str, kind: &str| {
            let asked = AskedMails {
                state: Some(state.to_owned()),
                kind: Some(kind.to_owned()),
                limit: 9,
                school: None,
            };
            mail::list(&post.store, &asked, None).unwrap().mails.len()
        };
        assert_eq!((of("waiting", "invitation"), of("sent", "invitation")), (5, 0));
        assert_eq!(of("waiting", "receipt"), 0);
    });
}

#[test]
fn a_person_sees_what_failed_and_sends_it_again() {
    for_each_backend(|db| {
        let (post, server) = (Post::create(db), MailServer::start());
        let id = post.queue("mot");
        server.then(Manner::Recipient("550 khong co nguoi nay"));
        post.to(&server).deliver().unwrap();
        let id = id.to_string();
        for (lang, state) in [("vi", "không gửi được"), ("en", "failed")] {
            let said = run(
                &["mail", "list", "--state", "failed", "--database", &db.url, "--lang", lang],
                &[],
            );
            assert_eq!(said.status, 0, "{said:?}");
            for words in [&id, "mot@example.test", state, "recipient 550", "khong co nguoi nay"] {
                assert!(said.out.contains(words), "{words}: {}", said.out);
            }
        }
        let json = run(&["mail", "list", "--json", "--database", &db.url], &[]);
        let one: serde_json::Value = serde_json::from_str(json.out.trim()).unwrap();
        assert_eq!((one["state"].as_str(), one["status"].as_i64()), (Some("failed"), Some(550)));
        let shown = run(&["mail", "show", &id, "--database", &db.url], &[]);
        assert!(shown.out.contains("Message-ID: <"), "{shown:?}");
        let again = run(&["mail", "resend", &id, "--database", &db.url], &[]);
        assert!(again.out.contains("chờ gửi"), "{again:?}");
        let missing = run(&["mail", "show", "999999999", "--database", &db.url], &[]);
        assert_eq!(missing.status, 1);
        assert!(missing.err.contains("[mail_not_found]"), "{missing:?}");
    });
}

#[test]
fn a_test_message_leaves_at_once_or_says_why_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("thu");
    let to = ["mail", "test", "--to", "ten@truong.test"];
    let as_file = [("DOISOAT_MAIL__FOLDER", path.to_str().unwrap())];
    let said = run(&to, &as_file);
    assert_eq!(said.status, 0, "{said:?}");
    let file = std::fs::read_dir(&path).unwrap().next().unwrap().unwrap().path();
    assert!(said.out.contains(file.to_str().unwrap()), "{said:?}");
    let message = std::fs::read_to_string(file).unwrap();
    assert!(message.contains("To: ten@truong.test") && message.is_ascii(), "{message}");

    let server = MailServer::start();
    server.then(Manner::Take).then(Manner::Recipient("550 khong co nguoi nay"));
    let port = server.address.port().to_string();
    let by_server = [
        ("DOISOAT_MAIL__TRANSPORT", "smtp"),
        ("DOISOAT_MAIL__HOST", "127.0.0.1"),
        ("DOISOAT_MAIL__PORT", port.as_str()),
        ("DOISOAT_MAIL__TLS", "none"),
        ("DOISOAT_MAIL__FROM_EMAIL", "hoc-phi@truong.test"),
    ];
    let said = run(&to, &by_server);
    assert_eq!((said.status, server.got().len()), (0, 1), "{said:?}");
    let said = run(&to, &by_server);
    assert_eq!(said.status, 1, "{said:?}");
    assert!(said.err.contains("recipient 550") && said.err.contains("khong co"), "{said:?}");
    let said = run(&["mail", "test", "--to", "ten"], &as_file);
    assert!(said.status == 1 && said.err.contains("[mail_address]"), "{said:?}");
    let no_file = [&by_server[..], &[("DOISOAT_MAIL__CA_FILE", "/nowhere.pem")]].concat();
    let said = run(&to, &no_file);
    assert!(said.status == 3 && said.err.contains("mail.ca_file"), "{said:?}");
}
