//! What a Vietnamese syllable is, and how the old fonts store its letters.

use unicode_normalization::UnicodeNormalization;

/// Whether a word is one Vietnamese syllable, written as people write: small, capital, or capital
/// first. The letters are composed.
pub fn is_syllable(word: &str) -> bool {
    if word.chars().count() > 7 || !is_written_plainly(word) {
        return false;
    }
    let mut base = String::with_capacity(word.len());
    let mut tone = None;
    for letter in word.chars().flat_map(char::to_lowercase).nfd() {
        match letter {
            '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}' => {
                if tone.replace(letter).is_some() {
                    return false;
                }
            }
            _ => base.push(letter),
        }
    }
    let base: String = base.nfc().collect();
    ONSETS.iter().filter_map(|onset| base.strip_prefix(onset)).any(|rhyme| {
        let stopped = rhyme.ends_with(['p', 't', 'c']) || rhyme.ends_with("ch");
        // Closed by a stop, a syllable has only the two short tones.
        let sounds = !stopped || matches!(tone, Some('\u{301}' | '\u{323}'));
        sounds && RHYMES.contains(&rhyme)
    })
}

fn is_written_plainly(word: &str) -> bool {
    let mut letters = word.chars();
    let Some(first) = letters.next() else { return false };
    let rest = letters.as_str();
    word.chars().all(char::is_alphabetic)
        && (!rest.chars().any(char::is_uppercase)
            || (first.is_uppercase() && !rest.chars().any(char::is_lowercase)))
}

/// How a syllable can begin; `p` alone does so in borrowed words only.
const ONSETS: [&str; 27] = [
    "", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh",
    "nh", "ph", "qu", "r", "s", "t", "th", "tr", "v", "x",
];

/// How it can go on.
const RHYMES: [&str; 162] = [
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "ăc", "ăm",
    "ăn", "ăng", "ăp", "ăt", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây", "e", "ec", "em",
    "en", "eng", "eo", "ep", "et", "ê", "êch", "êm", "ên", "êng", "ênh", "êp", "êt", "êu", "i",
    "ia", "ich", "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu", "im", "in", "inh", "ip", "it",
    "iu", "o", "oa", "oac", "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat",
    "oay", "oăc", "oăm", "oăn", "oăng", "oăt", "oc", "oe", "oen", "oeo", "oet", "oi", "om", "on",
    "ong", "ooc", "oong", "op", "ot", "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt", "ơ", "ơi",
    "ơm", "ơn", "ơp", "ơt", "u", "ua", "uân", "uâng", "uât", "uây", "uc", "uê", "uêch", "uênh",
    "ui", "um", "un", "ung", "uơ", "up", "ut", "uôc", "uôi", "uôm", "uôn", "uông", "uôt", "uy",
    "uya", "uych", "uyên", "uyêt", "uynh", "uyt", "uyu", "ư", "ưa", "ưc", "ưi", "ưm", "ưn", "ưng",
    "ưt", "ưu", "ươc", "ươi", "ươm", "ươn", "ương", "ươp", "ươt", "ươu", "y", "yêm", "yên", "yêng",
    "yêt", "yêu", "ynh", "yt", "ych",
];

/// TCVN3 in the order of its bytes from A1 on; a blank stands for a byte it does not use.
const TCVN3: &str =
    "ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ";

/// The word as TCVN3 means it; nothing where it has bytes that TCVN3 does not use.
pub fn from_tcvn3(bytes: &[u8]) -> Option<String> {
    let letter = |byte: u8| {
        if byte.is_ascii() {
            return Some(char::from(byte));
        }
        let index = usize::from(byte).checked_sub(0xa1)?;
        TCVN3.chars().nth(index).filter(|letter| *letter != ' ')
    };
    bytes.iter().map(|byte| letter(*byte)).collect()
}

/// Letters that VNI stores in one byte.
const VNI_ALONE: [(u8, char); 9] = [
    (0xd1, 'đ'),
    (0xf1, 'đ'),
    (0xed, 'í'),
    (0xec, 'ì'),
    (0xe6, 'ỉ'),
    (0xf3, 'ĩ'),
    (0xf2, 'ị'),
    (0xee, 'ỵ'),
    (0xcd, 'í'),
];

/// Second bytes of VNI letters, small, with the marks they mean: shape, then tone.
const VNI_MARKS: [(u8, &str); 17] = [
    (0xf9, "\u{301}"),
    (0xf8, "\u{300}"),
    (0xfb, "\u{309}"),
    (0xf5, "\u{303}"),
    (0xef, "\u{323}"),
    (0xe2, "\u{302}"),
    (0xe1, "\u{302}\u{301}"),
    (0xe0, "\u{302}\u{300}"),
    (0xe5, "\u{302}\u{309}"),
    (0xe3, "\u{302}\u{303}"),
    (0xe4, "\u{302}\u{323}"),
    (0xea, "\u{306}"),
    (0xe9, "\u{306}\u{301}"),
    (0xe8, "\u{306}\u{300}"),
    (0xfa, "\u{306}\u{309}"),
    (0xfc, "\u{306}\u{303}"),
    (0xeb, "\u{306}\u{323}"),
];

/// The word as VNI means it; nothing where a byte means no letter of it.
pub fn from_vni(bytes: &[u8]) -> Option<String> {
    let mut word = String::new();
    let mut can_take_mark = false;
    for byte in bytes {
        // Capitals lie 32 below; a word of the list is looked for without regard to them.
        let small = if (0xc0..=0xde).contains(byte) { byte.wrapping_add(0x20) } else { *byte };
        if byte.is_ascii() {
            can_take_mark = b"aeouyAEOUY".contains(byte);
            word.push(char::from(byte.to_ascii_lowercase()));
            continue;
        }
        if can_take_mark && let Some((_, marks)) = VNI_MARKS.iter().find(|(mark, _)| *mark == small)
        {
            word.push_str(marks);
            can_take_mark = false;
            continue;
        }
        can_take_mark = matches!(small, 0xf4 | 0xf6);
        match small {
            0xf4 => word.push('ơ'),
            0xf6 => word.push('ư'),
            _ => word.push(VNI_ALONE.iter().find(|(alone, _)| *alone == small)?.1),
        }
    }
    Some(word.nfc().collect())
}
