//! MB BIZ: line breaks inside headings, opening balance inside its label, closing also in words.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::{BankStatement, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::statement::CreditDebit;

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("Thông tin giao dịch")?;
    sheet.texts(["NGÂN HÀNG TMCP QUÂN ĐỘI (DỮ LIỆU MẪU)"])?;
    sheet.texts(["SỔ PHỤ CHI TIẾT KIÊM BÁO NỢ/BÁO CÓ"])?;
    let (from, to) = (vietnamese_day(statement.from), vietnamese_day(statement.to));
    sheet.texts([format!("Từ ngày/From: {from} Đến ngày/To: {to}").as_str()])?;
    sheet.gap();
    sheet.texts(["Số tài khoản/Account No:", &statement.account.number])?;
    sheet.texts(["Tên tài khoản/Account Name:", &statement.account.holder])?;
    sheet.texts(["Loại tiền/Currency:", "VND"])?;
    let opening = format!("Số dư đầu kỳ/ Opening Balance: {} VND", commas(statement.opening));
    sheet.texts([opening.as_str()])?;
    sheet.gap();
    sheet.texts([
        "STT\nNo",
        "Ngày giao dịch\nTransaction Date",
        "Ngày hạch toán\nAccounting Date",
        "Số bút toán\nTransaction No",
        "Phát sinh nợ\nDebit",
        "Phát sinh có\nCredit",
        "Nội dung\nDetails",
        "Đơn vị thụ hưởng/Đơn vị chuyển\nBeneficiary/Applicant",
        "Tài khoản\nAccount",
        "Ngân hàng đối tác\nRemitter Bank",
    ])?;
    for (number, line) in statement.lines.iter().enumerate() {
        let day = vietnamese_day(line.booking_date);
        let cells = [
            Cell::text((number + 1).to_string()),
            Cell::text(format!("{day} {}", line.time)),
            Cell::text(day),
            Cell::text(&line.reference),
            line.commas_if(CreditDebit::Debit),
            line.commas_if(CreditDebit::Credit),
            Cell::text(&line.remittance),
        ];
        sheet.row(cells.into_iter().chain(line.counterparty_cells()))?;
    }
    sheet.texts([
        "Tổng phát sinh trong kỳ/Total",
        "",
        "",
        "",
        &commas(statement.total(CreditDebit::Debit)?),
        &commas(statement.total(CreditDebit::Credit)?),
    ])?;
    let closing = format!("Số dư cuối kỳ/ Closing Balance: {} VND", commas(statement.closing));
    sheet.texts([closing.as_str()])?;
    Ok(sheet.finish()?)
}
