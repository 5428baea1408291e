//! Lists of authorities and of where schools belong, with dates.

use super::columns::{Column, RowCells};
use super::rows::{ListResult, Rows};
use super::table::Table;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::lang::Lang;
use crate::domain::organisation::{AuthorityKind, Level, Ownership, UnknownLevel};
use crate::domain::text::squeeze;
use crate::formats::spreadsheet::notes;

/// The code of the unit or the school.
pub const CODE: Column = Column {
    vi: "Mã",
    en: "code",
    words: &["MA", "CODE", "MADONVI", "MATRUONG", "MADONVITRUONG", "UNITCODE"],
};
/// Its name.
pub const NAME: Column = Column {
    vi: "Tên",
    en: "name",
    words: &["TEN", "NAME", "TENDONVI", "TENTRUONG", "TENDONVITRUONG", "UNITNAME"],
};
/// What it is.
pub const KIND: Column =
    Column { vi: "Loại", en: "kind", words: &["LOAI", "KIND", "LOAIDONVI", "TYPE"] };
/// Whom it is under.
pub const PARENT: Column = Column {
    vi: "Đơn vị cấp trên",
    en: "parent",
    words: &["DONVICAPTREN", "PARENT", "CAPTREN", "MADONVICAPTREN", "DONVIQUANLY", "AUTHORITY"],
};
/// The first day.
pub const FROM: Column =
    Column { vi: "Từ ngày", en: "from", words: &["TUNGAY", "FROM", "NGAYBATDAU", "VALIDFROM"] };
/// The last day.
pub const TO: Column =
    Column { vi: "Đến ngày", en: "to", words: &["DENNGAY", "TO", "NGAYKETTHUC", "VALIDTO"] };
/// The code it had before.
pub const FORMER_CODE: Column =
    Column { vi: "Mã cũ", en: "former_code", words: &["MACU", "FORMERCODE", "OLDCODE"] };
/// The last day of that code.
pub const FORMER_UNTIL: Column = Column {
    vi: "Mã cũ đến ngày",
    en: "former_until",
    words: &["MACUDENNGAY", "FORMERUNTIL", "NGAYHETMACU"],
};
/// Who follows it.
pub const FOLLOWED_BY: Column = Column {
    vi: "Đơn vị kế tục",
    en: "followed_by",
    words: &["DONVIKETUC", "FOLLOWEDBY", "KETUC", "DONVIKETHUA"],
};
/// The levels a school teaches.
pub const LEVELS: Column =
    Column { vi: "Cấp học", en: "levels", words: &["CAPHOC", "LEVELS", "LEVEL", "CACCAPHOC"] };

/// By whom a school is kept.
pub const OWNERSHIP: Column = Column {
    vi: "Loại hình",
    en: "ownership",
    words: &["LOAIHINH", "OWNERSHIP", "LOAIHINHTRUONG"],
};

/// The columns that only such lists have.
pub(super) const COLUMNS: [Column; 9] =
    [KIND, PARENT, FROM, TO, FORMER_CODE, FORMER_UNTIL, FOLLOWED_BY, LEVELS, OWNERSHIP];

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An authority of this kind.
    Authority(AuthorityKind),
    /// A school, and where it belongs.
    School,
}

/// A row of such a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRow {
    /// The row in the file, counted from 1.
    pub row: u64,
    /// What it is about.
    pub subject: Subject,
    /// The code.
    pub code: String,
    /// The name; may be absent where the code is known.
    pub name: Option<String>,
    /// The code of the authority above.
    pub parent: Option<String>,
    /// The first day; never after `to`.
    pub from: Option<Day>,
    /// The last day.
    pub to: Option<Day>,
    /// The code before.
    pub former_code: Option<String>,
    /// The last day of that code.
    pub former_until: Option<Day>,
    /// The codes of those that follow.
    pub followed_by: Vec<String>,
    /// The levels, for schools; none where the row says nothing.
    pub levels: Vec<Level>,
    /// By whom the school is kept; none where the row says nothing.
    pub ownership: Option<Ownership>,
}

/// Reads such a list from a table. A bad row is reported and left out.
pub fn organisation_of(table: &Table) -> ListResult<OrganisationRow> {
    let code = CODE.require(table)?;
    let kind = KIND.require(table)?;
    let parent = PARENT.require(table)?;
    let [name, from, to, former_code, former_until, followed_by, levels, ownership] =
        [NAME, FROM, TO, FORMER_CODE, FORMER_UNTIL, FOLLOWED_BY, LEVELS, OWNERSHIP]
            .map(|column| column.find(table));
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(code) {
            continue;
        }
        let subject = subject(&mut cells, row.row, kind);
        let found = OrganisationRow {
            row: row.row,
            subject: subject.unwrap_or(Subject::School),
            code: cells.required(code),
            name: cells.text(name),
            parent: cells.digits(Some(parent)),
            from: cells.day(from),
            to: cells.day(to),
            former_code: cells.digits(former_code),
            former_until: cells.day(former_until),
            followed_by: cells.text(followed_by).map(|text| codes(&text)).unwrap_or_default(),
            levels: self::levels(&mut cells, row.row, levels),
            ownership: self::ownership(&mut cells, row.row, ownership),
        };
        if let (Some(first), Some(last)) = (found.from, found.to)
            && last < first
        {
            cells.problems.push(reversed(row.row, first, last));
        }
        if cells.problems.is_empty() {
            rows.good.push(found);
        } else {
            rows.bad.append(&mut cells.problems);
        }
    }
    Ok(rows)
}

fn codes(text: &str) -> Vec<String> {
    text.split([',', ';', '|', '\n'])
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .map(str::to_owned)
        .collect()
}

fn subject(cells: &mut RowCells<'_>, row: u64, index: usize) -> Option<Subject> {
    let text = cells.required(index);
    if text.is_empty() {
        return None;
    }
    if ["TRUONG", "SCHOOL", "TRUONGHOC"].contains(&squeeze(&text).as_str()) {
        return Some(Subject::School);
    }
    let kind = AuthorityKind::parse(&text).map(Subject::Authority);
    if kind.is_none() {
        let words: Vec<&str> = AuthorityKind::ALL.iter().map(|kind| kind.label(Lang::Vi)).collect();
        let names: Vec<&str> = AuthorityKind::ALL.iter().map(|kind| kind.as_str()).collect();
        cells.problems.push(notes::cell_problem(
            row,
            KIND.vi,
            "authority_kind",
            &text,
            &format!("không phải loại đơn vị. Ghi Trường hoặc một trong: {}.", words.join(", ")),
            &format!("is no kind. Write school or one of: {}.", names.join(", ")),
        ));
    }
    kind
}

fn ownership(cells: &mut RowCells<'_>, row: u64, index: Option<usize>) -> Option<Ownership> {
    let text = cells.text(index)?;
    let kind = Ownership::parse(&text);
    if kind.is_none() {
        let words: Vec<&str> = Ownership::ALL.iter().map(|kind| kind.label(Lang::Vi)).collect();
        let names: Vec<&str> = Ownership::ALL.iter().map(|kind| kind.as_str()).collect();
        cells.problems.push(notes::cell_problem(
            row,
            OWNERSHIP.vi,
            "ownership_unknown",
            &text,
            &format!("không phải loại hình trường. Ghi một trong: {}.", words.join(", ")),
            &format!("is no kind of school. Write one of: {}.", names.join(", ")),
        ));
    }
    kind
}

fn levels(cells: &mut RowCells<'_>, row: u64, index: Option<usize>) -> Vec<Level> {
    let Some(text) = cells.text(index) else { return Vec::new() };
    match Level::parse_all(&text) {
        Ok(levels) => levels,
        Err(UnknownLevel(word)) => {
            let words: Vec<&str> = Level::ALL.iter().map(|level| level.label(Lang::Vi)).collect();
            let names: Vec<&str> = Level::ALL.iter().map(|level| level.as_str()).collect();
            cells.problems.push(notes::cell_problem(
                row,
                LEVELS.vi,
                "level_unknown",
                &word,
                &format!("không phải cấp học. Ghi một hoặc nhiều: {}.", words.join(", ")),
                &format!("is no level. Write one or more of: {}.", names.join(", ")),
            ));
            Vec::new()
        }
    }
}

fn reversed(row: u64, first: Day, last: Day) -> Diagnostic {
    let vi = crate::domain::calendar::vietnamese_day;
    Diagnostic::new(
        "dates_reversed",
        format!(
            "Dòng {row}: ngày kết thúc {} đứng trước ngày bắt đầu {}. Kiểm tra lại hai ngày.",
            vi(last),
            vi(first)
        ),
        format!(
            "Row {row}: the last day {last} is before the first day {first}. Check the two days."
        ),
    )
    .at(Place::cell(row, TO.vi))
}
