//! What became of a payment and why, in words: the entry, what was found in its text, what was
//! decided by which rule, what else could have been, and everything that was ever decided.

mod compose;
mod find;
mod history;
mod view;
mod words;

use std::collections::HashMap;

use crate::clock::local_time;
use crate::domain::id::{PaymentId, SchoolId};
use crate::domain::lang::Lang;
use crate::domain::matching::decision::Decision;
use crate::domain::money::Vnd;
use crate::domain::text::last_four;
use crate::service::ServiceError;
use crate::service::users::names;
use crate::store::decisions::{self, AllocationRow, DecisionRow};
use crate::store::fees::InvoiceRow;
use crate::store::payments::{self, PaymentRow};
use crate::store::statements::{self, EntryRow};
use crate::store::{Store, Tx, directory, fees, people};
pub use compose::{
    Owner, TextPart, marked, marked_parts, proposal_views, reason_views, rival_view, share_views,
};
pub use find::{Found, MOST, find};
pub use view::{
    Decided, Explanation, OtherHalf, OtherUse, ProposalView, ReasonView, RivalView, ShareView, Step,
};
pub use words::{Did, Half, did_text, half_text, place_text, rule_text};
pub(crate) use words::{by_name, kind_text};

/// Explains one payment of a school.
pub fn explain(
    store: &Store,
    school: SchoolId,
    payment: PaymentId,
    lang: Lang,
) -> Result<Explanation, ServiceError> {
    store.read(|tx| {
        let (row, entry) = payments::with_entry(tx, payment.0)?
            .filter(|(row, _)| row.school_id == school.0)
            .ok_or_else(|| {
                ServiceError::not_found("payment", "khoản tiền", "payment", &payment.to_string())
            })?;
        of_payment(tx, &row, entry.as_ref(), lang)
    })
}

fn of_payment(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    entry: Option<&EntryRow>,
    lang: Lang,
) -> Result<Explanation, ServiceError> {
    let history = decisions::history(tx, row.id)?;
    let holding = history.iter().find(|one| Some(one.id) == row.decision_id);
    let body = holding.and_then(|one| serde_json::from_str::<Decision>(&one.body).ok());
    // A person's decision has no reasons of its own: what the machine saw before still tells.
    let seen = body.clone().or_else(|| {
        history.iter().rev().find_map(|one| serde_json::from_str::<Decision>(&one.body).ok())
    });
    let standing = decisions::standing_allocations(tx, &[row.id])?;
    let owners = owners(tx, &standing, seen.as_ref())?;
    let owner = |invoice: i64| owners.get(&invoice).cloned().unwrap_or_default();
    let amount = Vnd::new(row.amount_dong);
    let remittance = entry.and_then(|entry| entry.remittance.clone());
    let school = directory::school(tx, row.school_id)?.map(|school| school.code);
    let account = match row.bank_account_id {
        Some(id) => directory::bank_accounts_of(tx, row.school_id)?
            .into_iter()
            .find(|account| account.id == id)
            .map(|account| last_four(&account.number)),
        None => None,
    };
    let import = match entry {
        Some(entry) => statements::import(tx, entry.import_id)?,
        None => None,
    };
    let proposals = body.as_ref().map_or(&[][..], |body| &body.proposals);
    let did = Did {
        invoices: count_invoices(&standing),
        proposals: proposals.len(),
        allocated: Vnd::new(row.allocated_dong),
        voided: row.voided,
        money_out: row.credit_debit == "debit",
    };
    let decision = Decided {
        kind: row.decision_kind.clone(),
        text: did_text(&row.decision_kind, &names::renamed(tx, &row.decided_by)?, did, lang),
        rule: holding.map(|one| one.rule.clone()).unwrap_or_default(),
        rule_text: holding.map(|one| rule_text(&one.rule, lang)).unwrap_or_default(),
        decided_by: Some(row.decided_by.clone()),
        decided_at: holding.map(|one| stamp(one.decided_at)),
        note: holding.and_then(|one| one.note.clone()),
    };
    let rest = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong]
        .iter()
        .fold(row.amount_dong, |rest, part| rest.saturating_sub(*part));
    Ok(Explanation {
        payment: Some(PaymentId(row.id)),
        school,
        booking_date: row.booking_date,
        credit_debit: row.credit_debit.clone(),
        amount,
        foreign: None,
        account,
        reference: entry.and_then(|entry| entry.reference.clone()),
        payer: entry.and_then(|entry| entry.counterparty_name.clone()),
        payer_account: entry.and_then(|entry| entry.counterparty_account.as_deref().map(last_four)),
        file: import.map(|import| import.file_name),
        place: entry.map(|entry| entry.place.clone()),
        marked: remittance.as_deref().map(|text| marked(text, seen.as_ref())),
        remittance,
        decision,
        of: other_half(tx, row, holding, lang)?,
        allocations: standing_shares(tx, &standing, amount, &owner)?,
        uses: other_uses(&standing, &owners_of_families(tx, row.school_id, &standing)?),
        unallocated: Vnd::new(rest),
        reasons: seen.as_ref().map(|one| reason_views(&one.reasons, lang)).unwrap_or_default(),
        proposals: proposal_views(proposals, amount, &owner, lang),
        rival: body.as_ref().and_then(|body| body.rival.as_ref()).map(|rival| {
            let shares = share_views(&rival.allocations, amount, &owner);
            rival_view(rival, shares, lang)
        }),
        history: history::steps(tx, row.id, &history, lang)?,
    })
}

/// Who owes the invoices that a payment is or could be used for, and what is open on them now.
fn owners(
    tx: &mut Tx<'_>,
    standing: &[AllocationRow],
    seen: Option<&Decision>,
) -> Result<HashMap<i64, Owner>, ServiceError> {
    let mut invoices: Vec<i64> = standing.iter().filter_map(|row| row.invoice_id).collect();
    if let Some(seen) = seen {
        let proposed = seen.proposals.iter().flat_map(|one| &one.allocations);
        let rival = seen.rival.iter().flat_map(|one| &one.allocations);
        invoices.extend(proposed.chain(rival).map(|share| share.invoice.0));
    }
    invoices.sort_unstable();
    invoices.dedup();
    let rows = fees::invoices_by_id(tx, &invoices)?;
    let ids: Vec<i64> = rows.iter().map(|row| row.student_id).collect();
    let students: HashMap<i64, people::StudentRow> =
        people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    Ok(rows
        .into_iter()
        .map(|row| {
            let student = students.get(&row.student_id);
            (row.id, owner_of(row, student))
        })
        .collect())
}

/// Whose an invoice is, and what is open on it now.
pub(crate) fn owner_of(row: InvoiceRow, student: Option<&people::StudentRow>) -> Owner {
    Owner {
        student: student.map(|one| one.name.clone()).unwrap_or_default(),
        student_code: student.map(|one| one.code.clone()).unwrap_or_default(),
        class: student.map(|one| one.class.clone()).unwrap_or_default(),
        code: row.code,
        net: Vnd::new(row.net_dong),
        open: Some(Vnd::new(row.net_dong.saturating_sub(row.paid_dong))),
    }
}

fn count_invoices(standing: &[AllocationRow]) -> usize {
    let mut invoices: Vec<i64> = standing.iter().filter_map(|row| row.invoice_id).collect();
    invoices.sort_unstable();
    invoices.dedup();
    invoices.len()
}

/// What stands allocated, an invoice a share, with what was open on each just before.
fn standing_shares(
    tx: &mut Tx<'_>,
    standing: &[AllocationRow],
    amount: Vnd,
    owner: &dyn Fn(i64) -> Owner,
) -> Result<Vec<ShareView>, ServiceError> {
    let mut sums: Vec<(i64, i64, i64)> = Vec::new();
    for row in standing {
        let Some(invoice) = row.invoice_id else { continue };
        match sums.iter_mut().find(|(known, ..)| *known == invoice) {
            Some((_, dong, _)) => *dong = dong.saturating_add(row.amount_dong),
            None => sums.push((invoice, row.amount_dong, row.id)),
        }
    }
    let mut rest = amount;
    let mut shares = Vec::with_capacity(sums.len());
    for (invoice, dong, first_row) in sums {
        let owner = owner(invoice);
        let paid_before = Vnd::new(decisions::allocated_before(tx, invoice, first_row)?);
        let open_before = owner.net.checked_sub(paid_before);
        rest = rest.checked_sub(Vnd::new(dong)).unwrap_or_default();
        shares.push(owner.share(Vnd::new(dong), open_before, rest));
    }
    Ok(shares)
}

/// The codes of the students of each family that some rows give credit to.
fn owners_of_families(
    tx: &mut Tx<'_>,
    school: i64,
    standing: &[AllocationRow],
) -> Result<HashMap<i64, String>, ServiceError> {
    let mut names: HashMap<i64, String> = HashMap::new();
    if standing.iter().all(|row| row.family_id.is_none()) {
        return Ok(names);
    }
    for student in people::students_of(tx, school)? {
        let of_family = names.entry(student.family_id).or_default();
        if !of_family.is_empty() {
            of_family.push_str(", ");
        }
        of_family.push_str(&student.name);
    }
    Ok(names)
}

fn other_uses(standing: &[AllocationRow], families: &HashMap<i64, String>) -> Vec<OtherUse> {
    let other = standing.iter().filter(|row| row.invoice_id.is_none());
    let view = |row: &AllocationRow| OtherUse {
        target: row.target.clone(),
        amount: Vnd::new(row.amount_dong),
        family: row.family_id.and_then(|family| families.get(&family).cloned()),
    };
    other.map(view).collect()
}

/// The other half of money that came and went back.
fn other_half(
    tx: &mut Tx<'_>,
    row: &PaymentRow,
    holding: Option<&DecisionRow>,
    lang: Lang,
) -> Result<Option<OtherHalf>, ServiceError> {
    let body: Option<serde_json::Value> =
        holding.and_then(|one| serde_json::from_str(&one.body).ok());
    let of = body.and_then(|body| body.get("of").and_then(serde_json::Value::as_i64));
    let Some(of) = of else { return Ok(None) };
    let Some((other, entry)) = payments::with_entry(tx, of)? else { return Ok(None) };
    let reference = entry.and_then(|entry| entry.reference);
    let amount = Vnd::new(other.amount_dong).grouped();
    let half = Half {
        payment: Some(PaymentId(of)),
        booking_date: other.booking_date,
        amount: &amount,
        reference: reference.as_deref(),
        place: None,
    };
    let text = half_text(&row.decision_kind, row.credit_debit == "debit", &half, lang);
    Ok(Some(OtherHalf {
        payment: Some(PaymentId(of)),
        booking_date: other.booking_date,
        amount: Vnd::new(other.amount_dong),
        place: None,
        reference,
        text,
    }))
}

/// A time as clocks in Vietnam show it.
pub(crate) fn stamp(at: chrono::NaiveDateTime) -> String {
    format!("{}+07:00", local_time(at).format("%Y-%m-%dT%H:%M:%S"))
}
