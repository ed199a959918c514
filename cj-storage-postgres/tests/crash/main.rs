//! Workers that are killed, connections that are cut, a server that fails: nothing is lost, nothing is done twice.
#![expect(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod clock;
mod judged;
mod restart;
mod retries;
mod storm;
mod worker;

/// Each of these tests wants the machine for itself.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
