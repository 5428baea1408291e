//! How what holds a secret is printed: without it.

use std::fmt::{Debug, Formatter, Result};

use super::{Change, MadeEndpoint, NewEndpoint};

impl Debug for NewEndpoint {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.debug_struct("NewEndpoint")
            .field("provider", &self.provider)
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}

impl Debug for MadeEndpoint {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        out.debug_struct("MadeEndpoint").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

impl Debug for Change {
    fn fmt(&self, out: &mut Formatter<'_>) -> Result {
        match self {
            Change::Rotate { .. } => out.write_str("Rotate(…)"),
            Change::Retire { secret } => write!(out, "Retire({secret})"),
            Change::Close => out.write_str("Close"),
            Change::Open => out.write_str("Open"),
        }
    }
}
