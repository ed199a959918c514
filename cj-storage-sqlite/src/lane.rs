//! Lanes: what waits under one key, and which of it may leave.

use chrono::{DateTime, Utc};
use cj_core::store::StoreError;
use uuid::Uuid;

use crate::cells::Cell;
use crate::row::Columns;

/// A message that waits, where it stands in its lane.
pub(crate) struct Waiting {
    place: i64,
    /// Whether it is the first of its lane.
    is_head: bool,
    created_at: DateTime<Utc>,
    /// Batch, version, ordinal, id.
    order: (Uuid, i64, i64, Uuid),
    /// Whether it may not leave now, nor anything behind it.
    is_held: bool,
}

impl Waiting {
    /// The columns that [`Self::read`] takes.
    pub(crate) const COLUMNS: &[&str] =
        &["place", "is_head", "batch_id", "version", "ordinal", "id", "created_at", "is_held"];

    pub(crate) fn read(cells: &[Cell<'_>]) -> Result<Self, StoreError> {
        let mut columns = Columns::of_cells(cells, Self::COLUMNS, "outbox.claim", "event_outbox_waiting", 1);
        Ok(Self {
            place: columns.int()?,
            is_head: columns.flag()?,
            order: (columns.uuid()?, columns.int()?, columns.int()?, columns.uuid()?),
            created_at: columns.time()?,
            is_held: columns.flag()?,
        })
    }
}

/// The places of at most so many messages that may leave, in the order in which they leave.
///
/// Lanes come one after the other, each from its head on, in order. Of each, what follows the head without a gap may leave
/// with it. A message counts as no older than the one before it, so that the limit never leaves a gap either; equal ages leave
/// in the order in which they were put out.
pub(crate) fn leaving(lanes: Vec<Waiting>, limit: usize) -> Vec<i64> {
    let mut free = Vec::with_capacity(lanes.len());
    let (mut age, mut is_held) = (DateTime::<Utc>::MIN_UTC, false);
    for it in lanes {
        if it.is_head {
            (age, is_held) = (it.created_at, it.is_held);
        }
        (age, is_held) = (age.max(it.created_at), is_held || it.is_held);
        if !is_held {
            free.push((age, it.order, it.place));
        }
    }
    free.sort_unstable();
    free.truncate(limit);
    free.into_iter().map(|(_, _, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages of one lane: when each was written, and whether it is held.
    fn lane(first: i64, messages: &[(i64, bool)]) -> Vec<Waiting> {
        let waiting = |(place, (second, is_held)): (i64, &(i64, bool))| Waiting {
            place,
            is_head: place == first,
            created_at: DateTime::UNIX_EPOCH + chrono::TimeDelta::seconds(*second),
            order: (Uuid::nil(), place, 0, Uuid::nil()),
            is_held: *is_held,
        };
        (first..).zip(messages).map(waiting).collect()
    }

    #[test]
    fn what_is_held_holds_up_its_lane_only() {
        let lanes = [lane(1, &[(1, false), (2, true), (3, false)]), lane(4, &[(2, false), (4, false)])].concat_all();
        assert_eq!(leaving(lanes, 9), [1, 4, 5]);
    }

    #[test]
    fn the_limit_leaves_no_gap_in_a_lane() {
        let lanes =
            || [lane(1, &[(9, false), (1, false)]), lane(3, &[(5, false)]), lane(4, &[(9, false)])].concat_all();
        assert_eq!(leaving(lanes(), 1), [3], "the second of the first lane is no older than its head");
        assert_eq!(leaving(lanes(), 2), [3, 1]);
        assert_eq!(leaving(lanes(), 9), [3, 1, 2, 4]);
        assert_eq!(leaving(lanes(), 0), [0; 0]);
    }

    trait ConcatAll {
        fn concat_all(self) -> Vec<Waiting>;
    }

    impl<const N: usize> ConcatAll for [Vec<Waiting>; N] {
        fn concat_all(self) -> Vec<Waiting> {
            self.into_iter().flatten().collect()
        }
    }
}
