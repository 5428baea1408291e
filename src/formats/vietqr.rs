//! The text of a VietQR code, as NAPAS lays down in "Quy định về định dạng mã VietQR" v1.0 (2021):
//! EMVCo tag-length-value objects, closed by a CRC.

mod read;

use crc::{CRC_16_IBM_3740, Crc};

pub use read::{NoVietQr, Service, VietQr, read};

use crate::domain::money::Vnd;
use crate::domain::text::fold;

/// Longest purpose (tag 62-08), in characters.
pub const LONGEST_PURPOSE: usize = 25;

/// The number under which NAPAS runs transfers.
const GUID: &str = "A000000727";

/// What closes a code: CRC-16 with polynomial 1021 and initial value FFFF, nothing reflected, which
/// is also known as CCITT-FALSE.
const CHECK: Crc<u16> = Crc::<u16>::new(&CRC_16_IBM_3740);

/// Longest amount (tag 54), in digits.
const LONGEST_AMOUNT: usize = 13;

/// What a VietQR code asks a bank app to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TransferRequest<'a> {
    /// The receiving bank's identification number (BIN): six digits.
    pub bank_bin: &'a str,
    /// The receiving account: at most 19 letters and digits.
    pub account: &'a str,
    /// The amount; the payer types it when absent.
    pub amount: Option<Vnd>,
    /// What the transfer is for: at most 25 characters of printable ASCII once folded. May be empty.
    pub purpose: &'a str,
}

/// Why no VietQR code can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VietQrError {
    /// The bank is not named by six digits.
    #[error("the bank's BIN is not six digits")]
    Bank,
    /// The account is empty, too long, or has other signs than letters and digits.
    #[error("the account is not 1 to 19 letters and digits")]
    Account,
    /// The amount is not positive or has more than 13 digits.
    #[error("the amount is not positive or too large")]
    Amount,
    /// The purpose is too long or not plain text.
    #[error("the purpose is longer than 25 characters or not plain text")]
    Purpose,
    /// The bill's number is too long or not plain text.
    #[error("the bill's number is longer than 25 characters or not plain text")]
    Bill,
}

/// The payload of a QR code for a transfer to an account.
pub fn payload(request: &TransferRequest<'_>) -> Result<String, VietQrError> {
    write(request, (request.amount.is_some(), Service::ToAccount, ""))
}

impl VietQr {
    /// The text that says this, with its objects in the order of NAPAS' own examples: a code that was
    /// made so and read is made again to the letter. Codes to cards and with the number of a bill come
    /// from others; we ask for money by [`payload`], to accounts.
    pub fn text(&self) -> Result<String, VietQrError> {
        let request = TransferRequest {
            bank_bin: &self.bank_bin,
            account: &self.account,
            amount: self.amount,
            purpose: self.purpose.as_deref().unwrap_or_default(),
        };
        let bill = self.bill.as_deref().unwrap_or_default();
        write(&request, (self.dynamic, self.service, bill))
    }
}

fn write(
    request: &TransferRequest<'_>,
    (dynamic, service, bill): (bool, Service, &str),
) -> Result<String, VietQrError> {
    let TransferRequest { bank_bin, account, amount, purpose } = *request;
    if bank_bin.len() != 6 || !bank_bin.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(VietQrError::Bank);
    }
    let plain_account = account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if account.is_empty() || account.len() > 19 || !plain_account {
        return Err(VietQrError::Account);
    }
    let amount = match amount {
        Some(amount) if !amount.is_positive() => return Err(VietQrError::Amount),
        Some(amount) => Some(amount.to_string()),
        None => None,
    };
    if amount.as_ref().is_some_and(|digits| digits.len() > LONGEST_AMOUNT) {
        return Err(VietQrError::Amount);
    }
    let printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    let fits = |text: &str| text.len() <= LONGEST_PURPOSE && text.bytes().all(printable);
    if !fits(purpose) {
        return Err(VietQrError::Purpose);
    }
    if !fits(bill) {
        return Err(VietQrError::Bill);
    }
    let service = match service {
        Service::ToAccount => "QRIBFTTA",
        Service::ToCard => "QRIBFTTC",
    };
    let beneficiary = object("00", bank_bin) + &object("01", account);
    let merchant = object("00", GUID) + &object("01", &beneficiary) + &object("02", service);
    let mut text = object("00", "01");
    text += &object("01", if dynamic { "12" } else { "11" });
    text += &object("38", &merchant);
    text += &object("53", "704");
    if let Some(amount) = amount {
        text += &object("54", &amount);
    }
    text += &object("58", "VN");
    let mut beside = String::new();
    for (tag, value) in [("01", bill), ("08", purpose)] {
        if !value.is_empty() {
            beside += &object(tag, value);
        }
    }
    if !beside.is_empty() {
        text += &object("62", &beside);
    }
    text += "6304";
    let check = CHECK.checksum(text.as_bytes());
    Ok(format!("{text}{check:04X}"))
}

/// A purpose of a code and as many of the words after it as fit, without marks.
#[must_use]
pub fn purpose(code: &str, words: &[&str]) -> String {
    let mut purpose = fold(code);
    for word in words {
        let word: String = fold(word).chars().filter(char::is_ascii_alphanumeric).collect();
        if word.is_empty() || purpose.len() + 1 + word.len() > LONGEST_PURPOSE {
            continue;
        }
        purpose.push(' ');
        purpose += &word;
    }
    purpose
}

/// One object: two digits of tag, two of length, the value.
fn object(tag: &str, value: &str) -> String {
    format!("{tag}{:02}{value}", value.len())
}

#[cfg(test)]
mod tests;
