//! What is wrong with a table or its rows, in words a school accountant can act on.

use super::number::AmountProblem;
use crate::domain::diagnostic::{Diagnostic, Place};

/// How many row diagnostics are kept; the rest is counted.
const KEPT_ROWS: usize = 1_000;

/// Warnings in the order they arose, with a bound on those about single rows.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    kept: Vec<Diagnostic>,
    rows: usize,
    more: u64,
}

impl Notes {
    /// Keeps a warning about the file or a statement.
    pub fn push(&mut self, note: Diagnostic) {
        self.kept.push(note);
    }

    /// Keeps a warning about a row, or counts it when there are too many.
    pub fn push_row(&mut self, note: Diagnostic) {
        if self.rows < KEPT_ROWS {
            self.rows += 1;
            self.kept.push(note);
        } else {
            self.more += 1;
        }
    }

    /// All warnings, with one that says how many more there were.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        if self.more > 0 {
            let more = self.more;
            self.kept.push(Diagnostic::new(
                "more_rows",
                format!("Còn {more} dòng lỗi nữa không liệt kê. Sửa các lỗi trên rồi tải lại tệp."),
                format!("{more} more rows with problems are not listed. Fix those above and load the file again."),
            ));
        }
        self.kept
    }
}

/// A cell's value as messages quote it: one line, not too long.
#[must_use]
pub fn quoted(value: &str) -> String {
    const LONGEST: usize = 60;
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let mut cut: String = line.chars().take(LONGEST).collect();
    cut.push('…');
    cut
}

/// A problem of one cell: its row, the column's heading, code, and what to say after the value.
#[must_use]
pub fn cell_problem(
    row: u64,
    column: &str,
    code: &str,
    value: &str,
    vi: &str,
    en: &str,
) -> Diagnostic {
    let value = quoted(value);
    Diagnostic::new(
        code,
        format!("Dòng {row}, cột {column}: '{value}' {vi}"),
        format!("Row {row}, column {column}: '{value}' {en}"),
    )
    .at(Place::cell(row, column))
}

/// A problem of one row as a whole.
#[must_use]
pub fn row_problem(row: u64, code: &str, vi: &str, en: &str) -> Diagnostic {
    Diagnostic::new(code, format!("Dòng {row}: {vi}"), format!("Row {row}: {en}"))
        .at(Place::row(row))
}

/// Says why a cell gives no amount and what to write instead.
#[must_use]
pub fn amount_problem(row: u64, column: &str, value: &str, problem: AmountProblem) -> Diagnostic {
    match problem {
        AmountProblem::NotANumber => cell_problem(
            row,
            column,
            "amount",
            value,
            "không phải là số. Ghi số đồng, ví dụ 1.250.000.",
            "is not a number. Write the amount in đồng, for example 1.250.000.",
        ),
        AmountProblem::Scientific => cell_problem(
            row,
            column,
            "scientific",
            value,
            "là số đã bị Excel rút gọn, mất các chữ số sau. Tải lại tệp gốc từ ngân hàng, đừng mở và lưu bằng Excel.",
            "was shortened by Excel and has lost digits. Download the file from the bank again and do not save it with Excel.",
        ),
        AmountProblem::Fraction => cell_problem(
            row,
            column,
            "amount_fraction",
            value,
            "có phần lẻ của đồng. Kiểm tra dấu phân cách, ghi số đồng nguyên, ví dụ 1.250.000.",
            "has a fraction of a đồng. Check the separators and write whole đồng, for example 1.250.000.",
        ),
        AmountProblem::Ambiguous => cell_problem(
            row,
            column,
            "amount_ambiguous",
            value,
            "có thể hiểu theo hai cách: dấu này ngăn hàng nghìn hay phần lẻ? Ghi lại không có dấu phân cách, ví dụ 1250000.",
            "can be read in two ways: does the mark separate thousands or decimals? Write it without separators, for example 1250000.",
        ),
        AmountProblem::TooLong => cell_problem(
            row,
            column,
            "amount",
            value,
            "có quá nhiều chữ số, không thể là số tiền đọc được chính xác. Kiểm tra lại ô này trong tệp gốc.",
            "has more digits than an amount that can be read exactly. Check this cell in the original file.",
        ),
        AmountProblem::OtherCurrency(currency) => cell_problem(
            row,
            column,
            "currency",
            value,
            &format!(
                "ghi loại tiền {currency}, khác loại tiền của tài khoản. Tách giao dịch này sang sao kê của tài khoản {currency}."
            ),
            &format!(
                "names the currency {currency}, which is not the account's. Move this entry to the statement of the {currency} account."
            ),
        ),
    }
}

/// Says that a cell holds no readable day.
#[must_use]
pub fn date_problem(row: u64, column: &str, value: &str) -> Diagnostic {
    if value.is_empty() {
        return Diagnostic::new(
            "date",
            format!("Dòng {row}, cột {column}: có số tiền nhưng thiếu ngày. Ghi ngày dạng 23/11/2026."),
            format!("Row {row}, column {column}: there is an amount but no date. Write the date as 23/11/2026."),
        )
        .at(Place::cell(row, column));
    }
    cell_problem(
        row,
        column,
        "date",
        value,
        "không phải là ngày có thật. Ghi ngày trước tháng sau, ví dụ 23/11/2026.",
        "is not a date that exists. Write the day before the month, for example 23/11/2026.",
    )
}

/// Says that a cell holds an error or a formula without a result.
#[must_use]
pub fn broken_cell(row: u64, column: &str, value: &str, computed: bool) -> Diagnostic {
    if computed {
        cell_problem(
            row,
            column,
            "cell_error",
            value,
            "là lỗi của bảng tính. Sửa ô này hoặc tải lại tệp gốc từ ngân hàng.",
            "is a spreadsheet error. Fix the cell or download the original file from the bank again.",
        )
    } else {
        Diagnostic::new(
            "formula",
            format!("Dòng {row}, cột {column}: ô là công thức chưa có kết quả. Mở tệp bằng Excel, lưu lại, rồi tải lên."),
            format!("Row {row}, column {column}: the cell is a formula without a saved result. Open the file in Excel, save it, and load it again."),
        )
        .at(Place::cell(row, column))
    }
}

/// Says that a reference or an account was damaged by a spreadsheet program.
#[must_use]
pub fn damaged_digits(row: u64, column: &str, value: &str) -> Diagnostic {
    cell_problem(
        row,
        column,
        "scientific",
        value,
        "là dãy số đã bị Excel đổi dạng, không còn biết các chữ số gốc. Tải lại tệp gốc từ ngân hàng, đừng mở và lưu bằng Excel.",
        "is a run of digits that Excel has rewritten; the original digits are lost. Download the file from the bank again and do not save it with Excel.",
    )
}

/// Says that days and months may have changed places, in all rows or in some.
#[must_use]
pub fn dates_turned(column: &str) -> Diagnostic {
    Diagnostic::new(
        "dates_turned",
        format!("Cột {column}: có ngày ghi tháng trước ngày sau, hoặc một phần đã bị Excel đặt kiểu Mỹ đảo ngày với tháng; không biết các ngày khác có đúng không. Anh/chị tải lại tệp gốc từ ngân hàng, đừng mở và lưu bằng Excel."),
        format!("Column {column}: days are written month first, or an Excel set to American days has turned some of them around; whether the others are right cannot be known. Download the file from the bank again and do not save it with Excel."),
    )
    .at(Place { column: Some(column.to_owned()), ..Place::default() })
}

/// Says that a row says the same as the one above, its balance included.
#[must_use]
pub fn repeated_row(above: &str, below: &str) -> Diagnostic {
    let number = |position: &str| position.trim_start_matches("row ").to_owned();
    let (first, second) = (number(above), number(below));
    let note = Diagnostic::new(
        "repeated_row",
        format!(
            "Dòng {second} giống hệt dòng {first}, cả số dư sau giao dịch; có thể dòng bị in lặp ở chỗ sang trang. Dòng vẫn được giữ, Anh/chị đối chiếu với ngân hàng."
        ),
        format!(
            "Row {second} says the same as row {first}, its balance included; it may have been printed again on a new page. It is kept: compare it with the bank."
        ),
    );
    match second.parse() {
        Ok(row) => note.at(Place::row(row)),
        Err(_) => note,
    }
}

/// Says that no table header was found, and what was seen instead.
#[must_use]
pub fn header_not_found(seen: &[String]) -> Diagnostic {
    let asked = super::synonyms::ASKED_FOR;
    let seen = if seen.is_empty() { "–".to_owned() } else { quoted(&seen.join(" · ")) };
    Diagnostic::new(
        "header_not_found",
        format!(
            "Không tìm thấy dòng tiêu đề của bảng sao kê. Cần có các cột: {asked}. Dòng giống tiêu đề nhất trong tệp: '{seen}'. Kiểm tra đây có phải tệp sao kê không, hoặc đổi tên cột cho đúng."
        ),
        format!(
            "No header row of a statement table was found. Needed columns: {asked}. The nearest row in the file: '{seen}'. Check that this is a statement, or rename its columns."
        ),
    )
}

/// Says that one table holds entries of several accounts.
#[must_use]
pub fn mixed_accounts(first: Option<&str>, second: Option<&str>) -> Diagnostic {
    let name = |account: Option<&str>| account.map_or("?".to_owned(), quoted);
    let (first, second) = (name(first), name(second));
    Diagnostic::new(
        "mixed_accounts",
        format!(
            "Tệp gộp giao dịch của nhiều tài khoản ({first}, {second}) mà không ghi rõ phần nào của tài khoản nào. Tải sao kê riêng cho từng tài khoản."
        ),
        format!(
            "The file mixes entries of several accounts ({first}, {second}) without saying which belong to which. Download one statement for each account."
        ),
    )
}
