//! What of a request is kept: one body for each thing it says, and nothing that proves anything.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Request;
use crate::domain::notification::Provider;

/// Casso, version 1.
#[derive(Deserialize, Serialize)]
struct CassoList<'a> {
    error: i64,
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

/// Pay2S.
#[derive(Deserialize, Serialize)]
struct Pay2sList<'a> {
    #[serde(borrow)]
    transactions: Vec<&'a RawValue>,
}

/// The bodies of the notices of a request, in their order: the whole body where it brings one notice;
/// of a list, which only providers with a key and no signature send, each movement wrapped alone, as
/// it stands.
#[must_use]
pub fn split(provider: Provider, request: &Request<'_>) -> Vec<String> {
    let text = String::from_utf8_lossy(request.body).into_owned();
    let alone: Option<Vec<String>> = match provider {
        Provider::Casso => serde_json::from_str::<CassoList<'_>>(&text).ok().and_then(|list| {
            let wrap =
                |one| serde_json::to_string(&CassoList { error: list.error, data: vec![one] });
            list.data.iter().copied().map(|one| wrap(one).ok()).collect()
        }),
        Provider::Pay2s => serde_json::from_str::<Pay2sList<'_>>(&text).ok().and_then(|list| {
            let wrap = |one| serde_json::to_string(&Pay2sList { transactions: vec![one] });
            list.transactions.iter().copied().map(|one| wrap(one).ok()).collect()
        }),
        _ => None,
    };
    alone.unwrap_or_else(|| vec![text])
}

/// A query string without the signature in it (VNPAY).
#[must_use]
pub fn without_proof(query: &str) -> String {
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.to_ascii_lowercase().starts_with("vnp_securehash"))
        .collect();
    kept.join("&")
}

#[cfg(test)]
mod tests {
    use super::super::{Method, Scheme, Terms, reread};
    use super::*;

    fn request(body: &str) -> Request<'_> {
        Request { method: Method::Post, query: "", headers: &[], body: body.as_bytes(), now: 0 }
    }

    #[test]
    fn a_list_is_kept_movement_by_movement_as_it_stands() {
        let body = r#"{"error":0,"data":[
            {"id":1,"tid":"FT1","description":"a  \u0111","amount":1000,"cusum_balance":0,"when":"2026-11-27 08:00:00","bank_sub_acc_id":"1","subAccId":"1"},
            {"id":2,"tid":"FT2","description":"b","amount":2000,"cusum_balance":0,"when":"2026-11-27 08:00:00","bank_sub_acc_id":"1","subAccId":"1"}]}"#;
        let kept = split(Provider::Casso, &request(body));
        assert_eq!(kept.len(), 2);
        assert!(kept[0].contains(r#""description":"a  \u0111""#), "{}", kept[0]);
        let terms = Terms {
            endpoint: String::new(),
            scheme: Scheme::Key,
            client: None,
            tolerance_seconds: 300,
        };
        let all = reread(Provider::Casso, &terms, &request(body)).unwrap();
        let one_by_one: Vec<_> = kept
            .iter()
            .flat_map(|body| reread(Provider::Casso, &terms, &request(body)).unwrap())
            .collect();
        assert_eq!(one_by_one, all);
        assert_eq!(split(Provider::Payos, &request("{} ")), ["{} "]);
    }

    #[test]
    fn a_signature_is_not_kept() {
        assert_eq!(
            without_proof("vnp_Amount=1&vnp_SecureHash=ab&vnp_SecureHashType=SHA512&vnp_TxnRef=2"),
            "vnp_Amount=1&vnp_TxnRef=2"
        );
        assert_eq!(without_proof(""), "");
    }
}
