//! Tests of all providers.
