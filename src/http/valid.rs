//! JSON bodies that are read and checked at the door: kinds, lengths, ranges. What is wrong is told
//! field by field, in both languages, and never with the value that was sent: it may be a secret.

use std::borrow::Cow;
use std::fmt::Display;
use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, web};
use garde::Validate;
use garde::i18n::{
    I18n, InvalidCreditCard, InvalidEmail, InvalidPhoneNumber, InvalidUrl, IpKind, with_i18n,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::pointer;
use super::problem::Problem;
use super::typed::json_has_zero;
use crate::domain::diagnostic::Diagnostic;

/// A JSON body of the right shape. Refused with 400 where it is not what the operation takes, with
/// 422 where a field is too long, empty or out of its range.
#[derive(Debug)]
pub struct Valid<T>(T);

impl<T> Valid<T> {
    /// The body.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> FromRequest for Valid<T>
where
    T: DeserializeOwned + Validate<Context = ()> + 'static,
{
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Valid<T>, actix_web::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = web::Json::<Box<RawValue>>::from_request(request, payload);
        Box::pin(async move {
            let text = body.await?.into_inner();
            Ok(Valid(read(text.get())?))
        })
    }
}

fn read<T: DeserializeOwned + Validate<Context = ()>>(text: &str) -> Result<T, Problem> {
    if json_has_zero(text) {
        return Err(Problem::bad_request(
            "zero_byte",
            "Nội dung có ký tự NUL (\\u0000), không lưu được. Bỏ ký tự này rồi gửi lại.",
            "The body has a NUL character (\\u0000), which cannot be stored. Send it without.",
        ));
    }
    let body: T = serde_json::from_str(text).map_err(|error| not_taken(&error, text))?;
    let found = faults(&body);
    if found.is_empty() {
        return Ok(body);
    }
    Err(Problem::of_body(StatusCode::UNPROCESSABLE_ENTITY, found))
}

/// The limits that something breaks: where, and what is wrong there.
pub fn faults<T: Validate<Context = ()>>(body: &T) -> Vec<(String, Diagnostic)> {
    match with_i18n(Words, || body.validate()) {
        Ok(()) => Vec::new(),
        Err(report) => {
            report.iter().map(|(path, error)| fault(&path.to_string(), error.message())).collect()
        }
    }
}

/// A broken limit. `path` is as garde writes it, such as `allocations[0]`; what was broken is said by
/// [`Words`] or by `service::limits`: a code, the limit, and what is meant below the path.
fn fault(path: &str, broken: &str) -> (String, Diagnostic) {
    let mut at: String = path
        .split(['.', '['])
        .filter(|token| !token.is_empty())
        .fold(String::new(), |at, token| pointer::below(&at, token.trim_end_matches(']')));
    let (mut code, mut limit) = ("", "");
    for (place, word) in broken.split(' ').enumerate() {
        match place {
            0 => code = word,
            _ if word.starts_with('/') => at.push_str(word),
            _ => limit = word,
        }
    }
    if (code, limit) == ("too_short", "1") {
        code = "empty";
    }
    let (vi, en) = match code {
        "empty" => (format!("{at} không được để trống."), format!("{at} must not be empty.")),
        "too_short" => (
            format!("{at} quá ngắn: cần ít nhất {limit} ký tự."),
            format!("{at} is too short: at least {limit} characters are needed."),
        ),
        "too_long" => (
            format!("{at} quá dài: nhiều nhất {limit} ký tự."),
            format!("{at} is too long: at most {limit} characters are taken."),
        ),
        "too_many" => (
            format!("{at} có quá nhiều mục: nhiều nhất {limit}."),
            format!("{at} has too many items: at most {limit} are taken."),
        ),
        "too_small" => {
            (format!("{at} phải từ {limit} trở lên."), format!("{at} must be {limit} or more."))
        }
        "too_large" => {
            (format!("{at} phải từ {limit} trở xuống."), format!("{at} must be {limit} or less."))
        }
        "amount_not_positive" => (
            format!("{at}: số tiền phải lớn hơn 0 ₫."),
            format!("{at}: the amount must be greater than 0 ₫."),
        ),
        "reason_needed" => (
            format!("Cần ghi lý do cho việc này, ở {at}."),
            format!("A reason is needed for this, in {at}."),
        ),
        _ => (format!("{at} không đúng dạng."), format!("{at} is not in the form it must have.")),
    };
    (at, Diagnostic::new(code, vi, en))
}

/// A body that is JSON, but not what the operation takes.
fn not_taken(error: &serde_json::Error, text: &str) -> Problem {
    let said = error.to_string();
    let mut at = pointer::at(text, error.line(), error.column());
    let named = |before: &str| said.strip_prefix(before).and_then(|rest| rest.split('`').next());
    let (vi, en) = if let Some(field) = named("missing field `") {
        at = pointer::below(&at, field);
        (format!("thiếu trường {at}"), format!("{at} is missing"))
    } else if let Some(field) = named("unknown field `") {
        // The kinds of a change are read as a whole: there the parser stands behind all of it.
        let field = pointer::below("", field);
        if !at.ends_with(&field) {
            at.push_str(&field);
        }
        let known = choices(&said);
        (
            format!("không có trường {at}; các trường là: {known}"),
            format!("there is no field {at}; the fields are: {known}"),
        )
    } else if said.starts_with("unknown variant") {
        let known = choices(&said);
        (format!("{at} phải là một trong: {known}"), format!("{at} must be one of: {known}"))
    } else if let Some(field) = named("duplicate field `") {
        (format!("trường {field} có hai lần"), format!("the field {field} stands there twice"))
    } else if let Some((vi, en)) = kind(&said) {
        (format!("{at} phải là {vi}"), format!("{at} must be {en}"))
    } else {
        (
            format!("{at} không đúng dạng: ngày ghi YYYY-MM-DD, số tiền là số nguyên đồng"),
            format!(
                "{at} is not in the form it must have: days are YYYY-MM-DD, amounts whole đồng"
            ),
        )
    };
    // The whole body has no name.
    let (vi, en) = (vi.trim_start(), en.trim_start());
    let told = Diagnostic::new(
        "json",
        format!("Nội dung JSON không đúng: {vi}."),
        format!("The JSON body is not right: {en}."),
    );
    Problem::of_body(StatusCode::BAD_REQUEST, vec![(at, told)])
}

/// What may stand there, as the parser lists it after `expected`: names of ours, none of the sender's.
fn choices(said: &str) -> String {
    let listed = said.rsplit_once("expected ").map_or("", |(_, listed)| listed);
    listed.split('`').skip(1).step_by(2).collect::<Vec<_>>().join(", ")
}

/// What kind of value the parser wanted, in Vietnamese and English.
fn kind(said: &str) -> Option<(&'static str, &'static str)> {
    let (_, wanted) = said.rsplit_once(", expected ")?;
    let wanted = wanted.split(" at line ").next().unwrap_or(wanted);
    match wanted {
        "a string" => Some(("một chuỗi ký tự", "a text")),
        "a boolean" => Some(("true hoặc false", "true or false")),
        "i64" => Some(("một số nguyên", "a whole number")),
        "u8" | "u16" | "u32" | "u64" | "usize" => {
            Some(("một số nguyên không âm", "a whole number that is not negative"))
        }
        _ if ["a sequence", "a tuple", "an array"].iter().any(|one| wanted.starts_with(one)) => {
            Some(("một mảng có đủ mục", "an array with all its items"))
        }
        _ if ["struct ", "internally tagged"].iter().any(|one| wanted.starts_with(one)) => {
            Some(("một đối tượng JSON", "a JSON object"))
        }
        _ => None,
    }
}

/// Says for garde what was broken as a code and the limit, which [`fault`] puts into words.
struct Words;

/// What has no words of its own.
const FORM: Cow<'static, str> = Cow::Borrowed("form");

impl I18n for Words {
    fn length_lower_than(&self, min: usize) -> Cow<'static, str> {
        format!("too_short {min}").into()
    }

    fn length_greater_than(&self, max: usize) -> Cow<'static, str> {
        format!("too_long {max}").into()
    }

    fn range_lower_than(&self, min: &dyn Display) -> Cow<'static, str> {
        format!("too_small {min}").into()
    }

    fn range_greater_than(&self, max: &dyn Display) -> Cow<'static, str> {
        format!("too_large {max}").into()
    }

    fn required_not_set(&self) -> Cow<'static, str> {
        "empty".into()
    }

    fn credit_card_invalid(&self, _: InvalidCreditCard) -> Cow<'static, str> {
        FORM
    }

    fn pattern_no_match(&self, _: &dyn Display) -> Cow<'static, str> {
        FORM
    }

    fn contains_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        FORM
    }

    fn url_invalid(&self, _: InvalidUrl) -> Cow<'static, str> {
        FORM
    }

    fn prefix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        FORM
    }

    fn suffix_missing(&self, _: &dyn Display) -> Cow<'static, str> {
        FORM
    }

    fn phone_number_invalid(&self, _: InvalidPhoneNumber) -> Cow<'static, str> {
        FORM
    }

    fn ip_invalid(&self, _: IpKind) -> Cow<'static, str> {
        FORM
    }

    fn matches_field_mismatch(&self, _: &dyn Display) -> Cow<'static, str> {
        FORM
    }

    fn email_invalid(&self, _: InvalidEmail) -> Cow<'static, str> {
        FORM
    }

    fn ascii_invalid(&self) -> Cow<'static, str> {
        FORM
    }

    fn alphanumeric_invalid(&self) -> Cow<'static, str> {
        FORM
    }
}
