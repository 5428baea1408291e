//! What is wrong with a row of a list of authorities and schools, in words.

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::organisation::Unit;
use crate::formats::roster::Column;
use crate::formats::roster::organisation::{
    CODE, FORMER_CODE, FROM, NAME, OrganisationRow, PARENT, TO,
};

/// The same with the row in front, where it does not stand there yet.
pub(super) fn in_row(row: &OrganisationRow, problem: Diagnostic) -> Diagnostic {
    if problem.place.is_some() {
        return problem;
    }
    let column = match problem.code.as_str() {
        "authority_circle" | "authority_not_found" => &PARENT,
        "placement_outside" | "placement_overlap" | "rename_day" => &FROM,
        _ => &CODE,
    };
    told(row, column, &problem.code, &problem.message.vi, &problem.message.en)
}

fn told(row: &OrganisationRow, column: &Column, code: &str, vi: &str, en: &str) -> Diagnostic {
    let (number, of) = (row.row, &row.code);
    Diagnostic::new(
        code,
        format!("Dòng {number}, cột {} ({of}): {vi}", column.vi),
        format!("Row {number}, column {} ({of}): {en}", column.en),
    )
    .at(Place::cell(number, column.vi))
}

pub(super) fn unknown(row: &OrganisationRow, column: &Column, code: &str) -> Diagnostic {
    told(
        row,
        column,
        "authority_not_found",
        &format!("không có đơn vị quản lý “{code}”. Thêm đơn vị này vào danh sách hoặc sửa mã."),
        &format!("there is no authority “{code}”. Add it to the list or correct the code."),
    )
}

pub(super) fn waits_in_circle(row: &OrganisationRow, parent: &str) -> Diagnostic {
    told(
        row,
        &PARENT,
        "authority_circle",
        &format!(
            "các đơn vị là cấp trên của nhau thành vòng qua “{parent}”. Sửa cột này ở một dòng."
        ),
        &format!(
            "the units are above each other in a circle through “{parent}”. Correct this column in one row."
        ),
    )
}

pub(super) fn another_unit(row: &OrganisationRow, unit: &Unit) -> Diagnostic {
    told(
        row,
        &CODE,
        "authority_exists",
        &format!(
            "mã này thuộc đơn vị khác: {} ({}). Dùng mã khác, hoặc đổi tên đơn vị đó bằng authority rename.",
            unit.name,
            unit.kind.as_str()
        ),
        &format!(
            "the code belongs to another unit: {} ({}). Use another code, or rename that unit with authority rename.",
            unit.name,
            unit.kind.as_str()
        ),
    )
}

pub(super) fn code_of_other(row: &OrganisationRow, code: &str, unit: &Unit) -> Diagnostic {
    told(
        row,
        &FORMER_CODE,
        "authority_exists",
        &format!(
            "mã cũ “{code}” trong thời gian đó thuộc đơn vị khác: {}. Kiểm tra lại mã và ngày.",
            unit.name
        ),
        &format!(
            "the former code “{code}” belonged to another unit on these days: {}. Check the code and the day.",
            unit.name
        ),
    )
}

pub(super) fn ends_otherwise(row: &OrganisationRow, unit: &Unit) -> Diagnostic {
    let known = unit.span.to().map(|day| day.to_string()).unwrap_or_default();
    told(
        row,
        &TO,
        "authority_end",
        &format!(
            "đơn vị này đã được ghi kết thúc ngày {known}. Sửa bằng authority end nếu ngày đó sai."
        ),
        &format!(
            "this unit is known to have ended on {known}. Correct it with authority end if that is wrong."
        ),
    )
}

pub(super) fn name_needed(row: &OrganisationRow) -> Diagnostic {
    told(
        row,
        &NAME,
        "name_needed",
        "mã này chưa có trong hệ thống nên cần tên. Điền tên hoặc sửa mã.",
        "the code is not known yet, so a name is needed. Fill it in or correct the code.",
    )
}

pub(super) fn day_of_code_needed(row: &OrganisationRow) -> Diagnostic {
    told(
        row,
        &FORMER_CODE,
        "former_until_needed",
        "cần ngày cuối cùng dùng mã cũ (cột Mã cũ đến ngày).",
        "the last day of the former code is needed (column former_until).",
    )
}

pub(super) fn day_of_move_needed(row: &OrganisationRow) -> Diagnostic {
    told(
        row,
        &FROM,
        "move_day_needed",
        "đơn vị này đang ở dưới cấp trên khác. Ghi ngày bắt đầu ở dưới cấp trên mới.",
        "this unit is under another one. Give the day from which it is under the new one.",
    )
}
