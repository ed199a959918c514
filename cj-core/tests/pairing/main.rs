//! Pairing from outside: what every strategy promises, and what each chooses in cases that can be worked out by hand.

mod anchored;
mod determinism;
mod forecast;
mod judges;
mod properties;
mod strategies;
