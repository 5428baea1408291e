//! Where schools belong, what they are called besides, where and what they teach.

use serde::{Deserialize, Serialize};

use super::{find, placed, record, tree};
use crate::clock::Clock;
use crate::domain::calendar::{Day, vietnamese_day};
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::organisation::{
    Level, Overlap, Ownership, Placing, Span, Tree, Unit, UnknownLevel, gaps, place as decide,
};
use crate::service::limits;
use crate::service::{Actor, ServiceError, directory};
use crate::store::directory::{self as rows, PlacementRow, SchoolRow};
use crate::store::organisation::{self as kept, AliasRow, SatelliteRow};
use crate::store::{Store, Tx};

use super::change::Changed;

/// Under whom a school is, and when.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewPlacement {
    /// The authority's code.
    #[garde(length(chars, max = limits::WORD))]
    pub authority: String,
    /// The first day; a placement without an end before it is closed the day before.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// Another code of a school.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewAlias {
    /// The code.
    #[garde(length(chars, max = limits::WORD))]
    pub code: String,
    /// Its first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// Its last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// A place where a school teaches besides its main one.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, garde::Validate,
)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
pub struct NewSatellite {
    /// Its code, unique in the school.
    #[garde(length(chars, max = limits::WORD))]
    pub code: String,
    /// Its name.
    #[garde(length(chars, max = limits::NAME))]
    pub name: String,
    /// The first day.
    #[schema(value_type = Option<String>, format = Date)]
    pub from: Option<Day>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub to: Option<Day>,
}

/// Places a school under an authority; a placement without an end is closed the day before.
pub fn place(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewPlacement,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let tree = tree(tx)?;
        let unit = find(&tree, &new.authority, new.from)?.unit;
        let span = super::span(new.from, new.to)?;
        let changed = place_in(tx, (clock, actor), &tree, row.id, unit, span)?;
        let all = kept::placements_of(tx, row.id)?;
        let open = gaps(&placed(&tree, &all)?, row.closed_on);
        let notes = open.into_iter().map(|days| gap_note(&row.code, days)).collect();
        Ok(Changed { changed, notes })
    })
}

/// The same within a transaction that holds the school's lock; whether anything is new.
pub(crate) fn place_in(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    tree: &Tree,
    school: i64,
    unit: &Unit,
    span: Span,
) -> Result<bool, ServiceError> {
    let holds = within(unit, span)?;
    let existing = placed(tree, &kept::placements_of(tx, school)?)?;
    let close = match decide(&existing, unit.id, span, holds) {
        Ok(Placing::Known) => return Ok(false),
        Ok(Placing::New { close }) => close,
        Err(overlap) => return Err(ServiceError::refused(overlaps(tree, unit, &overlap))),
    };
    for (id, last) in &close {
        kept::end_placement(tx, *id, *last)?;
    }
    let row = PlacementRow {
        id: tx.next_id()?,
        school_id: school,
        authority_id: unit.id.0,
        valid_from: span.from(),
        valid_to: span.to(),
    };
    rows::insert_placement(tx, &row)?;
    let detail = serde_json::json!({
        "closed": close, "code": unit.code, "from": span.from(), "to": span.to(),
    });
    record(tx, by, school, "school.place", ("authority", unit.id.0), &detail)?;
    Ok(true)
}

/// Those of the days on which a unit exists; refused where it does not on the first or the last.
pub(crate) fn within(unit: &Unit, span: Span) -> Result<Span, ServiceError> {
    let mut stated = [span.from(), span.to()].into_iter().flatten();
    let holds = span.both(unit.span).filter(|_| stated.all(|day| unit.span.contains(day)));
    holds.ok_or_else(|| ServiceError::refused(outside_unit(unit, span)))
}

/// Adds another code of a school, or says anew when a known one ended.
pub fn add_alias(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewAlias,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let span = super::span(new.from, new.to)?;
        let changed = alias_in(tx, (clock, actor), &row, new.code.trim(), span)?;
        Ok(Changed { changed, notes: Vec::new() })
    })
}

/// The same within a transaction that holds the school's lock.
pub(crate) fn alias_in(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    school: &SchoolRow,
    code: &str,
    span: Span,
) -> Result<bool, ServiceError> {
    let known = known_alias(tx, Some(school.id), &school.code, code, span)?;
    let id = match known {
        Some(row) if row.valid_to == span.to() || span.to().is_none() => return Ok(false),
        Some(row) => {
            kept::end_alias(tx, row.id, span.to())?;
            row.id
        }
        None => {
            let row = AliasRow {
                id: tx.next_id()?,
                school_id: school.id,
                code: code.to_owned(),
                valid_from: span.from(),
                valid_to: span.to(),
            };
            kept::insert_alias(tx, &row)?;
            row.id
        }
    };
    let detail = serde_json::json!({ "code": code, "from": span.from(), "to": span.to() });
    record(tx, by, school.id, "school.alias", ("school_alias", id), &detail)?;
    Ok(true)
}

/// The row of another code of a school, where it has one; refused where the code is another school's.
pub(crate) fn known_alias(
    tx: &mut Tx<'_>,
    school: Option<i64>,
    present: &str,
    code: &str,
    span: Span,
) -> Result<Option<AliasRow>, ServiceError> {
    if code.is_empty() || code == present {
        return Err(ServiceError::refused(Diagnostic::new(
            "alias_code",
            "Mã khác của trường không được trống và phải khác mã hiện nay của trường.",
            "A school's other code must not be empty and must differ from its present one.",
        )));
    }
    if rows::find_school(tx, code)?.is_some() {
        return Err(code_taken(code));
    }
    let mut known = None;
    for row in kept::aliases_named(tx, code)? {
        if Some(row.school_id) == school {
            super::span(row.valid_from, span.to())?;
            known = Some(row);
        } else if super::span(row.valid_from, row.valid_to)?.both(span).is_some() {
            return Err(code_taken(code));
        }
    }
    Ok(known)
}

/// Adds a place where a school teaches, or says anew what is known of one.
pub fn put_satellite(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    new: &NewSatellite,
) -> Result<Changed, ServiceError> {
    store.write(|tx| {
        let school = directory::lock_school(tx, school)?;
        let (code, name) = (new.code.trim(), new.name.trim());
        if code.is_empty() || name.is_empty() {
            return Err(ServiceError::refused(Diagnostic::new(
                "satellite_name",
                "Điểm trường cần có mã và tên. Điền cả hai.",
                "A satellite needs a code and a name. Give both.",
            )));
        }
        let span = super::span(new.from, new.to)?;
        let known = kept::satellites_of(tx, school.id)?.into_iter().find(|row| row.code == code);
        let row = SatelliteRow {
            id: match &known {
                Some(row) => row.id,
                None => tx.next_id()?,
            },
            school_id: school.id,
            code: code.to_owned(),
            name: name.to_owned(),
            valid_from: span.from(),
            valid_to: span.to(),
        };
        match &known {
            Some(before) if *before == row => return Ok(Changed::default()),
            Some(_) => kept::update_satellite(tx, &row)?,
            None => kept::insert_satellite(tx, &row)?,
        }
        let detail = serde_json::json!({
            "code": code, "from": span.from(), "name": name, "to": span.to(),
        });
        let subject = ("school_satellite", row.id);
        record(tx, (clock, actor), school.id, "school.satellite", subject, &detail)?;
        Ok(Changed { changed: true, notes: Vec::new() })
    })
}

/// Says which levels a school teaches.
pub fn set_levels(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    levels: &str,
) -> Result<Changed, ServiceError> {
    let levels =
        Level::parse_all(levels).map_err(|word| ServiceError::refused(level_unknown(&word)))?;
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let changed = levels_in(tx, (clock, actor), &row, &levels)?;
        Ok(Changed { changed, notes: Vec::new() })
    })
}

/// The same within a transaction that holds the school's lock.
pub(crate) fn levels_in(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    school: &SchoolRow,
    levels: &[Level],
) -> Result<bool, ServiceError> {
    if Level::parse_all(&school.level).is_ok_and(|known| known == levels) {
        return Ok(false);
    }
    let joined = Level::joined(levels);
    kept::set_level(tx, school.id, &joined)?;
    let detail = serde_json::json!({ "before": school.level, "levels": joined });
    record(tx, by, school.id, "school.levels", ("school", school.id), &detail)?;
    Ok(true)
}

/// Says by whom a school is kept, by the kind's stable name or its word.
pub fn set_ownership(
    store: &Store,
    clock: &dyn Clock,
    actor: &Actor,
    school: SchoolId,
    kind: &str,
) -> Result<Changed, ServiceError> {
    let known = Ownership::parse(kind);
    let known = known.ok_or_else(|| ServiceError::refused(ownership_unknown(kind)))?;
    store.write(|tx| {
        let row = directory::lock_school(tx, school)?;
        let changed = ownership_in(tx, (clock, actor), &row, known)?;
        Ok(Changed { changed, notes: Vec::new() })
    })
}

/// The same within a transaction that holds the school's lock.
pub(crate) fn ownership_in(
    tx: &mut Tx<'_>,
    by: (&dyn Clock, &Actor),
    school: &SchoolRow,
    kind: Ownership,
) -> Result<bool, ServiceError> {
    if school.ownership.as_deref() == Some(kind.as_str()) {
        return Ok(false);
    }
    kept::set_ownership(tx, school.id, kind.as_str())?;
    let detail = serde_json::json!({ "before": school.ownership, "ownership": kind.as_str() });
    record(tx, by, school.id, "school.ownership", ("school", school.id), &detail)?;
    Ok(true)
}

fn ownership_unknown(word: &str) -> Diagnostic {
    let of = |lang| {
        let words: Vec<String> = Ownership::ALL
            .iter()
            .map(|kind| format!("{} ({})", kind.as_str(), kind.label(lang)))
            .collect();
        words.join(", ")
    };
    Diagnostic::new(
        "ownership_unknown",
        format!("“{word}” không phải loại hình trường. Ghi một trong: {}.", of(Lang::Vi)),
        format!("“{word}” is no kind of school. Write one of: {}.", of(Lang::En)),
    )
}

/// Days on which a school is under nobody.
pub(crate) fn gap_note(school: &str, days: Span) -> Diagnostic {
    Diagnostic::new(
        "placement_gap",
        format!(
            "Trường {school} chưa thuộc đơn vị nào trong thời gian: {}. Bổ sung bằng school place.",
            days.text(Lang::Vi)
        ),
        format!(
            "School {school} is under nobody on these days: {}. Add a placement with school place.",
            days.text(Lang::En)
        ),
    )
}

pub(crate) fn level_unknown(UnknownLevel(word): &UnknownLevel) -> Diagnostic {
    let of = |lang| {
        let words: Vec<String> = Level::ALL
            .iter()
            .map(|level| format!("{} ({})", level.as_str(), level.label(lang)))
            .collect();
        words.join(", ")
    };
    Diagnostic::new(
        "level_unknown",
        format!(
            "“{word}” không phải cấp học. Ghi một hoặc nhiều cấp, cách nhau bằng dấu phẩy: {}.",
            of(Lang::Vi)
        ),
        format!("“{word}” is no level. Give one or more, parted by commas: {}.", of(Lang::En)),
    )
}

fn outside_unit(unit: &Unit, span: Span) -> Diagnostic {
    Diagnostic::new(
        "placement_outside",
        format!(
            "{} hoạt động {}; không xếp trường vào đơn vị này {} được. Sửa ngày hoặc chọn đơn vị khác.",
            unit.code,
            unit.span.text(Lang::Vi),
            span.text(Lang::Vi)
        ),
        format!(
            "{} exists {}; a school cannot be placed there {}. Change the days or choose another unit.",
            unit.code,
            unit.span.text(Lang::En),
            span.text(Lang::En)
        ),
    )
}

fn overlaps(tree: &Tree, unit: &Unit, overlap: &Overlap) -> Diagnostic {
    let other = tree.unit(overlap.with.authority).map_or("?", |unit| unit.code.as_str());
    let day = overlap.days.from().map(vietnamese_day);
    let since = day.map(|day| format!(" (từ {day})")).unwrap_or_default();
    Diagnostic::new(
        "placement_overlap",
        format!(
            "Trùng thời gian với nơi trường đã thuộc về: {other}, {}{since}. Ghi ngày kết thúc cho {} hoặc sửa ngày bắt đầu.",
            overlap.with.span.text(Lang::Vi),
            unit.code
        ),
        format!(
            "It overlaps with where the school already is: {other}, {}. Give {} an end or another first day.",
            overlap.with.span.text(Lang::En),
            unit.code
        ),
    )
}

pub(crate) fn code_taken(code: &str) -> ServiceError {
    ServiceError::conflict(
        "school_code_taken",
        format!(
            "Mã “{code}” đang, hoặc trong thời gian đó đã, thuộc trường khác. Hãy dùng mã khác."
        ),
        format!(
            "The code “{code}” belongs to another school now or did on these days. Use another code."
        ),
    )
}
