//! Invoice lists: who owes what, and under which code.

use std::collections::HashMap;

use super::columns::{self as column, RowCells, missing, repeated};
use super::rows::{InvoiceRow, ListResult, Rows};
use super::table::{Table, read_table};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::money::Vnd;
use crate::domain::text::squeeze;
use crate::formats::spreadsheet::notes;

/// Reads an invoice list from the bytes of a CSV or XLSX file. A list without a student code or
/// without any amount column is of no use; a bad row is reported and left out.
pub fn read_invoices(bytes: &[u8]) -> ListResult<InvoiceRow> {
    invoices_of(&read_table(bytes)?)
}

/// Reads an invoice list from a table.
pub fn invoices_of(table: &Table) -> ListResult<InvoiceRow> {
    let student_code = column::STUDENT_CODE.require(table)?;
    let amount = column::AMOUNT_DUE.find(table);
    let gross = column::GROSS.find(table);
    if amount.is_none() && gross.is_none() {
        return Err(missing(&[&column::AMOUNT_DUE, &column::GROSS], table));
    }
    let waived = column::WAIVED.find(table);
    let code = column::CODE.find(table);
    let name = column::STUDENT_NAME.find(table);
    let class = column::CLASS.find(table);
    let family = column::FAMILY.find(table);
    let due_on = column::DUE_ON.find(table);
    let virtual_account = column::VIRTUAL_ACCOUNT.find(table);
    let round = column::ROUND.find(table);
    let fee_item = column::FEE_ITEM.find(table);
    let mut rows = Rows { good: Vec::with_capacity(table.rows.len()), bad: Vec::new() };
    for row in &table.rows {
        let mut cells = RowCells::new(table, row);
        if cells.is_no_record(student_code) {
            continue;
        }
        let student_code = cells.required(student_code);
        let stated = cells.dong(amount);
        let gross = cells.dong(gross);
        let waived = cells.dong(waived);
        let invoice = InvoiceRow {
            row: row.row,
            code: cells.digits(code),
            student_code,
            student_name: cells.text(name).unwrap_or_default(),
            class: cells.text(class).unwrap_or_default(),
            amount_due: Vnd::ZERO,
            gross,
            waived,
            family: cells.digits(family),
            due_on: cells.day(due_on),
            virtual_account: cells.digits(virtual_account).map(|account| account.replace(' ', "")),
            round: cells.text(round),
            fee_item: cells.text(fee_item),
        };
        if cells.problems.is_empty() {
            match net(row.row, stated, gross, waived) {
                Ok(amount_due) => {
                    rows.good.push(InvoiceRow { amount_due, ..invoice });
                    continue;
                }
                Err(problem) => cells.problems.push(problem),
            }
        }
        rows.bad.append(&mut cells.problems);
    }
    drop_repeated_codes(&mut rows);
    Ok(rows)
}

/// What is left to pay. Where all three figures stand, they must agree.
fn net(
    row: u64,
    stated: Option<Vnd>,
    gross: Option<Vnd>,
    waived: Option<Vnd>,
) -> Result<Vnd, Diagnostic> {
    let computed = gross.map(|gross| gross.checked_sub(waived.unwrap_or(Vnd::ZERO)));
    let disagree = |gross: Vnd, stated: &str| {
        let waived = waived.unwrap_or(Vnd::ZERO).grouped();
        let gross = gross.grouped();
        notes::row_problem(
            row,
            "amounts_disagree",
            &format!(
                "mức thu {gross} trừ miễn giảm {waived} không bằng còn phải thu {stated}. Sửa một trong ba số."
            ),
            &format!(
                "gross {gross} less waived {waived} is not amount_due {stated}. Correct one of the three."
            ),
        )
    };
    match (stated, gross, computed) {
        (_, Some(gross), Some(None)) => Err(disagree(gross, "–")),
        (Some(stated), Some(gross), Some(Some(net))) => {
            // Without a waiver, less may be left than the fee: part of it was paid before.
            let agrees = if waived.is_some() { net == stated } else { stated <= gross };
            if agrees { Ok(stated) } else { Err(disagree(gross, &stated.grouped())) }
        }
        (None, Some(gross), Some(Some(net))) => {
            if net < Vnd::ZERO {
                Err(disagree(gross, &net.grouped()))
            } else {
                Ok(net)
            }
        }
        (Some(stated), ..) => Ok(stated),
        (None, ..) => Err(notes::row_problem(
            row,
            "blank_cell",
            "không có số tiền phải thu. Điền số đồng, ví dụ 1.250.000, hoặc 0 nếu được miễn.",
            "has no amount due. Write it in đồng, for example 1.250.000, or 0 when it is waived.",
        )),
    }
}

/// Money under a code that two rows have could go to either: neither is taken.
fn drop_repeated_codes(rows: &mut Rows<InvoiceRow>) {
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut twice: HashMap<u64, u64> = HashMap::new();
    for invoice in &rows.good {
        let Some(code) = &invoice.code else { continue };
        match first.get(&squeeze(code)) {
            Some(&earlier) => {
                twice.entry(earlier).or_insert(invoice.row);
                twice.insert(invoice.row, earlier);
            }
            None => {
                first.insert(squeeze(code), invoice.row);
            }
        }
    }
    if twice.is_empty() {
        return;
    }
    let (kept, dropped): (Vec<_>, Vec<_>) =
        std::mem::take(&mut rows.good).into_iter().partition(|row| !twice.contains_key(&row.row));
    rows.good = kept;
    rows.bad.extend(dropped.iter().map(|invoice| {
        let other = twice.get(&invoice.row).copied().unwrap_or(invoice.row);
        let code = invoice.code.as_deref().unwrap_or_default();
        repeated(invoice.row, other, column::CODE.vi, "payment code", code)
    }));
    rows.bad.sort_by_key(|problem| problem.place.as_ref().and_then(|place| place.row));
}
