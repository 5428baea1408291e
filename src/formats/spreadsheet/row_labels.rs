//! The words that tell rows which are no entries: totals, balances, the foot of a page.

use crate::domain::text::squeeze;

/// Whether the first words of a row mark a total or a balance line instead of an entry.
#[must_use]
pub fn is_total_or_balance(label: &str) -> bool {
    const EXACT: [&str; 20] = [
        "TONG",
        "TONGCONG",
        "TONGSO",
        "TONGSOTOTAL",
        "TOTAL",
        "GRANDTOTAL",
        "SUBTOTAL",
        "CONG",
        "CONGPHATSINH",
        "TONGPHATSINH",
        "TONGPHATSINHTRONGKY",
        "TONGGIAODICH",
        "CONGTRANG",
        "TONGTIEN",
        "TONGSOTIEN",
        "TONGDOANHSO",
        "CONGDOANHSO",
        "DOANHSOPHATSINH",
        "TONGPHATSINHNO",
        "TONGPHATSINHCO",
    ];
    const STARTS: [&str; 4] = ["TONGCONG", "TONGPHATSINH", "CONGPHATSINH", "TONGSOPHATSINH"];
    let whole = squeeze(label);
    label.split(['/', '\n', '(', ':']).take(2).any(|part| EXACT.contains(&squeeze(part).as_str()))
        || EXACT.contains(&whole.as_str())
        || STARTS.iter().any(|start| whole.starts_with(start))
        || is_balance_label(label)
}

/// Whether a text is what stands at the foot of a page: its number, who made it, the sum in words.
#[must_use]
pub fn is_footer(label: &str) -> bool {
    const STARTS: [&str; 9] = [
        "NGUOILAP",
        "KETOANTRUONG",
        "GIAODICHVIEN",
        "KIEMSOATVIEN",
        "BANGCHU",
        "SOTIENBANGCHU",
        "INWORDS",
        "NGAYIN",
        "PRINTEDON",
    ];
    let word = squeeze(label);
    // "Trang 1/2" is a page, "Trang nop tien" is a person.
    let page = ["TRANG", "PAGE"].iter().find_map(|start| word.strip_prefix(start));
    let numbered = page.is_some_and(|number| {
        let number = number.replace("OF", "");
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    numbered || STARTS.iter().any(|start| word.starts_with(start))
}

/// Whether a text starts as the label of a balance does.
#[must_use]
pub fn is_balance_label(label: &str) -> bool {
    const STARTS: [&str; 10] = [
        "SODUDAU",
        "SODUCUOI",
        "DUDAU",
        "DUCUOI",
        "OPENINGBALANCE",
        "CLOSINGBALANCE",
        "BEGINNINGBALANCE",
        "ENDINGBALANCE",
        "SODUMOSO",
        "SODUKHADUNG",
    ];
    let word = squeeze(label);
    STARTS.iter().any(|start| word.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_and_balances_are_no_entries() {
        for (label, expected) in [
            ("Tổng", true),
            ("Tổng số/Total", true),
            ("Tổng phát sinh trong kỳ/Total", true),
            ("Cộng", true),
            ("Số dư cuối kỳ", true),
            ("Số dư đầu ngày", true),
            ("DƯ ĐẦU", true),
            ("Tong tien hoc phi 6A1", false),
            ("Công ty ABC", false),
        ] {
            assert_eq!(is_total_or_balance(label), expected, "{label}");
        }
    }

    #[test]
    fn the_foot_of_a_page_is_no_person() {
        for (label, expected) in [
            ("Trang 1/2", true),
            ("Page 3 of 12", true),
            ("Người lập biểu", true),
            ("Bằng chữ: một triệu đồng", true),
            ("Trang nop tien 6A1", false),
            ("Trang", false),
        ] {
            assert_eq!(is_footer(label), expected, "{label}");
        }
    }
}
