//! What the providers' lists have in common: JSON whose figures and ids come as numbers or as text.

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use super::fault::{Fault, ListError};
use crate::domain::money::{Currency, Vnd, whole_dong};
use crate::formats::figure::point_figure;
use crate::formats::notification::{fields, time};

/// One row.
pub(super) type Row = Map<String, Value>;

/// Digits of an id; what a 64-bit number has.
const MOST_ID_DIGITS: usize = 20;
/// A number with a decimal point is exact up to here.
const MOST_EXACT_DIGITS: usize = 15;

/// The answer as an object. `empty` is what an answer without any body means.
pub(super) fn object(body: &[u8], empty: ListError) -> Result<Row, Fault> {
    let body = body.trim_ascii();
    if body.is_empty() {
        return Err(Fault::Lasting(empty));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Fault::Lasting(ListError::Unreadable)),
        // A notice of works, a page of some proxy: they pass, a wrong address does not.
        Err(_) if body.first() == Some(&b'<') => Err(Fault::Passing(ListError::NotList)),
        Err(_) => Err(Fault::Passing(ListError::Unreadable)),
    }
}

/// The provider's number of the movement, plain digits.
pub(super) fn id(row: &Row) -> Option<String> {
    let digits = match row.get("id")? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let plain = (1..=MOST_ID_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && digits.bytes().any(|byte| byte != b'0');
    plain.then_some(digits)
}

/// A text without the blanks around it, and with blanks for what prints nothing: no database takes
/// all of that. `None` for none, an empty one and what is no text.
pub(super) fn text(row: &Row, name: &str) -> Option<String> {
    fields::printable(row.get(name)?.as_str()?)
}

/// An account number: digits and letters, whatever blanks were put between them. Some lists write
/// it as a number.
pub(super) fn account(row: &Row, name: &str) -> Option<String> {
    match row.get(name)? {
        Value::String(text) => fields::account(&fields::printable(text)?),
        Value::Number(number) if number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

/// An amount in whole đồng, with a minus for what went out. `None` where it has a fraction or is
/// not a plain figure.
pub(super) fn dong(value: &Value) -> Option<Vnd> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => {
            let text = number.to_string();
            // Such a number went through floating point on its way here.
            if number.is_f64() && text.len() > MOST_EXACT_DIGITS {
                return None;
            }
            text
        }
        _ => return None,
    };
    let (negative, figure) = match text.strip_prefix('-') {
        Some(figure) => (true, figure),
        None => (false, text.as_str()),
    };
    let amount = whole_dong(point_figure(figure, Some(Currency::VND)).ok()?)?;
    if negative { amount.checked_neg() } else { Some(amount) }
}

/// A time on Vietnam's clock: `2023-05-05 19:59:48`, the same with a `T`, or a day alone, which is
/// its first second. A zone would say another clock and is not read.
pub(super) fn moment(row: &Row, name: &str) -> Option<NaiveDateTime> {
    let text = row.get(name)?.as_str()?.trim();
    let text = text.replacen('T', " ", 1);
    let whole = if text.contains(' ') { text } else { format!("{text} 00:00:00") };
    time::local(&whole)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_amount_is_whole_dong_or_none() {
        for (why, value, expected) in [
            ("decimal text", json!("18067000.00"), Some(18_067_000)),
            ("text", json!("2277000"), Some(2_277_000)),
            ("a number", json!(2_277_000), Some(2_277_000)),
            ("a number with a point", json!(2_277_000.0), Some(2_277_000)),
            ("went out", json!(-193_000), Some(-193_000)),
            ("went out, text", json!("-193000.00"), Some(-193_000)),
            ("nothing", json!("0.00"), Some(0)),
            ("a fraction", json!("1000.50"), None),
            ("a fraction, number", json!(1000.5), None),
            ("grouped", json!("1,000"), None),
            ("grouped with points", json!("1.000.000"), None),
            ("two signs", json!("--1"), None),
            ("a plus", json!("+1"), None),
            ("with an exponent", json!("1e6"), None),
            ("not exact", json!(12_345_678_901_234_567.0), None),
            ("too large", json!("99999999999999999999"), None),
            ("empty", json!(""), None),
            ("nothing there", json!(null), None),
        ] {
            assert_eq!(dong(&value).map(Vnd::dong), expected, "{why}: {value}");
        }
    }

    #[test]
    fn an_id_is_plain_digits() {
        for (why, value, expected) in [
            ("text", json!("49682"), Some("49682")),
            ("a number", json!(49_682), Some("49682")),
            ("negative", json!(-1), None),
            ("with a point", json!(1.0), None),
            ("letters", json!("07ad3dc9"), None),
            ("empty", json!(""), None),
            ("none at all", json!(0), None),
            ("very long", json!("123456789012345678901"), None),
        ] {
            let row: Row = [("id".to_owned(), value)].into_iter().collect();
            assert_eq!(id(&row).as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn a_time_is_read_in_the_three_forms_they_use() {
        for (why, value, expected) in [
            ("with a blank", json!("2023-05-05 19:59:48"), Some("2023-05-05 19:59:48")),
            ("with a letter", json!("2021-04-15T00:00:00"), Some("2021-04-15 00:00:00")),
            ("a day", json!("2021-04-15"), Some("2021-04-15 00:00:00")),
            ("of another clock", json!("2021-04-15T00:00:00Z"), None),
            ("no day", json!("2021-02-30 00:00:00"), None),
            ("zeros", json!("0000-00-00 00:00:00"), None),
            ("the year zero", json!("0000-01-01 00:00:00"), None),
            ("a sixtieth second", json!("2021-04-15 08:00:60"), None),
            ("parts of a second", json!("2021-04-15 08:00:00.5"), None),
            ("one digit", json!("2021-4-15 8:00:00"), None),
            ("a number", json!(1_618_444_800), None),
        ] {
            let row: Row = [("when".to_owned(), value)].into_iter().collect();
            let found = moment(&row, "when").map(|time| time.to_string());
            assert_eq!(found.as_deref(), expected, "{why}");
        }
    }

    #[test]
    fn a_text_is_what_can_be_printed_of_it() {
        for (why, value, expected) in [
            ("plain", json!("hoc phi"), Some("hoc phi")),
            ("with blanks around", json!("  hoc phi \n"), Some("hoc phi")),
            ("with a zero and a tab", json!("hoc\u{0}phi\tlop"), Some("hoc phi lop")),
            ("empty", json!(" "), None),
            ("nothing", json!(null), None),
        ] {
            let row: Row = [("text".to_owned(), value)].into_iter().collect();
            assert_eq!(text(&row, "text").as_deref(), expected, "{why}");
        }
    }
}
