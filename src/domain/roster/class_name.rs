//! What a class's name says: `6A1` is of grade 6, and next year's `7A1`.

/// The grade at the beginning of a class's name; nothing where it begins with none from 1 to 12.
#[must_use]
pub fn grade_of(class: &str) -> Option<i32> {
    let digits = class.bytes().take_while(u8::is_ascii_digit).count();
    let grade: i32 = class.get(..digits)?.parse().ok()?;
    (digits <= 2 && (1..=12).contains(&grade)).then_some(grade)
}

/// The same class one grade up; nothing where the name says no grade.
#[must_use]
pub fn next_class(class: &str) -> Option<String> {
    let grade = grade_of(class)?;
    let digits = class.bytes().take_while(u8::is_ascii_digit).count();
    Some(format!("{}{}", grade + 1, class.get(digits..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_goes_up_by_its_number() {
        for (why, class, grade, next) in [
            ("plain", "6A1", Some(6), Some("7A1")),
            ("a digit more", "9A", Some(9), Some("10A")),
            ("two digits", "10A1", Some(10), Some("11A1")),
            ("with a mark", "6/2", Some(6), Some("7/2")),
            ("no grade", "Lá 1", None, None),
            ("too high", "13A", None, None),
            ("a year", "2026A", None, None),
            ("nothing", "", None, None),
        ] {
            assert_eq!(grade_of(class), grade, "{why}");
            assert_eq!(next_class(class).as_deref(), next, "{why}");
        }
    }
}
