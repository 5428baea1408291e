//! The history as a fold: the same book under two settings, moved on by what really stood.

use std::collections::BTreeMap;

use crate::domain::id::FamilyId;
use crate::domain::matching::Book;
use crate::domain::matching::decision::Share;
use crate::domain::matching::facts::{InvoiceFacts, PayerFacts, Policy, StudentFacts};
use crate::domain::matching::lesson::lesson;
use crate::domain::text::squeeze;

/// Two books that differ in what the machine may do, at one point of the history.
#[derive(Debug)]
pub struct Replay {
    books: [Book; 2],
    /// What persons have taught so far, by payer account and family.
    payers: BTreeMap<String, BTreeMap<FamilyId, PayerFacts>>,
}

impl Replay {
    /// Begins with what was open before the history, and without any known payer.
    #[must_use]
    pub fn new(
        students: Vec<StudentFacts>,
        invoices: Vec<InvoiceFacts>,
        present: Policy,
        changed: Policy,
    ) -> Replay {
        let first = Book::new(students.clone(), invoices.clone(), Vec::new(), present);
        let second = Book::new(students, invoices, Vec::new(), changed);
        Replay { books: [first, second], payers: BTreeMap::new() }
    }

    /// Opens what payments of the history used, before the fold begins.
    pub fn give_back(&mut self, shares: &[Share]) {
        for book in &mut self.books {
            book.give_back(shares);
        }
    }

    /// The books under the present and the changed setting.
    #[must_use]
    pub fn books(&self) -> [&Book; 2] {
        self.books.each_ref()
    }

    /// Moves on past a payment: what it really paid is not open any more.
    pub fn pass(&mut self, stood: &[Share]) {
        for book in &mut self.books {
            for share in stood {
                let open = book.open_of(share.invoice);
                if let Some(left) = open.and_then(|open| open.checked_sub(share.amount)) {
                    book.set_open(share.invoice, left);
                }
            }
        }
    }

    /// Learns from a person's decision about a payment from this account: for which families it
    /// was, and for which it had stood before. See [`lesson`].
    pub fn learn(&mut self, account: &str, families: &[FamilyId], before: &[FamilyId]) {
        let account = squeeze(account);
        let known = self.payers.entry(account.clone()).or_default();
        let Some(lesson) = lesson(families, known.keys().copied(), before) else { return };
        let unknown = |family: FamilyId| PayerFacts {
            account: account.clone(),
            family,
            confirmed: 0,
            contradicted: 0,
        };
        for family in &lesson.contradicted {
            let payer = known.entry(*family).or_insert_with(|| unknown(*family));
            payer.contradicted = payer.contradicted.saturating_add(1);
        }
        if let Some(family) = lesson.confirmed {
            let payer = known.entry(family).or_insert_with(|| unknown(family));
            payer.confirmed = payer.confirmed.saturating_add(1);
        }
        for family in lesson.contradicted.iter().chain(&lesson.confirmed) {
            for book in &mut self.books {
                if let Some(payer) = known.get(family) {
                    book.know_payer(payer.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::Day;
    use crate::domain::id::{InvoiceId, StudentId};
    use crate::domain::matching::decision::DecisionKind;
    use crate::domain::matching::facts::{InvoiceStanding, PaymentFacts};
    use crate::domain::money::Vnd;
    use crate::domain::statement::{CreditDebit, EntryStatus};

    const ACCOUNT: &str = "1903 0000 0001";

    fn replay() -> Replay {
        let students = [("HS1", "Nguyễn Thị Mẫu Một", 1), ("HS2", "Trần Văn Mẫu Hai", 2)];
        let students = (1..).zip(students).map(|(id, (code, name, family))| StudentFacts {
            id: StudentId(id),
            family: FamilyId(family),
            code: code.to_owned(),
            name: name.to_owned(),
            class: "6A1".to_owned(),
            virtual_accounts: Vec::new(),
            guardians: Vec::new(),
        });
        let invoices = [1, 2].map(|id| InvoiceFacts {
            id: InvoiceId(id),
            student: StudentId(id),
            code: format!("KHOAN{id:04}"),
            open: Vnd::new(500_000),
            standing: InvoiceStanding::Open,
            due_on: None,
            round: None,
        });
        let present = Policy::default();
        let changed = Policy { settle_known_payer: true, ..present };
        Replay::new(students.collect(), invoices.to_vec(), present, changed)
    }

    fn kinds(replay: &Replay) -> [DecisionKind; 2] {
        let facts = PaymentFacts {
            booking_date: Day::default(),
            credit_debit: CreditDebit::Credit,
            amount: Vnd::new(500_000),
            status: EntryStatus::Booked,
            reversal: false,
            account: None,
            virtual_account: None,
            gateway: false,
            end_to_end_id: None,
            remittance: Some("chuyen tien"),
            counterparty_name: None,
            counterparty_account: Some(ACCOUNT),
            refused: &[],
        };
        replay.books().map(|book| book.decide(&facts).kind)
    }

    #[test]
    fn a_payer_is_known_only_once_persons_have_said_so_three_times() {
        use DecisionKind::{Proposed, Settled};
        let mut replay = replay();
        for times in 1..=3 {
            let [_, changed] = kinds(&replay);
            assert_ne!(changed, Settled, "known after {} decisions", times - 1);
            replay.learn("190300000001", &[FamilyId(1)], &[]);
        }
        assert_eq!(kinds(&replay), [Proposed, Settled]);
        replay.learn(ACCOUNT, &[FamilyId(1), FamilyId(2)], &[]);
        assert_eq!(kinds(&replay), [Proposed, Settled], "two families teach nothing");
        replay.learn(ACCOUNT, &[], &[FamilyId(2)]);
        assert_eq!(kinds(&replay), [Proposed, Proposed], "another family had it before");
    }

    #[test]
    fn a_payer_of_whom_persons_ever_said_otherwise_is_not_known() {
        for (why, families, before) in [
            ("for another family", &[FamilyId(2)][..], &[][..]),
            ("taken away", &[], &[FamilyId(1)]),
            ("moved to another family", &[FamilyId(2)], &[FamilyId(1)]),
        ] {
            let mut replay = replay();
            for _ in 0..4 {
                replay.learn(ACCOUNT, &[FamilyId(1)], &[]);
            }
            replay.learn(ACCOUNT, families, before);
            let [_, changed] = kinds(&replay);
            assert_ne!(changed, DecisionKind::Settled, "{why}");
        }
    }

    #[test]
    fn what_stood_is_not_open_any_more_and_stays_so_when_payers_are_learned() {
        let mut replay = replay();
        let share =
            |dong| Share { invoice: InvoiceId(1), code: String::new(), amount: Vnd::new(dong) };
        replay.pass(&[share(200_000)]);
        replay.give_back(&[share(50_000)]);
        replay.learn(ACCOUNT, &[FamilyId(1)], &[]);
        for book in replay.books() {
            assert_eq!(book.open_of(InvoiceId(1)), Some(Vnd::new(350_000)));
            assert_eq!(book.open_of(InvoiceId(2)), Some(Vnd::new(500_000)));
        }
        replay.pass(&[share(350_000)]);
        assert!(replay.books().iter().all(|book| book.open_of(InvoiceId(1)) == Some(Vnd::ZERO)));
    }
}
