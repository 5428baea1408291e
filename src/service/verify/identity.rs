//! I10: recognising everything that committed files show, all at once and from nothing, finds the same
//! payments and the same doubts as the books have.

use std::collections::{BTreeSet, HashMap};

use super::Finding;
use crate::domain::identity::{Fingerprint, Lines, Seen, recognise};
use crate::service::ServiceError;
use crate::service::entry::{Accounts, accounts_in, entry_of, key_of};
use crate::service::recognise::announced::ANNOUNCED;
use crate::service::recognise::{Rulings, ordinal_of, span_of};
use crate::store::directory::{bank_accounts, schools};
use crate::store::statements::EntryRow;
use crate::store::{Tx, evidence, rulings, statements};

/// A payment, by the entries that show it.
type Shown = BTreeSet<i64>;

pub(super) fn order_of_files(tx: &mut Tx<'_>) -> Result<Finding, ServiceError> {
    let mut finding = Finding {
        invariant: "I10",
        vi: "Nhập các tệp theo thứ tự nào cũng ra cùng các khoản tiền",
        en: "Any order of the same files makes the same payments",
        checked: 0,
        faults: Vec::new(),
    };
    let accounts = accounts_in(bank_accounts(tx)?);
    for school in schools(tx)? {
        let (lines, entries) = gather(tx, school.id, &accounts, &mut finding.checked)?;
        let said = Rulings::load(tx, school.id)?;
        let found = recognise(&lines, 0..lines.len(), said.said());
        let shown: Vec<Shown> = found
            .payments
            .iter()
            .map(|of_payment| {
                of_payment.iter().filter_map(|line| entries.get(*line)).flatten().copied().collect()
            })
            .collect();
        let doubts: BTreeSet<(&Shown, &Shown)> = found
            .doubts
            .iter()
            .filter_map(|doubt| Some((shown.get(doubt.payment)?, shown.get(doubt.like)?)))
            .collect();

        let stored = stored(tx, school.id)?;
        let payments: BTreeSet<&Shown> = stored.values().collect();
        let different = payments.symmetric_difference(&shown.iter().collect()).count();
        if different > 0 {
            finding.faults.push(format!(
                "school {}: {different} payments come out differently when all files are recognised again",
                school.code
            ));
        }
        let known: BTreeSet<(&Shown, &Shown)> = rulings::doubts_of(tx, school.id)?
            .into_iter()
            .filter(|row| row.why != ANNOUNCED)
            .filter_map(|row| {
                Some((stored.get(&row.payment_id)?, stored.get(&row.like_payment_id)?))
            })
            .collect();
        let different = known.symmetric_difference(&doubts).count();
        if different > 0 {
            finding.faults.push(format!(
                "school {}: {different} doubts come out differently when all files are recognised again",
                school.code
            ));
        }
    }
    Ok(finding)
}

/// Every line that committed files and notifications show to a school, and the entries of each.
fn gather(
    tx: &mut Tx<'_>,
    school: i64,
    accounts: &Accounts,
    checked: &mut i64,
) -> Result<(Lines, Vec<Vec<i64>>), ServiceError> {
    let mut gathered = Gathered { accounts, lines: Lines::new(), entries: Vec::new() };
    let mut imports = statements::latest_imports(tx, &[school], i64::MAX)?;
    imports.retain(|row| row.state == "committed");
    for import in &imports {
        for statement in statements::statements_of(tx, import.id)? {
            if let Some(span) = span_of(&statement) {
                gathered.lines.cover(statement.id, span);
            }
        }
        statements::each_page(tx, import.id, |_, page| {
            page.iter().try_for_each(|row| gathered.add(row, &import.source))
        })?;
    }
    for (row, source) in statements::announced_entries(tx, school)? {
        gathered.add(&row, &source)?;
    }
    let shown: usize = gathered.entries.iter().map(Vec::len).sum();
    *checked += i64::try_from(shown).unwrap_or(i64::MAX);
    Ok((gathered.lines, gathered.entries))
}

struct Gathered<'a> {
    accounts: &'a Accounts,
    lines: Lines,
    entries: Vec<Vec<i64>>,
}

impl Gathered<'_> {
    fn add(&mut self, row: &EntryRow, source: &str) -> Result<(), ServiceError> {
        if row.status != "booked" {
            return Ok(());
        }
        let account = key_of(self.accounts, row.bank_account_id);
        let print = Fingerprint::of(account, &entry_of(row)?);
        let seen =
            Seen { file: row.import_id, statement: row.statement_id, position: row.position };
        let line = self.lines.see(source, ordinal_of(row.own_ordinal), print, seen);
        if self.entries.len() <= line {
            self.entries.resize(line + 1, Vec::new());
        }
        if let Some(entries) = self.entries.get_mut(line) {
            entries.push(row.id);
        }
        Ok(())
    }
}

/// The payments of the books, by id.
fn stored(tx: &mut Tx<'_>, school: i64) -> Result<HashMap<i64, Shown>, ServiceError> {
    let mut stored: HashMap<i64, Shown> = HashMap::new();
    for (payment, entry) in evidence::shown(tx, school)? {
        stored.entry(payment).or_default().insert(entry);
    }
    Ok(stored)
}
