//! What persons decided lately, newest first, with what can still be undone. Lines that were
//! confirmed together are one item.

use std::collections::HashMap;

use serde::Serialize;

use crate::domain::calendar::Day;
use crate::domain::id::{DecisionId, PaymentId, SchoolId};
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::service::explain::{by_name, kind_text, stamp};
use crate::service::periods::guard;
use crate::service::{ServiceError, Store, decide};
use crate::store::decisions::DecisionRow;
use crate::store::groups::{self, GroupMemberRow, GroupRow};
use crate::store::payments::{self, PaymentRow};
use crate::store::{Tx, queue};

/// The most decisions that one request looks at: those about cash are not of the queue.
const LOOK: usize = 600;

/// The most payments of a group that are looked at to know whether it can be undone.
const MEMBERS: usize = 200;

/// Something a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct HistoryItem {
    /// The group, where several lines were confirmed together.
    pub group: Option<i64>,
    /// The line, where it was one.
    pub payment: Option<PaymentId>,
    /// The decision; of a group its last.
    pub decision: DecisionId,
    /// The line's day, where it was one.
    #[schema(value_type = Option<String>, format = Date)]
    pub booking_date: Option<Day>,
    /// What was done, in words.
    pub text: String,
    /// How many lines.
    pub count: i64,
    /// Their sum.
    pub sum: Vnd,
    /// Who, for people.
    pub by: String,
    /// When, by the clock in Vietnam.
    pub at: String,
    /// Why, where a person said so.
    pub note: Option<String>,
    /// Who undid it, and when.
    pub undone: Option<(String, String)>,
    /// Whether it can be undone now.
    pub undoable: bool,
}

/// A page of what persons decided about a school's lines, and where the next page begins.
pub fn page(
    store: &Store,
    school: SchoolId,
    before: Option<i64>,
    limit: u32,
    lang: Lang,
) -> Result<(Vec<HistoryItem>, Option<i64>), ServiceError> {
    let limit = usize::try_from(limit.clamp(1, 200)).unwrap_or(200);
    store.read(|tx| {
        let look = i64::try_from(LOOK).unwrap_or(i64::MAX);
        let rows = groups::by_persons(tx, school.0, before, look)?;
        let end = rows.len() < LOOK;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let members: HashMap<i64, GroupMemberRow> =
            groups::memberships(tx, &ids)?.into_iter().map(|row| (row.decision_id, row)).collect();
        let mut group_ids: Vec<i64> = members.values().map(|member| member.group_id).collect();
        group_ids.sort_unstable();
        group_ids.dedup();
        let known: HashMap<i64, GroupRow> =
            groups::groups_by_id(tx, &group_ids)?.into_iter().map(|row| (row.id, row)).collect();
        let mut chosen: Vec<(DecisionRow, Option<GroupRow>)> = Vec::new();
        let mut last = None;
        let mut full = false;
        for row in rows {
            let group = members.get(&row.id).and_then(|member| known.get(&member.group_id));
            let shown = match group {
                Some(group) => group.last_decision_id == row.id,
                None => row.rule.starts_with("person"),
            };
            if shown && chosen.len() == limit {
                full = true;
                break;
            }
            last = Some(row.id);
            if shown {
                chosen.push((row, group.cloned()));
            }
        }
        let next = last.filter(|_| full || !end);
        Ok((items(tx, school.0, chosen, lang)?, next))
    })
}

fn items(
    tx: &mut Tx<'_>,
    school: i64,
    chosen: Vec<(DecisionRow, Option<GroupRow>)>,
    lang: Lang,
) -> Result<Vec<HistoryItem>, ServiceError> {
    let ids: Vec<i64> = chosen.iter().map(|(row, _)| row.payment_id).collect();
    let rows: HashMap<i64, PaymentRow> =
        payments::payments_by_id(tx, &ids)?.into_iter().map(|row| (row.id, row)).collect();
    let closed = guard::frozen(tx, school, &ids)?;
    let reversed = undone_by(tx, &chosen, &rows)?;
    let mut items = Vec::with_capacity(chosen.len());
    for (row, group) in chosen {
        let by = by_name(&row.decided_by, lang);
        let at = stamp(row.decided_at);
        if let Some(group) = group {
            items.push(HistoryItem {
                payment: None,
                decision: DecisionId(row.id),
                booking_date: None,
                text: match lang {
                    Lang::Vi => format!("Xác nhận cùng lúc {} dòng", group.payments),
                    Lang::En => format!("Confirmed {} lines together", group.payments),
                },
                count: group.payments,
                sum: Vnd::new(group.amount_dong),
                by,
                at,
                note: None,
                undone: group
                    .undone_by
                    .as_deref()
                    .zip(group.undone_at)
                    .map(|(by, at)| (by_name(by, lang), stamp(at))),
                undoable: stands(tx, school, group.id)?,
                group: Some(group.id),
            });
            continue;
        }
        let Some(payment) = rows.get(&row.payment_id) else { continue };
        let holds = payment.decision_id == Some(row.id) && !payment.voided;
        let reversal = row.rule == decide::REVERSAL;
        items.push(HistoryItem {
            group: None,
            payment: Some(PaymentId(payment.id)),
            decision: DecisionId(row.id),
            booking_date: Some(payment.booking_date),
            text: match (reversal, lang) {
                (true, Lang::Vi) => "bỏ khớp".to_owned(),
                (true, Lang::En) => "taken back".to_owned(),
                (false, _) => kind_text(&row.kind, lang).to_owned(),
            },
            count: 1,
            sum: Vnd::new(payment.amount_dong),
            by,
            at,
            undone: reversed
                .get(&row.id)
                .map(|one| (by_name(&one.decided_by, lang), stamp(one.decided_at))),
            undoable: holds && !reversal && !closed.contains(&payment.id),
            note: row.note,
        });
    }
    Ok(items)
}

/// The decisions by which others were taken back, by those.
fn undone_by(
    tx: &mut Tx<'_>,
    chosen: &[(DecisionRow, Option<GroupRow>)],
    rows: &HashMap<i64, PaymentRow>,
) -> Result<HashMap<i64, DecisionRow>, ServiceError> {
    let mut found = HashMap::new();
    for (row, group) in chosen {
        let payment = rows.get(&row.payment_id);
        let gone = payment.is_some_and(|payment| payment.decision_id != Some(row.id));
        if group.is_some() || !gone {
            continue;
        }
        let next = queue::decision_after(tx, row.payment_id, row.id)?;
        if let Some(next) = next.filter(|next| next.rule == decide::REVERSAL) {
            found.insert(row.id, next);
        }
    }
    Ok(found)
}

/// Whether anything of a group still stands as it was confirmed, in a month that is open.
fn stands(tx: &mut Tx<'_>, school: i64, group: i64) -> Result<bool, ServiceError> {
    let mut members = groups::members_of(tx, group)?;
    members.truncate(MEMBERS);
    let ids: Vec<i64> = members.iter().map(|member| member.payment_id).collect();
    let closed = guard::frozen(tx, school, &ids)?;
    let rows = payments::payments_by_id(tx, &ids)?;
    Ok(rows.iter().any(|row| {
        !closed.contains(&row.id)
            && members.iter().any(|member| {
                member.payment_id == row.id && Some(member.decision_id) == row.decision_id
            })
    }))
}
