//! A look through the records of an old workbook ([MS-XLS] 2.1.4) before they are read: passwords,
//! and claims and far-off cells for which memory would be reserved.

use super::container::{u16_at, u32_at};
use super::texts;

/// More cells than a sheet of 65,536 rows and thirty columns has.
const MOST_CELLS: u64 = 2_000_000;
const MOST_SHEETS: usize = 256;
/// More letters than the cells of any statement hold together.
const MOST_LETTERS: u64 = 64_000_000;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000A;
const FILE_PASS: u16 = 0x002F;
const CODE_PAGE: u16 = 0x0042;
const BOUND_SHEET: u16 = 0x0085;
const SHARED_TEXTS: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;
const SHARED_TEXT_CELL: u16 = 0x00FD;
const DIMENSIONS: u16 = 0x0200;
const FORMULA: u16 = 0x0006;
/// Records of one cell: NUMBER, LABEL, RSTRING, BOOLERR, RK, LABELSST, FORMULA.
const CELLS: [u16; 7] = [0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, SHARED_TEXT_CELL, FORMULA];
const MULTIPLE_RK: u16 = 0x00BD;
/// The first version that lies in compound files.
const EXCEL_5: u16 = 0x0500;
const EXCEL_97: u16 = 0x0600;

/// Why the records cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// There is a password on the workbook.
    Password,
    /// A sheet claims or spans more cells than any statement has.
    TooLarge,
    /// The records do not hold together.
    Damaged,
}

/// What is known of a workbook that may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Whether letters are stored in a code page that the workbook does not name.
    pub code_page_unknown: bool,
}

/// Looks through the workbook's globals and each of its sheets.
pub fn check(stream: &[u8]) -> Result<Facts, Problem> {
    let mut sheets: Vec<usize> = Vec::new();
    let mut version = EXCEL_97;
    let mut names_code_page = false;
    let mut shared: Vec<&[u8]> = Vec::new();
    let mut in_shared = false;
    let mut first = true;
    for record in Records::new(stream) {
        let (kind, data) = record?;
        if std::mem::take(&mut first) {
            version = u16_at(data, 0).filter(|_| kind == BOF).ok_or(Problem::Damaged)?;
            if version < EXCEL_5 {
                return Err(Problem::Damaged);
            }
        }
        in_shared = kind == SHARED_TEXTS || (in_shared && kind == CONTINUE);
        if in_shared {
            shared.push(data);
        }
        match kind {
            FILE_PASS => return Err(Problem::Password),
            CODE_PAGE => names_code_page = true,
            BOUND_SHEET => {
                let at = u32_at(data, 0).and_then(|at| usize::try_from(at).ok());
                let at = at.filter(|at| *at < stream.len()).ok_or(Problem::Damaged)?;
                if sheets.len() >= MOST_SHEETS || sheets.contains(&at) {
                    return Err(Problem::Damaged);
                }
                sheets.push(at);
            }
            EOF => break,
            _ => {}
        }
    }
    let lengths = texts::lengths(&shared);
    let mut looked_at = 0_usize;
    let (mut cells, mut letters) = (0, 0);
    for at in sheets {
        let sheet = stream.get(at..).ok_or(Problem::Damaged)?;
        let size = check_sheet(sheet, &lengths)?;
        looked_at = looked_at.saturating_add(size.bytes);
        cells += size.cells;
        letters += size.letters;
        // Sheets lie one behind the other; where they overlap the file is made to be read for ever.
        if looked_at > stream.len() {
            return Err(Problem::Damaged);
        }
        if cells > MOST_CELLS || letters > MOST_LETTERS {
            return Err(Problem::TooLarge);
        }
    }
    Ok(Facts { code_page_unknown: version < EXCEL_97 && !names_code_page })
}

/// How much a sheet takes.
struct Size {
    /// The length of its records.
    bytes: usize,
    /// The cells that they span.
    cells: u64,
    /// The letters of the shared texts in them.
    letters: u64,
}

fn check_sheet(sheet: &[u8], lengths: &[u64]) -> Result<Size, Problem> {
    let mut filled = Span::default();
    let mut formulas = Span::default();
    let mut claimed = 0;
    let mut depth = 0_u32;
    let mut letters = 0_u64;
    let mut records = Records::new(sheet);
    for record in records.by_ref() {
        let (kind, data) = record?;
        match kind {
            BOF => depth += 1,
            EOF if depth <= 1 => break,
            EOF => depth -= 1,
            // What a chart inside the sheet holds are no cells.
            _ if depth > 1 => {}
            DIMENSIONS => claimed = claimed_cells(data)?,
            MULTIPLE_RK => {
                let last = data.len().checked_sub(2).and_then(|at| u16_at(data, at));
                let (row, column) = place(data).ok_or(Problem::Damaged)?;
                filled.add(row, column);
                filled.add(row, last.ok_or(Problem::Damaged)?);
            }
            kind if CELLS.contains(&kind) => {
                let (row, column) = place(data).ok_or(Problem::Damaged)?;
                filled.add(row, column);
                if kind == FORMULA {
                    formulas.add(row, column);
                } else if kind == SHARED_TEXT_CELL {
                    let text = u32_at(data, 6).and_then(|text| usize::try_from(text).ok());
                    letters += text.and_then(|text| lengths.get(text)).copied().unwrap_or(0);
                }
            }
            _ => {}
        }
    }
    let most = claimed.max(filled.cells()).max(formulas.cells());
    if most > MOST_CELLS {
        return Err(Problem::TooLarge);
    }
    Ok(Size { bytes: records.at, cells: filled.cells(), letters })
}

/// The cells that a sheet says it has; memory for them is reserved at once.
fn claimed_cells(data: &[u8]) -> Result<u64, Problem> {
    let wide = |at| u32_at(data, at).map(u64::from);
    let narrow = |at| u16_at(data, at).map(u64::from);
    let corners = if data.len() >= 14 {
        (wide(0), wide(4), narrow(8), narrow(10))
    } else {
        (narrow(0), narrow(2), narrow(4), narrow(6))
    };
    let (Some(top), Some(bottom), Some(left), Some(right)) = corners else {
        return Err(Problem::Damaged);
    };
    // Where the first column is nonsense all columns from the first on are meant.
    let left = if left > 0xff || right < left { 0 } else { left };
    Ok(bottom.saturating_sub(top).saturating_mul(right - left))
}

fn place(data: &[u8]) -> Option<(u16, u16)> {
    Some((u16_at(data, 0)?, u16_at(data, 2)?))
}

/// The smallest rectangle around some cells.
#[derive(Default)]
struct Span {
    corners: Option<[u16; 4]>,
}

impl Span {
    fn add(&mut self, row: u16, column: u16) {
        let [top, bottom, left, right] = self.corners.unwrap_or([row, row, column, column]);
        self.corners = Some([top.min(row), bottom.max(row), left.min(column), right.max(column)]);
    }

    fn cells(&self) -> u64 {
        self.corners.map_or(0, |[top, bottom, left, right]| {
            (u64::from(bottom - top) + 1) * (u64::from(right - left) + 1)
        })
    }
}

/// Records one after the other: kind, length, data.
struct Records<'b> {
    stream: &'b [u8],
    at: usize,
}

impl<'b> Records<'b> {
    fn new(stream: &'b [u8]) -> Records<'b> {
        Records { stream, at: 0 }
    }
}

impl<'b> Iterator for Records<'b> {
    type Item = Result<(u16, &'b [u8]), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.stream.get(self.at..).filter(|rest| !rest.is_empty())?;
        let record = || {
            let kind = u16_at(rest, 0)?;
            let length = usize::from(u16_at(rest, 2)?);
            Some((kind, rest.get(4..4 + length)?))
        };
        let Some((kind, data)) = record() else {
            // Nothing can be told behind a record that is cut off.
            self.at = self.stream.len();
            return Some(Err(Problem::Damaged));
        };
        self.at += 4 + data.len();
        Some(Ok((kind, data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn workbook(version: u16, globals: &[Vec<u8>], sheet: &[Vec<u8>]) -> Vec<u8> {
        let bof = record(BOF, &[&version.to_le_bytes()[..], &[5, 0, 0, 0, 0, 0]].concat());
        let middle = globals.concat();
        let end = record(EOF, &[]);
        let start = bof.len() + middle.len() + 14 + end.len();
        let bound = record(
            BOUND_SHEET,
            &[&u32::try_from(start).unwrap().to_le_bytes()[..], &[0, 0, 1, 0, b'S', b'1']].concat(),
        );
        [&bof[..], &middle, &bound, &end, &bof, &sheet.concat(), &end].concat()
    }

    fn cell(kind: u16, row: u16, column: u16) -> Vec<u8> {
        record(kind, &[&row.to_le_bytes()[..], &column.to_le_bytes(), &[0; 10]].concat())
    }

    #[test]
    fn what_a_workbook_claims_is_checked_before_memory_is_reserved() {
        let dimensions = |rows: u32, columns: u16| {
            record(
                DIMENSIONS,
                &[&[0; 4][..], &rows.to_le_bytes(), &[0; 2], &columns.to_le_bytes(), &[0; 2]]
                    .concat(),
            )
        };
        let fine = Ok(Facts::default());
        for (why, globals, sheet, expected) in [
            ("small", vec![], vec![dimensions(100, 10), cell(0x0203, 99, 9)], fine),
            ("a whole statement", vec![], vec![dimensions(65_536, 20)], fine),
            ("every cell claimed", vec![], vec![dimensions(65_536, 256)], Err(Problem::TooLarge)),
            (
                "four billion rows claimed",
                vec![],
                vec![dimensions(u32::MAX, 256)],
                Err(Problem::TooLarge),
            ),
            (
                "two cells far apart",
                vec![],
                vec![cell(0x0203, 0, 0), cell(0x00FD, 65_535, 255)],
                Err(Problem::TooLarge),
            ),
            (
                "one long text in too many cells",
                vec![record(
                    SHARED_TEXTS,
                    &[&[0; 8][..], &[0xff, 0x1f, 0], &[b'a'; 0x1fff]].concat(),
                )],
                (0..8_000).map(|row| cell(SHARED_TEXT_CELL, row, 0)).collect(),
                Err(Problem::TooLarge),
            ),
            ("a password", vec![record(FILE_PASS, &[1, 0, 0, 0])], vec![], Err(Problem::Password)),
            (
                "an older password",
                vec![record(FILE_PASS, &[0, 0, 1, 2])],
                vec![],
                Err(Problem::Password),
            ),
            ("a cell without a place", vec![], vec![record(0x0203, &[1])], Err(Problem::Damaged)),
            (
                "a sheet nowhere",
                vec![record(BOUND_SHEET, &[0xff; 8])],
                vec![],
                Err(Problem::Damaged),
            ),
        ] {
            assert_eq!(check(&workbook(EXCEL_97, &globals, &sheet)), expected, "{why}");
        }
        let whole = workbook(EXCEL_97, &[], &[cell(0x0203, 0, 0)]);
        assert_eq!(check(&whole[..whole.len() - 6]), Err(Problem::Damaged), "cut off in a record");
        assert_eq!(check(&workbook(0x0300, &[], &[])), Err(Problem::Damaged), "too old");
        let unknown = Ok(Facts { code_page_unknown: true });
        assert_eq!(check(&workbook(EXCEL_5, &[], &[])), unknown);
        let named = workbook(EXCEL_5, &[record(CODE_PAGE, &[0xea, 4])], &[]);
        assert_eq!(check(&named), Ok(Facts::default()));
    }
}
