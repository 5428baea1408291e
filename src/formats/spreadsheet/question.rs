//! Finds a table among rows that no known header stands above, and asks what its columns hold.

use super::cell::{Cell, Row};
use super::date::parse_day;
use super::header::{are_column_numbers, joined, letters};
use super::mapping::{ColumnQuestion, MappedField, QuestionColumn};
use super::notes::quoted;
use super::number::{Marks, parse_amount};
use super::synonyms::{Field, field_of_heading};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::Currency;

/// So many rows show what a column holds.
const SAMPLE_ROWS: usize = 20;
/// So many different values of a column are shown.
const SAMPLES: usize = 3;
/// No statement has more columns.
const MOST_COLUMNS: usize = 256;
/// Two rows alike make a table; one may be a line of a letterhead.
const FEWEST_ROWS_WITHOUT_HEADER: usize = 2;

/// The first rows of a table, kept for a question about it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The row of the headings, or of the first entry where there are none.
    row: u64,
    headings: Vec<String>,
    /// How many columns the rows have.
    width: usize,
    rows: Vec<Vec<String>>,
}

impl Sample {
    /// A table under the headings in `row`.
    #[must_use]
    pub fn new(row: u64, headings: Vec<String>) -> Sample {
        Sample { row, width: filled_width(&headings), headings, rows: Vec::new() }
    }

    /// Takes one more row, while more are wanted.
    pub fn take(&mut self, row: &Row<'_>) {
        if self.rows.len() < SAMPLE_ROWS {
            self.add(row, row.texts());
        }
    }

    fn add(&mut self, row: &Row<'_>, texts: Vec<String>) {
        // A text file states its columns by separators, a workbook by what is filled.
        let width = if row.is_separated_text() { row.width() } else { filled_width(&texts) };
        self.width = self.width.max(width).min(MOST_COLUMNS);
        if self.rows.len() < SAMPLE_ROWS {
            self.rows.push(texts);
        }
    }

    /// The question about this table.
    #[must_use]
    pub fn question(&self, sheet: &str, unsigned: bool) -> ColumnQuestion {
        use MappedField as F;
        let mut columns: Vec<QuestionColumn> =
            (0..self.width).map(|index| self.column(index)).collect();
        suggest(&mut columns);
        let named = |fields: &[MappedField]| {
            self.headings.iter().any(|heading| {
                let field = field_of_heading(heading).and_then(MappedField::of_word);
                field.is_some_and(|field| fields.contains(&field))
            })
        };
        let mut missing = Vec::new();
        if !named(&[F::Date, F::BookingDate, F::ValueDate]) {
            missing.push(F::Date);
        }
        if !named(&[F::Credit, F::Debit, F::Amount]) {
            missing.push(F::Amount);
        }
        let mut headings = self.headings.clone();
        headings.resize(self.width, String::new());
        let sheet = (!sheet.is_empty()).then(|| quoted(sheet));
        ColumnQuestion { sheet, row: self.row, headings, columns, missing, unsigned }
    }

    fn column(&self, index: usize) -> QuestionColumn {
        let heading = self.headings.get(index).map_or("", String::as_str);
        let mut samples: Vec<String> = Vec::new();
        for row in &self.rows {
            let value = row.get(index).map_or("", String::as_str);
            if samples.len() < SAMPLES && !value.is_empty() {
                let value = quoted(value);
                if !samples.contains(&value) {
                    samples.push(value);
                }
            }
        }
        QuestionColumn {
            index,
            letter: letters(index),
            heading: heading.split_whitespace().collect::<Vec<_>>().join(" "),
            suggestion: field_of_heading(heading).and_then(MappedField::of_word),
            samples,
        }
    }
}

/// Each meaning is suggested once; columns whose headings say nothing are told by their cells,
/// where the cells leave no choice.
fn suggest(columns: &mut [QuestionColumn]) {
    use MappedField as F;
    let mut taken: Vec<MappedField> = Vec::new();
    for column in columns.iter_mut() {
        if let Some(field) = column.suggestion
            && !matches!(field, F::Memo | F::Ignore)
        {
            if taken.contains(&field) {
                column.suggestion = None;
            } else {
                taken.push(field);
            }
        }
    }
    let all = |column: &QuestionColumn, holds: &dyn Fn(&str) -> bool| {
        column.suggestion.is_none()
            && !column.samples.is_empty()
            && column.samples.iter().all(|sample| holds(sample))
    };
    let days = [F::Date, F::BookingDate, F::ValueDate];
    if !days.iter().any(|field| taken.contains(field))
        && let Some(column) =
            columns.iter_mut().find(|column| all(column, &|text| parse_day(text).is_some()))
    {
        column.suggestion = Some(F::Date);
    }
    let money = [F::Credit, F::Debit, F::Amount];
    if !money.iter().any(|field| taken.contains(field)) {
        let mut figures = columns.iter_mut().filter(|column| all(column, &is_figure_text));
        if let (Some(column), None) = (figures.next(), figures.next()) {
            column.suggestion = Some(F::Amount);
        }
    }
    if columns.iter().all(|column| column.suggestion != Some(F::Memo)) {
        // The transfer's text is the longest one there is.
        let length =
            |column: &QuestionColumn| column.samples.iter().map(String::len).sum::<usize>();
        let texts = columns.iter_mut().filter(|column| all(column, &is_words));
        if let Some(column) = texts.max_by_key(|column| length(column)) {
            column.suggestion = Some(F::Memo);
        }
    }
}

fn is_words(text: &str) -> bool {
    text.len() >= 8 && text.contains(char::is_alphabetic)
}

/// Goes through the rows of a sheet until a known header is found, and remembers the first block
/// of rows that look like entries.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    above: Option<(u64, Vec<String>)>,
    further_above: Option<(u64, Vec<String>)>,
    found: Option<Sample>,
    ended: bool,
}

impl Survey {
    /// Looks at a filled row.
    pub fn look(&mut self, number: u64, row: &Row<'_>, texts: &[String]) {
        if self.ended {
            return;
        }
        let entry = entry_columns(row);
        match (&mut self.found, entry) {
            (Some(block), Some(_)) => block.add(row, texts.to_vec()),
            // Totals and page footers end no table, but nothing more is learnt from what follows.
            (Some(block), None) => self.ended = block.rows.len() >= FEWEST_ROWS_WITHOUT_HEADER,
            (None, Some(columns)) => {
                let mut block = self.block(number, columns);
                block.add(row, texts.to_vec());
                self.found = Some(block);
            }
            (None, None) if are_column_numbers(texts) => {}
            (None, None) => {
                self.further_above = self.above.replace((number, texts.to_vec()));
            }
        }
    }

    /// The table found, if what was seen is one.
    #[must_use]
    pub fn table(&self) -> Option<&Sample> {
        self.found.as_ref().filter(|block| {
            !block.headings.is_empty() || block.rows.len() >= FEWEST_ROWS_WITHOUT_HEADER
        })
    }

    fn block(&self, number: u64, (day, figure): (usize, usize)) -> Sample {
        let covers = |row: &[String]| {
            let filled = |index: usize| row.get(index).is_some_and(|cell| !cell.is_empty());
            filled(day) && filled(figure)
        };
        if let Some((row, above)) = &self.above {
            if is_like_header(above) && covers(above) {
                return Sample::new(*row, above.clone());
            }
            if let Some((_, further)) = &self.further_above {
                let both = joined(further, above);
                if is_like_header(&both) && covers(&both) {
                    return Sample::new(*row, both);
                }
            }
        }
        Sample::new(number, Vec::new())
    }
}

/// Words, at least two of them, and neither days nor figures.
fn is_like_header(row: &[String]) -> bool {
    let mut filled = row.iter().filter(|cell| !cell.is_empty());
    let words = |cell: &&String| {
        cell.contains(char::is_alphabetic) && parse_day(cell).is_none() && !is_figure_text(cell)
    };
    filled.clone().count() >= 2 && filled.all(|cell| words(&cell))
}

/// The columns of a day and of a figure besides, where a row has both.
fn entry_columns(row: &Row<'_>) -> Option<(usize, usize)> {
    let width = row.width().min(MOST_COLUMNS);
    let day = (0..width).find(|index| match row.cell(*index) {
        Cell::Text(text) => parse_day(text).is_some(),
        // A bare number may be a day or money.
        cell @ Cell::Moment(_) => cell.day(false).is_some(),
        _ => false,
    })?;
    let figure = (0..width).filter(|index| *index != day).find(|index| match row.cell(*index) {
        Cell::Text(text) => is_figure_text(text),
        Cell::Number(number) => number.abs() >= 1_000.0,
        _ => false,
    })?;
    Some((day, figure))
}

/// Whether a text has the look of money, and not of an ordinal or a telephone number.
fn is_figure_text(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let marked = text.contains([',', '.', '\'', '\u{a0}', '+', '-', '(']);
    let shaped = if marked { digits >= 2 } else { digits >= 4 && !text.starts_with('0') };
    let reads = |currency: Currency| {
        matches!(parse_amount(text, currency, &mut Marks::default()), Ok(Some(_)))
    };
    shaped
        && parse_day(text).is_none()
        && (reads(Currency::VND) || Currency::parse("USD").is_some_and(reads))
}

fn filled_width(row: &[String]) -> usize {
    row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1)
}

/// Whether the words of a heading name a column that an entry needs.
#[must_use]
pub fn is_known(heading: &str) -> bool {
    field_of_heading(heading).is_some_and(|field| field != Field::Other)
}

/// Says that a person has to name the columns.
#[must_use]
pub fn columns_unknown(question: &ColumnQuestion) -> Diagnostic {
    let row = question.row;
    let (vi, en) = if question.unsigned {
        (
            format!(
                "Dòng {row}: cột số tiền không có dấu + hay -, cũng không có số dư để biết tiền vào hay tiền ra. Anh/chị cho biết các số này là tiền vào hay tiền ra rồi đọc lại tệp."
            ),
            format!(
                "Row {row}: the amounts have no + or - and there are no balances to tell money in from money out. Say which of the two they are and read the file again."
            ),
        )
    } else {
        let shown: Vec<String> = question
            .columns
            .iter()
            .take(8)
            .map(|column| format!("{} '{}'", column.letter, quoted(&column.heading)))
            .collect();
        let shown = shown.join(", ");
        (
            format!(
                "Dòng {row}: có bảng giống sao kê nhưng chưa biết cột nào là ngày, cột nào là số tiền. Các cột: {shown}. Anh/chị cho biết từng cột chứa gì rồi đọc lại tệp."
            ),
            format!(
                "Row {row}: there is a table like a statement, but it is not known which column holds the day and which the money. Its columns: {shown}. Say what each column holds and read the file again."
            ),
        )
    };
    Diagnostic::new("columns_unknown", vi, en).at(Place::row(row))
}

/// Says that one sheet of several was not read.
#[must_use]
pub fn sheet_not_read(question: &ColumnQuestion) -> Diagnostic {
    let row = question.row;
    let sheet = question.sheet.as_deref().unwrap_or("–");
    Diagnostic::new(
        "sheet_not_read",
        format!("Trang tính '{sheet}', dòng {row}: có bảng giống sao kê nhưng không rõ các cột nên chưa được đọc. Nếu là giao dịch, Anh/chị lưu trang tính này thành tệp riêng rồi tải lên."),
        format!("Sheet '{sheet}', row {row}: there is a table like a statement whose columns are not known, so it was not read. If it holds entries, save the sheet as a file of its own and load it."),
    )
    .at(Place::row(row))
}
