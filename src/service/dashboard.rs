//! What a supervisor sees of a month: how each school and each authority below stands, what is
//! missing to the target and where, and where it is heading.

use std::collections::{HashMap, HashSet};

use crate::clock::{Clock, local_day};
use crate::domain::access::Scope;
use crate::domain::calendar::Day;
use crate::domain::cashless::disclosure::{hidden, path_above_schools};
use crate::domain::cashless::{Exclusion, Path, Rate, Report, SchoolLine, Settings, Status};
use crate::domain::id::{AuthorityId, SchoolId};
use crate::domain::money::Vnd;
use crate::domain::organisation::{Level, Ownership};
use crate::domain::reporting_period::ReportingPeriod;
use crate::domain::school_year::Term;
use crate::service::families::survey::{self, Survey};
use crate::service::organisation::authorities::{self, AuthorityView};
use crate::service::path::{self, Looked};
use crate::service::report::{self, Whose};
use crate::service::{ServiceError, directory, organisation};
use crate::store::Store;

/// By what schools are ranked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// The rate by amount.
    #[default]
    Amount,
    /// The rate by pupil.
    Pupil,
}

/// What of a month is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// By what schools are ranked.
    pub by: By,
    /// Schools of this level only.
    pub level: Option<String>,
    /// Schools that stand so only.
    pub status: Option<Status>,
    /// Schools of this authority directly below only, by its code.
    pub place: Option<String>,
    /// Schools that are kept so only.
    pub ownership: Option<Ownership>,
}

/// A school in the ranking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// Its place; schools of one rate share one, schools without data have none.
    pub place: Option<usize>,
    /// Its figures.
    pub line: SchoolLine,
    /// Its rate of the month before.
    pub before: Rate,
}

impl Ranked {
    /// The rate it is ranked by.
    #[must_use]
    pub fn rate(&self, by: By) -> Rate {
        rate_of(&self.line, by)
    }

    /// What is still owed, in đồng.
    #[must_use]
    pub fn open(&self) -> Vnd {
        let unpaid = self.line.left_out.iter().find(|sum| sum.why == Exclusion::Unpaid);
        unpaid.map_or(Vnd::ZERO, |sum| sum.amount)
    }
}

/// An authority directly below, a level, or a kind of owner: some of the schools together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its code.
    pub code: String,
    /// Its name; a level and a kind of owner have none but their code.
    pub name: String,
    /// Its schools, and those of them that collected anything.
    pub schools: (usize, usize),
    /// All its schools together, by amount.
    pub rate: Rate,
    /// The same by pupil.
    pub by_pupil: Rate,
    /// How they stand together.
    pub status: Status,
}

/// A class, as far as it may be seen from outside the school.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassLine {
    /// Its name.
    pub class: String,
    /// Its rates by amount and by pupil; absent where too few pupils are in it, or where another
    /// one could be found by subtraction.
    pub rates: Option<(Rate, Rate)>,
}

/// A month, term or year of an authority, or of one school as its authority sees it.
#[derive(Clone, Debug)]
pub struct Dashboard {
    /// Which.
    pub period: ReportingPeriod,
    /// The way to the target.
    pub path: Path,
    /// The figures.
    pub report: Report,
    /// The schools, the best first, those without data last.
    pub ranking: Vec<Ranked>,
    /// The authorities directly below.
    pub below: Vec<Group>,
    /// The levels there are, each with its schools together.
    pub levels: Vec<Group>,
    /// By whom schools are kept, each with those together; what is not known is left out.
    pub ownerships: Vec<Group>,
    /// The classes, where one school is looked at.
    pub classes: Vec<ClassLine>,
    /// Schools by how they stand: met, nearly, not met, without data.
    pub standing: [usize; 4],
}

/// What schools are filtered and put together by.
struct Kind {
    level: String,
    ownership: Option<Ownership>,
}

/// Whether somebody who may see figures in these scopes may see those of an authority on a day.
pub fn may_see(
    store: &Store,
    scopes: &[Scope],
    authority: &str,
    day: Day,
) -> Result<bool, ServiceError> {
    for scope in scopes {
        let seen = match scope {
            Scope::Everything => true,
            Scope::Authority(within) => match report::is_under(store, authority, *within, day) {
                Ok(seen) => seen,
                Err(ServiceError::NotFound(_)) => false,
                Err(error) => return Err(error),
            },
            Scope::School(_) => false,
        };
        if seen {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The authorities at the top of what somebody may see on a day: code and name.
pub fn tops(
    store: &Store,
    scopes: &[Scope],
    day: Day,
) -> Result<Vec<(String, String)>, ServiceError> {
    let mut found: Vec<(String, String)> = Vec::new();
    for scope in scopes {
        let within = match scope {
            Scope::Everything => None,
            Scope::Authority(within) => Some(*within),
            Scope::School(_) => continue,
        };
        for one in authorities::list(store, day, within)? {
            let top = (one.code, one.name);
            if one.depth == 0 && !found.contains(&top) {
                found.push(top);
            }
        }
    }
    Ok(found)
}

/// A month, term or year of an authority.
pub fn of_authority(
    store: &Store,
    clock: &dyn Clock,
    code: &str,
    (period, asked): (ReportingPeriod, &Asked),
    settings: Settings,
) -> Result<Dashboard, ServiceError> {
    let whose = Whose::Authority(code.to_owned());
    let looked = above(path::look(store, clock, &whose, (period, None), settings)?, false);
    let places = places(store, code, period.days().to())?;
    let below = places
        .iter()
        .map(|(authority, schools)| {
            let lines = looked.report.schools.iter();
            let own = lines.filter(|line| schools.contains(&line.school.id.0));
            let name = authority.name.clone();
            group((authority.code.clone(), name), own, &looked.report.settings)
        })
        .collect::<Result<_, _>>()?;
    let of_place: Option<HashSet<i64>> = asked.place.as_ref().map(|wanted| {
        let found = places.iter().find(|(authority, _)| authority.code == *wanted);
        found.map(|(_, schools)| schools.clone()).unwrap_or_default()
    });
    let kinds: HashMap<String, Kind> = directory::schools(store)?
        .into_iter()
        .map(|school| (school.code, Kind { level: school.level, ownership: school.ownership }))
        .collect();
    let mut dashboard = shown(period, looked, asked, (&kinds, of_place.as_ref()))?;
    dashboard.below = below;
    Ok(dashboard)
}

/// A month, term or year of one school under an authority, as the authority may see it.
pub fn of_school(
    store: &Store,
    clock: &dyn Clock,
    (authority, school): (&str, &str),
    period: ReportingPeriod,
    settings: Settings,
) -> Result<Dashboard, ServiceError> {
    is_under(store, (authority, school), period.days().to())?;
    let whose = Whose::School(school.to_owned());
    let looked = path::look(store, clock, &whose, (period, None), settings)?;
    let lines = looked.report.schools.iter().flat_map(|line| &line.classes);
    let classes: Vec<(String, Rate, Rate)> = lines
        .map(|class| {
            let rates = class.figures.reported;
            (class.key.clone(), rates.by_amount, rates.by_pupil)
        })
        .collect();
    let pupils: Vec<i64> = classes.iter().map(|(_, _, pupils)| pupils.denominator()).collect();
    let hide = hidden(&pupils, i64::from(settings.least_group));
    let looked = above(looked, true);
    let nothing = (&HashMap::new(), None);
    let mut dashboard = shown(period, looked, &Asked::default(), nothing)?;
    dashboard.classes = classes
        .into_iter()
        .zip(hide)
        .map(|((class, amount, pupil), hide)| ClassLine {
            class,
            rates: (!hide).then_some((amount, pupil)),
        })
        .collect();
    Ok(dashboard)
}

/// The same of a school as its own people see it: nothing is withheld. Its parts are classes.
pub fn of_own_school(
    store: &Store,
    clock: &dyn Clock,
    school: &str,
    period: ReportingPeriod,
    settings: Settings,
) -> Result<Dashboard, ServiceError> {
    let whose = Whose::School(school.to_owned());
    // Whoever sees the pupils themselves may see them counted.
    let settings = Settings { least_group: 0, ..settings };
    let looked = path::look(store, clock, &whose, (period, None), settings)?;
    shown(period, looked, &Asked::default(), (&HashMap::new(), None))
}

/// What was looked at without the parts that are too small to be told of above the schools.
fn above(looked: Looked, one_school: bool) -> Looked {
    let Looked { path, report, before } = looked;
    let path = path_above_schools(path, (&report, before.as_ref()), one_school);
    Looked { path, report, before }
}

/// How content the families of an authority's schools are in the term of the last day of a period, school
/// by school and in all; small groups are hidden.
pub fn satisfaction(
    store: &Store,
    clock: &dyn Clock,
    authority: &str,
    period: ReportingPeriod,
) -> Result<Survey, ServiceError> {
    let last = period.days().to();
    let schools = schools_of(store, authority, last)?;
    let ids: Vec<SchoolId> = schools.iter().map(|school| school.id).collect();
    survey::of_schools(store, &ids, Term::of(last.min(local_day(clock.now()))))
}

/// Refuses a school that is not under an authority on a day, as if there were none.
pub fn is_under(
    store: &Store,
    (authority, school): (&str, &str),
    day: Day,
) -> Result<(), ServiceError> {
    if schools_of(store, authority, day)?.iter().any(|one| one.code == school) {
        return Ok(());
    }
    Err(ServiceError::not_found("school", "trường", "school", school))
}

fn schools_of(
    store: &Store,
    authority: &str,
    day: Day,
) -> Result<Vec<directory::SchoolView>, ServiceError> {
    let id = store.read(|tx| {
        let tree = organisation::tree(tx)?;
        Ok::<_, ServiceError>(organisation::find(&tree, authority, Some(day))?.unit.id)
    })?;
    directory::schools_under(store, id, day)
}

fn shown(
    period: ReportingPeriod,
    looked: Looked,
    asked: &Asked,
    (kinds, of_place): (&HashMap<String, Kind>, Option<&HashSet<i64>>),
) -> Result<Dashboard, ServiceError> {
    let Looked { path, report, before } = looked;
    let mut standing = [0; 4];
    for line in &report.schools {
        let place = match line.status {
            Status::Met => 0,
            Status::Nearly => 1,
            Status::NotMet => 2,
            Status::NoData => 3,
        };
        if let Some(count) = standing.get_mut(place) {
            *count += 1;
        }
    }
    let earlier: HashMap<&str, Rate> = before
        .iter()
        .flat_map(|report| &report.schools)
        .map(|line| (line.school.code.as_str(), rate_of(line, asked.by)))
        .collect();
    let kind = |line: &SchoolLine| kinds.get(&line.school.code);
    let level = |line: &SchoolLine| kind(line).map(|one| one.level.clone()).unwrap_or_default();
    let ownership = |line: &SchoolLine| kind(line).and_then(|one| one.ownership);
    let mut known: Vec<String> = report.schools.iter().map(level).collect();
    // From the smallest pupils to the largest.
    known.sort_by_cached_key(|level| (Level::parse_all(level).ok(), level.clone()));
    known.dedup();
    known.retain(|level| !level.is_empty());
    let wanted = |line: &&SchoolLine| {
        asked.status.is_none_or(|status| status == line.status)
            && asked.level.as_ref().is_none_or(|wanted| *wanted == level(line))
            && asked.ownership.is_none_or(|wanted| ownership(line) == Some(wanted))
            && of_place.is_none_or(|schools| schools.contains(&line.school.id.0))
    };
    let groups = known
        .into_iter()
        .map(|name| {
            let own = report.schools.iter().filter(|line| level(line) == name);
            group((name.clone(), String::new()), own, &report.settings)
        })
        .collect::<Result<_, _>>()?;
    let ownerships = Ownership::ALL
        .into_iter()
        .filter(|kind| report.schools.iter().any(|line| ownership(line) == Some(*kind)))
        .map(|kind| {
            let own = report.schools.iter().filter(|line| ownership(line) == Some(kind));
            group((kind.as_str().to_owned(), String::new()), own, &report.settings)
        })
        .collect::<Result<_, _>>()?;
    let mut ranking: Vec<Ranked> = report
        .schools
        .iter()
        .filter(wanted)
        .map(|line| Ranked {
            place: None,
            before: earlier.get(line.school.code.as_str()).copied().unwrap_or_default(),
            line: line.clone(),
        })
        .collect();
    ranking.sort_by(|one, other| {
        better(other.rate(asked.by), one.rate(asked.by))
            .then_with(|| one.line.school.name.cmp(&other.line.school.name))
            .then_with(|| one.line.school.code.cmp(&other.line.school.code))
    });
    place(&mut ranking, asked.by);
    Ok(Dashboard {
        period,
        path,
        ranking,
        below: Vec::new(),
        levels: groups,
        ownerships,
        classes: Vec::new(),
        standing,
        report,
    })
}

/// Gives places: equal rates share one, and the next one counts on.
fn place(ranking: &mut [Ranked], by: By) {
    let mut last: Option<(usize, Rate)> = None;
    for (index, one) in ranking.iter_mut().enumerate() {
        let rate = one.rate(by);
        if !rate.has_data() {
            continue;
        }
        let place = match last {
            Some((place, before)) if better(before, rate).is_eq() => place,
            _ => index + 1,
        };
        one.place = Some(place);
        last = Some((place, rate));
    }
}

/// Compares exactly, as fractions; no data is below everything.
fn better(one: Rate, other: Rate) -> std::cmp::Ordering {
    let cross = |a: Rate, b: Rate| i128::from(a.numerator()) * i128::from(b.denominator());
    one.has_data().cmp(&other.has_data()).then_with(|| cross(one, other).cmp(&cross(other, one)))
}

fn rate_of(line: &SchoolLine, by: By) -> Rate {
    match by {
        By::Amount => line.figures.reported.by_amount,
        By::Pupil => line.figures.reported.by_pupil,
    }
}

/// Some schools together.
fn group<'a>(
    (code, name): (String, String),
    lines: impl Iterator<Item = &'a SchoolLine>,
    settings: &Settings,
) -> Result<Group, ServiceError> {
    let (mut rate, mut by_pupil) = (Rate::NO_DATA, Rate::NO_DATA);
    let (mut schools, mut with_data) = (0, 0);
    for line in lines {
        let own = line.figures.reported;
        schools += 1;
        with_data += usize::from(own.by_amount.has_data());
        rate = rate.checked_add(own.by_amount).ok_or_else(ServiceError::overflow)?;
        by_pupil = by_pupil.checked_add(own.by_pupil).ok_or_else(ServiceError::overflow)?;
    }
    let status = Status::of(rate, settings);
    Ok(Group { code, name, schools: (schools, with_data), rate, by_pupil, status })
}

/// The authorities directly below one on a day, each with the ids of its schools.
fn places(
    store: &Store,
    code: &str,
    day: Day,
) -> Result<Vec<(AuthorityView, HashSet<i64>)>, ServiceError> {
    let own = store.read(|tx| {
        let tree = organisation::tree(tx)?;
        Ok::<_, ServiceError>(organisation::find(&tree, code, Some(day))?.unit.id)
    })?;
    let mut below = authorities::list(store, day, Some(own))?;
    below.retain(|one| one.depth == 1);
    let ids: Vec<AuthorityId> = store.read(|tx| {
        let tree = organisation::tree(tx)?;
        let id = |one: &AuthorityView| Ok(organisation::find(&tree, &one.code, Some(day))?.unit.id);
        below.iter().map(id).collect::<Result<_, ServiceError>>()
    })?;
    let schools = directory::schools_of_each(store, &ids, day)?;
    Ok(below.into_iter().zip(schools).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_compared_as_fractions_and_no_data_is_last() {
        let rate = |part, whole| Rate::new(part, whole).unwrap();
        for (why, one, other, expected) in [
            ("the same fraction", rate(1, 2), rate(2, 4), std::cmp::Ordering::Equal),
            ("rounded they are equal", rate(9_999, 10_000), rate(1, 1), std::cmp::Ordering::Less),
            ("no data", Rate::NO_DATA, rate(0, 1), std::cmp::Ordering::Less),
            ("the largest", rate(i64::MAX, i64::MAX), rate(1, 1), std::cmp::Ordering::Equal),
        ] {
            assert_eq!(better(one, other), expected, "{why}");
        }
    }
}
