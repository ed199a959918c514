//! The commands, on the real binary: what they print, and how they end.
mod bad_input;
mod batches;
mod crash;
mod gold;
mod pair;
mod replay;
mod run;
mod schema;
mod score;
mod support;
