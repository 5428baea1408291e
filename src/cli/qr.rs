//! `doisoat qr`: what a VietQR code says, for whoever has one that an app will not take.

use serde::Serialize;

use super::{Env, Failure, Status};
use crate::domain::banks::bank_name;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::formats::vietqr::{self, NoVietQr, Service, VietQr};

/// Which code.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The text of the code, as a QR reader shows it: it begins with 000201
    text: String,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

/// What a bank's app would fill in.
#[derive(Debug, Serialize)]
struct Filled<'a> {
    bank_bin: &'a str,
    bank: Option<&'a str>,
    account: &'a str,
    card: bool,
    amount: Option<Vnd>,
    bill: Option<&'a str>,
    purpose: Option<&'a str>,
    one_payment: bool,
}

/// Reads the code that the arguments hold.
pub fn run(env: &mut Env<'_>, args: &Args) -> Result<Status, Failure> {
    let code =
        vietqr::read(args.text.trim()).map_err(|why| Failure::Refused(vec![no_code(why)]))?;
    if args.json {
        env.json(&filled(&code))?;
    } else {
        tell(env, &code)?;
    }
    Ok(Status::Done)
}

fn filled(code: &VietQr) -> Filled<'_> {
    Filled {
        bank_bin: &code.bank_bin,
        bank: bank_name(&code.bank_bin),
        account: &code.account,
        card: code.service == Service::ToCard,
        amount: code.amount,
        bill: code.bill.as_deref(),
        purpose: code.purpose.as_deref(),
        one_payment: code.dynamic,
    }
}

fn tell(env: &mut Env<'_>, code: &VietQr) -> Result<(), Failure> {
    let vi = env.lang == Lang::Vi;
    let bank = bank_name(&code.bank_bin).unwrap_or(if vi { "chưa rõ" } else { "not known" });
    let to_card = code.service == Service::ToCard;
    let account = match (vi, to_card) {
        (true, false) => "Số tài khoản",
        (true, true) => "Số thẻ",
        (false, false) => "Account",
        (false, true) => "Card",
    };
    let amount = code.amount.map(|amount| format!("{} ₫", amount.grouped()));
    let typed = if vi { "người nộp tự ghi" } else { "typed by the payer" }.to_owned();
    let nothing = || "–".to_owned();
    let lines = [
        (if vi { "Ngân hàng" } else { "Bank" }, format!("{bank} ({})", code.bank_bin)),
        (account, code.account.clone()),
        (if vi { "Số tiền" } else { "Amount" }, amount.unwrap_or(typed)),
        (if vi { "Nội dung" } else { "Content" }, code.purpose.clone().unwrap_or_else(nothing)),
        (if vi { "Số hóa đơn" } else { "Bill" }, code.bill.clone().unwrap_or_else(nothing)),
    ];
    for (name, value) in lines {
        writeln!(env.out, "{name:<14}{value}")?;
    }
    Ok(())
}

fn no_code(why: NoVietQr) -> Diagnostic {
    let vi = match why {
        NoVietQr::NotPlain => "có ký tự không phải chữ và số thường".to_owned(),
        NoVietQr::Length(at) => format!("độ dài ghi ở vị trí {at} không đúng với nội dung"),
        NoVietQr::Object(tag) => format!("thiếu hoặc lặp mục {tag}"),
        NoVietQr::Value(tag) => format!("mục {tag} có nội dung không hợp lệ"),
        NoVietQr::Check => "mã kiểm tra ở cuối không khớp, có ký tự sai hoặc thiếu".to_owned(),
    };
    Diagnostic::new(
        "not_vietqr",
        format!("Đây không phải mã VietQR dùng được: {vi}. Hãy quét lại mã hoặc tạo mã mới."),
        format!(
            "This is no VietQR code that an app would take: {why}. Scan it again or make a new one."
        ),
    )
}
