//! The names of the bank layouts a table is recognised as. The columns are read by their words in
//! any case; a name only tells people what was recognised, and allows the few habits that differ.

use super::header::Columns;
use crate::domain::text::squeeze;

/// Vietcombank CashUp: date and document number in one cell, several accounts in a sheet.
pub const VIETCOMBANK_CASHUP: &str = "vietcombank-cashup";
/// Vietcombank for retail customers.
pub const VIETCOMBANK_RETAIL: &str = "vietcombank-retail";
/// VietinBank eFAST: a blank date cell means the date above it.
pub const VIETINBANK_EFAST: &str = "vietinbank-efast";
/// Techcombank: money out is negative.
pub const TECHCOMBANK: &str = "techcombank";
/// Any table whose words are known.
pub const GENERIC: &str = "generic";

/// A layout, the words of its title, and headings that only it has.
struct Layout {
    name: &'static str,
    titles: &'static [&'static str],
    headings: &'static [&'static str],
}

const LAYOUTS: [Layout; 6] = [
    Layout { name: VIETCOMBANK_CASHUP, titles: &["VCBACCOUNTDETAIL"], headings: &[] },
    Layout {
        name: "mb-biz",
        titles: &["SOPHUCHITIETKIEMBAONO"],
        headings: &["SOBUTTOAN", "PHATSINHNO", "PHATSINHCO", "DONVITHUHUONG"],
    },
    Layout {
        name: VIETINBANK_EFAST,
        titles: &["LICHSUGIAODICHTRANSACTIONHISTORY"],
        headings: &["NGAYPHATSINH", "NGAYHACHTOAN", "SODUTK", "SOTAIKHOANDOIUNG"],
    },
    Layout { name: "bidv", titles: &["BAOCAOCHITIETSODUTAIKHOAN"], headings: &[] },
    Layout {
        name: TECHCOMBANK,
        titles: &["TRANSACTIONENQUIRY", "TRUYVANGIAODICH"],
        headings: &["NGAYKHTHUCHIEN", "TAIKHOANDICH"],
    },
    Layout {
        name: "acb",
        titles: &["BANGSAOKEGIAODICH"],
        headings: &["TIENRUTRA", "TIENGUIVAO", "SOGD"],
    },
];

/// Names the layout of a table from its columns and the squeezed text above it.
#[must_use]
pub fn recognise(columns: &Columns, title: &str) -> &'static str {
    if columns.date_holds_reference {
        return VIETCOMBANK_CASHUP;
    }
    let headings: Vec<String> = columns.headings.iter().map(|heading| squeeze(heading)).collect();
    let has = |word: &str| headings.iter().any(|heading| heading.starts_with(word));
    let known = LAYOUTS.iter().find(|layout| {
        layout.titles.iter().any(|words| title.contains(words))
            || (!layout.headings.is_empty() && layout.headings.iter().all(|word| has(word)))
    });
    if let Some(layout) = known {
        return layout.name;
    }
    let two_sided = has("SOTIENGHINO") && has("SOTIENGHICO");
    let one_sided = has("SOTIEN") && columns.amount.is_some();
    let count = headings.iter().filter(|heading| !heading.is_empty()).count();
    if has("NGAYGIAODICH")
        && has("SOTHAMCHIEU")
        && has("MOTA")
        && (two_sided || one_sided)
        && count <= 6
    {
        return VIETCOMBANK_RETAIL;
    }
    GENERIC
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::spreadsheet::header::header_of_row;

    #[test]
    fn layouts_are_told_by_their_columns_and_titles() {
        for (expected, title, headings) in [
            ("vietcombank-retail", "", "Ngày giao dịch|Số tham chiếu|+/-|Số tiền|Mô tả"),
            (
                "vietcombank-retail",
                "",
                "Ngày giao dịch|Số tham chiếu|Số tiền ghi nợ|Số tiền ghi có|Mô tả",
            ),
            (
                "vietcombank-cashup",
                "",
                "STT|Ngày1/ TNX Date/ Số CT/ Doc No|Số tiền ghi nợ/Debit|Số tiền ghi có/Credit|Số dư/Balance|Nội dung chi tiết/Transactions in detail",
            ),
            (
                "mb-biz",
                "",
                "Ngày giao dịch|Ngày hạch toán|Số bút toán|Phát sinh nợ/Debit|Phát sinh có/Credit|Nội dung|Đơn vị thụ hưởng/Đơn vị chuyển|Tài khoản|Ngân hàng đối tác",
            ),
            (
                "vietinbank-efast",
                "LICHSUGIAODICHTRANSACTIONHISTORY",
                "Ngày phát sinh|Nợ/ Debit|Có / Credit",
            ),
            ("bidv", "BAOCAOCHITIETSODUTAIKHOAN", "Ngày hiệu lực|Ghi nợ|Ghi có|Số dư|Mô tả"),
            (
                "techcombank",
                "TRANSACTIONENQUIRYTRUYVANGIAODICH",
                "Ngày giao dịch|Nợ/Debit|Có/Credit",
            ),
            ("acb", "", "Ngày giao dịch|Số GD|Nội dung giao dịch|Tiền rút ra|Tiền gửi vào|Số dư"),
            ("generic", "", "Ngày|Số tiền|Nội dung"),
        ] {
            let row: Vec<String> = headings.split('|').map(str::to_owned).collect();
            let columns = header_of_row(&row).unwrap();
            assert_eq!(recognise(&columns, title), expected, "{headings}");
        }
    }
}
