//! Makes the books say what was recognised: payments come, go and change hands, and only what
//! differs is written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;

use super::announced::ANNOUNCED;
use super::{Scene, Sight, by_line};
use crate::domain::identity::{Doubt, Lines, Recognised, Ruling, recognise};
use crate::service::commit::{new_payment, order_key, richness, speak_through};
use crate::service::entry::Accounts;
use crate::service::ledger::{self, Answer, By};
use crate::service::returns::first_held_back;
use crate::service::{MACHINE, ServiceError};
use crate::store::Tx;
use crate::store::evidence::{self, EvidenceRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::rulings::{self, DoubtRow};
use crate::store::statements::{self, EntryRow};

/// Payments handled in one go.
const BATCH: usize = 2_000;

/// What recording changed.
#[derive(Debug, Default)]
pub(crate) struct Recorded {
    /// The entries being taken in that were recorded; the others show payments of their own.
    pub entries: HashSet<i64>,
    /// New payments that entries being taken in show.
    pub payments: u64,
    /// Entries being taken in that show a payment for the first time from their source.
    pub witnesses: u64,
    /// Entries being taken in that their source has shown before.
    pub duplicates: u64,
    /// New payments that may be others.
    pub in_doubt: u64,
    /// Payments that turned out to be others, which stay.
    pub merged: Vec<i64>,
    /// The payments that hold, of those that were looked at.
    pub standing: HashSet<i64>,
    /// The amounts of money out that went or reads differently now.
    pub out: BTreeSet<i64>,
    /// The first day of a payment that came, went or reads differently now.
    pub first_day: Option<NaiveDate>,
}

impl Recorded {
    fn touch(&mut self, day: NaiveDate) {
        self.first_day = Some(self.first_day.map_or(day, |first| first.min(day)));
    }

    fn changed(&mut self, row: &PaymentRow) {
        self.touch(row.booking_date);
        if row.credit_debit == "debit" {
            self.out.insert(row.amount_dong);
        }
    }
}

/// A payment as it was recognised.
#[derive(Debug, Default)]
struct Group<'a> {
    sights: Vec<&'a Sight>,
    /// The payment of the books that it is.
    stored: Option<i64>,
    in_doubt: bool,
    /// Whether it is in doubt, or another one may be it.
    spoken_of: bool,
    /// The day of a payment that was announced: the bank's, where a statement shows it too. Without
    /// an announcement it is the day of the entry that speaks for it.
    day: Option<NaiveDate>,
}

/// The day of a payment that some lines announce.
fn day_of_announced(lines: &Lines, shown: &[usize]) -> Option<NaiveDate> {
    let day = |line: &usize| lines.get(*line).map(|line| line.print.day);
    let (announced, booked): (Vec<usize>, Vec<usize>) =
        shown.iter().partition(|line| lines.is_announced(**line));
    let first = announced.iter().filter_map(day).min()?;
    Some(booked.iter().filter_map(day).min().unwrap_or(first))
}

/// Writes on behalf of a school, whose row the caller has locked.
pub(crate) struct Recorder<'a> {
    pub school: i64,
    pub accounts: &'a Accounts,
    pub rulings: &'a [Ruling],
    pub by: By<'a>,
}

impl Recorder<'_> {
    /// Recognises the lines `among` those of a scene and records what they show. Evidence that an
    /// import had given must be withdrawn before.
    pub fn run(
        &self,
        tx: &mut Tx<'_>,
        scene: &Scene,
        among: &[usize],
    ) -> Result<Recorded, ServiceError> {
        let found = recognise(&scene.lines, among.iter().copied(), self.rulings);
        let by_line = by_line(&scene.sights);
        let mut groups: Vec<Group<'_>> = found
            .payments
            .iter()
            .map(|lines| Group {
                sights: lines
                    .iter()
                    .filter_map(|line| by_line.get(line))
                    .flatten()
                    .copied()
                    .collect(),
                day: day_of_announced(&scene.lines, lines),
                ..Group::default()
            })
            .collect();
        for doubt in &found.doubts {
            for (place, in_doubt) in [(doubt.payment, true), (doubt.like, false)] {
                if let Some(group) = groups.get_mut(place) {
                    group.in_doubt |= in_doubt;
                    group.spoken_of = true;
                }
            }
        }
        let stored = stored_payments(tx, &groups)?;
        let mut recorded = Recorded::default();
        let gone = claim(&mut groups, &stored);
        self.give_up(tx, &gone, &stored, &mut recorded)?;
        let mut payment_of: Vec<Option<i64>> = Vec::with_capacity(groups.len());
        for batch in groups.chunks(BATCH) {
            payment_of.extend(self.record(tx, batch, (&scene.lines, &stored), &mut recorded)?);
        }
        self.doubts(tx, &found, (&by_line, &payment_of), &stored, &mut recorded)?;
        recorded.merged = gone.into_keys().collect();
        recorded.standing = payment_of.into_iter().flatten().collect();
        if let Some(day) = first_held_back(tx, self.school, &recorded.out)? {
            recorded.touch(day);
        }
        Ok(recorded)
    }

    /// Payments that turned out to be others: whatever they were used for is taken back.
    fn give_up(
        &self,
        tx: &mut Tx<'_>,
        gone: &BTreeMap<i64, i64>,
        stored: &HashMap<i64, PaymentRow>,
        recorded: &mut Recorded,
    ) -> Result<(), ServiceError> {
        let mut answers = Vec::with_capacity(gone.len());
        for (id, kept) in gone {
            let Some(row) = stored.get(id) else { continue };
            recorded.changed(row);
            answers.push(Answer {
                payment: *id,
                fresh: row.decision_id.is_none(),
                kind: "unmatched",
                rule: "same-payment/1".to_owned(),
                body: serde_json::json!({ "uses": [], "same_as": kept }).to_string(),
                uses: Vec::new(),
                channel: None,
                confidence: 0,
                note: None,
            });
        }
        ledger::write_answers(tx, self.school, &answers, self.by)?;
        let gone: Vec<i64> = gone.keys().copied().collect();
        payments::void_payments(tx, &gone)?;
        Ok(())
    }

    /// Records some groups; the payment of each, or nothing for an entry being taken in that shows a
    /// payment of its own and stands without doubt: the caller records it with its like.
    fn record(
        &self,
        tx: &mut Tx<'_>,
        groups: &[Group<'_>],
        (lines, stored): (&Lines, &HashMap<i64, PaymentRow>),
        recorded: &mut Recorded,
    ) -> Result<Vec<Option<i64>>, ServiceError> {
        let changed = |group: &Group<'_>| !is_plain(group) && differs(group, (lines, stored));
        let wanted: Vec<i64> = groups
            .iter()
            .filter(|group| changed(group))
            .flat_map(|group| group.sights.iter().map(|sight| sight.entry))
            .collect();
        let entries: HashMap<i64, EntryRow> =
            statements::entries_by_id(tx, &wanted)?.into_iter().map(|row| (row.id, row)).collect();
        tx.reserve_ids(u64::try_from(wanted.len() * 2).unwrap_or(u64::MAX))?;
        let mut new_payments = Vec::new();
        let mut new_evidence = Vec::new();
        let mut moved = Vec::new();
        let mut payment_of = Vec::with_capacity(groups.len());
        for group in groups {
            if is_plain(group) {
                payment_of.push(None);
                continue;
            }
            if !changed(group) {
                payment_of.push(group.stored);
                continue;
            }
            let best = best_entry(group, &entries);
            let payment = match (group.stored.and_then(|id| stored.get(&id)), best) {
                (Some(row), Some(best)) => {
                    let current = row.entry_id.and_then(|id| entries.get(&id));
                    let richer = current.is_none_or(|one| richness(one) < richness(best));
                    let speaker = if richer { Some(best) } else { current };
                    if let Some(speaker) = speaker
                        && let day = group.day.unwrap_or(speaker.booking_date)
                        && (richer
                            || row.booking_date != day
                            || row.order_key != order_key(speaker, group.in_doubt))
                    {
                        let spoken = (speaker, day, self.by.at);
                        let day = speak_through(tx, row, spoken, self.accounts, group.in_doubt)?;
                        recorded.touch(day);
                        recorded.changed(row);
                    }
                    row.id
                }
                (None, Some(best)) => {
                    let mut row = new_payment(tx, best, self.accounts, group.in_doubt)?;
                    row.booking_date = group.day.unwrap_or(row.booking_date);
                    let id = row.id;
                    recorded.touch(row.booking_date);
                    new_payments.push(row);
                    id
                }
                (_, None) => {
                    payment_of.push(group.stored);
                    continue;
                }
            };
            payment_of.push(Some(payment));
            let filed = self.file(tx, group, (payment, lines), &entries, recorded)?;
            new_evidence.extend(filed.new);
            moved.extend(filed.moved);
        }
        payments::insert_payments(tx, &new_payments)?;
        // A row that gives up being a line's first sighting goes before the one that becomes it.
        moved.sort_by_key(|(_, _, kind)| *kind != "duplicate");
        for (id, payment, kind) in moved {
            evidence::set(tx, id, payment, kind)?;
        }
        evidence::insert(tx, &new_evidence)?;
        Ok(payment_of)
    }

    /// Says of every entry of a group which payment it shows, and as what.
    fn file(
        &self,
        tx: &mut Tx<'_>,
        group: &Group<'_>,
        (payment, lines): (i64, &Lines),
        entries: &HashMap<i64, EntryRow>,
        recorded: &mut Recorded,
    ) -> Result<Filed, ServiceError> {
        let mut filed = Filed { new: Vec::new(), moved: Vec::new() };
        let mut by_line: BTreeMap<usize, Vec<&Sight>> = BTreeMap::new();
        for sight in &group.sights {
            by_line.entry(sight.line).or_default().push(sight);
        }
        let held = |sight: &&&Sight| sight.held.is_some();
        let known_sources: HashSet<&str> =
            group.sights.iter().filter(held).map(|sight| lines.source_of(sight.line)).collect();
        let mut told: HashSet<&str> = HashSet::new();
        // A payment has one first sighting: its own, not one that another payment brings along.
        let mut first =
            group.sights.iter().filter_map(|sight| sight.held.as_ref()).find_map(|held| {
                (held.payment == payment && held.kind == "first").then_some(held.id)
            });
        for sights in by_line.values_mut() {
            // What the books know comes before what is being taken in.
            sights.sort_by_key(|sight| {
                (sight.held.is_none(), sight.held.as_ref().map(|held| held.id), sight.entry)
            });
            let speaks = sights
                .iter()
                .filter_map(|sight| sight.held.as_ref())
                .find(|held| held.kind != "duplicate")
                .map(|held| held.id);
            for (place, sight) in sights.iter().enumerate() {
                let is_speaker = match (&sight.held, speaks) {
                    (Some(held), Some(speaks)) => held.id == speaks,
                    (_, None) => place == 0,
                    (None, Some(_)) => false,
                };
                if let Some(held) = &sight.held {
                    let kind = if !is_speaker {
                        "duplicate"
                    } else if first == Some(held.id) {
                        "first"
                    } else {
                        "witness"
                    };
                    if held.payment != payment || held.kind != kind {
                        filed.moved.push((held.id, payment, kind));
                    }
                    continue;
                }
                let id = tx.next_id()?;
                let source = lines.source_of(sight.line);
                let new_here = group.stored.is_none() && known_sources.is_empty();
                let kind = match (is_speaker, new_here, first) {
                    (false, ..) => "duplicate",
                    (true, true, None) => "first",
                    (true, ..) => "witness",
                };
                if known_sources.contains(source) || !told.insert(source) {
                    recorded.duplicates += 1;
                } else if new_here {
                    recorded.payments += 1;
                    recorded.in_doubt += u64::from(group.in_doubt);
                } else {
                    recorded.witnesses += 1;
                }
                if kind == "first" {
                    first = Some(id);
                }
                recorded.entries.insert(sight.entry);
                filed.new.extend(entries.get(&sight.entry).map(|row| EvidenceRow {
                    id,
                    school_id: self.school,
                    payment_id: payment,
                    import_id: Some(row.import_id),
                    entry_id: Some(row.id),
                    bank_account_id: Some(row.bank_account_id),
                    kind: kind.to_owned(),
                    source: source.to_owned(),
                    own_key: row.own_key.clone(),
                    own_ordinal: row.own_ordinal,
                    at: self.by.at,
                }));
            }
        }
        Ok(filed)
    }

    /// Replaces what was in doubt about these payments by what is.
    fn doubts(
        &self,
        tx: &mut Tx<'_>,
        found: &Recognised,
        (by_line, payment_of): (&HashMap<usize, Vec<&Sight>>, &[Option<i64>]),
        stored: &HashMap<i64, PaymentRow>,
        recorded: &mut Recorded,
    ) -> Result<(), ServiceError> {
        let entry = |line: usize| {
            by_line.get(&line).and_then(|sights| sights.iter().map(|sight| sight.entry).min())
        };
        let row_of = |doubt: &Doubt| {
            Some((
                (*payment_of.get(doubt.payment)?)?,
                (*payment_of.get(doubt.like)?)?,
                entry(doubt.lines.0)?,
                entry(doubt.lines.1)?,
                doubt.why.as_str().to_owned(),
            ))
        };
        let now: BTreeSet<_> = found.doubts.iter().filter_map(row_of).collect();
        let ids: Vec<i64> = stored.keys().copied().collect();
        let mut kept = BTreeSet::new();
        let mut gone = Vec::new();
        for row in rulings::doubts_about(tx, &ids)? {
            if row.why == ANNOUNCED {
                continue;
            }
            let known =
                (row.payment_id, row.like_payment_id, row.entry_id, row.like_entry_id, row.why);
            if now.contains(&known) {
                kept.insert(known);
            } else {
                gone.push(row.id);
            }
        }
        rulings::delete_doubts(tx, &gone)?;
        let mut rows = Vec::new();
        for (payment_id, like_payment_id, entry_id, like_entry_id, why) in now.difference(&kept) {
            if let Some(row) = stored.get(payment_id) {
                recorded.touch(row.booking_date);
            }
            rows.push(DoubtRow {
                id: tx.next_id()?,
                school_id: self.school,
                payment_id: *payment_id,
                like_payment_id: *like_payment_id,
                entry_id: *entry_id,
                like_entry_id: *like_entry_id,
                why: why.clone(),
            });
        }
        rulings::insert_doubts(tx, &rows)?;
        Ok(())
    }
}

/// Evidence to be added and evidence to be changed: its id, payment and kind.
struct Filed {
    new: Vec<EvidenceRow>,
    moved: Vec<(i64, i64, &'static str)>,
}

/// A payment that one entry being taken in shows, and nothing else.
fn is_plain(group: &Group<'_>) -> bool {
    match group.sights.as_slice() {
        [sight] => sight.held.is_none() && !group.spoken_of,
        _ => false,
    }
}

/// Whether the books say anything else of a group.
fn differs(group: &Group<'_>, (lines, stored): (&Lines, &HashMap<i64, PaymentRow>)) -> bool {
    let Some(row) = group.stored.and_then(|id| stored.get(&id)) else { return true };
    let elsewhere = |sight: &&Sight| sight.held.as_ref().is_none_or(|held| held.payment != row.id);
    let silent = || {
        let speaks = |sight: &&Sight| Some(sight.entry) == row.entry_id;
        let mut lines: HashMap<usize, bool> = HashMap::new();
        for sight in &group.sights {
            let first = sight.held.as_ref().is_some_and(|held| held.kind != "duplicate");
            *lines.entry(sight.line).or_default() |= first;
        }
        !group.sights.iter().any(speaks) || lines.values().any(|first| !first)
    };
    let day = group.day.or_else(|| {
        let speaker = group.sights.iter().find(|sight| Some(sight.entry) == row.entry_id)?;
        lines.get(speaker.line).map(|line| line.print.day)
    });
    row.order_key.starts_with(crate::service::commit::IN_DOUBT) != group.in_doubt
        || day.is_some_and(|day| day != row.booking_date)
        || group.sights.iter().any(elsewhere)
        || silent()
}

fn stored_payments(
    tx: &mut Tx<'_>,
    groups: &[Group<'_>],
) -> Result<HashMap<i64, PaymentRow>, ServiceError> {
    let ids: BTreeSet<i64> = groups
        .iter()
        .flat_map(|group| &group.sights)
        .filter_map(|sight| sight.held.as_ref().map(|held| held.payment))
        .collect();
    let ids: Vec<i64> = ids.into_iter().collect();
    Ok(payments::payments_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect())
}

/// Gives each group the payment of the books that it is. A payment is where the entry is that speaks
/// for it, else where most of its entries are; of several in one group the one stays that a person
/// decided about, else the oldest. The others are gone, each into the one that stays.
fn claim(groups: &mut [Group<'_>], stored: &HashMap<i64, PaymentRow>) -> BTreeMap<i64, i64> {
    let mut votes: BTreeMap<i64, BTreeMap<usize, usize>> = BTreeMap::new();
    for (place, group) in groups.iter().enumerate() {
        for sight in &group.sights {
            let Some(payment) = sight.held.as_ref().map(|held| held.payment) else { continue };
            let speaks = stored.get(&payment).is_some_and(|row| row.entry_id == Some(sight.entry));
            let weight = if speaks { 1_000_000 } else { 1 };
            *votes.entry(payment).or_default().entry(place).or_default() += weight;
        }
    }
    let mut claims: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for (payment, votes) in votes {
        let best =
            votes.iter().max_by_key(|(place, weight)| (**weight, std::cmp::Reverse(**place)));
        if let Some((place, _)) = best {
            claims.entry(*place).or_default().push(payment);
        }
    }
    let mut gone = BTreeMap::new();
    for (place, mut payments) in claims {
        payments.sort_by_key(|id| {
            let by_machine = stored.get(id).is_none_or(|row| row.decided_by == MACHINE);
            (by_machine, *id)
        });
        let mut payments = payments.into_iter();
        let Some(kept) = payments.next() else { continue };
        if let Some(group) = groups.get_mut(place) {
            group.stored = Some(kept);
        }
        gone.extend(payments.map(|id| (id, kept)));
    }
    gone
}

/// The entry that says most of a payment.
fn best_entry<'e>(group: &Group<'_>, entries: &'e HashMap<i64, EntryRow>) -> Option<&'e EntryRow> {
    let mut best: Option<&EntryRow> = None;
    for entry in group.sights.iter().filter_map(|sight| entries.get(&sight.entry)) {
        if best.is_none_or(|best| richness(best) < richness(entry)) {
            best = Some(entry);
        }
    }
    best
}
