//! Texts typed in the Vietnamese fonts of the 1990s, TCVN3 (ABC) and VNI. Their letters are other
//! letters to every program: `Nguyễn` is stored as `NguyÔn` or `Nguyeãn`. They are recognised and
//! explained here, never converted.
//!
//! A word is evidence when it is no Vietnamese syllable as it stands and becomes one when it is read
//! as such a font stores it. French, German or well-kept Vietnamese words do neither, or only one.

mod syllable;
#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

use self::syllable::is_syllable;
use super::cell::{Cell, Row};
use crate::domain::diagnostic::{Diagnostic, Place};

/// What a text must show at least; one word may be chance.
const ENOUGH: u32 = 2;

/// Whether the text is in an old font.
#[must_use]
pub fn is_old_font(text: &str) -> bool {
    // Letters that only Unicode has: nobody types them in an old font.
    let unicode = |letter| matches!(letter, '\u{1e00}'..='\u{1eff}');
    if text.is_ascii() || text.chars().any(unicode) {
        return false;
    }
    let mut evidence = Evidence::default();
    for word in text.split(|letter: char| letter.is_whitespace() || is_ascii_mark(letter)) {
        if !word.is_ascii() {
            evidence.weigh(word);
        }
    }
    evidence.is_enough()
}

/// Whether any text of the row is in an old font, or all of them together are.
#[must_use]
pub fn is_old_font_row(texts: &[String]) -> bool {
    if texts.iter().all(|text| text.is_ascii()) {
        return false;
    }
    is_old_font(&texts.join(" "))
}

/// What a sheet shows of old fonts.
#[derive(Clone, Debug, Default)]
pub struct FontWatch {
    heading: Option<u64>,
    memo: Option<u64>,
}

impl FontWatch {
    /// Looks at a row outside of a table: labels and headings.
    pub fn see_labels(&mut self, row: u64, texts: &[String]) {
        if self.heading.is_none() && is_old_font_row(texts) {
            self.heading = Some(row);
        }
    }

    /// Looks at a row of a table.
    pub fn see_entry(&mut self, number: u64, row: &Row<'_>) {
        if self.memo.is_some() || row.is_known_ascii() {
            return;
        }
        let old = (0..row.width()).any(|index| match row.cell(index) {
            Cell::Text(text) => !text.is_ascii() && is_old_font(text),
            _ => false,
        });
        if old {
            self.memo = Some(number);
        }
    }

    /// Why no header was found, if old letters hid it.
    #[must_use]
    pub fn refusal(&self) -> Option<Diagnostic> {
        self.heading.map(old_font_headings)
    }

    /// What to tell about a file that was read all the same.
    #[must_use]
    pub fn warning(&self) -> Option<Diagnostic> {
        let first = match (self.heading, self.memo) {
            (Some(heading), Some(memo)) => heading.min(memo),
            (heading, memo) => heading.or(memo)?,
        };
        Some(
            Diagnostic::new(
                "legacy_font",
                format!("Từ dòng {first}, chữ trong tệp dùng phông cũ (TCVN3/VNI) nên nội dung và tên không đọc đúng được; số tiền và ngày vẫn được đọc. Anh/chị mở bằng Excel, chuyển sang Unicode, lưu lại rồi tải lên."),
                format!("From row {first} on, the text uses an old font encoding (TCVN3/VNI), so texts and names cannot be read rightly; amounts and dates were read. Open the file in Excel, convert it to Unicode, save it and load it again."),
            )
            .at(Place::row(first)),
        )
    }
}

/// Says that headings are in an old font, so that the columns cannot be known.
#[must_use]
pub fn old_font_headings(row: u64) -> Diagnostic {
    Diagnostic::new(
        "legacy_font",
        format!("Chữ trong tệp dùng phông cũ (TCVN3/VNI), đầu tiên ở dòng {row}, nên không đọc được tiêu đề các cột. Mở bằng Excel, chuyển sang Unicode rồi lưu lại, sau đó Anh/chị tải lên."),
        format!("The text uses an old font encoding (TCVN3/VNI), first at row {row}, so the headings cannot be read. Open the file in Excel, convert it to Unicode, save it and load it again."),
    )
    .at(Place::row(row))
}

#[derive(Debug, Default)]
struct Evidence {
    for_old: u32,
    old_words: u32,
    strange_words: u32,
    good_words: u32,
}

impl Evidence {
    fn weigh(&mut self, word: &str) {
        let composed: String = word.nfc().collect();
        let letters = composed.trim_matches(|letter: char| !letter.is_alphanumeric());
        if is_syllable(letters) {
            // By chance two old letters make one of the Unicode ones; in good text most words do.
            let unicode = |letter| letter >= '\u{1e00}';
            self.good_words += u32::from(letters.chars().any(unicode));
            return;
        }
        let bytes: Option<Vec<u8>> = word.chars().map(byte_of).collect();
        let Some(bytes) = bytes else {
            self.strange_words += 1;
            return;
        };
        let reads = [syllable::from_tcvn3(&bytes), syllable::from_vni(&bytes)];
        if reads.into_iter().flatten().any(|read| is_syllable(&read)) {
            self.old_words += 1;
            // "Ngµy" and "tiÒn" are proof alone; "Loïc" is a name.
            self.for_old += if is_no_word(word) { ENOUGH } else { 1 };
        } else {
            self.strange_words += 1;
        }
    }

    fn is_enough(&self) -> bool {
        let few = self.old_words / 2;
        self.for_old >= ENOUGH && self.good_words <= few && self.strange_words <= few
    }
}

/// Whether the word is written as no language writes: with a sign amid its letters, or a capital
/// behind a small letter.
fn is_no_word(word: &str) -> bool {
    let signs = ['µ', '¶', '·', '¸', '¹', '»', '¼', '½', '¾', '¨', '©', 'ª', '«', '¬', '®'];
    let has_sign =
        word.contains(signs) && word.contains(|letter: char| letter.is_ascii_alphabetic());
    let capital_behind = |(first, second): (char, char)| {
        first.is_ascii_lowercase() && !second.is_ascii() && second.is_uppercase()
    };
    has_sign || word.chars().zip(word.chars().skip(1)).any(capital_behind)
}

const fn is_ascii_mark(letter: char) -> bool {
    letter.is_ascii_punctuation() || letter.is_ascii_control()
}

/// The byte that a letter was before it was taken for Latin-1 or Windows-1258.
fn byte_of(letter: char) -> Option<u8> {
    match letter {
        // Where Windows-1258 differs from Latin-1.
        'Ă' => Some(0xc3),
        '\u{300}' => Some(0xcc),
        'Đ' => Some(0xd0),
        '\u{309}' => Some(0xd2),
        'Ơ' => Some(0xd5),
        'Ư' => Some(0xdd),
        '\u{303}' => Some(0xde),
        'ă' => Some(0xe3),
        '\u{301}' => Some(0xec),
        'đ' => Some(0xf0),
        '\u{323}' => Some(0xf2),
        'ơ' => Some(0xf5),
        'ư' => Some(0xfd),
        '₫' => Some(0xfe),
        _ => u8::try_from(letter).ok(),
    }
}
