//! The store on a real server: the conformance suite, and what is PostgreSQL's own.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod conformance;
mod erasure;
mod migrations;
mod schema;
mod tls;
mod units;
