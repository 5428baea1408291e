//! How figures and days are written where processes of one program talk to each other: as the
//! numbers they are, not as text for people. For serde's `with`.

/// A figure as its digits and its number of decimals.
pub mod figure {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes a figure.
    pub fn serialize<S: Serializer>(figure: &Decimal, out: S) -> Result<S::Ok, S::Error> {
        (figure.mantissa(), figure.scale()).serialize(out)
    }

    /// Reads a figure; fails on one that no [`Decimal`] can be.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Decimal, D::Error> {
        let (digits, decimals) = <(i128, u32)>::deserialize(input)?;
        Decimal::try_from_i128_with_scale(digits, decimals).map_err(D::Error::custom)
    }
}

/// A figure that may be missing.
pub mod optional_figure {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes a figure, or that there is none.
    pub fn serialize<S: Serializer>(figure: &Option<Decimal>, out: S) -> Result<S::Ok, S::Error> {
        figure.map(|figure| (figure.mantissa(), figure.scale())).serialize(out)
    }

    /// Reads a figure, if there is one.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Decimal>, D::Error> {
        let parts = <Option<(i128, u32)>>::deserialize(input)?;
        let figure =
            parts.map(|(digits, decimals)| Decimal::try_from_i128_with_scale(digits, decimals));
        figure.transpose().map_err(D::Error::custom)
    }
}

/// A day as the number of days since the first of the year 1.
pub mod day {
    use chrono::Datelike as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::domain::calendar::Day;

    /// Writes a day.
    pub fn serialize<S: Serializer>(day: &Day, out: S) -> Result<S::Ok, S::Error> {
        day.num_days_from_ce().serialize(out)
    }

    /// Reads a day; fails on a number that is none.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Day, D::Error> {
        let number = i32::deserialize(input)?;
        Day::from_num_days_from_ce_opt(number).ok_or_else(|| D::Error::custom("not a day"))
    }
}

/// A day that may be missing.
pub mod optional_day {
    use chrono::Datelike as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::domain::calendar::Day;

    /// Writes a day, or that there is none.
    pub fn serialize<S: Serializer>(day: &Option<Day>, out: S) -> Result<S::Ok, S::Error> {
        day.map(|day| day.num_days_from_ce()).serialize(out)
    }

    /// Reads a day, if there is one.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Day>, D::Error> {
        let number = <Option<i32>>::deserialize(input)?;
        let day = number.map(|number| {
            Day::from_num_days_from_ce_opt(number).ok_or_else(|| D::Error::custom("not a day"))
        });
        day.transpose()
    }
}
