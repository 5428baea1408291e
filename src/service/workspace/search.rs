//! What somebody means who types into the queue's search box: a student, a code, a reference, a
//! telephone number, an amount, or words of the bank's text. What an index finds is found at once;
//! words are looked for in the texts, newest first.

use std::collections::HashSet;

use crate::domain::roster::contact::{self, Phone};
use crate::domain::text::{fold, squeeze};
use crate::service::ServiceError;
use crate::store::people::{self, StudentFilter};
use crate::store::queue::{self, Words};
use crate::store::{Tx, directory};

/// The most students whose payments are looked up; more mean that the words say too little.
const STUDENTS: i64 = 60;

/// The most invoices whose code begins alike.
const INVOICES: i64 = 40;

/// The most payments that one way of looking up finds.
const PAYMENTS: i64 = 300;

/// The shortest beginning of a code or a reference.
const PREFIX: usize = 4;

/// The most students of a class, and the most payments for these.
const CLASS: (i64, i64) = (200, 3_000);

/// What is looked for.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Payments that an index found.
    pub payments: HashSet<i64>,
    /// Invoices that were found, for which payments may be proposed.
    pub invoices: HashSet<i64>,
    /// An amount that was typed.
    amount: Option<i64>,
    /// Words, folded; each must be in the text.
    words: Vec<String>,
    /// Whether more students fit than are looked up.
    pub narrow: bool,
}

impl Wanted {
    /// What was typed into the box, or `None` where that is nothing.
    pub fn typed(tx: &mut Tx<'_>, school: i64, text: &str) -> Result<Option<Wanted>, ServiceError> {
        let words = words(text);
        if words.is_empty() {
            return Ok(None);
        }
        let mut wanted = Wanted { amount: amount(text), words, ..Wanted::default() };
        let (students, narrow) = students(tx, school, text, &wanted.words)?;
        wanted.narrow = narrow;
        let mut invoices = queue::invoices_of_students(tx, &students)?;
        let whole = squeeze(text);
        if whole.len() >= PREFIX {
            invoices.extend(queue::invoices_by_prefix(tx, school, &whole, INVOICES)?);
            let found = queue::by_reference_prefix(tx, school, &fold(text.trim()), PAYMENTS)?;
            wanted.payments.extend(found);
        }
        wanted.payments.extend(queue::payments_of_invoices(tx, &invoices, PAYMENTS)?);
        wanted.invoices.extend(invoices);
        if let Some(dong) = wanted.amount {
            for account in directory::bank_accounts_of(tx, school)? {
                wanted.payments.extend(queue::by_amount(tx, account.id, dong, PAYMENTS)?);
            }
        }
        Ok(Some(wanted))
    }

    /// A class.
    pub fn class(tx: &mut Tx<'_>, school: i64, class: &str) -> Result<Wanted, ServiceError> {
        let students = queue::students_of_class(tx, school, class, CLASS.0)?;
        let invoices = queue::invoices_of_students(tx, &students)?;
        let payments = queue::payments_of_invoices(tx, &invoices, CLASS.1)?;
        Ok(Wanted {
            payments: payments.into_iter().collect(),
            invoices: invoices.into_iter().collect(),
            ..Wanted::default()
        })
    }

    /// Whether the texts of entries are searched.
    pub fn has_words(&self) -> bool {
        !self.words.is_empty()
    }

    /// Whether a payment is one of those looked for; `proposed` are the invoices proposed for it.
    pub fn fits(&self, payment: i64, dong: i64, text: Option<&Words>, proposed: &[i64]) -> bool {
        self.payments.contains(&payment)
            || self.amount == Some(dong)
            || proposed.iter().any(|invoice| self.invoices.contains(invoice))
            || text.is_some_and(|text| self.is_in(text))
    }

    fn is_in(&self, text: &Words) -> bool {
        if self.words.is_empty() {
            return false;
        }
        let parts = [&text.remittance, &text.counterparty_name, &text.reference];
        let all: Vec<String> = parts.into_iter().flatten().map(|part| fold(part)).collect();
        let all = all.join(" ");
        self.words.iter().all(|word| all.contains(word.as_str()))
    }
}

/// The words of a text, folded, each of letters and digits only.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(squeeze).filter(|word| !word.is_empty()).take(8).collect()
}

/// The students whom a text names by code, by telephone, or by words of name, class and code; and
/// whether there are more of these than are told.
pub(super) fn students(
    tx: &mut Tx<'_>,
    school: i64,
    text: &str,
    words: &[String],
) -> Result<(Vec<i64>, bool), ServiceError> {
    let mut found: Vec<i64> = Vec::new();
    if let Some(student) = people::find_student(tx, school, text.trim())? {
        found.push(student.id);
    }
    if let Phone::Number(number) | Phone::ZeroLost(number) = contact::phone(text) {
        found.extend(queue::students_by_phone(tx, school, &[number], STUDENTS)?);
    }
    let mut narrow = false;
    // Digits alone are an amount, a code or a number: as a word they would be in half of all codes.
    let tells = |word: &String| word.len() > 1 && word.chars().any(|c| c.is_ascii_alphabetic());
    if words.iter().any(tells) {
        let limit = STUDENTS.saturating_add(1);
        let filter = StudentFilter { words, with_left: true, limit, ..StudentFilter::default() };
        let named = people::students_page(tx, school, &filter)?;
        let most = usize::try_from(STUDENTS).unwrap_or(usize::MAX);
        narrow = named.len() > most;
        found.extend(named.into_iter().take(most).map(|row| row.id));
    }
    found.sort_unstable();
    found.dedup();
    Ok((found, narrow))
}

/// An amount in any Vietnamese writing: `1.250.000`, `1,250,000 đ`, `1250000`.
pub(super) fn amount(text: &str) -> Option<i64> {
    let folded = fold(text.trim());
    let figure = folded.trim_end_matches("VND").trim_end_matches(['₫', 'D']).trim();
    let grouped = figure.contains(['.', ',', ' ']);
    let groups: Vec<&str> = figure.split(['.', ',', ' ']).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let well_grouped = groups.iter().skip(1).all(|group| group.len() == 3)
        && groups.first().is_some_and(|first| first.len() <= 3);
    if !groups.iter().all(digits) || (grouped && !well_grouped) {
        return None;
    }
    groups.concat().parse().ok().filter(|dong| *dong > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_in_every_vietnamese_writing() {
        for text in [
            "1.250.000",
            "1,250,000",
            "1250000",
            "1 250 000",
            "1.250.000 đ",
            "1250000₫",
            " 1.250.000 VND ",
        ] {
            assert_eq!(amount(text), Some(1_250_000), "{text:?}");
        }
        for text in ["", "1.25", "HP1250000", "1.250.00", "0", "1250.000", "an 1.000"] {
            assert_eq!(amount(text), None, "{text:?}");
        }
    }

    #[test]
    fn words_lose_their_marks() {
        assert_eq!(words("  Hồng Hạnh, 6A1 %"), ["HONG", "HANH", "6A1"]);
    }
}
