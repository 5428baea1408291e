//! Lets notifications become payments: each an import of one entry, recognised like the lines of
//! files, decided by the machine like any other payment.

use std::collections::{BTreeSet, HashMap};

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::json;

use super::Worked;
use crate::domain::id::SchoolId;
use crate::domain::identity::{Fingerprint, notification_source};
use crate::domain::lang::Lang;
use crate::domain::money::Currency;
use crate::domain::notification::{Movement, NoticeBody, Provider};
use crate::domain::statement::{Announced, CreditDebit, Entry, EntryExtras, EntryStatus};
use crate::domain::text::hex;
use crate::formats::notification::{self, Method, Request, Terms};
use crate::service::commit::new_payment;
use crate::service::directory::account_number;
use crate::service::entry::{self, Accounts};
use crate::service::ledger::By;
use crate::service::recognise::{Changed, Recorder, Rulings, Window, announced, gather};
use crate::service::settle::{self, Replay};
use crate::service::{MACHINE, ServiceError, directory, webhooks};
use crate::store::audit::{self, AuditFact};
use crate::store::evidence::{self, EvidenceRow};
use crate::store::inbox::{self, Handled, NotificationRow};
use crate::store::statements::{self, EntryRow, ImportRow, NOTIFICATION, StatementRow};
use crate::store::{Tx, payments, webhooks as endpoints};
use sha2::{Digest as _, Sha256};

/// Handles leased notifications of one school; those whose lease was lost are left alone.
pub(super) fn run(
    tx: &mut Tx<'_>,
    rows: Vec<NotificationRow>,
    at: NaiveDateTime,
) -> Result<Worked, ServiceError> {
    let Some(school) = rows.first().map(|row| SchoolId(row.school_id)) else {
        return Ok(Worked::default());
    };
    let school_row = directory::lock_school(tx, school)?;
    let rows = inbox::still_leased(tx, rows)?;
    if rows.is_empty() {
        return Ok(Worked::default());
    }
    let mut applying = Applying {
        school,
        at,
        accounts: entry::accounts(tx, school.0)?,
        agreed: HashMap::new(),
        handled: Vec::with_capacity(rows.len()),
        announced: Vec::new(),
    };
    for row in &rows {
        applying.sort_out(tx, row)?;
    }
    let first_day = applying.record(tx)?;
    if let Some(day) = first_day {
        settle::replay(tx, &school_row, &Replay::ruled(day), at)?;
    }
    applying.finish(tx)
}

struct Applying {
    school: SchoolId,
    at: NaiveDateTime,
    accounts: Accounts,
    /// What is agreed at each endpoint, with the account it is limited to.
    agreed: HashMap<i64, (Provider, Terms, Option<i64>)>,
    handled: Vec<Handled>,
    /// What money was announced, each with its import.
    announced: Vec<(ImportRow, EntryRow)>,
}

impl Applying {
    /// Decides what a notification is: money, or something only to be noted.
    fn sort_out(&mut self, tx: &mut Tx<'_>, row: &NotificationRow) -> Result<(), ServiceError> {
        let (provider, terms, only) = self.agreed(tx, row.endpoint_id)?;
        let Some(body) = read(provider, &terms, row) else {
            self.dead(row, "unreadable", None);
            return Ok(());
        };
        let (movement, reversal) = match body {
            NoticeBody::Payment(movement) => (movement, false),
            NoticeBody::Reversal(movement) => (movement, true),
            other => {
                self.note(row, &other);
                return Ok(());
            }
        };
        let number = account_number(&movement.account);
        let account = self
            .accounts
            .iter()
            .find(|(id, account)| account.number == number && only.is_none_or(|only| only == **id))
            .map(|(id, _)| *id);
        let Some(account) = account else {
            self.dead(row, "unknown_account", None);
            return Ok(());
        };
        self.announce(tx, row, (provider, account), &movement, reversal)
    }

    /// Notes what moves no money; a kind nobody knows waits for a person.
    fn note(&mut self, row: &NotificationRow, body: &NoticeBody) {
        let outcome = match body {
            NoticeBody::Unknown(kind) => return self.dead(row, "unknown_kind", Some(kind)),
            NoticeBody::Failed(code) => json!({ "kind": "failed", "code": code }),
            NoticeBody::MoneyOut(_) => json!({ "kind": "money_out" }),
            NoticeBody::Test | NoticeBody::Payment(_) | NoticeBody::Reversal(_) => {
                json!({ "kind": "test" })
            }
        };
        self.done(row, None, &outcome);
    }

    fn agreed(
        &mut self,
        tx: &mut Tx<'_>,
        endpoint: i64,
    ) -> Result<(Provider, Terms, Option<i64>), ServiceError> {
        if let Some(known) = self.agreed.get(&endpoint) {
            return Ok(known.clone());
        }
        let row = endpoints::endpoint(tx, endpoint)?.ok_or_else(|| {
            ServiceError::not_found("endpoint", "địa chỉ", "endpoint", &endpoint.to_string())
        })?;
        let (provider, terms) = webhooks::terms_of(&row)?;
        let agreed = (provider, terms, row.bank_account_id);
        self.agreed.insert(endpoint, agreed.clone());
        Ok(agreed)
    }

    /// Stores what a notification says as an import of one entry.
    fn announce(
        &mut self,
        tx: &mut Tx<'_>,
        row: &NotificationRow,
        (provider, account): (Provider, i64),
        movement: &Movement,
        reversal: bool,
    ) -> Result<(), ServiceError> {
        let sha256 = hex(&Sha256::digest(format!("{}/{}", row.endpoint_id, row.provider_id)));
        if let Some(import) = statements::find_same_file(tx, self.school.0, &sha256)? {
            // It was handled before; only a person who asks for it again comes here.
            self.done(row, Some(import.id), &json!({ "kind": "known" }));
            return Ok(());
        }
        let place = format!("{} {}", provider.label(Lang::En), row.provider_id);
        let import = ImportRow {
            id: tx.next_id()?,
            school_id: self.school.0,
            file_name: place.clone(),
            sha256,
            size_bytes: i64::try_from(row.body.len()).unwrap_or(i64::MAX),
            format: NOTIFICATION.to_owned(),
            layout: Some(provider.as_str().to_owned()),
            source: notification_source(provider.as_str()),
            state: "committed".to_owned(),
            warnings: "[]".to_owned(),
            planned_by: MACHINE.to_owned(),
            planned_at: row.received_at,
            committed_by: Some(MACHINE.to_owned()),
            committed_at: Some(self.at),
            undone_by: None,
            undone_at: None,
            outcome: Some("{}".to_owned()),
        };
        let day = movement.at.date();
        let credit_debit = if reversal { CreditDebit::Debit } else { CreditDebit::Credit };
        let dong = movement.amount.dong();
        let (credits, debits) = if reversal { (0, dong) } else { (dong, 0) };
        let statement = StatementRow {
            id: tx.next_id()?,
            school_id: self.school.0,
            import_id: import.id,
            bank_account_id: account,
            position: 0,
            reference: None,
            sequence: None,
            opening_dong: None,
            opening_on: None,
            closing_dong: None,
            closing_on: None,
            credits_dong: credits,
            debits_dong: debits,
            entry_count: 1,
            first_on: Some(day),
            last_on: Some(day),
            period_from: None,
            period_to: None,
            copy: false,
        };
        let entry = Entry {
            booking_date: day,
            value_date: None,
            credit_debit,
            amount: dong.into(),
            currency: Currency::VND,
            status: EntryStatus::Booked,
            reversal,
            reference: movement.reference.clone(),
            end_to_end_id: movement.order.clone(),
            remittance: movement.text.clone().or_else(|| movement.order.clone()),
            counterparty_name: movement.payer_name.clone(),
            counterparty_account: movement.payer_account.clone(),
            counterparty_bank: movement.payer_bank.clone(),
            balance_after: None,
            extras: EntryExtras {
                announced: Some(Box::new(Announced {
                    source_id: row.provider_id.clone(),
                    virtual_account: movement.virtual_account.clone(),
                })),
                ..EntryExtras::default()
            },
            position: place,
        };
        let keys = Fingerprint::of(entry::number_of(&self.accounts, account), &entry);
        let entry = EntryRow {
            id: tx.next_id()?,
            school_id: self.school.0,
            import_id: import.id,
            statement_id: statement.id,
            bank_account_id: account,
            position: 1,
            place: entry.position,
            booking_date: day,
            value_date: None,
            credit_debit: credit_debit.as_str().to_owned(),
            amount_dong: dong,
            status: EntryStatus::Booked.as_str().to_owned(),
            reversal,
            reference: entry.reference,
            end_to_end_id: entry.end_to_end_id,
            remittance: entry.remittance,
            counterparty_name: entry.counterparty_name,
            counterparty_account: entry.counterparty_account,
            counterparty_bank: entry.counterparty_bank,
            balance_after_dong: None,
            own_key: keys.own.to_string(),
            own_ordinal: 0,
            text_key: keys.text.to_string(),
            reference_key: keys.reference.map(|key| key.to_string()),
            source_id: Some(row.provider_id.clone()),
            virtual_account: movement.virtual_account.clone(),
        };
        statements::insert_imports(tx, std::slice::from_ref(&import))?;
        statements::insert_statements(tx, &[statement])?;
        statements::insert_entries(tx, std::slice::from_ref(&entry))?;
        let kind = if reversal { "reversal" } else { "payment" };
        self.done(row, Some(import.id), &json!({ "kind": kind }));
        self.announced.push((import, entry));
        Ok(())
    }

    /// Recognises what was announced and records payments. The first day of anything that changed.
    fn record(&self, tx: &mut Tx<'_>) -> Result<Option<NaiveDate>, ServiceError> {
        if self.announced.is_empty() {
            return Ok(None);
        }
        let mut window = Window::default();
        let mut amounts = BTreeSet::new();
        for (_, entry) in &self.announced {
            window.add(entry.bank_account_id, entry.booking_date, entry.booking_date);
            amounts.insert(entry.amount_dong);
        }
        let rulings = Rulings::load(tx, self.school.0)?;
        let changed = Changed::Announced(&self.announced);
        let (scene, among) =
            gather(tx, &self.accounts, &rulings, (window.widened(), false), &changed)?;
        let by = By { actor: MACHINE, at: self.at, import: None };
        let recorder = Recorder {
            school: self.school.0,
            accounts: &self.accounts,
            rulings: rulings.said(),
            by,
        };
        let done = recorder.run(tx, &scene, &among)?;
        let mut first_day = done.first_day;
        let mut touch =
            |day: NaiveDate| first_day = Some(first_day.map_or(day, |first| first.min(day)));
        let mut fresh = Vec::new();
        let mut shown = Vec::new();
        for (import, row) in
            self.announced.iter().filter(|(_, row)| !done.entries.contains(&row.id))
        {
            let payment = new_payment(tx, row, &self.accounts, false)?;
            touch(payment.booking_date);
            shown.push(EvidenceRow {
                id: tx.next_id()?,
                school_id: self.school.0,
                payment_id: payment.id,
                import_id: Some(import.id),
                entry_id: Some(row.id),
                bank_account_id: Some(row.bank_account_id),
                kind: "first".to_owned(),
                source: import.source.clone(),
                own_key: row.own_key.clone(),
                own_ordinal: row.own_ordinal,
                at: self.at,
            });
            fresh.push(payment);
        }
        payments::insert_payments(tx, &fresh)?;
        evidence::insert(tx, &shown)?;
        let around = (&window, Some(&amounts));
        if let Some(day) = announced::refresh(tx, self.school.0, &self.accounts, around)? {
            touch(day);
        }
        Ok(first_day)
    }

    fn done(&mut self, row: &NotificationRow, import: Option<i64>, outcome: &serde_json::Value) {
        self.handled.push(Handled {
            id: row.id,
            state: "done",
            problem: None,
            outcome: Some(outcome.to_string()),
            import,
            due_at: None,
        });
    }

    fn dead(&mut self, row: &NotificationRow, problem: &str, detail: Option<&str>) {
        self.handled.push(Handled {
            id: row.id,
            state: "dead",
            problem: Some(match detail {
                Some(detail) => format!("{problem}: {detail}"),
                None => problem.to_owned(),
            }),
            outcome: None,
            import: None,
            due_at: None,
        });
    }

    fn finish(self, tx: &mut Tx<'_>) -> Result<Worked, ServiceError> {
        inbox::finish(tx, &self.handled, self.at)?;
        let imports: Vec<i64> = self.announced.iter().map(|(import, _)| import.id).collect();
        if let Some(first) = imports.first() {
            let fact = AuditFact {
                actor: MACHINE.to_owned(),
                action: "notification.take",
                subject_kind: "import",
                subject_id: *first,
                detail: json!({ "imports": imports }).to_string(),
            };
            audit::append(tx, self.school.0, self.at, vec![fact])?;
        }
        let dead = self.handled.iter().filter(|one| one.state == "dead").count();
        Ok(Worked { done: self.handled.len() - dead, postponed: 0, dead })
    }
}

/// What a stored notification says: it was proven when it came.
fn read(provider: Provider, terms: &Terms, row: &NotificationRow) -> Option<NoticeBody> {
    if row.came_by == "pull" {
        return serde_json::from_str(&row.body).ok();
    }
    let headers: Vec<(String, String)> = serde_json::from_str(&row.headers).ok()?;
    let request = Request {
        method: if row.method == "GET" { Method::Get } else { Method::Post },
        query: &row.query,
        headers: &headers,
        body: row.body.as_bytes(),
        // VietQR.vn may leave the time out: then it is the time of arrival.
        now: row.received_at.and_utc().timestamp(),
    };
    let notices = notification::reread(provider, terms, &request).ok()?;
    notices.into_iter().find(|notice| notice.id == row.provider_id).map(|notice| notice.body)
}
