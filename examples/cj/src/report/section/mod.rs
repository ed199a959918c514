//! The parts of a report. Each is what the template shows of one question, figures already worded and drawn.
mod asked;
mod brief;
mod convergence;
mod distribution;
mod fit;
mod grading;
mod matrix;
mod position;
mod ranking;
mod settings;

pub(super) use asked::Asked;
pub(super) use brief::Brief;
pub(super) use convergence::Convergence;
pub(super) use distribution::Distribution;
pub(super) use fit::Fit;
pub(super) use grading::Grading;
pub(super) use matrix::Matrix;
pub(super) use position::Position;
pub(super) use ranking::Ranking;
pub(super) use settings::Settings;
