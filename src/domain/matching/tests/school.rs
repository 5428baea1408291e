//! A small invented school for the tables.

use crate::domain::calendar::Day;
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::matching::Book;
use crate::domain::matching::decision::Decision;
use crate::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, PayerFacts, PaymentFacts, Policy, StudentFacts,
    VirtualAccountFacts,
};
use crate::domain::money::Vnd;
use crate::domain::payment_code::{PaymentCode, Prefix};
use crate::domain::statement::{CreditDebit, EntryStatus};

/// The code of the `serial`-th invoice.
pub fn code(serial: u64) -> String {
    PaymentCode::issue(Prefix::DEFAULT, serial).unwrap().to_string()
}

pub fn day(day: u32) -> Day {
    Day::from_ymd_opt(2026, 11, day).unwrap()
}

fn student(id: i64, family: i64, name: &str, class: &str, account: Option<&str>) -> StudentFacts {
    StudentFacts {
        id: StudentId(id),
        family: FamilyId(family),
        code: format!("HS{id:03}"),
        name: name.to_owned(),
        class: class.to_owned(),
        virtual_accounts: account
            .map(|number| VirtualAccountFacts {
                number: number.to_owned(),
                from: Some(day(1)),
                to: Some(day(20)),
            })
            .into_iter()
            .collect(),
        guardians: Vec::new(),
    }
}

/// Pupils and one open invoice each, of the same number: number, family, name, class, guardian and
/// what is open.
pub fn pupils<const N: usize>(
    rows: [(i64, i64, &str, &str, &str, i64); N],
) -> (Vec<StudentFacts>, Vec<InvoiceFacts>) {
    let students = rows.map(|(id, family, name, class, guardian, _)| StudentFacts {
        guardians: vec![guardian.to_owned()],
        ..student(id, family, name, class, None)
    });
    let invoices = rows.map(|(id, .., open)| invoice(id, id, open, InvoiceStanding::Open));
    (students.to_vec(), invoices.to_vec())
}

fn invoice(id: i64, student: i64, open: i64, standing: InvoiceStanding) -> InvoiceFacts {
    InvoiceFacts {
        id: InvoiceId(id),
        student: StudentId(student),
        code: code(u64::try_from(id).unwrap()),
        open: Vnd::new(open),
        standing,
        due_on: None,
        round: None,
    }
}

/// Family 1: An (1) and Bình (2). Family 3: Khang (3), with two invoices. Family 4: the twins
/// Thảo (4) and Thảo (5) of two classes, same amounts. Family 6: Dũng (6), with a virtual account.
/// Family 7: three siblings, two of whom owe the same.
pub fn book(policy: Policy) -> Book {
    use InvoiceStanding::{Cancelled, Open, Paid};
    let students = vec![
        student(1, 1, "Nguyễn Văn An", "6A1", None),
        student(2, 1, "Nguyễn Thị Bình", "6A2", None),
        student(3, 3, "Trần Minh Khang", "6A1", None),
        student(4, 4, "Lê Thị Phương Thảo", "7A1", None),
        student(5, 5, "Lê Thị Phương Thảo", "7A2", None),
        student(6, 6, "Đỗ Tiến Dũng", "8A1", Some("LOC334316")),
        student(7, 7, "Phạm Gia Bảo", "9A1", None),
        student(8, 7, "Phạm Gia Hân", "9A2", None),
        student(9, 7, "Phạm Gia Linh", "9A3", None),
    ];
    let invoices = vec![
        invoice(1, 1, 1_250_000, Open),
        invoice(2, 2, 1_000_000, Open),
        invoice(3, 3, 1_250_000, Open),
        invoice(4, 4, 700_000, Open),
        invoice(5, 5, 700_000, Open),
        invoice(6, 6, 800_000, Open),
        invoice(7, 7, 300_000, Open),
        invoice(8, 8, 200_000, Open),
        invoice(9, 9, 200_000, Open),
        invoice(10, 3, 0, Paid),
        invoice(11, 3, 0, Cancelled),
        invoice(12, 3, 90_000, Open),
    ];
    let payer = |account: &str, family, confirmed, contradicted| PayerFacts {
        account: account.to_owned(),
        family: FamilyId(family),
        confirmed,
        contradicted,
    };
    let payers = vec![
        payer("9001", 6, 3, 0),
        payer("9002", 6, 2, 0),
        payer("9003", 6, 5, 1),
        payer("9004", 7, 3, 0),
    ];
    Book::new(students, invoices, payers, policy)
}

pub fn payment(amount: i64, text: &str) -> PaymentFacts<'_> {
    PaymentFacts {
        booking_date: day(2),
        credit_debit: CreditDebit::Credit,
        amount: Vnd::new(amount),
        status: EntryStatus::Booked,
        reversal: false,
        account: Some("1017595600"),
        virtual_account: None,
        gateway: false,
        end_to_end_id: None,
        remittance: Some(text),
        counterparty_name: None,
        counterparty_account: None,
        refused: &[],
    }
}

/// `settled 1:1250000`, `proposed [1:1000000] [2:1000000 +250000]` …, with the reasons' codes.
pub fn told(decision: &Decision) -> (String, Vec<&str>) {
    let shares = |shares: &[crate::domain::matching::decision::Share]| {
        let all = shares.iter().map(|share| format!("{}:{}", share.invoice, share.amount));
        all.collect::<Vec<_>>().join(" ")
    };
    let mut words = vec![format!("{:?}", decision.kind).to_lowercase()];
    if !decision.allocations.is_empty() {
        words.push(shares(&decision.allocations));
    }
    for proposal in &decision.proposals {
        let credit = Some(proposal.credit).filter(|credit| !credit.is_zero());
        let credit = credit.map(|credit| format!("+{credit}")).unwrap_or_default();
        words.push(format!("[{}{credit}]", shares(&proposal.allocations)));
    }
    (words.join(" "), decision.reasons.iter().map(|reason| &*reason.code).collect())
}
