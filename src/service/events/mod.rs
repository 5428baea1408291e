//! Events for other software of a school: what happened to its money is recorded in the transaction
//! in which it happened, and sent afterwards, signed, as Standard Webhooks 1.0.0 asks
//! (github.com/standard-webhooks, `spec/standard-webhooks.md`).
//!
//! Nothing in an event is about a person: it has ids, codes, amounts and dates, and whoever needs
//! more asks the API for it with a key of their own.

mod deliver;
pub mod deliveries;
mod endpoints;
mod kind;
pub(crate) mod money;
mod outbox;
pub(crate) mod periods;
pub(crate) mod receipts;

pub use crate::outbound::{Client, Policy};
pub use deliver::{Claimed, Delivered, Deliverer, Settings, claim, deliver, drain, send};
pub use endpoints::{
    EventChange, EventEndpointView, MadeEventEndpoint, NewEventEndpoint, change, create, list,
};
pub use kind::EventKind;
pub(crate) use outbox::Outbox;
