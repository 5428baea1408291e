//! The kinds of statement files the demo delivers.

use crate::demo::spec::NamedFile;
use crate::domain::calendar::Day;
use crate::domain::money::Vnd;

/// Which kind of statement file, as a reader will recognise it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatementFormat {
    /// ISO 20022 camt.053.001.02.
    Camt053V02,
    /// ISO 20022 camt.053.001.08.
    Camt053V08,
    /// SWIFT MT940 without block wrapper.
    Mt940,
    /// SWIFT MT940 inside `{1:…}{2:…}{4:…-}`.
    Mt940Blocks,
    /// CSV in UTF-8 with a byte order mark.
    Csv,
    /// Vietcombank for private customers: sign and amount in two columns.
    VietcombankSigned,
    /// Vietcombank for private customers: debit and credit in two columns, newest first.
    VietcombankRetail,
    /// Vietcombank CashUp.
    VietcombankCashup,
    /// MB BIZ.
    Mb,
    /// VietinBank eFAST.
    VietinBank,
    /// BIDV.
    Bidv,
    /// Techcombank.
    Techcombank,
    /// ACB.
    Acb,
}

impl StatementFormat {
    /// Every format.
    pub const ALL: [StatementFormat; 13] = [
        StatementFormat::Camt053V02,
        StatementFormat::Camt053V08,
        StatementFormat::Mt940,
        StatementFormat::Mt940Blocks,
        StatementFormat::Csv,
        StatementFormat::VietcombankSigned,
        StatementFormat::VietcombankRetail,
        StatementFormat::VietcombankCashup,
        StatementFormat::Mb,
        StatementFormat::VietinBank,
        StatementFormat::Bidv,
        StatementFormat::Techcombank,
        StatementFormat::Acb,
    ];

    /// The format and layout a reader is to recognise.
    #[must_use]
    pub const fn recognised_as(self) -> (&'static str, Option<&'static str>) {
        match self {
            StatementFormat::Camt053V02 => ("camt.053.001.02", None),
            StatementFormat::Camt053V08 => ("camt.053.001.08", None),
            StatementFormat::Mt940 | StatementFormat::Mt940Blocks => ("mt940", None),
            StatementFormat::Csv => ("csv", Some("generic")),
            StatementFormat::VietcombankSigned | StatementFormat::VietcombankRetail => {
                ("xlsx", Some("vietcombank-retail"))
            }
            StatementFormat::VietcombankCashup => ("xlsx", Some("vietcombank-cashup")),
            StatementFormat::Mb => ("xlsx", Some("mb-biz")),
            StatementFormat::VietinBank => ("xlsx", Some("vietinbank-efast")),
            StatementFormat::Bidv => ("xlsx", Some("bidv")),
            StatementFormat::Techcombank => ("xlsx", Some("techcombank")),
            StatementFormat::Acb => ("xlsx", Some("acb")),
        }
    }

    /// Whether the layout lists the newest entry first.
    #[must_use]
    pub const fn newest_first(self) -> bool {
        matches!(self, StatementFormat::VietcombankRetail)
    }

    /// Whether the layout has room for opening and closing balance.
    #[must_use]
    pub const fn states_balances(self) -> bool {
        !matches!(self, StatementFormat::VietcombankSigned | StatementFormat::VietcombankRetail)
    }
}

/// A statement file and what it was written from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementFile {
    /// The file.
    pub file: NamedFile,
    /// Its format.
    pub format: StatementFormat,
    /// The first day it covers.
    pub from: Day,
    /// The last day it covers.
    pub to: Day,
    /// The balance before its first entry.
    pub opening: Vnd,
    /// The balance after its last entry.
    pub closing: Vnd,
    /// How many entries it has.
    pub entries: usize,
}
