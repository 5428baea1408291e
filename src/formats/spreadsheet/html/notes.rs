//! What is said about statements in web pages.

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::group_digits;
use crate::formats::spreadsheet::notes::quoted;

/// The page was read, and a person should look whether it was read as it looks.
pub fn html_table(entries: u64) -> Diagnostic {
    let entries = group_digits(&entries.to_string());
    Diagnostic::new(
        "html_table",
        format!(
            "Tệp .xls này thực chất là trang web (HTML). Chúng tôi vẫn đọc được {entries} dòng; Anh/chị hãy kiểm tra bảng xem trước."
        ),
        format!(
            "This .xls file is really a web page (HTML). {entries} rows of it were read all the same; please check them in the preview."
        ),
    )
}

/// The page holds nothing that could be a statement.
pub fn html_without_table(title: &str, asks_password: bool) -> Diagnostic {
    let (title_vi, title_en) = if title.is_empty() {
        (String::new(), String::new())
    } else {
        let title = quoted(title);
        (format!(", tiêu đề trang là '{title}'"), format!(", titled '{title}'"))
    };
    let (what_vi, what_en) = if asks_password {
        ("trang đăng nhập của ngân hàng", "the bank's sign-in page")
    } else {
        (
            "trang báo lỗi, trang đăng nhập hoặc trang chỉ có khung",
            "an error page, a sign-in page or a page of frames",
        )
    };
    Diagnostic::new(
        "html_without_table",
        format!(
            "Tệp này là trang web (HTML) không có bảng sao kê nào{title_vi}; có thể là {what_vi} được lưu thay cho sao kê. Anh/chị đăng nhập lại ngân hàng điện tử và tải lại sao kê, tốt nhất là dạng Excel (.xlsx)."
        ),
        format!(
            "This file is a web page (HTML) without any statement table{title_en}; perhaps {what_en} was saved instead of the statement. Sign in to the bank again and download the statement anew, best as Excel (.xlsx)."
        ),
    )
}

/// The page ends before its table does.
pub fn truncated(row: u64) -> Diagnostic {
    if row == 0 {
        return Diagnostic::new(
            "truncated",
            "Trang web (HTML) bị cắt giữa chừng ngay ở phần đầu, chưa có dòng nào của bảng. Anh/chị tải lại sao kê từ ngân hàng.",
            "The web page (HTML) is cut off near its start, before any row of a table. Download the statement from the bank again.",
        );
    }
    Diagnostic::new(
        "truncated",
        format!("Trang web (HTML) bị cắt giữa chừng sau dòng {row}: phần cuối của bảng không có. Anh/chị tải lại sao kê từ ngân hàng."),
        format!("The web page (HTML) is cut off after row {row}: the end of its table is missing. Download the statement from the bank again."),
    )
    .at(Place::row(row))
}

/// Tables inside tables without end.
pub fn too_deep(row: u64, most: usize) -> Diagnostic {
    Diagnostic::new(
        "too_deep",
        format!("Dòng {row}: các bảng trong trang lồng nhau quá {most} tầng. Không có sao kê thật nào như vậy; Anh/chị tải lại tệp từ ngân hàng."),
        format!("Row {row}: tables are nested more than {most} deep. No real statement is like this; download the file from the bank again."),
    )
    .at(Place::row(row))
}

/// A text longer than a cell can hold.
pub fn text_too_long(row: u64) -> Diagnostic {
    Diagnostic::new(
        "text_too_long",
        format!("Dòng {row}: có ô dài hơn 64 KB. Không có sao kê thật nào như vậy; Anh/chị tải lại tệp từ ngân hàng."),
        format!("Row {row}: a cell is longer than 64 KB. No real statement is like this; download the file from the bank again."),
    )
    .at(Place::row(row))
}

/// A tag, comment, script or text without end.
pub fn piece_too_long() -> Diagnostic {
    Diagnostic::new(
        "text_too_long",
        "Trang có đoạn dài hơn 2 MB không chia thẻ. Không có sao kê thật nào như vậy; Anh/chị tải lại tệp từ ngân hàng.",
        "The page has a piece longer than 2 MB without any tag. No real statement is like this; download the file from the bank again.",
    )
}

/// What the page hides was left out.
pub fn hidden_rows(first: u64, count: u64) -> Diagnostic {
    Diagnostic::new(
        "hidden_rows",
        format!("Trang có {count} chỗ bị ẩn (dòng, ô hoặc đoạn chữ, đầu tiên ở dòng {first}) nên không được đọc. Nếu đó là giao dịch, Anh/chị tải lại sao kê đầy đủ."),
        format!("The page hides {count} rows, cells or pieces of text (the first at row {first}); they were not read. If they are entries, download the full statement again."),
    )
    .at(Place::row(first))
}

/// The page names one encoding and is written in another.
pub fn encoding_differs(declared: &str, actual: &str) -> Diagnostic {
    let declared = quoted(declared);
    Diagnostic::new(
        "encoding_differs",
        format!(
            "Trang khai bảng mã '{declared}' nhưng chữ trong tệp đúng là {actual}; hệ thống đọc theo {actual}. Anh/chị xem chữ tiếng Việt trong bảng xem trước có đúng không."
        ),
        format!(
            "The page names the encoding '{declared}' but its text is {actual}, and was read as {actual}. Look whether the Vietnamese letters in the preview are right."
        ),
    )
}

/// The page names an encoding in which its bytes mean nothing, or one that is not known.
pub fn encoding_not_declared(declared: &str) -> Diagnostic {
    let declared = quoted(declared);
    Diagnostic::new(
        "encoding",
        format!(
            "Trang khai bảng mã '{declared}' nhưng chữ trong tệp không đọc được chắc chắn theo bảng mã này. Anh/chị mở tệp bằng Excel, lưu dạng .xlsx rồi tải lên."
        ),
        format!(
            "The page names the encoding '{declared}' but its text cannot be read in it with certainty. Open the file in Excel, save it as .xlsx and load that."
        ),
    )
}
