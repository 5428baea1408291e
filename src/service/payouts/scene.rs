//! What a school's gateways collected and what may be their payouts, loaded once.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::domain::matching::payouts::payout_of;
use crate::domain::money::Vnd;
use crate::domain::notification::Provider;
use crate::domain::payout::{Fee, Item, Line, Terms, days_named};
use crate::domain::text::squeeze;
use crate::service::entry::{Accounts, payment_facts};
use crate::service::{MACHINE, ServiceError};
use crate::store::Tx;
use crate::store::directory::{BankAccountRow, bank_accounts_of};
use crate::store::payments::PaymentRow;
use crate::store::payouts::{self, PayoutRow, TermsRow};
use crate::store::statements::EntryRow;

/// An account at a gateway.
#[derive(Debug)]
pub(super) struct Gateway {
    pub account: BankAccountRow,
    pub terms: Terms,
    /// Whether somebody said what the terms are.
    pub agreed: Option<TermsRow>,
}

/// A line of a bank account's that is a payout, or may be one.
#[derive(Debug)]
pub(super) struct BankLine {
    pub row: PaymentRow,
    pub entry: EntryRow,
    /// The gateway that the text names, if the school has an account there.
    pub gateway: Option<Provider>,
}

impl BankLine {
    /// What the matching of payouts is told of it.
    pub fn facts(&self) -> Line {
        let text = self.entry.remittance.as_deref().unwrap_or_default();
        Line {
            id: self.row.id,
            day: self.row.booking_date,
            amount: Vnd::new(self.row.amount_dong),
            named: self.gateway.is_some(),
            days: days_named(text, self.row.booking_date),
        }
    }

    /// Whether a person used its money otherwise.
    pub fn is_used_by_person(&self) -> bool {
        let row = &self.row;
        row.decided_by != MACHINE && row.allocated_dong + row.credited_dong + row.refunded_dong > 0
    }
}

/// All of it.
#[derive(Debug)]
pub(super) struct Scene {
    pub gateways: Vec<Gateway>,
    pub rows: Vec<PayoutRow>,
    contents: HashMap<i64, Vec<i64>>,
    pub collected: HashMap<i64, (PaymentRow, EntryRow)>,
    pub lines: BTreeMap<i64, BankLine>,
    known: HashSet<i64>,
}

impl Scene {
    /// Everything of a school, or `None` if it has no account at a gateway. Lines that name none are
    /// looked at where fees are known, if they are wanted.
    pub fn load(
        tx: &mut Tx<'_>,
        school: i64,
        accounts: &Accounts,
        unnamed: bool,
    ) -> Result<Option<Scene>, ServiceError> {
        let gateways = gateways_of(tx, school)?;
        if gateways.is_empty() {
            return Ok(None);
        }
        let rows = payouts::payouts_of(tx, school)?;
        let mut contents: HashMap<i64, Vec<i64>> = HashMap::new();
        for item in payouts::items_of(tx, school)? {
            contents.entry(item.payout_id).or_default().push(item.payment_id);
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.payment_id).collect();
        let keeps = |gateway: &Gateway| {
            gateway.terms.fee.is_some_and(|fee| fee.millionths > 0 || fee.dong > 0)
        };
        let undecided = unnamed && gateways.iter().any(keeps);
        let mut lines = BTreeMap::new();
        for (row, entry) in payouts::lines(tx, school, (undecided, &ids))? {
            let named = payout_of(&payment_facts(&entry, accounts)?);
            let gateway = named.filter(|provider| {
                gateways.iter().any(|one| one.account.gateway.as_deref() == Some(provider.as_str()))
            });
            lines.insert(row.id, BankLine { row, entry, gateway });
        }
        let collected = payouts::collected(tx, school)?;
        Ok(Some(Scene {
            gateways,
            known: ids.into_iter().collect(),
            rows,
            contents,
            collected: collected.into_iter().map(|(row, entry)| (row.id, (row, entry))).collect(),
            lines,
        }))
    }

    /// The payments in a payout.
    pub fn items_in(&self, payout: i64) -> &[i64] {
        self.contents.get(&payout).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether the books say something of this line as a payout.
    pub fn is_known(&self, payment: i64) -> bool {
        self.known.contains(&payment)
    }

    /// Whether what a person said of a payout still rests on payments that hold.
    pub fn holds(&self, row: &PayoutRow) -> bool {
        self.lines.get(&row.payment_id).is_some_and(|line| !line.is_used_by_person())
            && self.items_in(row.id).iter().all(|item| self.collected.contains_key(item))
    }

    /// The gateway account that a line with a name was paid out of: the only one of that gateway, or
    /// the one whose code the text has.
    pub fn account_of(&self, line: &BankLine) -> Option<i64> {
        let provider = line.gateway?;
        let mut of: Vec<&BankAccountRow> = self
            .gateways
            .iter()
            .map(|gateway| &gateway.account)
            .filter(|account| account.gateway.as_deref() == Some(provider.as_str()))
            .collect();
        if of.len() > 1 {
            let text = squeeze(line.entry.remittance.as_deref().unwrap_or_default());
            of.retain(|account| text.contains(&squeeze(&account.number)));
        }
        match of.as_slice() {
            [only] => Some(only.id),
            _ => None,
        }
    }

    /// What a gateway account collected and gave back, but for some.
    pub fn items(&self, account: i64, but: impl Fn(i64) -> bool) -> Vec<Item> {
        let of_account =
            || self.collected.values().filter(|(row, _)| row.bank_account_id == Some(account));
        let order = |entry: &EntryRow| entry.end_to_end_id.as_deref().map(squeeze);
        let mut paid: HashMap<(String, i64), Vec<i64>> = HashMap::new();
        for (row, entry) in of_account().filter(|(row, _)| row.credit_debit == "credit") {
            if let Some(order) = order(entry) {
                paid.entry((order, row.amount_dong)).or_default().push(row.id);
            }
        }
        of_account()
            .filter(|(row, _)| !but(row.id))
            .map(|(row, entry)| {
                let back = row.credit_debit == "debit";
                let undone = order(entry)
                    .filter(|_| back)
                    .and_then(|order| paid.get(&(order, row.amount_dong)));
                // Gateways number what happens: a higher number came later on its day.
                let number = entry.reference.clone().unwrap_or_default();
                Item {
                    id: row.id,
                    day: row.booking_date,
                    place: (number.len(), format!("{number} {}", row.order_key)),
                    amount: Vnd::new(row.amount_dong),
                    back,
                    undoes: undone.filter(|paid| paid.len() == 1).and_then(|p| p.first().copied()),
                }
            })
            .collect()
    }
}

/// A school's gateway accounts with what is agreed.
pub(super) fn gateways_of(tx: &mut Tx<'_>, school: i64) -> Result<Vec<Gateway>, ServiceError> {
    let mut agreed: HashMap<i64, TermsRow> =
        payouts::terms_of(tx, school)?.into_iter().map(|row| (row.bank_account_id, row)).collect();
    Ok(bank_accounts_of(tx, school)?
        .into_iter()
        .filter(|account| account.gateway.is_some())
        .map(|account| {
            let agreed = agreed.remove(&account.id);
            let terms = agreed.as_ref().map_or_else(Terms::unknown, terms_in);
            Gateway { account, terms, agreed }
        })
        .collect())
}

fn terms_in(row: &TermsRow) -> Terms {
    let known = row.fee_millionths.is_some() || row.fee_dong.is_some();
    Terms {
        fee: known.then(|| Fee {
            millionths: row.fee_millionths.unwrap_or_default(),
            dong: row.fee_dong.unwrap_or_default(),
        }),
        most_millionths: row.most_fee_millionths,
    }
}
