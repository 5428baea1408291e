//! What takes two persons: one asks, another agrees. Who asked may take it back, and never agrees.

use crate::service::{Actor, ServiceError};

/// The state of what waits for the second person.
pub(crate) const ASKED: &str = "asked";

/// Refuses the consent of whoever asked for it. `vi` and `en` say what it is for, such as `xóa nợ` and
/// `a write-off`.
pub(crate) fn refuse_same(
    asked_by: &str,
    actor: &Actor,
    (vi, en): (&str, &str),
) -> Result<(), ServiceError> {
    if asked_by != actor.as_str() {
        return Ok(());
    }
    Err(ServiceError::conflict(
        "second_person",
        format!("Người đề nghị không được tự duyệt. Cần một người khác duyệt {vi}."),
        format!("Who asked cannot agree. A second person has to consent to {en}."),
    ))
}

/// Refuses to decide twice. `vi` and `en` say what waited, such as `Đề nghị xóa nợ` and `write-off`.
pub(crate) fn refuse_decided(
    state: &str,
    code: &str,
    (vi, en): (&str, &str),
) -> Result<(), ServiceError> {
    if state == ASKED {
        return Ok(());
    }
    Err(ServiceError::conflict(
        code,
        format!("{vi} này đã được xử lý. Tải lại để xem kết quả."),
        format!("This {en} has been decided about. Reload to see the outcome."),
    ))
}
