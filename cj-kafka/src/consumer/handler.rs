//! What is done with messages.

use std::error::Error;

use async_trait::async_trait;

use super::Record;

/// Gives messages their effect.
///
/// # Contract
/// `Ok` means that every record of the slice has had its effect for good: their offsets are committed then. A message that
/// can never be used is the handler's to put aside. `Err` means trouble that passes: the same slice comes again, and any
/// record may come again at any time, also to another member of the group; so effects must bear repetition.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Handles a slice, in the order of each partition.
    ///
    /// # Errors
    /// [`Trouble`], after which the slice is handed in again.
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble>;
}

/// Trouble that passes.
#[derive(Debug, thiserror::Error)]
#[error("messages could not be handled now")]
pub struct Trouble {
    source: Box<dyn Error + Send + Sync>,
}

impl Trouble {
    /// Wraps what went wrong.
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }
}
