//! That files are recognised as what they are, and that the page about it is true.

use super::*;
use crate::formats::spreadsheet::header::header_of_row;

fn head(sheet: &str, rows: &[&str]) -> Letterhead {
    let mut head = Letterhead::default();
    head.sheet = squeeze(sheet);
    for row in rows {
        head.absorb(&[(*row).to_owned()], None, None, None);
    }
    head
}

fn layout(format: &str, head: &Letterhead, headings: &str) -> &'static str {
    let row: Vec<String> = headings.split('|').map(str::to_owned).collect();
    let columns = header_of_row(&row).unwrap();
    recognise(Seen { format, head, columns: Some(&columns) })
        .map_or(GENERIC, |profile| profile.id.as_str())
}

#[test]
fn every_file_of_a_bank_is_read() {
    for file in FILES {
        let profiles = parse(file).unwrap_or_else(|error| panic!("{error}\n{file}"));
        assert!(!profiles.is_empty());
    }
    let mut ids: Vec<&str> = profiles().iter().map(|profile| profile.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), profiles().len(), "two profiles of one name");
    for profile in profiles() {
        assert!(profile.bin.len() == 6 && profile.bin.starts_with("9704"), "{}", profile.id);
        assert!(!profile.fixtures.is_empty(), "{} has no fixture", profile.id);
        let clear = |signs: &Signs| {
            signs.bank_named
                || signs.sheet.is_some()
                || !signs.titles.is_empty()
                || signs.headings.len() + signs.fields.len() > 1
        };
        assert!(profile.recognise.iter().all(clear), "{} is taken for granted", profile.id);
        if profile.certainty == Certainty::Assumed {
            let named = profile.recognise.iter().all(|signs| signs.bank_named);
            assert!(named, "{} is assumed, and not told by its bank's name", profile.id);
        }
    }
}

#[test]
fn names_that_files_are_recorded_under_stay() {
    let layouts: Vec<&str> = profiles().iter().map(Profile::layout).collect();
    for layout in [
        "vietcombank-cashup",
        "vietcombank-retail",
        "mb-biz",
        "vietinbank-efast",
        "bidv",
        "techcombank",
        "acb",
    ] {
        assert!(layouts.contains(&layout), "{layout}");
    }
}

#[test]
fn layouts_are_told_by_their_columns_and_titles() {
    for (expected, title, headings) in [
        ("vietcombank-retail-signed", "", "Ngày giao dịch|Số tham chiếu|+/-|Số tiền|Mô tả"),
        (
            "vietcombank-retail",
            "",
            "Ngày giao dịch|Số tham chiếu|Số tiền ghi nợ|Số tiền ghi có|Mô tả",
        ),
        (
            "vietcombank-cashup",
            "",
            "STT|Ngày1/ TNX Date/ Số CT/ Doc No|Số tiền ghi nợ/Debit|Số tiền ghi có/Credit|Số dư/Balance|Nội dung chi tiết/Transactions in detail",
        ),
        (
            "mb-biz",
            "",
            "Ngày giao dịch|Ngày hạch toán|Số bút toán|Phát sinh nợ/Debit|Phát sinh có\nCredit|Nội dung|Đơn vị thụ hưởng/Đơn vị chuyển|Tài khoản|Ngân hàng đối tác",
        ),
        (
            "vietinbank-efast",
            "LỊCH SỬ GIAO DỊCH - TRANSACTION HISTORY",
            "Ngày phát sinh|Nợ/ Debit|Có / Credit",
        ),
        ("bidv", "BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN", "Ngày hiệu lực|Ghi nợ|Ghi có|Số dư|Mô tả"),
        ("techcombank", "TRANSACTION ENQUIRY", "Ngày giao dịch|Nợ/Debit|Có/Credit"),
        ("acb", "", "Ngày giao dịch|Số GD|Nội dung giao dịch|Tiền rút ra|Tiền gửi vào|Số dư"),
        ("sacombank", "In từ www.sacombank.com.vn", "Ngày|Nợ|Có"),
        ("hdbank", "BIN: 970437", "Ngày|Nợ|Có"),
        ("generic", "Ngân hàng: VIB, người nhận tại SHB", "Ngày|Nợ|Có"),
        ("generic", "Trường THCS Hoàng Công Vibrato", "Ngày|Nợ|Có"),
        (
            "msb",
            "Ngân hàng MSB",
            "Ngày giao dịch|Số tham chiếu|Số tiền ghi nợ|Số tiền ghi có|Mô tả",
        ),
        ("generic", "", "Ngày|Số tiền|Nội dung"),
    ] {
        let found = layout("xlsx", &head("Sheet1", &[title]), headings);
        assert_eq!(found, expected, "{title}: {headings}");
    }
    let page = "Ngày giao dịch|Số tham chiếu|Số tiền ghi nợ|Số tiền ghi có|Mô tả";
    assert_eq!(layout("html", &head("", &[]), page), "vietcombank-html");
    assert_eq!(layout("xlsx", &head("CurrentAccountStatement", &[]), "Date|Debit|Credit"), "vib");
}

/// The table of `docs/bank-layouts.md`, made from the profiles.
fn table() -> String {
    let mut table = "| profile | bank (BIN) | export | what it is based on | how sure | recognised by | fixture |\n|---|---|---|---|---|---|---|\n".to_owned();
    for profile in profiles() {
        let recorded = match &profile.recorded_as {
            Some(layout) => format!(" (recorded as `{layout}`)"),
            None => String::new(),
        };
        let fixtures: Vec<String> =
            profile.fixtures.iter().map(|name| format!("`{name}`")).collect();
        let cells = [
            format!("`{}`{recorded}", profile.id),
            format!("{} ({})", profile.bank, profile.bin),
            profile.export.clone(),
            profile.basis.clone(),
            profile.certainty.as_str().to_owned(),
            profile.recognised_by().join("; or "),
            fixtures.join(", "),
        ];
        table.push_str("| ");
        table.push_str(&cells.join(" | "));
        table.push_str(" |\n");
    }
    table
}

#[test]
fn the_page_about_layouts_says_what_the_profiles_say() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/bank-layouts.md");
    let page = std::fs::read_to_string(path).unwrap_or_default();
    let shown: Vec<&str> = page.lines().filter(|line| line.starts_with('|')).collect();
    let table = table();
    assert!(
        shown == table.lines().collect::<Vec<_>>(),
        "the table in docs/bank-layouts.md has to be:\n\n{table}"
    );
}
