//! Builds the made-up province: equal seeds give equal bytes.

use crate::demo::delivery::Ledger;
use crate::demo::error::DemoError;
use crate::demo::fees::{self, CodeBook};
use crate::demo::lists;
use crate::demo::payments::Payments;
use crate::demo::random::Dice;
use crate::demo::roll;
use crate::demo::schools::{COMMUNE, FORMER_DISTRICT, PROVINCE, Profile, SCHOOLS, WARD};
use crate::demo::spec::{
    AccountSpec, AuthorityKind, AuthoritySpec, PlacementSpec, SchoolSpec, World,
};
use crate::demo::till;
use crate::demo::truth::Truth;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// What every invented name carries, so that nobody takes it for a real one.
pub const MADE_UP: &str = "dữ liệu mẫu";

/// Builds a world from a seed.
pub fn build(seed: u64) -> Result<World, DemoError> {
    let dice = Dice::new(seed);
    let mut codes = CodeBook::new()?;
    let mut schools = Vec::with_capacity(SCHOOLS.len());
    let mut truth = Vec::new();
    for (number, profile) in (1_u32..).zip(&SCHOOLS) {
        let (school, lines) = school(profile, number, &dice.apart(number.into()), &mut codes)?;
        schools.push(school);
        truth.extend(lines);
    }
    let province = authority(PROVINCE, "Tỉnh Mẫu", AuthorityKind::Province, None, (None, None));
    Ok(World { province, authorities: authorities()?, schools, truth })
}

/// The last day of districts and the first day of the communes that took over.
fn reform() -> Result<(Day, Day), DemoError> {
    let last = Day::from_ymd_opt(2025, 6, 30).ok_or(DemoError::DayRange)?;
    Ok((last, last.succ_opt().ok_or(DemoError::DayRange)?))
}

fn authorities() -> Result<Vec<AuthoritySpec>, DemoError> {
    use AuthorityKind::{Commune, District};
    let (last, first) = reform()?;
    let below = Some(PROVINCE);
    Ok(vec![
        authority(FORMER_DISTRICT, "Huyện Mẫu Cũ", District, below, (None, Some(last))),
        authority(COMMUNE, "Xã Mẫu Thượng", Commune, below, (Some(first), None)),
        authority(WARD, "Phường Mẫu Hạ", Commune, below, (Some(first), None)),
    ])
}

fn authority(
    code: &str,
    name: &str,
    kind: AuthorityKind,
    parent: Option<&str>,
    (valid_from, valid_to): (Option<Day>, Option<Day>),
) -> AuthoritySpec {
    AuthoritySpec {
        code: code.to_owned(),
        name: format!("{name} ({MADE_UP})"),
        kind,
        parent: parent.map(str::to_owned),
        valid_from,
        valid_to,
    }
}

fn placements(profile: &Profile<'_>) -> Result<Vec<PlacementSpec>, DemoError> {
    let placement = |code: &str, valid_from, valid_to| PlacementSpec {
        authority_code: code.to_owned(),
        valid_from,
        valid_to,
    };
    if profile.formerly == profile.authority {
        return Ok(vec![placement(profile.authority, None, None)]);
    }
    let (last, first) = reform()?;
    Ok(vec![
        placement(profile.formerly, None, Some(last)),
        placement(profile.authority, Some(first), None),
    ])
}

fn school(
    profile: &Profile<'_>,
    number: u32,
    dice: &Dice,
    codes: &mut CodeBook,
) -> Result<(SchoolSpec, Vec<Truth>), DemoError> {
    let account = AccountSpec {
        bin: profile.bank.bin().to_owned(),
        bank: profile.bank.name().to_owned(),
        bic: profile.bank.bic().to_owned(),
        number: profile.account.to_owned(),
        holder: profile.holder.to_owned(),
    };
    let roll = roll::fill(profile, number, &mut dice.apart(1));
    let invoices = fees::issue(profile.level, &roll, codes, &mut dice.apart(2))?;
    let (mut movements, cash) =
        Payments::new(profile, &roll, &invoices, dice.apart(3)).run(codes)?;
    movements.extend(till::movements(profile, &cash, &mut dice.apart(4))?);
    let mut purse = dice.apart(5);
    let opening = Vnd::new(i64::from(purse.between(31_000, 95_000)) * 1_000);
    let ledger = Ledger::book(profile, opening, movements, &mut purse)?;
    let (statement_files, truth) = ledger.deliver(profile, &account)?;
    let invoice_files = (0..)
        .zip(&fees::rounds(profile.level))
        .map(|(round, plan)| {
            let of_round = invoices.iter().filter(|invoice| invoice.round == round);
            lists::invoices(profile, &roll, plan, of_round)
        })
        .collect::<Result<_, _>>()?;
    let school = SchoolSpec {
        code: profile.code.to_owned(),
        name: format!("{} ({MADE_UP})", profile.name),
        level: profile.level,
        authority_code: profile.authority.to_owned(),
        placements: placements(profile)?,
        account,
        students: roll.pupils.len(),
        students_file: lists::students(profile, &roll)?,
        invoice_files,
        statement_files,
        cash,
    };
    Ok((school, truth))
}
