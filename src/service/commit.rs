//! Commits a planned statement file: recognises each payment once, records it, lets the machine
//! decide. Everything happens in one transaction, or nothing does.

use std::collections::{BTreeMap, HashMap};

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::id::{ImportId, SchoolId};
use crate::domain::identity::{Fingerprint, Known, Verdict};
use crate::domain::matching::channel;
use crate::domain::money::Vnd;
use crate::domain::text::squeeze;
use crate::service::entry::{self, Accounts, entry_of, payment_facts};
use crate::service::plan::load_import;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, MACHINE, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::payments::{self, EvidenceRow, PaymentRow, PrimaryEntry};
use crate::store::statements::{self, Cursor, EntryRow, ImportRow, StatementRow};
use crate::store::{Store, Tx};

/// Entries handled in one go.
const PAGE: i64 = 5_000;

/// Days around a file in which another file may show the same money: the holidays of Tết.
const WINDOW_DAYS: i64 = 15;

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
    /// Statements whose opening balance is not the closing balance of the one before: the account,
    /// and the đồng that lie between.
    pub gaps: Vec<(String, Vnd)>,
}

/// Commits a plan. A plan that is committed already answers with what was done then.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    id: ImportId,
) -> Result<Committed, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        let import = load_import(tx, school, id)?;
        match import.state.as_str() {
            "committed" => {
                let outcome = import.outcome.as_deref().unwrap_or_default();
                return Ok(serde_json::from_str(outcome).unwrap_or_default());
            }
            "undone" => return Err(already_undone()),
            _ => {}
        }
        let at = clock.now();
        let mut run = Run::load(tx, import, at)?;
        run.record(tx)?;
        if let Some(day) = run.first_day {
            settle::replay(tx, &school_row, &Replay::from(day, run.import.id), at)?;
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
        committed.gaps = run.gaps(tx)?;
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
        audit::append(tx, school.0, at, vec![fact])?;
        Ok(committed)
    })
}

struct Run {
    import: ImportRow,
    at: NaiveDateTime,
    statements: Vec<StatementRow>,
    accounts: Accounts,
    /// Entries that are known, with the payment they show; all others are new.
    known: HashMap<i64, Sighting>,
    first_day: Option<NaiveDate>,
    committed: Committed,
}

/// What an entry shows.
#[derive(Clone, Copy)]
enum Sighting {
    /// A payment that an equal line of this source showed before.
    Duplicate(i64),
    /// A payment that another source showed before.
    Witness(i64),
    /// A payment of its own.
    New,
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
            first_day: None,
            committed: Committed::default(),
        };
        run.recognise(tx)?;
        Ok(run)
    }

    /// Finds out which entries are known. Where only this kind of file has ever shown the account's
    /// money around these days, equal lines are all there is to find, and the database finds them;
    /// else the whole file is compared with what the other kinds have shown.
    fn recognise(&mut self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        let mut windows: BTreeMap<i64, (NaiveDate, NaiveDate)> = BTreeMap::new();
        for statement in &self.statements {
            let (Some(first), Some(last)) = (statement.first_on, statement.last_on) else {
                continue;
            };
            let window = windows.entry(statement.bank_account_id).or_insert((first, last));
            *window = (window.0.min(first), window.1.max(last));
        }
        let margin = TimeDelta::days(WINDOW_DAYS);
        for window in windows.values_mut() {
            *window = (
                window.0.checked_sub_signed(margin).unwrap_or(window.0),
                window.1.checked_add_signed(margin).unwrap_or(window.1),
            );
        }
        let source = self.import.source.clone();
        let mut others = false;
        for (account, (from, to)) in &windows {
            others |= payments::has_other_sources(tx, *account, &source, *from, *to)?;
        }
        if !others {
            for row in payments::known_lines(tx, self.import.id, &source)? {
                self.known.insert(row.entry_id, Sighting::Duplicate(row.payment_id));
            }
            return Ok(());
        }
        let mut known = Known::new();
        let mut ids: Vec<i64> = Vec::new();
        for (account, (from, to)) in &windows {
            let number = self.accounts.get(account).cloned().unwrap_or_default();
            for witness in payments::witnesses(tx, *account, *from, *to)? {
                if ids.last() != Some(&witness.payment.id) {
                    known.add_payment();
                    ids.push(witness.payment.id);
                }
                let print = Fingerprint::of(Some(&number), &entry_of(&witness.entry)?);
                let ordinal = u32::try_from(witness.entry.own_ordinal).unwrap_or(u32::MAX);
                known.add_witness(ids.len() - 1, &witness.source, ordinal, &print);
            }
        }
        let mut entries: Vec<i64> = Vec::new();
        let mut prints: Vec<Fingerprint> = Vec::new();
        self.each_page(tx, |run, _, page| {
            for row in page.iter().filter(|row| row.status == "booked") {
                let number = run.accounts.get(&row.bank_account_id);
                prints.push(Fingerprint::of(number.map(String::as_str), &entry_of(row)?));
                entries.push(row.id);
            }
            Ok(())
        })?;
        for (entry, verdict) in entries.into_iter().zip(known.join(&source, &prints)) {
            let payment = ids.get(verdict.payment()).copied();
            let sighting = match (verdict, payment) {
                (Verdict::Duplicate(_), Some(payment)) => Sighting::Duplicate(payment),
                (Verdict::Witness(_), Some(payment)) => Sighting::Witness(payment),
                _ => Sighting::New,
            };
            self.known.insert(entry, sighting);
        }
        Ok(())
    }

    /// Records payments and evidence, page by page.
    fn record(&mut self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        self.each_page(tx, Run::record_page)
    }

    fn record_page(&mut self, tx: &mut Tx<'_>, page: &[EntryRow]) -> Result<(), ServiceError> {
        tx.reserve_ids(u64::try_from(page.len() * 2).unwrap_or(u64::MAX))?;
        let mut new_payments = Vec::with_capacity(page.len());
        let mut evidence = Vec::with_capacity(page.len());
        let mut texts: BTreeMap<i64, &EntryRow> = BTreeMap::new();
        for row in page {
            if row.status != "booked" {
                self.committed.not_booked += 1;
                continue;
            }
            let (payment, kind) = match self.known.get(&row.id) {
                Some(Sighting::Duplicate(payment)) => {
                    self.committed.duplicates += 1;
                    (*payment, "duplicate")
                }
                Some(Sighting::Witness(payment)) => {
                    self.committed.witnesses += 1;
                    texts.insert(*payment, row);
                    (*payment, "witness")
                }
                Some(Sighting::New) | None => {
                    self.committed.payments += 1;
                    self.touch(row.booking_date);
                    let payment = new_payment(tx, row, &self.accounts)?;
                    let id = payment.id;
                    new_payments.push(payment);
                    (id, "first")
                }
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
        payments::insert_evidence(tx, &evidence)?;
        self.prefer_richer_texts(tx, &texts)
    }

    /// A payment speaks through the longest text any file has of it, whichever came first.
    fn prefer_richer_texts(
        &mut self,
        tx: &mut Tx<'_>,
        texts: &BTreeMap<i64, &EntryRow>,
    ) -> Result<(), ServiceError> {
        let ids: Vec<i64> = texts.keys().copied().collect();
        let known = payments::payments_by_id(tx, &ids)?;
        let entries: Vec<i64> = known.iter().filter_map(|payment| payment.entry_id).collect();
        let entries: HashMap<i64, EntryRow> = statements::entries_by_id(tx, &entries)?
            .into_iter()
            .map(|entry| (entry.id, entry))
            .collect();
        for payment in known {
            let current = payment.entry_id.and_then(|id| entries.get(&id));
            let Some(new) = texts.get(&payment.id) else { continue };
            if current.is_none_or(|current| richness(current) < richness(new)) {
                self.touch(speak_through(tx, &payment, new, &self.accounts)?);
            }
        }
        Ok(())
    }

    fn touch(&mut self, day: NaiveDate) {
        self.first_day = Some(self.first_day.map_or(day, |first| first.min(day)));
    }

    fn each_page(
        &mut self,
        tx: &mut Tx<'_>,
        mut body: impl FnMut(&mut Run, &mut Tx<'_>, &[EntryRow]) -> Result<(), ServiceError>,
    ) -> Result<(), ServiceError> {
        let mut cursor: Option<Cursor> = None;
        loop {
            let page = statements::entries_page(tx, self.import.id, cursor.as_ref(), PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            cursor = Some(Cursor {
                booking_date: last.booking_date,
                own_key: last.own_key.clone(),
                own_ordinal: last.own_ordinal,
            });
            body(self, tx, &page)?;
        }
    }

    /// Where this file's statements do not go on from the statement before.
    fn gaps(&self, tx: &mut Tx<'_>) -> Result<Vec<(String, Vnd)>, ServiceError> {
        let mut gaps = Vec::new();
        for statement in &self.statements {
            let (Some(opening), Some(first)) = (statement.opening_dong, statement.first_on) else {
                continue;
            };
            let before = statements::committed_statements(tx, statement.bank_account_id)?
                .into_iter()
                .filter(|other| other.import_id != self.import.id)
                .rfind(|other| other.last_on.is_some_and(|last: Day| last < first));
            let between = before
                .and_then(|before| before.closing_dong)
                .and_then(|closing| opening.checked_sub(closing));
            if let Some(between) = between.filter(|between| *between != 0) {
                let account = self.accounts.get(&statement.bank_account_id).cloned();
                gaps.push((account.unwrap_or_default(), Vnd::new(between)));
            }
        }
        Ok(gaps)
    }
}

/// A payment's place among those of its day: by its content, so that no order of files matters.
pub(crate) fn order_key(entry: &EntryRow) -> String {
    entry.text_key.clone()
}

/// Lets an entry speak for a payment: its text, its day, its channel. The first day on which that
/// changes something.
pub(crate) fn speak_through(
    tx: &mut Tx<'_>,
    payment: &PaymentRow,
    entry: &EntryRow,
    accounts: &Accounts,
) -> Result<NaiveDate, ServiceError> {
    let row = PrimaryEntry {
        entry: entry.id,
        order_key: order_key(entry),
        booking_date: entry.booking_date,
        channel: channel(&payment_facts(entry, accounts)?).as_str(),
    };
    payments::set_primary_entry(tx, payment.id, &row)?;
    Ok(payment.booking_date.min(entry.booking_date))
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

fn new_payment(
    tx: &mut Tx<'_>,
    row: &EntryRow,
    accounts: &Accounts,
) -> Result<PaymentRow, ServiceError> {
    Ok(PaymentRow {
        id: tx.next_id()?,
        school_id: row.school_id,
        bank_account_id: Some(row.bank_account_id),
        entry_id: Some(row.id),
        credit_debit: row.credit_debit.clone(),
        channel: channel(&payment_facts(row, accounts)?).as_str().to_owned(),
        booking_date: row.booking_date,
        order_key: order_key(row),
        amount_dong: row.amount_dong,
        allocated_dong: 0,
        credited_dong: 0,
        refunded_dong: 0,
        set_aside_dong: 0,
        decision_kind: "new".to_owned(),
        decided_by: MACHINE.to_owned(),
        decision_id: None,
        voided: false,
    })
}

fn already_undone() -> ServiceError {
    ServiceError::conflict(
        "import_undone",
        "Lần nhập này đã được hoàn tác. Muốn ghi nhận lại, hãy tải tệp lên lần nữa.",
        "This import was undone. To record it again, upload the file again.",
    )
}
