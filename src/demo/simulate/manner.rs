//! How a movement came to be written as it is: one name for each, stable in files and tables.

/// Why a movement looks as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Manner {
    /// The code is whole, the amount is right.
    AsAsked,
    /// The whole code with other text glued to both sides.
    Glued,
    /// A blank, a point or a hyphen within the code.
    Split,
    /// The bank broke the text every 30 to 35 characters.
    Wrapped,
    /// All in lower case.
    LowerCase,
    /// Points, hyphens and blanks are gone.
    SeparatorsLost,
    /// Words typed with Telex keys left in them, the code whole.
    TelexWords,
    /// The code itself went through a Telex keyboard.
    TelexCode,
    /// Telephone and other long numbers stand around the code.
    DigitsNear,
    /// The right end, with up to three symbols of the code, is lost.
    CodeCut,
    /// The same, and what the bank adds follows at once.
    CodeCutByTail,
    /// One wrong symbol, and the student's full name.
    SlipWithName,
    /// One wrong symbol, and the class but no name.
    SlipWithClass,
    /// One wrong symbol and nothing else.
    SlipAlone,
    /// Two wrong symbols, and the full name.
    TwoSlips,
    /// Two neighbouring symbols changed places.
    Swapped,
    /// One symbol is missing.
    SymbolMissing,
    /// One symbol stands twice, or one too many.
    SymbolInserted,
    /// One symbol typed as one that looks like it, and the full name.
    LookAlike,
    /// Several symbols typed as others that look like them.
    LookAlikes,
    /// The codes of siblings or of two rounds, with their sum.
    TwoCodes,
    /// Several codes with another amount than their sum.
    TwoCodesWrongTotal,
    /// One code with the sum of several invoices of the family.
    FamilySum,
    /// Less than is owed.
    Short,
    /// More than is owed.
    Over,
    /// The amount rounded to ten thousands.
    Rounded,
    /// The same payment twice.
    Twice,
    /// Last month's code with this month's amount.
    PaidCode,
    /// The code of an invoice that was cancelled.
    CancelledCode,
    /// The code of an invoice of another school.
    OtherSchoolsCode,
    /// A well-formed code nobody issued, with name and class.
    UnknownCode,
    /// Another student's code with one's own name.
    AnothersCode,
    /// No code; full name and class.
    FullNameAndClass,
    /// No code; given name and class.
    GivenNameAndClass,
    /// No code; the parent's name, the child's given name and the class.
    ParentChildClass,
    /// No code; only the parent's name.
    ParentOnly,
    /// No code; the full name without the class.
    FullNameOnly,
    /// No code and nobody named.
    Bare,
    /// No code, but a bank's number that looks like one by chance.
    NoiseLikeCode,
    /// One transfer for many families, with all their codes.
    BulkCodes,
    /// One transfer for many families, with names only.
    BulkNames,
    /// Money to the student's own virtual account.
    VirtualAccount,
    /// A parent pays in notes at the bank's counter, with the code.
    CounterCash,
    /// A gift.
    Donation,
    /// Rent or budget money.
    OtherIncome,
    /// Interest.
    Interest,
    /// A charge of the bank.
    Charge,
    /// A payment gateway's payout.
    GatewayPayout,
    /// Cash of the school's till.
    StaffDeposit,
    /// The school pays somebody.
    MoneyOut,
    /// A payment that went back within days.
    GivenBack,
    /// The line by which it went back.
    GivingBack,
}

impl Manner {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Manner::AsAsked => "as_asked",
            Manner::Glued => "glued",
            Manner::Split => "split",
            Manner::Wrapped => "wrapped",
            Manner::LowerCase => "lower_case",
            Manner::SeparatorsLost => "separators_lost",
            Manner::TelexWords => "telex_words",
            Manner::TelexCode => "telex_code",
            Manner::DigitsNear => "digits_near",
            Manner::CodeCut => "code_cut",
            Manner::CodeCutByTail => "code_cut_by_tail",
            Manner::SlipWithName => "slip_with_name",
            Manner::SlipWithClass => "slip_with_class",
            Manner::SlipAlone => "slip_alone",
            Manner::TwoSlips => "two_slips",
            Manner::Swapped => "swapped",
            Manner::SymbolMissing => "symbol_missing",
            Manner::SymbolInserted => "symbol_inserted",
            Manner::LookAlike => "look_alike",
            Manner::LookAlikes => "look_alikes",
            Manner::TwoCodes => "two_codes",
            Manner::TwoCodesWrongTotal => "two_codes_wrong_total",
            Manner::FamilySum => "family_sum",
            Manner::Short => "short",
            Manner::Over => "over",
            Manner::Rounded => "rounded",
            Manner::Twice => "twice",
            Manner::PaidCode => "paid_code",
            Manner::CancelledCode => "cancelled_code",
            Manner::OtherSchoolsCode => "other_schools_code",
            Manner::UnknownCode => "unknown_code",
            Manner::AnothersCode => "anothers_code",
            Manner::FullNameAndClass => "full_name_and_class",
            Manner::GivenNameAndClass => "given_name_and_class",
            Manner::ParentChildClass => "parent_child_class",
            Manner::ParentOnly => "parent_only",
            Manner::FullNameOnly => "full_name_only",
            Manner::Bare => "bare",
            Manner::NoiseLikeCode => "noise_like_code",
            Manner::BulkCodes => "bulk_codes",
            Manner::BulkNames => "bulk_names",
            Manner::VirtualAccount => "virtual_account",
            Manner::CounterCash => "counter_cash",
            Manner::Donation => "donation",
            Manner::OtherIncome => "other_income",
            Manner::Interest => "interest",
            Manner::Charge => "charge",
            Manner::GatewayPayout => "gateway_payout",
            Manner::StaffDeposit => "staff_deposit",
            Manner::MoneyOut => "money_out",
            Manner::GivenBack => "given_back",
            Manner::GivingBack => "giving_back",
        }
    }

    /// Whether it takes several invoices of one family.
    #[must_use]
    pub const fn takes_several(self) -> bool {
        matches!(self, Manner::TwoCodes | Manner::TwoCodesWrongTotal | Manner::FamilySum)
    }
}
