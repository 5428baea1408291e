//! A school on a database, driven through the use cases.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{Cursor, Write as _};

use chrono::{NaiveDate, NaiveDateTime};
use doisoat::clock::FixedClock;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::id::{ImportId, PaymentId, SchoolId};
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::payment_code::Prefix;
use doisoat::service::commit::Committed;
use doisoat::service::directory::{NewBankAccount, NewSchool};
use doisoat::service::import_students::ListOutcome;
use doisoat::service::plan::NewFile;
use doisoat::service::queue::PaymentView;
use doisoat::service::undo::Undone;
use doisoat::service::{
    Actor, MappingText, ServiceError, Store, commit, database, directory, import_invoices,
    import_students, intake, plan, queue, undo, verify,
};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::TestDb;

/// A school with one account, and the ports its use cases take.
pub struct School {
    pub store: Store,
    pub clock: FixedClock,
    pub actor: Actor,
    pub id: SchoolId,
}

/// The account of [`School`].
pub const ACCOUNT: &str = "1017000001";

/// The instant at which the tests take place, in UTC.
pub fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap().and_hms_opt(1, 0, 0).unwrap()
}

impl School {
    /// A school without students on a fresh database.
    pub fn create(db: &TestDb) -> School {
        let store = Store::open(&db.url, 4, 10_000).unwrap();
        database::migrate(&store).unwrap();
        School::add(store, "THCS-MAU", ACCOUNT)
    }

    /// Another school on a database that is there.
    pub fn add(store: Store, code: &str, account: &str) -> School {
        let clock = clock();
        let actor = Actor::named("test");
        let new = NewSchool {
            code: code.to_owned(),
            name: format!("{code} (dữ liệu mẫu)"),
            level: "lower_secondary".to_owned(),
            policy: Policy::default(),
        };
        let id = directory::add_school(&store, &clock, &actor, &new).unwrap();
        let account = NewBankAccount {
            bin: "970436".to_owned(),
            number: account.to_owned(),
            holder: "TRUONG MAU".to_owned(),
        };
        directory::add_bank_account(&store, &clock, &actor, code, &account).unwrap();
        School { store, clock, actor, id }
    }

    /// A school that is already in a database.
    pub fn open(db: &TestDb, id: SchoolId) -> School {
        let store = Store::open(&db.url, 2, 10_000).unwrap();
        School { store, clock: clock(), actor: Actor::named("test"), id }
    }

    /// Imports a CSV list of students.
    pub fn students(&self, list: &str) -> ListOutcome {
        self.try_students(list).unwrap()
    }

    pub fn try_students(&self, list: &str) -> Result<ListOutcome, ServiceError> {
        let list = intake::list(&reader(), list.as_bytes())?;
        import_students::run(&self.store, &self.clock, &self.actor, self.id, &list)
    }

    /// Imports a CSV list of invoices.
    pub fn invoices(&self, list: &str) -> ListOutcome {
        self.try_invoices(list.as_bytes()).unwrap()
    }

    pub fn try_invoices(&self, list: &[u8]) -> Result<ListOutcome, ServiceError> {
        let prefixes = [Prefix::DEFAULT];
        let list = intake::list(&reader(), list)?;
        import_invoices::run(&self.store, &self.clock, &self.actor, self.id, &prefixes, &list)
    }

    /// Plans and commits a statement file.
    pub fn statement(&self, name: &str, bytes: &[u8]) -> (ImportId, Committed) {
        let id = self.plan(name, bytes).unwrap().id;
        (id, self.commit(id).unwrap())
    }

    pub fn plan(&self, name: &str, bytes: &[u8]) -> Result<plan::Plan, ServiceError> {
        let content = file_of(bytes);
        let file = NewFile::plain(name, &content);
        plan::run(&self.store, &self.clock, &reader(), &self.actor, self.id, &file)
    }

    /// Plans a file whose columns a person names.
    pub fn plan_by_columns(
        &self,
        name: &str,
        bytes: &[u8],
        columns: &str,
    ) -> Result<plan::Plan, ServiceError> {
        let content = file_of(bytes);
        let columns: MappingText = columns.parse().unwrap();
        let file = NewFile { columns: Some(&columns), ..NewFile::plain(name, &content) };
        plan::run(&self.store, &self.clock, &reader(), &self.actor, self.id, &file)
    }

    pub fn commit(&self, id: ImportId) -> Result<Committed, ServiceError> {
        commit::run(&self.store, &self.clock, &self.actor, self.id, id)
    }

    pub fn undo(&self, id: ImportId) -> Result<Undone, ServiceError> {
        undo::run(&self.store, &self.clock, &self.actor, self.id, id)
    }

    /// Every payment, in canonical order.
    pub fn payments(&self) -> Vec<PaymentView> {
        queue::payments_page(&self.store, self.id, None, None, 100_000).unwrap().0
    }

    /// The one payment whose text holds `part`.
    pub fn payment(&self, part: &str) -> PaymentView {
        let mut found: Vec<PaymentView> = self
            .payments()
            .into_iter()
            .filter(|view| view.remittance.as_deref().unwrap_or_default().contains(part))
            .collect();
        assert_eq!(found.len(), 1, "payments whose text holds {part:?}");
        found.remove(0)
    }

    pub fn payment_id(&self, part: &str) -> PaymentId {
        self.payment(part).state.id
    }

    /// What there is, without numbers that depend on how it came about: one line for each payment
    /// and invoice.
    pub fn state(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .payments()
            .iter()
            .map(|view| {
                format!(
                    "{} {} {} {} | {} | {} allocated {} credit {} refunded {} aside {} left {} | {}",
                    view.booking_date,
                    view.credit_debit,
                    view.state.amount,
                    view.channel,
                    view.remittance.as_deref().unwrap_or_default(),
                    view.state.decision,
                    view.state.allocated,
                    view.state.family_credit,
                    view.state.refunded,
                    view.state.set_aside,
                    view.state.unallocated,
                    view.explanation["rule"].as_str().unwrap_or_default(),
                )
            })
            .collect();
        for invoice in queue::invoices(&self.store, self.id).unwrap() {
            lines.push(format!(
                "{} {} net {} paid {} {}",
                invoice.code,
                invoice.student_code,
                invoice.net,
                invoice.paid,
                invoice.state.as_str()
            ));
        }
        lines.sort();
        lines
    }

    /// Fails with every fault when an invariant does not hold.
    pub fn verify(&self) {
        let faults: Vec<String> = verify::run(&self.store)
            .unwrap()
            .into_iter()
            .flat_map(|finding| {
                finding
                    .faults
                    .into_iter()
                    .map(move |fault| format!("{}: {fault}", finding.invariant))
            })
            .collect();
        assert_eq!(faults, Vec::<String>::new());
    }
}

fn clock() -> FixedClock {
    FixedClock::at(NaiveDate::from_ymd_opt(2026, 11, 24).unwrap().and_hms_opt(1, 0, 0).unwrap())
}

/// A line of a made-up statement: day, đồng (negative is money out), reference, text.
pub type Line<'a> = (&'a str, i64, &'a str, &'a str);

/// A statement as CSV in a layout no bank has, found by its words.
pub fn csv(opening: i64, lines: &[Line<'_>]) -> Vec<u8> {
    let mut text = format!(
        "Số tài khoản: {ACCOUNT}\nSố dư đầu kỳ: {opening}\nNgày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Số dư;Nội dung\n"
    );
    let mut balance = opening;
    for (day, dong, reference, memo) in lines {
        balance += dong;
        let (out, income) = if *dong < 0 {
            ((-dong).to_string(), String::new())
        } else {
            (String::new(), dong.to_string())
        };
        let (year, rest) = day.split_at(4);
        let day = format!("{}/{}/{year}", &rest[4..6], &rest[1..3]);
        writeln!(text, "{day};{reference};{out};{income};{balance};{memo}").unwrap();
    }
    writeln!(text, "Số dư cuối kỳ;;;;{balance};").unwrap();
    text.into_bytes()
}

/// The same as MT940.
pub fn mt940(opening: i64, lines: &[Line<'_>]) -> Vec<u8> {
    let first = lines.first().map_or("2026-11-01", |line| line.0);
    let last = lines.last().map_or(first, |line| line.0);
    let short = |day: &str| format!("{}{}{}", &day[2..4], &day[5..7], &day[8..10]);
    let mark = |dong: i64| if dong < 0 { 'D' } else { 'C' };
    let mut text = format!(
        ":20:MAU1\r\n:25:{ACCOUNT}\r\n:28C:1/1\r\n:60F:{}{}VND{},\r\n",
        mark(opening),
        short(first),
        opening.abs()
    );
    let mut balance = opening;
    for (day, dong, reference, memo) in lines {
        balance += dong;
        let bank = if reference.is_empty() { String::new() } else { format!("//{reference}") };
        write!(
            text,
            ":61:{}{}{}{},NTRFNONREF{bank}\r\n:86:{memo}\r\n",
            short(day),
            &short(day)[2..],
            mark(*dong),
            dong.abs()
        )
        .unwrap();
    }
    write!(text, ":62F:{}{}VND{},\r\n", mark(balance), short(last), balance.abs()).unwrap();
    text.into_bytes()
}

/// Reads statement files in processes of the program, as the service does.
pub fn reader() -> StatementReader {
    StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default())
}

/// A nameless file that holds `bytes`.
pub fn file_of(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// A zip archive of files.
pub fn zipped(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
