//! The settings of a school that say what the machine may do alone, by the names that people and
//! scripts use.

use serde::Serialize;

use crate::domain::diagnostic::Diagnostic;
use crate::domain::matching::facts::Policy;

/// A setting that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Settle an invoice in part when its code came with less than is open.
    SettleInPart,
    /// Settle without a code for a payer confirmed often enough.
    SettleKnownPayer,
}

impl Setting {
    /// Every setting, in the order in which they are shown.
    pub const ALL: [Setting; 2] = [Setting::SettleInPart, Setting::SettleKnownPayer];

    /// The stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Setting::SettleInPart => "settle_in_part",
            Setting::SettleKnownPayer => "settle_known_payer",
        }
    }

    /// Whether it is on.
    #[must_use]
    pub const fn is_on(self, policy: Policy) -> bool {
        match self {
            Setting::SettleInPart => policy.settle_in_part,
            Setting::SettleKnownPayer => policy.settle_known_payer,
        }
    }
}

/// A setting and what it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettingChange {
    /// Which.
    pub setting: Setting,
    /// What it is to be.
    pub on: bool,
}

impl SettingChange {
    /// Reads `NAME=on` or `NAME=off`. Fails with a diagnostic that lists what there is.
    pub fn parse(text: &str) -> Result<SettingChange, Diagnostic> {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        SettingChange::named(name.trim(), value.trim())
    }

    /// The same from a name and a value apart.
    pub fn named(name: &str, value: &str) -> Result<SettingChange, Diagnostic> {
        let known = Setting::ALL.into_iter().find(|setting| setting.name() == name);
        let on = match value {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        };
        match (known, on) {
            (Some(setting), Some(on)) => Ok(SettingChange { setting, on }),
            (None, _) => Err(unknown_setting(name)),
            (Some(setting), None) => Err(unknown_value(setting, value)),
        }
    }

    /// The policy with this change.
    #[must_use]
    pub const fn apply(self, policy: Policy) -> Policy {
        match self.setting {
            Setting::SettleInPart => Policy { settle_in_part: self.on, ..policy },
            Setting::SettleKnownPayer => Policy { settle_known_payer: self.on, ..policy },
        }
    }
}

/// What every setting of a school is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Settings {
    /// See [`Setting::SettleInPart`].
    pub settle_in_part: bool,
    /// See [`Setting::SettleKnownPayer`].
    pub settle_known_payer: bool,
}

impl From<Policy> for Settings {
    fn from(policy: Policy) -> Settings {
        Settings {
            settle_in_part: policy.settle_in_part,
            settle_known_payer: policy.settle_known_payer,
        }
    }
}

fn known() -> String {
    Setting::ALL.map(|setting| format!("{}=on|off", setting.name())).join(", ")
}

fn unknown_setting(name: &str) -> Diagnostic {
    let known = known();
    Diagnostic::new(
        "setting_unknown",
        format!("Không có thiết lập “{name}”. Các thiết lập của trường: {known}."),
        format!("There is no setting “{name}”. The settings of a school: {known}."),
    )
}

fn unknown_value(setting: Setting, value: &str) -> Diagnostic {
    let name = setting.name();
    Diagnostic::new(
        "setting_value",
        format!("Thiết lập {name} không nhận giá trị “{value}”. Ghi {name}=on hoặc {name}=off."),
        format!("The setting {name} does not take “{value}”. Write {name}=on or {name}=off."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_read_or_says_what_there_is() {
        let change = |setting, on| Ok(SettingChange { setting, on });
        for (why, text, expected) in [
            ("on", "settle_known_payer=on", change(Setting::SettleKnownPayer, true)),
            ("off, with blanks", "settle_in_part = off", change(Setting::SettleInPart, false)),
            ("another value", "settle_in_part=yes", Err("setting_value")),
            ("no value", "settle_in_part", Err("setting_value")),
            ("another name", "settle_all=on", Err("setting_unknown")),
            ("nothing", "", Err("setting_unknown")),
        ] {
            let read = SettingChange::parse(text);
            let read = read.as_ref().map_err(|wrong| wrong.code.as_str());
            assert_eq!(read.copied(), expected, "{why}");
        }
        let wrong = SettingChange::parse("x=on").unwrap_err();
        for setting in Setting::ALL {
            assert!(wrong.message.vi.contains(setting.name()), "{wrong:?}");
            assert!(wrong.message.en.contains(setting.name()), "{wrong:?}");
        }
    }

    #[test]
    fn a_change_changes_its_setting_and_no_other() {
        for setting in Setting::ALL {
            for on in [true, false] {
                let before = Policy::default();
                let after = SettingChange { setting, on }.apply(before);
                for other in Setting::ALL {
                    let expected = if other == setting { on } else { other.is_on(before) };
                    assert_eq!(other.is_on(after), expected);
                }
            }
        }
    }
}
