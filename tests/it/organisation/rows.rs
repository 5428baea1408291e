//! Lists of authorities and schools, row by row, and what `verify` says of what cannot be.

use doisoat::domain::lang::Lang;
use doisoat::domain::matching::facts::Policy;
use doisoat::service::organisation::import;
use doisoat::service::{Actor, Store, database, intake};

use super::{LIST, cli, done, refused};
use crate::support::school::{School, reader};
use crate::support::{TestDb, for_each_backend};

#[test]
fn the_list_is_taken_row_by_row_and_again_changes_nothing() {
    for_each_backend(|db| {
        let store = Store::open(&db.url, 2, 10_000).unwrap();
        database::migrate(&store).unwrap();
        let first = cli(db, &["import", "organisation", LIST]);
        assert!(first.out.contains("added 9 · updated 3 · unchanged 0 · invalid 0"), "{first:?}");
        let after =
            (db.row_counts(), done(db, &["authority", "list", "--json", "--on", "2025-06-30"]));
        let again = cli(db, &["import", "organisation", LIST]);
        assert!(again.out.contains("added 0 · updated 0 · unchanged 12 · invalid 0"), "{again:?}");
        let mut counts = db.row_counts();
        // That somebody tried is recorded.
        for (table, count) in &mut counts {
            if table == "audit_records" {
                *count -= 1;
            }
        }
        assert_eq!(
            (counts, done(db, &["authority", "list", "--json", "--on", "2025-06-30"])),
            after
        );
        done(db, &["verify"]);
    });
}

#[test]
fn a_bad_row_is_named_and_the_good_ones_are_kept() {
    let heading = "Loại;Mã;Tên;Đơn vị cấp trên;Từ ngày;Đến ngày;Mã cũ;Mã cũ đến ngày;Đơn vị kế tục;Cấp học;Loại hình";
    for_each_backend(|db| {
        for (why, rows, expected) in [
            (
                "a parent nobody knows",
                &["Xã;X1;Xã 1;KHONG-CO"][..],
                &[(2, "authority_not_found")][..],
            ),
            (
                "two above each other",
                &["Xã;X1;Xã 1;X2", "Xã;X2;Xã 2;X1"],
                &[(2, "authority_circle"), (3, "authority_circle")],
            ),
            (
                "above itself later",
                &["Tỉnh;T1;Tỉnh 1", "Xã;X1;Xã 1;T1", "Tỉnh;T1;Tỉnh 1;X1;01/01/2026"],
                &[(4, "authority_circle")],
            ),
            ("days reversed", &["Xã;X1;Xã 1;;02/01/2026;01/01/2026"], &[(2, "dates_reversed")]),
            ("no day at all", &["Xã;X1;Xã 1;;31/02/2026"], &[(2, "date")]),
            ("a kind nobody knows", &["Thôn;X1;Thôn 1"], &[(2, "authority_kind")]),
            (
                "a kind of school nobody knows",
                &["Trường;S1;Trường 1;;;;;;;Tiểu học;bán công"],
                &[(2, "ownership_unknown")],
            ),
            ("a kind of school", &["Trường;S1;Trường 1;;;;;;;Tiểu học;Dân lập"], &[]),
            ("no code", &["Xã;;Xã 1"], &[(2, "blank_cell")]),
            ("no name for a new unit", &["Xã;X1"], &[(2, "name_needed")]),
            ("no name for a new school", &["Trường;S9"], &[(2, "name_needed")]),
            (
                "the code of another unit",
                &["Tỉnh;T1;Tỉnh 1", "Xã;T1;Xã 1"],
                &[(3, "authority_exists")],
            ),
            (
                "the name of another unit",
                &["Tỉnh;T1;Tỉnh 1", "Tỉnh;T1;Tỉnh 2"],
                &[(3, "authority_exists")],
            ),
            (
                "another end",
                &["Xã;X1;Xã 1;;;30/06/2025", "Xã;X1;Xã 1;;;31/12/2025"],
                &[(3, "authority_end")],
            ),
            (
                "another parent without a day",
                &["Tỉnh;T1;Tỉnh 1", "Tỉnh;T2;Tỉnh 2", "Xã;X1;Xã 1;T1", "Xã;X1;Xã 1;T2"],
                &[(5, "move_day_needed")],
            ),
            (
                "a former code without its last day",
                &["Xã;X1;Xã 1;;;;X0"],
                &[(2, "former_until_needed")],
            ),
            (
                "a former code of another unit",
                &["Tỉnh;T1;Tỉnh 1", "Xã;X1;Xã 1;;;;T1;31/12/2020"],
                &[(3, "authority_exists")],
            ),
            (
                "followed by nobody known",
                &["Xã;X1;Xã 1;;;30/06/2025;;;X9"],
                &[(2, "authority_not_found")],
            ),
            (
                "a school under nobody known",
                &["Trường;S1;Trường 1;KHONG-CO"],
                &[(2, "authority_not_found")],
            ),
            (
                "a school under two",
                &[
                    "Xã;X1;Xã 1",
                    "Xã;X2;Xã 2",
                    "Trường;S1;Trường 1;X1;01/01/2025;31/12/2025",
                    "Trường;S1;Trường 1;X2;01/07/2025",
                ],
                &[(5, "placement_overlap")],
            ),
            (
                "a school under a unit that had ended",
                &["Xã;X1;Xã 1;;;30/06/2025", "Trường;S1;Trường 1;X1;01/07/2025"],
                &[(3, "placement_outside")],
            ),
            (
                "a level nobody knows",
                &["Trường;S1;Trường 1;;;;;;;đại học"],
                &[(2, "level_unknown")],
            ),
            (
                "another school's code as its old one",
                &["Trường;S1;Trường 1", "Trường;S2;Trường 2;;;;S1"],
                &[(3, "school_code_taken")],
            ),
        ] {
            let fresh = TestDb::create(db.backend);
            let store = Store::open(&fresh.url, 2, 10_000).unwrap();
            database::migrate(&store).unwrap();
            let school = School::add(store, "TRUONG-0", "1017000009");
            let good = "Phường;TOT;Phường tốt";
            let text = [&[heading], rows, &[good]].concat().join("\n");
            let list = intake::list(&reader(), text.as_bytes()).unwrap();
            let policy = Policy::default();
            let outcome =
                import::run(&school.store, &school.clock, &Actor::named("test"), policy, &list)
                    .unwrap();
            let found: Vec<(u64, &str)> = outcome
                .bad
                .iter()
                .map(|one| (one.place.as_ref().unwrap().row.unwrap(), one.code.as_str()))
                .collect();
            assert_eq!(found, expected, "{why}: {:?}", outcome.bad);
            for one in &outcome.bad {
                let row = one.place.as_ref().unwrap().row.unwrap();
                assert!(
                    one.message.text(Lang::Vi).starts_with(&format!("Dòng {row}")),
                    "{why}: {one:?}"
                );
                assert!(
                    one.message.text(Lang::En).starts_with(&format!("Row {row}")),
                    "{why}: {one:?}"
                );
            }
            let kept = u64::try_from(rows.len() - expected.len()).unwrap() + 1;
            assert_eq!(outcome.added + outcome.updated + outcome.unchanged, kept, "{why}");
            let good = fresh.number("SELECT COUNT(*) AS value FROM authorities WHERE code = 'TOT'");
            assert_eq!(good, 1, "{why}");
            school.verify();
        }
        // What is no such list is refused whole.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.csv");
        std::fs::write(&path, "Mã;Tên\nX1;Xã 1\n").unwrap();
        let store = Store::open(&db.url, 2, 10_000).unwrap();
        database::migrate(&store).unwrap();
        refused(db, &["import", "organisation", path.to_str().unwrap()], "missing_column");
    });
}

#[test]
fn verify_finds_what_was_changed_past_the_program() {
    for_each_backend(|db| {
        for (why, change, part) in [
            (
                "a school under two",
                "UPDATE school_placements SET valid_from = '2025-06-01' WHERE valid_from = '2025-07-01'",
                "overlap",
            ),
            (
                "a unit above itself",
                "UPDATE authorities SET parent_id = (SELECT id FROM authorities WHERE code = 'XA-MAU-A') \
                 WHERE code = 'TINH-MAU-1'",
                "above itself",
            ),
            (
                "a code that names two units",
                "UPDATE authority_former_names SET code = 'XA-MAU-B', valid_to = '2026-01-01'",
                "the code XA-MAU-B names",
            ),
            (
                "a code that names two schools",
                "UPDATE school_aliases SET code = 'THPT-MAU-1'",
                "the code THPT-MAU-1 names",
            ),
        ] {
            let fresh = TestDb::create(db.backend);
            done(&fresh, &["import", "organisation", LIST]);
            done(&fresh, &["verify"]);
            // A placement that begins earlier than its authority is cut to the authority's days.
            fresh.execute("UPDATE authorities SET valid_from = NULL WHERE code LIKE 'XA-MAU-%'");
            fresh.execute(change);
            let said = cli(&fresh, &["verify"]);
            assert_eq!(said.status, 1, "{why}: {said:?}");
            assert!(said.out.contains("✘ I13") && said.out.contains(part), "{why}: {}", said.out);
        }
    });
}
