//! What each element may contain, over all versions of the messages.

use super::{Level, MessageKind, Paged, Side, Spot, Total, Worth};

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
                (_, b"GrpHdr") => S::GroupHeader,
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
                b"FrToDt" => S::Period,
                b"StmtPgntn" | b"RptPgntn" | b"NtfctnPgntn" => S::Pages(Paged::Statement),
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
                b"BkTxCd" => S::BankCode(Level::Entry),
                b"AmtDtls" => S::AmountDetails(Level::Entry),
                b"Chrgs" => S::Charges(Level::Entry),
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
                b"AmtDtls" => S::AmountDetails(Level::Detail),
                b"BkTxCd" => S::BankCode(Level::Detail),
                b"Chrgs" => S::Charges(Level::Detail),
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
            (S::References, b"AcctSvcrTxId") => S::ServicerTransactionId,
            (S::References, b"TxId") => S::TransactionId,
            (S::References, b"UETR") => S::Uetr,
            (S::Parties, b"Dbtr") => S::Party(Side::Debtor),
            (S::Parties, b"DbtrAcct") => S::PartyAccount(Side::Debtor),
            (S::Parties, b"Cdtr") => S::Party(Side::Creditor),
            (S::Parties, b"CdtrAcct") => S::PartyAccount(Side::Creditor),
            (S::Party(side), b"Pty") => S::Party(side),
            (S::Party(side), b"Agt") | (S::PartyAgent(side), b"FinInstnId") => S::PartyAgent(side),
            (S::Party(side) | S::PartyAgent(side), b"Nm") => S::PartyName(side),
            (S::Parties, b"UltmtDbtr") => S::UltimateParty(Side::Debtor),
            (S::Parties, b"UltmtCdtr") => S::UltimateParty(Side::Creditor),
            (S::UltimateParty(side), b"Pty") => S::UltimateParty(side),
            (S::UltimateParty(side), b"Nm") => S::UltimatePartyName(side),
            (S::PartyAccount(side), b"Nm") => S::PartyAccountName(side),
            (S::PartyAccount(side), b"Id") => S::PartyAccountId(side),
            (S::PartyAccountId(side), b"IBAN" | b"BBAN" | b"UPIC")
            | (S::PartyAccountOther(side), b"Id") => S::PartyAccountNumber(side),
            (S::PartyAccountId(side), b"Othr" | b"PrtryAcct") => S::PartyAccountOther(side),
            (S::Agents, b"DbtrAgt") => S::Agent(Side::Debtor),
            (S::Agents, b"CdtrAgt") => S::Agent(Side::Creditor),
            // Version 01 chooses between one identification and several combined.
            (S::Agent(side), b"FinInstnId") | (S::Institution(side), b"CmbndId" | b"NmAndAdr") => {
                S::Institution(side)
            }
            (S::Institution(side), b"BICFI" | b"BIC") => S::InstitutionBic(side),
            (S::Institution(side), b"ClrSysMmbId") => S::InstitutionMember(side),
            (S::Institution(side), b"Othr" | b"PrtryId") => S::InstitutionOther(side),
            (S::InstitutionOther(side), b"Id") => S::InstitutionOtherId(side),
            (S::InstitutionMember(side), b"MmbId" | b"Id" | b"Prtry") => {
                S::InstitutionMemberId(side)
            }
            (S::Institution(side), b"Nm") => S::InstitutionName(side),
            (S::Remittance, b"Ustrd") => S::Unstructured,
            (S::Remittance, b"Strd") => S::Structured,
            (S::Structured, b"CdtrRefInf") => S::CreditorReferenceInfo,
            (S::Structured, b"AddtlRmtInf") => S::AdditionalRemittance,
            (S::CreditorReferenceInfo, b"Ref" | b"CdtrRef") => S::CreditorReference,
            (S::Structured, b"RfrdDocInf") => S::ReferredDocument,
            (S::ReferredDocument, b"Nb" | b"RfrdDocNb") => S::ReferredDocumentNumber,
            (S::AmountDetails(level), b"InstdAmt") => S::StatedAmount(level, Worth::Instructed),
            (S::AmountDetails(level), b"TxAmt") => S::StatedAmount(level, Worth::Transaction),
            (S::AmountDetails(level), b"CntrValAmt") => S::StatedAmount(level, Worth::CounterValue),
            (S::StatedAmount(level, worth), b"Amt") => S::StatedFigure(level, worth),
            (S::BankCode(level), b"Domn") | (S::BankCodeGroup(level), b"Fmly") => {
                S::BankCodeGroup(level)
            }
            (S::BankCodeGroup(level), b"Cd" | b"SubFmlyCd") => S::BankCodePart(level),
            (S::BankCode(level), b"Prtry") => S::BankCodeOwn(level),
            (S::BankCodeOwn(level), b"Cd") => S::BankCodeOwnCode(level),
            (S::Charges(_), b"TtlChrgsAndTaxAmt") => S::ChargesTotal,
            (S::Charges(_), b"Rcrd") => S::Charge,
            (S::Charges(_) | S::Charge, b"Amt") => S::ChargeAmount,
            (S::Charges(_) | S::Charge, b"CdtDbtInd") => S::ChargeDirection,
            (S::Charge, b"ChrgInclInd") => S::ChargeIncluded,
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
            (S::SummaryTotal(Total::All), b"TtlNetNtry") => S::SummaryNet,
            (S::SummaryTotal(Total::All), b"TtlNetNtryAmt") | (S::SummaryNet, b"Amt") => {
                S::SummaryNetAmount
            }
            (S::SummaryTotal(Total::All) | S::SummaryNet, b"CdtDbtInd") => S::SummaryNetDirection,
            (S::GroupHeader, b"MsgPgntn") => S::Pages(Paged::Message),
            (S::Pages(paged), b"PgNb") => S::PageNumber(paged),
            (S::Pages(paged), b"LastPgInd") => S::LastPage(paged),
            (S::Period, b"FrDtTm") => S::PeriodStart,
            (S::Period, b"ToDtTm") => S::PeriodEnd,
            (S::SummaryTotal(total), b"NbOfNtries") => S::SummaryCount(total),
            (S::SummaryTotal(total), b"Sum") => S::SummarySum(total),
            _ => S::Ignored,
        }
    }
}
