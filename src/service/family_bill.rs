//! What a family owes and how it pays: child by child, and with one transfer for all of them. Paper,
//! mail and the family's page are all made of this.

use std::collections::BTreeMap;

use crate::domain::calendar::{Day, valid_on};
use crate::domain::id::SchoolId;
use crate::domain::invoice::InvoiceState;
use crate::domain::matching::MOST_INVOICES;
use crate::domain::money::Vnd;
use crate::service::ServiceError;
use crate::service::fees::transfer::{Accounts, Transfer, transfer};
use crate::store::directory::{self, BankAccountRow};
use crate::store::fees::{self, InvoiceRow, RoundRow};
use crate::store::people::{self, StudentRow};
use crate::store::{Tx, receivables};

/// What a family owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyBill {
    /// The school's code.
    pub school_code: String,
    /// The school's name.
    pub school_name: String,
    /// The children that are at the school or owe something, in the order of their names.
    pub children: Vec<ChildBill>,
    /// What all of them owe, in đồng.
    pub open: Vnd,
    /// The first day on which something of it is due.
    pub due_on: Option<Day>,
    /// Money of the family that is on no invoice, in đồng.
    pub credit: Vnd,
    /// One transfer that pays everything at once, where it all goes to one account and is settled
    /// without a person.
    pub transfer: Option<Transfer>,
}

/// What a child owes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildBill {
    /// The student's id.
    pub student: i64,
    /// The student's code.
    pub code: String,
    /// The whole name.
    pub name: String,
    /// The given names, which is all that goes where others may read along.
    pub given_name: String,
    /// The class.
    pub class: String,
    /// The invoices, what is due first before; cancelled ones too.
    pub invoices: Vec<InvoiceBill>,
    /// What is owed, in đồng.
    pub open: Vnd,
    /// One transfer for all that this child owes.
    pub transfer: Option<Transfer>,
}

/// An invoice as the family sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceBill {
    /// Its id.
    pub id: i64,
    /// Its payment code.
    pub code: String,
    /// The round's code.
    pub round: String,
    /// The round's name.
    pub round_name: String,
    /// What is to be paid for, in the order it is paid.
    pub lines: Vec<LineBill>,
    /// Before exemptions, in đồng.
    pub gross: Vnd,
    /// Waived, in đồng.
    pub waived: Vnd,
    /// Due, in đồng.
    pub net: Vnd,
    /// Paid of it, in đồng.
    pub paid: Vnd,
    /// Still open, in đồng.
    pub open: Vnd,
    /// What has become of it.
    pub state: InvoiceState,
    /// The last day to pay.
    pub due_on: Option<Day>,
    /// The transfer that pays what is open.
    pub transfer: Option<Transfer>,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineBill {
    /// The fee item's name.
    pub name: String,
    /// How many units.
    pub quantity: Option<i64>,
    /// Of one unit, in đồng.
    pub price: Option<Vnd>,
    /// Due, in đồng.
    pub net: Vnd,
}

/// What some families of a school owe on a day, family by family. Unknown ones are left out.
pub fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    families: &[i64],
    today: Day,
) -> Result<BTreeMap<i64, FamilyBill>, ServiceError> {
    let row = directory::school(tx, school.0)?.ok_or_else(|| {
        ServiceError::not_found("school", "trường số", "school", &school.0.to_string())
    })?;
    let students = people::students_of_families(tx, school.0, families)?;
    let ids: Vec<i64> = students.iter().map(|student| student.id).collect();
    let scene = Scene::load(tx, school, &ids, today)?;
    let credit: BTreeMap<i64, i64> =
        receivables::credit_of_families(tx, families)?.into_iter().collect();
    let mut bills: BTreeMap<i64, FamilyBill> = BTreeMap::new();
    for student in students {
        let bill = bills.entry(student.family_id).or_insert_with(|| FamilyBill {
            school_code: row.code.clone(),
            school_name: row.name.clone(),
            children: Vec::new(),
            open: Vnd::ZERO,
            due_on: None,
            credit: Vnd::new(credit.get(&student.family_id).copied().unwrap_or_default()),
            transfer: None,
        });
        let gone = student.left_on.is_some_and(|day| day <= today);
        let child = scene.child(&student)?;
        if !gone || child.open.is_positive() {
            bill.children.push(child);
        }
    }
    for bill in bills.values_mut() {
        let owed = bill.children.iter().map(|child| child.open);
        bill.open = Vnd::checked_sum(owed).ok_or_else(ServiceError::overflow)?;
        let open: Vec<&InvoiceBill> = bill
            .children
            .iter()
            .flat_map(|child| &child.invoices)
            .filter(|invoice| invoice.open.is_positive())
            .collect();
        bill.due_on = open.iter().filter_map(|invoice| invoice.due_on).min();
        // A virtual account names one child only, so the family pays to the school's own.
        bill.transfer = scene.together(&open, None, &[])?;
    }
    Ok(bills)
}

/// The family of the student with this code.
pub fn family_of(tx: &mut Tx<'_>, school: SchoolId, code: &str) -> Result<i64, ServiceError> {
    people::find_student(tx, school.0, code)?
        .map(|student| student.family_id)
        .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))
}

/// The words a bill shows of a child: the last two of the name, or the last one where that before it
/// says no more than girl or boy.
#[must_use]
pub fn given_name(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    match words.as_slice() {
        [_, .., "Thị" | "Văn", own] => (*own).to_owned(),
        [.., middle, own] => format!("{middle} {own}"),
        other => other.join(" "),
    }
}

/// What bills of a school are made of.
struct Scene {
    accounts: Accounts,
    rounds: BTreeMap<i64, RoundRow>,
    own_numbers: BTreeMap<i64, String>,
    invoices: BTreeMap<i64, Vec<InvoiceRow>>,
    lines: BTreeMap<i64, Vec<LineBill>>,
    /// The round that an invoice's code belongs to.
    round_of: BTreeMap<i64, i64>,
}

impl Scene {
    fn load(
        tx: &mut Tx<'_>,
        school: SchoolId,
        students: &[i64],
        today: Day,
    ) -> Result<Scene, ServiceError> {
        let rows = fees::invoices_of_students(tx, school.0, students)?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let items: BTreeMap<i64, String> = fees::fee_items_of(tx, school.0)?
            .into_iter()
            .map(|item| (item.id, item.name))
            .collect();
        let mut lines: BTreeMap<i64, Vec<LineBill>> = BTreeMap::new();
        for (line, _) in fees::lines_of(tx, &ids)? {
            lines.entry(line.invoice_id).or_default().push(LineBill {
                name: items.get(&line.fee_item_id).cloned().unwrap_or_default(),
                quantity: line.quantity,
                price: line.price_dong.map(Vnd::new),
                net: Vnd::new(line.net_dong),
            });
        }
        let rounds = fees::rounds_of(tx, school.0)?.into_iter().map(|row| (row.id, row)).collect();
        let round_of = rows.iter().map(|row| (row.id, row.round_id)).collect();
        let mut own_numbers = BTreeMap::new();
        for row in people::virtual_accounts_of_students(tx, school.0, students)? {
            if valid_on(today, row.valid_from, row.valid_to) {
                own_numbers.insert(row.student_id, row.number);
            }
        }
        let mut invoices: BTreeMap<i64, Vec<InvoiceRow>> = BTreeMap::new();
        for row in rows {
            invoices.entry(row.student_id).or_default().push(row);
        }
        let accounts = Accounts::of(tx, school, today)?;
        Ok(Scene { accounts, rounds, own_numbers, invoices, lines, round_of })
    }

    fn child(&self, student: &StudentRow) -> Result<ChildBill, ServiceError> {
        let rows = self.invoices.get(&student.id).map(Vec::as_slice).unwrap_or_default();
        let own = self.own_numbers.get(&student.id).map(String::as_str);
        let given = student.name.split_whitespace().last().unwrap_or_default();
        let mut invoices = Vec::with_capacity(rows.len());
        for row in rows {
            invoices.push(self.invoice(row, student, own)?);
        }
        invoices.sort_by_key(|invoice| (invoice.due_on.is_none(), invoice.due_on, invoice.id));
        let open: Vec<&InvoiceBill> =
            invoices.iter().filter(|invoice| invoice.open.is_positive()).collect();
        let owed = Vnd::checked_sum(open.iter().map(|invoice| invoice.open))
            .ok_or_else(ServiceError::overflow)?;
        let transfer = self.together(&open, own, &[given, &student.class])?;
        Ok(ChildBill {
            student: student.id,
            code: student.code.clone(),
            given_name: given_name(&student.name),
            name: student.name.clone(),
            class: student.class.clone(),
            invoices,
            open: owed,
            transfer,
        })
    }

    fn invoice(
        &self,
        row: &InvoiceRow,
        student: &StudentRow,
        own: Option<&str>,
    ) -> Result<InvoiceBill, ServiceError> {
        let round = self.rounds.get(&row.round_id);
        let (net, paid) = (Vnd::new(row.net_dong), Vnd::new(row.paid_dong));
        let state = InvoiceState::of(net, paid, row.cancelled);
        let open = state.open(net, paid).ok_or_else(ServiceError::overflow)?;
        let class = row.class.as_deref().unwrap_or(&student.class);
        let given = student.name.split_whitespace().last().unwrap_or_default();
        let transfer = self
            .account_of(row.round_id)
            .filter(|_| open.is_positive())
            .and_then(|account| transfer(account, own, open, (&row.code, &[given, class])));
        Ok(InvoiceBill {
            id: row.id,
            code: row.code.clone(),
            round: round.map(|round| round.code.clone()).unwrap_or_default(),
            round_name: round.map(|round| round.name.clone()).unwrap_or_default(),
            lines: self.lines.get(&row.id).cloned().unwrap_or_default(),
            gross: Vnd::new(row.gross_dong),
            waived: Vnd::new(row.waived_dong),
            net,
            paid,
            open,
            state,
            due_on: row.due_on,
            transfer,
        })
    }

    /// One transfer for several invoices: the code of the first one due and the sum of all, which
    /// the matcher gives to exactly these, since no smaller set of what the family owes adds up to it.
    fn together(
        &self,
        open: &[&InvoiceBill],
        own: Option<&str>,
        words: &[&str],
    ) -> Result<Option<Transfer>, ServiceError> {
        let first = open
            .iter()
            .min_by_key(|invoice| (invoice.due_on.is_none(), invoice.due_on, invoice.id));
        let Some(first) = first.filter(|_| open.len() <= MOST_INVOICES) else {
            return Ok(None);
        };
        let rounds = open.iter().map(|invoice| self.round_of.get(&invoice.id));
        let mut accounts = rounds.map(|round| self.account_of(*round?));
        let Some(Some(account)) = accounts.next() else { return Ok(None) };
        if !accounts.all(|other| other.is_some_and(|other| other.id == account.id)) {
            return Ok(None);
        }
        let sum = Vnd::checked_sum(open.iter().map(|invoice| invoice.open))
            .ok_or_else(ServiceError::overflow)?;
        Ok(transfer(account, own, sum, (&first.code, words)))
    }

    /// The account that the invoices of a round are paid to.
    fn account_of(&self, round: i64) -> Option<&BankAccountRow> {
        let named = self.rounds.get(&round).and_then(|round| round.bank_account_id);
        self.accounts.chosen(named)
    }
}

#[cfg(test)]
mod tests {
    use super::given_name;

    #[test]
    fn a_child_is_called_as_at_home() {
        for (name, called) in [
            ("Nguyễn Thị Hồng Hạnh", "Hồng Hạnh"),
            ("Lê Thị An", "An"),
            ("Trần Văn Phúc", "Phúc"),
            ("Phạm Minh Quân", "Minh Quân"),
            ("Lê An", "Lê An"),
            ("Văn Phúc", "Văn Phúc"),
            ("Bình", "Bình"),
            ("", ""),
        ] {
            assert_eq!(given_name(name), called, "{name}");
        }
    }
}
