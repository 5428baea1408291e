//! Two persons for a large refund, one more proof for what matters, and a bound on what is sent.

use chrono::TimeDelta;
use doisoat::clock::Clock as _;
use doisoat::domain::access::Role;
use doisoat::http::pages::routes;
use doisoat::service::keys::Reach;
use serde_json::json;

use crate::support::browser::{Browser, Desk};
use crate::support::for_each_backend;
use crate::support::school::{csv, now};
use crate::support::server::{HERE, THERE, Town};

/// A transfer of this much that nobody has used, with a text of its own.
fn transfer(town: &Town, dong: i64, text: &str) -> i64 {
    town.school.statement(&format!("{text}.csv"), &csv(0, &[("2026-11-02", dong, text, text)]));
    town.school.payment_id(text).0
}

fn refund_all(browser: &Browser<'_>, payment: i64) -> String {
    browser.done(
        &format!("/queue/{payment}/use"),
        &[("rest", "refund"), ("reason", "chuyển nhầm"), ("next", "")],
    )
}

#[test]
fn a_large_refund_from_the_queue_waits_for_a_second_person_and_a_small_one_does_not() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let [small, large, other] = [(5_000_000, "mot"), (5_000_001, "hai"), (9_000_000, "ba")]
            .map(|(dong, text)| transfer(&town, dong, text));
        let desk = Desk::of(&town);
        let accountant = desk.signed_in(Role::Accountant);
        let chief = desk.signed_in(Role::ChiefAccountant);
        let refunded = |text: &str| town.school.payment(text).state.refunded.dong();
        refund_all(&accountant, small);
        assert_eq!(refunded("mot"), 5_000_000, "one person is enough up to the limit");
        refund_all(&accountant, large);
        assert_eq!(refunded("hai"), 0, "nothing moved");
        assert!(accountant.page(&format!("/queue/{large}")).contains("chờ người thứ hai"));
        let id = db.number("SELECT id AS value FROM refund_requests");
        let path = format!("/receivables/refund-requests/{id}");
        assert_eq!(accountant.post(&path, &[("decision", "agree")]).status, 403);
        let list = chief.page("/receivables/refunds");
        assert!(list.contains("5.000.001") && list.contains("chuyển nhầm"), "{list}");
        let again = accountant.post(
            &format!("/queue/{large}/use"),
            &[("rest", "refund"), ("reason", "lần nữa"), ("next", "")],
        );
        assert_eq!(again.status, 409, "proposed already: {}", again.text());
        chief.done(&path, &[("decision", "agree")]);
        assert_eq!(refunded("hai"), 5_000_001);
        assert!(chief.refused(&path, &[("decision", "agree")]).contains("đã được xử lý"));

        // Who proposes may withdraw, and does not agree; who refuses says why.
        refund_all(&chief, other);
        let id = db.number("SELECT MAX(id) AS value FROM refund_requests");
        let path = format!("/receivables/refund-requests/{id}");
        assert!(chief.refused(&path, &[("decision", "agree")]).contains("không được tự duyệt"));
        assert!(accountant.refused(&format!("{path}/withdraw"), &[]).contains("Chỉ người đề nghị"));
        chief.done(&format!("{path}/withdraw"), &[]);
        refund_all(&chief, other);
        let id = db.number("SELECT MAX(id) AS value FROM refund_requests");
        let path = format!("/receivables/refund-requests/{id}");
        let head = desk.signed_in(Role::Head);
        assert!(
            head.refused(&path, &[("decision", "refuse"), ("reason", " ")])
                .contains("Ghi vào ô này")
        );
        head.done(&path, &[("decision", "refuse"), ("reason", "chưa có đơn")]);
        assert_eq!(refunded("ba"), 0);
        assert!(head.page("/receivables/refunds?state=all").contains("chưa có đơn"));

        // What somebody decided about since is not refunded.
        refund_all(&chief, other);
        let id = db.number("SELECT MAX(id) AS value FROM refund_requests");
        accountant.done(
            &format!("/queue/{other}/use"),
            &[("rest", "aside"), ("reason", "không phải học phí"), ("next", "")],
        );
        let path = format!("/receivables/refund-requests/{id}");
        let stale = head.refused(&path, &[("decision", "agree")]);
        assert!(stale.contains("xử lý khác đi"), "{stale}");
        assert_eq!(refunded("ba"), 0);
        town.school.verify();
    });
}

#[test]
fn the_interface_leads_no_large_refund_around_the_second_person() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let payment = transfer(&town, 12_000_000, "nop thua");
        let uses = json!({ "allocations": [], "refund": 6_000_000, "reason": "nộp thừa" });
        let alone =
            town.post(&format!("payments/{payment}/allocations")).once("a").json(&uses).send();
        assert_eq!(alone.outcome(), (409, "refund_needs_second".to_owned()));
        let credit = json!({ "allocations": [], "family_credit": ["HS01", 12_000_000] });
        let kept =
            town.post(&format!("payments/{payment}/allocations")).once("b").json(&credit).send();
        assert_eq!(kept.status, 200, "{}", kept.text());
        let order = |dong: i64| {
            json!({
                "student": "HS01", "amount": dong, "bin": "970436", "account": "1017000099",
                "holder": "NGUOI NHAN MAU", "reason": "gia đình đề nghị",
            })
        };
        let send = |once: &str, dong: i64| {
            town.post("refunds").once(once).json(&order(dong)).send().outcome()
        };
        assert_eq!(send("c", 6_000_000), (409, "refund_needs_second".to_owned()));
        assert_eq!(send("d", 3_000_000), (200, "-".to_owned()));
        let pieces = send("e", 2_000_001);
        assert_eq!(pieces, (409, "refund_needs_second".to_owned()), "cut in pieces");

        let proposal = json!({ "credit": order(6_000_000) });
        let propose = |key: &str, once: &str| {
            town.post_as(key, "refund-requests").once(once).json(&proposal).send()
        };
        assert_eq!(propose(&town.reader, "f").status, 403);
        let asked = propose(&town.chief, "g").json();
        assert_eq!(
            (&asked["state"], &asked["proposal"]["credit"]["student"]),
            (&json!("asked"), &json!("HS01"))
        );
        assert_eq!(
            propose(&town.accountant, "h").outcome(),
            (409, "refund_request_waits".to_owned())
        );
        assert_eq!(town.school.payment("nop thua").state.refunded.dong(), 3_000_000);
        let decide = |key: &str, once: &str, body: &serde_json::Value| {
            let below = format!("refund-requests/{}/decision", asked["id"]);
            town.post_as(key, &below).once(once).json(body).send()
        };
        let agree = json!({ "decision": "agree" });
        assert_eq!(decide(&town.accountant, "i", &agree).status, 403);
        assert_eq!(decide(&town.chief, "j", &agree).outcome(), (409, "second_person".to_owned()));
        let head = town.key(Role::Head, &Reach::School(HERE.to_owned()));
        let blank = json!({ "decision": "refuse", "reason": " " });
        assert_eq!(decide(&head, "k", &blank).status, 422);
        let done = decide(&head, "l", &agree).json();
        assert_eq!((&done["state"], done["refund"].is_number()), (&json!("approved"), true));
        assert_eq!(town.school.payment("nop thua").state.refunded.dong(), 9_000_000);
        assert_eq!(
            decide(&head, "m", &agree).outcome(),
            (409, "refund_request_decided".to_owned())
        );

        // The school's own limit; only who sets up may change it.
        let limit = format!("/api/v1/schools/{HERE}/refund-limit");
        let set = |key: &str, dong: i64| {
            town.server.request("PUT", &limit).key(key).json(&json!({ "limit": dong })).send()
        };
        assert_eq!(set(&town.chief, 0).status, 403);
        assert_eq!(set(&town.admin, -1).outcome(), (422, "refund_limit".to_owned()));
        assert_eq!(set(&town.admin, 0).status, 200);
        assert_eq!(town.get("refund-limit").send().json(), json!({ "limit": 0 }));
        assert_eq!(send("n", 1), (409, "refund_needs_second".to_owned()));
        let actions = db.words(
            "SELECT action AS value FROM audit_records WHERE action LIKE 'refund.%' ORDER BY id",
        );
        for action in ["refund.propose", "refund.agree", "refund.limit"] {
            assert!(actions.iter().any(|one| one == action), "{action}: {actions:?}");
        }
        // Credit that was used meanwhile is not refunded.
        let rest = json!({ "credit": order(2_500_000) });
        let one = town.post("refund-requests").once("o").json(&rest).send().json();
        let nothing = json!({ "allocations": [], "set_aside": 3_000_000, "refund": 9_000_000, "reason": "x" });
        let aside =
            town.post(&format!("payments/{payment}/allocations")).once("p").json(&nothing).send();
        assert_eq!(aside.status, 200, "{}", aside.text());
        let below = format!("refund-requests/{}/decision", one["id"]);
        let late = town.post_as(&head, &below).once("q").json(&agree).send();
        assert_eq!(late.outcome(), (409, "credit_exhausted".to_owned()));
        town.school.verify();
    });
}

#[test]
fn the_limit_is_set_on_the_page_of_settings_with_a_fresh_proof_only() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        assert!(admin.page("/settings/policy").contains("5.000.000"));
        admin.done("/settings/policy", &[("refund_limit", "2.500.000")]);
        assert!(admin.page("/settings/policy").contains("2.500.000"));
        assert!(
            admin
                .refused("/settings/policy", &[("refund_limit", "hai triệu")])
                .contains("hai triệu")
        );
        town.server.clock.set(now() + TimeDelta::minutes(11));
        assert_eq!(admin.post("/settings/policy", &[("refund_limit", "0")]).status, 403);
        assert_eq!(db.number("SELECT limit_dong AS value FROM refund_limits"), 2_500_000);
    });
}

#[test]
fn too_many_files_within_an_hour_are_refused_and_other_schools_are_not_disturbed() {
    for_each_backend(|db| {
        let town = Town::with_settings(db, |config| {
            config.server.uploads_per_person = 3;
            config.server.uploads_per_school = 5;
        });
        let send = |key: &str, school: &str, n: usize| {
            let target = format!("/api/v1/schools/{school}/statements");
            let file = csv(0, &[("2026-11-02", 1_000, &format!("FT{n}"), "nop tien")]);
            town.server.post(&target).key(key).once(&format!("u{n}")).bytes(&file).send()
        };
        let mut refused = 0;
        for n in 0..20 {
            let answer = send(&town.accountant, HERE, n);
            if n < 3 {
                assert_ne!(answer.status, 429, "{n}: {}", answer.text());
                continue;
            }
            assert_eq!(answer.outcome(), (429, "too_many_uploads".to_owned()), "{n}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            assert!((1..=3_601).contains(&wait), "{wait}");
            refused += 1;
        }
        assert_eq!(refused, 17);
        for n in 20..24 {
            let limited = n >= 22;
            assert_eq!(send(&town.chief, HERE, n).status == 429, limited, "the school's five: {n}");
        }
        assert_ne!(send(&town.stranger, THERE, 30).status, 429, "another school");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM uploads"), 6);
        let browser = Desk::of(&town).signed_in(Role::Accountant);
        let page = browser.upload("/statements", &[], ("a.csv", b"x"));
        assert_eq!(page.status, 429);
        assert!(page.header("retry-after").is_some());
        assert!(page.text().contains("quá nhiều tệp trong một giờ"), "{}", page.text());
        town.server.clock.set(town.server.clock.now() + TimeDelta::minutes(61));
        assert_ne!(send(&town.accountant, HERE, 40).status, 429, "an hour later");
        assert_eq!(
            db.number("SELECT COUNT(*) AS value FROM uploads"),
            1,
            "older ones are forgotten"
        );
    });
}

/// Parts of addresses below which accounts, mappings, secrets, people, keys and settings are changed.
const WEIGHTY: [&str; 11] = [
    "/settings/accounts",
    "/settings/policy",
    "/settings/columns",
    "/settings/notification-addresses",
    "/settings/event-addresses",
    "/statements/columns",
    "/mail/words",
    "/receipts/terms",
    "/system/keys",
    "/people",
    "/account/second-factor",
];

/// Forms below them that ask for no fresh proof, and why.
const EXCEPT: [(&str, &str); 2] = [
    ("/account/second-factor/confirm", "asks for a code of the secret that a fresh session made"),
    ("/s/{school}/mail/words/approval", "says that the words were looked over and changes none"),
];

#[test]
fn the_table_asks_for_a_fresh_proof_wherever_accounts_secrets_people_or_settings_change() {
    for route in routes::all().filter(|route| route.method == "POST") {
        let weighty = WEIGHTY.iter().any(|part| route.path.contains(part));
        let excepted = EXCEPT.iter().any(|(path, _)| *path == route.path);
        if weighty && !excepted {
            assert!(route.fresh, "{} {}", route.method, route.path);
        }
    }
    for part in WEIGHTY {
        assert!(routes::all().any(|route| route.fresh && route.path.contains(part)), "{part}");
    }
}

#[test]
fn every_route_with_a_fresh_proof_asks_for_it_and_does_nothing_before() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        town.server.clock.set(now() + TimeDelta::minutes(11));
        let before = db.row_counts();
        let mut asked = 0;
        for route in routes::all().filter(|route| route.fresh) {
            let mut target = route.path.replace("{school}", HERE);
            while let Some(start) = target.find('{') {
                let end = target[start..].find('}').unwrap() + start;
                target.replace_range(start..=end, "1");
            }
            let place = format!("{} {target}", route.method);
            if route.method == "GET" {
                let answer = admin.fetch(&target);
                assert_eq!(answer.status, 303, "{place}: {}", answer.text());
                assert!(answer.header("location").unwrap().starts_with("/prove?next="), "{place}");
            } else {
                let answer = admin.post_to(&target, &[("name", "x")]);
                assert_eq!(answer.status, 403, "{place}: {}", answer.text());
                assert!(answer.text().contains("proof-password"), "{place}");
            }
            asked += 1;
        }
        assert!(asked >= 25, "{asked}");
        assert_eq!(db.row_counts(), before);
    });
}

#[test]
fn guessing_at_a_sign_in_is_answered_with_429_and_when_to_try_again() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let form = |password: &str| {
            let body = format!("email=khong.co%40example.test&password={password}");
            town.server
                .post("/sign-in")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .bytes(body.as_bytes())
                .send()
        };
        let answers: Vec<_> = (0..30).map(|n| form(&format!("sai-mat-khau-{n}"))).collect();
        assert_eq!(answers[0].status, 422);
        let last = answers.last().unwrap();
        assert_eq!(last.status, 429);
        let wait: u64 = last.header("retry-after").unwrap().parse().unwrap();
        assert!(wait >= 1, "{wait}");
        assert!(answers.iter().all(|one| one.header("set-cookie").is_none()), "no session began");
    });
}

#[test]
fn a_session_dies_where_it_is_signed_out_of_and_rights_end_at_once() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town);
        let one = desk.signed_in(Role::Accountant);
        assert_eq!(one.get("/queue").status, 200);
        let out = one.post_to("/sign-out", &[]);
        assert_eq!(out.status, 303);
        let gone = out.header("set-cookie").unwrap();
        assert!(gone.contains("Max-Age=0") && gone.contains("HttpOnly"), "{gone}");
        assert_eq!(one.get("/queue").status, 303, "the old cookie again");
        let other = desk.signed_in(Role::ChiefAccountant);
        assert_eq!(other.get("/queue").status, 200);
        let admin = desk.signed_in_at(Role::Administrator, &Reach::Everything);
        let user = db.number("SELECT id AS value FROM users WHERE email LIKE 'chief%'");
        let grant =
            db.number(&format!("SELECT id AS value FROM user_grants WHERE user_id = {user}"));
        let taken = admin.post_to(&format!("/people/{user}/grants/{grant}/remove"), &[]);
        assert_eq!(taken.status, 303, "{}", taken.text());
        assert_ne!(other.get("/queue").status, 200, "the right is gone with the next request");
        assert_eq!(admin.post_to(&format!("/people/{user}/disable"), &[]).status, 303);
        assert_eq!(other.fetch("/account").status, 303, "disabled");
    });
}
