//! Typed identifiers: a number that says what it names, so that a payment is never taken for an invoice.

/// Declares a newtype over `i64` that is printed, compared and stored as the number it is.
macro_rules! typed_id {
    ($(#[$doc:meta] $name:ident),+ $(,)?) => { $(
        #[$doc]
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(out)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+ };
}

typed_id! {
    /// An authority: a province, department, former district or commune.
    AuthorityId,
    /// A school.
    SchoolId,
    /// A school's account at a bank.
    BankAccountId,
    /// A family: the students one household pays for.
    FamilyId,
    /// A student.
    StudentId,
    /// A fee item.
    FeeItemId,
    /// A collection round.
    RoundId,
    /// An invoice.
    InvoiceId,
    /// A line of an invoice.
    InvoiceLineId,
    /// A statement file that was taken in, and the plan made of it.
    ImportId,
    /// A statement within a file.
    StatementId,
    /// A line of a statement.
    EntryId,
    /// A payment: money that reached the school once.
    PaymentId,
    /// A decision about a payment.
    DecisionId,
    /// A row of the allocation ledger.
    AllocationId,
    /// What a person said of two payments that may be one.
    RulingId,
}
