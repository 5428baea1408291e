//! One layer over the other: what each source says, and which source had the last word.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

use crate::config::{mask_password, rules};
use crate::domain::diagnostic::Diagnostic;

const DEFAULTS: &str = include_str!("../../config/default.toml");
const PREFIX: &str = "DOISOAT_";

/// Where a setting came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `config/default.toml`, as built into the program.
    Default,
    /// The file of that name.
    File(String),
    /// The environment variable of that name.
    Environment(String),
    /// An option of the command.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => out.write_str("default"),
            Origin::File(name) => write!(out, "file {name}"),
            Origin::Environment(name) => write!(out, "environment {name}"),
            Origin::CommandLine => out.write_str("command line"),
        }
    }
}

/// A setting as the last source left it.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub value: Value,
    pub origin: Origin,
}

/// The settings by section and key.
pub(super) struct Layers {
    settings: BTreeMap<(String, String), Setting>,
}

impl Layers {
    pub(super) fn defaults() -> Result<Layers, Vec<Diagnostic>> {
        let table: Table = DEFAULTS.parse().map_err(|error| vec![rules::unreadable(&error)])?;
        let mut settings = BTreeMap::new();
        for (section, keys) in table {
            for (key, value) in keys.as_table().into_iter().flatten() {
                let setting = Setting { value: value.clone(), origin: Origin::Default };
                settings.insert((section.clone(), key.clone()), setting);
            }
        }
        Ok(Layers { settings })
    }

    /// Lays a file over what is there; says what of it cannot be used.
    pub(super) fn file(&mut self, name: &str, text: &str) -> Vec<Diagnostic> {
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => return vec![rules::not_toml(name, text, &error)],
        };
        let mut problems = Vec::new();
        for (section, keys) in table {
            let Value::Table(keys) = keys else {
                problems.push(rules::unknown_key(name, &section, self.nearest(&section)));
                continue;
            };
            for (key, value) in keys {
                let origin = Origin::File(name.to_owned());
                problems.extend(self.put(&section, &key, value, origin, name));
            }
        }
        problems
    }

    /// Lays an environment variable over what is there, if it is one of ours.
    pub(super) fn variable(&mut self, name: &str, text: &str) -> Option<Diagnostic> {
        let (section, key) = name.strip_prefix(PREFIX)?.split_once("__")?;
        let (section, key) = (section.to_ascii_lowercase(), key.to_ascii_lowercase());
        let value = match self.settings.get(&(section.clone(), key.clone())) {
            Some(Setting { value: Value::Boolean(_), .. }) => text.parse().map(Value::Boolean).ok(),
            Some(Setting { value: Value::Integer(_), .. }) => text.parse().map(Value::Integer).ok(),
            Some(Setting { value: Value::Array(_), .. }) => Some(Value::Array(
                text.split(',').map(|part| Value::String(part.trim().to_owned())).collect(),
            )),
            _ => None,
        };
        let value = value.unwrap_or_else(|| Value::String(text.to_owned()));
        self.put(&section, &key, value, Origin::Environment(name.to_owned()), name)
    }

    /// Lays an option of the command over what is there.
    pub(super) fn command_line(&mut self, section: &str, key: &str, text: &str) {
        let setting =
            Setting { value: Value::String(text.to_owned()), origin: Origin::CommandLine };
        self.settings.insert((section.to_owned(), key.to_owned()), setting);
    }

    /// The setting, which exists for every key of the defaults.
    pub(super) fn get(&self, section: &str, key: &str) -> Option<&Setting> {
        self.settings.get(&(section.to_owned(), key.to_owned()))
    }

    pub(super) fn listing(&self) -> Vec<(String, String, Origin)> {
        self.settings
            .iter()
            .map(|((section, key), setting)| {
                (
                    format!("{section}.{key}"),
                    shown_as(section, key, &setting.value),
                    setting.origin.clone(),
                )
            })
            .collect()
    }

    pub(super) fn into_table(self) -> Table {
        let mut table = Table::new();
        for ((section, key), setting) in self.settings {
            let keys = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(keys) = keys {
                keys.insert(key, setting.value);
            }
        }
        table
    }

    fn put(
        &mut self,
        section: &str,
        key: &str,
        value: Value,
        origin: Origin,
        source: &str,
    ) -> Option<Diagnostic> {
        let full = format!("{section}.{key}");
        let nearest = self.nearest(&full);
        let Some(setting) = self.settings.get_mut(&(section.to_owned(), key.to_owned())) else {
            return Some(rules::unknown_key(source, &full, nearest));
        };
        if std::mem::discriminant(&setting.value) != std::mem::discriminant(&value) {
            return Some(rules::wrong_type(&full, &value, &setting.value, source));
        }
        *setting = Setting { value, origin };
        None
    }

    /// The known key that looks most like `full`, for a hint.
    fn nearest(&self, full: &str) -> Option<String> {
        let name = full.rsplit('.').next().unwrap_or(full);
        self.settings
            .keys()
            .map(|(section, key)| {
                let common = key.chars().zip(name.chars()).take_while(|(a, b)| a == b).count();
                (common, format!("{section}.{key}"))
            })
            .filter(|(common, _)| *common >= 3)
            .max_by_key(|(common, _)| *common)
            .map(|(_, key)| key)
    }
}

/// The settings that are secrets themselves.
const SECRETS: [(&str, &str); 3] =
    [("secrets", "key"), ("mail", "password"), ("sign_in", "oidc_client_secret")];

/// The value of a setting as a person would write it; of a secret only whether there is one.
pub(super) fn shown_as(section: &str, key: &str, value: &Value) -> String {
    let is_set = value.as_str().is_none_or(|text| !text.is_empty());
    if is_set && SECRETS.contains(&(section, key)) { "\"***\"".to_owned() } else { shown(value) }
}

/// A value as a person would write it in TOML, a password masked.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{}\"", mask_password(text)),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(flag) => flag.to_string(),
        Value::Array(parts) => {
            format!("[{}]", parts.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Float(_) | Value::Datetime(_) | Value::Table(_) => {
            format!("({})", value.type_str())
        }
    }
}
