//! Samples are made by encoders of their own, so that the tables above are not tested by themselves.

use encoding_rs::{WINDOWS_1252, WINDOWS_1258};
use unicode_normalization::UnicodeNormalization;

use super::*;

/// TCVN3 as a Vietnamese keyboard driver of the time stores it, for small letters.
fn tcvn3(text: &str) -> Vec<u8> {
    const TABLE: &[(char, u8)] = &[
        ('à', 0xb5),
        ('ả', 0xb6),
        ('ã', 0xb7),
        ('á', 0xb8),
        ('ạ', 0xb9),
        ('ă', 0xa8),
        ('ằ', 0xbb),
        ('ẳ', 0xbc),
        ('ẵ', 0xbd),
        ('ắ', 0xbe),
        ('ặ', 0xc6),
        ('â', 0xa9),
        ('ầ', 0xc7),
        ('ẩ', 0xc8),
        ('ẫ', 0xc9),
        ('ấ', 0xca),
        ('ậ', 0xcb),
        ('đ', 0xae),
        ('è', 0xcc),
        ('ẻ', 0xce),
        ('ẽ', 0xcf),
        ('é', 0xd0),
        ('ẹ', 0xd1),
        ('ê', 0xaa),
        ('ề', 0xd2),
        ('ể', 0xd3),
        ('ễ', 0xd4),
        ('ế', 0xd5),
        ('ệ', 0xd6),
        ('ì', 0xd7),
        ('ỉ', 0xd8),
        ('ĩ', 0xdc),
        ('í', 0xdd),
        ('ị', 0xde),
        ('ò', 0xdf),
        ('ỏ', 0xe1),
        ('õ', 0xe2),
        ('ó', 0xe3),
        ('ọ', 0xe4),
        ('ô', 0xab),
        ('ồ', 0xe5),
        ('ổ', 0xe6),
        ('ỗ', 0xe7),
        ('ố', 0xe8),
        ('ộ', 0xe9),
        ('ơ', 0xac),
        ('ờ', 0xea),
        ('ở', 0xeb),
        ('ỡ', 0xec),
        ('ớ', 0xed),
        ('ợ', 0xee),
        ('ù', 0xef),
        ('ủ', 0xf1),
        ('ũ', 0xf2),
        ('ú', 0xf3),
        ('ụ', 0xf4),
        ('ư', 0xad),
        ('ừ', 0xf5),
        ('ử', 0xf6),
        ('ữ', 0xf7),
        ('ứ', 0xf8),
        ('ự', 0xf9),
        ('ỳ', 0xfa),
        ('ỷ', 0xfb),
        ('ỹ', 0xfc),
        ('ý', 0xfd),
        ('ỵ', 0xfe),
        ('Đ', 0xa7),
        ('Ă', 0xa1),
        ('Â', 0xa2),
        ('Ê', 0xa3),
        ('Ô', 0xa4),
        ('Ơ', 0xa5),
        ('Ư', 0xa6),
    ];
    let byte = |letter: char| match TABLE.iter().find(|(known, _)| *known == letter) {
        Some((_, byte)) => *byte,
        None => u8::try_from(letter).ok().filter(u8::is_ascii).unwrap(),
    };
    text.chars().map(byte).collect()
}

/// VNI for Windows: a letter and its marks, in the letter's case.
fn vni(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for letter in text.chars() {
        let capital = letter.is_uppercase();
        let parts: Vec<char> = letter.to_lowercase().nfd().collect();
        let tone = |tones: &[char]| parts.iter().find(|part| tones.contains(part)).copied();
        let tone = tone(&['\u{301}', '\u{300}', '\u{309}', '\u{303}', '\u{323}']);
        let shape = parts.iter().find(|part| ['\u{302}', '\u{306}', '\u{31b}'].contains(part));
        let column =
            "\u{301}\u{300}\u{309}\u{303}\u{323}".chars().position(|known| Some(known) == tone);
        let mark = |row: [u8; 6]| row[column.map_or(0, |column| column + 1)];
        let small: Vec<u8> = match (parts[0], shape) {
            ('i', _) => vec![[b'i', 0xed, 0xec, 0xe6, 0xf3, 0xf2][column.map_or(0, |c| c + 1)]],
            ('đ', _) => vec![0xf1],
            ('y', _) if tone == Some('\u{323}') => vec![0xee],
            (base, Some('\u{302}')) => {
                vec![u8::try_from(base).unwrap(), mark([0xe2, 0xe1, 0xe0, 0xe5, 0xe3, 0xe4])]
            }
            (base, Some('\u{306}')) => {
                vec![u8::try_from(base).unwrap(), mark([0xea, 0xe9, 0xe8, 0xfa, 0xfc, 0xeb])]
            }
            (base, horn) => {
                let base = match (base, horn) {
                    ('o', Some(_)) => 0xf4,
                    ('u', Some(_)) => 0xf6,
                    _ => u8::try_from(base).unwrap(),
                };
                match mark([0, 0xf9, 0xf8, 0xfb, 0xf5, 0xef]) {
                    0 => vec![base],
                    mark => vec![base, mark],
                }
            }
        };
        bytes.extend(small.into_iter().map(|byte| match byte {
            0xe0.. if capital => byte - 0x20,
            _ if capital => byte.to_ascii_uppercase(),
            _ => byte,
        }));
    }
    bytes
}

const SENTENCES: [&str; 12] = [
    "Nguyễn Thị Hồng Hạnh nộp học phí tháng 11",
    "Trần Gia Bảo lớp 6A1 đóng tiền ăn bán trú",
    "phí quản lý tài khoản",
    "chuyển tiền học cho con Lê Ngọc Ánh",
    "Phạm Đức Huy nộp bảo hiểm y tế",
    "Thu hộ học phí trường tiểu học An Hòa",
    "Vũ Khánh Linh đóng quỹ lớp",
    "Ngày giao dịch",
    "Số tiền ghi có",
    "Nội dung giao dịch",
    "Diễn giải",
    "Số dư cuối kỳ: mười hai triệu đồng",
];

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A text in each font, as bytes.
fn encoded(text: &str) -> [(&'static str, Vec<u8>); 3] {
    [
        ("TCVN3", tcvn3(&text.to_lowercase())),
        ("VNI", vni(text)),
        ("VNI capitals", vni(&text.to_uppercase())),
    ]
}

#[test]
fn old_fonts_are_recognised_however_their_bytes_were_read() {
    for text in SENTENCES {
        for (font, bytes) in encoded(text) {
            let (windows1252, _) = WINDOWS_1252.decode_without_bom_handling(&bytes);
            for (read_as, shown) in
                [("Latin-1", latin1(&bytes)), ("Windows-1252", windows1252.into_owned())]
            {
                assert!(is_old_font(&shown), "{font} as {read_as}: {text:?} looks like {shown:?}");
            }
        }
    }
    // Read as Windows-1258 a few words by chance are good ones; two cells beside each other settle it.
    for pair in SENTENCES.windows(2) {
        let text = pair.join(" ");
        for (font, bytes) in encoded(&text) {
            let (shown, _) = WINDOWS_1258.decode_without_bom_handling(&bytes);
            assert!(is_old_font(&shown), "{font} as Windows-1258: {text:?} looks like {shown:?}");
        }
    }
}

#[test]
fn vietnamese_and_other_languages_are_left_alone() {
    for text in SENTENCES {
        let decomposed: String = text.nfd().collect();
        // Windows-1258 keeps letters with their shape and puts the tone behind.
        let halfway: String = text
            .chars()
            .flat_map(|letter| {
                let parts: Vec<char> = letter.nfd().collect();
                let (tones, rest): (Vec<char>, Vec<char>) = parts.into_iter().partition(|part| {
                    matches!(part, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}')
                });
                rest.into_iter().nfc().chain(tones).collect::<Vec<char>>()
            })
            .collect();
        for (how, shown) in [
            ("composed", text.to_owned()),
            ("decomposed", decomposed),
            ("as Windows-1258 has it", halfway),
            ("in capitals", text.to_uppercase()),
            ("without marks", crate::domain::text::fold(text)),
        ] {
            assert!(!is_old_font(&shown), "{how}: {shown:?}");
        }
    }
    for (why, text) in [
        ("nothing", ""),
        ("digits", "1.250.000 ½ 50%"),
        (
            "French",
            "Reçu de l'école française, payé à Noël près du café où l'élève naïf a été, août, goût, coût",
        ),
        ("French names", "Loïc Anaïs Raphaël Zoë Citroën Hélène François Gaël"),
        ("French capitals", "ÉCOLE FRANÇAISE À HANOÏ, FRAIS DE SCOLARITÉ REÇUS"),
        ("German", "Überweisung für Schüler Müller, Größe, Straße, schön, Gebühr"),
        ("Danish", "på så nå når får går år"),
        ("Spanish", "Niño, año, señora Muñoz, pingüino, ¿qué?"),
        ("quoted", "«Nộp học phí» · lớp 6A1 · kỳ I"),
        ("bullets and marks", "· 6A1 · Vietcombank® © 2026 ± 5"),
        ("names in capitals", "TRƯỜNG THCS AN HOÀ, ÔNG NGÔ VĂN Ý, BÀ ĐỖ THỊ Ú"),
        ("letters beyond Latin-1 beside old ones", "Nguyễn Thị NguyÔn ThÞ"),
        ("one word", "Loïc"),
    ] {
        assert!(!is_old_font(text), "{why}: {text:?}");
    }
}

#[test]
fn a_syllable_is_what_vietnamese_can_say() {
    for (why, word, expected) in [
        ("a name", "Nguyễn", true),
        ("in capitals", "NGUYỄN", true),
        ("tone on the second letter", "hoà", true),
        ("tone on the first", "hòa", true),
        ("with qu", "quyết", true),
        ("with gi", "giải", true),
        ("a stop with a long tone", "cỏt", false),
        ("two tones", "hòá", false),
        ("a capital inside", "ThỊ", false),
        ("no onset of the language", "prố", false),
        ("no rhyme of the language", "Noở", false),
        ("digits", "6a", false),
        ("nothing", "", false),
    ] {
        assert_eq!(is_syllable(word), expected, "{why}: {word}");
    }
}
