//! Vietcombank: CashUp for institutions and the two exports for private customers.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::{BankStatement, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::statement::CreditDebit;

/// After how many characters CashUp breaks a text.
const CASHUP_LINE: usize = 35;

/// CashUp: date and document number share a cell, running balance, totals at the end.
pub fn cashup(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("VCBACCOUNTDETAIL")?;
    sheet.texts(["NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM (DỮ LIỆU MẪU)"])?;
    sheet.texts(["SAO KÊ TÀI KHOẢN / STATEMENT OF ACCOUNT"])?;
    let (from, to) = (vietnamese_day(statement.from), vietnamese_day(statement.to));
    sheet.texts([format!("Từ ngày/From: {from} Đến ngày/To: {to}").as_str()])?;
    sheet.gap();
    sheet.texts(["Số tài khoản/Account No:", "", &statement.account.number])?;
    sheet.texts(["Tên tài khoản/Account Name:", "", &statement.account.holder])?;
    sheet.texts(["Loại tiền/Currency:", "", "VND"])?;
    let opening = format!("{} VND", commas(statement.opening));
    sheet.texts(["Số dư đầu kỳ/Opening balance:", "", &opening])?;
    sheet.gap();
    sheet.texts([
        "STT\nNo.",
        "Ngày/\nTNX Date/ Số CT/ Doc No",
        "Số tiền ghi nợ/\nDebit",
        "Số tiền ghi có/\nCredit",
        "Số dư/\nBalance",
        "Nội dung chi tiết/\nTransactions in detail",
    ])?;
    for (number, line) in statement.lines.iter().enumerate() {
        let day = vietnamese_day(line.booking_date);
        sheet.row([
            Cell::text((number + 1).to_string()),
            Cell::text(format!("{day}\n{}", line.reference)),
            line.commas_if(CreditDebit::Debit),
            line.commas_if(CreditDebit::Credit),
            Cell::text(commas(line.balance_after)),
            Cell::text(wrapped(&line.remittance)),
        ])?;
    }
    sheet.texts([
        "Tổng số/Total",
        "",
        &commas(statement.total(CreditDebit::Debit)?),
        &commas(statement.total(CreditDebit::Credit)?),
    ])?;
    let closing = format!("{} VND", commas(statement.closing));
    sheet.texts(["Số dư cuối kỳ/Closing balance:", "", &closing])?;
    Ok(sheet.finish()?)
}

/// The text with a line break after every 35 characters, wherever that falls in a word.
fn wrapped(text: &str) -> String {
    let mut wrapped = String::with_capacity(text.len() + 4);
    for (place, letter) in text.chars().enumerate() {
        if place > 0 && place % CASHUP_LINE == 0 {
            wrapped.push('\n');
        }
        wrapped.push(letter);
    }
    wrapped
}

/// For private customers, newer: debit and credit in two columns.
pub fn retail(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = letterhead(statement)?;
    sheet.texts([
        "Ngày giao dịch",
        "Số tham chiếu",
        "Số tiền ghi nợ",
        "Số tiền ghi có",
        "Mô tả",
    ])?;
    for line in &statement.lines {
        sheet.row([
            Cell::text(vietnamese_day(line.booking_date)),
            Cell::text(&line.reference),
            line.commas_if(CreditDebit::Debit),
            line.commas_if(CreditDebit::Credit),
            Cell::text(&line.remittance),
        ])?;
    }
    sheet.texts([
        "Tổng",
        "",
        &commas(statement.total(CreditDebit::Debit)?),
        &commas(statement.total(CreditDebit::Credit)?),
    ])?;
    Ok(sheet.finish()?)
}

/// For private customers, older: a column with the sign before the amount.
pub fn signed(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = letterhead(statement)?;
    sheet.texts(["Ngày giao dịch", "Số tham chiếu", "+/-", "Số tiền", "Mô tả"])?;
    for line in &statement.lines {
        sheet.row([
            Cell::text(vietnamese_day(line.booking_date)),
            Cell::text(&line.reference),
            Cell::text(if line.is_credit() { "+" } else { "-" }),
            Cell::text(commas(line.amount)),
            Cell::text(&line.remittance),
        ])?;
    }
    sheet.texts(["Tổng"])?;
    Ok(sheet.finish()?)
}

fn letterhead(statement: &BankStatement<'_>) -> Result<Sheet, DemoError> {
    let mut sheet = Sheet::new("Sao kê (dữ liệu mẫu)")?;
    sheet.texts(["LỊCH SỬ GIAO DỊCH TÀI KHOẢN (DỮ LIỆU MẪU)"])?;
    sheet.texts(["Số tài khoản:", &statement.account.number])?;
    sheet.texts(["Loại tiền:", "VND"])?;
    sheet.gap();
    Ok(sheet)
}
