//! What is known of a school's students, invoices and payers, indexed so that a decision looks up
//! and never searches.

use super::Map;
use super::codes::Codes;
use super::decision::{Decision, DecisionKind, Share};
use super::facts::{
    Elsewhere, InvoiceFacts, InvoiceStanding, PayerFacts, Policy, RefusalFacts, StudentFacts,
};
use super::names::Names;
use crate::domain::calendar::{Day, valid_on};
use crate::domain::id::{FamilyId, InvoiceId, StudentId};
use crate::domain::money::Vnd;
use crate::domain::text::squeeze;

/// A student, by place, and the first and last day on which a virtual account meant them.
type Holding = (usize, Option<Day>, Option<Day>);

/// More students than this under one family key are not one household.
const LARGEST_FAMILY: usize = 20;

/// A school's students, invoices and confirmed payers, and what the machine may do.
#[derive(Clone, Debug)]
pub struct Book {
    pub(super) policy: Policy,
    pub(super) codes: Codes,
    pub(super) names: Names,
    pub(super) students: Vec<StudentFacts>,
    pub(super) invoices: Vec<InvoiceFacts>,
    /// The student of each invoice, by place; `None` where the student is not known.
    owners: Vec<Option<usize>>,
    invoice_places: Map<InvoiceId, usize>,
    invoices_of: Vec<Vec<usize>>,
    family_members: Map<FamilyId, Vec<usize>>,
    virtual_accounts: Map<String, Vec<Holding>>,
    payers: Map<String, Vec<PayerFacts>>,
    /// By payer account and student.
    refusals: Map<String, Vec<RefusalFacts>>,
    /// Codes of other schools, by their symbols.
    elsewhere: Map<String, Elsewhere>,
    /// For each open amount how many invoices have it, and the sum of their places: where there is
    /// one, the sum is its place.
    by_amount: Map<Vnd, (u32, usize)>,
}

impl Book {
    /// Indexes everything, in time linear in what there is.
    #[must_use]
    pub fn new(
        students: Vec<StudentFacts>,
        invoices: Vec<InvoiceFacts>,
        payers: Vec<PayerFacts>,
        policy: Policy,
    ) -> Book {
        let places: Map<StudentId, usize> =
            students.iter().enumerate().map(|(place, student)| (student.id, place)).collect();
        let mut book = Book {
            policy,
            codes: Codes::new(invoices.iter().map(|invoice| invoice.code.as_str())),
            names: Names::new(
                students
                    .iter()
                    .map(|s| (s.name.as_str(), s.class.as_str(), s.guardians.as_slice())),
            ),
            owners: invoices.iter().map(|i| places.get(&i.student).copied()).collect(),
            invoice_places: invoices.iter().enumerate().map(|(at, i)| (i.id, at)).collect(),
            invoices_of: vec![Vec::new(); students.len()],
            family_members: Map::default(),
            virtual_accounts: Map::default(),
            payers: Map::default(),
            refusals: Map::default(),
            elsewhere: Map::default(),
            by_amount: Map::default(),
            students,
            invoices,
        };
        for (place, student) in book.students.iter().enumerate() {
            book.family_members.entry(student.family).or_default().push(place);
            for account in &student.virtual_accounts {
                let number = squeeze(&account.number);
                let meanings = book.virtual_accounts.entry(number).or_default();
                meanings.push((place, account.from, account.to));
            }
        }
        for (place, owner) in book.owners.iter().enumerate() {
            let owned = owner.and_then(|owner| book.invoices_of.get_mut(owner));
            if let Some(owned) = owned {
                owned.push(place);
            }
        }
        // The oldest claim first: that is the order in which part of a sum is proposed.
        let invoices = &book.invoices;
        for owned in &mut book.invoices_of {
            owned.sort_by_key(|place| {
                let invoice = invoices.get(*place);
                invoice.map(|invoice| (invoice.due_on.is_none(), invoice.due_on, invoice.id))
            });
        }
        for payer in payers {
            book.payers.entry(squeeze(&payer.account)).or_default().push(payer);
        }
        for place in 0..book.invoices.len() {
            book.count_amount(place, true);
        }
        book
    }

    /// Tells whom persons refused for which payers.
    #[must_use]
    pub fn with_refusals(mut self, refusals: Vec<RefusalFacts>) -> Book {
        for refusal in refusals {
            self.refusals.entry(squeeze(&refusal.account)).or_default().push(refusal);
        }
        self
    }

    /// Tells what is known of a payer, in place of what was known of the account and family.
    pub fn know_payer(&mut self, payer: PayerFacts) {
        let known = self.payers.entry(squeeze(&payer.account)).or_default();
        known.retain(|other| other.family != payer.family);
        known.push(payer);
    }

    /// Tells where a code that is not the school's comes from.
    pub fn know_elsewhere(&mut self, code: &str, place: Elsewhere) {
        self.elsewhere.insert(squeeze(code), place);
    }

    /// The codes in a text that hold and are neither the school's nor known from elsewhere.
    #[must_use]
    pub fn unknown_codes(&self, remittance: &str) -> Vec<String> {
        let read = crate::domain::remittance::Remittance::read(remittance, None);
        let codes = self.codes.find(&read).unknown.into_iter().map(|(code, ..)| code);
        codes.filter(|code| !self.elsewhere.contains_key(code)).collect()
    }

    /// Where a code that is not the school's comes from.
    pub(super) fn elsewhere(&self, code: &str) -> Option<&Elsewhere> {
        self.elsewhere.get(code)
    }

    /// Whom persons refused for a payer's account.
    pub(super) fn refusals(&self, account: &str) -> &[RefusalFacts] {
        self.refusals.get(&squeeze(account)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Subtracts what a settled decision allocates; an invoice with nothing left becomes paid.
    pub fn take(&mut self, decision: &Decision) {
        if decision.kind == DecisionKind::Settled {
            for share in &decision.allocations {
                self.change(share.invoice, |open| open.checked_sub(share.amount));
            }
        }
    }

    /// Adds back what was allocated; a paid invoice becomes open again.
    pub fn give_back(&mut self, shares: &[Share]) {
        for share in shares {
            self.change(share.invoice, |open| open.checked_add(share.amount));
        }
    }

    /// Sets what is left of an invoice: open when that is more than nothing, else paid. A cancelled
    /// invoice stays cancelled.
    pub fn set_open(&mut self, invoice: InvoiceId, open: Vnd) {
        self.change(invoice, |_| Some(open));
    }

    /// What is left of an invoice; `None` for one that is not in the book.
    #[must_use]
    pub fn open_of(&self, invoice: InvoiceId) -> Option<Vnd> {
        let place = self.invoice_places.get(&invoice)?;
        self.invoices.get(*place).map(|invoice| invoice.open)
    }

    fn change(&mut self, invoice: InvoiceId, new: impl FnOnce(Vnd) -> Option<Vnd>) {
        let Some(place) = self.invoice_places.get(&invoice).copied() else { return };
        self.count_amount(place, false);
        if let Some(invoice) = self.invoices.get_mut(place)
            && let Some(open) = new(invoice.open)
        {
            invoice.open = open.max(Vnd::ZERO);
            invoice.standing = match invoice.standing {
                InvoiceStanding::Cancelled => InvoiceStanding::Cancelled,
                _ if invoice.open.is_positive() => InvoiceStanding::Open,
                _ => InvoiceStanding::Paid,
            };
        }
        self.count_amount(place, true);
    }

    fn count_amount(&mut self, place: usize, more: bool) {
        let Some(open) = self.open_at(place) else { return };
        let (count, sum) = self.by_amount.entry(open).or_default();
        if more {
            *count = count.saturating_add(1);
            *sum = sum.wrapping_add(place);
        } else {
            *count = count.saturating_sub(1);
            *sum = sum.wrapping_sub(place);
        }
    }

    /// What is left of the invoice at a place, when it still takes money.
    pub(super) fn open_at(&self, place: usize) -> Option<Vnd> {
        let invoice = self.invoices.get(place)?;
        let open = invoice.standing == InvoiceStanding::Open && invoice.open.is_positive();
        open.then_some(invoice.open)
    }

    /// The student of the invoice at a place.
    pub(super) fn owner(&self, invoice: usize) -> Option<usize> {
        self.owners.get(invoice).copied().flatten()
    }

    /// A student's open invoices, the oldest claim first.
    pub(super) fn open_of_student(&self, student: usize) -> Vec<(usize, Vnd)> {
        let owned = self.invoices_of.get(student).into_iter().flatten();
        owned.filter_map(|place| Some((*place, self.open_at(*place)?))).collect()
    }

    /// The students of a family, by place.
    pub(super) fn members(&self, family: FamilyId) -> &[usize] {
        self.family_members.get(&family).map(Vec::as_slice).unwrap_or_default()
    }

    /// A family's open invoices, the oldest claim first. None for a "family" so large that it must be something else: a
    /// list may put a whole school under one key.
    pub(super) fn open_of_family(&self, family: FamilyId) -> Vec<(usize, Vnd)> {
        let mut open: Vec<(usize, Vnd)> = self.each_open_of_family(family).collect();
        open.sort_by_key(|(place, _)| {
            let invoice = self.invoices.get(*place);
            invoice.map(|invoice| (invoice.due_on.is_none(), invoice.due_on))
        });
        open
    }

    /// The same one after the other.
    pub(super) fn each_open_of_family(
        &self,
        family: FamilyId,
    ) -> impl Iterator<Item = (usize, Vnd)> {
        let members = self.members(family);
        let members = if members.len() > LARGEST_FAMILY { &[] } else { members };
        let owned = members.iter().filter_map(|student| self.invoices_of.get(*student)).flatten();
        owned.filter_map(|place| Some((*place, self.open_at(*place)?)))
    }

    /// The family of a student at a place.
    pub(super) fn family_of(&self, student: usize) -> Option<FamilyId> {
        self.students.get(student).map(|student| student.family)
    }

    /// The students a virtual account meant on a day, each once; and whether it ever meant anyone.
    pub(super) fn account_holders(&self, number: &str, day: Day) -> (Vec<usize>, bool) {
        let meanings = self.virtual_accounts.get(number);
        let mut holders: Vec<usize> = meanings
            .into_iter()
            .flatten()
            .filter(|(_, from, to)| valid_on(day, *from, *to))
            .map(|(student, ..)| *student)
            .collect();
        holders.sort_unstable();
        holders.dedup();
        (holders, meanings.is_some())
    }

    /// The student who owes an invoice.
    pub(super) fn student_of_invoice(&self, invoice: InvoiceId) -> Option<StudentId> {
        let owner = self.owner(*self.invoice_places.get(&invoice)?)?;
        self.students.get(owner).map(|student| student.id)
    }

    /// The family that owes an invoice.
    pub(super) fn family_of_invoice(&self, invoice: InvoiceId) -> Option<FamilyId> {
        let place = self.invoice_places.get(&invoice)?;
        self.owner(*place).and_then(|owner| self.family_of(owner))
    }

    /// Whether any student has a virtual account.
    pub(super) fn has_virtual_accounts(&self) -> bool {
        !self.virtual_accounts.is_empty()
    }

    /// The families an account was confirmed for, best known first.
    pub(super) fn payers(&self, account: &str) -> Vec<PayerFacts> {
        if self.payers.is_empty() {
            return Vec::new();
        }
        let mut known = self.payers.get(&squeeze(account)).cloned().unwrap_or_default();
        known.sort_by_key(|payer| {
            (payer.contradicted, std::cmp::Reverse(payer.confirmed), payer.family)
        });
        known
    }

    /// How many invoices have exactly this much open, and which when it is one.
    pub(super) fn with_open_amount(&self, amount: Vnd) -> (u32, Option<usize>) {
        let (count, sum) = self.by_amount.get(&amount).copied().unwrap_or_default();
        (count, (count == 1).then_some(sum))
    }

    /// A share of the invoice at a place.
    pub(super) fn share(&self, place: usize, amount: Vnd) -> Option<Share> {
        let invoice = self.invoices.get(place)?;
        Some(Share { invoice: invoice.id, code: invoice.code.clone(), amount })
    }
}
