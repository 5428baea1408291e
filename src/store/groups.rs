//! Payments confirmed together, and what persons decided lately.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::decisions::DecisionRow;
use super::schema::{decision_group_members, decision_groups, decisions};
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `decision_groups`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision_groups, treat_none_as_default_value = false)]
pub struct GroupRow {
    pub id: i64,
    pub school_id: i64,
    pub rule: String,
    pub payments: i64,
    pub amount_dong: i64,
    /// The last of its decisions: where a list of decisions shows the group.
    pub last_decision_id: i64,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
    pub undone_by: Option<String>,
    pub undone_at: Option<NaiveDateTime>,
}

/// A row of `decision_group_members`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = decision_group_members, treat_none_as_default_value = false)]
pub struct GroupMemberRow {
    pub id: i64,
    pub school_id: i64,
    pub group_id: i64,
    pub payment_id: i64,
    pub decision_id: i64,
}

pub fn insert_group(
    tx: &mut Tx<'_>,
    group: &GroupRow,
    members: &[GroupMemberRow],
) -> Result<(), StoreError> {
    diesel::insert_into(decision_groups::table).values(group.clone()).execute(tx.conn())?;
    dialect::insert_all::<decision_group_members::table, GroupMemberRow>(
        tx,
        decision_group_members::table,
        members,
    )
}

pub fn group(tx: &mut Tx<'_>, id: i64) -> Result<Option<GroupRow>, StoreError> {
    Ok(decision_groups::table.find(id).select(GroupRow::as_select()).first(tx.conn()).optional()?)
}

pub fn groups_by_id(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<GroupRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            decision_groups::table
                .filter(decision_groups::id.eq_any(chunk))
                .select(GroupRow::as_select())
                .load::<GroupRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// The members of a group, in the order in which they were confirmed.
pub fn members_of(tx: &mut Tx<'_>, group: i64) -> Result<Vec<GroupMemberRow>, StoreError> {
    Ok(decision_group_members::table
        .filter(decision_group_members::group_id.eq(group))
        .order(decision_group_members::decision_id)
        .select(GroupMemberRow::as_select())
        .load(tx.conn())?)
}

/// The memberships of some decisions.
pub fn memberships(tx: &mut Tx<'_>, ids: &[i64]) -> Result<Vec<GroupMemberRow>, StoreError> {
    let mut found = Vec::new();
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            decision_group_members::table
                .filter(decision_group_members::decision_id.eq_any(chunk))
                .select(GroupMemberRow::as_select())
                .load::<GroupMemberRow>(tx.conn())?,
        );
    }
    Ok(found)
}

/// Notes who undid a group; the first time counts.
pub fn mark_undone(
    tx: &mut Tx<'_>,
    group: i64,
    by: &str,
    at: NaiveDateTime,
) -> Result<(), StoreError> {
    diesel::update(decision_groups::table.find(group))
        .filter(decision_groups::undone_at.is_null())
        .set((decision_groups::undone_by.eq(by), decision_groups::undone_at.eq(at)))
        .execute(tx.conn())?;
    Ok(())
}

/// What persons decided about a school's payments, newest first, before a decision.
pub fn by_persons(
    tx: &mut Tx<'_>,
    school: i64,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<DecisionRow>, StoreError> {
    let mut query = decisions::table
        .filter(decisions::school_id.eq(school))
        .filter(sql::<Bool>("decided_by <> 'machine'"))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(decisions::id.lt(before));
    }
    Ok(query
        .order(decisions::id.desc())
        .limit(limit)
        .select(DecisionRow::as_select())
        .load(tx.conn())?)
}
