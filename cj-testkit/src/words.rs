//! A batch with words in every place that has room for them.

use std::sync::Arc;

use cj_core::id::BatchId;
use cj_core::store::Store;

use crate::conformance::workflow::driver::Driver;
use crate::conformance::workflow::erasure;

/// What is written everywhere in [`batch_full_of_words`], and must be nowhere once it is erased: an adapter looks for it past
/// its ports, in its tables and files.
pub const WORDS: &str = erasure::WORDS;

/// Runs a batch of four essays to its end on a store: every text, title, justification, question, provider's message and dead
/// letter holds [`WORDS`].
///
/// # Panics
/// When the store breaks its contract.
pub async fn batch_full_of_words(store: Arc<dyn Store>, name: &str) -> BatchId {
    erasure::worded(&Driver::new(store), name).await
}
