//! Takes in a list of invoices: good rows are kept, bad rows are told, and payments that waited for
//! these invoices are looked at again. A list that is planned first can be taken back.

mod taken_back;

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::clock::Clock;
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::fee::Unit;
use crate::domain::id::SchoolId;
use crate::domain::matching::check_codes_beside;
use crate::domain::money::Vnd;
use crate::domain::payment_code::Prefix;
use crate::domain::text::squeeze;
use crate::formats::roster::{self, InvoiceRow as ListedInvoice, Table};
use crate::service::code_issuer::CodeIssuer;
use crate::service::import_students::ListOutcome;
use crate::service::settle::{self, Replay};
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::SchoolRow;
use crate::store::fees::{self, FeeItemRow, InvoiceLineRow, InvoiceRow, RoundRow};
use crate::store::{Store, Tx, people};

pub use taken_back::undo;

/// Adds the invoices of a list (see [`roster`]) to a school.
///
/// A row with a code is an invoice of one line. Rows without one belong together where student,
/// round and due date are the same: they become the lines of one invoice, and a code is issued.
pub fn run(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    prefixes: &[Prefix],
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    store.write(|tx| {
        let school_row = directory::lock_school(tx, school)?;
        carry_out(tx, &school_row, (prefixes, list), (actor, None, clock.now()))
    })
}

/// What taking a list in would do now; changes nothing.
pub(crate) fn examine(
    tx: &mut Tx<'_>,
    school: SchoolId,
    list: &Table,
) -> Result<ListOutcome, ServiceError> {
    Ok(work_out(tx, school, list)?.1)
}

/// Takes a list in, under the number of its import where it is to be taken back by one.
pub(crate) fn carry_out(
    tx: &mut Tx<'_>,
    school_row: &SchoolRow,
    (prefixes, list): (&[Prefix], &Table),
    (actor, import, now): (&Actor, Option<i64>, chrono::NaiveDateTime),
) -> Result<ListOutcome, ServiceError> {
    let school = SchoolId(school_row.id);
    let (mut plan, mut outcome) = work_out(tx, school, list)?;
    plan.issue_codes(tx, prefixes)?;
    let written = plan.write(tx, now)?;
    let mut detail = serde_json::json!({
        "added": outcome.added,
        "net_dong": plan.net()?.dong(),
        "bad": outcome.bad.len(),
    });
    if let Some(import) = import {
        fees::set_import(tx, &written, import)?;
        outcome.import = Some(import);
        if let Some(detail) = detail.as_object_mut() {
            detail.insert("import".to_owned(), import.into());
        }
    }
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action: "invoices.import",
        subject_kind: "school",
        subject_id: school.0,
        detail: detail.to_string(),
    };
    audit::append(tx, school.0, now, vec![fact])?;
    if outcome.added > 0 {
        settle::replay(tx, school_row, &Replay::undecided(), now)?;
    }
    Ok(outcome)
}

fn work_out(
    tx: &mut Tx<'_>,
    school: SchoolId,
    list: &Table,
) -> Result<(Plan, ListOutcome), ServiceError> {
    let rows = roster::invoices_of(list).map_err(ServiceError::refused)?;
    let mut outcome = ListOutcome { bad: rows.bad, ..ListOutcome::default() };
    let mut plan = Plan::load(tx, school)?;
    let coded = rows.good.iter().filter_map(|row| Some((row.row, row.code.as_deref()?)));
    // A code that appears twice in the list is told with the invoice that has it already.
    let unclear: Vec<Diagnostic> = check_codes_beside(coded, plan.codes.keys().map(String::as_str))
        .into_iter()
        .filter(|wrong| wrong.code != "code_repeated")
        .collect();
    let refused: HashSet<u64> =
        unclear.iter().filter_map(|wrong| wrong.place.as_ref()?.row).collect();
    outcome.bad.extend(unclear);
    for row in rows.good.iter().filter(|row| !refused.contains(&row.row)) {
        match plan.take(tx, row)? {
            Taken::New => outcome.added += 1,
            Taken::Known => outcome.unchanged += 1,
            Taken::Bad(reason) => outcome.bad.push(*reason),
        }
    }
    Ok((plan, outcome))
}

enum Taken {
    New,
    Known,
    Bad(Box<Diagnostic>),
}

/// An invoice about to be written.
struct Draft {
    student: i64,
    round: i64,
    code: Option<String>,
    due_on: Option<chrono::NaiveDate>,
    lines: Vec<DraftLine>,
}

struct DraftLine {
    fee_item: i64,
    gross: i64,
    waived: i64,
    net: i64,
}

struct Plan {
    school: i64,
    students: HashMap<String, i64>,
    rounds: HashMap<String, i64>,
    fee_items: HashMap<String, i64>,
    /// Codes in use, squeezed, with the student and net due of their invoice.
    codes: HashMap<String, (i64, i64)>,
    /// Lines that exist, by student, round and fee item, with their net due.
    lines: HashMap<(i64, i64, i64), i64>,
    new_rounds: Vec<RoundRow>,
    new_fee_items: Vec<FeeItemRow>,
    drafts: Vec<Draft>,
    /// Drafts without a code of their own, by student, round and due date.
    open_drafts: HashMap<(i64, i64, Option<chrono::NaiveDate>), usize>,
}

impl Plan {
    fn load(tx: &mut Tx<'_>, school: SchoolId) -> Result<Plan, ServiceError> {
        let invoices = fees::invoices_of(tx, school.0)?;
        let of_invoice: HashMap<i64, (i64, i64)> =
            invoices.iter().map(|row| (row.id, (row.student_id, row.round_id))).collect();
        let lines = fees::lines_of_school(tx, school.0)?
            .into_iter()
            .filter_map(|line| {
                let (student, round) = *of_invoice.get(&line.invoice_id)?;
                Some(((student, round, line.fee_item_id), line.net_dong))
            })
            .collect();
        Ok(Plan {
            school: school.0,
            students: people::students_of(tx, school.0)?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect(),
            rounds: fees::rounds_of(tx, school.0)?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect(),
            fee_items: fees::fee_items_of(tx, school.0)?
                .into_iter()
                .map(|row| (row.code, row.id))
                .collect(),
            codes: invoices
                .iter()
                .map(|row| (squeeze(&row.code), (row.student_id, row.net_dong)))
                .collect(),
            lines,
            new_rounds: Vec::new(),
            new_fee_items: Vec::new(),
            drafts: Vec::new(),
            open_drafts: HashMap::new(),
        })
    }

    fn take(&mut self, tx: &mut Tx<'_>, row: &ListedInvoice) -> Result<Taken, ServiceError> {
        let Some(student) = self.students.get(&row.student_code).copied() else {
            return Ok(Taken::Bad(Box::new(unknown_student(row))));
        };
        let round = self.round(tx, row.round.as_deref().unwrap_or("Đợt thu chung"))?;
        let fee_item = self.fee_item(tx, row.fee_item.as_deref().unwrap_or("Khoản thu chung"))?;
        let net = row.amount_due.dong();
        let waived = row.waived.map_or(0, Vnd::dong);
        let gross = match row.gross {
            Some(gross) => gross.dong(),
            None => net.checked_add(waived).ok_or_else(ServiceError::overflow)?,
        };
        let line = DraftLine { fee_item, gross, waived: gross - net, net };
        if let Some(code) = &row.code {
            let key = squeeze(code);
            if let Some(known) = self.codes.get(&key) {
                return Ok(if *known == (student, net) {
                    Taken::Known
                } else {
                    Taken::Bad(Box::new(code_in_use(row, code)))
                });
            }
            if self.lines.contains_key(&(student, round, fee_item)) {
                return Ok(Taken::Bad(Box::new(invoiced_twice(row))));
            }
            self.codes.insert(key, (student, net));
            self.lines.insert((student, round, fee_item), net);
            self.drafts.push(Draft {
                student,
                round,
                code: Some(code.clone()),
                due_on: row.due_on,
                lines: vec![line],
            });
            return Ok(Taken::New);
        }
        match self.lines.insert((student, round, fee_item), net) {
            Some(known) if known == net => return Ok(Taken::Known),
            Some(known) => {
                self.lines.insert((student, round, fee_item), known);
                return Ok(Taken::Bad(Box::new(invoiced_twice(row))));
            }
            None => {}
        }
        let last = self.drafts.len();
        let at = *self.open_drafts.entry((student, round, row.due_on)).or_insert(last);
        match self.drafts.get_mut(at) {
            Some(draft) => draft.lines.push(line),
            None => self.drafts.push(Draft {
                student,
                round,
                code: None,
                due_on: row.due_on,
                lines: vec![line],
            }),
        }
        Ok(Taken::New)
    }

    fn round(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<i64, ServiceError> {
        let code = squeeze(name);
        if let Some(id) = self.rounds.get(&code) {
            return Ok(*id);
        }
        let id = tx.next_id()?;
        self.new_rounds.push(RoundRow::listed(id, self.school, code.clone(), name.to_owned()));
        self.rounds.insert(code, id);
        Ok(id)
    }

    fn fee_item(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<i64, ServiceError> {
        let code = squeeze(name);
        if let Some(id) = self.fee_items.get(&code) {
            return Ok(*id);
        }
        let id = tx.next_id()?;
        let priority = i32::try_from(self.fee_items.len()).unwrap_or(i32::MAX);
        self.new_fee_items.push(FeeItemRow {
            id,
            school_id: self.school,
            code: code.clone(),
            name: name.to_owned(),
            priority,
            unit: Unit::Time.as_str().to_owned(),
            compulsory: true,
            official_code_id: None,
            retired_on: None,
        });
        self.fee_items.insert(code, id);
        Ok(id)
    }

    /// Gives every draft without a code the next one that is free at this school.
    fn issue_codes(&mut self, tx: &mut Tx<'_>, prefixes: &[Prefix]) -> Result<(), ServiceError> {
        let mut issuer = CodeIssuer::new(prefixes);
        for draft in self.drafts.iter_mut().filter(|draft| draft.code.is_none()) {
            let code = issuer.next(tx, |code| self.codes.contains_key(code))?;
            let net = draft.lines.iter().map(|line| line.net).sum();
            self.codes.insert(code.clone(), (draft.student, net));
            draft.code = Some(code);
        }
        Ok(())
    }

    fn net(&self) -> Result<Vnd, ServiceError> {
        Vnd::checked_sum(
            self.drafts.iter().flat_map(|draft| &draft.lines).map(|line| Vnd::new(line.net)),
        )
        .ok_or_else(ServiceError::overflow)
    }

    /// Writes everything; the invoices' ids.
    fn write(&self, tx: &mut Tx<'_>, now: chrono::NaiveDateTime) -> Result<Vec<i64>, ServiceError> {
        fees::insert_rounds(tx, &self.new_rounds)?;
        fees::insert_fee_items(tx, &self.new_fee_items)?;
        let mut invoices = Vec::with_capacity(self.drafts.len());
        let mut lines = Vec::with_capacity(self.drafts.len());
        for draft in &self.drafts {
            let id = tx.next_id()?;
            let mut sums = BTreeMap::from([("gross", 0_i64), ("waived", 0), ("net", 0)]);
            for (position, line) in (0_i32..).zip(&draft.lines) {
                for (name, dong) in
                    [("gross", line.gross), ("waived", line.waived), ("net", line.net)]
                {
                    let sum = sums.entry(name).or_default();
                    *sum = sum.checked_add(dong).ok_or_else(ServiceError::overflow)?;
                }
                lines.push(InvoiceLineRow {
                    id: tx.next_id()?,
                    school_id: self.school,
                    invoice_id: id,
                    fee_item_id: line.fee_item,
                    position,
                    gross_dong: line.gross,
                    waived_dong: line.waived,
                    net_dong: line.net,
                    quantity: None,
                    price_dong: None,
                    share_percent: None,
                });
            }
            let sum = |name| sums.get(name).copied().unwrap_or_default();
            invoices.push(InvoiceRow {
                id,
                school_id: self.school,
                student_id: draft.student,
                round_id: draft.round,
                code: draft.code.clone().unwrap_or_default(),
                gross_dong: sum("gross"),
                waived_dong: sum("waived"),
                net_dong: sum("net"),
                paid_dong: 0,
                cancelled: false,
                due_on: draft.due_on,
                issued_at: now,
                number: None,
                school_year: None,
                class: None,
                replaces_id: None,
            });
        }
        fees::insert_invoices(tx, &invoices)?;
        fees::insert_invoice_lines(tx, &lines)?;
        Ok(invoices.iter().map(|row| row.id).collect())
    }
}

fn unknown_student(row: &ListedInvoice) -> Diagnostic {
    Diagnostic::new(
        "unknown_student",
        format!(
            "Dòng {}: không có học sinh mã “{}” trong trường. Nhập danh sách học sinh trước, hoặc sửa mã.",
            row.row, row.student_code
        ),
        format!(
            "Row {}: the school has no student with code “{}”. Import the students first, or correct the code.",
            row.row, row.student_code
        ),
    )
    .at(Place::cell(row.row, "student_code"))
}

fn code_in_use(row: &ListedInvoice, code: &str) -> Diagnostic {
    Diagnostic::new(
        "code_in_use",
        format!("Dòng {}: mã thanh toán “{code}” đã dùng cho khoản khác. Đổi mã khác.", row.row),
        format!(
            "Row {}: payment code “{code}” belongs to another invoice. Use another code.",
            row.row
        ),
    )
    .at(Place::cell(row.row, "code"))
}

fn invoiced_twice(row: &ListedInvoice) -> Diagnostic {
    Diagnostic::new(
        "invoice_twice",
        format!(
            "Dòng {}: học sinh {} đã có khoản thu này trong đợt thu. Giữ lại một khoản.",
            row.row, row.student_code
        ),
        format!(
            "Row {}: student {} already has this fee item in this round. Keep one of them.",
            row.row, row.student_code
        ),
    )
    .at(Place::row(row.row))
}
