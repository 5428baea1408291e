//! Why a round cannot be issued as it is.

use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::{ChargeProblem, PriceProblem};
use crate::store::people::StudentRow;

/// A student who left is named by the round.
pub(super) fn student_left(code: &str) -> Diagnostic {
    Diagnostic::new(
        "student_left",
        format!(
            "Học sinh mã “{code}” đã thôi học trước kỳ thu này. Bỏ mã này khỏi phạm vi đợt thu."
        ),
        format!(
            "The student with code “{code}” left before what is charged for. Take it out of the round."
        ),
    )
}

/// Nobody has this code.
pub(super) fn unknown_student(code: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown_student",
        format!("Không có học sinh mã “{code}” trong trường. Bỏ mã này khỏi phạm vi đợt thu."),
        format!("The school has no student with code “{code}”. Take it out of the round."),
    )
}

/// Nobody is in this class.
pub(super) fn unknown_class(class: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown_class",
        format!(
            "Không có học sinh nào ở lớp “{class}”. Sửa tên lớp, hoặc bỏ lớp này khỏi phạm vi đợt thu."
        ),
        format!(
            "No student is in class “{class}”. Correct the class, or take it out of the round."
        ),
    )
}

/// There is nothing to charge for.
pub(super) fn no_items() -> Diagnostic {
    Diagnostic::new(
        "no_items",
        "Đợt thu chưa có khoản thu nào còn áp dụng. Thêm khoản thu.",
        "The round has no fee item that still holds. Add one.",
    )
}

/// Why a student cannot be charged for an item.
pub(super) fn told(student: &StudentRow, item: &str, problem: ChargeProblem) -> Diagnostic {
    let (code, class) = (&student.code, &student.class);
    let (slug, vi, en) = match problem {
        ChargeProblem::Price(PriceProblem::None) => (
            "no_price",
            "chưa có đơn giá áp dụng. Thêm giá cho khối, cấp học hoặc vùng này",
            "has no price that fits. Add one for this grade, level or zone",
        ),
        ChargeProblem::Price(PriceProblem::Two) => (
            "two_prices",
            "có hai đơn giá khác nhau cùng áp dụng. Bỏ bớt một giá",
            "has two different prices that fit. Take one away",
        ),
        ChargeProblem::NegativeQuantity => (
            "negative_quantity",
            "có số lượng âm. Sửa số lượng",
            "has a negative quantity. Correct it",
        ),
        ChargeProblem::TooLarge => (
            "amount_range",
            "có số tiền vượt giới hạn. Kiểm tra đơn giá và số lượng",
            "is beyond the range of amounts. Check price and quantity",
        ),
    };
    Diagnostic::new(
        slug,
        format!("Học sinh {code} (lớp {class}), khoản thu “{item}”: {vi}."),
        format!("Student {code} (class {class}), fee item “{item}”: {en}."),
    )
}
