//! Doisoat (*đối soát*, reconciliation): matches what a school's bank account received against what
//! families owe, and reports how much of it was paid without cash.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod containment;
pub mod demo;
pub mod domain;
pub mod failpoint;
pub mod formats;
pub mod http;
pub mod ids;
pub mod keyring;
pub mod mail;
pub mod outbound;
pub mod service;
pub mod store;
pub mod telemetry;
pub mod worker;
