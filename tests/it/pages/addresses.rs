//! Addresses of notifications and of events, made and changed on their pages.

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::browser::{Browser, Desk};
use crate::support::for_each_backend;
use crate::support::school::ACCOUNT;
use crate::support::server::{THERE, Town};

fn admin<'a>(desk: &Desk<'a>) -> Browser<'a> {
    desk.signed_in_at(Role::Administrator, &Reach::Everything)
}

/// The secret that a page shows this once.
fn secret_of(page: &str) -> String {
    let (_, rest) = page.split_once("data-copy=\"").unwrap_or_else(|| panic!("{page}"));
    rest.split('"').next().unwrap().to_owned()
}

#[test]
fn an_address_of_notifications_is_made_tried_exchanged_and_closed_on_its_page() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town);
        let admin = admin(&desk);
        let new = "/settings/notification-addresses/new";
        assert!(admin.page("/settings/notifications").contains("notification-addresses/new"));
        assert!(admin.page(new).contains("VietQR.vn"));
        for (why, fields, told) in [
            ("no such provider", vec![("provider", "nganhang")], "nganhang"),
            ("a way it has not", vec![("provider", "pay2s"), ("scheme", "token")], "Pay2S"),
            ("an account that is none", vec![("provider", "sepay"), ("account", "99")], "99"),
        ] {
            let page = admin.refused(new, &fields);
            assert!(page.contains(told), "{why}: {page}");
        }
        let long = "ă".repeat(201);
        assert!(admin.refused(new, &[("provider", "sepay"), ("name", &long)]).contains("quá dài"));
        let fields =
            [("provider", "sepay"), ("scheme", "key"), ("name", "Học <b>"), ("account", ACCOUNT)];
        let made = admin.post(new, &fields);
        assert_eq!(made.status, 200, "{}", made.text());
        let (page, secret) = (made.text(), secret_of(&made.text()));
        assert!(secret.starts_with("whsec_") && page.contains("Học &#60;b&#62;"), "{page}");
        let id = db.words("SELECT public_id AS value FROM webhook_endpoints").remove(0);
        let path = format!("/settings/notification-addresses/{id}");
        let shown = admin.page(&path);
        assert!(!shown.contains(&secret), "told once only");
        assert!(shown.contains(&format!("/webhooks/sepay/{id}")) && shown.contains("curl -i"));
        assert_eq!(shown.matches("name=\"what\" value=\"retire\"").count(), 0, "the only secret");
        let notify = |secret: &str| {
            let body = format!(
                r#"{{"id":92705,"gateway":"Vietcombank","transactionDate":"2026-11-20 14:03:37","accountNumber":"{ACCOUNT}","code":null,"content":"HPQ6XPNK7","transferType":"in","transferAmount":100000,"accumulated":0,"subAccount":null,"referenceCode":"R1","description":""}}"#
            );
            let request = town.server.post(&format!("/webhooks/sepay/{id}"));
            request
                .header("Content-Type", "application/json")
                .header("Authorization", &format!("Apikey {secret}"))
                .bytes(body.as_bytes())
                .send()
                .status
        };
        assert_eq!(notify(&secret), 200);
        let rotated = admin.post(&path, &[("what", "rotate")]);
        assert_eq!(rotated.status, 200);
        let second = secret_of(&rotated.text());
        assert!(second != secret && notify(&second) == 200 && notify(&secret) == 200);
        assert!(admin.refused(&path, &[("what", "rotate")]).contains("hai"), "two live at most");
        let old = db.number("SELECT MIN(id) AS value FROM webhook_secrets").to_string();
        admin.done(&path, &[("what", "retire"), ("id", &old)]);
        assert_eq!((notify(&secret), notify(&second)), (401, 200));
        admin.done(&path, &[("what", "close")]);
        assert_ne!(notify(&second), 200);
        admin.done(&path, &[("what", "open")]);
        assert_eq!(notify(&second), 200);
        assert_eq!(admin.post(&path, &[("what", "else")]).status, 404);
        let stranger = desk.signed_in_at(Role::Administrator, &Reach::School(THERE.to_owned()));
        assert_eq!(stranger.get(&path).status, 404);
        let accountant = desk.signed_in(Role::Accountant);
        assert_eq!(accountant.get(&path).status, 403);
        assert!(!accountant.page("/settings/notifications").contains("notification-addresses"));
        town.school.verify();
    });
}

#[test]
fn an_address_of_events_is_made_tried_changed_and_closed_on_its_page() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town);
        let admin = admin(&desk);
        let new = "/settings/event-addresses/new";
        assert!(admin.page(new).contains("payment.settled"));
        for (why, url, told) in [
            ("none", "", "không được để trống"),
            ("no TLS", "http://example.com/x", "https"),
            ("a script", "javascript:alert(1)", "http"),
        ] {
            let page = admin.refused(new, &[("url", url), ("name", "Kế toán")]);
            assert!(page.contains(told) && page.contains("value=\"Kế toán\""), "{why}: {page}");
        }
        let fields = [
            ("url", "https://example.com/doisoat?k=1&y=2"),
            ("name", "Kế toán"),
            ("kinds", "payment.settled"),
        ];
        let made = admin.post(new, &fields);
        assert_eq!(made.status, 200, "{}", made.text());
        let secret = secret_of(&made.text());
        assert!(secret.starts_with("whsec_"));
        let id = db.number("SELECT id AS value FROM event_endpoints");
        let path = format!("/settings/event-addresses/{id}");
        let shown = admin.page(&path);
        assert!(!shown.contains(&secret) && shown.contains("?k=1&#38;y=2"), "{shown}");
        assert_eq!(shown.matches(" checked").count(), 1);
        admin.done(&path, &[("what", "test")]);
        let sent = "SELECT kind AS value FROM events";
        assert_eq!(db.words(sent), ["endpoint.test"]);
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM event_deliveries"), 1);
        assert!(admin.page("/settings/events").contains("endpoint.test"));
        admin.done(&path, &[("what", "kinds"), ("kinds", "invoice.paid")]);
        assert_eq!(db.words("SELECT kinds AS value FROM event_endpoints"), ["invoice.paid"]);
        assert!(admin.refused(&path, &[("what", "url"), ("url", "ftp://x")]).contains("ftp://x"));
        admin.done(&path, &[("what", "url"), ("url", "https://example.com/y")]);
        let rotated = admin.post(&path, &[("what", "rotate")]);
        assert!(rotated.status == 200 && secret_of(&rotated.text()) != secret);
        let old = db.number("SELECT MIN(id) AS value FROM webhook_secrets").to_string();
        admin.done(&path, &[("what", "retire"), ("id", &old)]);
        let again = admin.post(&path, &[("what", "retire"), ("id", &old)]);
        assert_eq!(again.status, 404, "it is no live secret any more");
        admin.done(&path, &[("what", "close")]);
        assert!(admin.refused(&path, &[("what", "test")]).contains("đang đóng"));
        admin.done(&path, &[("what", "open")]);
        let stranger = desk.signed_in_at(Role::Administrator, &Reach::School(THERE.to_owned()));
        assert_eq!(stranger.get(&path).status, 404);
        town.school.verify();
    });
}
