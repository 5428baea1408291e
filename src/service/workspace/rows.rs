//! A line of the queue, with everything a person needs to decide about it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::filter::Tab;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::id::{DecisionId, PaymentId};
use crate::domain::lang::{Bilingual, Lang};
use crate::domain::matching::decision::{Decision, Proposal, Reason};
use crate::domain::money::Vnd;
use crate::domain::text::last_four;
use crate::service::explain::{
    self, Owner, ReasonView, RivalView, ShareView, TextPart, marked_parts, reason_views,
    rival_view, rule_text, share_views,
};
use crate::service::{MACHINE, ServiceError, decide};
use crate::store::decisions::{self, DecisionRow};
use crate::store::payments::PaymentWithEntry;
use crate::store::queue::{self, CashRow};
use crate::store::{Tx, evidence, fees, people};

/// A line of the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// Which payment.
    pub id: PaymentId,
    /// The decision that holds: sent back with whatever is done about the line.
    pub version: Option<DecisionId>,
    /// The bank's day.
    #[schema(value_type = String, format = Date)]
    pub booking_date: Day,
    /// How much.
    pub amount: Vnd,
    /// The transfer's text, with what was found in it marked.
    pub text: Vec<TextPart>,
    /// The payer's name.
    pub payer: Option<String>,
    /// The last four digits of the payer's account.
    pub payer_account: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
    /// By which channel it came.
    pub channel: String,
    /// `notified`: only announced so far; `booked`: on a statement; `recorded`: by hand.
    pub proof: &'static str,
    /// How it stands.
    pub tab: Tab,
    /// What is used for nothing.
    pub unallocated: Vnd,
    /// What is kept as the family's credit.
    pub family_credit: Vnd,
    /// What it is used for.
    pub paid_for: Vec<ShareView>,
    /// What a person can choose from, best first.
    pub proposals: Vec<Choice>,
    /// The best answer that was not chosen.
    pub rival: Option<RivalView>,
    /// What speaks for and against, of the payment as a whole.
    pub reasons: Vec<ReasonView>,
    /// What warns, of the payment as a whole.
    pub warnings: Vec<ReasonView>,
    /// The rule that decided, with its version.
    pub rule: String,
    /// What the rule says.
    pub rule_text: String,
    /// Who decided, for people.
    pub decided_by: String,
    /// Whether that was the machine.
    pub by_machine: bool,
    /// When, by the clock in Vietnam.
    pub decided_at: Option<String>,
    /// Why, where a person said so.
    pub note: Option<String>,
    /// How sure the machine is of its first proposal, 1 to 99; 0 without one.
    pub confidence: i32,
    /// Whether the first proposal may be confirmed together with others of its rule.
    pub bulk: bool,
}

/// One way to use a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Choice {
    /// Its place; 0 is the first.
    pub index: usize,
    /// Whom it would pay for, how much, and what is open there now.
    pub shares: Vec<ShareView>,
    /// What would be kept as the family's credit.
    pub credit: Vnd,
    /// What speaks for it.
    pub reasons: Vec<ReasonView>,
    /// What warns of it.
    pub warnings: Vec<ReasonView>,
}

/// What the rows of a page need to know of invoices, students and cash.
pub(super) struct Around {
    owners: HashMap<i64, Owner>,
    students: HashMap<i64, i64>,
    cash: Vec<CashRow>,
}

impl Around {
    /// Looks up some invoices.
    pub fn load(tx: &mut Tx<'_>, mut invoices: Vec<i64>) -> Result<Around, ServiceError> {
        invoices.sort_unstable();
        invoices.dedup();
        let rows = fees::invoices_by_id(tx, &invoices)?;
        let students: HashMap<i64, i64> = rows.iter().map(|row| (row.id, row.student_id)).collect();
        let mut ids: Vec<i64> = students.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let people: HashMap<i64, people::StudentRow> =
            people::students_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
        let owner = |row: fees::InvoiceRow| {
            (row.id, explain::owner_of(row.clone(), people.get(&row.student_id)))
        };
        let owners = rows.into_iter().map(owner).collect();
        Ok(Around { owners, students, cash: queue::cash_of_students(tx, &ids)? })
    }

    /// Whose an invoice is.
    pub fn owner(&self, invoice: i64) -> Owner {
        self.owners.get(&invoice).cloned().unwrap_or_default()
    }

    /// What is open on an invoice now.
    pub fn open(&self, invoice: i64) -> Vnd {
        self.owners.get(&invoice).and_then(|owner| owner.open).unwrap_or_default()
    }

    /// The warning that cash of the same amount was taken for a student of a proposal.
    pub fn same_cash(&self, proposal: &Proposal, amount: Vnd) -> Option<Reason> {
        let of: HashSet<i64> = proposal
            .allocations
            .iter()
            .filter_map(|share| self.students.get(&share.invoice.0).copied())
            .collect();
        let taken = self
            .cash
            .iter()
            .filter(|cash| cash.amount_dong == amount.dong() && of.contains(&cash.student_id))
            .map(|cash| cash.booking_date)
            .max()?;
        let text = Bilingual::new(
            format!("⚠ Đã có phiếu thu tiền mặt bằng số tiền này, ngày {}", vietnamese_day(taken)),
            format!("⚠ A cash voucher of {taken} has the same amount"),
        );
        Some(Reason { code: "cash_same".into(), text, at: None })
    }
}

/// What forbids to confirm a proposal together with others: every warning about it.
pub(super) fn blocking(
    decision: &Decision,
    first: &Proposal,
    around: &Around,
    amount: Vnd,
) -> Vec<Reason> {
    let mut found: Vec<Reason> = decision.warnings(first).cloned().collect();
    found.extend(around.same_cash(first, amount));
    found
}

/// The invoices that a decision names.
pub(super) fn named(decision: &Decision) -> impl Iterator<Item = i64> {
    let proposed = decision.proposals.iter().flat_map(|one| &one.allocations);
    let rival = decision.rival.iter().flat_map(|one| &one.allocations);
    proposed.chain(rival).map(|share| share.invoice.0)
}

/// Payments as rows, in the same order.
pub(super) fn rows(
    tx: &mut Tx<'_>,
    found: Vec<PaymentWithEntry>,
    lang: Lang,
) -> Result<Vec<Row>, ServiceError> {
    let ids: Vec<i64> = found.iter().filter_map(|(row, _)| row.decision_id).collect();
    let mut holding: HashMap<i64, DecisionRow> =
        decisions::decisions_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let bodies: HashMap<i64, Decision> = holding
        .values()
        .filter_map(|row| Some((row.id, serde_json::from_str(&row.body).ok()?)))
        .collect();
    let used: Vec<i64> =
        found.iter().filter(|(row, _)| row.allocated_dong > 0).map(|(row, _)| row.id).collect();
    let mut paid: HashMap<i64, Vec<(i64, i64)>> = HashMap::new();
    for row in decisions::standing_allocations(tx, &used)? {
        let Some(invoice) = row.invoice_id else { continue };
        let of = paid.entry(row.payment_id).or_default();
        match of.iter_mut().find(|(known, _)| *known == invoice) {
            Some((_, dong)) => *dong = dong.saturating_add(row.amount_dong),
            None => of.push((invoice, row.amount_dong)),
        }
    }
    let mut invoices: Vec<i64> = bodies.values().flat_map(named).collect();
    invoices.extend(paid.values().flatten().map(|(invoice, _)| *invoice));
    let around = Around::load(tx, invoices)?;
    let shown: Vec<i64> = found.iter().map(|(row, _)| row.id).collect();
    let notified = evidence::only_announced(tx, &shown)?;
    let mut rows = Vec::with_capacity(found.len());
    for (payment, entry) in found {
        let decision = payment.decision_id.and_then(|id| holding.remove(&id));
        let body = payment.decision_id.and_then(|id| bodies.get(&id));
        let paid = paid.remove(&payment.id).unwrap_or_default();
        let proof = match (payment.entry_id, notified.contains(&payment.id)) {
            (None, _) => "recorded",
            (Some(_), true) => "notified",
            (Some(_), false) => "booked",
        };
        rows.push(row((payment, entry), (decision, body), &paid, (&around, proof, lang)));
    }
    Ok(rows)
}

fn row(
    (payment, entry): PaymentWithEntry,
    (holding, body): (Option<DecisionRow>, Option<&Decision>),
    paid: &[(i64, i64)],
    (around, proof, lang): (&Around, &'static str, Lang),
) -> Row {
    let amount = Vnd::new(payment.amount_dong);
    let owner = |invoice: i64| around.owner(invoice);
    let state = decide::state_of(&payment);
    let mut rest = amount;
    let mut paid_for = Vec::with_capacity(paid.len());
    for (invoice, dong) in paid {
        let share = Vnd::new(*dong);
        rest = rest.checked_sub(share).unwrap_or_default();
        // What was open before is what is open now and what this pays.
        let before = around.open(*invoice).checked_add(share);
        paid_for.push(around.owner(*invoice).share(share, before, rest));
    }
    let proposals = body.map_or(&[][..], |body| &body.proposals);
    let choices = proposals.iter().enumerate().map(|(index, proposal)| {
        let (warnings, reasons): (Vec<Reason>, Vec<Reason>) = proposal
            .reasons
            .iter()
            .cloned()
            .chain(around.same_cash(proposal, amount))
            .partition(Reason::warns);
        Choice {
            index,
            shares: share_views(&proposal.allocations, amount, &owner),
            credit: proposal.credit,
            reasons: reason_views(&reasons, lang),
            warnings: reason_views(&warnings, lang),
        }
    });
    let (warnings, reasons): (Vec<Reason>, Vec<Reason>) =
        body.map_or(&[][..], |body| &body.reasons).iter().cloned().partition(Reason::warns);
    let bulk = body.is_some_and(|body| {
        body.proposals.first().is_some_and(|first| {
            !first.allocations.is_empty() && blocking(body, first, around, amount).is_empty()
        })
    });
    let rule = holding.as_ref().map(|one| one.rule.clone()).unwrap_or_default();
    Row {
        id: PaymentId(payment.id),
        version: payment.decision_id.map(DecisionId),
        booking_date: payment.booking_date,
        amount,
        text: entry
            .as_ref()
            .and_then(|entry| entry.remittance.as_deref())
            .map(|text| marked_parts(text, body))
            .unwrap_or_default(),
        payer: entry.as_ref().and_then(|entry| entry.counterparty_name.clone()),
        payer_account: entry
            .as_ref()
            .and_then(|entry| entry.counterparty_account.as_deref().map(last_four)),
        reference: entry.as_ref().and_then(|entry| entry.reference.clone()),
        proof,
        tab: Tab::of(&payment),
        unallocated: state.unallocated,
        family_credit: state.family_credit,
        paid_for,
        proposals: choices.collect(),
        rival: body
            .and_then(|body| body.rival.as_ref())
            .map(|rival| rival_view(rival, share_views(&rival.allocations, amount, &owner), lang)),
        reasons: reason_views(&reasons, lang),
        warnings: reason_views(&warnings, lang),
        rule_text: rule_text(&rule, lang),
        rule,
        decided_by: explain::by_name(&payment.decided_by, lang),
        by_machine: payment.decided_by == MACHINE,
        decided_at: holding.as_ref().map(|one| explain::stamp(one.decided_at)),
        note: holding.and_then(|one| one.note),
        confidence: payment.confidence,
        bulk,
        channel: payment.channel,
    }
}
