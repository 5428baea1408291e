use proptest::prelude::*;

use super::read::{NoVietQr, Service, VietQr, read};
use super::*;

/// Why, the text, what it says: BIN, account, whether to a card, amount, bill and purpose. From
/// github.com/subiz/vietqr (MIT, 5a7c860: tests, README), NAPAS' "Quy định về định dạng mã VietQR"
/// v1.0 of 09/2021 (6.1.2–6.1.4) and the documentation of vietqr.io.
type Published = (
    &'static str,
    &'static str,
    (&'static str, &'static str, bool, Option<i64>, Option<&'static str>, Option<&'static str>),
);

const PUBLISHED: [Published; 10] = [
    (
        "no amount",
        "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB4",
        ("970423", "0099999999", false, None, None, None),
    ),
    (
        "amount and purpose",
        "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA530370454061200005802VN62170813ung ho lu lut6304C15C",
        ("970415", "0011001932418", false, Some(120_000), None, Some("ung ho lu lut")),
    ),
    (
        "five digits of amount",
        "00020101021238570010A00000072701270006970422011300234579234420208QRIBFTTA53037045405401235802VN62160812chuyen khoan6304722F",
        ("970422", "0023457923442", false, Some(40_123), None, Some("chuyen khoan")),
    ),
    (
        "another purpose",
        "00020101021238570010A00000072701270006970422011300234579234420208QRIBFTTA53037045405401235802VN62200816test text string6304D9C6",
        ("970422", "0023457923442", false, Some(40_123), None, Some("test text string")),
    ),
    (
        "an account of 19 signs and a purpose of 25, as virtual accounts have",
        "00020101021238630010A0000007270133000697042201190023457923442ASDFLJ0208QRIBFTTA53037045405401235802VN62290825chuyen khoan alsdkf laksj6304E5DB",
        (
            "970422",
            "0023457923442ASDFLJ",
            false,
            Some(40_123),
            None,
            Some("chuyen khoan alsdkf laksj"),
        ),
    ),
    (
        "to a card",
        "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52",
        ("970403", "9704031101234567", true, None, None, None),
    ),
    (
        "with a bill's number",
        "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
        (
            "970403",
            "0011012345678",
            false,
            Some(180_000),
            Some("NPS6869"),
            Some("thanh toan don hang"),
        ),
    ),
    (
        "to a card, with a bill's number",
        "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
        (
            "970403",
            "9704031101234567",
            true,
            Some(180_000),
            Some("NPS6869"),
            Some("thanh toan don hang"),
        ),
    ),
    (
        "capital letters",
        "00020101021238560010A0000007270126000697041501121133666688880208QRIBFTTA53037045405790005802VN62220818Ung Ho Quy Vac Xin63043ACF",
        ("970415", "113366668888", false, Some(79_000), None, Some("Ung Ho Quy Vac Xin")),
    ),
    (
        "the misprinted one with its length put right",
        "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
        ("970403", "0011012345678", false, None, None, None),
    ),
];

#[test]
fn published_codes_are_read_and_made_again_to_the_letter() {
    for (why, text, (bin, account, to_card, amount, bill, purpose)) in PUBLISHED {
        let amount = amount.map(Vnd::new);
        let expected = VietQr {
            dynamic: amount.is_some(),
            bank_bin: bin.to_owned(),
            account: account.to_owned(),
            service: if to_card { Service::ToCard } else { Service::ToAccount },
            amount,
            bill: bill.map(str::to_owned),
            purpose: purpose.map(str::to_owned),
        };
        assert_eq!(expected.text().as_deref(), Ok(text), "{why}");
        assert_eq!(read(text), Ok(expected), "{why}");
        // What we ask families by goes to accounts and names no bill.
        if !to_card && bill.is_none() {
            let purpose = purpose.unwrap_or_default();
            let request = TransferRequest { bank_bin: bin, account, amount, purpose };
            assert_eq!(payload(&request).as_deref(), Ok(text), "{why}");
        }
    }
}

#[test]
fn what_is_no_code_is_refused() {
    for (why, text, expected) in [
        (
            // NAPAS, 6.1.1 as printed: the check holds, an inner length does not.
            "a length inside says 12 for 13 signs",
            "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5",
            NoVietQr::Length(60),
        ),
        (
            // README of subiz/vietqr, last section.
            "without the number of NAPAS",
            "0002010102113838000697042201120023457923440208QRIBFTTA530370454061800005802VN62160814ung ho bao lut6304E69F",
            NoVietQr::Length(97),
        ),
        (
            "a wrong last sign",
            "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN6304CBB5",
            NoVietQr::Check,
        ),
        ("nothing", "", NoVietQr::Object("63")),
        ("half an object", "000", NoVietQr::Length(0)),
        ("no digits where they must be", "00AB01", NoVietQr::Length(0)),
        ("marks", "Trường", NoVietQr::NotPlain),
        ("an address", "https://example.test/", NoVietQr::Length(0)),
        ("no check at its end", "000201", NoVietQr::Object("63")),
    ] {
        assert_eq!(read(text), Err(expected), "{why}");
    }
    for (why, inside, expected) in [
        (
            "no currency",
            "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA5802VN",
            NoVietQr::Object("53"),
        ),
        (
            "dollars",
            "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53038405802VN",
            NoVietQr::Value("53"),
        ),
        (
            "twice a country",
            "00020101021138540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN5802VN",
            NoVietQr::Object("58"),
        ),
        (
            "nothing to pay",
            "00020101021238540010A00000072701240006970423011000999999990208QRIBFTTA5303704540105802VN",
            NoVietQr::Value("54"),
        ),
        (
            "half a đồng",
            "00020101021238540010A00000072701240006970423011000999999990208QRIBFTTA530370454041.505802VN",
            NoVietQr::Value("54"),
        ),
        (
            "not for transfers",
            "00020101021138540010A00000072601240006970423011000999999990208QRIBFTTA53037045802VN",
            NoVietQr::Value("38"),
        ),
        (
            "another kind of it",
            "00020101021338540010A00000072701240006970423011000999999990208QRIBFTTA53037045802VN",
            NoVietQr::Value("01"),
        ),
    ] {
        let text = format!("{inside}6304");
        let whole = format!("{text}{:04X}", CHECK.checksum(text.as_bytes()));
        assert_eq!(read(&whole), Err(expected), "{why}: {whole}");
    }
}

proptest! {
    #[test]
    fn what_is_made_is_read_back_and_one_wrong_sign_is_noticed(
        bin in "[0-9]{6}",
        account in "[0-9A-Za-z]{1,19}",
        amount in proptest::option::of(1_i64..9_999_999_999_999),
        purpose in "[ -~]{0,25}",
        place in 0_usize..60,
        sign in "[0-9A-Z ]",
    ) {
        let amount = amount.map(Vnd::new);
        let request = TransferRequest { bank_bin: &bin, account: &account, amount, purpose: &purpose };
        let text = payload(&request).unwrap();
        let read_back = read(&text).unwrap();
        prop_assert_eq!(&read_back.bank_bin, &bin);
        prop_assert_eq!(&read_back.account, &account);
        prop_assert_eq!(read_back.amount, amount);
        prop_assert_eq!(read_back.purpose.unwrap_or_default(), purpose);
        let mut damaged = text.clone();
        damaged.replace_range(place..=place, &sign);
        prop_assert!(damaged == text || read(&damaged).is_err(), "{}", damaged);
    }

    #[test]
    fn any_text_at_all_is_read_or_refused(text in ".{0,200}") {
        let _ = read(&text);
    }
}

#[test]
fn what_no_bank_app_would_read_is_refused() {
    let good = TransferRequest {
        bank_bin: "970436",
        account: "1017595600",
        amount: Some(Vnd::new(1_250_000)),
        purpose: "HPK3M9Q2X HANH 6A1",
    };
    assert!(payload(&good).is_ok());
    for (why, request, expected) in [
        ("a bank's name", TransferRequest { bank_bin: "VCB", ..good }, VietQrError::Bank),
        ("no account", TransferRequest { account: "", ..good }, VietQrError::Account),
        ("an account with signs", TransferRequest { account: "1-2", ..good }, VietQrError::Account),
        ("nothing", TransferRequest { amount: Some(Vnd::ZERO), ..good }, VietQrError::Amount),
        (
            "14 digits",
            TransferRequest { amount: Some(Vnd::new(10_000_000_000_000)), ..good },
            VietQrError::Amount,
        ),
        ("marks", TransferRequest { purpose: "học phí", ..good }, VietQrError::Purpose),
        (
            "too long",
            TransferRequest { purpose: "HPK3M9Q2X HANH 6A1 THANG 11", ..good },
            VietQrError::Purpose,
        ),
    ] {
        assert_eq!(payload(&request), Err(expected), "{why}");
    }
}

#[test]
fn a_purpose_is_the_code_and_what_fits() {
    for (why, words, expected) in [
        ("name and class", &["Hạnh", "6A1"][..], "HPK3M9Q2X HANH 6A1"),
        ("a stroke", &["Hạnh", "1/2"], "HPK3M9Q2X HANH 12"),
        ("too long a word", &["Nghiêmtrọngquáchừng", "6A1"], "HPK3M9Q2X 6A1"),
        ("nothing", &[], "HPK3M9Q2X"),
    ] {
        assert_eq!(purpose("HPK3M9Q2X", words), expected, "{why}");
    }
}
