//! Why a claim, or an answer to one, is not taken.

use chrono::TimeDelta;

use super::{LONGEST, NewClaim};
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::Vnd;
use crate::formats::photo::PhotoFault;
use crate::service::ServiceError;
use crate::store::claims::ClaimRow;

pub(super) fn check(new: &NewClaim, today: Day) -> Result<(Vnd, Day), ServiceError> {
    let mut wrong = Vec::new();
    let amount = new.amount.filter(|amount| amount.is_positive());
    if amount.is_none() {
        wrong.push(at(
            "amount",
            Diagnostic::new(
                "claim_amount",
                "Ghi số tiền đã nộp, ví dụ 1.250.000.",
                "Write the amount you paid, such as 1.250.000.",
            ),
        ));
    }
    let first = today.checked_sub_signed(TimeDelta::days(400)).unwrap_or(today);
    let paid_on = new.paid_on.filter(|day| *day <= today && *day >= first);
    if paid_on.is_none() {
        wrong.push(at(
            "paid_on",
            Diagnostic::new(
                "claim_day",
                "Ghi ngày đã nộp, không ở tương lai, ví dụ 05/09/2026.",
                "Write the day you paid, not in the future, such as 05/09/2026.",
            ),
        ));
    }
    let end = new.account_end.trim();
    if end.chars().count() > 6 || !end.chars().all(|c| c.is_ascii_digit()) {
        wrong.push(at(
            "account_end",
            Diagnostic::new(
                "claim_account",
                "Chỉ ghi tối đa 6 số cuối của tài khoản.",
                "Write the last digits of the account only, at most 6.",
            ),
        ));
    }
    if new.words.trim().chars().count() > LONGEST || new.bank.trim().chars().count() > 60 {
        wrong.push(at(
            "words",
            Diagnostic::new(
                "claim_words",
                "Lời nhắn tối đa 1.000 ký tự, tên ngân hàng tối đa 60 ký tự.",
                "The message has at most 1,000 characters, the bank's name at most 60.",
            ),
        ));
    }
    match (amount, paid_on) {
        (Some(amount), Some(paid_on)) if wrong.is_empty() => Ok((amount, paid_on)),
        _ => Err(ServiceError::Refused(wrong)),
    }
}

pub(super) fn at(field: &str, told: Diagnostic) -> Diagnostic {
    told.at(Place { column: Some(field.to_owned()), ..Place::default() })
}

pub(super) fn not_taken(fault: PhotoFault) -> ServiceError {
    let (vi, en) = match fault {
        PhotoFault::TooLarge => (
            "Ảnh lớn hơn 5 MB. Chụp màn hình giao dịch rồi gửi ảnh chụp màn hình.",
            "The picture has more than 5 MB. Take a screenshot of the transfer and send that.",
        ),
        PhotoFault::Kind => (
            "Tệp này không phải ảnh JPEG hoặc PNG. Chụp màn hình giao dịch rồi gửi ảnh đó.",
            "This file is neither a JPEG nor a PNG picture. Take a screenshot of the transfer and send that.",
        ),
        PhotoFault::TooManyPixels => (
            "Ảnh có quá nhiều điểm ảnh. Chụp màn hình giao dịch rồi gửi ảnh chụp màn hình.",
            "The picture has too many pixels. Take a screenshot of the transfer and send that.",
        ),
        PhotoFault::Broken => (
            "Không đọc được ảnh này. Chụp lại rồi gửi ảnh khác.",
            "This picture cannot be read. Take another one and send that.",
        ),
    };
    ServiceError::refused(at("photo", Diagnostic::new("claim_photo", vi, en)))
}

pub(super) fn too_many() -> ServiceError {
    ServiceError::conflict(
        "claims_many",
        "Gia đình đã gửi nhiều câu hỏi. Nhà trường sẽ trả lời lần lượt; nếu gấp, xin gọi kế toán của trường.",
        "Your family has asked several times. The school answers one after the other; if it is urgent, call the accountant.",
    )
}

pub(super) fn answered(row: &ClaimRow) -> ServiceError {
    let by = row.answered_by.as_deref().unwrap_or_default().trim_start_matches("user:");
    ServiceError::conflict(
        "claim_answered",
        format!("{by} đã trả lời câu hỏi này. Tải lại để xem câu trả lời."),
        format!("{by} has answered this question. Reload to see the answer."),
    )
}

pub(super) fn unknown(claim: i64) -> ServiceError {
    ServiceError::not_found("claim", "câu hỏi số", "question", &claim.to_string())
}
