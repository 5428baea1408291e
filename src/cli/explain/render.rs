//! An explanation on a terminal.

use std::io::{self, Write};

use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::explain::{
    Explanation, OtherUse, ProposalView, ReasonView, ShareView, Step, place_text,
};

/// Writes the whole explanation, one part after the other; a part with nothing to say is left out.
/// Fails only when `out` cannot be written.
pub(super) fn write(explanation: &Explanation, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { lang, out };
    page.head(explanation)?;
    if let Some(text) = &explanation.marked {
        page.title("Nội dung chuyển khoản", "Remittance text")?;
        for line in text.lines() {
            writeln!(page.out, "  {line}")?;
        }
    }
    page.decision(explanation)?;
    if !explanation.allocations.is_empty() || !explanation.uses.is_empty() {
        page.title("Phân bổ", "Allocations")?;
        for share in &explanation.allocations {
            page.share(share, "  ", "trước đó còn phải thu", "open before")?;
        }
        for used in &explanation.uses {
            page.other_use(used)?;
        }
        let left = explanation.unallocated.grouped();
        page.line("  Chưa phân bổ", "  Not allocated", &format!(": {left} ₫"))?;
    }
    if !explanation.reasons.is_empty() {
        page.title("Lý do", "Reasons")?;
        for reason in &explanation.reasons {
            writeln!(page.out, "  - {}", reason.text)?;
        }
    }
    if !explanation.proposals.is_empty() {
        page.title("Gợi ý, phù hợp nhất xếp trước", "Proposals, best first")?;
        for proposal in &explanation.proposals {
            page.proposal(proposal)?;
        }
    }
    if let Some(rival) = &explanation.rival {
        page.title("Phương án không được chọn", "The answer that was not chosen")?;
        for share in &rival.allocations {
            page.share(share, "  ", "còn phải thu", "open")?;
        }
        page.chips(&rival.reasons, "  ")?;
        let because = format!(": {}", rival.lost_because);
        page.line("  Vì sao không chọn", "  Why not", &because)?;
    }
    if !explanation.history.is_empty() {
        page.title("Lịch sử", "History")?;
        for step in &explanation.history {
            page.step(step)?;
        }
    }
    Ok(())
}

struct Page<'a> {
    lang: Lang,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn pick(&self, vi: &'static str, en: &'static str) -> &'static str {
        match self.lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }

    fn day(&self, day: Day) -> String {
        match self.lang {
            Lang::Vi => vietnamese_day(day),
            Lang::En => day.to_string(),
        }
    }

    /// `2026-11-24T08:00:00+07:00` as people write it.
    fn time(&self, stamp: &str) -> String {
        let read = chrono::DateTime::parse_from_rfc3339(stamp).map(|at| at.naive_local());
        match read {
            Ok(at) => format!("{} {}", self.day(at.date()), at.format("%H:%M")),
            Err(_) => stamp.to_owned(),
        }
    }

    fn title(&mut self, vi: &'static str, en: &'static str) -> io::Result<()> {
        let title = self.pick(vi, en);
        writeln!(self.out, "\n{title}")
    }

    fn line(&mut self, vi: &'static str, en: &'static str, rest: &str) -> io::Result<()> {
        let words = self.pick(vi, en);
        writeln!(self.out, "{words}{rest}")
    }

    fn head(&mut self, one: &Explanation) -> io::Result<()> {
        let name = match one.payment {
            Some(id) => format!("{} {id}", self.pick("Khoản tiền", "Payment")),
            None => self.pick("Dòng sao kê", "Entry").to_owned(),
        };
        let sign = if one.credit_debit == "debit" { "-" } else { "+" };
        let sum = one.foreign.clone().unwrap_or_else(|| format!("{} ₫", one.amount.grouped()));
        let mut parts = vec![name, self.day(one.booking_date), format!("{sign}{sum}")];
        if let Some(account) = &one.account {
            parts.push(format!("{} …{account}", self.pick("tài khoản", "account")));
        }
        writeln!(self.out, "{}", parts.join(" · "))?;
        let place = one.place.as_deref().map(|place| place_text(place, self.lang));
        let place: Vec<&str> =
            [one.file.as_deref(), place.as_deref()].into_iter().flatten().collect();
        if !place.is_empty() {
            self.line("  Tệp", "  File", &format!(": {}", place.join(", ")))?;
        }
        if let Some(reference) = &one.reference {
            self.line("  Mã tham chiếu", "  Reference", &format!(": {reference}"))?;
        }
        let account = one.payer_account.as_ref().map(|account| format!("…{account}"));
        let payer: Vec<&str> =
            [one.payer.as_deref(), account.as_deref()].into_iter().flatten().collect();
        if !payer.is_empty() {
            let payer = format!(": {}", payer.join(", "));
            if one.credit_debit == "debit" {
                self.line("  Người nhận", "  Payee", &payer)?;
            } else {
                self.line("  Người chuyển", "  Payer", &payer)?;
            }
        }
        Ok(())
    }

    fn decision(&mut self, one: &Explanation) -> io::Result<()> {
        self.title("Quyết định", "Decision")?;
        let decided = &one.decision;
        writeln!(self.out, "  {}", decided.text)?;
        if let Some(of) = &one.of {
            writeln!(self.out, "  {}", of.text)?;
        }
        if !decided.rule.is_empty() {
            let rule = format!(" {}: {}", decided.rule, decided.rule_text);
            self.line("  Quy tắc", "  Rule", &rule)?;
        }
        if let Some(note) = &decided.note {
            self.line("  Ghi chú", "  Note", &format!(": {note}"))?;
        }
        Ok(())
    }

    fn share(
        &mut self,
        share: &ShareView,
        indent: &str,
        vi: &'static str,
        en: &'static str,
    ) -> io::Result<()> {
        let whom: Vec<&str> = [&share.student, &share.class, &share.code]
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        let open = share
            .open_before
            .map(|open| format!(" · {} {} ₫", self.pick(vi, en), open.grouped()))
            .unwrap_or_default();
        let rest = format!(
            "{} {} ₫",
            self.pick("khoản tiền còn lại", "left of the payment"),
            share.rest.grouped()
        );
        writeln!(
            self.out,
            "{indent}{} ₫ · {}{open} · {rest}",
            share.amount.grouped(),
            whom.join(" · ")
        )
    }

    fn other_use(&mut self, used: &OtherUse) -> io::Result<()> {
        let what = match used.target.as_str() {
            "family_credit" => self.pick("ghi số dư cho gia đình", "kept as the family's credit"),
            "refund" => self.pick("hoàn trả người nộp", "paid back"),
            _ => self.pick("để riêng, không phải khoản nộp", "set aside, no fee payment"),
        };
        let family = used.family.as_ref().map(|family| format!(": {family}")).unwrap_or_default();
        writeln!(self.out, "  {} ₫ · {what}{family}", used.amount.grouped())
    }

    fn proposal(&mut self, proposal: &ProposalView) -> io::Result<()> {
        let number = proposal.index.saturating_add(1);
        let first = format!("  {number}. ");
        let mut indent = first.as_str();
        for share in &proposal.allocations {
            self.share(share, indent, "còn phải thu", "open")?;
            indent = "     ";
        }
        if proposal.credit != Vnd::ZERO {
            let kept = self.pick("ghi số dư cho gia đình", "kept as the family's credit");
            writeln!(self.out, "{indent}{} ₫ · {kept}", proposal.credit.grouped())?;
        }
        self.chips(&proposal.reasons, "     ")
    }

    fn chips(&mut self, reasons: &[ReasonView], indent: &str) -> io::Result<()> {
        if reasons.is_empty() {
            return Ok(());
        }
        let chips: Vec<String> =
            reasons.iter().map(|reason| format!("[{}]", reason.text)).collect();
        writeln!(self.out, "{indent}{}", chips.join(" "))
    }

    fn step(&mut self, step: &Step) -> io::Result<()> {
        let rule = step.rule.as_ref().map(|rule| format!(" ({rule})")).unwrap_or_default();
        let note = step.note.as_ref().map(|note| format!(" – {note}")).unwrap_or_default();
        let at = self.time(&step.at);
        writeln!(self.out, "  {at}  {}: {}{rule}{note}", step.by, step.text)
    }
}
