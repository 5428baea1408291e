//! How each element is named to a person.

use super::{Level, Paged, Spot, Total};

impl Spot {
    /// The path by which a person finds the element in the file.
    pub const fn path(self) -> &'static str {
        use Spot as S;
        match self {
            S::GroupHeader => "GrpHdr",
            S::Pages(Paged::Message)
            | S::PageNumber(Paged::Message)
            | S::LastPage(Paged::Message) => "GrpHdr/MsgPgntn",
            S::Pages(_) | S::PageNumber(_) | S::LastPage(_) => "StmtPgntn",
            S::Period | S::PeriodStart | S::PeriodEnd => "FrToDt",
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
            S::SummaryNet | S::SummaryNetAmount | S::SummaryNetDirection => {
                "TxsSummry/TtlNtries/TtlNetNtry"
            }
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
            S::AmountDetails(Level::Entry)
            | S::StatedAmount(Level::Entry, _)
            | S::StatedFigure(Level::Entry, _) => "Ntry/AmtDtls",
            S::AmountDetails(_) | S::StatedAmount(..) | S::StatedFigure(..) => {
                "Ntry/NtryDtls/TxDtls/AmtDtls"
            }
            S::BankCode(_)
            | S::BankCodeGroup(_)
            | S::BankCodePart(_)
            | S::BankCodeOwn(_)
            | S::BankCodeOwnCode(_) => "Ntry/BkTxCd",
            S::Charges(_)
            | S::ChargesTotal
            | S::Charge
            | S::ChargeAmount
            | S::ChargeDirection
            | S::ChargeIncluded => "Chrgs",
            S::References
            | S::DetailServicerReference
            | S::EndToEndId
            | S::ServicerTransactionId
            | S::TransactionId
            | S::Uetr => "Ntry/NtryDtls/TxDtls/Refs",
            S::Parties
            | S::Party(_)
            | S::PartyAgent(_)
            | S::PartyName(_)
            | S::UltimateParty(_)
            | S::UltimatePartyName(_)
            | S::PartyAccount(_)
            | S::PartyAccountName(_)
            | S::PartyAccountId(_)
            | S::PartyAccountOther(_)
            | S::PartyAccountNumber(_) => "Ntry/NtryDtls/TxDtls/RltdPties",
            S::Agents
            | S::Agent(_)
            | S::Institution(_)
            | S::InstitutionBic(_)
            | S::InstitutionMember(_)
            | S::InstitutionMemberId(_)
            | S::InstitutionName(_)
            | S::InstitutionOther(_)
            | S::InstitutionOtherId(_) => "Ntry/NtryDtls/TxDtls/RltdAgts",
            S::Remittance
            | S::Unstructured
            | S::Structured
            | S::CreditorReferenceInfo
            | S::CreditorReference
            | S::ReferredDocument
            | S::ReferredDocumentNumber
            | S::AdditionalRemittance => "Ntry/NtryDtls/TxDtls/RmtInf",
            S::DetailInformation => "Ntry/NtryDtls/TxDtls/AddtlTxInf",
            S::Detail => "Ntry/NtryDtls/TxDtls",
            S::Ignored | S::Envelope | S::Document | S::Message(_) | S::Statement => "Document",
        }
    }
}
