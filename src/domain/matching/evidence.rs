//! What one payment says: its codes, its virtual account, the students its text names.

use super::book::Book;
use super::codes::{Found, Hit};
use super::facts::{PayerFacts, PaymentFacts};
use super::names::Mentions;
use super::words;
use crate::domain::remittance::{Author, Remittance};
use crate::domain::text::squeeze;

/// A code found for certain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    /// The invoice, by place.
    pub invoice: usize,
    /// Where the code stands in the text; `None` in a field of its own.
    pub at: Option<[u32; 2]>,
}

/// Everything a payment says, gathered once.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub payment: &'a PaymentFacts<'a>,
    pub read: Remittance,
    /// Invoices named by their codes, each once.
    pub named: Vec<Named>,
    pub codes: Found,
    pub mentions: Mentions,
    /// Students whose virtual account it is, on that day.
    pub holders: Vec<usize>,
    /// A virtual account that meant nobody on that day.
    pub expired_account: bool,
    pub payers: Vec<PayerFacts>,
    /// The sender's name without blanks, as far as the bank states it.
    pub sender: Vec<u8>,
}

impl<'a> Evidence<'a> {
    pub(super) fn gather(book: &Book, payment: &'a PaymentFacts<'a>) -> Evidence<'a> {
        let read =
            Remittance::read(payment.remittance.unwrap_or_default(), payment.counterparty_name);
        let codes = book.codes.find(&read);
        // The amount written out is no code, though a school may have one that reads so.
        let written_out = |hit: &&Hit| {
            let code = read.slice(hit.start, hit.end);
            !code.first().is_some_and(u8::is_ascii_digit)
                || code != payment.amount.dong().to_string().as_bytes()
        };
        let mut named: Vec<Named> = codes
            .exact
            .iter()
            .filter(written_out)
            .map(|hit| Named { invoice: hit.invoice, at: read.origin(hit.start, hit.end) })
            .collect();
        let own_field = payment.end_to_end_id.and_then(|id| book.codes.lookup(id));
        if let Some(invoice) = own_field
            && !named.iter().any(|known| known.invoice == invoice)
        {
            named.push(Named { invoice, at: None });
        }
        let mut mentions = book.names.find(&read, &codes);
        let mut sender = Vec::new();
        if book.names.knows_guardians() || !mentions.full.is_empty() {
            let stated = payment.counterparty_name.map(squeeze).unwrap_or_default();
            sender = if stated.is_empty() { read.sender().to_vec() } else { stated.into_bytes() };
            book.names.set_parents_apart(&read, &sender, &mut mentions);
        }
        let (holders, expired_account) = holders(book, payment, &read);
        let payers = payment.counterparty_account.map(|account| book.payers(account));
        Evidence {
            payment,
            named,
            codes,
            mentions,
            holders,
            expired_account,
            payers: payers.unwrap_or_default(),
            sender,
            read,
        }
    }

    /// Where a hit stands in the original text.
    pub(super) fn place(&self, hit: &Hit) -> Option<[u32; 2]> {
        self.read.origin(hit.start, hit.end)
    }

    /// Whether a range begins and ends with words.
    pub(super) fn is_whole_words(&self, start: usize, end: usize) -> bool {
        let tokens = self.read.tokens();
        tokens.iter().any(|t| t.start == start) && tokens.iter().any(|t| t.end == end)
    }

    /// Whether the text says nothing by codes, not even by damaged or foreign ones.
    pub(super) fn is_without_codes(&self) -> bool {
        self.named.is_empty()
            && self.codes.slips.is_empty()
            && self.codes.broken.is_empty()
            && self.codes.remnants.is_empty()
            && self.codes.unknown.is_empty()
    }

    /// Whether the text may speak of returned money.
    pub(super) fn may_be_return(&self) -> bool {
        words::may_be_return(&self.read)
    }
}

/// The students meant by the credited account, or by a virtual account written in the text.
fn holders(book: &Book, payment: &PaymentFacts<'_>, read: &Remittance) -> (Vec<usize>, bool) {
    let (mut holders, mut expired) = (Vec::new(), false);
    if !book.has_virtual_accounts() {
        return (holders, expired);
    }
    let mut ask = |number: &str| {
        let (mut found, known) = book.account_holders(number, payment.booking_date);
        expired |= known && found.is_empty();
        holders.append(&mut found);
    };
    for account in [payment.account, payment.virtual_account].into_iter().flatten() {
        ask(&squeeze(account));
    }
    for token in read.tokens() {
        let meant = matches!(token.author, Author::Payer | Author::BankAboutReceiver);
        if let (true, Ok(number)) = (meant, std::str::from_utf8(read.word(*token))) {
            ask(number);
        }
    }
    holders.sort_unstable();
    holders.dedup();
    (holders, expired)
}
