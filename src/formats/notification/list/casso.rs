//! Casso's list of transactions, version 2: `GET /v2/transactions`.
//!
//! From Casso's published page on this API: the path, `Authorization: Apikey`, the parameters
//! `fromDate` (`YYYY-MM-DD`; by default seven days ago), `toDate` (by default today), `page` from 1,
//! `pageSize`, `sort` (`ASC` by the transaction's time), and the answer. Its example writes `when` as
//! `2021-04-15T00:00:00`, older ones as a day alone or with a blank; figures are numbers, negative
//! for money that went out.
//!
//! Not verified with a live account: what `nextPage` is on the last page (nothing, or a page without
//! records, both end the walk), the largest `pageSize` (integrations use 100), how often one may
//! ask (429 is obeyed), which numbers `error` has, that `tid` and `id` are the webhook's `tid` or
//! `reference` and `id` (Casso's page on webhooks sends there to find lost ones), and that rows of a page shift to later pages only. The
//! list cannot be asked for one account: rows of all accounts of the key come.

use serde_json::Value;

use super::Page;
use super::fault::{Fault, ListError};
use super::rows::{self, Row};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice};
use crate::formats::notification::{casso, fields};

/// Where the list is.
pub(super) const PATH: &str = "/v2/transactions";
/// The most rows we ask for at once.
pub(super) const MOST_ROWS: u32 = 100;

/// What one answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub page: Page,
    /// Which page it is, where told.
    pub number: Option<u64>,
    /// The page after it, unless this is the last.
    pub next: Option<u64>,
}

/// Reads one answer.
pub(super) fn read(body: &[u8]) -> Result<Answer, Fault> {
    let answer = rows::object(body, ListError::Unreadable)?;
    match answer.get("error").and_then(rows::dong).map(Vnd::dong) {
        Some(0) => (),
        Some(401 | 403) => return Err(Fault::Lasting(ListError::TokenRefused)),
        Some(429) => return Err(Fault::TooOften),
        Some(code) => return Err(Fault::Lasting(ListError::Told(Some(code)))),
        None => return Err(Fault::Lasting(ListError::Unreadable)),
    }
    let data = answer.get("data").and_then(Value::as_object);
    let data = data.ok_or(Fault::Lasting(ListError::Unreadable))?;
    let Some(Value::Array(list)) = data.get("records") else {
        return Err(Fault::Lasting(ListError::Unreadable));
    };
    let notices: Vec<Notice> = list.iter().filter_map(|row| notice(row.as_object()?)).collect();
    let unreadable = list.len() - notices.len();
    let next = data.get("nextPage").and_then(number).filter(|_| !list.is_empty());
    let page = Page { notices, unreadable };
    Ok(Answer { page, number: data.get("page").and_then(number), next })
}

/// A page's number, of which there is no zeroth.
fn number(value: &Value) -> Option<u64> {
    let number = rows::dong(value)?.dong();
    u64::try_from(number).ok().filter(|number| *number > 0)
}

fn notice(row: &Row) -> Option<Notice> {
    let amount = rows::dong(row.get("amount")?)?;
    let movement = Movement {
        virtual_account: rows::account(row, "virtualAccount"),
        text: rows::text(row, "description"),
        payer_name: rows::text(row, "corresponsiveName"),
        payer_account: rows::account(row, "corresponsiveAccount"),
        payer_bank: rows::text(row, "corresponsiveBankName")
            .or_else(|| rows::text(row, "corresponsiveBankId")),
        ..fields::movement(rows::account(row, "bankSubAccId")?, rows::moment(row, "when")?, amount)
    };
    casso::directed(rows::id(row)?, rows::text(row, "tid"), movement).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::notification::NoticeBody;

    fn example() -> Value {
        json!({
            "id": 5790, "tid": "TF2104152997602811", "description": "Nguyen Van A nop hoc phi",
            "amount": 350_000, "cusumBalance": 720_904, "when": "2020-10-14 00:34:57",
            "bookingDate": "2020-10-14", "bankSubAccId": "8007041027107", "paymentChannel": "",
            "virtualAccount": "", "virtualAccountName": "", "corresponsiveName": "NGUYEN VAN A",
            "corresponsiveAccount": "19031234", "corresponsiveBankId": "970407",
            "corresponsiveBankName": "Techcombank", "accountId": 733, "bankCodeName": "acb_digi",
        })
    }

    fn page(data: &Value) -> Vec<u8> {
        json!({"error": 0, "message": "success", "data": data}).to_string().into_bytes()
    }

    #[test]
    fn a_row_is_money_that_came_in_or_went_out() {
        let mut out = example();
        (out["id"], out["amount"]) = (json!(5791), json!(-193_000));
        out["when"] = json!("2021-04-15T00:00:00");
        let data = json!({"page": 1, "nextPage": 2, "records": [example(), out]});
        let answer = read(&page(&data)).unwrap();
        assert_eq!((answer.number, answer.next, answer.page.unreadable), (Some(1), Some(2), 0));
        let came = Movement {
            account: "8007041027107".to_owned(),
            virtual_account: None,
            at: "2020-10-14T00:34:57".parse().unwrap(),
            amount: Vnd::new(350_000),
            reference: Some("TF2104152997602811".to_owned()),
            order: None,
            text: Some("Nguyen Van A nop hoc phi".to_owned()),
            payer_name: Some("NGUYEN VAN A".to_owned()),
            payer_account: Some("19031234".to_owned()),
            payer_bank: Some("Techcombank".to_owned()),
            through_gateway: false,
        };
        let went = Movement {
            at: "2021-04-15T00:00:00".parse().unwrap(),
            amount: Vnd::new(193_000),
            ..came.clone()
        };
        let expected = [
            Notice { id: "TF2104152997602811/5790".to_owned(), body: NoticeBody::Payment(came) },
            Notice { id: "TF2104152997602811/5791".to_owned(), body: NoticeBody::MoneyOut(went) },
        ];
        assert_eq!(answer.page.notices, expected);
    }

    #[test]
    fn a_bad_row_loses_neither_the_page_nor_its_count() {
        for (why, field, value) in [
            ("no id", "id", json!(null)),
            ("half a đồng", "amount", json!(100.5)),
            ("nothing moved", "amount", json!(0)),
            ("no account", "bankSubAccId", json!(null)),
            ("no time", "when", json!(null)),
        ] {
            let mut bad = example();
            bad[field] = value;
            let data = json!({"nextPage": null, "records": [bad, example(), 7]});
            let answer = read(&page(&data)).unwrap();
            assert_eq!((answer.page.notices.len(), answer.page.unreadable), (1, 2), "{why}");
        }
    }

    #[test]
    fn the_last_page_is_known_in_any_of_its_forms() {
        for (why, data) in [
            ("nothing", json!({"nextPage": null, "records": [example()]})),
            ("not told", json!({"records": [example()]})),
            ("zero", json!({"nextPage": 0, "records": [example()]})),
            ("an empty page", json!({"nextPage": 5, "records": []})),
        ] {
            assert_eq!(read(&page(&data)).unwrap().next, None, "{why}");
        }
    }

    #[test]
    fn an_answer_that_is_no_list_says_why() {
        use ListError as E;
        for (why, body, expected) in [
            ("a refused key", r#"{"error":401}"#, Fault::Lasting(E::TokenRefused)),
            ("too often", r#"{"error":429}"#, Fault::TooOften),
            ("another", r#"{"error":7,"message":"x"}"#, Fault::Lasting(E::Told(Some(7)))),
            ("not said", r#"{"data":{"records":[]}}"#, Fault::Lasting(E::Unreadable)),
            ("no data", r#"{"error":0,"data":null}"#, Fault::Lasting(E::Unreadable)),
            ("no records", r#"{"error":0,"data":{}}"#, Fault::Lasting(E::Unreadable)),
            ("nothing", "", Fault::Lasting(E::Unreadable)),
            ("a page", "\n<!doctype html>", Fault::Passing(E::NotList)),
            ("cut", r#"{"error":0,"data":{"rec"#, Fault::Passing(E::Unreadable)),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap_err(), expected, "{why}");
        }
    }
}
