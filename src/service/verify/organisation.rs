//! I13: who is under whom, and what each is called, has one answer on any day.

use std::collections::BTreeMap;

use super::Finding;
use crate::domain::lang::Lang;
use crate::domain::organisation::{Span, overlap};
use crate::service::{ServiceError, organisation};
use crate::store::directory as rows;
use crate::store::{Tx, organisation as kept};

pub(super) fn one_answer(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let tree = organisation::tree(tx)?;
    let mut checked = 0_usize;
    let mut faults = Vec::new();

    let placements = rows::placements(tx)?;
    checked = checked.saturating_add(placements.len());
    let mut by_school: BTreeMap<i64, Vec<_>> = BTreeMap::new();
    for (row, one) in placements.iter().zip(organisation::placed(&tree, &placements)?) {
        by_school.entry(row.school_id).or_default().push(one);
    }
    for (school, placed) in &by_school {
        if let Some((one, other)) = overlap(placed) {
            faults.push(format!(
                "placements of school {school} overlap: row {} and row {}, {}",
                one.id,
                other.with.id,
                other.days.text(Lang::En)
            ));
        }
    }

    let mut codes: BTreeMap<&str, Vec<(String, Span)>> = BTreeMap::new();
    for unit in tree.units() {
        checked = checked.saturating_add(1);
        if let Some(day) = tree.loops(unit.id) {
            faults.push(format!("an authority is above itself: row {}, from {day} on", unit.id));
        }
        if let Some(span) = tree.has_code(unit) {
            codes.entry(&unit.code).or_default().push((format!("authority {}", unit.id), span));
        }
        for name in tree.former_names(unit.id) {
            let of = (format!("authority {}", unit.id), name.span);
            codes.entry(&name.code).or_default().push(of);
        }
    }
    ambiguous(&codes, &mut faults);

    let schools = rows::schools(tx)?;
    let aliases = kept::aliases(tx)?;
    checked = checked.saturating_add(schools.len()).saturating_add(aliases.len());
    let mut codes: BTreeMap<&str, Vec<(String, Span)>> = BTreeMap::new();
    for row in &schools {
        codes.entry(&row.code).or_default().push((format!("school {}", row.id), Span::ALWAYS));
    }
    for row in &aliases {
        let span = Span::new(row.valid_from, row.valid_to).unwrap_or_default();
        codes.entry(&row.code).or_default().push((format!("school {}", row.school_id), span));
    }
    ambiguous(&codes, &mut faults);

    Ok(Finding {
        invariant: "I13",
        vi: "Ngày nào mỗi trường cũng thuộc tối đa một đơn vị, không đơn vị nào ở trên chính mình, mỗi mã chỉ một nơi",
        en: "On any day a school is under one authority at most, none is above itself, each code names one",
        checked: i64::try_from(checked).unwrap_or(i64::MAX),
        faults,
    })
}

/// Codes that two have on the same day.
fn ambiguous(codes: &BTreeMap<&str, Vec<(String, Span)>>, faults: &mut Vec<String>) {
    for (code, owners) in codes {
        for (index, (one, days)) in owners.iter().enumerate() {
            let mut others = owners.iter().skip(index + 1);
            let other = others.find(|(other, span)| other != one && span.both(*days).is_some());
            if let Some((other, _)) = other {
                faults.push(format!("the code {code} names {one} and {other} on the same day"));
            }
        }
    }
}
