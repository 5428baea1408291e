//! The six banks of the demo: public numbers of the banks, invented accounts.

/// A bank at which a school of the demo has its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bank {
    /// Vietcombank.
    Vietcombank,
    /// MB.
    Mb,
    /// VietinBank.
    VietinBank,
    /// BIDV.
    Bidv,
    /// Techcombank.
    Techcombank,
    /// ACB.
    Acb,
}

impl Bank {
    /// Every bank.
    pub const ALL: [Bank; 6] =
        [Bank::Vietcombank, Bank::Mb, Bank::VietinBank, Bank::Bidv, Bank::Techcombank, Bank::Acb];

    /// The NAPAS number (BIN), from the list with State Bank letter 1589/NHNN-TT of 2024.
    #[must_use]
    pub const fn bin(self) -> &'static str {
        match self {
            Bank::Vietcombank => "970436",
            Bank::Mb => "970422",
            Bank::VietinBank => "970415",
            Bank::Bidv => "970418",
            Bank::Techcombank => "970407",
            Bank::Acb => "970416",
        }
    }

    /// The short name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Bank::Vietcombank => "Vietcombank",
            Bank::Mb => "MB",
            Bank::VietinBank => "VietinBank",
            Bank::Bidv => "BIDV",
            Bank::Techcombank => "Techcombank",
            Bank::Acb => "ACB",
        }
    }

    /// The BIC (ISO 9362).
    #[must_use]
    pub const fn bic(self) -> &'static str {
        match self {
            Bank::Vietcombank => "BFTVVNVX",
            Bank::Mb => "MSCBVNVX",
            Bank::VietinBank => "ICBVVNVX",
            Bank::Bidv => "BIDVVNVX",
            Bank::Techcombank => "VTCBVNVX",
            Bank::Acb => "ASCBVNVX",
        }
    }
}
