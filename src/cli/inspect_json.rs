//! `inspect --json`: one object a line for each file. What precedes the entries is known only at the
//! end of the file; the entries wait for it in a temporary file.

use std::io::{self, Write};
use std::ops::ControlFlow;

use serde::Serialize;

use crate::containment::Contents;
use crate::domain::calendar::{Day, Period};
use crate::domain::diagnostic::{Diagnostic, Place};
use crate::domain::lang::Lang;
use crate::domain::money::{Currency, plain_figure};
use crate::domain::statement::{Balance, Charge, Entry, Event, StatementHeader};
use crate::formats::{Part, Reading};

#[derive(Serialize)]
struct NoteJson<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<usize>,
    #[serde(flatten)]
    place: Option<&'a Place>,
}

#[derive(Serialize)]
struct BalanceJson {
    amount: String,
    date: Option<Day>,
}

#[derive(Serialize)]
struct EntryJson<'a> {
    booking_date: Day,
    value_date: Option<Day>,
    credit_debit: &'static str,
    amount: String,
    currency: &'a str,
    status: &'static str,
    reversal: bool,
    reference: Option<&'a str>,
    end_to_end_id: Option<&'a str>,
    remittance: Option<&'a str>,
    counterparty_name: Option<&'a str>,
    counterparty_account: Option<&'a str>,
    counterparty_bank: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance_after: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    charges: Vec<ChargeJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<MoneyJson<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_code: Option<&'a str>,
    position: &'a str,
}

#[derive(Serialize)]
struct MoneyJson<'a> {
    amount: String,
    currency: &'a str,
}

#[derive(Serialize)]
struct ChargeJson<'a> {
    amount: String,
    currency: &'a str,
    credit_debit: &'static str,
    included: bool,
}

#[derive(Serialize)]
struct PeriodJson {
    from: Day,
    to: Day,
}

#[derive(Serialize)]
struct PartJson<'a> {
    name: &'a str,
    format: Option<&'a str>,
    layout: Option<&'a str>,
    statements: u64,
}

impl<'a> From<&'a Charge> for ChargeJson<'a> {
    fn from(charge: &'a Charge) -> ChargeJson<'a> {
        ChargeJson {
            amount: plain_figure(charge.money.amount, Some(charge.money.currency)),
            currency: charge.money.currency.as_str(),
            credit_debit: charge.credit_debit.as_str(),
            included: charge.included,
        }
    }
}

impl<'a> From<&'a Part> for PartJson<'a> {
    fn from(part: &'a Part) -> PartJson<'a> {
        PartJson {
            name: &part.name,
            format: part.format.as_deref(),
            layout: part.layout.as_deref(),
            statements: part.statements,
        }
    }
}

impl<'a> From<&'a Entry> for EntryJson<'a> {
    fn from(entry: &'a Entry) -> EntryJson<'a> {
        EntryJson {
            booking_date: entry.booking_date,
            value_date: entry.value_date,
            credit_debit: entry.credit_debit.as_str(),
            amount: plain_figure(entry.amount, Some(entry.currency)),
            currency: entry.currency.as_str(),
            status: entry.status.as_str(),
            reversal: entry.reversal,
            reference: entry.reference.as_deref(),
            end_to_end_id: entry.end_to_end_id.as_deref(),
            remittance: entry.remittance.as_deref(),
            counterparty_name: entry.counterparty_name.as_deref(),
            counterparty_account: entry.counterparty_account.as_deref(),
            counterparty_bank: entry.counterparty_bank.as_deref(),
            balance_after: entry
                .balance_after
                .map(|balance| plain_figure(balance, Some(entry.currency))),
            charges: entry.extras.charges.iter().map(ChargeJson::from).collect(),
            original: entry.extras.original.as_ref().map(|money| MoneyJson {
                amount: plain_figure(money.amount, Some(money.currency)),
                currency: money.currency.as_str(),
            }),
            transaction_code: entry.extras.transaction_code.as_deref(),
            position: &entry.position,
        }
    }
}

/// Writes the line of one file. Says whether the file was accepted.
pub fn write(
    name: &str,
    contents: &mut Contents,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<bool> {
    if !contents.reading.accepted() {
        write_rejected(name, &contents.reading, lang, out)?;
        return Ok(false);
    }
    write_head(name, &contents.reading, lang, out)?;
    let headers = contents.statements.clone();
    let mut body = Body { headers: headers.iter(), open: false, first: true, out };
    let mut failure = None;
    contents.replay(&mut |event| match body.take(&event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })?;
    match failure {
        Some(error) => Err(error),
        None => out.write_all(b"]}\n").map(|()| true),
    }
}

/// Writes the line of a file that was refused.
pub fn write_rejected(
    name: &str,
    reading: &Reading,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_head(name, reading, lang, out)?;
    out.write_all(b"]}\n")
}

/// All up to the opening bracket of the statements.
fn write_head(name: &str, reading: &Reading, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let outcome = if reading.accepted() { "accepted" } else { "rejected" };
    out.write_all(b"{")?;
    field(out, "file", &name)?;
    out.write_all(b",")?;
    field(out, "outcome", &outcome)?;
    out.write_all(b",")?;
    field(out, "format", &reading.format)?;
    out.write_all(b",")?;
    field(out, "layout", &reading.layout)?;
    out.write_all(b",")?;
    if let Some(container) = &reading.container {
        field(out, "container", container)?;
        out.write_all(b",")?;
        let parts: Vec<PartJson<'_>> = reading.parts.iter().map(PartJson::from).collect();
        field(out, "parts", &parts)?;
        out.write_all(b",")?;
    }
    if let Some(question) = &reading.columns {
        field(out, "columns", question)?;
        out.write_all(b",")?;
    }
    field(out, "warnings", &notes(&reading.warnings, lang))?;
    out.write_all(b",")?;
    field(out, "errors", &notes(&reading.errors, lang))?;
    out.write_all(b",\"statements\":[")
}

fn notes(notes: &[Diagnostic], lang: Lang) -> Vec<NoteJson<'_>> {
    notes
        .iter()
        .map(|note| NoteJson {
            code: &note.code,
            message: note.message.text(lang),
            statement: note.statement,
            place: note.place.as_ref(),
        })
        .collect()
}

/// The statements and their entries, written as they are read the second time.
struct Body<'a> {
    headers: std::slice::Iter<'a, StatementHeader>,
    open: bool,
    first: bool,
    out: &'a mut dyn Write,
}

impl Body<'_> {
    fn take(&mut self, event: &Event) -> io::Result<()> {
        let new = !self.open;
        if new {
            self.open_statement()?;
        }
        match event {
            Event::Entry(entry) => {
                if !new {
                    self.out.write_all(b",")?;
                }
                serde_json::to_writer(&mut *self.out, &EntryJson::from(entry))?;
            }
            Event::Statement(_) => {
                self.open = false;
                self.out.write_all(b"]}")?;
            }
        }
        Ok(())
    }

    fn open_statement(&mut self) -> io::Result<()> {
        let header = self.headers.next().ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidData, "the file changed while it was read")
        })?;
        if !std::mem::take(&mut self.first) {
            self.out.write_all(b",")?;
        }
        self.open = true;
        let out = &mut *self.out;
        out.write_all(b"{")?;
        field(out, "account", &header.account)?;
        out.write_all(b",")?;
        field(out, "currency", &header.currency.as_ref().map(Currency::as_str))?;
        out.write_all(b",")?;
        field(out, "reference", &header.reference)?;
        out.write_all(b",")?;
        field(out, "sequence", &header.sequence)?;
        out.write_all(b",")?;
        field(out, "opening", &balance(header.opening, header.currency))?;
        out.write_all(b",")?;
        field(out, "closing", &balance(header.closing, header.currency))?;
        if let Some(period) = header.period {
            out.write_all(b",")?;
            field(
                out,
                "period",
                &PeriodJson { from: Period::from(period), to: Period::to(period) },
            )?;
        }
        if header.copy {
            out.write_all(b",\"copy\":true")?;
        }
        out.write_all(b",\"entries\":[")
    }
}

fn balance(balance: Option<Balance>, currency: Option<Currency>) -> Option<BalanceJson> {
    balance.map(|balance| BalanceJson {
        amount: plain_figure(balance.amount, currency),
        date: balance.date,
    })
}

fn field(out: &mut dyn Write, name: &str, value: &impl Serialize) -> io::Result<()> {
    write!(out, "\"{name}\":")?;
    serde_json::to_writer(out, value)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::formats::Options;

    fn contents(file: &[u8]) -> Contents {
        Contents::of(&mut Cursor::new(file), &Options::default())
    }

    #[test]
    fn a_statement_becomes_one_line_in_the_order_of_the_contract() {
        let file = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt>\
            <Id>STMT-1</Id><ElctrncSeqNb>12</ElctrncSeqNb>\
            <Acct><Id><Othr><Id>1017595600</Id></Othr></Id><Ccy>VND</Ccy></Acct>\
            <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">100</Amt>\
            <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>\n\
            <Ntry><Amt Ccy=\"VND\">50.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
            <BookgDt><Dt>2026-11-02</Dt></BookgDt><AcctSvcrRef>FT1</AcctSvcrRef>\
            <AddtlNtryInf>\"HP\"</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>";
        let mut out = Vec::new();
        let accepted = write("a.xml", &mut contents(file.as_bytes()), Lang::En, &mut out).unwrap();
        assert!(accepted);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            concat!(
                r#"{"file":"a.xml","outcome":"accepted","format":"camt.053.001.08","layout":null,"#,
                r#""warnings":[],"errors":[],"statements":[{"account":"1017595600","#,
                r#""currency":"VND","reference":"STMT-1","sequence":"12","#,
                r#""opening":{"amount":"100","date":"2026-11-01"},"closing":null,"entries":["#,
                r#"{"booking_date":"2026-11-02","value_date":null,"credit_debit":"credit","#,
                r#""amount":"50","currency":"VND","status":"booked","reversal":false,"#,
                r#""reference":"FT1","end_to_end_id":null,"remittance":"\"HP\"","#,
                r#""counterparty_name":null,"counterparty_account":null,"#,
                r#""counterparty_bank":null,"position":"line 2"}]}]}"#,
                "\n"
            )
        );
    }

    #[test]
    fn places_stand_beside_the_message() {
        let mut out = Vec::new();
        let file = b"<Document>\n<!DOCTYPE a>";
        assert!(!write("b.xml", &mut contents(file), Lang::Vi, &mut out).unwrap());
        let json: serde_json::Value = serde_json::from_slice(&out).unwrap();
        assert_eq!(json["errors"][0]["code"], "doctype");
        assert_eq!(json["errors"][0]["line"], 2);
        assert_eq!(json["outcome"], "rejected");
        assert_eq!(json["statements"], serde_json::json!([]));
    }
}
