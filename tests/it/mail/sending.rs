//! Who sends what when: attempts, pauses, several workers, workers that sleep or die.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use doisoat::mail::{Mailer, Memory, Outcome, Parcel, Transport, Trouble};
use doisoat::service::mail::{Delivered, Postman};
use doisoat::worker::{Bell, Workers};

use super::{Post, drain};
use crate::support::for_each_backend;
use crate::support::mailserver::{MailServer, Manner};

/// Does something before it begins or after it sent.
struct Around<B: Fn(), A: Fn()> {
    inner: Transport,
    before: B,
    after: A,
}

impl<B: Fn() + Send + Sync, A: Fn() + Send + Sync> Mailer for Around<B, A> {
    fn send(&self, parcel: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        (self.before)();
        let outcome = self.inner.send(parcel, begin);
        (self.after)();
        outcome
    }
}

/// Says the same to every message.
struct Always(fn() -> Outcome);

impl Mailer for Always {
    fn send(&self, _: Parcel<'_>, begin: &mut dyn FnMut() -> bool) -> Outcome {
        if begin() { (self.0)() } else { Outcome::NotBegun }
    }
}

fn trouble(place: &'static str, status: Option<u16>, of_server: bool) -> Trouble {
    Trouble { place, status, words: "lời máy chủ".to_owned(), of_server }
}

#[test]
fn a_mail_is_tried_seven_times_and_again_when_a_person_asks() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let id = post.queue("mot");
        let postman = post.postman(Arc::new(Always(|| {
            Outcome::Postponed(trouble("recipient", Some(450), false))
        })));
        for (attempt, minutes) in [0, 1, 5, 15, 60, 240, 720].into_iter().enumerate() {
            if minutes > 0 {
                post.wait(minutes * 60 - 1);
                assert_eq!(postman.deliver().unwrap(), Delivered::Idle, "before {attempt}");
                post.wait(1);
            }
            let last = attempt == 6;
            let expected = if last { Delivered::Failed } else { Delivered::Postponed };
            assert_eq!(postman.deliver().unwrap(), expected, "{attempt}");
        }
        post.wait(10_000_000);
        assert_eq!(postman.deliver().unwrap(), Delivered::Idle);
        let failed = post.mails().remove(0);
        assert_eq!((failed.state.as_str(), failed.attempts, failed.due_at), ("failed", 7, None));
        assert_eq!(failed.words.as_deref(), Some("lời máy chủ"));

        assert_eq!(post.resend(id).unwrap().state, "waiting");
        assert_eq!(postman.deliver().unwrap(), Delivered::Postponed);
        post.wait(60);
        let memory = Memory::default();
        let well = post.postman(Arc::new(Transport::Memory(memory.clone())));
        assert_eq!(well.deliver().unwrap(), Delivered::Sent);
        let kept = memory.sent().remove(0);
        assert_eq!(kept.to, "mot@example.test");
        assert!(kept.message.contains(&failed.message_id), "the same Message-ID");
        let sent = post.mails().remove(0);
        assert_eq!((sent.state.as_str(), sent.attempts, sent.problem), ("sent", 9, None));
        assert_eq!(post.resend(id + 1_000_000), Err("mail_not_found".to_owned()));
        let asked = "SELECT COUNT(*) AS value FROM audit_records WHERE action = 'mail.resend'";
        assert_eq!(db.number(asked), 1);
    });
}

#[test]
fn a_server_that_is_down_costs_one_mail_an_attempt_a_minute() {
    for_each_backend(|db| {
        let post = Post::create(db);
        for key in ["mot", "hai", "ba"] {
            post.queue(key);
        }
        let down = || Outcome::Postponed(trouble("connect", None, true));
        let postman = post.postman(Arc::new(Always(down)));
        assert_eq!(drain(&postman), [Delivered::Postponed]);
        post.wait(59);
        assert_eq!(drain(&postman.clone()), [], "those beside it rest as well");
        post.wait(1);
        assert_eq!(drain(&postman), [Delivered::Postponed]);
        let attempts: Vec<i64> = post.mails().iter().map(|mail| mail.attempts).collect();
        assert_eq!(attempts, [1, 1, 0]);
    });
}

#[test]
fn what_nobody_can_know_is_sent_again_and_counted_until_a_person_is_asked() {
    for_each_backend(|db| {
        let post = Post::create(db);
        let id = post.queue("mot");
        let postman =
            post.postman(Arc::new(Always(|| Outcome::Unsure(trouble("answer", None, false)))));
        for _ in 0..7 {
            assert_eq!(postman.deliver().unwrap(), Delivered::Unsure);
            post.wait(50_000);
        }
        assert_eq!(postman.deliver().unwrap(), Delivered::Idle);
        let mail = post.mails().remove(0);
        assert_eq!((mail.state.as_str(), mail.unsure_times, mail.due_at), ("unsure", 7, None));
        assert_eq!(post.resend(id).unwrap().state, "unsure", "it may still be there");
        let memory = Memory::default();
        let well = post.postman(Arc::new(Transport::Memory(memory)));
        assert_eq!(well.deliver().unwrap(), Delivered::Sent);
        let mail = post.mails().remove(0);
        assert_eq!((mail.state.as_str(), mail.unsure_times), ("sent", 7));
    });
}

#[test]
fn a_worker_that_slept_beyond_its_lease_sends_nothing() {
    for_each_backend(|db| {
        let post = Post::create(db);
        post.queue("mot");
        let memory = Memory::default();
        let through = || Transport::Memory(memory.clone());
        let other = post.postman(Arc::new(through()));
        let (clock, taken) = (Arc::clone(&post.clock), other.clone());
        let sleepy = post.postman(Arc::new(Around {
            inner: through(),
            before: move || {
                assert_eq!(taken.deliver().unwrap(), Delivered::Idle, "it is held");
                clock.advance(chrono::TimeDelta::seconds(61));
                assert_eq!(taken.deliver().unwrap(), Delivered::Sent);
            },
            after: || (),
        }));
        assert_eq!(sleepy.deliver().unwrap(), Delivered::TakenOver);
        assert_eq!(memory.sent().len(), 1);
        let mail = post.mails().remove(0);
        assert_eq!((mail.state.as_str(), mail.attempts, mail.unsure_times), ("sent", 2, 0));
        // Also where nobody took it meanwhile.
        post.queue("hai");
        let clock = Arc::clone(&post.clock);
        let alone = post.postman(Arc::new(Around {
            inner: through(),
            before: move || clock.advance(chrono::TimeDelta::seconds(61)),
            after: || (),
        }));
        assert_eq!(alone.deliver().unwrap(), Delivered::TakenOver);
        assert_eq!(memory.sent().len(), 1);
        assert_eq!(other.deliver().unwrap(), Delivered::Sent);
        assert_eq!(post.mails()[1].unsure_times, 0);
    });
}

#[test]
fn a_worker_that_slept_between_sending_and_writing_writes_nothing() {
    for_each_backend(|db| {
        let post = Post::create(db);
        post.queue("mot");
        let memory = Memory::default();
        let through = || Transport::Memory(memory.clone());
        let other = post.postman(Arc::new(Always(|| {
            Outcome::Postponed(trouble("recipient", Some(450), false))
        })));
        let clock = Arc::clone(&post.clock);
        let sleepy = post.postman(Arc::new(Around {
            inner: through(),
            before: || (),
            after: move || {
                assert_eq!(other.deliver().unwrap(), Delivered::Idle, "it is held for longer now");
                clock.advance(chrono::TimeDelta::seconds(121));
                assert_eq!(other.deliver().unwrap(), Delivered::Postponed);
            },
        }));
        assert_eq!(sleepy.deliver().unwrap(), Delivered::TakenOver);
        let mail = post.mails().remove(0);
        assert_eq!((mail.state.as_str(), mail.attempts, mail.unsure_times), ("unsure", 2, 1));
        assert_eq!(mail.status, Some(450), "what the other one wrote stands");
    });
}

#[test]
fn of_a_worker_that_died_it_is_known_whether_the_server_may_have_it() {
    for_each_backend(|db| {
        for (why, dies_before, unsure, copies) in
            [("before it began", true, 0, 1), ("between the 250 and its mark", false, 1, 2)]
        {
            let db = crate::support::TestDb::create(db.backend);
            let (post, server) = (Post::create(&db), MailServer::start());
            post.queue("mot");
            let inner = super::smtp(&super::settings(&server));
            let dying = post.postman(Arc::new(Around {
                inner,
                before: move || assert!(!dies_before, "dies here, as it should"),
                after: move || assert!(dies_before, "dies here, as it should"),
            }));
            assert!(std::thread::spawn(move || dying.deliver()).join().is_err(), "{why}");
            let postman = post.to(&server);
            assert_eq!(postman.deliver().unwrap(), Delivered::Idle, "{why}: it is held");
            post.wait(120);
            assert_eq!(postman.deliver().unwrap(), Delivered::Sent, "{why}");
            let mail = post.mails().remove(0);
            assert_eq!((mail.state.as_str(), mail.unsure_times), ("sent", unsure), "{why}");
            let got = server.got();
            assert_eq!(got.len(), copies, "{why}");
            assert!(got.iter().all(|one| one.message_id() == mail.message_id), "{why}");
        }
    });
}

#[test]
fn a_mail_at_which_every_worker_dies_waits_for_a_person_in_the_end() {
    for_each_backend(|db| {
        let post = Post::create(db);
        post.queue("mot");
        for _ in 0..7 {
            let dying = post.postman(Arc::new(Around {
                inner: Transport::Memory(Memory::default()),
                before: || panic!("dies here, as it should"),
                after: || (),
            }));
            assert!(std::thread::spawn(move || dying.deliver()).join().is_err());
            post.wait(120);
        }
        let postman = post.postman(Arc::new(Transport::Memory(Memory::default())));
        assert_eq!(postman.deliver().unwrap(), Delivered::Failed);
        let mail = post.mails().remove(0);
        assert_eq!((mail.state.as_str(), mail.problem.as_deref()), ("failed", Some("lost")));
    });
}

#[test]
fn two_workers_at_once_send_each_mail_once_or_say_why_not() {
    const MAILS: usize = 60;
    for_each_backend(|db| {
        let (post, server) = (Post::create(db), MailServer::start());
        for number in 0..MAILS {
            post.queue(&format!("thu{number}"));
        }
        // Seven kinds, some of them several times in a row.
        for number in 0..MAILS {
            server.then(match number % 11 {
                1 => Manner::Recipient("450 ban"),
                3 => Manner::Recipient("550 khong co"),
                4 | 9 => Manner::CloseAfterText,
                6 => Manner::TakeAndClose,
                7 => Manner::Answer("451 thu lai"),
                8 => Manner::Greet("421 qua tai".to_owned()),
                _ => Manner::Take,
            });
        }
        let sent = AtomicUsize::new(0);
        let replicas: Vec<Postman> = (0..2).map(|_| post.to(&server)).collect();
        for _ in 0..12 {
            std::thread::scope(|scope| {
                for postman in replicas.iter().chain(&replicas) {
                    let (postman, sent) = (postman.clone(), &sent);
                    scope.spawn(move || {
                        let all = drain(&postman);
                        let times = all.iter().filter(|one| **one == Delivered::Sent).count();
                        sent.fetch_add(times, Ordering::AcqRel);
                        assert!(!all.contains(&Delivered::TakenOver));
                    });
                }
            });
            post.wait(43_200);
        }
        let mut copies: BTreeMap<String, i64> = BTreeMap::new();
        for got in server.got() {
            *copies.entry(got.message_id().to_owned()).or_default() += 1;
        }
        let mails = post.mails();
        assert_eq!(mails.len(), MAILS);
        let (mut unsure, mut in_all) = (0, 0);
        for mail in &mails {
            let copies = copies.get(&mail.message_id).copied().unwrap_or_default();
            in_all += copies;
            unsure += mail.unsure_times;
            match mail.state.as_str() {
                "sent" => assert_eq!(copies, 1 + mail.unsure_times, "{mail:?}"),
                "failed" => {
                    assert_eq!(mail.status, Some(550), "{mail:?}");
                    assert_eq!(copies, mail.unsure_times, "{mail:?}");
                }
                _ => panic!("{mail:?}"),
            }
        }
        assert!(unsure > 0, "some were cut off");
        let marked = mails.iter().filter(|mail| mail.state == "sent").count();
        assert_eq!(sent.load(Ordering::Acquire), marked);
        assert_eq!(in_all, i64::try_from(marked).unwrap() + unsure, "no copy but the counted ones");
    });
}

#[test]
fn the_service_sends_what_is_queued_by_itself() {
    for_each_backend(|db| {
        let (post, memory) = (Post::create(db), Memory::default());
        let postman = post.postman(Arc::new(Transport::Memory(memory.clone())));
        let mut workers = Workers::new(Arc::new(Bell::new()));
        workers.mails(&postman).unwrap();
        for key in ["mot", "hai", "ba"] {
            post.queue(key);
        }
        for _ in 0..200 {
            if post.mails().iter().all(|mail| mail.state == "sent") {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        workers.stop();
        assert_eq!(memory.sent().len(), 3);
        assert!(post.mails().iter().all(|mail| mail.state == "sent" && mail.attempts == 1));
    });
}
