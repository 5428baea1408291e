//! Keeps up the questions about announced money that no statement shows as it was announced.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{NaiveDate, TimeDelta};

use super::Window;
use crate::domain::identity::{LONGEST_DELAY_DAYS, Lone, perhaps_announced};
use crate::service::ServiceError;
use crate::service::entry::Accounts;
use crate::store::evidence::{self, LonePaymentRow};
use crate::store::rulings::{self, DoubtRow};
use crate::store::statements::{self, EntryRow};
use crate::store::{Tx, payments};

/// Why such a doubt is there.
pub(crate) const ANNOUNCED: &str = "announced";

/// Makes the questions of a school fit what the books show around some days, of some amounts or of
/// all. The first day of a payment whose standing changed, as its decision is to be made again.
pub(crate) fn refresh(
    tx: &mut Tx<'_>,
    school: i64,
    accounts: &Accounts,
    (around, amounts): (&Window, Option<&BTreeSet<i64>>),
) -> Result<Option<NaiveDate>, ServiceError> {
    let mut stands: Vec<DoubtRow> = rulings::doubts_of(tx, school)?;
    stands.retain(|row| row.why == ANNOUNCED);
    let mut window = Window::default();
    for (account, from, to) in around.hulls() {
        let kept_by_bank = accounts.get(&account).is_some_and(|account| !account.gateway);
        if kept_by_bank && evidence::has_announcements(tx, account)? {
            let margin = TimeDelta::days(LONGEST_DELAY_DAYS);
            let from = from.checked_sub_signed(margin).unwrap_or(from);
            window.add(account, from, to.checked_add_signed(margin).unwrap_or(to));
        }
    }
    if window.is_empty() && stands.is_empty() {
        return Ok(None);
    }
    let amounts: Vec<i64> = amounts.into_iter().flatten().copied().collect();
    let mut lone: BTreeMap<i64, LonePaymentRow> = BTreeMap::new();
    for (account, from, to) in window.hulls() {
        for row in evidence::lone_payments(tx, account, (from, to), &amounts)? {
            lone.insert(row.id, row);
        }
    }
    // What is asked already is looked at again only as far as it lies within: a question outlives
    // changes elsewhere, unless one of its payments is no more.
    let asked: Vec<i64> =
        stands.iter().flat_map(|row| [row.payment_id, row.like_payment_id]).collect();
    let gone: BTreeSet<i64> = payments::payments_by_id(tx, &asked)?
        .into_iter()
        .filter(|row| row.voided)
        .map(|row| row.id)
        .collect();
    let within = |row: &DoubtRow| {
        [row.payment_id, row.like_payment_id]
            .iter()
            .any(|id| lone.contains_key(id) || gone.contains(id))
    };
    // A payment of the days looked at that is not lone any more answers its question.
    let mut answered: BTreeSet<i64> = gone.clone();
    for row in payments::payments_by_id(tx, &asked)? {
        let looked_at =
            row.bank_account_id.is_some_and(|account| window.holds(account, row.booking_date))
                && (amounts.is_empty() || amounts.contains(&row.amount_dong));
        if looked_at && !lone.contains_key(&row.id) {
            answered.insert(row.id);
        }
    }

    let wanted = wanted(tx, school, &lone)?;
    let mut first_day: Option<NaiveDate> = None;
    let mut touch =
        |day: NaiveDate| first_day = Some(first_day.map_or(day, |first| first.min(day)));
    let mut old = Vec::new();
    let mut known: BTreeSet<(i64, i64)> = BTreeSet::new();
    let days: HashMap<i64, NaiveDate> = payments::payments_by_id(tx, &asked)?
        .into_iter()
        .map(|row| (row.id, row.booking_date))
        .collect();
    for row in stands {
        let pair = (row.payment_id, row.like_payment_id);
        let is_answered = answered.contains(&pair.0) || answered.contains(&pair.1);
        let both_seen = lone.contains_key(&pair.0) && lone.contains_key(&pair.1);
        if is_answered || (within(&row) && both_seen && !wanted.contains_key(&pair)) {
            days.get(&pair.0).copied().into_iter().for_each(&mut touch);
            old.push(row.id);
        } else {
            known.insert(pair);
        }
    }
    rulings::delete_doubts(tx, &old)?;
    // Two payments may be in doubt for another reason already.
    for row in rulings::doubts_of(tx, school)? {
        known.insert((row.payment_id, row.like_payment_id));
    }
    let mut rows = Vec::new();
    for ((payment, like), (entry, like_entry)) in wanted {
        if known.contains(&(payment, like)) {
            continue;
        }
        lone.get(&payment).map(|row| row.day).into_iter().for_each(&mut touch);
        rows.push(DoubtRow {
            id: tx.next_id()?,
            school_id: school,
            payment_id: payment,
            like_payment_id: like,
            entry_id: entry,
            like_entry_id: like_entry,
            why: ANNOUNCED.to_owned(),
        });
    }
    rulings::insert_doubts(tx, &rows)?;
    Ok(first_day)
}

/// The two payments of each question, and the entries that speak for them.
type Questions = BTreeMap<(i64, i64), (i64, i64)>;

/// The questions there should be.
fn wanted(
    tx: &mut Tx<'_>,
    school: i64,
    lone: &BTreeMap<i64, LonePaymentRow>,
) -> Result<Questions, ServiceError> {
    let announced: BTreeSet<(i64, i64)> = lone
        .values()
        .filter(|row| row.announced != 0)
        .map(|row| (row.account, row.amount_dong))
        .collect();
    // Nearly all statement lines have no announcement of their amount near them.
    let rows: Vec<&LonePaymentRow> =
        lone.values().filter(|row| announced.contains(&(row.account, row.amount_dong))).collect();
    let ids: Vec<i64> = rows.iter().map(|row| row.entry_id).collect();
    let entries: HashMap<i64, EntryRow> =
        statements::entries_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let facts: Vec<Lone<'_>> = rows
        .iter()
        .map(|row| {
            let entry = entries.get(&row.entry_id);
            Lone {
                announced: row.announced != 0,
                account: row.account,
                amount: row.amount_dong,
                day: row.day,
                text: entry.and_then(|entry| entry.remittance.as_deref()).unwrap_or_default(),
                payer: entry.and_then(|entry| entry.counterparty_account.as_deref()),
            }
        })
        .collect();
    let apart = apart(tx, school)?;
    let mut wanted = BTreeMap::new();
    for (payment, like) in perhaps_announced(&facts) {
        let (Some(payment), Some(like)) = (rows.get(payment), rows.get(like)) else { continue };
        if apart.contains(&(payment.id, like.id)) || apart.contains(&(like.id, payment.id)) {
            continue;
        }
        wanted.insert((payment.id, like.id), (payment.entry_id, like.entry_id));
    }
    Ok(wanted)
}

/// Payments of which a person said that they are two: those that the two lines show now.
fn apart(tx: &mut Tx<'_>, school: i64) -> Result<BTreeSet<(i64, i64)>, ServiceError> {
    let mut apart = BTreeSet::new();
    for row in rulings::rulings_of(tx, school)?.iter().filter(|row| row.kind == "distinct") {
        let account = row.bank_account_id;
        let one = (row.one_source.as_str(), row.one_own_key.as_str(), row.one_own_ordinal);
        let other = (row.other_source.as_str(), row.other_own_key.as_str(), row.other_own_ordinal);
        let one = evidence::of_line(tx, account, one)?;
        let other = evidence::of_line(tx, account, other)?;
        if let (Some((one, _)), Some((other, _))) = (one, other) {
            apart.insert((one.payment_id, other.payment_id));
        }
    }
    Ok(apart)
}
