//! Fee items, their prices by zone, level and grade, and an authority's codes for them.

use serde::{Deserialize, Serialize};

use super::{ItemsByWord, blank, record};
use crate::clock::Clock;
use crate::domain::calendar::Day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::fee::Unit;
use crate::domain::id::{FeeItemId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::text::squeeze;
use crate::service::limits;
use crate::service::{Actor, ServiceError, directory};
use crate::store::audit::SYSTEM_CHAIN;
use crate::store::fee_catalogue::{self as store, FeePriceRow, OfficialFeeCodeRow};
use crate::store::fees::{self, FeeItemRow};
use crate::store::{Store, Tx, people};

/// What a fee item is.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct ItemTerms {
    /// For people: `Tiền ăn bán trú`.
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
    /// `time`, `day`, `month`, `term`, `year` or `piece`.
    #[schema(value_type = String)]
    pub unit: Unit,
    /// Whether a family has no choice.
    pub compulsory: bool,
    /// Which item money goes to first; 0 is first.
    pub priority: i32,
    /// The authority's code it is mapped to.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub official_code: Option<String>,
    /// Its last day; rounds that begin later do not take it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub retired_on: Option<Day>,
}

/// A price of one unit.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct PriceTerms {
    /// In đồng; 0 where the item costs nothing.
    pub price: Vnd,
    /// For this zone only.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub zone: Option<String>,
    /// For this level only: `preschool`, `primary`, `lower_secondary`, `upper_secondary`.
    #[serde(default)]
    #[garde(length(chars, max = limits::WORD))]
    pub level: Option<String>,
    /// For this grade only, 1 to 12.
    #[serde(default)]
    pub grade: Option<u8>,
    /// The first day it holds. The open price for the same students ends the day before.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day it holds.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// A fee item as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ItemView {
    /// Its id, as addresses of pages name it.
    #[serde(skip)]
    pub id: i64,
    /// Its code, unique in the school.
    pub code: String,
    /// What it is.
    #[serde(flatten)]
    pub terms: ItemTerms,
    /// Its prices, oldest first.
    pub prices: Vec<PriceTerms>,
}

/// An authority's code for a kind of fee.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct OfficialCode {
    /// The code.
    #[garde(length(chars, max = limits::WORD))]
    pub code: String,
    /// What it stands for.
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
}

/// Adds a fee item to a school, or changes what an item with this code is.
pub fn set_item(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &ItemTerms,
) -> Result<FeeItemId, ServiceError> {
    let code = code.trim();
    if code.is_empty() || squeeze(code).is_empty() {
        return Err(blank("code", "mã khoản thu", "A code of the fee item"));
    }
    if terms.name.trim().is_empty() {
        return Err(blank("name", "tên khoản thu", "A name of the fee item"));
    }
    put_item(store, clock, actor, (school, code), terms, |_, _| Ok(()))
}

/// Writes an item, unless `check` refuses it in view of the item that has the code already.
pub(super) fn put_item(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &ItemTerms,
    check: impl Fn(Option<&FeeItemRow>, Option<i64>) -> Result<(), ServiceError>,
) -> Result<FeeItemId, ServiceError> {
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let official_code_id = match &terms.official_code {
            Some(code) => Some(official(tx, school, code, clock)?.id),
            None => None,
        };
        let items = fees::fee_items_of(tx, school.0)?;
        let known = items.iter().find(|item| squeeze(&item.code) == squeeze(code));
        check(known, official_code_id)?;
        let row = FeeItemRow {
            id: match known {
                Some(known) => known.id,
                None => tx.next_id()?,
            },
            school_id: school.0,
            code: known.map_or_else(|| code.to_owned(), |known| known.code.clone()),
            name: terms.name.trim().to_owned(),
            priority: terms.priority,
            unit: terms.unit.as_str().to_owned(),
            compulsory: terms.compulsory,
            official_code_id,
            retired_on: terms.retired_on,
        };
        match known {
            Some(_) => store::update_fee_item(tx, &row)?,
            None => fees::insert_fee_items(tx, std::slice::from_ref(&row))?,
        }
        let detail =
            serde_json::json!({ "code": row.code, "new": known.is_none(), "terms": terms });
        record(tx, school.0, (actor, clock.now()), ("fee_item.set", "fee_item", row.id), &detail)?;
        Ok(FeeItemId(row.id))
    })
}

/// Gives a fee item a price. The price that held for the same students without an end ends the day
/// before; prices that would hold together are refused.
pub fn set_price(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, item): (SchoolId, &str),
    terms: &PriceTerms,
) -> Result<(), ServiceError> {
    if terms.price < Vnd::ZERO {
        return Err(ServiceError::refused(Diagnostic::new(
            "negative_price",
            format!("Đơn giá {} ₫ là số âm. Ghi số từ 0 trở lên.", terms.price.grouped()),
            format!("The price {} ₫ is negative. Write 0 or more.", terms.price.grouped()),
        )));
    }
    if terms.grade.is_some_and(|grade| !(1..=12).contains(&grade)) {
        return Err(ServiceError::refused(Diagnostic::new(
            "grade",
            "Khối lớp phải từ 1 đến 12. Bỏ trống nếu giá dùng cho mọi khối.",
            "A grade is 1 to 12. Leave it out where the price is for every grade.",
        )));
    }
    if matches!((terms.from, terms.to), (Some(from), Some(to)) if to < from) {
        return Err(dates_reversed());
    }
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let item = ItemsByWord::load(tx, school.0)?.load_one(item)?;
        let row = FeePriceRow {
            id: tx.next_id()?,
            school_id: school.0,
            fee_item_id: item.id,
            zone: terms.zone.clone(),
            level: terms.level.clone(),
            grade: terms.grade.map(i32::from),
            price_dong: terms.price.dong(),
            valid_from: terms.from,
            valid_to: terms.to,
        };
        for known in store::prices_of(tx, school.0)? {
            let same_students = known.fee_item_id == row.fee_item_id
                && (&known.zone, &known.level, known.grade) == (&row.zone, &row.level, row.grade);
            if !same_students || !meet(&known, &row) {
                continue;
            }
            // An open price gives way to one that begins after it.
            let day_before = row.valid_from.and_then(|first| first.pred_opt());
            match day_before {
                Some(last) if known.valid_to.is_none() && known.valid_from < row.valid_from => {
                    store::end_price(tx, known.id, last)?;
                }
                _ => return Err(price_twice(&item, &known)),
            }
        }
        store::insert_prices(tx, std::slice::from_ref(&row))?;
        let detail = serde_json::json!({ "item": item.code, "terms": terms });
        record(tx, school.0, (actor, clock.now()), ("fee_price.set", "fee_price", row.id), &detail)
    })
}

/// The fee items of a school in the order in which money goes to them.
pub fn items(store: &Store, school: SchoolId) -> Result<Vec<ItemView>, ServiceError> {
    store.read(|tx| {
        let prices = store::prices_of(tx, school.0)?;
        let codes = all_official(tx)?;
        let mut items = fees::fee_items_of(tx, school.0)?;
        items.sort_by(|one, other| (one.priority, &one.code).cmp(&(other.priority, &other.code)));
        Ok(items
            .into_iter()
            .map(|item| ItemView {
                id: item.id,
                prices: prices
                    .iter()
                    .filter(|price| price.fee_item_id == item.id)
                    .map(price_view)
                    .collect(),
                terms: ItemTerms {
                    name: item.name,
                    unit: Unit::parse(&item.unit).unwrap_or(Unit::Time),
                    compulsory: item.compulsory,
                    priority: item.priority,
                    official_code: codes
                        .iter()
                        .find(|code| Some(code.id) == item.official_code_id)
                        .map(|code| code.code.clone()),
                    retired_on: item.retired_on,
                },
                code: item.code,
            })
            .collect())
    })
}

/// The fee item with this code, or else with this name.
pub fn item(store: &Store, school: SchoolId, word: &str) -> Result<ItemView, ServiceError> {
    let mut items = items(store, school)?;
    let wanted = squeeze(word);
    let place = items
        .iter()
        .position(|item| squeeze(&item.code) == wanted)
        .or_else(|| items.iter().position(|item| squeeze(&item.terms.name) == wanted));
    match place {
        Some(place) => Ok(items.swap_remove(place)),
        None => Err(ServiceError::not_found("fee_item", "khoản thu", "fee item", word)),
    }
}

/// Adds an authority's codes for kinds of fees; codes that are known are left as they are. How many
/// were new.
pub fn add_official_codes(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    authority: &str,
    codes: &[OfficialCode],
) -> Result<usize, ServiceError> {
    store.write(|tx| {
        let authority = directory::load_authority(tx, authority)?;
        let known = store::official_codes_of(tx, &[authority.id])?;
        let mut rows: Vec<OfficialFeeCodeRow> = Vec::new();
        for new in codes {
            if new.code.trim().is_empty() || new.name.trim().is_empty() {
                return Err(blank("code", "mã và tên khoản thu", "Code and name of the fee"));
            }
            let is_known = known.iter().chain(&rows).any(|row| row.code == new.code.trim());
            if !is_known {
                rows.push(OfficialFeeCodeRow {
                    id: tx.next_id()?,
                    authority_id: authority.id,
                    code: new.code.trim().to_owned(),
                    name: new.name.trim().to_owned(),
                    valid_from: None,
                    valid_to: None,
                });
            }
        }
        store::insert_official_codes(tx, &rows)?;
        let detail = serde_json::json!({ "authority": authority.code, "added": rows.len() });
        let what = ("official_codes.add", "authority", authority.id);
        record(tx, SYSTEM_CHAIN, (actor, clock.now()), what, &detail)?;
        Ok(rows.len())
    })
}

/// The codes that hold for a school: those of every authority above it today.
pub fn official_codes(
    store: &Store,
    clock: &dyn Clock,
    school: SchoolId,
) -> Result<Vec<OfficialCode>, ServiceError> {
    store.read(|tx| {
        Ok(official_of(tx, school, clock)?
            .into_iter()
            .map(|row| OfficialCode { code: row.code, name: row.name })
            .collect())
    })
}

/// Which zone of the price list a school lies in, or one of its students; `None` for no zone.
pub fn set_zone(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, student): (SchoolId, Option<&str>),
    zone: Option<&str>,
) -> Result<(), ServiceError> {
    let zone = zone.map(str::trim).filter(|zone| !zone.is_empty());
    store.write(|tx| {
        directory::lock_school(tx, school)?;
        let (kind, id) = if let Some(code) = student {
            let row = people::find_student(tx, school.0, code)?
                .ok_or_else(|| ServiceError::not_found("student", "học sinh", "student", code))?;
            store::set_student_zone(tx, row.id, zone)?;
            ("student", row.id)
        } else {
            store::set_school_zone(tx, school.0, zone)?;
            ("school", school.0)
        };
        let detail = serde_json::json!({ "zone": zone });
        record(tx, school.0, (actor, clock.now()), ("fee_zone.set", kind, id), &detail)
    })
}

fn price_view(row: &FeePriceRow) -> PriceTerms {
    PriceTerms {
        price: Vnd::new(row.price_dong),
        zone: row.zone.clone(),
        level: row.level.clone(),
        grade: row.grade.and_then(|grade| u8::try_from(grade).ok()),
        from: row.valid_from,
        to: row.valid_to,
    }
}

fn meet(one: &FeePriceRow, other: &FeePriceRow) -> bool {
    let begins_in_time =
        |one: &FeePriceRow, other: &FeePriceRow| match (one.valid_from, other.valid_to) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
    begins_in_time(one, other) && begins_in_time(other, one)
}

fn all_official(tx: &mut Tx<'_>) -> Result<Vec<OfficialFeeCodeRow>, ServiceError> {
    let all: Vec<i64> =
        crate::store::directory::authorities(tx)?.into_iter().map(|row| row.id).collect();
    Ok(store::official_codes_of(tx, &all)?)
}

fn official_of(
    tx: &mut Tx<'_>,
    school: SchoolId,
    clock: &dyn Clock,
) -> Result<Vec<OfficialFeeCodeRow>, ServiceError> {
    let above = directory::authorities_above(tx, school, crate::clock::local_day(clock.now()))?;
    Ok(store::official_codes_of(tx, &above)?)
}

fn official(
    tx: &mut Tx<'_>,
    school: SchoolId,
    code: &str,
    clock: &dyn Clock,
) -> Result<OfficialFeeCodeRow, ServiceError> {
    official_of(tx, school, clock)?.into_iter().find(|row| row.code == code).ok_or_else(|| {
        ServiceError::not_found(
            "official_code",
            "mã khoản thu do cơ quan quản lý ban hành",
            "code issued by an authority above the school",
            code,
        )
    })
}

pub(super) fn dates_reversed() -> ServiceError {
    ServiceError::refused(Diagnostic::new(
        "dates_reversed",
        "Ngày cuối đứng trước ngày đầu. Sửa lại hai ngày.",
        "The last day comes before the first. Correct the days.",
    ))
}

fn price_twice(item: &FeeItemRow, known: &FeePriceRow) -> ServiceError {
    let dong = Vnd::new(known.price_dong).grouped();
    ServiceError::conflict(
        "price_twice",
        format!(
            "Khoản thu {} đã có đơn giá {dong} ₫ cho đúng đối tượng này trong cùng thời gian. Đổi ngày bắt đầu, hoặc kết thúc giá cũ trước.",
            item.code
        ),
        format!(
            "Fee item {} has the price {dong} ₫ for the same students at the same time. Let the new one begin later, or end the old one first.",
            item.code
        ),
    )
}
