//! The letters on paper: which there are, how wide they are, and where a line breaks.

use std::sync::OnceLock;

use krilla::text::Font;
use ttf_parser::Face;
use unicode_normalization::UnicodeNormalization as _;

/// The most letters of one text that are printed; nothing honest is longer.
const LONGEST: usize = 600;

/// Stands where the font has no letter.
const UNKNOWN: char = '□';

/// How a text looks. Lengths are in twentieths of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub size: i32,
    pub bold: bool,
    pub ink: Ink,
}

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ink(pub u8, pub u8, pub u8);

pub const BLACK: Ink = Ink(0x17, 0x21, 0x2b);
pub const SOFT: Ink = Ink(0x54, 0x61, 0x6f);
pub const ACCENT: Ink = Ink(0x0b, 0x55, 0x63);
pub const RED: Ink = Ink(0xa3, 0x20, 0x1d);
pub const PALE_RED: Ink = Ink(0xf6, 0xd5, 0xd3);
pub const BAND: Ink = Ink(0xee, 0xf3, 0xf6);
pub const LINE: Ink = Ink(0xaa, 0xb5, 0xc0);

impl Style {
    /// Plain text of so many tenths of a point.
    pub const fn plain(tenths: i32) -> Style {
        Style { size: tenths * 2, bold: false, ink: BLACK }
    }

    /// The same in bold.
    pub const fn bold(tenths: i32) -> Style {
        Style { bold: true, ..Style::plain(tenths) }
    }

    /// The same in another colour.
    pub const fn in_ink(self, ink: Ink) -> Style {
        Style { ink, ..self }
    }

    /// From one line to the next.
    pub const fn leading(self) -> i32 {
        self.size * 13 / 10
    }
}

struct Fonts {
    regular: (Face<'static>, Font),
    bold: (Face<'static>, Font),
}

fn fonts() -> Option<&'static Fonts> {
    static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();
    let load =
        |bytes: &'static [u8]| Some((Face::parse(bytes, 0).ok()?, Font::new(bytes.into(), 0)?));
    FONTS
        .get_or_init(|| {
            Some(Fonts {
                regular: load(dejavu::sans_condensed::regular())?,
                bold: load(dejavu::sans_condensed::bold())?,
            })
        })
        .as_ref()
}

/// The font of a style.
pub fn font(style: Style) -> Option<Font> {
    fonts().map(|fonts| if style.bold { fonts.bold.1.clone() } else { fonts.regular.1.clone() })
}

/// How wide a text is.
pub fn width(text: &str, style: Style) -> i32 {
    let Some(fonts) = fonts() else { return 0 };
    let face = if style.bold { &fonts.bold.0 } else { &fonts.regular.0 };
    let units: i64 = text
        .chars()
        .filter_map(|letter| face.glyph_index(letter))
        .filter_map(|glyph| face.glyph_hor_advance(glyph))
        .map(i64::from)
        .sum();
    let em = i64::from(face.units_per_em().max(1));
    i32::try_from(units * i64::from(style.size) / em).unwrap_or(i32::MAX)
}

/// A text as it can be printed: one line, whole letters, nothing that turns it round or hides it.
pub fn tidy(text: &str) -> String {
    let mut tidy = String::new();
    let mut blank = false;
    let mut count = 0;
    // What is cut off is not looked at: a text may be of any length.
    for letter in text.chars().take(4 * LONGEST).nfc() {
        if letter.is_whitespace() || letter.is_control() {
            blank = !tidy.is_empty();
            continue;
        }
        if is_hidden(letter) {
            continue;
        }
        if count >= LONGEST {
            tidy.push('…');
            break;
        }
        if blank {
            tidy.push(' ');
            blank = false;
        }
        tidy.push(if is_known(letter) { letter } else { UNKNOWN });
        count += 1;
    }
    tidy
}

/// Marks of direction and joining, which are seen by nobody.
const fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

fn is_known(letter: char) -> bool {
    let private =
        matches!(letter, '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{ffff}' | '\u{f0000}'..);
    !private
        && fonts().is_some_and(|fonts| {
            fonts.regular.0.glyph_index(letter).is_some()
                && fonts.bold.0.glyph_index(letter).is_some()
        })
}

/// A text on at most so many lines of a width; what does not fit is cut with three dots.
pub fn wrap(text: &str, style: Style, wide: i32, most: usize) -> Vec<String> {
    let text = tidy(text);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if width(&longer, style) <= wide {
            line = longer;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for letter in word.chars() {
            line.push(letter);
            if width(&line, style) > wide && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(letter);
            }
            if lines.len() > most {
                break;
            }
        }
        if lines.len() > most {
            break;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            while width(&format!("{last}…"), style) > wide && last.pop().is_some() {}
            last.push('…');
        }
    }
    lines
}

/// A text on one line; what does not fit is cut with three dots.
pub fn cut(text: &str, style: Style, wide: i32) -> String {
    let mut text = tidy(text);
    if width(&text, style) <= wide {
        return text;
    }
    let ends: Vec<usize> = text.char_indices().map(|(end, _)| end).collect();
    let fits = |end: &usize| {
        let part = text.get(..*end).unwrap_or_default();
        width(&format!("{part}…"), style) <= wide
    };
    let most = ends.partition_point(fits).saturating_sub(1);
    text.truncate(ends.get(most).copied().unwrap_or_default());
    text.push('…');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vietnamese_letter_is_in_the_font_and_what_is_not_is_seen() {
        let all = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵdđ₫";
        for text in [all.to_owned(), all.to_uppercase()] {
            assert_eq!(tidy(&text), text);
        }
        for (why, text, expected) in [
            ("taken apart", "Nguyê\u{303}n Thi\u{323} Ha\u{323}nh", "Nguyễn Thị Hạnh"),
            ("lines and tabs", " a\n\tb \u{7}c ", "a b c"),
            ("turned round", "a\u{202e}b\u{2066}c\u{200f}", "abc"),
            ("a face", "Lan 🙂", "Lan □"),
            ("of private use", "\u{e000}x", "□x"),
            ("nothing", "", ""),
        ] {
            assert_eq!(tidy(text), expected, "{why}");
        }
    }

    #[test]
    fn lines_never_grow_beyond_their_width() {
        let style = Style::plain(90);
        for (why, text) in [
            ("words", "Tiền ăn bán trú tháng 11 ".repeat(20)),
            ("one word", "W".repeat(10_000)),
            ("a long word among short ones", format!("a {} b", "Ư".repeat(300))),
        ] {
            for (wide, most) in [(600, 1), (1_200, 2), (4_000, 5)] {
                let lines = wrap(&text, style, wide, most);
                assert!(lines.len() <= most, "{why}: {}", lines.len());
                for line in &lines {
                    assert!(width(line, style) <= wide, "{why}: {line}");
                }
                assert!(
                    lines.last().unwrap().ends_with('…') || lines.len() < most || wide == 4_000,
                    "{why}"
                );
            }
        }
        assert_eq!(wrap("", style, 100, 3), [""]);
    }
}
