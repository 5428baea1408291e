//! What schools' months add up to, read where it is kept and still good; what is not is computed from the
//! ledger and kept for whoever looks next. Looking costs the same however much money went through.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::de::DeserializeOwned;

use crate::domain::calendar::Day;
use crate::domain::cashless::{
    self, Added, ChannelCounts, Counts, Exclusion, Facts, FeeItem, LeftOutSum, Sums,
};
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::period::Month;
use crate::service::{ServiceError, report};
use crate::store::added::{self, AddedRow, DUES, Depth};
use crate::store::collected::{self, Until};
use crate::store::{Store, StoreError, Tx, reports};

/// How many schools are computed at once: what they collected in a month is in memory meanwhile.
const AT_ONCE: usize = 50;

/// How many kept figures are computed again at once.
const STEP: i64 = 500;

/// The parts that belong to no month or school of the kept ones are none.
type Key = (i64, String);

/// What a month adds up to at each of some schools as the ledger stands, as deep as it is asked for.
/// Schools without any money have an empty one.
pub(crate) fn of_month(
    store: &Store,
    schools: &[i64],
    month: Month,
    depth: Depth,
) -> Result<BTreeMap<SchoolId, Added>, ServiceError> {
    let mut parts = vec![month.to_string()];
    if depth > Depth::Totals {
        parts.push(DUES.to_owned());
    }
    let (mut rows, missing) = store.read(|tx| look(tx, schools, &parts, depth))?;
    let mut made: Vec<(Key, AddedRow)> = Vec::new();
    for part in &parts {
        let missing: Vec<i64> =
            missing.iter().filter(|(_, own)| own == part).map(|(school, _)| *school).collect();
        for chunk in missing.chunks(AT_ONCE) {
            made.extend(store.read(|tx| add_up(tx, chunk, part))?);
        }
    }
    if !made.is_empty() {
        let kept = store.write_if_free(|tx| {
            for ((school, part), row) in &made {
                added::keep(tx, (*school, part), row)?;
            }
            Ok::<_, StoreError>(())
        });
        // They are computed again next time; whoever looks now has what they came for.
        if let Err(error) = kept {
            tracing::warn!(%error, "figures that were added up could not be kept");
        }
        rows.extend(made);
    }
    let names =
        if depth > Depth::Totals { store.read(|tx| names(tx, schools))? } else { HashMap::new() };
    let mut found = BTreeMap::new();
    for school in schools {
        let own = rows.get(&(*school, month.to_string()));
        let dues = rows.get(&(*school, DUES.to_owned()));
        let mut one = match own {
            Some(row) => read(row, depth, |code| {
                names.get(&(*school, code.to_owned())).cloned().unwrap_or_default()
            })?,
            None => Added::default(),
        };
        if let Some(row) = dues {
            one.sums.left_out.extend(parsed::<Vec<LeftOutSum>>(&row.totals)?);
            one.sums.left_out.sort_by_key(|sum| sum.why);
        }
        found.insert(SchoolId(*school), one);
    }
    Ok(found)
}

/// What is kept and good of some parts, and which parts there are of which nothing good is kept.
fn look(
    tx: &mut Tx<'_>,
    schools: &[i64],
    parts: &[String],
    depth: Depth,
) -> Result<(BTreeMap<Key, AddedRow>, BTreeSet<Key>), ServiceError> {
    let marks = added::marks(tx, schools, parts)?;
    let good = added::good(tx, schools, parts, depth)?;
    let missing = marks.into_keys().filter(|key| !good.contains_key(key)).collect();
    Ok((good, missing))
}

/// Adds a part of some schools up from the ledger.
fn add_up(
    tx: &mut Tx<'_>,
    schools: &[i64],
    part: &str,
) -> Result<Vec<(Key, AddedRow)>, ServiceError> {
    let of = [part.to_owned()];
    let marks = added::marks(tx, schools, &of)?;
    let changes = |school: i64| marks.get(&(school, part.to_owned())).copied().unwrap_or_default();
    let mut made = Vec::with_capacity(schools.len());
    if part == DUES {
        let mut owed: BTreeMap<i64, Vec<LeftOutSum>> =
            schools.iter().map(|school| (*school, Vec::new())).collect();
        for row in reports::dues(tx, schools)? {
            let why = match row.kind.as_str() {
                "waived" => Exclusion::Waived,
                "open" => Exclusion::Unpaid,
                _ => continue,
            };
            let sum = LeftOutSum { why, count: row.count, amount: Vnd::new(row.amount_dong) };
            owed.entry(row.school_id).or_default().push(sum);
        }
        for (school, sums) in owed {
            let row =
                AddedRow { changes: changes(school), totals: text(&sums)?, ..AddedRow::default() };
            made.push(((school, part.to_owned()), row));
        }
        return Ok(made);
    }
    let month: Month =
        part.parse().map_err(|_no_month| StoreError::Corrupt(format!("figures of {part}")))?;
    let period = month.days();
    let facts = Facts {
        collected: report::in_rates(tx, schools, period, Until::Position(i64::MAX))?,
        left_out: report::beside(tx, schools, period)?,
    };
    let ids: Vec<SchoolId> = schools.iter().map(|school| SchoolId(*school)).collect();
    let sums = cashless::add_up(&ids, (period, Day::MAX), &facts)
        .map_err(|error| StoreError::Corrupt(format!("figures of {part}: {error}")))?;
    for (school, one) in sums {
        let row = AddedRow { changes: changes(school.0), ..written(one)? };
        made.push(((school.0, part.to_owned()), row));
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
        let step = added::all_good(tx, after, STEP)?;
        let Some((last, _, _)) = step.last() else { return Ok((count, faults)) };
        after = *last;
        let mut by_part: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for (_, school, part) in step {
            by_part.entry(part).or_default().push(school);
        }
        for (part, schools) in by_part {
            let of = [part.clone()];
            let kept = added::good(tx, &schools, &of, Depth::Classes)?;
            let now: BTreeMap<Key, AddedRow> = add_up(tx, &schools, &part)?.into_iter().collect();
            for (key, row) in kept {
                count = count.saturating_add(1);
                if now.get(&key) != Some(&row) {
                    faults.push(format!("school {}, {}: {}", key.0, key.1, row.totals));
                }
            }
        }
    }
}
