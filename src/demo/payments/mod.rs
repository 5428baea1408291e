//! How a school's families pay within the three weeks: most as asked, some as people do.

mod manners;
mod rarities;

use std::collections::HashSet;

use chrono::{Datelike, NaiveTime, Weekday};

use crate::demo::banks::Bank;
use crate::demo::error::DemoError;
use crate::demo::fees::{CodeBook, Invoice, november, paying_hour};
use crate::demo::memo::About;
use crate::demo::movement::Movement;
use crate::demo::random::Dice;
use crate::demo::roll::{Family, Payer, Pupil, Roll};
use crate::demo::schools::Profile;
use crate::demo::spec::CashSpec;
use crate::demo::truth::{Meaning, TruthShare};
use crate::demo::wrapping::Route;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;
use crate::domain::text::fold;

/// The first and last day of November 2026 the demo's statements cover.
pub const FIRST_DAY: u32 = 2;
/// The last day of November 2026 the demo's statements cover.
pub const LAST_DAY: u32 = 22;

/// A school while its families pay.
pub struct Payments<'a> {
    profile: &'a Profile<'a>,
    roll: &'a Roll,
    invoices: &'a [Invoice],
    dice: Dice,
    taken: Vec<bool>,
    of_pupil: Vec<Vec<usize>>,
    odd_families: HashSet<usize>,
    movements: Vec<Movement>,
    cash: Vec<CashSpec>,
}

/// An invoice with its student and family.
#[derive(Clone, Copy)]
struct Bill<'a> {
    invoice: &'a Invoice,
    pupil: &'a Pupil,
    family: &'a Family,
}

impl<'a> Payments<'a> {
    /// A school in which nobody has paid yet.
    #[must_use]
    pub fn new(
        profile: &'a Profile<'a>,
        roll: &'a Roll,
        invoices: &'a [Invoice],
        dice: Dice,
    ) -> Self {
        let mut of_pupil = vec![Vec::new(); roll.pupils.len()];
        for (at, invoice) in invoices.iter().enumerate() {
            if let Some(own) = of_pupil.get_mut(invoice.pupil) {
                own.push(at);
            }
        }
        Payments {
            profile,
            roll,
            invoices,
            dice,
            taken: invoices.iter().map(|invoice| !invoice.due.is_positive()).collect(),
            of_pupil,
            odd_families: HashSet::new(),
            movements: Vec::new(),
            cash: Vec::new(),
        }
    }

    /// Lets everybody pay; gives the movements in no particular order, and the cash vouchers.
    pub fn run(
        mut self,
        codes: &mut CodeBook,
    ) -> Result<(Vec<Movement>, Vec<CashSpec>), DemoError> {
        if self.profile.transfer > 0 {
            self.rarities()?;
            for round in 0..3 {
                for family in &self.roll.families {
                    self.family_pays(round, family, codes)?;
                }
            }
        }
        Ok((self.movements, self.cash))
    }

    /// Takes an unpaid service invoice that fits, by chance.
    fn draw(&mut self, fits: impl Fn(&Invoice) -> bool) -> Option<usize> {
        let open: Vec<usize> = self
            .invoices
            .iter()
            .zip(&self.taken)
            .enumerate()
            .filter(|(_, (invoice, taken))| !**taken && invoice.round > 0 && fits(invoice))
            .map(|(at, _)| at)
            .collect();
        let at = self.dice.pick(&open).copied()?;
        self.take(at);
        Some(at)
    }

    fn take(&mut self, at: usize) {
        if let Some(taken) = self.taken.get_mut(at) {
            *taken = true;
        }
    }

    fn bill(&self, at: usize) -> Option<Bill<'a>> {
        let invoice = self.invoices.get(at)?;
        let pupil = self.roll.pupils.get(invoice.pupil)?;
        let family = self.roll.families.get(pupil.family)?;
        Some(Bill { invoice, pupil, family })
    }

    fn about(&self, pupil: &'a Pupil) -> About<'a> {
        About {
            name: &pupil.name,
            given: &pupil.given,
            class: &pupil.class,
            // MB also delivers MT940, whose character set has no Vietnamese letters.
            marks: self.profile.bank != Bank::Mb,
        }
    }

    fn family_pays(
        &mut self,
        round: usize,
        family: &'a Family,
        codes: &mut CodeBook,
    ) -> Result<(), DemoError> {
        let open: Vec<usize> = family
            .members
            .iter()
            .flat_map(|pupil| self.of_pupil.get(*pupil).into_iter().flatten().copied())
            .filter(|at| self.is_open(*at, round))
            .collect();
        let fate = self.dice.below(100);
        if open.is_empty() {
            return Ok(());
        }
        if fate < self.profile.transfer {
            if open.len() > 1 && self.dice.percent(50) {
                return self.together(&open);
            }
            if let [only] = open.as_slice()
                && self.dice.percent(8)
                && let Some(next) = self.next_round_of(*only)
            {
                return self.together(&[*only, next]);
            }
            for at in open {
                self.alone(at, codes)?;
            }
        } else if fate < self.profile.transfer + self.profile.cash {
            for at in open {
                self.in_notes(at)?;
            }
        }
        Ok(())
    }

    fn is_open(&self, at: usize, round: usize) -> bool {
        self.taken.get(at) == Some(&false)
            && self.invoices.get(at).is_some_and(|invoice| invoice.round == round)
    }

    fn next_round_of(&self, at: usize) -> Option<usize> {
        let this = self.invoices.get(at)?;
        let own = self.of_pupil.get(this.pupil)?;
        own.iter().copied().find(|other| self.is_open(*other, this.round + 1))
    }

    /// One transfer for several invoices of a family: all codes, or one code with the whole sum.
    fn together(&mut self, places: &[usize]) -> Result<(), DemoError> {
        let bills: Vec<Bill<'a>> = places.iter().filter_map(|at| self.bill(*at)).collect();
        for at in places {
            self.take(*at);
        }
        let Some(first) = bills.first() else { return Ok(()) };
        let amount = Vnd::checked_sum(bills.iter().map(|bill| bill.invoice.due))
            .ok_or(DemoError::AmountRange)?;
        let pays = bills.iter().map(|bill| share(bill.invoice, bill.invoice.due)).collect();
        let given = |bills: &[Bill<'_>]| {
            let mut names: Vec<String> = bills.iter().map(|bill| fold(&bill.pupil.given)).collect();
            names.dedup();
            names.join(" ")
        };
        let codes: Vec<&str> = bills.iter().map(|bill| bill.invoice.code.as_str()).collect();
        let text = match self.dice.below(10) {
            0..3 => codes.join(" "),
            3..5 => format!("{} {}", codes.join(" "), given(&bills)),
            5 => codes.join(", "),
            6 => format!("{} va {}", codes.join(" "), given(&bills)),
            7 => first.invoice.code.clone(),
            _ => format!("{} {}", first.invoice.code, given(&bills)),
        };
        let when = self.when()?;
        self.send(first.family, when, amount, &text, Meaning::Fees, pays);
        Ok(())
    }

    fn in_notes(&mut self, at: usize) -> Result<(), DemoError> {
        let Some(bill) = self.bill(at) else { return Ok(()) };
        self.take(at);
        let day = loop {
            let day = november(self.dice.between(FIRST_DAY, LAST_DAY))?;
            if !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                break day;
            }
        };
        self.cash.push(CashSpec {
            payment_code: bill.invoice.code.clone(),
            student_code: bill.pupil.code.clone(),
            amount: bill.invoice.due,
            day,
            payer: bill.family.guardian.clone(),
            voucher: format!("PT{:04}", self.cash.len() + 1),
        });
        Ok(())
    }

    fn when(&mut self) -> Result<(Day, NaiveTime), DemoError> {
        paying_hour(&mut self.dice, FIRST_DAY, LAST_DAY)
    }

    fn route<'p>(&self, payer: &'p Payer, (day, time): (Day, NaiveTime)) -> Route<'p>
    where
        'a: 'p,
    {
        Route { school: self.profile, payer, day, time }
    }

    /// Sends a memo by some bank; what arrives is wrapped in what banks add.
    fn send(
        &mut self,
        family: &'a Family,
        when: (Day, NaiveTime),
        amount: Vnd,
        memo: &str,
        meaning: Meaning,
        pays: Vec<TruthShare>,
    ) {
        let text = self.route(&family.payer, when).wrap(&mut self.dice, memo);
        self.push(&family.payer, when, amount, text, meaning, pays);
    }

    fn push(
        &mut self,
        payer: &Payer,
        (day, time): (Day, NaiveTime),
        amount: Vnd,
        remittance: String,
        meaning: Meaning,
        pays: Vec<TruthShare>,
    ) {
        self.movements.push(Movement {
            day,
            time,
            credit_debit: CreditDebit::Credit,
            amount,
            remittance,
            payer: Some(payer.clone()),
            reversal: false,
            shared_reference: None,
            meaning,
            pays,
        });
    }
}

fn share(invoice: &Invoice, amount: Vnd) -> TruthShare {
    TruthShare { payment_code: invoice.code.clone(), amount }
}

fn after(time: NaiveTime, seconds: i64) -> NaiveTime {
    time.overflowing_add_signed(chrono::TimeDelta::seconds(seconds)).0
}
