//! Reconciles whole files at once, without a database: each payment once, decided in an order that
//! does not depend on the order of the files.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::answer::plain;
use super::book::Book;
use super::decision::{Decision, DecisionKind};
use super::facts::PaymentFacts;
use super::reasons;
use super::returns::{Fate, Movement, find_returns, hold_back, returned_decision};
use crate::domain::identity::{Fingerprint, Key, Lines, Seen, Span, recognise};
use crate::domain::money::{Currency, Vnd, whole_dong};
use crate::domain::statement::{Entry, EntryStatus, StatementHeader};

/// A statement file that was read.
#[derive(Clone, Debug)]
pub struct StatementFile {
    /// Its name, as it is shown.
    pub name: String,
    /// What kind of file it is: see [`crate::domain::identity::source_kind`].
    pub source: String,
    /// Where its first statement stands: files of one archive share a name and count on.
    pub first_statement: usize,
    /// Its statements: what each says of itself, and its entries.
    pub statements: Vec<(StatementHeader, Vec<Entry>)>,
}

/// Where an entry stands: the file's place among those given, the statement's within the file, the
/// entry's within the statement, all from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPlace {
    /// The file.
    pub file: usize,
    /// The statement.
    pub statement: usize,
    /// The entry.
    pub entry: usize,
}

/// What was decided about an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which entry.
    pub place: EntryPlace,
    /// The decision; amounts in đồng.
    pub decision: Decision,
    /// The entry it repeats or may repeat, or the other half of returned money.
    pub of: Option<EntryPlace>,
}

/// An entry on its way.
struct Item<'a> {
    place: EntryPlace,
    account: Option<&'a str>,
    entry: &'a Entry,
    payment: Option<usize>,
    /// Whether another entry before it shows the same line of the same source.
    duplicate: bool,
    /// The payment that its payment may be.
    doubt: Option<usize>,
    /// The key of its text, then of the whole line; none for an entry that is not booked.
    keys: Option<(Key, Key)>,
    text_length: usize,
}

/// Decides about every entry of the files, in file order. The book is used up as invoices are
/// settled. The same files give the same lines in whatever order they are given.
pub fn reconcile(book: &mut Book, files: &[StatementFile]) -> Vec<Line> {
    let mut items = gather(files);
    let order = identify(files, &mut items);
    let mut lines: Vec<Option<Line>> = items.iter().map(entry_alone).collect();

    let payments = primes(&items, &order);
    let movements: Vec<Movement<'_>> = payments
        .iter()
        .filter_map(|prime| items.get(*prime))
        .map(|item| Movement {
            facts: facts(item),
            reference: item.entry.reference.as_deref(),
            in_doubt: item.doubt.is_some(),
        })
        .collect();
    let fates = find_returns(book, &movements);
    let speaks = speakers(&items, &payments);
    for (index, prime) in payments.iter().enumerate() {
        let (Some(item), Some(movement)) = (items.get(*prime), movements.get(index)) else {
            continue;
        };
        let fate = fates.get(index).copied().unwrap_or(Fate::Stands);
        let (decision, of) = decide(book, item, movement, fate);
        let of = of.and_then(|other| payments.get(other)).and_then(|other| items.get(*other));
        let resembles = item.doubt.and_then(|payment| speaks.get(payment).copied().flatten());
        let of = of.map(|other| other.place).or(resembles);
        let line = Line { place: item.place, decision, of };
        if let Some(slot) = lines.get_mut(*prime) {
            *slot = Some(line);
        }
    }
    repeat(&items, &speaks, &mut lines);
    lines.into_iter().flatten().collect()
}

fn gather(files: &[StatementFile]) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for (file, read) in files.iter().enumerate() {
        for (statement, (header, entries)) in read.statements.iter().enumerate() {
            items.extend(entries.iter().enumerate().map(|(index, entry)| Item {
                place: EntryPlace { file, statement, entry: index },
                account: header.account.as_deref(),
                entry,
                payment: None,
                duplicate: false,
                doubt: None,
                keys: None,
                text_length: 0,
            }));
        }
    }
    items
}

/// Tells which payment each booked entry is a sighting of. Returns the items in an order that only
/// depends on the files' contents and names.
fn identify(files: &[StatementFile], items: &mut [Item<'_>]) -> Vec<usize> {
    let mut booked: Vec<Vec<(usize, Fingerprint)>> = files.iter().map(|_| Vec::new()).collect();
    for (index, item) in items.iter_mut().enumerate() {
        if item.entry.status == EntryStatus::Booked {
            let print = Fingerprint::of(item.account, item.entry);
            item.text_length = print.squeezed.len();
            item.keys = Some((print.text, print.own));
            if let Some(of_file) = booked.get_mut(item.place.file) {
                of_file.push((index, print));
            }
        }
    }
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_cached_key(|file| {
        let entries = booked.get(*file).map(Vec::as_slice).unwrap_or_default();
        let first = entries.iter().map(|(_, print)| print.day).min();
        let keys: Vec<_> = entries.iter().map(|(_, print)| print.own).collect();
        let (source, name) =
            files.get(*file).map(|f| (f.source.clone(), f.name.clone())).unwrap_or_default();
        (source, first, name, keys)
    });
    let mut lines = Lines::new();
    let mut shown: Vec<(usize, usize)> = Vec::new();
    let mut statements: HashMap<(usize, usize), i64> = HashMap::new();
    for (number, file) in (0_i64..).zip(order) {
        let Some(source) = files.get(file).map(|read| read.source.as_str()) else { continue };
        let mut ordinals: HashMap<Key, u32> = HashMap::new();
        let entries = booked.get_mut(file).map(std::mem::take).unwrap_or_default();
        for (place, print) in entries {
            let ordinal = *ordinals
                .entry(print.own)
                .and_modify(|next| *next = next.saturating_add(1))
                .or_default();
            let Some(item) = items.get_mut(place) else { continue };
            let next = i64::try_from(statements.len()).unwrap_or(i64::MAX);
            let statement = *statements.entry((file, item.place.statement)).or_insert(next);
            let position = i64::try_from(item.place.entry).unwrap_or(i64::MAX);
            let before = lines.len();
            let line =
                lines.see(source, ordinal, print, Seen { file: number, statement, position });
            item.duplicate = line < before;
            shown.push((place, line));
        }
    }
    for ((file, statement), number) in &statements {
        let read = files.get(*file).and_then(|file| file.statements.get(*statement));
        if let Some(span) = read.and_then(|(header, entries)| span_of(header, entries)) {
            lines.cover(*number, span);
        }
    }
    let recognised = recognise(&lines, 0..lines.len(), &[]);
    let mut payment_of: HashMap<usize, usize> = HashMap::new();
    for (payment, of_payment) in recognised.payments.iter().enumerate() {
        payment_of.extend(of_payment.iter().map(|line| (*line, payment)));
    }
    let doubts: HashMap<usize, usize> =
        recognised.doubts.iter().rev().map(|doubt| (doubt.payment, doubt.like)).collect();
    for (place, line) in &shown {
        if let Some(item) = items.get_mut(*place) {
            item.payment = payment_of.get(line).copied();
            item.doubt = item.payment.and_then(|payment| doubts.get(&payment)).copied();
        }
    }
    shown.into_iter().map(|(place, _)| place).collect()
}

/// What a statement covers, where it states both balances.
fn span_of(header: &StatementHeader, entries: &[Entry]) -> Option<Span> {
    let booked = || entries.iter().filter(|entry| entry.status == EntryStatus::Booked);
    Some(Span {
        first: booked().map(|entry| entry.booking_date).min()?,
        last: booked().map(|entry| entry.booking_date).max()?,
        opening: header.opening?.amount,
        closing: header.closing?.amount,
    })
}

/// For each payment the entry that speaks for it, in the order in which they are decided: by day,
/// those in doubt last, then by what they say, so that it does not matter how a bank cuts its
/// entries into files; real twins by their place in the files, these in canonical order.
fn primes(items: &[Item<'_>], canonical: &[usize]) -> Vec<usize> {
    let count = items.iter().filter_map(|item| item.payment).max().map_or(0, |last| last + 1);
    let mut best: Vec<Option<(usize, usize)>> = vec![None; count];
    for (rank, place) in canonical.iter().enumerate() {
        let Some(item) = items.get(*place).filter(|item| !item.duplicate) else { continue };
        let Some(slot) = item.payment.and_then(|payment| best.get_mut(payment)) else { continue };
        let known = slot.and_then(|(_, place)| items.get(place)).map(richness);
        if known.is_none_or(|known| known < richness(item)) {
            *slot = Some((rank, *place));
        }
    }
    let mut chosen: Vec<(usize, usize)> = best.into_iter().flatten().collect();
    chosen.sort_by_key(|(rank, place)| {
        let item = items.get(*place);
        (item.map(|item| (item.entry.booking_date, item.doubt.is_some(), item.keys)), *rank)
    });
    chosen.into_iter().map(|(_, place)| place).collect()
}

/// Of several sightings of one payment the one with the longest text speaks; equal ones are told
/// apart by everything the matcher reads.
fn richness<'a>(item: &'a Item<'_>) -> impl Ord + 'a {
    let entry = item.entry;
    (
        item.text_length,
        &entry.counterparty_account,
        &entry.counterparty_name,
        &entry.remittance,
        &entry.reference,
        &entry.end_to_end_id,
        Reverse(entry.booking_date),
    )
}

fn facts<'a>(item: &Item<'a>) -> PaymentFacts<'a> {
    let entry = item.entry;
    PaymentFacts {
        booking_date: entry.booking_date,
        credit_debit: entry.credit_debit,
        amount: whole_dong(entry.amount).unwrap_or_default(),
        status: entry.status,
        reversal: entry.reversal,
        account: item.account,
        virtual_account: entry.extras.virtual_account(),
        gateway: false,
        end_to_end_id: entry.end_to_end_id.as_deref(),
        remittance: entry.remittance.as_deref(),
        counterparty_name: entry.counterparty_name.as_deref(),
        counterparty_account: entry.counterparty_account.as_deref(),
        refused: &[],
    }
}

/// Why an entry's figure is none that can be matched.
fn not_dong(entry: &Entry) -> Option<Decision> {
    let reason = if entry.currency != Currency::VND {
        reasons::currency(entry.currency.as_str())
    } else if whole_dong(entry.amount).is_none() {
        reasons::not_whole()
    } else {
        return None;
    };
    Some(plain(DecisionKind::Unmatched, Vnd::ZERO, "not-dong/1", vec![reason]))
}

/// An entry that is no payment: the bank has not booked it.
fn entry_alone(item: &Item<'_>) -> Option<Line> {
    let decision = match item.payment {
        Some(_) => return None,
        None => super::decide::not_booked(whole_dong(item.entry.amount).unwrap_or_default()),
    };
    Some(Line { place: item.place, decision, of: None })
}

fn decide(
    book: &mut Book,
    item: &Item<'_>,
    movement: &Movement<'_>,
    fate: Fate,
) -> (Decision, Option<usize>) {
    if let Some(decision) = not_dong(item.entry) {
        return (decision, None);
    }
    let amount = movement.facts.amount;
    let mut decision = match fate {
        Fate::Returned(other) => return (returned_decision(amount), Some(other)),
        Fate::Stands => book.decide(&movement.facts),
        Fate::PerhapsReturned => {
            let decision = book.decide(&movement.facts);
            hold_back(decision, amount, reasons::perhaps_returned())
        }
    };
    if movement.in_doubt {
        decision = hold_back(decision, amount, reasons::perhaps_same());
    }
    book.take(&decision);
    (decision, None)
}

/// The entry that speaks for each payment.
fn speakers(items: &[Item<'_>], primes: &[usize]) -> Vec<Option<EntryPlace>> {
    let mut speaks: Vec<Option<EntryPlace>> = vec![None; primes.len()];
    for prime in primes {
        if let Some(item) = items.get(*prime)
            && let Some(slot) = item.payment.and_then(|payment| speaks.get_mut(payment))
        {
            *slot = Some(item.place);
        }
    }
    speaks
}

/// Gives every other sighting of a payment its line.
fn repeat(items: &[Item<'_>], speaks: &[Option<EntryPlace>], lines: &mut [Option<Line>]) {
    for (item, line) in items.iter().zip(lines) {
        if line.is_none() {
            let of = item.payment.and_then(|payment| speaks.get(payment).copied().flatten());
            let amount = whole_dong(item.entry.amount).unwrap_or_default();
            let reasons = vec![reasons::duplicate()];
            let decision = plain(DecisionKind::Duplicate, amount, "duplicate/1", reasons);
            *line = Some(Line { place: item.place, decision, of });
        }
    }
}

#[cfg(test)]
mod tests;
