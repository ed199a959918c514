//! The commands: one file each, with its options (`Args`) and what it does (`run`).
/// `cj schema`.
pub mod schema;
