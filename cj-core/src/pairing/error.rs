//! Why a request cannot be planned.

use crate::config::Strategy;

/// A request that contradicts itself.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PairingError {
    /// There are more items than a pair can name.
    #[error("too many items: expected at most {most}, found {found}")]
    TooManyItems {
        /// The number of items.
        found: usize,
        /// The largest number of items.
        most: usize,
    },
    /// A pair names an item that does not exist.
    #[error("{list}[{position}] names item {item}, expected an index below {items}")]
    UnknownItem {
        /// Which list of the request.
        list: &'static str,
        /// Position in that list.
        position: usize,
        /// The index found.
        item: u32,
        /// The number of items.
        items: usize,
    },
    /// A pair sets an item against itself.
    #[error("{list}[{position}] sets item {item} against itself")]
    SelfPair {
        /// Which list of the request.
        list: &'static str,
        /// Position in that list.
        position: usize,
        /// The item.
        item: u32,
    },
    /// A slice does not have one entry per item (or per pair of items).
    #[error("{what} has the wrong length: expected {expected}, found {found}")]
    Shape {
        /// Which slice.
        what: &'static str,
        /// Its length according to the number of items.
        expected: usize,
        /// Its length.
        found: usize,
    },
    /// Something names a judge that does not exist.
    #[error("seen[{position}] names judge {judge}, expected an index below {judges}")]
    UnknownJudge {
        /// Position in the list.
        position: usize,
        /// The index found.
        judge: u32,
        /// The number of judges.
        judges: usize,
    },
    /// A share lies outside 0 to 1.
    #[error("the {what} share is {found}: expected a number from 0 to 1")]
    Share {
        /// Which share.
        what: &'static str,
        /// The value.
        found: f64,
    },
    /// A strategy needs more than items and their spread.
    #[error("strategy {strategy} cannot be simulated beforehand: it depends on a list or on anchors")]
    NotSimulated {
        /// The strategy.
        strategy: Strategy,
    },
    /// Thresholds do not ascend.
    #[error("thresholds[{position}] is {found}: expected a finite number above the one before")]
    Threshold {
        /// Position of the first that does not.
        position: usize,
        /// The value.
        found: f64,
    },
    /// A number that must be finite (a variance also not negative) is not.
    #[error("{what}[{position}] is {found}: expected a finite number{}", if *.signed { "" } else { ", not negative" })]
    Number {
        /// Which slice.
        what: &'static str,
        /// Position in that slice.
        position: usize,
        /// The value.
        found: f64,
        /// Whether negative values are allowed.
        signed: bool,
    },
}
