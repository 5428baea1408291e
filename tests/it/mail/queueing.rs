//! How mail comes into the queue.

use std::sync::Arc;
use std::time::Duration;

use doisoat::domain::diagnostic::Diagnostic;
use doisoat::keyring::Keyring;
use doisoat::mail::{Memory, Transport};
use doisoat::service::ServiceError;
use doisoat::service::mail::{self, Attachment, Delivered, Desk};

use super::Post;
use crate::support::for_each_backend;

#[test]
fn a_fact_is_told_once_however_often_it_is_queued() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let id = post.queue("mot");
        let mut other = Post::new_mail("mot");
        other.to_email = "khac@example.test".to_owned();
        let again = post.try_queue(&other).unwrap();
        assert_eq!((again.id, again.is_new), (id, false));

        // At once as well: each of them looks before any has written.
        let post = &post;
        let new: Vec<bool> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(move || {
                        let desk =
                            Desk { letterhead: &post.letterhead, ids: &post.ids, keys: &post.keys };
                        let at = doisoat::clock::Clock::now(&*post.clock);
                        let queued = post.store.write(|tx| {
                            let queued = mail::queue(tx, desk, at, &Post::new_mail("hai"))?;
                            std::thread::sleep(Duration::from_millis(30));
                            Ok::<_, ServiceError>(queued)
                        });
                        queued.unwrap().is_new
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(new.iter().filter(|new| **new).count(), 1, "{new:?}");
        assert_eq!(post.mails().len(), 2);
    });
}

#[test]
fn a_fact_that_did_not_happen_is_not_told() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let desk = Desk { letterhead: &post.letterhead, ids: &post.ids, keys: &post.keys };
        let at = doisoat::clock::Clock::now(&*post.clock);
        let failed: Result<(), ServiceError> = post.store.write(|tx| {
            mail::queue(tx, desk, at, &Post::new_mail("mot"))?;
            Err(ServiceError::refused(Diagnostic::new("khac", "khác", "other")))
        });
        assert!(failed.is_err());
        assert_eq!(post.mails(), vec![]);
        assert!(post.try_queue(&Post::new_mail("mot")).unwrap().is_new);
    });
}

#[test]
fn what_cannot_be_sent_is_refused_when_it_is_queued() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let long = "x".repeat(201);
        for (why, code, change) in [
            ("no address", "mail_address", ("to", "không phải email")),
            ("a second line", "mail_address", ("to", "a@b.test\r\nBcc: c@d.test")),
            ("two", "mail_address", ("to", "a@b.test, c@d.test")),
            ("a long subject", "mail_text_too_long", ("subject", &long)),
            ("a long name", "mail_text_too_long", ("name", &long)),
        ] {
            let mut new = Post::new_mail("mot");
            match change {
                ("to", text) => new.to_email = text.to_owned(),
                ("name", text) => new.to_name = text.to_owned(),
                (_, text) => new.content.subject = text.to_owned(),
            }
            let error = post.try_queue(&new).unwrap_err();
            assert_eq!(error.diagnostics()[0].code, code, "{why}");
            assert!(!error.diagnostics()[0].message.vi.contains('\n'), "{why}");
        }
        let mut new = Post::new_mail("mot");
        let (name, media_type) = ("lon.bin".to_owned(), "application/octet-stream".to_owned());
        new.attachments.push(Attachment { name, media_type, bytes: vec![0; 16 * 1024 * 1024] });
        let error = post.try_queue(&new).unwrap_err();
        assert_eq!(error.diagnostics()[0].code, "mail_too_large");
        assert_eq!(post.mails(), vec![]);
    });
}

#[test]
fn a_domain_in_vietnamese_letters_is_written_as_servers_know_it() {
    for_each_backend(|db| {
        let (post, memory) = (Post::create(db), Memory::default());
        let mut new = Post::new_mail("mot");
        new.to_email = "lan@trường.test".to_owned();
        post.try_queue(&new).unwrap();
        let postman = post.postman(Arc::new(Transport::Memory(memory.clone())));
        assert_eq!(postman.deliver().unwrap(), Delivered::Sent);
        assert_eq!(memory.sent()[0].to, post.mails()[0].to_email);
        assert!(memory.sent()[0].to.starts_with("lan@xn--"));
    });
}

#[test]
fn whoever_has_the_database_alone_reads_no_link() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let id = post.queue("mot");
        let shown = mail::show(&post.store, &post.keys, id).unwrap();
        assert!(shown.message.contains("invitations/bi-mat-mau"), "{}", shown.message);
        let sealed = db.words("SELECT sealed AS value FROM mails").remove(0);
        assert!(!sealed.contains("bi-mat"));

        // With another key nothing leaves, and nothing is lost.
        let memory = Memory::default();
        let other = Keyring::new("a2hhYy1raG9hLTMyLWJ5dGUtY2hvLWJhaS10ZXN0LTA=", "".as_ref());
        let mut stranger = Post::create(db);
        stranger.keys = Arc::new(other);
        let postman = stranger.postman(Arc::new(Transport::Memory(memory.clone())));
        assert_eq!(postman.deliver().unwrap(), Delivered::Postponed);
        assert_eq!(post.mails()[0].problem.as_deref(), Some("key"));
        post.wait(60);
        let postman = post.postman(Arc::new(Transport::Memory(memory.clone())));
        assert_eq!(postman.deliver().unwrap(), Delivered::Sent);
        assert_eq!(memory.sent()[0].message, shown.message);
    });
}
