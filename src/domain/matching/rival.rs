//! The best answer that was not chosen, and why it lost.

use super::answer::Answer;
use super::book::Book;
use super::decision::{Proposal, Rival};
use super::evidence::Evidence;
use super::reasons;
use crate::domain::lang::Bilingual;
use crate::domain::money::Vnd;

impl Book {
    /// Who or what else could have been meant, of what the stronger evidence passes over: somebody
    /// the text names, whom the account has paid for before, or another open invoice of the family
    /// with the same amount.
    pub(super) fn rival_of(
        &self,
        seen: &Evidence<'_>,
        answer: &Answer,
        students: &[usize],
    ) -> Option<Rival> {
        let amount = seen.payment.amount;
        let by_class = seen.mentions.in_class.iter().find(|n| !students.contains(&n.student));
        if let Some(named) = by_class {
            let (other, _) = self.fit(named.student, amount);
            let likeness = self.names.likeness(named.student, &seen.mentions.words);
            let at = seen.read.origin(named.start, named.end);
            let other = other.because([reasons::at(reasons::name_similar(likeness), at)]);
            return Some(self.rival(
                other,
                "Chỉ có tên và lớp; mã hoặc tài khoản định danh chắc chắn hơn.",
                "Only a given name and a class: a code or virtual account is stronger.",
            ));
        }
        if let Some(payer) = seen.payers.iter().find(|payer| {
            !students.iter().any(|student| self.family_of(*student) == Some(payer.family))
        }) {
            let student = self.members(payer.family).first()?;
            let (other, _) = self.fit(*student, amount);
            let other = other.because([reasons::payer_known(payer.confirmed)]);
            return Some(self.rival(
                other,
                "Tài khoản này từng nộp cho gia đình khác; mã hoặc tài khoản định danh chắc chắn hơn.",
                "The account has paid for another family: a code or virtual account is stronger.",
            ));
        }
        let [(invoice, share)] = answer.shares[..] else { return None };
        let other = self.equal_of_family(invoice, share)?;
        Some(self.rival(
            self.whole([other]),
            "Cùng gia đình và cùng số tiền, nhưng nội dung ghi mã của khoản được chọn.",
            "Same family and same amount, but the text has the code of the chosen one.",
        ))
    }

    fn rival(&self, answer: Answer, vi: &'static str, en: &'static str) -> Rival {
        Rival {
            allocations: answer.allocations(self),
            reasons: answer.reasons,
            lost_because: Bilingual::new(vi, en),
        }
    }

    /// Another open invoice of the same household of which as much is left.
    fn equal_of_family(&self, invoice: usize, amount: Vnd) -> Option<usize> {
        let family = self.owner(invoice).and_then(|owner| self.family_of(owner))?;
        let mut open = self.each_open_of_family(family);
        open.find(|(other, open)| *other != invoice && *open == amount).map(|(other, _)| other)
    }
}

/// The second of some proposals as the rival of the first.
pub(super) fn second(proposals: &[Proposal]) -> Option<Rival> {
    let [first, second, ..] = proposals else { return None };
    let more: Vec<_> = first
        .reasons
        .iter()
        .filter(|reason| second.reasons.iter().all(|other| other.text != reason.text))
        .filter(|reason| !reason.text.vi.starts_with('⚠'))
        .map(|reason| &reason.text)
        .collect();
    let listed = |texts: Vec<&str>| texts.join("; ");
    let lost_because = if more.is_empty() {
        Bilingual::new(
            "Không có căn cứ nào khác nhau: thứ tự không nói lên cách nào đúng hơn.",
            "Nothing tells them apart: the order does not say which is right.",
        )
    } else {
        Bilingual::new(
            format!(
                "Cách thứ nhất có thêm căn cứ: {}.",
                listed(more.iter().map(|text| &*text.vi).collect())
            ),
            format!(
                "The first has more in its favour: {}.",
                listed(more.iter().map(|text| &*text.en).collect())
            ),
        )
    };
    Some(Rival {
        allocations: second.allocations.clone(),
        reasons: second.reasons.clone(),
        lost_because,
    })
}
