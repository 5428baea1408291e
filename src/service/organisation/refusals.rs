//! Why an authority cannot be changed as asked, in words.

use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::organisation::{AuthorityKind, Unit};
use crate::service::ServiceError;

pub(super) fn not_there(unit: &Unit, day: Day) -> Diagnostic {
    Diagnostic::new(
        "authority_not_there",
        format!(
            "Ngày {}, {} không hoạt động ({}). Chọn ngày khác hoặc đơn vị khác.",
            vietnamese_day(day),
            unit.code,
            unit.span.text(Lang::Vi)
        ),
        format!(
            "On {day} {} does not exist ({}). Choose another day or another unit.",
            unit.code,
            unit.span.text(Lang::En)
        ),
    )
}

pub(super) fn circle(unit: &Unit, parent: &Unit, day: Day) -> Diagnostic {
    Diagnostic::new(
        "authority_circle",
        format!(
            "{} đang ở dưới {}, nên không thể là cấp trên của đơn vị này (từ ngày {}). Chọn đơn vị khác.",
            parent.code,
            unit.code,
            vietnamese_day(day)
        ),
        format!(
            "{} is below {}, so it cannot be above it (from {day} on). Choose another unit.",
            parent.code, unit.code
        ),
    )
}

pub(super) fn ends_too_late(unit: &Unit, on: Day) -> Diagnostic {
    Diagnostic::new(
        "placement_overlap",
        format!(
            "Nếu {} kết thúc ngày {}, có trường vừa ở đơn vị này vừa ở đơn vị kế tục. Chọn ngày sớm hơn.",
            unit.code,
            vietnamese_day(on)
        ),
        format!(
            "If {} ended on {on}, a school would be under it and under the unit that follows. Choose an earlier day.",
            unit.code
        ),
    )
}

pub(super) fn rename_too_early(unit: &Unit, since: Option<Day>, from: Day) -> Diagnostic {
    let (vi, en) = match since {
        Some(since) => (
            format!("tên và mã hiện nay có từ ngày {}", vietnamese_day(since)),
            format!("its present name and code hold since {since}"),
        ),
        None => (unit.span.text(Lang::Vi), unit.span.text(Lang::En)),
    };
    Diagnostic::new(
        "rename_day",
        format!(
            "Không đổi tên {} từ ngày {} được: {vi}. Chọn ngày sau đó, trong thời gian đơn vị hoạt động.",
            unit.code,
            vietnamese_day(from)
        ),
        format!(
            "{} cannot be renamed from {from} on: {en}. Choose a later day on which the unit exists.",
            unit.code
        ),
    )
}

pub(super) fn name_needed() -> Diagnostic {
    Diagnostic::new(
        "authority_name",
        "Đơn vị quản lý cần có mã và tên. Điền cả hai.",
        "An authority needs a code and a name. Give both.",
    )
}

pub(super) fn day_needed() -> Diagnostic {
    Diagnostic::new(
        "rename_day",
        "Đổi mã cần ngày bắt đầu dùng mã mới (from): mã cũ được giữ đến hết ngày hôm trước.",
        "A new code needs the day it begins (from): the old one is kept until the day before.",
    )
}

pub(super) fn kind_unknown(text: &str) -> Diagnostic {
    let vi: Vec<String> = AuthorityKind::ALL
        .iter()
        .map(|kind| format!("{} ({})", kind.as_str(), kind.label(Lang::Vi)))
        .collect();
    let en: Vec<&str> = AuthorityKind::ALL.iter().map(|kind| kind.as_str()).collect();
    Diagnostic::new(
        "authority_kind",
        format!("“{text}” không phải loại đơn vị quản lý. Chọn một trong: {}.", vi.join(", ")),
        format!("“{text}” is no kind of authority. Choose one of: {}.", en.join(", ")),
    )
}

pub(super) fn taken(code: &str) -> ServiceError {
    ServiceError::conflict(
        "authority_exists",
        format!(
            "Mã “{code}” đang, hoặc trong thời gian đó đã, thuộc đơn vị khác. Hãy dùng mã khác hoặc sửa đơn vị đã có."
        ),
        format!(
            "The code “{code}” belongs to another unit now or did on these days. Use another code or change the existing unit."
        ),
    )
}
