//! BIDV: days and amounts as spreadsheets keep them, opening and closing balance around the rows.

use crate::demo::error::DemoError;
use crate::demo::sheet::{Cell, Sheet};
use crate::demo::writers::BankStatement;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut sheet = Sheet::new("Báo cáo")?;
    sheet.texts(["NGÂN HÀNG TMCP ĐẦU TƯ VÀ PHÁT TRIỂN VIỆT NAM (DỮ LIỆU MẪU)"])?;
    sheet.texts(["BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN"])?;
    sheet.gap();
    sheet.texts(["Số tài khoản", "", &statement.account.number])?;
    sheet.texts(["Số tài khoản cũ/Old account", "", "99000000499999"])?;
    sheet.texts(["Tên tài khoản", "", &statement.account.holder])?;
    sheet.texts(["Loại tiền", "", "VND"])?;
    let amount = |amount: Vnd| Cell::amount(amount.dong());
    sheet.row([Cell::text("DƯ ĐẦU"), Cell::Blank, amount(statement.opening)])?;
    sheet.row([Cell::text("DƯ CUỐI"), Cell::Blank, amount(statement.closing)])?;
    sheet.gap();
    sheet.texts([
        "STT",
        "NGÀY GIAO DỊCH",
        "NGÀY HIỆU LỰC",
        "MÃ GIAO DỊCH",
        "GHI NỢ",
        "GHI CÓ",
        "SỐ DƯ",
        "MÔ TẢ",
    ])?;
    for (number, line) in statement.lines.iter().enumerate() {
        let side = |side| line.amount_if(side).map_or(Cell::Blank, amount);
        sheet.row([
            Cell::text((number + 1).to_string()),
            Cell::Day(line.booking_date),
            Cell::Day(line.booking_date),
            Cell::text(&line.reference),
            side(CreditDebit::Debit),
            side(CreditDebit::Credit),
            amount(line.balance_after),
            Cell::text(&line.remittance),
        ])?;
    }
    Ok(sheet.finish()?)
}
