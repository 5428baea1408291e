//! Lists for people and programs: payments with what was decided about them, invoices, imports.

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{DecisionId, ImportId, PaymentId, SchoolId};
use crate::domain::invoice::InvoiceState;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::decide::{self, PaymentState};
use crate::store::payments::{self, PaymentFilter, PaymentWithEntry};
use crate::store::statements::{self, ImportRow};
use crate::store::{Store, Tx, decisions, evidence, fees, people};

/// A payment as the queue shows it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentView {
    /// How it stands.
    #[serde(flatten)]
    pub state: PaymentState,
    /// `credit` is money in.
    pub credit_debit: String,
    /// By which channel it came.
    pub channel: String,
    /// The bank's day, or the day cash was taken.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// `notified`: only announced so far; `booked`: on a statement; `recorded`: cash, by hand.
    pub proof: &'static str,
    /// The transfer's text.
    pub remittance: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// The payer's name.
    pub counterparty_name: Option<String>,
    /// The other half of money that came and went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<PaymentId>,
    /// The holding decision with its reasons, proposals and rival.
    #[schema(value_type = Object)]
    pub explanation: serde_json::Value,
}

/// A payment with everything ever decided about it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PaymentHistory {
    /// The payment.
    #[serde(flatten)]
    pub payment: PaymentView,
    /// Its decisions, oldest first.
    pub history: Vec<DecisionView>,
}

/// A decision of the past or the one that holds.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct DecisionView {
    /// Its id.
    pub id: DecisionId,
    /// Its kind.
    pub kind: String,
    /// The rule and its version.
    pub rule: String,
    /// Who decided.
    pub decided_by: String,
    /// When, in UTC.
    pub decided_at: String,
    /// Why, where a person said so.
    pub note: Option<String>,
}

/// An invoice as lists show it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct InvoiceView {
    /// Its id, as addresses of pages name it.
    #[serde(skip)]
    pub id: i64,
    /// Its payment code.
    pub code: String,
    /// Whose.
    pub student_code: String,
    /// Whose, for people.
    pub student_name: String,
    /// The student's class.
    pub class: String,
    /// Before exemptions.
    pub gross: Vnd,
    /// What is waived of it.
    pub waived: Vnd,
    /// What is due.
    pub net: Vnd,
    /// What is paid of it.
    pub paid: Vnd,
    /// `waived`, `open`, `partly_paid`, `paid` or `cancelled`.
    #[schema(value_type = String)]
    pub state: InvoiceState,
    /// The last day to pay.
    #[schema(value_type = Option<String>, format = Date)]
    pub due_on: Option<Day>,
}

/// An import as lists show it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    /// Its id.
    pub id: ImportId,
    /// Its school.
    pub school: SchoolId,
    /// The file's name.
    pub file_name: String,
    /// The recognised format.
    pub format: String,
    /// The recognised bank layout.
    pub layout: Option<String>,
    /// `planned`, `committed` or `undone`.
    pub state: String,
    /// What committing it did.
    #[schema(value_type = Object)]
    pub outcome: serde_json::Value,
}

/// The last payment of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentCursor(Day, String, i64);

impl PaymentCursor {
    /// The cursor as a page's link carries it.
    #[must_use]
    pub fn encode(&self) -> String {
        format!("{}.{}.{}", self.0, self.2, self.1)
    }

    /// A cursor from a link, or `None` when it is none of ours.
    #[must_use]
    pub fn decode(text: &str) -> Option<PaymentCursor> {
        let mut parts = text.splitn(3, '.');
        let day = crate::domain::calendar::parse_iso_day(parts.next()?)?;
        let id = parts.next()?.parse().ok()?;
        Some(PaymentCursor(day, parts.next()?.to_owned(), id))
    }
}

/// A page of a school's payments in canonical order, and where the next page begins.
pub fn payments_page(
    store: &Store,
    school: SchoolId,
    kind: Option<&str>,
    after: Option<&PaymentCursor>,
    limit: u32,
) -> Result<(Vec<PaymentView>, Option<PaymentCursor>), ServiceError> {
    store.read(|tx| {
        let kinds: Vec<&str> = kind.into_iter().collect();
        let filter = PaymentFilter {
            kinds: &kinds,
            limit: i64::from(limit).saturating_add(1),
            after: after.map(|cursor| (cursor.0, cursor.1.as_str(), cursor.2)),
            ..PaymentFilter::default()
        };
        let mut rows = payments::payments_with_entries(tx, school.0, &filter)?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > wanted;
        rows.truncate(wanted);
        let next = rows
            .last()
            .filter(|_| more)
            .map(|(row, _)| PaymentCursor(row.booking_date, row.order_key.clone(), row.id));
        Ok((views(tx, rows)?, next))
    })
}

/// One payment with its history.
pub fn payment(
    store: &Store,
    school: SchoolId,
    id: PaymentId,
) -> Result<PaymentHistory, ServiceError> {
    store.read(|tx| {
        let missing =
            || ServiceError::not_found("payment", "khoản tiền", "payment", &id.to_string());
        let row = payments::payment(tx, id.0)?
            .filter(|row| row.school_id == school.0)
            .ok_or_else(missing)?;
        let entry = match row.entry_id {
            Some(entry) => statements::entries_by_id(tx, &[entry])?.into_iter().next(),
            None => None,
        };
        let payment = views(tx, vec![(row, entry)])?.into_iter().next().ok_or_else(missing)?;
        let history = decisions::history(tx, id.0)?
            .into_iter()
            .map(|row| DecisionView {
                id: DecisionId(row.id),
                kind: row.kind,
                rule: row.rule,
                decided_by: row.decided_by,
                decided_at: format!("{}Z", row.decided_at.format("%Y-%m-%dT%H:%M:%S%.6f")),
                note: row.note,
            })
            .collect();
        Ok(PaymentHistory { payment, history })
    })
}

/// Every invoice of a school.
pub fn invoices(store: &Store, school: SchoolId) -> Result<Vec<InvoiceView>, ServiceError> {
    store.read(|tx| {
        let students: std::collections::HashMap<i64, people::StudentRow> =
            people::students_of(tx, school.0)?.into_iter().map(|row| (row.id, row)).collect();
        Ok(fees::invoices_of(tx, school.0)?
            .into_iter()
            .filter_map(|row| {
                let student = students.get(&row.student_id)?;
                Some(InvoiceView {
                    id: row.id,
                    code: row.code,
                    student_code: student.code.clone(),
                    student_name: student.name.clone(),
                    class: student.class.clone(),
                    gross: Vnd::new(row.gross_dong),
                    waived: Vnd::new(row.waived_dong),
                    net: Vnd::new(row.net_dong),
                    paid: Vnd::new(row.paid_dong),
                    state: InvoiceState::of(
                        Vnd::new(row.net_dong),
                        Vnd::new(row.paid_dong),
                        row.cancelled,
                    ),
                    due_on: row.due_on,
                })
            })
            .collect())
    })
}

/// The latest imports of some schools, newest first.
pub fn imports(
    store: &Store,
    schools: &[SchoolId],
    limit: i64,
) -> Result<Vec<ImportView>, ServiceError> {
    store.read(|tx| {
        let ids: Vec<i64> = schools.iter().map(|school| school.0).collect();
        Ok(statements::latest_imports(tx, &ids, limit)?.into_iter().map(import_view).collect())
    })
}

fn import_view(row: ImportRow) -> ImportView {
    ImportView {
        id: ImportId(row.id),
        school: SchoolId(row.school_id),
        file_name: row.file_name,
        format: row.format,
        layout: row.layout,
        state: row.state,
        outcome: row
            .outcome
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or(serde_json::Value::Null),
    }
}

fn views(tx: &mut Tx<'_>, rows: Vec<PaymentWithEntry>) -> Result<Vec<PaymentView>, ServiceError> {
    let ids: Vec<i64> = rows.iter().filter_map(|(row, _)| row.decision_id).collect();
    let bodies: std::collections::HashMap<i64, String> =
        decisions::decisions_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row.body)).collect();
    let shown: Vec<i64> = rows.iter().map(|(row, _)| row.id).collect();
    let notified = evidence::only_announced(tx, &shown)?;
    let view = |(row, entry): PaymentWithEntry| {
        let body = row.decision_id.and_then(|id| bodies.get(&id));
        let explanation: serde_json::Value =
            body.and_then(|body| serde_json::from_str(body).ok()).unwrap_or_default();
        PaymentView {
            proof: match (row.entry_id, notified.contains(&row.id)) {
                (None, _) => "recorded",
                (Some(_), true) => "notified",
                (Some(_), false) => "booked",
            },
            state: decide::state_of(&row),
            credit_debit: row.credit_debit,
            channel: row.channel,
            booking_date: row.booking_date,
            remittance: entry.as_ref().and_then(|entry| entry.remittance.clone()),
            reference: entry.as_ref().and_then(|entry| entry.reference.clone()),
            counterparty_name: entry.and_then(|entry| entry.counterparty_name),
            of: explanation.get("of").and_then(serde_json::Value::as_i64).map(PaymentId),
            explanation,
        }
    };
    Ok(rows.into_iter().map(view).collect())
}

/// What a family has as credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FamilyCredit {
    /// The codes of the family's students.
    pub students: Vec<String>,
    /// How much, in đồng.
    pub credit: Vnd,
}

/// The families of a school that have credit.
pub fn family_credit(store: &Store, school: SchoolId) -> Result<Vec<FamilyCredit>, ServiceError> {
    store.read(|tx| {
        let students = people::students_of(tx, school.0)?;
        Ok(decisions::family_credit(tx, school.0)?
            .into_iter()
            .filter(|(_, dong)| *dong != 0)
            .map(|(family, dong)| FamilyCredit {
                students: students
                    .iter()
                    .filter(|student| student.family_id == family)
                    .map(|student| student.code.clone())
                    .collect(),
                credit: Vnd::new(dong),
            })
            .collect())
    })
}
