//! Techcombank: debits negative, credits with a plus, and a day's balances between the rows.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::{BankStatement, StatementLine, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::money::Vnd;

/// Writes a statement whose lines stand oldest first.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("Truy vấn giao dịch")?;
    sheet.texts(["NGÂN HÀNG TMCP KỸ THƯƠNG VIỆT NAM (DỮ LIỆU MẪU)"])?;
    sheet.texts(["TRANSACTION ENQUIRY/TRUY VẤN GIAO DỊCH"])?;
    sheet.gap();
    sheet.texts(["Số tài khoản/Account No.", &statement.account.number])?;
    sheet.texts(["Tên tài khoản/Account name", &statement.account.holder])?;
    sheet.texts(["Loại tiền/Currency", "VND"])?;
    sheet.texts(["Từ ngày/From date", &vietnamese_day(statement.from)])?;
    sheet.texts(["Đến ngày/To date", &vietnamese_day(statement.to)])?;
    sheet.texts(["Số dư đầu kỳ/Opening balance", &commas(statement.opening)])?;
    sheet.texts(["Số dư cuối kỳ/Closing balance", &commas(statement.closing)])?;
    for _ in 0..8 {
        sheet.gap();
    }
    sheet.texts([
        "Ngày KH thực hiện/Requesting date",
        "Ngày giao dịch/Transaction date",
        "Số bút toán/Reference number",
        "Ngân hàng đối tác/Remitter's bank",
        "Tài khoản đích/Remitter's account number",
        "Tên tài khoản đối ứng/Remitter's account name",
        "Diễn giải/Description",
        "Nợ/Debit",
        "Có/Credit",
        "Phí/Lãi",
        "Thuế",
        "Số dư/Running balance",
    ])?;
    let mut balance = statement.opening;
    for day in statement.lines.chunk_by(|line, next| line.booking_date == next.booking_date) {
        day_balance(&mut sheet, "Số dư đầu ngày", balance)?;
        for line in day {
            entry(&mut sheet, line)?;
            balance = line.balance_after;
        }
        day_balance(&mut sheet, "Số dư cuối ngày", balance)?;
    }
    Ok(sheet.finish()?)
}

fn day_balance(sheet: &mut Sheet, label: &str, balance: Vnd) -> Result<(), DemoError> {
    Ok(sheet.texts(["", "", "", "", "", "", label, "", "", "", "", &commas(balance)])?)
}

fn entry(sheet: &mut Sheet, line: &StatementLine) -> Result<(), DemoError> {
    let day = vietnamese_day(line.booking_date);
    let amount = commas(line.amount);
    let (debit, credit) = if line.is_credit() {
        (Cell::Blank, Cell::text(format!("+ {amount}.00")))
    } else {
        (Cell::text(format!("- {amount}.00")), Cell::Blank)
    };
    let [name, account, bank] = line.counterparty_cells();
    sheet.row([
        Cell::text(&day),
        Cell::text(&day),
        Cell::text(&line.reference),
        bank,
        account,
        name,
        Cell::text(&line.remittance),
        debit,
        credit,
        Cell::Blank,
        Cell::Blank,
        Cell::text(commas(line.balance_after)),
    ])?;
    Ok(())
}
