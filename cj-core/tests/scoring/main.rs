//! Estimates from outside: reference answers, published studies, and what must hold for any judgements.
#![expect(clippy::unwrap_used, reason = "what cannot be had should fail the test")]

mod goldens;
mod properties;
mod reference;
mod robustness;
mod studies;
