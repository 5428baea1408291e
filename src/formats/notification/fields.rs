//! Fields of a proven body. What is not there, null or blank is `None`; what has another type than
//! the provider documents is refused.

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use super::{Refusal, json, time};
use crate::domain::money::{Currency, Vnd};
use crate::domain::notification::{Movement, Notice, NoticeBody};

/// Most bytes an id may have.
const LONGEST_ID: usize = 200;

/// The fields of a JSON object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    /// The fields of a value that is an object.
    pub(super) fn of(value: &'a Value) -> Result<Fields<'a>, Refusal> {
        value.as_object().map(Fields).ok_or(Refusal::Unreadable)
    }

    /// The value as it is.
    pub(super) fn value(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    /// Whether there is a field of the name, null or not.
    pub(super) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The fields of an object inside.
    pub(super) fn inner(self, name: &str) -> Result<Fields<'a>, Refusal> {
        Fields::of(self.value(name).ok_or(Refusal::Unreadable)?)
    }

    /// A text; a whole number counts as its digits. Signs that print nothing become blanks: no
    /// database takes all of them.
    pub(super) fn text(self, name: &str) -> Result<Option<String>, Refusal> {
        match self.value(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(printable(text)),
            Some(Value::Number(number)) if !number.is_f64() => Ok(Some(number.to_string())),
            Some(_) => Err(Refusal::Unreadable),
        }
    }

    /// The first of several texts that is there.
    pub(super) fn first(self, names: &[&str]) -> Result<Option<String>, Refusal> {
        for name in names {
            if let Some(text) = self.text(name)? {
                return Ok(Some(text));
            }
        }
        Ok(None)
    }

    /// A text that has to be there.
    pub(super) fn needed(self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or(Refusal::Unreadable)
    }

    /// An account that has to be there, without blanks.
    pub(super) fn account(self, name: &str) -> Result<String, Refusal> {
        account(&self.needed(name)?).ok_or(Refusal::Unreadable)
    }

    /// An account that may be missing, without blanks.
    pub(super) fn other_account(self, name: &str) -> Result<Option<String>, Refusal> {
        Ok(self.text(name)?.as_deref().and_then(account))
    }

    /// A whole number of đồng, which may be below nothing. No text, no fraction, no exponent.
    pub(super) fn signed_amount(self, name: &str) -> Result<Vnd, Refusal> {
        self.whole(name).map(Vnd::new)
    }

    /// A whole number of đồng, more than nothing.
    pub(super) fn amount(self, name: &str) -> Result<Vnd, Refusal> {
        positive(self.signed_amount(name)?)
    }

    /// A whole number.
    pub(super) fn whole(self, name: &str) -> Result<i64, Refusal> {
        self.value(name).and_then(Value::as_i64).ok_or(Refusal::Unreadable)
    }

    /// A time of Vietnam's clock, `yyyy-MM-dd HH:mm:ss`.
    pub(super) fn local_time(self, name: &str) -> Result<NaiveDateTime, Refusal> {
        time::local(&self.needed(name)?).ok_or(Refusal::Unreadable)
    }

    /// An instant in thousandths of a second since 1970, as Vietnam's clock showed it.
    pub(super) fn millis(self, name: &str) -> Result<NaiveDateTime, Refusal> {
        time::from_millis(self.whole(name)?).ok_or(Refusal::Unreadable)
    }

    /// Refuses every currency but the đồng; where none is told, it is the đồng.
    pub(super) fn in_dong(self, name: &str) -> Result<(), Refusal> {
        match self.text(name)? {
            Some(code) if Currency::parse(&code) != Some(Currency::VND) => Err(Refusal::Unreadable),
            _ => Ok(()),
        }
    }
}

/// The object that the whole of `bytes` is.
pub(super) fn object(bytes: &[u8]) -> Result<Value, Refusal> {
    json::parse(bytes).filter(Value::is_object).ok_or(Refusal::Unreadable)
}

/// The amount, when it is more than nothing.
pub(super) fn positive(amount: Vnd) -> Result<Vnd, Refusal> {
    if amount.is_positive() { Ok(amount) } else { Err(Refusal::Unreadable) }
}

/// The account without blanks, or `None` when nothing is left.
pub(super) fn account(text: &str) -> Option<String> {
    let kept: String = text.split_whitespace().collect();
    (!kept.is_empty()).then_some(kept)
}

/// The text without blanks around it and with blanks for what prints nothing.
pub(super) fn printable(text: &str) -> Option<String> {
    let blanked = text.replace(char::is_control, " ");
    let kept = blanked.trim();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// A notice under its id, when that can be one; a code or a name in it is no longer than an id.
pub(super) fn notice(id: String, body: NoticeBody) -> Result<Notice, Refusal> {
    let name = match &body {
        NoticeBody::Failed(name) | NoticeBody::Unknown(name) => name.len(),
        _ => 0,
    };
    if id.is_empty() || id.len() > LONGEST_ID || name > LONGEST_ID {
        return Err(Refusal::Unreadable);
    }
    Ok(Notice { id, body })
}

/// A movement of which no more is told than this.
pub(super) const fn movement(account: String, at: NaiveDateTime, amount: Vnd) -> Movement {
    Movement {
        account,
        virtual_account: None,
        at,
        amount,
        reference: None,
        order: None,
        text: None,
        payer_name: None,
        payer_account: None,
        payer_bank: None,
        through_gateway: false,
    }
}

/// The words of an optional text, or none.
pub(super) fn or_empty(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// The whole number that a text is, or `serial`.
pub(super) fn number_or(text: Option<&String>, serial: i64) -> i64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(serial)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_a_whole_number_of_dong_and_nothing_else() {
        for (why, written, expected) in [
            ("whole", "2277000", Ok(2_277_000)),
            ("the largest", "9223372036854775807", Ok(i64::MAX)),
            ("one more", "9223372036854775808", Err(Refusal::Unreadable)),
            ("far too large", "1e30", Err(Refusal::Unreadable)),
            ("nothing", "0", Err(Refusal::Unreadable)),
            ("nothing, negative", "-0", Err(Refusal::Unreadable)),
            ("negative", "-2277000", Err(Refusal::Unreadable)),
            ("a fraction", "2277000.5", Err(Refusal::Unreadable)),
            ("a zero fraction", "2277000.0", Err(Refusal::Unreadable)),
            ("an exponent", "2277e3", Err(Refusal::Unreadable)),
            ("text", "\"2277000\"", Err(Refusal::Unreadable)),
            ("null", "null", Err(Refusal::Unreadable)),
            ("a list", "[2277000]", Err(Refusal::Unreadable)),
            ("yes", "true", Err(Refusal::Unreadable)),
        ] {
            let value = object(format!("{{\"amount\":{written}}}").as_bytes()).unwrap();
            let read = Fields::of(&value).unwrap().amount("amount");
            assert_eq!(read.map(Vnd::dong), expected, "{why}: {written}");
        }
        let value = object(b"{}").unwrap();
        assert_eq!(Fields::of(&value).unwrap().amount("amount"), Err(Refusal::Unreadable));
    }

    #[test]
    fn a_text_is_what_can_be_printed_of_it() {
        let value = object(
            br#"{"a":" x ","b":"","c":null,"d":12,"e":1.5,"f":{},"g":"a\u0000b\n","h":" 0 1 "}"#,
        );
        let value = value.unwrap();
        let fields = Fields::of(&value).unwrap();
        for (why, name, expected) in [
            ("blanks around it", "a", Ok(Some("x"))),
            ("empty", "b", Ok(None)),
            ("null", "c", Ok(None)),
            ("not there", "z", Ok(None)),
            ("a whole number", "d", Ok(Some("12"))),
            ("a fraction", "e", Err(Refusal::Unreadable)),
            ("an object", "f", Err(Refusal::Unreadable)),
            ("what prints nothing", "g", Ok(Some("a b"))),
        ] {
            assert_eq!(fields.text(name), expected.map(|text| text.map(str::to_owned)), "{why}");
        }
        assert_eq!(fields.account("h"), Ok("01".to_owned()));
        assert_eq!(fields.account("b"), Err(Refusal::Unreadable));
    }

    #[test]
    fn an_id_has_one_to_two_hundred_bytes() {
        for (why, id, taken) in [
            ("empty", String::new(), false),
            ("two hundred", "x".repeat(200), true),
            ("one more", "x".repeat(201), false),
            ("in letters of three bytes", "ế".repeat(67), false),
        ] {
            assert_eq!(notice(id, NoticeBody::Test).is_ok(), taken, "{why}");
        }
    }
}
