//! Web pages named `.xls`.

use super::{Outcome, fixture};

fn read(name: &str) -> Outcome {
    Outcome::file(fixture(name))
}

#[test]
fn a_page_is_read_to_its_last_row_and_said_to_be_one() {
    let read = read("html-plain.xls");
    assert_eq!(read.errors(), [""; 0]);
    assert_eq!(read.reading.format.as_deref(), Some("html"));
    assert_eq!(read.codes(), ["html_table"]);
    assert_eq!(
        read.reading.warnings[0].message.vi,
        "Tệp .xls này thực chất là trang web (HTML). Chúng tôi vẫn đọc được 3 dòng; Anh/chị hãy kiểm tra bảng xem trước."
    );
    assert_eq!(
        read.lines(),
        [
            "1017595600 VND 10000000 → 12239000",
            "row 8 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH 6A1 | –",
            "row 9 2026-11-02 credit 1000000 | FT26306002 | Nộp học phí & tiền ăn HPT7C2N4V | –",
            "row 10 2026-11-03 debit 11000 | FT26307001 | Phí quản lý tài khoản | –",
        ]
    );
    assert_eq!(read.layout(), "vietcombank-html");
}

#[test]
fn pages_are_read_as_a_browser_shows_them() {
    for (why, name, expected) in [
        (
            "merged headings, line breaks and paragraphs",
            "html-merged-header.xls",
            &[
                "row 3 2026-11-02 credit 1250000 | 1 | HPK3M9Q2X\nHANH 6A1 | 11250000",
                "row 4 2026-11-03 debit 11000 | 2 | Phí\ntài khoản | 11239000",
            ][..],
        ),
        (
            "tables for layout around the real one, and one inside a cell",
            "html-nested.xls",
            &[
                "row 5 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH 6A1 | –",
                "row 6 2026-11-02 credit 1000000 | FT26306002 | HPT7C2N4V\nKHOI 7A2 | –",
                "row 7 2026-11-03 debit 11000 | FT26307001 | Phí quản lý tài khoản | –",
            ],
        ),
        (
            "tags that nobody closed",
            "html-unclosed.xls",
            &[
                "row 2 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH | –",
                "row 3 2026-11-03 debit 11000 | FT26307001 | Phí | –",
            ],
        ),
        (
            "letters by name and number, signed amounts, newest first",
            "html-newest-first.xls",
            &[
                "row 3 2026-11-04 credit 500000 | FT3 | HPT7C2N4V | 11739000",
                "row 4 2026-11-03 debit 11000 | FT2 | Phí | 11239000",
                "row 5 2026-11-02 credit 1250000 | FT1 | HPK3M9Q2X | 11250000",
            ],
        ),
        (
            "what is hidden, commented out or a script",
            "html-hidden.xls",
            &[
                "row 3 2026-11-02 credit 1250000 | FT26306001 | HPK3M9Q2X HANH 6A1 | –",
                "row 4 2026-11-03 debit 11000 | FT26307001 | Phí | –",
            ],
        ),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [""; 0], "{why}");
        assert_eq!(read.lines().get(1..).unwrap(), expected, "{why}");
        assert_eq!(read.codes()[0], "html_table", "{why}");
    }
    assert_eq!(read("html-nested.xls").lines()[0], "1017595600 VND – → 12239000");
    assert_eq!(read("html-newest-first.xls").codes(), ["html_table"], "balances chain upwards");
    assert_eq!(read("html-hidden.xls").lines()[0], "1017595600 VND – → –");
    assert_eq!(read("html-hidden.xls").codes(), ["html_table", "hidden_rows"]);
}

#[test]
fn the_encoding_is_what_the_page_says_and_its_bytes_prove() {
    for (name, warnings) in [
        ("html-windows1258.xls", &["html_table"][..]),
        ("html-undeclared.xls", &["html_table", "encoding_assumed"]),
        ("html-utf16.xls", &["html_table"]),
    ] {
        let read = read(name);
        assert_eq!(
            read.lines(),
            [
                "1017595600 VND – → –",
                "row 3 2026-11-02 credit 1250000 | FT1 | Nguyễn Thị Mẫu nộp học phí | –",
                "row 4 2026-11-03 debit 11000 | FT2 | Phí | –",
            ],
            "{name}"
        );
        assert_eq!(read.codes(), warnings, "{name}");
    }
}

#[test]
fn the_number_that_excel_states_counts_where_it_is_the_one_shown() {
    let read = read("html-excel.xls");
    assert_eq!(
        read.lines(),
        [
            "1017595601 USD – → –",
            "row 4 2026-11-02 credit 1250 | – | exact, though its mark could be either | –",
            "row 5 2026-11-03 debit 12.5 | – | fee | –",
        ]
    );
    assert_eq!(read.codes(), ["html_table", "amount"]);
    let message = &read.reading.warnings[1].message.vi;
    assert!(message.contains("Dòng 6") && message.contains("100.00 (x:num=99.995)"), "{message}");
}

#[test]
fn pages_that_cannot_be_trusted_are_refused_with_advice() {
    for (why, name, code, words) in [
        ("a sign-in page", "broken/html-login.xls", "html_without_table", "trang đăng nhập"),
        ("cut off", "broken/html-cut.xls", "truncated", "dòng 9"),
        ("headings in an old font", "broken/html-tcvn3.xls", "legacy_font", "TCVN3/VNI"),
        ("a damaged letter", "broken/html-damaged-letter.xls", "encoding", "Dòng 6"),
        ("one heading only", "broken/page_saved_as.xls", "html_without_table", "tải lại sao kê"),
    ] {
        let read = read(name);
        assert_eq!(read.errors(), [code], "{why}");
        let message = &read.reading.errors[0].message.vi;
        assert!(message.contains(words) && message.contains("Anh/chị"), "{why}: {message}");
    }
    let cut = Outcome::html(b"<html><table><tr><td>Ng");
    assert_eq!(cut.errors(), ["truncated"]);
    assert_eq!(cut.reading.errors[0].place, None, "no row has been seen");
    let title = &read("broken/html-login.xls").reading.errors[0].message.vi;
    assert!(title.contains("Đăng nhập – Ngân hàng số"), "{title}");
}

#[test]
fn hostile_pages_end_early() {
    let header = "<table><tr><td>Ngày<td>Ghi có<td>Nội dung</table>";
    for (why, page, code) in [
        ("tables without end", "<table><tr><td>".repeat(100_000), "too_deep"),
        ("a text without end", format!("<table><tr><td>{}", "a".repeat(1 << 20)), "text_too_long"),
        ("a tag without end", format!("<table {}", "a=b ".repeat(1 << 20)), "text_too_long"),
        ("a comment without end", format!("<table><!-- {}", "-".repeat(4 << 20)), "text_too_long"),
        ("other columns", "<table><tr><td>a<td>b<td>c</table>".to_owned(), "header_not_found"),
        ("a zero byte", format!("{header}\0"), "encoding"),
    ] {
        assert_eq!(Outcome::html(page).errors(), [code], "{why}");
    }
    let deep = format!("<table><tr><td>{}{header}</table>", "<div>".repeat(100_000));
    assert_eq!(Outcome::html(deep).errors(), [""; 0], "inline tags are never kept");
    let claims =
        "<table><tr><td colspan=4000000000 rowspan=4000000000>x</table>".to_owned() + header;
    assert_eq!(Outcome::html(claims).errors(), [""; 0]);
}

#[test]
fn a_table_goes_on_in_the_next_one_only_if_it_is_as_wide() {
    let header = "<tr><td>Ngày<td>Ghi nợ<td>Ghi có<td>Nội dung";
    let read = Outcome::html(format!(
        "<table>{header}<tr><td>02/11/2026<td><td>1000<td>a</table>\
         <table><tr><td>03/11/2026<td>500<td><td>b</table>\
         <table><tr><td>Ngày in<td>04/11/2026<td>9000</table>\
         <table><tr><td>05/11/2026<td><td>2000<td>c</table>"
    ));
    assert_eq!(
        read.lines().get(1..).unwrap(),
        [
            "row 2 2026-11-02 credit 1000 | – | a | –",
            "row 3 2026-11-03 debit 500 | – | b | –",
            "row 5 2026-11-05 credit 2000 | – | c | –",
        ]
    );
    let other = Outcome::html(format!(
        "<table>{header}<tr><td>02/11/2026<td><td>1000<td>a</table>\
         <table><tr><td>03/11/2026<td><td>2000<td>b<td>c</table>"
    ));
    assert_eq!(other.reading.entries, 1);
    assert_eq!(other.codes(), ["html_table", "columns"], "an entry is never left out in silence");
}

#[test]
fn what_is_hidden_ends_where_the_page_says() {
    let header = "<tr><td>Ngày<td>Ghi nợ<td>Ghi có<td>Nội dung";
    let hidden = "<td>01/11/2026<td><td>9000<td>x";
    for (why, between) in [
        ("a row", format!("<tr hidden>{hidden}")),
        ("a group of rows", format!("<tbody style='display:none'><tr>{hidden}<tr>{hidden}<tbody>")),
        ("a closed group", format!("<tbody hidden><tr>{hidden}</tr></tbody>")),
        ("each cell", format!("<tr>{}", hidden.replace("<td>", "<td style='display:none'>"))),
        ("a table in a table", format!("<tr><td><table hidden><tr>{hidden}</table>")),
        (
            "a text that nobody closes",
            "<tr><td><div hidden>01/11/2026<td><b hidden>9000".to_owned(),
        ),
    ] {
        let page = format!("<table>{header}{between}<tr><td>02/11/2026<td><td>1000<td>a</table>");
        let read = Outcome::html(page);
        let entries: Vec<String> =
            read.statements[0].1.iter().map(|entry| entry.amount.to_string()).collect();
        assert_eq!(entries, ["1000"], "{why}");
        assert_eq!(read.codes(), ["html_table", "hidden_rows"], "{why}");
    }
}

#[test]
fn scripts_and_lists_of_choices_are_no_rows() {
    let header = "<tr><td>Ngày<td>Ghi nợ<td>Ghi có<td>Nội dung";
    for (why, inside) in [
        ("a script that claims to end at once", "<script/>02/11/2026</script>"),
        ("a style", "<style>td{}</style>"),
        ("a list to choose from", "<select><option>1<option>2</select>"),
        ("an XML island", "<xml><x:Name>1</x:Name></xml>"),
        ("an XML island that is empty", "<xml/>"),
        ("a conditional comment", "<!--[if gte mso 9]>1<![endif]-->"),
        ("a condition that browsers see", "<![if !supportEmptyParas]><![endif]>"),
    ] {
        let page =
            format!("<table>{header}<tr><td>02/11/2026<td>{inside}<td>1000<td>a{inside}</table>");
        let read = Outcome::html(page);
        assert_eq!(
            read.lines().get(1..).unwrap(),
            ["row 2 2026-11-02 credit 1000 | – | a | –"],
            "{why}"
        );
    }
}

#[test]
fn a_page_cut_anywhere_is_never_read_as_whole() {
    let page = fixture("html-plain.xls");
    let whole = Outcome::html(&page).reading.entries;
    let body_ends = page.windows(7).position(|seven| seven == b"</body>").unwrap();
    for length in 0..body_ends {
        let read = Outcome::html(&page[..length]);
        assert!(!read.reading.accepted(), "cut at byte {length} of {}", page.len());
        assert!(read.reading.entries <= whole);
    }
}

#[test]
fn each_account_of_a_page_has_its_own_statement() {
    let table = |amount: &str| {
        format!(
            "<table><tr><td>Ngày<td>Ghi nợ<td>Ghi có<td>Nội dung<tr><td>02/11/2026<td><td>{amount}<td>a</table>"
        )
    };
    let page = format!(
        "<h3>Số tài khoản: 1017595600</h3>{}<h3>Số tài khoản: 1017595611</h3>{}",
        table("1000"),
        table("2000")
    );
    assert_eq!(
        Outcome::html(page).lines(),
        [
            "1017595600 VND – → –",
            "row 3 2026-11-02 credit 1000 | – | a | –",
            "1017595611 VND – → –",
            "row 6 2026-11-02 credit 2000 | – | a | –",
        ]
    );
}

#[test]
fn long_pages_before_a_table_do_not_hide_it() {
    let menu = "<li>Trang chủ".repeat(500);
    let page = format!(
        "{menu}<p>Số tài khoản: 1017595600<table><tr><td>Ngày<td>Ghi nợ<td>Ghi có<tr><td>02/11/2026<td><td>1000</table>"
    );
    assert_eq!(
        Outcome::html(page).lines(),
        ["1017595600 VND – → –", "row 503 2026-11-02 credit 1000 | – | – | –"]
    );
}
