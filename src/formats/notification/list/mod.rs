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
    use serde_json::json;

    use super::*;
    use crate::domain::money::Vnd;
    use crate::domain::notification::Movement;
    use crate::formats::notification::{Method, Request, Scheme, Terms, receive, sample};

    #[test]
    fn the_token_is_in_the_headers_and_nowhere_else() {
        let request = ListRequest { url: "https://a.vn/x".to_owned(), scheme: "Bearer" };
        let headers = request.headers(&Secret::new("s3cret".to_owned()));
        assert!(headers.contains(&("Authorization".to_owned(), "Bearer s3cret".to_owned())));
        assert!(!format!("{request:?}").contains("s3cret"));
    }

    #[test]
    fn a_movement_of_a_list_is_the_one_its_notification_told() {
        let movement = Movement {
            account: "0071000888888".to_owned(),
            virtual_account: Some("VCB0011ABC004".to_owned()),
            at: "2026-11-02T08:05:09".parse().unwrap(),
            amount: Vnd::new(1_250_000),
            reference: Some("FT26306".to_owned()),
            order: None,
            text: Some("HP2601000010 nop hoc phi".to_owned()),
            payer_name: None,
            payer_account: None,
            payer_bank: None,
            through_gateway: false,
        };
        let secret = Secret::new("s3cret".to_owned());
        for (provider, scheme) in [
            (Provider::Sepay, Scheme::Key),
            (Provider::Casso, Scheme::Key),
            (Provider::Casso, Scheme::Signature),
        ] {
            let endpoint = "nhan".to_owned();
            let terms = Terms { endpoint, scheme, client: None, tolerance_seconds: 300 };
            let sent = sample(provider, &terms, &secret, (&movement, 49_682), 1_793_581_509);
            let request = Request {
                method: Method::Post,
                query: &sent.query,
                headers: &sent.headers,
                body: sent.body.as_bytes(),
                now: 1_793_581_509,
            };
            let secrets = [secret.clone()];
            let told = receive(provider, &terms, &secrets, &request).unwrap();
            let listed = match provider {
                Provider::Sepay => sepay::read(&sepay_list()).unwrap().page,
                _ => casso::read(&casso_list()).unwrap().page,
            };
            assert_eq!(listed.notices, told, "{provider:?} {scheme:?}");
        }
    }

    fn sepay_list() -> Vec<u8> {
        let row = json!({
            "id": "49682", "account_number": "0071000888888", "sub_account": "VCB0011ABC004",
            "transaction_date": "2026-11-02 08:05:09", "amount_in": "1250000.00",
            "amount_out": "0.00", "transaction_content": "HP2601000010 nop hoc phi",
            "reference_number": "FT26306", "code": "HP2601000010",
        });
        json!({"status": 200, "transactions": [row]}).to_string().into_bytes()
    }

    fn casso_list() -> Vec<u8> {
        let row = json!({
            "id": 49_682, "tid": "FT26306", "description": "HP2601000010 nop hoc phi",
            "amount": 1_250_000, "when": "2026-11-02 08:05:09", "bankSubAccId": "0071000888888",
            "virtualAccount": "VCB0011ABC004", "corresponsiveName": "",
        });
        json!({"error": 0, "data": {"page": 1, "records": [row]}}).to_string().into_bytes()
    }
}
