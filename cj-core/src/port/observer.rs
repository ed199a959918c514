//! Who watches what happens.

use crate::change::Occurrence;

/// Watches what happens, for metrics: it may count, and it changes nothing.
///
/// # Contract
/// - It is told after the commit, in the order in which things happened, and only of what was committed. A unit that is run again
///   tells of its last run, and of each run that was lost as [`Occurrence::Overtaken`].
/// - It is told at most once. A worker that dies after a commit tells nobody, and one that never learns whether its commit held
///   counts it as one that did not: figures that must be exact are those of the rows.
/// - It does not wait: a caller has answers to acknowledge.
pub trait Observer: Send + Sync + 'static {
    /// Takes note of what happened in one unit of work.
    fn observe(&self, occurrences: &[Occurrence]);
}

/// Nobody watches.
impl Observer for () {
    fn observe(&self, _: &[Occurrence]) {}
}
