//! Taking messages from topics.

mod client;
mod context;
mod handler;
mod lag;
mod record;

pub use client::Consumer;
pub use handler::{Handler, Trouble};
pub use lag::Lag;
pub use record::Record;
