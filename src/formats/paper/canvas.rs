//! A document of pages, drawn in whole twentieths of a point from the upper left corner.

use krilla::Document;
use krilla::SerializeSettings;
use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::text::TextDirection;

use super::PaperError;
use super::letters::{self, Ink, Style};
use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::formats::qr::{QUIET, Qr};
use chrono::Datelike as _;

/// Twentieths of a point in so many tenths of a millimetre.
pub const fn tenths(of_mm: i32) -> i32 {
    of_mm * 5669 / 1000
}

/// Twentieths of a point in so many millimetres.
pub const fn mm(millimetres: i32) -> i32 {
    tenths(millimetres * 10)
}

/// One twentieth: what all lengths are multiplied with.
const UNIT: f32 = 0.05;

/// How a page is cut: A4 upright, A5 lying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    A4,
    A4Across,
    A5Across,
}

impl Format {
    const fn points(self) -> (f32, f32) {
        match self {
            Format::A4 => (595.276, 841.89),
            Format::A4Across => (841.89, 595.276),
            Format::A5Across => (595.276, 419.528),
        }
    }
}

/// A document being drawn.
pub struct Paper {
    document: Document,
    fault: Option<String>,
}

impl Paper {
    /// An empty document, archived as PDF/A-2b. Its date is that of what it says, so that the same
    /// content makes the same bytes.
    pub fn new(title: &str, lang: Lang, day: Day) -> Result<Paper, PaperError> {
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_B)
            .finish()
            .map_err(|error| PaperError(format!("{error:?}")))?;
        let mut document =
            Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        let year = u16::try_from(day.year()).unwrap_or(2000);
        let (month, day) = (u8::try_from(day.month()), u8::try_from(day.day()));
        let date = DateTime::new(year)
            .month(month.unwrap_or(1))
            .day(day.unwrap_or(1))
            .hour(0)
            .minute(0)
            .second(0)
            .utc_offset_hour(7)
            .utc_offset_minute(0);
        let metadata = Metadata::new()
            .title(letters::tidy(title))
            .language(lang.code().to_owned())
            .creator("Doisoat".to_owned())
            .creation_date(date);
        document.set_metadata(metadata);
        Ok(Paper { document, fault: None })
    }

    /// Adds a page.
    pub fn page(&mut self, format: Format, draw: impl FnOnce(&mut Canvas<'_, '_>)) {
        let (wide, high) = format.points();
        let Some(settings) = PageSettings::from_wh(wide, high) else {
            self.fault = Some("a page without size".to_owned());
            return;
        };
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        surface.push_transform(&Transform::from_scale(UNIT, UNIT));
        draw(&mut Canvas { surface: &mut surface });
        surface.pop();
        surface.finish();
        page.finish();
    }

    /// The finished document.
    pub fn finish(self) -> Result<Vec<u8>, PaperError> {
        match self.fault {
            Some(fault) => Err(PaperError(fault)),
            None => self.document.finish().map_err(|error| PaperError(format!("{error:?}"))),
        }
    }
}

/// A page being drawn.
pub struct Canvas<'s, 'p> {
    surface: &'s mut Surface<'p>,
}

/// No page is so large that this cuts anything off.
fn unit(length: i32) -> f32 {
    f32::from(i16::try_from(length).unwrap_or(if length < 0 { i16::MIN } else { i16::MAX }))
}

fn fill(ink: Ink) -> Fill {
    Fill {
        paint: rgb::Color::new(ink.0, ink.1, ink.2).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::default(),
    }
}

impl Canvas<'_, '_> {
    /// A text whose letters stand on `y`, from `x` on.
    pub fn text(&mut self, (x, y): (i32, i32), style: Style, text: &str) {
        let Some(font) = letters::font(style).filter(|_| !text.is_empty()) else { return };
        self.surface.set_fill(Some(fill(style.ink)));
        let start = Point::from_xy(unit(x), unit(y));
        self.surface.draw_text(
            start,
            font,
            unit(style.size),
            text,
            false,
            TextDirection::LeftToRight,
        );
    }

    /// A text that ends at `x`.
    pub fn right(&mut self, (x, y): (i32, i32), style: Style, text: &str) {
        self.text((x - letters::width(text, style), y), style, text);
    }

    /// A text with its middle at `x`.
    pub fn centred(&mut self, (x, y): (i32, i32), style: Style, text: &str) {
        self.text((x - letters::width(text, style) / 2, y), style, text);
    }

    /// Lines below each other, the first on `y`; where the next one would stand.
    pub fn lines(&mut self, (x, y): (i32, i32), style: Style, lines: &[String]) -> i32 {
        let mut at = y;
        for line in lines {
            self.text((x, at), style, line);
            at += style.leading();
        }
        at
    }

    /// A filled rectangle: its left upper corner, its width and height.
    pub fn rectangle(&mut self, (x, y): (i32, i32), (wide, high): (i32, i32), ink: Ink) {
        let Some(rect) = Rect::from_xywh(unit(x), unit(y), unit(wide), unit(high)) else { return };
        let mut path = PathBuilder::new();
        path.push_rect(rect);
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(fill(ink)));
            self.surface.draw_path(&path);
        }
    }

    /// A thin line across.
    pub fn rule(&mut self, (x, y): (i32, i32), wide: i32, ink: Ink) {
        self.rectangle((x, y), (wide, 10), ink);
    }

    /// A line of dots to cut along: across, or down.
    pub fn dots(&mut self, (x, y): (i32, i32), length: i32, down: bool) {
        let mut at = 0;
        while at < length {
            let (place, size) = if down { ((x, y + at), (8, 60)) } else { ((x + at, y), (60, 8)) };
            self.rectangle(place, size, letters::LINE);
            at += 120;
        }
    }

    /// A QR code within a square, its quiet zone included.
    pub fn qr(&mut self, (x, y): (i32, i32), side: i32, qr: &Qr) {
        let squares = i32::try_from(qr.size() + 2 * QUIET).unwrap_or(i32::MAX).max(1);
        // Whole units for a square: no light lines between dark ones.
        let square = side / squares;
        let margin = (side - square * squares) / 2;
        let quiet = i32::try_from(QUIET).unwrap_or_default() * square + margin;
        let mut path = PathBuilder::new();
        for (column, row, length) in qr.runs() {
            let place = |at: usize| i32::try_from(at).unwrap_or_default() * square;
            let rect = Rect::from_xywh(
                unit(x + quiet + place(column)),
                unit(y + quiet + place(row)),
                unit(place(length)),
                unit(square),
            );
            if let Some(rect) = rect {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(fill(Ink(0, 0, 0))));
            self.surface.draw_path(&path);
        }
    }

    /// A large word across the page around a point.
    pub fn stamp(&mut self, (x, y): (i32, i32), style: Style, word: &str) {
        let turn = Transform::from_rotate_at(-24.0, unit(x), unit(y));
        self.surface.push_transform(&turn);
        self.centred((x, y + style.size / 3), style, word);
        self.surface.pop();
    }
}
