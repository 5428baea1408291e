//! How the banks of many countries write the same things.

use super::*;

/// What an entry tells, in one line; what it does not tell is a dash.
fn told(entry: &Entry) -> String {
    let sign = match entry.credit_debit {
        CreditDebit::Credit => '+',
        CreditDebit::Debit => '-',
    };
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{} {sign}{} {} {} {} | {} | {} {} {}",
        entry.booking_date.format("%m-%d"),
        entry.amount,
        or_dash(&entry.extras.transaction_code),
        or_dash(&entry.reference),
        or_dash(&entry.end_to_end_id),
        or_dash(&entry.remittance),
        or_dash(&entry.counterparty_name),
        or_dash(&entry.counterparty_account),
        or_dash(&entry.counterparty_bank),
    )
}

fn assert_told(name: &str, accounts: &[&str], noted: &[&str], expected: &[&str]) {
    let (reading, entries, headers) = read_all(&fixture(name));
    assert_eq!(errors(&reading), NONE, "{name}: {:?}", reading.errors);
    assert_eq!(warnings(&reading), noted, "{name}: {:?}", reading.warnings);
    let found: Vec<_> = headers.iter().map(|header| header.account.as_deref().unwrap()).collect();
    assert_eq!(found, accounts, "{name}");
    let found: Vec<_> = entries.iter().map(told).collect();
    assert_eq!(found, expected, "{name}");
}

#[test]
fn german_banks_number_sub_fields_and_put_keywords_in_them() {
    assert_told(
        "mt940_german.sta",
        &["0532013000"],
        &[],
        &[
            "11-02 +1250000 N166 FT26306001 HD-2026-11-0001 | HPK3M9Q2X NGUYEN THI HONG HANH 6A1 nop hoc phi thang 11 | NGUYEN VAN A 0351000000000 970436",
            "11-03 +500000 N166 FT26306002 - | HPT7C2N4V LAN 6A2 | TRAN THI B - -",
            "11-04 -11000 N805 - - | Phi quan ly TK thang 10 | - - -",
        ],
    );
}

#[test]
fn dutch_banks_put_codes_between_slashes_and_headers_before_messages() {
    assert_told(
        "mt940_dutch.sta",
        &["NL71RABO0123456789", "NL71RABO0123456789"],
        &[],
        &[
            "11-02 +125.50 N541 - - | HPK3M9Q2X HANH 6A1 | NGUYEN VAN A DE89370400440532013000 -",
            "11-03 -25.00 NTRF 26306123456 HD-2026-11 | TRA TIEN DIEN T10 | CONG TY DIEN LUC NL20INGB0001234567 INGBNL2A",
            "11-04 +75.00 NOV - - | HPT7C2N4V LAN 6A2 | TRAN THI B NL91ABNA0417164300 ABNANL2A",
        ],
    );
}

#[test]
fn polish_banks_part_sub_fields_by_signs_of_their_own() {
    assert_told(
        "mt940_polish.sta",
        &["PL61109010140000071219812874"],
        &[],
        &[
            "11-02 +45.00 NTRF MB2611020001 - | HPK3M9Q2X NGUYEN THI HONG HANH 6A1 HAI PHONG 911-TRANSAKCJA IPH | NGUYEN VAN A PL27114020040000300201355387 10901014",
            "11-03 +20.00 NTRF MB2611030002 - | HPT7C2N4V LAN 6A2 | TRAN THI B - 10901014",
            "11-03 -0.40 S034 MB2611030003 - | Phi chuyen tien | - - -",
        ],
    );
}

#[test]
fn nordic_banks_repeat_or_leave_out_what_belongs_to_an_entry() {
    assert_told(
        "mt940_nordic.sta",
        &["SE3550000000054910000003", "SE3550000000054910000003"],
        &[],
        &[
            "11-02 +1000.00 NTRF INBETALNING HP T11 | - | - - -",
            "11-02 +250 NTRF HPK3M9Q2X HPK3M9Q2X | HPK3M9Q2X HANH 6A1 | - - -",
            "11-02 -3.50 NCHG 0001 - | - | - - -",
        ],
    );
}

#[test]
fn asian_banks_write_points_and_add_texts_to_the_line() {
    assert_told(
        "mt940_asian.sta",
        &["1017595600"],
        &["amount_point"],
        &[
            "11-02 +2250000.00 NMSC FT26306123ABC - | CHUYEN KHOAN DEN FT26306123ABC          HPK3M9Q2X | - - -",
            "11-02 +1500000.00 FTRF FT26306124ABC HPT7C2N4V | IBFT 970436 LAN 6A2 nop tien TU NGUYEN THI B | - - -",
            "11-02 -300000.00 NTRF FT26306125ABC TD-10 | TRA TIEN DIEN T10 | - - -",
        ],
    );
    let (_, entries, _) = read_all(&fixture("mt940_asian.sta"));
    let original = entries[2].extras.original.unwrap();
    assert_eq!((original.amount, original.currency.as_str()), (Decimal::new(1140, 2), "USD"));
}

#[test]
fn texts_that_look_like_the_next_message_stay_texts() {
    assert_told(
        "mt940_lookalikes.sta",
        &["1017595600", "1017595600"],
        &[],
        &[
            "11-02 +500000 NTRF FT1 - | MBVCB.3278907687.029552.HPK3M9Q2X HANH 6A1.CT tu 0351000000000 09:20:15 02/11/2026 | - - -",
            "11-02 +600000 NTRF FT2 - | MBVCB.3278907688.029553.HPT7C2N4V LAN 6A2 nop hoc phi thang 11 - :12:11 TRAN THI B -6A2 {lop 6A2} | - - -",
        ],
    );
}

#[test]
fn fields_that_only_one_bank_knows_are_passed_over() {
    assert_told(
        "mt940_unknown_fields.sta",
        &["1017595600"],
        &[],
        &[
            "11-02 +2402000 S X X | HPK3M9Q2X HANH 6A1 | - - -",
            "11-02 +100000 FMSC 01916 01916 | - | - - -",
            "11-02 +200000 NMSC - - | - | - - -",
        ],
    );
}

#[test]
fn letters_of_an_old_code_page_are_read_and_told() {
    assert_told(
        "mt940_windows1258.sta",
        &["1017595600"],
        &["encoding_assumed"],
        &["11-02 +500000 NTRF FT1 - | HPK3M9Q2X Nguyễn Thị Hồng Hạnh 6A1 | - - -"],
    );
}

#[test]
fn messages_of_other_kinds_are_passed_over_and_told() {
    assert_told(
        "mt940_other_messages.sta",
        &["1017595600"],
        &["other_message"],
        &["11-02 +400000 NTRF FT1 - | HPK3M9Q2X | - - -"],
    );
}

#[test]
fn interim_reports_tell_what_is_expected_and_what_is_taken_back() {
    let (reading, entries, headers) = read_all(&fixture("mt942_full.sta"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!(reading.format.as_deref(), Some("mt942"));
    assert_eq!((headers[0].opening, headers[0].closing), (None, None));
    let told: Vec<_> =
        entries.iter().map(|e| (e.credit_debit.as_str(), e.status.as_str(), e.reversal)).collect();
    assert_eq!(
        told,
        [
            ("credit", "booked", false),
            ("debit", "booked", true),
            ("debit", "pending", true),
            ("debit", "pending", false),
        ]
    );
}

#[test]
fn line_ends_and_blanks_are_only_form() {
    let file = String::from_utf8(fixture("mt940_german.sta")).unwrap();
    let (reading, entries, headers) = read_all(file.as_bytes());
    assert!(reading.accepted());
    for (why, other) in [
        ("LF", file.replace("\r\n", "\n")),
        ("CR", file.replace("\r\n", "\r")),
        ("mixed", file.replacen("\r\n", "\n", 5).replacen("\r\n", "\r", 5)),
        ("no last end", file.trim_end().to_owned()),
        ("blanks behind", file.replace("\r\n", "  \r\n")),
        ("blanks before each field", file.replace("\r\n:", "\r\n :")),
    ] {
        // Blanks inside a word that was cut are no longer form.
        let same = |a: &Entry, b: &Entry| (a.amount, &a.reference) == (b.amount, &b.reference);
        let (read, found, told) = read_all(other.as_bytes());
        assert!(read.accepted() && read.warnings.is_empty(), "{why}: {read:?}");
        assert!(found.iter().zip(&entries).all(|(a, b)| same(a, b)), "{why}");
        assert_eq!((found.len(), told), (entries.len(), headers.clone()), "{why}");
    }
    let spaced = file.replace("\r\n:", "\r\n\r\n\r\n:");
    assert_eq!(read_all(spaced.as_bytes()).1.len(), 3, "blank lines");
}
