//! `inspect` for people: what a file holds, whether its balances agree, and its first entries.

use std::io::{self, Write};
use std::ops::ControlFlow;

use super::columns;
use crate::containment::Contents;
use crate::domain::calendar::vietnamese_day;
use crate::domain::diagnostic::Diagnostic;
use crate::domain::lang::Lang;
use crate::domain::money::Currency;
use crate::domain::statement::{CreditDebit, Entry, EntryStatus, Event, StatementHeader};
use crate::formats::Reading;
use crate::formats::balance::{Movements, readable};

/// A person looks at the first few; `--json` gives all.
const SHOWN_ENTRIES: usize = 5;
const SHOWN_STATEMENTS: usize = 10;
const SHOWN_NOTES: usize = 10;
const TEXT_COLUMN: usize = 60;

/// What is kept of a statement to show it.
#[derive(Default)]
struct Summary {
    header: StatementHeader,
    movements: Movements,
    entries: u64,
    not_booked: u64,
    first: Vec<Entry>,
}

impl Summary {
    fn add(&mut self, entry: Entry) {
        self.movements.add(&entry);
        self.entries += 1;
        if entry.status != EntryStatus::Booked {
            self.not_booked += 1;
        }
        if self.first.len() < SHOWN_ENTRIES {
            self.first.push(entry);
        }
    }
}

/// Shows one file. Says whether it was accepted.
pub fn write(
    name: &str,
    contents: &mut Contents,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let mut shown: Vec<Summary> = Vec::new();
    let mut open = Summary::default();
    if !contents.reading.accepted() {
        write_rejected(name, &contents.reading, lang, out)?;
        return Ok(false);
    }
    contents.replay(&mut |event| {
        match event {
            Event::Entry(entry) => open.add(entry),
            Event::Statement(header) => {
                let done = std::mem::take(&mut open);
                if shown.len() < SHOWN_STATEMENTS {
                    shown.push(Summary { header, ..done });
                }
            }
        }
        ControlFlow::Continue(())
    })?;
    let reading = &contents.reading;
    write_title(name, reading, lang, out)?;
    write_parts(reading, lang, out)?;
    for summary in &shown {
        write_statement(summary, lang, out)?;
    }
    let shown = u64::try_from(shown.len()).unwrap_or(u64::MAX);
    if reading.statements > shown {
        let more = reading.statements - shown;
        match lang {
            Lang::Vi => writeln!(out, "  … và {more} sao kê nữa")?,
            Lang::En => writeln!(out, "  … and {more} more statements")?,
        }
    }
    write_notes("⚠", &reading.warnings, lang, out)?;
    writeln!(out)?;
    Ok(true)
}

/// Shows a file that was refused, and why.
pub fn write_rejected(
    name: &str,
    reading: &Reading,
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    write_title(name, reading, lang, out)?;
    write_notes("✘", &reading.errors, lang, out)?;
    if let Some(question) = &reading.columns {
        columns::show(question, lang, out)?;
    }
    write_notes("⚠", &reading.warnings, lang, out)?;
    writeln!(out)
}

fn write_title(name: &str, reading: &Reading, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let outcome = match (lang, reading.accepted()) {
        (Lang::Vi, true) => "đọc được",
        (Lang::Vi, false) => "KHÔNG NHẬN",
        (Lang::En, true) => "accepted",
        (Lang::En, false) => "REJECTED",
    };
    let known = [reading.format.as_deref(), reading.layout.as_deref()];
    let known: Vec<&str> = known.into_iter().flatten().collect();
    let name = printable(name);
    if known.is_empty() {
        writeln!(out, "{name} — {outcome}")
    } else {
        writeln!(out, "{name} — {} — {outcome}", known.join(" · "))
    }
}

/// What an archive holds, a line for each of its files.
fn write_parts(reading: &Reading, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    for part in reading.parts.iter().take(SHOWN_STATEMENTS) {
        let known = [part.format.as_deref(), part.layout.as_deref()];
        let known: Vec<&str> = known.into_iter().flatten().collect();
        let (name, known, count) = (printable(&part.name), known.join(" · "), part.statements);
        match lang {
            Lang::Vi => writeln!(out, "  Trong tệp nén: {name} — {known} — {count} sao kê")?,
            Lang::En => writeln!(out, "  In the archive: {name} — {known} — {count} statements")?,
        }
    }
    Ok(())
}

fn write_statement(summary: &Summary, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let header = &summary.header;
    let currency = header.currency;
    let (account_word, none, number_word) = match lang {
        Lang::Vi => ("Tài khoản", "không ghi", "sao kê số"),
        Lang::En => ("Account", "not stated", "statement"),
    };
    let account = header.account.as_deref().map_or(none.to_owned(), printable);
    write!(out, "  {account_word} {account}")?;
    if let Some(currency) = &currency {
        write!(out, " · {currency}")?;
    }
    if let Some(number) = &header.sequence {
        write!(out, " · {number_word} {}", printable(number))?;
    }
    writeln!(out)?;
    write_balances(summary, lang, out)?;
    let booked = summary.movements.booked();
    let money = |sum: Option<_>| sum.map_or("?".to_owned(), |sum| readable(sum, currency));
    let (ins, outs) = (money(booked.credit_sum.get()), money(booked.debit_sum.get()));
    let (all, credits, debits) = (summary.entries, booked.credits, booked.debits);
    match lang {
        Lang::Vi => {
            write!(out, "  {all} giao dịch: {credits} tiền vào {ins}, {debits} tiền ra {outs}")?;
        }
        Lang::En => write!(out, "  {all} entries: {credits} in {ins}, {debits} out {outs}")?,
    }
    if summary.not_booked > 0 {
        let waiting = summary.not_booked;
        match lang {
            Lang::Vi => write!(out, ", {waiting} chưa hạch toán")?,
            Lang::En => write!(out, ", {waiting} not booked")?,
        }
    }
    writeln!(out)?;
    let figures: Vec<String> = summary.first.iter().map(|entry| signed(entry, currency)).collect();
    let width = figures.iter().map(|figure| figure.chars().count()).max().unwrap_or(0);
    for (entry, figure) in summary.first.iter().zip(&figures) {
        let text = entry.remittance.as_deref().or(entry.reference.as_deref()).unwrap_or("–");
        let day = match lang {
            Lang::Vi => vietnamese_day(entry.booking_date),
            Lang::En => entry.booking_date.to_string(),
        };
        writeln!(out, "    {day}  {figure:>width$}  {}", shortened(text))?;
    }
    let shown = u64::try_from(summary.first.len()).unwrap_or(u64::MAX);
    if summary.entries > shown {
        let more = summary.entries - shown;
        match lang {
            Lang::Vi => writeln!(out, "    … và {more} giao dịch nữa (xem đủ: --json)")?,
            Lang::En => writeln!(out, "    … and {more} more entries (all of them: --json)")?,
        }
    }
    Ok(())
}

fn write_balances(summary: &Summary, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
    let header = &summary.header;
    let (Some(opening), Some(closing)) = (header.opening, header.closing) else {
        return match lang {
            Lang::Vi => writeln!(out, "  Tệp không ghi đủ số dư đầu và số dư cuối"),
            Lang::En => writeln!(out, "  Opening and closing balance are not both stated"),
        };
    };
    let show = |figure| readable(figure, header.currency);
    let net = summary.movements.booked().net().map_or("?".to_owned(), show);
    let agree = summary.movements.check(header).is_none();
    let sign = if agree { "=" } else { "≠" };
    let (opening, closing) = (show(opening.amount), show(closing.amount));
    match lang {
        Lang::Vi => writeln!(
            out,
            "  Số dư đầu {opening} + phát sinh {net} {sign} số dư cuối {closing}   {}",
            if agree { "Khớp số dư ✔" } else { "LỆCH SỐ DƯ ✘" }
        ),
        Lang::En => writeln!(
            out,
            "  Opening {opening} + movements {net} {sign} closing {closing}   {}",
            if agree { "balances agree ✔" } else { "BALANCES DIFFER ✘" }
        ),
    }
}

fn write_notes(
    mark: &str,
    notes: &[Diagnostic],
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    for note in notes.iter().take(SHOWN_NOTES) {
        writeln!(out, "  {mark} {} [{}]", printable(note.message.text(lang)), note.code)?;
    }
    let more = notes.len().saturating_sub(SHOWN_NOTES);
    if more > 0 {
        match lang {
            Lang::Vi => writeln!(out, "  {mark} … và {more} mục nữa (xem đủ: --json)")?,
            Lang::En => writeln!(out, "  {mark} … and {more} more (all of them: --json)")?,
        }
    }
    Ok(())
}

fn signed(entry: &Entry, currency: Option<Currency>) -> String {
    let sign = match entry.credit_debit {
        CreditDebit::Credit => '+',
        CreditDebit::Debit => '-',
    };
    let figure = readable(entry.amount, Some(entry.currency));
    if currency == Some(entry.currency) {
        format!("{sign}{figure}")
    } else {
        format!("{sign}{figure} {}", entry.currency)
    }
}

fn shortened(text: &str) -> String {
    let text = printable(text);
    if text.chars().count() <= TEXT_COLUMN {
        return text;
    }
    let mut short: String = text.chars().take(TEXT_COLUMN - 1).collect();
    short.push('…');
    short
}

/// A file must not be able to send commands to the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::formats::Options;

    const STATEMENT: &str = ":20:SK1\n:25:1017595600\n:28C:12/1\n:60F:C261101VND12000000,\n\
        :61:2611021102C3500000,NTRFNONREF//FT1\n:86:HPK3M9Q2X \u{1b}[31mHANH 6A1\n";

    fn shown(file: &str, lang: Lang) -> String {
        let mut out = Vec::new();
        let mut contents = Contents::of(&mut Cursor::new(file.as_bytes()), &Options::default());
        write("a.sta", &mut contents, lang, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_person_sees_whether_the_balances_agree() {
        let right = format!("{STATEMENT}:62F:C261102VND15500000,\n");
        assert_eq!(
            shown(&right, Lang::Vi),
            "a.sta — mt940 — đọc được\n\
            \x20 Tài khoản 1017595600 · VND · sao kê số 12\n\
            \x20 Số dư đầu 12.000.000 + phát sinh 3.500.000 = số dư cuối 15.500.000   Khớp số dư ✔\n\
            \x20 1 giao dịch: 1 tiền vào 3.500.000, 0 tiền ra 0\n\
            \x20   02/11/2026  +3.500.000  HPK3M9Q2X  [31mHANH 6A1\n\n"
        );
        let wrong = shown(&format!("{STATEMENT}:62F:C261102VND15000000,\n"), Lang::En);
        assert!(wrong.contains("≠ closing 15.000.000   BALANCES DIFFER ✘"), "{wrong}");
        assert!(wrong.contains("[closing_balance_mismatch]"), "{wrong}");
    }

    #[test]
    fn a_refused_file_says_why() {
        assert!(shown("%PDF-1.4", Lang::En).starts_with("a.sta — REJECTED\n  ✘ This is a PDF"));
    }
}
