//! Names of files as people see them: never paths, never longer than a line, nothing that can hide
//! or turn around what it says.

use crate::domain::diagnostic::Diagnostic;

const LONGEST_CHARS: usize = 120;
/// Of a name that is too long, so much of its end is kept: the extension tells people something.
const KEPT_END_CHARS: usize = 20;

/// The last component of a name, without control characters and marks of writing direction, cut to
/// what fits a line.
#[must_use]
pub fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.is_empty()).unwrap_or_default();
    let clean: String = last.chars().filter(|letter| !is_deceptive(*letter)).collect();
    let clean = clean.trim();
    if matches!(clean, "" | "." | "..") {
        return "?".to_owned();
    }
    let length = clean.chars().count();
    if length <= LONGEST_CHARS {
        return clean.to_owned();
    }
    let start = clean.chars().take(LONGEST_CHARS - KEPT_END_CHARS - 1);
    start.chain(['…']).chain(clean.chars().skip(length - KEPT_END_CHARS)).collect()
}

/// Characters that are not seen, or that turn the text after them around (Unicode UAX 9).
fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
        )
}

/// What to tell about a file's name: that it was cleaned, or that its extension says something else
/// than its bytes.
#[must_use]
pub fn notes(name: &str, format: Option<&str>, container: Option<&str>) -> Vec<Diagnostic> {
    let shown = shown(name);
    let mut notes = Vec::new();
    if name.chars().any(is_deceptive) || name.contains("..") || name.chars().count() > LONGEST_CHARS
    {
        notes.push(Diagnostic::new(
            "file_name_cleaned",
            format!("Tên tệp có ký tự lạ, đường dẫn hoặc quá dài nên hệ thống ghi là '{shown}'. Anh/chị kiểm tra đây đúng là tệp của ngân hàng."),
            format!("The file's name has odd characters, a path or is too long; it is kept as '{shown}'. Make sure that this is the bank's file."),
        ));
    }
    let extension = shown.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let (Some(extension), Some(found)) = (extension, container.or(format)) else { return notes };
    if let Some(kinds) = kinds_of(&extension)
        && !kinds.iter().any(|kind| {
            found == *kind || found.strip_prefix(kind).is_some_and(|rest| rest.starts_with('.'))
        })
    {
        notes.push(Diagnostic::new(
            "extension_differs",
            format!("Tệp mang đuôi .{extension} nhưng nội dung là {found}; hệ thống đọc theo nội dung. Anh/chị không cần đổi tên."),
            format!("The file is named .{extension} but its contents are {found}; it is read by its contents. There is no need to rename it."),
        ));
    }
    notes
}

/// The formats that files of an extension are expected to be; nothing for one that says little.
/// A web page or an XML workbook named `.xls` has a warning of its own.
fn kinds_of(extension: &str) -> Option<&'static [&'static str]> {
    match extension {
        "xlsx" | "xlsm" => Some(&["xlsx"]),
        "xls" => Some(&["xls", "html", "spreadsheetml"]),
        "csv" | "tsv" => Some(&["csv"]),
        "xml" => Some(&["camt", "spreadsheetml"]),
        "sta" | "mt940" | "mt942" | "940" | "942" => Some(&["mt940", "mt942"]),
        "htm" | "html" => Some(&["html"]),
        "zip" => Some(&["zip"]),
        "gz" => Some(&["gzip"]),
        "pdf" | "doc" | "docx" | "jpg" | "jpeg" | "png" => Some(&[]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_line_and_never_a_path() {
        let long = format!("{}.xlsx", "a".repeat(5_000));
        for (why, name, expected) in [
            ("usual", "Sao kê tháng 11.xlsx", "Sao kê tháng 11.xlsx"),
            ("a path upwards", "../../etc/passwd", "passwd"),
            ("a Windows path", "C:\\Users\\a\\sao-ke.xls", "sao-ke.xls"),
            ("a zero byte", "sao\0ke.csv", "saoke.csv"),
            ("turned around", "sao-ke\u{202e}xslx.exe", "sao-kexslx.exe"),
            ("a terminal's command", "a\u{1b}[31m.csv", "a[31m.csv"),
            ("only dots", "..", "?"),
            ("nothing", "", "?"),
        ] {
            assert_eq!(shown(name), expected, "{why}");
        }
        assert_eq!(shown(&long).chars().count(), LONGEST_CHARS);
        assert!(shown(&long).ends_with("aa.xlsx"));
    }

    #[test]
    fn what_a_name_hides_is_told() {
        let codes = |name: &str, format: &str, container: Option<&str>| -> Vec<String> {
            notes(name, Some(format), container).into_iter().map(|note| note.code).collect()
        };
        for (why, name, format, container, expected) in [
            ("as it says", "a.xlsx", "xlsx", None, &[][..]),
            ("a version", "a.xml", "camt.053.001.08", None, &[]),
            ("no extension", "sao-ke", "csv", None, &[]),
            ("an extension that says nothing", "a.txt", "mt940", None, &[]),
            ("named otherwise", "a.xlsx", "csv", None, &["extension_differs"]),
            ("a PDF that is none", "a.pdf", "csv", None, &["extension_differs"]),
            ("an archive", "a.zip", "csv", Some("zip"), &[]),
            ("an archive by another name", "a.xlsx", "csv", Some("zip"), &["extension_differs"]),
            ("a path", "../a.csv", "csv", None, &["file_name_cleaned"]),
        ] {
            assert_eq!(codes(name, format, container), expected, "{why}");
        }
    }
}
