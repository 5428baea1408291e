//! Writes answers for payments: the decision, the ledger rows it asks for, the reversal of what
//! stood before, the running totals, the audit records and the events. Every change of money passes
//! here.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::domain::allocation::{self, AllocationError, Use};
use crate::domain::matching::decision::{Decision, DecisionKind};
use crate::domain::matching::returns::returned_decision;
use crate::domain::money::Vnd;
use crate::service::events::money::Moves;
use crate::service::fees::refund_limit;
use crate::service::periods::guard;
use crate::service::receipts::issue::Issuing;
use crate::service::{ServiceError, collected, events, receipts};
use crate::store::audit::{self, AuditFact};
use crate::store::decisions::{self, AllocationRow, DecisionRow};
use crate::store::payments::{self, TotalsChange};
use crate::store::{Tx, fees};

/// The new answer for one payment; what stood before is reversed.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub payment: i64,
    /// Whether the payment has never been decided, so that there is nothing to reverse.
    pub fresh: bool,
    pub kind: &'static str,
    pub rule: String,
    /// The whole decision with reasons, proposals and rival, as JSON.
    pub body: String,
    pub uses: Vec<Use>,
    /// By which channel it came, where the decision tells more than the text did.
    pub channel: Option<&'static str>,
    /// How sure the machine is of its first proposal; 0 where it makes none.
    pub confidence: i32,
    pub note: Option<String>,
}

/// A decision as it is stored.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    decision: &'a Decision,
    /// The other half of money that came and went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<i64>,
}

impl Answer {
    /// The machine's decision about a payment of money in.
    pub fn of_decision(payment: i64, fresh: bool, amount: Vnd, decision: &Decision) -> Answer {
        let uses = match decision.kind {
            DecisionKind::Settled => decision
                .allocations
                .iter()
                .map(|share| Use::Invoice { invoice: share.invoice, amount: share.amount })
                .collect(),
            DecisionKind::NotIncome => vec![Use::SetAside { amount }],
            DecisionKind::Returned => vec![Use::Refund { amount }],
            DecisionKind::Proposed | DecisionKind::Unmatched | DecisionKind::Duplicate => {
                Vec::new()
            }
        };
        Answer {
            payment,
            fresh,
            kind: decision.kind.as_str(),
            rule: decision.rule.clone().into_owned(),
            body: stored(decision, None),
            uses,
            channel: None,
            confidence: decision.confidence(),
            note: None,
        }
    }

    /// The decision that a payment and another one are the two halves of returned money.
    pub fn returned(payment: i64, fresh: bool, (amount, of): (Vnd, i64)) -> Answer {
        let decision = returned_decision(amount);
        let body = stored(&decision, Some(of));
        Answer { body, ..Answer::of_decision(payment, fresh, amount, &decision) }
    }

    /// The same without any use of the money: for entries that took money out.
    pub fn without_uses(mut self) -> Answer {
        self.uses.clear();
        self
    }
}

fn stored(decision: &Decision, of: Option<i64>) -> String {
    serde_json::to_string(&Body { decision, of }).unwrap_or_default()
}

/// Who decided, when, and because of which import.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By<'a> {
    pub actor: &'a str,
    pub at: NaiveDateTime,
    pub import: Option<i64>,
}

/// Writes answers for payments of one school, whose row the caller has locked. Refuses an answer
/// that would use an invoice or a payment beyond its amount; the transaction must then be given up.
pub(crate) fn write_answers(
    tx: &mut Tx<'_>,
    school: i64,
    answers: &[Answer],
    by: By<'_>,
) -> Result<(), ServiceError> {
    if answers.is_empty() {
        return Ok(());
    }
    guard::answers(tx, school, answers, by)?;
    receipts::refuse_alone(tx, school, answers, by)?;
    refund_limit::refuse_alone(tx, school, answers)?;
    write_dated(tx, school, answers, by)
}

/// The same for what happens today to money of any day: credit that is carried on or given back, an
/// invoice that comes down. What a closed month froze stays as it was: the reversals carry today's
/// date, and the next close lists them.
pub(crate) fn write_dated(
    tx: &mut Tx<'_>,
    school: i64,
    answers: &[Answer],
    by: By<'_>,
) -> Result<(), ServiceError> {
    if answers.is_empty() {
        return Ok(());
    }
    let decided_before: Vec<i64> =
        answers.iter().filter(|answer| !answer.fresh).map(|answer| answer.payment).collect();
    let mut standing: HashMap<i64, Vec<AllocationRow>> = HashMap::new();
    for row in decisions::standing_allocations(tx, &decided_before)? {
        standing.entry(row.payment_id).or_default().push(row);
    }
    let moves = Moves::of(tx, school, answers, &standing)?;
    let issuing = Issuing::of(&standing)?;
    let mut writing = Writing {
        school,
        by,
        lines: LineBook::load(tx, answers)?,
        decisions: Vec::with_capacity(answers.len()),
        ledger: Vec::with_capacity(answers.len()),
        totals: Vec::with_capacity(answers.len()),
        paid: BTreeMap::new(),
        audit: Vec::with_capacity(answers.len()),
    };
    let rows: usize = answers.iter().map(|answer| 3 + answer.uses.len()).sum();
    tx.reserve_ids(u64::try_from(rows).unwrap_or(u64::MAX))?;
    // All reversals come first: what one payment gives back another may take.
    let mut ids = Vec::with_capacity(answers.len());
    for answer in answers {
        let decision = tx.next_id()?;
        let mut change = TotalsChange {
            payment: answer.payment,
            allocated: 0,
            credited: 0,
            refunded: 0,
            set_aside: 0,
            kind: answer.kind,
            decision,
            channel: answer.channel,
            confidence: answer.confidence,
        };
        let reversed = standing.remove(&answer.payment).unwrap_or_default();
        for row in &reversed {
            writing.reverse(tx, row, decision, &mut change)?;
        }
        ids.push((decision, change, reversed.len()));
    }
    for (answer, (decision, mut change, reversed)) in answers.iter().zip(ids) {
        writing.write(tx, answer, decision, &mut change, reversed)?;
        writing.totals.push(change);
    }
    let Finished { paid, ledger, lines } = writing.finish(tx)?;
    let issued = issuing.write(tx, school, (answers, &ledger), &lines.item_of, by)?;
    moves.tell(tx, by, &paid)?;
    events::receipts::issued(tx, &issued)
}

/// What the audit record of an answer says; names in alphabetical order, as in every record.
#[derive(Serialize)]
struct Detail<'a> {
    decision: i64,
    kind: &'static str,
    note: Option<&'a str>,
    reversed: usize,
    rule: &'a str,
    uses: &'a [Use],
}

struct Writing<'a> {
    school: i64,
    by: By<'a>,
    lines: LineBook,
    decisions: Vec<DecisionRow>,
    ledger: Vec<AllocationRow>,
    totals: Vec<TotalsChange>,
    paid: BTreeMap<i64, i64>,
    audit: Vec<AuditFact>,
}

impl Writing<'_> {
    fn reverse(
        &mut self,
        tx: &mut Tx<'_>,
        row: &AllocationRow,
        decision: i64,
        change: &mut TotalsChange,
    ) -> Result<(), ServiceError> {
        let opposite = row.amount_dong.checked_neg().ok_or_else(ServiceError::overflow)?;
        self.add(change, &row.target, row.invoice_id, opposite)?;
        if let Some(line) = row.invoice_line_id {
            self.lines.give_back(line, row.amount_dong);
        }
        self.ledger.push(AllocationRow {
            id: tx.next_id()?,
            decision_id: decision,
            amount_dong: opposite,
            reverses_id: Some(row.id),
            at: self.by.at,
            ..row.clone()
        });
        Ok(())
    }

    fn write(
        &mut self,
        tx: &mut Tx<'_>,
        answer: &Answer,
        decision: i64,
        change: &mut TotalsChange,
        reversed: usize,
    ) -> Result<(), ServiceError> {
        self.decisions.push(DecisionRow {
            id: decision,
            school_id: self.school,
            payment_id: answer.payment,
            kind: answer.kind.to_owned(),
            rule: answer.rule.clone(),
            body: answer.body.clone(),
            decided_by: self.by.actor.to_owned(),
            decided_at: self.by.at,
            import_id: self.by.import,
            note: answer.note.clone(),
        });
        for used in &answer.uses {
            let (invoice, parts) = match *used {
                Use::Invoice { invoice, amount } => {
                    let parts = self.lines.spread(invoice.0, amount)?;
                    (
                        Some(invoice.0),
                        parts.into_iter().map(|(id, part)| (Some(id), part)).collect(),
                    )
                }
                other => (None, vec![(None, other.amount().dong())]),
            };
            for (line, dong) in parts {
                self.add(change, used.target(), invoice, dong)?;
                self.ledger.push(AllocationRow {
                    id: tx.next_id()?,
                    school_id: self.school,
                    payment_id: answer.payment,
                    decision_id: decision,
                    target: used.target().to_owned(),
                    invoice_id: invoice,
                    invoice_line_id: line,
                    family_id: match used {
                        Use::FamilyCredit { family, .. } => Some(family.0),
                        _ => None,
                    },
                    amount_dong: dong,
                    reverses_id: None,
                    at: self.by.at,
                });
            }
        }
        if reversed > 0 || !answer.uses.is_empty() {
            let detail = Detail {
                decision,
                kind: answer.kind,
                note: answer.note.as_deref(),
                reversed,
                rule: &answer.rule,
                uses: &answer.uses,
            };
            self.audit.push(AuditFact {
                actor: self.by.actor.to_owned(),
                action: "payment.decide",
                subject_kind: "payment",
                subject_id: answer.payment,
                detail: serde_json::to_string(&detail).unwrap_or_default(),
            });
        }
        Ok(())
    }

    fn add(
        &mut self,
        change: &mut TotalsChange,
        target: &str,
        invoice: Option<i64>,
        dong: i64,
    ) -> Result<(), ServiceError> {
        let total = match target {
            "invoice" => &mut change.allocated,
            "family_credit" => &mut change.credited,
            "refund" => &mut change.refunded,
            _ => &mut change.set_aside,
        };
        *total = total.checked_add(dong).ok_or_else(ServiceError::overflow)?;
        if let Some(invoice) = invoice {
            let paid = self.paid.entry(invoice).or_default();
            *paid = paid.checked_add(dong).ok_or_else(ServiceError::overflow)?;
        }
        Ok(())
    }

    /// Writes everything.
    fn finish(self, tx: &mut Tx<'_>) -> Result<Finished, ServiceError> {
        decisions::insert_decisions(tx, &self.decisions)?;
        decisions::insert_allocations(tx, &self.ledger)?;
        payments::change_totals(tx, &self.totals, self.by.actor)?;
        collected::settled(tx, self.school, &self.ledger)?;
        fees::add_paid(tx, &self.paid)?;
        audit::append(tx, self.school, self.by.at, self.audit)?;
        Ok(Finished { paid: self.paid, ledger: self.ledger, lines: self.lines })
    }
}

/// What was written.
struct Finished {
    /// By how much each invoice is paid more or less.
    paid: BTreeMap<i64, i64>,
    ledger: Vec<AllocationRow>,
    lines: LineBook,
}

/// What is left on each line of the invoices in question, lines in the order they are paid.
struct LineBook {
    /// (line, what is left of it) by invoice.
    by_invoice: HashMap<i64, Vec<(i64, Vnd)>>,
    invoice_of: HashMap<i64, i64>,
    /// The fee item of each line.
    item_of: HashMap<i64, i64>,
}

impl LineBook {
    fn load(tx: &mut Tx<'_>, answers: &[Answer]) -> Result<LineBook, ServiceError> {
        let mut invoices: Vec<i64> = answers
            .iter()
            .flat_map(|answer| &answer.uses)
            .filter_map(|used| match used {
                Use::Invoice { invoice, .. } => Some(invoice.0),
                _ => None,
            })
            .collect();
        invoices.sort_unstable();
        invoices.dedup();
        let allocated: HashMap<i64, i64> =
            decisions::allocated_by_line(tx, &invoices)?.into_iter().collect();
        let mut book = LineBook {
            by_invoice: HashMap::new(),
            invoice_of: HashMap::new(),
            item_of: HashMap::new(),
        };
        for (line, _priority) in fees::lines_of(tx, &invoices)? {
            let used = allocated.get(&line.id).copied().unwrap_or_default();
            book.by_invoice
                .entry(line.invoice_id)
                .or_default()
                .push((line.id, Vnd::new(line.net_dong.saturating_sub(used))));
            book.invoice_of.insert(line.id, line.invoice_id);
            book.item_of.insert(line.id, line.fee_item_id);
        }
        Ok(book)
    }

    /// Frees what a reversal gives back, where the invoice is about to be paid again.
    fn give_back(&mut self, line: i64, dong: i64) {
        let invoice = self.invoice_of.get(&line);
        let lines = invoice.and_then(|invoice| self.by_invoice.get_mut(invoice));
        if let Some((_, left)) =
            lines.and_then(|lines| lines.iter_mut().find(|(id, _)| *id == line))
        {
            *left = left.checked_add(Vnd::new(dong)).unwrap_or(*left);
        }
    }

    fn spread(&mut self, invoice: i64, amount: Vnd) -> Result<Vec<(i64, i64)>, ServiceError> {
        let lines = self.by_invoice.entry(invoice).or_default();
        let parts = allocation::spread(lines, amount).map_err(refused)?;
        Ok(parts.into_iter().map(|(line, part)| (line, part.dong())).collect())
    }
}

/// Why uses of money do not go together, for people.
pub(crate) fn refused(error: AllocationError) -> ServiceError {
    match error {
        AllocationError::NotPositive => ServiceError::conflict(
            "amount_not_positive",
            "Số tiền phân bổ phải lớn hơn 0 ₫.",
            "An allocated amount must be more than 0 ₫.",
        ),
        AllocationError::PaymentExhausted { amount, used } => ServiceError::conflict(
            "payment_exhausted",
            format!(
                "Khoản tiền chỉ có {} ₫, không thể dùng {} ₫.",
                amount.grouped(),
                used.grouped()
            ),
            format!(
                "The payment has {} ₫; {} ₫ cannot be used of it.",
                amount.grouped(),
                used.grouped()
            ),
        ),
        AllocationError::InvoiceExhausted { beyond } => ServiceError::conflict(
            "invoice_exhausted",
            format!(
                "Khoản phải thu không còn đủ: vượt {} ₫. Tải lại để xem số còn phải thu, rồi phân bổ lại.",
                beyond.grouped()
            ),
            format!(
                "The invoice has too little left: {} ₫ too much. Reload to see what is open, then allocate again.",
                beyond.grouped()
            ),
        ),
        AllocationError::Range => ServiceError::overflow(),
    }
}
