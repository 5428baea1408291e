//! What a family sees on its page: what is owed and how to pay it, what was paid and when, what it
//! asked, and how old all this is.

use std::collections::BTreeMap;

use super::claims::{self, ClaimView};
use super::contact::{self, ProposalView};
use super::links::Entry;
use super::survey;
use crate::clock::{Clock, local_day};
use crate::domain::calendar::Day;
use crate::domain::id::SchoolId;
use crate::domain::lang::Lang;
use crate::domain::money::Vnd;
use crate::domain::payment::Channel;
use crate::formats::qr::Qr;
use crate::service::family_bill::{self, FamilyBill};
use crate::service::fees::transfer::Transfer;
use crate::service::receipts::{self, ReceiptView};
use crate::service::{ServiceError, StoreError};
use crate::store::{Store, Tx, corrections, family_pages as store, receivables, roster};

/// The most payments that are shown of a child.
const PAYMENTS: i64 = 60;

/// Points of a square in the picture of a code: sharp on any telephone.
const POINTS: usize = 12;

/// The most questions of a family that are shown.
const CLAIMS: i64 = 10;

/// A family's page.
#[derive(Clone, Debug)]
pub struct FamilyPage {
    /// What is owed, child by child.
    pub bill: FamilyBill,
    /// What was paid for each child, by the student's row, the last day first.
    pub paid: BTreeMap<i64, Vec<Paid>>,
    /// What was confirmed, the last first; what holds no longer too.
    pub receipts: Vec<ReceiptView>,
    /// Money that went or goes back.
    pub refunds: Vec<Refund>,
    /// What the family asked, the last first.
    pub claims: Vec<ClaimView>,
    /// The guardians of each child, by the student's row, so far as a page that anybody with the
    /// address sees may show them.
    pub guardians: BTreeMap<i64, Vec<Guardian>>,
    /// What the family proposed and nobody decided about yet.
    pub proposals: Vec<ProposalView>,
    /// The accountant's telephone.
    pub telephone: Option<String>,
    /// The last day that the banks have told of.
    pub told_until: Option<Day>,
    /// Whether the family is asked how content it is.
    pub asks: bool,
    /// The language the guardians are written to in.
    pub lang: Lang,
}

/// Money that paid something of a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The bank's day, or the day cash was taken.
    pub day: Day,
    /// How much of it, in đồng.
    pub amount: Vnd,
    /// The way it came.
    pub channel: Channel,
    /// The rounds it paid, by name.
    pub rounds: Vec<String>,
}

/// Money that goes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// How much, in đồng.
    pub amount: Vnd,
    /// The day it was paid; none while it is on its way.
    pub paid_on: Option<Day>,
    /// The last digits of the account it goes to.
    pub account_end: String,
}

/// A guardian with most of the address and the number covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guardian {
    /// Which, from 1.
    pub position: i32,
    /// The name.
    pub name: String,
    /// The address, covered.
    pub email: String,
    /// The number, covered.
    pub phone: String,
}

/// The page of a family.
pub fn load(store: &Store, clock: &dyn Clock, entry: Entry) -> Result<FamilyPage, ServiceError> {
    of_family(store, clock, (entry.school, entry.family))
}

/// A receipt of the family as a PDF; none where it is another one's. `site` is the address by which
/// people reach the pages.
pub fn receipt(
    store: &Store,
    clock: &dyn Clock,
    entry: Entry,
    (id, site): (i64, &str),
) -> Result<Option<Vec<u8>>, ServiceError> {
    let page = load(store, clock, entry)?;
    if page.receipts.iter().all(|own| own.id != id) {
        return Ok(None);
    }
    receipts::pdf(store, entry.school, &[id], (page.lang, site)).map(Some)
}

/// The same for the staff, who have no address of it.
pub fn of_family(
    store: &Store,
    clock: &dyn Clock,
    (school, family): (SchoolId, i64),
) -> Result<FamilyPage, ServiceError> {
    let now = clock.now();
    let today = local_day(now);
    store.read(|tx| {
        let bill = family_bill::load(tx, school, &[family], today)?.remove(&family);
        let bill = bill.ok_or_else(|| super::looks::no_family(family))?;
        let mut paid = BTreeMap::new();
        let mut guardians = BTreeMap::new();
        for child in &bill.children {
            paid.insert(child.student, payments(tx, child)?);
            guardians.insert(child.student, covered(tx, child.student)?);
        }
        let languages = store::languages(tx, family)?;
        Ok(FamilyPage {
            receipts: receipts::of_family(tx, school, family)?,
            refunds: refunds(tx, family)?,
            claims: claims::of_family(tx, family, CLAIMS)?,
            proposals: contact::waiting(tx, family, now)?,
            telephone: store::telephone(tx, school.0)?.filter(|text| !text.is_empty()),
            told_until: store::last_booked_day(tx, school.0)?,
            asks: survey::asks_after(tx, (school, family))?.is_some(),
            lang: match languages.first().map(String::as_str) {
                Some("en") => Lang::En,
                _ => Lang::Vi,
            },
            bill,
            paid,
            guardians,
        })
    })
}

fn payments(tx: &mut Tx<'_>, child: &family_bill::ChildBill) -> Result<Vec<Paid>, ServiceError> {
    let rounds: BTreeMap<&str, &str> = child
        .invoices
        .iter()
        .map(|invoice| (invoice.code.as_str(), invoice.round_name.as_str()))
        .collect();
    let mut found: Vec<(i64, Paid)> = Vec::new();
    for row in receivables::payments_of_student(tx, child.student, PAYMENTS)? {
        let round = rounds.get(row.invoice.as_str()).copied().unwrap_or_default().to_owned();
        let amount = Vnd::new(row.amount_dong);
        if let Some((_, known)) = found.iter_mut().find(|(id, _)| *id == row.payment_id) {
            known.amount = known.amount.checked_add(amount).ok_or_else(ServiceError::overflow)?;
            if !known.rounds.contains(&round) {
                known.rounds.push(round);
            }
            continue;
        }
        let channel = Channel::parse(&row.channel)
            .ok_or_else(|| StoreError::Corrupt(format!("channel of payment {}", row.payment_id)))?;
        let paid = Paid { day: row.booking_date, amount, channel, rounds: vec![round] };
        found.push((row.payment_id, paid));
    }
    Ok(found.into_iter().map(|(_, paid)| paid).collect())
}

fn refunds(tx: &mut Tx<'_>, family: i64) -> Result<Vec<Refund>, ServiceError> {
    let rows = corrections::refunds_of_family(tx, family)?;
    let live = rows.into_iter().filter(|row| row.state != "cancelled");
    Ok(live
        .map(|row| Refund {
            amount: Vnd::new(row.amount_dong),
            paid_on: row.paid_on,
            account_end: crate::domain::text::last_four(&row.account),
        })
        .collect())
}

fn covered(tx: &mut Tx<'_>, student: i64) -> Result<Vec<Guardian>, ServiceError> {
    let rows = roster::belongings_of_student(tx, student)?.guardians;
    Ok(rows
        .into_iter()
        .map(|row| Guardian {
            position: row.position,
            name: row.name.unwrap_or_default(),
            email: row.email.as_deref().map(covered_email).unwrap_or_default(),
            phone: row.phone.as_deref().map(covered_phone).unwrap_or_default(),
        })
        .collect())
}

/// An address of which only its owner recognises the rest: `p•••@example.test`.
fn covered_email(email: &str) -> String {
    let (local, domain) = email.split_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}•••@{domain}")
}

/// A number of which only the last three digits are seen.
fn covered_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().collect();
    let last = digits.get(digits.len().saturating_sub(3)..).unwrap_or_default();
    format!("•••{}", last.iter().collect::<String>())
}

/// Which of a family's transfers a picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one for all children.
    Family,
    /// A child's, by the student's row.
    Child(i64),
    /// An invoice's, by its row: what goes to different accounts is paid invoice by invoice.
    Invoice(i64),
}

impl Which {
    /// Reads `all`, a student's row, or `i` and an invoice's row.
    #[must_use]
    pub fn parse(text: &str) -> Option<Which> {
        match text {
            "all" => Some(Which::Family),
            text => match text.strip_prefix('i') {
                Some(invoice) => invoice.parse().ok().map(Which::Invoice),
                None => text.parse().ok().map(Which::Child),
            },
        }
    }
}

/// The picture of a transfer's code: a PNG to be kept in a telephone's album, or a drawing.
pub fn picture(
    store: &Store,
    clock: &dyn Clock,
    entry: Entry,
    (which, is_png): (Which, bool),
) -> Result<Option<Vec<u8>>, ServiceError> {
    let today = local_day(clock.now());
    let bill = store.read(|tx| {
        let mut bills = family_bill::load(tx, entry.school, &[entry.family], today)?;
        Ok::<_, ServiceError>(bills.remove(&entry.family))
    })?;
    let Some(bill) = bill else { return Ok(None) };
    let transfer = match which {
        Which::Family => bill.transfer,
        Which::Child(student) => {
            let child = bill.children.into_iter().find(|child| child.student == student);
            child.and_then(|child| child.transfer)
        }
        Which::Invoice(id) => {
            let mut invoices = bill.children.into_iter().flat_map(|child| child.invoices);
            invoices.find(|invoice| invoice.id == id).and_then(|invoice| invoice.transfer)
        }
    };
    let code = transfer.and_then(|transfer| Qr::of(&transfer.payload));
    Ok(code.map(|code| if is_png { code.png(POINTS) } else { code.svg().into_bytes() }))
}

/// A transfer's code as a drawing for the page.
#[must_use]
pub fn drawing(transfer: &Transfer) -> String {
    Qr::of(&transfer.payload).map(|code| code.svg()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_the_address_of_a_page_learns_no_address_and_no_number_from_it() {
        for (why, email, covered) in [
            ("a common one", "phuhuynh@example.test", "p•••@example.test"),
            ("a short one", "a@b.test", "a•••@b.test"),
            ("none at all", "", "•••@"),
        ] {
            assert_eq!(covered_email(email), covered, "{why}");
        }
        assert_eq!(covered_phone("0912345678"), "•••678");
        assert_eq!(covered_phone("12"), "•••12");
        assert_eq!((Which::parse("all"), Which::parse("x")), (Some(Which::Family), None));
        assert_eq!(Which::parse("17"), Some(Which::Child(17)));
    }
}
