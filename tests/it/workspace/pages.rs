//! Filters, searches and cursors.

use std::collections::HashSet;

use doisoat::domain::money::Vnd;
use doisoat::service::decide::{self, PersonalUse};
use doisoat::service::workspace::{Filter, Tab, parse_day};

use super::{OVER, SETTLED, page_of, school, tab, text_of, walk};
use crate::support::crowd::{DUE, code};
use crate::support::for_each_backend;
use crate::support::school::{ACCOUNT, School};

/// One line for each way in which a person uses a payment.
fn decide_some(school: &School) {
    let School { store, clock, actor, id } = school;
    let part =
        PersonalUse { allocations: vec![(code(40), Vnd::new(DUE))], ..PersonalUse::default() };
    let at = (*id, school.payment_id("khong ghi gi"));
    decide::allocate(store, clock, actor, at, None, &part).unwrap();
    let over = (*id, school.payment_id(&code(0)));
    decide::confirm(store, clock, actor, over, None, 0).unwrap();
}

#[test]
fn every_line_stands_in_one_tab_and_the_tabs_count_them() {
    for_each_backend(|db| {
        let school = school(db);
        decide_some(&school);
        let all = walk(&school, &tab(Tab::All), 7);
        assert_eq!(all.len(), OVER + SETTLED + 5);
        let mut seen = HashSet::new();
        let page = page_of(&school, &Filter::default(), None, 1);
        for count in &page.counts {
            let rows = walk(&school, &tab(count.tab), 3);
            assert_eq!(i64::try_from(rows.len()), Ok(count.count), "{:?}", count.tab);
            assert!(!count.more, "{count:?}");
            if count.tab != Tab::All {
                assert!(rows.iter().all(|row| row.tab == count.tab));
                assert!(rows.iter().all(|row| seen.insert(row.id)), "{:?}", count.tab);
            }
        }
        assert_eq!(seen.len(), all.len());
        let of = |tab: Tab| page.counts.iter().find(|one| one.tab == tab).unwrap().count;
        assert_eq!(of(Tab::Proposed), i64::try_from(OVER).unwrap());
        assert_eq!((of(Tab::Partial), of(Tab::Over), of(Tab::SetAside)), (1, 1, 1));
        assert_eq!(of(Tab::Unmatched), 2);
        // Newest first, but the surest and largest first among proposals.
        assert!(all.is_sorted_by(|one, next| one.booking_date >= next.booking_date));
        let proposed = walk(&school, &tab(Tab::Proposed), 5);
        let order = |row: &doisoat::service::workspace::Row| (row.confidence, row.amount);
        assert!(proposed.is_sorted_by(|one, next| order(one) >= order(next)));
        assert!(proposed.last().is_some_and(|last| !last.bulk), "what is warned of comes last");
    });
}

#[test]
fn a_line_tells_whose_it_may_be_and_why() {
    for_each_backend(|db| {
        let school = school(db);
        let filter = Filter { text: Some(code(3)), ..tab(Tab::Proposed) };
        let page = page_of(&school, &filter, None, 10);
        let [row] = &page.rows[..] else { panic!("one line: {:?}", page.rows.len()) };
        assert_eq!(text_of(row), format!("{} nop thua", code(3)));
        let marked: Vec<&str> =
            row.text.iter().filter(|part| part.marked).map(|part| part.text.as_str()).collect();
        assert_eq!(marked, [code(3)]);
        let first = &row.proposals[0];
        assert_eq!(first.shares[0].code, code(3));
        assert_eq!(first.shares[0].student_code, "HS0003");
        assert_eq!(first.shares[0].open_before, Some(Vnd::new(DUE)));
        assert_eq!(first.credit, Vnd::new(53_000));
        let chips: Vec<(&str, &str)> =
            first.reasons.iter().map(|chip| (chip.code.as_str(), chip.text.as_str())).collect();
        assert!(chips.contains(&("code_exact", "Đúng mã")), "{chips:?}");
        assert!(chips.contains(&("amount_over", "Thừa 53.000 ₫")), "{chips:?}");
        assert!(row.bulk && row.by_machine && row.decided_by == "Máy");
        assert_eq!(row.decided_at.as_deref(), Some("2026-11-24T08:00:00+07:00"));
        let tie = page_of(&school, &tab(Tab::Proposed), None, 50).rows.pop().unwrap();
        assert_eq!(text_of(&tie), format!("{} Tran Thi Hanh 6A2", code(50)));
        assert!(!tie.bulk && !tie.proposals.is_empty());
    });
}

#[test]
fn one_box_finds_students_codes_references_amounts_and_words() {
    for_each_backend(|db| {
        let school = school(db);
        decide_some(&school);
        let student = school.payment(&code(21));
        let reference = student.reference.clone().unwrap();
        let settled = format!("{} nop du", code(21));
        let over = format!("{} nop thua", code(5));
        for (why, text, expected) in [
            ("a payment code", code(21), Some(settled.as_str())),
            ("a code in lower case with a point", code(21).to_lowercase(), Some(&settled)),
            ("the beginning of a code", code(21)[..7].to_owned(), Some(&settled)),
            ("a bank's reference", reference.clone(), Some(&settled)),
            ("its beginning in lower case", reference[..12].to_lowercase(), Some(&settled)),
            ("a student's code", "HS0021".to_owned(), Some(&settled)),
            ("for whom something is proposed", "HS0005".to_owned(), Some(&over)),
            ("an amount", "1.234.567".to_owned(), Some("chuyen tien mừng cô giáo")),
            ("the amount in English", "1,234,567".to_owned(), Some("chuyen tien mừng cô giáo")),
            ("the amount in digits", "1234567 đ".to_owned(), Some("chuyen tien mừng cô giáo")),
            ("words without marks", "co giao MUNG".to_owned(), Some("chuyen tien mừng cô giáo")),
            ("words with marks", "tiền mừng".to_owned(), Some("chuyen tien mừng cô giáo")),
            ("nothing there", "xe buýt".to_owned(), None),
            ("an amount nobody paid", "9.876.543".to_owned(), None),
            ("what money out says", "phi quan ly".to_owned(), None),
        ] {
            let filter = Filter { text: Some(text.clone()), ..Filter::default() };
            let rows = walk(&school, &filter, 3);
            let texts: Vec<String> = rows.iter().map(text_of).collect();
            match expected {
                Some(expected) => {
                    assert!(texts.iter().any(|text| text == expected), "{why}: {texts:?}");
                }
                None => assert_eq!(texts, Vec::<String>::new(), "{why}"),
            }
            let once: HashSet<_> = rows.iter().map(|row| row.id).collect();
            assert_eq!(once.len(), rows.len(), "{why}: a line twice");
        }
    });
}

#[test]
fn filters_narrow_each_other() {
    for_each_backend(|db| {
        let school = school(db);
        let day = |text| parse_day(text);
        let class = Filter { class: Some("6A4".to_owned()), ..Filter::default() };
        // Pupils 3 and 33 are in this class; the first one paid too much.
        let rows = walk(&school, &class, 5);
        assert!(rows.iter().any(|row| text_of(row).starts_with(&code(3))));
        assert!(rows.iter().all(|row| {
            row.proposals.iter().flat_map(|one| &one.shares).any(|share| share.class == "6A4")
        }));
        let settled = Filter { class: Some("6A22".to_owned()), ..tab(Tab::Settled) };
        let rows = walk(&school, &settled, 5);
        assert_eq!(rows.iter().map(text_of).collect::<Vec<_>>(), [format!("{} nop du", code(21))]);
        for (why, filter, lines) in [
            (
                "a day",
                Filter { from: day("3/11/2026"), to: day("031126"), ..Filter::default() },
                SETTLED,
            ),
            ("a day with proposals", Filter { to: day("2026-11-02"), ..tab(Tab::Proposed) }, OVER),
            ("days without any", Filter { from: day("10/11/2026"), ..Filter::default() }, 0),
            (
                "the account",
                Filter { account: Some(ACCOUNT.to_owned()), ..tab(Tab::Settled) },
                SETTLED,
            ),
            ("another account", Filter { account: Some("999".to_owned()), ..Filter::default() }, 0),
            ("a rule", Filter { rule: Some("code-over".to_owned()), ..Filter::default() }, OVER),
            (
                "a rule in its version",
                Filter { rule: Some("code-exact/1".to_owned()), ..Filter::default() },
                SETTLED,
            ),
            (
                "a rule and a text",
                Filter {
                    rule: Some("code-over".to_owned()),
                    text: Some(code(3)),
                    ..Filter::default()
                },
                1,
            ),
            (
                "a class and a text of another",
                Filter { class: Some("6A4".to_owned()), text: Some(code(5)), ..Filter::default() },
                0,
            ),
        ] {
            assert_eq!(walk(&school, &filter, 4).len(), lines, "{why}");
        }
        let month = Filter { from: day("3/11/2026"), ..Filter::default() };
        let counts = page_of(&school, &month, None, 1).counts;
        let proposed = counts.iter().find(|one| one.tab == Tab::Proposed).unwrap();
        assert_eq!(proposed.count, 1, "counts keep to the days");
    });
}

#[test]
fn a_walk_sees_every_line_once_while_lines_are_decided() {
    for_each_backend(|db| {
        let school = school(db);
        let School { store, clock, actor, id } = &school;
        for (filter, before) in [
            (tab(Tab::Proposed), walk(&school, &tab(Tab::Proposed), 50)),
            (tab(Tab::All), walk(&school, &tab(Tab::All), 50)),
        ] {
            let mut seen = Vec::new();
            let mut cursor: Option<String> = None;
            loop {
                let page = page_of(&school, &filter, cursor.as_deref(), 4);
                // The last line of each page is decided before the next one is fetched.
                if let Some(row) = page.rows.iter().rev().find(|row| row.bulk) {
                    decide::confirm(store, clock, actor, (*id, row.id), row.version, 0).unwrap();
                }
                seen.extend(page.rows.into_iter().map(|row| row.id));
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
            let expected: Vec<_> = before.iter().map(|row| row.id).collect();
            assert_eq!(seen, expected, "{:?}", filter.tab);
        }
        school.verify();
    });
}
