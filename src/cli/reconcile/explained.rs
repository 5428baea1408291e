//! One line of a statement explained, without a database.

use std::path::Path;

use super::json::{entry_at, statement_number};
use super::{Inputs, Matched, match_files};
use crate::cli::{Env, Failure, Status};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::matching::decision::DecisionKind;
use crate::domain::matching::facts::Policy;
use crate::domain::matching::session::{EntryPlace, Line};
use crate::domain::money::{Currency, Vnd, plain_figure, whole_dong};
use crate::domain::statement::{CreditDebit, Entry};
use crate::domain::text::last_four;
use crate::service::MACHINE;
use crate::service::explain::{
    Decided, Did, Explanation, Half, OtherHalf, Owner, ShareView, did_text, half_text, marked,
    place_text, proposal_views, reason_views, rival_view, rule_text, share_views,
};

/// Which line of which file.
pub(in crate::cli) struct Asked<'a> {
    pub invoices: &'a Path,
    pub payers: Option<&'a Path>,
    pub statement: &'a Path,
    pub in_statement: usize,
    pub entry: usize,
}

/// Matches the whole file and explains one of its lines.
pub(in crate::cli) fn explain(
    env: &mut Env<'_>,
    asked: &Asked<'_>,
) -> Result<Explanation, Failure> {
    let statements = [asked.statement.to_owned()];
    let inputs = Inputs {
        invoices: asked.invoices,
        payers: asked.payers,
        policy: Policy::default(),
        columns: None,
        statements: &statements,
    };
    let (matched, status) = match_files(env, &inputs)?;
    if status == Status::Refused {
        // Why the file was refused has been told.
        return Err(Failure::Refused(Vec::new()));
    }
    let line = matched.lines.iter().find(|line| {
        statement_number(&matched.files, line.place) == asked.in_statement
            && line.place.entry == asked.entry
    });
    line.and_then(|line| of_line(&matched, line, env.lang)).ok_or_else(|| {
        let (statement, entry) = (asked.in_statement, asked.entry);
        Failure::Refused(vec![Diagnostic::new(
            "entry_not_found",
            format!(
                "Tệp không có dòng số {entry} trong sao kê số {statement} (đếm từ 0). Xem số thứ tự bằng 'doisoat reconcile --json'."
            ),
            format!(
                "The file has no entry {entry} in its statement {statement} (counted from 0). 'doisoat reconcile --json' shows the numbers."
            ),
        )])
    })
}

fn of_line(matched: &Matched, line: &Line, lang: Lang) -> Option<Explanation> {
    let (file, entry) = entry_at(&matched.files, line.place)?;
    let decision = &line.decision;
    let amount = whole_dong(entry.amount).filter(|_| entry.currency == Currency::VND);
    let owner = |invoice: i64| matched.list.owned(invoice).unwrap_or_default();
    let dong = amount.unwrap_or_default();
    let header = matched.files.get(line.place.file)?.statements.get(line.place.statement);
    let did = Did {
        invoices: decision.allocations.len(),
        proposals: decision.proposals.len(),
        allocated: Vnd::checked_sum(decision.allocations.iter().map(|share| share.amount))
            .unwrap_or_default(),
        voided: false,
        money_out: entry.credit_debit == CreditDebit::Debit,
    };
    let kind = decision.kind.as_str();
    Some(Explanation {
        payment: None,
        school: None,
        booking_date: entry.booking_date,
        credit_debit: if did.money_out { "debit" } else { "credit" }.to_owned(),
        amount: dong,
        foreign: amount.is_none().then(|| {
            let figure = plain_figure(entry.amount, Some(entry.currency));
            format!("{figure} {}", entry.currency)
        }),
        account: header.and_then(|(header, _)| header.account.as_deref().map(last_four)),
        reference: entry.reference.clone(),
        payer: entry.counterparty_name.clone(),
        payer_account: entry.counterparty_account.as_deref().map(last_four),
        file: Some(file.to_owned()),
        place: Some(entry.position.clone()),
        remittance: entry.remittance.clone(),
        marked: entry.remittance.as_deref().map(|text| marked(text, Some(decision))),
        decision: Decided {
            kind: kind.to_owned(),
            text: did_text(kind, MACHINE, did, lang),
            rule: decision.rule.to_string(),
            rule_text: rule_text(&decision.rule, lang),
            decided_by: None,
            decided_at: None,
            note: None,
        },
        of: line.of.and_then(|of| other_half(matched, line, of, lang)),
        allocations: settled_shares(matched, line, dong, &owner),
        uses: Vec::new(),
        unallocated: match decision.kind {
            DecisionKind::Settled | DecisionKind::Proposed | DecisionKind::Unmatched => {
                decision.unallocated
            }
            _ => Vnd::ZERO,
        },
        reasons: reason_views(&decision.reasons, lang),
        proposals: proposal_views(&decision.proposals, dong, &owner, lang),
        rival: decision
            .rival
            .as_ref()
            .map(|rival| rival_view(rival, share_views(&rival.allocations, dong, &owner), lang)),
        history: Vec::new(),
    })
}

/// The shares of a settled line. What was open before is said where it is certain: nothing else of
/// that invoice was settled on the same day.
fn settled_shares(
    matched: &Matched,
    line: &Line,
    amount: Vnd,
    owner: &dyn Fn(i64) -> Owner,
) -> Vec<ShareView> {
    let day_of = |line: &Line| entry_at(&matched.files, line.place).map(|(_, e)| e.booking_date);
    let mut shares = share_views(&line.decision.allocations, amount, owner);
    for (view, share) in shares.iter_mut().zip(&line.decision.allocations) {
        let mut open = Some(owner(share.invoice.0).net);
        for other in matched.lines.iter().filter(|other| other.place != line.place) {
            let taken = other.decision.allocations.iter().filter(|o| o.invoice == share.invoice);
            for taken in taken {
                open = match day_of(other).cmp(&day_of(line)) {
                    std::cmp::Ordering::Less => open.and_then(|o| o.checked_sub(taken.amount)),
                    std::cmp::Ordering::Equal => None,
                    std::cmp::Ordering::Greater => open,
                };
            }
        }
        view.open_before = open;
    }
    shares
}

fn other_half(matched: &Matched, line: &Line, of: EntryPlace, lang: Lang) -> Option<OtherHalf> {
    let (file, other): (&str, &Entry) = entry_at(&matched.files, of)?;
    let place = format!("{file}, {}", place_text(&other.position, lang));
    let amount = whole_dong(other.amount).unwrap_or_default();
    let shown = amount.grouped();
    let half = Half {
        payment: None,
        booking_date: other.booking_date,
        amount: &shown,
        reference: other.reference.as_deref(),
        place: Some(&place),
    };
    let money_out = other.credit_debit == CreditDebit::Credit;
    let text = half_text(line.decision.kind.as_str(), money_out, &half, lang);
    Some(OtherHalf {
        payment: None,
        booking_date: other.booking_date,
        amount,
        reference: other.reference.clone(),
        place: Some(place),
        text,
    })
}
