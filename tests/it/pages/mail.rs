//! Mail to families on the pages: notices with the issue, what became of them, reminders, the school's
//! words, and ending reminders without signing in.

use doisoat::domain::access::Role;
use doisoat::keyring::Keyring;
use doisoat::service::mail::{self, AskedMails};

use crate::support::browser::{Browser, Desk, id_in, value_of};
use crate::support::feed::TEST_KEY;
use crate::support::for_each_backend;
use crate::support::server::Town;

const LIST: &str = "Mã học sinh;Họ và tên;Lớp;Email\nHS1;Nguyễn Thị Hạnh;6A1;p@example.test\nHS2;Nguyễn Văn Ánh;6A1;\nHS3;Lê Thị An;7A1;q@example.test\n";

/// A draft for November; its id.
fn november(desk: &Browser<'_>) -> i64 {
    let item = [
        ("name", "Tiền ăn"),
        ("code", "AN"),
        ("unit", "day"),
        ("compulsory", "1"),
        ("priority", "1"),
    ];
    let id = id_in(&desk.done("/fees/new", &item));
    desk.done(&format!("/fees/{id}/prices"), &[("price", "35.000")]);
    let round = [
        ("name", "Tháng 11/2026"),
        ("code", "T11"),
        ("of", "school"),
        ("which", ""),
        ("from", "01/11/2026"),
        ("to", "30/11/2026"),
        ("due_on", "20/11/2026"),
        ("item", "AN"),
        ("known", "AN"),
        ("quantity", "20"),
        ("price", ""),
    ];
    id_in(&desk.done("/rounds/new", &round))
}

#[test]
fn a_round_is_issued_with_notices_and_the_page_says_what_became_of_each() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let desks = Desk::of(&town);
        let desk = desks.signed_in(Role::Accountant);
        let id = november(&desk);
        let issue = format!("/rounds/{id}/issue");
        let seen = value_of(&desk.page(&issue), "fingerprint");
        let asked = desk.post(&format!("{issue}/confirm"), &[("fingerprint", &seen)]);
        assert!(asked.text().contains("Phát hành và gửi thông báo"), "{}", asked.text());
        let to = desk.done(&issue, &[("fingerprint", &seen), ("notify", "on")]);
        assert_eq!(to, format!("/mail?round={id}"));
        // The service makes and sends by itself.
        let list = format!("/mail?round={id}");
        let mut page = desk.page(&list);
        for _ in 0..200 {
            if page.contains("Chưa có email") && page.matches("status done").count() >= 2 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
            page = desk.page(&list);
        }
        for told in ["p@example.test", "q@example.test", "Chưa có email", ">Hạnh (6A1)"] {
            assert!(page.contains(told), "{told}: {page}");
        }
        assert!(!desk.page(&format!("{list}&outcome=skipped")).contains("p@example.test"));
        assert!(desk.get(&format!("/mail/list?round={id}")).body.starts_with(b"PK"));
        // Whoever was told is not told again.
        desk.done(&format!("/mail/rounds/{id}"), &[]);
        let letter = page.split("/mail/letters/").nth(1).unwrap();
        let letter: i64 = letter.split('"').next().unwrap().parse().unwrap();
        desk.done(&format!("/mail/letters/{letter}"), &[("back", "")]);

        // Reminders: what would be, and exactly that.
        let preview = desk.page("/mail/remind?class=6A1");
        assert!(preview.contains("700.000") && preview.contains("Chưa có email"), "{preview}");
        let seen = value_of(&preview, "fingerprint");
        let wrong = desk.refused("/mail/remind", &[("class", "7A1"), ("fingerprint", &seen)]);
        assert!(wrong.contains("đã thay đổi sau khi xem trước"), "{wrong}");
        let to = desk.done("/mail/remind", &[("class", "6A1"), ("fingerprint", &seen)]);
        assert_eq!(to, "/mail?kind=reminder");
        assert!(desk.page("/receivables").contains("/mail/remind"), "the button is there");
        let reader = desks.signed_in(Role::Auditor);
        assert!(!reader.page("/mail").contains("/mail/letters/"), "who only reads sends nothing");

        // A server refused everything: all of it leaves again at once.
        let failed = format!("{list}&outcome=failed");
        assert!(!desk.page(&failed).contains("/mail/again"), "nothing failed");
        db.execute(
            "UPDATE mails SET state = 'failed', due_at = NULL, sent_at = NULL, problem = 'content' \
             WHERE kind = 'notice'",
        );
        let page = desk.page(&failed);
        assert!(page.contains("p@example.test") && page.contains("q@example.test"), "{page}");
        assert!(!reader.page(&failed).contains("/mail/again"));
        let back = value_of(&page, "back").replace("&#38;", "&");
        let to = desk.done("/mail/again", &[("back", back.as_str())]);
        assert_eq!(to, format!("/mail?round={id}&outcome=failed"));
        let waits =
            "SELECT COUNT(*) AS value FROM mails WHERE kind = 'notice' AND state = 'failed'";
        assert_eq!(db.number(waits), 0, "both are on their way again");
    });
}

#[test]
fn a_school_tries_its_words_before_it_keeps_them_and_goes_back() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        assert!(desk.page("/mail/words").contains("Lời có sẵn"));
        let words = "/mail/words/notice/vi";
        assert!(desk.page(words).contains("trân trọng thông báo"));
        let tried =
            desk.post(words, &[("what", "preview"), ("intro", "Chào <b>{{ hoc_sinh }}</b>")]);
        assert_eq!(tried.status, 200, "{}", tried.text());
        assert!(tried.text().contains("Chào &#60;b&#62;Hồng Hạnh&#60;/b&#62;"), "{}", tried.text());
        assert!(desk.page(words).contains("trân trọng thông báo"), "nothing was kept");
        let wrong = desk.refused(words, &[("what", "keep"), ("intro", "x\n{{ mat_khau }}")]);
        assert!(wrong.contains("Dòng 2: không có tên") && wrong.contains("mat_khau"), "{wrong}");
        desk.done(words, &[("what", "keep"), ("intro", "Lời của trường"), ("closing", "")]);
        assert!(desk.page(words).contains("<p>Lời của trường</p>"));
        assert!(desk.page("/mail/words").contains("Lời của trường"));
        desk.done(words, &[("what", "reset")]);
        assert!(desk.page(words).contains("trân trọng thông báo"));
        assert_eq!(desk.get("/mail/words/khac/vi").status, 404);
        assert_eq!(desk.get("/mail/words/notice/fr").status, 404);
        desk.done("/mail/words", &[("reminders", "on")]);
        assert!(desk.page("/mail/words").contains("Đang bật"));
        desk.done("/mail/words", &[]);
        assert!(desk.page("/mail/words").contains("Đang tắt"));
    });
}

#[test]
fn whoever_writes_the_words_gets_them_as_a_mail_and_no_family_does() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let words = "/mail/words/notice/vi";
        let intro = "Kính gửi gia đình {{ hoc_sinh }}";
        let fields = [("what", "test"), ("intro", intro), ("closing", "Thân ái")];
        for _ in 0..2 {
            let answer = desk.post(words, &fields);
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page = answer.text();
            assert!(page.contains("Thư thử đang được gửi tới"), "{page}");
            assert!(page.contains(&format!(">{intro}</textarea>")), "what was typed stays: {page}");
        }
        assert!(desk.page(words).contains("trân trọng thông báo"), "nothing was kept");
        let own = "SELECT COUNT(*) AS value FROM mails m JOIN users u ON u.email = m.to_email \
             WHERE m.kind = 'letter_sample' AND m.subject LIKE '[Thư thử] %'";
        assert_eq!(db.number(own), 1, "pressed twice, sent once");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM mails"), 1);
        let page = desk.refused(words, &[("what", "test"), ("intro", "{{ mat_khau }}")]);
        assert!(page.contains("mat_khau"), "{page}");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM mails"), 1, "no mail of broken words");
        desk.post(words, &[("what", "test"), ("intro", "Lời khác"), ("closing", "")]);
        assert_eq!(
            db.number("SELECT COUNT(*) AS value FROM mails"),
            2,
            "other words, another mail"
        );
    });
}

#[test]
fn reminders_are_ended_by_sending_a_form_not_by_looking() {
    for_each_backend(|db| {
        let town = Town::create(db);
        assert_eq!(town.school.students(LIST).bad, vec![]);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let id = november(&desk);
        let issue = format!("/rounds/{id}/issue");
        let seen = value_of(&desk.page(&issue), "fingerprint");
        desk.done(&issue, &[("fingerprint", &seen)]);
        let seen = value_of(&desk.page("/mail/remind?class=7A1"), "fingerprint");
        desk.done("/mail/remind", &[("class", "7A1"), ("fingerprint", &seen)]);
        let secret = secret_of_the_reminder(&town);
        let address = format!("/reminders/{secret}");
        let look = || town.server.get(&address).send();
        for _ in 0..2 {
            let page = look();
            assert!(page.text().contains("có muốn ngừng nhận"), "{}", page.text());
            assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        }
        // As a mail program sends it (RFC 8058), from nowhere in particular.
        let one_click = town
            .server
            .post(&address)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .bytes(b"List-Unsubscribe=One-Click")
            .send();
        assert_eq!(one_click.status, 200, "{}", one_click.text());
        assert!(look().text().contains("không nhận thư nhắc nộp nữa"));
        assert!(desk.page("/mail/remind?class=7A1").contains("Không muốn nhận thư nhắc"));
        let undo = town.server.post(&address).bytes(b"reminders=on").send();
        assert!(undo.text().contains("có muốn ngừng nhận"), "{}", undo.text());
        assert_eq!(town.server.get("/reminders/khong-co").send().status, 404);
        assert_eq!(town.server.post("/reminders/khong-co").send().status, 404);
    });
}

/// The secret that the reminder carries, once the service has made it.
fn secret_of_the_reminder(town: &Town) -> String {
    let store = &town.school.store;
    let asked = AskedMails { kind: Some("reminder".to_owned()), limit: 1, ..AskedMails::default() };
    for _ in 0..200 {
        if let Some(found) = mail::list(store, &asked, None).unwrap().mails.first() {
            let keys = Keyring::new(TEST_KEY, std::path::Path::new(""));
            let message = mail::show(store, &keys, found.id).unwrap().message;
            let address = message.split("List-Unsubscribe: <").nth(1).unwrap();
            let address = address.split('>').next().unwrap();
            return address.rsplit('/').next().unwrap().to_owned();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("no reminder was made");
}
