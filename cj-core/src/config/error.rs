//! Why settings are refused.

/// A setting outside its range: which one, what it may be, what it was.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("setting {setting}: expected {expected}, found {found}")]
#[non_exhaustive]
pub struct ConfigError {
    /// The name of the setting.
    pub setting: &'static str,
    /// What it may be.
    pub expected: &'static str,
    /// What it was.
    pub found: String,
}

impl ConfigError {
    pub(crate) fn new(setting: &'static str, expected: &'static str, found: impl std::fmt::Display) -> Self {
        Self { setting, expected, found: format!("{found}") }
    }
}
