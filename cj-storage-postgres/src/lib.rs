#![doc = include_str!("../README.md")]

mod answered;
mod batch;
mod comparison;
mod content;
mod dead_letter;
mod decision;
mod erasure;
mod error;
mod essay;
mod inbox;
mod migrate;
mod options;
mod outbox;
mod outbox_register;
mod result;
mod row;
mod slice;
#[cfg(test)]
mod statements;
mod store;
mod unit;
mod wake;
mod wave;

pub use options::{PgOptions, Tls};
pub use store::PgStore;
pub use unit::PgUnit;
pub use wake::PgWakes;
