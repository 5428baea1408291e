//! What a form sent: a box that was ticked several times, a field for each row of a table.

use serde::Deserialize;

use crate::domain::period::Month;
use crate::http::on_worker;
use crate::http::problem::Problem;
use crate::service::ServiceError;

/// The longest that one field may be, in characters; what is longer is cut off.
const LONGEST: usize = 4_000;

/// The fields of a form in the order in which they were sent; a name may stand more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads a body of the kind `application/x-www-form-urlencoded`, or the query of an address.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Fields {
        let cut = |text: String| match text.char_indices().nth(LONGEST) {
            Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
            None => text,
        };
        Fields(
            form_urlencoded::parse(bytes)
                .map(|(name, value)| (name.into_owned(), cut(value.into_owned())))
                .collect(),
        )
    }

    /// Each name with what was typed.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was typed in a field; empty where nothing was.
    #[must_use]
    pub fn of(&self, name: &str) -> &str {
        self.iter().find(|(own, _)| *own == name).map_or("", |(_, value)| value)
    }

    /// Every value of a field.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter().filter(move |(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The same without blanks around it, or `None` where nothing is left.
    #[must_use]
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.of(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Whether a field was sent at all, as a box is that was ticked.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(own, _)| own == name)
    }

    /// The numbers that a field was sent with, each once, in their order.
    #[must_use]
    pub fn numbers(&self, name: &str) -> Vec<i64> {
        let mut found: Vec<i64> = Vec::new();
        for value in self.every(name) {
            if let Ok(number) = value.trim().parse()
                && !found.contains(&number)
            {
                found.push(number);
            }
        }
        found
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(fields: Vec<(String, String)>) -> Fields {
        Fields(fields)
    }
}

/// The month that an address names: there is no page of anything else.
pub fn month_of(text: &str) -> Result<Month, Problem> {
    text.parse().map_err(|_no_month| Problem::no_such_page())
}

/// Two ids that are written as one value of a form: `12-34`.
#[must_use]
pub fn pair(text: &str) -> Option<(i64, i64)> {
    let (one, other) = text.split_once('-')?;
    Some((one.parse().ok()?, other.parse().ok()?))
}

/// An address with those of its parameters that say something.
#[must_use]
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(query.iter().filter(|(_, value)| !value.is_empty()));
    let text = text.finish();
    if text.is_empty() { path.to_owned() } else { format!("{path}?{text}") }
}

/// Carries out a use case and gives its refusal back, to be shown beside the form.
pub async fn attempt<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ServiceError> + Send + 'static,
) -> Result<Result<T, ServiceError>, Problem> {
    on_worker(move || Ok(work())).await
}

#[cfg(test)]
mod tests {
    use super::{Fields, pair};

    #[test]
    fn fields_are_found_by_name_and_ticked_boxes_by_number() {
        let fields = Fields::parse("row=3&row=7&row=x&row=3&note=+n%E1%BB%99p+&empty=".as_bytes());
        assert_eq!(fields.numbers("row"), [3, 7]);
        assert_eq!(fields.of("note"), " nộp ");
        assert_eq!(fields.some("note"), Some("nộp".to_owned()));
        assert_eq!((fields.some("empty"), fields.has("empty")), (None, true));
        assert_eq!((fields.of("absent"), fields.has("absent")), ("", false));
    }

    #[test]
    fn fields_stand_in_their_order_and_ids_in_pairs() {
        let fields: Fields = [("a", "1"), ("b", "2-3"), ("a", "4")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .to_vec()
            .into();
        assert_eq!((fields.of("a"), fields.of("c")), ("1", ""));
        assert_eq!(fields.every("a").collect::<Vec<_>>(), ["1", "4"]);
        for (text, expected) in
            [("2-3", Some((2, 3))), ("2", None), ("-3", None), ("a-3", None), ("2-3-4", None)]
        {
            assert_eq!(pair(text), expected, "{text}");
        }
    }
}
