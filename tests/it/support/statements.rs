//! Statements of one school's account, written as each kind of file has them.

use std::fmt::Write as _;

use super::school::{ACCOUNT, Line, mt940};

/// A row of a statement, and what only some files say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub day: String,
    pub dong: i64,
    pub reference: String,
    pub memo: String,
    /// The running balance that the file states, where it is not the right one.
    pub balance: Option<i64>,
    /// Whether the bank has only announced it.
    pub pending: bool,
    /// The account of the other side, which only camt says.
    pub payer: Option<String>,
}

impl Row {
    /// A row that says nothing special.
    pub fn of((day, dong, reference, memo): &Line<'_>) -> Row {
        Row {
            day: (*day).to_owned(),
            dong: *dong,
            reference: (*reference).to_owned(),
            memo: (*memo).to_owned(),
            balance: None,
            pending: false,
            payer: None,
        }
    }

    fn line(&self) -> Line<'_> {
        (&self.day, self.dong, &self.reference, &self.memo)
    }
}

/// A statement as a file of some kind: `mt940`, `xlsx`, `camt.052` and its like, `csv` with letterhead and running balances, `rows` with
/// running balances only, `bare` with none, `mt940+copy` with the same statement twice.
pub fn write(kind: &str, opening: i64, rows: &[Row]) -> Vec<u8> {
    let lines: Vec<Line<'_>> = rows.iter().map(Row::line).collect();
    match kind {
        "csv" => super::school::csv(opening, &lines),
        "rows" | "bare" => table(opening, rows, kind == "rows").into_bytes(),
        "xlsx" => xlsx(opening, rows),
        "mt940" => mt940(opening, &lines),
        "mt940+copy" => [mt940(opening, &lines), mt940(opening, &lines)].concat(),
        "camt.052" => camt("052", "Rpt", "BkToCstmrAcctRpt", opening, rows),
        "camt.053" => camt("053", "Stmt", "BkToCstmrStmt", opening, rows),
        "camt.054" => camt("054", "Ntfctn", "BkToCstmrDbtCdtNtfctn", opening, rows),
        other => panic!("there is no kind {other} of file"),
    }
}

fn balances(opening: i64, rows: &[Row]) -> Vec<i64> {
    let mut balance = opening;
    rows.iter()
        .map(|row| {
            balance += if row.pending { 0 } else { row.dong };
            row.balance.unwrap_or(balance)
        })
        .collect()
}

fn slashed(day: &str) -> String {
    format!("{}/{}/{}", &day[8..10], &day[5..7], &day[..4])
}

fn table(opening: i64, rows: &[Row], running: bool) -> String {
    let more = if running { ";Số dư" } else { "" };
    let mut text = format!(
        "Số tài khoản: {ACCOUNT}\nNgày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung{more}\n"
    );
    for (row, balance) in rows.iter().zip(balances(opening, rows)) {
        let (out, income) = if row.dong < 0 {
            ((-row.dong).to_string(), String::new())
        } else {
            (String::new(), row.dong.to_string())
        };
        let balance = if running { format!(";{balance}") } else { String::new() };
        let day = slashed(&row.day);
        writeln!(text, "{day};{};{out};{income};{}{balance}", row.reference, row.memo).unwrap();
    }
    text
}

fn xlsx(opening: i64, rows: &[Row]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, format!("Số tài khoản: {ACCOUNT}")).unwrap();
    let headings = ["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"];
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string(2, column, heading).unwrap();
    }
    for ((number, row), balance) in (3_u32..).zip(rows).zip(balances(opening, rows)) {
        sheet.write_string(number, 0, slashed(&row.day)).unwrap();
        sheet.write_string(number, 1, &row.reference).unwrap();
        let column = if row.dong < 0 { 2 } else { 3 };
        sheet.write_string(number, column, row.dong.abs().to_string()).unwrap();
        sheet.write_string(number, 4, balance.to_string()).unwrap();
        sheet.write_string(number, 5, &row.memo).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

fn camt(number: &str, part: &str, root: &str, opening: i64, rows: &[Row]) -> Vec<u8> {
    let first = rows.first().map_or("2026-11-01", |row| row.day.as_str());
    let last = rows.last().map_or(first, |row| row.day.as_str());
    let booked: i64 = rows.iter().filter(|row| !row.pending).map(|row| row.dong).sum();
    let mark = |dong: i64| if dong < 0 { "DBIT" } else { "CRDT" };
    let balance = |code: &str, dong: i64, day: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"VND\">{}</Amt>\
             <CdtDbtInd>{}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n",
            dong.abs(),
            mark(dong)
        )
    };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.{number}.001.08\"><{root}>\
         <GrpHdr><MsgId>MAU</MsgId><CreDtTm>{last}T18:00:00+07:00</CreDtTm></GrpHdr>\
         <{part}><Id>MAU</Id><Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>VND</Ccy></Acct>\n"
    );
    if number == "053" {
        text += &balance("OPBD", opening, first);
        text += &balance("CLBD", opening + booked, last);
    }
    for row in rows {
        let status = if row.pending { "PDNG" } else { "BOOK" };
        let reference = if row.reference.is_empty() {
            String::new()
        } else {
            format!("<AcctSvcrRef>{}</AcctSvcrRef>", row.reference)
        };
        let payer = row.payer.as_ref().map_or_else(String::new, |account| {
            format!(
                "<RltdPties><DbtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></DbtrAcct></RltdPties>"
            )
        });
        writeln!(
            text,
            "<Ntry><Amt Ccy=\"VND\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>\
             <BookgDt><Dt>{}</Dt></BookgDt>{reference}<NtryDtls><TxDtls>{payer}<RmtInf><Ustrd>{}</Ustrd>\
             </RmtInf></TxDtls></NtryDtls></Ntry>",
            row.dong.abs(),
            mark(row.dong),
            row.day,
            row.memo
        )
        .unwrap();
    }
    write!(text, "</{part}></{root}></Document>").unwrap();
    text.into_bytes()
}
