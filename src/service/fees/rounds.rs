//! Collection rounds before they are issued: whom they are for, what is in them, by when.

use serde::{Deserialize, Serialize};

use super::{ItemsByWord, blank, record};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::{InstalmentPlan, InstalmentPlanError, PlannedInstalment, Scope};
use crate::domain::id::{RoundId, SchoolId};
use crate::domain::money::Vnd;
use crate::service::limits;
use crate::service::users::names;
use crate::service::{Actor, ServiceError, directory};
use crate::store::directory::bank_accounts_of;
use crate::store::fees::{self, RoundRow};
use crate::store::rounds::{self as store, RoundItemRow};
use crate::store::{Store, StoreError, Tx};

/// What a round is.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct RoundTerms {
    /// For people: `Tháng 11/2026`.
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
    /// Whom it is for: `{"of":"school"}`, or `grades`, `classes`, `students` with `which`.
    #[schema(value_type = Object)]
    pub scope: Scope,
    /// The first day of what is charged for; it decides prices, choices, exemptions and the school year.
    #[schema(value_type = String, format = Date)]
    pub from: Day,
    /// The last day of it.
    #[schema(value_type = String, format = Date)]
    pub to: Day,
    /// The last day to pay.
    #[schema(value_type = String, format = Date)]
    pub due_on: Day,
    /// The number of the school's account it is to be paid to; the only one where there is one.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub account: Option<String>,
    /// What is charged, in the order of the invoice.
    pub items: Vec<ItemOfRound>,
    /// The parts in which an invoice may be paid; their percents make 100.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub instalments: Vec<PlannedInstalment>,
}

/// A fee item in a round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemOfRound {
    /// Its code or name.
    pub item: String,
    /// How many units everybody had, where nothing else is said of a student.
    #[serde(default = "one")]
    pub quantity: i64,
    /// The round's own price of one unit, in place of the price list.
    #[serde(default)]
    pub price: Option<Vnd>,
}

const fn one() -> i64 {
    1
}

/// A round as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct RoundView {
    /// Its id, as addresses of pages name it.
    #[serde(skip)]
    pub id: i64,
    /// Its code, unique in the school.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `listed` (read from a list), `draft` or `issued`.
    pub state: String,
    /// What it is; absent where it was read from a list.
    pub terms: Option<RoundTerms>,
    /// Who issued it.
    pub issued_by: Option<String>,
    /// When, in UTC.
    pub issued_at: Option<String>,
    /// The fingerprint of what was issued.
    pub fingerprint: Option<String>,
}

/// Makes a draft, or changes one. A round that was issued or listed is never changed.
pub fn set(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &RoundTerms,
) -> Result<RoundId, ServiceError> {
    check(code, terms)?;
    put(store, clock, actor, (school, code.trim()), terms, |_, _| Ok(()))
}

/// Refuses what no round can be.
pub(super) fn check(code: &str, terms: &RoundTerms) -> Result<(), ServiceError> {
    if code.trim().is_empty() {
        return Err(blank("code", "mã đợt thu", "A code of the round"));
    }
    if terms.name.trim().is_empty() {
        return Err(blank("name", "tên đợt thu", "A name of the round"));
    }
    if terms.to < terms.from {
        return Err(super::catalogue::dates_reversed());
    }
    Ok(())
}

/// Writes a draft, unless `check` refuses it in view of the round that has the code already.
pub(super) fn put(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &RoundTerms,
    check: impl Fn(&RoundRow, Option<RoundTerms>) -> Result<(), ServiceError>,
) -> Result<RoundId, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let known = store::find(tx, school.0, code)?;
        if let Some(known) = &known {
            must_be_draft(tx, known)?;
            check(known, terms_of(tx, known)?)?;
        }
        let row = RoundRow {
            scope: Some(json(&terms.scope)?),
            period_from: Some(terms.from),
            period_to: Some(terms.to),
            due_on: Some(terms.due_on),
            bank_account_id: account_of(tx, school, terms)?,
            instalments: plan_of(&terms.instalments)?.as_ref().map(json).transpose()?,
            name: terms.name.trim().to_owned(),
            state: "draft".to_owned(),
            ..match &known {
                Some(known) => known.clone(),
                None => RoundRow::listed(tx.next_id()?, school.0, code.to_owned(), String::new()),
            }
        };
        match known {
            Some(_) => store::update(tx, &row)?,
            None => fees::insert_rounds(tx, std::slice::from_ref(&row))?,
        }
        let items = items_of(tx, school, row.id, &terms.items)?;
        store::set_items(tx, row.id, &items)?;
        let detail = serde_json::json!({ "code": row.code, "terms": terms });
        record(tx, school.0, (actor, clock.now()), ("round.set", "round", row.id), &detail)?;
        Ok(RoundId(row.id))
    })
}

/// The rounds of a school, newest first.
pub fn list(store: &Store, school: SchoolId) -> Result<Vec<RoundView>, ServiceError> {
    store.read(|tx| {
        let mut views = Vec::new();
        for row in fees::rounds_of(tx, school.0)?.into_iter().rev() {
            views.push(view(tx, row)?);
        }
        Ok(views)
    })
}

/// The round with this code.
pub fn find(store: &Store, school: SchoolId, code: &str) -> Result<RoundView, ServiceError> {
    store.read(|tx| {
        let row = load(tx, school, code)?;
        view(tx, row)
    })
}

/// The row of the round with this code.
pub fn id_of(store: &Store, school: SchoolId, code: &str) -> Result<i64, ServiceError> {
    store.read(|tx| Ok(load(tx, school, code)?.id))
}

pub(crate) fn load(
    tx: &mut Tx<'_>,
    school: SchoolId,
    code: &str,
) -> Result<RoundRow, ServiceError> {
    store::find(tx, school.0, code)?
        .ok_or_else(|| ServiceError::not_found("round", "đợt thu", "round", code))
}

pub(super) fn must_be_draft(tx: &mut Tx<'_>, round: &RoundRow) -> Result<(), ServiceError> {
    match round.state.as_str() {
        "draft" => Ok(()),
        "issued" => {
            let by = names::renamed(tx, round.issued_by.as_deref().unwrap_or_default())?;
            Err(already_issued(round, &by))
        }
        _ => Err(ServiceError::conflict(
            "round_listed",
            format!(
                "Đợt thu {} có sẵn từ danh sách đã nhập, không soạn lại được. Hãy dùng mã khác.",
                round.code
            ),
            format!(
                "Round {} came with a list and cannot be made again. Use another code.",
                round.code
            ),
        )),
    }
}

fn already_issued(round: &RoundRow, by: &str) -> ServiceError {
    let by = by.strip_prefix("user:").unwrap_or(by);
    ServiceError::conflict(
        "round_issued",
        format!(
            "Đợt thu {} đã được {by} phát hành. Muốn sửa, điều chỉnh từng khoản phải thu hoặc lập đợt thu mới.",
            round.code
        ),
        format!(
            "Round {} has been issued by {by}. Correct single invoices, or make another round.",
            round.code
        ),
    )
}

/// What a stored text of ours says; one that cannot be read is a fault of the database.
pub(super) fn stored<T: serde::de::DeserializeOwned>(
    text: Option<&str>,
    what: &str,
) -> Result<Option<T>, ServiceError> {
    text.map(serde_json::from_str)
        .transpose()
        .map_err(|error| StoreError::Corrupt(format!("{what}: {error}")).into())
}

fn json(value: &impl Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("a round: {error}")).into())
}

fn account_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    terms: &RoundTerms,
) -> Result<Option<i64>, ServiceError> {
    let mut accounts = bank_accounts_of(tx, school.0)?;
    accounts.retain(|row| row.gateway.is_none());
    accounts.retain(|row| {
        crate::domain::calendar::valid_on(terms.due_on, row.valid_from, row.valid_to)
    });
    let Some(number) = &terms.account else {
        return match accounts.as_slice() {
            [only] => Ok(Some(only.id)),
            [] => Ok(None),
            _ => Err(ServiceError::refused(Diagnostic::new(
                "account_needed",
                "Trường có nhiều tài khoản nhận tiền. Ghi rõ số tài khoản của đợt thu.",
                "The school has several accounts. Name the one this round is paid to.",
            ))),
        };
    };
    let wanted = directory::account_number(number);
    match accounts.iter().find(|row| row.number == wanted) {
        Some(row) => Ok(Some(row.id)),
        None => Err(ServiceError::not_found(
            "bank_account",
            "tài khoản nhận tiền của trường",
            "account of the school",
            number,
        )),
    }
}

fn plan_of(parts: &[PlannedInstalment]) -> Result<Option<InstalmentPlan>, ServiceError> {
    if parts.is_empty() {
        return Ok(None);
    }
    InstalmentPlan::new(parts.to_vec()).map(Some).map_err(|error| {
        ServiceError::refused(match error {
            InstalmentPlanError::Shares => Diagnostic::new(
                "instalment_shares",
                "Tỷ lệ các lần nộp phải lớn hơn 0 và cộng lại đúng 100 %. Sửa lại các tỷ lệ.",
                "The instalments' percents must be above 0 and make 100. Correct them.",
            ),
            InstalmentPlanError::Days => Diagnostic::new(
                "instalment_days",
                "Hạn nộp các lần phải theo thứ tự, lần sau muộn hơn lần trước. Sửa lại các ngày.",
                "The instalments' days must come one after the other. Correct them.",
            ),
        })
    })
}

fn items_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    round: i64,
    items: &[ItemOfRound],
) -> Result<Vec<RoundItemRow>, ServiceError> {
    let known = ItemsByWord::load(tx, school.0)?;
    let mut rows: Vec<RoundItemRow> = Vec::with_capacity(items.len());
    for (position, item) in (0_i32..).zip(items) {
        let row = known.load_one(&item.item)?;
        if item.quantity < 0 || item.price.is_some_and(|price| price < Vnd::ZERO) {
            return Err(ServiceError::refused(Diagnostic::new(
                "negative_item",
                format!("Khoản thu {}: số lượng và đơn giá không thể âm.", row.code),
                format!("Fee item {}: neither quantity nor price can be negative.", row.code),
            )));
        }
        if rows.iter().any(|other| other.fee_item_id == row.id) {
            return Err(ServiceError::refused(Diagnostic::new(
                "item_twice",
                format!("Khoản thu {} có hai lần trong đợt thu. Giữ lại một lần.", row.code),
                format!("Fee item {} is in the round twice. Keep one of them.", row.code),
            )));
        }
        rows.push(RoundItemRow {
            id: tx.next_id()?,
            school_id: school.0,
            round_id: round,
            fee_item_id: row.id,
            position,
            quantity: item.quantity,
            price_dong: item.price.map(Vnd::dong),
        });
    }
    Ok(rows)
}

pub(super) fn view(tx: &mut Tx<'_>, row: RoundRow) -> Result<RoundView, ServiceError> {
    Ok(RoundView {
        id: row.id,
        terms: terms_of(tx, &row)?,
        issued_at: row.issued_at.map(|at| at.and_utc().to_rfc3339()),
        code: row.code,
        name: row.name,
        state: row.state,
        issued_by: row.issued_by,
        fingerprint: row.fingerprint,
    })
}

fn terms_of(tx: &mut Tx<'_>, row: &RoundRow) -> Result<Option<RoundTerms>, ServiceError> {
    let scope: Option<Scope> = stored(row.scope.as_deref(), "scope of a round")?;
    let (Some(scope), Some(from), Some(to), Some(due_on)) =
        (scope, row.period_from, row.period_to, row.due_on)
    else {
        return Ok(None);
    };
    let codes: std::collections::HashMap<i64, String> = fees::fee_items_of(tx, row.school_id)?
        .into_iter()
        .map(|item| (item.id, item.code))
        .collect();
    let account = bank_accounts_of(tx, row.school_id)?
        .into_iter()
        .find(|account| Some(account.id) == row.bank_account_id)
        .map(|account| account.number);
    let items = store::items_of(tx, row.id)?
        .into_iter()
        .map(|item| ItemOfRound {
            item: codes.get(&item.fee_item_id).cloned().unwrap_or_default(),
            quantity: item.quantity,
            price: item.price_dong.map(Vnd::new),
        })
        .collect();
    let plan: Option<InstalmentPlan> =
        stored(row.instalments.as_deref(), "instalments of a round")?;
    Ok(Some(RoundTerms {
        name: row.name.clone(),
        scope,
        from,
        to,
        due_on,
        account,
        items,
        instalments: plan.map(|plan| plan.parts().to_vec()).unwrap_or_default(),
    }))
}
