//! An invoice comes down after it was issued: by a credit note, by issuing it anew, by a write-off.

use doisoat::domain::money::Vnd;
use doisoat::domain::payment_code::Prefix;
use doisoat::service::fees::credit_notes::{self, CreditNote, LineCredit};
use doisoat::service::fees::show::{self, InvoiceDetail};
use doisoat::service::fees::write_offs::{self, WriteOffTerms, WriteOffView};
use doisoat::service::{Actor, ServiceError, queue};

use super::{code_of, rows};
use crate::support::for_each_backend;
use crate::support::school::School;

fn units(item: &str, quantity: i64) -> LineCredit {
    LineCredit { item: item.to_owned(), quantity: Some(quantity), amount: None }
}

fn amount(item: &str, dong: i64) -> LineCredit {
    LineCredit { item: item.to_owned(), quantity: None, amount: Some(Vnd::new(dong)) }
}

fn correct(
    school: &School,
    code: &str,
    lines: &[LineCredit],
    reason: &str,
) -> Result<CreditNote, ServiceError> {
    let at = (school.id, code);
    credit_notes::correct(&school.store, &school.clock, &school.actor, at, lines, reason)
}

fn line(found: &InvoiceDetail, item: &str) -> [i64; 3] {
    let line = found.lines.iter().find(|line| line.item == item).unwrap();
    [line.gross, line.waived, line.net].map(Vnd::dong)
}

fn credit_of(school: &School) -> Vec<(Vec<String>, i64)> {
    queue::family_credit(&school.store, school.id)
        .unwrap()
        .into_iter()
        .map(|family| (family.students, family.credit.dong()))
        .collect()
}

#[test]
fn days_that_were_not_had_become_credit_where_they_were_paid() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let before = school.invoice_of("HS02", "T11").invoice;
        school.pay(&before.code, before.net.dong(), "nop du");
        let made = correct(&school, &before.code, &[units("MEALS", 3)], "nghỉ ốm 3 ngày").unwrap();
        school.verify();
        assert_eq!((made.number, made.net.dong(), made.moved.dong()), (1, 99_999, 99_999));
        let found = school.invoice_of("HS02", "T11");
        assert_eq!(found.invoice.state.as_str(), "paid");
        assert_eq!(found.invoice.net.dong(), before.net.dong() - 99_999);
        assert_eq!(found.invoice.paid, found.invoice.net);
        assert_eq!(line(&found, "MEALS"), [566_661, 0, 566_661], "the line came down");
        assert_eq!(line(&found, "TUITION"), [60_000, 60_000, 0], "the others did not");
        assert_eq!(line(&found, "INSURANCE"), [680_000, 0, 680_000]);
        assert_eq!(credit_of(&school), [(vec!["HS02".to_owned()], 99_999)]);
        let note = &found.credit_notes[0];
        assert_eq!((note.number, note.kind.as_str()), (1, "correction"));
        assert_eq!(
            (note.school_year.as_str(), note.reason.as_str()),
            ("2026-2027", "nghỉ ốm 3 ngày")
        );
    });
}

#[test]
fn what_is_waived_of_a_line_comes_down_with_it() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let code = school.invoice_of("HS05", "T11").invoice.code;
        let lines = [units("MEALS", 2), amount("BUS", 50_000)];
        let made = correct(&school, &code, &lines, "nghỉ 2 ngày, xe hỏng").unwrap();
        school.verify();
        assert_eq!((made.net.dong(), made.moved.dong()), (33_333 + 50_000, 0));
        let found = school.invoice_of("HS05", "T11");
        assert_eq!(line(&found, "MEALS"), [666_660, 333_330, 333_330]);
        assert_eq!(line(&found, "BUS"), [200_000, 0, 200_000]);
        assert_eq!(found.open, found.invoice.net, "nothing was paid");
    });
}

#[test]
fn credit_notes_that_make_no_sense_are_refused() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let code = school.invoice_of("HS01", "T11").invoice.code;
        let code = code.as_str();
        let before = db.row_counts();
        for (why, code, lines, reason, expected) in [
            ("no reason", code, vec![units("MEALS", 1)], " ", "reason_needed"),
            ("no line", code, vec![], "x", "nothing_to_correct"),
            ("nothing less", code, vec![units("MEALS", 0)], "x", "nothing_to_correct"),
            ("more, not less", code, vec![amount("MEALS", -1)], "x", "nothing_to_correct"),
            ("more days than there were", code, vec![units("MEALS", 23)], "x", "credit_too_large"),
            ("more money", code, vec![amount("TUITION", 60_001)], "x", "credit_too_large"),
            ("a line twice", code, vec![units("MEALS", 1), amount("MEALS", 1)], "x", "item_twice"),
            ("a line it has not", code, vec![units("BUS", 1)], "x", "invoice_line_not_found"),
            ("no such item", code, vec![units("GYM", 1)], "x", "fee_item_not_found"),
            ("no such invoice", "HPKHONGCO", vec![units("BUS", 1)], "x", "invoice_not_found"),
        ] {
            assert_eq!(code_of(correct(&school, code, &lines, reason)), expected, "{why}");
        }
        assert_eq!(db.row_counts(), before, "nothing was written");
    });
}

#[test]
fn an_invoice_issued_anew_takes_the_money_of_the_old_one() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let old = school.invoice_of("HS02", "T11").invoice;
        school.pay(&old.code, old.net.dong(), "nop du");
        let reissue = |code: &str, reason: &str| {
            let quantities = [("MEALS".to_owned(), 18)];
            credit_notes::reissue(
                &school.store,
                &school.clock,
                &school.actor,
                &[Prefix::DEFAULT],
                (school.id, code),
                &quantities,
                reason,
            )
        };
        let made = reissue(&old.code, "đếm nhầm ngày ăn").unwrap();
        school.verify();
        assert_eq!((made.net, made.moved), (old.net, old.net));
        let new = school.invoice_of("HS02", "T11");
        assert_eq!(Some(new.invoice.code.clone()), made.replaced_by);
        assert_eq!(new.replaces.as_deref(), Some(old.code.as_str()));
        assert_eq!((new.number, new.invoice.net.dong()), (Some(7), 599_994 + 680_000));
        assert_eq!((new.invoice.paid, new.open), (new.invoice.net, Vnd::ZERO));
        assert_eq!(credit_of(&school), [(vec!["HS02".to_owned()], 66_666)]);
        let was = show::invoice(&school.store, &school.clock, school.id, &old.code).unwrap();
        assert_eq!(was.invoice.state.as_str(), "cancelled");
        assert_eq!((was.invoice.net, was.invoice.paid), (Vnd::ZERO, Vnd::ZERO));

        let before = db.row_counts();
        assert_eq!(code_of(reissue(&old.code, "lần nữa")), "invoice_cancelled");
        assert_eq!(code_of(reissue(&new.invoice.code, "")), "reason_needed");
        assert_eq!(db.row_counts(), before);
    });
}

#[test]
fn an_invoice_that_came_with_a_list_is_not_issued_anew() {
    for_each_backend(|db| {
        let school = School::with_fees(db);
        let list =
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu\nHPQ6XPNK7;HS01;;;1250000\n";
        assert_eq!(school.invoices(list).bad, vec![]);
        let at = (school.id, "HPQ6XPNK7");
        let prefixes = [Prefix::DEFAULT];
        let (store, clock, actor) = (&school.store, &school.clock, &school.actor);
        let refused = credit_notes::reissue(store, clock, actor, &prefixes, at, &[], "x");
        assert_eq!(code_of(refused), "invoice_listed");
        let item = school.store_item("HPQ6XPNK7");
        let made = correct(&school, "HPQ6XPNK7", &[amount(&item, 250_000)], "giảm").unwrap();
        assert_eq!(made.net.dong(), 250_000, "a credit note can be made of it");
        assert_eq!(code_of(correct(&school, "HPQ6XPNK7", &[units(&item, 1)], "x")), "no_units");
        school.verify();
    });
}

impl School {
    /// The one fee item of an invoice.
    fn store_item(&self, code: &str) -> String {
        let found = show::invoice(&self.store, &self.clock, self.id, code).unwrap();
        assert_eq!(found.lines.len(), 1);
        found.lines[0].item.clone()
    }

    fn ask(&self, who: &str, code: &str, dong: i64) -> Result<WriteOffView, ServiceError> {
        let terms = WriteOffTerms { amount: Vnd::new(dong), reason: "bỏ học".to_owned() };
        let at = (self.id, code);
        write_offs::ask(&self.store, &self.clock, &Actor::named(who), at, &terms)
    }

    fn answer(&self, who: &str, id: i64, agree: bool) -> Result<WriteOffView, ServiceError> {
        let actor = Actor::named(who);
        write_offs::decide(&self.store, &self.clock, &actor, (self.id, id), agree)
    }
}

#[test]
fn a_write_off_needs_a_second_person() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let code = school.invoice_of("HS04", "T11").invoice.code;
        let asked = school.ask("Kế toán A", &code, 700_000).unwrap();
        assert_eq!(school.invoice_of("HS04", "T11").open.dong(), 740_000, "nothing changed yet");
        let before = rows(db);
        assert_eq!(code_of(school.ask("Kế toán B", &code, 1)), "write_off_waits");
        assert_eq!(code_of(school.answer("Kế toán A", asked.id, true)), "second_person");
        assert_eq!(rows(db), before);
        let done = school.answer("Kế toán B", asked.id, true).unwrap();
        school.verify();
        assert_eq!((done.state.as_str(), done.asked_by.as_str()), ("approved", "user:Kế toán A"));
        assert_eq!(done.decided_by.as_deref(), Some("user:Kế toán B"));
        let found = school.invoice_of("HS04", "T11");
        assert_eq!(found.open.dong(), 40_000);
        // What money would go to last comes down first.
        assert_eq!(line(&found, "INSURANCE"), [0, 0, 0]);
        assert_eq!(line(&found, "TUITION"), [40_000, 0, 40_000]);
        assert_eq!(found.credit_notes[0].kind, "write_off");
        assert_eq!(code_of(school.answer("Kế toán C", asked.id, true)), "write_off_decided");

        let again = school.ask("Kế toán A", &code, 40_000).unwrap();
        let refused = school.answer("Kế toán A", again.id, false).unwrap();
        assert_eq!(refused.state, "refused", "who asked may take it back");
        assert_eq!(school.invoice_of("HS04", "T11").open.dong(), 40_000);
        for (why, dong) in [("more than is open", 40_001), ("nothing", 0), ("less than that", -1)] {
            assert_eq!(code_of(school.ask("Kế toán A", &code, dong)), "beyond_open", "{why}");
        }
        assert_eq!(write_offs::list(&school.store, school.id).unwrap().len(), 2);
        assert_eq!(code_of(school.answer("Kế toán B", 999_999, true)), "write_off_not_found");
    });
}

#[test]
fn a_write_off_that_was_paid_meanwhile_is_not_approved() {
    for_each_backend(|db| {
        let school = School::with_issued_round(db);
        let code = school.invoice_of("HS04", "T11").invoice.code;
        let asked = school.ask("Kế toán A", &code, 740_000).unwrap();
        school.pay(&code, 1_000, "nop mot it");
        let before = db.row_counts();
        assert_eq!(code_of(school.answer("Kế toán B", asked.id, true)), "beyond_open");
        assert_eq!(db.row_counts(), before);
        school.verify();
    });
}
