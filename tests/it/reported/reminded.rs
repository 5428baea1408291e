//! An authority asks schools for the reports they owe.

use doisoat::domain::access::Role;
use doisoat::service::keys::Reach;
use doisoat::service::mail::{self, AskedMails};

use crate::support::browser::Desk;
use crate::support::for_each_backend;
use crate::support::server::{HERE, Town};

#[test]
fn whoever_may_report_is_asked_once_a_day_and_nobody_who_has_reported() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let people = Desk::of(&town);
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = people.signed_in_at(Role::Supervisor, &above);
        let ask = |period: &str| {
            supervisor.post_to(&format!("/figures/PHONG-MAU/remind?period={period}"), &[])
        };
        let asked = || {
            let kind = Some("report_reminder".to_owned());
            let wanted = AskedMails { kind, limit: 10, ..AskedMails::default() };
            mail::list(&town.school.store, &wanted, None).unwrap().mails
        };
        let page =
            |period: &str| supervisor.fetch(&format!("/figures/PHONG-MAU?period={period}")).text();

        assert_eq!(ask("2026-11").status, 422, "the month is not over");
        assert!(!page("2026-11").contains("/remind"), "and has no button");
        assert!(page("2026-10").contains("/remind"));
        assert!(asked().is_empty(), "looking asks nobody");
        let chief = people.signed_in(Role::ChiefAccountant);
        people.signed_in(Role::Accountant);
        assert_eq!(ask("2026-10").status, 303);
        let mails = asked();
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(mails[0].to_email.starts_with("chief_accountant."), "{mails:?}");
        assert_eq!(mails[0].subject, "Đề nghị gửi số liệu tháng 10/2026");
        assert_eq!(ask("2026-10").status, 303);
        assert_eq!(asked().len(), 1, "once a day");
        let month = chief.page("/reported/2026-10");
        assert!(month.contains("Đề nghị nhà trường gửi số liệu tháng 10/2026."), "{month}");

        let elsewhere = supervisor.post_to("/figures/KHONG-CO/remind?period=2026-10", &[]);
        assert_eq!(elsewhere.status, 404, "{}", elsewhere.text());
        let auditor = people.signed_in_at(Role::Auditor, &above);
        let read_only = auditor.post_to("/figures/PHONG-MAU/remind?period=2026-10", &[]);
        assert_eq!(read_only.status, 403, "{}", read_only.text());
    });
}

#[test]
fn filters_leave_the_schools_that_are_asked_for_and_the_sums_of_all() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let line = [("2026-10-05", 1_000_000, "FT1", "HP2P9Q7Q9 hoc phi")];
        town.school.statement("a.csv", &crate::support::school::csv(0, &line));
        let above = Reach::Authority("PHONG-MAU".to_owned());
        let supervisor = Desk::of(&town).signed_in_at(Role::Supervisor, &above);
        let level = db.words(&format!("SELECT level AS value FROM schools WHERE code = '{HERE}'"));
        let level = level.into_iter().next().unwrap();
        for (why, filter, there) in [
            ("nothing", String::new(), true),
            ("its level", format!("&level={level}"), true),
            ("another level", "&level=continuing".to_owned(), false),
            ("how it stands", "&status=met".to_owned(), true),
            ("otherwise", "&status=no_data".to_owned(), false),
            ("a place it is not in", "&place=KHONG-CO".to_owned(), false),
            ("by pupil", "&by=pupil".to_owned(), true),
        ] {
            let answer = supervisor.fetch(&format!("/figures/PHONG-MAU?period=2026-10{filter}"));
            let page = answer.text();
            assert_eq!(answer.status, 200, "{why}: {page}");
            let none = page.contains("Không có trường nào theo điều kiện đã chọn.");
            assert_eq!(none, !there, "{why}: {page}");
            assert!(page.contains("1.000.000"), "{why}: the sum of all stays");
            let leads_on = filter.is_empty() || filter.starts_with("&place") || !there;
            let kept = format!("/schools/{HERE}?period=2026-10{}", filter.replace('&', "&#38;"));
            assert!(leads_on || page.contains(&kept), "{why}: {kept} in {page}");
        }
    });
}
