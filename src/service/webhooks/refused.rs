//! Why an endpoint is not made or changed, in words for people.

use crate::domain::diagnostic::Diagnostic;
use crate::domain::notification::Provider;
use crate::service::ServiceError;

pub(super) fn unknown_provider(name: &str) -> ServiceError {
    let all: Vec<&str> = Provider::ALL.into_iter().map(Provider::as_str).collect();
    let all = all.join(", ");
    ServiceError::refused(Diagnostic::new(
        "provider_unknown",
        format!("Không có nhà cung cấp “{name}”. Chọn một trong: {all}."),
        format!("There is no provider “{name}”. Choose one of: {all}."),
    ))
}

pub(super) fn client_needed(what: &str) -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "client_needed",
        format!("Cần thêm phần công khai của khóa ({what})."),
        format!("The public half of the secret is needed ({what})."),
    ))
}

pub(super) fn merchant_needed() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "merchant_needed",
        "Cổng thanh toán cần mã điểm bán (VNPAY: vnp_TmnCode, MoMo: partnerCode, ZaloPay: app_id).",
        "A gateway needs the merchant's code (VNPAY: vnp_TmnCode, MoMo: partnerCode, ZaloPay: app_id).",
    ))
}

pub(crate) fn two_live() -> ServiceError {
    ServiceError::conflict(
        "two_secrets_live",
        "Đang có hai khóa cùng hiệu lực. Hãy kết thúc khóa cũ trước khi thêm khóa mới.",
        "Two secrets live already. Retire the old one before adding another.",
    )
}

pub(crate) fn last_secret() -> ServiceError {
    ServiceError::conflict(
        "last_secret",
        "Đây là khóa duy nhất còn hiệu lực. Hãy thêm khóa mới trước, hoặc đóng địa chỉ này.",
        "This is the only secret that lives. Add a new one first, or close the endpoint.",
    )
}

pub(super) fn no_secret_here() -> ServiceError {
    ServiceError::conflict(
        "no_secret",
        "Địa chỉ này không dùng khóa nên không có gì để thay.",
        "This endpoint uses no secret, so there is none to rotate.",
    )
}

pub(crate) fn missing_secret(id: i64) -> ServiceError {
    ServiceError::not_found("secret", "khóa đang hiệu lực", "live secret", &id.to_string())
}
