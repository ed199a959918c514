//! What comes in: requests and answers.

mod dead_letter;
mod handler;
mod request;
mod settings;
mod verdict;

pub use handler::Intake;
pub use settings::IntakeSettings;
