//! Many lines at once, undoing, and two people at one line.

use doisoat::domain::id::DecisionId;
use doisoat::domain::lang::Lang;
use doisoat::domain::money::Vnd;
use doisoat::service::cash::{self, NewCash};
use doisoat::service::workspace::bulk::{self, BulkDone};
use doisoat::service::workspace::{Row, Tab, history, undo_group, undo_payment};
use doisoat::service::{Actor, ServiceError, decide, periods};

use super::{OVER, bulk_rows, page_of, school, tab, ticked, walk};
use crate::support::crowd::{DUE, code};
use crate::support::for_each_backend;
use crate::support::school::School;

fn sum(rows: &[Row]) -> Vnd {
    Vnd::checked_sum(rows.iter().map(|row| row.amount)).unwrap()
}

fn confirm(school: &School, rows: &[Row]) -> Result<BulkDone, ServiceError> {
    let School { store, clock, actor, id } = school;
    let expected = (rows.len(), sum(rows));
    bulk::confirm(store, clock, actor, *id, &ticked(rows), expected, Lang::Vi)
}

fn codes(error: &ServiceError) -> Vec<&str> {
    error.diagnostics().iter().map(|one| one.code.as_str()).collect()
}

#[test]
fn lines_of_one_rule_are_confirmed_together_and_undone_together() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, clock, actor, id } = &school;
        let before = school.state();
        let rows = bulk_rows(&school);
        assert_eq!(rows.len(), OVER);
        let shown = bulk::preview(store, *id, &ticked(&rows), Lang::Vi).unwrap();
        assert_eq!((shown.count, shown.sum), (OVER, sum(&rows)));
        assert!(shown.rule.starts_with("code-over/"), "{}", shown.rule);
        assert!(shown.rule_text.contains("phần thừa"), "{}", shown.rule_text);

        // What the dialog said is what is confirmed, or nothing.
        let other = (OVER, Vnd::new(1));
        let refused = bulk::confirm(store, clock, actor, *id, &ticked(&rows), other, Lang::Vi);
        assert_eq!(codes(&refused.unwrap_err()), ["bulk_changed"]);
        assert_eq!(school.state(), before);

        let done = confirm(&school, &rows).unwrap();
        assert_eq!((done.confirmed, done.sum, done.conflicts.len()), (OVER, sum(&rows), 0));
        let group = done.group.unwrap();
        assert_eq!(walk(&school, &tab(Tab::Over), 50).len(), OVER);
        school.verify();
        let (items, next) = history::page(store, *id, None, 10, Lang::Vi).unwrap();
        let [item] = &items[..] else { panic!("one item: {items:?}") };
        assert_eq!((item.group, item.count, item.sum), (Some(group), 12, sum(&rows)));
        assert_eq!(item.text, "Xác nhận cùng lúc 12 dòng");
        assert!(item.undoable && item.undone.is_none() && item.by == "test" && next.is_none());

        let undo = || undo_group(store, clock, actor, (*id, group), None, Lang::Vi).unwrap();
        let undone = undo();
        assert_eq!((undone.taken_back, undone.left.len()), (OVER, 0));
        assert_eq!(school.state(), before, "everything is proposed again");
        let again = undo();
        assert_eq!((again.taken_back, again.left.len()), (0, 0));
        assert_eq!(school.state(), before);
        let (items, _) = history::page(store, *id, None, 50, Lang::Vi).unwrap();
        let item = items.iter().find(|item| item.group == Some(group)).unwrap();
        assert!(!item.undoable && item.undone.as_ref().is_some_and(|(by, _)| by == "test"));
        // The same lines again: a group of its own.
        assert_eq!(confirm(&school, &bulk_rows(&school)).unwrap().confirmed, OVER);
        school.verify();
    });
}

#[test]
fn what_somebody_decided_meanwhile_is_left_and_told() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, clock, actor, id } = &school;
        let rows = bulk_rows(&school);
        let hoa = Actor::named("Chị Hoa");
        let taken = &rows[1];
        decide::confirm(store, clock, &hoa, (*id, taken.id), taken.version, 0).unwrap();
        let said =
            "Chị Hoa vừa xác nhận dòng này lúc 08:00 ngày 24/11/2026. Tải lại để xem kết quả.";

        let refused = bulk::preview(store, *id, &ticked(&rows), Lang::Vi).unwrap_err();
        assert_eq!(codes(&refused), ["decided_meanwhile"]);
        assert!(refused.diagnostics()[0].message.vi.ends_with(said));

        let done = confirm(&school, &rows).unwrap();
        assert_eq!(done.confirmed, OVER - 1);
        let [conflict] = &done.conflicts[..] else { panic!("{:?}", done.conflicts) };
        assert_eq!((conflict.payment, conflict.decided_by.as_str()), (taken.id, "user:Chị Hoa"));
        assert_eq!(conflict.text, said);
        school.verify();

        // The same for one line.
        let late = decide::confirm(store, clock, actor, (*id, taken.id), taken.version, 0);
        let late = late.unwrap_err();
        assert_eq!(codes(&late), ["decided_meanwhile"]);
        assert_eq!(&*late.diagnostics()[0].message.vi, said);
        assert_eq!(
            &*late.diagnostics()[0].message.en,
            "Chị Hoa has just confirmed this line at 08:00 on 2026-11-24. Reload to see the outcome."
        );
        // Undoing the group leaves what somebody else has decided since.
        let first = done.group.map(|group| (*id, group)).unwrap();
        let reversed = rows[2].id;
        decide::reverse(store, clock, &hoa, (*id, reversed), None, "nhầm").unwrap();
        let part = decide::PersonalUse {
            allocations: vec![(code(50), Vnd::new(1_000))],
            ..decide::PersonalUse::default()
        };
        let other = rows[3].id;
        decide::allocate(store, clock, &hoa, (*id, other), None, &part).unwrap();
        let undone = undo_group(store, clock, actor, first, Some("nhầm tệp"), Lang::Vi).unwrap();
        assert_eq!(undone.taken_back, OVER - 3);
        let left: Vec<_> = undone.left.iter().map(|left| left.payment).collect();
        assert_eq!(left, [other], "what was taken back already is not named");
        assert!(undone.left[0].text.starts_with("Chị Hoa vừa xác nhận"));
        school.verify();
    });
}

#[test]
fn two_people_at_once_confirm_each_line_once() {
    for_each_backend(|db| {
        let school = school(db);
        let rows = bulk_rows(&school);
        let both: Vec<BulkDone> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..2).map(|_| scope.spawn(|| confirm(&school, &rows).unwrap())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let confirmed: usize = both.iter().map(|done| done.confirmed).sum();
        let conflicts: usize = both.iter().map(|done| done.conflicts.len()).sum();
        assert_eq!((confirmed, conflicts), (OVER, OVER));
        assert_eq!(both.iter().filter(|done| done.group.is_some()).count(), 1);
        school.verify();
    });
}

#[test]
fn lines_that_need_a_look_are_refused_by_name() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, clock, actor, id } = &school;
        let all = walk(&school, &tab(Tab::Proposed), 50);
        let tie = all.iter().find(|row| !row.bulk).unwrap().clone();
        let good = bulk_rows(&school);
        let settled = walk(&school, &tab(Tab::Settled), 1).remove(0);
        for (why, other, expected) in [
            ("nothing to confirm", settled, "no_proposal"),
            ("another rule, which is warned of", tie.clone(), "mixed_rules"),
        ] {
            let rows = [good[0].clone(), other];
            for refused in [
                bulk::preview(store, *id, &ticked(&rows), Lang::Vi).map(drop),
                confirm(&school, &rows).map(drop),
            ] {
                assert_eq!(codes(&refused.unwrap_err()), [expected], "{why}");
            }
        }
        let warned = bulk::preview(store, *id, &ticked(&[tie]), Lang::Vi).unwrap_err();
        assert!(warned.diagnostics()[0].message.vi.contains('⚠'), "{warned:?}");

        // Cash of the same amount was taken from the student: pupil 3 owes 400.000 and paid 453.000
        // by transfer; pupil 59 gives the like at the counter.
        let row = good.iter().find(|row| row.amount == Vnd::new(DUE + 53_000)).unwrap();
        let owed = code(100);
        let list = format!(
            "Mã thanh toán;Mã học sinh;Họ và tên;Lớp;Còn phải thu;Đợt thu\n{owed};HS0003;;;453000;Tháng 12\n"
        );
        assert_eq!(school.invoices(&list).bad, vec![]);
        let paid = NewCash {
            allocations: vec![(owed, row.amount)],
            payer: "Người nộp mẫu".to_owned(),
            received_on: "2026-11-20".parse().unwrap(),
            note: None,
            request_key: None,
        };
        cash::record(store, clock, actor, *id, &paid).unwrap();
        let page = page_of(&school, &tab(Tab::Proposed), None, 50);
        let now = page.rows.iter().find(|one| one.id == row.id).unwrap();
        assert!(!now.bulk);
        let warning = now.proposals[0].warnings.last().unwrap();
        assert_eq!(warning.code, "cash_same");
        assert_eq!(warning.text, "⚠ Đã có phiếu thu tiền mặt bằng số tiền này, ngày 20/11/2026");
        let refused =
            bulk::preview(store, *id, &ticked(std::slice::from_ref(now)), Lang::Vi).unwrap_err();
        assert_eq!(codes(&refused), ["cash_same"]);
        let twice = [good[1].clone(), good[1].clone()];
        let refused = bulk::preview(store, *id, &ticked(&twice), Lang::Vi).unwrap_err();
        assert_eq!(codes(&refused), ["bulk_number"]);
    });
}

#[test]
fn one_decision_is_undone_once_and_not_in_a_closed_month() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, clock, actor, id } = &school;
        let before = school.state();
        let row = bulk_rows(&school).remove(0);
        let state = decide::confirm(store, clock, actor, (*id, row.id), row.version, 0).unwrap();
        let decision = state.decision_id.unwrap();
        let undo = |decision: DecisionId| {
            undo_payment(store, clock, actor, (*id, row.id), decision, Some("bấm nhầm"))
        };
        assert_eq!(undo(decision).unwrap().decision, "proposed");
        assert_eq!(undo(decision).unwrap().decision, "proposed");
        assert_eq!(school.state(), before);
        let (items, _) = history::page(store, *id, None, 10, Lang::Vi).unwrap();
        let words: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
        assert_eq!(words, ["bỏ khớp", "đã khớp"]);
        assert!(items.iter().all(|item| !item.undoable));
        assert_eq!(items[1].undone.as_ref().map(|(by, _)| by.as_str()), Some("test"));
        let machines = school.payment(&code(21)).state;
        let of_machine = undo_payment(
            store,
            clock,
            actor,
            (*id, machines.id),
            machines.decision_id.unwrap(),
            None,
        );
        assert_eq!(codes(&of_machine.unwrap_err()), ["not_by_a_person"]);

        let done = confirm(&school, &bulk_rows(&school)).unwrap();
        let mut open = walk(&school, &tab(Tab::Unmatched), 50);
        open.extend(walk(&school, &tab(Tab::Proposed), 50));
        for row in open {
            let aside = decide::PersonalUse {
                set_aside: Some(row.amount),
                reason: Some("mẫu".to_owned()),
                ..decide::PersonalUse::default()
            };
            decide::allocate(store, clock, actor, (*id, row.id), None, &aside).unwrap();
        }
        clock.set("2026-12-02T01:00:00".parse().unwrap());
        let month = "2026-11".parse().unwrap();
        let accepted: Vec<_> = periods::check(store, clock, *id, month)
            .unwrap()
            .items
            .iter()
            .filter(|item| item.acceptable)
            .map(|item| periods::Accepted {
                code: item.code.to_owned(), reason: "mẫu".to_owned()
            })
            .collect();
        periods::close(store, clock, actor, *id, month, &accepted).unwrap();
        let group = (*id, done.group.unwrap());
        let undone = undo_group(store, clock, actor, group, None, Lang::Vi).unwrap();
        assert_eq!((undone.taken_back, undone.left.len()), (0, OVER));
        assert!(undone.left[0].text.contains("đã khóa sổ"));
        let (items, _) = history::page(store, *id, None, 50, Lang::Vi).unwrap();
        let item = items.iter().find(|item| item.group == Some(group.1)).unwrap();
        assert!(!item.undoable && item.undone.is_none());
        school.verify();
    });
}
