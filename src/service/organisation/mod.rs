//! Who supervises which school on which day, as the database knows it.

pub mod authorities;
mod bad_rows;
pub mod change;
pub mod import;
pub mod places;
mod refusals;
pub mod school;
pub(crate) mod standing;

use crate::clock::Clock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::AuthorityId;
use crate::domain::organisation::{
    AuthorityKind, FormerName, Found, ParentChange, Placed, Span, Tree, Unit,
};
use crate::service::{Actor, ServiceError};
use crate::store::audit::{self, AuditFact};
use crate::store::directory::{self as rows, AuthorityRow, PlacementRow};
use crate::store::{StoreError, Tx, organisation as kept};

/// All authorities with their history.
pub(crate) fn tree(tx: &mut Tx<'_>) -> Result<Tree, ServiceError> {
    let mut tree = Tree::default();
    for row in rows::authorities(tx)? {
        tree.put(unit(row)?);
    }
    for row in kept::parents(tx)? {
        tree.change(ParentChange {
            unit: AuthorityId(row.authority_id),
            parent: row.parent_id.map(AuthorityId),
            from: row.valid_from,
        });
    }
    for row in kept::former_names(tx)? {
        let span = Span::new(row.valid_from, Some(row.valid_to));
        tree.was_called(FormerName {
            unit: AuthorityId(row.authority_id),
            span: span.ok_or_else(|| StoreError::Corrupt(format!("former name {}", row.id)))?,
            code: row.code,
            name: row.name,
        });
    }
    for row in kept::successors(tx)? {
        tree.follow(AuthorityId(row.authority_id), AuthorityId(row.successor_id));
    }
    Ok(tree)
}

/// A kind that nobody knows any more is shown as another one.
pub(crate) fn unit(row: AuthorityRow) -> Result<Unit, ServiceError> {
    let span = Span::new(row.valid_from, row.valid_to);
    Ok(Unit {
        id: AuthorityId(row.id),
        span: span.ok_or_else(|| StoreError::Corrupt(format!("days of authority {}", row.id)))?,
        kind: AuthorityKind::parse(&row.kind).unwrap_or(AuthorityKind::Other),
        first_parent: row.parent_id.map(AuthorityId),
        code: row.code,
        name: row.name,
    })
}

/// Placements with the days on which the authority exists.
pub(crate) fn placed(tree: &Tree, rows: &[PlacementRow]) -> Result<Vec<Placed>, ServiceError> {
    rows.iter()
        .map(|row| {
            let authority = AuthorityId(row.authority_id);
            let span = Span::new(row.valid_from, row.valid_to)
                .ok_or_else(|| StoreError::Corrupt(format!("days of placement {}", row.id)))?;
            let holds = tree.unit(authority).and_then(|unit| unit.span.both(span));
            Ok(Placed { id: row.id, authority, span, holds })
        })
        .collect()
}

/// The unit that a code names; on `day` where it changed hands.
pub(crate) fn find<'t>(
    tree: &'t Tree,
    code: &str,
    day: Option<Day>,
) -> Result<Found<'t>, ServiceError> {
    tree.find(code, day).ok_or_else(|| unknown_authority(code))
}

pub(crate) fn unknown_authority(code: &str) -> ServiceError {
    ServiceError::not_found("authority", "đơn vị quản lý", "authority", code)
}

/// The days from one to another, where they are in order.
pub(crate) fn span(from: Option<Day>, to: Option<Day>) -> Result<Span, ServiceError> {
    Span::new(from, to).ok_or_else(|| ServiceError::refused(dates_reversed(from, to)))
}

pub(crate) fn dates_reversed(from: Option<Day>, to: Option<Day>) -> Diagnostic {
    let vi = |day: Option<Day>| day.map(vietnamese_day).unwrap_or_default();
    let en = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
    Diagnostic::new(
        "dates_reversed",
        format!(
            "Ngày kết thúc {} đứng trước ngày bắt đầu {}. Kiểm tra lại hai ngày.",
            vi(to),
            vi(from)
        ),
        format!(
            "The last day {} is before the first day {}. Check the two days.",
            en(to),
            en(from)
        ),
    )
}

/// Says that something was found under a code it does not have any more.
pub(crate) fn former_code_note(asked: &str, code: &str, name: &str) -> Diagnostic {
    Diagnostic::new(
        "former_code",
        format!("“{asked}” là mã cũ của {name}; mã hiện nay là {code}."),
        format!("“{asked}” is a former code of {name}; its code now is {code}."),
    )
}

/// Appends one audit record.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    (clock, actor): (&dyn Clock, &Actor),
    chain: i64,
    action: &'static str,
    (subject_kind, subject_id): (&'static str, i64),
    detail: &serde_json::Value,
) -> Result<(), ServiceError> {
    let fact = AuditFact {
        actor: actor.as_str().to_owned(),
        action,
        subject_kind,
        subject_id,
        detail: detail.to_string(),
    };
    Ok(audit::append(tx, chain, clock.now(), vec![fact])?)
}
