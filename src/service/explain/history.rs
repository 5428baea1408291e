//! Everything that was ever decided or refused about a payment.

use std::collections::HashMap;

use chrono::NaiveDateTime;

use super::stamp;
use super::view::Step;
use super::words::{by_name, kind_text, refusal_text};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::decisions::{self, DecisionRow};
use crate::store::{Tx, fees, people, refusals};

/// Every decision, with the invoices it paid, and every refusal; oldest first.
pub(super) fn steps(
    tx: &mut Tx<'_>,
    payment: i64,
    history: &[DecisionRow],
    lang: Lang,
) -> Result<Vec<Step>, ServiceError> {
    let paid = paid_by(tx, payment)?;
    let mut steps: Vec<(NaiveDateTime, i64, Step)> = Vec::new();
    for row in history {
        let mut text = kind_text(&row.kind, lang).to_owned();
        if let Some(paid) = paid.get(&row.id) {
            text = format!("{text}: {}", paid.join(" + "));
        }
        let step = Step {
            at: stamp(row.decided_at),
            by: by_name(&row.decided_by, lang),
            kind: row.kind.clone(),
            text,
            rule: Some(row.rule.clone()),
            note: row.note.clone(),
        };
        steps.push((row.decided_at, row.id, step));
    }
    let refusals = refusals::refusals_about(tx, payment)?;
    let ids: Vec<i64> = refusals.iter().map(|row| row.student_id).collect();
    let students: HashMap<i64, people::StudentRow> =
        people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    for row in refusals {
        let student = students.get(&row.student_id);
        let who = student.map(|one| format!("{} ({})", one.name, one.class)).unwrap_or_default();
        let step = Step {
            at: stamp(row.refused_at),
            by: by_name(&row.refused_by, lang),
            kind: "refused".to_owned(),
            text: refusal_text(&who, lang),
            rule: None,
            note: row.reason,
        };
        steps.push((row.refused_at, row.id, step));
    }
    steps.sort_by_key(|(at, id, _)| (*at, *id));
    Ok(steps.into_iter().map(|(_, _, step)| step).collect())
}

/// What each decision paid: the invoice's code and how much, an invoice once.
fn paid_by(tx: &mut Tx<'_>, payment: i64) -> Result<HashMap<i64, Vec<String>>, ServiceError> {
    let mut sums: Vec<(i64, i64, i64)> = Vec::new();
    for row in decisions::uses_of(tx, payment)? {
        let Some(invoice) = row.invoice_id else { continue };
        let known = sums.iter_mut().find(|(by, of, _)| (*by, *of) == (row.decision_id, invoice));
        match known {
            Some((.., dong)) => *dong = dong.saturating_add(row.amount_dong),
            None => sums.push((row.decision_id, invoice, row.amount_dong)),
        }
    }
    let mut invoices: Vec<i64> = sums.iter().map(|(_, invoice, _)| *invoice).collect();
    invoices.sort_unstable();
    invoices.dedup();
    let codes: HashMap<i64, String> =
        fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| (row.id, row.code)).collect();
    let mut paid: HashMap<i64, Vec<String>> = HashMap::new();
    for (decision, invoice, dong) in sums {
        let code = codes.get(&invoice).map(String::as_str).unwrap_or_default();
        let words = format!("{code} {} ₫", Vnd::new(dong).grouped());
        paid.entry(decision).or_default().push(words);
    }
    Ok(paid)
}
