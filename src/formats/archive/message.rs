//! What to tell about archives, in words that help.

use std::fmt::Display;

use crate::domain::diagnostic::Diagnostic;
use crate::formats::detect::Refused;

/// A gzip file need not say what it holds.
pub const NAMELESS: &str = "sao-ke";

/// The same note about a file of the archive: its name in front, its statement counted from the
/// archive's first.
pub fn of_part(name: &str, statements_before: usize, mut note: Diagnostic) -> Diagnostic {
    note.message.vi = format!("Trong tệp nén, '{name}': {}", note.message.vi).into();
    note.message.en = format!("In the archive, '{name}': {}", note.message.en).into();
    note.statement = note.statement.map(|index| index.saturating_add(statements_before));
    note
}

pub fn damaged(error: &impl Display) -> Diagnostic {
    let reason: String =
        error.to_string().chars().filter(|letter| !letter.is_control()).take(120).collect();
    Diagnostic::new(
        "archive_damaged",
        format!("Tệp nén bị hỏng hoặc chưa tải xong ({reason}). Anh/chị tải lại tệp từ ngân hàng."),
        format!(
            "The archive is damaged or was not downloaded completely ({reason}). Download it from the bank again."
        ),
    )
}

pub fn unsupported(reason: &str) -> Diagnostic {
    Diagnostic::new(
        "archive_unsupported",
        format!(
            "Tệp nén theo cách hệ thống không mở được ({reason}). Anh/chị giải nén rồi tải lên tệp sao kê bên trong."
        ),
        format!(
            "The archive is packed in a way that is not supported ({reason}). Unpack it and upload the statement inside."
        ),
    )
}

pub fn locked(name: &str) -> Diagnostic {
    Diagnostic::new(
        "archive_locked",
        format!(
            "Tệp nén có mật khẩu (tệp '{name}' bên trong). Anh/chị giải nén bằng mật khẩu ngân hàng đã cấp rồi tải lên tệp bên trong."
        ),
        format!(
            "The archive has a password (file '{name}' inside). Unpack it with the password the bank gave you and upload the file inside."
        ),
    )
}

pub fn too_large() -> Diagnostic {
    Diagnostic::new(
        "archive_too_large",
        "Tệp nén bung ra quá lớn (hơn 64 MB, hoặc nén chặt bất thường), không giống sao kê. Anh/chị giải nén rồi tải lên từng tệp sao kê.",
        "The archive unpacks to too much (more than 64 MB, or packed unusually tight) to be statements. Unpack it and upload each statement by itself.",
    )
}

pub fn too_many_parts() -> Diagnostic {
    let most = super::zipped::MOST_PARTS;
    Diagnostic::new(
        "archive_too_many_files",
        format!(
            "Tệp nén chứa hơn {most} tệp. Anh/chị chia thành nhiều tệp nén nhỏ hơn rồi tải lên."
        ),
        format!(
            "The archive holds more than {most} files. Split it into smaller archives and upload those."
        ),
    )
}

pub fn nested(name: &str) -> Diagnostic {
    Diagnostic::new(
        "archive_nested",
        format!(
            "Trong tệp nén lại có tệp nén '{name}'. Anh/chị giải nén rồi tải lên tệp sao kê bên trong."
        ),
        format!(
            "The archive holds another archive, '{name}'. Unpack it and upload the statements inside."
        ),
    )
}

pub fn empty() -> Diagnostic {
    Diagnostic::new(
        "empty_file",
        "Tệp nén không có tệp nào bên trong. Anh/chị tải lại sao kê từ ngân hàng.",
        "The archive holds no file. Download the statement from the bank again.",
    )
}

pub fn without_statement() -> Diagnostic {
    Diagnostic::new(
        "archive_without_statement",
        "Trong tệp nén không có sao kê nào đọc được (chỉ có PDF, ảnh hoặc văn bản). Anh/chị đề nghị ngân hàng cung cấp sao kê Excel (.xlsx), CSV, MT940 hoặc camt.053.",
        "The archive holds no statement that can be read (only PDF, pictures or documents). Ask the bank for the statement as Excel (.xlsx), CSV, MT940 or camt.053.",
    )
}

pub fn repeated(name: &str) -> Diagnostic {
    Diagnostic::new(
        "part_repeated",
        format!(
            "Trong tệp nén, '{name}' giống hệt một tệp đã đọc trước nó nên không đọc lại. Anh/chị không cần làm gì."
        ),
        format!(
            "In the archive, '{name}' is the same as a file before it and was not read again. Nothing needs to be done."
        ),
    )
}

pub fn skipped(name: &str, why: Refused) -> Diagnostic {
    let (vi, en) = match why {
        Refused::Empty => ("là tệp rỗng", "is empty"),
        Refused::Pdf => ("là tệp PDF", "is a PDF"),
        Refused::OtherOffice => ("là văn bản hoặc trình chiếu", "is a document or a presentation"),
        _ => ("không phải sao kê", "is no statement"),
    };
    Diagnostic::new(
        "part_skipped",
        format!(
            "Trong tệp nén, '{name}' {vi} nên không đọc. Anh/chị kiểm tra các sao kê còn lại đã đủ chưa."
        ),
        format!(
            "In the archive, '{name}' {en} and was not read. Check that the other statements are all there."
        ),
    )
}
