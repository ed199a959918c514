#![doc = include_str!("../README.md")]

mod intake;
mod panel;
pub mod postgres;

pub use intake::{Intake, Kind};
pub use panel::{Judged, judged};
