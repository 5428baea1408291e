//! How sure the machine is of its first proposal: the order in which a person reads the queue.

use super::decision::{Decision, DecisionKind, Proposal, Reason};

/// What each rule that proposes is worth; others are worth [`OTHERS`].
const RULES: [(&str, i32); 18] = [
    ("slip-corrected", 84),
    ("account-family-sum", 84),
    ("account-exact", 84),
    ("code-exact", 84),
    ("code-over", 80),
    ("account-over", 80),
    ("code-part", 78),
    ("account-part", 78),
    ("family-sum", 76),
    ("codes-sum", 76),
    ("known-payer", 70),
    ("text-ranked", 56),
    ("names-split", 50),
    ("codes-other", 46),
    ("slips", 40),
    ("amount-only", 24),
    ("contradiction", 16),
    ("ambiguous", 14),
];

/// What any other rule is worth.
const OTHERS: i32 = 30;

/// What a chip of the first proposal adds.
const CHIPS: [(&str, i32); 6] = [
    ("amount_exact", 6),
    ("amount_sum", 4),
    ("payer_known", 4),
    ("name_similar", 3),
    ("class_found", 2),
    ("code_exact", 4),
];

impl Reason {
    /// Whether it warns: such a choice is looked at alone, never confirmed together with others.
    #[must_use]
    pub fn warns(&self) -> bool {
        self.text.vi.starts_with('⚠')
    }
}

impl Decision {
    /// From 1 to 99 where there is a proposal, else 0. A warning halves it.
    #[must_use]
    pub fn confidence(&self) -> i32 {
        let Some(first) = self.proposals.first().filter(|_| self.kind == DecisionKind::Proposed)
        else {
            return 0;
        };
        let name = self.rule.split('/').next().unwrap_or_default();
        let rule =
            RULES.iter().find(|(known, _)| *known == name).map_or(OTHERS, |(_, worth)| *worth);
        let chips: i32 = CHIPS
            .iter()
            .filter(|(code, _)| first.reasons.iter().any(|reason| reason.code == *code))
            .map(|(_, worth)| *worth)
            .sum();
        let sure = rule.saturating_add(chips).min(99);
        if self.warnings(first).next().is_some() { sure / 2 } else { sure }
    }

    /// What warns of a proposal: of the payment as a whole, and of this choice.
    pub fn warnings<'a>(&'a self, of: &'a Proposal) -> impl Iterator<Item = &'a Reason> {
        self.reasons.iter().chain(&of.reasons).filter(|reason| reason.warns())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lang::Bilingual;
    use crate::domain::money::Vnd;

    fn decision(rule: &'static str, chips: &[(&'static str, &'static str)]) -> Decision {
        let reason = |(code, vi): &(&'static str, &'static str)| Reason {
            code: (*code).into(),
            text: Bilingual::new(*vi, "x"),
            at: None,
        };
        let proposal = Proposal {
            allocations: Vec::new(),
            credit: Vnd::ZERO,
            credit_for: None,
            reasons: chips.iter().map(reason).collect(),
        };
        Decision {
            kind: DecisionKind::Proposed,
            allocations: Vec::new(),
            unallocated: Vnd::ZERO,
            reasons: Vec::new(),
            proposals: vec![proposal],
            rival: None,
            rule: rule.into(),
        }
    }

    #[test]
    fn what_is_surer_comes_first_and_a_warning_halves() {
        let exact = ("amount_exact", "Đúng số tiền");
        let tie = ("ambiguous", "⚠ 3 khoản thu cùng số tiền");
        let worth = |rule, chips: &[_]| decision(rule, chips).confidence();
        assert!(worth("code-over/1", &[]) > worth("text-ranked/2", &[exact]));
        assert!(worth("text-ranked/2", &[exact]) > worth("text-ranked/2", &[]));
        assert!(worth("text-ranked/2", &[]) > worth("amount-only/1", &[exact]));
        assert_eq!(worth("code-over/1", &[tie]), worth("code-over/1", &[]) / 2);
        let settled = Decision { kind: DecisionKind::Settled, ..decision("code-exact/1", &[]) };
        assert_eq!(settled.confidence(), 0);
    }
}
