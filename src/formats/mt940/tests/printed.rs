//! Files printed here from made-up entries, read back; and files damaged at random.

use std::fmt::Write;

use proptest::prelude::*;

use super::*;

/// Prints entries as one MT940 with `?` sub-fields, which can hold every part of an entry.
fn printed(entries: &[Entry]) -> String {
    let figure = |amount: Decimal| {
        let text = amount.to_string().replace('.', ",");
        if text.contains(',') { text } else { format!("{text},") }
    };
    let mut file = ":20:A\n:25:1017595600\n:28C:1/1\n:60F:C000101USD0,\n".to_owned();
    let mut balance = Decimal::ZERO;
    for entry in entries {
        let mark = match (entry.credit_debit, entry.reversal) {
            (CreditDebit::Credit, false) => "C",
            (CreditDebit::Debit, false) => "D",
            (CreditDebit::Debit, true) => "RC",
            (CreditDebit::Credit, true) => "RD",
        };
        match entry.credit_debit {
            CreditDebit::Credit => balance += entry.amount,
            CreditDebit::Debit => balance -= entry.amount,
        }
        let value = entry.value_date.unwrap().format("%y%m%d");
        let booking = entry.booking_date.format("%m%d");
        let reference = entry.reference.as_deref().unwrap();
        let amount = figure(entry.amount);
        writeln!(file, ":61:{value}{booking}{mark}{amount}NTRFNONREF//{reference}").unwrap();
        let part = |text: &Option<String>| text.clone().unwrap();
        let letters: Vec<char> = part(&entry.remittance).chars().collect();
        let mut remittance = String::new();
        for (piece, code) in letters.chunks(27).zip(20..30) {
            write!(remittance, "?{code}{}", piece.iter().collect::<String>()).unwrap();
        }
        let (name, account) = (part(&entry.counterparty_name), part(&entry.counterparty_account));
        let bank = part(&entry.counterparty_bank);
        writeln!(file, ":86:166{remittance}?30{bank}?31{account}?32{name}").unwrap();
    }
    let mark = if balance.is_sign_negative() { 'D' } else { 'C' };
    let closing = figure(balance.abs());
    write!(file, ":62F:{mark}000101USD{closing}\n-").unwrap();
    file
}

prop_compose! {
    fn any_entry()(
        days in 0..20_000_i64,
        apart in -90..90_i64,
        credit in any::<bool>(),
        reversal in any::<bool>(),
        mantissa in 0..1_000_000_000_000_i64,
        scale in 0..=2_u32,
        reference in "[A-Z0-9]{1,16}",
        // No blank where a sub-field is cut: the standard does not say whether one is kept.
        remittance in "[A-Z0-9./]{1,200}",
        name in "[A-Z]{1,10} [A-Z]{1,10}",
        account in "[0-9]{4,14}",
    ) -> Entry {
        let start = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
        let day = |days| start + chrono::TimeDelta::days(days);
        Entry {
            booking_date: day(days + apart),
            value_date: Some(day(days)),
            credit_debit: if credit { CreditDebit::Credit } else { CreditDebit::Debit },
            amount: Decimal::new(mantissa, scale),
            currency: Currency::parse("USD").unwrap(),
            status: EntryStatus::Booked,
            reversal,
            reference: Some(reference).filter(|text| text != "NONREF"),
            end_to_end_id: None,
            remittance: Some(remittance),
            counterparty_name: Some(name),
            counterparty_account: Some(account),
            counterparty_bank: Some("970436".to_owned()),
            balance_after: None,
            extras: EntryExtras {
                transaction_code: Some("NTRF".to_owned()),
                ..EntryExtras::default()
            },
            position: String::new(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn what_is_printed_is_read_back(entries in proptest::collection::vec(any_entry(), 0..8)) {
        let (reading, read, headers) = read_all(printed(&entries).as_bytes());
        prop_assert!(reading.accepted() && reading.warnings.is_empty(), "{:?}", reading);
        prop_assert_eq!(headers.len(), 1);
        let expected: Vec<Entry> = entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| Entry { position: format!("line {}", 5 + 2 * index), ..entry })
            .collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn no_damage_makes_it_panic(
        places in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = fixture("mt940_german.sta");
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        read_all(&bytes);
    }
}
