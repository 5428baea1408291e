//! Commits a planned statement file: recognises each payment once, records it, lets the machine
//! decide. Everything happens in one transaction, or nothing does.

mod counted;
mod rehearsal;

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

use counted::count_rows;
pub use rehearsal::rehearse;

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::continuity::{Gap, Overlap};
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::matching::channel;
use crate::domain::payment::Channel;
use crate::domain::text::squeeze;
use crate::service::entry::{self, Accounts, number_of, payment_facts};
use crate::service::events::money::statement_imported;
use crate::service::ledger::By;
use crate::service::plan::imports_named;
use crate::service::recognise::{Changed, Recorded, Recorder, Rulings, Window, announced, gather};
use crate::service::settle::{self, Replay};
use crate::service::{Actor, MACHINE, ServiceError, collected, coverage, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::SchoolRow;
use crate::store::evidence::{self, EvidenceRow};
use crate::store::payments::{self, PaymentRow, PrimaryEntry};
use crate::store::statements::{self, EntryRow, ImportRow, StatementRow};
use crate::store::{Store, Tx, rulings};

/// What committing a file did. Counts are of booked entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Committed {
    /// Payments nobody had shown before, money out included.
    pub payments: u64,
    /// Entries that another kind of file had shown before.
    pub witnesses: u64,
    /// Entries that a file of this kind had shown before.
    pub duplicates: u64,
    /// Entries not booked yet; they count when they come again as booked.
    pub not_booked: u64,
    /// New payments that may be known already under another reference: a person has to say.
    #[serde(default)]
    pub in_doubt: u64,
    /// Payments that this file proved to be others, which stay.
    #[serde(default)]
    pub merged: u64,
    /// New payments settled by the machine.
    pub settled: u64,
    /// New payments with proposals for a person.
    pub proposed: u64,
    /// New payments nothing speaks for.
    pub unmatched: u64,
    /// New payments that went back.
    pub returned: u64,
    /// New payments that are no fee, money out included.
    pub not_income: u64,
    /// Where this file's statements do not meet those around them: money moved that no file shows.
    #[serde(default)]
    pub missing: Vec<MissingDays>,
    /// Days that another import covered before.
    #[serde(default)]
    pub overlaps: Vec<OverlappingDays>,
}

/// A gap beside a statement of a committed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MissingDays {
    /// The account's number.
    pub account: String,
    /// Between which days, and how much.
    #[serde(flatten)]
    pub gap: Gap,
}

/// Days of a committed file that another import covered before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OverlappingDays {
    /// The account's number.
    pub account: String,
    /// Which days, of which imports.
    #[serde(flatten)]
    pub overlap: Overlap,
}

/// Commits a plan. A plan that is committed already answers with what was done then.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: ImportId,
) -> Result<Committed, ServiceError> {
    let (total, fresh) = store.write(|tx| commit_all(tx, clock, actor, school, id))?;
    count_rows(&fresh);
    Ok(total)
}

/// What all files of a plan did, and what those did that were not committed before.
fn commit_all(
    tx: &mut Tx<'_>,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: ImportId,
) -> Result<(Committed, Committed), ServiceError> {
    let school_row = directory::lock_school(tx, school)?;
    let (mut total, mut fresh) = (None, Committed::default());
    for import in imports_named(tx, school, id)? {
        let one = match import.state.as_str() {
            "committed" => {
                let outcome = import.outcome.as_deref().unwrap_or_default();
                serde_json::from_str(outcome).unwrap_or_default()
            }
            "undone" => continue,
            _ => {
                let one = commit_one(tx, &school_row, import, actor, clock.now())?;
                fresh.add(one.clone());
                one
            }
        };
        total = together(total.into_iter().chain([one]));
    }
    Ok((total.ok_or_else(already_undone)?, fresh))
}

/// What several files did, taken together; nothing of none.
pub(crate) fn together(outcomes: impl IntoIterator<Item = Committed>) -> Option<Committed> {
    outcomes.into_iter().reduce(|mut total, one| {
        total.add(one);
        total
    })
}

/// Commits one file. Of an archive each is committed after the one before it, so that what two of
/// them show is recognised as it is between any two files.
fn commit_one(
    tx: &mut Tx<'_>,
    school: &SchoolRow,
    import: ImportRow,
    actor: &Actor,
    at: NaiveDateTime,
) -> Result<Committed, ServiceError> {
    let mut run = Run::load(tx, import, at)?;
    run.record(tx)?;
    let around = Window::of(&run.statements);
    let asked_of = announced::refresh(tx, school.id, &run.accounts, (&around, None))?;
    if let Some(day) = [run.first_day, asked_of].into_iter().flatten().min() {
        settle::replay(tx, school, &Replay::from(day, run.import.id), at)?;
    }
    let mut committed = std::mem::take(&mut run.committed);
    for row in payments::kinds_of_import(tx, run.import.id)? {
        let count = row.count.unsigned_abs();
        match row.kind.as_str() {
            "settled" => committed.settled = count,
            "proposed" => committed.proposed = count,
            "unmatched" => committed.unmatched = count,
            "returned" => committed.returned = count,
            _ => committed.not_income += count,
        }
    }
    run.follow_on(tx, &mut committed)?;
    let outcome = serde_json::to_string(&committed).unwrap_or_default();
    statements::mark_committed(tx, run.import.id, actor.as_str(), at, &outcome)?;
    let detail = serde_json::json!({
        "file": run.import.file_name, "sha256": run.import.sha256, "outcome": committed,
    });
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action: "import.commit",
        subject_kind: "import",
        subject_id: run.import.id,
        detail: detail.to_string(),
    };
    audit::append(tx, school.id, at, vec![fact])?;
    let counts = committed.counts();
    statement_imported(tx, &run.import, &run.statements, &counts, at)?;
    Ok(committed)
}

impl Committed {
    /// New payments of money in that may be a fee: those settled, proposed and unmatched.
    #[must_use]
    pub const fn fresh_income(&self) -> u64 {
        self.settled.saturating_add(self.proposed).saturating_add(self.unmatched)
    }

    /// The counts alone: what stands beside them names accounts.
    fn counts(&self) -> serde_json::Value {
        serde_json::json!({
            "payments": self.payments, "witnesses": self.witnesses, "duplicates": self.duplicates,
            "not_booked": self.not_booked, "in_doubt": self.in_doubt, "merged": self.merged,
            "settled": self.settled, "proposed": self.proposed, "unmatched": self.unmatched,
            "returned": self.returned, "not_income": self.not_income,
        })
    }

    /// Adds what another file of the same archive did.
    fn add(&mut self, other: Committed) {
        for (sum, more) in [
            (&mut self.payments, other.payments),
            (&mut self.witnesses, other.witnesses),
            (&mut self.duplicates, other.duplicates),
            (&mut self.not_booked, other.not_booked),
            (&mut self.in_doubt, other.in_doubt),
            (&mut self.merged, other.merged),
            (&mut self.settled, other.settled),
            (&mut self.proposed, other.proposed),
            (&mut self.unmatched, other.unmatched),
            (&mut self.returned, other.returned),
            (&mut self.not_income, other.not_income),
        ] {
            *sum = sum.saturating_add(more);
        }
        self.missing.extend(other.missing);
        self.overlaps.extend(other.overlaps);
    }
}

struct Run {
    import: ImportRow,
    at: NaiveDateTime,
    statements: Vec<StatementRow>,
    accounts: Accounts,
    /// Entries whose line this source has shown before, with the payment; found by the database.
    known: HashMap<i64, i64>,
    /// Entries that were compared with what other files show, and recorded.
    recorded: HashSet<i64>,
    first_day: Option<NaiveDate>,
    committed: Committed,
}

impl Run {
    fn load(tx: &mut Tx<'_>, import: ImportRow, at: NaiveDateTime) -> Result<Run, ServiceError> {
        let statements = statements::statements_of(tx, import.id)?;
        let accounts = entry::accounts(tx, import.school_id)?;
        let mut run = Run {
            import,
            at,
            statements,
            accounts,
            known: HashMap::new(),
            recorded: HashSet::new(),
            first_day: None,
            committed: Committed::default(),
        };
        run.recognise(tx)?;
        Ok(run)
    }

    /// Finds out which entries are known. Where only this kind of file has ever shown the account's
    /// money around these days and no person has spoken of it, nearly all that is known is equal
    /// lines, and the database finds them; only days with anything else are looked at as a whole.
    /// Else the whole file is compared with all that other files have shown.
    fn recognise(&mut self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        let own = Window::of(&self.statements);
        let around = own.widened();
        let rulings = Rulings::load(tx, self.import.school_id)?;
        let mut alone = !rulings.touch(&around);
        for (account, from, to) in around.hulls() {
            let source = &self.import.source;
            alone &= !evidence::has_other_sources(tx, account, source, from, to)?;
        }
        let days = if alone { Some(self.days_to_compare(tx, &own)?) } else { None };
        if days.as_ref().is_some_and(Window::is_empty) {
            return Ok(());
        }
        let window = days.clone().unwrap_or(around);
        let changed = Changed::TakenIn(&self.import, days.as_ref());
        let (scene, among) = gather(tx, &self.accounts, &rulings, (window, alone), &changed)?;
        let recorder = Recorder {
            school: self.import.school_id,
            accounts: &self.accounts,
            rulings: rulings.said(),
            by: By { actor: MACHINE, at: self.at, import: Some(self.import.id) },
        };
        let done = recorder.run(tx, &scene, &among)?;
        self.take_over(done);
        Ok(())
    }

    /// Where equal lines are found by the database: the days on which something else has to be
    /// looked at. That is a line which is not known, on a day of which another file shows some; a
    /// line that the file repeats; and what was in doubt or put together before.
    fn days_to_compare(&mut self, tx: &mut Tx<'_>, own: &Window) -> Result<Window, ServiceError> {
        let import = self.import.id;
        let mut days: BTreeSet<(i64, NaiveDate)> = BTreeSet::new();
        for (account, from, to) in own.hulls() {
            let covered = statements::days_covered(tx, account, import, (from, to))?;
            if covered.is_empty() {
                continue;
            }
            if self.known.is_empty() {
                for row in evidence::known_lines(tx, import, &self.import.source)? {
                    self.known.insert(row.entry_id, row.payment_id);
                }
            }
            let mut shown: HashSet<i64> = HashSet::new();
            for (entry, day) in statements::booked_days(tx, import, from, to)? {
                let fresh = match self.known.get(&entry) {
                    Some(payment) => !shown.insert(*payment),
                    None => covered.iter().any(|(from, to)| (*from..=*to).contains(&day)),
                };
                if fresh {
                    days.insert((account, day));
                }
            }
            let in_doubt = rulings::days_in_doubt(tx, account, from, to)?;
            days.extend(in_doubt.into_iter().map(|day| (account, day)));
        }
        let repeated = statements::days_of_repeated_lines(tx, import)?;
        for (account, _, _) in own.hulls() {
            days.extend(repeated.iter().map(|day| (account, *day)));
        }
        let mut window = Window::default();
        for (account, day) in days {
            window.add(account, day, day);
        }
        Ok(window)
    }

    fn take_over(&mut self, done: Recorded) {
        self.committed.payments += done.payments;
        self.committed.witnesses += done.witnesses;
        self.committed.duplicates += done.duplicates;
        self.committed.in_doubt += done.in_doubt;
        self.committed.merged += u64::try_from(done.merged.len()).unwrap_or(u64::MAX);
        self.recorded = done.entries;
        if let Some(day) = done.first_day {
            self.touch(day);
        }
    }

    /// Records payments and evidence of all other entries, page by page.
    fn record(&mut self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        statements::each_page(tx, self.import.id, |tx, page| self.record_page(tx, page))
    }

    fn record_page(&mut self, tx: &mut Tx<'_>, page: &[EntryRow]) -> Result<(), ServiceError> {
        tx.reserve_ids(u64::try_from(page.len() * 2).unwrap_or(u64::MAX))?;
        let mut new_payments = Vec::with_capacity(page.len());
        let mut evidence = Vec::with_capacity(page.len());
        for row in page {
            if row.status != "booked" {
                self.committed.not_booked += 1;
                continue;
            }
            if self.recorded.contains(&row.id) {
                continue;
            }
            let (payment, kind) = if let Some(payment) = self.known.get(&row.id) {
                self.committed.duplicates += 1;
                (*payment, "duplicate")
            } else {
                self.committed.payments += 1;
                self.touch(row.booking_date);
                let payment = new_payment(tx, row, &self.accounts, false)?;
                let id = payment.id;
                new_payments.push(payment);
                (id, "first")
            };
            evidence.push(EvidenceRow {
                id: tx.next_id()?,
                school_id: row.school_id,
                payment_id: payment,
                import_id: Some(self.import.id),
                entry_id: Some(row.id),
                bank_account_id: Some(row.bank_account_id),
                kind: kind.to_owned(),
                source: self.import.source.clone(),
                own_key: row.own_key.clone(),
                own_ordinal: row.own_ordinal,
                at: self.at,
            });
        }
        payments::insert_payments(tx, &new_payments)?;
        Ok(evidence::insert(tx, &evidence)?)
    }

    fn touch(&mut self, day: NaiveDate) {
        self.first_day = Some(self.first_day.map_or(day, |first| first.min(day)));
    }

    /// What lies between this file's statements and those around them.
    fn follow_on(&self, tx: &mut Tx<'_>, committed: &mut Committed) -> Result<(), ServiceError> {
        let own = ImportId(self.import.id);
        let accounts: BTreeSet<i64> =
            self.statements.iter().map(|statement| statement.bank_account_id).collect();
        for account in accounts {
            let number = number_of(&self.accounts, account).unwrap_or_default().to_owned();
            let continuity = coverage::continuity(tx, account, &self.statements)?;
            let beside = |day: Day| continuity.covers(own, day);
            for gap in continuity.gaps() {
                if beside(gap.after) || beside(gap.before) {
                    committed.missing.push(MissingDays { account: number.clone(), gap: *gap });
                }
            }
            for overlap in continuity.overlaps() {
                if overlap.earlier == own || overlap.later == own {
                    let overlap = *overlap;
                    committed.overlaps.push(OverlappingDays { account: number.clone(), overlap });
                }
            }
        }
        Ok(())
    }
}

/// What the order key of a payment in doubt begins with: it comes after all others of its day, so
/// that what it may be is decided first.
pub(crate) const IN_DOUBT: char = '~';

/// A payment's place among those of its day: by its content, so that no order of files matters.
pub(crate) fn order_key(entry: &EntryRow, in_doubt: bool) -> String {
    if in_doubt { format!("{IN_DOUBT}{}", entry.text_key) } else { entry.text_key.clone() }
}

/// Lets an entry speak for a payment from the moment `at` on: its text, its channel; `day` is the
/// payment's. The first day on which that changes something.
pub(crate) fn speak_through(
    tx: &mut Tx<'_>,
    payment: &PaymentRow,
    (entry, day, at): (&EntryRow, NaiveDate, NaiveDateTime),
    accounts: &Accounts,
    in_doubt: bool,
) -> Result<NaiveDate, ServiceError> {
    // What a decision told of the channel stands until it is made again; a text can only add to it.
    let by_text = channel(&payment_facts(entry, accounts)?);
    let known = Channel::parse(&payment.channel).filter(|_| by_text == Channel::Transfer);
    let row = PrimaryEntry {
        entry: entry.id,
        order_key: order_key(entry, in_doubt),
        booking_date: day,
        channel: known.unwrap_or(by_text).as_str(),
    };
    collected::set_primary_entry(tx, payment.id, &row, at)?;
    Ok(payment.booking_date.min(day))
}

/// Longer texts say more; equal ones are told apart by everything the matcher reads, so that no
/// order of files matters.
pub(crate) fn richness(entry: &EntryRow) -> impl Ord + '_ {
    (
        entry.remittance.as_deref().map_or(0, |text| squeeze(text).len()),
        &entry.counterparty_account,
        &entry.counterparty_name,
        &entry.remittance,
        &entry.reference,
        &entry.end_to_end_id,
        std::cmp::Reverse(entry.booking_date),
    )
}

/// A payment that nobody has decided about yet.
pub(crate) fn new_payment(
    tx: &mut Tx<'_>,
    row: &EntryRow,
    accounts: &Accounts,
    in_doubt: bool,
) -> Result<PaymentRow, ServiceError> {
    Ok(PaymentRow {
        id: tx.next_id()?,
        school_id: row.school_id,
        bank_account_id: Some(row.bank_account_id),
        entry_id: Some(row.id),
        credit_debit: row.credit_debit.clone(),
        channel: channel(&payment_facts(row, accounts)?).as_str().to_owned(),
        booking_date: row.booking_date,
        order_key: order_key(row, in_doubt),
        amount_dong: row.amount_dong,
        allocated_dong: 0,
        credited_dong: 0,
        refunded_dong: 0,
        set_aside_dong: 0,
        decision_kind: "new".to_owned(),
        decided_by: MACHINE.to_owned(),
        decision_id: None,
        voided: false,
        confidence: 0,
    })
}

fn already_undone() -> ServiceError {
    ServiceError::conflict(
        "import_undone",
        "Lần nhập này đã được hoàn tác. Muốn ghi nhận lại, hãy tải tệp lên lần nữa.",
        "This import was undone. To record it again, upload the file again.",
    )
}
