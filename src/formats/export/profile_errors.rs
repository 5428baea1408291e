//! What is wrong with a profile: where, and what would be right.

use super::profile::Rows;
use crate::domain::diagnostic::{Diagnostic, Place};

/// The keys of a profile, by section.
const KEYS: &str = "id, name, basis, rows, layout, separator, encoding, header, byte_order_mark, \
    [accounts] debit, credit, family_credit, unallocated, [[column]] heading, field, constant, date, \
    case, fold, max_width";

pub(super) fn syntax(name: &str, line: u64, reason: &str) -> Diagnostic {
    at(
        line,
        "profile_syntax",
        format!("{name}, dòng {line}: không đọc được ({reason}). Các khóa dùng được: {KEYS}."),
        format!("{name}, line {line}: cannot be read ({reason}). Known keys: {KEYS}."),
    )
}

pub(super) fn unknown_field(name: &str, line: u64, field: &str, rows: Rows) -> Diagnostic {
    let known: Vec<&str> = rows.fields().iter().map(|field| field.name).collect();
    let (known, rows) = (known.join(", "), rows.as_str());
    at(
        line,
        "profile_field",
        format!(
            "{name}, dòng {line}: không có trường “{field}” cho rows = \"{rows}\". Dùng một trong: {known}."
        ),
        format!(
            "{name}, line {line}: there is no field “{field}” for rows = \"{rows}\". Use one of: {known}."
        ),
    )
}

pub(super) fn one_source(name: &str, line: u64, heading: &str) -> Diagnostic {
    at(
        line,
        "profile_column",
        format!(
            "{name}, dòng {line}: cột “{heading}” cần đúng một trong hai: field (lấy từ sổ) hoặc constant (luôn giống nhau)."
        ),
        format!(
            "{name}, line {line}: the column “{heading}” needs exactly one of field (from the books) and constant (always the same)."
        ),
    )
}

pub(super) fn no_width(name: &str, line: u64, heading: &str) -> Diagnostic {
    at(
        line,
        "profile_width",
        format!("{name}, dòng {line}: max_width của cột “{heading}” phải từ 1 trở lên."),
        format!("{name}, line {line}: max_width of the column “{heading}” must be at least 1."),
    )
}

pub(super) fn separator(name: &str, line: u64, found: &str) -> Diagnostic {
    at(
        line,
        "profile_separator",
        format!(
            "{name}, dòng {line}: dấu ngăn cách “{found}” không dùng được. Chọn , ; | hoặc \\t."
        ),
        format!("{name}, line {line}: “{found}” is no separator. Choose , ; | or \\t."),
    )
}

pub(super) fn encoding(name: &str, line: u64, found: &str) -> Diagnostic {
    at(
        line,
        "profile_encoding",
        format!("{name}, dòng {line}: chỉ ghi được bảng mã utf-8, không phải “{found}”."),
        format!("{name}, line {line}: only utf-8 is written, not “{found}”."),
    )
}

pub(super) fn not_for_lists(name: &str, line: u64) -> Diagnostic {
    at(
        line,
        "profile_accounts",
        format!(
            "{name}, dòng {line}: accounts và layout chỉ dùng với rows = \"journal\". Bỏ phần này."
        ),
        format!(
            "{name}, line {line}: accounts and layout are for rows = \"journal\" only. Leave this out."
        ),
    )
}

pub(super) fn no_accounts(name: &str) -> Diagnostic {
    Diagnostic::new(
        "profile_accounts",
        format!("{name}: rows = \"journal\" cần phần [accounts] với debit và credit."),
        format!("{name}: rows = \"journal\" needs a section [accounts] with debit and credit."),
    )
}

pub(super) fn no_columns(name: &str) -> Diagnostic {
    Diagnostic::new(
        "profile_column",
        format!("{name}: cần ít nhất một [[column]]."),
        format!("{name}: at least one [[column]] is needed."),
    )
}

fn at(line: u64, code: &str, vi: String, en: String) -> Diagnostic {
    Diagnostic::new(code, vi, en).at(Place::line(line))
}
