//! Being told that something waits in the outbox.

use async_trait::async_trait;

use super::StoreError;
use crate::change::MessageKind;

/// Notices of commits that put something into the outbox.
///
/// # Contract
/// It saves asking, and does not replace it: what waits for a time, or for a lease to end, sends no notice, and a store may
/// know of the commits of its own process only.
#[async_trait]
pub trait Wakes: Send {
    /// Waits for the next notice.
    ///
    /// # Cancellation
    /// Nothing is lost when the future is dropped.
    ///
    /// # Errors
    /// `Unavailable` where notices cannot be had; calling again tries again.
    async fn next(&mut self) -> Result<Wake, StoreError>;
}

/// Why to look into the outbox.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is a notice, or there may have been one")]
pub enum Wake {
    /// Messages of a kind were committed.
    Appended(MessageKind),
    /// The connection was lost for a while: there may have been notices.
    Reconnected,
}
