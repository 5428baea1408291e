//! CSV in UTF-8 with a byte order mark, as a bank's own export or an accountant's "save as" gives it.

use crate::demo::error::DemoError;
use crate::demo::writers::{BankStatement, commas};
use crate::domain::calendar::vietnamese_day;
use crate::domain::statement::CreditDebit;

const HEADINGS: [&str; 9] = [
    "Ngày giao dịch",
    "Số tham chiếu",
    "Ghi nợ",
    "Ghi có",
    "Số dư",
    "Nội dung",
    "Tên tài khoản đối ứng",
    "Tài khoản đối ứng",
    "Ngân hàng đối tác",
];

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>) -> Result<Vec<u8>, DemoError> {
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(&mut bytes);
    writer.write_record(["SAO KÊ TÀI KHOẢN (DỮ LIỆU MẪU)"])?;
    writer.write_record(["Số tài khoản:", &statement.account.number])?;
    writer.write_record(["Chủ tài khoản:", &statement.account.holder])?;
    writer.write_record(["Loại tiền:", "VND"])?;
    writer.write_record(["Số dư đầu kỳ:", &commas(statement.opening)])?;
    writer.write_record(HEADINGS)?;
    for line in &statement.lines {
        let amount = |side| line.amount_if(side).map(commas).unwrap_or_default();
        let other = line.counterparty.as_ref();
        writer.write_record([
            vietnamese_day(line.booking_date).as_str(),
            &line.reference,
            &amount(CreditDebit::Debit),
            &amount(CreditDebit::Credit),
            &commas(line.balance_after),
            &line.remittance,
            other.map_or("", |other| &other.name),
            other.map_or("", |other| &other.account),
            other.map_or("", |other| other.bank.name()),
        ])?;
    }
    writer.write_record(["Số dư cuối kỳ:", &commas(statement.closing)])?;
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}
