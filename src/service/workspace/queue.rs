//! A page of the review queue. What an index finds comes first; then the payments are walked through
//! in their order, and no request looks at more than a fixed number of them: a page may end before it
//! is full and say how far back it has looked.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::filter::{Filter, Tab};
use super::rows::{self, Row, named};
use super::search::Wanted;
use crate::domain::calendar::{Day, parse_iso_day};
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::matching::decision::Decision;
use crate::domain::money::Vnd;
use crate::service::directory::account_number;
use crate::service::{ServiceError, Store};
use crate::store::payments::{self, PaymentRow, PaymentWithEntry};
use crate::store::queue::{self, Days, Place, Walk};
use crate::store::{Tx, decisions, directory, statements};

/// What one request may look at: a payment costs 1, one whose proposals are read [`READ_COST`].
const LOOK: i64 = 2_000;

/// What it costs to read what is proposed for a payment.
const READ_COST: i64 = 4;

/// The first batch of a walk; each further one is twice as large.
const BATCH: i64 = 120;

/// Counts stop here: a tab says `999+`.
const CAP: i64 = 1_000;

/// A page of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueuePage {
    /// The lines.
    pub rows: Vec<Row>,
    /// Where the next page begins; none at the end.
    pub next: Option<String>,
    /// The day back to which this request has looked, where the page ended for that reason: the
    /// next page looks further.
    #[schema(value_type = Option<String>, format = Date)]
    pub looked_back_to: Option<Day>,
    /// Whether more students fit the words than are looked up: more words narrow it.
    pub too_many_students: bool,
    /// How many lines each tab has, within the days asked for.
    pub counts: Vec<TabCount>,
}

/// How many lines a tab has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct TabCount {
    /// Which tab.
    pub tab: Tab,
    /// So many.
    pub count: i64,
    /// Whether there are more.
    pub more: bool,
    /// Their sum, where all of them were counted and it is known.
    pub sum: Option<Vnd>,
}

impl TabCount {
    fn capped(tab: Tab, count: i64, more: bool, sum: Option<i64>) -> TabCount {
        let more = more || count >= CAP;
        let count = count.min(CAP - 1);
        TabCount { tab, count, more, sum: sum.filter(|_| !more).map(Vnd::new) }
    }

    /// The count as a tab shows it: `37`, or `999+`.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}{}", self.count, if self.more { "+" } else { "" })
    }
}

/// A page of a school's queue: the surest first where there are proposals, else the newest day first.
pub fn page(
    store: &Store,
    school: SchoolId,
    filter: &Filter,
    (cursor, limit): (Option<&str>, u32),
    lang: Lang,
) -> Result<QueuePage, ServiceError> {
    let cursor = cursor.and_then(Cursor::decode);
    let limit = usize::try_from(limit.clamp(1, 200)).unwrap_or(200);
    store.read(|tx| {
        let wanted = Search::of(tx, school.0, filter)?;
        let found = wanted.page(tx, cursor, limit)?;
        let ids: Vec<i64> = found.rows.iter().filter_map(|row| row.entry_id).collect();
        let mut entries: HashMap<i64, statements::EntryRow> =
            statements::entries_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let with_entries: Vec<PaymentWithEntry> = found
            .rows
            .into_iter()
            .map(|row| {
                let entry = row.entry_id.and_then(|id| entries.remove(&id));
                (row, entry)
            })
            .collect();
        Ok(QueuePage {
            rows: rows::rows(tx, with_entries, lang)?,
            next: found.next.map(|cursor| cursor.encode()),
            looked_back_to: found.looked_back_to,
            too_many_students: wanted.text.as_ref().is_some_and(|text| text.narrow),
            counts: counts(tx, school.0, (filter.from, filter.to))?,
        })
    })
}

/// How many lines each tab of a school has, in the order of the tabs.
pub(super) fn counts(
    tx: &mut Tx<'_>,
    school: i64,
    days: Days,
) -> Result<Vec<TabCount>, ServiceError> {
    let newest = queue::count_newest(tx, school, days, LOOK)?;
    let beyond = newest.looked >= LOOK;
    let mut counts = Vec::with_capacity(Tab::EVERY.len());
    for tab in Tab::EVERY {
        counts.push(match walk_of(tab) {
            Walk::Days if tab == Tab::Settled => {
                TabCount::capped(tab, newest.settled, beyond, None)
            }
            Walk::Days => TabCount::capped(tab, newest.money_in, beyond, None),
            walk => {
                let row = queue::count(tx, school, (walk, days), CAP)?;
                TabCount::capped(tab, row.count, false, row.dong)
            }
        });
    }
    Ok(counts)
}

const fn walk_of(tab: Tab) -> Walk {
    match tab {
        Tab::All | Tab::Settled => Walk::Days,
        Tab::Proposed => Walk::Proposed,
        Tab::Unmatched => Walk::Kind("unmatched"),
        Tab::Partial => Walk::InPart,
        Tab::Over => Walk::WithCredit,
        Tab::SetAside => Walk::Kind("not_income"),
        Tab::Returned => Walk::Kind("returned"),
    }
}

/// Where a page begins: among what an index found, or on the walk behind that.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    walking: bool,
    place: Place,
}

impl Cursor {
    fn encode(&self) -> String {
        let stage = if self.walking { 'w' } else { 'f' };
        match &self.place {
            Place::Sure(confidence, dong, id) => format!("{stage}.s.{confidence}.{dong}.{id}"),
            Place::Day(day, key, id) => format!("{stage}.d.{day}.{id}.{key}"),
        }
    }

    fn decode(text: &str) -> Option<Cursor> {
        let mut parts = text.splitn(5, '.');
        let walking = parts.next()? == "w";
        let place = match parts.next()? {
            "s" => Place::Sure(
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
                parts.next()?.parse().ok()?,
            ),
            "d" => {
                let day = parse_iso_day(parts.next()?)?;
                let id = parts.next()?.parse().ok()?;
                Place::Day(day, parts.next()?.to_owned(), id)
            }
            _ => return None,
        };
        Some(Cursor { walking, place })
    }
}

/// What is looked for, ready to be looked for.
struct Search<'a> {
    school: i64,
    filter: &'a Filter,
    account: Option<i64>,
    text: Option<Wanted>,
    class: Option<Wanted>,
}

/// What was found.
struct Found {
    rows: Vec<PaymentRow>,
    next: Option<Cursor>,
    looked_back_to: Option<Day>,
}

impl<'a> Search<'a> {
    fn of(tx: &mut Tx<'_>, school: i64, filter: &'a Filter) -> Result<Search<'a>, ServiceError> {
        let account = match &filter.account {
            None => None,
            Some(number) => {
                let number = account_number(number);
                let accounts = directory::bank_accounts_of(tx, school)?;
                let known = accounts.into_iter().find(|account| account.number == number);
                // An account that is not there has no lines.
                Some(known.map_or(0, |account| account.id))
            }
        };
        let text = match &filter.text {
            Some(text) => Wanted::typed(tx, school, text)?,
            None => None,
        };
        let class = match &filter.class {
            Some(class) => Some(Wanted::class(tx, school, class)?),
            None => None,
        };
        Ok(Search { school, filter, account, text, class })
    }

    fn page(
        &self,
        tx: &mut Tx<'_>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, ServiceError> {
        let mut found: Vec<(Cursor, PaymentRow)> = Vec::new();
        let indexed = self.indexed(tx)?;
        let known: HashSet<i64> = indexed.iter().map(|row| row.id).collect();
        let walking = cursor.as_ref().is_some_and(|cursor| cursor.walking);
        if !walking {
            for row in indexed {
                let place = self.place(&row, false);
                let shown = cursor.as_ref().is_some_and(|cursor| !is_behind(&place, &cursor.place));
                if !shown {
                    found.push((Cursor { walking: false, place }, row));
                }
            }
        }
        let mut stopped_at = None;
        if found.len() <= limit
            && let Some(walk) = self.walk()
        {
            let after = cursor.filter(|_| walking).map(|cursor| cursor.place);
            stopped_at = self.walk_on(tx, walk, after, limit, (&known, &mut found))?;
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let (next, looked_back_to) = match (more, stopped_at) {
            (true, _) => (found.last().map(|(cursor, _)| cursor.clone()), None),
            (false, Some((place, day))) => (Some(Cursor { walking: true, place }), Some(day)),
            (false, None) => (None, None),
        };
        Ok(Found { rows: found.into_iter().map(|(_, row)| row).collect(), next, looked_back_to })
    }

    /// How to walk on behind what an index found; `None` where nothing else can fit.
    fn walk(&self) -> Option<Walk> {
        match (&self.text, &self.class, self.filter.tab) {
            // Money that is used for a class is found by its index; what is proposed is not.
            (None, Some(_), Tab::All | Tab::Proposed) => Some(Walk::Proposed),
            (None, Some(_), _) => None,
            (_, _, tab) => Some(walk_of(tab)),
        }
    }

    /// What an index finds, in the order of the tab.
    fn indexed(&self, tx: &mut Tx<'_>) -> Result<Vec<PaymentRow>, ServiceError> {
        let Some(wanted) = self.text.as_ref().or(self.class.as_ref()) else {
            return Ok(Vec::new());
        };
        let ids: Vec<i64> = wanted.payments.iter().copied().collect();
        let mut rows = payments::payments_by_id(tx, &ids)?;
        rows.retain(|row| row.school_id == self.school);
        let fits = self.fitting(tx, &rows)?;
        rows.retain(|row| fits.contains(&row.id));
        if self.filter.tab == Tab::Proposed {
            rows.sort_by_key(|row| std::cmp::Reverse((row.confidence, row.amount_dong, row.id)));
        } else {
            rows.sort_by(|a, b| {
                let key = |row: &PaymentRow| (row.booking_date, row.order_key.clone(), row.id);
                key(b).cmp(&key(a))
            });
        }
        Ok(rows)
    }

    /// Walks on until the page is full, the end is reached or enough was looked at; then where it
    /// stopped.
    fn walk_on(
        &self,
        tx: &mut Tx<'_>,
        walk: Walk,
        mut after: Option<Place>,
        limit: usize,
        (known, found): (&HashSet<i64>, &mut Vec<(Cursor, PaymentRow)>),
    ) -> Result<Option<(Place, Day)>, ServiceError> {
        let days = (self.filter.from, self.filter.to);
        let sure = walk == Walk::Proposed;
        let mut left = LOOK;
        let mut batch = BATCH.max(i64::try_from(limit).unwrap_or(BATCH).saturating_add(1));
        let mut last = None;
        while left > 0 {
            let most = if self.may_read() { (left / READ_COST).max(1) } else { left };
            let asked = batch.min(most);
            let rows = queue::walk(tx, self.school, (walk, days), after.as_ref(), asked)?;
            let end = i64::try_from(rows.len()).unwrap_or(asked) < asked;
            let fits = self.fitting(tx, &rows)?;
            for row in rows {
                left -= self.cost(&row);
                let place = self.place(&row, sure);
                last = Some((place.clone(), row.booking_date));
                after = Some(place.clone());
                if fits.contains(&row.id) && !known.contains(&row.id) {
                    found.push((Cursor { walking: true, place }, row));
                    if found.len() > limit {
                        return Ok(None);
                    }
                }
            }
            if end {
                return Ok(None);
            }
            batch = batch.saturating_mul(2);
        }
        Ok(last)
    }

    /// Whether what is proposed for a payment has to be read.
    fn reads(&self, row: &PaymentRow) -> bool {
        let asked = [&self.text, &self.class];
        row.decision_kind == "proposed"
            && asked
                .into_iter()
                .flatten()
                .any(|wanted| !wanted.invoices.is_empty() && !wanted.payments.contains(&row.id))
    }

    /// Whether what is proposed for any payment of the tab has to be read.
    fn may_read(&self) -> bool {
        let asked = [&self.text, &self.class];
        matches!(self.filter.tab, Tab::All | Tab::Proposed)
            && asked.into_iter().flatten().any(|wanted| !wanted.invoices.is_empty())
    }

    fn cost(&self, row: &PaymentRow) -> i64 {
        if self.reads(row) { READ_COST } else { 1 }
    }

    /// Where a payment stands in the order of a walk.
    fn place(&self, row: &PaymentRow, sure: bool) -> Place {
        if sure || self.filter.tab == Tab::Proposed {
            Place::Sure(row.confidence, row.amount_dong, row.id)
        } else {
            Place::Day(row.booking_date, row.order_key.clone(), row.id)
        }
    }

    /// Which of some payments are asked for.
    fn fitting(&self, tx: &mut Tx<'_>, rows: &[PaymentRow]) -> Result<HashSet<i64>, ServiceError> {
        let stands: Vec<&PaymentRow> = rows.iter().filter(|row| self.stands(row)).collect();
        let mut fits: HashSet<i64> = stands.iter().map(|row| row.id).collect();
        if let Some(rule) = &self.filter.rule {
            let ids: Vec<i64> = stands.iter().filter_map(|row| row.decision_id).collect();
            let rules = queue::rules_of(tx, &ids)?;
            for row in &stands {
                let known = row.decision_id.and_then(|id| rules.get(&id));
                let name = known.and_then(|rule| rule.split('/').next());
                if name != rule.split('/').next() {
                    fits.remove(&row.id);
                }
            }
        }
        if self.text.is_none() && self.class.is_none() {
            return Ok(fits);
        }
        let read: Vec<i64> = stands
            .iter()
            .filter(|row| fits.contains(&row.id) && self.reads(row))
            .filter_map(|row| row.decision_id)
            .collect();
        let mut proposed: HashMap<i64, Vec<i64>> = HashMap::with_capacity(read.len());
        for row in decisions::decisions_by_id(tx, &read)? {
            if let Ok(decision) = serde_json::from_str::<Decision>(&row.body) {
                proposed.insert(row.payment_id, named(&decision).collect());
            }
        }
        let has_words = self.text.as_ref().is_some_and(Wanted::has_words);
        let entries: Vec<i64> =
            stands.iter().filter(|_| has_words).filter_map(|row| row.entry_id).collect();
        let texts = queue::words_of(tx, &entries)?;
        for row in stands {
            let invoices = proposed.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let text = row.entry_id.and_then(|id| texts.get(&id));
            let asked = [&self.text, &self.class];
            let fit = asked
                .into_iter()
                .flatten()
                .all(|wanted| wanted.fits(row.id, row.amount_dong, text, invoices));
            if !fit {
                fits.remove(&row.id);
            }
        }
        Ok(fits)
    }

    /// Whether a payment stands where it is asked for: what its row alone tells.
    fn stands(&self, row: &PaymentRow) -> bool {
        let tab = self.filter.tab;
        !row.voided
            && row.credit_debit == "credit"
            && row.entry_id.is_some()
            && (tab == Tab::All || Tab::of(row) == tab)
            && self.account.is_none_or(|account| row.bank_account_id == Some(account))
            && self.filter.from.is_none_or(|from| row.booking_date >= from)
            && self.filter.to.is_none_or(|to| row.booking_date <= to)
    }
}

/// Whether a place comes behind another one, in an order that begins with the largest.
fn is_behind(place: &Place, other: &Place) -> bool {
    std::mem::discriminant(place) != std::mem::discriminant(other) || place < other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_from_its_text() {
        let day = parse_iso_day("2026-11-05").unwrap();
        for place in [Place::Sure(84, 1_250_000, 77), Place::Day(day, "a.b c.".to_owned(), 9)] {
            for walking in [false, true] {
                let cursor = Cursor { walking, place: place.clone() };
                assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
            }
        }
        for text in ["", "w", "w.s.1.2", "w.d.2026-13-01.1.x", "w.x.1.2.3"] {
            assert_eq!(Cursor::decode(text), None, "{text:?}");
        }
    }
}
