//! What each setting must be, and the words for one that is not.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use toml::Value;

use super::layers::{Layers, Setting, shown, shown_as};
use super::{letters, mail};
use crate::domain::cashless::{MOST_YEARS, YearlyTargets};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::telemetry::{LogFormat, check_filter};

/// The letters a payment code may begin with: consonants that no look-alike and no Vietnamese
/// keyboard turns into something else.
const PREFIX_LETTERS: &str = "CFHJKMNPQRTVX";

/// Ranges of whole numbers, both ends included.
const RANGES: [(&str, &str, i64, i64); 34] = [
    ("server", "workers", 1, 256),
    ("server", "max_upload_mb", 1, 1_024),
    ("server", "uploads_per_person", 1, 1_000_000),
    ("server", "uploads_per_school", 1, 1_000_000),
    ("reading", "memory_mb", 128, 65_536),
    ("reading", "seconds", 1, 3_600),
    ("reading", "seconds_per_mb", 0, 3_600),
    ("reading", "at_once", 1, 64),
    ("webhooks", "max_body_kb", 16, 16_384),
    ("webhooks", "batch", 1, 1_000),
    ("webhooks", "lease_seconds", 10, 3_600),
    ("webhooks", "attempts", 1, 20),
    ("mail", "port", 1, 65_535),
    ("mail", "attempts", 1, 20),
    ("mail", "at_once", 1, 16),
    ("mail", "connect_timeout_seconds", 1, 120),
    ("mail", "command_timeout_seconds", 1, 300),
    ("mail", "answer_timeout_seconds", 1, 900),
    ("letters", "quiet_from_hour", 0, 23),
    ("letters", "quiet_to_hour", 0, 23),
    ("letters", "reminder_pause_days", 1, 30),
    ("letters", "receipt_after_minutes", 0, 1440),
    ("letters", "most_a_day", 1, 100),
    ("letters", "batch", 1, 200),
    ("database", "pool", 1, 200),
    ("database", "busy_timeout_ms", 100, 600_000),
    ("cashless", "deployed_min_payments", 1, 1_000_000),
    ("cashless", "target_percent", 1, 100),
    ("cashless", "near_percent", 0, 100),
    ("privacy", "claim_photo_days", 1, 3_650),
    ("privacy", "access_log_days", 180, 3_650),
    ("privacy", "family_link_days", 1, 3_650),
    ("privacy", "mail_text_days", 30, 3_650),
    ("privacy", "least_group", 0, 100),
];

/// Every rule a setting breaks.
pub(super) fn broken(layers: &Layers) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (section, key, least, most) in RANGES {
        let Some(setting) = layers.get(section, key) else { continue };
        if let Some(number) = setting.value.as_integer()
            && !(least..=most).contains(&number)
        {
            problems.push(refused(
                section,
                key,
                setting,
                format!("Ghi một số nguyên từ {least} đến {most}."),
                format!("Write a whole number from {least} to {most}."),
            ));
        }
    }
    let text = |section: &str, key: &str| {
        let setting = layers.get(section, key)?;
        Some((setting, setting.value.as_str()?))
    };
    if let Some((setting, bind)) = text("server", "bind")
        && bind.parse::<SocketAddr>().is_err()
    {
        problems.push(refused(
            "server",
            "bind",
            setting,
            "Ghi địa chỉ IP và cổng, ví dụ 127.0.0.1:8080.",
            "Write an IP address and a port, for example 127.0.0.1:8080.",
        ));
    }
    if let Some((setting, bind)) = text("metrics", "bind")
        && !bind.is_empty()
        && bind.parse::<SocketAddr>().is_err()
    {
        problems.push(refused(
            "metrics",
            "bind",
            setting,
            "Ghi địa chỉ IP và cổng, ví dụ 127.0.0.1:9464, hoặc bỏ trống.",
            "Write an IP address and a port, for example 127.0.0.1:9464, or leave it empty.",
        ));
    }
    if let Some((setting, url)) = text("server", "public_url")
        && !is_public_url(url)
    {
        problems.push(refused(
            "server",
            "public_url",
            setting,
            "Ghi địa chỉ bắt đầu bằng https:// hoặc http://, không có dấu / ở cuối, ví dụ https://doisoat.truong.edu.vn.",
            "Write an address that begins with https:// or http:// and does not end in /, for example https://doisoat.school.edu.vn.",
        ));
    }
    if let Some((setting, url)) = text("database", "url")
        && !is_database_url(url)
    {
        problems.push(refused(
            "database",
            "url",
            setting,
            "Ghi sqlite:ĐƯỜNG_DẪN hoặc postgres://NGƯỜI_DÙNG:MẬT_KHẨU@MÁY_CHỦ/TÊN.",
            "Write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME.",
        ));
    }
    if let Some((setting, key)) = text("secrets", "key")
        && !key.is_empty()
        && BASE64.decode(key).map_or(0, |bytes| bytes.len()) != 32
    {
        problems.push(refused(
            "secrets",
            "key",
            setting,
            "Ghi 32 byte ở dạng base64, tạo bằng: openssl rand -base64 32.",
            "Write 32 bytes in base64, made with: openssl rand -base64 32.",
        ));
    }
    if let Some((setting, filter)) = text("log", "filter")
        && check_filter(filter).is_err()
    {
        problems.push(refused(
            "log",
            "filter",
            setting,
            "Ghi error, warn, info, debug hoặc trace, ví dụ warn,doisoat=info.",
            "Write error, warn, info, debug or trace, for example warn,doisoat=info.",
        ));
    }
    if let Some((setting, format)) = text("log", "format")
        && LogFormat::parse(format).is_none()
    {
        problems.push(refused(
            "log",
            "format",
            setting,
            "Ghi plain hoặc compact.",
            "Write plain or compact.",
        ));
    }
    problems.extend(mail::broken(layers));
    problems.extend(letters::broken(layers));
    problems.extend(broken_prefixes(layers));
    problems.extend(broken_thresholds(layers));
    problems.extend(broken_targets(layers));
    problems
}

fn broken_prefixes(layers: &Layers) -> Option<Diagnostic> {
    let setting = layers.get("codes", "prefixes")?;
    let parts = setting.value.as_array()?;
    let prefixes: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
    let shaped = |prefix: &&str| {
        matches!(prefix.len(), 2 | 3)
            && prefix.chars().all(|letter| PREFIX_LETTERS.contains(letter))
    };
    let lengths: BTreeSet<usize> = prefixes.iter().map(|prefix| prefix.len()).collect();
    let distinct: BTreeSet<&&str> = prefixes.iter().collect();
    let good = !parts.is_empty()
        && prefixes.len() == parts.len()
        && prefixes.iter().all(shaped)
        && lengths.len() == 1
        && distinct.len() == parts.len();
    (!good).then(|| {
        refused(
            "codes",
            "prefixes",
            setting,
            "Ghi ít nhất một tiền tố, mỗi tiền tố gồm 2 hoặc 3 chữ cái in hoa trong C F H J K M N \
             P Q R T V X, dài bằng nhau và không trùng nhau, ví dụ [\"HP\"].",
            "Write at least one prefix, each of two or three capitals out of C F H J K M N P Q R T \
             V X, all equally long and none twice, for example [\"HP\"].",
        )
    })
}

fn broken_thresholds(layers: &Layers) -> Option<Diagnostic> {
    let target = layers.get("cashless", "target_percent")?.value.as_integer()?;
    let near = layers.get("cashless", "near_percent")?;
    (near.value.as_integer()? > target).then(|| {
        refused(
            "cashless",
            "near_percent",
            near,
            format!("Ghi một số không lớn hơn cashless.target_percent ({target})."),
            format!("Write a number that is not above cashless.target_percent ({target})."),
        )
    })
}

fn broken_targets(layers: &Layers) -> Option<Diagnostic> {
    let setting = layers.get("cashless", "yearly_targets")?;
    let parts = setting.value.as_array()?;
    let texts: Vec<&str> = parts.iter().filter_map(Value::as_str).collect();
    let good = texts.len() == parts.len() && YearlyTargets::parse(texts).is_some();
    (!good).then(|| {
        refused(
            "cashless",
            "yearly_targets",
            setting,
            format!(
                "Ghi mỗi năm học một mục tiêu từ 1 đến 100, mỗi năm một lần, nhiều nhất {MOST_YEARS} năm, ví dụ [\"2026-2027: 95\"]."
            ),
            format!(
                "Write a target from 1 to 100 for each school year, each year once, {MOST_YEARS} years at most, for example [\"2026-2027: 95\"]."
            ),
        )
    })
}

/// Whether links can begin with it.
fn is_public_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty()
            && !rest.ends_with('/')
            && rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"?#\"'<>\\@".contains(&byte))
    })
}

fn is_database_url(url: &str) -> bool {
    url.strip_prefix("sqlite:").is_some_and(|path| !path.trim_start_matches('/').is_empty())
        || url.starts_with("postgres://")
        || url.starts_with("postgresql://")
}

pub(super) fn refused(
    section: &str,
    key: &str,
    setting: &Setting,
    what_vi: impl AsRef<str>,
    what_en: impl AsRef<str>,
) -> Diagnostic {
    let (value, origin) = (shown_as(section, key, &setting.value), &setting.origin);
    Diagnostic::new(
        "config_value",
        format!("{section}.{key} = {value} ({origin}) không dùng được. {}", what_vi.as_ref()),
        format!("{section}.{key} = {value} ({origin}) cannot be used. {}", what_en.as_ref()),
    )
}

/// A key that no section has.
pub(super) fn unknown_key(source: &str, key: &str, nearest: Option<String>) -> Diagnostic {
    let (hint_vi, hint_en) = match nearest {
        Some(near) => {
            (format!("Có phải anh/chị muốn ghi {near}?"), format!("Did you mean {near}?"))
        }
        None => (
            "Xem các khóa hợp lệ trong config/default.toml.".to_owned(),
            "See config/default.toml for the keys there are.".to_owned(),
        ),
    };
    Diagnostic::new(
        "config_unknown_key",
        format!("{source}: không có thiết lập {key}. {hint_vi}"),
        format!("{source}: there is no setting {key}. {hint_en}"),
    )
}

/// A value of another type than the default's.
pub(super) fn wrong_type(key: &str, value: &Value, default: &Value, source: &str) -> Diagnostic {
    let value = shown(value);
    let default_shown = shown(default);
    let (vi, en) = match default {
        Value::Boolean(_) => ("true hoặc false", "true or false"),
        Value::Integer(_) => ("một số nguyên, không có dấu nháy", "a whole number without quotes"),
        Value::Array(_) => ("một danh sách trong ngoặc vuông", "a list in square brackets"),
        _ => ("một chuỗi trong dấu nháy kép", "a text in double quotes"),
    };
    Diagnostic::new(
        "config_type",
        format!("{key} = {value} ({source}) sai kiểu. Ghi {vi}, ví dụ {default_shown}."),
        format!(
            "{key} = {value} ({source}) is of the wrong type. Write {en}, for example {default_shown}."
        ),
    )
}

/// A file that is not TOML.
pub(super) fn not_toml(name: &str, text: &str, error: &toml::de::Error) -> Diagnostic {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let reason = error.message();
    Diagnostic::new(
        "config_syntax",
        format!("{name}, dòng {line}: không đúng cú pháp TOML ({reason}). Sửa dòng này, ví dụ khóa = \"giá trị\"."),
        format!("{name}, line {line}: this is not TOML ({reason}). Correct the line, for example key = \"value\"."),
    )
    .at(Place::line(u64::try_from(line).unwrap_or(u64::MAX)))
}

/// A file that cannot be opened.
pub(super) fn unreadable_file(name: &str, error: &std::io::Error) -> Diagnostic {
    Diagnostic::new(
        "config_file",
        format!(
            "Không mở được tệp cấu hình {name}: {error}. Kiểm tra đường dẫn sau --config và quyền đọc."
        ),
        format!(
            "The configuration file {name} cannot be opened: {error}. Check the path after --config and that it may be read."
        ),
    )
}

/// Settings that passed every rule and still do not fit; only a broken build shows this.
pub(super) fn unreadable(error: &toml::de::Error) -> Diagnostic {
    let reason = error.message();
    Diagnostic::new(
        "config_unreadable",
        format!("Không đọc được cấu hình: {reason}. So với config/default.toml rồi sửa lại."),
        format!("The configuration cannot be read: {reason}. Compare it with config/default.toml."),
    )
}
