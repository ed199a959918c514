//! The commands, on the real binary: what they print, and how they end.
mod gold;
mod pair;
mod schema;
mod score;
mod support;
