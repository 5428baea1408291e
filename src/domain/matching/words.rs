//! Phrases of transfer texts: what is no fee payment, and everyday words that are names too.

use crate::domain::remittance::{Author, Remittance};

/// Everyday phrases whose words are also given names (Phi, Tiên, Toàn, Nam, Thắng …): within them a
/// word names nobody.
const EVERYDAY: &[&[&str]] = &[
    &["HOC", "PHI"],
    &["TIEN", "HOC"],
    &["TIEN", "AN"],
    &["AN", "TRUA"],
    &["CHUYEN", "TIEN"],
    &["CHUYEN", "KHOAN"],
    &["NOP", "TIEN"],
    &["DONG", "TIEN"],
    &["THU", "TIEN"],
    &["TIEN", "THU"],
    &["THU", "HO"],
    &["THANH", "TOAN"],
    &["HOC", "KY"],
    &["HOC", "KI"],
    &["NAM", "HOC"],
    &["HOC", "SINH"],
    &["PHU", "HUYNH"],
    &["BAN", "TRU"],
    &["BAO", "HIEM"],
    &["Y", "TE"],
    &["NGAN", "HANG"],
    &["TRUONG", "TIEU"],
    &["TIEU", "HOC"],
    &["TRUNG", "HOC"],
    &["MAM", "NON"],
    &["CO", "SO"],
    &["DONG", "PHUC"],
    &["NUOC", "UONG"],
    &["TIENG", "ANH"],
    &["DICH", "VU"],
    &["CHO", "CON"],
    &["CHO", "EM"],
    &["CHO", "CHAU"],
    &["CON", "LA"],
    &["GIA", "LAI"],
    &["BINH", "DINH"],
    &["AN", "LAO"],
];

/// Words that introduce a number rather than name somebody: `thang 11`, `nam 2026`, `ky 1`.
const BEFORE_NUMBERS: &[&str] =
    &["THANG", "NAM", "KY", "KI", "LOP", "TUAN", "NGAY", "LAN", "QUY", "DOT"];

/// Whether a two-word phrase is an everyday one.
pub(super) fn is_everyday(squeezed: &[u8]) -> bool {
    EVERYDAY.iter().any(|phrase| {
        let joined = phrase.iter().flat_map(|word| word.bytes());
        joined.eq(squeezed.iter().copied())
    })
}

/// For each token whether it is an everyday word where it stands.
pub(super) fn everyday(read: &Remittance) -> Vec<bool> {
    let words: Vec<&[u8]> = read.tokens().iter().map(|token| read.word(*token)).collect();
    let mut mask = vec![false; words.len()];
    for (index, pair) in words.windows(2).enumerate() {
        let [one, two] = pair else { continue };
        let phrase = EVERYDAY
            .iter()
            .any(|phrase| matches!(phrase, [a, b] if a.as_bytes() == *one && b.as_bytes() == *two));
        let numbered = BEFORE_NUMBERS.iter().any(|word| word.as_bytes() == *one)
            && is_number(two, 4)
            // `Lan 7/3` is a girl of class 7/3.
            && !words.get(index + 2).is_some_and(|three| is_number(three, 2));
        for (ahead, slot) in mask.iter_mut().skip(index).take(2).enumerate() {
            *slot |= phrase || (numbered && ahead == 0);
        }
    }
    mask
}

fn is_number(word: &[u8], longest: usize) -> bool {
    word.len() <= longest && word.iter().all(u8::is_ascii_digit)
}

/// What a text without any code says about money that is no fee payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nature {
    /// Interest on the account.
    Interest,
    /// A bank's charge given back.
    Charge,
    /// A payment gateway or card acquirer pays out what it collected.
    Payout,
    /// Cash paid in at the bank.
    Cash,
    /// Cash paid in, by the school's own staff as the text says.
    StaffCash,
    /// Money that came back.
    Return,
}

/// Tells the nature of a text, or `None` for an ordinary one. Only a phrase's whole words count.
pub(super) fn nature(read: &Remittance, counterparty: Option<&str>) -> Option<Nature> {
    let text = Words::of(read);
    if says_return(read) {
        return Some(Nature::Return);
    }
    for phrase in [
        "LAI TIEN GUI",
        "TIEN LAI",
        "LAI NHAP VON",
        "NHAP LAI",
        "TRA LAI TK",
        "LAI SUAT",
        "LAI KHONG KY HAN",
        "TRA LAI SO DU",
        "INTEREST",
    ] {
        if text.has(phrase) {
            return Some(Nature::Interest);
        }
    }
    for phrase in ["HOAN PHI", "PHI QUAN LY TAI KHOAN", "PHI DUY TRI TAI KHOAN", "PHI SMS"] {
        if text.has(phrase) {
            return Some(Nature::Charge);
        }
    }
    if is_payout(&text, counterparty) {
        return Some(Nature::Payout);
    }
    let staff = ["THU QUY", "KE TOAN", "CAN BO TRUONG", "NHAN VIEN TRUONG", "GVCN"];
    let cash = ["NOP TIEN MAT", "NOP TM", "TIEN MAT", "CASH DEPOSIT"];
    let by_staff = staff.iter().any(|phrase| text.has(phrase));
    let in_cash = cash.iter().any(|phrase| text.has(phrase)) || text.begins_with_nt();
    match (in_cash, by_staff) {
        (true, true) => Some(Nature::StaffCash),
        (true, false) => Some(Nature::Cash),
        _ => None,
    }
}

/// Whether a text speaks of money that goes or comes back.
pub(super) fn says_return(read: &Remittance) -> bool {
    let text = Words::of(read);
    [
        "HOAN TRA",
        "HOAN TIEN",
        "TRA LAI LENH",
        "TRA LAI TIEN CHUYEN",
        "LENH TRA LAI",
        "TRA LAI GD",
        "TRA LAI",
        "RETURN",
        "RETURNED",
        "REFUND",
    ]
    .iter()
    .any(|phrase| text.has(phrase))
        && !["TRA LAI TIEN GUI", "TRA LAI TK", "TRA LAI SO DU", "TRA LAI TAI KHOAN"]
            .iter()
            .any(|phrase| text.has(phrase))
}

/// Whether a text begins with a card terminal's number.
pub(super) fn is_terminal(read: &Remittance) -> bool {
    Words::of(read).begins_with_terminal()
}

fn is_payout(text: &Words, counterparty: Option<&str>) -> bool {
    let providers =
        ["VNPAY", "ZALOPAY", "MOMO", "PAYOO", "ONEPAY", "SHOPEEPAY", "VIETTELPAY", "ZION"];
    let acts = [
        "QUYET TOAN",
        "DOI SOAT",
        "KET CHUYEN",
        "SETTLEMENT",
        "PAYOUT",
        "TT GD",
        "THANH TOAN GD",
        "DVCNTT",
        "MERCHANT",
        "GD ZALOPAY",
        "GD VNPAY",
        "GD MOMO",
    ];
    let provider = providers.iter().any(|name| text.has(name))
        || counterparty.is_some_and(|name| {
            let name = Remittance::read(name, None);
            let name = Words::of(&name);
            providers.iter().any(|provider| name.has(provider)) || name.has("DI DONG TRUC TUYEN")
        });
    let act = acts.iter().any(|act| text.has(act));
    (provider && act) || text.begins_with_terminal()
}

/// The words of a text joined by single blanks, with one at each end.
struct Words(String);

impl Words {
    fn of(read: &Remittance) -> Words {
        let mut joined = String::from(" ");
        for token in read.tokens() {
            // What a bank says about sender and receiver is no statement about the money.
            if matches!(token.author, Author::BankAboutSender | Author::BankAboutReceiver) {
                continue;
            }
            joined.extend(read.word(*token).iter().map(|byte| char::from(*byte)));
            joined.push(' ');
        }
        Words(joined)
    }

    fn has(&self, phrase: &str) -> bool {
        self.0.match_indices(phrase).any(|(start, found)| {
            let before = self.0.get(..start).is_some_and(|head| head.ends_with(' '));
            let after = self.0.get(start + found.len()..).is_some_and(|tail| tail.starts_with(' '));
            before && after
        })
    }

    /// `NT` (nộp tiền) as the first word; `NT 24-36 tháng` is a nursery class.
    fn begins_with_nt(&self) -> bool {
        self.0
            .strip_prefix(" NT ")
            .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
    }

    /// `POS79900019…`: a card terminal's daily settlement.
    fn begins_with_terminal(&self) -> bool {
        self.0
            .strip_prefix(" POS")
            .and_then(|rest| rest.split(' ').next())
            .is_some_and(|rest| rest.len() >= 6 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_no_fee_payment_are_known() {
        for (why, text, expected) in [
            ("a memo", "LAN 6A2 nop hoc phi", None),
            ("interest", "Trả lãi tiền gửi tháng 11", Some(Nature::Interest)),
            ("a gateway's payout", "VNPAY TT GD NGAY 02/11/2026", Some(Nature::Payout)),
            ("a wallet's payout", "ZALOPAY QUYET TOAN 021126", Some(Nature::Payout)),
            ("a terminal", "POS79900019.881867.20231101.121709 GD:ZALOPAY", Some(Nature::Payout)),
            (
                "a person's wallet is none",
                "123456789012-LAN 6A2-CHUYEN TIEN-OQCH0007ZXKO-MOMO123456789012MOMO",
                None,
            ),
            ("the treasurer", "THU QUY NOP TIEN MAT", Some(Nature::StaffCash)),
            ("cash", "NOP TIEN MAT", Some(Nature::Cash)),
            ("short for it", "NT thang 11", Some(Nature::Cash)),
            ("a nursery class", "NT 24-36 thang be An", None),
            ("an order returned", "TRA LAI LENH CHI 123", Some(Nature::Return)),
            ("a refund", "hoàn trả học phí", Some(Nature::Return)),
            ("a charge given back", "HOAN PHI SMS", Some(Nature::Charge)),
            ("a service fee is none", "phi dich vu ban tru", None),
            (
                "a sender's name is none",
                "LAN.CT tu 0351000000000 CTY MOMO MERCHANT toi 1018000000 TRUONG",
                None,
            ),
        ] {
            assert_eq!(nature(&Remittance::read(text, None), None), expected, "{why}: {text}");
        }
    }

    #[test]
    fn everyday_words_name_nobody() {
        let read = Remittance::read("Thang nop hoc phi thang 11", None);
        assert_eq!(everyday(&read), [false, false, true, true, true, false]);
        assert_eq!(everyday(&Remittance::read("Thang 6A2", None)), [false, false]);
        assert!(is_everyday(b"THANHTOAN"));
        assert!(!is_everyday(b"THANHTU"));
    }
}
