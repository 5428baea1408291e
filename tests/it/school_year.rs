//! A school year as a school lives it: every month a round is issued and paid, and in between pupils
//! move, are exempt, pay too little or too much, get money back, and one never pays. The books hold
//! after every step.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::NaiveDate;
use doisoat::domain::calendar::Period;
use doisoat::domain::cashless::Settings;
use doisoat::domain::fee::{Scope, Unit};
use doisoat::domain::invoice::InvoiceState;
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::Prefix;
use doisoat::service::cash::{self, NewCash, NewCount};
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::fees::catalogue::{self, ItemTerms, PriceTerms};
use doisoat::service::fees::credit_notes::{self, LineCredit};
use doisoat::service::fees::issuing::{self, Issue};
use doisoat::service::fees::refunds::{self, RefundEnd, RefundTerms};
use doisoat::service::fees::rounds::{self, ItemOfRound, RoundTerms};
use doisoat::service::fees::write_offs::{self, WriteOffTerms};
use doisoat::service::fees::{choices, exemptions, quantities};
use doisoat::service::periods::{self, Accepted};
use doisoat::service::queue::{self, InvoiceView};
use doisoat::service::report::{self, Whose};
use doisoat::service::students::moves::{self, Leaving, Transfer};
use doisoat::service::{Actor, intake};

use crate::support::for_each_backend;
use crate::support::school::{Line, School, csv, reader};

const PUPILS: usize = 12;
const MEALS: i64 = 32_000;
const BOARDING: i64 = 150_000;
const ENGLISH: i64 = 200_000;

/// The months of a school year.
const MONTHS: [(i32, u32); 9] = [
    (2026, 9),
    (2026, 10),
    (2026, 11),
    (2026, 12),
    (2027, 1),
    (2027, 2),
    (2027, 3),
    (2027, 4),
    (2027, 5),
];

fn day((year, month): (i32, u32), day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn pupil(number: usize) -> String {
    format!("HS{number:04}")
}

/// The school, what its account holds, and what was owed and paid so far.
struct Year {
    school: School,
    /// What is on the account.
    balance: i64,
    /// References the bank gave.
    references: usize,
    /// Movements of the month that no statement shows yet: day, đồng, text.
    movements: Vec<(NaiveDate, i64, String)>,
    /// Money in by transfer and in cash, in đồng.
    transferred: i64,
    cash: i64,
    refunded: i64,
}

impl Year {
    fn begin(school: School) -> Year {
        let mut list = String::from("Mã học sinh;Họ và tên;Lớp;Mã gia đình;Email\n");
        for number in 0..PUPILS {
            let class = ["6A1", "6A2", "7A1"][number % 3];
            // The first two are brothers.
            let family = number.max(1);
            writeln!(
                list,
                "{};Học Sinh Mẫu {number};{class};F{family};ph{number}@example.com",
                pupil(number)
            )
            .unwrap();
        }
        assert_eq!(school.students(&list).bad, vec![]);
        let year = Year {
            school,
            balance: 5_000_000,
            references: 0,
            movements: Vec::new(),
            transferred: 0,
            cash: 0,
            refunded: 0,
        };
        year.clock(MONTHS[0], 1);
        for (priority, code, name, unit, price, compulsory) in [
            (0, "AN", "Tiền ăn bán trú", Unit::Day, MEALS, true),
            (1, "BT", "Tổ chức bán trú", Unit::Month, BOARDING, true),
            (2, "TA", "Tiếng Anh tăng cường", Unit::Month, ENGLISH, false),
        ] {
            year.item((priority, code, name, unit), price, compulsory);
        }
        year.import_terms();
        year.verify();
        year
    }

    fn item(
        &self,
        (priority, code, name, unit): (i32, &str, &str, Unit),
        dong: i64,
        compulsory: bool,
    ) {
        let School { store, clock, actor, id } = &self.school;
        let terms = ItemTerms {
            name: name.to_owned(),
            unit,
            compulsory,
            priority,
            official_code: None,
            retired_on: None,
        };
        catalogue::set_item(store, clock, actor, (*id, code), &terms).unwrap();
        let price = PriceTerms {
            price: Vnd::new(dong),
            zone: None,
            level: None,
            grade: None,
            from: None,
            to: None,
        };
        catalogue::set_price(store, clock, actor, (*id, code), &price).unwrap();
    }

    /// Who chose English, and who need not pay.
    fn import_terms(&self) {
        let School { store, clock, actor, id } = &self.school;
        let list = "Mã học sinh;Khoản thu;Từ ngày\nHS0000;TA;01/09/2026\nHS0005;TA;01/09/2026\n";
        let list = intake::list(&reader(), list.as_bytes()).unwrap();
        assert_eq!(choices::import(store, clock, actor, *id, &list).unwrap().added, 2);
        let list = "Mã học sinh;Khoản thu;Diện miễn giảm;Tỷ lệ miễn giảm;Từ ngày;Đến ngày\n\
                    HS0003;BT;can_ngheo;50;01/09/2026;31/05/2027\n\
                    HS0004;;ho_ngheo;100;01/09/2026;31/05/2027\n";
        let list = intake::list(&reader(), list.as_bytes()).unwrap();
        assert_eq!(exemptions::import(store, clock, actor, *id, &list).unwrap().added, 2);
    }

    fn clock(&self, month: (i32, u32), number: u32) {
        self.school.clock.set(day(month, number).and_hms_opt(1, 0, 0).unwrap());
    }

    fn verify(&self) {
        self.school.verify();
    }

    fn code_of((_, month): (i32, u32)) -> String {
        format!("T{month:02}")
    }

    /// Makes and issues the round of a month.
    fn issue(&self, month: (i32, u32)) -> Issue {
        let School { store, clock, actor, id } = &self.school;
        self.clock(month, 3);
        let code = Year::code_of(month);
        let item =
            |item: &str, quantity| ItemOfRound { item: item.to_owned(), quantity, price: None };
        let terms = RoundTerms {
            name: format!("Tháng {}/{}", month.1, month.0),
            scope: Scope::School,
            from: day(month, 1),
            to: day(month, 28),
            due_on: day(month, 20),
            account: None,
            items: vec![item("AN", 20), item("BT", 1), item("TA", 1)],
            instalments: Vec::new(),
        };
        rounds::set(store, clock, actor, (*id, &code), &terms).unwrap();
        let list = "Mã học sinh;Khoản thu;Số lượng\nHS0002;Tiền ăn bán trú;18\n";
        let list = intake::list(&reader(), list.as_bytes()).unwrap();
        let taken = quantities::import(store, clock, actor, (*id, &code), &list).unwrap();
        assert_eq!((taken.added, taken.bad.len()), (1, 0));
        let shown = issuing::preview(store, clock, *id, &code).unwrap();
        let issued = issuing::issue(
            store,
            clock,
            actor,
            &[Prefix::DEFAULT],
            (*id, &code),
            &shown.fingerprint,
        )
        .unwrap();
        assert_eq!(issued, shown, "what was shown is what was issued");
        self.verify();
        issued
    }

    /// Invoices of a month by student.
    fn invoices(&self, month: (i32, u32)) -> BTreeMap<String, InvoiceView> {
        let round = Some(Year::code_of(month));
        let filter =
            doisoat::service::fees::show::PageFilter { round, limit: 200, ..Default::default() };
        let (page, next) =
            doisoat::service::fees::show::invoices(&self.school.store, self.school.id, &filter)
                .unwrap();
        assert_eq!(next, None);
        page.into_iter()
            .filter(|view| view.state != InvoiceState::Cancelled)
            .map(|view| (view.student_code.clone(), view))
            .collect()
    }

    fn transfer(&mut self, on: NaiveDate, dong: i64, text: &str) {
        self.movements.push((on, dong, text.to_owned()));
        self.transferred += dong;
    }

    /// The bank's file of a month, with everything that moved.
    fn statement(&mut self, month: (i32, u32)) {
        self.statement_on(month, 26, &format!("{}.csv", Year::code_of(month)));
    }

    fn statement_on(&mut self, month: (i32, u32), on: u32, name: &str) {
        self.clock(month, on.min(28));
        let mut movements = std::mem::take(&mut self.movements);
        movements.sort_by_key(|(day, ..)| *day);
        let rows: Vec<(String, i64, String, String)> = movements
            .into_iter()
            .map(|(day, dong, text)| {
                self.references += 1;
                (day.to_string(), dong, format!("FT{:08}", self.references), text)
            })
            .collect();
        let lines: Vec<Line<'_>> = rows
            .iter()
            .map(|(day, dong, reference, text)| {
                (day.as_str(), *dong, reference.as_str(), text.as_str())
            })
            .collect();
        let file = csv(self.balance, &lines);
        self.balance += rows.iter().map(|row| row.1).sum::<i64>();
        self.school.statement(name, &file);
        self.verify();
    }

    fn pay_cash(&mut self, on: NaiveDate, invoice: &InvoiceView) {
        let School { store, clock, actor, id } = &self.school;
        let open = Vnd::new(invoice.net.dong() - invoice.paid.dong());
        let new = NewCash {
            allocations: vec![(invoice.code.clone(), open)],
            payer: "Người nộp mẫu".to_owned(),
            received_on: on,
            note: None,
            request_key: None,
        };
        cash::record(store, clock, actor, *id, &new).unwrap();
        self.cash += open.dong();
        self.verify();
    }

    /// What families are owed by the school, in đồng.
    fn credit(&self) -> i64 {
        queue::family_credit(&self.school.store, self.school.id)
            .unwrap()
            .iter()
            .map(|family| family.credit.dong())
            .sum()
    }

    /// Closes a month on the second day of the next one.
    fn close(&self, month: (i32, u32)) {
        let School { store, clock, actor, id } = &self.school;
        let next = if month.1 == 12 { (month.0 + 1, 1) } else { (month.0, month.1 + 1) };
        self.clock(next, 2);
        let last = day(next, 1).pred_opt().unwrap();
        let book = cash::book(store, *id, day(month, 1), last).unwrap();
        let count = NewCount { counted_on: last, counted: book.closing, note: None };
        cash::count(store, clock, actor, *id, &count).unwrap();
        // The bank's files show the days with movements only.
        let accept = Accepted {
            code: "statement_days".to_owned(),
            reason: "những ngày này không phát sinh giao dịch".to_owned(),
        };
        let named = format!("{}-{:02}", month.0, month.1).parse().unwrap();
        periods::close(store, clock, actor, *id, named, &[accept]).unwrap();
        self.verify();
    }

    /// Opens a month again, and closes it once more.
    fn reopen(&self, month: (i32, u32)) {
        let School { store, clock, actor, id } = &self.school;
        let named = format!("{}-{:02}", month.0, month.1).parse().unwrap();
        periods::reopen(store, clock, actor, *id, named, "ghi nhầm phiếu thu").unwrap();
        self.verify();
        self.close(month);
    }

    /// Everything that came in is on invoices, credit, or was given back.
    fn adds_up(&self) {
        let paid: i64 = queue::invoices(&self.school.store, self.school.id)
            .unwrap()
            .iter()
            .map(|view| view.paid.dong())
            .sum();
        let came = self.transferred + self.cash;
        assert_eq!(paid + self.credit() + self.refunded, came);
    }
}

fn full(views: &BTreeMap<String, InvoiceView>, number: usize) -> InvoiceView {
    views[&pupil(number)].clone()
}

#[test]
fn a_school_year_is_issued_paid_and_closed_month_by_month() {
    for_each_backend(|db| {
        let mut year = Year::begin(School::create(db));
        for (place, month) in MONTHS.into_iter().enumerate() {
            play(&mut year, place, month);
        }
        year.adds_up();
        // The year's rate: cash is in the denominator only.
        let period = Period::new(day(MONTHS[0], 1), day(MONTHS[8], 31)).unwrap();
        let whose = Whose::School("THCS-MAU".to_owned());
        let School { store, clock, .. } = &year.school;
        let rates =
            report::cashless(store, clock, &whose, period, None, Settings::default()).unwrap();
        let rates: serde_json::Value =
            serde_json::from_str(&report::to_json(&rates).unwrap()).unwrap();
        let by_amount = &rates["rates"]["reported"]["by_amount"];
        let figure = |name: &str| by_amount[name].to_string().trim_matches('"').parse::<i64>();
        let paid_by_transfer = year.transferred - year.credit() - year.refunded;
        assert_eq!(figure("numerator"), Ok(paid_by_transfer));
        assert_eq!(figure("denominator"), Ok(paid_by_transfer + year.cash));
    });
}

/// One month.
fn play(year: &mut Year, place: usize, month: (i32, u32)) {
    let issued = year.issue(month);
    let views = year.invoices(month);
    let gross = |number: usize| views.get(&pupil(number)).map(|view| view.gross.dong());
    assert_eq!(gross(0), Some(20 * MEALS + BOARDING + ENGLISH));
    assert_eq!(gross(2), Some(18 * MEALS + BOARDING), "fewer days");
    assert_eq!(full(&views, 3).waived.dong(), BOARDING / 2);
    assert_eq!(full(&views, 4).state, InvoiceState::Waived);
    assert_eq!(issued.waived_invoices, 1);
    if place > 0 {
        // Who paid too much last month owes less this month, by itself.
        let carried = if place == 2 { 100_000 + 2 * MEALS } else { 100_000 };
        let expected = if place == 7 { 0 } else { carried };
        assert_eq!(issued.credit_used.dong(), expected, "month {place}");
    }

    let left = place > 5;
    assert_eq!(views.len(), if left { PUPILS - 1 } else { PUPILS });
    for number in (0..PUPILS).filter(|number| ![2, 4, 5, 6, 10].contains(number)) {
        if left && number == 11 {
            continue;
        }
        let view = full(&views, number);
        let open = view.net.dong() - view.paid.dong();
        year.transfer(day(month, 6), open, &format!("{} nop tien", view.code));
    }
    // One pays in two parts, by the same code.
    let view = full(&views, 2);
    year.transfer(day(month, 7), view.net.dong() - 50_000, &format!("{} dot 1", view.code));
    year.transfer(day(month, 9), 50_000, &format!("{} phan con lai", view.code));
    // One brings cash.
    let view = full(&views, 5);
    year.pay_cash(day(month, 8), &view);
    // One pays 100,000 đồng too much: a person keeps it as credit.
    let view = full(&views, 6);
    let open = view.net.dong() - view.paid.dong();
    year.transfer(day(month, 10), open + 100_000, &format!("{} nop du", view.code));
    // One never pays in November; what he owes is written off in April.
    let view = full(&views, 10);
    if place != 2 {
        year.transfer(day(month, 11), view.net.dong(), &format!("{} hoc phi", view.code));
    }
    year.statement(month);
    over_paid(year, &full(&views, 6));

    match place {
        1 => absent(year, &full(&year.invoices(month), 7)),
        3 => carried_to_the_bank(year, month),
        4 => moves_class(year, month),
        5 => leaves(year, month),
        6 => refund(year, month),
        7 => written_off(year),
        _ => {}
    }
    year.adds_up();
    year.close(month);
    if place == 3 {
        year.reopen(month);
    }
}

/// All cash so far goes to the bank: it is on the statement, and no income.
fn carried_to_the_bank(year: &mut Year, month: (i32, u32)) {
    let before = (year.transferred, year.cash);
    let cash = year.cash;
    year.movements.push((day(month, 27), cash, "THU QUY NOP TIEN MAT".to_owned()));
    year.statement_on(month, 28, "nop-quy.csv");
    let School { store, id, .. } = &year.school;
    let book = cash::book(store, *id, day(month, 1), day(month, 28)).unwrap();
    assert_eq!(book.closing, Vnd::ZERO, "the vouchers went with it");
    assert_eq!((year.transferred, year.cash), before);
    year.adds_up();
}

/// A pupil changes the class in the middle of the year.
fn moves_class(year: &Year, month: (i32, u32)) {
    let School { store, clock, actor, id } = &year.school;
    let wanted = Transfer { class: "6A2".to_owned(), on: day(month, 26), create_class: false };
    moves::transfer(store, clock, actor, (*id, &pupil(9)), &wanted).unwrap();
    year.verify();
}

/// A pupil leaves, and is not invoiced any more.
fn leaves(year: &Year, month: (i32, u32)) {
    let School { store, clock, actor, id } = &year.school;
    let wanted = Leaving { on: day(month, 26), reason: "chuyển trường".to_owned() };
    moves::leave(store, clock, actor, (*id, &pupil(11)), &wanted).unwrap();
    year.verify();
}

/// A person keeps as credit what was paid too much.
fn over_paid(year: &Year, invoice: &InvoiceView) {
    let School { store, clock, actor, id } = &year.school;
    let payment = year.school.payment(&format!("{} nop du", invoice.code));
    assert_eq!(payment.state.decision, "proposed");
    let open = invoice.net.dong() - invoice.paid.dong();
    let wanted = PersonalUse {
        allocations: vec![(invoice.code.clone(), Vnd::new(open))],
        family_credit: Some((invoice.student_code.clone(), Vnd::new(100_000))),
        ..PersonalUse::default()
    };
    decide::allocate(store, clock, actor, (*id, payment.state.id), None, &wanted).unwrap();
    year.verify();
}

/// Two days of meals were not had: what was paid for them becomes credit.
fn absent(year: &Year, invoice: &InvoiceView) {
    let School { store, clock, actor, id } = &year.school;
    assert_eq!(invoice.state, InvoiceState::Paid);
    let credit = LineCredit { item: "AN".to_owned(), quantity: Some(2), amount: None };
    let made =
        credit_notes::correct(store, clock, actor, (*id, &invoice.code), &[credit], "Nghỉ 2 ngày")
            .unwrap();
    assert_eq!((made.number, made.net.dong(), made.moved.dong()), (1, 2 * MEALS, 2 * MEALS));
    year.verify();
}

/// A family wants its credit back.
fn refund(year: &mut Year, month: (i32, u32)) {
    let School { store, clock, actor, id } = &year.school;
    let terms = RefundTerms {
        student: pupil(6),
        amount: Vnd::new(100_000),
        item: Some("AN".to_owned()),
        bin: "970436".to_owned(),
        account: "0123456789".to_owned(),
        holder: "NGUOI NOP MAU".to_owned(),
        reason: "Phụ huynh đề nghị nhận lại".to_owned(),
    };
    let ordered = refunds::order(store, clock, actor, *id, &terms).unwrap();
    assert_eq!(year.credit(), 0);
    year.verify();
    let end = RefundEnd::Paid { on: day(month, 27), reference: Some("FT-HOAN-1".to_owned()) };
    let School { store, clock, actor, id } = &year.school;
    assert_eq!(refunds::close(store, clock, actor, (*id, ordered.id), &end).unwrap().state, "paid");
    year.refunded += 100_000;
    year.verify();
}

/// What one owes since November will not be paid: a second person agrees.
fn written_off(year: &Year) {
    let School { store, clock, actor, id } = &year.school;
    let invoice = full(&year.invoices(MONTHS[2]), 10);
    let terms = WriteOffTerms {
        amount: Vnd::new(invoice.net.dong() - invoice.paid.dong()),
        reason: "Gia đình chuyển đi".to_owned(),
    };
    let asked = write_offs::ask(store, clock, actor, (*id, &invoice.code), &terms).unwrap();
    let alone = write_offs::decide(store, clock, actor, (*id, asked.id), true).unwrap_err();
    assert_eq!(alone.diagnostics()[0].code, "second_person");
    let head = Actor::named("head");
    let done = write_offs::decide(store, clock, &head, (*id, asked.id), true).unwrap();
    assert_eq!(done.state, "approved");
    assert_eq!(full(&year.invoices(MONTHS[2]), 10).state, InvoiceState::Waived);
    year.verify();
}
