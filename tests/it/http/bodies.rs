//! JSON bodies at the door: what is wrong is told field by field, in both languages, and nothing that
//! was sent is told back.

use serde_json::{Value, json};

use crate::support::client::Answer;
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

/// What an answer says is wrong: pointer and code of each.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap();
    errors
        .iter()
        .map(|one| {
            let word = |name: &str| one[name].as_str().unwrap_or("-").to_owned();
            (word("pointer"), word("code"))
        })
        .collect()
}

const PAYMENT: &str = "payments/4611686018427387904";

/// One broken field of a body that is right otherwise: why, method, address, body, status, pointer,
/// code, and the first thing wrong in Vietnamese and English.
type Case =
    (&'static str, &'static str, &'static str, Value, u16, &'static str, &'static str, [String; 2]);

fn both(vi: &str, en: &str) -> [String; 2] {
    [vi.to_owned(), en.to_owned()]
}

fn cash(field: &str, value: Value) -> Value {
    let mut body = json!({
        "allocations": [["HPQ6XPNK7", 1_000]], "payer": "Người nộp mẫu", "received_on": "2026-11-20",
    });
    body[field] = value;
    body
}

fn pull(field: &str, value: Value) -> Value {
    let mut body = json!({ "token": "mã mẫu", "page_size": 100, "every_minutes": 60 });
    body[field] = value;
    body
}

/// Bodies that are no body the operation takes: 400.
fn not_taken() -> Vec<Case> {
    let vi = |rest: &str| format!("Nội dung JSON không đúng: {rest}.");
    let en = |rest: &str| format!("The JSON body is not right: {rest}.");
    let both = |told: [&str; 2]| [vi(told[0]), en(told[1])];
    let case = |why, below, body, pointer, told: [&str; 2]| -> Case {
        (why, "POST", below, body, 400, pointer, "json", both(told))
    };
    vec![
        case(
            "a text for a number",
            "cash",
            cash("allocations", json!([["A", 1], ["B", "1.000"]])),
            "/allocations/1/1",
            ["/allocations/1/1 phải là một số nguyên", "/allocations/1/1 must be a whole number"],
        ),
        case(
            "a fraction of a đồng",
            "cash",
            cash("allocations", json!([["A", 1.5]])),
            "/allocations/0/1",
            ["/allocations/0/1 phải là một số nguyên", "/allocations/0/1 must be a whole number"],
        ),
        case(
            "a number for a text",
            "cash",
            cash("payer", json!(5)),
            "/payer",
            ["/payer phải là một chuỗi ký tự", "/payer must be a text"],
        ),
        case(
            "an object for an array",
            "cash",
            cash("allocations", json!({ "A": 1 })),
            "/allocations",
            [
                "/allocations phải là một mảng có đủ mục",
                "/allocations must be an array with all its items",
            ],
        ),
        case(
            "half a pair",
            "cash",
            cash("allocations", json!([["A"]])),
            "/allocations/0",
            [
                "/allocations/0 phải là một mảng có đủ mục",
                "/allocations/0 must be an array with all its items",
            ],
        ),
        case(
            "no day",
            "cash",
            cash("received_on", json!("20/11/2026")),
            "/received_on",
            [
                "/received_on không đúng dạng: ngày ghi YYYY-MM-DD, số tiền là số nguyên đồng",
                "/received_on is not in the form it must have: days are YYYY-MM-DD, amounts whole đồng",
            ],
        ),
        case(
            "below nought",
            "payments/1/confirm",
            json!({ "index": -1 }),
            "/index",
            [
                "/index phải là một số nguyên không âm",
                "/index must be a whole number that is not negative",
            ],
        ),
        case(
            "a word for yes or no",
            "invoices/HPQ6XPNK7/state",
            json!({ "cancelled": "yes", "reason": "nhầm" }),
            "/cancelled",
            ["/cancelled phải là true hoặc false", "/cancelled must be true or false"],
        ),
        case(
            "a field is missing",
            "invoices/HPQ6XPNK7/state",
            json!({ "cancelled": true }),
            "/reason",
            ["thiếu trường /reason", "/reason is missing"],
        ),
        case(
            "a field there is not",
            "payments/1/reverse",
            json!({ "reason": "nhầm", "who": "A" }),
            "/who",
            [
                "không có trường /who; các trường là: reason",
                "there is no field /who; the fields are: reason",
            ],
        ),
        case(
            "a ruling there is not",
            "identity-rulings",
            json!({ "payments": [1, 2], "ruling": "perhaps", "reason": "xem lại" }),
            "/ruling",
            ["/ruling phải là một trong: same, distinct", "/ruling must be one of: same, distinct"],
        ),
        case(
            "no object at all",
            "cash",
            json!("HPQ6XPNK7"),
            "",
            ["phải là một đối tượng JSON", "must be a JSON object"],
        ),
    ]
}

/// Bodies of the right shape that hold what nobody takes: 422.
fn out_of_bounds() -> Vec<Case> {
    let long = |field: &str, most: usize| {
        both(
            &format!("{field} quá dài: nhiều nhất {most} ký tự."),
            &format!("{field} is too long: at most {most} characters are taken."),
        )
    };
    let many = |field: &str, most: usize| {
        both(
            &format!("{field} có quá nhiều mục: nhiều nhất {most}."),
            &format!("{field} has too many items: at most {most} are taken."),
        )
    };
    let empty = |field: &str| {
        both(&format!("{field} không được để trống."), &format!("{field} must not be empty."))
    };
    let amount = |field: &str| {
        both(
            &format!("{field}: số tiền phải lớn hơn 0 ₫."),
            &format!("{field}: the amount must be greater than 0 ₫."),
        )
    };
    let reason = || {
        both("Cần ghi lý do cho việc này, ở /reason.", "A reason is needed for this, in /reason.")
    };
    let least = |field: &str, least: &str| {
        both(
            &format!("{field} phải từ {least} trở lên."),
            &format!("{field} must be {least} or more."),
        )
    };
    let most = |field: &str, most: &str| {
        both(
            &format!("{field} phải từ {most} trở xuống."),
            &format!("{field} must be {most} or less."),
        )
    };
    let post = |why, below, body, pointer, code, told| -> Case {
        (why, "POST", below, body, 422, pointer, code, told)
    };
    let put = |why, below, body, pointer, code, told| -> Case {
        (why, "PUT", below, body, 422, pointer, code, told)
    };
    let terms = "payouts/terms";
    let asked = "webhook-endpoints/0/pull";
    vec![
        post(
            "a long payer",
            "cash",
            cash("payer", json!("ữ".repeat(201))),
            "/payer",
            "too_long",
            long("/payer", 200),
        ),
        post(
            "a blank payer",
            "cash",
            cash("payer", json!("  \t")),
            "/payer",
            "empty",
            empty("/payer"),
        ),
        post(
            "a long note",
            "cash",
            cash("note", json!("x".repeat(1_001))),
            "/note",
            "too_long",
            long("/note", 1_000),
        ),
        post(
            "no đồng",
            "cash",
            cash("allocations", json!([["HPQ6XPNK7", 0]])),
            "/allocations/0/1",
            "amount_not_positive",
            amount("/allocations/0/1"),
        ),
        post(
            "less than none",
            "cash",
            cash("allocations", json!([["HPQ6XPNK7", 1], ["HP2P9Q7Q9", -1]])),
            "/allocations/1/1",
            "amount_not_positive",
            amount("/allocations/1/1"),
        ),
        post(
            "no code",
            "cash",
            cash("allocations", json!([["", 5]])),
            "/allocations/0/0",
            "empty",
            empty("/allocations/0/0"),
        ),
        post(
            "a long code",
            "cash",
            cash("allocations", json!([["H".repeat(65), 5]])),
            "/allocations/0/0",
            "too_long",
            long("/allocations/0/0", 64),
        ),
        post(
            "too many invoices",
            "cash",
            cash("allocations", json!(vec![json!(["A", 1]); 501])),
            "/allocations",
            "too_many",
            many("/allocations", 500),
        ),
        post(
            "a blank reason",
            "cash/1/void",
            json!({ "reason": " " }),
            "/reason",
            "reason_needed",
            reason(),
        ),
        post(
            "a long reason",
            "cash/1/void",
            json!({ "reason": "x".repeat(1_001) }),
            "/reason",
            "too_long",
            long("/reason", 1_000),
        ),
        post(
            "no refund",
            "payments/1/allocations",
            json!({ "allocations": [], "refund": 0, "reason": "trả" }),
            "/refund",
            "amount_not_positive",
            amount("/refund"),
        ),
        post(
            "credit below nought",
            "payments/1/allocations",
            json!({ "allocations": [], "family_credit": ["HS01", -5] }),
            "/family_credit/1",
            "amount_not_positive",
            amount("/family_credit/1"),
        ),
        post(
            "a long student code",
            "payments/1/refuse",
            json!({ "student_code": "9".repeat(65) }),
            "/student_code",
            "too_long",
            long("/student_code", 64),
        ),
        post(
            "a ruling without reason",
            "identity-rulings",
            json!({ "payments": [1, 2], "ruling": "same", "reason": "" }),
            "/reason",
            "reason_needed",
            reason(),
        ),
        post(
            "an invoice withdrawn without reason",
            "invoices/HPQ6XPNK7/state",
            json!({ "cancelled": true, "reason": "\n" }),
            "/reason",
            "reason_needed",
            reason(),
        ),
        post(
            "a payout of very many",
            "payouts/1/assign",
            json!({ "payments": vec![1; 5_001] }),
            "/payments",
            "too_many",
            many("/payments", 5_000),
        ),
        post(
            "a match released without reason",
            "payouts/1/release",
            json!({ "reason": "" }),
            "/reason",
            "reason_needed",
            reason(),
        ),
        put(
            "a fee below nought",
            terms,
            json!({ "gateway": "momo", "merchant": "M", "fee_dong": -1 }),
            "/fee_dong",
            "too_small",
            least("/fee_dong", "0"),
        ),
        put(
            "a fee above a fifth",
            terms,
            json!({ "gateway": "momo", "merchant": "M", "fee_millionths": 200_001 }),
            "/fee_millionths",
            "too_large",
            most("/fee_millionths", "200000"),
        ),
        put(
            "no merchant",
            terms,
            json!({ "gateway": "momo", "merchant": "" }),
            "/merchant",
            "empty",
            empty("/merchant"),
        ),
        put(
            "pages of nothing",
            asked,
            pull("page_size", json!(0)),
            "/page_size",
            "too_small",
            least("/page_size", "1"),
        ),
        put(
            "very large pages",
            asked,
            pull("page_size", json!(5_001)),
            "/page_size",
            "too_large",
            most("/page_size", "5000"),
        ),
        put(
            "once in a lifetime",
            asked,
            pull("every_minutes", json!(44_641)),
            "/every_minutes",
            "too_large",
            most("/every_minutes", "44640"),
        ),
        put("no token", asked, pull("token", json!("")), "/token", "empty", empty("/token")),
        put(
            "a long address",
            asked,
            pull("base_url", json!(format!("https://{}", "a".repeat(2_000)))),
            "/base_url",
            "too_long",
            long("/base_url", 2_000),
        ),
        post(
            "no provider",
            "webhook-endpoints",
            json!({ "provider": "" }),
            "/provider",
            "empty",
            empty("/provider"),
        ),
        post(
            "a long name",
            "webhook-endpoints",
            json!({ "provider": "sepay", "name": "ô".repeat(201) }),
            "/name",
            "too_long",
            long("/name", 200),
        ),
        post(
            "a long secret",
            "webhook-endpoints/0",
            json!({ "change": "rotate", "secret": "x".repeat(8_001) }),
            "/secret",
            "too_long",
            long("/secret", 8_000),
        ),
        post(
            "no address",
            "event-endpoints",
            json!({ "url": " " }),
            "/url",
            "empty",
            empty("/url"),
        ),
        post(
            "very many kinds",
            "event-endpoints",
            json!({ "url": "https://example.vn", "kinds": vec!["a"; 33] }),
            "/kinds",
            "too_many",
            many("/kinds", 32),
        ),
        post(
            "a kind as long as a page",
            "event-endpoints/1",
            json!({ "change": "kinds", "kinds": ["invoice.paid", "k".repeat(65)] }),
            "/kinds/1",
            "too_long",
            long("/kinds/1", 64),
        ),
    ]
}

#[test]
fn a_field_that_is_wrong_is_told_with_its_place_in_both_languages() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let (state, rows) = (town.school.state(), db.row_counts());
        for (why, method, below, body, status, pointer, code, words) in
            not_taken().into_iter().chain(out_of_bounds())
        {
            for (lang, words) in ["vi", "en"].into_iter().zip(words) {
                let target = format!("/api/v1/schools/{HERE}/{below}");
                let request =
                    crate::support::client::Request::new(town.server.address, method, &target);
                let answer = request
                    .key(&town.admin)
                    .header("Accept-Language", lang)
                    .once(why)
                    .json(&body)
                    .send();
                let place = format!("{why}: {}", answer.text());
                assert_eq!(answer.outcome(), (status, code.to_owned()), "{place}");
                assert_eq!(told(&answer), [(pointer.to_owned(), code.to_owned())], "{place}");
                let problem = answer.json();
                assert_eq!(problem["errors"][0]["detail"], words, "{place}");
                assert_eq!(problem["title"], words, "{place}");
                assert_eq!(problem["type"], format!("urn:doisoat:problem:{code}"), "{place}");
            }
        }
        assert_eq!(town.school.state(), state);
        assert_eq!(db.row_counts(), rows, "somebody wrote something");
    });
}

#[test]
fn everything_that_is_wrong_with_a_body_is_told_at_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let body = json!({
            "allocations": [["", 5], ["A", 0]], "payer": "", "received_on": "2026-11-20",
            "note": "x".repeat(1_001),
        });
        let answer = town.post("cash").once("a").json(&body).send();
        assert_eq!(answer.status, 422);
        let wrong = [
            ("/allocations/0/0", "empty"),
            ("/allocations/1/1", "amount_not_positive"),
            ("/note", "too_long"),
            ("/payer", "empty"),
        ];
        let wrong = wrong.map(|(pointer, code)| (pointer.to_owned(), code.to_owned()));
        assert_eq!(told(&answer), wrong, "{}", answer.text());
    });
}

#[test]
fn what_is_as_long_as_it_may_be_is_taken() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let mut body = cash("payer", json!("ữ".repeat(200)));
        body["note"] = json!("ô".repeat(1_000));
        let answer = town.post("cash").once("a").json(&body).send();
        assert_eq!(answer.outcome(), (201, "-".to_owned()), "{}", answer.text());
        let long = json!({ "reason": "ô".repeat(1_000) });
        let voided = format!("cash/{}/void", answer.json()["payment"]);
        let answer = town.post_as(&town.chief, &voided).once("b").json(&long).send();
        assert_eq!(answer.outcome(), (200, "-".to_owned()), "{}", answer.text());
    });
}

#[test]
fn what_is_no_json_at_all_is_told_with_line_and_column_and_not_told_back() {
    for_each_backend(|db| {
        let town = Town::create(db);
        for (why, body, place) in [
            ("nothing", "", "dòng 1, cột 0"),
            ("cut off", "{\"index\":\n 0", "dòng 2, cột 2"),
            ("more than one", "{\"index\": 0} {\"canary\": 1}", "dòng 1, cột 14"),
            ("single quotes", "{'canary': 0}", "dòng 1, cột 2"),
            ("not a number", "{\"index\": NaN}", "dòng 1, cột 11"),
        ] {
            let request = town.post(&format!("{PAYMENT}/confirm")).once(why);
            let request = request.header("Content-Type", "application/json").bytes(body.as_bytes());
            let answer = request.send();
            assert_eq!(answer.outcome(), (400, "json".to_owned()), "{why}");
            assert!(answer.text().contains(place), "{why}: {}", answer.text());
            assert!(!answer.text().contains("canary"), "{why}: {}", answer.text());
        }
    });
}
