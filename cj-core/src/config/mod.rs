//! What a batch is told to do: settings with defaults, a builder and checks.

mod error;
mod repeats;
mod settings;
mod strategy;

pub use error::ConfigError;
pub use repeats::Repeats;
pub use settings::{Settings, SettingsBuilder};
pub use strategy::{Strategy, UnknownStrategy};
