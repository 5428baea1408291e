//! Reading of what comes from gateways, which hold the money: VNPAY, MoMo, ZaloPay and SePay's.

use super::{NOW, edited, only, read, terms, told};
use crate::domain::notification::{Notice, Provider};
use crate::formats::notification::{
    Method, Refusal, Request, Scheme, Secret, receive, reread, time,
};

const VNPAY: &str = "vnp_Amount=1000000&vnp_BankCode=NCB&vnp_CardType=ATM&vnp_OrderInfo=Nop+hoc+ph%C3%AD&vnp_PayDate=20240521091806&vnp_ResponseCode=00&vnp_TmnCode=TRUONG1&vnp_TransactionNo=14422574&vnp_TransactionStatus=00&vnp_TxnRef=D-1";

fn vnpay(query: &str) -> Result<Vec<Notice>, Refusal> {
    let request = Request { method: Method::Get, query, headers: &[], body: b"", now: NOW };
    reread(Provider::Vnpay, &terms(Scheme::Signature), &request)
}

#[test]
fn vnpay_has_been_paid_only_when_both_codes_say_so() {
    for (why, response, status, expected) in [
        ("paid", "00", "00", "D-1/14422574: +10000"),
        ("cancelled", "24", "02", "D-1/14422574/24/02: failed 24"),
        ("the response alone is fine", "00", "02", "D-1/14422574/00/02: failed 02"),
        ("the status alone is fine", "99", "00", "D-1/14422574/99/00: failed 99"),
        ("suspected of fraud", "07", "07", "D-1/14422574/07/07: failed 07"),
        ("refund refused", "00", "09", "D-1/14422574/00/09: failed 09"),
        ("taken back", "00", "04", "D-1/14422574/04: reversed 10000"),
        ("a refund under way", "00", "05", "D-1/14422574/05: unknown 05"),
        ("a refund sent", "00", "06", "D-1/14422574/06: reversed 10000"),
        ("no response", "", "00", "Unreadable"),
        ("no status", "00", "", "Unreadable"),
    ] {
        let query = edited(VNPAY, "ResponseCode=00", &format!("ResponseCode={response}"));
        let query = edited(&query, "Status=00", &format!("Status={status}"));
        assert_eq!(told(vnpay(&query)), expected, "{why}");
    }
}

#[test]
fn vnpay_writes_hundredths_of_which_there_are_none() {
    for (why, amount, expected) in [
        ("ten thousand", "1000000", Some(10_000)),
        ("the smallest", "100", Some(1)),
        ("the largest", "922337203685477580700", Some(i64::MAX)),
        ("one more", "922337203685477580800", None),
        ("a remainder", "1000050", None),
        ("a remainder of a hundredth", "1000001", None),
        ("nothing", "00", None),
        ("nothing at all", "000", None),
        ("negative", "-1000000", None),
        ("a sign", "%2B1000000", None),
        ("a fraction", "1000000.00", None),
        ("an exponent", "1e800", None),
        ("empty", "", None),
    ] {
        let read = vnpay(&edited(VNPAY, "1000000", amount));
        assert_eq!(read.is_ok().then(|| only(read).amount.dong()), expected, "{why}");
    }
}

#[test]
fn vnpay_is_read_in_what_it_tells() {
    let movement = only(vnpay(VNPAY));
    assert_eq!(movement.account, "TRUONG1");
    assert_eq!(movement.order.as_deref(), Some("D-1"));
    assert_eq!(movement.reference.as_deref(), Some("14422574"));
    assert_eq!(movement.text.as_deref(), Some("Nop hoc phí"));
    assert_eq!(movement.payer_bank.as_deref(), Some("NCB"));
    assert_eq!(movement.at, time::local("2024-05-21 09:18:06").unwrap());
    assert!(movement.through_gateway);
    for (why, from, to) in [
        ("no merchant", "vnp_TmnCode=TRUONG1", "vnp_TmnCode="),
        ("no order", "vnp_TxnRef=D-1", "vnp_TxnRef="),
        ("no number", "vnp_TransactionNo=14422574&", ""),
        ("no time", "20240521091806", ""),
        ("another form of time", "20240521091806", "2024-05-21"),
        ("a field twice", "vnp_CardType=ATM", "vnp_Amount=1"),
        ("a field twice, once encoded", "vnp_CardType=ATM", "vnp%5FAmount=1000000"),
        ("another currency", "vnp_CardType=ATM", "vnp_CurrCode=USD"),
    ] {
        assert_eq!(vnpay(&edited(VNPAY, from, to)), Err(Refusal::Unreadable), "{why}");
    }
}

#[test]
fn vnpay_may_post_a_form_and_encode_as_it_likes() {
    let secret = Secret::new("khoa".to_owned());
    let sign = |line: &str| {
        let code = super::super::proof::sha512(b"khoa", &[line.as_bytes()]);
        crate::domain::text::hex(&code)
    };
    for (why, info, method, from, to, taken) in [
        ("a query", "a+b", Method::Get, "", "", true),
        ("a form", "a+b", Method::Post, "", "", true),
        ("blanks as the other sign", "a%20b", Method::Get, "", "", true),
        ("a star encoded", "a%2Ab", Method::Get, "", "", true),
        ("brackets as they are", "(a)", Method::Get, "", "", true),
        ("another word", "a+b", Method::Get, "a+b", "a+c", false),
        ("a field more", "a+b", Method::Get, "a+b", "a+b&vnp_X=1", false),
        ("an empty field more", "a+b", Method::Get, "a+b", "a+b&vnp_X=", true),
        (
            "the kind of signature, which is not signed",
            "a+b",
            Method::Get,
            "a+b",
            "a+b&vnp_SecureHashType=HmacSHA512",
            true,
        ),
        ("a field less", "a+b", Method::Get, "&vnp_OrderInfo=a+b", "", false),
        ("a field twice", "a+b", Method::Get, "a+b", "a+b&vnp_Amount=1000000", false),
        ("no UTF-8", "a+b", Method::Get, "a+b", "a+%C3", false),
    ] {
        let line = edited(VNPAY, "Nop+hoc+ph%C3%AD", info);
        let sent = format!("{}&vnp_SecureHash={}", line.replacen(from, to, 1), sign(&line));
        let (query, body) = match method {
            Method::Get => (sent.as_str(), &b""[..]),
            Method::Post => ("vnp_Amount=1", sent.as_bytes()),
        };
        let request = Request { method, query, headers: &[], body, now: NOW };
        let outcome = receive(
            Provider::Vnpay,
            &terms(Scheme::Signature),
            std::slice::from_ref(&secret),
            &request,
        );
        assert_eq!(told(outcome), if taken { "D-1/14422574: +10000" } else { "Unproven" }, "{why}");
    }
}

const MOMO: &str = r#"{"partnerCode":"TRUONG1","orderId":"D-1","requestId":"R1","amount":1000,"orderInfo":"học phí","orderType":"momo_wallet","transId":4088878653,"resultCode":0,"message":"Successful.","payType":"qr","responseTime":1795755600942,"extraData":"","signature":"x"}"#;

#[test]
fn momo_has_been_paid_when_the_result_is_nothing() {
    for (why, from, to, expected) in [
        ("paid", "\"resultCode\":0", "\"resultCode\":0", "D-1/4088878653: +1000"),
        (
            "agreed to, not moved",
            "\"resultCode\":0",
            "\"resultCode\":9000",
            "D-1/4088878653/9000: unknown 9000",
        ),
        (
            "refused by the payer",
            "\"resultCode\":0",
            "\"resultCode\":1006",
            "D-1/4088878653/1006: failed 1006",
        ),
        ("no result", "\"resultCode\":0", "\"resultCode\":null", "Unreadable"),
        ("a time as text", "1795755600942", "\"1795755600942\"", "Unreadable"),
        ("a time beyond all calendars", "1795755600942", "9223372036854775807", "Unreadable"),
    ] {
        assert_eq!(
            told(read(Provider::Momo, edited(MOMO, from, to).as_bytes())),
            expected,
            "{why}"
        );
    }
    let movement = only(read(Provider::Momo, MOMO.as_bytes()));
    assert_eq!(movement.at, time::local("2026-11-27 12:00:00").unwrap());
    assert_eq!((movement.account.as_str(), movement.through_gateway), ("TRUONG1", true));
}

fn zalopay(kind: &str, from: &str, to: &str) -> Result<Vec<Notice>, Refusal> {
    let data = r#"{"app_id":2553,"app_trans_id":"261127_1","amount":10000,"embed_data":"{\"merchantinfo\":\" lớp 1A \"}","item":"[]","zp_trans_id":389,"server_time":1795755600498}"#;
    let data = serde_json::Value::from(edited(data, from, to)).to_string();
    let body = format!(r#"{{"data":{data},"mac":"x","type":{kind}}}"#);
    read(Provider::Zalopay, body.as_bytes())
}

#[test]
fn zalopay_calls_only_for_payments() {
    for (why, kind, from, to, expected) in [
        ("an order", "1", "2553", "2553", "261127_1/389: +10000"),
        ("no kind", "null", "2553", "2553", "Unreadable"),
        ("no merchant", "1", "2553", "null", "Unreadable"),
        ("no time", "1", "1795755600498", "null", "Unreadable"),
        ("no number", "1", "389", "\"\"", "Unreadable"),
        ("an amount as text", "1", "10000", "\"10000\"", "Unreadable"),
        ("no JSON inside", "1", "{\"app_id\"", "\"app_id\"", "Unreadable"),
    ] {
        assert_eq!(told(zalopay(kind, from, to)), expected, "{why}");
    }
    let agreement = told(zalopay("2", "2553", "2553"));
    assert!(agreement.starts_with("2/") && agreement.ends_with(": unknown 2"), "{agreement}");
    assert_ne!(agreement, told(zalopay("2", "2553", "2554")), "another agreement, another id");
    let movement = only(zalopay("1", "2553", "2553"));
    assert_eq!((movement.account.as_str(), movement.text.as_deref()), ("2553", Some("lớp 1A")));
    assert_eq!(movement.at, time::local("2026-11-27 12:00:00").unwrap());
    for (why, embedded) in
        [("an empty object", "{}"), ("a list", "[]"), ("no JSON", "x"), ("nothing", "")]
    {
        let movement = only(zalopay("1", r#"{\"merchantinfo\":\" lớp 1A \"}"#, embedded));
        assert_eq!(movement.text, None, "{why}");
    }
}

/// developer.sepay.vn, the example of a notification of the payment gateway.
const SEPAY: &str = r#"{"timestamp":1795755600,"notification_type":"ORDER_PAID","order":{"id":"e2c195be","order_id":"NPSETVI00101000042R","order_status":"CAPTURED","order_currency":"VND","order_amount":"50000.00","order_invoice_number":"SUB_202509_001","custom_data":[],"order_description":"Học phí"},"transaction":{"id":"384c66dd","payment_method":"CARD","transaction_id":"68ba94ac80123","transaction_type":"PAYMENT","transaction_date":"2026-11-27 12:00:00","transaction_status":"APPROVED","transaction_amount":"50000","transaction_currency":"VND","card_holder_name":"NGUYEN VAN A"},"customer":null}"#;

#[test]
fn sepays_gateway_tells_of_orders() {
    let paid = "ORDER_PAID/NPSETVI00101000042R/68ba94ac80123: +50000";
    for (why, from, to, expected) in [
        ("paid", "PAID", "PAID", paid),
        (
            "taken back",
            "ORDER_PAID",
            "TRANSACTION_VOID",
            "TRANSACTION_VOID/NPSETVI00101000042R/68ba94ac80123: reversed 50000",
        ),
        (
            "a kind we do not know",
            "ORDER_PAID",
            "RENEWAL_ORDER_PAID",
            "RENEWAL_ORDER_PAID/NPSETVI00101000042R/68ba94ac80123: unknown RENEWAL_ORDER_PAID",
        ),
        (
            "paid by what is not approved",
            "APPROVED",
            "DECLINED",
            "ORDER_PAID/NPSETVI00101000042R/68ba94ac80123/DECLINED: unknown ORDER_PAID DECLINED",
        ),
        ("a zero fraction", "\"50000\"", "\"50000.00\"", paid),
        ("a number", "\"50000\"", "50000", paid),
        ("half a dong", "\"50000\"", "\"50000.50\"", "Unreadable"),
        ("a point and nothing", "\"50000\"", "\"50000.\"", "Unreadable"),
        ("grouped", "\"50000\"", "\"50.000.00\"", "Unreadable"),
        ("negative", "\"50000\"", "\"-50000\"", "Unreadable"),
        ("nothing", "\"50000\"", "\"0.00\"", "Unreadable"),
        ("empty", "\"50000\"", "\"\"", "Unreadable"),
        ("the order's amount alone", "\"transaction_amount\":\"50000\",", "", paid),
        (
            "another currency of the order",
            "\"order_currency\":\"VND\"",
            "\"order_currency\":\"USD\"",
            "Unreadable",
        ),
        (
            "another currency paid",
            "\"transaction_currency\":\"VND\"",
            "\"transaction_currency\":\"USD\"",
            "Unreadable",
        ),
        ("no time of its own", "\"2026-11-27 12:00:00\"", "null", paid),
        ("no order", "\"order\":", "\"ordre\":", "Unreadable"),
        ("no transaction", "\"transaction\":", "\"x\":", "Unreadable"),
    ] {
        assert_eq!(
            told(read(Provider::Sepay, edited(SEPAY, from, to).as_bytes())),
            expected,
            "{why}"
        );
    }
    let paid = only(read(Provider::Sepay, SEPAY.as_bytes()));
    let void =
        only(read(Provider::Sepay, edited(SEPAY, "ORDER_PAID", "TRANSACTION_VOID").as_bytes()));
    assert_eq!(paid, void, "the reversal names the order of the payment");
    assert_eq!(paid.order.as_deref(), Some("SUB_202509_001"));
    assert_eq!((paid.account.as_str(), paid.through_gateway), ("sepay", true));
    assert_eq!(paid.at, time::local("2026-11-27 12:00:00").unwrap());
}
