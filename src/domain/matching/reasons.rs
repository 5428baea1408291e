//! The chips people read beside a choice. Codes and texts are part of the interface.

use std::borrow::Cow;

use super::decision::Reason;
use super::facts::Elsewhere;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::{Bilingual, Wording};
use crate::domain::money::Vnd;

fn reason(code: &'static str, vi: impl Into<Wording>, en: impl Into<Wording>) -> Reason {
    Reason { code: Cow::Borrowed(code), text: Bilingual::new(vi, en), at: None }
}

/// The same at a place of the text.
pub(super) fn at(mut reason: Reason, place: Option<[u32; 2]>) -> Reason {
    reason.at = place;
    reason
}

pub(super) fn code_exact() -> Reason {
    reason("code_exact", "Đúng mã", "Code found")
}

pub(super) fn code_typo(code: &str) -> Reason {
    reason(
        "code_typo",
        format!("Mã sai 1 ký tự (số kiểm tra không khớp), gần nhất là {code}"),
        format!("Code with one wrong symbol (the check fails), nearest is {code}"),
    )
}

pub(super) fn code_pieced(code: &str) -> Reason {
    reason(
        "code_pieced",
        format!("Có mã {code}, nhưng một mã khác bị thiếu hoặc thừa ký tự cũng giống vậy"),
        format!(
            "Code {code} is there, but another with a symbol lost or added would look the same"
        ),
    )
}

/// A code damaged otherwise than by one wrong symbol.
pub(super) fn code_damaged(code: &str) -> Reason {
    reason(
        "code_typo",
        format!("Mã thiếu, thừa, đảo hoặc nhầm ký tự, gần nhất là {code}"),
        format!("Code with symbols lost, added, swapped or mistaken, nearest is {code}"),
    )
}

pub(super) fn code_cut(code: &str) -> Reason {
    reason(
        "code_cut",
        format!("Mã bị cắt ngắn, chỉ còn phần đầu của {code}"),
        format!("Code cut short: only the beginning of {code} is left"),
    )
}

pub(super) fn code_remnant() -> Reason {
    reason(
        "code_remnant",
        "⚠ Có phần còn lại của một mã khác, không đọc được",
        "⚠ What is left of another code is there and cannot be read",
    )
}

pub(super) fn too_long() -> Reason {
    reason(
        "text_too_long",
        "⚠ Nội dung quá dài, chưa đọc hết tên trong đó",
        "⚠ The text is too long: not all names in it were read",
    )
}

pub(super) fn code_unknown(code: &str) -> Reason {
    reason(
        "code_unknown",
        format!("⚠ Mã {code} đúng quy tắc nhưng không có trong danh sách thu"),
        format!("⚠ Code {code} is well formed but not in the invoice list"),
    )
}

/// A code of another school, or of one that has closed.
pub(super) fn code_elsewhere(code: &str, place: &Elsewhere) -> Reason {
    match place {
        Elsewhere::OtherSchool { school } => reason(
            "code_other_school",
            format!("⚠ Mã {code} là của {school}"),
            format!("⚠ Code {code} belongs to {school}"),
        ),
        Elsewhere::ClosedSchool { school, closed_on } => {
            let day = vietnamese_day(*closed_on);
            reason(
                "code_closed_school",
                format!("⚠ Mã {code} là của {school}, đã ngừng hoạt động từ sau ngày {day}"),
                format!("⚠ Code {code} belongs to {school}, which closed after {closed_on}"),
            )
        }
    }
}

pub(super) fn account_exact() -> Reason {
    reason(
        "account_exact",
        "Đúng tài khoản định danh của học sinh",
        "The student's own virtual account",
    )
}

pub(super) fn account_expired() -> Reason {
    reason(
        "account_expired",
        "⚠ Tài khoản định danh không còn (hoặc chưa) thuộc học sinh này vào ngày ghi sổ",
        "⚠ The virtual account was not this student's on the booking date",
    )
}

pub(super) fn amount_exact() -> Reason {
    reason("amount_exact", "Đúng số tiền", "Amount equals what is open")
}

pub(super) fn amount_sum(invoices: usize, students: usize) -> Reason {
    if students > 1 {
        reason(
            "amount_sum",
            format!("Bằng tổng {invoices} khoản còn phải thu của {students} anh chị em"),
            format!("Equals the sum of {invoices} open invoices of {students} siblings"),
        )
    } else {
        reason(
            "amount_sum",
            format!("Bằng tổng {invoices} khoản còn phải thu"),
            format!("Equals the sum of {invoices} open invoices"),
        )
    }
}

pub(super) fn amount_short(by: Vnd) -> Reason {
    let by = by.grouped();
    reason("amount_short", format!("Thiếu {by} ₫"), format!("Short by {by} ₫"))
}

pub(super) fn amount_over(by: Vnd) -> Reason {
    let by = by.grouped();
    reason("amount_over", format!("Thừa {by} ₫"), format!("Over by {by} ₫"))
}

pub(super) fn name_found() -> Reason {
    reason("name_similar", "Tên giống 100 %", "Full name found")
}

pub(super) fn name_similar(percent: u32) -> Reason {
    reason("name_similar", format!("Tên giống {percent} %"), format!("Name {percent} % alike"))
}

pub(super) fn name_of_sender() -> Reason {
    reason(
        "name_of_sender",
        "Người chuyển trùng tên với học sinh",
        "The sender is called like the pupil",
    )
}

pub(super) fn guardian_found() -> Reason {
    reason("guardian_found", "Có tên phụ huynh trong nội dung", "A parent's name is in the text")
}

pub(super) fn guardian_sent() -> Reason {
    reason(
        "guardian_sent",
        "Người chuyển trùng tên phụ huynh",
        "The sender is called like a parent",
    )
}

pub(super) fn namesakes(pupils: usize) -> Reason {
    reason(
        "namesakes",
        format!("⚠ {pupils} học sinh trùng họ tên"),
        format!("⚠ {pupils} pupils have this name"),
    )
}

pub(super) fn many_names(pupils: usize) -> Reason {
    reason(
        "many_names",
        format!("Nội dung nêu {pupils} học sinh, tiền được chia theo thứ tự nêu tên"),
        format!("The text names {pupils} pupils; the money is split in their order"),
    )
}

pub(super) fn class_found(class: &str) -> Reason {
    reason(
        "class_found",
        format!("Có lớp \"{class}\" trong nội dung"),
        format!("Class \"{class}\" is in the text"),
    )
}

pub(super) fn payer_known(times: u32) -> Reason {
    reason(
        "payer_known",
        format!("Tài khoản này đã nộp cho gia đình này ({times} lần)"),
        format!("This account has paid for this family before ({times} times)"),
    )
}

pub(super) fn ambiguous(answers: usize) -> Reason {
    reason(
        "ambiguous",
        format!("⚠ {answers} cách phân bổ phù hợp như nhau"),
        format!("⚠ {answers} answers fit equally well"),
    )
}

pub(super) fn same_amount(invoices: u32) -> Reason {
    reason(
        "ambiguous",
        format!("⚠ {invoices} khoản thu cùng số tiền"),
        format!("⚠ {invoices} invoices have this amount open"),
    )
}

pub(super) fn contradiction(name: &str, class: &str) -> Reason {
    let who = if class.is_empty() { name.to_owned() } else { format!("{name} ({class})") };
    reason(
        "contradiction",
        format!("⚠ Nội dung lại nêu học sinh khác: {who}"),
        format!("⚠ The text names another student: {who}"),
    )
}

pub(super) fn account_contradicts() -> Reason {
    reason(
        "contradiction",
        "⚠ Mã và tài khoản định danh thuộc hai học sinh khác nhau",
        "⚠ The code and the virtual account belong to different students",
    )
}

pub(super) fn already_paid() -> Reason {
    reason("already_paid", "⚠ Khoản này đã nộp đủ", "⚠ This invoice is already paid")
}

pub(super) fn cancelled() -> Reason {
    reason("cancelled", "⚠ Khoản này đã hủy", "⚠ This invoice was cancelled")
}

pub(super) fn no_open_invoice() -> Reason {
    reason(
        "already_paid",
        "⚠ Học sinh không còn khoản nào phải thu",
        "⚠ The student has nothing left to pay",
    )
}

pub(super) fn other_exact(code: &str) -> Reason {
    reason(
        "ambiguous",
        format!("⚠ Số tiền đúng bằng khoản {code} của cùng gia đình"),
        format!("⚠ The amount is exactly that of {code} of the same family"),
    )
}

pub(super) fn policy_asks() -> Reason {
    reason(
        "policy",
        "Nhà trường chọn xác nhận tay khi nộp thiếu",
        "The school confirms short payments by hand",
    )
}

pub(super) fn looks_returned() -> Reason {
    reason(
        "maybe_returned",
        "⚠ Có thể là tiền hoàn trả hoặc lệnh bị trả lại, cần kiểm tra",
        "⚠ This may be returned money: please check",
    )
}

pub(super) fn refused() -> Reason {
    reason(
        "refused",
        "Đã có người xác nhận khoản tiền này không phải của học sinh được nêu",
        "A person has said that this money was not for the student it points to",
    )
}

pub(super) fn slip_unconfirmed() -> Reason {
    reason(
        "unconfirmed",
        "Nội dung không nêu đúng học sinh hoặc số tiền không khớp nên cần xác nhận",
        "The text does not confirm the student, or the amount differs: please confirm",
    )
}

pub(super) fn nothing_found() -> Reason {
    reason(
        "nothing_found",
        "Không thấy mã, tên, tài khoản hay số tiền nào khớp",
        "No code, name, account or amount fits",
    )
}

pub(super) fn money_out() -> Reason {
    reason("money_out", "Tiền ra khỏi tài khoản", "Money out of the account")
}

pub(super) fn not_booked() -> Reason {
    reason(
        "not_booked",
        "Ngân hàng chưa ghi sổ giao dịch này",
        "The bank has not booked this entry yet",
    )
}

pub(super) fn no_amount() -> Reason {
    reason("no_amount", "Số tiền bằng 0", "The amount is zero")
}

pub(super) fn reversal() -> Reason {
    reason(
        "reversal",
        "Ngân hàng đánh dấu là bút toán hủy hoặc hoàn trả",
        "The bank marks it as reversing an earlier entry",
    )
}

pub(super) fn returned_order() -> Reason {
    reason(
        "returned_order",
        "Tiền hoàn trả hoặc lệnh chuyển đi bị trả lại",
        "Returned money, or an outgoing order that came back",
    )
}

pub(super) fn interest() -> Reason {
    reason("interest", "Lãi tiền gửi", "Interest")
}

pub(super) fn bank_charge() -> Reason {
    reason("bank_charge", "Phí ngân hàng", "Bank charge")
}

/// The code of a gateway's payout.
pub(super) const GATEWAY_PAYOUT: &str = "gateway_payout";

pub(super) fn gateway_payout() -> Reason {
    reason(
        GATEWAY_PAYOUT,
        "Cổng thanh toán chuyển tiền quyết toán, không phải một khoản nộp",
        "A payment gateway's payout, not a single payment",
    )
}

pub(super) fn donation() -> Reason {
    reason("donation", "Tiền ủng hộ, tài trợ, không phải khoản phải thu", "A donation, not a fee")
}

pub(super) fn other_income() -> Reason {
    reason(
        "other_income",
        "Khoản thu khác của nhà trường (ngân sách, cho thuê…), không phải học sinh nộp",
        "Other income of the school (budget, rent…), not paid by a pupil",
    )
}

pub(super) fn staff_deposit() -> Reason {
    reason(
        "staff_deposit",
        "Nhà trường nộp tiền mặt vào tài khoản",
        "The school's own staff paid in cash",
    )
}

/// A currency other than đồng.
#[must_use]
pub fn currency(currency: &str) -> Reason {
    reason(
        "currency",
        format!("Số tiền bằng {currency}, chỉ khớp được đồng Việt Nam"),
        format!("The amount is in {currency}; only Vietnamese đồng can be matched"),
    )
}

/// An amount that is no whole number of đồng or too large for one.
#[must_use]
pub fn not_whole() -> Reason {
    reason(
        "amount_not_whole",
        "Số tiền không phải số đồng nguyên",
        "The amount is not a whole number of đồng",
    )
}

/// The same money as another entry.
#[must_use]
pub fn duplicate() -> Reason {
    reason(
        "duplicate",
        "Trùng với một dòng đã có (cùng một giao dịch)",
        "The same transfer as another entry",
    )
}

/// An entry that came and went back.
#[must_use]
pub fn returned() -> Reason {
    reason(
        "returned",
        "Tiền đã nhận rồi hoàn trả, hai dòng bù trừ nhau",
        "Money that came and went back: the two entries cancel out",
    )
}

/// A credit that may be the one an outgoing entry returns, which cannot be told for certain.
#[must_use]
pub fn perhaps_returned() -> Reason {
    looks_returned()
}

/// A line that names a gateway and has a code: its payments may have counted when they were made.
#[must_use]
pub fn perhaps_payout() -> Reason {
    reason(
        "perhaps_payout",
        "⚠ Có thể là tiền cổng thanh toán chuyển về, đã tính khi người nộp trả qua cổng",
        "⚠ This may be a gateway's payout of payments that have counted already",
    )
}

/// Money that may be an entry known already, under another reference of the bank's.
#[must_use]
pub fn perhaps_same() -> Reason {
    reason(
        "perhaps_same",
        "⚠ Có thể là khoản đã ghi nhận (mã tham chiếu khác)",
        "⚠ This may be an entry already recorded (under another reference)",
    )
}
