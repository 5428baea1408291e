//! Attributes: the currency of an amount, and the version in a namespace.

use std::io::Read;

use quick_xml::events::BytesStart;

use super::super::lines::Lines;
use super::super::message;
use super::{MOST_ATTRIBUTES, ON, Step, Walk};
use crate::domain::lang::Bilingual;
use crate::domain::money::Currency;

impl Walk<'_, '_> {
    pub(super) fn attributes<R: Read>(
        &mut self,
        tag: &BytesStart<'_>,
        raw: &str,
        lines: &mut Lines<R>,
    ) -> Step {
        // Nearly every attribute in a statement is the currency of an amount.
        if let Some(code) = only_currency(raw) {
            self.currency = Currency::parse(code);
            return ON;
        }
        for (count, attribute) in tag.attributes().enumerate() {
            if count >= MOST_ATTRIBUTES {
                let what = Bilingual::new(
                    "một phần tử có quá 64 thuộc tính",
                    "an element has more than 64 attributes",
                );
                let fault = message::limit("too_many_attributes", lines.line(), &what);
                return self.stop(fault);
            }
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(error) => {
                    let fault = message::not_well_formed(lines.line(), &error.to_string());
                    return self.stop(fault);
                }
            };
            let key = attribute.key.into_inner();
            if key == "Ccy" && self.spot.is_amount() {
                self.currency = Currency::parse(&attribute.value);
            } else if (key == "xmlns" || key.starts_with("xmlns:"))
                && let Some(version) = version_in(&attribute.value)
            {
                self.namespace = Some(version.to_owned());
            }
        }
        ON
    }
}

/// The value of ` Ccy="VND"` when it is the only attribute and plainly written.
fn only_currency(raw: &str) -> Option<&str> {
    let value = raw.strip_prefix(" Ccy=\"")?.strip_suffix('"')?;
    (value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_alphabetic())).then_some(value)
}

/// `camt.053.001.08` in a namespace that ends in it.
fn version_in(namespace: &str) -> Option<&str> {
    let at = namespace.rfind("camt.05")?;
    let version = namespace.get(at..)?;
    let &[.., b'.', v1, v2, v3, b'.', n1, n2] = version.as_bytes() else { return None };
    let digits = [v1, v2, v3, n1, n2].iter().all(u8::is_ascii_digit);
    (digits && version.len() == "camt.053.001.08".len()).then_some(version)
}
