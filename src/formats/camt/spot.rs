//! Where in a message the reader is. Only elements that are used have a spot; everything else is
//! [`Spot::Ignored`] with all it contains, so names are compared only where they can matter.

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
    StatementId,
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
    TransactionId,
    Uetr,
    DetailAmount,
    DetailDirection,
    AmountDetails,
    TransactionAmount,
    TransactionAmountFigure,
    Parties,
    /// `Dbtr`/`Cdtr`: the party itself up to version 06, a choice of `Pty` and `Agt` since 07.
    Party(Side),
    PartyAgent(Side),
    PartyName(Side),
    PartyAccount(Side),
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
    Remittance,
    Unstructured,
    Structured,
    CreditorReferenceInfo,
    CreditorReference,
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
    /// The spot of a child element called `name` (without prefix).
    pub fn child(self, name: &[u8]) -> Spot {
        use Spot as S;
        match self {
            S::Ignored => S::Ignored,
            S::Envelope | S::Document => match name {
                b"Document" => S::Document,
                // The very first version put its number into the name.
                b"BkToCstmrStmt" | b"BkToCstmrStmtV01" => S::Message(MessageKind::Statement),
                b"BkToCstmrAcctRpt" | b"BkToCstmrAcctRptV01" => S::Message(MessageKind::Report),
                b"BkToCstmrDbtCdtNtfctn" | b"BkToCstmrDbtCdtNtfctnV01" => {
                    S::Message(MessageKind::Notification)
                }
                _ => S::Envelope,
            },
            S::Message(kind) => match (kind, name) {
                (MessageKind::Statement, b"Stmt")
                | (MessageKind::Report, b"Rpt")
                | (MessageKind::Notification, b"Ntfctn") => S::Statement,
                _ => S::Ignored,
            },
            S::Statement => match name {
                b"Ntry" => S::Entry,
                b"Bal" => S::Balance,
                b"Id" => S::StatementId,
                b"Acct" => S::Account,
                b"TxsSummry" => S::Summary,
                b"ElctrncSeqNb" => S::ElectronicSequence,
                b"LglSeqNb" => S::LegalSequence,
                b"CpyDplctInd" => S::CopyDuplicate,
                _ => S::Ignored,
            },
            S::Entry => match name {
                b"Amt" => S::EntryAmount,
                b"CdtDbtInd" => S::EntryDirection,
                b"Sts" => S::EntryStatus,
                b"BookgDt" => S::BookingDate,
                b"ValDt" => S::ValueDate,
                b"AcctSvcrRef" => S::EntryServicerReference,
                b"NtryDtls" => S::EntryDetails,
                b"AddtlNtryInf" => S::EntryInformation,
                b"RvslInd" => S::EntryReversal,
                // Version 01 has the details directly in the entry.
                b"TxDtls" => S::Detail,
                b"Btch" => S::Batch,
                _ => S::Ignored,
            },
            S::EntryDetails => match name {
                b"TxDtls" => S::Detail,
                b"Btch" => S::Batch,
                _ => S::Ignored,
            },
            S::Detail => match name {
                b"Refs" => S::References,
                b"RltdPties" => S::Parties,
                b"RltdAgts" => S::Agents,
                b"RmtInf" => S::Remittance,
                b"Amt" => S::DetailAmount,
                b"CdtDbtInd" => S::DetailDirection,
                b"AmtDtls" => S::AmountDetails,
                b"AddtlTxInf" => S::DetailInformation,
                _ => S::Ignored,
            },
            other => other.grandchild(name),
        }
    }

    /// The smaller containers.
    fn grandchild(self, name: &[u8]) -> Spot {
        use Spot as S;
        match (self, name) {
            (S::References, b"EndToEndId") => S::EndToEndId,
            (S::References, b"AcctSvcrRef") => S::DetailServicerReference,
            (S::References, b"TxId") => S::TransactionId,
            (S::References, b"UETR") => S::Uetr,
            (S::Parties, b"Dbtr") => S::Party(Side::Debtor),
            (S::Parties, b"DbtrAcct") => S::PartyAccount(Side::Debtor),
            (S::Parties, b"Cdtr") => S::Party(Side::Creditor),
            (S::Parties, b"CdtrAcct") => S::PartyAccount(Side::Creditor),
            (S::Party(side), b"Pty") => S::Party(side),
            (S::Party(side), b"Agt") | (S::PartyAgent(side), b"FinInstnId") => S::PartyAgent(side),
            (S::Party(side) | S::PartyAgent(side), b"Nm") => S::PartyName(side),
            (S::PartyAccount(side), b"Id") => S::PartyAccountId(side),
            (S::PartyAccountId(side), b"IBAN" | b"BBAN" | b"UPIC")
            | (S::PartyAccountOther(side), b"Id") => S::PartyAccountNumber(side),
            (S::PartyAccountId(side), b"Othr" | b"PrtryAcct") => S::PartyAccountOther(side),
            (S::Agents, b"DbtrAgt") => S::Agent(Side::Debtor),
            (S::Agents, b"CdtrAgt") => S::Agent(Side::Creditor),
            (S::Agent(side), b"FinInstnId") | (S::Institution(side), b"CmbndId") => {
                S::Institution(side)
            }
            (S::Institution(side), b"BICFI" | b"BIC") => S::InstitutionBic(side),
            (S::Institution(side), b"ClrSysMmbId") => S::InstitutionMember(side),
            (S::InstitutionMember(side), b"MmbId" | b"Id") => S::InstitutionMemberId(side),
            (S::Institution(side), b"Nm") => S::InstitutionName(side),
            (S::Remittance, b"Ustrd") => S::Unstructured,
            (S::Remittance, b"Strd") => S::Structured,
            (S::Structured, b"CdtrRefInf") => S::CreditorReferenceInfo,
            (S::Structured, b"AddtlRmtInf") => S::AdditionalRemittance,
            (S::CreditorReferenceInfo, b"Ref" | b"CdtrRef") => S::CreditorReference,
            (S::AmountDetails, b"TxAmt") => S::TransactionAmount,
            (S::TransactionAmount, b"Amt") => S::TransactionAmountFigure,
            (S::BookingDate, b"Dt" | b"DtTm") => S::BookingDay,
            (S::ValueDate, b"Dt" | b"DtTm") => S::ValueDay,
            (S::EntryStatus, b"Cd" | b"Prtry") => S::EntryStatusCode,
            (S::Batch, b"NbOfTxs") => S::BatchCount,
            (S::Account, b"Id") => S::AccountId,
            (S::Account, b"Ccy") => S::AccountCurrency,
            (S::AccountId, b"IBAN" | b"BBAN" | b"UPIC") | (S::AccountOther, b"Id") => {
                S::AccountNumber
            }
            (S::AccountId, b"Othr" | b"PrtryAcct") => S::AccountOther,
            (S::Balance, b"Tp") => S::BalanceType,
            (S::BalanceType, b"CdOrPrtry") => S::BalanceTypeChoice,
            (S::BalanceType | S::BalanceTypeChoice, b"Cd") => S::BalanceCode,
            (S::Balance, b"Amt") => S::BalanceAmount,
            (S::Balance, b"CdtDbtInd") => S::BalanceDirection,
            (S::Balance, b"Dt") => S::BalanceDate,
            (S::BalanceDate, b"Dt" | b"DtTm") => S::BalanceDay,
            (S::Summary, b"TtlNtries") => S::SummaryTotal(Total::All),
            (S::Summary, b"TtlCdtNtries") => S::SummaryTotal(Total::Credits),
            (S::Summary, b"TtlDbtNtries") => S::SummaryTotal(Total::Debits),
            (S::SummaryTotal(total), b"NbOfNtries") => S::SummaryCount(total),
            (S::SummaryTotal(total), b"Sum") => S::SummarySum(total),
            _ => S::Ignored,
        }
    }

    /// Whether the element's own text is wanted.
    pub const fn has_text(self) -> bool {
        use Spot as S;
        !matches!(
            self,
            S::Ignored
                | S::Envelope
                | S::Document
                | S::Message(_)
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
                | S::Entry
                | S::BookingDate
                | S::ValueDate
                | S::EntryDetails
                | S::Batch
                | S::Detail
                | S::References
                | S::AmountDetails
                | S::TransactionAmount
                | S::Parties
                | S::Party(_)
                | S::PartyAgent(_)
                | S::PartyAccount(_)
                | S::PartyAccountId(_)
                | S::PartyAccountOther(_)
                | S::Agents
                | S::Agent(_)
                | S::Institution(_)
                | S::InstitutionMember(_)
                | S::Remittance
                | S::Structured
                | S::CreditorReferenceInfo
        )
    }

    /// Whether the element carries an amount and so a currency attribute.
    pub const fn is_amount(self) -> bool {
        matches!(
            self,
            Spot::EntryAmount
                | Spot::BalanceAmount
                | Spot::DetailAmount
                | Spot::TransactionAmountFigure
        )
    }

    /// The path by which a person finds the element in the file.
    pub const fn path(self) -> &'static str {
        use Spot as S;
        match self {
            S::StatementId => "Id",
            S::ElectronicSequence => "ElctrncSeqNb",
            S::LegalSequence => "LglSeqNb",
            S::CopyDuplicate => "CpyDplctInd",
            S::Account | S::AccountId | S::AccountOther | S::AccountNumber => "Acct/Id",
            S::AccountCurrency => "Acct/Ccy",
            S::Balance => "Bal",
            S::BalanceType | S::BalanceTypeChoice | S::BalanceCode => "Bal/Tp/CdOrPrtry/Cd",
            S::BalanceAmount => "Bal/Amt",
            S::BalanceDirection => "Bal/CdtDbtInd",
            S::BalanceDate | S::BalanceDay => "Bal/Dt",
            S::Summary => "TxsSummry",
            S::SummaryTotal(Total::All) => "TxsSummry/TtlNtries",
            S::SummaryTotal(Total::Credits) => "TxsSummry/TtlCdtNtries",
            S::SummaryTotal(Total::Debits) => "TxsSummry/TtlDbtNtries",
            S::SummaryCount(Total::All) => "TxsSummry/TtlNtries/NbOfNtries",
            S::SummaryCount(Total::Credits) => "TxsSummry/TtlCdtNtries/NbOfNtries",
            S::SummaryCount(Total::Debits) => "TxsSummry/TtlDbtNtries/NbOfNtries",
            S::SummarySum(Total::All) => "TxsSummry/TtlNtries/Sum",
            S::SummarySum(Total::Credits) => "TxsSummry/TtlCdtNtries/Sum",
            S::SummarySum(Total::Debits) => "TxsSummry/TtlDbtNtries/Sum",
            S::Entry => "Ntry",
            S::EntryAmount => "Ntry/Amt",
            S::EntryDirection => "Ntry/CdtDbtInd",
            S::EntryReversal => "Ntry/RvslInd",
            S::EntryStatus | S::EntryStatusCode => "Ntry/Sts",
            S::BookingDate | S::BookingDay => "Ntry/BookgDt",
            S::ValueDate | S::ValueDay => "Ntry/ValDt",
            S::EntryServicerReference => "Ntry/AcctSvcrRef",
            S::EntryInformation => "Ntry/AddtlNtryInf",
            S::EntryDetails => "Ntry/NtryDtls",
            S::Batch => "Ntry/NtryDtls/Btch",
            S::BatchCount => "Ntry/NtryDtls/Btch/NbOfTxs",
            S::DetailAmount => "Ntry/NtryDtls/TxDtls/Amt",
            S::DetailDirection => "Ntry/NtryDtls/TxDtls/CdtDbtInd",
            S::AmountDetails | S::TransactionAmount | S::TransactionAmountFigure => {
                "Ntry/NtryDtls/TxDtls/AmtDtls/TxAmt/Amt"
            }
            S::References
            | S::DetailServicerReference
            | S::EndToEndId
            | S::TransactionId
            | S::Uetr => "Ntry/NtryDtls/TxDtls/Refs",
            S::Parties
            | S::Party(_)
            | S::PartyAgent(_)
            | S::PartyName(_)
            | S::PartyAccount(_)
            | S::PartyAccountId(_)
            | S::PartyAccountOther(_)
            | S::PartyAccountNumber(_) => "Ntry/NtryDtls/TxDtls/RltdPties",
            S::Agents
            | S::Agent(_)
            | S::Institution(_)
            | S::InstitutionBic(_)
            | S::InstitutionMember(_)
            | S::InstitutionMemberId(_)
            | S::InstitutionName(_) => "Ntry/NtryDtls/TxDtls/RltdAgts",
            S::Remittance
            | S::Unstructured
            | S::Structured
            | S::CreditorReferenceInfo
            | S::CreditorReference
            | S::AdditionalRemittance => "Ntry/NtryDtls/TxDtls/RmtInf",
            S::DetailInformation => "Ntry/NtryDtls/TxDtls/AddtlTxInf",
            S::Detail => "Ntry/NtryDtls/TxDtls",
            S::Ignored | S::Envelope | S::Document | S::Message(_) | S::Statement => "Document",
        }
    }
}
