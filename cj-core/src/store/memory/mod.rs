//! The reference store: everything in memory, the contract to the letter, no runtime.
//!
//! Tables are persistent trees that share what did not change. So beginning a unit, a read view and a statement copies
//! nothing, dropping one rolls it back, and a view stays what it was while a unit writes.

mod batch;
mod comparison;
mod dead_letter;
mod decision;
mod erasure;
mod essay;
mod grouped;
mod inbox;
mod outbox;
mod queue;
mod result;
mod store;
mod tables;
mod unit;
mod wave;

pub use store::MemoryStore;
