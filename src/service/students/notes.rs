//! What is told of rows that fit badly to the students that are known.

use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::roster::Scheme;
use crate::formats::roster::StudentRow as Listed;

fn at_code(row: &Listed, code: &str, vi: String, en: String) -> Diagnostic {
    Diagnostic::new(code, vi, en).at(Place::cell(row.row, "Mã học sinh"))
}

pub fn known_already(row: &Listed) -> Diagnostic {
    let (at, code) = (row.row, &row.code);
    at_code(
        row,
        "student_known",
        format!(
            "Dòng {at}: học sinh {code} đã có. Chế độ nhập mới không sửa học sinh đã có; xoá dòng hoặc dùng chế độ cập nhật."
        ),
        format!(
            "Row {at}: student {code} is known. Taking in new students changes none that is known; delete the row or use the update mode."
        ),
    )
}

pub fn not_known(row: &Listed) -> Diagnostic {
    let (at, code) = (row.row, &row.code);
    at_code(
        row,
        "student_unknown",
        format!(
            "Dòng {at}: chưa có học sinh {code}. Chế độ cập nhật không thêm học sinh; sửa mã hoặc dùng chế độ nhập mới."
        ),
        format!(
            "Row {at}: there is no student {code}. Updating adds no student; correct the code or use the mode for new ones."
        ),
    )
}

pub fn zeros_lost(row: &Listed, whole: &str) -> Diagnostic {
    let (at, code) = (row.row, &row.code);
    at_code(
        row,
        "lost_zeros",
        format!(
            "Dòng {at}, cột Mã học sinh: '{code}' có lẽ là {whole} đã bị Excel bỏ số 0 ở đầu. Đặt cột thành kiểu Văn bản (Text) rồi ghi lại."
        ),
        format!(
            "Row {at}, column Mã học sinh: '{code}' is probably {whole} without the zeros that Excel dropped. Set the column to Text and write it again."
        ),
    )
}

pub fn masked_number(row: &Listed) -> Diagnostic {
    let at = row.row;
    Diagnostic::new(
        "personal_number",
        format!("Dòng {at}: số định danh cá nhân bị che không khớp số đã lưu của học sinh {}. Ghi đủ 12 chữ số hoặc để nguyên như khi xuất.", row.code),
        format!("Row {at}: the masked personal number is not that of student {}. Write all 12 digits, or leave it as it was exported.", row.code),
    )
    .at(Place::cell(at, "Số định danh cá nhân"))
}

pub fn number_of_another(row: &Listed, scheme: Scheme, value: &str, owner: &str) -> Diagnostic {
    let (at, shown) = (row.row, scheme.shown(value));
    let column = match scheme {
        Scheme::PersonalNumber => "Số định danh cá nhân",
        Scheme::EducationCode => "Mã định danh Bộ GD&ĐT",
        Scheme::SchoolCode | Scheme::Other => "Mã khác",
    };
    Diagnostic::new(
        "duplicate_identifier",
        format!("Dòng {at}, cột {column}: {shown} đã là của học sinh {owner}. Kiểm tra hai em rồi sửa dòng này."),
        format!("Row {at}, column {column}: {shown} belongs to student {owner}. Check both students and correct this row."),
    )
    .at(Place::cell(at, column))
}

pub fn new_class(row: &Listed) -> Diagnostic {
    let (at, class) = (row.row, &row.class);
    Diagnostic::new(
        "new_class",
        format!("Dòng {at}: lớp {class} chưa có trước đây, đã được thêm. Nếu gõ nhầm, sửa tên lớp rồi nhập lại."),
        format!("Row {at}: class {class} was not known before and was added. If it is a slip, correct the class and load the list again."),
    )
    .at(Place::cell(at, "Lớp"))
}

pub fn has_left(row: &Listed, left: Day) -> Diagnostic {
    let (at, code) = (row.row, &row.code);
    let day = vietnamese_day(left);
    at_code(
        row,
        "student_left",
        format!(
            "Dòng {at}: học sinh {code} đã nghỉ học từ {day}; lớp được giữ nguyên. Nếu em đi học lại, dùng students return."
        ),
        format!(
            "Row {at}: student {code} left on {day}; the class stays as it was. If the student is back, use students return."
        ),
    )
}
