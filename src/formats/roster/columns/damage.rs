//! What spreadsheet programs make of codes, classes and days, and what to do about it.

use super::RowCells;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::formats::spreadsheet::date::{day_of_serial, parse_day};
use crate::formats::spreadsheet::notes::cell_problem;
use crate::formats::spreadsheet::number::is_scientific;

impl RowCells<'_> {
    /// The text of a cell of a list that a school made; a formula's error is told in its words.
    pub fn own_text(&mut self, index: Option<usize>) -> Option<String> {
        let before = self.problems.len();
        let text = self.text(index);
        let (row, heading) = (self.row.row, index.map_or("?", |index| self.heading_of(index)));
        let raw = index.map_or("", |index| self.raw(index));
        for problem in self.problems.iter_mut().skip(before).filter(|one| one.code == "cell_error")
        {
            *problem = cell_problem(
                row,
                heading,
                "cell_error",
                raw,
                "là lỗi của công thức. Sửa công thức hoặc gõ giá trị vào ô này.",
                "is the error of a formula. Mend the formula or type the value into the cell.",
            );
        }
        text
    }

    /// A code, a number of a person or a class: what stands there must be what was typed.
    pub fn code(&mut self, index: Option<usize>) -> Option<String> {
        let text = self.own_text(index)?;
        let (row, heading) = (self.row.row, index.map_or("?", |index| self.heading_of(index)));
        match damage(row, heading, &text) {
            Some(problem) => {
                self.problems.push(problem);
                None
            }
            None => Some(text),
        }
    }

    /// A code that must be there; an empty text and a problem when it is not.
    pub fn required_code(&mut self, index: usize) -> String {
        let before = self.problems.len();
        match self.code(Some(index)) {
            Some(text) => text,
            None if self.problems.len() == before => self.required(index),
            None => String::new(),
        }
    }

    /// A day that may have become the number a spreadsheet program counts it by.
    pub fn own_day(&mut self, index: Option<usize>) -> Option<Day> {
        let text = self.own_text(index)?;
        let (row, heading) = (self.row.row, index.map_or("?", |index| self.heading_of(index)));
        let serial = (text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<f64>().ok())
            .flatten();
        if let Some(serial) = serial {
            let meant = day_of_serial(serial, false)
                .map_or_else(String::new, |day| format!(" ({}?)", vietnamese_day(day)));
            self.problems.push(cell_problem(
                row,
                heading,
                "date_serial",
                &text,
                &format!("là số mà Excel dùng để đếm ngày{meant}. Định dạng cột thành Ngày hoặc ghi lại dạng 23/11/2015."),
                &format!("is the number by which Excel counts days{meant}. Format the column as dates or write 23/11/2015."),
            ));
            return None;
        }
        self.day(index)
    }

    /// Adds a problem of one cell.
    pub fn wrong(&mut self, index: Option<usize>, code: &str, value: &str, vi: &str, en: &str) {
        let heading = index.map_or("?", |index| self.heading_of(index));
        self.problems.push(cell_problem(self.row.row, heading, code, value, vi, en));
    }
}

/// What a spreadsheet program did to a code, where it shows.
fn damage(row: u64, heading: &str, text: &str) -> Option<Diagnostic> {
    let (code, vi, en) = if is_scientific(text) {
        (
            "scientific",
            "là mã đã bị Excel đổi thành số rút gọn, các chữ số cuối đã mất. Đặt cột thành kiểu Văn bản (Text) rồi nhập lại mã đầy đủ.",
            "is a code that Excel has shortened to a number; its last digits are lost. Set the column to Text and enter the whole code again.",
        )
    } else if parse_day(text).is_some() {
        (
            "date_for_text",
            "đã bị Excel đổi thành ngày. Đặt cột thành kiểu Văn bản (Text) rồi ghi lại, ví dụ 6/1.",
            "was turned into a date by Excel. Set the column to Text and write it again, for example 6/1.",
        )
    } else if is_decimal(text) {
        (
            "float_code",
            "là số có phần lẻ, không phải mã. Đặt cột thành kiểu Văn bản (Text) rồi ghi lại mã.",
            "is a number with decimals, not a code. Set the column to Text and write the code again.",
        )
    } else {
        return None;
    };
    Some(cell_problem(row, heading, code, text, vi, en))
}

/// Whether the text is digits, one point or comma, and digits: `123.0`.
fn is_decimal(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(['.', ',']).is_some_and(|(whole, rest)| digits(whole) && digits(rest))
}

/// Says that a code has lost the zeros at its beginning.
#[must_use]
pub fn lost_zeros(row: u64, heading: &str, text: &str, usual: usize) -> Diagnostic {
    let whole = format!("{text:0>usual$}");
    cell_problem(
        row,
        heading,
        "lost_zeros",
        text,
        &format!(
            "ngắn hơn {usual} chữ số, có lẽ Excel đã bỏ số 0 ở đầu. Đặt cột thành kiểu Văn bản (Text) rồi ghi lại, có phải là {whole}?"
        ),
        &format!(
            "has less than {usual} digits; Excel has probably dropped leading zeros. Set the column to Text and write it again: is it {whole}?"
        ),
    )
}
