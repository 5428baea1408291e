//! A column mapping as a person types it: `date=A,amount=C,memo=D+E,unsigned=credit,decimal=comma`.

use std::str::FromStr;

use super::mapping::{ColumnMapping, DecimalMark, MappedField};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::statement::CreditDebit;
use crate::domain::text::squeeze;

/// An answer to a question about columns, before it is known which table it is about. Columns are
/// letters, or headings in quotes: `date="Ngày nộp"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingText {
    columns: Vec<(MappedField, Vec<ColumnName>)>,
    unsigned: Option<CreditDebit>,
    decimal_mark: Option<DecimalMark>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum ColumnName {
    Letter(usize),
    Heading(String),
}

impl MappingText {
    /// The mapping for a table with these headings, checked.
    pub fn for_headings(&self, headings: &[String]) -> Result<ColumnMapping, Diagnostic> {
        let mut mapping = ColumnMapping {
            headings: headings.to_vec(),
            unsigned: self.unsigned,
            decimal_mark: self.decimal_mark,
            ..ColumnMapping::default()
        };
        for (field, names) in &self.columns {
            for name in names {
                let index = match name {
                    ColumnName::Letter(index) => *index,
                    ColumnName::Heading(heading) => named(headings, heading)?,
                };
                mapping.columns.entry(*field).or_default().push(index);
            }
        }
        mapping.check()?;
        Ok(mapping)
    }
}

/// The one column with this heading.
fn named(headings: &[String], heading: &str) -> Result<usize, Diagnostic> {
    let asked = squeeze(heading);
    let mut found = headings.iter().enumerate().filter(|(_, known)| squeeze(known) == asked);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        (first, _) => {
            let (vi, en) = if first.is_some() {
                ("có nhiều cột", "has several columns")
            } else {
                ("không có cột", "has no column")
            };
            Err(Diagnostic::new(
                "mapping_column",
                format!("Bảng {vi} '{heading}'. Anh/chị ghi chữ cái của cột, ví dụ A."),
                format!("The table {en} '{heading}'. Write the column's letter, for example A."),
            ))
        }
    }
}

impl FromStr for MappingText {
    type Err = Diagnostic;

    fn from_str(text: &str) -> Result<MappingText, Diagnostic> {
        let mut answer = MappingText { columns: Vec::new(), unsigned: None, decimal_mark: None };
        for item in split(text, ',')? {
            let (name, value) = item.split_once('=').ok_or_else(|| syntax(item))?;
            let (name, value) = (name.trim(), value.trim());
            match (name, value) {
                ("unsigned", "credit") => answer.unsigned = Some(CreditDebit::Credit),
                ("unsigned", "debit") => answer.unsigned = Some(CreditDebit::Debit),
                ("decimal", "point") => answer.decimal_mark = Some(DecimalMark::Point),
                ("decimal", "comma") => answer.decimal_mark = Some(DecimalMark::Comma),
                _ => {
                    let field = MappedField::named(name).ok_or_else(|| syntax(item))?;
                    let names = split(value, '+')?;
                    let names: Option<Vec<_>> = names.into_iter().map(column_name).collect();
                    answer.columns.push((field, names.ok_or_else(|| syntax(item))?));
                }
            }
        }
        Ok(answer)
    }
}

/// The parts between marks outside quotes.
fn split(text: &str, mark: char) -> Result<Vec<&str>, Diagnostic> {
    let mut quoted = false;
    let parts = text.split(|letter: char| {
        quoted ^= letter == '"';
        letter == mark && !quoted
    });
    let parts: Vec<&str> = parts.map(str::trim).collect();
    if quoted { Err(syntax(text)) } else { Ok(parts) }
}

fn column_name(name: &str) -> Option<ColumnName> {
    if let Some(heading) = name.strip_prefix('"') {
        let heading = heading.strip_suffix('"')?;
        return (!squeeze(heading).is_empty()).then(|| ColumnName::Heading(heading.to_owned()));
    }
    // Three letters name more columns than any spreadsheet has.
    if name.is_empty() || name.len() > 3 {
        return None;
    }
    let number = name.bytes().try_fold(0_usize, |number, letter| {
        let upper = letter.to_ascii_uppercase();
        upper.is_ascii_uppercase().then(|| number * 26 + usize::from(upper - b'A') + 1)
    })?;
    Some(ColumnName::Letter(number.checked_sub(1)?))
}

fn syntax(item: &str) -> Diagnostic {
    let item = super::notes::quoted(item);
    let fields: Vec<&str> = MappedField::ALL.into_iter().map(MappedField::as_str).collect();
    let fields = fields.join(", ");
    Diagnostic::new(
        "mapping_syntax",
        format!(
            "Không hiểu '{item}'. Anh/chị ghi ví dụ date=A,amount=C,memo=D+E,unsigned=credit,decimal=comma; cột là chữ cái hoặc tên cột trong ngoặc kép. Các tên dùng được: {fields}."
        ),
        format!(
            "'{item}' is not understood. Write for example date=A,amount=C,memo=D+E,unsigned=credit,decimal=comma; a column is its letter, or its heading in quotes. The names are: {fields}."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings() -> Vec<String> {
        ["Ngày nộp", "Họ tên, lớp", "Số tiền nộp", "Ghi chú", "Ghi chú"].map(str::to_owned).to_vec()
    }

    #[test]
    fn what_a_person_types_becomes_a_mapping() {
        let typed: MappingText =
            "date=A, amount=\"số tiền nộp\", memo=\"Họ tên, lớp\"+d, unsigned=credit,decimal=comma"
                .parse()
                .unwrap();
        let mapping = typed.for_headings(&headings()).unwrap();
        assert_eq!(mapping.columns[&MappedField::Date], [0]);
        assert_eq!(mapping.columns[&MappedField::Amount], [2]);
        assert_eq!(mapping.columns[&MappedField::Memo], [1, 3]);
        assert_eq!(mapping.unsigned, Some(CreditDebit::Credit));
        assert_eq!(mapping.decimal_mark, Some(DecimalMark::Comma));
    }

    #[test]
    fn what_is_no_answer_says_why() {
        for (why, text, code) in [
            ("nothing", "", "mapping_syntax"),
            ("no column", "date=", "mapping_syntax"),
            ("an unknown field", "day=A,amount=C", "mapping_syntax"),
            ("a number for a column", "date=1,amount=C", "mapping_syntax"),
            ("a quote that never ends", "date=\"Ngày,amount=C", "mapping_syntax"),
            ("an unknown mark", "date=A,amount=C,decimal=dot", "mapping_syntax"),
            ("a heading that is not there", "date=\"Ngày\",amount=C", "mapping_column"),
            ("a heading that is there twice", "date=A,amount=C,memo=\"Ghi chú\"", "mapping_column"),
            ("a column beyond the table", "date=A,amount=F", "mapping_column"),
            ("no day", "amount=C", "mapping_no_date"),
            ("no money", "date=A,memo=B", "mapping_no_amount"),
            ("a column twice", "date=A,amount=A", "mapping_conflict"),
            ("two days of one kind", "date=A+B,amount=C", "mapping_conflict"),
            ("a field twice", "date=A,date=B,amount=C", "mapping_conflict"),
            ("two ways to say the direction", "date=A,credit=C,amount=D", "mapping_conflict"),
            (
                "a direction for columns that say it",
                "date=A,credit=C,unsigned=credit",
                "mapping_conflict",
            ),
            ("signs and a direction", "date=A,amount=C,sign=D,unsigned=debit", "mapping_conflict"),
        ] {
            let answer = text.parse::<MappingText>();
            let problem = answer.and_then(|answer| answer.for_headings(&headings())).unwrap_err();
            assert_eq!(problem.code, code, "{why}");
            assert!(problem.message.vi.contains("Anh/chị"), "{why}: {}", problem.message.vi);
        }
    }

    #[test]
    fn a_mapping_holds_for_the_same_headings_however_they_are_written() {
        let typed: MappingText = "date=A,amount=C".parse().unwrap();
        let mapping = typed.for_headings(&headings()).unwrap();
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        for (why, cells, fits) in [
            (
                "other case, line breaks and blank cells at the end",
                row(&["NGAY NOP", "Họ tên,\nlớp", "Số tiền nộp", "Ghi chú", "ghi chú", ""]),
                true,
            ),
            ("one column less", row(&["Ngày nộp", "Họ tên, lớp", "Số tiền nộp", "Ghi chú"]), false),
            (
                "another order",
                row(&["Họ tên, lớp", "Ngày nộp", "Số tiền nộp", "Ghi chú", "Ghi chú"]),
                false,
            ),
        ] {
            assert_eq!(mapping.fits(&cells), fits, "{why}");
        }
        let bare = typed.for_headings(&row(&["", "", ""])).unwrap();
        assert!(!bare.has_headings() && !bare.fits(&row(&["", "", ""])));
    }

    #[test]
    fn a_mapping_survives_being_stored() {
        let typed: MappingText = "date=A,amount=C,memo=B+D,unsigned=debit".parse().unwrap();
        let mapping = typed.for_headings(&headings()).unwrap();
        let json = serde_json::to_string(&mapping).unwrap();
        assert!(json.contains(r#""columns":{"date":[0],"amount":[2],"memo":[1,3]}"#), "{json}");
        assert_eq!(serde_json::from_str::<ColumnMapping>(&json).unwrap(), mapping);
    }
}
