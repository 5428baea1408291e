//! The piles of a statement: what is new, what was known, what is no income; a file that is refused shows
//! every bad row.

use doisoat::domain::access::Role;

use crate::support::browser::{Browser, Desk, id_in, went_on};
use crate::support::for_each_backend;
use crate::support::school::{Line, csv};
use crate::support::server::Town;
use crate::support::sheet::sheet_of;

/// What stands on a card.
fn card(page: &str, title: &str) -> u64 {
    let (_, rest) = page.split_once(&format!(">{title}<b>")).unwrap_or_else(|| panic!("{title}"));
    rest.split('<').next().unwrap().replace('.', "").parse().unwrap()
}

/// The texts of the lines that a page shows.
fn lines(page: &str) -> Vec<String> {
    let (_, table) = page.split_once("id=\"lines\"").unwrap();
    let cells = table.split("<td class=\"code\">").skip(1).step_by(2);
    cells.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
}

fn pile(desk: &Browser<'_>, path: &str, name: &str) -> Vec<String> {
    lines(&desk.page(&format!("{path}?pile={name}")))
}

const FIRST: [Line<'_>; 2] =
    [("2026-11-02", 1_250_000, "FT1", "HPQ6XPNK7"), ("2026-11-02", 60_000, "FT2", "nuoc uong")];

#[test]
fn each_count_opens_its_lines_before_recording_and_after() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        town.school.statement("dau.csv", &csv(0, &FIRST));
        let second = [
            FIRST[0],
            FIRST[1],
            ("2026-11-03", 1_000_000, "FT3", "HP2P9Q7Q9"),
            ("2026-11-03", -35_000, "FT4", "phi dich vu"),
            ("2026-11-04", 77_000, "FT5", "khong ghi gi"),
        ];
        let sent = desk.upload("/statements", &[], ("sau.csv", &csv(0, &second)));
        let path = went_on("/statements", &sent);
        let before = town.school.state();
        let planned = desk.page(&path);
        let counts =
            ["Mới", "Trùng (đã có)", "Không phải tiền vào", "Lỗi"].map(|t| card(&planned, t));
        assert_eq!(counts, [2, 2, 1, 0]);
        assert_eq!(counts.iter().sum::<u64>(), 5, "every line lies in one of the piles");
        assert_eq!(lines(&planned).len(), 5, "without a pile all lines are shown");
        let check = |when: &str| {
            assert_eq!(pile(&desk, &path, "new"), ["HP2P9Q7Q9", "khong ghi gi"], "{when}");
            assert_eq!(pile(&desk, &path, "known"), ["HPQ6XPNK7", "nuoc uong"], "{when}");
            assert_eq!(pile(&desk, &path, "not-income"), ["phi dich vu"], "{when}");
            assert_eq!(pile(&desk, &path, "settled"), ["HP2P9Q7Q9"], "{when}");
            assert_eq!(pile(&desk, &path, "unmatched"), ["khong ghi gi"], "{when}");
            assert_eq!(pile(&desk, &path, "no-such-pile").len(), 5, "{when}");
        };
        check("before it is recorded");
        assert_eq!(town.school.state(), before, "looking changes nothing");
        assert!(!desk.page(&format!("{path}?pile=new")).contains("/queue/"), "nothing to open yet");
        desk.done(&format!("{path}/commit"), &[]);
        check("after it is recorded");
        let page = desk.page(&format!("{path}?pile=new"));
        let payment = town.school.payment_id("khong ghi gi");
        assert!(page.contains(&format!("/queue/{payment}\"")), "{page}");
        assert!(page.contains("tình trạng hiện nay"), "{page}");

        let list = desk.page("/statements");
        assert!(list.contains("<td class=\"figure\">2</td><td class=\"figure\">2</td>"), "{list}");
        desk.done(&format!("{path}/undo"), &[]);
        let undone = desk.page(&path);
        assert!(!undone.contains("?pile="), "what was taken back has no piles: {undone}");
    });
}

#[test]
fn a_long_pile_is_shown_page_by_page() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let desk = Desk::of(&town).signed_in(Role::Accountant);
        let texts: Vec<(String, String)> =
            (0..120).map(|n| (format!("FT{n:03}"), format!("nop tien {n:03}"))).collect();
        let rows: Vec<Line<'_>> = texts
            .iter()
            .map(|(reference, text)| ("2026-11-02", 10_000, reference.as_str(), text.as_str()))
            .collect();
        let sent = desk.upload("/statements", &[], ("dai.csv", &csv(0, &rows)));
        let path = went_on("/statements", &sent);
        assert_eq!(lines(&desk.page(&path)).len(), 20);
        let (mut next, mut seen, mut pages) = (format!("{path}?pile=new"), Vec::new(), 0);
        loop {
            let page = desk.page(&next);
            seen.extend(lines(&page));
            pages += 1;
            let Some((_, rest)) = page.split_once("rel=\"next\" href=\"") else { break };
            let href = rest.split('"').next().unwrap().replace("&#38;", "&");
            next = format!("/statements{}", href.split_once("/statements").unwrap().1);
        }
        assert_eq!(pages, 3);
        let expected: Vec<String> = texts.into_iter().map(|(_, text)| text).collect();
        assert_eq!(seen, expected, "each line once, in the file's order");
    });
}

#[test]
fn a_file_that_was_loaded_before_leads_to_what_came_of_it_and_says_who_and_when() {
    for_each_backend(|db| {
        let town = Town::create(db).with_invoices();
        let desk = Desk::of(&town);
        let first = desk.signed_in(Role::ChiefAccountant);
        let file = csv(0, &FIRST);
        let path = went_on("/statements", &first.upload("/statements", &[], ("a.csv", &file)));
        let second = desk.signed_in(Role::Accountant);
        for (state, told) in [
            ("planned", "còn chờ ghi nhận"),
            ("committed", "Không có gì mới để ghi nhận; đây là kết quả cũ"),
        ] {
            let answer = second.upload("/statements", &[], ("b.csv", &file));
            assert_eq!(went_on("/statements", &answer), path, "{state}");
            let said = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
            let cookie = format!("{}; {said}", second.cookie);
            let target = format!("/s/{}{path}", crate::support::server::HERE);
            let page = town.server.get(&target).header("Cookie", &cookie).send().text();
            for expected in ["Tệp này đã tải ngày 24/11/2026 08:00 (chief_accountant)", told]
            {
                assert!(page.contains(expected), "{state}: {expected}: {page}");
            }
            if state == "planned" {
                first.done(&format!("{path}/commit"), &[]);
            }
        }
        assert_eq!(town.school.payments().len(), 2);
    });
}

#[test]
fn a_file_with_bad_rows_is_refused_whole_and_shows_all_of_them() {
    for_each_backend(|db| {
        let town = Town::create(db);
        let people = Desk::of(&town);
        let desk = people.signed_in(Role::Accountant);
        let good = String::from_utf8(csv(0, &FIRST)).unwrap();
        let bad = good
            .replace("02/11/2026;FT1;;1250000", "31/02/2026;FT1;;1250000")
            .replace("FT2;;60000", "FT2;;6o.ooo");
        assert_ne!(good, bad);
        let answer = desk.upload("/statements", &[], ("sai.csv", bad.as_bytes()));
        assert_eq!(answer.status, 422);
        let page = answer.text();
        for expected in [
            "Chưa đọc được tệp này",
            "<td>Ngày giao dịch</td><td>31/02/2026</td>",
            "<td>Ghi có</td><td>6o.ooo</td><td>Không phải là số.</td><td>Ghi số đồng",
            "Tải các dòng lỗi (.xlsx)",
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        assert_eq!(db.number("SELECT COUNT(*) AS value FROM entries"), 0, "nothing is guessed");
        let (_, rest) = page.split_once("/statements/refused/").unwrap();
        let workbook =
            format!("/statements/refused/{}/bad-rows", id_in(rest.split('/').next().unwrap()));
        let rows = sheet_of(&desk.get(&workbook).body);
        assert_eq!(rows[0], ["Tệp", "Dòng", "Cột", "Giá trị", "Lý do", "Cách sửa"]);
        let cells = |row: &[String]| (row[0].clone(), row[1].clone(), row[3].clone());
        let of_rows = rows[1..].iter().filter(|row| !row[1].is_empty());
        let found: Vec<_> = of_rows.map(|row| cells(row)).collect();
        let expected = [("4", "31/02/2026"), ("5", "6o.ooo")]
            .map(|(row, value)| ("sai.csv".to_owned(), row.to_owned(), value.to_owned()));
        assert_eq!(found, expected);

        let there = doisoat::service::keys::Reach::School(crate::support::server::THERE.to_owned());
        let other = people.signed_in_at(Role::Accountant, &there);
        let target = format!("/s/{}{workbook}", crate::support::server::THERE);
        assert_eq!(other.fetch(&target).status, 404, "of another school nobody gets it");
        assert_eq!(desk.get("/statements/refused/1/bad-rows").status, 404);
    });
}
