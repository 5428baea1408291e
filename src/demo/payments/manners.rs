//! The ways in which one invoice is paid by one transfer, right and wrong.

use chrono::Datelike;

use crate::demo::error::DemoError;
use crate::demo::fees::{CodeBook, Invoice, november};
use crate::demo::memo;
use crate::demo::payments::{Bill, LAST_DAY, Payments, after, share};
use crate::demo::truth::Meaning;
use crate::domain::money::Vnd;
use crate::domain::text::fold;

/// How somebody pays one invoice by transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    AsAsked,
    CodeSplit,
    LowerCase,
    SlipWithName,
    SlipAlone,
    CodeCut,
    NameAndClass,
    Bare,
    Short,
    Over,
    Twice,
    AnothersCode,
    UnknownCode,
}

const MANNERS: [(u32, Manner); 13] = [
    (765, Manner::AsAsked),
    (35, Manner::CodeSplit),
    (35, Manner::LowerCase),
    (25, Manner::SlipWithName),
    (8, Manner::SlipAlone),
    (7, Manner::CodeCut),
    (50, Manner::NameAndClass),
    (20, Manner::Bare),
    (15, Manner::Short),
    (14, Manner::Over),
    (12, Manner::Twice),
    (7, Manner::AnothersCode),
    (7, Manner::UnknownCode),
];

impl Payments<'_> {
    /// One transfer for one invoice, in whatever manner.
    pub(super) fn alone(&mut self, at: usize, codes: &mut CodeBook) -> Result<(), DemoError> {
        let Some(bill) = self.bill(at) else { return Ok(()) };
        self.take(at);
        let mut manner = self.dice.weighted(&MANNERS).unwrap_or(Manner::AsAsked);
        // A second oddity of one family could make the first look like something it is not.
        if matches!(manner, Manner::Short | Manner::Over | Manner::Twice | Manner::AnothersCode)
            && !self.odd_families.insert(bill.pupil.family)
        {
            manner = Manner::AsAsked;
        }
        let Bill { invoice, pupil, family } = bill;
        let (about, code, due) = (self.about(pupil), invoice.code.as_str(), invoice.due);
        let dice = &mut self.dice;
        let full = format!("{} {}", fold(&pupil.name), fold(&pupil.class));
        let mut amount = due;
        let text = match manner {
            Manner::AsAsked | Manner::Twice => memo::with_code(dice, code, about),
            Manner::CodeSplit => format!("{} {}", memo::split(dice, code), fold(&pupil.given)),
            Manner::LowerCase => memo::with_code(dice, code, about).to_lowercase(),
            Manner::SlipWithName => format!("{} {full}", memo::slip(dice, code)),
            Manner::SlipAlone => memo::slip(dice, code),
            Manner::CodeCut => format!("{full} {}", memo::cut(code)),
            Manner::NameAndClass => memo::name_and_class(dice, about),
            Manner::Bare => memo::bare(dice).to_owned(),
            Manner::Short => {
                amount = changed(due, -1_000 * i64::from(dice.between(1, 4) * 5))?;
                memo::with_code(dice, code, about)
            }
            Manner::Over => {
                // Less than any invoice, so that no other invoice explains the difference.
                amount = changed(due, i64::from(dice.between(1, 4)) * 5_000)?;
                memo::with_code(dice, code, about)
            }
            Manner::AnothersCode => match self.another(&bill) {
                Some(other) => format!("{other} {full}"),
                None => format!("{code} {full}"),
            },
            Manner::UnknownCode => format!("{} {full}", codes.issue()?),
        };
        let when = self.when()?;
        if manner == Manner::AsAsked
            && self.profile.virtual_accounts
            && self.dice.percent(50)
            && let Some(account) = &pupil.virtual_account
        {
            let words =
                self.dice.word(&["nop tien", "nop tien thang 11", "chuyen tien", "tien hoc"]);
            let route = self.route(&family.payer, when);
            let text = route.wrap_virtual(&mut self.dice, account, words);
            self.push(&family.payer, when, amount, text, Meaning::Fees, vec![share(invoice, due)]);
            return Ok(());
        }
        if manner == Manner::CodeCut {
            let pays = vec![share(invoice, due)];
            self.push(&family.payer, when, amount, text, Meaning::Fees, pays);
            return Ok(());
        }
        let paid = share(invoice, if amount < due { amount } else { due });
        self.send(family, when, amount, &text, Meaning::Fees, vec![paid.clone()]);
        if manner == Manner::Twice {
            let later = november((when.0.day() + self.dice.below(3)).min(LAST_DAY))?;
            let again = (later, if later == when.0 { after(when.1, 90) } else { when.1 });
            self.send(family, again, amount, &text, Meaning::PaidAgain, vec![paid]);
        }
        Ok(())
    }

    /// The code of an open invoice of the same round that belongs to somebody else altogether.
    fn another(&mut self, bill: &Bill<'_>) -> Option<String> {
        let others: Vec<&Invoice> = self
            .invoices
            .iter()
            .zip(&self.taken)
            .filter(|(other, taken)| !**taken && other.round == bill.invoice.round)
            .map(|(other, _)| other)
            .filter(|other| {
                self.roll.pupils.get(other.pupil).is_some_and(|pupil| {
                    pupil.family != bill.pupil.family && fold(&pupil.name) != fold(&bill.pupil.name)
                })
            })
            .collect();
        self.dice.pick(&others).map(|other| other.code.clone())
    }
}

fn changed(amount: Vnd, by: i64) -> Result<Vnd, DemoError> {
    amount.checked_add(Vnd::new(by)).ok_or(DemoError::AmountRange)
}
