//! What the tests of this binary share.

pub mod browser;
pub mod client;
pub mod crowd;
mod database;
pub mod feed;
pub mod forms;
pub mod hooks;
pub mod lists;
pub mod mailserver;
pub mod picture;
pub mod program;
pub mod receiver;
pub mod scan;
pub mod school;
pub mod server;
pub mod sheet;
pub mod statements;
pub mod till;

pub use database::{Backend, TestDb, for_each_backend, for_each_empty_backend, postgres_server};
