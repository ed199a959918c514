//! Grades: the scales that scores are mapped to.

mod scale;

pub use scale::{GradeScale, UnknownScale};
