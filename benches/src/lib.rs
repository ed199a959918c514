#![doc = include_str!("../README.md")]

pub mod honesty;
pub mod kafka;
pub mod load;
mod panel;
pub mod postgres;
mod sets;
mod study;

pub use panel::{Judged, judged};
pub use sets::{SETS, Set};
pub use study::{Study, StudyError};

/// Whether a benchmark was started only to see that it runs: Cargo says `--bench` where figures are wanted.
pub fn is_test() -> bool {
    let said = |flag: &str| std::env::args().any(|argument| argument == flag);
    said("--test") || !said("--bench")
}
