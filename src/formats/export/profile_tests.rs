//! Profiles: what is refused, and what cells become.

use super::profile::{Rows, built_in, read};
use super::profiled::text;
use crate::domain::calendar::parse_iso_day;
use crate::domain::export::{Cell, Sheet};
use crate::domain::money::Vnd;

const START: &str = "id = \"mau\"\nname = \"Mẫu\"\nrows = \"fees\"\n";

#[test]
fn every_profile_that_comes_along_is_read_and_says_that_it_is_our_own() {
    let profiles = built_in();
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    assert_eq!(ids, ["journal-pairs", "journal-sides", "students", "fees"]);
    for profile in &profiles {
        assert!(profile.basis.contains("Mẫu trung tính của Doisoat"), "{}", profile.id);
    }
    for rows in [Rows::Journal, Rows::Students, Rows::Fees] {
        assert!(ids.contains(&rows.usual()), "{rows:?}");
    }
}

#[test]
fn what_a_profile_may_not_say_is_refused_with_its_line_and_what_it_may() {
    for (why, rest, code, line, words) in [
        ("no TOML", "x = = 1\n", "profile_syntax", Some(4), "constant"),
        (
            "an unknown key",
            "nguoi = 1\n[[column]]\nheading = \"A\"\nfield = \"net\"\n",
            "profile_syntax",
            Some(4),
            "byte_order_mark",
        ),
        (
            "an unknown key of a column",
            "[[column]]\nheading = \"A\"\nfield = \"net\"\nwidth = 5\n",
            "profile_syntax",
            Some(7),
            "max_width",
        ),
        (
            "an unknown field",
            "[[column]]\nheading = \"A\"\nfield = \"so_tien\"\n",
            "profile_field",
            Some(6),
            "outstanding",
        ),
        (
            "a field of other rows",
            "[[column]]\nheading = \"A\"\nfield = \"debit_account\"\n",
            "profile_field",
            Some(6),
            "fee_item_code",
        ),
        (
            "neither field nor constant",
            "[[column]]\nheading = \"A\"\n",
            "profile_column",
            Some(4),
            "constant",
        ),
        (
            "both",
            "[[column]]\nheading = \"A\"\nfield = \"net\"\nconstant = \"x\"\n",
            "profile_column",
            Some(4),
            "field",
        ),
        ("no columns", "column = []\n", "profile_column", None, "[[column]]"),
        (
            "a width of nothing",
            "[[column]]\nheading = \"A\"\nfield = \"net\"\nmax_width = 0\n",
            "profile_width",
            Some(7),
            "max_width",
        ),
        (
            "a negative width",
            "[[column]]\nheading = \"A\"\nfield = \"net\"\nmax_width = -1\n",
            "profile_syntax",
            Some(7),
            "max_width",
        ),
        (
            "a long separator",
            "separator = \"::\"\ncolumn = []\n",
            "profile_separator",
            Some(4),
            ";",
        ),
        (
            "a letter as separator",
            "separator = \"a\"\ncolumn = []\n",
            "profile_separator",
            Some(4),
            ";",
        ),
        (
            "another encoding",
            "encoding = \"tcvn3\"\ncolumn = []\n",
            "profile_encoding",
            Some(4),
            "utf-8",
        ),
        (
            "an unknown date",
            "[[column]]\nheading = \"A\"\nfield = \"due_on\"\ndate = \"d/m\"\n",
            "profile_syntax",
            Some(7),
            "dd/mm/yyyy",
        ),
        (
            "accounts of a list",
            "column = []\n[accounts]\ndebit = {}\ncredit = {}\n",
            "profile_accounts",
            Some(5),
            "journal",
        ),
        (
            "a layout of a list",
            "layout = \"sides\"\ncolumn = []\n",
            "profile_accounts",
            Some(4),
            "journal",
        ),
    ] {
        let refused = read("mau.toml", &format!("{START}{rest}")).unwrap_err();
        assert_eq!(refused.code, code, "{why}: {refused:?}");
        assert_eq!(refused.place.and_then(|place| place.line), line, "{why}");
        assert!(refused.message.vi.contains("mau.toml"), "{why}");
        assert!(refused.message.vi.contains(words), "{why}: {}", refused.message.vi);
        assert!(refused.message.en.contains(words), "{why}: {}", refused.message.en);
    }
    let journal = "id = \"a\"\nname = \"a\"\nrows = \"journal\"\ncolumn = []\n";
    assert_eq!(read("a.toml", journal).unwrap_err().code, "profile_accounts", "no accounts");
}

/// One row of fees for a student of this code and name.
fn sheet(code: &str, name: &str) -> Sheet {
    let day = Cell::Day(parse_iso_day("2026-11-05").unwrap());
    let mut cells = vec![Cell::Text(code.to_owned()), Cell::Text(name.to_owned())];
    cells.resize(8, Cell::Empty);
    cells.extend([day.clone(), day]);
    cells.extend([1, 2, -3, 4, 5].map(|dong| Cell::Dong(Vnd::new(dong))));
    Sheet::new(Rows::Fees.fields(), vec![cells]).unwrap()
}

#[test]
fn cells_are_written_as_their_column_says() {
    for (why, column, name, expected) in [
        ("as it is", "field = \"student_name\"", "Đặng Thuỷ", "Đặng Thuỷ"),
        ("without marks", "field = \"student_name\"\nfold = true", "Đặng Thuỷ", "Dang Thuy"),
        ("capital", "field = \"student_name\"\ncase = \"upper\"", "Đặng Thuỷ", "ĐẶNG THUỶ"),
        ("both", "field = \"student_name\"\nfold = true\ncase = \"lower\"", "Đặng", "dang"),
        ("a name is cut", "field = \"student_name\"\nmax_width = 4", "Đặng Thuỷ", "Đặng"),
        ("no formula", "field = \"student_name\"", "=1+1", "'=1+1"),
        ("a quoted separator", "field = \"student_name\"", "A; B", "\"A; B\""),
        ("a constant", "constant = \"VND\"", "", "VND"),
        ("a day", "field = \"due_on\"", "", "2026-11-05"),
        ("a Vietnamese day", "field = \"due_on\"\ndate = \"dd/mm/yyyy\"", "", "05/11/2026"),
        ("a short day", "field = \"due_on\"\ndate = \"ddmmyyyy\"", "", "05112026"),
        ("a sorted day", "field = \"due_on\"\ndate = \"yyyymmdd\"", "", "20261105"),
        ("a negative amount", "field = \"net\"", "", "-3"),
        ("a code keeps its zeros", "field = \"student_code\"\nmax_width = 5", "", "00123"),
    ] {
        let file = format!(
            "{START}separator = \";\"\nheader = false\nbyte_order_mark = false\n[[column]]\nheading = \"A\"\n{column}\n"
        );
        let profile = read("mau.toml", &file).unwrap();
        let found = String::from_utf8(text(&profile, &sheet("00123", name)).unwrap()).unwrap();
        assert_eq!(found, format!("{expected}\r\n"), "{why}");
    }
}

#[test]
fn a_code_a_day_or_an_amount_is_never_cut() {
    for (why, column) in [
        ("a code", "field = \"student_code\"\nmax_width = 4"),
        ("a day", "field = \"due_on\"\nmax_width = 9"),
        ("an amount", "field = \"net\"\nmax_width = 1"),
        ("a constant", "constant = \"VND\"\nmax_width = 2"),
    ] {
        let file = format!("{START}[[column]]\nheading = \"Cột A\"\n{column}\n");
        let profile = read("mau.toml", &file).unwrap();
        let refused = text(&profile, &sheet("00123", "")).unwrap_err();
        assert_eq!(refused.code, "profile_too_long", "{why}");
        let place = refused.place.unwrap();
        assert_eq!((place.row, place.column.as_deref()), (Some(1), Some("Cột A")), "{why}");
    }
}
