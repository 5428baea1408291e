//! `:86:` in parts between slashes: `/ORDP//NAME/NGUYEN VAN A/REMI/HPK3M9Q2X`, as Dutch, Nordic and many
//! international banks write it.

use super::Narrative;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Money};
use crate::formats::mt940::field::{figure, kept};

/// The code that stands between the first two slashes of `text`. Only these open a part: a payer may
/// write slashes too.
fn code(text: &str) -> Option<&str> {
    let (code, _) = text.strip_prefix('/')?.split_once('/')?;
    let known = matches!(
        code,
        "ACCT"
            | "ADDR"
            | "BANK"
            | "BENM"
            | "BIC"
            | "CHGS"
            | "CNTP"
            | "CREF"
            | "CSID"
            | "EREF"
            | "EXCH"
            | "IBAN"
            | "ID"
            | "INIT"
            | "ISDT"
            | "KREF"
            | "MARF"
            | "NAME"
            | "OCMT"
            | "ORDP"
            | "PREF"
            | "PURP"
            | "REMI"
            | "RTRN"
            | "SVCL"
            | "TRCD"
            | "TRTP"
            | "ULTB"
            | "ULTC"
            | "ULTD"
    );
    known.then_some(code)
}

/// Inside the remittance only a code that no payer writes between slashes may end it.
fn ends_remittance(code: &str) -> bool {
    !matches!(
        code,
        "ACCT" | "ADDR" | "BANK" | "BIC" | "IBAN" | "ID" | "INIT" | "NAME" | "REMI" | "TRTP"
    )
}

/// Whether a text is made of codes.
pub fn begin(text: &str) -> bool {
    code(text).is_some()
}

pub fn read(text: String, direction: CreditDebit) -> Narrative {
    let other = match direction {
        CreditDebit::Credit => "ORDP",
        CreditDebit::Debit => "BENM",
    };
    let mut narrative = Narrative::default();
    let mut party: Option<&str> = None;
    let mut rest = text.as_str();
    while let Some(code) = code(rest) {
        let value = rest.get(code.len() + 1..).unwrap_or_default();
        let (value, after) = split(value, code == "REMI");
        rest = after;
        let ours = party.is_none_or(|party| party == other);
        match code {
            "ORDP" | "BENM" => party = Some(code),
            "NAME" if ours => narrative.name = kept(value),
            "ACCT" | "IBAN" if ours => narrative.account = kept(value),
            "BIC" | "BANK" if ours => narrative.bank = kept(value),
            "EREF" => {
                narrative.end_to_end_id =
                    kept(value).filter(|id| !id.eq_ignore_ascii_case("NOTPROVIDED"));
            }
            "CNTP" => counterparty(value, &mut narrative),
            "OCMT" => narrative.original = original(value),
            "REMI" => narrative.remittance = kept(remittance(value)),
            _ => {}
        }
    }
    if narrative.remittance.is_none() {
        narrative.remittance = Some(text);
    }
    narrative
}

/// The value before the next code, without the slashes around it. `text` begins with the slash that
/// closes the code at hand: where its value is empty, that slash opens the next one.
fn split(text: &str, in_remittance: bool) -> (&str, &str) {
    let opens = |at: &usize| {
        let next = text.get(*at..).and_then(code);
        next.is_some_and(|next| !in_remittance || ends_remittance(next))
    };
    let end = text.match_indices('/').map(|(at, _)| at).find(opens).unwrap_or(text.len());
    let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
    (value.strip_prefix('/').unwrap_or(value).trim_end_matches('/'), after)
}

/// Free text `USTD//…`, or a reference `STRD/issuer/…`; many banks write neither word.
fn remittance(value: &str) -> &str {
    if let Some(free) = value.strip_prefix("USTD/") {
        return free.trim_start_matches('/');
    }
    value.strip_prefix("STRD/").and_then(|rest| rest.split_once('/')).map_or(value, |(_, it)| it)
}

/// `/CNTP/account/bank/name/city`.
fn counterparty(value: &str, narrative: &mut Narrative) {
    let mut parts = value.split('/');
    narrative.account = parts.next().and_then(kept);
    narrative.bank = parts.next().and_then(kept);
    narrative.name = parts.next().and_then(kept);
}

/// `EUR100,00`, and whatever follows a slash.
pub fn original(value: &str) -> Option<Money> {
    let value = value.split('/').next()?;
    let (currency, amount) = value.split_at_checked(3)?;
    let currency = Currency::parse(currency)?;
    let amount = figure(amount, currency).ok()?.amount;
    Some(Money { amount, currency })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::formats::mt940::narrative::read;

    #[test]
    fn codes_between_slashes_are_told_apart() {
        let text = "/ORDP/NAME/NGUYEN VAN A/ACCT/0351000000000/BENM/NAME/TRUONG B\n\
                    /EREF/E2E-1/REMI/HPK3M9Q2X T11/2026 lop 6/ID/7";
        assert_eq!(
            read(text, CreditDebit::Credit),
            Narrative {
                remittance: Some("HPK3M9Q2X T11/2026 lop 6/ID/7".to_owned()),
                name: Some("NGUYEN VAN A".to_owned()),
                account: Some("0351000000000".to_owned()),
                end_to_end_id: Some("E2E-1".to_owned()),
                ..Narrative::default()
            }
        );
        let debit = read(text, CreditDebit::Debit);
        assert_eq!(debit.name.as_deref(), Some("TRUONG B"));
    }

    #[test]
    fn the_ways_of_many_banks_are_known() {
        let text = |text: &str| Some(text.to_owned());
        for (why, file, expected) in [
            (
                "free text announced",
                "/EREF/NOTPROVIDED/REMI/USTD//HPK3M9Q2X/",
                Narrative { remittance: text("HPK3M9Q2X"), ..Narrative::default() },
            ),
            (
                "a structured reference",
                "/REMI/STRD/CUR/HPK3M9Q2X/",
                Narrative { remittance: text("HPK3M9Q2X"), ..Narrative::default() },
            ),
            (
                "two slashes between parts",
                "/EREF/HD-1//MARF/M1//CSID/C1//CNTP/0351000000000/BFTVVNVX/NGUYEN VAN A///REMI/USTD//HPK3M9Q2X/",
                Narrative {
                    remittance: text("HPK3M9Q2X"),
                    name: text("NGUYEN VAN A"),
                    account: text("0351000000000"),
                    bank: text("BFTVVNVX"),
                    end_to_end_id: text("HD-1"),
                    ..Narrative::default()
                },
            ),
            (
                "a code cut by the end of a line",
                "/TRTP/SEPA OVERBOEKING/IBAN/0351000000000/BIC/BFTVVNVX/NAME/NGUYE\nN VAN A/REMI/HPK3M9Q2X",
                Narrative {
                    remittance: text("HPK3M9Q2X"),
                    name: text("NGUYEN VAN A"),
                    account: text("0351000000000"),
                    bank: text("BFTVVNVX"),
                    ..Narrative::default()
                },
            ),
            (
                "an empty remittance, so that all is kept",
                "/ORDP//NAME/NGUYEN VAN A/REMI//ISDT/2026-11-02",
                Narrative {
                    remittance: text("/ORDP//NAME/NGUYEN VAN A/REMI//ISDT/2026-11-02"),
                    name: text("NGUYEN VAN A"),
                    ..Narrative::default()
                },
            ),
            (
                "another currency",
                "/OCMT/EUR100,50/EXCH/27000,/REMI/HPK3M9Q2X",
                Narrative {
                    remittance: text("HPK3M9Q2X"),
                    original: Some(Money {
                        amount: Decimal::new(10_050, 2),
                        currency: Currency::parse("EUR").unwrap(),
                    }),
                    ..Narrative::default()
                },
            ),
        ] {
            assert_eq!(read(file, CreditDebit::Credit), expected, "{why}");
        }
    }
}
