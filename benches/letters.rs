//! How long many receipts take, from the commit of a statement to the mail server's yes, on SQLite: each
//! with its PDF, made, sealed, queued and sent to a server on this machine; and how long a page of the
//! review queue takes meanwhile. Everything is made up. A number as the argument is another number of
//! families.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use doisoat::clock::{Clock, FixedClock};
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::id::SchoolId;
use doisoat::domain::lang::Lang;
use doisoat::domain::mail_address::MailAddress;
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::payment_code::Prefix;
use doisoat::domain::reminder::QuietHours;
use doisoat::formats::roster::read_table;
use doisoat::ids::RandomIds;
use doisoat::keyring::Keyring;
use doisoat::mail::{Mailbox, Security, Smtp, SmtpSettings, Transport};
use doisoat::service::directory::{NewBankAccount, NewSchool};
use doisoat::service::letters::{Composer, Settings};
use doisoat::service::mail::{self, Delivered, Letterhead, Postman};
use doisoat::service::plan::NewFile;
use doisoat::service::workspace::{Filter, Tab, queue as desk};
use doisoat::service::{
    Actor, Store, commit, database, directory, import_invoices, import_students, plan, queue,
};
use tempfile::TempDir;

/// All of them may take so long.
const BAR: Duration = Duration::from_mins(5);

/// A page of the queue may take so long meanwhile.
const PAGE_BAR: Duration = Duration::from_millis(30);

/// Rows of a page.
const ROWS: u32 = 50;

/// Families that get one, where no other number is given.
const FAMILIES: usize = 3_000;

/// Workers that send.
const AT_ONCE: usize = 2;

/// A mail server that takes everything.
fn serve(stream: TcpStream, taken: &AtomicUsize) -> std::io::Result<()> {
    let mut out = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    out.write_all(b"220 here\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let verb: String = line.chars().take(4).collect::<String>().to_ascii_uppercase();
        match verb.as_str() {
            "DATA" => {
                out.write_all(b"354 go on\r\n")?;
                while lines.next().transpose()?.is_some_and(|line| line != ".") {}
                taken.fetch_add(1, Ordering::AcqRel);
                out.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return out.write_all(b"221 bye\r\n"),
            _ => out.write_all(b"250 fine\r\n")?,
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let families: usize = asked.unwrap_or(FAMILIES);
    let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let store = Store::open(&url, 6, 30_000).expect("a database");
    database::migrate(&store).expect("an empty database");
    let at = NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(3, 0, 0));
    let clock = Arc::new(FixedClock::at(at.expect("a date")));
    let actor = Actor::named("bench");
    let new = NewSchool {
        code: "THCS-MAU".to_owned(),
        name: "THCS Mẫu (dữ liệu mẫu)".to_owned(),
        level: "lower_secondary".to_owned(),
        policy: Policy::default(),
    };
    let school = directory::add_school(&store, &*clock, &actor, &new).expect("a new school");
    let account = NewBankAccount {
        bin: "970436".to_owned(),
        number: "1017000001".to_owned(),
        holder: "TRUONG MAU".to_owned(),
    };
    directory::add_bank_account(&store, &*clock, &actor, "THCS-MAU", &account).expect("an account");
    let mut students = "student_code,student_name,class,family,guardian_name,email\n".to_owned();
    let mut list = "student_code,round,fee_item,amount_due,due_on\n".to_owned();
    for one in 0..families {
        writeln!(
            students,
            "HS{one:06},Học Sinh Mẫu,6A1,GD{one:06},Phụ Huynh Mẫu,ph{one}@example.test"
        )
        .expect("memory");
        writeln!(list, "HS{one:06},Dot 1,Hoc phi,1250000,2026-11-20").expect("memory");
    }
    let table = |text: &str| read_table(text.as_bytes()).expect("a list that is in order");
    import_students::run(&store, &*clock, &actor, school, &table(&students)).expect("a list");
    let prefixes = [Prefix::DEFAULT];
    import_invoices::run(&store, &*clock, &actor, school, &prefixes, &table(&list))
        .expect("a list");

    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("a port").port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            std::thread::spawn(move || serve(stream, &counted));
        }
    });
    let keys = Arc::new(Keyring::new("", Path::new(&folder.path().join("key"))));
    let address = MailAddress::parse("hoc-phi@truong.test").expect("an address");
    let from = Mailbox { name: "Doisoat".to_owned(), address };
    let letterhead = Arc::new(Letterhead { from, reply_to: None, signing: None });
    let composer = Composer {
        store: store.clone(),
        clock: clock.clone(),
        ids: Arc::new(RandomIds),
        keys: Arc::clone(&keys),
        letterhead,
        public_url: "https://thu.truong.test".into(),
        // Time stands still here: receipts that wait for a person's undo would never leave.
        settings: Settings { receipt_after_minutes: 0, ..Settings::default() },
    };
    let patience = Duration::from_secs(10);
    let smtp = Smtp::new(SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port,
        security: Security::None,
        login: None,
        authorities: Vec::new(),
        connect_timeout: patience,
        command_timeout: patience,
        answer_timeout: patience,
    })
    .expect("a client");
    let sending = mail::Settings {
        attempts: 3,
        lease_seconds: 60,
        answer_seconds: 60,
        at_once: AT_ONCE,
        quiet: QuietHours { from_hour: 0, to_hour: 0 },
    };
    let shared: Arc<dyn Clock> = clock.clone();
    let postman = Postman::new(
        store.clone(),
        Arc::new(Transport::Smtp(Arc::new(smtp))),
        Arc::clone(&keys),
        shared,
        sending,
    );

    pay(&store, &*clock, &actor, school);
    let start = Instant::now();
    let senders: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (postman, taken) = (postman.clone(), Arc::clone(&taken));
            std::thread::spawn(move || {
                while taken.load(Ordering::Acquire) < families {
                    if postman.deliver().expect("sent") == Delivered::Idle {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
            })
        })
        .collect();
    let reader = {
        let (store, taken) = (store.clone(), Arc::clone(&taken));
        std::thread::spawn(move || {
            read_queue(&store, school, || taken.load(Ordering::Acquire) < families)
        })
    };
    let made_in = Instant::now();
    while !composer.work().expect("made").is_idle() {}
    let made_in = made_in.elapsed();
    for sender in senders {
        sender.join().expect("a sender");
    }
    let took = start.elapsed();
    let mut pages = reader.join().expect("a reader");
    pages.sort_unstable();
    let at = |percent: usize| pages.get(pages.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "{families} receipts: made within {made_in:.1?}, all at the server after {took:.1?} (bar {BAR:?})"
    );
    println!(
        "{} pages of the queue meanwhile: the middle one {:.1?}, of a hundred the fifth slowest {:.1?} (bar {PAGE_BAR:?})",
        pages.len(),
        at(50),
        at(95)
    );
    let _ = std::io::stdout().flush();
    let within = took <= BAR && !pages.is_empty() && at(50) <= PAGE_BAR;
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Takes in a statement that pays every invoice, so that a receipt is issued for each.
fn pay(store: &Store, clock: &dyn Clock, actor: &Actor, school: SchoolId) {
    let mut list = "Ngày;Ghi Có;Nội dung;Số tham chiếu\n".to_owned();
    let start = Instant::now();
    for (number, invoice) in queue::invoices(store, school).expect("invoices").iter().enumerate() {
        writeln!(list, "20/11/2026;1250000;{} nop tien;FT26324{number:06}", invoice.code)
            .expect("memory");
    }
    let mut content = tempfile::tempfile().expect("a temporary file");
    content.write_all(list.as_bytes()).expect("room for it");
    let new = NewFile::plain("mau.csv", &content);
    let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
    let planned =
        plan::run(store, clock, &reader, actor, school, &new).expect("a file that is in order");
    let done = commit::run(store, clock, actor, school, planned.id).expect("a plan in order");
    println!("{} payments taken in, in {:.1?}", done.settled, start.elapsed());
}

/// How long pages of the queue take, one tab after the other, for as long as others work.
fn read_queue(store: &Store, school: SchoolId, goes_on: impl Fn() -> bool) -> Vec<Duration> {
    let mut durations = Vec::new();
    while goes_on() {
        for tab in Tab::EVERY {
            let filter = Filter { tab, ..Filter::default() };
            let start = Instant::now();
            desk::page(store, school, &filter, (None, ROWS), Lang::Vi).expect("a page");
            durations.push(start.elapsed());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    durations
}
