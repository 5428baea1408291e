//! Reads the text of a VietQR code strictly: every length, every required object and the check at
//! its end must hold, because an app that guesses sends money somewhere.

use super::{CHECK, GUID, LONGEST_AMOUNT, LONGEST_PURPOSE};
use crate::domain::money::Vnd;

/// How money is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// To an account (`QRIBFTTA`).
    ToAccount,
    /// To a card (`QRIBFTTC`).
    ToCard,
}

/// What a VietQR code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VietQr {
    /// Whether it is made for one payment (`12`) and not for many (`11`).
    pub dynamic: bool,
    /// The receiving bank's number (BIN): six digits.
    pub bank_bin: String,
    /// The receiving account or card.
    pub account: String,
    /// Which of the two it is.
    pub service: Service,
    /// The amount; the payer types it where there is none.
    pub amount: Option<Vnd>,
    /// The number of a bill (tag 62-01).
    pub bill: Option<String>,
    /// What the transfer is for (tag 62-08).
    pub purpose: Option<String>,
}

/// Why a text is no VietQR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoVietQr {
    /// Something else than plain ASCII.
    #[error("it has other letters than plain ones")]
    NotPlain,
    /// An object says a length that it has not.
    #[error("the object at place {0} says a length that it does not have")]
    Length(usize),
    /// An object that must be there once is missing, or there twice.
    #[error("object {0} is missing, or there twice")]
    Object(&'static str),
    /// An object holds something that it must not.
    #[error("object {0} holds what it must not")]
    Value(&'static str),
    /// The check at the end is not that of the text.
    #[error("the check at its end does not fit: a sign is wrong or missing")]
    Check,
}

/// Reads the text of a VietQR code. Objects that it does not know are passed over.
pub fn read(text: &str) -> Result<VietQr, NoVietQr> {
    if !text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return Err(NoVietQr::NotPlain);
    }
    let objects = objects(text, text)?;
    // The check is the last object, over everything before its four digits.
    let checked = text.len().checked_sub(4).and_then(|end| text.get(..end));
    let Some((("63", check), checked)) = objects.last().copied().zip(checked) else {
        return Err(NoVietQr::Object("63"));
    };
    if check != format!("{:04X}", CHECK.checksum(checked.as_bytes())) {
        return Err(NoVietQr::Check);
    }
    if objects.first() != Some(&("00", "01")) {
        return Err(NoVietQr::Value("00"));
    }
    let dynamic = match (objects.get(1), only(&objects, "01")?) {
        (Some(("01", "11")), _) => false,
        (Some(("01", "12")), _) => true,
        _ => return Err(NoVietQr::Value("01")),
    };
    let (bank_bin, account, service) = beneficiary(text, only(&objects, "38")?)?;
    for (tag, expected) in [("53", "704"), ("58", "VN")] {
        if only(&objects, tag)? != expected {
            return Err(NoVietQr::Value(tag));
        }
    }
    let amount = optional(&objects, "54")?.map(amount).transpose()?;
    let more = optional(&objects, "62")?.map(|own| self::objects(text, own)).transpose()?;
    let more = more.unwrap_or_default();
    let purpose = optional(&more, "08")?;
    if purpose.is_some_and(|text| text.is_empty() || text.len() > LONGEST_PURPOSE) {
        return Err(NoVietQr::Value("62"));
    }
    Ok(VietQr {
        dynamic,
        bank_bin: bank_bin.to_owned(),
        account: account.to_owned(),
        service,
        amount,
        bill: optional(&more, "01")?.map(str::to_owned),
        purpose: purpose.map(str::to_owned),
    })
}

fn beneficiary<'t>(whole: &'t str, text: &'t str) -> Result<(&'t str, &'t str, Service), NoVietQr> {
    let parts = objects(whole, text)?;
    if only(&parts, "00")? != GUID {
        return Err(NoVietQr::Value("38"));
    }
    let service = match only(&parts, "02")? {
        "QRIBFTTA" => Service::ToAccount,
        "QRIBFTTC" => Service::ToCard,
        _ => return Err(NoVietQr::Value("38")),
    };
    let receiver = objects(whole, only(&parts, "01")?)?;
    let (bin, account) = (only(&receiver, "00")?, only(&receiver, "01")?);
    let six_digits = bin.len() == 6 && bin.bytes().all(|byte| byte.is_ascii_digit());
    let plain = account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !six_digits || account.is_empty() || account.len() > 19 || !plain {
        return Err(NoVietQr::Value("38"));
    }
    Ok((bin, account, service))
}

/// Whole đồng; a decimal part may be there if it is nothing.
fn amount(text: &str) -> Result<Vnd, NoVietQr> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > LONGEST_AMOUNT || whole.is_empty() || !digits(whole) {
        return Err(NoVietQr::Value("54"));
    }
    if !part.bytes().all(|byte| byte == b'0') {
        return Err(NoVietQr::Value("54"));
    }
    let dong: i64 = whole.parse().map_err(|_long| NoVietQr::Value("54"))?;
    Some(Vnd::new(dong)).filter(|amount| amount.is_positive()).ok_or(NoVietQr::Value("54"))
}

/// The objects of a part of `whole`, which is plain ASCII, each with its tag; all of the part must be
/// objects.
fn objects<'t>(whole: &'t str, part: &'t str) -> Result<Vec<(&'t str, &'t str)>, NoVietQr> {
    let mut found = Vec::new();
    let mut rest = part;
    while !rest.is_empty() {
        let at = rest.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
        let broken = NoVietQr::Length(at);
        let (tag, after) = rest.split_at_checked(2).ok_or(broken)?;
        let (length, after) = after.split_at_checked(2).ok_or(broken)?;
        if !tag.bytes().chain(length.bytes()).all(|byte| byte.is_ascii_digit()) {
            return Err(broken);
        }
        let length: usize = length.parse().map_err(|_no_number| broken)?;
        let (value, after) = after.split_at_checked(length).ok_or(broken)?;
        found.push((tag, value));
        rest = after;
    }
    Ok(found)
}

fn only<'t>(objects: &[(&'t str, &'t str)], tag: &'static str) -> Result<&'t str, NoVietQr> {
    optional(objects, tag)?.ok_or(NoVietQr::Object(tag))
}

fn optional<'t>(
    objects: &[(&'t str, &'t str)],
    tag: &'static str,
) -> Result<Option<&'t str>, NoVietQr> {
    let mut found = objects.iter().filter(|(own, _)| *own == tag).map(|(_, value)| *value);
    match (found.next(), found.next()) {
        (one, None) => Ok(one),
        _ => Err(NoVietQr::Object(tag)),
    }
}
