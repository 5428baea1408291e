//! Where in a message the reader is. Only elements that are used have a spot; everything else is
//! [`Spot::Ignored`] with all it contains, so names are compared only where they can matter.

mod child;
mod path;

/// Which of the two parties of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Who paid.
    Debtor,
    /// Who was paid.
    Creditor,
}

/// Which total of `TxsSummry`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// `TtlNtries`
    All,
    /// `TtlCdtNtries`
    Credits,
    /// `TtlDbtNtries`
    Debits,
}

/// Whether something is said of a whole entry or of one of its details.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// In `Ntry`.
    Entry,
    /// In `TxDtls`.
    Detail,
}

/// Which of the amounts in `AmtDtls`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// `InstdAmt`: what the payer ordered.
    Instructed,
    /// `TxAmt`: what the banks exchanged.
    Transaction,
    /// `CntrValAmt`: the same in the account's currency before charges.
    CounterValue,
}

/// What is divided into pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paged {
    /// `GrpHdr/MsgPgntn`: the message, each page in its own file.
    Message,
    /// `StmtPgntn`, `RptPgntn`, `NtfctnPgntn`
    Statement,
}

/// An element that means something, in its context. Names follow the message, spelt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    Ignored,
    /// Outside the message: the file itself or an envelope of the sender.
    Envelope,
    Document,
    /// `BkToCstmrStmt`, `BkToCstmrAcctRpt`, `BkToCstmrDbtCdtNtfctn`
    Message(MessageKind),
    /// `Stmt`, `Rpt`, `Ntfctn`
    Statement,
    GroupHeader,
    StatementId,
    Pages(Paged),
    PageNumber(Paged),
    LastPage(Paged),
    Period,
    PeriodStart,
    PeriodEnd,
    ElectronicSequence,
    LegalSequence,
    CopyDuplicate,
    Account,
    AccountId,
    AccountOther,
    AccountNumber,
    AccountCurrency,
    Balance,
    BalanceType,
    BalanceTypeChoice,
    BalanceCode,
    BalanceAmount,
    BalanceDirection,
    BalanceDate,
    BalanceDay,
    Summary,
    SummaryTotal(Total),
    SummaryCount(Total),
    SummarySum(Total),
    /// `TtlNetNtry`; up to version 03 its parts stand in `TtlNtries` itself.
    SummaryNet,
    SummaryNetAmount,
    SummaryNetDirection,
    Entry,
    EntryAmount,
    EntryDirection,
    EntryReversal,
    /// `Sts`: the code itself up to version 06, a choice of `Cd` and `Prtry` since 07.
    EntryStatus,
    EntryStatusCode,
    BookingDate,
    BookingDay,
    ValueDate,
    ValueDay,
    EntryServicerReference,
    EntryInformation,
    EntryDetails,
    Batch,
    BatchCount,
    Detail,
    References,
    DetailServicerReference,
    EndToEndId,
    ServicerTransactionId,
    TransactionId,
    Uetr,
    DetailAmount,
    DetailDirection,
    AmountDetails(Level),
    StatedAmount(Level, Worth),
    StatedFigure(Level, Worth),
    BankCode(Level),
    /// `Domn` and in it `Fmly`.
    BankCodeGroup(Level),
    /// One of the three parts: domain, family, sub-family.
    BankCodePart(Level),
    BankCodeOwn(Level),
    BankCodeOwnCode(Level),
    Charges(Level),
    ChargesTotal,
    /// `Rcrd`; up to version 03 `Chrgs` itself is the record.
    Charge,
    ChargeAmount,
    ChargeDirection,
    ChargeIncluded,
    Parties,
    /// `Dbtr`/`Cdtr`: the party itself up to version 06, a choice of `Pty` and `Agt` since 07.
    Party(Side),
    PartyAgent(Side),
    PartyName(Side),
    /// `UltmtDbtr`/`UltmtCdtr`: on whose behalf.
    UltimateParty(Side),
    UltimatePartyName(Side),
    PartyAccount(Side),
    PartyAccountName(Side),
    PartyAccountId(Side),
    PartyAccountOther(Side),
    PartyAccountNumber(Side),
    Agents,
    Agent(Side),
    Institution(Side),
    InstitutionBic(Side),
    InstitutionMember(Side),
    InstitutionMemberId(Side),
    InstitutionName(Side),
    InstitutionOther(Side),
    InstitutionOtherId(Side),
    Remittance,
    Unstructured,
    Structured,
    CreditorReferenceInfo,
    CreditorReference,
    ReferredDocument,
    ReferredDocumentNumber,
    AdditionalRemittance,
    DetailInformation,
}

/// Which of the three messages about accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKind {
    /// camt.052, the interim report.
    Report,
    /// camt.053, the statement.
    Statement,
    /// camt.054, the notification.
    Notification,
}

impl MessageKind {
    /// `camt.052`, `camt.053` or `camt.054`.
    pub const fn name(self) -> &'static str {
        match self {
            MessageKind::Report => "camt.052",
            MessageKind::Statement => "camt.053",
            MessageKind::Notification => "camt.054",
        }
    }
}

impl Spot {
    /// Whether the element's own text is wanted.
    pub const fn has_text(self) -> bool {
        use Spot as S;
        !matches!(
            self,
            S::Ignored
                | S::Envelope
                | S::Document
                | S::Message(_)
                | S::GroupHeader
                | S::Pages(_)
                | S::Period
                | S::Statement
                | S::Account
                | S::AccountId
                | S::AccountOther
                | S::Balance
                | S::BalanceType
                | S::BalanceTypeChoice
                | S::BalanceDate
                | S::Summary
                | S::SummaryTotal(_)
                | S::SummaryNet
                | S::Entry
                | S::BookingDate
                | S::ValueDate
                | S::EntryDetails
                | S::Batch
                | S::Detail
                | S::References
                | S::AmountDetails(_)
                | S::StatedAmount(..)
                | S::BankCode(_)
                | S::BankCodeGroup(_)
                | S::BankCodeOwn(_)
                | S::Charges(_)
                | S::Charge
                | S::Parties
                | S::Party(_)
                | S::PartyAgent(_)
                | S::UltimateParty(_)
                | S::PartyAccount(_)
                | S::PartyAccountId(_)
                | S::PartyAccountOther(_)
                | S::Agents
                | S::Agent(_)
                | S::Institution(_)
                | S::InstitutionMember(_)
                | S::InstitutionOther(_)
                | S::Remittance
                | S::Structured
                | S::CreditorReferenceInfo
                | S::ReferredDocument
        )
    }

    /// Whether the element carries an amount and so a currency attribute.
    pub const fn is_amount(self) -> bool {
        matches!(
            self,
            Spot::EntryAmount
                | Spot::BalanceAmount
                | Spot::DetailAmount
                | Spot::StatedFigure(..)
                | Spot::ChargesTotal
                | Spot::ChargeAmount
        )
    }
}
