//! What can be told.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A payment pays invoices.
    PaymentSettled,
    /// What a payment had paid is given back.
    PaymentReversed,
    /// An invoice is paid in full.
    InvoicePaid,
    /// A statement file was committed.
    StatementImported,
    /// A month was closed.
    PeriodClosed,
    /// A closed month was opened again.
    PeriodReopened,
    /// A receipt was issued.
    ReceiptIssued,
}

impl EventKind {
    /// All of them.
    pub const ALL: [EventKind; 7] = [
        EventKind::PaymentSettled,
        EventKind::PaymentReversed,
        EventKind::InvoicePaid,
        EventKind::StatementImported,
        EventKind::PeriodClosed,
        EventKind::PeriodReopened,
        EventKind::ReceiptIssued,
    ];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            EventKind::PaymentSettled => "payment.settled",
            EventKind::PaymentReversed => "payment.reversed",
            EventKind::InvoicePaid => "invoice.paid",
            EventKind::StatementImported => "statement.imported",
            EventKind::PeriodClosed => "period.closed",
            EventKind::PeriodReopened => "period.reopened",
            EventKind::ReceiptIssued => "receipt.issued",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<EventKind> {
        EventKind::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Kinds as the database keeps them.
pub(super) fn joined(kinds: &[EventKind]) -> String {
    let names: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    names.join(" ")
}

/// The kinds that were joined so.
pub(super) fn split(joined: &str) -> impl Iterator<Item = EventKind> + '_ {
    joined.split_whitespace().filter_map(EventKind::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_and_joins_with_the_others() {
        assert_eq!(split(&joined(&EventKind::ALL)).collect::<Vec<_>>(), EventKind::ALL);
        assert_eq!(EventKind::parse("payment"), None);
        assert_eq!(split("").count(), 0);
    }
}
