//! What a form sent: a box that was ticked several times, a field for each row of a table.

use crate::http::on_worker;
use crate::http::problem::Problem;
use crate::service::ServiceError;

/// The longest that one field may be, in characters; what is longer is cut off.
const LONGEST: usize = 4_000;

/// The fields of a form in the order in which they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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

    /// Everything, to be shown again.
    #[must_use]
    pub fn all(self) -> Vec<(String, String)> {
        self.0
    }

    /// What was typed in a field; empty where nothing was.
    #[must_use]
    pub fn of(&self, name: &str) -> &str {
        self.0.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
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
        for (_, value) in self.0.iter().filter(|(own, _)| own == name) {
            if let Ok(number) = value.trim().parse()
                && !found.contains(&number)
            {
                found.push(number);
            }
        }
        found
    }
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
    use super::Fields;

    #[test]
    fn fields_are_found_by_name_and_ticked_boxes_by_number() {
        let fields = Fields::parse("row=3&row=7&row=x&row=3&note=+n%E1%BB%99p+&empty=".as_bytes());
        assert_eq!(fields.numbers("row"), [3, 7]);
        assert_eq!(fields.of("note"), " nộp ");
        assert_eq!(fields.some("note"), Some("nộp".to_owned()));
        assert_eq!((fields.some("empty"), fields.has("empty")), (None, true));
        assert_eq!((fields.of("absent"), fields.has("absent")), ("", false));
    }
}
