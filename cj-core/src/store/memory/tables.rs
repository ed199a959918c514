//! Every table of the store.

use super::batch::BatchTable;
use super::comparison::ComparisonTable;
use super::dead_letter::DeadLetterTable;
use super::decision::DecisionTable;
use super::erasure::ErasureTable;
use super::essay::EssayTable;
use super::inbox::InboxTable;
use super::outbox::OutboxTable;
use super::result::ResultTable;
use super::wave::WaveTable;

/// Every table. A clone costs a handful of pointers and never sees what is written to the original.
#[derive(Clone, Default)]
pub(super) struct Tables {
    pub(super) batches: BatchTable,
    pub(super) comparisons: ComparisonTable,
    pub(super) dead_letters: DeadLetterTable,
    pub(super) decisions: DecisionTable,
    pub(super) erasures: ErasureTable,
    pub(super) essays: EssayTable,
    pub(super) inbox: InboxTable,
    pub(super) outbox: OutboxTable,
    pub(super) results: ResultTable,
    pub(super) waves: WaveTable,
}
