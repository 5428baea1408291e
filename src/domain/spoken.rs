//! Amounts in words, as Vietnamese vouchers state them.

use crate::domain::money::Vnd;

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// `Một triệu hai trăm năm mươi nghìn đồng`.
#[must_use]
pub fn dong(amount: Vnd) -> String {
    let minus = if amount < Vnd::ZERO { "âm " } else { "" };
    let words = format!("{minus}{} đồng", number(amount.dong().unsigned_abs()));
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

fn number(number: u64) -> String {
    if number == 0 {
        return "không".to_owned();
    }
    // Beyond a billion the words begin anew: nghìn tỷ, triệu tỷ.
    let (billions, rest) = (number / 1_000_000_000, number % 1_000_000_000);
    let mut parts = Vec::new();
    if billions > 0 {
        parts.push(format!("{} tỷ", self::number(billions)));
    }
    let mut started = billions > 0;
    for (size, name) in [(1_000_000, " triệu"), (1_000, " nghìn"), (1, "")] {
        let three = rest / size % 1_000;
        if three > 0 {
            parts.push(format!("{}{name}", three_digits(three, started)));
        }
        started |= three > 0;
    }
    parts.join(" ")
}

/// Up to three digits; `whole` says the hundreds even where there are none, as after a larger group.
fn three_digits(number: u64, whole: bool) -> String {
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut words: Vec<&str> = Vec::new();
    if hundreds > 0 || whole {
        words.extend([digit(hundreds), "trăm"]);
    }
    match tens {
        0 if ones > 0 && (hundreds > 0 || whole) => words.push("linh"),
        0 => {}
        1 => words.push("mười"),
        _ => words.extend([digit(tens), "mươi"]),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt"),
        (1.., 5) => words.push("lăm"),
        _ => words.push(digit(ones)),
    }
    words.join(" ")
}

fn digit(digit: u64) -> &'static str {
    usize::try_from(digit).ok().and_then(|at| DIGITS.get(at)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_said_as_vouchers_say_them() {
        for (amount, words) in [
            (0, "Không đồng"),
            (5, "Năm đồng"),
            (15, "Mười lăm đồng"),
            (21, "Hai mươi mốt đồng"),
            (105, "Một trăm linh năm đồng"),
            (1_000, "Một nghìn đồng"),
            (1_005, "Một nghìn không trăm linh năm đồng"),
            (350_000, "Ba trăm năm mươi nghìn đồng"),
            (1_250_000, "Một triệu hai trăm năm mươi nghìn đồng"),
            (1_000_011, "Một triệu không trăm mười một đồng"),
            (2_000_500_000, "Hai tỷ năm trăm nghìn đồng"),
            (12_345_000_000_000, "Mười hai nghìn ba trăm bốn mươi lăm tỷ đồng"),
            (-7, "Âm bảy đồng"),
        ] {
            assert_eq!(dong(Vnd::new(amount)), words);
        }
    }
}
