//! The collections of a period as journal entries: what is debited by channel, what is credited by fee
//! item. Which accounts those are is the school's to say.

use std::collections::BTreeMap;

use super::facts::{Books, Filter, Receipt, Student};
use super::sheet::{Cell, Column, Sheet};
use crate::domain::calendar::Period;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;

/// What a journal entry says; profiles take from these.
pub const FIELDS: &[Column] = &[
    Column::plain("date", "Ngày thu", 12),
    Column::plain("document", "Số phiếu thu hoặc mã giao dịch của ngân hàng", 20),
    Column::plain("payer", "Người nộp", 26),
    Column::plain("description", "Diễn giải", 40),
    Column::plain("student_code", "Mã học sinh", 14),
    Column::plain("student_name", "Họ và tên", 26),
    Column::plain("class", "Lớp", 8),
    Column::plain("invoice", "Mã thanh toán", 15),
    Column::plain("round_code", "Mã đợt thu", 15),
    Column::plain("round", "Đợt thu", 20),
    Column::plain("fee_item_code", "Mã khoản thu", 15),
    Column::plain("fee_item", "Khoản thu", 22),
    Column::plain("channel_code", "Mã hình thức thu", 16),
    Column::plain("channel", "Hình thức thu", 22),
    Column::plain("bank_account", "Số tài khoản nhận tiền", 18),
    Column::plain("debit_account", "Tài khoản Nợ", 12),
    Column::plain("credit_account", "Tài khoản Có", 12),
    Column::plain("account", "Tài khoản của dòng (chỉ khi layout = \"sides\")", 12),
    Column::sum("amount", "Số tiền"),
    Column::sum("debit", "Số tiền ghi Nợ của dòng"),
    Column::sum("credit", "Số tiền ghi Có của dòng"),
];

/// Which accounts a school books its collections on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Debited, by the channel's stable name; `default` for all others.
    pub debit: BTreeMap<String, String>,
    /// Credited, by the fee item's code; `default` for all others.
    pub credit: BTreeMap<String, String>,
    /// Credited for what a family keeps as credit.
    pub family_credit: Option<String>,
    /// Credited for what nobody has decided about.
    pub unallocated: Option<String>,
    /// Whether an entry is two rows, one for each side, instead of one.
    pub sides: bool,
}

/// Why there is no journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// Money for which no account is named: the mapping it is missing in, and the key.
    NoAccount(&'static str, String),
    /// The two sides do not add up to the same.
    Unbalanced {
        /// All that is debited.
        debit: Vnd,
        /// All that is credited.
        credit: Vnd,
    },
    /// A sum leaves the range of amounts.
    Range,
}

/// What an entry is about, besides its receipt.
struct Entry<'a> {
    student: Option<&'a Student>,
    /// Invoice, round's code and name, fee item's code and name.
    line: [Option<&'a str>; 5],
    said: &'static str,
    credit: &'a str,
    amount: Vnd,
}

/// The journal, balanced. Money set aside as no fee and money given back is no collection.
pub fn sheet(
    books: &Books,
    period: Period,
    filter: &Filter,
    accounts: &Accounts,
) -> Result<Sheet, JournalError> {
    let mut rows = Vec::new();
    for receipt in books.receipts.iter().filter(|receipt| period.contains(receipt.day)) {
        for entry in entries(books, receipt, filter, accounts)? {
            let debit = mapped(&accounts.debit, "accounts.debit", receipt.channel.as_str())?;
            rows.extend(rows_of(receipt, &entry, debit, accounts.sides));
        }
    }
    let sheet = Sheet::new(FIELDS, rows).ok_or(JournalError::Range)?;
    let side = |name| sheet.sum(name).ok_or(JournalError::Range);
    let (debit, credit) = (side("debit")?, side("credit")?);
    if debit == credit { Ok(sheet) } else { Err(JournalError::Unbalanced { debit, credit }) }
}

fn entries<'a>(
    books: &'a Books,
    receipt: &'a Receipt,
    filter: &Filter,
    accounts: &'a Accounts,
) -> Result<Vec<Entry<'a>>, JournalError> {
    let mut entries = Vec::new();
    for part in &receipt.parts {
        let Some(line) = books.lines.get(part.line).filter(|line| filter.fits(books, line)) else {
            continue;
        };
        let item = &line.fee_item;
        let of_line = [&line.invoice, &line.round, &line.round_name, &item.code, &item.name];
        entries.push(Entry {
            student: books.student_of(line),
            line: of_line.map(|text| Some(text.as_str())),
            said: "Thu",
            credit: mapped(&accounts.credit, "accounts.credit", &item.code)?,
            amount: part.amount,
        });
    }
    for (family, amount) in &receipt.credits {
        let student = books.first_of(*family);
        if student.is_some_and(|student| filter.fits_credit(student)) {
            entries.push(Entry {
                student,
                line: [None; 5],
                said: "Số dư của gia đình",
                credit: named(accounts.family_credit.as_ref(), "family_credit")?,
                amount: *amount,
            });
        }
    }
    if filter.is_open() && receipt.unallocated.is_positive() {
        entries.push(Entry {
            student: None,
            line: [None; 5],
            said: "Tiền chưa khớp với khoản thu nào",
            credit: named(accounts.unallocated.as_ref(), "unallocated")?,
            amount: receipt.unallocated,
        });
    }
    Ok(entries)
}

fn mapped<'a>(
    accounts: &'a BTreeMap<String, String>,
    mapping: &'static str,
    key: &str,
) -> Result<&'a str, JournalError> {
    let found = accounts.get(key).or_else(|| accounts.get("default"));
    found.map(String::as_str).ok_or_else(|| JournalError::NoAccount(mapping, key.to_owned()))
}

fn named<'a>(account: Option<&'a String>, key: &str) -> Result<&'a str, JournalError> {
    account.map(String::as_str).ok_or_else(|| JournalError::NoAccount("accounts", key.to_owned()))
}

/// An account named "" leaves its side out: the journal then does not balance, and says so.
fn rows_of(receipt: &Receipt, entry: &Entry<'_>, debit: &str, sides: bool) -> Vec<Vec<Cell>> {
    let [invoice, round_code, round, item_code, item] = entry.line;
    let description = match (item, entry.student) {
        (Some(item), Some(student)) => {
            format!("{} {item} {} lớp {}", entry.said, student.name, student.class)
        }
        (None, Some(student)) => format!("{} {} lớp {}", entry.said, student.name, student.class),
        _ => entry.said.to_owned(),
    };
    let row = |account: &str, on_debit: bool, on_credit: bool| {
        let side = |wanted, of: &str| {
            let counts = wanted && !of.is_empty();
            Cell::Dong(if counts { entry.amount } else { Vnd::ZERO })
        };
        vec![
            Cell::Day(receipt.day),
            Cell::text(receipt.document.as_deref()),
            Cell::text(receipt.payer.as_deref()),
            Cell::text(Some(&description)),
            Cell::text(entry.student.map(|student| student.code.as_str())),
            Cell::text(entry.student.map(|student| student.name.as_str())),
            Cell::text(entry.student.map(|student| student.class.as_str())),
            Cell::text(invoice),
            Cell::text(round_code),
            Cell::text(round),
            Cell::text(item_code),
            Cell::text(item),
            Cell::text(Some(receipt.channel.as_str())),
            Cell::text(Some(receipt.channel.label(Lang::Vi))),
            Cell::text(receipt.account.as_deref()),
            Cell::text(Some(debit)),
            Cell::text(Some(entry.credit)),
            Cell::text(Some(account)),
            Cell::Dong(entry.amount),
            side(on_debit, debit),
            side(on_credit, entry.credit),
        ]
    };
    if sides {
        vec![row(debit, true, false), row(entry.credit, false, true)]
    } else {
        vec![row("", true, true)]
    }
}
