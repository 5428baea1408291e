//! The door over HTTP, through a real socket, on every database.

mod access;
mod bodies;
mod decisions;
mod document;
mod identity;
mod pages;
mod process;
mod routes;
mod statements;
mod webhooks;
mod webhooks_api;
