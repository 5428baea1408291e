//! What students owe and why: fee items and their prices, who need not pay, and the lines that a
//! collection round makes of them. Gross, waived and net are kept apart everywhere.

mod charge;
mod exemption;
mod instalment;
mod price;
mod scope;
mod unit;

pub use charge::{Bill, Charge, ChargeProblem, ChargedItem, bill};
pub use exemption::{Exemption, Share, overlapping, waived};
pub use instalment::{InstalmentPlan, InstalmentPlanError, PlannedInstalment};
pub use price::{Placed, Price, PriceProblem, level_of_grade, price_for};
pub use scope::{Scope, grade_of_class};
pub use unit::Unit;
