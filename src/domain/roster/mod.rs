//! What a school knows of its students besides money: names in their order, numbers that name a
//! person, contacts, classes and school years.

pub mod class_name;
pub mod contact;
pub mod identifier;
pub mod promotion;
pub mod school_year;
pub mod sex;
pub mod sort_key;

pub use class_name::{grade_of, next_class};
pub use contact::{email, phone};
pub use identifier::{PersonalNumber, Scheme, masked};
pub use promotion::{Move, Promotion, last_grade_of};
pub use school_year::SchoolYear;
pub use sex::Sex;
pub use sort_key::sort_key;
