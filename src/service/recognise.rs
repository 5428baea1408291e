//! Which payments some of the bank's lines show: what files show around some days is gathered,
//! recognised as a whole, and the books are made to say so. Taking in a file, taking one back and a
//! person's ruling are the same work, with other lines changed.

pub(crate) mod announced;
mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{NaiveDate, TimeDelta};

use crate::domain::identity::{
    Fingerprint, Key, LONGEST_DELAY_DAYS, LineId, Lines, Ruling, Seen, Span, reach,
};
use crate::service::ServiceError;
use crate::service::entry::{Accounts, entry_of, key_of};
use crate::store::evidence::{self, EvidenceRow};
use crate::store::rulings::{self, RulingRow};
use crate::store::statements::{self, EntryRow, ImportRow, StatementRow};
use crate::store::{StoreError, Tx};

pub(crate) use record::{Recorded, Recorder};

/// Days around a file in which another file may show the same money: the holidays of Tết, and a
/// little more.
const WINDOW_DAYS: i64 = 15;

/// Days of accounts: first and last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window(BTreeMap<i64, Vec<(NaiveDate, NaiveDate)>>);

impl Window {
    /// The days of an import's statements.
    pub fn of(statements: &[StatementRow]) -> Window {
        let mut window = Window::default();
        for statement in statements {
            if let (Some(first), Some(last)) = (statement.first_on, statement.last_on) {
                window.add(statement.bank_account_id, first, last);
            }
        }
        window
    }

    /// Adds days of an account.
    pub fn add(&mut self, account: i64, from: NaiveDate, to: NaiveDate) {
        self.0.entry(account).or_default().push((from, to));
    }

    /// Whether there are no days.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// From the first to the last day of each account.
    pub fn hulls(&self) -> impl Iterator<Item = (i64, NaiveDate, NaiveDate)> + '_ {
        self.0.iter().filter_map(|(account, ranges)| {
            let first = ranges.iter().map(|(from, _)| *from).min()?;
            let last = ranges.iter().map(|(_, to)| *to).max()?;
            Some((*account, first, last))
        })
    }

    /// The same with the days around in which the same money may be shown.
    #[must_use]
    pub fn widened(&self) -> Window {
        let margin = TimeDelta::days(WINDOW_DAYS);
        let mut wide = Window::default();
        for (account, from, to) in self.ranges() {
            let from = from.checked_sub_signed(margin).unwrap_or(from);
            wide.add(account, from, to.checked_add_signed(margin).unwrap_or(to));
        }
        wide
    }

    /// Whether a day of an account is among them.
    pub fn holds(&self, account: i64, day: NaiveDate) -> bool {
        let ranges = self.0.get(&account).map(Vec::as_slice).unwrap_or_default();
        ranges.iter().any(|(from, to)| (*from..=*to).contains(&day))
    }

    /// The days as ranges that do not overlap.
    fn ranges(&self) -> Vec<(i64, NaiveDate, NaiveDate)> {
        let mut apart: Vec<(i64, NaiveDate, NaiveDate)> = Vec::new();
        for (account, ranges) in &self.0 {
            let mut ranges = ranges.clone();
            ranges.sort_unstable();
            for (from, to) in ranges {
                match apart.last_mut() {
                    Some((known, _, last)) if known == account && from <= *last => {
                        *last = to.max(*last);
                    }
                    _ => apart.push((*account, from, to)),
                }
            }
        }
        apart
    }
}

/// Rulings of a school, newest first.
pub(crate) struct Rulings {
    rows: Vec<RulingRow>,
    said: Vec<Ruling>,
}

impl Rulings {
    pub fn load(tx: &mut Tx<'_>, school: i64) -> Result<Rulings, ServiceError> {
        let rows = rulings::rulings_of(tx, school)?;
        let said = rows.iter().map(ruling).collect::<Result<_, StoreError>>()?;
        Ok(Rulings { rows, said })
    }

    pub fn said(&self) -> &[Ruling] {
        &self.said
    }

    /// Whether a person spoke of a line of these days.
    pub fn touch(&self, window: &Window) -> bool {
        self.rows.iter().any(|row| {
            window.holds(row.bank_account_id, row.one_booked_on)
                || window.holds(row.bank_account_id, row.other_booked_on)
        })
    }

    /// Adds the days around both lines of every ruling that has one of them within the window.
    fn widen(&self, window: &mut Window) {
        let mut waiting: Vec<&RulingRow> = self.rows.iter().collect();
        loop {
            let (near, far): (Vec<&RulingRow>, Vec<&RulingRow>) =
                waiting.into_iter().partition(|row| {
                    window.holds(row.bank_account_id, row.one_booked_on)
                        || window.holds(row.bank_account_id, row.other_booked_on)
                });
            if near.is_empty() {
                return;
            }
            for row in near {
                let mut lines = Window::default();
                lines.add(row.bank_account_id, row.one_booked_on, row.one_booked_on);
                lines.add(row.bank_account_id, row.other_booked_on, row.other_booked_on);
                for (account, from, to) in lines.widened().ranges() {
                    window.add(account, from, to);
                }
            }
            waiting = far;
        }
    }
}

fn ruling(row: &RulingRow) -> Result<Ruling, StoreError> {
    let line = |source: &str, own: &str, ordinal: i64| {
        Ok::<_, StoreError>(LineId {
            source: source.to_owned(),
            own: own.parse::<Key>().map_err(|error| {
                StoreError::Corrupt(format!("key of ruling {}: {error}", row.id))
            })?,
            ordinal: ordinal_of(ordinal),
        })
    };
    Ok(Ruling {
        one: line(&row.one_source, &row.one_own_key, row.one_own_ordinal)?,
        other: line(&row.other_source, &row.other_own_key, row.other_own_ordinal)?,
        same: row.kind == "same",
    })
}

/// An entry that shows a line.
#[derive(Clone, Debug)]
struct Sight {
    entry: i64,
    import: i64,
    line: usize,
    /// What the books say of it; nothing of an entry that is being taken in.
    held: Option<Held>,
}

/// A piece of evidence.
#[derive(Clone, Debug)]
struct Held {
    id: i64,
    payment: i64,
    kind: String,
}

/// What files show on some days.
pub(crate) struct Scene {
    lines: Lines,
    sights: Vec<Sight>,
    statements: BTreeSet<i64>,
}

impl Scene {
    /// Everything the books know of these days: of payments of some amounts, or of all.
    fn load(
        tx: &mut Tx<'_>,
        accounts: &Accounts,
        window: &Window,
        amounts: Option<&[i64]>,
    ) -> Result<Scene, ServiceError> {
        let mut scene =
            Scene { lines: Lines::new(), sights: Vec::new(), statements: BTreeSet::new() };
        for (account, from, to) in window.ranges() {
            for (evidence, entry) in evidence::sightings(tx, account, (from, to), amounts)? {
                scene.add(accounts, &entry, &evidence.source, Some(&evidence))?;
            }
        }
        Ok(scene)
    }

    /// Adds an entry.
    fn add(
        &mut self,
        accounts: &Accounts,
        row: &EntryRow,
        source: &str,
        evidence: Option<&EvidenceRow>,
    ) -> Result<(), ServiceError> {
        let account = key_of(accounts, row.bank_account_id);
        let seen =
            Seen { file: row.import_id, statement: row.statement_id, position: row.position };
        let print = Fingerprint::of(account, &entry_of(row)?);
        let line = self.lines.see(source, ordinal_of(row.own_ordinal), print, seen);
        self.statements.insert(row.statement_id);
        self.sights.push(Sight {
            entry: row.id,
            import: row.import_id,
            line,
            held: evidence.map(|row| Held {
                id: row.id,
                payment: row.payment_id,
                kind: row.kind.clone(),
            }),
        });
        Ok(())
    }

    /// Adds the booked entries of an import on some days, or all.
    fn take_in(
        &mut self,
        tx: &mut Tx<'_>,
        accounts: &Accounts,
        import: &ImportRow,
        days: Option<&Window>,
    ) -> Result<(), ServiceError> {
        let Some(days) = days else {
            return statements::each_page(tx, import.id, |_, page| {
                page.iter()
                    .filter(|row| row.status == "booked")
                    .try_for_each(|row| self.add(accounts, row, &import.source, None))
            });
        };
        for (account, from, to) in days.ranges() {
            for row in statements::booked_between(tx, import.id, from, to)? {
                if row.bank_account_id == account {
                    self.add(accounts, &row, &import.source, None)?;
                }
            }
        }
        Ok(())
    }

    fn cover(&mut self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        let ids: Vec<i64> = self.statements.iter().copied().collect();
        for row in statements::statements_by_id(tx, &ids)? {
            if let Some(span) = span_of(&row) {
                self.lines.cover(row.id, span);
            }
        }
        Ok(())
    }

    /// Whether a line of these may depend on one beyond the window.
    fn reaches_beyond(&self, among: &[usize], window: &Window) -> bool {
        let margin = TimeDelta::days(LONGEST_DELAY_DAYS);
        let edges: Vec<NaiveDate> =
            window.ranges().into_iter().flat_map(|(_, from, to)| [from, to]).collect();
        let days: BTreeSet<NaiveDate> = among
            .iter()
            .filter_map(|line| self.lines.get(*line))
            .filter(|line| line.print.reference.is_some() || line.print.words.is_some())
            .map(|line| line.print.day)
            .collect();
        days.iter().any(|day| edges.iter().any(|edge| (*edge - *day).abs() < margin))
    }
}

/// What a statement covers, where it states both balances.
pub(crate) fn span_of(row: &StatementRow) -> Option<Span> {
    Some(Span {
        first: row.first_on?,
        last: row.last_on?,
        opening: row.opening_dong?.into(),
        closing: row.closing_dong?.into(),
    })
}

pub(crate) fn ordinal_of(ordinal: i64) -> u32 {
    u32::try_from(ordinal).unwrap_or(u32::MAX)
}

/// Which lines are being taken in, taken back or spoken of.
pub(crate) enum Changed<'a> {
    /// Booked entries of an import that show nothing yet: those of some days, or all.
    TakenIn(&'a ImportRow, Option<&'a Window>),
    /// What this import shows.
    TakenBack(i64),
    /// Two entries that a person spoke of.
    Ruled([i64; 2]),
    /// Entries of notifications that show nothing yet, of imports of one source each.
    Announced(&'a [(ImportRow, EntryRow)]),
}

/// Gathers everything on which the recognition of changed lines depends. Where only one source has
/// anything to say on these days (`alone`), lines depend on those of their own day only.
pub(crate) fn gather(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    rulings: &Rulings,
    (mut window, alone): (Window, bool),
    changed: &Changed<'_>,
) -> Result<(Scene, Vec<usize>), ServiceError> {
    // A line only ever depends on lines of its own amount.
    let amounts: Option<Vec<i64>> = match changed {
        Changed::Announced(announced) => {
            let all: BTreeSet<i64> = announced.iter().map(|(_, row)| row.amount_dong).collect();
            Some(all.into_iter().collect())
        }
        _ => None,
    };
    loop {
        rulings.widen(&mut window);
        let mut scene = Scene::load(tx, accounts, &window, amounts.as_deref())?;
        match changed {
            Changed::TakenIn(import, days) => scene.take_in(tx, accounts, import, *days)?,
            Changed::Announced(announced) => {
                for (import, row) in *announced {
                    scene.add(accounts, row, &import.source, None)?;
                }
            }
            Changed::TakenBack(_) | Changed::Ruled(_) => {}
        }
        let from: BTreeSet<usize> = scene
            .sights
            .iter()
            .filter(|sight| match changed {
                Changed::TakenIn(..) | Changed::Announced(_) => sight.held.is_none(),
                Changed::TakenBack(import) => sight.import == *import,
                Changed::Ruled(entries) => entries.contains(&sight.entry),
            })
            .map(|sight| sight.line)
            .collect();
        let among = reach(&scene.lines, from, rulings.said());
        if !alone && scene.reaches_beyond(&among, &window) {
            window = window.widened();
            continue;
        }
        scene.cover(tx)?;
        if let Changed::TakenBack(import) = changed {
            scene.lines.forget(*import);
            scene.sights.retain(|sight| sight.import != *import);
        }
        return Ok((scene, among));
    }
}

/// The sights of each line.
fn by_line(sights: &[Sight]) -> HashMap<usize, Vec<&Sight>> {
    let mut by_line: HashMap<usize, Vec<&Sight>> = HashMap::new();
    for sight in sights {
        by_line.entry(sight.line).or_default().push(sight);
    }
    by_line
}
