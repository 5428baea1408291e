//! Finds what each deposit carries whenever vouchers, slips or lines of the bank change, and writes
//! only what differs. What a person said of a line stands, and what a closed month has.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDateTime;

use crate::domain::deposit::{Line, Outcome, Taken, match_deposits};
use crate::domain::money::Vnd;
use crate::service::periods::guard;
use crate::service::{MACHINE, ServiceError};
use crate::store::audit::{self, AuditFact};
use crate::store::cash::{self, DepositItemRow, DepositRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Tx, payouts, rulings};

/// What a line of the bank brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Cash that staff carried.
    Cash,
    /// What a card terminal collected.
    Pos,
}

impl Kind {
    pub const BOTH: [Kind; 2] = [Kind::Cash, Kind::Pos];

    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Cash => "cash",
            Kind::Pos => "pos",
        }
    }

    /// The channel by which such a line came.
    pub const fn channel(self) -> &'static str {
        match self {
            Kind::Cash => "staff_deposit",
            Kind::Pos => "pos",
        }
    }
}

/// Everything that deposits are made of.
#[derive(Debug)]
pub(super) struct Scene {
    pub rows: Vec<DepositRow>,
    contents: HashMap<i64, Vec<i64>>,
    /// Lines of the bank that are deposits or may be.
    pub lines: BTreeMap<i64, PaymentRow>,
    taken: BTreeMap<Kind, Vec<Taken>>,
    in_doubt: HashSet<i64>,
    paid_out: HashSet<i64>,
}

impl Scene {
    pub fn load(tx: &mut Tx<'_>, school: i64) -> Result<Scene, ServiceError> {
        let rows = cash::deposits_of(tx, school)?;
        let mut contents: HashMap<i64, Vec<i64>> = HashMap::new();
        for item in cash::items_of(tx, school)? {
            contents.entry(item.deposit_id).or_default().push(item.payment_id);
        }
        for items in contents.values_mut() {
            items.sort_unstable();
        }
        let mut lines: BTreeMap<i64, PaymentRow> =
            cash::lines(tx, school)?.into_iter().map(|row| (row.id, row)).collect();
        let ids: Vec<i64> = rows.iter().map(|row| row.payment_id).collect();
        for row in payments::payments_by_id(tx, &ids)? {
            if !row.voided {
                lines.insert(row.id, row);
            }
        }
        let vouchers = cash::vouchers(tx, school, (None, None))?;
        let of_vouchers = vouchers.into_iter().filter(|(row, _)| row.voided_at.is_none()).map(
            |(row, payment)| Taken {
                id: payment.id,
                day: row.received_on,
                place: row.number,
                amount: Vnd::new(payment.amount_dong),
            },
        );
        let slips = cash::slips(tx, school, (None, None))?;
        let of_slips =
            slips.into_iter().filter(|(row, _)| row.voided_at.is_none()).map(|(row, payment)| {
                Taken {
                    id: payment.id,
                    day: row.paid_on,
                    place: row.id,
                    amount: Vnd::new(payment.amount_dong),
                }
            });
        let taken =
            BTreeMap::from([(Kind::Cash, of_vouchers.collect()), (Kind::Pos, of_slips.collect())]);
        Ok(Scene {
            rows,
            contents,
            lines,
            taken,
            in_doubt: rulings::doubts_of(tx, school)?
                .into_iter()
                .map(|row| row.payment_id)
                .collect(),
            paid_out: payouts::payouts_of(tx, school)?
                .into_iter()
                .filter(|row| row.state == "matched")
                .map(|row| row.payment_id)
                .collect(),
        })
    }

    /// The vouchers or slips that count, by their payments.
    pub fn taken(&self, kind: Kind) -> &[Taken] {
        self.taken.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// What a deposit carries, in the order of ids.
    pub fn items_in(&self, deposit: i64) -> &[i64] {
        self.contents.get(&deposit).map_or(&[], Vec::as_slice)
    }

    pub fn is_in_doubt(&self, line: i64) -> bool {
        self.in_doubt.contains(&line)
    }

    /// Whether everything a deposit rests on is still there.
    fn holds(&self, row: &DepositRow) -> bool {
        let kind = if row.kind == Kind::Pos.as_str() { Kind::Pos } else { Kind::Cash };
        let counts: HashSet<i64> = self.taken(kind).iter().map(|one| one.id).collect();
        self.lines.contains_key(&row.payment_id)
            && self.items_in(row.id).iter().all(|id| counts.contains(id))
    }

    /// Whether a line is one of a kind, by its text or because a person said so, and free to carry
    /// something.
    pub fn is_open(&self, line: &PaymentRow, kind: Kind) -> bool {
        line.channel == kind.channel()
            && line.decision_kind == "not_income"
            && line.allocated_dong + line.credited_dong + line.refunded_dong == 0
            && !self.paid_out.contains(&line.id)
    }

    /// What the lines given may carry of all that no deposit among `rows` carries.
    pub fn outcomes<'a>(
        &'a self,
        kind: Kind,
        lines: impl Iterator<Item = &'a PaymentRow>,
        rows: impl Iterator<Item = &'a DepositRow>,
    ) -> BTreeMap<i64, Outcome> {
        let carried: HashSet<i64> = rows.flat_map(|row| self.items_in(row.id)).copied().collect();
        let free: Vec<Taken> =
            self.taken(kind).iter().filter(|one| !carried.contains(&one.id)).copied().collect();
        let lines: Vec<Line> = lines
            .map(|row| Line {
                id: row.id,
                day: row.booking_date,
                amount: Vnd::new(row.amount_dong),
            })
            .collect();
        match_deposits(&free, &lines)
    }
}

/// Makes the books say what each deposit carries. The school's row is locked.
pub(crate) fn refresh(tx: &mut Tx<'_>, school: i64, at: NaiveDateTime) -> Result<(), ServiceError> {
    if !cash::has_taken(tx, school)? {
        return Ok(());
    }
    let scene = Scene::load(tx, school)?;
    let mut ids: Vec<i64> = scene.rows.iter().map(|row| row.payment_id).collect();
    ids.extend(scene.contents.values().flatten());
    let frozen = guard::frozen(tx, school, &ids)?;
    let is_closed = |row: &DepositRow| {
        frozen.contains(&row.payment_id)
            || scene.items_in(row.id).iter().any(|id| frozen.contains(id))
    };
    let said =
        |row: &&DepositRow| (row.decided_by != MACHINE || is_closed(row)) && scene.holds(row);
    let stands: HashSet<i64> = scene.rows.iter().filter(said).map(|row| row.payment_id).collect();
    let mut wanted: BTreeMap<i64, (Kind, Vec<i64>)> = BTreeMap::new();
    for kind in Kind::BOTH {
        let lines = scene.lines.values().filter(|line| {
            scene.is_open(line, kind) && !stands.contains(&line.id) && !scene.is_in_doubt(line.id)
        });
        for (line, outcome) in scene.outcomes(kind, lines, scene.rows.iter().filter(said)) {
            if let Outcome::Carries(mut items) = outcome {
                items.sort_unstable();
                wanted.insert(line, (kind, items));
            }
        }
    }
    let mut gone = Vec::new();
    let mut facts = Vec::new();
    for row in &scene.rows {
        if stands.contains(&row.payment_id) {
            continue;
        }
        let items = scene.items_in(row.id);
        let same = wanted
            .get(&row.payment_id)
            .is_some_and(|(kind, wanted)| kind.as_str() == row.kind && wanted == items);
        if same && row.decided_by == MACHINE {
            wanted.remove(&row.payment_id);
            continue;
        }
        gone.push(row.id);
        let detail = serde_json::json!({ "items": items });
        facts.push(fact(MACHINE, "deposit.open", row.payment_id, &detail));
    }
    cash::delete_deposits(tx, &gone)?;
    let (mut rows, mut contents) = (Vec::new(), Vec::new());
    for (line, (kind, items)) in wanted {
        let Some(amount) = scene.lines.get(&line).map(|row| Vnd::new(row.amount_dong)) else {
            continue;
        };
        let new = Carried { line, kind, items, gross: amount, fee: Vnd::ZERO };
        facts.push(fact(MACHINE, "deposit.match", line, &new.said()));
        let (row, more) = new.rows(tx, school, (MACHINE, at))?;
        rows.push(row);
        contents.extend(more);
    }
    cash::insert_deposits(tx, &rows)?;
    cash::insert_items(tx, &contents)?;
    Ok(audit::append(tx, school, at, facts)?)
}

/// A line and what it carries.
pub(super) struct Carried {
    pub line: i64,
    pub kind: Kind,
    pub items: Vec<i64>,
    pub gross: Vnd,
    pub fee: Vnd,
}

impl Carried {
    pub fn rows(
        &self,
        tx: &mut Tx<'_>,
        school: i64,
        (by, at): (&str, NaiveDateTime),
    ) -> Result<(DepositRow, Vec<DepositItemRow>), ServiceError> {
        let row = DepositRow {
            id: tx.next_id()?,
            school_id: school,
            payment_id: self.line,
            kind: self.kind.as_str().to_owned(),
            state: "matched".to_owned(),
            gross_dong: self.gross.dong(),
            fee_dong: self.fee.dong(),
            decided_by: by.to_owned(),
            decided_at: at,
            note: None,
        };
        let mut items = Vec::with_capacity(self.items.len());
        for payment in &self.items {
            items.push(DepositItemRow {
                id: tx.next_id()?,
                school_id: school,
                deposit_id: row.id,
                payment_id: *payment,
            });
        }
        Ok((row, items))
    }

    /// What the audit record says.
    pub fn said(&self) -> serde_json::Value {
        serde_json::json!({
            "fee": self.fee, "gross": self.gross, "items": self.items, "kind": self.kind.as_str(),
        })
    }
}

/// An audit record about a deposit.
pub(super) fn fact(
    actor: &str,
    action: &'static str,
    line: i64,
    detail: &serde_json::Value,
) -> AuditFact {
    AuditFact {
        actor: actor.to_owned(),
        action,
        subject_kind: "payment",
        subject_id: line,
        detail: detail.to_string(),
    }
}
