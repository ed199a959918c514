//! What can go wrong in the shell.

use crate::batch::Rejection;
use crate::pairing::PairingError;
use crate::port::ContentError;
use crate::scoring::ScoringError;
use crate::store::StoreError;

/// Why the shell could not do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// Texts could not be fetched.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// The next pairs could not be chosen.
    #[error("the next pairs could not be chosen")]
    Pairing(#[from] PairingError),
    /// The batch refuses the input.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No scale could be fitted.
    #[error("no scale could be fitted")]
    Scoring(#[from] ScoringError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no such batch.
    #[error("there is no batch {0}")]
    UnknownBatch(crate::id::BatchId),
}

impl ServiceError {
    /// Whether the same call may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Content(_) => true,
            Self::Store(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// Whether another worker was faster: the call is to be run again at once.
    pub(super) fn is_conflict(&self) -> bool {
        matches!(self, Self::Store(error) if error.kind() == crate::store::ErrorKind::Conflict)
    }
}
