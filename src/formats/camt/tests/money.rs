//! Charges, foreign currency, and batches that hold them.

use super::*;
use crate::domain::statement::{Charge, Money};

fn money(amount: &str, currency: &str) -> Money {
    Money { amount: amount.parse().unwrap(), currency: Currency::parse(currency).unwrap() }
}

fn charge(amount: &str, included: bool) -> Charge {
    Charge { money: money(amount, "VND"), credit_debit: CreditDebit::Debit, included }
}

#[test]
fn charges_are_told_and_never_change_what_was_sent() {
    let (reading, entries, _) = read_all(&fixture("camt053_v06_charges.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let reference = entry.reference.as_deref().unwrap();
            (entry.credit_debit, entry.amount.to_string(), reference, entry.extras.charges.clone())
        })
        .collect();
    let (credit, debit) = (CreditDebit::Credit, CreditDebit::Debit);
    assert_eq!(
        told,
        [
            // The batch: what each payer sent, and what the bank took off the whole.
            (credit, "1250000".to_owned(), "FT26306060-1", vec![]),
            (credit, "1000000".to_owned(), "FT26306060-2", vec![]),
            (debit, "3300".to_owned(), "FT26306060", vec![]),
            (
                credit,
                "998900".to_owned(),
                "FT26306061",
                vec![charge("1000", true), charge("100", true)]
            ),
            (credit, "1000000".to_owned(), "FT26306062", vec![charge("3300", false)]),
            (debit, "3300".to_owned(), "FT26306063", vec![]),
        ]
    );
    assert_eq!(entries[2].remittance.as_deref(), Some("THU HO HOC PHI 02/11"));
    assert_eq!(entries[5].extras.transaction_code.as_deref(), Some("ACMT-MDOP-CHRG"));
}

#[test]
fn older_versions_state_charges_totals_and_codes_in_their_own_places() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v03_totals.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    assert_eq!(entries[0].extras.transaction_code.as_deref(), Some("NTRF+166"));
    // The total is more than the charge, by its tax.
    assert_eq!(entries[1].extras.charges, [charge("2200", false)]);
    let period = headers[0].period.unwrap();
    assert_eq!(
        (period.from().to_string(), period.to().to_string()),
        ("2026-11-01".to_owned(), "2026-11-02".to_owned())
    );
}

#[test]
fn figures_of_foreign_money_are_exact() {
    let (reading, entries, headers) = read_all(&fixture("camt053_v08_usd.xml"));
    assert_eq!((errors(&reading), warnings(&reading)), (NONE.to_vec(), NONE.to_vec()));
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            (entry.amount.to_string(), entry.currency.as_str().to_owned(), entry.extras.original)
        })
        .collect();
    let usd = "USD".to_owned();
    assert_eq!(
        told,
        [
            ("48.00002".to_owned(), usd.clone(), Some(money("1200000", "VND"))),
            ("98.36519".to_owned(), usd.clone(), Some(money("90.00", "EUR"))),
            ("50".to_owned(), usd, None),
        ]
    );
    assert_eq!(headers[0].closing.unwrap().amount.to_string(), "296.36521");
    assert_eq!(entries[0].booking_date.to_string(), "2026-11-02", "no zone shifts a day");
}

#[test]
fn a_batch_is_split_where_only_charges_make_it_add_up() {
    let part = |amount: &str, inner: &str| {
        format!("<TxDtls><Amt Ccy=\"VND\">{amount}</Amt>{inner}</TxDtls>")
    };
    let record = |amount: &str, flag: &str| {
        format!(
            "<Chrgs><Rcrd><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd>{flag}</Rcrd></Chrgs>"
        )
    };
    let yes = "<ChrgInclInd>true</ChrgInclInd>";
    let no = "<ChrgInclInd>false</ChrgInclInd>";
    for (why, total, of_entry, of_first, expected) in [
        ("no charge", "300", String::new(), String::new(), &["+100", "+200"][..]),
        ("taken off the whole", "290", record("10", yes), String::new(), &["+100", "+200", "-10"]),
        ("taken off one", "290", String::new(), record("10", yes), &["+100", "+200", "-10"]),
        (
            "no flag, as before version 04",
            "290",
            record("10", ""),
            String::new(),
            &["+100", "+200", "-10"],
        ),
        (
            "stated in both places",
            "290",
            record("10", yes),
            record("10", yes),
            &["+100", "+200", "-10"],
        ),
        ("booked elsewhere, and still missing", "290", record("10", no), String::new(), &["+290"]),
        (
            "booked elsewhere, and all there",
            "300",
            record("10", no),
            String::new(),
            &["+100", "+200"],
        ),
        ("another charge", "290", record("9", yes), String::new(), &["+290"]),
        (
            "in other money",
            "290",
            record("10", yes).replace("VND", "USD"),
            String::new(),
            &["+290"],
        ),
        (
            "a total alone",
            "290",
            "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"VND\">10</TtlChrgsAndTaxAmt></Chrgs>".to_owned(),
            String::new(),
            &["+100", "+200", "-10"],
        ),
    ] {
        let details = format!("{}{}", part("100", &of_first), part("200", ""));
        let file = message(&entry(total, &format!("{of_entry}<NtryDtls>{details}</NtryDtls>")));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), NONE, "{why}");
        let told: Vec<_> = entries
            .iter()
            .map(|entry| match entry.credit_debit {
                CreditDebit::Credit => format!("+{}", entry.amount),
                CreditDebit::Debit => format!("-{}", entry.amount),
            })
            .collect();
        assert_eq!(told, expected, "{why}");
        let warned = usize::from(expected.len() == 1);
        assert_eq!(warnings(&reading), vec!["batch_not_split"; warned], "{why}");
    }
}

#[test]
fn money_paid_out_in_a_batch_grows_by_its_charge() {
    let details =
        "<TxDtls><Amt Ccy=\"VND\">100</Amt></TxDtls><TxDtls><Amt Ccy=\"VND\">200</Amt></TxDtls>";
    let charges =
        "<Chrgs><Rcrd><Amt Ccy=\"VND\">10</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>";
    let file = message(&entry("310", &format!("{charges}<NtryDtls>{details}</NtryDtls>")))
        .replacen("CRDT", "DBIT", 1);
    let (reading, entries, _) = read_all(file.as_bytes());
    assert_eq!(errors(&reading), NONE);
    let told: Vec<_> = entries
        .iter()
        .map(|entry| (entry.credit_debit.as_str(), entry.amount.to_string()))
        .collect();
    let debit = |amount: &str| ("debit", amount.to_owned());
    assert_eq!(told, [debit("100"), debit("200"), debit("10")]);
}

#[test]
fn details_in_other_money_are_split_by_what_reached_the_account() {
    let detail = |own: &str, reached: &str| {
        format!("<TxDtls><Amt Ccy=\"USD\">{own}</Amt><AmtDtls>{reached}</AmtDtls></TxDtls>")
    };
    let reached =
        |name: &str, amount: &str| format!("<{name}><Amt Ccy=\"VND\">{amount}</Amt></{name}>");
    for (why, first, expected) in [
        ("exchanged", reached("TxAmt", "100"), 2),
        ("in counter value", reached("CntrValAmt", "100"), 2),
        ("only as ordered", reached("InstdAmt", "100"), 2),
        ("not said", String::new(), 1),
        ("not a figure", reached("TxAmt", "1e2"), 1),
    ] {
        let details = format!("{}{}", detail("4", &first), detail("8", &reached("TxAmt", "200")));
        let file = message(&entry("300", &format!("<NtryDtls>{details}</NtryDtls>")));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(errors(&reading), NONE, "{why}");
        assert_eq!(entries.len(), expected, "{why}");
        if expected == 2 {
            assert_eq!(entries[0].extras.original, Some(money("4", "USD")), "{why}");
        }
    }
}

#[test]
fn a_charge_that_cannot_be_read_is_told_and_moves_nothing() {
    for (why, charge) in [
        ("no figure", "<Amt Ccy=\"VND\">mot nghin</Amt>"),
        ("no currency", "<Amt>10</Amt>"),
        ("neither way", "<Amt Ccy=\"VND\">10</Amt><CdtDbtInd>BOTH</CdtDbtInd>"),
        ("neither yes nor no", "<Amt Ccy=\"VND\">10</Amt><ChrgInclInd>maybe</ChrgInclInd>"),
    ] {
        let file = message(&entry("300", &format!("<Chrgs><Rcrd>{charge}</Rcrd></Chrgs>")));
        let (reading, entries, _) = read_all(file.as_bytes());
        assert_eq!(
            (errors(&reading), warnings(&reading)),
            (NONE.to_vec(), vec!["charge".to_owned()]),
            "{why}"
        );
        assert_eq!(entries[0].amount, Decimal::new(300, 0), "{why}");
    }
}
