//! How `doisoat invoice` shows invoices, credit notes and write-offs to people.

use std::io;

use super::Env;
use crate::domain::calendar::vietnamese_day;
use crate::domain::invoice::InvoiceState;
use crate::domain::lang::Lang;
use crate::service::fees::credit_notes::CreditNote;
use crate::service::fees::show::InvoiceDetail;
use crate::service::fees::write_offs::WriteOffView;
use crate::service::queue::InvoiceView;

fn state_words(state: InvoiceState, lang: Lang) -> &'static str {
    match (state, lang) {
        (InvoiceState::Waived, Lang::Vi) => "được miễn",
        (InvoiceState::Waived, Lang::En) => "waived",
        (InvoiceState::Open, Lang::Vi) => "chưa thu",
        (InvoiceState::Open, Lang::En) => "open",
        (InvoiceState::PartlyPaid, Lang::Vi) => "thu một phần",
        (InvoiceState::PartlyPaid, Lang::En) => "partly paid",
        (InvoiceState::Paid, Lang::Vi) => "đã thu đủ",
        (InvoiceState::Paid, Lang::En) => "paid",
        (InvoiceState::Cancelled, Lang::Vi) => "đã hủy",
        (InvoiceState::Cancelled, Lang::En) => "cancelled",
    }
}

/// One invoice on a line.
pub fn tell_row(env: &mut Env<'_>, one: &InvoiceView) -> io::Result<()> {
    let paid = match env.lang {
        Lang::Vi => "đã thu",
        Lang::En => "paid",
    };
    writeln!(
        env.out,
        "{:<14}{:<12}{} {}  {:>14} ₫ · {paid} {} ₫ · {}",
        one.code,
        one.student_code,
        one.student_name,
        one.class,
        one.net.grouped(),
        one.paid.grouped(),
        state_words(one.state, env.lang)
    )
}

/// An invoice with everything about it.
pub fn tell_invoice(env: &mut Env<'_>, found: &InvoiceDetail) -> io::Result<()> {
    tell_row(env, &found.invoice)?;
    let words = match env.lang {
        Lang::Vi => ["số", "đợt thu", "còn phải thu", "hạn nộp", "miễn giảm", "giảm", "thay cho"],
        Lang::En => ["number", "round", "open", "due", "waived", "less", "replaces"],
    };
    let [number, round, open, due, waived, less, replaces] = words;
    let numbered = match (found.number, &found.school_year) {
        (Some(value), Some(year)) => format!("{number} {value} ({year}) · "),
        _ => String::new(),
    };
    let by = found
        .invoice
        .due_on
        .map(|day| format!(" · {due} {}", vietnamese_day(day)))
        .unwrap_or_default();
    let (code, name, left) = (&found.round, &found.round_name, found.open.grouped());
    writeln!(env.out, "  {numbered}{round} {code} {name} · {open} {left} ₫{by}")?;
    if let Some(old) = &found.replaces {
        writeln!(env.out, "  {replaces} {old}")?;
    }
    for line in &found.lines {
        let units = match (line.quantity, line.price) {
            (Some(quantity), Some(price)) => format!("{quantity} × {} ₫", price.grouped()),
            _ => String::new(),
        };
        let share = match line.waived_percent {
            Some(percent) => format!(" · {waived} {percent} %: {} ₫", line.waived.grouped()),
            None => String::new(),
        };
        let net = line.net.grouped();
        writeln!(env.out, "    {:<12}{:<28}{units:>20}  {net:>14} ₫{share}", line.item, line.name)?;
    }
    for part in &found.instalments {
        let (amount, paid) = (part.amount.grouped(), part.paid.grouped());
        writeln!(env.out, "    {}  {amount:>14} ₫  ({paid} ₫)", vietnamese_day(part.due_on))?;
    }
    for note in &found.credit_notes {
        writeln!(
            env.out,
            "    {less} {} ₫ · {number} {} ({}) · {} · {}",
            note.net.grouped(),
            note.number,
            note.school_year,
            note.reason,
            note.made_by
        )?;
    }
    Ok(())
}

/// A credit note that was made.
pub fn tell_note(env: &mut Env<'_>, made: &CreditNote) -> io::Result<()> {
    let (number, net, moved) = (made.number, made.net.grouped(), made.moved.grouped());
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Phiếu điều chỉnh giảm số {number}: giảm {net} ₫ · tiền đã thu được chuyển {moved} ₫"
        )?,
        Lang::En => writeln!(
            env.out,
            "Credit note {number}: {net} ₫ less · {moved} ₫ of what was paid moved"
        )?,
    }
    match (&made.replaced_by, env.lang) {
        (Some(new), Lang::Vi) => writeln!(env.out, "  Khoản phải thu mới: {new}"),
        (Some(new), Lang::En) => writeln!(env.out, "  The new invoice: {new}"),
        (None, _) => Ok(()),
    }
}

/// A write-off on a line.
pub fn tell_write_off(env: &mut Env<'_>, one: &WriteOffView) -> io::Result<()> {
    let state = match (one.state.as_str(), env.lang) {
        ("asked", Lang::Vi) => "chờ duyệt",
        ("asked", Lang::En) => "waits for consent",
        ("approved", Lang::Vi) => "đã duyệt",
        ("approved", Lang::En) => "approved",
        (_, Lang::Vi) => "không duyệt",
        (_, Lang::En) => "refused",
    };
    let by = one.decided_by.as_deref().map(|by| format!(" → {by}")).unwrap_or_default();
    writeln!(
        env.out,
        "{:>8}  {:<14}{:>14} ₫  {state} · {}{by} · {}",
        one.id,
        one.invoice,
        one.amount.grouped(),
        one.asked_by,
        one.reason
    )
}
