//! The guided tour leads somebody without a script through a month, once, and again when asked.

use doisoat::domain::access::Role;

use crate::support::browser::{Desk, value_of};
use crate::support::for_each_backend;
use crate::support::server::Town;

#[test]
fn the_tour_is_offered_once_leads_through_the_pages_and_can_be_taken_again() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let visitor = desk.signed_in(Role::Accountant);
        assert!(visitor.page("").contains("Lần đầu dùng"));
        assert!(!visitor.page("/queue").contains("Lần đầu dùng"), "offered on the first page only");
        let mut to = visitor.done("/tour", &[("step", "1")]);
        let mut way = vec![to.clone()];
        for number in 1..=7 {
            let page = visitor.page(&to);
            assert!(page.contains(&format!("Bước {number}/7")), "{to}: {page}");
            assert!(!page.contains("Đến trang của bước này"), "{to} is the step's own page");
            let form = page.split("class=\"tour").nth(1).unwrap();
            let next = form.split("name=\"step\" value=\"").nth(1).unwrap();
            let next = next.split('"').next().unwrap();
            to = visitor.done("/tour", &[("step", next)]);
            way.push(to.clone());
        }
        let pages = ["", "/students", "/statements", "/queue", "/cash", "/periods", "/exports", ""];
        assert_eq!(way, pages);
        assert!(!visitor.page("").contains("class=\"tour"), "it is over");
        let help = visitor.page("/help");
        assert!(help.contains("Bắt đầu hướng dẫn"));
        assert_eq!(value_of(&help, "step"), "1");
        visitor.done("/tour", &[("step", "3")]);
        assert!(visitor.page("/cash").contains("Đến trang của bước này"), "remembered elsewhere");
        visitor.done("/tour", &[("step", "0")]);
        assert!(!visitor.page("/statements").contains("class=\"tour"), "left");
        visitor.done("/tour", &[("step", "99")]);
        assert!(!visitor.page("").contains("class=\"tour"));
        let other = desk.signed_in(Role::Cashier);
        assert!(other.page("").contains("Lần đầu dùng"), "each person's own");
        let steps = "SELECT COUNT(*) AS value FROM tours";
        assert_eq!(db.number(steps), 1);
    });
}
