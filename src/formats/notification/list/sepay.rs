//! SePay's list of transactions, user API version 1: `GET /userapi/transactions/list`.
//!
//! From SePay's published pages on this API, on reconciling with it and on moving to version 2: the
//! path, `Authorization: Bearer`, the parameters `account_number`, `transaction_date_min` and `_max`
//! (`yyyy-mm-dd` or `yyyy-mm-dd HH:mm:ss`, both inclusive), `since_id` (inclusive), `limit` (5000 at
//! most, and by default), the answer with figures and ids as text, two or three requests a second
//! (the pages differ), 429 with `x-sepay-userapi-retry-after`, and that a refused token gets status
//! 200 with an empty body.
//!
//! Not verified with a live account: in which order the rows come (so no step of ours rests on it),
//! what an error inside of an answer looks like (`status` and `messages.success` are believed), that
//! `id` is that of the webhook (examples agree), whether `transaction_date_max` includes its second.
//! Version 2 of the API is left alone: its ids are others than the webhook's.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::Page;
use super::fault::{Fault, ListError, of_status};
use super::rows::{self, Row};
use crate::domain::money::Vnd;
use crate::domain::notification::{Movement, Notice, NoticeBody};
use crate::formats::notification::fields;

/// Where the list is.
pub(super) const PATH: &str = "/userapi/transactions/list";
/// The most rows the provider gives at once.
pub(super) const MOST_ROWS: u32 = 5_000;

/// What one answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub page: Page,
    /// Rows, read or not.
    pub rows: usize,
    /// When the rows happened that were read.
    pub times: Vec<NaiveDateTime>,
}

/// Reads one answer.
pub(super) fn read(body: &[u8]) -> Result<Answer, Fault> {
    let answer = rows::object(body, ListError::TokenRefused)?;
    if let Some(status) = answer.get("status") {
        let status = rows::dong(status).and_then(|status| u16::try_from(status.dong()).ok());
        of_status(status.ok_or(Fault::Lasting(ListError::Unreadable))?)?;
    }
    let success = answer.get("messages").and_then(|messages| messages.get("success"));
    if success == Some(&Value::Bool(false)) {
        return Err(Fault::Lasting(ListError::Told(None)));
    }
    let Some(Value::Array(list)) = answer.get("transactions") else {
        return Err(Fault::Lasting(ListError::Unreadable));
    };
    let notices: Vec<Notice> = list.iter().filter_map(|row| notice(row.as_object()?)).collect();
    let times = notices.iter().filter_map(time_of).collect();
    let unreadable = list.len() - notices.len();
    Ok(Answer { page: Page { notices, unreadable }, rows: list.len(), times })
}

fn time_of(notice: &Notice) -> Option<NaiveDateTime> {
    match &notice.body {
        NoticeBody::Payment(movement) | NoticeBody::MoneyOut(movement) => Some(movement.at),
        _ => None,
    }
}

fn notice(row: &Row) -> Option<Notice> {
    // One of the two is nothing, and a bank may leave that one out.
    let side = |name| match row.get(name) {
        None | Some(Value::Null) => Some(Vnd::ZERO),
        Some(value) => rows::dong(value).filter(|amount| amount.is_zero() || amount.is_positive()),
    };
    let (into, out) = (side("amount_in")?, side("amount_out")?);
    if !into.is_zero() && !out.is_zero() {
        return None;
    }
    let came = out.is_zero();
    let movement = Movement {
        virtual_account: rows::account(row, "sub_account"),
        reference: rows::text(row, "reference_number"),
        text: rows::text(row, "transaction_content"),
        ..fields::movement(
            rows::account(row, "account_number")?,
            rows::moment(row, "transaction_date")?,
            fields::positive(if came { into } else { out }).ok()?,
        )
    };
    // `code` is left out: what SePay itself found in the text; we look for ourselves.
    let body = if came { NoticeBody::Payment(movement) } else { NoticeBody::MoneyOut(movement) };
    fields::notice(rows::id(row)?, body).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn example() -> Value {
        json!({
            "id": "49682", "bank_brand_name": "MBBank", "account_number": "0071000888888",
            "transaction_date": "2023-05-05 19:59:48", "amount_out": "0.00",
            "amount_in": "18067000.00", "accumulated": "1200541768.00",
            "transaction_content": "HP2601000010 nop hoc phi", "reference_number": "FT677760",
            "code": null, "sub_account": null, "bank_account_id": "19",
        })
    }

    fn page(list: &Value) -> Vec<u8> {
        let answer = json!({
            "status": 200, "error": null, "messages": {"success": true}, "transactions": list,
        });
        answer.to_string().into_bytes()
    }

    #[test]
    fn a_row_is_money_that_came_in() {
        let answer = read(&page(&json!([example()]))).unwrap();
        assert_eq!((answer.rows, answer.page.unreadable), (1, 0));
        let expected = Movement {
            account: "0071000888888".to_owned(),
            virtual_account: None,
            at: "2023-05-05T19:59:48".parse().unwrap(),
            amount: Vnd::new(18_067_000),
            reference: Some("FT677760".to_owned()),
            order: None,
            text: Some("HP2601000010 nop hoc phi".to_owned()),
            payer_name: None,
            payer_account: None,
            payer_bank: None,
            through_gateway: false,
        };
        let notice = Notice { id: "49682".to_owned(), body: NoticeBody::Payment(expected) };
        assert_eq!(answer.page.notices, [notice]);
    }

    #[test]
    fn a_bad_row_loses_neither_the_page_nor_its_count() {
        for (why, field, value) in [
            ("no id", "id", json!(null)),
            ("a version 2 id", "id", json!("07ad3dc9-1111")),
            ("half a đồng", "amount_in", json!("100.50")),
            ("negative", "amount_in", json!("-100")),
            ("both ways", "amount_out", json!("1.00")),
            ("neither way", "amount_in", json!("0.00")),
            ("no account", "account_number", json!("")),
            ("no time", "transaction_date", json!("yesterday")),
        ] {
            let mut bad = example();
            bad[field] = value;
            let answer = read(&page(&json!([bad, example(), "a text"]))).unwrap();
            assert_eq!(answer.page.notices.len(), 1, "{why}");
            assert_eq!((answer.page.unreadable, answer.rows), (2, 3), "{why}");
        }
    }

    #[test]
    fn money_that_went_out_is_told_apart() {
        let mut row = example();
        (row["amount_in"], row["amount_out"]) = (json!("0.00"), json!("500000.00"));
        (row["sub_account"], row["code"]) = (json!("VCB0011ABC004"), json!("DH1709"));
        let answer = read(&page(&json!([row]))).unwrap();
        let NoticeBody::MoneyOut(movement) = &answer.page.notices[0].body else { panic!() };
        assert_eq!(movement.amount, Vnd::new(500_000));
        assert_eq!(movement.virtual_account.as_deref(), Some("VCB0011ABC004"));
        assert_eq!(movement.order, None, "what SePay made of the text is its own guess");
    }

    #[test]
    fn an_answer_that_is_no_list_says_why() {
        use ListError as E;
        for (why, body, expected) in [
            ("a refused token", "", Fault::Lasting(E::TokenRefused)),
            ("the same, told", r#"{"status":401}"#, Fault::Lasting(E::TokenRefused)),
            ("too often", r#"{"status":"429"}"#, Fault::TooOften),
            ("an outage", r#"{"status":500}"#, Fault::Passing(E::Unavailable)),
            (
                "no success",
                r#"{"status":200,"messages":{"success":false},"transactions":[]}"#,
                Fault::Lasting(E::Told(None)),
            ),
            ("a page", "<html>Bảo trì</html>", Fault::Passing(E::NotList)),
            ("cut", r#"{"status":200,"transactions":[{"id":"#, Fault::Passing(E::Unreadable)),
            ("something else", r#"{"status":200,"data":[]}"#, Fault::Lasting(E::Unreadable)),
            ("no object", "[]", Fault::Lasting(E::Unreadable)),
        ] {
            assert_eq!(read(body.as_bytes()).unwrap_err(), expected, "{why}");
        }
    }
}
