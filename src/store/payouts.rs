//! What gateways paid out, what is agreed with them, and the payments that may be either.

use chrono::NaiveDateTime;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::payments::{PaymentRow, UNDECIDED};
use super::schema::{bank_accounts, entries, gateway_terms, payments, payout_items, payouts};
use super::statements::EntryRow;
use super::{IDS_PER_QUERY, StoreError, Tx, dialect};

/// A row of `gateway_terms`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = gateway_terms, treat_none_as_default_value = false)]
pub struct TermsRow {
    pub id: i64,
    pub school_id: i64,
    pub bank_account_id: i64,
    pub fee_millionths: Option<i64>,
    pub fee_dong: Option<i64>,
    pub most_fee_millionths: i64,
}

/// A row of `payouts`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payouts, treat_none_as_default_value = false)]
pub struct PayoutRow {
    pub id: i64,
    pub school_id: i64,
    pub payment_id: i64,
    pub bank_account_id: i64,
    pub state: String,
    pub gross_dong: i64,
    pub fee_dong: i64,
    pub decided_by: String,
    pub decided_at: NaiveDateTime,
    pub note: Option<String>,
}

/// A row of `payout_items`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = payout_items, treat_none_as_default_value = false)]
pub struct PayoutItemRow {
    pub id: i64,
    pub school_id: i64,
    pub payout_id: i64,
    pub payment_id: i64,
}

/// What is agreed with the gateways of a school.
pub fn terms_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<TermsRow>, StoreError> {
    Ok(gateway_terms::table
        .filter(gateway_terms::school_id.eq(school))
        .order(gateway_terms::id)
        .select(TermsRow::as_select())
        .load(tx.conn())?)
}

/// Replaces what is agreed about an account.
pub fn set_terms(tx: &mut Tx<'_>, row: &TermsRow) -> Result<(), StoreError> {
    diesel::delete(
        gateway_terms::table.filter(gateway_terms::bank_account_id.eq(row.bank_account_id)),
    )
    .execute(tx.conn())?;
    diesel::insert_into(gateway_terms::table).values(row.clone()).execute(tx.conn())?;
    Ok(())
}

/// A school's payouts, oldest first.
pub fn payouts_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PayoutRow>, StoreError> {
    Ok(payouts::table
        .filter(payouts::school_id.eq(school))
        .order(payouts::id)
        .select(PayoutRow::as_select())
        .load(tx.conn())?)
}

/// The payout that a payment of a bank account is.
pub fn payout_of(tx: &mut Tx<'_>, payment: i64) -> Result<Option<PayoutRow>, StoreError> {
    Ok(payouts::table
        .filter(payouts::payment_id.eq(payment))
        .select(PayoutRow::as_select())
        .first(tx.conn())
        .optional()?)
}

/// What all payouts of a school contain.
pub fn items_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<PayoutItemRow>, StoreError> {
    Ok(payout_items::table
        .filter(payout_items::school_id.eq(school))
        .order(payout_items::id)
        .select(PayoutItemRow::as_select())
        .load(tx.conn())?)
}

pub fn insert_payouts(tx: &mut Tx<'_>, rows: &[PayoutRow]) -> Result<(), StoreError> {
    dialect::insert_all::<payouts::table, PayoutRow>(tx, payouts::table, rows)
}

pub fn insert_items(tx: &mut Tx<'_>, rows: &[PayoutItemRow]) -> Result<(), StoreError> {
    dialect::insert_all::<payout_items::table, PayoutItemRow>(tx, payout_items::table, rows)
}

/// Forgets payouts and what they contain; the audit chain keeps both.
pub fn delete_payouts(tx: &mut Tx<'_>, ids: &[i64]) -> Result<(), StoreError> {
    for chunk in ids.chunks(IDS_PER_QUERY) {
        diesel::delete(payout_items::table.filter(payout_items::payout_id.eq_any(chunk)))
            .execute(tx.conn())?;
        diesel::delete(payouts::table.filter(payouts::id.eq_any(chunk))).execute(tx.conn())?;
    }
    Ok(())
}

/// The payments that hold on a school's gateway accounts, with their entries.
pub fn collected(tx: &mut Tx<'_>, school: i64) -> Result<Vec<(PaymentRow, EntryRow)>, StoreError> {
    Ok(payments::table
        .inner_join(entries::table)
        .inner_join(bank_accounts::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(bank_accounts::gateway.is_not_null())
        .select((PaymentRow::as_select(), EntryRow::as_select()))
        .load(tx.conn())?)
}

/// Money in on a school's bank accounts whose text may be a payout's; with those that nobody has
/// decided about and those of some ids, where wanted.
pub fn lines(
    tx: &mut Tx<'_>,
    school: i64,
    (undecided, ids): (bool, &[i64]),
) -> Result<Vec<(PaymentRow, EntryRow)>, StoreError> {
    let of_bank = payments::table
        .inner_join(entries::table)
        .inner_join(bank_accounts::table)
        .filter(payments::school_id.eq(school))
        .filter(payments::voided.eq(false))
        .filter(payments::credit_debit.eq("credit"))
        .filter(bank_accounts::gateway.is_null());
    let mut found: Vec<(PaymentRow, EntryRow)> = of_bank
        .filter(payments::channel.eq_any(["gateway", "pos"]))
        .select((PaymentRow::as_select(), EntryRow::as_select()))
        .load(tx.conn())?;
    if undecided {
        found.extend(
            of_bank
                .filter(payments::decided_by.eq("machine"))
                .filter(payments::decision_kind.eq_any(UNDECIDED))
                .select((PaymentRow::as_select(), EntryRow::as_select()))
                .load::<(PaymentRow, EntryRow)>(tx.conn())?,
        );
    }
    for chunk in ids.chunks(IDS_PER_QUERY) {
        found.extend(
            of_bank
                .filter(payments::id.eq_any(chunk))
                .select((PaymentRow::as_select(), EntryRow::as_select()))
                .load::<(PaymentRow, EntryRow)>(tx.conn())?,
        );
    }
    found.sort_by_key(|(row, _)| row.id);
    found.dedup_by_key(|(row, _)| row.id);
    Ok(found)
}

/// What a gateway account has collected and given back, in đồng.
pub fn sums_of(tx: &mut Tx<'_>, account: i64) -> Result<(i64, i64), StoreError> {
    let mut sum = |direction: &str| -> Result<i64, StoreError> {
        let sum: Option<i64> = payments::table
            .filter(payments::bank_account_id.eq(account))
            .filter(payments::voided.eq(false))
            .filter(payments::credit_debit.eq(direction))
            .select(sql::<diesel::sql_types::Nullable<BigInt>>(
                "CAST(SUM(payments.amount_dong) AS BIGINT)",
            ))
            .first(tx.conn())?;
        Ok(sum.unwrap_or(0))
    };
    Ok((sum("credit")?, sum("debit")?))
}
