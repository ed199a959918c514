//! A stored batch as the outputs show it.

mod batch;
mod judges;
pub mod label;
mod report;
mod run_output;
mod summary;
mod warnings;

pub use batch::BatchView;
pub use summary::summary;
