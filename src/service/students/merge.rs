//! What the rows of a list do to the students that are known: pure but for the ids it takes.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::classes::{Classes, Seen, unknown_class};
use super::imports::{Mode, Options};
use super::notes;
use super::person::{Person, Writing, search_key};
use super::roll::Roll;
use crate::clock::local_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::id::SchoolId;
use crate::domain::roster::{PersonalNumber, Scheme, SchoolYear, masked, sort_key};
use crate::domain::text::squeeze;
use crate::formats::roster::{self, StudentRow as Listed, Table, Told};
use crate::service::import_students::ListOutcome;
use crate::service::{Actor, ServiceError, payer_memory};
use crate::store::people::{FamilyRow, StudentRow, VirtualAccountRow};
use crate::store::roster::{Belongings, ChangeRow, GuardianRow, IdentifierRow};
use crate::store::{StoreError, Tx};

/// An import being worked out.
pub struct Merge<'a> {
    roll: Roll,
    classes: Classes,
    options: &'a Options,
    told: Told,
    year: SchoolYear,
    import: i64,
    now: NaiveDateTime,
    actor: &'a Actor,
    writing: Writing,
    /// Accounts and the families that pay from them.
    payers: BTreeSet<(String, i64)>,
    outcome: ListOutcome,
}

impl<'a> Merge<'a> {
    /// Works out what a list does to a school's students; writes nothing. The caller holds the lock.
    pub fn of(
        tx: &mut Tx<'_>,
        school: SchoolId,
        table: &Table,
        options: &'a Options,
        (import, now, actor): (i64, NaiveDateTime, &'a Actor),
    ) -> Result<Merge<'a>, ServiceError> {
        let list = roster::student_list(table).map_err(ServiceError::refused)?;
        let mut merge = Merge {
            roll: Roll::load(tx, school)?,
            classes: Classes::load(tx, school, &options.classes, options.create_classes)?,
            options,
            told: list.told,
            year: options.year.unwrap_or_else(|| SchoolYear::of(local_day(now))),
            import,
            now,
            actor,
            writing: Writing::default(),
            payers: BTreeSet::new(),
            outcome: ListOutcome {
                bad: list.bad,
                warnings: list.warnings,
                import: Some(import),
                ..ListOutcome::default()
            },
        };
        let count = u64::try_from(list.good.len()).unwrap_or_default();
        tx.reserve_ids(count.saturating_mul(4).max(1))?;
        for row in &list.good {
            if let Some(problem) = merge.take(tx, row)? {
                merge.outcome.bad.push(problem);
            }
        }
        merge.outcome.bad.sort_by_key(|one| one.place.as_ref().and_then(|place| place.row));
        Ok(merge)
    }

    /// What comes of it.
    pub fn outcome(&self) -> &ListOutcome {
        &self.outcome
    }

    /// Writes what was worked out, and says what came of it.
    pub fn write(self, tx: &mut Tx<'_>) -> Result<ListOutcome, ServiceError> {
        self.classes.write(tx)?;
        self.writing.write(tx, self.now)?;
        payer_memory::take_listed(tx, (self.roll.school, self.import), &self.payers, self.now)?;
        Ok(self.outcome)
    }

    /// Takes one row, or says why it is bad.
    fn take(&mut self, tx: &mut Tx<'_>, row: &Listed) -> Result<Option<Diagnostic>, ServiceError> {
        // A list that was read names each code once.
        let known = self.roll.students.remove(&row.code);
        if let Some(problem) = self.fault(row, known.as_ref()) {
            return Ok(Some(problem));
        }
        match self.classes.see(tx, &row.class)? {
            Seen::Known => {}
            Seen::New => self.outcome.warnings.push(notes::new_class(row)),
            Seen::Unknown(like) => {
                return Ok(Some(unknown_class(Some(row.row), &row.class, like.as_deref())));
            }
        }
        let family = self.family(tx, row, known.as_ref())?;
        let mut next = match &known {
            Some(known) => known.clone(),
            None => self.newcomer(tx, row, family)?,
        };
        next.row.family_id = family;
        self.overwrite(tx, &mut next, row)?;
        if let Some(left) = next.row.left_on {
            self.outcome.warnings.push(notes::has_left(row, left));
        } else {
            self.place(tx, &mut next, &row.class, known.is_none())?;
        }
        next.row.search_key = search_key(&next.row);
        self.virtual_account(tx, &mut next, row)?;
        for account in &row.payer_accounts {
            self.payers.insert((account.clone(), family));
        }
        for one in &next.own.identifiers {
            let key = (one.scheme.clone(), one.value.clone());
            self.roll.identifiers.insert(key, row.code.clone());
        }
        match known {
            None => {
                self.outcome.added += 1;
                self.writing.added.push(next);
            }
            Some(before) if before != next => {
                self.outcome.updated += 1;
                self.writing.changes.push(ChangeRow {
                    id: tx.next_id()?,
                    school_id: self.roll.school,
                    student_id: next.row.id,
                    import_id: Some(self.import),
                    kind: "import".to_owned(),
                    before: before.snapshot()?,
                    actor: self.actor.as_str().to_owned(),
                    at: self.now,
                });
                self.writing.changed.push(next);
            }
            Some(_) => self.outcome.unchanged += 1,
        }
        Ok(None)
    }

    /// Why a row cannot be taken, whatever it says of the student.
    fn fault(&self, row: &Listed, known: Option<&Person>) -> Option<Diagnostic> {
        match (self.options.mode, known) {
            (Mode::New, Some(_)) => return Some(notes::known_already(row)),
            (Mode::Update, None) => return Some(notes::not_known(row)),
            _ => {}
        }
        if known.is_none()
            && row.code.bytes().all(|byte| byte.is_ascii_digit())
            && let Some(whole) = self.roll.without_zeros.get(row.code.trim_start_matches('0'))
        {
            return Some(notes::zeros_lost(row, whole));
        }
        if let Some(text) = row.personal_number.as_deref().filter(|text| text.contains('*')) {
            let own = known.and_then(|known| identifier(&known.own, Scheme::PersonalNumber));
            if own.is_none_or(|own| masked(own) != *text) {
                return Some(notes::masked_number(row));
            }
        }
        for (scheme, value) in numbers(row) {
            let key = (scheme.name().to_owned(), value.to_owned());
            if let Some(owner) = self.roll.identifiers.get(&key).filter(|owner| **owner != row.code)
            {
                return Some(notes::number_of_another(row, scheme, value, owner));
            }
        }
        None
    }

    /// The row's family. A row that names none leaves a known student where it is, and makes a new
    /// one a family of its own.
    fn family(
        &mut self,
        tx: &mut Tx<'_>,
        row: &Listed,
        known: Option<&Person>,
    ) -> Result<i64, ServiceError> {
        let key = match (&row.family, known) {
            (Some(key), _) => key.clone(),
            (None, Some(known)) => return Ok(known.row.family_id),
            (None, None) => format!("={}", row.code),
        };
        if let Some(id) = self.roll.families.get(&key) {
            return Ok(*id);
        }
        let id = tx.next_id()?;
        let family = FamilyRow { id, school_id: self.roll.school, family_key: key.clone() };
        self.writing.families.push(family);
        self.roll.families.insert(key, id);
        Ok(id)
    }

    fn newcomer(
        &self,
        tx: &mut Tx<'_>,
        row: &Listed,
        family_id: i64,
    ) -> Result<Person, StoreError> {
        let student = StudentRow {
            id: tx.next_id()?,
            school_id: self.roll.school,
            family_id,
            code: row.code.clone(),
            name: String::new(),
            class: String::new(),
            guardian_name: None,
            email: None,
            phone: None,
            search_key: String::new(),
            sort_key: String::new(),
            birth_date: None,
            sex: None,
            collection: None,
            exemption: None,
            left_on: None,
            left_reason: None,
            import_id: Some(self.import),
        };
        Ok(Person { row: student, own: Belongings::default(), virtual_accounts: Vec::new() })
    }

    /// Puts what the row says over what is known; what it has no column for stays.
    fn overwrite(
        &self,
        tx: &mut Tx<'_>,
        next: &mut Person,
        row: &Listed,
    ) -> Result<(), StoreError> {
        let told = self.told;
        next.row.name.clone_from(&row.name);
        next.row.sort_key = sort_key(&row.name);
        if told.birth_date {
            next.row.birth_date = row.birth_date;
        }
        if told.sex {
            next.row.sex = row.sex.map(|sex| sex.name().to_owned());
        }
        if told.collection {
            next.row.collection = row.collection.map(str::to_owned);
        }
        if told.exemption {
            next.row.exemption = row.exemption.map(str::to_owned);
        }
        self.guardians(tx, next, row)?;
        for (scheme, is_told, value) in [
            (Scheme::PersonalNumber, told.personal_number, row.personal_number.as_deref()),
            (Scheme::EducationCode, told.education_code, row.education_code.as_deref()),
            (Scheme::Other, told.other_code, row.other_code.as_deref()),
        ] {
            if is_told && value.is_none_or(|value| !is_masked(scheme, value)) {
                set_identifier(tx, next, scheme, value)?;
            }
        }
        Ok(())
    }

    fn guardians(
        &self,
        tx: &mut Tx<'_>,
        next: &mut Person,
        row: &Listed,
    ) -> Result<(), StoreError> {
        let told = self.told;
        if !(told.guardian || told.email || told.phone || told.second_guardian) {
            return Ok(());
        }
        // A second guardian without a first one stands first.
        let mut listed = row.guardians.iter();
        let first = listed.next();
        let old_first = next.own.guardians.iter().find(|one| one.position == 1).cloned();
        let mut rows: Vec<GuardianRow> = Vec::with_capacity(2);
        let mut merged = GuardianRow {
            id: 0,
            school_id: self.roll.school,
            student_id: next.row.id,
            position: 1,
            name: next.row.guardian_name.clone(),
            relation: old_first.as_ref().and_then(|one| one.relation.clone()),
            email: next.row.email.clone(),
            phone: next.row.phone.clone(),
            language: old_first.as_ref().map_or("vi", |one| &one.language).to_owned(),
        };
        if told.guardian {
            merged.name = first.and_then(|one| one.name.clone());
            merged.relation = first.and_then(|one| one.relation.clone());
            first.map_or("vi", |one| one.language).clone_into(&mut merged.language);
        }
        if told.email {
            merged.email = first.and_then(|one| one.email.clone());
        }
        if told.phone {
            merged.phone = first.and_then(|one| one.phone.clone());
        }
        if merged.name.is_some() || merged.email.is_some() || merged.phone.is_some() {
            rows.push(merged);
        }
        if told.second_guardian {
            rows.extend(listed.map(|one| GuardianRow {
                id: 0,
                school_id: self.roll.school,
                student_id: next.row.id,
                position: 2,
                name: one.name.clone(),
                relation: one.relation.clone(),
                email: one.email.clone(),
                phone: one.phone.clone(),
                language: one.language.to_owned(),
            }));
        } else {
            rows.extend(next.own.guardians.iter().filter(|one| one.position > 1).cloned());
        }
        for (position, one) in (1..).zip(&mut rows) {
            one.position = position;
            let same = next.own.guardians.iter().find(|old| old.position == position);
            one.id = match same {
                Some(same) => same.id,
                None => tx.next_id()?,
            };
        }
        let first = rows.first();
        next.row.guardian_name = first.and_then(|one| one.name.clone());
        next.row.email = first.and_then(|one| one.email.clone());
        next.row.phone = first.and_then(|one| one.phone.clone());
        next.own.guardians = rows;
        Ok(())
    }

    /// Puts a student into the row's class: a change of class is a transfer on the day of the import.
    fn place(
        &self,
        tx: &mut Tx<'_>,
        next: &mut Person,
        class: &str,
        is_new: bool,
    ) -> Result<(), ServiceError> {
        if !is_new && next.row.class == class {
            return Ok(());
        }
        let today = local_day(self.now);
        let same_day = next.open().is_some_and(|one| one.from_day.is_none_or(|from| from >= today));
        if same_day {
            // Nobody was in the class for a day: the list before was wrong.
            next.own.enrolments.retain(|one| one.to_day.is_some());
        } else if !is_new {
            let last = today.pred_opt().unwrap_or(today);
            next.end(tx, last, self.year, "transferred")?;
        }
        next.begin(tx, class, self.year, today)
    }

    fn virtual_account(
        &mut self,
        tx: &mut Tx<'_>,
        next: &mut Person,
        row: &Listed,
    ) -> Result<(), ServiceError> {
        let Some(number) = row.virtual_account.as_deref().map(squeeze) else { return Ok(()) };
        if number.is_empty() || !self.roll.virtual_accounts.insert((number.clone(), next.row.id)) {
            return Ok(());
        }
        let account = VirtualAccountRow {
            id: tx.next_id()?,
            school_id: self.roll.school,
            student_id: next.row.id,
            number,
            valid_from: None,
            valid_to: None,
        };
        next.virtual_accounts.push(account.id);
        self.writing.virtual_accounts.push(account);
        Ok(())
    }
}

/// The numbers a row names that are not masked.
fn numbers(row: &Listed) -> impl Iterator<Item = (Scheme, &str)> {
    [
        (Scheme::PersonalNumber, row.personal_number.as_deref()),
        (Scheme::EducationCode, row.education_code.as_deref()),
        (Scheme::Other, row.other_code.as_deref()),
    ]
    .into_iter()
    .filter_map(|(scheme, value)| value.map(|value| (scheme, value)))
    .filter(|(scheme, value)| !is_masked(*scheme, value))
}

fn is_masked(scheme: Scheme, value: &str) -> bool {
    scheme == Scheme::PersonalNumber && PersonalNumber::parse(value).is_none()
}

fn identifier(own: &Belongings, scheme: Scheme) -> Option<&str> {
    own.identifiers.iter().find(|one| one.scheme == scheme.name()).map(|one| one.value.as_str())
}

fn set_identifier(
    tx: &mut Tx<'_>,
    next: &mut Person,
    scheme: Scheme,
    value: Option<&str>,
) -> Result<(), StoreError> {
    let Some(value) = value else {
        next.own.identifiers.retain(|one| one.scheme != scheme.name());
        return Ok(());
    };
    let same = next.own.identifiers.iter_mut().find(|one| one.scheme == scheme.name());
    if let Some(one) = same {
        value.clone_into(&mut one.value);
        return Ok(());
    }
    next.own.identifiers.push(IdentifierRow {
        id: tx.next_id()?,
        school_id: next.row.school_id,
        student_id: next.row.id,
        scheme: scheme.name().to_owned(),
        value: value.to_owned(),
    });
    next.own.identifiers.sort_by(|a, b| a.scheme.cmp(&b.scheme));
    Ok(())
}
