#![doc = include_str!("../README.md")]

mod answered;
mod batch;
mod cells;
mod comparison;
mod content;
mod dead_letter;
mod decision;
mod erasure;
mod error;
mod essay;
mod inbox;
mod lane;
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
mod time;
mod unit;
mod wave;

pub use options::{Access, SqliteOptions, Synchronous};
pub use store::SqliteStore;
pub use unit::SqliteUnit;
