//! The sentences of an explanation.

use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::id::PaymentId;
use crate::domain::lang::Lang;
use crate::domain::matching::rules;
use crate::domain::money::Vnd;
use crate::service::MACHINE;

/// What a decision did, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Did {
    /// Invoices that money is allocated to.
    pub invoices: usize,
    /// Proposals made.
    pub proposals: usize,
    /// What is allocated.
    pub allocated: Vnd,
    /// Whether the payment rests on no file any more.
    pub voided: bool,
    /// Whether it is money out.
    pub money_out: bool,
}

/// The other half of returned money, or the entry that one repeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Half<'a> {
    /// Its number, where there is a database.
    pub payment: Option<PaymentId>,
    /// The bank's day.
    pub booking_date: Day,
    /// How much, as it is shown.
    pub amount: &'a str,
    /// The bank's reference.
    pub reference: Option<&'a str>,
    /// Where it stands, where there is no database.
    pub place: Option<&'a str>,
}

/// What a rule says, or nothing where no rule has that name.
#[must_use]
pub fn rule_text(rule: &str, lang: Lang) -> String {
    rules::describe(rule).map(|text| text.text(lang).to_owned()).unwrap_or_default()
}

/// Where an entry stands in its file, `row 17` or `line 17`, as people say it.
#[must_use]
pub fn place_text(place: &str, lang: Lang) -> String {
    let number = place.strip_prefix("row ").or_else(|| place.strip_prefix("line "));
    match (number, lang) {
        (Some(number), Lang::Vi) => format!("dòng {number}"),
        _ => place.to_owned(),
    }
}

/// Who decided, for people.
pub(crate) fn by_name(by: &str, lang: Lang) -> String {
    match (by == MACHINE, lang) {
        (true, Lang::Vi) => "Máy".to_owned(),
        (true, Lang::En) => "The machine".to_owned(),
        _ => by.strip_prefix("user:").unwrap_or(by).to_owned(),
    }
}

/// What the machine or a person did with a payment.
#[must_use]
pub fn did_text(kind: &str, by: &str, did: Did, lang: Lang) -> String {
    if did.voided {
        return match lang {
            Lang::Vi => "Không còn tệp nào ghi khoản tiền này nên nó không được tính nữa.",
            Lang::En => "No file shows this payment any more, so it does not count.",
        }
        .to_owned();
    }
    let machine = by == MACHINE;
    let who = by_name(by, lang);
    let (sum, invoices, proposals) = (did.allocated.grouped(), did.invoices, did.proposals);
    match (kind, lang) {
        ("settled", Lang::Vi) if invoices == 0 => format!("{who} đã dùng khoản tiền này."),
        ("settled", Lang::En) if invoices == 0 => format!("{who} has used this payment."),
        ("settled", Lang::Vi) if machine => {
            format!("Máy tự khớp {sum} ₫ vào {invoices} khoản phải thu.")
        }
        ("settled", Lang::Vi) => format!("{who} đã khớp {sum} ₫ vào {invoices} khoản phải thu."),
        ("settled", Lang::En) => {
            let noun = if invoices == 1 { "invoice" } else { "invoices" };
            format!("{who} settled {invoices} {noun} with {sum} ₫.")
        }
        ("proposed", Lang::Vi) => {
            format!("Máy đưa ra {proposals} gợi ý, chờ anh/chị xác nhận.")
        }
        ("proposed", Lang::En) => {
            let noun = if proposals == 1 { "proposal" } else { "proposals" };
            format!("The machine made {proposals} {noun}; a person chooses.")
        }
        ("unmatched", Lang::Vi) if machine => {
            "Máy chưa tìm được khoản phải thu nào phù hợp; anh/chị tìm và phân bổ giúp.".to_owned()
        }
        ("unmatched", Lang::Vi) => format!("{who} đã bỏ khớp; khoản tiền chưa dùng vào việc gì."),
        ("unmatched", Lang::En) if machine => {
            "The machine found no invoice that fits; a person looks for it.".to_owned()
        }
        ("unmatched", Lang::En) => format!("{who} took the use back; nothing uses the payment."),
        ("returned", Lang::Vi) if did.money_out => {
            "Tiền ra này trả lại một khoản đã nhận.".to_owned()
        }
        ("returned", Lang::En) if did.money_out => {
            "This money out returned a payment that had come in.".to_owned()
        }
        ("returned", Lang::Vi) => "Tiền đã nhận rồi được trả lại người nộp.".to_owned(),
        ("returned", Lang::En) => "The money came and went back to the payer.".to_owned(),
        ("duplicate", Lang::Vi) => "Dòng này trùng với một dòng đã có.".to_owned(),
        ("duplicate", Lang::En) => "The entry repeats another one.".to_owned(),
        ("not_income", Lang::Vi) if machine => "Máy để riêng: không phải khoản nộp.".to_owned(),
        ("not_income", Lang::Vi) => format!("{who} để riêng: không phải khoản nộp."),
        ("not_income", Lang::En) => format!("{who} set it aside: no fee payment."),
        (other, _) => kind_text(other, lang).to_owned(),
    }
}

/// A decision's kind in a word or two.
pub(crate) fn kind_text(kind: &str, lang: Lang) -> &str {
    match (kind, lang) {
        ("settled", Lang::Vi) => "đã khớp",
        ("settled", Lang::En) => "settled",
        ("proposed", Lang::Vi) => "có gợi ý",
        ("proposed", Lang::En) => "proposed",
        ("unmatched", Lang::Vi) => "chưa khớp",
        ("unmatched", Lang::En) => "unmatched",
        ("returned", Lang::Vi) => "đã nhận rồi hoàn trả",
        ("returned", Lang::En) => "came and went back",
        ("duplicate", Lang::Vi) => "trùng với khoản đã có",
        ("duplicate", Lang::En) => "repeats another one",
        ("not_income", Lang::Vi) => "không phải khoản nộp",
        ("not_income", Lang::En) => "no fee payment",
        (_, Lang::Vi) => "chưa xét",
        (_, Lang::En) => "not decided yet",
    }
}

/// That a person said whom a payment is not for.
pub(super) fn refusal_text(student: &str, lang: Lang) -> String {
    match lang {
        Lang::Vi => format!("xác nhận không phải của học sinh {student}"),
        Lang::En => format!("said that it is not for {student}"),
    }
}

/// How a payment and its other half belong together.
#[must_use]
pub fn half_text(kind: &str, money_out: bool, half: &Half<'_>, lang: Lang) -> String {
    let day = match lang {
        Lang::Vi => vietnamese_day(half.booking_date),
        Lang::En => half.booking_date.to_string(),
    };
    let which = match lang {
        Lang::Vi => format!("ngày {day}, {} ₫", half.amount),
        Lang::En => format!("of {day}, {} ₫", half.amount),
    };
    let reference = half.reference.map(|reference| match lang {
        Lang::Vi => format!(", mã tham chiếu {reference}"),
        Lang::En => format!(", reference {reference}"),
    });
    let place = half.place.map(|place| format!(" ({place})"));
    let which = [Some(which), reference, place].into_iter().flatten().collect::<String>();
    let number = half.payment.map(|id| format!(" {id}")).unwrap_or_default();
    match (kind, money_out, lang) {
        ("returned", false, Lang::Vi) => {
            format!("Đã được trả lại bằng khoản tiền ra{number} {which}.")
        }
        ("returned", false, Lang::En) => format!("Returned by the money out{number} {which}."),
        ("returned", true, Lang::Vi) => format!("Trả lại khoản tiền vào{number} {which}."),
        ("returned", true, Lang::En) => format!("Returns the money in{number} {which}."),
        ("duplicate", _, Lang::Vi) => format!("Trùng với dòng {which}."),
        ("duplicate", _, Lang::En) => format!("Repeats the entry {which}."),
        (_, _, Lang::Vi) => format!("Có thể chính là dòng {which}."),
        (_, _, Lang::En) => format!("May be the entry {which}."),
    }
}
