//! From judgements that were read to the figures that are printed.
mod args;
mod judges;
mod reliability;
mod scored;

pub use args::{PriorArg, ScoringArgs, SeArg, TiesArg};
pub use scored::{Scored, judgements, score};
