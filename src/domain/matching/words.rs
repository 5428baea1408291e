//! Phrases of transfer texts: what is no fee payment, and everyday words that are names too.

use super::names::without_telex;
use crate::domain::notification::Provider;
use crate::domain::remittance::{Author, Remittance};

/// A word of at most eight letters as a number; numbers order as the words do. Longer words are 0.
const fn packed(word: &[u8]) -> u64 {
    if word.len() > 8 {
        return 0;
    }
    let (mut number, mut rest, mut places) = (0, word, 0);
    while places < 8 {
        number <<= 8;
        if let [first, behind @ ..] = rest {
            number |= u64::from_be_bytes([0, 0, 0, 0, 0, 0, 0, *first]);
            rest = behind;
        }
        places += 1;
    }
    number
}

const fn phrase(one: &[u8], two: &[u8]) -> (u64, u64) {
    (packed(one), packed(two))
}

/// Everyday phrases whose words are also given names (Phi, Tiên, Toàn, Nam, Thắng …), in order:
/// within them a word names nobody.
const PHRASES: [(u64, u64); 45] = [
    phrase(b"AN", b"BAN"),
    phrase(b"AN", b"CHIEU"),
    phrase(b"AN", b"LAO"),
    phrase(b"AN", b"SANG"),
    phrase(b"AN", b"TRUA"),
    phrase(b"AN", b"UONG"),
    phrase(b"BAN", b"TRU"),
    phrase(b"BAO", b"HIEM"),
    phrase(b"BINH", b"DINH"),
    phrase(b"BUA", b"AN"),
    phrase(b"CHO", b"CHAU"),
    phrase(b"CHO", b"CON"),
    phrase(b"CHO", b"EM"),
    phrase(b"CHUYEN", b"KHOAN"),
    phrase(b"CHUYEN", b"TIEN"),
    phrase(b"CO", b"SO"),
    phrase(b"CON", b"LA"),
    phrase(b"DICH", b"VU"),
    phrase(b"DONG", b"PHUC"),
    phrase(b"DONG", b"TIEN"),
    phrase(b"GIA", b"LAI"),
    phrase(b"HOC", b"KI"),
    phrase(b"HOC", b"KY"),
    phrase(b"HOC", b"PHI"),
    phrase(b"HOC", b"SINH"),
    phrase(b"MAM", b"NON"),
    phrase(b"NAM", b"HOC"),
    phrase(b"NGAN", b"HANG"),
    phrase(b"NOP", b"TIEN"),
    phrase(b"NUOC", b"UONG"),
    phrase(b"PHI", b"AN"),
    phrase(b"PHU", b"HUYNH"),
    phrase(b"SUAT", b"AN"),
    phrase(b"THANH", b"TOAN"),
    phrase(b"THU", b"HO"),
    phrase(b"THU", b"TIEN"),
    phrase(b"TIEN", b"AN"),
    phrase(b"TIEN", b"HOC"),
    phrase(b"TIEN", b"THU"),
    phrase(b"TIENG", b"ANH"),
    phrase(b"TIEU", b"HOC"),
    phrase(b"TRUNG", b"HOC"),
    phrase(b"TRUONG", b"TIEU"),
    phrase(b"VA", b"AN"),
    phrase(b"Y", b"TE"),
];

fn is_phrase(one: &[u8], two: &[u8]) -> bool {
    PHRASES.binary_search(&phrase(one, two)).is_ok()
}

/// Words that introduce a number rather than name somebody: `thang 11`, `nam 2026`, `ky 1`; in order.
const BEFORE_NUMBERS: [u64; 10] = [
    packed(b"DOT"),
    packed(b"KI"),
    packed(b"KY"),
    packed(b"LAN"),
    packed(b"LOP"),
    packed(b"NAM"),
    packed(b"NGAY"),
    packed(b"QUY"),
    packed(b"THANG"),
    packed(b"TUAN"),
];

/// Whether a word introduces a number.
pub(super) fn introduces_number(word: &[u8]) -> bool {
    BEFORE_NUMBERS.binary_search(&packed(word)).is_ok()
}

/// Whether a two-word phrase without its blank is an everyday one.
pub(super) fn is_everyday(squeezed: &[u8]) -> bool {
    (1..squeezed.len().min(12))
        .any(|place| squeezed.split_at_checked(place).is_some_and(|(one, two)| is_phrase(one, two)))
}

/// For each token whether it is an everyday word where it stands.
pub(super) fn everyday(read: &Remittance) -> Vec<bool> {
    let tokens = read.tokens();
    let mut mask = vec![false; tokens.len()];
    // What Telex leaves is taken off for the pair at hand only: few words have any.
    let plain = |index: usize| {
        let token = tokens.get(index).filter(|token| token.author == Author::Payer);
        let word = token.map(|token| read.word(*token)).unwrap_or_default();
        (word, without_telex(word))
    };
    let mut one = plain(0);
    for index in 1..tokens.len() {
        let two = plain(index);
        let phrase = is_phrase(one.0, two.0)
            || (one.1.is_some() || two.1.is_some())
                && is_phrase(one.1.as_deref().unwrap_or(one.0), two.1.as_deref().unwrap_or(two.0));
        let numbered = introduces_number(one.1.as_deref().unwrap_or(one.0))
            && is_number(two.0, 4)
            // `Lan 7/3` is a girl of class 7/3.
            && !tokens.get(index + 1).is_some_and(|token| is_number(read.word(*token), 2));
        for (ahead, slot) in mask.iter_mut().skip(index - 1).take(2).enumerate() {
            *slot |= phrase || (numbered && ahead == 0);
        }
        one = two;
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
    /// Given to the school: support, sponsorship, a collection.
    Donation,
    /// From the state's budget, a tenant, a sale.
    OtherIncome,
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
    for (phrases, nature) in [(DONATIONS, Nature::Donation), (OTHER_INCOME, Nature::OtherIncome)] {
        if phrases.iter().any(|phrase| text.has(phrase)) {
            return Some(nature);
        }
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

/// Phrases of those who give.
const DONATIONS: &[&str] = &[
    "UNG HO",
    "TAI TRO",
    "TU THIEN",
    "QUYEN GOP",
    "MANH THUONG QUAN",
    "TRAO HOC BONG",
    "QUY KHUYEN HOC",
    "DONATE",
    "DONATION",
];

/// Phrases of those who pay a school for something else.
const OTHER_INCOME: &[&str] = &[
    "KHO BAC",
    "KBNN",
    "NGAN SACH",
    "CAP KINH PHI",
    "KINH PHI HOAT DONG",
    "THUE CANG TIN",
    "THUE CAN TIN",
    "THUE MAT BANG",
    "THUE SAN",
    "TIEN THUE",
    "THANH LY",
    "BAN HO SO THAU",
];

/// Phrases of money that goes or comes back.
const RETURNS: &[&str] = &[
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
];

/// Phrases that may be about such money, or about something else.
const PERHAPS_RETURNS: &[&str] = &[
    "HOAN LAI",
    "HOAN GD",
    "HOAN GIAO DICH",
    "HOAN LENH",
    "HOAN HOC PHI",
    "HOAN HP",
    "CHUYEN HOAN",
    "CHUYEN TRA",
    "CHUYEN NHAM",
    "HUY LENH",
    "HUY GD",
    "DAO GIAO DICH",
    "DAO GD",
    "THU HOI LENH",
    "REVERSAL",
];

/// Whether a text speaks of money that goes or comes back.
pub(super) fn says_return(read: &Remittance) -> bool {
    // Few texts have a word with which such a phrase begins.
    let begins = |word: &[u8]| {
        matches!(word, b"HOAN" | b"TRA" | b"LENH" | b"RETURN" | b"RETURNED" | b"REFUND")
    };
    if !read.tokens().iter().any(|token| begins(read.word(*token))) {
        return false;
    }
    let text = Words::of(read);
    RETURNS.iter().any(|phrase| text.has(phrase))
        && !["TRA LAI TIEN GUI", "TRA LAI TK", "TRA LAI SO DU", "TRA LAI TAI KHOAN"]
            .iter()
            .any(|phrase| text.has(phrase))
}

/// Whether a text may speak of such money: enough to ask a person.
pub(super) fn may_be_return(read: &Remittance) -> bool {
    let begins =
        |word: &[u8]| matches!(word, b"HOAN" | b"CHUYEN" | b"HUY" | b"DAO" | b"THU" | b"REVERSAL");
    if says_return(read) {
        return true;
    }
    if !read.tokens().iter().any(|token| begins(read.word(*token))) {
        return false;
    }
    let text = Words::of(read);
    PERHAPS_RETURNS.iter().any(|phrase| text.has(phrase))
}

/// Whether a text begins with a card terminal's number.
pub(super) fn is_terminal(read: &Remittance) -> bool {
    Words::of(read).begins_with_terminal()
}

/// What each gateway that notifies us is called in texts, or the company behind it. Words are whole:
/// VNPT Pay is another company than VNPAY.
const GATEWAYS: [(Provider, &[&str]); 3] = [
    (Provider::Vnpay, &["VNPAY"]),
    (Provider::Momo, &["MOMO", "M SERVICE", "MSERVICE"]),
    (Provider::Zalopay, &["ZALOPAY", "ZALO PAY", "ZION"]),
];

/// The company behind MoMo, as banks state it as the sender.
const COMPANY_OF_MOMO: &str = "DI DONG TRUC TUYEN";

/// The only one of our gateways that a payout's text or sender names.
pub(super) fn payout_of(read: &Remittance, counterparty: Option<&str>) -> Option<Provider> {
    let text = Words::of(read);
    if !is_payout(&text, counterparty) {
        return None;
    }
    let sender = counterparty.map(|name| Remittance::read(name, None));
    let sender = sender.as_ref().map(Words::of);
    let named = |name: &str| text.has(name) || sender.as_ref().is_some_and(|own| own.has(name));
    let mut found = GATEWAYS.into_iter().filter_map(|(gateway, names)| {
        let company = gateway == Provider::Momo
            && sender.as_ref().is_some_and(|own| own.has(COMPANY_OF_MOMO));
        (company || names.iter().any(|name| named(name))).then_some(gateway)
    });
    let first = found.next();
    if found.next().is_some() { None } else { first }
}

fn is_payout(text: &Words<'_>, counterparty: Option<&str>) -> bool {
    let others = ["PAYOO", "ONEPAY", "SHOPEEPAY", "VIETTELPAY"];
    let ours = GATEWAYS.into_iter().flat_map(|(_, names)| names.iter().copied());
    let providers: Vec<&str> = ours.chain(others).collect();
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
            providers.iter().any(|provider| name.has(provider)) || name.has(COMPANY_OF_MOMO)
        });
    let act = acts.iter().any(|act| text.has(act));
    (provider && act) || text.begins_with_terminal()
}

/// The words of a text, but for what a bank says about sender and receiver: that is no statement
/// about the money.
struct Words<'a>(Vec<&'a [u8]>);

impl<'a> Words<'a> {
    fn of(read: &'a Remittance) -> Words<'a> {
        let about = |author| matches!(author, Author::BankAboutSender | Author::BankAboutReceiver);
        let own = read.tokens().iter().filter(|token| !about(token.author));
        Words(own.map(|token| read.word(*token)).collect())
    }

    /// Whether the words of a phrase follow each other.
    fn has(&self, phrase: &str) -> bool {
        let Some(first) = phrase.split(' ').next() else { return false };
        self.0.iter().enumerate().any(|(place, word)| {
            *word == first.as_bytes()
                && phrase.split(' ').enumerate().all(|(ahead, expected)| {
                    self.0.get(place + ahead).is_some_and(|word| *word == expected.as_bytes())
                })
        })
    }

    /// `NT` (nộp tiền) as the first word; `NT 24-36 tháng` is a nursery class.
    fn begins_with_nt(&self) -> bool {
        matches!(self.0.as_slice(), [b"NT", rest, ..] if !rest.first().is_some_and(u8::is_ascii_digit))
            || matches!(self.0.as_slice(), [b"NT"])
    }

    /// `POS79900019…`: a card terminal's daily settlement.
    fn begins_with_terminal(&self) -> bool {
        let number = self.0.first().and_then(|word| word.strip_prefix(b"POS"));
        number.is_some_and(|number| number.len() >= 6 && number.iter().all(u8::is_ascii_digit))
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
            ("a donation", "UNG HO QUY KHUYEN HOC", Some(Nature::Donation)),
            ("a sponsor", "Cty ABC tai tro nha truong", Some(Nature::Donation)),
            ("the state", "KBNN An Lao chuyen kinh phi hoat dong", Some(Nature::OtherIncome)),
            ("a tenant", "tien thue cang tin thang 11", Some(Nature::OtherIncome)),
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
    fn a_payout_names_its_gateway_in_the_text_or_as_the_sender() {
        for (why, text, sender, expected) in [
            ("VNPAY", "VNPAY TT GD 021126", None, Some(Provider::Vnpay)),
            ("another company", "VNPT PAY QUYET TOAN 021126", None, None),
            ("the company behind MoMo", "M_SERVICE DOI SOAT 021126", None, Some(Provider::Momo)),
            (
                "the same as the sender",
                "QUYET TOAN",
                Some("CTY CP DV DI DONG TRUC TUYEN"),
                Some(Provider::Momo),
            ),
            (
                "the company behind ZaloPay",
                "KET CHUYEN",
                Some("CONG TY CP ZION"),
                Some(Provider::Zalopay),
            ),
            ("a terminal", "POS79900019.881867 GD:ZALOPAY", None, Some(Provider::Zalopay)),
            ("two gateways", "MOMO ZALOPAY QUYET TOAN", None, None),
            ("one we hear nothing from", "PAYOO QUYET TOAN", None, None),
            ("a payer's wallet", "HANH 6A1-CHUYEN TIEN-OQCH0007-MOMO0123MOMO", None, None),
        ] {
            let read = Remittance::read(text, sender);
            assert_eq!(payout_of(&read, sender), expected, "{why}: {text}");
        }
    }

    #[test]
    fn the_lists_are_in_the_order_they_are_searched_in() {
        assert!(PHRASES.is_sorted() && BEFORE_NUMBERS.is_sorted());
        assert!(PHRASES.iter().all(|(one, two)| *one != 0 && *two != 0));
        assert!(!is_phrase(b"", b"") && !is_phrase(b"HOC", b"PHIX"));
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
