//! The text of a VietQR code, as NAPAS lays down in "Quy định về định dạng mã VietQR" v1.0 (2021):
//! EMVCo tag-length-value objects, closed by a CRC.

use crate::domain::money::Vnd;
use crate::domain::text::fold;

/// Longest purpose (tag 62-08), in characters.
pub const LONGEST_PURPOSE: usize = 25;

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
}

/// The payload of a QR code for a transfer to an account.
pub fn payload(request: &TransferRequest<'_>) -> Result<String, VietQrError> {
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
    if purpose.len() > LONGEST_PURPOSE || !purpose.bytes().all(printable) {
        return Err(VietQrError::Purpose);
    }
    let beneficiary = object("00", bank_bin) + &object("01", account);
    let merchant =
        object("00", "A000000727") + &object("01", &beneficiary) + &object("02", "QRIBFTTA");
    let mut text = object("00", "01");
    text += &object("01", if amount.is_some() { "12" } else { "11" });
    text += &object("38", &merchant);
    text += &object("53", "704");
    if let Some(amount) = amount {
        text += &object("54", &amount);
    }
    text += &object("58", "VN");
    if !purpose.is_empty() {
        text += &object("62", &object("08", purpose));
    }
    text += "6304";
    let check = crc16(text.as_bytes());
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

/// CRC-16/CCITT-FALSE (polynomial 1021, initial value FFFF, nothing reflected).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc: u16, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_payloads_are_made_exactly() {
        // Payloads of the test files and the README of github.com/subiz/vietqr (MIT, 5a7c860) and
        // of the documentation of vietqr.io.
        for (why, bank_bin, account, amount, purpose, expected) in [
            (
                "no amount",
                "970423",
                "0099999999",
                None,
                "",
                "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4",
            ),
            (
                "amount and purpose",
                "970415",
                "0011001932418",
                Some(120_000),
                "ung ho lu lut",
                "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
            ),
            (
                "vietqr.io's own",
                "970415",
                "113366668888",
                Some(79_000),
                "Ung Ho Quy Vac Xin",
                "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62220818Ung Ho Quy Vac Xin63043ACF",
            ),
        ] {
            let amount = amount.map(Vnd::new);
            let request = TransferRequest { bank_bin, account, amount, purpose };
            assert_eq!(payload(&request).as_deref(), Ok(expected), "{why}");
        }
    }

    #[test]
    fn what_no_bank_app_would_read_is_refused() {
        let good = TransferRequest {
            bank_bin: "970436",
            account: "1017595600",
            amount: Some(Vnd::new(1_250_000)),
            purpose: "HPK3M9Q2X HANH 6A1",
        };
        assert!(payload(&good).is_ok());
        for (why, request, expected) in [
            ("a bank's name", TransferRequest { bank_bin: "VCB", ..good }, VietQrError::Bank),
            ("no account", TransferRequest { account: "", ..good }, VietQrError::Account),
            (
                "an account with signs",
                TransferRequest { account: "1-2", ..good },
                VietQrError::Account,
            ),
            ("nothing", TransferRequest { amount: Some(Vnd::ZERO), ..good }, VietQrError::Amount),
            (
                "14 digits",
                TransferRequest { amount: Some(Vnd::new(10_000_000_000_000)), ..good },
                VietQrError::Amount,
            ),
            ("marks", TransferRequest { purpose: "học phí", ..good }, VietQrError::Purpose),
            (
                "too long",
                TransferRequest { purpose: "HPK3M9Q2X HANH 6A1 THANG 11", ..good },
                VietQrError::Purpose,
            ),
        ] {
            assert_eq!(payload(&request), Err(expected), "{why}");
        }
    }

    #[test]
    fn a_purpose_is_the_code_and_what_fits() {
        for (why, words, expected) in [
            ("name and class", &["Hạnh", "6A1"][..], "HPK3M9Q2X HANH 6A1"),
            ("a stroke", &["Hạnh", "1/2"], "HPK3M9Q2X HANH 12"),
            ("too long a word", &["Nghiêmtrọngquáchừng", "6A1"], "HPK3M9Q2X 6A1"),
            ("nothing", &[], "HPK3M9Q2X"),
        ] {
            assert_eq!(purpose("HPK3M9Q2X", words), expected, "{why}");
        }
    }
}
