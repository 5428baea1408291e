//! Why something cannot be said of a deposit, for people.

use super::Kind;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::store::cash::DepositRow;

pub(super) fn what() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "deposit_items",
        "Nêu số phiếu thu (vouchers) hoặc phiếu quẹt thẻ (slips) mà khoản nộp này gồm, chỉ một trong hai.",
        "Name the vouchers or the card slips that this deposit carries, only one of the two.",
    ))
}

pub(super) fn how_many(most: usize) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "deposit_items",
        format!(
            "Cần ít nhất một và nhiều nhất {most} phiếu còn hiệu lực. Kiểm tra lại số phiếu: phiếu đã hủy không tính."
        ),
        format!(
            "At least one and at most {most} vouchers or slips that count are needed. Check the numbers: voided ones do not count."
        ),
    ))
}

pub(super) fn no_bank_line() -> ServiceError {
    ServiceError::conflict(
        "deposit_line",
        "Chỉ dòng tiền vào của tài khoản ngân hàng mới là tiền mặt đã nộp hoặc tiền quẹt thẻ chuyển về.",
        "Only money in on a bank account is cash carried to the bank or a card terminal's payout.",
    )
}

pub(super) fn used_otherwise() -> ServiceError {
    ServiceError::conflict(
        "deposit_used",
        "Khoản tiền này đã có người phân bổ. Hãy hoàn tác phân bổ trước khi ghép với phiếu.",
        "A person has used this money. Reverse that before matching it.",
    )
}

pub(super) fn no_voucher(number: i64, year: i32) -> ServiceError {
    ServiceError::not_found("voucher", "phiếu thu số", "voucher", &format!("{number}/{year}"))
}

pub(super) fn taken_later(slip: &str, day: Day) -> ServiceError {
    ServiceError::conflict(
        "deposit_before_taken",
        format!(
            "Phiếu {slip} thu ngày {}, sau ngày tiền vào ngân hàng. Kiểm tra lại số phiếu.",
            vietnamese_day(day)
        ),
        format!("{slip} was taken on {day}, after the money reached the bank. Check the numbers."),
    )
}

pub(super) fn does_not_add_up(kind: Kind, gross: Vnd, amount: Vnd) -> ServiceError {
    let (gross, amount) = (gross.grouped(), amount.grouped());
    let (vi, en) = match kind {
        Kind::Cash => (
            format!(
                "Các phiếu thu cộng lại là {gross} ₫, tiền vào ngân hàng là {amount} ₫: phải bằng nhau. Kiểm tra lại số phiếu."
            ),
            format!(
                "The vouchers add up to {gross} ₫ and {amount} ₫ reached the bank: they must be equal. Check the numbers."
            ),
        ),
        Kind::Pos => (
            format!(
                "Các phiếu quẹt thẻ cộng lại là {gross} ₫, tiền về là {amount} ₫: phí phải từ 0 đến 3,5 % tổng các phiếu. Kiểm tra lại các phiếu."
            ),
            format!(
                "The slips add up to {gross} ₫ and {amount} ₫ was paid out: the fee must be 0 to 3.5 % of their sum. Check the slips."
            ),
        ),
    };
    ServiceError::conflict("deposit_sum", vi, en)
}

pub(super) fn matched_already() -> ServiceError {
    ServiceError::conflict(
        "deposit_matched",
        "Đã có người ghép khoản nộp này với các phiếu khác. Hãy gỡ ghép trước.",
        "A person has matched this deposit to others. Release it first.",
    )
}

pub(super) fn in_another(row: &DepositRow) -> ServiceError {
    let payment = row.payment_id;
    ServiceError::conflict(
        "deposit_item_taken",
        format!("Phiếu này đã được ghép bằng tay vào khoản nộp {payment}. Hãy gỡ ghép đó trước."),
        format!("It was matched by hand to deposit {payment}. Release that first."),
    )
}

pub(super) fn not_matched() -> ServiceError {
    ServiceError::conflict(
        "deposit_not_matched",
        "Khoản tiền này chưa được ghép với phiếu nào.",
        "This payment is not matched to any voucher or slip.",
    )
}

pub(super) fn is_deposit(row: &DepositRow) -> ServiceError {
    let (vi, en) = match row.kind.as_str() {
        "pos" => (
            "Đây là tiền quẹt thẻ ngân hàng chuyển về; từng phiếu quẹt thẻ đã được tính khi người nộp trả. Nếu ghép sai, hãy gỡ ghép trước.",
            "This is a card terminal's payout; its slips counted when they were made. If the match is wrong, release it first.",
        ),
        _ => (
            "Đây là tiền mặt nhà trường nộp vào ngân hàng; từng phiếu thu đã được tính khi thu. Nếu ghép sai, hãy gỡ ghép trước.",
            "This is cash the school carried to the bank; its vouchers counted when they were made. If the match is wrong, release it first.",
        ),
    };
    ServiceError::conflict("deposit_matched", vi, en)
}
