//! VietinBank eFAST: a day's date stands only in its first row.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::{BankStatement, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::statement::CreditDebit;

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("Lịch sử giao dịch")?;
    sheet.texts(["NGÂN HÀNG TMCP CÔNG THƯƠNG VIỆT NAM (DỮ LIỆU MẪU)"])?;
    sheet.gap();
    sheet.texts(["LỊCH SỬ GIAO DỊCH - TRANSACTION HISTORY"])?;
    sheet.gap();
    sheet.texts(["Số tài khoản/Account number:", &statement.account.number])?;
    sheet.texts(["Tên tài khoản/Account name:", &statement.account.holder])?;
    sheet.texts(["Loại tiền/Currency:", "VND"])?;
    sheet.texts(["Từ ngày/From date:", &vietnamese_day(statement.from)])?;
    sheet.texts(["Đến ngày/To date:", &vietnamese_day(statement.to)])?;
    sheet.texts(["Số dư đầu kỳ/Opening balance:", &commas(statement.opening)])?;
    sheet.texts(["Số dư cuối kỳ/Closing balance:", &commas(statement.closing)])?;
    for _ in 0..7 {
        sheet.gap();
    }
    sheet.texts([
        "STT/No.",
        "Ngày phát sinh/Transaction date",
        "Ngày hạch toán/Accounting date",
        "Mô tả giao dịch/Transaction description",
        "Nợ/ Debit",
        "Có / Credit",
        "Số dư TK/Account balance",
        "Số giao dịch/Transaction number",
        "Số tài khoản đối ứng/Corresponsive account",
        "Tên tài khoản đối ứng/Corresponsive name",
    ])?;
    let mut last = None;
    for (number, line) in statement.lines.iter().enumerate() {
        let new_day = last.replace(line.booking_date) != Some(line.booking_date);
        let day = || {
            if new_day { Cell::text(vietnamese_day(line.booking_date)) } else { Cell::Blank }
        };
        let [name, account, _] = line.counterparty_cells();
        sheet.row([
            Cell::text((number + 1).to_string()),
            day(),
            day(),
            Cell::text(&line.remittance),
            line.commas_if(CreditDebit::Debit),
            line.commas_if(CreditDebit::Credit),
            Cell::text(commas(line.balance_after)),
            Cell::text(&line.reference),
            account,
            name,
        ])?;
    }
    Ok(sheet.finish()?)
}
