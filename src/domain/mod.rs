//! The rules of the business, pure: no database, no network, no files, no clock, no randomness.

pub mod access;
pub mod allocation;
pub mod backtest;
pub mod banking_days;
pub mod calendar;
pub mod cashless;
pub mod continuity;
pub mod diagnostic;
pub mod id;
pub mod identity;
pub mod invoice;
pub mod lang;
pub mod matching;
pub mod money;
pub mod notification;
pub mod organisation;
pub mod packed;
pub mod payment;
pub mod payment_code;
pub mod payout;
pub mod remittance;
pub mod setting;
pub mod statement;
pub mod text;
