//! Known answers: messages and signatures that others have published, or that follow their words.

use serde_json::{Value, json};

use super::{NOW, told};
use crate::domain::notification::Provider;
use crate::formats::notification::{
    Method, Refusal, Request, Scheme, Secret, Terms, payos, prove, receive, sepay, standard,
};

struct Message<'a> {
    provider: Provider,
    key: &'a str,
    client: Option<&'a str>,
    query: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: &'a str,
    now: i64,
}

impl Message<'_> {
    fn put<T>(&self, ask: impl Fn(&Terms, &[Secret], &Request<'_>) -> T) -> T {
        let terms = Terms {
            endpoint: "1".to_owned(),
            scheme: Scheme::Signature,
            client: self.client.map(str::to_owned),
            tolerance_seconds: 300,
        };
        let headers: Vec<(String, String)> =
            self.headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let method = if self.query.is_empty() { Method::Post } else { Method::Get };
        let (query, body) = (self.query, self.body.as_bytes());
        let request = Request { method, query, headers: &headers, body, now: self.now };
        ask(&terms, &[Secret::new(self.key.to_owned())], &request)
    }

    fn received(&self) -> String {
        told(self.put(|terms, secrets, request| receive(self.provider, terms, secrets, request)))
    }

    fn proven(&self) -> Result<(), Refusal> {
        self.put(|terms, secrets, request| prove(self.provider, terms, secrets, request))
    }
}

fn message<'a>(provider: Provider, key: &'a str, body: &'a str) -> Message<'a> {
    Message { provider, key, client: None, query: "", headers: &[], body, now: NOW }
}

/// payos.vn documentation, page on checking data with signature; `AMOUNT` is 3000.
const PAYOS_DOCS: &str = r#"{"code":"00","desc":"success","success":true,"data":{"orderCode":123,"amount":AMOUNT,"description":"VQRIO123","accountNumber":"12345678","reference":"TF230204212323","transactionDateTime":"2023-02-04 18:25:00","currency":"VND","paymentLinkId":"124c33293c43417ab7879e14c8d9eb18","code":"00","desc":"Thành công","counterAccountBankId":"","counterAccountBankName":"","counterAccountName":"","counterAccountNumber":"","virtualAccountName":"","virtualAccountNumber":""},"signature":"412e915d2871504ed31be63c8f62a149a4410d34c4c42affc9006ef9917eaa03"}"#;
const PAYOS_DOCS_KEY: &str = "1a54716c8f0efb2744fb28b6e38b25da7f67a925d98bc1c18bd8faaecadd7675";

#[test]
fn payos_signs_as_its_libraries_test() {
    // github payOSHQ/payos-lib-python, commit 830f95e, tests/_crypto/testCases.json, case "webhook".
    let body = r#"{"data":{"accountNumber":"0123456789","amount":20000,"description":"thanh toan","reference":"FT-REFERENCE","transactionDateTime":"2025-12-12 09:00:00","virtualAccountNumber":"","counterAccountBankId":"01202001","counterAccountBankName":"","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"9876543210","virtualAccountName":"","currency":"VND","orderCode":0,"paymentLinkId":"payment-link-id","code":"00","desc":"success"},"signature":"302b3becca1672dff99daafae2965f40e48ea3ca39453e4bf37fbcc26807a0e8"}"#;
    let webhook = message(Provider::Payos, "test_checksum_key", body);
    assert_eq!(webhook.received(), "0/FT-REFERENCE: +20000");

    let genuine = PAYOS_DOCS.replace("AMOUNT", "3000");
    let documented = message(Provider::Payos, PAYOS_DOCS_KEY, &genuine);
    assert_eq!(documented.received(), "123/TF230204212323: test");
    // The same with another amount.
    let tampered = PAYOS_DOCS.replace("AMOUNT", "3001");
    assert_eq!(message(Provider::Payos, PAYOS_DOCS_KEY, &tampered).received(), "Unproven");
}

#[test]
fn payos_signs_nulls_and_lists_as_its_libraries_test() {
    // github payOSHQ/payos-lib-python, commit 830f95e, tests/_crypto/testCases.json, cases "paid
    // payment link with 1 transaction", "… with many transactions", "pending payment link".
    let transaction = json!({
        "accountNumber": "0123456789", "amount": 2000, "counterAccountBankId": "01202001",
        "counterAccountBankName": null, "counterAccountName": "NGUYEN VAN A",
        "counterAccountNumber": "9876543210", "description": "TRANSACTION DESCRIPTION",
        "reference": "FT-REFERENCE", "transactionDateTime": "2025-12-12T09:00:00+07:00",
        "virtualAccountName": null, "virtualAccountNumber": null
    });
    let secret = Secret::new("test_checksum_key".to_owned());
    for (transactions, paid, left, status, expected) in [
        (
            vec![transaction.clone()],
            2000,
            0,
            "PAID",
            "6af5e2c9a28256c140169ed624114b43295915d7b6e2fa6278b17a7c43aadefd",
        ),
        (
            vec![transaction.clone(), transaction],
            2000,
            0,
            "PAID",
            "04ebbe221724d2b848c3f39b2db3311cc554167f55bd2fe2cb7b86b6bfdeadaa",
        ),
        (
            vec![],
            0,
            2000,
            "PENDING",
            "33093364158b143baa9ecd2e705d9a2a5a5d391a3cab7cb0a371588b3731368f",
        ),
    ] {
        let link: Value = json!({
            "id": "payment-link-id", "orderCode": 0, "amount": 2000, "amountPaid": paid,
            "amountRemaining": left, "status": status, "createdAt": "2025-12-12T09:00:00+07:00",
            "transactions": transactions, "canceledAt": null, "cancellationReason": null
        });
        assert_eq!(payos::signature(&secret, &link.to_string()), expected, "{status}");
        let body = json!({ "data": link, "signature": expected }).to_string();
        assert_eq!(message(Provider::Payos, "test_checksum_key", &body).proven(), Ok(()));
    }
    assert_eq!(payos::signature(&secret, "[]"), "", "what is no object is not signed");
}

#[test]
fn casso_signs_as_most_of_its_samples_say() {
    // github CassoHQ/casso-webhook-v2-verify-signature, commit 0bfff92, golang.go, php.php, python.py.
    let body = r#"{"error":0,"data":{"id":0,"reference":"MA_GIAO_DICH_THU_NGHIEM","description":"giao dich thu nghiem","amount":599000,"runningBalance":25000000,"transactionDateTime":"2024-10-03 15:06:37","accountNumber":"88888888","bankName":"VPBank","bankAbbreviation":"VPB","virtualAccountNumber":"","virtualAccountName":"","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"8888888888","counterAccountBankId":"970415","counterAccountBankName":"VietinBank"}}"#;
    let genuine = Message {
        headers: &[(
            "X-Casso-Signature",
            "t=1727948258788,v1=ed0a4bd2e826d5cb69988cdb141e6c1a080e21f3b57eb72cd78192220042b9e7dde0868fc667faea8e224900fa7904e7c88dfa098032fb2d6b6996856e8b7ff3",
        )],
        now: 1_727_948_258,
        ..message(
            Provider::Casso,
            "mgExMrjj4i7a1p8Cs6LmFbpCd8lbw4sSX4LZXPag7TKazeIogtR90tvWYTkwQbvs",
            body,
        )
    };
    assert_eq!(genuine.received(), "MA_GIAO_DICH_THU_NGHIEM/0: test");

    // The same repository, README.md and javascript.js: the first signature is printed there and does
    // not belong to the key printed beside it; the second was computed.
    let body = r#"{"error":0,"data":{"id":218897,"reference":"FT24364030863634","description":"hoi lai 100 bao mun dua","amount":16775000,"runningBalance":16775000,"transactionDateTime":"2024-12-23 07:00:00","accountNumber":"123456789","bankName":"MBBank","bankAbbreviation":"MBB","virtualAccountNumber":"","virtualAccountName":"","counterAccountName":"","counterAccountNumber":"","counterAccountBankId":"","counterAccountBankName":""}}"#;
    for (signature, expected) in [
        (
            "t=1734924830020,v1=6cec920aa3352341d3710d4ce89de3c73481739bdf240c89a440fb988bfb113f87be23dc75ad16982f6fbdb65553b73f4e51e73ed4764928f0401cd4a949a4c8",
            "Unproven",
        ),
        (
            "t=1734924830020,v1=b3d9438862f167b4e441451b46adaff01f4aaa0c05fa86df1803b7452616c449b9f69837be23b76f79862b346c8bc90a4f1152397a886d4ec24e857cdf6ad08f",
            "FT24364030863634/218897: +16775000",
        ),
    ] {
        let printed = Message {
            headers: &[("X-Casso-Signature", signature)],
            now: 1_734_924_830,
            ..message(
                Provider::Casso,
                "g3oZ950pJQ4k6REhOPGkx37RsXgWz9QJ9RCAZ7i0yagLF32XQZtemQ6r3JIo4MCr",
                body,
            )
        };
        assert_eq!(printed.received(), expected);
    }
}

#[test]
fn vnpay_signs_as_a_library_tests() {
    // github lehuygiang28/vnpay, commit 4362779, test for IPN verification.
    let of_00 = "649982421beb422556a1374713c74e58e716ecbd05007c0c0e1f7effdfaf361dbf146889ca446139afe11b9954c4d5c486e99e3b86fcfab6957f29eb0be72895";
    let of_99 = "503194f6d93b57b357b2d1d09742565e67e86d771352c5dca4fc8d39df3d392c6b3809add9405f97cfb9631f445e36c80656cfbf47eac67d97fa165865c13e1b";
    for (why, code, signature, expected) in [
        ("paid", "00", of_00.to_owned(), "1716257871703/14422574: +10000"),
        ("in capitals", "00", of_00.to_uppercase(), "1716257871703/14422574: +10000"),
        ("failed", "99", of_99.to_owned(), "1716257871703/14422574/99/00: failed 99"),
        // Made of the two.
        ("the signature of the other", "99", of_00.to_owned(), "Unproven"),
    ] {
        let query = format!(
            "vnp_Amount=1000000&vnp_BankCode=NCB&vnp_BankTranNo=VNP14422574&vnp_CardType=ATM&vnp_OrderInfo=Thanh+toan+don+hang+2024-05-21T02%3A17%3A31.249Z&vnp_PayDate=20240521091806&vnp_ResponseCode={code}&vnp_TmnCode=TEST_TMN_CODE&vnp_TransactionNo=14422574&vnp_TransactionStatus=00&vnp_TxnRef=1716257871703&vnp_SecureHash={signature}"
        );
        let sent = Message { query: &query, ..message(Provider::Vnpay, "test_secret", "") };
        assert_eq!(sent.received(), expected, "{why}");
    }
}

#[test]
fn zalopay_signs_as_it_documents() {
    // docs.zalopay.vn callback page (message and mac) with the published sandbox key2 of app 2553.
    let data = r#"{"app_id":2553,"app_trans_id":"200904_2553_1598435687208","app_time":1599189392817,"app_user":"demo","amount":10000,"embed_data":"{\"merchantinfo\":\"embeddata123\",\"promotioninfo\":\"\"}","item":"[{\"itemid\":\"knb\",\"itemname\":\"kim nguyen bao\",\"itemprice\":198400,\"itemquantity\":1}]","zp_trans_id":200904000000389,"server_time":1599189413498,"channel":38,"merchant_user_id":"7ZMSl3nEg5sOUJzOLSoUFT8xKNQVaLOLXHB--8Eytqc","user_fee_amount":0,"discount_amount":0}"#;
    let mac = "d8d33baf449b31d7f9b94fa50d7c942c08cd4d83f28fa185557da21acb104f67";
    let body = json!({ "data": data, "mac": mac, "type": 1 }).to_string();
    let callback = message(Provider::Zalopay, "kLtgPl8HHhfvMuDHPwKfgfsY4Ydm9eIz", &body);
    assert_eq!(callback.received(), "200904_2553_1598435687208/200904000000389: +10000");
}

#[test]
fn standard_webhooks_signs_as_its_libraries_test() {
    // github standard-webhooks/standard-webhooks, commit b2fa7b8, library tests.
    let body = r#"{"test": 2432232314}"#;
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let sent = Message {
        headers: &[
            ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            ("webhook-timestamp", "1614265330"),
            ("webhook-signature", signature),
        ],
        now: 1_614_265_330,
        ..message(Provider::Standard, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", body)
    };
    assert_eq!(sent.proven(), Ok(()));
    assert_eq!(sent.received(), "Unreadable", "it is not our JSON");
    let secret = Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
    let ours = standard::sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
    assert_eq!(ours.as_deref(), Some(signature));
}

#[test]
fn momo_signs_in_the_documented_order() {
    // Computed from the documented order of fields; MoMo has published no signature that verifies.
    let body = r#"{"partnerCode":"PARTNER","orderId":"ORDER-1","requestId":"REQ-1","amount":1000,"orderInfo":"hoc phi","orderType":"momo_wallet","transId":4088878653,"resultCode":0,"message":"Successful.","payType":"qr","responseTime":1721720663942,"extraData":"","signature":"58f1623be498aa8bfde4d535f9c24025bcb9312ca70b37d48d852bacc49e7933"}"#;
    let sent = Message {
        client: Some("ACCESS_KEY_PLACEHOLDER"),
        ..message(Provider::Momo, "SECRET_KEY_PLACEHOLDER", body)
    };
    assert_eq!(sent.received(), "ORDER-1/4088878653: +1000");
}

#[test]
fn sepay_signs_as_independent_integrations_do() {
    // Computed: the documentation's example, signed as its words and independent integrations say.
    let body = r#"{"id":92704,"gateway":"Vietcombank","transactionDate":"2023-03-25 14:02:37","accountNumber":"0123499999","code":null,"content":"chuyen tien mua iphone","transferType":"in","transferAmount":2277000,"accumulated":19077000,"subAccount":null,"referenceCode":"MBVCB.3278907687","description":""}"#;
    let signature = "sha256=49ad356121ebe1dc6a3af9923014764a18e3648fc51319f7dcc0c85ffe3f135d";
    let sent = Message {
        headers: &[("X-SePay-Timestamp", "1679727757"), ("X-SePay-Signature", signature)],
        now: 1_679_727_757,
        ..message(Provider::Sepay, "SEPAY_SECRET_PLACEHOLDER", body)
    };
    assert_eq!(sent.received(), "92704: +2277000");
    let secret = Secret::new("SEPAY_SECRET_PLACEHOLDER".to_owned());
    assert_eq!(sepay::signature(&secret, 1_679_727_757, body), signature);
}
