//! Transfer texts against a school's book: whatever the text, no đồng is made or lost, and nothing is
//! settled whose code the text does not show.
#![no_main]

use std::sync::LazyLock;

use doisoat::domain::calendar::Day;
use doisoat::domain::id::{FamilyId, InvoiceId, StudentId};
use doisoat::domain::matching::Book;
use doisoat::domain::matching::decision::{Decision, DecisionKind};
use doisoat::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, PaymentFacts, Policy, StudentFacts,
};
use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::{PaymentCode, Prefix};
use doisoat::domain::statement::{CreditDebit, EntryStatus};
use doisoat::domain::text::squeeze;

const STUDENTS: i64 = 400;
const OPEN: i64 = 1_250_000;

fn code(student: i64) -> String {
    let serial = u64::try_from(student).unwrap_or_default();
    PaymentCode::issue(Prefix::DEFAULT, serial).map(|code| code.to_string()).unwrap_or_default()
}

static BOOK: LazyLock<Book> = LazyLock::new(|| {
    let names = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Phi", "Y H'Bia", "Đinh Thị Mỹ Hạnh", "Gích"];
    let students = (0..STUDENTS).map(|id| StudentFacts {
        id: StudentId(id),
        family: FamilyId(id / 2),
        code: format!("HS{id:04}"),
        name: names[usize::try_from(id).unwrap_or_default() % names.len()].to_owned(),
        class: format!("{}A{}", 6 + id % 4, 1 + id / 4 % 9),
        virtual_accounts: Vec::new(),
        guardians: vec!["Trần Thị Hoa".to_owned()],
    });
    let invoices = (0..STUDENTS).map(|id| InvoiceFacts {
        id: InvoiceId(id),
        student: StudentId(id),
        code: code(id),
        open: Vnd::new(OPEN),
        standing: InvoiceStanding::Open,
        due_on: None,
        round: None,
    });
    Book::new(students.collect(), invoices.collect(), Vec::new(), Policy::default())
});

/// Whether a text shows a code with at most one symbol wrong.
fn shows(text: &str, code: &str) -> bool {
    let text = squeeze(text);
    text.as_bytes().windows(code.len()).any(|window| {
        window.iter().zip(code.bytes()).filter(|(shown, meant)| **shown != *meant).count() <= 1
    })
}

fn check(decision: &Decision, amount: i64, text: &str) {
    let given = decision.allocations.iter().map(|share| share.amount);
    let all = Vnd::checked_sum(given.chain([decision.unallocated]));
    assert_eq!(all, Some(Vnd::new(amount)), "conservation of {text:?}");
    for proposal in &decision.proposals {
        let given = proposal.allocations.iter().map(|share| share.amount);
        let all = Vnd::checked_sum(given.chain([proposal.credit]));
        assert!(all.is_some_and(|all| all <= Vnd::new(amount)), "a proposal for {text:?}");
    }
    if decision.kind == DecisionKind::Settled {
        // A code may bring its family's other invoices, but some code must be there.
        let shown = decision.allocations.iter().any(|share| shows(text, &share.code));
        assert!(shown, "{:?} is settled for {text:?}", decision.allocations);
    }
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    for [start, end] in decision.reasons.iter().filter_map(|reason| reason.at) {
        assert!(start < end && end <= length, "a place outside {text:?}");
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let begun = std::time::Instant::now();
    for amount in [OPEN, OPEN / 2, 2 * OPEN, 0] {
        let payment = PaymentFacts {
            booking_date: Day::default(),
            credit_debit: CreditDebit::Credit,
            amount: Vnd::new(amount),
            status: EntryStatus::Booked,
            reversal: false,
            account: Some("1017595600"),
            end_to_end_id: None,
            remittance: Some(&text),
            counterparty_name: Some("TRAN THI HOA"),
            counterparty_account: None,
            refused: &[],
        };
        check(&BOOK.decide(&payment), amount, &text);
    }
    assert!(begun.elapsed().as_secs() < 1, "{} bytes took {:?}", bytes.len(), begun.elapsed());
});
