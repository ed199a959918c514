//! See the crate documentation.

mod strategy;

pub use strategy::{Strategy, UnknownStrategy};
