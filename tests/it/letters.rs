//! Letters to families: each is told once, or it is said why not.

mod doors;
mod killed;
pub mod made;
mod nights;
mod reminders;
mod steps;
mod texts;

use std::sync::Arc;

use chrono::TimeDelta;
use doisoat::clock::{Clock, FixedClock};
use doisoat::domain::mail_address::MailAddress;
use doisoat::domain::reminder::QuietHours;
use doisoat::ids::CountingIds;
use doisoat::keyring::Keyring;
use doisoat::service::letters::{
    self, AskedLetters, Composer, LetterKind, LetterView, NewLetter, Outcomes, Settings,
};
use doisoat::service::mail::{self, AskedMails, Letterhead, MailView, Mailbox, Postman};
use doisoat::service::students::contacts::{self, GuardianTerms};
use doisoat::service::{ServiceError, Store};

use crate::mail::NEVER_QUIET;
use crate::support::TestDb;
use crate::support::feed::TEST_KEY;
use crate::support::school::{School, now};

/// Where families' pages are.
const URL: &str = "https://thu.truong.test";

/// Two families with two children and one child; the third has no address.
const STUDENTS: &str = "Mã học sinh;Họ và tên;Lớp;Mã gia đình;Họ tên phụ huynh;Email\n\
    HS01;Trần Văn Mẫu Hai;6A1;F1;Trần Thị Mẫu;me.hai@example.test\n\
    HS02;Trần Văn Mẫu Ba;7A2;F1;Trần Thị Mẫu;me.hai@example.test\n\
    HS03;Lê Thị Hồng Mẫu;6A1;F2;Lê Văn Mẫu;bo.mau@example.test\n\
    HS04;Phạm Văn Mẫu;6A2;F3;;\n";

const INVOICES: &str = "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Hạn nộp\n\
    HPQ6XPNK7;HS01;;;1250000;20/11/2026\n\
    HP2P9Q7Q9;HS02;;;1000000;20/11/2026\n\
    HPQRC6R6X;HS03;;;1250000;20/11/2026\n\
    HPGPN6Q7T;HS04;;;900000;20/11/2026\n";

/// A school whose families are written to, with a clock of its own.
struct Office {
    school: School,
    clock: Arc<FixedClock>,
    ids: Arc<CountingIds>,
    keys: Arc<Keyring>,
    letterhead: Arc<Letterhead>,
}

/// What makes mail of a school's letters, by the clock of tests.
pub fn composer(school: &School) -> Composer {
    Composer {
        store: school.store.clone(),
        clock: Arc::new(FixedClock::at(now())),
        ids: Arc::new(CountingIds::new()),
        keys: Arc::new(Keyring::new(TEST_KEY, std::path::Path::new(""))),
        letterhead: Arc::new(letterhead()),
        public_url: URL.into(),
        settings: Settings { receipt_after_minutes: 0, ..Settings::default() },
    }
}

fn letterhead() -> Letterhead {
    let address = MailAddress::parse("hoc-phi@truong.test").unwrap();
    Letterhead {
        from: Mailbox { name: "Doisoat".to_owned(), address },
        reply_to: None,
        signing: None,
    }
}

impl Office {
    fn create(db: &TestDb) -> Office {
        let school = School::create(db);
        let taken = school.students(STUDENTS);
        assert_eq!(taken.bad, vec![]);
        Office {
            school,
            clock: Arc::new(FixedClock::at(now())),
            ids: Arc::new(CountingIds::new()),
            keys: Arc::new(Keyring::new(TEST_KEY, std::path::Path::new(""))),
            letterhead: Arc::new(letterhead()),
        }
    }

    fn with_invoices(db: &TestDb) -> Office {
        let office = Office::create(db);
        let codes = ["HPQ6XPNK7", "HP2P9Q7Q9", "HPQRC6R6X", "HPGPN6Q7T"];
        let mut list = INVOICES.to_owned();
        for (number, code) in codes.iter().enumerate() {
            list = list.replace(code, &crate::support::crowd::code(number));
        }
        let taken = office.school.invoices(&list);
        assert_eq!(taken.bad, vec![]);
        office
    }

    fn composer(&self) -> Composer {
        Composer {
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            keys: Arc::clone(&self.keys),
            letterhead: Arc::clone(&self.letterhead),
            ..composer(&self.school)
        }
    }

    /// Makes mail of everything that is due: how many mails and how many letters nobody gets.
    fn make(&self) -> (usize, usize) {
        let (mut mails, mut skipped) = (0, 0);
        loop {
            let made = self.composer().work().unwrap();
            if made.is_idle() {
                return (mails, skipped);
            }
            mails += made.mails;
            skipped += made.skipped;
        }
    }

    fn postman(&self, mailer: Arc<dyn mail::Mailer>) -> Postman {
        self.postman_with(mailer, NEVER_QUIET)
    }

    fn postman_with(&self, mailer: Arc<dyn mail::Mailer>, quiet: QuietHours) -> Postman {
        let settings = mail::Settings {
            attempts: 3,
            lease_seconds: 60,
            answer_seconds: 60,
            at_once: 1,
            quiet,
        };
        let clock: Arc<dyn Clock> = self.clock.clone();
        Postman::new(self.school.store.clone(), mailer, Arc::clone(&self.keys), clock, settings)
    }

    /// Asks for notices of every family that owes something: a listed round, as a person would issue it.
    fn notify(&self) {
        let families = self.families();
        let wanted: Vec<NewLetter> = families
            .iter()
            .map(|(family, invoice)| NewLetter {
                school: self.school.id,
                kind: LetterKind::Notice,
                family: *family,
                about: *invoice,
                key: format!("1:{family}"),
            })
            .collect();
        self.ask(&wanted).unwrap();
    }

    fn ask(&self, wanted: &[NewLetter]) -> Result<(), ServiceError> {
        self.school.store.write(|tx| letters::ask(tx, "test", self.clock.now(), wanted))
    }

    /// Each family with its first invoice, by the codes of the invoices.
    fn families(&self) -> Vec<(i64, i64)> {
        let mut found: Vec<(i64, i64)> = Vec::new();
        for code in ["HS01", "HS03", "HS04"] {
            let family: i64 = self
                .school
                .store
                .read(|tx| doisoat::service::family_bill::family_of(tx, self.school.id, code))
                .unwrap();
            let bill = self
                .school
                .store
                .read(|tx| {
                    let today = doisoat::clock::local_day(self.clock.now());
                    doisoat::service::family_bill::load(tx, self.school.id, &[family], today)
                })
                .unwrap();
            found.push((family, bill[&family].children[0].invoices[0].id));
        }
        found
    }

    /// All letters, oldest first.
    fn letters(&self) -> Vec<LetterView> {
        let asked = AskedLetters { limit: 200, ..AskedLetters::default() };
        let mut page =
            letters::list(&self.school.store, &*self.clock, self.school.id, &asked).unwrap();
        assert_eq!(page.next, None);
        page.letters.reverse();
        page.letters
    }

    fn outcomes(&self) -> Outcomes {
        letters::counts(&self.school.store, self.school.id, &AskedLetters::default()).unwrap()
    }

    /// All mails, oldest first.
    fn mails(&self) -> Vec<MailView> {
        let asked = AskedMails { limit: 200, ..AskedMails::default() };
        let mut page = mail::list(&self.school.store, &asked, None).unwrap();
        page.mails.reverse();
        page.mails
    }

    fn text_of(&self, mail: i64) -> String {
        mail::show(&self.school.store, &self.keys, mail).unwrap().message
    }

    fn guardians(&self, code: &str, emails: &[(&str, bool)]) {
        let wanted: Vec<GuardianTerms> = emails
            .iter()
            .map(|(email, in_english)| GuardianTerms {
                name: "Người giám hộ mẫu".to_owned(),
                email: (*email).to_owned(),
                in_english: *in_english,
                ..GuardianTerms::default()
            })
            .collect();
        let School { store, actor, id, .. } = &self.school;
        contacts::set(store, &*self.clock, actor, (*id, code), &wanted).unwrap();
    }

    fn wait_hours(&self, hours: i64) {
        self.clock.advance(TimeDelta::hours(hours));
    }

    fn store(&self) -> &Store {
        &self.school.store
    }
}

/// Sends until nothing is due.
fn drain(postman: &Postman) -> usize {
    let mut sent = 0;
    while postman.deliver().unwrap() != mail::Delivered::Idle {
        sent += 1;
    }
    sent
}
