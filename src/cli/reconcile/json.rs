//! `reconcile --json`: one object a line for each entry.

use std::io::{self, Write};

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::matching::decision::{Decision, DecisionKind, Proposal, Reason, Rival, Share};
use crate::domain::matching::session::{EntryPlace, Line, StatementFile};
use crate::domain::money::plain_figure;
use crate::domain::statement::Entry;

#[derive(Serialize)]
struct LineJson<'a> {
    file: &'a str,
    statement: usize,
    entry: usize,
    booking_date: Day,
    amount: String,
    decision: DecisionKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<OfJson<'a>>,
    allocations: Vec<ShareJson<'a>>,
    unallocated: String,
    reasons: Vec<ReasonJson<'a>>,
    proposals: Vec<ProposalJson<'a>>,
    rival: Option<RivalJson<'a>>,
    rule: &'a str,
}

#[derive(Serialize)]
struct OfJson<'a> {
    file: &'a str,
    statement: usize,
    entry: usize,
}

#[derive(Serialize)]
struct ShareJson<'a> {
    code: &'a str,
    amount: String,
}

#[derive(Serialize)]
struct ReasonJson<'a> {
    code: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<[u32; 2]>,
}

#[derive(Serialize)]
struct ProposalJson<'a> {
    allocations: Vec<ShareJson<'a>>,
    credit: String,
    reasons: Vec<ReasonJson<'a>>,
}

#[derive(Serialize)]
struct RivalJson<'a> {
    allocations: Vec<ShareJson<'a>>,
    reasons: Vec<ReasonJson<'a>>,
    lost_because: &'a str,
}

/// Writes the lines. Fails only when `out` cannot be written.
pub(super) fn write(
    files: &[StatementFile],
    lines: &[Line],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    for line in lines {
        if let Some(json) = line_json(files, line, lang) {
            serde_json::to_writer(&mut *out, &json)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// The entry at a place.
pub(super) fn entry_at(files: &[StatementFile], place: EntryPlace) -> Option<(&str, &Entry)> {
    let file = files.get(place.file)?;
    let (_, entries) = file.statements.get(place.statement)?;
    Some((&file.name, entries.get(place.entry)?))
}

/// A statement's number in the file as it was given, from 0.
pub(super) fn statement_number(files: &[StatementFile], place: EntryPlace) -> usize {
    let before = files.get(place.file).map_or(0, |file| file.first_statement);
    before.saturating_add(place.statement)
}

fn line_json<'a>(files: &'a [StatementFile], line: &'a Line, lang: Lang) -> Option<LineJson<'a>> {
    let (file, entry) = entry_at(files, line.place)?;
    let decision = &line.decision;
    Some(LineJson {
        file,
        statement: statement_number(files, line.place),
        entry: line.place.entry,
        booking_date: entry.booking_date,
        amount: plain_figure(entry.amount, Some(entry.currency)),
        decision: decision.kind,
        of: line.of.and_then(|of| {
            let (file, _) = entry_at(files, of)?;
            Some(OfJson { file, statement: statement_number(files, of), entry: of.entry })
        }),
        allocations: shares(&decision.allocations),
        unallocated: unallocated(entry, decision),
        reasons: reasons(&decision.reasons, lang),
        proposals: decision.proposals.iter().map(|one| proposal(one, lang)).collect(),
        rival: decision.rival.as_ref().map(|one| rival(one, lang)),
        rule: &decision.rule,
    })
}

/// What is left of a payment; nothing of an entry that is none.
fn unallocated(entry: &Entry, decision: &Decision) -> String {
    match decision.kind {
        DecisionKind::Settled | DecisionKind::Proposed => decision.unallocated.to_string(),
        // An amount that is not in đồng is known to the entry only.
        DecisionKind::Unmatched => plain_figure(entry.amount, Some(entry.currency)),
        DecisionKind::Duplicate | DecisionKind::Returned | DecisionKind::NotIncome => {
            "0".to_owned()
        }
    }
}

fn shares(shares: &[Share]) -> Vec<ShareJson<'_>> {
    shares
        .iter()
        .map(|share| ShareJson { code: &share.code, amount: share.amount.to_string() })
        .collect()
}

fn reasons(reasons: &[Reason], lang: Lang) -> Vec<ReasonJson<'_>> {
    reasons
        .iter()
        .map(|reason| ReasonJson {
            code: &reason.code,
            text: reason.text.text(lang),
            at: reason.at,
        })
        .collect()
}

fn proposal(proposal: &Proposal, lang: Lang) -> ProposalJson<'_> {
    ProposalJson {
        allocations: shares(&proposal.allocations),
        credit: proposal.credit.to_string(),
        reasons: reasons(&proposal.reasons, lang),
    }
}

fn rival(rival: &Rival, lang: Lang) -> RivalJson<'_> {
    RivalJson {
        allocations: shares(&rival.allocations),
        reasons: reasons(&rival.reasons, lang),
        lost_because: rival.lost_because.text(lang),
    }
}
