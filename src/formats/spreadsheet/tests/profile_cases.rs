//! Workbooks of banks whose exports are known in part or not at all, and what is read from them.

use super::workbook_cases::Case;

/// One workbook for each of these banks.
pub(super) const CASES: &[Case<'_>] = &[
    (
        "vib.xlsx",
        &[(
            "CURRENTACCOUNTSTATEMENT",
            false,
            &[
                &["SAO KÊ TÀI KHOẢN THANH TOÁN (dữ liệu bịa)"],
                &["Số tài khoản: 601000000000001"],
                &[
                    "Ngày giao dịch",
                    "Ngày hiệu lực",
                    "Số CT",
                    "Diễn giải",
                    "Ghi nợ",
                    "Ghi có",
                    "Số dư",
                ],
                &[
                    "02/11/2026",
                    "02/11/2026",
                    "VB1",
                    "HPK3M9Q2X HANH 6A1",
                    "",
                    "1,250,000",
                    "2,250,000",
                ],
                &["03/11/2026", "03/11/2026", "VB2", "PHI", "11,000", "", "2,239,000"],
            ],
        )],
        "vib",
        &[
            "601000000000001 VND – → –",
            "row 4 2026-11-02 credit 1250000 | VB1 | HPK3M9Q2X HANH 6A1 | 2250000",
            "row 5 2026-11-03 debit 11000 | VB2 | PHI | 2239000",
        ],
        &[],
    ),
    (
        "tpbank.xlsx",
        &[(
            "Sheet1",
            false,
            &[
                &["NGÂN HÀNG TMCP TIÊN PHONG (dữ liệu bịa)"],
                &["Chủ tài khoản", "TRƯỜNG THCS MẪU"],
                &["Số tài khoản", "00000000001"],
                &["Từ ngày 01/11/2026 đến ngày 30/11/2026"],
                &["Số dư đầu kỳ", "1,000,000"],
                &[],
                &[],
                &["STT", "Ngày giao dịch", "Mã giao dịch", "Nội dung", "Ghi nợ", "Ghi có", "Số dư"],
                &[
                    "1",
                    "02/11/2026 08:15",
                    "TP1",
                    "HPK3M9Q2X HANH 6A1",
                    "",
                    "1,250,000",
                    "2,250,000",
                ],
                &["2", "03/11/2026 17:40", "TP2", "PHI", "11,000", "", "2,239,000"],
                &["", "Số dư cuối kỳ", "", "", "", "", "2,239,000"],
            ],
        )],
        "tpbank",
        &[
            "00000000001 VND 1000000 → 2239000",
            "row 9 2026-11-02 credit 1250000 | TP1 | HPK3M9Q2X HANH 6A1 | 2250000",
            "row 10 2026-11-03 debit 11000 | TP2 | PHI | 2239000",
        ],
        &[],
    ),
    (
        "msb.xlsx",
        &[(
            "Sheet1",
            false,
            &[
                &["MSB - www.msb.com.vn (dữ liệu bịa)"],
                &["Số TK: 03001010000001"],
                &["Ngày", "Số bút toán", "Phát sinh", "", "Số dư", "Nội dung"],
                &["", "", "Nợ", "Có", "", ""],
                &["@2026-11-02", "MS1", "", "#1250000", "#2250000", "HPK3M9Q2X HANH 6A1"],
                &["@2026-11-03", "MS2", "#11000", "", "#2239000", "PHI"],
            ],
        )],
        "msb",
        &[
            "03001010000001 VND – → –",
            "row 5 2026-11-02 credit 1250000 | MS1 | HPK3M9Q2X HANH 6A1 | 2250000",
            "row 6 2026-11-03 debit 11000 | MS2 | PHI | 2239000",
        ],
        &[],
    ),
    (
        "ocb.xlsx",
        &[(
            "Sheet1",
            false,
            &[
                &["OCB - ACCOUNT STATEMENT (dữ liệu bịa)"],
                &["Account number: 0100100000000001", "", "Currency: VND"],
                &["Date", "Reference", "Description", "Amount", "Balance"],
                &["03/11/2026", "OC2", "PHI", "-11,000", "2,239,000"],
                &["02/11/2026", "OC1", "HPK3M9Q2X HANH 6A1", "1,250,000", "2,250,000"],
            ],
        )],
        "ocb",
        &[
            "0100100000000001 VND – → –",
            "row 4 2026-11-03 debit 11000 | OC2 | PHI | 2239000",
            "row 5 2026-11-02 credit 1250000 | OC1 | HPK3M9Q2X HANH 6A1 | 2250000",
        ],
        &[],
    ),
];
