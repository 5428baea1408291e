//! ACB: the account in the title, the balances in the cells below their labels.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::{BankStatement, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::statement::CreditDebit;

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("Statement")?;
    sheet.texts(["NGÂN HÀNG TMCP Á CHÂU (DỮ LIỆU MẪU)"])?;
    let title = format!("BẢNG SAO KÊ GIAO DỊCH - Tài khoản số: {}", statement.account.number);
    sheet.texts([title.as_str()])?;
    let (from, to) = (vietnamese_day(statement.from), vietnamese_day(statement.to));
    sheet.texts([format!("Từ ngày: {from} đến ngày: {to}").as_str()])?;
    sheet.texts(["Loại tiền: VND"])?;
    sheet.gap();
    sheet.texts(["", "Số dư đầu", "", "Số dư cuối"])?;
    sheet.texts(["", &commas(statement.opening), "", &commas(statement.closing)])?;
    sheet.gap();
    sheet.texts([
        "STT",
        "Ngày giao dịch",
        "Số GD",
        "Nội dung giao dịch",
        "Tiền rút ra",
        "Tiền gửi vào",
        "Số dư",
        "Tên tài khoản đối ứng",
        "Tài khoản đối ứng",
    ])?;
    for (number, line) in statement.lines.iter().enumerate() {
        let [name, account, _] = line.counterparty_cells();
        sheet.row([
            Cell::text((number + 1).to_string()),
            Cell::text(vietnamese_day(line.booking_date)),
            Cell::text(&line.reference),
            Cell::text(&line.remittance),
            line.commas_if(CreditDebit::Debit),
            line.commas_if(CreditDebit::Credit),
            Cell::text(commas(line.balance_after)),
            name,
            account,
        ])?;
    }
    Ok(sheet.finish()?)
}
