#![doc = include_str!("../README.md")]

pub mod honesty;
mod intake;
mod panel;
pub mod postgres;
mod sets;
mod study;

pub use intake::{Intake, Kind};
pub use panel::{Judged, judged};
pub use sets::{SETS, Set};
pub use study::{Study, StudyError};
