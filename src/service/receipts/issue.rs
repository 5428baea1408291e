//! Issues receipts where money settles on invoices, and voids those that do not tell the truth any
//! more. The ledger calls it for every change of money, in the transaction that writes it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::letter;
use crate::clock::local_day;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::receipt::{Content, Line, ReceiptNumber, VerifyCode};
use crate::domain::school_year::SchoolYear;
use crate::domain::text::fold;
use crate::service::ServiceError;
use crate::service::ledger::{Answer, By};
use crate::store::decisions::AllocationRow;
use crate::store::fees::{self, InvoiceRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::people::{self, StudentRow};
use crate::store::receipts::{self, ReceiptRow, TermsRow, VoidRow};
use crate::store::{Tx, directory};

/// Đồng by invoice and line.
type Shares = BTreeMap<(i64, i64), i64>;

/// What payments paid before their answers change.
pub(crate) struct Issuing {
    before: HashMap<i64, Shares>,
}

/// Names that are the same for all receipts of a batch.
struct Names {
    school: String,
    items: HashMap<i64, String>,
    rounds: HashMap<i64, String>,
}

/// What is to be written.
#[derive(Default)]
struct Written {
    receipts: Vec<ReceiptRow>,
    /// With the student of each.
    voids: Vec<(VoidRow, i64)>,
}

impl Issuing {
    /// Keeps what stands, before it is reversed.
    pub fn of(standing: &HashMap<i64, Vec<AllocationRow>>) -> Result<Issuing, ServiceError> {
        let mut before = HashMap::with_capacity(standing.len());
        for (payment, rows) in standing {
            let shares = shares_of(rows.iter())?;
            if !shares.is_empty() {
                before.insert(*payment, shares);
            }
        }
        Ok(Issuing { before })
    }

    /// Compares with what stands now, and writes the difference; the receipts that were issued. `ledger` is what was just written,
    /// `item_of` tells each line's fee item.
    pub fn write(
        self,
        tx: &mut Tx<'_>,
        school: i64,
        (answers, ledger): (&[Answer], &[AllocationRow]),
        item_of: &HashMap<i64, i64>,
        by: By<'_>,
    ) -> Result<Vec<ReceiptRow>, ServiceError> {
        let mut rows: HashMap<i64, Vec<&AllocationRow>> = HashMap::new();
        for row in ledger.iter().filter(|row| row.reverses_id.is_none()) {
            rows.entry(row.payment_id).or_default().push(row);
        }
        let mut now: HashMap<i64, Shares> = HashMap::with_capacity(rows.len());
        for (payment, rows) in rows {
            let shares = shares_of(rows.into_iter())?;
            if !shares.is_empty() {
                now.insert(payment, shares);
            }
        }
        if self.before.is_empty() && now.is_empty() {
            return Ok(Vec::new());
        }
        let scene = Scene::load(tx, school, (&self.before, &now), by)?;
        let left = scene.left_after(answers, &now);
        // One look-up for the numbers of all rows, not one for each.
        let rows = scene.pairs(&self.before).saturating_add(scene.pairs(&now));
        tx.reserve_ids(u64::try_from(rows).unwrap_or(u64::MAX))?;
        let mut written = Written::default();
        let nothing = Shares::new();
        let mut batch = Batch {
            seed: tx.secret(),
            number: receipts::last_number(tx, school, scene.year.first_year())?,
            names: None,
        };
        for answer in answers {
            let before = self.before.get(&answer.payment).unwrap_or(&nothing);
            let now = now.get(&answer.payment).unwrap_or(&nothing);
            let students: BTreeSet<i64> =
                before.keys().chain(now.keys()).filter_map(|key| scene.student_of(key.0)).collect();
            for student in students {
                let of = |shares: &Shares| -> Shares {
                    shares
                        .iter()
                        .filter(|(key, _)| scene.student_of(key.0) == Some(student))
                        .map(|(key, dong)| (*key, *dong))
                        .collect()
                };
                let (before, now) = (of(before), of(now));
                let live = scene.live.get(&(answer.payment, student));
                let wanted = !now.is_empty() && scene.issues_for(answer.payment);
                if before == now && (live.is_some() || !wanted) {
                    continue;
                }
                if let Some(live) = live {
                    let void = VoidRow {
                        id: tx.next_id()?,
                        school_id: school,
                        receipt_id: live.id,
                        kind: if wanted { "changed" } else { "withdrawn" }.to_owned(),
                        reason: answer.note.clone(),
                        voided_by: by.actor.to_owned(),
                        voided_at: by.at,
                    };
                    written.voids.push((void, student));
                }
                if wanted {
                    let left = left.get(&(answer.payment, student)).copied().unwrap_or_default();
                    let about = About { payment: answer.payment, student, shares: &now, left };
                    let row = batch.receipt(tx, &scene, &about, item_of, (live, by))?;
                    written.receipts.push(row);
                }
            }
        }
        receipts::insert(tx, &written.receipts)?;
        let voids: Vec<VoidRow> = written.voids.iter().map(|(row, _)| row.clone()).collect();
        receipts::insert_voids(tx, &voids)?;
        let families = scene.students.values().map(|row| (row.id, row.family_id)).collect();
        letter::ask(tx, school, (&written.receipts, &written.voids), &families, by)?;
        Ok(written.receipts)
    }
}

/// One receipt to be made.
struct About<'a> {
    payment: i64,
    student: i64,
    shares: &'a Shares,
    left: i64,
}

/// What receipts of one batch have in common.
struct Batch {
    seed: [u8; 32],
    number: i64,
    names: Option<Names>,
}

impl Batch {
    fn receipt(
        &mut self,
        tx: &mut Tx<'_>,
        scene: &Scene,
        about: &About<'_>,
        item_of: &HashMap<i64, i64>,
        (live, by): (Option<&ReceiptRow>, By<'_>),
    ) -> Result<ReceiptRow, ServiceError> {
        let names = match self.names.take() {
            Some(names) => names,
            None => names(tx, scene.school)?,
        };
        let id = tx.next_id()?;
        self.number = self.number.checked_add(1).ok_or_else(ServiceError::overflow)?;
        let mut lines = Vec::with_capacity(about.shares.len());
        let mut amount = 0_i64;
        for ((invoice, line), dong) in about.shares {
            amount = amount.checked_add(*dong).ok_or_else(ServiceError::overflow)?;
            let of = scene.invoices.get(invoice);
            let item = item_of.get(line).and_then(|item| names.items.get(item));
            let round = of.and_then(|of| names.rounds.get(&of.round_id));
            lines.push(Line {
                item: item.cloned().unwrap_or_default(),
                round: round.cloned().unwrap_or_default(),
                invoice: of.map(|of| of.code.clone()).unwrap_or_default(),
                amount: Vnd::new(*dong),
            });
        }
        let student = scene.students.get(&about.student);
        let payment = scene.payments.get(&about.payment);
        let content = Content {
            school: names.school.clone(),
            student_code: student.map(|row| row.code.clone()).unwrap_or_default(),
            student: student.map(|row| row.name.clone()).unwrap_or_default(),
            class: student.map(|row| row.class.clone()).unwrap_or_default(),
            lines,
            left: Vnd::new(about.left),
            paid_on: payment.map_or(scene.today, |row| row.booking_date),
            channel: payment.map(|row| row.channel.clone()).unwrap_or_default(),
        };
        self.names = Some(names);
        Ok(ReceiptRow {
            id,
            school_id: scene.school,
            payment_id: about.payment,
            student_id: about.student,
            school_year: scene.year.first_year(),
            number: self.number,
            code: code_of(&self.seed, id).as_str().to_owned(),
            amount_dong: amount,
            class: content.class.clone(),
            search_key: fold(&format!("{} {}", content.student, content.student_code)),
            body: serde_json::to_string(&content).unwrap_or_default(),
            issued_on: scene.today,
            issued_at: by.at,
            issued_by: by.actor.to_owned(),
            replaces_id: live.map(|live| live.id),
        })
    }
}

/// One secret is drawn for a batch, and each receipt's code is as unguessable as that.
fn code_of(seed: &[u8; 32], receipt: i64) -> VerifyCode {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(receipt.to_be_bytes());
    let mut bytes = [0; 10];
    for (own, drawn) in bytes.iter_mut().zip(hash.finalize()) {
        *own = drawn;
    }
    VerifyCode::of(bytes)
}

/// What receipts of a batch are made from.
struct Scene {
    school: i64,
    today: Day,
    year: SchoolYear,
    terms: Option<TermsRow>,
    invoices: HashMap<i64, InvoiceRow>,
    students: HashMap<i64, StudentRow>,
    payments: HashMap<i64, PaymentRow>,
    live: HashMap<(i64, i64), ReceiptRow>,
}

impl Scene {
    fn load(
        tx: &mut Tx<'_>,
        school: i64,
        (before, now): (&HashMap<i64, Shares>, &HashMap<i64, Shares>),
        by: By<'_>,
    ) -> Result<Scene, ServiceError> {
        let invoices: BTreeSet<i64> = before
            .values()
            .chain(now.values())
            .flat_map(|shares| shares.keys().map(|(invoice, _)| *invoice))
            .collect();
        let invoices: Vec<i64> = invoices.into_iter().collect();
        let invoices: HashMap<i64, InvoiceRow> =
            fees::invoices_by_id(tx, &invoices)?.into_iter().map(|row| (row.id, row)).collect();
        let students: BTreeSet<i64> = invoices.values().map(|row| row.student_id).collect();
        let students: Vec<i64> = students.into_iter().collect();
        let paid: Vec<i64> = now.keys().copied().collect();
        let used: Vec<i64> = before.keys().copied().collect();
        let today = local_day(by.at);
        Ok(Scene {
            school,
            today,
            year: SchoolYear::of(today),
            terms: receipts::terms(tx, school)?,
            invoices,
            students: people::students_by_id(tx, &students)?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            payments: payments::payments_by_id(tx, &paid)?
                .into_iter()
                .map(|row| (row.id, row))
                .collect(),
            live: receipts::live_of(tx, &used)?
                .into_iter()
                .map(|row| ((row.payment_id, row.student_id), row))
                .collect(),
        })
    }

    fn student_of(&self, invoice: i64) -> Option<i64> {
        self.invoices.get(&invoice).map(|row| row.student_id)
    }

    /// How many students each payment pays for, in all.
    fn pairs(&self, paid: &HashMap<i64, Shares>) -> usize {
        let students = |shares: &Shares| -> BTreeSet<i64> {
            shares.keys().filter_map(|key| self.student_of(key.0)).collect()
        };
        paid.values().map(|shares| students(shares).len()).sum()
    }

    /// Whether the school issues receipts for a payment.
    fn issues_for(&self, payment: i64) -> bool {
        let Some(terms) = &self.terms else { return true };
        let day = self.payments.get(&payment).map(|row| row.booking_date);
        terms.issue && terms.from_day.is_none_or(|from| day.is_none_or(|day| day >= from))
    }

    /// What is open of the invoices that a payment pays for a student once it is used, and those
    /// before it: what later ones of the same batch pay is still open then.
    fn left_after(
        &self,
        answers: &[Answer],
        now: &HashMap<i64, Shares>,
    ) -> HashMap<(i64, i64), i64> {
        let mut later: HashMap<i64, i64> = HashMap::new();
        let mut left: HashMap<(i64, i64), i64> = HashMap::new();
        for answer in answers.iter().rev() {
            let Some(shares) = now.get(&answer.payment) else { continue };
            let mut own: BTreeMap<i64, i64> = BTreeMap::new();
            for ((invoice, _), dong) in shares {
                let sum = own.entry(*invoice).or_default();
                *sum = sum.saturating_add(*dong);
            }
            for (invoice, dong) in own {
                let Some(row) = self.invoices.get(&invoice) else { continue };
                let after = later.entry(invoice).or_default();
                let open = row.net_dong.saturating_sub(row.paid_dong).saturating_add(*after);
                let sum = left.entry((answer.payment, row.student_id)).or_default();
                *sum = sum.saturating_add(open);
                *after = after.saturating_add(dong);
            }
        }
        left
    }
}

fn names(tx: &mut Tx<'_>, school: i64) -> Result<Names, ServiceError> {
    let row = directory::school(tx, school)?;
    let items = fees::fee_items_of(tx, school)?.into_iter().map(|row| (row.id, row.name));
    let items = items.collect();
    let rounds = fees::rounds_of(tx, school)?.into_iter().map(|row| (row.id, row.name)).collect();
    Ok(Names { school: row.map(|row| row.name).unwrap_or_default(), items, rounds })
}

fn shares_of<'r>(rows: impl Iterator<Item = &'r AllocationRow>) -> Result<Shares, ServiceError> {
    let mut shares = Shares::new();
    for row in rows {
        if let (Some(invoice), Some(line)) = (row.invoice_id, row.invoice_line_id) {
            let share = shares.entry((invoice, line)).or_default();
            *share = share.checked_add(row.amount_dong).ok_or_else(ServiceError::overflow)?;
        }
    }
    Ok(shares)
}

/// The number of a stored receipt.
pub(crate) fn number_of(row: &ReceiptRow) -> ReceiptNumber {
    ReceiptNumber { year: SchoolYear::beginning(row.school_year), number: row.number }
}
