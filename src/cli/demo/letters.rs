//! Some families of the made-up province are written to, so that there is mail of every kind to be
//! opened.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;

use crate::app;
use crate::cli::{Env, Failure};
use crate::clock::{Clock, FixedClock, local_day};
use crate::config::Config;
use crate::demo::spec::World;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::receipt::{Line, ReceiptState};
use crate::ids::RandomIds;
use crate::service::families::claims::{self, Answer, AnswerTerms, NewClaim};
use crate::service::families::contact::{self, Wanted};
use crate::service::families::links::{self, Outcome};
use crate::service::family_links::{self, Addresses};
use crate::service::fees::credit_notes::{self, LineCredit};
use crate::service::fees::refunds::{self, RefundEnd, RefundTerms};
use crate::service::letters::{self, AskedLetters, LetterKind, NewLetter, Which};
use crate::service::mail::{self, AskedMails, Delivered, Desk, Postman};
use crate::service::receipts::{self, ReceiptView};
use crate::service::receivables::{self, Asked, State, StudentLine};
use crate::service::{Actor, ServiceError, Store, directory, family_bill};

/// How long the demonstration's other letters wait: thousands of files help nobody.
const LATER_DAYS: i64 = 1;

/// How many families get a notice and a new address of their page.
const SOME: usize = 3;

/// What comes off an invoice and is given back, in đồng.
const GIVEN_BACK: i64 = 10_000;

/// How many mails of each kind became files; a kind that nothing was about is there with none.
pub(super) type Sent = BTreeMap<&'static str, usize>;

/// Writes to some families of the first school about everything there is.
pub(super) fn send(
    store: &Store,
    clock: &FixedClock,
    actor: &Actor,
    (world, config): (&World, &Config),
) -> Result<Sent, Failure> {
    let mut sent: Sent = LetterKind::ALL.iter().map(|kind| (kind.as_str(), 0)).collect();
    let Some(school) = world.schools.first() else { return Ok(sent) };
    let school = directory::find_school(store, &school.code)?.id;
    let class = receivables::choices(store, school)?.classes.into_iter().next();
    let which = Which { class, ..Which::default() };
    let settings = app::letter_settings(config);
    let shown = letters::preview(store, clock, &settings, school, &which)?;
    let seen = shown.fingerprint.as_str();
    letters::remind(store, clock, actor, &settings, (school, &which, seen))?;
    let failed = |error: app::MailSetupError| Failure::System(error.to_string());
    let keys = Arc::new(app::keyring(config));
    let now: Arc<dyn Clock> = Arc::new(FixedClock::at(clock.now()));
    let mut composer = app::composer(config, store, (&now, &keys)).map_err(failed)?;
    // Nobody takes back what made-up people decided, and nobody is woken.
    composer.settings.receipt_after_minutes = 0;
    composer.settings.quiet.to_hour = composer.settings.quiet.from_hour;
    composer.settings.most_a_day = usize::MAX;
    while !composer.work_on(&[LetterKind::Reminder])?.is_idle() {}
    composer.work_on(&[LetterKind::Receipt])?;

    let made_up = MadeUp { store, clock, actor, school, composer: &composer };
    let families = made_up.families()?;
    made_up.tell(&families)?;
    made_up.correct_and_give_back()?;
    if let Some((student, family, _)) = families.first() {
        made_up.ask_and_answer(student, *family)?;
    }
    let rest = LetterKind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, LetterKind::Reminder | LetterKind::Receipt));
    let rest: Vec<LetterKind> = rest.collect();
    while !composer.work_on(&rest)?.is_idle() {}

    let at = clock.now();
    let later = at.checked_add_signed(TimeDelta::days(LATER_DAYS)).unwrap_or(at);
    letters::put_off(store, at, later)?;
    let mailer = app::mailer(config).map_err(failed)?;
    let mut sending = app::mail_settings(config);
    sending.quiet.to_hour = sending.quiet.from_hour;
    let postman = Postman::new(store.clone(), mailer, keys, now, sending);
    while postman.deliver()? != Delivered::Idle {}
    for (kind, count) in &mut sent {
        let asked =
            AskedMails { kind: Some((*kind).to_owned()), limit: 200, ..AskedMails::default() };
        *count = mail::list(store, &asked, None)?.mails.len();
    }
    Ok(sent)
}

/// What the made-up letters are made with.
struct MadeUp<'a> {
    store: &'a Store,
    clock: &'a FixedClock,
    actor: &'a Actor,
    school: SchoolId,
    composer: &'a letters::Composer,
}

impl MadeUp<'_> {
    fn students(&self, state: State) -> Result<Vec<StudentLine>, ServiceError> {
        let asked = Asked { state, ..Asked::default() };
        Ok(receivables::students(self.store, self.clock, self.school, &asked)?.0)
    }

    /// Some families that owe something and have an address: a student, the family, an open invoice.
    fn families(&self) -> Result<Vec<(StudentLine, i64, i64)>, ServiceError> {
        let today = local_day(self.clock.now());
        let mut found: Vec<(StudentLine, i64, i64)> = Vec::new();
        for student in self.students(State::Owing)? {
            if found.len() >= SOME {
                break;
            }
            let seen = self.store.read(|tx| {
                let family = family_bill::family_of(tx, self.school, &student.code)?;
                let bills = family_bill::load(tx, self.school, &[family], today)?;
                let open = bills.get(&family).and_then(|bill| {
                    let mut all = bill.children.iter().flat_map(|child| &child.invoices);
                    all.find(|invoice| invoice.open.is_positive()).map(|invoice| invoice.id)
                });
                Ok::<_, ServiceError>(open.map(|invoice| (family, invoice)))
            })?;
            let known =
                crate::service::students::view::detail(self.store, self.school, &student.code)?;
            let reached = known.guardians.iter().any(|one| one.email.is_some());
            if let (true, Some((family, invoice))) = (reached, seen) {
                found.push((student, family, invoice));
            }
        }
        Ok(found)
    }

    /// Notices, and new addresses of pages.
    fn tell(&self, families: &[(StudentLine, i64, i64)]) -> Result<(), ServiceError> {
        let mut wanted = Vec::with_capacity(families.len().saturating_mul(2));
        for (_, family, invoice) in families {
            for (kind, about) in
                [(LetterKind::Notice, *invoice), (LetterKind::LinkRenewed, *family)]
            {
                let key = format!("mau:{family}");
                wanted.push(NewLetter { school: self.school, kind, family: *family, about, key });
            }
        }
        let (by, at) = (self.actor.as_str(), self.clock.now());
        self.store.write(|tx| {
            directory::lock_school(tx, self.school)?;
            letters::ask(tx, by, at, &wanted)
        })
    }

    /// A receipt that a family was told of and that names one item of one invoice.
    fn told_receipt(&self) -> Result<Option<(ReceiptView, Line)>, ServiceError> {
        let kind = Some(LetterKind::Receipt.as_str().to_owned());
        let asked = AskedLetters { kind, limit: 200, ..AskedLetters::default() };
        let letters = letters::list(self.store, self.clock, self.school, &asked)?.letters;
        for letter in letters.iter().filter(|one| one.copies.iter().any(|copy| copy.to.is_some())) {
            let family = letter.family;
            for receipt in self.store.read(|tx| receipts::of_family(tx, self.school, family))? {
                let [line] = receipt.lines.as_slice() else { continue };
                let is_live = receipt.state == ReceiptState::Live;
                if is_live
                    && line.amount > Vnd::new(GIVEN_BACK)
                    && receipts::show(self.store, self.school, receipt.id)?.sent
                {
                    let line = line.clone();
                    return Ok(Some((receipt, line)));
                }
            }
        }
        Ok(None)
    }

    /// A day's meal that was not eaten comes off an invoice that is paid: the receipt is voided and
    /// issued anew, and what was paid too much goes back.
    fn correct_and_give_back(&self) -> Result<(), ServiceError> {
        let Some((receipt, line)) = self.told_receipt()? else { return Ok(()) };
        let (store, clock) = (self.store, self.clock);
        let credit =
            LineCredit { item: line.item, quantity: None, amount: Some(Vnd::new(GIVEN_BACK)) };
        let reason = "nghỉ học một ngày (dữ liệu mẫu)";
        let what = (self.school, line.invoice.as_str());
        let made = credit_notes::correct(store, clock, self.actor, what, &[credit], reason)?;
        let terms = RefundTerms {
            student: receipt.student_code,
            amount: made.moved,
            item: None,
            bin: "970436".to_owned(),
            account: "0000000001".to_owned(),
            holder: "NGUOI NHAN MAU".to_owned(),
            reason: "nộp thừa (dữ liệu mẫu)".to_owned(),
        };
        let ordered = refunds::order(store, clock, self.actor, self.school, &terms)?;
        let reference = Some("FT26328000001".to_owned());
        let paid = RefundEnd::Paid { on: local_day(clock.now()), reference };
        refunds::close(store, clock, self.actor, (self.school, ordered.id), &paid).map(drop)
    }

    /// A family says it paid, is answered, and wants another telephone number.
    fn ask_and_answer(&self, student: &StudentLine, family: i64) -> Result<(), ServiceError> {
        let (store, clock, keys) = (self.store, self.clock, &*self.composer.keys);
        let site = &*self.composer.public_url;
        let address = store.write(|tx| {
            let with = Addresses { public_url: "", ids: &RandomIds, keys };
            family_links::address(tx, with, (self.school, family), clock.now())
        })?;
        let secret = address.trim_start_matches("/f/");
        let Outcome::Open(entry) = links::enter(store, clock, secret, "demo")? else {
            return Ok(());
        };
        let claim = NewClaim {
            amount: Some(student.sums.open),
            paid_on: Some(local_day(clock.now())),
            bank: String::new(),
            account_end: String::new(),
            words: "Đã chuyển khoản sáng nay (dữ liệu mẫu).".to_owned(),
            photo: None,
        };
        let claim = claims::make(store, clock, (&RandomIds, keys), entry, &claim)?;
        let terms = AnswerTerms {
            answer: Answer::NotFound,
            payment: None,
            words: "Nhà trường chưa nhận được sao kê của hôm nay.".to_owned(),
        };
        claims::answer(store, clock, self.actor, (self.school, claim), &terms)?;
        let desk = Desk { letterhead: &self.composer.letterhead, ids: &RandomIds, keys };
        let wanted = Wanted { phone: "0900000001".to_owned(), ..Wanted::default() };
        contact::propose(store, clock, desk, site, (entry, student.id, 1), &wanted)
    }
}

/// Says where they are, and of which kind there is none.
pub(super) fn print(env: &mut Env<'_>, sent: &Sent, dir: &Path) -> Result<(), Failure> {
    let folder = dir.join("mail");
    let folder = folder.display();
    let total: usize = sent.values().sum();
    let of_each: Vec<String> = sent
        .iter()
        .filter(|(_, count)| **count > 0)
        .map(|(kind, count)| format!("{kind} {count}"))
        .collect();
    let of_each = of_each.join(", ");
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Đã viết {total} thư mẫu thành tệp .eml trong {folder}/ (mở bằng chương trình email bất kỳ): {of_each}."
        )?,
        Lang::En => writeln!(
            env.out,
            "{total} made-up letters were written as .eml files to {folder}/ (any mail program opens them): {of_each}."
        )?,
    }
    let none: Vec<&str> =
        sent.iter().filter(|(_, count)| **count == 0).map(|(kind, _)| *kind).collect();
    if !none.is_empty() {
        let none = none.join(", ");
        match env.lang {
            Lang::Vi => writeln!(
                env.out,
                "Không có thư loại {none}: tháng mẫu không có việc để báo. Xem mẫu từng loại ở trang Thư."
            )?,
            Lang::En => writeln!(
                env.out,
                "No letter of the kind {none}: nothing of it happened in the made-up month. The mail page shows a sample of each."
            )?,
        }
    }
    Ok(())
}
