//! Loads the facts that exports are made of.

use std::collections::HashMap;

use crate::clock::local_day;
use crate::domain::calendar::Day;
use crate::domain::cashless::FeeItem;
use crate::domain::export::cash_book::voucher_number;
use crate::domain::export::facts::{Books, Filter, Line, Part, Receipt, Student};
use crate::domain::id::{FamilyId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::domain::text::squeeze;
use crate::service::ServiceError;
use crate::store::exports::UseRow;
use crate::store::payments::{self, CashVoucherRow, PaymentFilter, PaymentRow};
use crate::store::statements::EntryRow;
use crate::store::{StoreError, Tx, directory, exports, fees, people};

/// The filter with codes as the school has them, and the id of the student it names. A fee item and a
/// round may be named by code or name, anything in any case and without marks. Refuses what names
/// nothing of the school.
pub(super) fn resolve(
    tx: &mut Tx<'_>,
    school: SchoolId,
    filter: &Filter,
) -> Result<(Filter, Option<i64>), ServiceError> {
    let mut found = Filter::default();
    let same = |wanted: &str, known: &str| squeeze(wanted) == squeeze(known);
    if let Some(class) = &filter.class {
        let mut students = people::students_of(tx, school.0)?.into_iter();
        let known = students.find(|row| same(class, &row.class)).map(|row| row.class);
        found.class =
            Some(known.ok_or_else(|| ServiceError::not_found("class", "lớp", "class", class))?);
    }
    if let Some(item) = &filter.fee_item {
        let mut items = fees::fee_items_of(tx, school.0)?.into_iter();
        let known = items.find(|row| same(item, &row.code) || same(item, &row.name));
        let missing = || ServiceError::not_found("fee_item", "khoản thu", "fee item", item);
        found.fee_item = Some(known.ok_or_else(missing)?.code);
    }
    if let Some(round) = &filter.round {
        let mut rounds = fees::rounds_of(tx, school.0)?.into_iter();
        let known = rounds.find(|row| same(round, &row.code) || same(round, &row.name));
        let missing = || ServiceError::not_found("round", "đợt thu", "collection round", round);
        found.round = Some(known.ok_or_else(missing)?.code);
    }
    let Some(code) = &filter.student else { return Ok((found, None)) };
    let student = people::find_student(tx, school.0, code)?
        .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))?;
    found.student = Some(student.code);
    Ok((found, Some(student.id)))
}

/// The dues of a school, and the money in up to a day.
pub(super) fn books(tx: &mut Tx<'_>, school: SchoolId, to: Day) -> Result<Books, ServiceError> {
    let mut rows = people::students_of(tx, school.0)?;
    rows.sort_by(|one, other| one.code.cmp(&other.code));
    let place_of: HashMap<i64, usize> =
        rows.iter().enumerate().map(|(place, row)| (row.id, place)).collect();
    let students = rows
        .into_iter()
        .map(|row| Student {
            code: row.code,
            name: row.name,
            class: row.class,
            family: FamilyId(row.family_id),
        })
        .collect();
    let (lines, line_of) = lines(tx, school, &place_of)?;
    let receipts = receipts(tx, school, to, &line_of)?;
    Ok(Books { students, lines, receipts })
}

fn lines(
    tx: &mut Tx<'_>,
    school: SchoolId,
    place_of: &HashMap<i64, usize>,
) -> Result<(Vec<Line>, HashMap<i64, usize>), ServiceError> {
    let items: HashMap<i64, FeeItem> = fees::fee_items_of(tx, school.0)?
        .into_iter()
        .map(|row| (row.id, FeeItem { code: row.code, name: row.name }))
        .collect();
    let rounds: HashMap<i64, (String, String)> = fees::rounds_of(tx, school.0)?
        .into_iter()
        .map(|row| (row.id, (row.code, row.name)))
        .collect();
    let invoices: HashMap<i64, fees::InvoiceRow> =
        fees::invoices_of(tx, school.0)?.into_iter().map(|row| (row.id, row)).collect();
    let mut lines = Vec::new();
    let mut line_of = HashMap::new();
    for row in fees::lines_of_school(tx, school.0)? {
        let lost = || StoreError::Corrupt(format!("the parents of invoice line {}", row.id));
        let invoice = invoices.get(&row.invoice_id).ok_or_else(lost)?;
        let (round, round_name) = rounds.get(&invoice.round_id).cloned().ok_or_else(lost)?;
        line_of.insert(row.id, lines.len());
        lines.push(Line {
            invoice: invoice.code.clone(),
            round,
            round_name,
            fee_item: items.get(&row.fee_item_id).cloned().ok_or_else(lost)?,
            student: place_of.get(&invoice.student_id).copied().ok_or_else(lost)?,
            gross: Vnd::new(row.gross_dong),
            waived: Vnd::new(row.waived_dong),
            net: Vnd::new(row.net_dong),
            issued_on: local_day(invoice.issued_at),
            due_on: invoice.due_on,
            cancelled: invoice.cancelled,
        });
    }
    Ok((lines, line_of))
}

fn receipts(
    tx: &mut Tx<'_>,
    school: SchoolId,
    to: Day,
    line_of: &HashMap<i64, usize>,
) -> Result<Vec<Receipt>, ServiceError> {
    let mut standing: HashMap<i64, Vec<UseRow>> = HashMap::new();
    for row in exports::uses(tx, school.0, to)? {
        standing.entry(row.payment_id).or_default().push(row);
    }
    let vouchers: HashMap<i64, CashVoucherRow> = exports::vouchers(tx, school.0)?
        .into_iter()
        .map(|(row, _)| (row.payment_id, row))
        .collect();
    let accounts: HashMap<i64, String> = directory::bank_accounts_of(tx, school.0)?
        .into_iter()
        .map(|row| (row.id, row.number))
        .collect();
    let rows = payments::payments_with_entries(tx, school.0, &PaymentFilter::default())?;
    rows.into_iter()
        .filter(|(row, _)| row.credit_debit == "credit" && row.booking_date <= to)
        .map(|(row, entry)| {
            let used = standing.remove(&row.id).unwrap_or_default();
            let account = row.bank_account_id.and_then(|id| accounts.get(&id).cloned());
            let receipt = receipt(&row, entry, vouchers.get(&row.id), account)?;
            with_uses(receipt, &used, line_of)
        })
        .collect()
}

fn receipt(
    row: &PaymentRow,
    entry: Option<EntryRow>,
    voucher: Option<&CashVoucherRow>,
    account: Option<String>,
) -> Result<Receipt, ServiceError> {
    let channel = Channel::parse(&row.channel)
        .ok_or_else(|| StoreError::Corrupt(format!("channel of payment {}", row.id)))?;
    let used = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong];
    let used = Vnd::checked_sum(used.map(Vnd::new)).ok_or_else(ServiceError::overflow)?;
    let unallocated =
        Vnd::new(row.amount_dong).checked_sub(used).ok_or_else(ServiceError::overflow)?;
    let (document, payer) = match (voucher, entry) {
        (Some(voucher), _) => {
            (Some(voucher_number(voucher.number, voucher.year)), Some(voucher.payer.clone()))
        }
        (None, Some(entry)) => (entry.reference, entry.counterparty_name),
        (None, None) => (None, None),
    };
    Ok(Receipt {
        day: row.booking_date,
        document,
        payer,
        account,
        channel,
        parts: Vec::new(),
        credits: Vec::new(),
        refunded: Vnd::new(row.refunded_dong),
        set_aside: Vnd::new(row.set_aside_dong),
        unallocated,
    })
}

fn with_uses(
    mut receipt: Receipt,
    uses: &[UseRow],
    line_of: &HashMap<i64, usize>,
) -> Result<Receipt, ServiceError> {
    for used in uses {
        let amount = Vnd::new(used.amount_dong);
        if used.target == "family_credit" {
            receipt.credits.extend(used.family_id.map(|family| (FamilyId(family), amount)));
        } else if let Some(line) = used.invoice_line_id {
            let line = line_of.get(&line).copied().ok_or_else(|| {
                StoreError::Corrupt(format!("the line that payment {} pays", used.payment_id))
            })?;
            receipt.parts.push(Part { line, amount });
        }
    }
    Ok(receipt)
}
