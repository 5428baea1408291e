//! Mail: what is queued with a fact reaches its reader, never twice where that can be known and
//! never not at all.

mod doors;
mod queueing;
mod sending;
mod servers;
mod signed;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use doisoat::clock::{Clock, FixedClock};
use doisoat::domain::lang::Lang;
use doisoat::domain::mail_address::MailAddress;
use doisoat::domain::reminder::QuietHours;
use doisoat::ids::CountingIds;
use doisoat::keyring::Keyring;
use doisoat::mail::{Mailer, Security, Smtp, SmtpSettings, Transport};
use doisoat::service::mail::{
    self, AskedMails, Content, Delivered, Desk, Letterhead, MailView, Mailbox, NewMail, Postman,
    Queued, Settings,
};
use doisoat::service::{Actor, ServiceError, Store, database};

use crate::support::TestDb;
use crate::support::feed::TEST_KEY;
use crate::support::mailserver::MailServer;
use crate::support::school::now;

/// No hours at all.
pub const NEVER_QUIET: QuietHours = QuietHours { from_hour: 0, to_hour: 0 };

/// How mail is sent in the tests.
const SETTINGS: Settings = Settings {
    attempts: 7,
    lease_seconds: 60,
    answer_seconds: 120,
    at_once: 2,
    quiet: NEVER_QUIET,
};

/// A database with mail in it, and a clock of its own.
struct Post {
    store: Store,
    clock: Arc<FixedClock>,
    ids: CountingIds,
    keys: Arc<Keyring>,
    letterhead: Letterhead,
}

impl Post {
    fn create(db: &TestDb) -> Post {
        let store = Store::open(&db.url, 8, 30_000).unwrap();
        database::migrate(&store).unwrap();
        let address = |text| MailAddress::parse(text).unwrap();
        let from =
            Mailbox { name: "Trường Mẫu".to_owned(), address: address("hoc-phi@truong.test") };
        Post {
            store,
            clock: Arc::new(FixedClock::at(now())),
            ids: CountingIds::new(),
            keys: Arc::new(Keyring::new(TEST_KEY, std::path::Path::new(""))),
            letterhead: Letterhead {
                from,
                reply_to: Some(address("ke-toan@truong.test")),
                signing: None,
            },
        }
    }

    fn new_mail(key: &str) -> NewMail {
        NewMail {
            school: None,
            kind: "invitation",
            to_name: "Nguyễn Thị Mẫu".to_owned(),
            to_email: format!("{key}@example.test"),
            content: Content {
                subject: format!("Thư mẫu {key}"),
                text: "Mời mở https://truong.test/invitations/bi-mat-mau.\n.\nHết.\n".to_owned(),
                html: None,
            },
            inline: Vec::new(),
            attachments: Vec::new(),
            lang: Lang::Vi,
            dedupe_key: format!("mau:{key}"),
        }
    }

    fn try_queue(&self, new: &NewMail) -> Result<Queued, ServiceError> {
        let desk = Desk { letterhead: &self.letterhead, ids: &self.ids, keys: &self.keys };
        self.store.write(|tx| mail::queue(tx, desk, self.clock.now(), new))
    }

    fn queue(&self, key: &str) -> i64 {
        let queued = self.try_queue(&Post::new_mail(key)).unwrap();
        assert!(queued.is_new, "{key}");
        queued.id
    }

    fn postman(&self, mailer: Arc<dyn Mailer>) -> Postman {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Postman::new(self.store.clone(), mailer, Arc::clone(&self.keys), clock, SETTINGS)
    }

    fn to(&self, server: &MailServer) -> Postman {
        self.postman(Arc::new(smtp(&settings(server))))
    }

    fn wait(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    /// All mails, oldest first.
    fn mails(&self) -> Vec<MailView> {
        let asked = AskedMails { limit: 200, ..AskedMails::default() };
        let mut page = mail::list(&self.store, &asked, None).unwrap();
        assert_eq!(page.next, None);
        page.mails.reverse();
        page.mails
    }

    fn resend(&self, id: i64) -> Result<MailView, String> {
        mail::resend(&self.store, &*self.clock, &Actor::named("test"), id)
            .map_err(|error| error.diagnostics()[0].code.clone())
    }
}

/// Sends until nothing is due: how often each outcome came.
fn drain(postman: &Postman) -> Vec<Delivered> {
    let mut all = Vec::new();
    loop {
        match postman.deliver().unwrap() {
            Delivered::Idle => return all,
            other => all.push(other),
        }
    }
}

/// A client that loses patience soon.
fn settings(server: &MailServer) -> SmtpSettings {
    SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        security: Security::None,
        login: None,
        authorities: Vec::new(),
        connect_timeout: Duration::from_secs(1),
        command_timeout: Duration::from_secs(1),
        answer_timeout: Duration::from_secs(1),
    }
}

fn smtp(settings: &SmtpSettings) -> Transport {
    Transport::Smtp(Arc::new(Smtp::new(settings.clone()).unwrap()))
}
