//! What happens at every school a known number of times.

use chrono::{Datelike, NaiveTime};

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::fees::november;
use crate::demo::payments::{Payments, after, share};
use crate::demo::truth::Meaning;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;
use crate::domain::text::fold;

impl Payments<'_> {
    /// Two payments given back by the bank, one in two halves, two that look the same.
    pub(super) fn rarities(&mut self) -> Result<(), DemoError> {
        for number in 0..2 {
            if let Some(at) = self.draw(|_| true) {
                self.given_back(at, 4 + 7 * number)?;
            }
        }
        if let Some(at) = self.draw(|invoice| invoice.due.dong() % 2_000 == 0) {
            self.two_halves(at)?;
        }
        if let Some(first) = self.draw(|_| true) {
            let due = self.invoices.get(first).map(|invoice| invoice.due);
            if let Some(second) = self.draw(|invoice| Some(invoice.due) == due) {
                self.two_twins(first, second)?;
            }
        }
        Ok(())
    }

    fn given_back(&mut self, at: usize, day: u32) -> Result<(), DemoError> {
        let Some(bill) = self.bill(at) else { return Ok(()) };
        self.odd_families.insert(bill.pupil.family);
        let text = format!("{} {}", bill.invoice.code, fold(&bill.pupil.given));
        let time = NaiveTime::from_hms_opt(15, 12, 40).ok_or(DemoError::DayRange)?;
        let due = bill.invoice.due;
        self.send(bill.family, (november(day)?, time), due, &text, Meaning::GivenBack, vec![]);
        let back = format!("HOAN TRA LENH CHUYEN TIEN DEN {text}");
        let when = (november(day + 1)?, time);
        self.push(&bill.family.payer, when, due, back, Meaning::GivingBack, vec![]);
        if let Some(movement) = self.movements.last_mut() {
            movement.credit_debit = CreditDebit::Debit;
            movement.reversal = true;
        }
        Ok(())
    }

    /// One invoice in two equal transfers on one day: both are real.
    fn two_halves(&mut self, at: usize) -> Result<(), DemoError> {
        let Some(bill) = self.bill(at) else { return Ok(()) };
        self.odd_families.insert(bill.pupil.family);
        let half = Vnd::new(bill.invoice.due.dong() / 2);
        let when = self.when()?;
        let text = format!("{} {}", bill.invoice.code, fold(&bill.pupil.given));
        for time in [when.1, after(when.1, 60)] {
            let pays = vec![share(bill.invoice, half)];
            self.push(&bill.family.payer, (when.0, time), half, text.clone(), Meaning::Fees, pays);
        }
        self.share_reference(when.0);
        Ok(())
    }

    /// Two families, one day, one amount, one text: both are real, and nobody can say whose is which.
    fn two_twins(&mut self, first: usize, second: usize) -> Result<(), DemoError> {
        let when = self.when()?;
        for (at, time) in [(first, when.1), (second, after(when.1, 300))] {
            let Some(bill) = self.bill(at) else { continue };
            let pays = vec![share(bill.invoice, bill.invoice.due)];
            let text = "nop tien hoc thang 11".to_owned();
            let due = bill.invoice.due;
            self.push(&bill.family.payer, (when.0, time), due, text, Meaning::Fees, pays);
        }
        Ok(())
    }

    /// MB repeats a booking number now and then: the last two movements get the same one.
    fn share_reference(&mut self, day: Day) {
        if self.profile.bank != Bank::Mb {
            return;
        }
        let reference = format!("FT26{:03}{}", day.ordinal(), self.dice.digits(9));
        for movement in self.movements.iter_mut().rev().take(2) {
            movement.shared_reference = Some(reference.clone());
        }
    }
}
