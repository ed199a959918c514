//! `cj simulate`: how many comparisons does a design need, and is what it reports true?
mod args;
mod document;
mod run;

pub use args::Args;
pub use run::run;
