//! Each kind of export: which facts it takes.

use std::collections::HashMap;

use super::load;
use crate::clock::local_day;
use crate::domain::calendar::Period;
use crate::domain::cashless::Counting;
use crate::domain::continuity::DayState;
use crate::domain::export::bank::{self, Account, Stated, Uses};
use crate::domain::export::cash_book::{self, Deposit, Voucher};
use crate::domain::export::{Filter, Kind, Sheet, collections, fee_items, receivables};
use crate::domain::id::SchoolId;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::service::{ServiceError, coverage};
use crate::store::exports::{self, StatementMovesRow};
use crate::store::{Tx, directory, statements};

/// The table of a kind.
pub(super) fn sheet(
    tx: &mut Tx<'_>,
    school: SchoolId,
    (kind, counting): (Kind, Counting),
    period: Period,
    filter: &Filter,
) -> Result<Sheet, ServiceError> {
    let sheet = match kind {
        Kind::Collections => {
            collections::sheet(&load::books(tx, school, period.to())?, period, filter)
        }
        Kind::Receivables => {
            receivables::sheet(&load::books(tx, school, period.to())?, period, filter)
        }
        Kind::FeeItems => {
            let books = load::books(tx, school, period.to())?;
            fee_items::sheet(&books, period, filter, counting)
        }
        Kind::CashBook => {
            let (vouchers, deposits) = cash(tx, school, period)?;
            cash_book::sheet(&vouchers, &deposits, period)
        }
        Kind::BankReconciliation => bank::sheet(&accounts(tx, school, period)?, period),
    };
    sheet.ok_or_else(ServiceError::overflow)
}

fn cash(
    tx: &mut Tx<'_>,
    school: SchoolId,
    period: Period,
) -> Result<(Vec<Voucher>, Vec<Deposit>), ServiceError> {
    let vouchers = exports::vouchers(tx, school.0)?
        .into_iter()
        .map(|(row, dong)| Voucher {
            day: row.received_on,
            year: row.year,
            number: row.number,
            payer: row.payer,
            note: row.note,
            amount: Vnd::new(dong),
            voided_on: row.voided_at.map(local_day),
        })
        .collect();
    // What staff paid in and is no income is cash that vouchers had brought; what pays invoices
    // directly never was in the cash box.
    let deposits = load::books(tx, school, period.to())?
        .receipts
        .into_iter()
        .filter(|one| one.channel == Channel::StaffDeposit && one.set_aside.is_positive())
        .map(|one| Deposit {
            day: one.day,
            reference: one.document,
            account: one.account,
            amount: one.set_aside,
        })
        .collect();
    Ok((vouchers, deposits))
}

fn accounts(
    tx: &mut Tx<'_>,
    school: SchoolId,
    period: Period,
) -> Result<Vec<Account>, ServiceError> {
    let days = (period.from(), period.to());
    let mut accounts = Vec::new();
    // A gateway's account has no statements.
    for row in directory::bank_accounts_of(tx, school.0)?.iter().filter(|row| row.gateway.is_none())
    {
        let moves: HashMap<i64, StatementMovesRow> = exports::statement_moves(tx, row.id, days)?
            .into_iter()
            .map(|moves| (moves.statement_id, moves))
            .collect();
        let statements = statements::committed_statements(tx, row.id)?
            .iter()
            .filter_map(|statement| {
                let (from, to) = coverage::days_of(statement)?;
                let known = moves.get(&statement.id);
                let dong = |of: fn(&StatementMovesRow) -> i64| Vnd::new(known.map_or(0, of));
                Some(Stated {
                    from,
                    to,
                    opening: statement.opening_dong.map(Vnd::new),
                    closing: statement.closing_dong.map(Vnd::new),
                    before: dong(|moves| moves.before_dong),
                    until: dong(|moves| moves.until_dong),
                    net: dong(|moves| moves.net_dong),
                })
            })
            .collect();
        let continuity = coverage::continuity(tx, row.id, &[])?;
        let within = |gap: &&crate::domain::continuity::Gap| {
            gap.after <= period.to() && gap.before >= period.from()
        };
        let unknown = continuity.calendar(period);
        accounts.push(Account {
            number: row.number.clone(),
            statements,
            uses: uses(tx, row.id, period)?,
            gaps: continuity.gaps().iter().filter(within).copied().collect(),
            unknown_days: unknown.iter().filter(|day| day.state == DayState::Unknown).count(),
        });
    }
    Ok(accounts)
}

fn uses(tx: &mut Tx<'_>, account: i64, period: Period) -> Result<Uses, ServiceError> {
    let mut uses = Uses::default();
    for row in exports::account_money(tx, account, (period.from(), period.to()))? {
        let amount = Vnd::new(row.amount_dong);
        let aside = Vnd::new(row.set_aside_dong);
        let parts = [row.allocated_dong, row.credited_dong, row.refunded_dong, row.set_aside_dong];
        let rest = Vnd::checked_sum(parts.map(Vnd::new)).and_then(|sum| amount.checked_sub(sum));
        let added = match (row.on_statement, row.credit_debit.as_str()) {
            (true, "credit") => {
                let to_aside =
                    if row.not_income { &mut uses.not_income } else { &mut uses.set_aside };
                add(to_aside, Some(aside))
                    .and_then(|()| add(&mut uses.credits, Some(amount)))
                    .and_then(|()| add(&mut uses.allocated, Some(Vnd::new(row.allocated_dong))))
                    .and_then(|()| add(&mut uses.family_credit, Some(Vnd::new(row.credited_dong))))
                    .and_then(|()| add(&mut uses.refunded, Some(Vnd::new(row.refunded_dong))))
                    .and_then(|()| add(&mut uses.unallocated, rest))
            }
            (true, _) => add(&mut uses.debits, Some(amount)),
            (false, "credit") => add(&mut uses.announced, Some(amount)),
            (false, _) => Some(()),
        };
        added.ok_or_else(ServiceError::overflow)?;
    }
    Ok(uses)
}

fn add(sum: &mut Vnd, amount: Option<Vnd>) -> Option<()> {
    *sum = sum.checked_add(amount?)?;
    Some(())
}
