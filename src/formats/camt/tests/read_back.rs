//! Messages printed here from made-up entries and read back, and messages damaged at random.

use proptest::prelude::*;

use super::*;
use crate::domain::statement::{Charge, Money};

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Prints entries as a version 08 statement, each on its own line.
fn printed(entries: &[Entry]) -> String {
    let mut inner = String::new();
    for entry in entries {
        let (direction, side) = match entry.credit_debit {
            CreditDebit::Credit => ("CRDT", "Dbtr"),
            CreditDebit::Debit => ("DBIT", "Cdtr"),
        };
        let status = match entry.status {
            EntryStatus::Booked => "BOOK",
            EntryStatus::Pending => "PDNG",
            EntryStatus::Info => "INFO",
        };
        let element = |name: &str, text: &Option<String>| {
            text.as_ref()
                .map_or(String::new(), |text| format!("<{name}>{}</{name}>", escaped(text)))
        };
        let value =
            entry.value_date.map_or(String::new(), |day| format!("<ValDt><Dt>{day}</Dt></ValDt>"));
        let charges: String = entry.extras.charges.iter().map(charge).collect();
        let original = entry.extras.original.map_or(String::new(), |money| {
            format!(
                "<AmtDtls><InstdAmt><Amt Ccy=\"{}\">{}</Amt></InstdAmt></AmtDtls>",
                money.currency, money.amount
            )
        });
        let code = entry.extras.transaction_code.as_ref().map_or(String::new(), |code| {
            format!("<BkTxCd><Prtry><Cd>{}</Cd></Prtry></BkTxCd>", escaped(code))
        });
        write!(
            inner,
            "\n<Ntry><Amt Ccy=\"{}\">{}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>{}</RvslInd>\
             <Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{}</Dt></BookgDt>{value}{}{code}{original}<Chrgs>{charges}</Chrgs><NtryDtls><TxDtls><Refs>{}</Refs>\
             <RltdPties><{side}><Pty>{}</Pty></{side}><{side}Acct><Id><Othr>{}</Othr></Id></{side}Acct></RltdPties>\
             <RltdAgts><{side}Agt><FinInstnId>{}</FinInstnId></{side}Agt></RltdAgts>\
             <RmtInf>{}</RmtInf></TxDtls></NtryDtls></Ntry>",
            entry.currency,
            entry.amount,
            entry.reversal,
            entry.booking_date,
            element("AcctSvcrRef", &entry.reference),
            element("EndToEndId", &entry.end_to_end_id),
            element("Nm", &entry.counterparty_name),
            element("Id", &entry.counterparty_account),
            element("BICFI", &entry.counterparty_bank),
            element("Ustrd", &entry.remittance),
        )
        .unwrap();
    }
    message(&inner)
}

fn charge(charge: &Charge) -> String {
    let Money { amount, currency } = charge.money;
    let direction = match charge.credit_debit {
        CreditDebit::Credit => "CRDT",
        CreditDebit::Debit => "DBIT",
    };
    format!(
        "<Rcrd><Amt Ccy=\"{currency}\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd>\
         <ChrgInclInd>{}</ChrgInclInd></Rcrd>",
        charge.included
    )
}

/// Printable text without blanks at its ends, as a bank may pass it on.
fn text() -> impl Strategy<Value = Option<String>> {
    proptest::option::of("[!-~ạ-ỹ]([ -~ạ-ỹ]{0,30}[!-~ạ-ỹ])?")
}

prop_compose! {
    fn any_charge()(amount in 1..1_000_000_i64, credit in any::<bool>(), included in any::<bool>()) -> Charge {
        Charge {
            money: Money { amount: Decimal::new(amount, 2), currency: Currency::parse("EUR").unwrap() },
            credit_debit: if credit { CreditDebit::Credit } else { CreditDebit::Debit },
            included,
        }
    }
}

prop_compose! {
    fn any_entry()(
        days in 0..20_000_i64,
        value in proptest::option::of(0..20_000_i64),
        credit in any::<bool>(),
        mantissa in 0..1_000_000_000_000_000_i64,
        foreign in proptest::option::of(0..=5_u32),
        status in 0..3_usize,
        reversal in any::<bool>(),
        charges in proptest::collection::vec(any_charge(), 0..3),
        original in proptest::option::of(0..1_000_000_000_i64),
        code in text(),
        texts in (text(), text(), text(), text(), "[0-9A-Z]{1,20}", text()),
    ) -> Entry {
        let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
        let day = |days| start + chrono::TimeDelta::days(days);
        let (reference, end_to_end_id, remittance, name, account, bank) = texts;
        Entry {
            booking_date: day(days),
            value_date: value.map(day),
            credit_debit: if credit { CreditDebit::Credit } else { CreditDebit::Debit },
            amount: Decimal::new(mantissa, foreign.unwrap_or(0)),
            currency: foreign.map_or(Currency::VND, |_| Currency::parse("USD").unwrap()),
            status: [EntryStatus::Booked, EntryStatus::Pending, EntryStatus::Info][status],
            reversal,
            reference,
            end_to_end_id,
            remittance,
            counterparty_name: name,
            counterparty_account: Some(account),
            counterparty_bank: bank,
            balance_after: None,
            extras: EntryExtras {
                charges,
                original: original.map(|amount| Money {
                    amount: Decimal::new(amount, 3),
                    currency: Currency::parse("KWD").unwrap(),
                }),
                transaction_code: code,
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
        let (reading, read, _) = read_all(printed(&entries).as_bytes());
        prop_assert!(reading.accepted(), "{:?}", reading.errors);
        let expected: Vec<Entry> = entries
            .into_iter()
            .enumerate()
            .map(|(index, entry)| Entry { position: format!("line {}", index + 2), ..entry })
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
        let mut bytes = fixture("camt053_v08_batch.xml");
        for (place, byte) in places {
            let at = place.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        read_all(&bytes);
    }
}
