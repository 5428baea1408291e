//! Invented Vietnamese names from short lists of our own; no real person is meant.

use crate::demo::random::Dice;

/// Surnames and how common they are, per mille of the published national figures; `Đinh` is added
/// because it is common in the highlands.
const SURNAMES: [(u32, &str); 17] = [
    (384, "Nguyễn"),
    (121, "Trần"),
    (95, "Lê"),
    (70, "Phạm"),
    (26, "Hoàng"),
    (25, "Huỳnh"),
    (45, "Phan"),
    (20, "Vũ"),
    (19, "Võ"),
    (21, "Đặng"),
    (20, "Bùi"),
    (14, "Đỗ"),
    (13, "Hồ"),
    (13, "Ngô"),
    (10, "Dương"),
    (5, "Lý"),
    (40, "Đinh"),
];

const GIRLS_MIDDLE: [(u32, &str); 14] = [
    (30, "Thị"),
    (10, "Ngọc"),
    (8, "Thu"),
    (8, "Hồng"),
    (6, "Minh"),
    (6, "Khánh"),
    (6, "Thanh"),
    (6, "Bảo"),
    (5, "Phương"),
    (4, "Gia"),
    (4, "Quỳnh"),
    (4, "Tuyết"),
    (5, "Thị Ngọc"),
    (4, "Thị Thu"),
];

const BOYS_MIDDLE: [(u32, &str); 14] = [
    (26, "Văn"),
    (9, "Đức"),
    (9, "Minh"),
    (8, "Quốc"),
    (7, "Gia"),
    (6, "Hoàng"),
    (6, "Hữu"),
    (5, "Anh"),
    (5, "Thanh"),
    (5, "Tuấn"),
    (5, "Quang"),
    (5, "Bảo"),
    (2, "Văn Minh"),
    (2, "Trọng"),
];

const GIRLS_GIVEN: [&str; 32] = [
    "Hạnh", "Lan", "Linh", "Trang", "Thảo", "Vy", "Anh", "Châu", "Hân", "My", "Ngân", "Nhi", "Như",
    "Thư", "Trâm", "Yến", "Hà", "Chi", "Thuỷ", "Diệp", "Uyên", "Ngọc", "Dung", "Giang", "Hoa",
    "Hương", "Lam", "Mai", "Nga", "Oanh", "Quyên", "Thuý",
];

const BOYS_GIVEN: [&str; 34] = [
    "An", "Bình", "Cường", "Dũng", "Duy", "Đạt", "Hải", "Hiếu", "Hùng", "Huy", "Khang", "Khoa",
    "Kiên", "Long", "Nam", "Nghĩa", "Phát", "Phong", "Phúc", "Quân", "Sơn", "Tâm", "Thắng",
    "Thịnh", "Tiến", "Trí", "Tú", "Việt", "Vinh", "Lâm", "Lân", "Toàn", "Trung", "Đông",
];

/// A surname.
pub fn surname(dice: &mut Dice) -> &'static str {
    dice.weighted(&SURNAMES).unwrap_or("Nguyễn")
}

/// Middle and given name of a child, girl or boy as the dice fall.
pub fn child(dice: &mut Dice) -> (&'static str, &'static str) {
    if dice.percent(49) { woman(dice) } else { man(dice) }
}

/// Middle and given name of a woman.
pub fn woman(dice: &mut Dice) -> (&'static str, &'static str) {
    (dice.weighted(&GIRLS_MIDDLE).unwrap_or("Thị"), dice.word(&GIRLS_GIVEN))
}

/// Middle and given name of a man.
pub fn man(dice: &mut Dice) -> (&'static str, &'static str) {
    (dice.weighted(&BOYS_MIDDLE).unwrap_or("Văn"), dice.word(&BOYS_GIVEN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commonest_surname_is_as_common_as_in_the_country() {
        let mut dice = Dice::new(11);
        let count = (0..5_000).filter(|_| surname(&mut dice) == "Nguyễn").count();
        assert!((1_850..2_250).contains(&count), "{count} of 5,000");
    }
}
