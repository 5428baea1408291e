//! Personal data: what is known of a student, given out whole; a name given up while the books stay;
//! and what is forgotten when its time is over.

pub mod erasure;
pub mod export;
pub mod retention;
mod spoken;
mod typed;
