//! What `doisoat cash` prints.

use std::io;

use serde::Serialize;

use crate::cli::Env;
use crate::domain::calendar::vietnamese_day;
use crate::domain::lang::Lang;
use crate::service::cash::deposits::{DepositView, Deposits, OpenDepositView};
use crate::service::cash::{Book, BookLine, CountView, SlipView, Voucher, VoucherView};

fn lines_of_json(env: &mut Env<'_>, rows: &[impl Serialize]) -> io::Result<()> {
    rows.iter().try_for_each(|row| env.json(row))
}

pub(super) fn made(env: &mut Env<'_>, json: bool, rows: &[Voucher]) -> io::Result<()> {
    if json {
        return lines_of_json(env, rows);
    }
    for row in rows {
        let (number, year, amount) = (row.number, row.year, row.amount.grouped());
        let payment = row.payment;
        match env.lang {
            Lang::Vi => writeln!(
                env.out,
                "Phiếu thu số {number}/{year}: {amount} ₫ (khoản tiền {payment})."
            )?,
            Lang::En => {
                writeln!(env.out, "Voucher {number}/{year}: {amount} ₫ (payment {payment}).")?;
            }
        }
    }
    Ok(())
}

pub(super) fn vouchers(env: &mut Env<'_>, json: bool, rows: &[VoucherView]) -> io::Result<()> {
    if json {
        return lines_of_json(env, rows);
    }
    for row in rows {
        let number = format!("{}/{}", row.number, row.year);
        write!(
            env.out,
            "{:>8}  {number:>9}  {}  {:>14} ₫  {}",
            row.payment,
            vietnamese_day(row.received_on),
            row.amount.grouped(),
            row.payer
        )?;
        let by = row.voided_by.as_deref().unwrap_or_default();
        voided(env, row.voided.then(|| (by, row.void_reason.as_deref().unwrap_or_default())))?;
    }
    Ok(())
}

pub(super) fn slips(env: &mut Env<'_>, json: bool, rows: &[SlipView]) -> io::Result<()> {
    if json {
        return lines_of_json(env, rows);
    }
    for row in rows {
        write!(
            env.out,
            "{:>8}  {} {}  {}  {:>14} ₫  {}",
            row.payment,
            row.terminal,
            row.slip,
            vietnamese_day(row.paid_on),
            row.amount.grouped(),
            row.payer
        )?;
        let by = row.voided_by.as_deref().unwrap_or_default();
        voided(env, row.voided.then(|| (by, row.void_reason.as_deref().unwrap_or_default())))?;
    }
    Ok(())
}

/// The end of a line: who voided it and why, if anybody did.
fn voided(env: &mut Env<'_>, by: Option<(&str, &str)>) -> io::Result<()> {
    match (by, env.lang) {
        (None, _) => writeln!(env.out),
        (Some((by, reason)), Lang::Vi) => writeln!(env.out, "  · ĐÃ HỦY: {reason} ({by})"),
        (Some((by, reason)), Lang::En) => writeln!(env.out, "  · VOID: {reason} ({by})"),
    }
}

pub(super) fn deposit(env: &mut Env<'_>, json: bool, one: &DepositView) -> io::Result<()> {
    if json { env.json(one) } else { matched(env, one) }
}

pub(super) fn deposits(env: &mut Env<'_>, json: bool, all: &Deposits) -> io::Result<()> {
    if json {
        return env.json(all);
    }
    for one in &all.matched {
        matched(env, one)?;
    }
    for one in &all.open {
        open(env, one)?;
    }
    let (cash, slips) = (all.undeposited_amount.grouped(), all.unsettled_slips_amount.grouped());
    let (vouchers, cards) = (all.undeposited, all.unsettled_slips);
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Chưa nộp ngân hàng: {vouchers} phiếu thu, {cash} ₫. Quẹt thẻ chưa về: {cards} phiếu, {slips} ₫."
        ),
        Lang::En => writeln!(
            env.out,
            "Not at the bank yet: {vouchers} vouchers, {cash} ₫. Cards not paid out yet: {cards} slips, {slips} ₫."
        ),
    }
}

fn matched(env: &mut Env<'_>, one: &DepositView) -> io::Result<()> {
    let (amount, gross, fee) = (one.amount.grouped(), one.gross.grouped(), one.fee.grouped());
    let (contains, sum, kept) = match env.lang {
        Lang::Vi => ("gồm", "phiếu, cộng", "phí"),
        Lang::En => ("carries", "in all", "fee"),
    };
    writeln!(
        env.out,
        "{:>8}  {}  {} · {amount} ₫ {contains} {} {sum} {gross} ₫, {kept} {fee} ₫ · {}",
        one.payment,
        vietnamese_day(one.day),
        one.kind,
        one.items.len(),
        one.decided_by
    )?;
    for item in &one.items {
        writeln!(
            env.out,
            "          {:>9}  {}  {:>14} ₫",
            item.number,
            vietnamese_day(item.day),
            item.amount.grouped()
        )?;
    }
    Ok(())
}

fn open(env: &mut Env<'_>, one: &OpenDepositView) -> io::Result<()> {
    let why = match (one.why.as_str(), env.lang) {
        ("several_fit", Lang::Vi) => "nhiều nhóm phiếu cùng khớp",
        ("several_fit", Lang::En) => "more than one set fits",
        ("another_line", Lang::Vi) => "một khoản nộp khác cũng khớp nhóm phiếu này",
        ("another_line", Lang::En) => "another deposit fits the same",
        ("too_many", Lang::Vi) => "quá nhiều phiếu để xét hết các nhóm",
        ("too_many", Lang::En) => "too many vouchers to look at every set",
        ("in_doubt", Lang::Vi) => "có thể là một dòng đã có",
        ("in_doubt", Lang::En) => "it may be a line known already",
        ("released", Lang::Vi) => "đã có người gỡ ghép",
        ("released", Lang::En) => "a person took it apart",
        (_, Lang::Vi) => "không nhóm phiếu nào khớp",
        (_, Lang::En) => "no set fits",
    };
    writeln!(
        env.out,
        "{:>8}  {}  {} · {} ₫ · ⚠ {why}",
        one.payment,
        vietnamese_day(one.day),
        one.kind,
        one.amount.grouped()
    )?;
    for set in &one.candidates {
        writeln!(env.out, "          ? {}", set.numbers.join(" "))?;
    }
    Ok(())
}

pub(super) fn book(env: &mut Env<'_>, json: bool, book: &Book) -> io::Result<()> {
    if json {
        return env.json(book);
    }
    let (from, to) = (vietnamese_day(book.from), vietnamese_day(book.to));
    let (opening, closing) = (book.opening.grouped(), book.closing.grouped());
    let (taken, given) = (book.taken.grouped(), book.given.grouped());
    match env.lang {
        Lang::Vi => writeln!(env.out, "Sổ quỹ {from}–{to} · tồn đầu kỳ {opening} ₫")?,
        Lang::En => writeln!(env.out, "Cash book {from}–{to} · opening {opening} ₫")?,
    }
    for line in &book.lines {
        book_line(env, line)?;
    }
    let (left, sum) = (book.undeposited, book.undeposited_amount.grouped());
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Thu {taken} ₫, chi {given} ₫, tồn cuối kỳ {closing} ₫; {left} phiếu thu chưa nộp ngân hàng, {sum} ₫"
        )?,
        Lang::En => writeln!(
            env.out,
            "In {taken} ₫, out {given} ₫, closing {closing} ₫; {left} vouchers not at the bank, {sum} ₫"
        )?,
    }
    match (book.negative_on.map(vietnamese_day), env.lang) {
        (None, _) => Ok(()),
        (Some(day), Lang::Vi) => writeln!(
            env.out,
            "⚠ Quỹ âm từ ngày {day}: kiểm tra phiếu thu còn thiếu hoặc khoản nộp, hoàn trả ghi nhầm."
        ),
        (Some(day), Lang::En) => writeln!(
            env.out,
            "⚠ The till is below nothing from {day} on: look for a missing voucher, or a wrong deposit or refund."
        ),
    }
}

fn book_line(env: &mut Env<'_>, line: &BookLine) -> io::Result<()> {
    let what = match (line.kind, env.lang) {
        ("voucher", Lang::Vi) => "Phiếu thu",
        ("voucher", Lang::En) => "Voucher",
        ("voided_voucher", Lang::Vi) => "Phiếu thu đã hủy",
        ("voided_voucher", Lang::En) => "Void voucher",
        ("deposit", Lang::Vi) => "Nộp ngân hàng",
        ("deposit", Lang::En) => "To the bank",
        ("refund_reversed", Lang::Vi) => "Hủy hoàn trả",
        ("refund_reversed", Lang::En) => "Refund reversed",
        (_, Lang::Vi) => "Hoàn trả",
        (_, Lang::En) => "Refund",
    };
    let number = line.number.map(|number| number.to_string()).unwrap_or_default();
    writeln!(
        env.out,
        "  {}  {what:<16} {number:>5}  {:>14}  {:>14}  {:>14}",
        vietnamese_day(line.day),
        line.taken.grouped(),
        line.given.grouped(),
        line.balance.grouped()
    )
}

pub(super) fn count(env: &mut Env<'_>, json: bool, one: &CountView) -> io::Result<()> {
    if json {
        return env.json(one);
    }
    let day = vietnamese_day(one.counted_on);
    let (book, counted) = (one.book.grouped(), one.counted.grouped());
    let difference = one.difference.grouped();
    match env.lang {
        Lang::Vi => writeln!(
            env.out,
            "Kiểm kê quỹ {day}: sổ {book} ₫, thực tế {counted} ₫, chênh lệch {difference} ₫"
        ),
        Lang::En => writeln!(
            env.out,
            "Till on {day}: book {book} ₫, counted {counted} ₫, difference {difference} ₫"
        ),
    }
}
