//! What schools' months, terms and years add up to, read where it is kept and still good; what is not is computed from the
//! ledger and kept for whoever looks next. Looking costs the same however much money went through.

use std::collections::{BTreeMap, HashMap};

use serde::de::DeserializeOwned;

use crate::domain::calendar::Day;
use crate::domain::cashless::{
    self, Added, ChannelCounts, Counts, Facts, FeeItem, LeftOut, LeftOutSum, Rate, Sums,
};
use crate::domain::id::SchoolId;
use crate::domain::reporting_period::ReportingPeriod;
use crate::service::{ServiceError, report};
use crate::store::added::{self, AddedRow, DUES, Depth};
use crate::store::collected::{self, Until};
use crate::store::{Store, StoreError, Tx};

/// How many schools are computed at once: what they collected in a month is in memory meanwhile.
const AT_ONCE: usize = 50;

/// How many kept figures are computed again at once.
const STEP: i64 = 500;

/// What a span of time adds up to at each of some schools as the ledger stands, as deep as it is asked
/// for. Schools without any money have an empty one.
pub(crate) fn of_span(
    store: &Store,
    schools: &[i64],
    span: ReportingPeriod,
    depth: Depth,
) -> Result<BTreeMap<SchoolId, Added>, ServiceError> {
    let own = good(store, schools, &span.to_string(), depth)?;
    let (dues, names) = match depth {
        Depth::Totals => (BTreeMap::new(), HashMap::new()),
        Depth::Parts | Depth::Classes => {
            (good(store, schools, DUES, depth)?, store.read(|tx| names(tx, schools))?)
        }
    };
    let mut found = BTreeMap::new();
    for school in schools {
        let mut one = match own.get(school) {
            Some(row) => read(row, depth, |code| {
                names.get(&(*school, code.to_owned())).cloned().unwrap_or_default()
            })?,
            None => Added::default(),
        };
        if let Some(row) = dues.get(school) {
            let (beside, owed): (Vec<LeftOutSum>, (i64, i64)) = parsed(&row.totals)?;
            one.sums.left_out.extend(beside);
            one.owed = Rate::new(owed.0, owed.1).ok_or_else(ServiceError::overflow)?;
            one.sums.left_out.sort_by_key(|sum| sum.why);
        }
        found.insert(SchoolId(*school), one);
    }
    Ok(found)
}

/// What a part adds up to at each of some schools that have it: what is kept and good, and what is not is
/// computed now.
fn good(
    store: &Store,
    schools: &[i64],
    part: &str,
    depth: Depth,
) -> Result<BTreeMap<i64, AddedRow>, ServiceError> {
    let counted = counted_on(part)?;
    let (marks, mut rows) = store.read(|tx| {
        let marks = added::marks(tx, schools, &counted)?;
        Ok::<_, ServiceError>((marks, added::kept(tx, schools, part, depth)?))
    })?;
    rows.retain(|school, row| marks.get(school) == Some(&row.changes));
    let missing: Vec<i64> = marks.into_keys().filter(|school| !rows.contains_key(school)).collect();
    if missing.is_empty() {
        return Ok(rows);
    }
    let chunks: Vec<&[i64]> = missing.chunks(AT_ONCE).collect();
    let made = side_by_side(&chunks, |chunk| store.read(|tx| add_up(tx, chunk, part)))?;
    // They are computed again next time; whoever looks now has what they came for.
    if let Err(error) = store.write_if_free(|tx| added::keep(tx, part, &made)) {
        tracing::warn!(%error, "figures that were added up could not be kept");
    }
    rows.extend(made);
    Ok(rows)
}

/// The months on which is counted what a part is made of; of a term and a year several.
fn counted_on(part: &str) -> Result<Vec<String>, ServiceError> {
    if part == DUES {
        return Ok(vec![DUES.to_owned()]);
    }
    Ok(span_of(part)?.months().iter().map(ToString::to_string).collect())
}

fn span_of(part: &str) -> Result<ReportingPeriod, ServiceError> {
    part.parse().map_err(|_no_span| StoreError::Corrupt(format!("figures of {part}")).into())
}

/// Does independent jobs two at a time, each in a transaction of its own; what they made, in their order.
fn side_by_side<J: Sync, T: Send>(
    jobs: &[J],
    work: impl Fn(&J) -> Result<Vec<T>, ServiceError> + Sync,
) -> Result<Vec<T>, ServiceError> {
    let (here, there) = jobs.split_at(jobs.len().div_ceil(2));
    let all = |jobs: &[J]| -> Result<Vec<T>, ServiceError> {
        let mut made = Vec::new();
        for job in jobs {
            made.extend(work(job)?);
        }
        Ok(made)
    };
    if there.is_empty() {
        return all(here);
    }
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| all(there));
        let mut made = all(here)?;
        let others = beside.join().map_err(|_panic| {
            StoreError::Corrupt("adding figures up ended before it was done".to_owned())
        })?;
        made.extend(others?);
        Ok(made)
    })
}

/// Adds a part of some schools up from the ledger.
fn add_up(
    tx: &mut Tx<'_>,
    schools: &[i64],
    part: &str,
) -> Result<Vec<(i64, AddedRow)>, ServiceError> {
    let marks = added::marks(tx, schools, &counted_on(part)?)?;
    let changes = |school: i64| marks.get(&school).copied().unwrap_or_default();
    let mut made = Vec::with_capacity(schools.len());
    if part == DUES {
        let (beside, owed) = report::dues(tx, schools)?;
        let mut sums: BTreeMap<i64, (Vec<LeftOutSum>, Rate)> =
            schools.iter().map(|school| (*school, (Vec::new(), Rate::NO_DATA))).collect();
        for LeftOut { school, why, count, amount } in beside {
            sums.entry(school.0).or_default().0.push(LeftOutSum { why, count, amount });
        }
        for (school, paid) in owed {
            let all = &mut sums.entry(school.0).or_default().1;
            *all = all.checked_add(paid).ok_or_else(ServiceError::overflow)?;
        }
        for (school, (beside, owed)) in sums {
            let totals = text(&(beside, (owed.numerator(), owed.denominator())))?;
            made.push((
                school,
                AddedRow { changes: changes(school), totals, ..AddedRow::default() },
            ));
        }
        return Ok(made);
    }
    let period = span_of(part)?.days();
    let facts = Facts {
        collected: report::in_rates(tx, schools, period, Until::Position(i64::MAX))?,
        left_out: report::beside(tx, schools, period)?,
        ..Facts::default()
    };
    let ids: Vec<SchoolId> = schools.iter().map(|school| SchoolId(*school)).collect();
    let sums = cashless::add_up(&ids, period, &facts)
        .map_err(|error| StoreError::Corrupt(format!("figures of {part}: {error}")))?;
    for (school, one) in sums {
        made.push((school.0, AddedRow { changes: changes(school.0), ..written(one)? }));
    }
    Ok(made)
}

/// As it is kept. Names of fee items are not: they are what the school calls them when somebody looks.
fn written(added: Added) -> Result<AddedRow, ServiceError> {
    let Sums { whole, data_until, channels, left_out, fee_items } = added.sums;
    let items: Vec<(String, Counts)> =
        fee_items.into_iter().map(|(item, counts)| (item.code, counts)).collect();
    Ok(AddedRow {
        changes: 0,
        totals: text(&(whole, data_until))?,
        parts: text(&(channels, left_out, items))?,
        classes: text(&added.classes)?,
    })
}

fn read(
    row: &AddedRow,
    depth: Depth,
    name: impl Fn(&str) -> String,
) -> Result<Added, ServiceError> {
    type Parts = (Vec<ChannelCounts>, Vec<LeftOutSum>, Vec<(String, Counts)>);
    let (whole, data_until): (Counts, Option<Day>) = parsed(&row.totals)?;
    let mut added =
        Added { sums: Sums { whole, data_until, ..Sums::default() }, ..Added::default() };
    if depth > Depth::Totals {
        let (channels, left_out, items): Parts = parsed(&row.parts)?;
        added.sums.channels = channels;
        added.sums.left_out = left_out;
        added.sums.fee_items = items
            .into_iter()
            .map(|(code, counts)| (FeeItem { name: name(&code), code }, counts))
            .collect();
    }
    if depth == Depth::Classes {
        added.classes = parsed(&row.classes)?;
    }
    Ok(added)
}

fn names(tx: &mut Tx<'_>, schools: &[i64]) -> Result<HashMap<(i64, String), String>, ServiceError> {
    let all = collected::fee_item_names(tx, schools)?;
    Ok(all.into_iter().map(|(school, code, name)| ((school, code), name)).collect())
}

fn text(value: &impl serde::Serialize) -> Result<String, ServiceError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("figures: {error}")).into())
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, ServiceError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("kept figures: {error}")).into())
}

/// Computes everything that is kept and good once more: how many there are, and which of them say
/// something else than the ledger.
pub(crate) fn differing(tx: &mut Tx<'_>) -> Result<(i64, Vec<String>), ServiceError> {
    let (mut count, mut faults, mut after) = (0_i64, Vec::new(), i64::MIN);
    loop {
        let step = added::all(tx, after, STEP)?;
        let Some((last, _, _)) = step.last() else { return Ok((count, faults)) };
        after = *last;
        let mut by_part: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (_, school, part) in step {
            by_part.entry(part).or_default().push(school);
        }
        for (part, schools) in by_part {
            let marks = added::marks(tx, &schools, &counted_on(&part)?)?;
            let mut kept = added::kept(tx, &schools, &part, Depth::Classes)?;
            kept.retain(|school, row| marks.get(school) == Some(&row.changes));
            let now: BTreeMap<i64, AddedRow> = add_up(tx, &schools, &part)?.into_iter().collect();
            for (school, row) in kept {
                count = count.saturating_add(1);
                if now.get(&school) != Some(&row) {
                    faults.push(format!("school {school}, {part}: {}", row.totals));
                }
            }
        }
    }
}
