//! Fee items one by one, as somebody at a screen adds and changes them.

use super::catalogue::{self, ItemTerms, ItemView};
use crate::clock::Clock;
use crate::domain::id::{FeeItemId, SchoolId};
use crate::domain::text::squeeze;
use crate::service::{Actor, ServiceError};
use crate::store::Store;
use crate::store::fees::FeeItemRow;

/// Adds a fee item; without a code it gets one from its name. Adding the same twice adds it once;
/// another item's code is refused.
pub fn add(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, code): (SchoolId, &str),
    terms: &ItemTerms,
) -> Result<FeeItemId, ServiceError> {
    let own = squeeze(&terms.name);
    let code = if code.trim().is_empty() { own.as_str() } else { code.trim() };
    if squeeze(code).is_empty() {
        return Err(super::blank("name", "tên khoản thu", "A name of the fee item"));
    }
    catalogue::put_item(store, clock, actor, (school, code), terms, |known, official| match known {
        Some(known) if !says_the_same(known, terms, official) => Err(taken(known)),
        _ => Ok(()),
    })
}

fn says_the_same(known: &FeeItemRow, terms: &ItemTerms, official: Option<i64>) -> bool {
    (known.name.as_str(), known.unit.as_str(), known.compulsory, known.priority)
        == (terms.name.trim(), terms.unit.as_str(), terms.compulsory, terms.priority)
        && (known.official_code_id, known.retired_on) == (official, terms.retired_on)
}

/// Changes the fee item with this id; its code stays.
pub fn change(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    (school, id): (SchoolId, i64),
    terms: &ItemTerms,
) -> Result<(), ServiceError> {
    let code = by_id(store, school, id)?.code;
    catalogue::set_item(store, clock, actor, (school, &code), terms).map(|_| ())
}

/// The fee item with this id.
pub fn by_id(store: &Store, school: SchoolId, id: i64) -> Result<ItemView, ServiceError> {
    let found = catalogue::items(store, school)?.into_iter().find(|item| item.id == id);
    found.ok_or_else(|| {
        ServiceError::not_found("fee_item", "khoản thu số", "fee item", &id.to_string())
    })
}

fn taken(known: &FeeItemRow) -> ServiceError {
    let (code, name) = (&known.code, &known.name);
    ServiceError::conflict(
        "fee_item_known",
        format!("Mã {code} đã dùng cho khoản thu “{name}”. Ghi mã khác, hoặc sửa khoản thu đó."),
        format!(
            "The code {code} is that of the fee item “{name}”. Write another, or change that one."
        ),
    )
}
