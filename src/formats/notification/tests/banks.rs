//! Reading of what comes from bank accounts: SePay, Casso, payOS, VietQR.vn, Pay2S, our own JSON.

use super::{NOW, edited, only, read, told};
use crate::domain::notification::Provider;
use crate::formats::notification::time;

fn said(provider: Provider, body: &str) -> String {
    told(read(provider, body.as_bytes()))
}

/// developer.sepay.vn, the example of a bank transaction.
const SEPAY: &str = r#"{"id":92704,"gateway":"Vietcombank","transactionDate":"2023-03-25 14:02:37","accountNumber":"0123499999","code":null,"content":"chuyen tien mua iphone","transferType":"in","transferAmount":2277000,"accumulated":19077000,"subAccount":null,"referenceCode":"MBVCB.3278907687","description":""}"#;

const BANK_HUB: &str = r#"{"gateway":"MBBank","transaction_date":"2026-11-27 12:00:00","account_number":"0123 499999","bank_account_xid":"x1","va":"VA1","payment_code":null,"content":"học phí","transfer_type":"credit","amount":50000,"reference_code":"FT1","accumulated":0,"transaction_id":"t-1"}"#;

#[test]
fn sepay_tells_of_bank_transactions() {
    for (why, from, to, expected) in [
        ("money in", "in\"", "in\"", "92704: +2277000"),
        ("money out", "\"in\"", "\"out\"", "92704: -2277000"),
        ("neither", "\"in\"", "\"sideways\"", "Unreadable"),
        ("in capitals, which SePay does not write", "\"in\"", "\"IN\"", "Unreadable"),
        ("the id as text", "92704", "\"92704\"", "92704: +2277000"),
        ("the id as a fraction", "92704", "92704.5", "Unreadable"),
        ("another form of time", "2023-03-25 14:02:37", "25/03/2023 14:02", "Unreadable"),
        ("a time that is none", "14:02:37", "25:02:37", "Unreadable"),
        ("two formats in one", "{", "{\"notification_type\":\"ORDER_PAID\",", "Unreadable"),
        ("no format at all", "transferType", "transfer", "Unreadable"),
    ] {
        assert_eq!(said(Provider::Sepay, &edited(SEPAY, from, to)), expected, "{why}");
    }
    let movement = only(read(Provider::Sepay, SEPAY.as_bytes()));
    assert_eq!(movement.at, time::local("2023-03-25 14:02:37").unwrap());
    assert_eq!(movement.reference.as_deref(), Some("MBVCB.3278907687"));
    assert_eq!(movement.text.as_deref(), Some("chuyen tien mua iphone"));
    assert!(!movement.through_gateway);
}

#[test]
fn sepay_bank_hub_is_read_too() {
    for (why, from, to, expected) in [
        ("credit", "credit", "credit", "hub/t-1: +50000"),
        ("debit", "credit", "debit", "hub/t-1: -50000"),
        ("neither", "credit", "in", "Unreadable"),
        (
            "a time with its offset",
            "2026-11-27 12:00:00",
            "2026-11-27T05:00:00Z",
            "hub/t-1: +50000",
        ),
        ("an instant", "\"2026-11-27 12:00:00\"", "1795755600", "hub/t-1: +50000"),
        ("another form of time", "2026-11-27 12:00:00", "27/11/2026", "Unreadable"),
        ("no id", "\"t-1\"", "null", "Unreadable"),
        ("no reference", "\"FT1\"", "null", "hub/t-1: +50000"),
        ("a fraction", "50000", "50000.5", "Unreadable"),
    ] {
        let body = edited(BANK_HUB, from, to);
        assert_eq!(said(Provider::Sepay, &body), expected, "{why}");
        if expected.ends_with('0') {
            let movement = only(read(Provider::Sepay, body.as_bytes()));
            assert_eq!(movement.at, time::local("2026-11-27 12:00:00").unwrap(), "{why}");
            assert_eq!(movement.account, "0123499999");
            assert_eq!(movement.virtual_account.as_deref(), Some("VA1"));
        }
    }
}

/// developer.casso.vn, the example of version 1, with a second movement.
const CASSO_1: &str = r#"{"error":0,"data":[{"id":1001,"tid":"FT21264000000001","description":"giao dich thu nghiem","amount":599000,"cusum_balance":25000000,"when":"2024-10-03 15:06:37","bank_sub_acc_id":"123456789","subAccId":"123456789","bankName":"Ngan hang A","bankAbbreviation":"MB","virtualAccount":"","virtualAccountName":"","corresponsiveName":"NGUYEN VAN A","corresponsiveAccount":"8888888888","corresponsiveBankId":"970415","corresponsiveBankName":""},{"id":1002,"tid":"FT21264000000001","amount":-1000,"when":"2024-10-03 15:06:38","subAccId":"987654321"}]}"#;

#[test]
fn casso_1_tells_of_several_movements_at_once() {
    let both = "FT21264000000001/1001: +599000, FT21264000000001/1002: -1000";
    for (why, from, to, expected) in [
        ("in and out, one reference", "1001", "1001", both),
        (
            "a trial by its id",
            "\"id\":1001",
            "\"id\":0",
            "MA_GIAO_DICH_THU_NGHIEM/0: test, FT21264000000001/1002: -1000",
        ),
        (
            "a trial by its reference",
            "\"tid\":\"FT21264000000001\"",
            "\"tid\":\"MA_GIAO_DICH_THU_NGHIEM\"",
            "MA_GIAO_DICH_THU_NGHIEM/1001: test, FT21264000000001/1002: -1000",
        ),
        (
            "no reference",
            "\"tid\":\"FT21264000000001\"",
            "\"tid\":\"\"",
            "1001: +599000, FT21264000000001/1002: -1000",
        ),
        ("one of them in doubt", "-1000", "-1000.5", "Unreadable"),
        ("nothing moved", "-1000", "0", "Unreadable"),
        ("no amount there is", "-1000", "-9223372036854775808", "Unreadable"),
        ("an error", "\"error\":0", "\"error\":1", "Unreadable"),
        ("no account", "\"subAccId\":\"987654321\"", "\"subAccId\":\"\"", "Unreadable"),
    ] {
        assert_eq!(said(Provider::Casso, &edited(CASSO_1, from, to)), expected, "{why}");
    }
    assert_eq!(said(Provider::Casso, r#"{"error":0,"data":[]}"#), "Unreadable", "an empty list");
    assert_eq!(said(Provider::Casso, r#"{"error":0,"data":[1]}"#), "Unreadable", "no object in it");
    let notices = read(Provider::Casso, CASSO_1.as_bytes()).unwrap();
    let accounts: Vec<String> =
        notices.into_iter().map(|notice| only(Ok(vec![notice])).account).collect();
    assert_eq!(accounts, ["123456789", "987654321"]);
}

const PAYOS: &str = r#"{"code":"00","desc":"success","success":true,"data":{"orderCode":124,"amount":3000,"description":"VQRIO123","accountNumber":"12345678","reference":"TF1","transactionDateTime":"2023-02-04 18:25:00","currency":"VND","paymentLinkId":"124c","code":"00","desc":"Thành công","counterAccountBankId":"970415","counterAccountBankName":null,"counterAccountName":"A","counterAccountNumber":"1","virtualAccountName":null,"virtualAccountNumber":"V1"},"signature":""}"#;

#[test]
fn payos_is_believed_in_what_it_signs() {
    for (why, from, to, expected) in [
        ("paid", "124,", "124,", "124/TF1: +3000"),
        (
            "failed",
            "\"code\":\"00\",\"desc\":\"Thành",
            "\"code\":\"01\",\"desc\":\"Thành",
            "124/TF1/01: failed 01",
        ),
        ("a code beside what is signed", "{\"code\":\"00\"", "{\"code\":\"01\"", "124/TF1: +3000"),
        ("the order of the sample alone", "124,", "123,", "123/TF1: +3000"),
        ("the reference of the sample alone", "TF1", "TF230204212323", "124/TF230204212323: +3000"),
        ("another currency", "VND", "USD", "Unreadable"),
        ("no currency", "\"VND\"", "null", "124/TF1: +3000"),
        ("no reference", "\"TF1\"", "null", "Unreadable"),
        ("an order as text", "124,", "\"124\",", "124/TF1: +3000"),
    ] {
        assert_eq!(said(Provider::Payos, &edited(PAYOS, from, to)), expected, "{why}");
    }
    let movement = only(read(Provider::Payos, PAYOS.as_bytes()));
    assert_eq!(movement.order.as_deref(), Some("124"));
    assert_eq!(movement.payer_bank.as_deref(), Some("970415"), "the id, where no name is told");
    assert!(!movement.through_gateway, "the bank account is the school's own");
}

const VIETQR: &str = r#"{"bankaccount":"0123499999","amount":50000,"transType":"C","content":"HP2601000010","transactionid":"t1","transactiontime":1795755600000,"referencenumber":"FT1","orderId":"D1"}"#;

#[test]
fn vietqr_vn_is_read_in_any_case() {
    for (why, from, to, expected) in [
        ("as documented", "t1", "t1", "t1: +50000"),
        ("in the other case", "bankaccount", "bankAccount", "t1: +50000"),
        ("in capitals", "transactionid", "TRANSACTIONID", "t1: +50000"),
        ("money out", "\"C\"", "\"D\"", "t1: -50000"),
        ("neither", "\"C\"", "\"X\"", "Unreadable"),
        ("no id of the transaction", "\"t1\"", "\"\"", "FT1: +50000"),
        ("one name in two cases", "{", "{\"Amount\":1,", "Unreadable"),
        ("one name in two cases with one value", "{", "{\"AMOUNT\":50000,", "Unreadable"),
        ("another currency", "{", "{\"currency\":\"USD\",", "Unreadable"),
    ] {
        assert_eq!(said(Provider::Vietqr, &edited(VIETQR, from, to)), expected, "{why}");
    }
    let nameless = edited(&edited(VIETQR, "\"t1\"", "null"), "\"FT1\"", "null");
    assert_eq!(said(Provider::Vietqr, &nameless), "Unreadable", "neither id nor reference");
    let (noon, came) =
        (time::local("2026-11-27 12:00:00").unwrap(), time::from_seconds(NOW).unwrap());
    for (why, written, expected) in [
        ("thousandths", "1795755600000", Some(noon)),
        ("as text", "\"1795755600000\"", Some(noon)),
        ("seconds", "1795755600", Some(noon)),
        ("local", "\"2026-11-27 12:00:00\"", Some(noon)),
        ("not told: it came at once", "null", Some(came)),
        ("none that is known", "\"27/11/2026\"", None),
        ("negative", "-1", None),
    ] {
        let read = read(Provider::Vietqr, edited(VIETQR, "1795755600000", written).as_bytes());
        assert_eq!(read.is_ok().then(|| only(read).at), expected, "{why}");
    }
}

#[test]
fn pay2s_tells_of_several_transactions_at_once() {
    let body = r#"{"transactions":[{"id":1,"gateway":"ACB","transactionDate":"2025-01-01 10:00:00","transactionNumber":"1234","accountNumber":"0000000","content":"HP ABC","transferType":"IN","transferAmount":100000,"checksum":"x"},{"id":"2","transactionDate":"2025-01-01 10:00:01","accountNumber":"0000001","transferType":"OUT","transferAmount":5}]}"#;
    for (why, from, to, expected) in [
        ("in and out", "IN", "IN", "1: +100000, 2: -5"),
        ("small letters, which Pay2S does not write", "IN", "in", "Unreadable"),
        ("one of them in doubt", ":5}", ":\"5\"}", "Unreadable"),
        ("not a list", "[{\"id\":1", "{\"x\":[{\"id\":1", "Unreadable"),
    ] {
        assert_eq!(said(Provider::Pay2s, &edited(body, from, to)), expected, "{why}");
    }
    assert_eq!(said(Provider::Pay2s, r#"{"transactions":[]}"#), "Unreadable", "an empty list");
}

#[test]
fn our_own_json_says_what_it_documents() {
    let body = r#"{"type":"payment.received","timestamp":"2026-11-27T05:00:02Z","data":{"account":"0123499999","virtual_account":"TKP1","amount":2277000,"currency":"VND","booked_at":"2026-11-27T05:00:00Z","reference":"FT1","order":"1A-12","remittance":"HP2601000010","payer":{"name":"A","account":"1 2","bank":"VCB"}}}"#;
    for (why, from, to, expected) in [
        ("money in", "received", "received", "msg_1: +2277000"),
        ("taken back", "received", "reversed", "msg_1: reversed 2277000"),
        ("money out", "received", "sent", "msg_1: -2277000"),
        ("a trial", "payment.received", "test", "msg_1: test"),
        ("a kind to come", "received", "promised", "msg_1: unknown payment.promised"),
        ("a kind too long to be kept", "received", &"x".repeat(200), "Unreadable"),
        ("another currency", "VND", "USD", "Unreadable"),
        ("no offset", "05:00:00Z", "05:00:00", "Unreadable"),
        (
            "no payer",
            "{\"name\":\"A\",\"account\":\"1 2\",\"bank\":\"VCB\"}",
            "null",
            "msg_1: +2277000",
        ),
        (
            "a payer that is a text",
            "{\"name\":\"A\",\"account\":\"1 2\",\"bank\":\"VCB\"}",
            "\"A\"",
            "Unreadable",
        ),
    ] {
        assert_eq!(said(Provider::Standard, &edited(body, from, to)), expected, "{why}");
    }
    let movement = only(read(Provider::Standard, body.as_bytes()));
    assert_eq!(movement.at, time::local("2026-11-27 12:00:00").unwrap(), "on Vietnam's clock");
    assert_eq!(movement.payer_account.as_deref(), Some("12"));
}
