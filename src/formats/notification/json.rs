//! JSON as notifications carry it, and JSON as providers write it again to sign it.
//!
//! A name that stands twice in one object is refused: of two amounts nobody can say which one was
//! meant, and which one was signed. Depth is limited by the parser (128).

use std::fmt::{self, Write};

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The value that the whole of `bytes` is, or `None`: no JSON, no UTF-8, too deep, a name twice.
pub(super) fn parse(bytes: &[u8]) -> Option<Value> {
    serde_json::from_slice(bytes).ok().map(|Strict(value)| value)
}

/// How signed JSON writes letters outside ASCII, and slashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Letters {
    /// As they are, like JavaScript.
    Plain,
    /// As `\uXXXX`, like Python.
    Escaped,
    /// As `\uXXXX`, and slashes as `\/`, like PHP.
    EscapedWithSlashes,
}

/// The value without blanks, with the names of every object sorted.
pub(super) fn sorted(value: &Value, letters: Letters) -> String {
    let mut out = String::new();
    write(value, letters, &mut out);
    out
}

/// A number as JavaScript writes it: `25000000.0` has become `25000000`.
pub(super) fn number(number: &Number) -> String {
    // Beyond these JavaScript writes exponents, and so does Rust's own JSON; a few digits could
    // otherwise become hundreds.
    match number.as_f64() {
        Some(float) if number.is_f64() && (1e-7..1e21).contains(&float.abs()) => float.to_string(),
        _ => number.to_string(),
    }
}

fn write(value: &Value, letters: Letters, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(figure) => out.push_str(&number(figure)),
        Value::String(text) => write_text(text, letters, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, letters, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (index, (name, field)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, letters, out);
                out.push(':');
                write(field, letters, out);
            }
            out.push('}');
        }
    }
}

fn write_text(text: &str, letters: Letters, out: &mut String) {
    let quoted = Value::String(text.to_owned()).to_string();
    for letter in quoted.chars() {
        match (letters, letter) {
            (Letters::EscapedWithSlashes, '/') => out.push_str("\\/"),
            (Letters::Plain, _) | (_, '\0'..='\x7F') => out.push(letter),
            (Letters::Escaped | Letters::EscapedWithSlashes, _) => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _never_fails = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
}

/// A value in which no object has a name twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Strict, D::Error> {
        input.deserialize_any(Anything).map(Strict)
    }
}

struct Anything;

impl<'de> Visitor<'de> for Anything {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Bool(flag))
    }

    fn visit_i64<E: Error>(self, whole: i64) -> Result<Value, E> {
        Ok(Value::from(whole))
    }

    fn visit_u64<E: Error>(self, whole: u64) -> Result<Value, E> {
        Ok(Value::from(whole))
    }

    fn visit_f64<E: Error>(self, figure: f64) -> Result<Value, E> {
        Ok(Value::from(figure))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(field))) = fields.next_entry::<String, Strict>()? {
            if object.insert(name, field).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_certain_is_not_json() {
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        for (why, bytes) in [
            ("nothing", &b""[..]),
            ("text", b"amount=1"),
            ("more behind it", b"{} {}"),
            ("a name twice", br#"{"amount":1,"amount":2}"#),
            ("a name twice, once escaped", br#"{"amount":1,"\u0061mount":2}"#),
            ("a name twice, deeper", br#"[{"data":{"a":1,"a":1}}]"#),
            ("no UTF-8", b"{\"a\":\"\xC3\"}"),
            ("half a letter", br#"{"a":"\ud83d"}"#),
            ("a mark at its beginning", b"\xEF\xBB\xBF{}"),
            ("ten thousand brackets", deep.as_bytes()),
            ("ten thousand open brackets", "[".repeat(10_000).as_bytes()),
            ("a number without end", b"[1e999]"),
        ] {
            assert_eq!(parse(bytes), None, "{why}");
        }
    }

    #[test]
    fn json_is_written_like_other_languages_write_it() {
        let body = r#" {"b" : [1, 25000000.0, -0.5, null, true], "a": {"z":"Học/phí","y":"\"\n\u0001"}, "c":"😀"} "#;
        let value = parse(body.as_bytes()).unwrap();
        for (letters, expected) in [
            (
                Letters::Plain,
                r#"{"a":{"y":"\"\n\u0001","z":"Học/phí"},"b":[1,25000000,-0.5,null,true],"c":"😀"}"#,
            ),
            (
                Letters::Escaped,
                r#"{"a":{"y":"\"\n\u0001","z":"H\u1ecdc/ph\u00ed"},"b":[1,25000000,-0.5,null,true],"c":"\ud83d\ude00"}"#,
            ),
            (
                Letters::EscapedWithSlashes,
                r#"{"a":{"y":"\"\n\u0001","z":"H\u1ecdc\/ph\u00ed"},"b":[1,25000000,-0.5,null,true],"c":"\ud83d\ude00"}"#,
            ),
        ] {
            assert_eq!(sorted(&value, letters), expected, "{letters:?}");
        }
    }

    #[test]
    fn a_short_number_never_becomes_a_long_text() {
        for text in ["1e300", "1e-300", "-1e308", "123456789012345678901234567890"] {
            let value = parse(text.as_bytes()).unwrap();
            assert!(sorted(&value, Letters::Plain).len() < 30, "{text}");
        }
    }
}
