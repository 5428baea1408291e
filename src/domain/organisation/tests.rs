use super::*;
use crate::domain::calendar::{Day, parse_iso_day};
use crate::domain::id::AuthorityId;
use crate::domain::lang::Lang;

fn day(text: &str) -> Day {
    parse_iso_day(text).unwrap()
}

/// `2024-01-01..2025-06-30`, either side left out where it is open.
fn span(text: &str) -> Span {
    let (from, to) = text.split_once("..").unwrap();
    Span::new(parse_iso_day(from), parse_iso_day(to)).unwrap()
}

fn unit(id: i64, code: &str, days: &str, parent: Option<i64>) -> Unit {
    Unit {
        id: AuthorityId(id),
        code: code.to_owned(),
        name: format!("Đơn vị {code}"),
        kind: AuthorityKind::Commune,
        span: span(days),
        first_parent: parent.map(AuthorityId),
    }
}

/// A province, a district that ended on 30 June 2025 with a commune of old, and one of new.
fn reformed() -> Tree {
    let mut tree = Tree::default();
    tree.put(unit(1, "TINH", "..", None));
    tree.put(unit(2, "HUYEN", "..2025-06-30", Some(1)));
    tree.put(unit(3, "XA", "..", Some(2)));
    tree.put(unit(4, "XA-MOI", "2025-07-01..", Some(1)));
    let from = day("2025-07-01");
    tree.change(ParentChange { unit: AuthorityId(3), parent: Some(AuthorityId(1)), from });
    tree
}

#[test]
fn the_tree_of_a_day_is_the_one_of_that_day() {
    let tree = reformed();
    for (why, root, on, expected) in [
        ("before", 1, "2025-06-30", vec![1, 2, 3]),
        ("after", 1, "2025-07-01", vec![1, 3, 4]),
        ("the district then", 2, "2025-06-30", vec![2, 3]),
        ("the district later", 2, "2025-07-01", vec![]),
        ("the commune later", 4, "2025-07-01", vec![4]),
        ("the commune too early", 4, "2025-06-30", vec![]),
    ] {
        let mut found: Vec<i64> =
            tree.under(AuthorityId(root), day(on)).into_iter().map(|id| id.0).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{why}");
    }
    let listed = |on: &str| -> Vec<(String, usize)> {
        tree.listed(day(on)).into_iter().map(|(unit, depth)| (unit.code.clone(), depth)).collect()
    };
    let of = |rows: &[(&str, usize)]| -> Vec<(String, usize)> {
        rows.iter().map(|(code, depth)| ((*code).to_owned(), *depth)).collect()
    };
    assert_eq!(listed("2025-06-30"), of(&[("TINH", 0), ("HUYEN", 1), ("XA", 2)]));
    assert_eq!(listed("2025-07-01"), of(&[("TINH", 0), ("XA", 1), ("XA-MOI", 1)]));
    assert!(tree.is_under(AuthorityId(3), AuthorityId(2), day("2025-06-30")));
    assert!(!tree.is_under(AuthorityId(3), AuthorityId(2), day("2025-07-01")));
}

#[test]
fn no_unit_comes_above_itself_on_any_day() {
    let change = |unit: i64, parent: i64, from: &str| ParentChange {
        unit: AuthorityId(unit),
        parent: Some(AuthorityId(parent)),
        from: day(from),
    };
    for (why, wanted, refused_on) in [
        ("under itself", change(1, 1, "2026-01-01"), Some("2026-01-01")),
        ("under its child", change(1, 4, "2026-01-01"), Some("2026-01-01")),
        ("under a grandchild of old", change(1, 3, "2025-01-01"), Some("2025-01-01")),
        ("beside it", change(4, 3, "2026-01-01"), None),
    ] {
        let mut tree = reformed();
        let outcome = tree.try_change(wanted);
        assert_eq!(outcome.err(), refused_on.map(day), "{why}");
        let kept = tree.parent_on(wanted.unit, day("2026-01-01")) == wanted.parent;
        assert_eq!(kept, refused_on.is_none(), "{why}: what is refused leaves nothing");
        assert!(tree.units().all(|unit| tree.loops(unit.id).is_none()), "{why}");
    }
    // A change that is right on its own day and wrong on a later one.
    let mut tree = reformed();
    tree.try_change(change(4, 3, "2027-01-01")).unwrap();
    assert_eq!(tree.try_change(change(3, 4, "2026-01-01")), Err(day("2027-01-01")));
}

#[test]
fn a_code_names_whoever_had_it_that_day_else_has_it_now_else_had_it_last() {
    let mut tree = reformed();
    let named = |unit: i64, code: &str, days: &str| FormerName {
        unit: AuthorityId(unit),
        code: code.to_owned(),
        name: format!("Tên cũ {code}"),
        span: span(days),
    };
    tree.was_called(named(4, "X1", "2025-07-01..2025-12-31"));
    tree.was_called(named(3, "X1", "2000-01-01..2010-12-31"));
    tree.was_called(named(1, "XA-MOI", "..2020-12-31"));
    for (why, code, on, expected) in [
        ("its code", "XA-MOI", None, Some(4)),
        ("its code on a day of its own", "XA-MOI", Some("2026-01-01"), Some(4)),
        ("the code when it was another's", "XA-MOI", Some("2020-01-01"), Some(1)),
        ("a former code", "X1", None, Some(4)),
        ("a former code on a day", "X1", Some("2005-01-01"), Some(3)),
        ("a former code on a day when nobody had it", "X1", Some("2026-01-01"), Some(4)),
        ("nobody's", "X9", None, None),
    ] {
        let found = tree.find(code, on.map(day)).map(|found| found.unit.id.0);
        assert_eq!(found, expected, "{why}");
    }
    let taken = |code: &str, days: &str, but: Option<i64>| {
        tree.code_taken(code, span(days), but.map(AuthorityId)).map(|unit| unit.id.0)
    };
    assert_eq!(taken("X1", "2011-01-01..2025-06-30", None), None, "between its two owners");
    assert_eq!(taken("X1", "2011-01-01..", None), Some(4));
    assert_eq!(taken("X1", "2011-01-01..", Some(4)), None, "its own");
}

#[test]
fn a_placement_without_an_end_is_closed_by_the_next_and_stated_days_never_overlap() {
    let placed = |id: i64, authority: i64, days: &str| Placed {
        id,
        authority: AuthorityId(authority),
        span: span(days),
        holds: Some(span(days)),
    };
    let closed = |rows: &[(i64, &str)]| {
        let close = rows.iter().map(|(id, last)| (*id, day(last))).collect();
        Some(Placing::New { close })
    };
    for (why, before, authority, days, expected) in [
        ("the first", vec![], 2, "..", closed(&[])),
        ("known", vec![placed(9, 2, "..")], 2, "..", Some(Placing::Known)),
        (
            "said again after it was closed",
            vec![placed(9, 2, "2020-01-01..2025-06-30"), placed(8, 4, "2025-07-01..")],
            2,
            "2020-01-01..",
            Some(Placing::Known),
        ),
        (
            "a move closes the day before",
            vec![placed(9, 2, "..")],
            4,
            "2025-07-01..",
            closed(&[(9, "2025-06-30")]),
        ),
        ("after a stated end", vec![placed(9, 2, "..2025-06-30")], 4, "2025-07-01..", closed(&[])),
        ("within stated days", vec![placed(9, 2, "..2025-12-31")], 4, "2025-07-01..", None),
        ("before one that is known", vec![placed(9, 4, "2025-07-01..")], 2, "2020-01-01..", None),
        ("from the same day", vec![placed(9, 4, "2025-07-01..")], 2, "2025-07-01..", None),
        ("without a first day", vec![placed(9, 4, "2025-07-01..")], 2, "..", None),
        ("the same unit, other days", vec![placed(9, 2, "..")], 2, "2025-07-01..", None),
    ] {
        let found = place(&before, AuthorityId(authority), span(days), span(days));
        assert_eq!(found.ok(), expected, "{why}");
    }
    // An open placement under a unit that ended ends with it.
    let ended = Placed { holds: Some(span("..2025-06-30")), ..placed(9, 2, "..") };
    let found = place(&[ended], AuthorityId(4), span("2025-09-01.."), span("2025-09-01.."));
    assert_eq!(found.ok(), closed(&[(9, "2025-06-30")]));
}

#[test]
fn days_under_nobody_are_found() {
    let placed = |days: &str| Placed {
        id: 1,
        authority: AuthorityId(1),
        span: span(days),
        holds: Some(span(days)),
    };
    for (why, before, until, expected) in [
        ("nothing known, nothing missing", vec![], None, vec![]),
        ("to this day", vec![".."], None, vec![]),
        ("one after the other", vec!["..2025-06-30", "2025-07-01.."], None, vec![]),
        ("a gap", vec!["2025-09-01..", "..2025-06-30"], None, vec!["2025-07-01..2025-08-31"]),
        ("nobody since", vec!["..2025-06-30"], None, vec!["2025-07-01.."]),
        ("closed with it", vec!["..2025-06-30"], Some("2025-06-30"), vec![]),
        ("closed later", vec!["..2025-06-30"], Some("2025-12-31"), vec!["2025-07-01..2025-12-31"]),
    ] {
        let all: Vec<Placed> = before.iter().map(|days| placed(days)).collect();
        let expected: Vec<Span> = expected.iter().map(|days| span(days)).collect();
        assert_eq!(gaps(&all, until.map(day)), expected, "{why}");
    }
    assert!(overlap(&[placed("..2025-06-30"), placed("2025-07-01..")]).is_none());
    assert!(overlap(&[placed("..2025-07-01"), placed("2025-07-01..")]).is_some());
}

#[test]
fn kinds_and_levels_are_read_as_people_and_scripts_write_them() {
    for (text, expected) in [
        ("department", Some(AuthorityKind::Department)),
        ("Sở GD&ĐT", Some(AuthorityKind::Department)),
        ("phường", Some(AuthorityKind::Ward)),
        ("special-zone", Some(AuthorityKind::SpecialZone)),
        ("Phòng", Some(AuthorityKind::DistrictOffice)),
        ("thôn", None),
        ("", None),
    ] {
        assert_eq!(AuthorityKind::parse(text), expected, "{text}");
    }
    for (text, expected) in [
        ("lower-secondary", Some("lower_secondary")),
        ("TH&THCS", Some("primary,lower_secondary")),
        ("THCS, tiểu học; primary", Some("primary,lower_secondary")),
        ("", Some("")),
        ("THCS, đại học", None),
    ] {
        let found = Level::parse_all(text).ok().map(|levels| Level::joined(&levels));
        assert_eq!(found.as_deref(), expected, "{text}");
    }
    for kind in AuthorityKind::ALL {
        for name in [kind.as_str(), kind.label(Lang::Vi), kind.label(Lang::En)] {
            assert_eq!(AuthorityKind::parse(name), Some(kind), "{name}");
        }
    }
}
