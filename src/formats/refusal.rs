//! What to tell about files that are recognised but not read: what it is and what to ask for.

use crate::domain::diagnostic::Diagnostic;
use crate::formats::detect::Refused;

/// Why a file of this kind is refused, and what to do.
#[must_use]
pub fn refusal(kind: Refused) -> Diagnostic {
    let (code, vi, en) = match kind {
        Refused::Empty => (
            "empty_file",
            "Tệp rỗng, không có dữ liệu. Anh/chị tải lại sao kê từ ngân hàng.",
            "The file is empty. Download the statement from the bank again.",
        ),
        Refused::Pdf => (
            "pdf_not_readable",
            "Đây là tệp PDF, số liệu trong đó không đọc được chắc chắn. Anh/chị đề nghị ngân hàng cung cấp sao kê Excel (.xlsx), CSV, MT940 hoặc camt.053.",
            "This is a PDF, whose figures cannot be read with certainty. Ask the bank for the statement as Excel (.xlsx), CSV, MT940 or camt.053.",
        ),
        Refused::Ofx => (
            "ofx_not_readable",
            "Đây là tệp OFX (Open Financial Exchange), hệ thống không đọc loại này. Anh/chị đề nghị ngân hàng cung cấp sao kê Excel (.xlsx), CSV, MT940 hoặc camt.053.",
            "This is an OFX file, which is not read. Ask the bank for the statement as Excel (.xlsx), CSV, MT940 or camt.053.",
        ),
        Refused::Qif => (
            "qif_not_readable",
            "Đây là tệp QIF (Quicken), hệ thống không đọc loại này. Anh/chị đề nghị ngân hàng cung cấp sao kê Excel (.xlsx), CSV, MT940 hoặc camt.053.",
            "This is a QIF file (Quicken), which is not read. Ask the bank for the statement as Excel (.xlsx), CSV, MT940 or camt.053.",
        ),
        Refused::WebArchive => (
            "web_archive",
            "Đây là trang web lưu kèm hình ảnh trong một tệp (MHTML), dù có thể mang đuôi .xls. Anh/chị mở bằng Excel, chọn Lưu thành (Save As) kiểu .xlsx rồi tải lên lại.",
            "This is a web page saved together with its pictures (MHTML), even if it is named .xls. Open it in Excel, save it as .xlsx and upload that.",
        ),
        Refused::Archive => (
            "archive",
            "Đây là tệp nén (zip, gzip, rar…). Anh/chị giải nén rồi tải lên tệp sao kê bên trong.",
            "This is a compressed file (zip, gzip, rar …). Unpack it and upload the statement inside.",
        ),
        Refused::Encrypted => (
            "encrypted",
            "Tệp Excel này có mật khẩu. Anh/chị mở bằng Excel, bỏ mật khẩu (Tệp › Thông tin › Bảo vệ sổ làm việc) rồi lưu và tải lên lại.",
            "This Excel file has a password. Open it in Excel, remove the password (File › Info › Protect Workbook), save it and upload it again.",
        ),
        Refused::OtherOffice => (
            "not_a_spreadsheet",
            "Đây là văn bản Word hoặc trình chiếu, không phải bảng tính. Anh/chị tải sao kê dạng Excel (.xlsx), CSV, MT940 hoặc camt.053 từ ngân hàng.",
            "This is a text document or a presentation, not a spreadsheet. Download the statement as Excel (.xlsx), CSV, MT940 or camt.053 from the bank.",
        ),
        Refused::OpenDocument => (
            "opendocument",
            "Đây là bảng tính OpenDocument (.ods), hệ thống không đọc loại này. Anh/chị mở bằng LibreOffice hoặc Excel, lưu dạng .xlsx rồi tải lên lại.",
            "This is an OpenDocument spreadsheet (.ods), which is not read. Open it in LibreOffice or Excel, save it as .xlsx and upload that.",
        ),
        Refused::Unknown => (
            "unknown_format",
            "Không nhận ra loại tệp này (có thể là ảnh hoặc tệp hỏng). Anh/chị tải sao kê dạng Excel (.xlsx), CSV, MT940 hoặc camt.053 từ ngân hàng.",
            "This kind of file is not known (perhaps a picture or a damaged file). Download the statement as Excel (.xlsx), CSV, MT940 or camt.053 from the bank.",
        ),
    };
    Diagnostic::new(code, vi, en)
}
