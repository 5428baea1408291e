//! Whom a round is for.

use serde::{Deserialize, Serialize};

use crate::domain::text::squeeze;

/// Whom a round is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", content = "which", rename_all = "snake_case")]
pub enum Scope {
    /// Everybody.
    School,
    /// Some grades.
    Grades(Vec<u8>),
    /// Some classes, as the school writes them.
    Classes(Vec<String>),
    /// Some students, by code.
    Students(Vec<String>),
}

impl Scope {
    /// Whether it holds a student. Classes are compared without blanks, marks and case.
    #[must_use]
    pub fn holds(&self, code: &str, class: &str) -> bool {
        match self {
            Scope::School => true,
            Scope::Grades(grades) => {
                grade_of_class(class).is_some_and(|grade| grades.contains(&grade))
            }
            Scope::Classes(classes) => {
                let class = class_key(class);
                classes.iter().any(|one| class_key(one) == class)
            }
            Scope::Students(codes) => codes.iter().any(|one| one == code),
        }
    }
}

fn class_key(class: &str) -> String {
    let key = squeeze(class);
    key.strip_prefix("LOP").map_or_else(|| key.clone(), str::to_owned)
}

/// The grade a class name says, 1 to 12: `6A1`, `10 A2`, `Lớp 1/2`. Preschool classes say none.
#[must_use]
pub fn grade_of_class(class: &str) -> Option<u8> {
    let folded = crate::domain::text::fold(class);
    let rest = folded.trim_start();
    let rest = rest.strip_prefix("LOP").unwrap_or(rest).trim_start();
    let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    rest.get(..end)?.parse::<u8>().ok().filter(|grade| (1..=12).contains(grade))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn class_names_say_their_grade() {
        for (class, expected) in [
            ("6A1", Some(6)),
            ("10 A2", Some(10)),
            ("Lớp 1/2", Some(1)),
            ("lop 12B", Some(12)),
            ("Lá 1", None),
            ("NT 24-36 tháng", None),
            ("13A", None),
            ("", None),
        ] {
            assert_eq!(grade_of_class(class), expected, "{class}");
        }
    }

    #[test]
    fn a_scope_holds_whom_it_names() {
        let classes = Scope::Classes(vec!["6 a1".to_owned()]);
        for (why, scope, expected) in [
            ("everybody", Scope::School, true),
            ("the grade", Scope::Grades(vec![6, 7]), true),
            ("another grade", Scope::Grades(vec![7]), false),
            ("the class, written otherwise", classes, true),
            ("the student", Scope::Students(vec!["HS1".to_owned()]), true),
            ("another student", Scope::Students(vec!["HS2".to_owned()]), false),
        ] {
            assert_eq!(scope.holds("HS1", "Lớp 6A1"), expected, "{why}");
        }
    }
}
