//! A stored batch as the outputs show it.

mod batch;
pub mod label;
mod judges;
mod report;
mod run_output;
mod warnings;

pub use batch::BatchView;
