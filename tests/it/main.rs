//! Tests of whole operations, each on every database there is.

#[cfg(test)]
mod accuracy;
#[cfg(test)]
mod announced;
#[cfg(test)]
mod archives;
#[cfg(test)]
mod backtest;
#[cfg(test)]
mod bad_texts;
#[cfg(test)]
mod cash;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod columns;
#[cfg(test)]
mod containment;
#[cfg(test)]
mod copy;
#[cfg(test)]
mod databases;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod entry_by_entry;
#[cfg(test)]
mod events;
#[cfg(test)]
mod every_door;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod fees;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod http;
#[cfg(test)]
mod identity;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod integration_page;
#[cfg(test)]
#[path = "../../fuzz/src/invariants.rs"]
mod invariants;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod killed_inbox;
#[cfg(test)]
mod letters;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod order;
#[cfg(test)]
mod organisation;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod parents;
#[cfg(test)]
mod parity;
#[cfg(test)]
mod path;
#[cfg(test)]
mod payouts;
#[cfg(test)]
mod periods;
#[cfg(test)]
mod pull;
#[cfg(test)]
mod receipts;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod reported;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod roster;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod school_year;
#[cfg(test)]
mod simulate;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod support;
#[cfg(test)]
mod users;
#[cfg(test)]
mod witnesses;
#[cfg(test)]
mod workspace;
