//! What a record of the audit log says, for people: words for stable names, amounts and days as
//! people write them, and the page of what was done to.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::domain::access::Role;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::money::group_digits;
use crate::http::pages::shell::Shell;
use crate::service::audit_log::{InvoiceRef, RecordView};
use crate::service::explain::rule_text;
use crate::service::workspace::Tab;

/// The most items of a list that are shown one by one.
const SHOWN: usize = 6;

/// The longest text of letters and digits that is shown whole; the rest are hashes.
const HASH: usize = 40;

/// The words behind a name, or the name itself where there are none.
#[must_use]
pub fn worded(s: &Shell, group: &str, name: &str) -> String {
    let key = format!("{group}{}", name.replace('.', "-"));
    let words = s.t(&key);
    if words == key { name.to_owned() } else { words }
}

/// Puts what records say into words.
pub struct Told<'a> {
    /// The words.
    pub s: &'a Shell,
    /// The invoices that records name.
    pub invoices: &'a BTreeMap<i64, InvoiceRef>,
}

impl Told<'_> {
    /// A value under its name.
    pub fn value(&self, key: &str, value: &Value) -> String {
        match value {
            Value::Null => "–".to_owned(),
            Value::Bool(true) => self.s.t("audit-yes"),
            Value::Bool(false) => self.s.t("audit-no"),
            Value::Number(number) if is_amount(key) => {
                format!("{}\u{a0}₫", group_digits(&number.to_string()))
            }
            Value::Number(number) if key == "invoice" => self.invoice(number.as_i64()),
            Value::Number(number) => number.to_string(),
            Value::String(text) => self.text(key, text),
            Value::Array(all) if all.len() > SHOWN => {
                self.s.count("audit-many", &u64::try_from(all.len()).unwrap_or(u64::MAX))
            }
            Value::Array(all) => {
                all.iter().map(|one| self.value(key, one)).collect::<Vec<String>>().join(", ")
            }
            Value::Object(fields) => match fields.get("target").and_then(Value::as_str) {
                Some(target) => self.used(target, value),
                None => fields
                    .iter()
                    .filter(|(_, value)| says_something(value))
                    .map(|(key, value)| format!("{}: {}", self.key(key), self.value(key, value)))
                    .collect::<Vec<String>>()
                    .join("; "),
            },
        }
    }

    /// What a part of a payment is used for.
    fn used(&self, target: &str, used: &Value) -> String {
        let amount = used.get("amount").map(|amount| self.value("amount", amount));
        let invoice = used.get("invoice").map(|invoice| self.value("invoice", invoice));
        let what = invoice.unwrap_or_else(|| worded(self.s, "audit-value-", target));
        format!("{what} {}", amount.unwrap_or_default())
    }

    fn invoice(&self, id: Option<i64>) -> String {
        let known = id.and_then(|id| self.invoices.get(&id));
        known.map_or_else(|| self.s.t("audit-kind-invoice"), |invoice| invoice.code.clone())
    }

    fn text(&self, key: &str, text: &str) -> String {
        if let Ok(day) = Day::parse_from_str(text, "%Y-%m-%d") {
            return vietnamese_day(day);
        }
        let role = Role::parse(text).filter(|_| key == "role");
        match (key, role) {
            (_, Some(role)) => role.title().text(self.s.language()).to_owned(),
            ("rule", _) => Some(rule_text(text, self.s.language()))
                .filter(|words| !words.is_empty())
                .unwrap_or_else(|| text.to_owned()),
            ("query", _) => self.filter(text),
            _ if text.len() > HASH && text.chars().all(|c| c.is_ascii_hexdigit()) => {
                format!("{}…", text.get(..12).unwrap_or_default())
            }
            _ if is_name(text) => worded(self.s, "audit-value-", text),
            _ => text.to_owned(),
        }
    }

    /// What a list was narrowed to when its file was made.
    fn filter(&self, query: &str) -> String {
        // What was given up is told as it stands there.
        if !query.contains('=') {
            return query.to_owned();
        }
        let told = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| {
            let tab = Tab::named(&value).filter(|_| name == "tab");
            let value = match tab {
                Some(tab) => tab.label(self.s.language()).to_owned(),
                None => self.text(&name, &value),
            };
            format!("{}: {value}", self.key(&name))
        });
        told.collect::<Vec<String>>().join("; ")
    }

    /// What a value is called.
    #[must_use]
    pub fn key(&self, key: &str) -> String {
        worded(self.s, "audit-key-", key)
    }

    /// The page of what a record is about; empty where there is none.
    pub fn link(&self, row: &RecordView) -> String {
        let id = row.subject_id;
        let fact = |key: &str| row.facts.iter().find(|(name, _)| name == key).map(|(_, v)| v);
        let path = match (row.subject_kind.as_str(), row.action.as_str()) {
            (_, "students.import" | "students.undo") => {
                match fact("import").and_then(Value::as_i64) {
                    Some(import) => format!("/students/imports/{import}"),
                    None => return String::new(),
                }
            }
            ("payment", _) => format!("/queue/{id}"),
            ("invoice", _) => match self.invoices.get(&id) {
                Some(invoice) => format!("/receivables/{}/invoices/{id}", invoice.student),
                None => return String::new(),
            },
            ("import", _) => format!("/statements/{id}"),
            ("student", _) => format!("/students/{id}"),
            ("round", _) => format!("/rounds/{id}"),
            ("fee_item", _) => format!("/fees/{id}"),
            ("fee_price", _) => "/fees".to_owned(),
            ("refund" | "refund_request", _) => "/receivables/refunds?state=all".to_owned(),
            ("school", "refund.limit") => "/settings/policy".to_owned(),
            ("write_off", _) => "/receivables/write-offs?state=all".to_owned(),
            ("exemption", _) | ("school", "exemptions.import") => "/fees/exemptions".to_owned(),
            ("cash_count", _) => "/cash/counts".to_owned(),
            ("reported_figures" | "figure_comment", _) => {
                match fact("month").and_then(Value::as_str) {
                    Some(month) => format!("/reported/{month}"),
                    None => "/reported".to_owned(),
                }
            }
            ("period_close", _) => match fact("month").and_then(Value::as_str) {
                Some(month) => format!("/periods/{month}"),
                None => "/periods".to_owned(),
            },
            ("claim", _) => format!("/claims/{id}"),
            ("receipt", _) => format!("/receipts/{id}"),
            ("erasure", _) => "/families/erasures".to_owned(),
            ("family" | "contact_proposal", _) | ("school", "school.telephone") => {
                "/families".to_owned()
            }
            ("letter", _) | ("school", "letters.set") => "/mail".to_owned(),
            ("school", "letters.words" | "letters.approve") => "/mail/words".to_owned(),
            ("school", "receipt.terms") => "/receipts".to_owned(),
            ("decision_group", _) => "/history".to_owned(),
            ("identity_ruling", _) => "/questions".to_owned(),
            ("webhook_endpoint" | "notification", _) => "/settings/notifications".to_owned(),
            ("event_endpoint", _) => "/settings/events".to_owned(),
            ("bank_account" | "virtual_account" | "column_mapping", _)
            | ("school", "school.set") => "/settings".to_owned(),
            ("school", "fee_choices.set" | "fee_choices.import") => "/fees/choices".to_owned(),
            ("school", "invoices.import" | "invoices.undo") => {
                match fact("import").and_then(Value::as_i64) {
                    Some(import) => format!("/invoices/imports/{import}"),
                    None => "/receivables".to_owned(),
                }
            }
            ("school", "students.promote" | "classes.define") => "/students".to_owned(),
            _ => return String::new(),
        };
        self.s.link(path)
    }
}

fn is_amount(key: &str) -> bool {
    key.ends_with("_dong") || matches!(key, "amount" | "book" | "counted" | "gross" | "fee")
}

/// Whether a text is one of our stable names, and not something that somebody wrote.
fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '_' | '-'))
}

/// Whether a value is neither nothing, nor zero, nor an empty list.
#[must_use]
pub fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Array(all) => !all.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::lang::Lang;
    use crate::http::pages::words::Words;

    #[test]
    fn values_are_told_as_people_write_them() {
        let invoices =
            BTreeMap::from([(7, InvoiceRef { code: "HPQ6XPNK7".to_owned(), student: 3 })]);
        for (why, key, value, vi, en) in [
            ("an amount", "amount_dong", json!(1_250_000), "1.250.000\u{a0}₫", "1.250.000\u{a0}₫"),
            ("a day", "from", json!("2026-09-05"), "05/09/2026", "05/09/2026"),
            ("nothing", "to", json!(null), "–", "–"),
            ("yes", "despite_misses", json!(true), "có", "yes"),
            ("a kind", "kind", json!("settled"), "đã khớp", "settled"),
            ("a role", "role", json!("cashier"), "thủ quỹ", "cashier"),
            ("a hash", "sha256", json!("ab".repeat(32)), "abababababab…", "abababababab…"),
            ("a person's words", "holder", json!("TRUONG MAU"), "TRUONG MAU", "TRUONG MAU"),
            (
                "what it was used for",
                "uses",
                json!([{"target": "invoice", "invoice": 7, "amount": 1000}]),
                "HPQ6XPNK7 1.000\u{a0}₫",
                "HPQ6XPNK7 1.000\u{a0}₫",
            ),
            (
                "a list that was narrowed",
                "query",
                json!("tab=proposed&q=an+nguyen&from=2026-09-05"),
                "Trạng thái: Gợi ý; Tìm: an nguyen; Từ ngày: 05/09/2026",
                "State: Suggested; Search: an nguyen; From: 05/09/2026",
            ),
            ("many", "items", json!([1, 2, 3, 4, 5, 6, 7]), "7 mục", "7 items"),
        ] {
            for (lang, expected) in [(Lang::Vi, vi), (Lang::En, en)] {
                let s = Shell::plain(Words(lang));
                let told = Told { s: &s, invoices: &invoices };
                assert_eq!(told.value(key, &value), expected, "{why}");
            }
        }
    }
}
