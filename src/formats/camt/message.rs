//! What the reader of ISO 20022 files says about them.

use super::spot::{Paged, Spot};
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

pub fn charge(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "charge",
        path,
        line,
        &Bilingual::new(
            format!(
                "khoản phí '{value}' không đọc được nên không hiển thị; số tiền của giao dịch không bị ảnh hưởng. Anh/chị xem phí trong bảng kê của ngân hàng."
            ),
            format!(
                "the charge '{value}' cannot be read and is left out; the entry's amount is not affected. See the charges in the bank's own list."
            ),
        ),
    )
}

pub fn total(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "summary_unreadable",
        path,
        line,
        &Bilingual::new(
            format!(
                "tổng '{value}' của ngân hàng không đọc được nên không đối chiếu được với các giao dịch. Anh/chị kiểm tra số dư và số dòng."
            ),
            format!(
                "the bank's total '{value}' cannot be read, so it is not compared with the entries. Check balances and number of entries."
            ),
        ),
    )
}

pub fn page(path: &str, line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "page_unreadable",
        path,
        line,
        &Bilingual::new(
            format!(
                "số trang '{value}' không đọc được nên không biết sao kê có thiếu trang hay không. Anh/chị kiểm tra số dư đầu và số dư cuối."
            ),
            format!(
                "the page '{value}' cannot be read, so missing pages would not be noticed. Check the opening and closing balances."
            ),
        ),
    )
}

pub fn earlier_pages_missing(of: Paged, number: u32, line: u64) -> Diagnostic {
    let before = number.saturating_sub(1);
    let spot = Spot::PageNumber(of);
    about(
        "page_missing",
        spot.path(),
        line,
        &Bilingual::new(
            format!(
                "đây là trang {number} nhưng tệp không có trang {before} liền trước. Anh/chị tải các trang còn thiếu từ ngân hàng."
            ),
            format!(
                "this is page {number}, but page {before} before it is not in the file. Download the missing pages from the bank."
            ),
        ),
    )
}

pub fn next_page_missing(of: Paged, number: u32, line: u64) -> Diagnostic {
    let next = number.saturating_add(1);
    let spot = Spot::PageNumber(of);
    about(
        "page_missing",
        spot.path(),
        line,
        &Bilingual::new(
            format!(
                "sau trang {number} còn trang {next} nhưng tệp không có. Anh/chị tải các trang còn thiếu từ ngân hàng."
            ),
            format!(
                "page {next} follows page {number}, but it is not in the file. Download the missing pages from the bank."
            ),
        ),
    )
}

pub fn pages_apart(line: u64) -> Diagnostic {
    about(
        "page_balance",
        Spot::Balance.path(),
        line,
        &Bilingual::new(
            "số dư đầu trang này khác số dư cuối trang trước. Có thể thiếu dòng; Anh/chị tải lại sao kê đủ các trang từ ngân hàng.",
            "this page's opening balance differs from the closing one of the page before. Entries may be missing; download all pages from the bank again.",
        ),
    )
}

pub fn period(line: u64, value: &str) -> Diagnostic {
    let value = shown(value);
    about(
        "period",
        Spot::Period.path(),
        line,
        &Bilingual::new(
            format!(
                "'{value}' không phải là ngày, nên không biết sao kê gồm những ngày nào. Anh/chị kiểm tra ngày đầu và ngày cuối trên sao kê của ngân hàng."
            ),
            format!(
                "'{value}' is not a day, so it is not known which days the statement covers. Check its first and last day with the bank's own statement."
            ),
        ),
    )
}

pub fn period_reversed(line: u64) -> Diagnostic {
    about(
        "period",
        Spot::Period.path(),
        line,
        &Bilingual::new(
            "ngày cuối đứng trước ngày đầu, nên không biết sao kê gồm những ngày nào. Anh/chị kiểm tra ngày đầu và ngày cuối trên sao kê của ngân hàng.",
            "the last day is before the first one, so it is not known which days the statement covers. Check its first and last day with the bank's own statement.",
        ),
    )
}

pub fn statement_repeated(line: u64, id: &str) -> Diagnostic {
    let id = shown(id);
    about(
        "statement_repeated",
        Spot::StatementId.path(),
        line,
        &Bilingual::new(
            format!(
                "sao kê '{id}' đã có ở phía trên của tệp với đúng các giao dịch này; bản lặp lại được bỏ qua để không tính tiền hai lần. Anh/chị không cần làm gì thêm."
            ),
            format!(
                "statement '{id}' stands in the file before with exactly these entries; the repetition is skipped so that no money counts twice. There is nothing to do."
            ),
        ),
    )
}

pub fn statement_contradicts(line: u64, id: &str) -> Diagnostic {
    let id = shown(id);
    about(
        "statement_contradicts",
        Spot::StatementId.path(),
        line,
        &Bilingual::new(
            format!(
                "sao kê '{id}' có hai lần trong tệp với nội dung khác nhau, không biết bản nào đúng. Anh/chị tải lại sao kê từ ngân hàng hoặc hỏi ngân hàng bản nào đúng."
            ),
            format!(
                "statement '{id}' stands in the file twice with different content, and which one is right is not known. Download the statement again or ask the bank."
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
