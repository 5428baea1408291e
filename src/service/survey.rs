//! A statement file as it was read: is it whole, does it add up, is it in đồng?

use std::ops::ControlFlow;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use crate::containment::Contents;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::money::{Currency, Vnd, whole_dong};
use crate::domain::statement::{CreditDebit, Entry, EntryStatus, Event, StatementHeader};
use crate::domain::text::hex;
use crate::formats::Source;
use crate::service::ServiceError;

/// What a statement comes to, without its entries.
#[derive(Default)]
pub(super) struct Surveyed {
    pub header: StatementHeader,
    pub credits: Decimal,
    pub debits: Decimal,
    pub entries: i64,
    pub first_on: Option<Day>,
    pub last_on: Option<Day>,
    /// The first entry whose figure is not whole đồng.
    unfit: Option<String>,
}

/// Readers warn of it, and here it is an error: the code is the same.
const MISMATCH: &str = "closing_balance_mismatch";

/// Checks what was read of a file as a whole, before anything is written; its statements in file
/// order.
pub(super) fn survey(contents: &mut Contents) -> Result<Vec<Surveyed>, ServiceError> {
    let reading = &contents.reading;
    if let Some(question) = &reading.columns {
        let question = Box::new(question.clone());
        return Err(ServiceError::ColumnsNeeded(question, reading.errors.clone()));
    }
    if !reading.accepted() {
        return Err(ServiceError::Refused(reading.errors.clone()));
    }
    let mut statements = Vec::new();
    let mut current = Surveyed::default();
    contents
        .replay(&mut |event| {
            match event {
                Event::Entry(entry) => current.add(&entry),
                Event::Statement(header) => {
                    let mut done = std::mem::take(&mut current);
                    done.header = header;
                    statements.push(done);
                }
            }
            ControlFlow::Continue(())
        })
        .map_err(ServiceError::spool)?;
    let mut faults = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        faults.extend(statement.faults().into_iter().map(|fault| fault.of_statement(index)));
    }
    if faults.is_empty() {
        return Ok(statements);
    }
    // What the reader warned of (rows it could not read) explains why a sum does not hold; that it
    // does not hold is said already.
    let explains = |warning: &&Diagnostic| warning.code != MISMATCH;
    faults.extend(contents.reading.warnings.iter().filter(explains).cloned());
    Err(ServiceError::Refused(faults))
}

impl Surveyed {
    fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        let day = entry.booking_date;
        self.first_on = Some(self.first_on.map_or(day, |first| first.min(day)));
        self.last_on = Some(self.last_on.map_or(day, |last| last.max(day)));
        if entry.currency != Currency::VND || whole_dong(entry.amount).is_none() {
            self.unfit.get_or_insert_with(|| entry.position.clone());
        }
        if entry.status == EntryStatus::Booked {
            let sum = match entry.credit_debit {
                CreditDebit::Credit => &mut self.credits,
                CreditDebit::Debit => &mut self.debits,
            };
            match sum.checked_add(entry.amount) {
                Some(total) => *sum = total,
                None => self.unfit = Some(entry.position.clone()),
            }
        }
    }

    fn faults(&self) -> Vec<Diagnostic> {
        if let Some(place) = &self.unfit {
            return vec![entry_not_dong(place)];
        }
        if self.header.currency.is_some_and(|currency| currency != Currency::VND) {
            return vec![not_dong("đơn vị tiền của sao kê", "the statement's currency")];
        }
        let (Some(opening), Some(closing)) = (self.header.opening, self.header.closing) else {
            return Vec::new();
        };
        let moved = self.credits.checked_sub(self.debits);
        let expected = moved.and_then(|moved| opening.amount.checked_add(moved));
        if expected == Some(closing.amount) {
            return Vec::new();
        }
        let text = |figure: Option<Decimal>| {
            figure.and_then(whole_dong).map_or_else(|| "?".to_owned(), Vnd::grouped)
        };
        let (opening, moved, closing) =
            (text(Some(opening.amount)), text(moved), text(Some(closing.amount)));
        vec![Diagnostic::new(
            MISMATCH,
            format!(
                "Số dư đầu {opening} + phát sinh {moved} ≠ số dư cuối {closing}. Có thể thiếu dòng; tải lại sao kê đủ ngày."
            ),
            format!(
                "Opening {opening} + movements {moved} ≠ closing {closing}. Lines may be missing; download the statement again for whole days."
            ),
        )]
    }
}

/// `what` of a file is not in đồng, in Vietnamese and in English.
pub(super) fn not_dong(what_vi: &str, what_en: &str) -> Diagnostic {
    Diagnostic::new(
        "currency_not_dong",
        format!(
            "Chỉ ghi nhận sao kê bằng đồng, không có phần lẻ ({what_vi}). Tách riêng tài khoản ngoại tệ."
        ),
        format!(
            "Only statements in whole đồng are recorded ({what_en}). Keep foreign currency accounts apart."
        ),
    )
}

/// The same of an entry, whose position readers give as `line 17` or `row 17`.
fn entry_not_dong(position: &str) -> Diagnostic {
    let (kind, number) = position.split_once(' ').unwrap_or(("", position));
    let fault = not_dong(&format!("dòng {number}"), position);
    match (kind, number.parse()) {
        ("line", Ok(line)) => fault.at(Place::line(line)),
        ("row", Ok(row)) => fault.at(Place::row(row)),
        _ => fault,
    }
}

/// A file's SHA-256 and its size in bytes.
pub(super) fn digest(source: &mut impl Source) -> Result<(String, i64), ServiceError> {
    let unreadable = |error: std::io::Error| {
        ServiceError::refused(Diagnostic::new(
            "cannot_read",
            format!("Không đọc được tệp ({error}). Kiểm tra tệp rồi thử lại."),
            format!("The file cannot be read ({error}). Check it and try again."),
        ))
    };
    source.rewind().map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0_i64;
    loop {
        let read = source.read(&mut buffer).map_err(unreadable)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
        size = i64::try_from(read).ok().and_then(|read| size.checked_add(read)).unwrap_or(i64::MAX);
    }
    Ok((hex(&hasher.finalize()), size))
}
