//! The commands, on the real binary: what they print, and how they end.
mod schema;
mod support;
