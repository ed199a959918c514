//! The store that `--store` names.

mod open;
mod opened;
mod place;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

pub use open::{Presence, with};
pub(crate) use open::{chain, refused, runtime, with_opened};
pub(crate) use opened::Opened;
pub(crate) use place::Place;
