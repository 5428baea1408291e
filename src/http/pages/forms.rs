//! Forms: what was typed comes back with what is wrong beside it.

use garde::Validate;

use crate::domain::calendar::Day;
use crate::domain::lang::{Bilingual, Lang};
use crate::domain::money::Vnd;
use crate::domain::typed;
use crate::http::valid;
use crate::service::ServiceError;

/// What is wrong with a form, by field; a problem of no field stands under the empty name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    lang: Lang,
    found: Vec<(&'static str, String)>,
}

impl Faults {
    /// Nothing wrong yet.
    #[must_use]
    pub fn new(lang: Lang) -> Faults {
        Faults { lang, found: Vec::new() }
    }

    /// Why a use case refused a whole form. A failure of ours is given back.
    pub fn refusal(lang: Lang, error: ServiceError) -> Result<Faults, ServiceError> {
        let mut faults = Faults::new(lang);
        faults.refused(error)?;
        Ok(faults)
    }

    /// Says what is wrong with a field.
    pub fn add(&mut self, field: &'static str, told: &Bilingual) {
        self.found.push((field, told.text(self.lang).to_owned()));
    }

    /// Takes over why a use case refused the whole form. A failure of ours is given back.
    pub fn refused(&mut self, error: ServiceError) -> Result<(), ServiceError> {
        match error {
            ServiceError::Refused(told) => {
                for one in told {
                    self.found.push(("", one.message.text(self.lang).to_owned()));
                }
                Ok(())
            }
            ServiceError::Conflict(told) | ServiceError::NotFound(told) => {
                self.found.push(("", told.message.text(self.lang).to_owned()));
                Ok(())
            }
            other => Err(other),
        }
    }

    /// The same, each beside the field that it is about where that is one of these.
    pub fn refused_in(
        &mut self,
        error: ServiceError,
        fields: &[&'static str],
    ) -> Result<(), ServiceError> {
        let ServiceError::Refused(told) = error else { return self.refused(error) };
        for one in told {
            let column = one.place.as_ref().and_then(|place| place.column.as_deref());
            let field = fields.iter().find(|field| Some(**field) == column).copied();
            self.found.push((field.unwrap_or(""), one.message.text(self.lang).to_owned()));
        }
        Ok(())
    }

    /// Checks the limits that doors for programs check, and says what is wrong beside the field that it
    /// is about where that is one of these.
    pub fn valid<T: Validate<Context = ()>>(&mut self, typed: &T, fields: &[&'static str]) {
        for (at, told) in valid::faults(typed) {
            let named = at.trim_start_matches('/').split('/').next().unwrap_or_default();
            let field = fields.iter().find(|field| **field == named).copied();
            self.found.push((field.unwrap_or(""), told.message.text(self.lang).to_owned()));
        }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Everything that is wrong: the field's name and the words.
    #[must_use]
    pub fn all(&self) -> &[(&'static str, String)] {
        &self.found
    }

    /// What is wrong with one field; empty when nothing is.
    #[must_use]
    pub fn of(&self, field: &str) -> &str {
        self.found.iter().find(|(name, _)| *name == field).map_or("", |(_, told)| told)
    }

    /// A text that must be there.
    pub fn text(&mut self, field: &'static str, typed: &str) -> String {
        let text = typed.trim();
        if text.is_empty() {
            self.add(field, &Bilingual::new("Ghi vào ô này.", "Fill this in."));
        }
        text.to_owned()
    }

    /// An amount above zero, as people write amounts.
    pub fn dong(&mut self, field: &'static str, typed: &str) -> Option<Vnd> {
        let amount = typed::dong(typed).filter(|amount| *amount > Vnd::ZERO);
        if amount.is_none() && typed.trim().is_empty() {
            self.add(
                field,
                &Bilingual::new(
                    "Ghi số tiền vào ô này, ví dụ 1.250.000.",
                    "Write an amount here, such as 1.250.000.",
                ),
            );
        } else if amount.is_none() {
            self.add(
                field,
                &Bilingual::new(
                    format!(
                        "“{}” không phải là số tiền. Ghi số đồng, ví dụ 1.250.000.",
                        typed.trim()
                    ),
                    format!(
                        "“{}” is not an amount. Write whole đồng, such as 1.250.000.",
                        typed.trim()
                    ),
                ),
            );
        }
        amount
    }

    /// A day, as people write days.
    pub fn day(&mut self, field: &'static str, typed: &str) -> Option<Day> {
        let day = typed::day(typed);
        if day.is_none() && typed.trim().is_empty() {
            self.add(
                field,
                &Bilingual::new(
                    "Ghi ngày vào ô này, ví dụ 05/09/2026.",
                    "Write a day here, such as 05/09/2026.",
                ),
            );
        } else if day.is_none() {
            self.add(
                field,
                &Bilingual::new(
                    format!(
                        "“{}” không phải là ngày. Ghi ngày/tháng/năm, ví dụ 05/09/2026.",
                        typed.trim()
                    ),
                    format!(
                        "“{}” is not a day. Write day/month/year, such as 05/09/2026.",
                        typed.trim()
                    ),
                ),
            );
        }
        day
    }

    /// A day that may be left out.
    pub fn day_or_none(&mut self, field: &'static str, typed: &str) -> Option<Day> {
        if typed.trim().is_empty() { None } else { self.day(field, typed) }
    }
}
