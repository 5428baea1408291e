//! The rules, in the order of their strength: codes, virtual accounts, codes with a slip, known
//! payers, names. A rule that cannot be certain proposes.

use super::answer::{Answer, Objection, conclude, plain, propose};
use super::book::Book;
use super::codes::{Damage, Hit, Written};
use super::combine::sets_adding_up;
use super::decision::{Decision, DecisionKind, Reason};
use super::evidence::{Evidence, Named};
use super::facts::{InvoiceStanding, PaymentFacts};
use super::fit::fill;
use super::payouts::payout_decision;
use super::refused::withhold;
use super::{reasons, words};
use crate::domain::money::Vnd;
use crate::domain::statement::{CreditDebit, EntryStatus};

impl Book {
    /// Decides about one payment. Pure: the same book and payment give the same decision.
    #[must_use]
    pub fn decide(&self, payment: &PaymentFacts<'_>) -> Decision {
        if let Some(reason) = outside_income(payment) {
            return not_income(payment.amount, reason);
        }
        let seen = Evidence::gather(self, payment);
        let decision = self.by_evidence(&seen);
        if payment.refused.is_empty() {
            return decision;
        }
        withhold(decision, payment.amount, |invoice| {
            self.student_of_invoice(invoice).is_some_and(|one| payment.refused.contains(&one))
        })
    }

    fn by_evidence(&self, seen: &Evidence<'_>) -> Decision {
        match (seen.named.as_slice(), seen.holders.as_slice(), seen.codes.slips.as_slice()) {
            ([], [], []) => self.without_code(seen),
            ([], [], [slip]) => self.one_slip(seen, slip),
            ([], [], slips) => self.many_slips(seen, slips),
            ([], [holder], _) => self.one_account(seen, *holder),
            ([], holders, _) => self.many_accounts(seen, holders),
            ([named], ..) => self.one_code(seen, *named),
            (named, ..) => self.many_codes(seen, named),
        }
    }

    fn one_code(&self, seen: &Evidence<'_>, named: Named) -> Decision {
        let amount = seen.payment.amount;
        let found = reasons::at(reasons::code_exact(), named.at);
        let Some(open) = self.open_at(named.invoice) else {
            return self.closed(seen, &[named]);
        };
        if amount == open {
            let answer = Answer {
                shares: vec![(named.invoice, amount)],
                reasons: vec![found, reasons::amount_exact()],
                ..Answer::default()
            };
            return self.finish(seen, "code-exact/1", answer, Vec::new());
        }
        if amount < open {
            let answer = fill(&[(named.invoice, open)], amount);
            let answer = Answer { reasons: [vec![found], answer.reasons].concat(), ..answer };
            let objections = self.part_objections(seen, named.invoice);
            return self.finish(seen, "code-part/1", answer, objections);
        }
        let sets = self.family_sets(named.invoice, open, amount);
        let rest = fill(&[(named.invoice, open)], amount);
        self.one_of(seen, "family-sum/1", "code-over/1", &found, sets, rest)
    }

    /// Settles the only set that adds up, or proposes all of them, or else the rest as credit.
    fn one_of(
        &self,
        seen: &Evidence<'_>,
        rule: &'static str,
        rule_over: &'static str,
        found: &Reason,
        sets: Vec<Answer>,
        rest: Answer,
    ) -> Decision {
        let with = |answer: Answer| Answer {
            reasons: [vec![found.clone()], answer.reasons].concat(),
            ..answer
        };
        let many = sets.len();
        let mut sets = sets.into_iter().map(with);
        match sets.next() {
            None => self.finish(seen, rule_over, with(rest), Vec::new()),
            Some(only) if many == 1 => self.finish(seen, rule, only, Vec::new()),
            Some(first) => {
                let others = sets.chain([with(rest)]).collect();
                let objection = Objection::for_others(reasons::ambiguous(many), others);
                self.finish(seen, "ambiguous/1", first, vec![objection])
            }
        }
    }

    /// What forbids to settle an invoice in part.
    fn part_objections(&self, seen: &Evidence<'_>, invoice: usize) -> Vec<Objection> {
        let mut objections = Vec::new();
        if !self.policy.settle_in_part {
            objections.push(Objection::because(reasons::policy_asks()));
        }
        let family = self.owner(invoice).and_then(|owner| self.family_of(owner));
        let open = family.map(|family| self.open_of_family(family)).unwrap_or_default();
        // The code says one invoice, the amount another of the same household: two answers fit.
        for (other, _) in
            open.iter().filter(|(other, open)| *other != invoice && *open == seen.payment.amount)
        {
            let instead = self.whole([*other]);
            let code = self.invoices.get(*other).map(|i| i.code.as_str()).unwrap_or_default();
            objections.push(Objection::for_others(reasons::other_exact(code), vec![instead]));
        }
        let others: Vec<_> = open.iter().copied().filter(|(other, _)| *other != invoice).collect();
        for set in sets_adding_up(&others, seen.payment.amount).into_iter().filter(|s| s.len() > 1)
        {
            let instead = self.whole(set);
            objections.push(Objection::for_others(reasons::ambiguous(2), vec![instead]));
        }
        // A part of this is all of what another owes whose given name is there instead of its own.
        let owner = self.owner(invoice);
        if !self.is_given_named(seen, owner.as_slice()) {
            let others = self.names.by_given_name(&seen.mentions);
            let other = others.into_iter().find(|one| self.owes_exactly(*one, seen.payment.amount));
            if let Some(other) = other {
                let (name, class) = self.shown(other);
                let instead = self.fit(other, seen.payment.amount).0;
                let reason = reasons::contradiction(name, class);
                objections.push(Objection::for_others(reason, vec![instead]));
            }
        }
        for (hit, _) in &seen.codes.broken {
            objections.push(Objection::because(self.damage_reason(seen, hit, Damage::Typo)));
        }
        if let Some(gift @ (words::Nature::Donation | words::Nature::OtherIncome)) =
            words::nature(&seen.read, seen.payment.counterparty_name)
        {
            objections.push(Objection::because(reason_of(gift)));
        }
        objections
    }

    fn many_codes(&self, seen: &Evidence<'_>, named: &[Named]) -> Decision {
        let amount = seen.payment.amount;
        let open: Vec<_> =
            named.iter().filter_map(|n| Some((n.invoice, self.open_at(n.invoice)?))).collect();
        if open.len() < named.len() {
            return self.closed(seen, named);
        }
        let found = || named.iter().map(|n| reasons::at(reasons::code_exact(), n.at));
        let sum = Vnd::checked_sum(open.iter().map(|(_, open)| *open));
        if sum == Some(amount) {
            let answer = self.whole(open.iter().map(|(place, _)| *place));
            let answer = Answer { reasons: found().chain(answer.reasons).collect(), ..answer };
            return self.finish(seen, "codes-sum/1", answer, Vec::new());
        }
        let sets = sets_adding_up(&open, amount).into_iter().map(|set| self.whole(set));
        let mut answers: Vec<_> = sets.chain([fill(&open, amount)]).collect();
        for answer in &mut answers {
            answer.reasons.splice(0..0, found());
        }
        let difference = fill(&open, amount).reasons;
        let said = found().chain(difference).collect();
        propose(self, amount, "codes-other/1", said, answers)
    }

    /// A code of an invoice that takes no more money.
    fn closed(&self, seen: &Evidence<'_>, named: &[Named]) -> Decision {
        let amount = seen.payment.amount;
        let mut said = Vec::new();
        let mut open = Vec::new();
        for code in named {
            said.push(reasons::at(reasons::code_exact(), code.at));
            match self.open_at(code.invoice) {
                Some(left) => open.push((code.invoice, left)),
                None => said.push(self.why_closed(code.invoice)),
            }
        }
        let mut answers = Vec::new();
        if !open.is_empty() {
            answers.push(fill(&open, amount));
        }
        let mut owners: Vec<_> = named.iter().filter_map(|n| self.owner(n.invoice)).collect();
        owners.sort_unstable();
        owners.dedup();
        let first = named.iter().find_map(|code| self.owner(code.invoice));
        answers.extend(self.named_instead(seen, &owners));
        for owner in owners {
            let (answer, fits) = self.fit(owner, amount);
            if fits > 0 {
                answers.push(answer);
            }
        }
        answers.push(Answer { credit: amount, credit_to: first, ..Answer::default() });
        for answer in &mut answers {
            answer.reasons.splice(0..0, said.iter().cloned());
        }
        propose(self, amount, "code-closed/1", said, answers)
    }

    fn why_closed(&self, invoice: usize) -> Reason {
        match self.invoices.get(invoice).map(|invoice| invoice.standing) {
            Some(InvoiceStanding::Cancelled) => reasons::cancelled(),
            _ => reasons::already_paid(),
        }
    }

    fn one_account(&self, seen: &Evidence<'_>, holder: usize) -> Decision {
        let amount = seen.payment.amount;
        let found = reasons::account_exact();
        let own = self.open_of_student(holder);
        let mut objections = Vec::new();
        for slip in &seen.codes.slips {
            if self.owner(slip.invoice) != Some(holder) {
                objections.push(Objection::because(reasons::account_contradicts()));
            }
        }
        if own.is_empty() {
            let said = vec![found, reasons::no_open_invoice()];
            let answer = Answer {
                credit: amount,
                credit_to: Some(holder),
                reasons: said.clone(),
                ..Answer::default()
            };
            return propose(self, amount, "account-closed/1", said, vec![answer]);
        }
        let with = |answer: Answer| Answer {
            reasons: [vec![found.clone()], answer.reasons].concat(),
            ..answer
        };
        let mut sets: Vec<_> =
            sets_adding_up(&own, amount).into_iter().map(|set| with(self.whole(set))).collect();
        if let (1, Some(answer)) = (sets.len(), sets.first().cloned()) {
            return self.finish(seen, "account-exact/1", answer, objections);
        }
        if sets.len() > 1 {
            let said = reasons::ambiguous(sets.len());
            let first = sets.remove(0);
            objections.push(Objection::for_others(said, sets));
            return self.finish(seen, "ambiguous/1", first, objections);
        }
        let rest = with(fill(&own, amount));
        let total = Vnd::checked_sum(own.iter().map(|(_, open)| *open));
        if total.is_none_or(|total| amount < total) {
            if let [(invoice, _)] = own.as_slice() {
                objections.extend(self.part_objections(seen, *invoice));
            } else {
                objections.push(Objection::because(reasons::ambiguous(own.len())));
            }
            return self.finish(seen, "account-part/1", rest, objections);
        }
        let own_places: Vec<_> = own.iter().map(|(place, _)| *place).collect();
        let family = self.family_of(holder).map(|family| self.open_of_family(family));
        let sets: Vec<_> = sets_adding_up(&family.unwrap_or_default(), amount)
            .into_iter()
            .filter(|set| set.iter().any(|place| own_places.contains(place)))
            .map(|set| self.whole(set))
            .collect();
        if !objections.is_empty() {
            return self.finish(seen, "account-over/1", rest, objections);
        }
        self.one_of(
            seen,
            "account-family-sum/1",
            "account-over/1",
            &found,
            sets,
            fill(&own, amount),
        )
    }

    fn many_accounts(&self, seen: &Evidence<'_>, holders: &[usize]) -> Decision {
        let amount = seen.payment.amount;
        let said = vec![reasons::account_exact(), reasons::ambiguous(holders.len())];
        let answers = holders.iter().map(|holder| {
            let (answer, _) = self.fit(*holder, amount);
            answer.because([reasons::account_exact()])
        });
        propose(self, amount, "ambiguous/1", said, answers.collect())
    }

    fn one_slip(&self, seen: &Evidence<'_>, slip: &Hit) -> Decision {
        let amount = seen.payment.amount;
        let said = self.slip_reason(seen, slip);
        let Some(open) = self.open_at(slip.invoice) else {
            let closed = self.why_closed(slip.invoice);
            let fitted = self.owner(slip.invoice).map(|owner| self.fit(owner, amount));
            let credit =
                Answer { credit: amount, credit_to: self.owner(slip.invoice), ..Answer::default() };
            let mut answers: Vec<_> = fitted
                .filter(|(_, fits)| *fits > 0)
                .map(|(answer, _)| answer)
                .into_iter()
                .chain([credit])
                .collect();
            for answer in &mut answers {
                answer.reasons.splice(0..0, [said.clone(), closed.clone()]);
            }
            return propose(self, amount, "slip-closed/1", vec![said, closed], answers);
        };
        let fitted = fill(&[(slip.invoice, open)], amount);
        let mut answer = Answer { reasons: [vec![said], fitted.reasons].concat(), ..fitted };
        let student = self.owner(slip.invoice);
        let confirmed = student.is_some_and(|student| self.confirms(seen, student));
        let mut objections = Vec::new();
        if amount == open {
            answer.reasons.push(reasons::amount_exact());
        }
        if let (true, Some(student)) = (confirmed, student) {
            answer.reasons.push(self.confirmation(seen, student));
        }
        if amount != open || !confirmed {
            objections.push(Objection::because(reasons::slip_unconfirmed()));
        }
        self.finish(seen, "slip-corrected/1", answer, objections)
    }

    /// What is known of a code that is not in the list.
    pub(super) fn foreign_code(&self, code: &str) -> Reason {
        match self.elsewhere(code) {
            Some(place) => reasons::code_elsewhere(code, place),
            None => reasons::code_unknown(code),
        }
    }

    /// What in the text confirms a student.
    fn confirmation(&self, seen: &Evidence<'_>, student: usize) -> Reason {
        let full = seen.mentions.full.iter().find(|name| self.names.bears(student, name.number));
        if let Some(name) = full {
            return reasons::at(reasons::name_found(), seen.read.origin(name.start, name.end));
        }
        let class = self.shown(student).1;
        let at = seen.mentions.classes.first();
        reasons::at(
            reasons::class_found(class),
            at.and_then(|found| seen.read.origin(found.start, found.end)),
        )
    }

    fn many_slips(&self, seen: &Evidence<'_>, slips: &[Hit]) -> Decision {
        let amount = seen.payment.amount;
        let open: Vec<_> =
            slips.iter().filter_map(|s| Some((s.invoice, self.open_at(s.invoice)?))).collect();
        let said: Vec<_> = slips.iter().map(|slip| self.slip_reason(seen, slip)).collect();
        let sets = sets_adding_up(&open, amount).into_iter().map(|set| self.whole(set));
        let mut answers: Vec<_> = sets.chain([fill(&open, amount)]).collect();
        for answer in &mut answers {
            answer.reasons.splice(0..0, said.iter().cloned());
        }
        propose(self, amount, "slips/1", said, answers)
    }

    pub(super) fn slip_reason(&self, seen: &Evidence<'_>, slip: &Hit) -> Reason {
        let code = self.invoices.get(slip.invoice).map(|i| i.code.as_str()).unwrap_or_default();
        let reason = match slip.written {
            Written::Pieced => reasons::code_pieced(code),
            Written::AsIssued | Written::Corrected => reasons::code_typo(code),
        };
        reasons::at(reason, seen.place(slip))
    }

    pub(super) fn damage_reason(&self, seen: &Evidence<'_>, hit: &Hit, damage: Damage) -> Reason {
        let code = self.invoices.get(hit.invoice).map(|i| i.code.as_str()).unwrap_or_default();
        let reason = match damage {
            Damage::Cut => reasons::code_cut(code),
            Damage::Typo => reasons::code_damaged(code),
        };
        reasons::at(reason, seen.place(hit))
    }

    /// Settles an answer unless the rest of the evidence objects.
    pub(super) fn finish(
        &self,
        seen: &Evidence<'_>,
        rule: &'static str,
        answer: Answer,
        mut objections: Vec<Objection>,
    ) -> Decision {
        let students = answer.students(self);
        let contradictions = self.contradictions(seen, &answer, &students);
        let contradicted = !contradictions.is_empty();
        objections.splice(0..0, contradictions);
        if !seen.named.is_empty() && seen.holders.iter().any(|holder| !students.contains(holder)) {
            let holders = seen.holders.iter().filter(|holder| !students.contains(holder));
            let instead = holders.map(|holder| {
                self.fit(*holder, seen.payment.amount).0.because([reasons::account_exact()])
            });
            let reason = reasons::account_contradicts();
            objections.push(Objection::for_others(reason, instead.collect()));
        }
        if seen.expired_account {
            objections.push(Objection::because(reasons::account_expired()));
        }
        if seen.codes.crossing {
            objections.push(Objection::because(reasons::ambiguous(2)));
        }
        for (code, start, end) in &seen.codes.unknown {
            let at = seen.read.origin(*start, *end);
            objections.push(Objection::because(reasons::at(self.foreign_code(code), at)));
        }
        if !seen.named.is_empty() {
            for slip in &seen.codes.slips {
                if seen.is_whole_words(slip.start, slip.end) {
                    objections.push(Objection::because(self.slip_reason(seen, slip)));
                }
            }
        }
        // What the codes alone do not add up to may be what a damaged code says.
        if rule != "code-exact/1" && rule != "slip-corrected/1" && objections.is_empty() {
            let paid = |hit: &Hit| answer.shares.iter().any(|(place, _)| *place == hit.invoice);
            for (hit, damage) in seen.codes.broken.iter().filter(|(hit, _)| !paid(hit)) {
                objections.push(Objection::because(self.damage_reason(seen, hit, *damage)));
            }
            for slip in seen.codes.slips.iter().filter(|slip| !paid(slip)) {
                objections.push(Objection::because(self.slip_reason(seen, slip)));
            }
            for (start, end) in &seen.codes.remnants {
                let at = seen.read.origin(*start, *end);
                objections.push(Objection::because(reasons::at(reasons::code_remnant(), at)));
            }
        }
        if seen.mentions.truncated {
            objections.push(Objection::because(reasons::too_long()));
        }
        for hit in &seen.codes.exact {
            if self.names_another(seen, hit) {
                let pieced = Hit { written: Written::Pieced, ..*hit };
                objections.push(Objection::because(self.slip_reason(seen, &pieced)));
            }
        }
        if seen.may_be_return() {
            objections.push(Objection::because(reasons::looks_returned()));
        }
        let rule = if contradicted { "contradiction/1" } else { rule };
        let rival = self.rival_of(seen, &answer, &students);
        conclude(self, seen.payment.amount, rule, answer, objections, rival)
    }
}

/// Why an entry is no income, as far as its fields tell.
fn outside_income(payment: &PaymentFacts<'_>) -> Option<Reason> {
    if payment.status != EntryStatus::Booked {
        return Some(reasons::not_booked());
    }
    if payment.credit_debit == CreditDebit::Debit {
        return Some(reasons::money_out());
    }
    if payment.reversal {
        return Some(reasons::reversal());
    }
    (!payment.amount.is_positive()).then(reasons::no_amount)
}

/// Why a text without any code or account is about no fee payment.
pub(super) fn not_income_by_text(seen: &Evidence<'_>) -> Option<Reason> {
    if seen.payment.gateway {
        return None;
    }
    let names_somebody = !seen.mentions.full.is_empty() || !seen.mentions.in_class.is_empty();
    match words::nature(&seen.read, seen.payment.counterparty_name)? {
        certain @ (words::Nature::Return | words::Nature::StaffCash) => Some(reason_of(certain)),
        likely => (!names_somebody).then(|| reason_of(likely)),
    }
}

fn reason_of(nature: words::Nature) -> Reason {
    match nature {
        words::Nature::Return => reasons::returned_order(),
        words::Nature::StaffCash | words::Nature::Cash => reasons::staff_deposit(),
        words::Nature::Interest => reasons::interest(),
        words::Nature::Charge => reasons::bank_charge(),
        words::Nature::Payout => reasons::gateway_payout(),
        words::Nature::Donation => reasons::donation(),
        words::Nature::OtherIncome => reasons::other_income(),
    }
}

/// An entry that the bank has only announced.
pub(super) fn not_booked(amount: Vnd) -> Decision {
    not_income(amount, reasons::not_booked())
}

pub(super) fn not_income(amount: Vnd, reason: Reason) -> Decision {
    if reason.code == reasons::GATEWAY_PAYOUT {
        return payout_decision(amount);
    }
    plain(DecisionKind::NotIncome, amount, "not-income/1", vec![reason])
}
