//! What the reader of SWIFT statements says about them.

use rust_decimal::Decimal;

use super::field::FieldFault;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::Currency;
use crate::formats::balance::readable;

fn about(code: &str, tag: &str, line: u64, vi: &str, en: &str) -> Diagnostic {
    let place = Place { element: Some(format!(":{tag}:")), ..Place::line(line) };
    Diagnostic::new(
        code,
        format!("Dòng {line}, trường :{tag}: {vi}"),
        format!("Line {line}, field :{tag}: {en}"),
    )
    .at(place)
}

fn shown(value: &str) -> String {
    value.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

pub fn fault(tag: &str, line: u64, fault: &FieldFault) -> Diagnostic {
    match fault {
        FieldFault::Amount(text) => {
            let text = shown(text);
            about(
                "amount",
                tag,
                line,
                &format!(
                    "'{text}' không phải là số tiền chắc chắn. Số tiền SWIFT dùng dấu phẩy thập phân, không có dấu hàng nghìn, ví dụ 1250000,00. Anh/chị đề nghị ngân hàng xuất lại tệp."
                ),
                &format!(
                    "'{text}' is no certain amount. SWIFT writes a decimal comma and no thousands mark, e.g. 1250000,00. Ask the bank to export the file again."
                ),
            )
        }
        FieldFault::Fraction(text) => {
            let text = shown(text);
            about(
                "amount_fraction",
                tag,
                line,
                &format!(
                    "'{text}' có phần lẻ của đồng, trong khi đồng không có số lẻ. Anh/chị đề nghị ngân hàng xuất lại tệp."
                ),
                &format!(
                    "'{text}' has a fraction of a đồng, which does not exist. Ask the bank to export the file again."
                ),
            )
        }
        FieldFault::Day(text) => {
            let text = shown(text);
            about(
                "date",
                tag,
                line,
                &format!(
                    "'{text}' không phải là ngày có trên lịch. Anh/chị đề nghị ngân hàng xuất lại tệp."
                ),
                &format!(
                    "'{text}' is not a day of the calendar. Ask the bank to export the file again."
                ),
            )
        }
        FieldFault::Shape => about(
            "field",
            tag,
            line,
            "không đúng cấu trúc của SWIFT nên không đọc được chắc chắn. Anh/chị đề nghị ngân hàng xuất lại tệp.",
            "is not built as SWIFT defines and cannot be read with certainty. Ask the bank to export the file again.",
        ),
    }
}

pub fn missing(tag: &str, line: u64) -> Diagnostic {
    about(
        "missing_field",
        tag,
        line,
        "bắt buộc phải có trước dòng này nhưng bị thiếu. Anh/chị đề nghị ngân hàng xuất lại tệp đầy đủ.",
        "is mandatory before this line and missing. Ask the bank to export the complete file.",
    )
}

pub fn amount_point(tag: &str, line: u64) -> Diagnostic {
    about(
        "amount_point",
        tag,
        line,
        "ghi số tiền bằng dấu chấm thập phân thay cho dấu phẩy. Hệ thống đã đọc được; Anh/chị kiểm tra lại số dư.",
        "writes amounts with a decimal point instead of the comma. They were read; check the balances.",
    )
}

pub fn account_missing(line: u64) -> Diagnostic {
    about(
        "account_missing",
        "25",
        line,
        "thiếu số tài khoản. Anh/chị kiểm tra tệp này đúng là của tài khoản nhà trường.",
        "is missing, so the account is not known. Make sure that the file belongs to the school's account.",
    )
}

pub fn page_balance(line: u64, before: Decimal, after: Decimal, currency: Currency) -> Diagnostic {
    let (before, after) = (readable(before, Some(currency)), readable(after, Some(currency)));
    about(
        "page_balance",
        "60M",
        line,
        &format!(
            "số dư đầu trang {after} khác số dư cuối trang trước {before}. Có thể thiếu một trang; Anh/chị tải lại sao kê."
        ),
        &format!(
            "the page opens with {after} but the page before closed with {before}. A page may be missing; download the statement again."
        ),
    )
}

pub fn page_missing(line: u64) -> Diagnostic {
    about(
        "page_missing",
        "62M",
        line,
        "sao kê kết thúc bằng số dư trung gian, có thể thiếu trang cuối. Anh/chị tải các trang còn lại.",
        "the statement ends in an intermediate balance; its last page may be missing. Download the other pages.",
    )
}

pub fn summary_mismatch(tag: &str, line: u64, stated: &str, found: &str) -> Diagnostic {
    about(
        "summary_mismatch",
        tag,
        line,
        &format!(
            "ngân hàng ghi {stated} nhưng các giao dịch trong tệp cho {found}. Có thể thiếu dòng; Anh/chị tải lại tệp."
        ),
        &format!(
            "the bank states {stated} but the entries in the file make {found}. Entries may be missing; download the file again."
        ),
    )
}

pub fn first_page_missing(line: u64) -> Diagnostic {
    about(
        "page_missing",
        "60M",
        line,
        "sao kê bắt đầu bằng số dư trung gian, có thể thiếu các trang đầu. Anh/chị tải các trang còn lại.",
        "the statement begins with an intermediate balance; its first pages may be missing. Download the other pages.",
    )
}

pub fn currency_mismatch(tag: &str, line: u64, first: Currency, other: Currency) -> Diagnostic {
    about(
        "currency_mismatch",
        tag,
        line,
        &format!(
            "ghi loại tiền {other}, trong khi các trường trước của sao kê này ghi {first}, nên không cộng được số dư. Anh/chị đề nghị ngân hàng xuất lại tệp."
        ),
        &format!(
            "is in {other}, but the fields before it in this statement are in {first}, so its balances cannot be added up. Ask the bank to export the file again."
        ),
    )
}

pub fn reversal_signs(line: u64) -> Diagnostic {
    Diagnostic::new(
        "reversal_signs",
        format!("Sao kê kết thúc ở dòng {line}: số dư chỉ khớp nếu các bút toán huỷ RC và RD được tính ngược với chuẩn SWIFT (RC là tiền ra, RD là tiền vào). Anh/chị hỏi ngân hàng ý nghĩa của RC và RD trong tệp này rồi đề nghị xuất lại."),
        format!("Statement ending at line {line}: the balances agree only if the reversals RC and RD count the other way than SWIFT defines (RC is money out, RD is money in). Ask the bank what RC and RD mean in this file and to export it again."),
    )
    .at(Place::line(line))
}

pub fn encoding_assumed(line: u64) -> Diagnostic {
    Diagnostic::new(
        "encoding_assumed",
        format!("Dòng {line} không phải UTF-8; hệ thống giả định bảng mã windows-1258 (tiếng Việt cũ) nên chữ có dấu có thể sai. Số tiền và ngày không bị ảnh hưởng. Anh/chị kiểm tra các chữ có dấu, nếu sai thì đề nghị ngân hàng xuất tệp UTF-8."),
        format!("Line {line} is not UTF-8; windows-1258, the old Vietnamese code page, was assumed, so letters with marks may be wrong. Amounts and days are not affected. Check the letters with marks; if they are wrong, ask the bank for the file in UTF-8."),
    )
    .at(Place::line(line))
}

pub fn end_missing(line: u64) -> Diagnostic {
    Diagnostic::new(
        "end_missing",
        format!("Tệp kết thúc ở dòng {line} mà không có dấu hết bản tin hoặc dòng tổng (:90C:, :90D:), có thể thiếu phần cuối. Anh/chị so số giao dịch với ngân hàng; nếu thiếu, tải lại tệp."),
        format!("The file ends at line {line} without the message's end mark or totals (:90C:, :90D:), so its last part may be missing. Compare the entries with the bank; download the file again if some are missing."),
    )
    .at(Place::line(line))
}

pub fn other_message(kind: &str, line: u64) -> Diagnostic {
    let kind = shown(kind);
    Diagnostic::new(
        "other_message",
        format!("Dòng {line}: bản tin MT{kind} không phải sao kê MT940 hoặc MT942 nên được bỏ qua. Anh/chị không cần làm gì nếu tệp còn có sao kê của nhà trường."),
        format!("Line {line}: a message MT{kind} is no statement MT940 or MT942 and was passed over. There is nothing to do if the file has the school's statement besides."),
    )
    .at(Place::line(line))
}

pub fn truncated(line: u64) -> Diagnostic {
    Diagnostic::new(
        "truncated",
        format!("Tệp bị cắt giữa chừng: bản tin kết thúc ở dòng {line} mà không có số dư cuối (:62F:) hoặc dấu kết thúc '-}}'. Anh/chị tải lại tệp từ ngân hàng."),
        format!("The file is cut off: the message ends at line {line} without a closing balance (:62F:) or the end mark '-}}'. Download the file from the bank again."),
    )
    .at(Place::line(line))
}

pub fn no_statement() -> Diagnostic {
    Diagnostic::new(
        "no_statement",
        "Tệp không chứa sao kê SWIFT MT940 hoặc MT942 nào. Anh/chị chọn đúng loại tệp khi tải từ ngân hàng.",
        "The file holds no SWIFT MT940 or MT942 statement. Choose one of these when downloading from the bank.",
    )
}

pub fn too_long(line: u64) -> Diagnostic {
    Diagnostic::new(
        "text_too_long",
        format!("Sau dòng {line} có dòng hoặc trường dài hơn 64 KB. Không có sao kê thật nào như vậy; Anh/chị tải lại tệp từ ngân hàng."),
        format!("After line {line} there is a line or field longer than 64 KB. No real statement is like this; download the file from the bank again."),
    )
    .at(Place::line(line))
}

pub fn too_many_entries(line: u64) -> Diagnostic {
    Diagnostic::new(
        "too_many_entries",
        "Tệp có hơn 2.000.000 giao dịch và sao kê. Anh/chị tải sao kê theo từng khoảng ngày ngắn hơn.",
        "The file holds more than 2,000,000 entries and statements. Download statements of shorter periods.",
    )
    .at(Place::line(line))
}

pub fn read_failed(reason: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "read_failed",
        format!("Không đọc được tệp ({reason}). Anh/chị sao chép tệp vào máy rồi thử lại."),
        format!("The file cannot be read ({reason}). Copy it to this computer and try again."),
    )
}
