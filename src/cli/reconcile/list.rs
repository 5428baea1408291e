//! From the rows of an invoice list to what the matcher is told.

use std::collections::HashMap;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::matching::facts::{
    InvoiceFacts, InvoiceStanding, PayerFacts, Policy, StudentFacts, VirtualAccountFacts,
};
use crate::domain::matching::{Book, check_codes};
use crate::domain::text::squeeze;
use crate::formats::roster::{InvoiceRow, PayerRow};
use crate::service::explain::Owner;

/// An invoice list that can be matched against.
#[derive(Debug)]
pub(super) struct InvoiceList {
    students: Vec<StudentFacts>,
    invoices: Vec<InvoiceFacts>,
    payers: Vec<PayerFacts>,
}

/// Hands out numbers to keys, the same number to the same key.
#[derive(Debug, Default)]
struct Numbers(HashMap<String, i64>);

impl Numbers {
    fn of(&mut self, key: String) -> i64 {
        let next = i64::try_from(self.0.len()).unwrap_or(i64::MAX).saturating_add(1);
        *self.0.entry(key).or_insert(next)
    }
}

impl InvoiceList {
    /// Takes the rows; says what is wrong when they cannot be told apart in a transfer's text.
    pub(super) fn new(
        rows: Vec<InvoiceRow>,
        payers: &[PayerRow],
    ) -> Result<InvoiceList, Vec<Diagnostic>> {
        let coded = rows.iter().filter_map(|row| Some((row.row, row.code.as_deref()?)));
        let mut wrong = check_codes(coded);
        let uncoded = rows.iter().filter(|row| row.code.is_none() && row.amount_due.is_positive());
        wrong.extend(uncoded.map(|row| code_missing(row.row)));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let (mut student_numbers, mut families) = (Numbers::default(), Numbers::default());
        let mut places: HashMap<i64, usize> = HashMap::new();
        let mut list =
            InvoiceList { students: Vec::new(), invoices: Vec::new(), payers: Vec::new() };
        for row in rows {
            let key = student_key(&row);
            let student = student_numbers.of(key.clone());
            let place = *places.entry(student).or_insert_with(|| {
                list.students.push(StudentFacts {
                    id: StudentId(student),
                    family: FamilyId(0),
                    code: row.student_code.clone(),
                    name: row.student_name.clone(),
                    class: row.class.clone(),
                    virtual_accounts: Vec::new(),
                    guardians: Vec::new(),
                });
                list.students.len() - 1
            });
            if let Some(facts) = list.students.get_mut(place) {
                let stated = row.family.as_deref().map(squeeze).filter(|family| !family.is_empty());
                match stated {
                    Some(family) => facts.family = FamilyId(families.of(format!("f{family}"))),
                    None if facts.family == FamilyId(0) => {
                        facts.family = FamilyId(families.of(format!("s{key}")));
                    }
                    None => {}
                }
                add_account(facts, row.virtual_account.as_deref());
            }
            let standing = if row.amount_due.is_positive() {
                InvoiceStanding::Open
            } else {
                InvoiceStanding::Paid
            };
            let number = i64::try_from(list.invoices.len()).unwrap_or(i64::MAX).saturating_add(1);
            list.invoices.push(InvoiceFacts {
                id: InvoiceId(number),
                student: StudentId(student),
                code: row.code.unwrap_or_default(),
                open: row.amount_due,
                standing,
                due_on: row.due_on,
                round: row.round,
            });
        }
        list.payers = known_payers(payers, &families);
        Ok(list)
    }

    /// The book to decide with.
    pub(super) fn book(&self, policy: Policy) -> Book {
        Book::new(self.students.clone(), self.invoices.clone(), self.payers.clone(), policy)
    }

    /// Whose invoice it is: name and class.
    pub(super) fn owner(&self, invoice: InvoiceId) -> Option<(&str, &str)> {
        let place = usize::try_from(invoice.0.checked_sub(1)?).ok()?;
        let student = self.invoices.get(place)?.student;
        let place = usize::try_from(student.0.checked_sub(1)?).ok()?;
        self.students.get(place).map(|student| (student.name.as_str(), student.class.as_str()))
    }
}

impl InvoiceList {
    /// Whose invoice it is and what is due on it. What is open now depends on the payments before.
    pub(super) fn owned(&self, invoice: i64) -> Option<Owner> {
        let place = usize::try_from(invoice.checked_sub(1)?).ok()?;
        let invoice = self.invoices.get(place)?;
        let place = usize::try_from(invoice.student.0.checked_sub(1)?).ok()?;
        let student = self.students.get(place)?;
        Some(Owner {
            student: student.name.clone(),
            student_code: student.code.clone(),
            class: student.class.clone(),
            code: invoice.code.clone(),
            net: invoice.open,
            open: None,
        })
    }
}

/// A student is known by the school's code, else by name and class, else by the row.
fn student_key(row: &InvoiceRow) -> String {
    let code = squeeze(&row.student_code);
    let (name, class) = (squeeze(&row.student_name), squeeze(&row.class));
    match (code.is_empty(), name.is_empty()) {
        (false, _) => format!("c{code}"),
        (true, false) => format!("n{name} {class}"),
        (true, true) => format!("r{}", row.row),
    }
}

fn add_account(student: &mut StudentFacts, number: Option<&str>) {
    let Some(number) = number.filter(|number| !squeeze(number).is_empty()) else { return };
    let known = student.virtual_accounts.iter().any(|a| squeeze(&a.number) == squeeze(number));
    if !known {
        let number = number.to_owned();
        student.virtual_accounts.push(VirtualAccountFacts { number, from: None, to: None });
    }
}

/// The payers of families that the list has; each row is one confirmation.
fn known_payers(rows: &[PayerRow], families: &Numbers) -> Vec<PayerFacts> {
    let mut payers: Vec<PayerFacts> = Vec::new();
    let mut places: HashMap<(String, i64), usize> = HashMap::new();
    for row in rows {
        let family = families.0.get(&format!("f{}", squeeze(&row.family)));
        let Some(family) = family.copied() else { continue };
        let place = *places.entry((squeeze(&row.account), family)).or_insert_with(|| {
            payers.push(PayerFacts {
                account: row.account.clone(),
                family: FamilyId(family),
                confirmed: 0,
                contradicted: 0,
            });
            payers.len() - 1
        });
        if let Some(payer) = payers.get_mut(place) {
            payer.confirmed = payer.confirmed.saturating_add(1);
        }
    }
    payers
}

fn code_missing(row: u64) -> Diagnostic {
    Diagnostic::new(
        "code_missing",
        format!(
            "Dòng {row}: thiếu mã thanh toán. Chạy 'doisoat codes' để cấp mã cho cả danh sách trước."
        ),
        format!("Row {row}: no payment code. Run 'doisoat codes' first to give every row its code."),
    )
    .at(Place::row(row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Vnd;

    fn row(
        row: u64,
        code: Option<&str>,
        student: &str,
        due: i64,
        family: Option<&str>,
    ) -> InvoiceRow {
        InvoiceRow {
            row,
            code: code.map(str::to_owned),
            student_code: student.to_owned(),
            student_name: format!("Học sinh {student}"),
            class: "6A1".to_owned(),
            amount_due: Vnd::new(due),
            gross: None,
            waived: None,
            family: family.map(str::to_owned),
            due_on: None,
            virtual_account: Some("LOC001".to_owned()),
            round: None,
            fee_item: None,
        }
    }

    #[test]
    fn rows_of_one_student_and_of_one_family_are_brought_together() {
        let rows = vec![
            row(2, Some("AAA001"), "HS1", 5, Some("G1")),
            row(3, Some("AAA002"), "HS1", 0, None),
            row(4, Some("AAA003"), "HS2", 5, Some("g1")),
            row(5, Some("AAA004"), "HS3", 5, None),
        ];
        let payer =
            |family: &str| PayerRow { row: 2, account: "9".to_owned(), family: family.to_owned() };
        let list = InvoiceList::new(rows, &[payer("G1"), payer("G1"), payer("another")]).unwrap();
        assert_eq!(list.students.len(), 3);
        assert_eq!(list.students[0].family, list.students[1].family);
        assert_ne!(list.students[0].family, list.students[2].family);
        assert_eq!(list.students[0].virtual_accounts.len(), 1);
        assert_eq!(list.invoices[1].standing, InvoiceStanding::Paid);
        assert_eq!(list.owner(InvoiceId(3)), Some(("Học sinh HS2", "6A1")));
        assert_eq!(list.payers.len(), 1);
        assert_eq!(list.payers[0].confirmed, 2);
    }

    #[test]
    fn rows_without_a_code_are_refused_unless_nothing_is_due() {
        let refused = InvoiceList::new(vec![row(2, None, "HS1", 5, None)], &[]).unwrap_err();
        assert_eq!(refused[0].code, "code_missing");
        assert!(InvoiceList::new(vec![row(2, None, "HS1", 0, None)], &[]).is_ok());
    }
}
