//! What the service writes to its log names nobody, however much it is told to write.

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::Duration;

use doisoat::clock::{Clock as _, SystemClock};
use doisoat::domain::access::Role;
use doisoat::ids::RandomIds;
use doisoat::service::family_links::{self, Addresses};
use doisoat::service::keys::{self, Reach};
use doisoat::service::letters::{self, LetterKind, NewLetter};
use doisoat::service::{ServiceError, family_bill};

use crate::killed_inbox::{Service, command};
use crate::support::client::{Request, encoded};
use crate::support::feed;
use crate::support::for_each_backend;
use crate::support::mailserver::{MailServer, Manner};
use crate::support::school::School;

/// By what the made-up family is known, each as it stands nowhere else.
const CANARIES: [&str; 8] = [
    "Canarivinh",
    "canarivinh",
    "CANARIVINH",
    "Canaricha",
    "canari.cha@example.test",
    "0909313131",
    "HSCANVINH",
    "001315000033",
];

#[test]
fn no_family_is_named_in_the_log_even_when_much_is_logged() {
    for_each_backend(|db| {
        let school = School::create(db);
        let list = "Mã học sinh;Họ và tên;Lớp;Họ tên phụ huynh;Email;Số điện thoại;Số định danh cá nhân\n\
            HSCANVINH;Đặng Thị Canarivinh;6A1;Lò Canaricha;canari.cha@example.test;0909313131;001315000033\n";
        assert_eq!(school.students(list).bad, vec![]);
        let invoices =
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HSCANVINH;;;500000\n";
        assert_eq!(school.invoices(invoices).bad, vec![]);
        let now = SystemClock.now();
        let made: Result<(i64, i64, String), ServiceError> = school.store.write(|tx| {
            let family = family_bill::family_of(tx, school.id, "HSCANVINH")?;
            let today = doisoat::clock::local_day(now);
            let bill = family_bill::load(tx, school.id, &[family], today)?;
            let with = Addresses { public_url: "", ids: &RandomIds, keys: &feed::keys() };
            let address = family_links::address(tx, with, (school.id, family), now)?;
            let invoice = bill[&family].children[0].invoices[0].id;
            let letter = NewLetter {
                school: school.id,
                kind: LetterKind::LinkRenewed,
                family,
                about: family,
                key: "1".to_owned(),
            };
            letters::ask(tx, "test", now, &[letter])?;
            Ok((family, invoice, address))
        });
        let (_, _, page) = made.unwrap();
        let (_, key) = keys::create(
            &school.store,
            (&SystemClock, &RandomIds),
            &school.actor,
            "kế toán",
            Role::Accountant,
            &Reach::School("THCS-MAU".to_owned()),
        )
        .unwrap();

        let sink = MailServer::start();
        // Servers like to say whose address it was.
        sink.then(Manner::Recipient("450 4.2.1 <canari.cha@example.test> Lo Canaricha is busy"));
        let mut loud = command(db);
        loud.env("DOISOAT_LOG__FILTER", "debug")
            .env("DOISOAT_MAIL__TRANSPORT", "smtp")
            .env("DOISOAT_MAIL__HOST", "127.0.0.1")
            .env("DOISOAT_MAIL__PORT", sink.address.port().to_string())
            .env("DOISOAT_MAIL__TLS", "none")
            .env("DOISOAT_MAIL__FROM_EMAIL", "hoc-phi@truong.test");
        let service = Service::start(loud);
        let request = |method: &str, target: &str| Request::new(service.address, method, target);
        let api = |method: &str, below: &str| {
            request(method, &format!("/api/v1/schools/THCS-MAU/{below}")).key(&key)
        };
        assert_eq!(request("GET", &page).send().status, 200);
        let form = |fields: &[(&str, &str)]| {
            let mut body = String::new();
            for (name, value) in fields {
                write!(body, "{name}={}&", encoded(value)).unwrap();
            }
            body
        };
        let typed =
            form(&[("whose", "1-1"), ("name", "Canarivinh"), ("email", "canari.cha@example.test")]);
        for (below, kind, body) in [
            ("/contact", "application/x-www-form-urlencoded", typed.as_bytes()),
            ("/survey", "application/x-www-form-urlencoded", b"score=x&words=Canarivinh"),
            ("/claims", "multipart/form-data; boundary=x", b"--x\r\nCanarivinh"),
        ] {
            let sent =
                request("POST", &format!("{page}{below}")).header("Content-Type", kind).bytes(body);
            assert!((400..500).contains(&sent.send().status), "{below}");
        }
        let name = encoded("Đặng Thị Canarivinh");
        for (method, below, body) in [
            ("GET", format!("students?text={name}"), ""),
            ("GET", "students/HSCANVINH".to_owned(), ""),
            ("GET", format!("students/{name}"), ""),
            ("GET", format!("khong-co/{name}"), ""),
            (
                "POST",
                "students".to_owned(),
                "Mã học sinh;Họ và tên;Lớp;Email\nHSCANVINH;Canarivinh;6A1;canari.cha@@example.test\n",
            ),
            (
                "POST",
                "statements?file_name=Canarivinh.csv".to_owned(),
                "Ngày;Ghi Có;Nội dung;Số tham chiếu\n20/11/2026;500000;HPQ6XPNK7 Canarivinh;FT1\n",
            ),
            ("POST", "statements".to_owned(), "Canarivinh;\u{0}"),
            ("POST", "refunds".to_owned(), "{\"student\":\"HSCANVINH\",\"holder\":\"Canaricha\""),
        ] {
            let once = format!("k{}", below.len());
            let sent = api(method, &below).once(&once).bytes(body.as_bytes()).send();
            assert_ne!(sent.status, 500, "{below}: {}", sent.text());
        }
        for target in
            [format!("/s/THCS-MAU/search?q={name}"), format!("/{name}"), format!("/f/{name}")]
        {
            assert!(request("GET", &target).send().status < 500, "{target}");
        }
        for _ in 0..200 {
            if sink.connections() > 0
                && db.number("SELECT COALESCE(MAX(attempts), 0) AS value FROM mails") > 0
            {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        sleep(Duration::from_millis(500));
        assert!(sink.connections() > 0, "the mail was tried");
        let log = service.kill();
        assert!(
            log.lines().count() > 3 && log.contains("a mail was not sent"),
            "it says something: {log}"
        );
        let secret = page.trim_start_matches("/f/");
        let encoded_name = encoded("Canarivinh");
        for canary in CANARIES.iter().copied().chain([secret, encoded_name.as_str(), key.as_str()])
        {
            let line = log.lines().find(|line| line.contains(canary));
            assert_eq!(line, None, "{canary} is in the log");
        }
    });
}
