//! A database that has been lived in moves to another kind of database and back.

use std::fmt::Write as _;
use std::sync::Arc;

use doisoat::clock::{Clock, FixedClock};
use doisoat::domain::access::Role;
use doisoat::domain::cashless::Settings;
use doisoat::domain::diagnostic::{Diagnostic, Place};
use doisoat::domain::fee::{PlannedInstalment, Scope, Unit};
use doisoat::domain::id::SchoolId;
use doisoat::domain::invoice::InvoiceEvent;
use doisoat::domain::lang::Lang;
use doisoat::domain::mail_address::MailAddress;
use doisoat::domain::matching::facts::Policy as MatchPolicy;
use doisoat::domain::money::Vnd;
use doisoat::domain::notification::Provider;
use doisoat::domain::payment_code::Prefix;
use doisoat::domain::period::Month;
use doisoat::domain::receipt::ReceiptState;
use doisoat::domain::reporting_period::ReportingPeriod;
use doisoat::formats::notification::{Refusal as Refused, Signed};
use doisoat::ids::{CountingIds, IdSource, RandomIds};
use doisoat::keyring::Keyring;
use doisoat::outbound::Policy;
use doisoat::service::cash::{self, NewCash, NewCount, NewSlip};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::events::{self, NewEventEndpoint};
use doisoat::service::families::claims::{self, NewClaim};
use doisoat::service::families::contact::{self, Wanted};
use doisoat::service::families::links::{self, Outcome as Entered};
use doisoat::service::families::{looks, survey};
use doisoat::service::family_bill;
use doisoat::service::family_links::{self, Addresses};
use doisoat::service::fees::catalogue::{self, ItemTerms, OfficialCode, PriceTerms};
use doisoat::service::fees::credit_notes::{self, LineCredit};
use doisoat::service::fees::refund_limit::{self, RefundLimit};
use doisoat::service::fees::refund_requests::{self, RefundProposal};
use doisoat::service::fees::refunds::{self, RefundTerms};
use doisoat::service::fees::rounds::{self, ItemOfRound, RoundTerms};
use doisoat::service::fees::show::{self, PageFilter};
use doisoat::service::fees::write_offs::{self, WriteOffTerms};
use doisoat::service::fees::{choices, exemptions, issuing, quantities};
use doisoat::service::figure_looks::{self, Looked, Seen};
use doisoat::service::keys::{self as api_keys, Reach};
use doisoat::service::letters::{self, Composer, LetterKind, NewLetter};
use doisoat::service::mail::{self, Desk, Letterhead, Mailbox, NewMail, messages};
use doisoat::service::organisation::import;
use doisoat::service::organisation::places::{self, NewSatellite};
use doisoat::service::periods::{self, Accepted};
use doisoat::service::privacy::erasure;
use doisoat::service::pull::{self, NewPull};
use doisoat::service::receipts::{self, Asked, InvoiceElsewhere, ReceiptView, Terms};
use doisoat::service::receiving::Outcome;
use doisoat::service::refusals::{self, Refusal};
use doisoat::service::report::{self, Whose};
use doisoat::service::reported::{self, Side, Submission};
use doisoat::service::rulings::{self, NewRuling, Pair, Verdict};
use doisoat::service::sessions::Outcome as SignIn;
use doisoat::service::statement_files::{self, AskedFile};
use doisoat::service::students::{Leaving, moves, view};
use doisoat::service::uploads::{self, Quota};
use doisoat::service::workspace::bulk;
use doisoat::service::{
    Actor, ColumnQuestion, ServiceError, cancel, database, directory, intake, refused_files, tour,
    undo, users,
};

use crate::support::crowd::{DUE, OwnedLine, borrowed, code, enroll, movements};
use crate::support::feed::{Feed, keys, movement};
use crate::support::picture::png;
use crate::support::program::run;
use crate::support::school::{ACCOUNT, School, csv, mt940, reader, zipped};
use crate::support::statements::{self, Row};
use crate::support::till::{FEE, Till};
use crate::support::{Backend, TestDb, for_each_backend};
use crate::users::{EMAIL, Office};

const PUPILS: usize = 40;

/// Receipts from a day on, one of them voided by request, one with an invoice of other software.
fn keep_receipts(school: &School) {
    let School { store, clock, actor, id } = school;
    let from = Terms { issue: true, from: Some("2026-09-01".parse().unwrap()) };
    receipts::set_terms(store, clock, actor, *id, from).unwrap();
    let (rows, _) = receipts::page(store, *id, &Asked::default(), 100).unwrap();
    let elsewhere =
        InvoiceElsewhere { symbol: Some("1C26TAA".to_owned()), ..InvoiceElsewhere::default() };
    let of = (*id, live_transfer(&rows));
    receipts::set_elsewhere(store, clock, actor, of, &elsewhere).unwrap();
    receipts::ask_void(store, clock, actor, of, "nhầm: “Ánh” 🙂").unwrap();
}

fn live_transfer(rows: &[ReceiptView]) -> i64 {
    let live = rows.iter().find(|one| one.state == ReceiptState::Live && one.voucher.is_none());
    live.unwrap().id
}

/// Everything a school does in its first weeks; the closing balance of its last statement.
pub fn live_in(db: &TestDb) -> (SchoolId, i64) {
    let school = School::create(db);
    let School { store, clock, actor, id } = &school;
    enroll(&school, PUPILS);
    tell_other_software(&school);
    let lines = movements(PUPILS, 120);
    let (first, second) = lines.split_at(70);
    let balance = |lines: &[OwnedLine]| lines.iter().map(|line| line.1).sum::<i64>();
    school.statement("tuan-1.csv", &csv(1_000, &borrowed(first)));
    // The same money by SWIFT, and by a file that is taken back.
    school.statement("tuan-1.sta", &mt940(1_000, &borrowed(first)));
    let (mistaken, _) = school.statement("tuan-1b.csv", &csv(9_000, &borrowed(first)));
    undo::run(store, clock, actor, *id, mistaken).unwrap();
    school.statement("tuan-2.csv", &csv(1_000 + balance(first), &borrowed(second)));
    school.plan("du-kien.csv", &csv(7, &borrowed(&lines[..3]))).unwrap();

    let open: Vec<_> =
        school.payments().into_iter().filter(|view| view.state.decision == "unmatched").collect();
    let at = |index: usize| (*id, open[index].state.id);
    let credit = PersonalUse {
        family_credit: Some(("HS0001".to_owned(), Vnd::new(DUE))),
        ..PersonalUse::default()
    };
    decide::allocate(store, clock, actor, at(0), None, &credit).unwrap();
    decide::reverse(store, clock, actor, at(0), None, "nhầm gia đình: Đỗ “Ánh”\n\t\\ 🙂").unwrap();
    let aside = PersonalUse {
        set_aside: Some(Vnd::new(DUE)),
        reason: Some("tiền thuê căng tin".to_owned()),
        ..PersonalUse::default()
    };
    decide::allocate(store, clock, actor, at(1), None, &aside).unwrap();
    let not_hers = Refusal { student_code: Some("HS0001".to_owned()), ..Refusal::default() };
    refusals::refuse(store, clock, actor, at(2), None, &not_hers).unwrap();
    let last_day = "2027-05-31".parse().unwrap();
    directory::close_school(store, clock, actor, "THCS-MAU", last_day).unwrap();
    let paid = NewCash {
        allocations: vec![(code(10), Vnd::new(12_345))],
        payer: "Người nộp mẫu".to_owned(),
        received_on: "2026-11-20".parse().unwrap(),
        note: None,
        request_key: Some("phiếu-1".to_owned()),
    };
    cash::record(store, clock, actor, *id, &paid).unwrap();
    keep_receipts(&school);
    school.students("Mã học sinh;Họ và tên;Lớp;Mã gia đình\nHSX;Lò Thị Mẫu;1A;FX\n");
    for name in ["Hà Thị Mẫu", "Hà Thị Mẫu Hai"] {
        let list = format!(
            "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Email;Số định danh cá nhân;Ngày sinh\n\
             HSY;{name};1A;Hà P;p@example.test;001315000011;01/02/2015\n"
        );
        assert_eq!(school.students(&list).bad, vec![]);
    }
    school.invoices("Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\n;HSX;;;70000\n");
    let states = school.state();
    let own = states.iter().find(|line| line.contains(" HSX net 70000 ")).unwrap();
    let own = own.split(' ').next().unwrap();
    cancel::run(store, clock, actor, (*id, own), InvoiceEvent::Cancel, "nhập nhầm").unwrap();
    // Lines under other references: one still in doubt, one that a person has spoken of.
    let first =
        [("2026-10-05", 5_000, "FT26278000001", "nop quy"), ("2026-10-06", 6_000, "", "nop quy")];
    let again = [
        ("2026-10-05", 5_000, "FT26278000009", "nop quy"),
        ("2026-10-06", 6_000, "FT26279000009", "nop quy"),
    ];
    for (name, lines) in [("thang-10.csv", first), ("thang-10-lai.csv", again)] {
        let rows: Vec<Row> = lines.iter().map(Row::of).collect();
        school.statement(name, &statements::write("bare", 0, &rows));
    }
    // Files in an archive, and a table whose columns a person named.
    let packed =
        zipped(&[("thang-9.csv", csv(0, &[("2026-09-07", 7_000, "FT26250000001", "nop quy")]))]);
    let archive = school.plan("thang-9.zip", &packed).unwrap();
    school.commit(archive.id).unwrap();
    let unknown =
        format!("Số tài khoản: {ACCOUNT}\nKhi nào;Vào;Ra\n08/09/2026;8000;\n09/09/2026;;500\n");
    let named =
        school.plan_by_columns("la.csv", unknown.as_bytes(), "date=A,credit=B,debit=C").unwrap();
    school.commit(named.id).unwrap();
    let questions = rulings::questions(store, *id).unwrap();
    assert_eq!(questions.len(), 2);
    let asked = NewRuling {
        pair: Pair::Payments(questions[0].payment, questions[0].like),
        verdict: Verdict::Same,
        reason: "đã hỏi ngân hàng".to_owned(),
        expected: Vec::new(),
    };
    rulings::rule(store, clock, actor, *id, &asked).unwrap();
    take_cards_and_close(&school);
    be_notified(&school);
    confirm_together(&school);
    be_written_to(&school);
    talk_with_families(&school);
    belong_to_a_province(&school);
    owe_fees(&school);
    sign_in(&school);
    be_asked(&school);
    report_a_month(&school);
    school.verify();
    (*id, 1_000 + balance(&lines))
}

/// A card is put through a terminal, staff carry cash to the bank, the till is counted, a month closed.
fn take_cards_and_close(school: &School) {
    let School { store, clock, actor, id } = school;
    let slip = NewSlip {
        terminal: "POS01".to_owned(),
        slip: "000123".to_owned(),
        paid_on: "2026-11-20".parse().unwrap(),
        allocations: vec![(code(10), Vnd::new(23_456))],
        payer: "Người nộp mẫu".to_owned(),
        note: None,
    };
    cash::record_slip(store, clock, actor, *id, &slip, None).unwrap();
    let rows = [
        Row::of(&("2026-01-05", 9_000, "FT26005000001", "Lai tien gui")),
        Row::of(&("2026-11-21", 12_345, "FT26325000001", "THU QUY NOP TIEN MAT")),
    ];
    for (name, row) in [("lai.csv", &rows[..1]), ("nop-quy.csv", &rows[1..])] {
        school.statement(name, &statements::write("bare", 0, row));
    }
    let counted_on = "2026-11-24".parse().unwrap();
    let count = NewCount { counted_on, counted: Vnd::ZERO, note: None };
    cash::count(store, clock, actor, *id, &count).unwrap();
    let accept = Accepted {
        code: "statement_days".to_owned(),
        reason: "chưa mở tài khoản".to_owned(),
    };
    let month = "2026-01".parse().unwrap();
    periods::close(store, clock, actor, *id, month, &[accept]).unwrap();
}

/// Too much money under a code, confirmed as one would confirm many lines.
fn confirm_together(school: &School) {
    let School { store, clock, actor, id } = school;
    let text = format!("{} nop thua mau", code(39));
    let row = [Row::of(&("2026-11-23", 3 * DUE, "FT26327000009", text.as_str()))];
    school.statement("thua.csv", &statements::write("bare", 0, &row));
    let state = school.payment("nop thua mau").state;
    let ticked = [(state.id, state.decision_id.unwrap())];
    let expected = (1, state.amount);
    let done = bulk::confirm(store, clock, actor, *id, &ticked, expected, Lang::Vi).unwrap();
    assert_eq!(done.confirmed, 1);
}

/// A province with its history, and a second place at which the school teaches.
fn belong_to_a_province(school: &School) {
    let School { store, clock, actor, id } = school;
    let list = include_bytes!("../../fixtures/rosters/organisation.csv");
    let list = intake::list(&reader(), list).unwrap();
    let outcome = import::run(store, clock, actor, MatchPolicy::default(), &list).unwrap();
    assert_eq!(outcome.bad, vec![]);
    let satellite = NewSatellite {
        code: "DT1".to_owned(),
        name: "Điểm trường mẫu".to_owned(),
        from: Some("2020-09-05".parse().unwrap()),
        to: None,
    };
    places::put_satellite(store, clock, actor, *id, &satellite).unwrap();
}

/// Fees with a price, a choice and an exemption; a round that is issued; an invoice that comes down, one
/// that is written off, and credit that goes back.
fn owe_fees(school: &School) {
    let School { store, clock, actor, id } = school;
    let codes = [OfficialCode { code: "K01".to_owned(), name: "Khoản mẫu".to_owned() }];
    catalogue::add_official_codes(store, clock, actor, "SO-MAU-1", &codes).unwrap();
    let mut terms = ItemTerms {
        name: "Tiền ăn mẫu".to_owned(),
        unit: Unit::Day,
        compulsory: false,
        priority: 50,
        official_code: None,
        retired_on: None,
    };
    catalogue::set_item(store, clock, actor, (*id, "AN"), &terms).unwrap();
    terms.compulsory = true;
    catalogue::set_item(store, clock, actor, (*id, "BT"), &terms).unwrap();
    for item in ["AN", "BT"] {
        let price = PriceTerms {
            price: Vnd::new(30_000),
            zone: None,
            level: None,
            grade: None,
            from: None,
            to: None,
        };
        catalogue::set_price(store, clock, actor, (*id, item), &price).unwrap();
    }
    let table = |text: &str| intake::list(&reader(), text.as_bytes()).unwrap();
    let chosen = table("Mã học sinh;Khoản thu;Từ ngày\nHS0020;AN;01/09/2026\n");
    choices::import(store, clock, actor, *id, &chosen).unwrap();
    let exempt = table(
        "Mã học sinh;Diện miễn giảm;Tỷ lệ miễn giảm;Từ ngày\nHS0021;Diện mẫu;50;01/09/2026\n",
    );
    exemptions::import(store, clock, actor, *id, &exempt).unwrap();
    let part =
        |percent, due_on: &str| PlannedInstalment { percent, due_on: due_on.parse().unwrap() };
    let of_round = |item: &str| ItemOfRound { item: item.to_owned(), quantity: 10, price: None };
    let round = RoundTerms {
        name: "Đợt mẫu".to_owned(),
        scope: Scope::Students(["HS0020", "HS0021"].map(str::to_owned).to_vec()),
        from: "2026-11-01".parse().unwrap(),
        to: "2026-11-30".parse().unwrap(),
        due_on: "2026-12-20".parse().unwrap(),
        account: None,
        items: vec![of_round("AN"), of_round("BT")],
        instalments: vec![part(50, "2026-12-01"), part(50, "2026-12-20")],
    };
    rounds::set(store, clock, actor, (*id, "DM"), &round).unwrap();
    let had = table("Mã học sinh;Khoản thu;Số lượng\nHS0020;AN;8\n");
    quantities::import(store, clock, actor, (*id, "DM"), &had).unwrap();
    let shown = issuing::preview(store, clock, *id, "DM").unwrap();
    let at = (*id, "DM");
    issuing::issue(store, clock, actor, &[Prefix::DEFAULT], at, &shown.fingerprint).unwrap();
    let filter = PageFilter { round: Some("DM".to_owned()), limit: 10, ..PageFilter::default() };
    let (made, _) = show::invoices(store, *id, &filter).unwrap();
    let [one, other] = &made[..] else { panic!("two invoices") };
    let credit = LineCredit { item: "BT".to_owned(), quantity: Some(1), amount: None };
    credit_notes::correct(store, clock, actor, (*id, &one.code), &[credit], "nghỉ").unwrap();
    let wanted = WriteOffTerms { amount: Vnd::new(1_000), reason: "mẫu".to_owned() };
    write_offs::ask(store, clock, actor, (*id, &other.code), &wanted).unwrap();
    // Money that is kept as credit, and some of it ordered back.
    let row = [Row::of(&("2026-11-23", 50_000, "FT26327000001", "nop tien mau"))];
    school.statement("du.csv", &statements::write("bare", 12_345, &row));
    let kept = PersonalUse {
        family_credit: Some(("HS0020".to_owned(), Vnd::new(50_000))),
        ..PersonalUse::default()
    };
    let payment = school.payment_id("nop tien mau");
    decide::allocate(store, clock, actor, (*id, payment), None, &kept).unwrap();
    let terms = RefundTerms {
        student: "HS0020".to_owned(),
        amount: Vnd::new(20_000),
        item: None,
        bin: "970436".to_owned(),
        account: "0123456789".to_owned(),
        holder: "NGUOI NOP MAU".to_owned(),
        reason: "mẫu".to_owned(),
    };
    refunds::order(store, clock, actor, *id, &terms).unwrap();
    let limit = RefundLimit { limit: Vnd::new(10_000) };
    refund_limit::set(store, clock, actor, *id, limit).unwrap();
    let asked = RefundProposal::Credit(RefundTerms { amount: Vnd::new(15_000), ..terms });
    refund_requests::propose(store, clock, actor, *id, &asked).unwrap();
    let quota = Quota { per_person: 1, per_school: 1 };
    uploads::admit(store, clock, quota, (actor, *id)).unwrap();
}

/// A service announces money, somebody forges, a list is asked, a gateway collects and pays out.
fn be_notified(school: &School) {
    let feed = Feed::of(school);
    let told = movement("2026-11-20 09:00:00", 4_321, "FT26324000077", "nop quy lop");
    feed.notify(Provider::Sepay, &told, 1);
    let forged = Signed { body: "{}".to_owned(), ..feed.signed(Provider::Sepay, &told, 2) };
    assert_eq!(feed.send(Provider::Sepay, &forged), Outcome::Refused(Refused::Unproven));
    feed.receiver.flush_counts().unwrap();
    let endpoint = feed.terms(Provider::Sepay).endpoint;
    let asked =
        NewPull { base_url: None, token: "bí mật".to_owned(), page_size: 100, every_minutes: 0 };
    let School { store, clock, actor, id } = school;
    let keys = keys();
    let ports: (&dyn Clock, &dyn IdSource, &Keyring) = (clock, &CountingIds::new(), &keys);
    let named = (*id, endpoint.as_str());
    pull::set(store, ports, actor, named, (&asked, &Policy::default())).unwrap();
    let till = Till::of(school);
    till.pay(3, 4);
    let line =
        [("2026-11-05", DUE - FEE, "FT26309000071", "VNPAY TT GD NGAY 04/11/2026")].each_ref();
    let rows: Vec<Row> = line.iter().map(|line| Row::of(line)).collect();
    school.statement("cong.csv", &statements::write("bare", 0, &rows));
    assert_eq!(till.told().len(), 2, "{:?}", till.told());
}

/// A month is reported, and the authority is told something about it.
fn report_a_month(School { store, clock, actor, id }: &School) {
    let (at, settings) = ((*id, "2026-10".parse::<Month>().unwrap()), Settings::default());
    // Somebody looks, by which the month is kept added up, and it is written down from above.
    let period = ReportingPeriod::Month(at.1);
    let looked = Looked::school("SO-MAU-1", *id, Seen::School, period);
    figure_looks::note(store, clock, actor, &looked).unwrap();
    let whose = Whose::School("THCS-MAU".to_owned());
    report::cashless(store, clock, &whose, at.1.days(), None, settings).unwrap();
    let note = Some("lần đầu “mẫu” 🙂".to_owned());
    let said = Submission { note, ..Submission::default() };
    reported::submit(store, clock, actor, at, &said, settings).unwrap();
    reported::comment(store, clock, actor, at, (Side::School, "đã rà soát\n“xong”")).unwrap();
}

/// A file waits for somebody to say what its columns hold.
fn be_asked(School { store, clock, actor, id }: &School) {
    let file = AskedFile {
        file_name: "la.csv".to_owned(),
        account: None,
        content: "Khi nào;Bao nhiêu\n".as_bytes().to_vec(),
        question: ColumnQuestion::default(),
    };
    statement_files::keep(store, clock, actor, *id, &file).unwrap();
    let wrong = [Diagnostic::new("amount", "Dòng 4: sai “số”.", "Row 4: wrong.").at(Place::row(4))];
    refused_files::keep(store, clock, actor, *id, ("sai.csv", &wrong)).unwrap();
    database::remember(store, clock, ("/sao-lưu/a.sqlite", 4_096), (120, true)).unwrap();
}

/// Somebody signs in with both factors, after a wrong guess.
fn sign_in(school: &School) {
    let office = Office::of(school);
    office.add(Role::Accountant);
    office.enrol();
    assert_eq!(office.try_password("một câu sai hẳn"), SignIn::Refused);
    let who = users::find(&school.store, EMAIL).unwrap().id;
    tour::go_to(&school.store, &school.clock, who, 3).unwrap();
    let ticket = office.ticket();
    assert!(!ticket.is_empty());
}

/// Somebody is invited by a mail that nobody has sent yet.
fn be_written_to(School { store, clock, id, .. }: &School) {
    let address = MailAddress::parse("hoc-phi@truong.test").unwrap();
    let from = Mailbox { name: "Trường Mẫu".to_owned(), address };
    let letterhead = Letterhead { from, reply_to: None, signing: None };
    let desk = Desk { letterhead: &letterhead, ids: &CountingIds::new(), keys: &keys() };
    let (lang, name) = (Lang::Vi, "Người nhận mẫu");
    let new = NewMail {
        school: Some(*id),
        kind: "invitation",
        to_name: name.to_owned(),
        to_email: "mau@example.test".to_owned(),
        content: messages::invitation("https://truong.test", "bi-mat-mau", name, lang),
        inline: Vec::new(),
        attachments: Vec::new(),
        lang,
        dedupe_key: "invitation:1".to_owned(),
    };
    let queued: Result<_, ServiceError> =
        store.write(|tx| mail::queue(tx, desk, clock.now(), &new));
    assert!(queued.unwrap().is_new);
    // A family is to be told something and has a page of its own.
    let told: Result<_, ServiceError> = store.write(|tx| {
        let family = family_bill::family_of(tx, *id, "HSY")?;
        let letter = NewLetter {
            school: *id,
            kind: LetterKind::LinkRenewed,
            family,
            about: family,
            key: "1".to_owned(),
        };
        letters::ask(tx, "machine", clock.now(), &[letter.clone(), letter])?;
        let ids = CountingIds::new();
        let with = Addresses { public_url: "https://truong.test", ids: &ids, keys: &keys() };
        let first = family_links::address(tx, with, (*id, family), clock.now())?;
        assert_eq!(family_links::address(tx, with, (*id, family), clock.now())?, first);
        Ok(())
    });
    told.unwrap();
    // It becomes mail; the school has words of its own and lets families be reminded.
    let actor = Actor::named("test");
    let composer = Composer {
        store: store.clone(),
        clock: Arc::new(FixedClock::at(clock.now())),
        ids: Arc::new(CountingIds::new()),
        keys: Arc::new(keys()),
        letterhead: Arc::new(letterhead),
        public_url: "https://truong.test".into(),
        settings: letters::Settings { receipt_after_minutes: 0, ..letters::Settings::default() },
    };
    let terms = letters::Terms { reminders: true };
    letters::set_terms(store, clock, &actor, *id, terms).unwrap();
    let words = letters::OwnWords {
        kind: LetterKind::Notice,
        lang,
        intro: "Lời mẫu".to_owned(),
        closing: String::new(),
    };
    letters::set_words(store, clock, &actor, *id, &words).unwrap();
    // Receipts are told too, to families without an address: nobody.
    let rounds = std::iter::repeat_with(|| composer.work().unwrap());
    let mails: usize = rounds.take_while(|made| made.letters > 0).map(|made| made.mails).sum();
    assert_eq!(mails, 1);
}

/// A family opens its page, asks, proposes and answers; the staff look; a name is to be given up.
fn talk_with_families(School { store, clock, actor, id }: &School) {
    let (ids, keys) = (CountingIds::new(), keys());
    let found: Result<i64, ServiceError> =
        store.read(|tx| family_bill::family_of(tx, *id, "HS0001"));
    let family = found.unwrap();
    let with = Addresses { public_url: "", ids: &RandomIds, keys: &keys };
    let address = links::for_staff(store, clock, actor, with, (*id, family)).unwrap();
    let secret = address.trim_start_matches("/f/");
    let entered = links::enter(store, clock, secret, "192.0.2.1").unwrap();
    let Entered::Open(entry) = entered else { panic!("{entered:?}") };
    links::count(store, clock, entry);
    looks::set_telephone(store, clock, actor, *id, "0256 3875 123").unwrap();
    let grounds = ("đơn đồng ý mẫu", "2026-09-05".parse().unwrap());
    looks::note_basis(store, clock, actor, (*id, family), grounds).unwrap();
    survey::answer(store, clock, entry, (4, "Tiện “lắm”\n🙂")).unwrap();
    let asked = NewClaim {
        amount: Some(Vnd::new(DUE)),
        paid_on: Some("2026-11-20".parse().unwrap()),
        words: "đã nộp".to_owned(),
        photo: Some(png()),
        ..NewClaim::default()
    };
    claims::make(store, clock, (&ids, &keys), entry, &asked).unwrap();
    let from = Mailbox {
        name: "Trường mẫu".to_owned(),
        address: MailAddress::parse("a@example.test").unwrap(),
    };
    let letterhead = Letterhead { from, reply_to: None, signing: None };
    let desk = Desk { letterhead: &letterhead, ids: &ids, keys: &keys };
    let student = view::id_of(store, *id, "HS0001").unwrap();
    let wanted = Wanted { name: "Phụ Huynh Mẫu".to_owned(), ..Wanted::default() };
    contact::propose(store, clock, desk, "", (entry, student, 1), &wanted).unwrap();
    let leaving = Leaving { on: "2026-11-24".parse().unwrap(), reason: "chuyển".to_owned() };
    moves::leave(store, clock, actor, (*id, "HSX"), &leaving).unwrap();
    let left = view::id_of(store, *id, "HSX").unwrap();
    erasure::ask(store, clock, actor, (*id, left), "yêu cầu").unwrap();
}

/// Lets everything that happens be told, with nobody there to send it.
fn tell_other_software(School { store, clock, actor, id }: &School) {
    let keys = keys();
    let new = NewEventEndpoint {
        url: "https://phan-mem.example.edu.vn/nhan".to_owned(),
        kinds: Vec::new(),
        name: "phần mềm mẫu".to_owned(),
    };
    let ports: (&dyn Clock, &dyn IdSource, &Keyring) = (clock, &CountingIds::new(), &keys);
    events::create(store, ports, &events::Policy::default(), actor, *id, &new).unwrap();
}

/// What happens after the move: another week, another list, another voucher.
fn live_on(db: &TestDb, id: SchoolId, opening: i64) -> Vec<String> {
    let school = School::open(db, id);
    let School { store, clock, actor, .. } = &school;
    let more = [
        ("2026-11-22", 5_000, "FT26326000001", "nop them"),
        ("2026-11-22", 50_000, "FT26326000002", "HPQ nop them"),
    ];
    let (_, done) = school.statement("tuan-3.csv", &csv(opening, &more));
    assert_eq!((done.payments, done.missing.len()), (2, 0));
    // Bytes that were taken in before the move are still known.
    let lines = movements(PUPILS, 120);
    let known = school.plan("lai.csv", &csv(1_000, &borrowed(&lines[..70]))).unwrap();
    assert_eq!(known.state, "committed");
    let paid = NewCash {
        allocations: vec![(code(10), Vnd::new(1_000))],
        payer: "Người nộp mẫu".to_owned(),
        received_on: "2026-11-23".parse().unwrap(),
        note: None,
        request_key: None,
    };
    assert_eq!(cash::record(store, clock, actor, id, &paid).unwrap().number, 2);
    let again = NewCash { request_key: Some("phiếu-1".to_owned()), ..paid };
    assert_eq!(cash::record(store, clock, actor, id, &again).unwrap().number, 1, "asked before");
    school.verify();
    let state = school.state();

    // Codes given out here were not given out before the move.
    let mut list = String::from("Mã học sinh;Họ và tên;Lớp;Còn phải thu;Đợt thu\n");
    for pupil in 0..PUPILS {
        writeln!(list, "HS{pupil:04};;;90000;Đợt 2").unwrap();
    }
    let outcome = school.invoices(&list);
    assert_eq!((outcome.added, outcome.bad), (u64::try_from(PUPILS).unwrap(), vec![]));
    school.verify();
    state
}

#[test]
fn a_database_moves_to_another_kind_and_back_and_lives_on() {
    let home = TestDb::create(Backend::Sqlite);
    let (id, closing) = live_in(&home);
    {
        let school = School::open(&home, id);
        let reach = Reach::School("THCS-MAU".to_owned());
        let ports: (&dyn Clock, &dyn IdSource) = (&school.clock, &CountingIds::new());
        let name = "máy quầy";
        let actor = &school.actor;
        api_keys::create(&school.store, ports, actor, name, Role::Auditor, &reach).unwrap();
    }
    let state = School::open(&home, id).state();
    let counts = home.row_counts();
    for (table, rows) in &counts {
        let empty =
            matches!(table.as_str(), "virtual_accounts" | "idempotency_keys" | "payer_accounts");
        assert!(*rows > 0 || empty, "{table} has no row to move");
    }
    for_each_backend(|away| {
        let said = run(["db", "copy", &home.url, &away.url]);
        assert_eq!(said.status, 0, "{said:?}");
        assert_eq!(away.row_counts(), counts);
        let back = TestDb::create(Backend::Sqlite);
        let said = run(["db", "copy", &away.url, &back.url]);
        assert_eq!(said.status, 0, "{said:?}");
        assert_eq!(back.row_counts(), counts);
        for db in [away, &back] {
            let school = School::open(db, id);
            school.verify();
            assert_eq!(school.state(), state);
        }
        assert_eq!(every_row(&back), every_row(&home), "every column of every row came back");
        assert_eq!(live_on(away, id, closing), live_on(&back, id, closing));
    });
}

#[test]
fn nothing_is_copied_over_a_database_that_holds_something() {
    let home = TestDb::create(Backend::Sqlite);
    live_in(&home);
    for_each_backend(|target| {
        School::create(target);
        let before = target.row_counts();
        for (lang, words) in [("vi", "trống"), ("en", "empty database")] {
            let said = run(["db", "copy", &home.url, &target.url, "--lang", lang]);
            assert_eq!(said.status, 1, "{said:?}");
            assert!(said.err.contains("[database_not_empty]"), "{said:?}");
            assert!(said.err.contains(words), "{said:?}");
            assert_eq!(said.out, "");
        }
        assert_eq!(target.row_counts(), before);
        let said = run(["verify", "--database", &target.url]);
        assert_eq!(said.status, 0, "{said:?}");
    });
}

/// Every row of every table of an SQLite database, as text.
fn every_row(db: &TestDb) -> Vec<(String, Vec<String>)> {
    db.tables()
        .into_iter()
        .map(|table| {
            let columns = db.words(&format!(
                "SELECT group_concat('quote(' || name || ')', '||''|''||') AS value \
                 FROM pragma_table_info('{table}')"
            ));
            let rows =
                db.words(&format!("SELECT {} AS value FROM {table} ORDER BY id", columns[0]));
            (table, rows)
        })
        .collect()
}
