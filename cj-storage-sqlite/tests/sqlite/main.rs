//! The store against the contract of every port, and what is its own: files, statements, fields.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod conformance;
mod erasure;
mod files;
mod outbox;
mod ports;
mod support;
