//! What `reconcile` shows a person: how much was settled, and what is left to choose.

use std::io::{self, Write};

use super::json::entry_at;
use super::list::InvoiceList;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::domain::matching::decision::{DecisionKind, Proposal, Reason, Share};
use crate::domain::matching::session::{Line, StatementFile};
use crate::domain::money::{Vnd, whole_dong};

/// The kinds in the order of the summary, and their names.
const KINDS: [(DecisionKind, &str, &str); 6] = [
    (DecisionKind::Settled, "Đã khớp", "Settled"),
    (DecisionKind::Proposed, "Gợi ý, cần xác nhận", "Proposed, to confirm"),
    (DecisionKind::Unmatched, "Chưa khớp", "Unmatched"),
    (DecisionKind::Duplicate, "Trùng (đã có)", "Duplicates"),
    (DecisionKind::Returned, "Đã nhận rồi hoàn trả", "Returned"),
    (DecisionKind::NotIncome, "Không phải khoản nộp", "No fee payment"),
];

/// Writes the summary and every line that waits for a person. Fails only when `out` cannot be
/// written.
pub(super) fn write(
    files: &[StatementFile],
    lines: &[Line],
    list: &InvoiceList,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pick = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    for (kind, vi, en) in KINDS {
        let of_kind = || lines.iter().filter(|line| line.decision.kind == kind);
        let sum = Vnd::checked_sum(
            of_kind()
                .filter_map(|line| entry_at(files, line.place))
                .filter_map(|(_, entry)| whole_dong(entry.amount)),
        );
        let sum = sum.map(Vnd::grouped).unwrap_or_default();
        writeln!(out, "{:<24} {:>8} {:>20} ₫", pick(vi, en), of_kind().count(), sum)?;
    }
    for line in lines {
        if !matches!(line.decision.kind, DecisionKind::Proposed | DecisionKind::Unmatched) {
            continue;
        }
        let Some((file, entry)) = entry_at(files, line.place) else { continue };
        let amount = whole_dong(entry.amount).map(Vnd::grouped);
        writeln!(
            out,
            "\n{}  {} {}  {}, {}",
            vietnamese_day(entry.booking_date),
            amount.unwrap_or_else(|| entry.amount.to_string()),
            entry.currency,
            file,
            entry.position,
        )?;
        if let Some(text) = &entry.remittance {
            writeln!(out, "  \"{}\"", text.split_whitespace().collect::<Vec<_>>().join(" "))?;
        }
        if line.decision.proposals.is_empty() {
            writeln!(out, "  {}", chips(&line.decision.reasons, lang))?;
        }
        for (rank, proposal) in (1..).zip(&line.decision.proposals) {
            writeln!(out, "  {rank}. {}", choice(proposal, list, lang))?;
            writeln!(out, "     {}", chips(&proposal.reasons, lang))?;
        }
    }
    Ok(())
}

fn choice(proposal: &Proposal, list: &InvoiceList, lang: Lang) -> String {
    let mut parts: Vec<String> =
        proposal.allocations.iter().map(|share| one_share(share, list)).collect();
    if !proposal.credit.is_zero() {
        let kept = match lang {
            Lang::Vi => "ghi số dư cho gia đình",
            Lang::En => "kept as the family's credit",
        };
        parts.push(format!("{} ₫ {kept}", proposal.credit.grouped()));
    }
    parts.join(" + ")
}

fn one_share(share: &Share, list: &InvoiceList) -> String {
    let (name, class) = list.owner(share.invoice).unwrap_or_default();
    format!("{name} · {class} · {} · {} ₫", share.code, share.amount.grouped())
}

fn chips(reasons: &[Reason], lang: Lang) -> String {
    let chips: Vec<String> =
        reasons.iter().map(|reason| format!("[{}]", reason.text.text(lang))).collect();
    chips.join(" ")
}
