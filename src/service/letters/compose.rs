//! Makes mail of letters: takes some that are due, looks at what they are about, makes their pages
//! outside of any transaction, and queues them as mail in another one. Taking a letter puts it off, so
//! that one whose maker died is made again later, and whoever is late finds it taken and queues
//! nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeDelta};

use super::message::{self, Letter, Matter, Own, wording};
use super::recipients::{self, Household, Recipient};
use super::{BY_DAY, LetterKind, Settings, Skip, addresses, facts, terms};
use crate::clock::{Clock, local_day, local_time};
use crate::domain::calendar::vietnamese_day;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::failpoint;
use crate::ids::IdSource;
use crate::keyring::Keyring;
use crate::service::family_bill;
use crate::service::family_links::{self, Addresses};
use crate::service::mail::{self, Attachment, Desk, Extras, Letterhead, NewMail};
use crate::service::{ServiceError, directory, receipts};
use crate::store::letter_copies::{self, LetterCopyRow};
use crate::store::letter_terms::LetterWordingRow;
use crate::store::letters::{self as store, LetterRow};
use crate::store::{Store, Tx};

/// How long making some letters may take before somebody else makes them, in seconds.
const LEASE_SECONDS: i64 = 300;

/// How long a letter waits that a family may not get yet because of those it got, in hours.
const LATER_HOURS: i64 = 6;

/// The most characters of a subject and of a name.
const MOST_OF_A_LINE: usize = 150;

/// What became of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Letters that were taken.
    pub letters: usize,
    /// Mails that were queued.
    pub mails: usize,
    /// Letters nobody gets.
    pub skipped: usize,
    /// Letters that may not go yet.
    pub put_off: usize,
}

impl Made {
    /// Whether there was anything to do.
    #[must_use]
    pub fn is_idle(self) -> bool {
        self.letters == 0
    }
}

/// All that making letters takes, for a thread of its own.
#[derive(Clone)]
pub struct Composer {
    /// The database.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Unguessable numbers.
    pub ids: Arc<dyn IdSource>,
    /// Seals and opens.
    pub keys: Arc<Keyring>,
    /// Whom mail is from.
    pub letterhead: Arc<Letterhead>,
    /// Where people reach the service.
    pub public_url: Arc<str>,
    /// When and how often.
    pub settings: Settings,
}

/// A letter that was taken, and what is to become of it.
struct Taken {
    row: LetterRow,
    /// Whom to tell what; empty where nobody is told.
    copies: Vec<(Recipient, Letter, Option<String>, bool)>,
    /// Why somebody is not told.
    skips: Vec<Skip>,
}

/// Letters of one school that were taken together.
struct Batch {
    school: SchoolId,
    school_name: String,
    held: NaiveDateTime,
    taken: Vec<Taken>,
    put_off: usize,
}

impl Composer {
    /// Makes some of the letters that have been due longest.
    pub fn work(&self) -> Result<Made, ServiceError> {
        self.work_on(&facts::MADE)
    }

    /// The same of these kinds only.
    pub fn work_on(&self, kinds: &[LetterKind]) -> Result<Made, ServiceError> {
        let now = self.clock.now();
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
        let due = self.store.read(|tx| store::first_due(tx, &kinds, now))?;
        let Some(school) = due else { return Ok(Made::default()) };
        let batch = self.store.write(|tx| self.take(tx, SchoolId(school), &kinds, now))?;
        failpoint::reach("letters.taken");
        let mut made = Made {
            letters: batch.taken.len().saturating_add(batch.put_off),
            put_off: batch.put_off,
            ..Made::default()
        };
        let mut ready = Vec::with_capacity(batch.taken.len());
        for mut taken in batch.taken {
            let mut mails = Vec::with_capacity(taken.copies.len());
            for (recipient, mut letter, unsubscribe, own_words_failed) in
                std::mem::take(&mut taken.copies)
            {
                let papers = self.papers(&taken.row, &mut letter);
                match new_mail(&taken.row, &recipient, &letter, papers) {
                    Some(new) => mails.push((new, unsubscribe, own_words_failed)),
                    // One that fails holds up no other.
                    None => taken.skips.push(Skip::NotMade),
                }
            }
            ready.push((taken, mails));
        }
        failpoint::reach("letters.composed");
        let (queued, skipped) = self.store.write(|tx| {
            directory::lock_school(tx, batch.school)?;
            let (mut queued, mut skipped) = (0_usize, 0_usize);
            for (taken, mails) in &ready {
                if !store::is_held(tx, taken.row.id, batch.held)? {
                    // Somebody else has made it since.
                    continue;
                }
                let went = self.write(tx, &batch.school_name, taken, mails)?;
                store::end(tx, taken.row.id, if went == 0 { "skipped" } else { "made" })?;
                skipped = skipped.saturating_add(usize::from(went == 0));
                queued = queued.saturating_add(went);
            }
            Ok::<_, ServiceError>((queued, skipped))
        })?;
        failpoint::reach("letters.made");
        metrics::counter!("letters_made_total")
            .increment(u64::try_from(queued).unwrap_or_default());
        (made.mails, made.skipped) = (queued, skipped);
        Ok(made)
    }

    /// The receipt itself, in the letter's language. A letter goes without it rather than not at all.
    fn papers(&self, row: &LetterRow, letter: &mut Letter) -> Vec<Attachment> {
        let Matter::Receipt(receipt) = &mut letter.matter else { return Vec::new() };
        let (school, site) = (SchoolId(row.school_id), (letter.lang, &*self.public_url));
        match receipts::pdf(&self.store, school, &[row.about_id], site) {
            Ok(bytes) => {
                receipt.attached = true;
                vec![Attachment {
                    name: format!("{}.pdf", receipt.number),
                    media_type: "application/pdf".to_owned(),
                    bytes,
                }]
            }
            Err(error) => {
                tracing::error!(%error, letter.id = row.id, "a receipt cannot be drawn");
                Vec::new()
            }
        }
    }

    fn with(&self) -> Addresses<'_> {
        Addresses { public_url: &self.public_url, ids: &*self.ids, keys: &self.keys }
    }

    fn take(
        &self,
        tx: &mut Tx<'_>,
        school: SchoolId,
        kinds: &[&str],
        now: NaiveDateTime,
    ) -> Result<Batch, ServiceError> {
        let school_row = directory::lock_school(tx, school)?;
        let limit = i64::try_from(self.settings.batch).unwrap_or(i64::MAX);
        let rows = store::due(tx, (school.0, kinds), now, limit)?;
        let held = after(now, LEASE_SECONDS);
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        store::put_off(tx, &ids, held)?;
        let families: Vec<i64> = rows.iter().map(|row| row.family_id).collect();
        let today = local_day(now);
        let bills = family_bill::load(tx, school, &families, today)?;
        let households = recipients::load(tx, school, &families, today)?;
        let wordings = terms::wordings(tx, school)?;
        let mut sent: BTreeMap<i64, usize> = BTreeMap::new();
        for (family, _) in
            letter_copies::made_since(tx, school.0, &families, after(now, -24 * 3_600))?
        {
            let count = sent.entry(family).or_default();
            *count = count.saturating_add(1);
        }
        let nobody = Household::default();
        let quiet = self.settings.quiet.rest(local_time(now));
        let quiet = quiet.and_then(|rest| now.checked_add_signed(rest));
        let mut batch = Batch {
            school,
            school_name: school_row.name.clone(),
            held,
            taken: Vec::with_capacity(rows.len()),
            put_off: 0,
        };
        for row in rows {
            let Some(kind) = LetterKind::named(&row.kind) else { continue };
            let household = households.get(&row.family_id).unwrap_or(&nobody);
            let by_day = BY_DAY.contains(&kind.as_str());
            if let (true, Some(until)) = (by_day, quiet) {
                store::put_off(tx, &[row.id], until)?;
                batch.put_off = batch.put_off.saturating_add(1);
                continue;
            }
            // A receipt that is sent once more is asked for with the minute; that goes at once.
            let first = row.dedupe_key == format!("{}:{}", row.kind, row.about_id);
            let free = after(row.asked_at, i64::from(self.settings.receipt_after_minutes) * 60);
            if kind == LetterKind::Receipt && first && now < free {
                store::put_off(tx, &[row.id], free)?;
                batch.put_off = batch.put_off.saturating_add(1);
                continue;
            }
            let count = sent.entry(row.family_id).or_default();
            let full = *count >= self.settings.most_a_day;
            if full && !matches!(kind, LetterKind::Reminder | LetterKind::LinkRenewed) {
                store::put_off(tx, &[row.id], after(now, LATER_HOURS * 3_600))?;
                batch.put_off = batch.put_off.saturating_add(1);
                continue;
            }
            let matter = match skip_of(kind, household, full) {
                Some(skip) => Err(skip),
                None => facts::of(tx, &row, kind, &bills)?,
            };
            let taken = match matter {
                Err(skip) => Taken { row, copies: Vec::new(), skips: vec![skip] },
                Ok(matter) => self.address(
                    tx,
                    (row, kind, &school_row.name, now),
                    (household, matter, &wordings),
                )?,
            };
            *count = count.saturating_add(usize::from(!taken.copies.is_empty()));
            batch.taken.push(taken);
        }
        Ok(batch)
    }

    /// Says whom a letter goes to, with what stands in each copy.
    fn address(
        &self,
        tx: &mut Tx<'_>,
        (row, kind, school, now): (LetterRow, LetterKind, &str, NaiveDateTime),
        (household, matter, wordings): (&Household, Matter, &[LetterWordingRow]),
    ) -> Result<Taken, ServiceError> {
        let is_reminder = kind == LetterKind::Reminder;
        let mut taken = Taken { row, copies: Vec::new(), skips: Vec::new() };
        let mut link = None;
        for recipient in &household.recipients {
            if let Some(skip) = recipient.skip(is_reminder) {
                taken.skips.push(skip);
                continue;
            }
            let of = (SchoolId(taken.row.school_id), taken.row.family_id);
            let link = match &link {
                Some(link) => link,
                None => link.insert(family_links::address(tx, self.with(), of, now)?),
            };
            let known = if let Some(known) = &recipient.known {
                known.clone()
            } else {
                let known = addresses::known(tx, of.0, std::slice::from_ref(&recipient.hash))?;
                match known.into_values().next() {
                    Some(known) => known,
                    None => addresses::make_known(tx, self.with(), of.0, &recipient.hash)?,
                }
            };
            let unsubscribe =
                if is_reminder { Some(addresses::way_out(self.with(), &known)?) } else { None };
            let mut letter = Letter {
                lang: recipient.lang,
                school: school.to_owned(),
                guardian: recipient.name.clone(),
                link: link.clone(),
                unsubscribe: unsubscribe.clone(),
                own: Own::default(),
                matter: matter.clone(),
            };
            let failed = own_words(&mut letter, kind, wordings);
            if failed {
                tracing::warn!(
                    letter.id = taken.row.id,
                    kind = kind.as_str(),
                    "a school's own words cannot be used"
                );
            }
            taken.copies.push((recipient.clone(), letter, unsubscribe, failed));
        }
        Ok(taken)
    }

    fn write(
        &self,
        tx: &mut Tx<'_>,
        school: &str,
        taken: &Taken,
        mails: &[(NewMail, Option<String>, bool)],
    ) -> Result<usize, ServiceError> {
        let now = self.clock.now();
        let desk = Desk { letterhead: &self.letterhead, ids: &*self.ids, keys: &self.keys };
        letter_copies::forget_reasons(tx, taken.row.id)?;
        let had = letter_copies::mails_of_letter(tx, taken.row.id)?;
        let mut went = had.len();
        let mut rows = Vec::with_capacity(mails.len().saturating_add(taken.skips.len()));
        let row = |tx: &mut Tx<'_>, mail_id, reason: Option<Skip>, own_words_failed| {
            Ok::<_, ServiceError>(LetterCopyRow {
                id: tx.next_id()?,
                school_id: taken.row.school_id,
                letter_id: taken.row.id,
                mail_id,
                reason: reason.map(|skip| skip.as_str().to_owned()),
                own_words_failed,
                at: now,
            })
        };
        for (new, unsubscribe, failed) in mails {
            let extras = Extras { from_name: Some(school), unsubscribe: unsubscribe.as_deref() };
            match mail::queue_with(tx, desk, now, new, extras) {
                Ok(queued) => {
                    // Made again, a letter goes only where it did not go before.
                    if !had.contains(&queued.id) {
                        went = went.saturating_add(1);
                        rows.push(row(tx, Some(queued.id), None, *failed)?);
                    }
                }
                Err(ServiceError::Refused(_)) => {
                    rows.push(row(tx, None, Some(Skip::NotMade), false)?);
                }
                Err(error) => return Err(error),
            }
        }
        for skip in &taken.skips {
            rows.push(row(tx, None, Some(*skip), false)?);
        }
        letter_copies::insert(tx, &rows)?;
        Ok(went)
    }
}

/// Why nobody of a family gets a letter of this kind; `None` where somebody may.
fn skip_of(kind: LetterKind, household: &Household, full: bool) -> Option<Skip> {
    let asks_for_money = matches!(kind, LetterKind::Notice | LetterKind::Reminder);
    if asks_for_money && household.left {
        Some(Skip::LeftSchool)
    } else if household.recipients.is_empty() {
        Some(Skip::NoEmail)
    } else if kind == LetterKind::Reminder && full {
        Some(Skip::LimitReached)
    } else {
        None
    }
}

/// Puts a school's own words into a letter; whether it has some that fail, so that the product's stand.
fn own_words(letter: &mut Letter, kind: LetterKind, wordings: &[LetterWordingRow]) -> bool {
    let own =
        wordings.iter().find(|row| row.kind == kind.as_str() && row.language == letter.lang.code());
    let Some(own) = own else { return false };
    let values = values_of(letter);
    let mut failed = false;
    let mut fill = |written: &Option<String>| {
        let filled = wording::fill(written.as_deref()?, &values);
        failed = failed || filled.is_err();
        filled.ok()
    };
    let (intro, closing) = (fill(&own.intro), fill(&own.closing));
    letter.own = Own { intro, closing };
    failed
}

/// What a school may put into its words.
pub(super) fn values_of(letter: &Letter) -> wording::Values {
    let mut values = wording::Values::new();
    values.insert("truong", letter.school.clone());
    values.insert("phu_huynh", letter.guardian.clone());
    let bills = letter.bills();
    let mut children: Vec<&str> = bills.iter().map(|bill| bill.child.as_str()).collect();
    children.dedup();
    values.insert("hoc_sinh", children.join(", "));
    let mut rounds: Vec<&str> = bills.iter().map(|bill| bill.round.as_str()).collect();
    rounds.dedup();
    values.insert("dot_thu", rounds.join(", "));
    let amount = match &letter.matter {
        Matter::Receipt(receipt) => Some(receipt.amount),
        Matter::ReceiptVoided(voided) => Some(voided.amount),
        Matter::Refund(refund) => Some(refund.amount),
        Matter::ClaimAnswered { amount, .. } => Some(*amount),
        _ => Vnd::checked_sum(bills.iter().map(|bill| bill.open)).filter(|sum| sum.is_positive()),
    };
    values.insert(
        "so_tien",
        amount.map(|amount| format!("{}\u{a0}₫", amount.grouped())).unwrap_or_default(),
    );
    let due = bills.iter().filter_map(|bill| bill.due_on).min();
    values.insert("han_nop", due.map(vietnamese_day).unwrap_or_default());
    values
}

/// The mail of a letter; `None` where its page cannot be made, which only a broken build shows.
fn new_mail(
    row: &LetterRow,
    to: &Recipient,
    letter: &Letter,
    attachments: Vec<Attachment>,
) -> Option<NewMail> {
    let kind = LetterKind::named(&row.kind)?;
    let mut composed = message::compose(letter)
        .inspect_err(|error| tracing::error!(%error, letter.id = row.id, "a letter cannot be made"))
        .ok()?;
    composed.content.subject = cut(&composed.content.subject);
    Some(NewMail {
        school: Some(SchoolId(row.school_id)),
        kind: kind.as_str(),
        to_name: cut(&to.name),
        to_email: to.address.as_str().to_owned(),
        content: composed.content,
        inline: composed.inline,
        attachments,
        lang: to.lang,
        dedupe_key: format!("letter:{}:{}", row.id, to.hash),
    })
}

/// As much of a line as a header of a mail may have.
fn cut(line: &str) -> String {
    line.chars().take(MOST_OF_A_LINE).collect()
}

fn after(now: NaiveDateTime, seconds: i64) -> NaiveDateTime {
    now.checked_add_signed(TimeDelta::seconds(seconds)).unwrap_or(now)
}
