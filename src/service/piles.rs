//! The lines of a statement file by what became of them, or what would: new, known, no income, and
//! what the machine makes of the new ones.

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::{ImportId, PaymentId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::commit::{self, Committed};
use crate::service::plan::imports_named;
use crate::service::{ServiceError, statement_files};
use crate::store::piles::{self, PileLines, PileRow};
use crate::store::{Store, Tx};

/// A pile of lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pile {
    /// Money in that nothing had shown before.
    New,
    /// What was known: no mistake.
    Known,
    /// Money out, money that went back, money that is no fee.
    NotIncome,
    /// New, and settled by the machine.
    Settled,
    /// New, with proposals for a person.
    Proposed,
    /// New, and nothing speaks for it.
    Unmatched,
    /// New, or perhaps known under another reference.
    InDoubt,
    /// Not booked by the bank yet.
    NotBooked,
}

impl Pile {
    /// All of them, in the order pages show them.
    pub const ALL: [Pile; 8] = [
        Pile::New,
        Pile::Known,
        Pile::NotIncome,
        Pile::Settled,
        Pile::Proposed,
        Pile::Unmatched,
        Pile::InDoubt,
        Pile::NotBooked,
    ];

    /// Its name in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Pile::New => "new",
            Pile::Known => "known",
            Pile::NotIncome => "not-income",
            Pile::Settled => "settled",
            Pile::Proposed => "proposed",
            Pile::Unmatched => "unmatched",
            Pile::InDoubt => "doubt",
            Pile::NotBooked => "not-booked",
        }
    }

    /// The pile of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Pile> {
        Pile::ALL.into_iter().find(|pile| pile.as_str() == name)
    }

    /// How many lines of a file lie in it.
    #[must_use]
    pub const fn count(self, done: &Committed) -> u64 {
        match self {
            Pile::New => done.fresh_income(),
            Pile::Known => done.duplicates.saturating_add(done.witnesses),
            Pile::NotIncome => done.not_income.saturating_add(done.returned),
            Pile::Settled => done.settled,
            Pile::Proposed => done.proposed,
            Pile::Unmatched => done.unmatched,
            Pile::InDoubt => done.in_doubt,
            Pile::NotBooked => done.not_booked,
        }
    }

    /// Whether pages show it where it is empty too.
    #[must_use]
    pub const fn always(self) -> bool {
        !matches!(self, Pile::InDoubt | Pile::NotBooked)
    }

    const fn lines(self) -> PileLines {
        match self {
            Pile::New => PileLines::Fresh,
            Pile::Known => PileLines::Known,
            Pile::NotIncome => PileLines::NotIncome,
            Pile::Settled => PileLines::Decided("settled"),
            Pile::Proposed => PileLines::Decided("proposed"),
            Pile::Unmatched => PileLines::Decided("unmatched"),
            Pile::InDoubt => PileLines::InDoubt,
            Pile::NotBooked => PileLines::NotBooked,
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The bank's day.
    pub day: Day,
    /// Whether it is money in.
    pub is_credit: bool,
    /// How much.
    pub amount: Vnd,
    /// The transfer's text.
    pub text: String,
    /// The bank's reference.
    pub reference: String,
    /// Who paid.
    pub counterparty: String,
    /// The payment it shows, once the file is recorded.
    pub payment: Option<PaymentId>,
    /// What was decided about that; empty where nothing was.
    pub decision: String,
}

/// Where a page of lines begins, and how long it is.
#[derive(Clone, Copy, Debug)]
pub struct PageOf {
    /// After the line with this number.
    pub after: Option<i64>,
    /// How many lines at most.
    pub limit: u32,
}

/// Some lines of a file, and after which the next page begins.
pub type Lines = (Vec<Line>, Option<i64>);

/// What recording a plan would do now, with the lines of one pile as they would be; of a file too long
/// to be tried out no outcome is known, and its first lines are shown.
pub fn rehearsed(
    store: &Store,
    clock: &dyn Clock,
    (school, id): (SchoolId, ImportId),
    pile: Option<Pile>,
    page: PageOf,
) -> Result<(Option<Committed>, Lines), ServiceError> {
    if !statement_files::can_be_rehearsed(store, school, id)? {
        return Ok((None, of_file(store, (school, id), None, page)?));
    }
    let look = |tx: &mut Tx<'_>| {
        // No payment of a rehearsal is there to be looked at.
        let (mut lines, next) = read(tx, (school, id), pile, page)?;
        for line in &mut lines {
            line.payment = None;
        }
        Ok((lines, next))
    };
    let (done, lines) = commit::rehearse(store, clock, (school, id), look)?;
    Ok((Some(done), lines))
}

/// The lines of a file that lie in a pile now; all of them where none is named.
pub fn of_file(
    store: &Store,
    of: (SchoolId, ImportId),
    pile: Option<Pile>,
    page: PageOf,
) -> Result<Lines, ServiceError> {
    store.read(|tx| read(tx, of, pile, page))
}

fn read(
    tx: &mut Tx<'_>,
    (school, id): (SchoolId, ImportId),
    pile: Option<Pile>,
    page: PageOf,
) -> Result<Lines, ServiceError> {
    let mut imports: Vec<i64> = imports_named(tx, school, id)?.iter().map(|row| row.id).collect();
    imports.sort_unstable();
    let wanted = i64::from(page.limit).saturating_add(1);
    let mut rows: Vec<PileRow> = Vec::new();
    for import in imports {
        let left = wanted.saturating_sub(i64::try_from(rows.len()).unwrap_or(wanted));
        if left <= 0 {
            break;
        }
        let which = pile.map_or(PileLines::All, Pile::lines);
        rows.extend(piles::lines(tx, import, which, (page.after.unwrap_or(0), left))?);
    }
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().map(|row| row.id).filter(|_| more);
    Ok((rows.into_iter().map(line).collect(), next))
}

fn line(row: PileRow) -> Line {
    Line {
        day: row.booking_date,
        is_credit: row.credit_debit == "credit",
        amount: Vnd::new(row.amount_dong),
        text: row.remittance.unwrap_or_default(),
        reference: row.reference.unwrap_or_default(),
        counterparty: row.counterparty_name.unwrap_or_default(),
        payment: row.payment_id.map(PaymentId),
        decision: row.decision_kind.unwrap_or_default(),
    }
}
