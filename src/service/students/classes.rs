//! The classes of a school: those a person defined, and those only seen in lists.

use std::collections::HashMap;

use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::id::SchoolId;
use crate::domain::roster::grade_of;
use crate::domain::text::squeeze;
use crate::service::ServiceError;
use crate::store::Tx;
use crate::store::roster::{self, ClassRow};

/// What is known of a school's classes, and what is added to it.
#[derive(Debug)]
pub struct Classes {
    school: i64,
    known: HashMap<String, ClassRow>,
    /// Whether a person has said which classes there are.
    defined: bool,
    had_any: bool,
    create: bool,
    new: Vec<ClassRow>,
    now_defined: Vec<i64>,
}

/// What is to be said of a class in a row.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is known.
    Known,
    /// It is new and was taken.
    New,
    /// It is none of the school's; perhaps another was meant.
    Unknown(Option<String>),
}

impl Classes {
    /// Loads a school's classes; `define` are named by a person just now.
    pub fn load(
        tx: &mut Tx<'_>,
        school: SchoolId,
        define: &[String],
        create: bool,
    ) -> Result<Classes, ServiceError> {
        let rows = roster::classes_of(tx, school.0)?;
        let mut classes = Classes {
            school: school.0,
            defined: rows.iter().any(|row| row.defined),
            had_any: !rows.is_empty(),
            known: rows.into_iter().map(|row| (row.name.clone(), row)).collect(),
            create,
            new: Vec::new(),
            now_defined: Vec::new(),
        };
        for name in define.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
            classes.defined = true;
            match classes.known.get_mut(name) {
                Some(row) if row.defined => {}
                Some(row) => {
                    row.defined = true;
                    classes.now_defined.push(row.id);
                }
                None => classes.add(tx, name, true)?,
            }
        }
        Ok(classes)
    }

    /// Takes note of a class that a student is to be in.
    pub fn see(&mut self, tx: &mut Tx<'_>, name: &str) -> Result<Seen, ServiceError> {
        if self.known.contains_key(name) {
            return Ok(Seen::Known);
        }
        if self.defined && !self.create {
            let key = squeeze(name);
            let like = self.known.keys().filter(|known| squeeze(known) == key).min().cloned();
            return Ok(Seen::Unknown(like));
        }
        self.add(tx, name, self.defined)?;
        Ok(if self.had_any { Seen::New } else { Seen::Known })
    }

    fn add(&mut self, tx: &mut Tx<'_>, name: &str, defined: bool) -> Result<(), ServiceError> {
        let row = ClassRow {
            id: tx.next_id()?,
            school_id: self.school,
            name: name.to_owned(),
            grade: grade_of(name),
            defined,
        };
        self.known.insert(row.name.clone(), row.clone());
        self.new.push(row);
        Ok(())
    }

    /// Writes what is new.
    pub fn write(&self, tx: &mut Tx<'_>) -> Result<(), ServiceError> {
        roster::insert_classes(tx, &self.new)?;
        Ok(roster::define_classes(tx, &self.now_defined)?)
    }
}

/// Says that a class is none of the school's.
pub fn unknown_class(row: Option<u64>, class: &str, like: Option<&str>) -> Diagnostic {
    let (at_vi, at_en) = match row {
        Some(row) => (format!("Dòng {row}: lớp"), format!("Row {row}: class")),
        None => ("Lớp".to_owned(), "Class".to_owned()),
    };
    let (meant_vi, meant_en) = match like {
        Some(like) => (format!(" Có phải là {like}?"), format!(" Is it {like}?")),
        None => (String::new(), String::new()),
    };
    let diagnostic = Diagnostic::new(
        "unknown_class",
        format!(
            "{at_vi} “{class}” không có trong danh mục lớp của trường.{meant_vi} Sửa tên lớp, hoặc cho phép tạo lớp mới."
        ),
        format!(
            "{at_en} “{class}” is none of the school's classes.{meant_en} Correct the name, or allow new classes."
        ),
    );
    match row {
        Some(row) => diagnostic.at(Place::cell(row, "Lớp")),
        None => diagnostic,
    }
}
