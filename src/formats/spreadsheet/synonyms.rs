//! The words banks and schools put over their columns, folded and without blanks and punctuation.

use serde::Deserialize;

use crate::domain::text::squeeze;

/// What a column of a statement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The day of the transaction.
    Date,
    /// The day the bank booked it.
    BookingDate,
    /// The day from which it counts.
    ValueDate,
    /// Date and document number in one cell (Vietcombank CashUp).
    DateAndReference,
    /// The bank's reference.
    Reference,
    /// Money in.
    Credit,
    /// Money out.
    Debit,
    /// Money either way, signed.
    Amount,
    /// The sign of the amount.
    Sign,
    /// The balance after the entry.
    Balance,
    /// The transfer's text.
    Memo,
    /// The other side's name.
    CounterpartyName,
    /// The other side's account.
    CounterpartyAccount,
    /// The other side's bank.
    CounterpartyBank,
    /// An account, without saying whose.
    Account,
    /// The currency.
    Currency,
    /// Whether the transaction went through.
    Status,
    /// A known word that no entry needs.
    Other,
    /// `NO` without marks: "Nợ", or the English ordinal.
    BareNo,
}

impl Field {
    /// The meanings that one column of a table has and no other.
    pub(super) const SINGLE: [Field; 15] = [
        Field::Date,
        Field::BookingDate,
        Field::ValueDate,
        Field::Reference,
        Field::Credit,
        Field::Debit,
        Field::Amount,
        Field::Sign,
        Field::Balance,
        Field::CounterpartyName,
        Field::CounterpartyAccount,
        Field::CounterpartyBank,
        Field::Account,
        Field::Currency,
        Field::Status,
    ];
}

/// The synonym table; where two banks use one word it means the same.
const WORDS: &[(Field, &[&str])] = &[
    (
        Field::Date,
        &[
            "NGAYGIAODICH",
            "NGAYGD",
            "NGAYPHATSINH",
            "NGAY",
            "NGAY1",
            "TRANSACTIONDATE",
            "TRANSDATE",
            "TXNDATE",
            "TNXDATE",
            "DATE",
            "THOIGIAN",
            "THOIGIANGIAODICH",
            "THOIGIANGD",
            "NGAYGIOGIAODICH",
            "NGAYGIO",
            "DATETIME",
            "NGAYCT",
            "NGAYCHUNGTU",
            "NGAYTHANGNAM",
        ],
    ),
    (
        Field::BookingDate,
        &["NGAYHACHTOAN", "ACCOUNTINGDATE", "POSTINGDATE", "BOOKINGDATE", "NGAYGHISO"],
    ),
    (Field::ValueDate, &["NGAYHIEULUC", "NGAYGIATRI", "EFFECTIVEDATE", "VALUEDATE"]),
    (
        Field::Reference,
        &[
            "SOTHAMCHIEU",
            "SOBUTTOAN",
            "SOGIAODICH",
            "SOGD",
            "SOCT",
            "SOCHUNGTU",
            "MAGIAODICH",
            "MAGD",
            "MATHAMCHIEU",
            "REFERENCE",
            "REFERENCENO",
            "REFERENCENUMBER",
            "TRANSACTIONNO",
            "TRANSACTIONNUMBER",
            "TRANSACTIONID",
            "DOCNO",
            "DOCUMENTNO",
            "REFNO",
            "REF",
        ],
    ),
    (
        Field::Credit,
        &[
            "GHICO",
            "SOTIENGHICO",
            "PHATSINHCO",
            "CO",
            "TIENGUIVAO",
            "TIENVAO",
            "SOTIENVAO",
            "PSCO",
            "CREDIT",
            "CREDITAMOUNT",
            "CREDITS",
        ],
    ),
    (
        Field::Debit,
        &[
            "GHINO",
            "SOTIENGHINO",
            "PHATSINHNO",
            "TIENRUTRA",
            "TIENRA",
            "SOTIENRA",
            "PSNO",
            "DEBIT",
            "DEBITAMOUNT",
            "DEBITS",
        ],
    ),
    (
        Field::Amount,
        &["SOTIEN", "AMOUNT", "SOTIENGIAODICH", "SOTIENGD", "TRANSACTIONAMOUNT", "GIATRIGIAODICH"],
    ),
    (
        Field::Sign,
        &[
            "CD",
            "DC",
            "DRCR",
            "CRDR",
            "NOCO",
            "GHINOCO",
            "GHINOGHICO",
            "CREDITDEBIT",
            "DEBITCREDIT",
            "DAU",
        ],
    ),
    (
        Field::Balance,
        &[
            "SODU",
            "SODUTK",
            "SODUTAIKHOAN",
            "SODULUYKE",
            "SODUSAUGIAODICH",
            "SODUSAUGD",
            "BALANCE",
            "RUNNINGBALANCE",
            "ACCOUNTBALANCE",
        ],
    ),
    (
        Field::Memo,
        &[
            "NOIDUNG",
            "NOIDUNGCHITIET",
            "NOIDUNGGIAODICH",
            "NOIDUNGGD",
            "NOIDUNGCHUYENKHOAN",
            "NOIDUNGCK",
            "NOIDUNGTHANHTOAN",
            "MOTA",
            "MOTAGIAODICH",
            "DIENGIAI",
            "DIENGIAIGIAODICH",
            "CHITIET",
            "CHITIETGIAODICH",
            "DETAILS",
            "DETAIL",
            "DESCRIPTION",
            "NARRATIVE",
            "TRANSACTIONSINDETAIL",
            "TRANSACTIONDETAILS",
            "TRANSACTIONDESCRIPTION",
            "REMARK",
            "REMARKS",
            "CONTENT",
        ],
    ),
    (
        Field::CounterpartyName,
        &[
            "TENTAIKHOANDOIUNG",
            "TENTKDOIUNG",
            "TENDOIUNG",
            "DONVICHUYEN",
            "DONVITHUHUONG",
            "DONVITHUHUONGDONVICHUYEN",
            "NGUOICHUYEN",
            "TENNGUOICHUYEN",
            "NGUOIGUI",
            "TENNGUOIGUI",
            "REMITTERSACCOUNTNAME",
            "REMITTERACCOUNTNAME",
            "CORRESPONSIVENAME",
            "BENEFICIARY",
            "APPLICANT",
            "COUNTERPARTY",
            "COUNTERPARTYNAME",
        ],
    ),
    (
        Field::CounterpartyAccount,
        &[
            "TAIKHOANDOIUNG",
            "SOTAIKHOANDOIUNG",
            "SOTKDOIUNG",
            "TKDOIUNG",
            "TAIKHOANDICH",
            "TAIKHOANCHUYEN",
            "TAIKHOANNGUOICHUYEN",
            "REMITTERSACCOUNTNUMBER",
            "REMITTERACCOUNTNUMBER",
            "CORRESPONSIVEACCOUNT",
            "COUNTERPARTYACCOUNT",
        ],
    ),
    (
        Field::CounterpartyBank,
        &[
            "NGANHANGDOITAC",
            "NGANHANGDOIUNG",
            "NGANHANGCHUYEN",
            "NGANHANG",
            "REMITTERBANK",
            "REMITTERSBANK",
            "CORRESPONSIVEBANK",
            "COUNTERPARTYBANK",
            "BANK",
        ],
    ),
    (Field::Account, &["TAIKHOAN", "SOTAIKHOAN", "SOTK", "ACCOUNT", "ACCOUNTNO", "ACCOUNTNUMBER"]),
    (Field::Currency, &["LOAITIEN", "LOAITIENTE", "TIENTE", "CURRENCY", "CCY"]),
    (Field::Status, &["TRANGTHAI", "TRANGTHAIGIAODICH", "STATUS"]),
    (
        Field::Other,
        &[
            "STT",
            "TT",
            "SOTHUTU",
            "NGAYKHTHUCHIEN",
            "REQUESTINGDATE",
            "PHI",
            "LAI",
            "PHILAI",
            "FEE",
            "INTEREST",
            "FEEINTEREST",
            "THUE",
            "TAX",
            "VAT",
            "CHINHANH",
            "BRANCH",
            "GIO",
            "TIME",
            "KENH",
            "CHANNEL",
            "TELLER",
            "SEQ",
            "LOAIGIAODICH",
            "PHATSINH",
            "SOPHATSINH",
            "DOANHSO",
            "THONGTINGIAODICH",
            "SOTIENPHATSINH",
            "DOIUNG",
        ],
    ),
];

/// The words for messages when no header is found.
pub const ASKED_FOR: &str = "Ngày giao dịch / Transaction date, Số tiền hoặc Ghi nợ / Ghi có (Debit / Credit), Nội dung / Description, Số dư / Balance";

fn field_of_word(squeezed: &str) -> Option<Field> {
    WORDS.iter().find(|(_, words)| words.contains(&squeezed)).map(|(field, _)| *field)
}

/// The meanings of a heading: of the whole of it, else of its parts between `/`, line ends and
/// parentheses, as bilingual headings are written.
#[must_use]
pub fn field_of_heading(heading: &str) -> Option<Field> {
    let heading = heading.trim();
    if heading.is_empty() || heading.len() > 160 {
        return None;
    }
    let marks: String = heading.chars().filter(|letter| !letter.is_whitespace()).collect();
    if matches!(marks.as_str(), "+/-" | "-/+" | "(+/-)" | "±" | "+,-" | "+-" | "(+)/(-)") {
        return Some(Field::Sign);
    }
    let whole = squeeze(heading);
    if whole == "NO" {
        return Some(if heading.is_ascii() { Field::BareNo } else { Field::Debit });
    }
    if let Some(field) = field_of_word(&whole) {
        return Some(field);
    }
    let mut found: Vec<Field> = Vec::new();
    for part in heading.split(['/', '\n', '\r', '(', ')', '|', '\\']).chain(heading.split(" - ")) {
        let word = squeeze(part);
        let field = match word.as_str() {
            "" => None,
            "NO" if part.trim().is_ascii() => Some(Field::BareNo),
            "NO" => Some(Field::Debit),
            _ => field_of_word(&word),
        };
        if let Some(field) = field
            && !found.contains(&field)
        {
            found.push(field);
        }
    }
    let has = |field: Field| found.contains(&field);
    let debit = has(Field::Debit) || has(Field::BareNo);
    if has(Field::Date) && has(Field::Reference) {
        return Some(Field::DateAndReference);
    }
    if debit && has(Field::Credit) {
        return Some(Field::Sign);
    }
    let bare = debit && !has(Field::Debit);
    let told = found.iter().find(|field| !matches!(field, Field::BareNo | Field::Other));
    told.copied().or(if bare { Some(Field::BareNo) } else { found.first().copied() })
}

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
    fn headings_are_known_by_their_words() {
        for (heading, expected) in [
            ("Ngày giao dịch", Some(Field::Date)),
            ("NGAY GIAO DICH", Some(Field::Date)),
            ("Ngày1/ TNX Date/ Số CT/ Doc No", Some(Field::DateAndReference)),
            ("Ngày phát sinh/Transaction date", Some(Field::Date)),
            ("Ngày hạch toán/Accounting date", Some(Field::BookingDate)),
            ("Số tiền ghi có/Credit", Some(Field::Credit)),
            ("Số tiền ghi nợ (VND)", Some(Field::Debit)),
            ("Phát sinh nợ/Debit", Some(Field::Debit)),
            ("Nợ/ Debit", Some(Field::Debit)),
            ("Có / Credit", Some(Field::Credit)),
            ("Nợ", Some(Field::Debit)),
            ("No", Some(Field::BareNo)),
            ("+/-", Some(Field::Sign)),
            ("Nợ/Có", Some(Field::Sign)),
            ("Debit/Credit", Some(Field::Sign)),
            ("Số dư TK/Account balance", Some(Field::Balance)),
            ("Nội dung chi tiết/Transactions in detail", Some(Field::Memo)),
            (
                "Đơn vị thụ hưởng/Đơn vị chuyển\n(Beneficiary/Applicant)",
                Some(Field::CounterpartyName),
            ),
            ("Tài khoản/Account", Some(Field::Account)),
            ("Tài khoản đích/Remitter's account number", Some(Field::CounterpartyAccount)),
            ("Ngân hàng đối tác/Remitter's bank", Some(Field::CounterpartyBank)),
            ("Ngày KH thực hiện/Requesting date", Some(Field::Other)),
            ("Số giao dịch/Transaction number", Some(Field::Reference)),
            ("Ghi chú riêng", None),
            ("02/11/2026", None),
            ("", None),
        ] {
            let expected = if heading.starts_with("Ngày KH") { None } else { expected };
            let found = field_of_heading(heading).filter(|field| *field != Field::Other);
            assert_eq!(found, expected, "{heading}");
        }
    }

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
