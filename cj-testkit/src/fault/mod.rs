//! A store that fails on purpose.

mod plan;
mod store;
mod unit;

pub use plan::Fault;
pub use store::FaultStore;
