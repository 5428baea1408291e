//! What differs from one kind of province to another, as data.

use crate::demo::simulate::manner::Manner;
use crate::demo::spec::Level;

/// A kind of province: its names, its schools and its families' habits.
#[derive(Debug)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// Surnames and how common they are.
    pub surnames: &'static [(u32, &'static str)],
    /// Middle and given names of the country, or the short lists of one region.
    pub region: Region,
    /// Percentage of children of peoples with names of their own: `Y H'Bia`, `A Lăng`, `Hơ`.
    pub minority: u32,
    /// What its schools teach, one after the other.
    pub levels: &'static [Level],
    /// How its schools write their classes, one after the other.
    pub classes: &'static [ClassStyle],
    /// How many students a class has.
    pub class_size: usize,
    /// How many children a family has at the school, by weight.
    pub children: &'static [(u32, usize)],
    /// Where its schools' codes come from, one after the other.
    pub codes: &'static [CodeStyle],
    /// Whether schools at BIDV give each student a virtual account.
    pub virtual_accounts: bool,
    /// Percentage of a round's invoices that are paid by transfer.
    pub transfer: u32,
    /// How families pay, by weight.
    pub habits: &'static [(u32, Manner)],
    /// What else happens, each so often for a thousand students.
    pub events: &'static [(u32, Manner)],
}

/// Which lists of middle and given names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Region {
    /// Those of the demo.
    Country,
    /// Few of each, so that many students share a full name.
    Highland,
}

/// How a school writes its classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClassStyle {
    /// `6A1`, `1A`, `Lá 1`.
    Usual,
    /// `6/1`.
    Slash,
    /// The usual one, with the hamlet of the satellite: `1A T2`.
    Satellites,
}

/// Where a school's payment codes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeStyle {
    /// Ours, with check symbols.
    Ours,
    /// The school's: `HS` and seven digits.
    Serial,
    /// The school's: so many letters and digits mixed.
    Mixed(usize),
    /// The school's: nine digits.
    Digits,
}

const NATIONAL: &[(u32, &str)] = &[
    (384, "Nguyễn"),
    (121, "Trần"),
    (95, "Lê"),
    (70, "Phạm"),
    (26, "Hoàng"),
    (25, "Huỳnh"),
    (45, "Phan"),
    (20, "Vũ"),
    (19, "Võ"),
    (21, "Đặng"),
    (20, "Bùi"),
    (14, "Đỗ"),
    (13, "Hồ"),
    (13, "Ngô"),
    (10, "Dương"),
    (5, "Lý"),
    (99, "Trương"),
];

const HIGHLAND: &[(u32, &str)] =
    &[(640, "Đinh"), (140, "Nguyễn"), (60, "Trần"), (50, "Lê"), (60, "Phạm"), (50, "Võ")];

const ORDINARY: &[(u32, Manner)] = &[
    (560, Manner::AsAsked),
    (30, Manner::Glued),
    (25, Manner::Split),
    (25, Manner::Wrapped),
    (30, Manner::LowerCase),
    (15, Manner::SeparatorsLost),
    (15, Manner::TelexWords),
    (5, Manner::TelexCode),
    (15, Manner::DigitsNear),
    (6, Manner::CodeCut),
    (6, Manner::CodeCutByTail),
    (14, Manner::SlipWithName),
    (8, Manner::SlipWithClass),
    (6, Manner::SlipAlone),
    (4, Manner::TwoSlips),
    (5, Manner::Swapped),
    (5, Manner::SymbolMissing),
    (5, Manner::SymbolInserted),
    (8, Manner::LookAlike),
    (4, Manner::LookAlikes),
    (40, Manner::TwoCodes),
    (6, Manner::TwoCodesWrongTotal),
    (25, Manner::FamilySum),
    (12, Manner::Short),
    (10, Manner::Over),
    (6, Manner::Rounded),
    (8, Manner::Twice),
    (8, Manner::PaidCode),
    (6, Manner::UnknownCode),
    (5, Manner::AnothersCode),
    (30, Manner::FullNameAndClass),
    (20, Manner::GivenNameAndClass),
    (10, Manner::ParentChildClass),
    (5, Manner::ParentOnly),
    (8, Manner::FullNameOnly),
    (8, Manner::Bare),
    (4, Manner::NoiseLikeCode),
    (8, Manner::CounterCash),
];

const CARELESS: &[(u32, Manner)] = &[
    (180, Manner::AsAsked),
    (40, Manner::Glued),
    (50, Manner::Split),
    (30, Manner::Wrapped),
    (40, Manner::LowerCase),
    (30, Manner::SeparatorsLost),
    (40, Manner::TelexWords),
    (15, Manner::TelexCode),
    (25, Manner::DigitsNear),
    (20, Manner::CodeCut),
    (20, Manner::CodeCutByTail),
    (30, Manner::SlipWithName),
    (20, Manner::SlipWithClass),
    (15, Manner::SlipAlone),
    (10, Manner::TwoSlips),
    (12, Manner::Swapped),
    (12, Manner::SymbolMissing),
    (12, Manner::SymbolInserted),
    (25, Manner::LookAlike),
    (12, Manner::LookAlikes),
    (30, Manner::TwoCodes),
    (12, Manner::TwoCodesWrongTotal),
    (30, Manner::FamilySum),
    (20, Manner::Short),
    (15, Manner::Over),
    (15, Manner::Rounded),
    (12, Manner::Twice),
    (30, Manner::PaidCode),
    (10, Manner::UnknownCode),
    (10, Manner::AnothersCode),
    (70, Manner::FullNameAndClass),
    (60, Manner::GivenNameAndClass),
    (40, Manner::ParentChildClass),
    (20, Manner::ParentOnly),
    (25, Manner::FullNameOnly),
    (25, Manner::Bare),
    (10, Manner::NoiseLikeCode),
    (10, Manner::CounterCash),
];

const FEW_EVENTS: &[(u32, Manner)] = &[
    (4, Manner::GivenBack),
    (4, Manner::Donation),
    (6, Manner::OtherIncome),
    (6, Manner::StaffDeposit),
    (6, Manner::CancelledCode),
    (4, Manner::OtherSchoolsCode),
    (2, Manner::BulkCodes),
    (1, Manner::BulkNames),
];

const CITY_EVENTS: &[(u32, Manner)] = &[
    (5, Manner::GivenBack),
    (8, Manner::Donation),
    (8, Manner::OtherIncome),
    (4, Manner::StaffDeposit),
    (6, Manner::CancelledCode),
    (6, Manner::OtherSchoolsCode),
    (14, Manner::BulkCodes),
    (6, Manner::BulkNames),
];

/// Every profile.
pub static PROFILES: [Profile; 5] = [
    Profile {
        name: "national",
        surnames: NATIONAL,
        region: Region::Country,
        minority: 1,
        levels: &[Level::LowerSecondary, Level::Primary, Level::UpperSecondary, Level::Preschool],
        classes: &[ClassStyle::Usual],
        class_size: 35,
        children: &[(74, 1), (23, 2), (3, 3)],
        codes: &[CodeStyle::Ours],
        virtual_accounts: false,
        transfer: 90,
        habits: ORDINARY,
        events: FEW_EVENTS,
    },
    Profile {
        name: "highland",
        surnames: HIGHLAND,
        region: Region::Highland,
        minority: 14,
        levels: &[Level::Primary, Level::LowerSecondary],
        classes: &[ClassStyle::Satellites, ClassStyle::Usual],
        class_size: 18,
        children: &[(62, 1), (30, 2), (8, 3)],
        codes: &[CodeStyle::Ours],
        virtual_accounts: false,
        transfer: 88,
        habits: ORDINARY,
        events: FEW_EVENTS,
    },
    Profile {
        name: "city",
        surnames: NATIONAL,
        region: Region::Country,
        minority: 0,
        levels: &[Level::Primary, Level::LowerSecondary, Level::UpperSecondary],
        classes: &[ClassStyle::Slash, ClassStyle::Usual],
        class_size: 45,
        children: &[(58, 1), (36, 2), (6, 3)],
        codes: &[CodeStyle::Ours],
        virtual_accounts: true,
        transfer: 92,
        habits: ORDINARY,
        events: CITY_EVENTS,
    },
    Profile {
        name: "own-codes",
        surnames: NATIONAL,
        region: Region::Country,
        minority: 1,
        levels: &[Level::LowerSecondary, Level::Primary, Level::UpperSecondary],
        classes: &[ClassStyle::Usual],
        class_size: 36,
        children: &[(74, 1), (23, 2), (3, 3)],
        codes: &[
            CodeStyle::Serial,
            CodeStyle::Mixed(8),
            CodeStyle::Digits,
            CodeStyle::Mixed(10),
            CodeStyle::Mixed(9),
        ],
        virtual_accounts: false,
        transfer: 90,
        habits: ORDINARY,
        events: FEW_EVENTS,
    },
    Profile {
        name: "careless",
        surnames: NATIONAL,
        region: Region::Country,
        minority: 2,
        levels: &[Level::Primary, Level::Preschool, Level::LowerSecondary],
        classes: &[ClassStyle::Usual, ClassStyle::Slash],
        class_size: 34,
        children: &[(70, 1), (25, 2), (5, 3)],
        codes: &[CodeStyle::Ours],
        virtual_accounts: false,
        transfer: 90,
        habits: CARELESS,
        events: FEW_EVENTS,
    },
];

/// The profile of a name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}
