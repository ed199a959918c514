//! The HTML report: one self-contained file that a person reads on a screen, on paper or with a screen reader.
//!
//! A [`ReportView`] holds what is to be shown; [`render`] makes the file of it. What the view does not have is left out.
mod format;
mod frame;
mod page;
mod pair;
mod render;
mod scale;
mod section;
mod simulation;
mod spread;
mod svg;
mod view;
mod wave;

pub use pair::{PairCount, Sides};
pub use render::{ReportError, render};
pub use simulation::render_simulation;
pub use view::ReportView;
pub use wave::{Wave, WaveReliability};

#[cfg(test)]
mod tests;
