//! Codes in transfers' texts that other schools issued: parents of a child who changed school, or
//! of children at two, send money by the wrong notice.

use std::collections::BTreeSet;

use crate::domain::calendar::Day;
use crate::domain::matching::Book;
use crate::domain::matching::facts::Elsewhere;
use crate::service::ServiceError;
use crate::store::payments::PaymentWithEntry;
use crate::store::{Tx, directory, fees};

/// What the database has of other schools' codes.
#[derive(Debug)]
pub(crate) struct ForeignCodes {
    school: i64,
    /// Whether there is any other school to ask about.
    there_are_others: bool,
    asked: BTreeSet<String>,
    /// Schools that closed, by their last day: code and name.
    closing: BTreeSet<(Day, String, String)>,
}

impl ForeignCodes {
    /// Nothing is known yet.
    pub fn new(tx: &mut Tx<'_>, school: i64) -> Result<ForeignCodes, ServiceError> {
        let there_are_others = directory::has_other_schools(tx, school)?;
        let (asked, closing) = (BTreeSet::new(), BTreeSet::new());
        Ok(ForeignCodes { school, there_are_others, asked, closing })
    }

    /// Tells the book where the codes in some payments' texts come from, in one query.
    pub fn look_up(
        &mut self,
        tx: &mut Tx<'_>,
        book: &mut Book,
        page: &[PaymentWithEntry],
    ) -> Result<(), ServiceError> {
        if !self.there_are_others {
            return Ok(());
        }
        let mut codes = BTreeSet::new();
        for (payment, entry) in page {
            let text = entry.as_ref().and_then(|entry| entry.remittance.as_deref());
            if let (Some(text), "credit") = (text, payment.credit_debit.as_str()) {
                codes.extend(book.unknown_codes(text));
            }
        }
        let codes: Vec<String> =
            codes.into_iter().filter(|code| self.asked.insert(code.clone())).collect();
        for found in fees::codes_elsewhere(tx, self.school, &codes)? {
            if let Some(day) = found.closed_on {
                self.closing.insert((day, found.code.clone(), found.school.clone()));
            }
            book.know_elsewhere(&found.code, Elsewhere::OtherSchool { school: found.school });
        }
        Ok(())
    }

    /// Tells the book which schools have closed before a day. Days come in order.
    pub fn reach(&mut self, book: &mut Book, day: Day) {
        while self.closing.first().is_some_and(|(closed_on, ..)| *closed_on < day) {
            let Some((closed_on, code, school)) = self.closing.pop_first() else { return };
            book.know_elsewhere(&code, Elsewhere::ClosedSchool { school, closed_on });
        }
    }
}
