//! Lists of transactions that providers keep, read page by page: what no notification told is found
//! there. One file per provider says what its list rests on; [`Walk`] knows what to ask next.
//!
//! Nothing is sent from here: whoever walks sends each request, waits where told to, and hands over
//! what came back. A movement has the same notice id as in the provider's notification of it.

mod casso;
mod fault;
mod rows;
mod sepay;
mod walk;

use crate::domain::notification::{Notice, Provider};
use crate::formats::notification::Secret;

pub use fault::ListError;
pub use walk::{Range, Step, Walk};

/// What one page of a list says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The movements, in the list's order. One may come on two pages.
    pub notices: Vec<Notice>,
    /// How many more rows there were, which could not be read with certainty.
    pub unreadable: usize,
}

/// What to ask for; a `GET`. The token comes in at the last moment and is kept nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// The whole URL. Nothing in it is secret.
    pub url: String,
    scheme: &'static str,
}

impl ListRequest {
    /// The headers to send.
    #[must_use]
    pub fn headers(&self, token: &Secret) -> Vec<(String, String)> {
        vec![
            ("Accept".to_owned(), "application/json".to_owned()),
            ("Authorization".to_owned(), format!("{} {}", self.scheme, token.expose())),
        ]
    }
}

/// Where the provider's own list is, up to the path this module adds; `None` where there is no list
/// that we read.
#[must_use]
pub const fn base_url(provider: Provider) -> Option<&'static str> {
    match provider {
        Provider::Sepay => Some("https://my.sepay.vn"),
        Provider::Casso => Some("https://oauth.casso.vn"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_in_the_headers_and_nowhere_else() {
        let request = ListRequest { url: "https://a.vn/x".to_owned(), scheme: "Bearer" };
        let headers = request.headers(&Secret::new("s3cret".to_owned()));
        assert!(headers.contains(&("Authorization".to_owned(), "Bearer s3cret".to_owned())));
        assert!(!format!("{request:?}").contains("s3cret"));
    }
}
