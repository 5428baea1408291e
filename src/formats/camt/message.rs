//! What the reader of ISO 20022 files says about them.

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::lang::Bilingual;

/// How much of a wrong value is shown; enough to find it, too little to flood a screen.
const SHOWN_CHARS: usize = 40;

fn shown(value: &str) -> String {
    let mut short: String = value.chars().take(SHOWN_CHARS).collect();
    if value.chars().nth(SHOWN_CHARS).is_some() {
        short.push('…');
    }
    short
}

/// A diagnostic about an element: both wordings start with the line and the path.
fn about(code: &str, path: &str, line: u64, says: &Bilingual) -> Diagnostic {
    Diagnostic::new(
        code,
        format!("Dòng {line}, phần tử {path}: {}", says.vi),
        format!("Line {line}, element {path}: {}", says.en),
    )
    .at(Place::element(path, line))
}

pub fn amount(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "amount",
        path,
        line,
        &Bilingual::new(
            format!(
                "'{value}' không phải là số tiền hợp lệ. Số tiền chỉ gồm chữ số và một dấu chấm thập phân, tối đa 18 chữ số, ví dụ 1250000. Anh/chị đề nghị ngân hàng xuất lại tệp."
            ),
            format!(
                "'{value}' is not a valid amount. An amount is digits and one decimal point, at most 18 digits, e.g. 1250000. Ask the bank to export the file again."
            ),
        ),
    )
}

pub fn amount_fraction(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "amount_fraction",
        path,
        line,
        &Bilingual::new(
            format!(
                "'{value}' có phần lẻ của đồng, trong khi đồng không có số lẻ. Anh/chị đề nghị ngân hàng xuất lại tệp."
            ),
            format!(
                "'{value}' has a fraction of a đồng, which does not exist. Ask the bank to export the file again."
            ),
        ),
    )
}

pub fn currency(path: &str, line: u64) -> Diagnostic {
    about(
        "currency",
        path,
        line,
        &Bilingual::new(
            "thiếu loại tiền hoặc loại tiền không phải ba chữ cái (thuộc tính Ccy, ví dụ Ccy=\"VND\"). Anh/chị đề nghị ngân hàng xuất lại tệp.",
            "the currency is missing or not three letters (attribute Ccy, e.g. Ccy=\"VND\"). Ask the bank to export the file again.",
        ),
    )
}

pub fn date(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "date",
        path,
        line,
        &Bilingual::new(
            format!(
                "'{value}' không phải là ngày có trên lịch. Ngày ghi dạng NĂM-THÁNG-NGÀY, ví dụ 2026-11-23. Anh/chị đề nghị ngân hàng xuất lại tệp."
            ),
            format!(
                "'{value}' is not a day of the calendar. Days are written YEAR-MONTH-DAY, e.g. 2026-11-23. Ask the bank to export the file again."
            ),
        ),
    )
}

pub fn direction(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "credit_debit",
        path,
        line,
        &Bilingual::new(
            format!(
                "'{value}' không cho biết tiền vào hay tiền ra. Chỉ chấp nhận CRDT hoặc DBIT. Anh/chị đề nghị ngân hàng xuất lại tệp."
            ),
            format!(
                "'{value}' does not say whether money came in or went out. Only CRDT and DBIT do. Ask the bank to export the file again."
            ),
        ),
    )
}

pub fn value(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "value",
        path,
        line,
        &Bilingual::new(
            format!(
                "'{value}' không phải là giá trị mà chuẩn ISO 20022 cho phép ở đây. Anh/chị đề nghị ngân hàng xuất lại tệp."
            ),
            format!(
                "'{value}' is not a value that ISO 20022 allows here. Ask the bank to export the file again."
            ),
        ),
    )
}

pub fn missing(path: &str, line: u64) -> Diagnostic {
    about(
        "missing_element",
        path,
        line,
        &Bilingual::new(
            "thiếu phần tử bắt buộc này. Anh/chị đề nghị ngân hàng xuất lại tệp đầy đủ.",
            "this mandatory element is missing. Ask the bank to export the complete file.",
        ),
    )
}

pub fn batch_not_split(line: u64) -> Diagnostic {
    about(
        "batch_not_split",
        "Ntry/NtryDtls",
        line,
        &Bilingual::new(
            "giao dịch gộp không tách được vì các khoản chi tiết thiếu số tiền hoặc không cộng đúng tổng; hệ thống giữ nguyên một dòng. Anh/chị xem bảng kê chi tiết của ngân hàng.",
            "the batch cannot be split because its details lack amounts or do not add up to it; it stays one entry. See the bank's list of its details.",
        ),
    )
}

pub fn unknown_status(line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "unknown_status",
        "Ntry/Sts",
        line,
        &Bilingual::new(
            format!(
                "trạng thái '{value}' là của riêng ngân hàng; giao dịch chỉ được hiển thị, không ghi nhận. Anh/chị hỏi ngân hàng ý nghĩa trạng thái này."
            ),
            format!(
                "status '{value}' is the bank's own; the entry is shown for information and not booked. Ask the bank what it means."
            ),
        ),
    )
}

pub fn status_assumed(line: u64) -> Diagnostic {
    about(
        "missing_status",
        "Ntry/Sts",
        line,
        &Bilingual::new(
            "giao dịch không ghi trạng thái; vì đây là sao kê camt.053 nên được coi là đã hạch toán. Anh/chị kiểm tra lại số dư.",
            "the entry states no status; as this is a camt.053 statement it is taken as booked. Check the balances.",
        ),
    )
}

pub fn account_missing(line: u64) -> Diagnostic {
    about(
        "account_missing",
        "Acct/Id",
        line,
        &Bilingual::new(
            "sao kê không ghi số tài khoản. Anh/chị kiểm tra tệp này đúng là của tài khoản nhà trường.",
            "the statement names no account. Make sure that the file belongs to the school's account.",
        ),
    )
}

pub fn copy_or_duplicate(line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "copy_or_duplicate",
        "CpyDplctInd",
        line,
        &Bilingual::new(
            format!(
                "ngân hàng đánh dấu sao kê này là bản sao ({value}). Các giao dịch có thể đã có trong hệ thống; Anh/chị đừng ghi nhận hai lần."
            ),
            format!(
                "the bank marked this statement as a copy or duplicate ({value}). Its entries may be known already; do not record them twice."
            ),
        ),
    )
}

pub fn summary_mismatch(path: &str, line: u64, stated: &str, found: &str) -> Diagnostic {
    let stated = shown(stated);
    about(
        "summary_mismatch",
        path,
        line,
        &Bilingual::new(
            format!(
                "ngân hàng ghi {stated} nhưng các giao dịch trong tệp cho {found}. Có thể thiếu dòng; Anh/chị tải lại sao kê."
            ),
            format!(
                "the bank states {stated} but the entries in the file make {found}. Entries may be missing; download the statement again."
            ),
        ),
    )
}

pub fn truncated(line: u64) -> Diagnostic {
    Diagnostic::new(
        "truncated",
        format!("Tệp bị cắt giữa chừng ở dòng {line}: phần cuối của tệp XML không có. Anh/chị tải lại tệp từ ngân hàng."),
        format!("The file is cut off at line {line}: the end of the XML is missing. Download the file from the bank again."),
    )
    .at(Place::line(line))
}

pub fn not_well_formed(line: u64, reason: &str) -> Diagnostic {
    let reason = shown_reason(reason);
    Diagnostic::new(
        "xml",
        format!("Dòng {line}: tệp XML hỏng ({reason}). Anh/chị tải lại tệp từ ngân hàng và không sửa bằng tay."),
        format!("Line {line}: the XML is broken ({reason}). Download the file from the bank again and do not edit it by hand."),
    )
    .at(Place::line(line))
}

fn shown_reason(reason: &str) -> String {
    reason.chars().filter(|letter| !letter.is_control()).take(160).collect()
}

pub fn doctype(line: u64) -> Diagnostic {
    Diagnostic::new(
        "doctype",
        format!("Dòng {line}: tệp có khai báo DOCTYPE, không được chấp nhận vì lý do an toàn. Tệp ngân hàng thật không có khai báo này; Anh/chị tải lại tệp từ ngân hàng."),
        format!("Line {line}: the file has a DOCTYPE declaration, which is refused for safety. Real bank files have none; download the file from the bank again."),
    )
    .at(Place::line(line))
}

pub fn encoding(line: u64, found: Option<&str>) -> Diagnostic {
    let (vi, en) = match found {
        Some(name) => {
            let name = shown(name);
            (
                format!("bảng mã '{name}' không được hỗ trợ"),
                format!("the encoding '{name}' is not supported"),
            )
        }
        None => (
            "có ký tự không phải UTF-8".to_owned(),
            "there are bytes that are not UTF-8".to_owned(),
        ),
    };
    Diagnostic::new(
        "encoding",
        format!("Dòng {line}: {vi}. Anh/chị đề nghị ngân hàng xuất tệp XML bằng UTF-8."),
        format!("Line {line}: {en}. Ask the bank to export the XML in UTF-8."),
    )
    .at(Place::line(line))
}

/// A limit that no real statement reaches: `what` and its bound.
pub fn limit(code: &str, line: u64, what: &Bilingual) -> Diagnostic {
    Diagnostic::new(
        code,
        format!("Dòng {line}: {}. Không có sao kê thật nào như vậy; Anh/chị tải lại tệp từ ngân hàng.", what.vi),
        format!("Line {line}: {}. No real statement is like this; download the file from the bank again.", what.en),
    )
    .at(Place::line(line))
}

pub fn no_statement() -> Diagnostic {
    Diagnostic::new(
        "no_statement",
        "Tệp XML này không chứa sao kê nào. Hệ thống đọc được ISO 20022 camt.052, camt.053 và camt.054; Anh/chị chọn đúng loại tệp khi tải từ ngân hàng.",
        "This XML file holds no statement. ISO 20022 camt.052, camt.053 and camt.054 are read; choose one of these when downloading from the bank.",
    )
}

pub fn unknown_version(name: &str) -> Diagnostic {
    Diagnostic::new(
        "unknown_version",
        format!(
            "Tệp không ghi phiên bản ISO 20022 đã biết; hệ thống đọc theo cấu trúc {name}. Anh/chị kiểm tra kỹ số dư và số dòng."
        ),
        format!(
            "The file names no known ISO 20022 version; it is read by its structure as {name}. Check balances and number of entries with care."
        ),
    )
}

pub fn read_failed(reason: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "read_failed",
        format!("Không đọc được tệp ({reason}). Anh/chị sao chép tệp vào máy rồi thử lại."),
        format!("The file cannot be read ({reason}). Copy it to this computer and try again."),
    )
}
