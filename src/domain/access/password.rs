//! Which passwords people may choose: long ones that are not among those everybody tries first.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use crate::domain::diagnostic::Diagnostic;
use crate::domain::text::squeeze;

/// The fewest characters of a password beside which a second factor is asked for.
pub const FEWEST: usize = 12;

/// The fewest characters of a password that is all somebody signs in with.
pub const FEWEST_ALONE: usize = 15;

/// The fewest characters of a password, by whether a second factor is asked for as well.
#[must_use]
pub const fn fewest(second_factor: bool) -> usize {
    if second_factor { FEWEST } else { FEWEST_ALONE }
}

/// The most characters of a password: enough for any sentence, and a bound for what is hashed.
pub const MOST: usize = 200;

/// Shorter names in front of the `@` are part of too many words.
const NAME_LETTERS: usize = 4;

/// What people with a rule of twelve characters really choose, one a line, in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| COMMON.lines().collect());

/// The password as it is hashed: the same letters whether a keyboard composes them or not.
#[must_use]
pub fn normalise(password: &str) -> String {
    password.nfc().collect()
}

/// Whether a text can be anybody's password at all: what is longer is never hashed.
#[must_use]
pub fn is_possible(normalised: &str) -> bool {
    !normalised.is_empty() && normalised.chars().count() <= MOST
}

/// The normalised password, if the person with this e-mail address, and with a second factor or
/// without, may choose it.
pub fn choose(password: &str, email: &str, second_factor: bool) -> Result<String, Diagnostic> {
    let normalised = normalise(password);
    let length = normalised.chars().count();
    let fewest = fewest(second_factor);
    if length < fewest {
        return Err(Diagnostic::new(
            "password_short",
            format!(
                "Mật khẩu có {length} ký tự, cần ít nhất {fewest}. Hãy dùng một câu dễ nhớ; không bắt buộc chữ hoa, số hay ký hiệu."
            ),
            format!(
                "The password has {length} characters; at least {fewest} are needed. Use a sentence you remember; capitals, digits and signs are not required."
            ),
        ));
    }
    if length > MOST {
        return Err(Diagnostic::new(
            "password_long",
            format!("Mật khẩu có {length} ký tự, tối đa {MOST}. Hãy chọn mật khẩu ngắn hơn."),
            format!(
                "The password has {length} characters; at most {MOST} are taken. Choose a shorter one."
            ),
        ));
    }
    let squeezed = squeeze(&normalised);
    let common = KNOWN.contains(normalised.to_lowercase().as_str())
        || KNOWN.contains(squeezed.to_lowercase().as_str());
    if common {
        return Err(Diagnostic::new(
            "password_common",
            "Mật khẩu này nhiều người dùng nên bị thử đầu tiên khi dò mật khẩu. Hãy chọn mật khẩu khác, ví dụ vài từ không liên quan ghép lại.",
            "Many people use this password, so it is among the first to be tried. Choose another one, such as a few words that do not belong together.",
        ));
    }
    let name = squeeze(email.split('@').next().unwrap_or_default());
    let personal = name.len() >= NAME_LETTERS && squeezed.contains(&name);
    if personal || squeezed.contains("DOISOAT") {
        return Err(Diagnostic::new(
            "password_personal",
            "Mật khẩu chứa tên trong địa chỉ email hoặc tên phần mềm nên dễ đoán. Hãy chọn mật khẩu khác.",
            "The password contains the name of the e-mail address or of this software, so it is easily guessed. Choose another one.",
        ));
    }
    Ok(normalised)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_listed_password_is_one_the_length_would_allow_and_is_refused() {
        let listed: Vec<&str> = COMMON.lines().collect();
        assert!(listed.len() >= 1_000, "{}", listed.len());
        assert_eq!(KNOWN.len(), listed.len(), "none twice");
        for password in listed {
            assert!((FEWEST..=MOST).contains(&password.chars().count()), "{password}");
            assert_eq!(password, password.trim().to_lowercase(), "{password}");
            for written in [password.to_owned(), password.to_uppercase()] {
                let refused = choose(&written, "an@example.com", true).unwrap_err();
                assert!(
                    ["password_common", "password_personal"].contains(&refused.code.as_str()),
                    "{written}: {refused:?}"
                );
            }
        }
    }

    #[test]
    fn a_password_is_refused_for_its_length_its_fame_or_its_owner_and_for_nothing_else() {
        let long = "ă".repeat(MOST);
        let too_long = "ă".repeat(MOST + 1);
        for (why, password, expected) in [
            ("a sentence", "con mèo trèo cây cau", None),
            ("no composition is asked for", "vovanvuonvatvo", None),
            ("signs only", "~~!~~?~~;~~:", None),
            ("as long as allowed", &long, None),
            ("one more", &too_long, Some("password_long")),
            ("eleven", "xin-chao-em", Some("password_short")),
            (
                "twelve code points that are eleven letters",
                "xin-chao-e\u{302}m",
                Some("password_short"),
            ),
            ("known", "matkhau123456", Some("password_common")),
            ("digits", "123456789012", Some("password_common")),
            ("English", "iloveyou1234", Some("password_common")),
            ("capitals do not help", "ILoveYou1234", Some("password_common")),
            ("marks do not help", "Mật khẩu 123456", Some("password_common")),
            ("the owner", "toi la Hoa.Nguyen day", Some("password_personal")),
            ("the owner with marks", "đây là hoa nguyễn", Some("password_personal")),
            ("the software", "Đối soát rất vui", Some("password_personal")),
        ] {
            let found =
                choose(password, "hoa.nguyen@example.com", true).err().map(|found| found.code);
            assert_eq!(found.as_deref(), expected, "{why}: {password}");
        }
        assert!(
            choose("toi ten la An day", "an@example.com", true).is_ok(),
            "two letters are in any word"
        );
    }

    #[test]
    fn whoever_has_no_second_factor_needs_three_characters_more() {
        let code = |password: &str, second_factor| {
            choose(password, "an@example.com", second_factor).err().map(|found| found.code)
        };
        let [eleven, twelve, fourteen, fifteen] =
            ["vovanvuonva", "vovanvuonvat", "vovanvuonvatvo", "vovanvuonvatvon"];
        assert_eq!(code(eleven, true).as_deref(), Some("password_short"));
        assert_eq!(code(twelve, true), None);
        assert_eq!(code(fourteen, false).as_deref(), Some("password_short"));
        assert_eq!(code(fifteen, false), None);
        let told = choose(fourteen, "an@example.com", false).unwrap_err().message;
        assert!(told.vi.contains("14 ký tự, cần ít nhất 15"), "{}", told.vi);
    }

    #[test]
    fn composed_and_decomposed_letters_are_one_password() {
        let composed = choose("mèo trèo cây cau", "a@example.com", true).unwrap();
        let decomposed =
            choose("me\u{300}o tre\u{300}o ca\u{302}y cau", "a@example.com", true).unwrap();
        assert_eq!(composed, decomposed);
        assert!(is_possible(&composed) && !is_possible("") && !is_possible(&"a".repeat(MOST + 1)));
    }
}
