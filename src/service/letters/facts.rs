//! What letters are about, as it stands when they are made: a family that has paid meanwhile is not
//! reminded, and one that owes less is told less.

use std::collections::BTreeMap;

use super::message::{Bill, Matter, Paid, Receipt, Refund, Replacement, Transfer, Voided, Whole};
use super::{LetterKind, Skip};
use crate::clock::local_day;
use crate::domain::banks::bank_name;
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::reminder::Step;
use crate::service::family_bill::{ChildBill, FamilyBill, InvoiceBill, given_name};
use crate::service::fees::transfer;
use crate::service::{ServiceError, receipts};
use crate::store::letters::LetterRow;
use crate::store::{Tx, claims, corrections, fees, people};

/// The kinds of letters that are made here.
pub(super) const MADE: [LetterKind; 7] = [
    LetterKind::Notice,
    LetterKind::Reminder,
    LetterKind::Receipt,
    LetterKind::ReceiptVoided,
    LetterKind::Refund,
    LetterKind::ClaimAnswered,
    LetterKind::LinkRenewed,
];

/// What a letter is about, or why it is not sent.
pub(super) fn of(
    tx: &mut Tx<'_>,
    row: &LetterRow,
    kind: LetterKind,
    bills: &BTreeMap<i64, FamilyBill>,
) -> Result<Result<Matter, Skip>, ServiceError> {
    let bill = bills.get(&row.family_id);
    Ok(match kind {
        LetterKind::Notice => notice(tx, row, bill)?,
        LetterKind::Reminder => reminder(row, bill),
        LetterKind::Refund => refund(tx, row)?,
        LetterKind::LinkRenewed => Ok(Matter::LinkRenewed),
        LetterKind::Receipt => receipt(tx, row)?,
        LetterKind::ReceiptVoided => voided(tx, row)?,
        LetterKind::ClaimAnswered => claim(tx, row)?,
        // It is mailed by its own use case: its secrets differ from address to address.
        LetterKind::ContactChange => Err(Skip::NothingToTell),
    })
}

/// The family's invoices of the round whose invoice the letter is about.
fn notice(
    tx: &mut Tx<'_>,
    row: &LetterRow,
    bill: Option<&FamilyBill>,
) -> Result<Result<Matter, Skip>, ServiceError> {
    let found = fees::invoices_by_id(tx, &[row.about_id])?.into_iter().next();
    let (Some(invoice), Some(bill)) =
        (found.filter(|invoice| invoice.school_id == row.school_id), bill)
    else {
        return Ok(Err(Skip::NothingToTell));
    };
    let round = crate::store::rounds::find_by_id(tx, row.school_id, invoice.round_id)?;
    let Some(round) = round else { return Ok(Err(Skip::NothingToTell)) };
    let mut bills = Vec::new();
    let mut any = false;
    for child in &bill.children {
        for one in child.invoices.iter().filter(|one| one.round == round.code) {
            any = true;
            if one.open.is_positive() {
                bills.push(of_invoice(child, one));
            }
        }
    }
    Ok(match (bills.is_empty(), any) {
        (true, true) => Err(Skip::AlreadyPaid),
        (true, false) => Err(Skip::NothingToTell),
        (false, _) => {
            let whole = whole(bill, &mut bills);
            Ok(Matter::Notice { round: round.name, bills, whole })
        }
    })
}

/// Everything the family owes, child by child.
pub(super) fn reminder(row: &LetterRow, bill: Option<&FamilyBill>) -> Result<Matter, Skip> {
    let step = row.dedupe_key.rsplit(':').next().and_then(Step::named).unwrap_or(Step::First);
    let mut bills = Vec::new();
    for child in bill.iter().flat_map(|bill| &bill.children) {
        let open: Vec<&InvoiceBill> =
            child.invoices.iter().filter(|one| one.open.is_positive()).collect();
        match (open.as_slice(), &child.transfer) {
            ([], _) => {}
            ([first, _, ..], Some(transfer)) => {
                let mut rounds: Vec<&str> =
                    open.iter().map(|one| one.round_name.as_str()).collect();
                rounds.dedup();
                bills.push(Bill {
                    child: child.given_name.clone(),
                    class: child.class.clone(),
                    round: rounds.join(", "),
                    due_on: first.due_on,
                    open: child.open,
                    transfer: Some(told(transfer)),
                });
            }
            (some, _) => bills.extend(some.iter().map(|one| of_invoice(child, one))),
        }
    }
    if bills.is_empty() {
        return Err(Skip::AlreadyPaid);
    }
    let whole = bill.and_then(|bill| whole(bill, &mut bills));
    Ok(Matter::Reminder { step, bills, whole })
}

/// The family's one transfer in the place of the children's, where it pays exactly these bills.
fn whole(family: &FamilyBill, bills: &mut [Bill]) -> Option<Whole> {
    let transfer = family.transfer.as_ref()?;
    let sum = Vnd::checked_sum(bills.iter().map(|bill| bill.open))?;
    if bills.len() < 2 || transfer.amount != sum {
        return None;
    }
    for bill in bills.iter_mut() {
        bill.transfer = None;
    }
    let due_on = bills.iter().filter_map(|bill| bill.due_on).min();
    Some(Whole { due_on, transfer: told(transfer) })
}

fn of_invoice(child: &ChildBill, invoice: &InvoiceBill) -> Bill {
    Bill {
        child: child.given_name.clone(),
        class: child.class.clone(),
        round: invoice.round_name.clone(),
        due_on: invoice.due_on,
        open: invoice.open,
        transfer: invoice.transfer.as_ref().map(told),
    }
}

fn told(how: &transfer::Transfer) -> Transfer {
    Transfer {
        bank: how.bank.clone(),
        account: how.account.clone(),
        holder: how.holder.clone(),
        amount: how.amount,
        content: how.content.clone(),
        qr: Some(how.payload.clone()),
    }
}

/// A receipt that holds; one that was voided before anybody was told of it is told nobody.
fn receipt(tx: &mut Tx<'_>, row: &LetterRow) -> Result<Result<Matter, Skip>, ServiceError> {
    let view = receipts::load(tx, SchoolId(row.school_id), row.about_id)?;
    if view.voided.is_some() {
        return Ok(Err(Skip::NothingToTell));
    }
    let (child, class) = (given_name(&view.student), view.class.clone());
    let paid = view.lines.iter().map(|line| Paid {
        child: child.clone(),
        class: class.clone(),
        what: if line.round.is_empty() { line.item.clone() } else { line.round.clone() },
        amount: line.amount,
    });
    Ok(Ok(Matter::Receipt(Receipt {
        number: view.number.clone(),
        // The one before was told to nobody, or this letter would not have been asked for.
        replaces: None,
        day: view.paid_on,
        channel: Channel::parse(&view.channel).unwrap_or(Channel::Transfer),
        amount: view.amount,
        paid: paid.collect(),
        attached: false,
    })))
}

fn voided(tx: &mut Tx<'_>, row: &LetterRow) -> Result<Result<Matter, Skip>, ServiceError> {
    let view = receipts::load(tx, SchoolId(row.school_id), row.about_id)?;
    let Some(voided) = view.voided else { return Ok(Err(Skip::NothingToTell)) };
    let new = crate::store::receipts::replacements(tx, &[view.id])?.into_iter().next();
    let new = new.map(|(_, row)| Vnd::new(row.amount_dong)).zip(view.replaced_by);
    Ok(Ok(Matter::ReceiptVoided(Voided {
        number: view.number,
        day: view.paid_on,
        amount: view.amount,
        reason: voided.reason,
        replaced_by: new.map(|(amount, number)| Replacement { number, amount }),
    })))
}

fn claim(tx: &mut Tx<'_>, row: &LetterRow) -> Result<Result<Matter, Skip>, ServiceError> {
    let Some(claim) = claims::find(tx, row.school_id, row.about_id)? else {
        return Ok(Err(Skip::NothingToTell));
    };
    Ok(match claim.answer {
        None => Err(Skip::NothingToTell),
        Some(answer) => Ok(Matter::ClaimAnswered {
            asked_on: local_day(claim.made_at),
            amount: Vnd::new(claim.amount_dong),
            paid_on: claim.paid_on,
            found: answer == "matched",
            answer: claim.answer_words.unwrap_or_default(),
        }),
    })
}

fn refund(tx: &mut Tx<'_>, row: &LetterRow) -> Result<Result<Matter, Skip>, ServiceError> {
    let found = corrections::refund(tx, row.about_id)?;
    let Some(refund) = found.filter(|refund| {
        SchoolId(refund.school_id) == SchoolId(row.school_id) && refund.state != "cancelled"
    }) else {
        return Ok(Err(Skip::NothingToTell));
    };
    let student = people::student_by_id(tx, row.school_id, refund.student_id)?;
    let digits: Vec<char> = refund.account.chars().collect();
    let end: String =
        digits.get(digits.len().saturating_sub(4)..).unwrap_or_default().iter().collect();
    Ok(Ok(Matter::Refund(Refund {
        child: student.map(|student| given_name(&student.name)).unwrap_or_default(),
        amount: Vnd::new(refund.amount_dong),
        bank: bank_name(&refund.bin).unwrap_or_default().to_owned(),
        account: format!("••••{end}"),
        paid_on: refund.paid_on,
        reference: refund.reference.filter(|text| !text.trim().is_empty()),
    })))
}
