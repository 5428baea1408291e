//! How long a page of the review queue takes of a school with many payments, on SQLite: each tab, and
//! what is typed into the search box. Everything is made up. A number as the argument is another
//! number of payments.

#![expect(clippy::print_stdout, reason = "a yardstick's result is what it prints")]
#![expect(clippy::disallowed_methods, reason = "a yardstick measures durations")]
#![expect(clippy::expect_used, reason = "a program that may just stop")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use doisoat::clock::FixedClock;
use doisoat::containment::{Limits, StatementReader};
use doisoat::domain::id::SchoolId;
use doisoat::domain::lang::Lang;
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::payment_code::Prefix;
use doisoat::formats::roster::{Table, read_table};
use doisoat::service::directory::{NewBankAccount, NewSchool};
use doisoat::service::plan::NewFile;
use doisoat::service::workspace::{Filter, Tab, candidates, home, parse_day, queue as desk};
use doisoat::service::{
    Actor, Store, commit, database, directory, import_invoices, import_students, plan, queue,
};
use tempfile::TempDir;

/// A page may take so long.
const BAR: Duration = Duration::from_millis(30);

/// Payments of the school, where no other number is given.
const PAYMENTS: usize = 100_000;

/// How often each page is fetched; the middle one counts.
const TIMES: usize = 7;

/// Rows of a page.
const ROWS: u32 = 50;

/// Invoices of a student: one for each collection round.
const ROUNDS_PER_STUDENT: usize = 10;

const SCHOOL: &str = "THCS-MAU";
const ACCOUNT: &str = "1017000001";
const DONG: usize = 1_250_000;

/// What an entry is over.
const fn amount(number: usize) -> usize {
    match number % 100 {
        92..96 => DONG + 10_000 + number,
        96..100 => 2 * DONG + number,
        _ => DONG,
    }
}

fn main() -> ExitCode {
    let asked = std::env::args().skip(1).find_map(|word| word.parse().ok());
    let payments: usize = asked.unwrap_or(PAYMENTS);
    let folder = TempDir::with_prefix("doisoat-bench-").expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let school = School::create(&url, payments);
    let start = Instant::now();
    school.take_in();
    println!("{payments} payments taken in, in {:.1?}", start.elapsed());
    let School { store, id, .. } = &school;
    let invoices = queue::invoices(store, *id).expect("invoices");
    let middle = invoices.get(invoices.len() / 2).expect("an invoice");

    let mut within = true;
    for tab in Tab::EVERY {
        let filter = Filter { tab, ..Filter::default() };
        within &= school.measure(&format!("tab {}", tab.as_str()), &filter, None);
        let page = desk::page(store, *id, &filter, (None, ROWS), Lang::Vi).expect("a page");
        if let Some(next) = page.next {
            within &=
                school.measure(&format!("tab {}, page 2", tab.as_str()), &filter, Some(&next));
        }
    }
    for (what, text) in [
        ("a payment code", middle.code.clone()),
        ("a student's code", middle.student_code.clone()),
        ("a student's name", middle.student_name.clone()),
        ("a name of many", "nguyen".to_owned()),
        ("a reference", "FT26306000123".to_owned()),
        ("the beginning of references", "FT2630".to_owned()),
        ("an amount of many", "1.250.000".to_owned()),
        ("an amount of nobody", "9.999.999".to_owned()),
        ("words of the text", "nop tien".to_owned()),
        ("words that nowhere are", "khong dau co".to_owned()),
    ] {
        let filter = Filter { text: Some(text), ..Filter::default() };
        within &= school.measure(&format!("search for {what}"), &filter, None);
        let filter = Filter { tab: Tab::Proposed, ..filter };
        within &= school.measure(&format!("search for {what} among proposals"), &filter, None);
    }
    let class = Filter { class: Some("6A7".to_owned()), ..Filter::default() };
    within &= school.measure("a class", &class, None);
    let days =
        Filter { from: parse_day("2026-11-10"), to: parse_day("2026-11-12"), ..Filter::default() };
    within &= school.measure("three days", &days, None);
    let page = desk::page(store, *id, &Filter::default(), (None, 1), Lang::Vi).expect("a page");
    let one = page.rows.first().expect("a row").id;
    within &= timed("whom else it may be for", || {
        candidates(store, *id, one, "nguyen").expect("candidates").len()
    });
    let today = NaiveDate::from_ymd_opt(2026, 11, 24).expect("a date");
    within &= timed("what waits today", || {
        home(store, *id, today, Lang::Vi).expect("a page").tasks.len()
    });
    if within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints how long something takes, and says whether that is within the bar.
fn timed(what: &str, run: impl Fn() -> usize) -> bool {
    let mut durations = Vec::with_capacity(TIMES);
    let mut rows = 0;
    for _ in 0..TIMES {
        let start = Instant::now();
        rows = run();
        durations.push(start.elapsed());
    }
    durations.sort_unstable();
    let middle = durations.get(TIMES / 2).copied().unwrap_or_default();
    let verdict = if middle <= BAR { "" } else { "  TOO LONG" };
    println!("{what}: {middle:.1?}, {rows} rows (bar {BAR:?}){verdict}");
    middle <= BAR
}

/// A list as the service is given it.
fn table(list: &str) -> Table {
    read_table(list.as_bytes()).expect("a list that is in order")
}

/// A school of whose invoices most are paid exactly, some with too much, some without a code.
struct School {
    store: Store,
    clock: FixedClock,
    actor: Actor,
    id: SchoolId,
}

impl School {
    fn create(url: &str, invoices: usize) -> School {
        let store = Store::open(url, 2, 10_000).expect("a database");
        database::migrate(&store).expect("an empty database");
        let at = NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(1, 0, 0));
        let clock = FixedClock::at(at.expect("a date"));
        let actor = Actor::named("bench");
        let new = NewSchool {
            code: SCHOOL.to_owned(),
            name: "THCS Mẫu (dữ liệu mẫu)".to_owned(),
            level: "lower_secondary".to_owned(),
            policy: Policy::default(),
        };
        let id = directory::add_school(&store, &clock, &actor, &new).expect("a new school");
        let account = NewBankAccount {
            bin: "970436".to_owned(),
            number: ACCOUNT.to_owned(),
            holder: "TRUONG MAU".to_owned(),
        };
        directory::add_bank_account(&store, &clock, &actor, SCHOOL, &account).expect("an account");

        let mut students = "student_code,student_name,class,family\n".to_owned();
        let mut list = "student_code,round,fee_item,amount_due\n".to_owned();
        for student in 0..invoices / ROUNDS_PER_STUDENT {
            let (name, class) = (name(student), student % 40 + 1);
            writeln!(students, "HS{student:06},{name},6A{class},GD{student:06}").expect("memory");
            for round in 0..ROUNDS_PER_STUDENT {
                writeln!(list, "HS{student:06},Dot {round},Hoc phi,{DONG}").expect("memory");
            }
        }
        import_students::run(&store, &clock, &actor, id, &table(&students)).expect("a list");
        let prefixes = [Prefix::DEFAULT];
        let added = import_invoices::run(&store, &clock, &actor, id, &prefixes, &table(&list))
            .expect("a list");
        assert_eq!(usize::try_from(added.added), Ok(invoices), "{:?}", added.bad.first());
        School { store, clock, actor, id }
    }

    /// Takes the statement in.
    fn take_in(&self) {
        let School { store, clock, actor, id } = self;
        let mut content = tempfile::tempfile().expect("a temporary file");
        content.write_all(&self.statement()).expect("room for it");
        let new = NewFile::plain("mau.xml", &content);
        let reader = StatementReader::new(env!("CARGO_BIN_EXE_doisoat").into(), Limits::default());
        let planned =
            plan::run(store, clock, &reader, actor, *id, &new).expect("a file that is in order");
        commit::run(store, clock, actor, *id, planned.id).expect("a plan in order");
    }

    fn measure(&self, what: &str, filter: &Filter, cursor: Option<&str>) -> bool {
        timed(what, || {
            let page = desk::page(&self.store, self.id, filter, (cursor, ROWS), Lang::Vi);
            page.expect("a page").rows.len()
        })
    }

    /// A camt.053 file: of a hundred entries 4 pay too much and 4 say nothing, the others pay exactly.
    fn statement(&self) -> Vec<u8> {
        let invoices = queue::invoices(&self.store, self.id).expect("invoices");
        let total: usize = (0..invoices.len()).map(amount).sum();
        let mut file = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n\
             <BkToCstmrStmt><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n\
             <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>\n\
             <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-30</Dt></Dt></Bal>\n"
        );
        for (number, invoice) in invoices.iter().enumerate() {
            let (day, dong) = (number % 30 + 1, amount(number));
            let code = if number % 100 < 96 { &*invoice.code } else { "chuyen" };
            let payer = name(number / 3);
            writeln!(
                file,
                "<Ntry><NtryRef>{number}</NtryRef><Amt Ccy=\"VND\">{dong}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
                 <BookgDt><Dt>2026-11-{day:02}</Dt></BookgDt><ValDt><Dt>2026-11-{day:02}</Dt></ValDt><AcctSvcrRef>FT26306{number:06}</AcctSvcrRef>\
                 <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>\
                 <RltdPties><Dbtr><Pty><Nm>{payer}</Nm></Pty></Dbtr><DbtrAcct><Id><Othr><Id>0351{number:09}</Id></Othr></Id></DbtrAcct></RltdPties>\
                 <RltdAgts><DbtrAgt><FinInstnId><BICFI>BFTVVNVX</BICFI></FinInstnId></DbtrAgt></RltdAgts>\
                 <RmtInf><Ustrd>MBVCB.3278{number:06}.029552.{code} nop tien.CT tu 0351{number:09} {payer} toi {ACCOUNT} TRUONG MAU</Ustrd></RmtInf>\
                 </TxDtls></NtryDtls></Ntry>"
            )
            .expect("memory");
        }
        file.push_str("</Stmt></BkToCstmrStmt></Document>\n");
        file.into_bytes()
    }
}

/// A made-up name; many people share one, as in life.
fn name(number: usize) -> String {
    let pick =
        |words: &[&str], by: usize| (*words.get(by % words.len()).expect("a word")).to_owned();
    let family = ["NGUYEN", "TRAN", "LE", "PHAM", "HOANG", "VU", "DANG", "BUI", "DO", "HO", "NGO"];
    let middle = ["THI", "VAN", "MINH", "NGOC", "DUC", "THANH", "HONG", "QUOC", "GIA"];
    let given = ["ANH", "BINH", "CHI", "DUNG", "HANH", "KHANH", "LINH", "NAM", "PHUC", "QUAN"];
    [pick(&family, number), pick(&middle, number / 11), pick(&given, number / 7)].join(" ")
}
