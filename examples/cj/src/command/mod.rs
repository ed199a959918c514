//! The commands: one file each, with its options (`Args`) and what it does (`run`).
pub mod pair;
pub mod schema;
pub mod score;
