//! Everything a round would write, computed from what the school knows.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use sha2::{Digest as _, Sha256};

use super::refusals::{no_items, student_left, told, unknown_class, unknown_student};
use super::{Issue, ItemSum};
use crate::domain::calendar::{Day, valid_on};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::{
    Bill, Charge, ChargedItem, Exemption, InstalmentPlan, Placed, Price, Scope, bill,
    grade_of_class, level_of_grade,
};
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::payment_code::Prefix;
use crate::domain::school_year::SchoolYear;
use crate::domain::text::{hex, squeeze};
use crate::service::ServiceError;
use crate::service::code_issuer::CodeIssuer;
use crate::service::fees::carry::{self, Due};
use crate::service::fees::{exemptions, rounds};
use crate::store::fee_catalogue::Zones;
use crate::store::fees::{self, FeeItemRow, InvoiceLineRow, InvoiceRow, RoundRow};
use crate::store::people::StudentRow;
use crate::store::rounds::{self as store, InstalmentRow, RoundItemRow};
use crate::store::{Tx, fee_catalogue, people};

/// Problems that are told; a school corrects the first and looks again.
const MOST_PROBLEMS: usize = 200;

/// What a student would owe.
struct Owed {
    student: StudentRow,
    charges: Vec<Charge>,
    gross: Vnd,
    waived: Vnd,
    net: Vnd,
}

/// What a round would write.
pub(in crate::service::fees) struct Plan {
    round: RoundRow,
    due_on: Option<Day>,
    day: Day,
    instalments: Option<InstalmentPlan>,
    items: Vec<(i64, String)>,
    students: u64,
    owed: Vec<Owed>,
    without_lines: Vec<String>,
    problems: Vec<Diagnostic>,
}

/// What prices, choices and exemptions say of students.
struct Terms {
    items: Vec<(RoundItemRow, FeeItemRow, Vec<Price>)>,
    quantities: HashMap<(i64, i64), i64>,
    chosen: HashSet<(i64, i64)>,
    exemptions: HashMap<i64, Vec<Exemption>>,
    zones: Zones,
    school_level: String,
}

impl Plan {
    /// Computes a draft. `today` decides who still is a student; `other` says quantities of students
    /// and items that are not those of the round.
    pub fn make(
        tx: &mut Tx<'_>,
        school: SchoolId,
        round: &RoundRow,
        today: Day,
        other: &HashMap<(i64, i64), i64>,
    ) -> Result<Plan, ServiceError> {
        let scope: Scope =
            rounds::stored(round.scope.as_deref(), "scope of a round")?.unwrap_or(Scope::School);
        let day = round.period_from.unwrap_or(today);
        let mut terms = Terms::load(tx, school, round, day)?;
        terms.quantities.extend(other);
        let mut plan = Plan {
            due_on: round.due_on,
            day,
            instalments: rounds::stored(round.instalments.as_deref(), "instalments of a round")?,
            round: round.clone(),
            items: terms.items.iter().map(|(_, item, _)| (item.id, item.name.clone())).collect(),
            students: 0,
            owed: Vec::new(),
            without_lines: Vec::new(),
            problems: Vec::new(),
        };
        if terms.items.is_empty() {
            plan.problems.push(no_items());
        }
        let students = people::students_of(tx, school.0)?;
        plan.check_scope(&scope, &students, day);
        for student in students {
            if !scope.holds(&student.code, &student.class) || has_left(&student, day) {
                continue;
            }
            plan.students += 1;
            let bill = terms.bill(&student, day);
            plan.take(student, bill, &terms)?;
        }
        Ok(plan)
    }

    /// Students and classes a scope names that the school does not have, and students that have left,
    /// are told, not passed over.
    fn check_scope(&mut self, scope: &Scope, students: &[StudentRow], day: Day) {
        match scope {
            Scope::Students(codes) => {
                let known: HashSet<&str> = students.iter().map(|row| row.code.as_str()).collect();
                for code in codes.iter().filter(|code| !known.contains(code.as_str())) {
                    self.problem(unknown_student(code));
                }
                let named = |row: &&StudentRow| codes.contains(&row.code) && has_left(row, day);
                for student in students.iter().filter(named) {
                    self.problem(student_left(&student.code));
                }
            }
            Scope::Classes(classes) => {
                for class in classes {
                    let only = Scope::Classes(vec![class.clone()]);
                    if !students.iter().any(|row| only.holds(&row.code, &row.class)) {
                        self.problem(unknown_class(class));
                    }
                }
            }
            Scope::School | Scope::Grades(_) => {}
        }
    }

    fn problem(&mut self, problem: Diagnostic) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn take(&mut self, student: StudentRow, bill: Bill, terms: &Terms) -> Result<(), ServiceError> {
        for (item, problem) in bill.problems {
            let name = terms.items.iter().find(|(_, row, _)| row.id == item);
            let name = name.map_or("?", |(_, row, _)| row.name.as_str());
            self.problem(told(&student, name, problem));
        }
        if bill.charges.is_empty() {
            self.without_lines.push(student.code);
            return Ok(());
        }
        let sum = |of: fn(&Charge) -> Vnd| {
            Vnd::checked_sum(bill.charges.iter().map(of)).ok_or_else(ServiceError::overflow)
        };
        let (gross, waived, net) =
            (sum(|one| one.gross)?, sum(|one| one.waived)?, sum(|one| one.net)?);
        self.owed.push(Owed { student, gross, waived, net, charges: bill.charges });
        Ok(())
    }

    /// The figures for people, and the fingerprint of everything they stand for.
    pub fn summary(&self, tx: &mut Tx<'_>, school: SchoolId) -> Result<Issue, ServiceError> {
        let sum = |of: fn(&Owed) -> Vnd| {
            Vnd::checked_sum(self.owed.iter().map(of)).ok_or_else(ServiceError::overflow)
        };
        let dues: Vec<Due> = self.owed.iter().map(|one| self.due(one, 0)).collect();
        let credit = carry::preview(tx, school, &dues)?;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        Ok(Issue {
            students: self.students,
            invoices: count(self.owed.len()),
            waived_invoices: count(self.owed.iter().filter(|one| one.net.is_zero()).count()),
            gross: sum(|one| one.gross)?,
            waived: sum(|one| one.waived)?,
            net: sum(|one| one.net)?,
            credit_used: credit.used,
            credit_families: credit.families,
            items: self.by_item()?,
            without_email: self
                .owed
                .iter()
                .filter(|one| one.student.email.is_none())
                .map(|one| one.student.code.clone())
                .collect(),
            without_lines: self.without_lines.clone(),
            problems: self.problems.clone(),
            fingerprint: self.fingerprint(),
        })
    }

    fn by_item(&self) -> Result<Vec<ItemSum>, ServiceError> {
        let mut sums: Vec<ItemSum> = Vec::with_capacity(self.items.len());
        for (item, name) in &self.items {
            let charges = || {
                self.owed
                    .iter()
                    .flat_map(|owed| &owed.charges)
                    .filter(|charge| charge.fee_item == *item)
            };
            let sum = |of: fn(&Charge) -> Vnd| {
                Vnd::checked_sum(charges().map(of)).ok_or_else(ServiceError::overflow)
            };
            sums.push(ItemSum {
                name: name.clone(),
                students: u64::try_from(charges().count()).unwrap_or(u64::MAX),
                quantity: charges().map(|one| one.quantity).fold(0, i64::saturating_add),
                gross: sum(|one| one.gross)?,
                waived: sum(|one| one.waived)?,
                net: sum(|one| one.net)?,
            });
        }
        Ok(sums)
    }

    fn due(&self, owed: &Owed, invoice: i64) -> Due {
        Due {
            invoice,
            family: owed.student.family_id,
            last_day: self.due_on,
            code: owed.student.code.clone(),
            open: owed.net,
        }
    }

    /// SHA-256 over every line in a fixed order.
    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        let mut say = |part: &str| {
            hash.update(part.as_bytes());
            hash.update([0]);
        };
        say(&self.round.code);
        say(&format!("{:?} {} {:?}", self.due_on, self.day, self.round.bank_account_id));
        say(self.round.instalments.as_deref().unwrap_or_default());
        for owed in &self.owed {
            say(&owed.student.code);
            say(&owed.student.class);
            for line in &owed.charges {
                let share = line.share.map_or(0, crate::domain::fee::Share::percent);
                say(&format!(
                    "{} {} {} {share} {}",
                    line.fee_item,
                    line.quantity,
                    line.price.dong(),
                    line.net.dong()
                ));
            }
        }
        hex(&hash.finalize())
    }

    /// Writes the invoices, in place of one where it `replaces` it; what each leaves to be paid.
    pub fn write(
        &self,
        tx: &mut Tx<'_>,
        school: SchoolId,
        prefixes: &[Prefix],
        now: NaiveDateTime,
        replaces: Option<i64>,
    ) -> Result<Vec<Due>, ServiceError> {
        let year = SchoolYear::of(self.day).first_year();
        let mut number = store::last_invoice_number(tx, school.0, year)?;
        let mut codes: HashSet<String> =
            fees::invoices_of(tx, school.0)?.iter().map(|row| squeeze(&row.code)).collect();
        let mut issuer = CodeIssuer::new(prefixes);
        let rows: usize = self.owed.iter().map(|owed| 1 + owed.charges.len()).sum();
        tx.reserve_ids(u64::try_from(rows).unwrap_or(u64::MAX))?;
        let mut invoices = Vec::with_capacity(self.owed.len());
        let mut lines = Vec::with_capacity(rows);
        let mut instalments = Vec::new();
        let mut dues = Vec::with_capacity(self.owed.len());
        for owed in &self.owed {
            let id = tx.next_id()?;
            number += 1;
            let code = issuer.next(tx, |code| codes.contains(code))?;
            codes.insert(code.clone());
            dues.push(self.due(owed, id));
            for (position, line) in (0_i32..).zip(&owed.charges) {
                lines.push(line_row(tx.next_id()?, (school.0, id), position, line));
            }
            if let Some(plan) = self.instalments.as_ref().filter(|_| owed.net.is_positive()) {
                let parts = plan.split(owed.net).ok_or_else(ServiceError::overflow)?;
                for (position, (due_on, amount)) in (0_i32..).zip(parts) {
                    instalments.push(InstalmentRow {
                        id: tx.next_id()?,
                        school_id: school.0,
                        invoice_id: id,
                        position,
                        due_on,
                        amount_dong: amount.dong(),
                    });
                }
            }
            invoices.push(InvoiceRow {
                id,
                school_id: school.0,
                student_id: owed.student.id,
                round_id: self.round.id,
                code,
                gross_dong: owed.gross.dong(),
                waived_dong: owed.waived.dong(),
                net_dong: owed.net.dong(),
                paid_dong: 0,
                cancelled: false,
                due_on: self.due_on,
                issued_at: now,
                number: Some(number),
                school_year: Some(year),
                class: Some(owed.student.class.clone()),
                replaces_id: replaces,
            });
        }
        fees::insert_invoices(tx, &invoices)?;
        fees::insert_invoice_lines(tx, &lines)?;
        store::insert_instalments(tx, &instalments)?;
        Ok(dues)
    }

    /// Refuses to go on where something is wrong.
    pub fn refuse_problems(&self) -> Result<(), ServiceError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(ServiceError::Refused(self.problems.clone()))
        }
    }

    /// Only what one student would owe.
    pub fn of_student(mut self, student: i64) -> Plan {
        self.owed.retain(|owed| owed.student.id == student);
        self
    }
}

fn line_row(
    id: i64,
    (school, invoice): (i64, i64),
    position: i32,
    line: &Charge,
) -> InvoiceLineRow {
    InvoiceLineRow {
        id,
        school_id: school,
        invoice_id: invoice,
        fee_item_id: line.fee_item,
        position,
        gross_dong: line.gross.dong(),
        waived_dong: line.waived.dong(),
        net_dong: line.net.dong(),
        quantity: Some(line.quantity),
        price_dong: Some(line.price.dong()),
        share_percent: line.share.map(|share| i32::from(share.percent())),
    }
}

impl Terms {
    fn load(
        tx: &mut Tx<'_>,
        school: SchoolId,
        round: &RoundRow,
        day: Day,
    ) -> Result<Terms, ServiceError> {
        let known: HashMap<i64, FeeItemRow> =
            fees::fee_items_of(tx, school.0)?.into_iter().map(|row| (row.id, row)).collect();
        let mut prices: HashMap<i64, Vec<Price>> = HashMap::new();
        for row in fee_catalogue::prices_of(tx, school.0)? {
            prices.entry(row.fee_item_id).or_default().push(Price {
                zone: row.zone,
                level: row.level,
                grade: row.grade.and_then(|grade| u8::try_from(grade).ok()),
                amount: Vnd::new(row.price_dong),
                valid_from: row.valid_from,
                valid_to: row.valid_to,
            });
        }
        let items = store::items_of(tx, round.id)?
            .into_iter()
            .filter_map(|row| {
                let item = known.get(&row.fee_item_id)?.clone();
                let retired = item.retired_on.is_some_and(|last| last < day);
                let prices = prices.get(&item.id).cloned().unwrap_or_default();
                (!retired).then_some((row, item, prices))
            })
            .collect();
        let mut exemptions: HashMap<i64, Vec<Exemption>> = HashMap::new();
        for row in fee_catalogue::exemptions_of(tx, school.0)? {
            exemptions.entry(row.student_id).or_default().extend(exemptions::rule_of(&row));
        }
        let zones = fee_catalogue::zones_of(tx, school.0)?;
        let school_level = crate::store::directory::schools(tx)?
            .into_iter()
            .find(|row| row.id == school.0)
            .map(|row| row.level)
            .unwrap_or_default();
        Ok(Terms {
            items,
            quantities: store::quantities_of(tx, round.id)?
                .into_iter()
                .map(|row| ((row.student_id, row.fee_item_id), row.quantity))
                .collect(),
            chosen: fee_catalogue::choices_of(tx, school.0)?
                .into_iter()
                .filter(|row| valid_on(day, Some(row.valid_from), row.valid_to))
                .map(|row| (row.student_id, row.fee_item_id))
                .collect(),
            exemptions,
            zones,
            school_level,
        })
    }

    fn bill(&self, student: &StudentRow, day: Day) -> Bill {
        let grade = grade_of_class(&student.class);
        let level = grade.and_then(level_of_grade).unwrap_or(&self.school_level);
        let zone = self.zones.students.get(&student.id).or(self.zones.school.as_ref());
        let who = Placed { zone: zone.map(String::as_str), level: Some(level), grade };
        let items: Vec<ChargedItem<'_>> = self
            .items
            .iter()
            .filter(|(_, item, _)| item.compulsory || self.chosen.contains(&(student.id, item.id)))
            .map(|(row, item, prices)| ChargedItem {
                fee_item: item.id,
                quantity: self
                    .quantities
                    .get(&(student.id, item.id))
                    .copied()
                    .unwrap_or(row.quantity),
                price: row.price_dong.map(Vnd::new),
                prices,
            })
            .collect();
        let exemptions = self.exemptions.get(&student.id).map_or(&[][..], Vec::as_slice);
        bill(&items, &who, exemptions, day)
    }
}

/// Whether a student had left when what is charged for begins.
fn has_left(student: &StudentRow, day: Day) -> bool {
    student.left_on.is_some_and(|left| left <= day)
}
