//! Streams of verdicts.

use cj_core::change::{Verdict, Winner};
use cj_core::id::ComparisonId;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::fixture;

/// A stream that answers every comparison, some of them again: the same, otherwise, or with an error; in any order.
pub fn verdicts(comparisons: Vec<ComparisonId>) -> impl Strategy<Value = Vec<Verdict>> {
    let first: Vec<_> = comparisons.iter().map(|id| verdict(*id)).collect();
    let again = vec(select(comparisons).prop_flat_map(verdict), 0..8);
    (first, again).prop_map(|(first, again)| [first, again].concat()).prop_shuffle()
}

fn verdict(comparison: ComparisonId) -> impl Strategy<Value = Verdict> {
    let decided = select(&[Winner::A, Winner::B]).prop_map(move |winner| Verdict::decided(comparison, winner));
    let codes = select(&["TIMEOUT", "RATE_LIMIT", "CONTENT_REFUSED", "okänt fel"]);
    let failed = codes.prop_map(move |code| Verdict::failed(comparison, fixture::error_code(code)));
    prop_oneof![9 => decided, 1 => failed]
}
