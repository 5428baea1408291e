//! What exports are made of: dues, and the money that came for them.

use crate::domain::calendar::{Day, Period};
use crate::domain::cashless::FeeItem;
use crate::domain::id::FamilyId;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;

/// A student.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Student {
    /// The school's own code.
    pub code: String,
    /// The full name.
    pub name: String,
    /// The class.
    pub class: String,
    /// The family.
    pub family: FamilyId,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The invoice's payment code.
    pub invoice: String,
    /// The collection round's code.
    pub round: String,
    /// The collection round's name.
    pub round_name: String,
    /// What it is for.
    pub fee_item: FeeItem,
    /// Whose: a place in [`Books::students`].
    pub student: usize,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// What is waived of it.
    pub waived: Vnd,
    /// What is due.
    pub net: Vnd,
    /// The day the invoice was issued, in Vietnam.
    pub issued_on: Day,
    /// The last day to pay.
    pub due_on: Option<Day>,
    /// Whether the invoice was withdrawn.
    pub cancelled: bool,
}

/// A part of a receipt that pays a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// A place in [`Books::lines`].
    pub line: usize,
    /// How much, in đồng; more than nothing.
    pub amount: Vnd,
}

/// Money that came in and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The bank's day, or the day cash was taken.
    pub day: Day,
    /// The voucher's number or the bank's reference.
    pub document: Option<String>,
    /// Who paid, as far as it is known.
    pub payer: Option<String>,
    /// The bank account it arrived on; none for cash.
    pub account: Option<String>,
    /// By which way it came.
    pub channel: Channel,
    /// What pays lines.
    pub parts: Vec<Part>,
    /// What families keep as credit.
    pub credits: Vec<(FamilyId, Vnd)>,
    /// What was given back.
    pub refunded: Vnd,
    /// What is no fee.
    pub set_aside: Vnd,
    /// What nobody has decided about.
    pub unallocated: Vnd,
}

impl Receipt {
    /// How many families its parts reach.
    #[must_use]
    pub fn families(&self, books: &Books) -> u32 {
        let mut families: Vec<FamilyId> = self
            .parts
            .iter()
            .filter_map(|part| Some(books.student_of(books.lines.get(part.line)?)?.family))
            .collect();
        families.sort_unstable();
        families.dedup();
        u32::try_from(families.len()).unwrap_or(u32::MAX)
    }
}

/// Everything there is of a school up to the end of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Its students, by code.
    pub students: Vec<Student>,
    /// Every line of its invoices, by invoice.
    pub lines: Vec<Line>,
    /// Receipts up to the last day of the period, in canonical order.
    pub receipts: Vec<Receipt>,
}

/// What an export is limited to, besides its period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A class.
    pub class: Option<String>,
    /// A fee item's code.
    pub fee_item: Option<String>,
    /// A collection round's code.
    pub round: Option<String>,
    /// A student's code.
    pub student: Option<String>,
}

impl Filter {
    /// Whether it limits nothing.
    #[must_use]
    pub fn is_open(&self) -> bool {
        *self == Filter::default()
    }

    /// Whether it lets a line pass.
    #[must_use]
    pub fn fits(&self, books: &Books, line: &Line) -> bool {
        let asked = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        asked(&self.fee_item, &line.fee_item.code)
            && asked(&self.round, &line.round)
            && books.student_of(line).is_some_and(|student| self.fits_student(student))
    }

    /// Whether it lets what belongs to a student, but to no line, pass.
    #[must_use]
    pub fn fits_credit(&self, student: &Student) -> bool {
        self.fee_item.is_none() && self.round.is_none() && self.fits_student(student)
    }

    /// Whether it lets a student pass, whatever else it asks for.
    #[must_use]
    pub fn fits_student(&self, student: &Student) -> bool {
        self.class.as_ref().is_none_or(|class| *class == student.class)
            && self.student.as_ref().is_none_or(|code| *code == student.code)
    }
}

/// What came for a line until the end of a period.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paid {
    /// Before the period, in đồng.
    pub before: Vnd,
    /// Within it, over a bank account.
    pub by_bank: Vnd,
    /// Within it, in cash at the school.
    pub in_cash: Vnd,
    /// Within it, as the rate counts cashless money.
    pub cashless: Vnd,
}

impl Paid {
    /// All of it; `None` when it leaves the range of amounts.
    #[must_use]
    pub fn all(self) -> Option<Vnd> {
        self.before.checked_add(self.by_bank)?.checked_add(self.in_cash)
    }
}

impl Books {
    /// Whose line it is.
    #[must_use]
    pub fn student_of(&self, line: &Line) -> Option<&Student> {
        self.students.get(line.student)
    }

    /// The student under whom a family's credit is listed: its first by code.
    #[must_use]
    pub fn first_of(&self, family: FamilyId) -> Option<&Student> {
        self.students.iter().find(|student| student.family == family)
    }

    /// What came for each line; `None` when a sum leaves the range of amounts.
    #[must_use]
    pub fn paid(
        &self,
        period: Period,
        is_cashless: impl Fn(Channel, u32) -> bool,
    ) -> Option<Vec<Paid>> {
        let mut paid = vec![Paid::default(); self.lines.len()];
        for receipt in &self.receipts {
            let cashless = is_cashless(receipt.channel, receipt.families(self));
            for part in &receipt.parts {
                let Some(sums) = paid.get_mut(part.line) else { continue };
                let sum = if receipt.day < period.from() {
                    &mut sums.before
                } else if receipt.channel == Channel::CashAtSchool {
                    &mut sums.in_cash
                } else {
                    &mut sums.by_bank
                };
                *sum = sum.checked_add(part.amount)?;
                if cashless && receipt.day >= period.from() {
                    sums.cashless = sums.cashless.checked_add(part.amount)?;
                }
            }
        }
        Some(paid)
    }

    /// Whether a line belongs into an account of dues at the end of a period: issued by then, or paid
    /// by then although it was issued later; and not withdrawn.
    #[must_use]
    pub fn is_due(line: &Line, paid: Paid, period: Period) -> bool {
        !line.cancelled && (line.issued_on <= period.to() || paid != Paid::default())
    }
}
