//! `doisoat school place`, `alias`, `satellite`, `levels`, and what `show` says of them.

use serde::Serialize;

use super::super::authority::{days, tell_changed};
use super::super::{Env, Failure};
use crate::clock::SystemClock;
use crate::domain::calendar::Day;
use crate::domain::lang::Lang;
use crate::domain::setting::Settings;
use crate::service::organisation::places::{self, NewAlias, NewPlacement, NewSatellite};
use crate::service::organisation::school::SchoolDetail;
use crate::service::{Actor, Store, directory};

/// Under whom a school is.
#[derive(Debug, clap::Args)]
pub struct PlaceArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The authority's code
    #[arg(long)]
    authority: String,
    /// The first day (YYYY-MM-DD); a placement without an end is closed the day before
    #[arg(long)]
    from: Option<Day>,
    /// The last day
    #[arg(long)]
    to: Option<Day>,
}

/// Another code of a school.
#[derive(Debug, clap::Args)]
pub struct AliasArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The other code: a former one, or that of another register
    #[arg(long)]
    code: String,
    /// Its first day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
    /// Its last day
    #[arg(long)]
    to: Option<Day>,
}

/// A place where a school teaches besides its main one.
#[derive(Debug, clap::Args)]
pub struct SatelliteArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// The place's code, unique in the school
    #[arg(long)]
    code: String,
    /// Its name
    #[arg(long)]
    name: String,
    /// The first day (YYYY-MM-DD)
    #[arg(long)]
    from: Option<Day>,
    /// The last day
    #[arg(long)]
    to: Option<Day>,
}

/// Which levels a school teaches.
#[derive(Debug, clap::Args)]
pub struct LevelsArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// preschool, primary, lower-secondary, upper-secondary, continuing; several parted by commas
    #[arg(long)]
    levels: String,
}

/// By whom a school is kept.
#[derive(Debug, clap::Args)]
pub struct OwnershipArgs {
    /// The school's code
    #[arg(long)]
    school: String,
    /// public, community or private
    #[arg(long = "as")]
    kind: String,
}

pub fn place(env: &mut Env<'_>, store: &Store, args: &PlaceArgs) -> Result<(), Failure> {
    let new = NewPlacement { authority: args.authority.clone(), from: args.from, to: args.to };
    let school = directory::find_school(store, &args.school)?.id;
    let changed = places::place(store, &SystemClock, &Actor::named("cli"), school, &new)?;
    tell_changed(env, &changed)
}

pub fn alias(env: &mut Env<'_>, store: &Store, args: &AliasArgs) -> Result<(), Failure> {
    let new = NewAlias { code: args.code.clone(), from: args.from, to: args.to };
    let school = directory::find_school(store, &args.school)?.id;
    let changed = places::add_alias(store, &SystemClock, &Actor::named("cli"), school, &new)?;
    tell_changed(env, &changed)
}

pub fn satellite(env: &mut Env<'_>, store: &Store, args: &SatelliteArgs) -> Result<(), Failure> {
    let new = NewSatellite {
        code: args.code.clone(),
        name: args.name.clone(),
        from: args.from,
        to: args.to,
    };
    let school = directory::find_school(store, &args.school)?.id;
    let changed = places::put_satellite(store, &SystemClock, &Actor::named("cli"), school, &new)?;
    tell_changed(env, &changed)
}

pub fn levels(env: &mut Env<'_>, store: &Store, args: &LevelsArgs) -> Result<(), Failure> {
    let school = directory::find_school(store, &args.school)?.id;
    let actor = Actor::named("cli");
    let changed = places::set_levels(store, &SystemClock, &actor, school, &args.levels)?;
    tell_changed(env, &changed)
}

pub fn ownership(env: &mut Env<'_>, store: &Store, args: &OwnershipArgs) -> Result<(), Failure> {
    let school = directory::find_school(store, &args.school)?.id;
    let actor = Actor::named("cli");
    let changed = places::set_ownership(store, &SystemClock, &actor, school, &args.kind)?;
    tell_changed(env, &changed)
}

/// A school with its history and its settings, as programs read it.
#[derive(Serialize)]
pub struct Shown {
    #[serde(flatten)]
    pub school: SchoolDetail,
    pub settings: Settings,
}

/// What has dates about a school.
pub fn tell(env: &mut Env<'_>, found: &SchoolDetail) -> Result<(), Failure> {
    let lang = env.lang;
    let say = |vi: &'static str, en: &'static str| match lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    if let Some(kind) = found.school.ownership {
        writeln!(env.out, "  {}: {}", say("loại hình", "kind"), kind.label(lang))?;
    }
    if !found.levels.is_empty() {
        let levels: Vec<&str> = found.levels.iter().map(|level| level.label(lang)).collect();
        writeln!(env.out, "  {}: {}", say("cấp học", "levels"), levels.join(", "))?;
    }
    for one in &found.aliases {
        let days = days(lang, one.from, one.to);
        writeln!(env.out, "  {}: {}{days}", say("mã khác", "other code"), one.code)?;
    }
    for one in &found.placements {
        let days = days(lang, one.from, one.to);
        let (code, name) = (&one.authority, &one.authority_name);
        writeln!(env.out, "  {}: {code} {name}{days}", say("thuộc", "under"))?;
    }
    for one in &found.satellites {
        let days = days(lang, one.from, one.to);
        let (code, name) = (&one.code, &one.name);
        writeln!(env.out, "  {}: {code} {name}{days}", say("điểm trường", "satellite"))?;
    }
    Ok(())
}
