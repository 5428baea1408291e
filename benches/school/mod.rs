//! A made-up school whose invoices a made-up statement pays: what yardsticks of importing and of the
//! queue are measured on.

use std::fmt::Write as _;

use chrono::NaiveDate;
use doisoat::clock::FixedClock;
use doisoat::domain::id::SchoolId;
use doisoat::domain::matching::facts::Policy;
use doisoat::domain::payment_code::Prefix;
use doisoat::formats::roster::{Table, read_table};
use doisoat::service::directory::{NewBankAccount, NewSchool};
use doisoat::service::{
    Actor, Store, database, directory, import_invoices, import_students, queue,
};

/// Invoices of a student: one for each collection round.
const ROUNDS_PER_STUDENT: usize = 10;

const ACCOUNT: &str = "1017000001";

/// What is due of each invoice.
pub const DONG: usize = 1_250_000;

/// A list as the service is given it.
fn table(list: &str) -> Table {
    read_table(list.as_bytes()).expect("a list that is in order")
}

/// A school with students who have ten invoices each, and one account.
pub struct School {
    pub store: Store,
    pub clock: FixedClock,
    pub actor: Actor,
    pub id: SchoolId,
}

impl School {
    /// What it is called in addresses.
    pub const CODE: &'static str = "THCS-MAU";

    pub fn create(url: &str, invoices: usize) -> School {
        let store = Store::open(url, 2, 10_000).expect("a database");
        database::migrate(&store).expect("an empty database");
        let at = NaiveDate::from_ymd_opt(2026, 11, 24).and_then(|day| day.and_hms_opt(1, 0, 0));
        let clock = FixedClock::at(at.expect("a date"));
        let actor = Actor::named("bench");
        let new = NewSchool {
            code: Self::CODE.to_owned(),
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
        directory::add_bank_account(&store, &clock, &actor, Self::CODE, &account)
            .expect("an account");

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

    /// A camt.053 file with an entry for each invoice, its text as banks wrap such texts: `paid` says of
    /// an entry's number and invoice code what it is over and which code it names.
    pub fn statement(&self, paid: impl Fn(usize, &str) -> (usize, String)) -> Vec<u8> {
        let invoices = queue::invoices(&self.store, self.id).expect("invoices");
        let paid: Vec<(usize, String)> =
            invoices.iter().enumerate().map(|(number, one)| paid(number, &one.code)).collect();
        let total: usize = paid.iter().map(|(dong, _)| dong).sum();
        let mut file = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">\n\
             <BkToCstmrStmt><Stmt><Id>S</Id><ElctrncSeqNb>1</ElctrncSeqNb><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n\
             <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">0</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>\n\
             <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{total}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-30</Dt></Dt></Bal>\n"
        );
        for (number, (dong, code)) in paid.iter().enumerate() {
            let day = number % 30 + 1;
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
