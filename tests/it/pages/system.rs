//! The installation: its backups, what could not be delivered, and the list of what is to be set up.

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::program::run;
use crate::support::server::Town;

#[test]
fn a_backup_is_read_back_leaves_a_trace_and_can_be_worked_with() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let admin = Desk::of(&town).signed_in_at(Role::Administrator, &Reach::Everything);
        let page = admin.fetch("/system").text();
        assert!(page.contains("Chưa có bản sao lưu nào"), "{page}");

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sao-luu.sqlite");
        let shown = file.display().to_string();
        let said = run(["backup", &shown, "--database", &db.url]);
        assert_eq!(said.status, 0, "{said:?}");
        assert!(said.out.contains("sổ sách khớp ✔") && said.out.contains(&shown), "{said:?}");
        let size = std::fs::metadata(&file).unwrap().len();
        assert!(size > 0);

        let page = admin.fetch("/system").text();
        for expected in [shown.as_str(), "Đã đọc lại, sổ sách khớp"] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        let rows = db.number("SELECT row_count AS value FROM backups");
        assert!(rows > 20, "{rows}");
        assert_eq!(u64::try_from(db.number("SELECT size_bytes AS value FROM backups")), Ok(size));

        let copy = format!("sqlite:{shown}");
        let verified = run(["verify", "--database", &copy]);
        assert_eq!(verified.status, 0, "{verified:?}");
        let schools = run(["school", "list", "--database", &copy]);
        assert!(schools.out.contains("THCS-MAU"), "{schools:?}");

        let again = run(["backup", &shown, "--database", &db.url]);
        assert_eq!(again.status, 2, "a backup that is there is not written over: {again:?}");
        assert!(again.err.contains("backup_file_exists"), "{again:?}");
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM backups"), 1);
    });
}

#[test]
fn templates_of_letters_are_a_task_until_somebody_looked_at_them() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let state = || {
            let page = desk.page("");
            let (_, rest) = page.split_once(">Mẫu email</a>").unwrap();
            rest.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()
        };
        let words = [("intro", "Kính gửi quý phụ huynh,"), ("closing", ""), ("what", "keep")];
        assert_eq!(state(), "Chưa làm");
        desk.done("/mail/words/notice/vi", &words);
        assert_eq!(state(), "Đang làm");
        assert!(desk.page("/mail/words").contains("Đã xem, dùng các mẫu này"));
        for time in ["once", "and again"] {
            assert_eq!(desk.done("/mail/words/approval", &[]), "/mail/words", "{time}");
        }
        assert_eq!(state(), "Hoàn thành");
        assert!(desk.page("/audit").contains("Duyệt mẫu email"));
        let recorded =
            "SELECT COUNT(*) AS value FROM audit_records WHERE action = 'letters.approve'";
        assert_eq!(db.number(recorded), 1);
        desk.done(
            "/mail/words/notice/vi",
            &[("intro", "Lời khác."), ("closing", ""), ("what", "keep")],
        );
        assert_eq!(state(), "Đang làm", "other words are to be looked at again");
    });
}
