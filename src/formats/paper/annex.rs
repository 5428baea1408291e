//! The annex to the report of a month: which reports of which schools were handed in, each with the
//! beginning of its fingerprint, and the fingerprint of all of them.

use super::canvas::{Canvas, Format, Paper, mm, tenths};
use super::letters::{BAND, LINE, SOFT, Style, cut, wrap};

/// What the annex says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnexPaper {
    /// The month, as `tháng 10/2026`.
    pub period: String,
    /// All reports together.
    pub total: AnnexRow,
    /// Each school.
    pub rows: Vec<AnnexRow>,
    /// The fingerprint of all reports together.
    pub sha256: String,
    /// How it is computed again, one sentence each.
    pub notes: Vec<String>,
}

/// A school and its report, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnnexRow {
    /// The school's name.
    pub name: String,
    /// Which of its reports; empty where there is none.
    pub version: String,
    /// The day it was handed in.
    pub on: String,
    /// The rate by amount it states.
    pub by_amount: String,
    /// The rate by pupil.
    pub by_pupil: String,
    /// The beginning of its fingerprint.
    pub mark: String,
}

const MARGIN: i32 = mm(16);
const WIDE: i32 = mm(297);
const RIGHT: i32 = WIDE - MARGIN;
const NAME: i32 = MARGIN + mm(9);
const VERSION: i32 = MARGIN + mm(132);
const DAY: i32 = MARGIN + mm(138);
const AMOUNT: i32 = MARGIN + mm(182);
const PUPIL: i32 = MARGIN + mm(206);
const MARK: i32 = MARGIN + mm(216);

const ROW: i32 = tenths(62);
/// Where the table ends at the latest.
const BOTTOM: i32 = mm(190);

const BODY: Style = Style::plain(88);
const STRONG: Style = Style::bold(88);
const HEAD: Style = Style::bold(78);
const SMALL: Style = Style::plain(76).in_ink(SOFT);

/// Adds the annex to a document, from a page of its own; `page` is how many there are so far.
pub fn annex(paper: &mut Paper, of: &AnnexPaper, mut page: usize) {
    let mut left = of.rows.as_slice();
    let (mut number, mut first, mut ended) = (0_usize, true, false);
    let notes = i32::try_from(of.notes.len()).unwrap_or(i32::MAX / mm(8));
    while !ended {
        page += 1;
        paper.page(Format::A4Across, |canvas| {
            let top = if first { title(canvas, of) } else { mm(14) };
            let mut y = columns(canvas, top);
            while let Some((row, rest)) = left.split_first() {
                if y + ROW > BOTTOM {
                    break;
                }
                number += 1;
                y = line(canvas, row, &number.to_string(), (y, BODY));
                left = rest;
            }
            if left.is_empty() && y + ROW + mm(12) + mm(8) * notes <= BOTTOM {
                y = line(canvas, &of.total, "", (y, STRONG)) + mm(6);
                let all = format!("Mã kiểm chung (SHA-256): {}", of.sha256);
                canvas.text((MARGIN, y), Style::bold(76), &all);
                y += mm(5);
                for note in &of.notes {
                    for part in wrap(note, SMALL, RIGHT - MARGIN, 2) {
                        canvas.text((MARGIN, y), SMALL, &part);
                        y += mm(4);
                    }
                }
                ended = true;
            }
            canvas.right((RIGHT, mm(201)), SMALL, &format!("Trang {page}"));
        });
        first = false;
    }
}

fn title(canvas: &mut Canvas<'_, '_>, of: &AnnexPaper) -> i32 {
    canvas.centred((WIDE / 2, mm(20)), Style::bold(120), "PHỤ LỤC");
    let what = format!("Số liệu các trường đã báo cáo {}", of.period);
    canvas.centred((WIDE / 2, mm(27)), Style::bold(105), &what);
    mm(33)
}

fn columns(canvas: &mut Canvas<'_, '_>, top: i32) -> i32 {
    canvas.rectangle((MARGIN, top), (RIGHT - MARGIN, mm(7)), BAND);
    let y = top + tenths(45);
    canvas.text((MARGIN + mm(1), y), HEAD, "TT");
    canvas.text((NAME, y), HEAD, "Trường");
    canvas.right((VERSION, y), HEAD, "Lần");
    canvas.text((DAY, y), HEAD, "Ngày báo cáo");
    canvas.right((AMOUNT, y), HEAD, "Số tiền");
    canvas.right((PUPIL, y), HEAD, "Học sinh");
    canvas.text((MARK, y), HEAD, "Mã kiểm");
    top + mm(7)
}

fn line(
    canvas: &mut Canvas<'_, '_>,
    row: &AnnexRow,
    number: &str,
    (top, style): (i32, Style),
) -> i32 {
    let y = top + tenths(44);
    canvas.text((MARGIN + mm(1), y), style, number);
    canvas.text((NAME, y), style, &cut(&row.name, style, VERSION - NAME - mm(8)));
    canvas.right((VERSION, y), style, &row.version);
    canvas.text((DAY, y), style, &row.on);
    canvas.right((AMOUNT, y), style, &row.by_amount);
    canvas.right((PUPIL, y), style, &row.by_pupil);
    canvas.text((MARK, y), style, &row.mark);
    canvas.rule((MARGIN, top + ROW), RIGHT - MARGIN, LINE);
    top + ROW
}
