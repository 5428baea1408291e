//! ISO 20022 camt.053 in versions 02 and 08, elements in the order of their schemas.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use crate::demo::error::DemoError;
use crate::demo::writers::{BankStatement, StatementLine};
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;
use crate::domain::statement::CreditDebit;

/// How much text one `Ustrd` holds.
const USTRD_CHARACTERS: usize = 140;

/// A version of camt.053.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// camt.053.001.02: plain `Sts`, names directly in the party, `BIC`.
    V02,
    /// camt.053.001.08: `Sts/Cd`, names in `Pty`, `BICFI`.
    V08,
}

/// Writes a statement.
pub fn write(statement: &BankStatement<'_>, version: Version) -> Result<Vec<u8>, DemoError> {
    let namespace = match version {
        Version::V02 => "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02",
        Version::V08 => "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08",
    };
    let BankStatement { account, reference, sequence, from, to, .. } = statement;
    let created = format!("{to}T23:30:00+07:00");
    let mut entries = String::new();
    for line in &statement.lines {
        entry(&mut entries, line, version);
    }
    let number = escape(&account.number);
    let holder = escape(&account.holder);
    let agent = agent(&account.bic, version);
    let opening = balance("OPBD", statement.opening, *from);
    let closing = balance("CLBD", statement.closing, *to);
    let summary = summary(statement)?;
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"{namespace}\">\n\
         <BkToCstmrStmt>\n\
         <GrpHdr><MsgId>{reference}</MsgId><CreDtTm>{created}</CreDtTm>\
         <AddtlInf>DU LIEU MAU - KHONG CO THAT</AddtlInf></GrpHdr>\n\
         <Stmt><Id>{reference}</Id><ElctrncSeqNb>{sequence}</ElctrncSeqNb>\
         <CreDtTm>{created}</CreDtTm>\
         <FrToDt><FrDtTm>{from}T00:00:00+07:00</FrDtTm><ToDtTm>{to}T23:59:59+07:00</ToDtTm></FrToDt>\n\
         <Acct><Id><Othr><Id>{number}</Id></Othr></Id><Ccy>VND</Ccy>\
         <Ownr><Nm>{holder}</Nm></Ownr><Svcr>{agent}</Svcr></Acct>\n\
         {opening}{closing}{summary}{entries}\
         </Stmt>\n</BkToCstmrStmt>\n</Document>\n"
    )
    .into_bytes())
}

fn summary(statement: &BankStatement<'_>) -> Result<String, DemoError> {
    let mut summary = format!(
        "<TxsSummry><TtlNtries><NbOfNtries>{}</NbOfNtries></TtlNtries>",
        statement.lines.len()
    );
    for (element, side) in
        [("TtlCdtNtries", CreditDebit::Credit), ("TtlDbtNtries", CreditDebit::Debit)]
    {
        let count = statement.lines.iter().filter(|line| line.credit_debit == side).count();
        let sum = statement.total(side)?;
        let _ = write!(
            summary,
            "<{element}><NbOfNtries>{count}</NbOfNtries><Sum>{sum}</Sum></{element}>"
        );
    }
    summary.push_str("</TxsSummry>\n");
    Ok(summary)
}

fn balance(code: &str, amount: Vnd, day: Day) -> String {
    let indicator = if amount.dong() < 0 { "DBIT" } else { "CRDT" };
    let figure = amount.dong().unsigned_abs();
    format!(
        "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{figure}</Amt>\
         <CdtDbtInd>{indicator}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )
}

fn entry(xml: &mut String, line: &StatementLine, version: Version) {
    let (indicator, family) = if line.is_credit() { ("CRDT", "RCDT") } else { ("DBIT", "ICDT") };
    let reversal = if line.reversal { "<RvslInd>true</RvslInd>" } else { "" };
    let status = match version {
        Version::V02 => "BOOK",
        Version::V08 => "<Cd>BOOK</Cd>",
    };
    let (amount, day, reference) = (line.amount, line.booking_date, escape(&line.reference));
    let _ = write!(
        xml,
        "<Ntry><Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>{reversal}\
         <Sts>{status}</Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>\
         <AcctSvcrRef>{reference}</AcctSvcrRef>\
         <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>DMCT</SubFmlyCd></Fmly></Domn></BkTxCd>\n\
         <NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
    );
    if version == Version::V08 {
        let _ = write!(xml, "<Amt Ccy=\"VND\">{amount}</Amt><CdtDbtInd>{indicator}</CdtDbtInd>");
    }
    parties(xml, line, version);
    xml.push_str("<RmtInf>");
    for part in ustrd_parts(&line.remittance) {
        let _ = write!(xml, "<Ustrd>{}</Ustrd>", escape(part));
    }
    xml.push_str("</RmtInf></TxDtls></NtryDtls></Ntry>\n");
}

fn parties(xml: &mut String, line: &StatementLine, version: Version) {
    let Some(other) = &line.counterparty else { return };
    let role = if line.is_credit() { "Dbtr" } else { "Cdtr" };
    let (open, close) = match version {
        Version::V02 => ("", ""),
        Version::V08 => ("<Pty>", "</Pty>"),
    };
    let _ = write!(
        xml,
        "<RltdPties><{role}>{open}<Nm>{}</Nm>{close}</{role}>\
         <{role}Acct><Id><Othr><Id>{}</Id></Othr></Id></{role}Acct></RltdPties>\
         <RltdAgts><{role}Agt>{}</{role}Agt></RltdAgts>",
        escape(&other.name),
        escape(&other.account),
        agent(other.bank.bic(), version)
    );
}

fn agent(bic: &str, version: Version) -> String {
    let element = match version {
        Version::V02 => "BIC",
        Version::V08 => "BICFI",
    };
    format!("<FinInstnId><{element}>{bic}</{element}></FinInstnId>")
}

/// Cuts a long text at blanks, so that the parts joined by a blank are the text again.
fn ustrd_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while rest.chars().count() > USTRD_CHARACTERS {
        let limit = rest.char_indices().nth(USTRD_CHARACTERS).map_or(rest.len(), |(at, _)| at);
        let Some((head, tail)) = rest
            .split_at_checked(limit)
            .and_then(|(head, _)| head.rfind(' '))
            .and_then(|blank| Some((rest.get(..blank)?, rest.get(blank + 1..)?)))
        else {
            break;
        };
        parts.push(head);
        rest = tail;
    }
    parts.push(rest);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_joining_restores_them() {
        let text = "HPK3M9Q2X HANH 6A1 ".repeat(20).trim().to_owned();
        let parts = ustrd_parts(&text);
        assert!(parts.len() > 2 && parts.iter().all(|part| part.len() <= USTRD_CHARACTERS));
        assert_eq!(parts.join(" "), text);
        assert_eq!(ustrd_parts("HPK3M9Q2X"), ["HPK3M9Q2X"]);
    }
}
