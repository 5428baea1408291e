//! The end of a school year: which class becomes which, and who leaves.

use std::collections::BTreeMap;

use super::class_name::{grade_of, next_class};
use crate::domain::diagnostic::Diagnostic;

/// What becomes of the students of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// They are in this class from then on.
    To(String),
    /// They leave the school.
    Leave,
}

/// How classes go up: by a list where it names them, else by the number they begin with.
#[derive(Clone, Debug, Default)]
pub struct Promotion {
    /// The school's own words; they count before the rule.
    pub map: BTreeMap<String, Move>,
    /// The school's last grade.
    pub last_grade: Option<i32>,
}

impl Promotion {
    /// What becomes of a class. Fails where neither the list nor the rule says it.
    pub fn of(&self, class: &str) -> Result<Move, Diagnostic> {
        if let Some(known) = self.map.get(class) {
            return Ok(known.clone());
        }
        let unknown = || {
            Diagnostic::new(
                "class_without_next",
                format!(
                    "Không biết lớp {class} lên lớp nào. Ghi lớp này vào tệp chuyển lớp, hoặc cho biết khối cuối cấp."
                ),
                format!(
                    "It is not known what class {class} becomes. Name it in the list of classes, or say which grade is the last."
                ),
            )
        };
        let grade = grade_of(class).ok_or_else(unknown)?;
        let last = self.last_grade.ok_or_else(unknown)?;
        if grade >= last {
            return Ok(Move::Leave);
        }
        next_class(class).map(Move::To).ok_or_else(unknown)
    }
}

/// The last grade of a school of this level; nothing where the level says none.
#[must_use]
pub fn last_grade_of(level: &str) -> Option<i32> {
    match level.replace('_', "-").as_str() {
        "primary" => Some(5),
        "lower-secondary" => Some(9),
        "upper-secondary" => Some(12),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_counts_before_the_rule_and_the_last_grade_leaves() {
        let to = |class: &str| Some(Move::To(class.to_owned()));
        let map = BTreeMap::from([
            ("6A9".to_owned(), Move::To("7A1".to_owned())),
            ("Lá".to_owned(), Move::Leave),
        ]);
        for (why, last_grade, class, expected) in [
            ("by the rule", Some(9), "6A1", to("7A1")),
            ("by the list", Some(9), "6A9", to("7A1")),
            ("the last grade", Some(9), "9A2", Some(Move::Leave)),
            ("not the last one here", Some(12), "9A2", to("10A2")),
            ("by the list without a number", None, "Lá", Some(Move::Leave)),
            ("no number, not in the list", Some(5), "Chồi", None),
            ("nobody said which grade is the last", None, "6A1", None),
        ] {
            let promotion = Promotion { map: map.clone(), last_grade };
            assert_eq!(promotion.of(class).ok(), expected, "{why}");
        }
        for (level, last) in [
            ("primary", Some(5)),
            ("lower_secondary", Some(9)),
            ("lower-secondary", Some(9)),
            ("", None),
        ] {
            assert_eq!(last_grade_of(level), last);
        }
    }
}
