//! Unsent messages of one kind: which may be sent, and when the next may.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use rpds::RedBlackTreeSetSync;

use super::grouped::Grouped;
use crate::id::{BatchId, EventId};

/// A message's place among those of its key.
pub(super) type Place = (BatchId, u64, u32, EventId);

/// Unsent messages in lanes, one lane per key. Only the head of a lane, and what follows it without a gap, may leave.
#[derive(Clone)]
pub(super) struct Queue {
    lanes: Grouped<Arc<str>, Place, Standing>,
    /// Lanes by the time from which their head may be sent; those with a parked head are not here.
    by_time: RedBlackTreeSetSync<(DateTime<Utc>, Arc<str>)>,
    /// Lanes whose head may be sent at `ready_until`, by the age and place of the head.
    ready: RedBlackTreeSetSync<(DateTime<Utc>, Place, Arc<str>)>,
    ready_until: DateTime<Utc>,
    by_age: RedBlackTreeSetSync<(DateTime<Utc>, EventId)>,
    parked: u64,
}

/// Where an unsent message stands.
#[derive(Clone, Copy)]
pub(super) struct Standing {
    pub(super) created_at: DateTime<Utc>,
    /// From when it may be sent; none while it is parked.
    pub(super) ready_at: Option<DateTime<Utc>>,
}

impl Standing {
    fn is_ready(self, now: DateTime<Utc>) -> bool {
        self.ready_at.is_some_and(|ready_at| ready_at <= now)
    }
}

impl Queue {
    /// Adds a message, or gives it a new standing.
    pub(super) fn put(&mut self, key: &Arc<str>, place: Place, standing: Standing) {
        self.unlist(key);
        let before = self.lanes.get(key, &place).map(|before| before.ready_at.is_some());
        self.lanes.insert(key, place, standing);
        self.list(key);
        let pending = standing.ready_at.is_some();
        if before != Some(pending) {
            self.discount(before, standing.created_at, place.3);
            if pending {
                self.by_age.insert_mut((standing.created_at, place.3));
            } else {
                self.parked += 1;
            }
        }
    }

    /// Removes a message, if it is there.
    pub(super) fn take(&mut self, key: &Arc<str>, place: &Place) {
        let Some(standing) = self.lanes.get(key, place).copied() else { return };
        self.unlist(key);
        self.lanes.remove(key, place);
        self.list(key);
        self.discount(Some(standing.ready_at.is_some()), standing.created_at, place.3);
    }

    /// The messages that may be sent now, oldest first, those of one key in their order.
    pub(super) fn ready(&mut self, now: DateTime<Utc>, limit: usize) -> Vec<EventId> {
        self.promote(now);
        let mut found = Vec::new();
        let mut heads = self.ready.iter().peekable();
        let mut next = BinaryHeap::<Reverse<(DateTime<Utc>, Place, &Arc<str>)>>::new();
        while found.len() < limit {
            let is_next = |head: &&(DateTime<Utc>, Place, Arc<str>)| {
                next.peek().is_none_or(|Reverse((age, place, _))| (head.0, head.1) < (*age, *place))
            };
            if let Some((age, place, key)) = heads.next_if(is_next) {
                if self.lanes.get(key, place).is_some_and(|standing| standing.is_ready(now)) {
                    next.push(Reverse((*age, *place, key)));
                }
                continue;
            }
            let Some(Reverse((age, place, key))) = next.pop() else { break };
            found.push(place.3);
            if let Some((after, standing)) = self.lanes.range(key, (Bound::Excluded(place), Bound::Unbounded)).next()
                && standing.is_ready(now)
            {
                next.push(Reverse((standing.created_at.max(age), *after, key)));
            }
        }
        found
    }

    /// As [`Self::ready`], as if parked messages were not there.
    pub(super) fn ready_passing(&self, now: DateTime<Utc>, limit: usize) -> Vec<EventId> {
        let unparked = |key: &Arc<str>, from: Bound<Place>| {
            let mut rows = self.lanes.range(key, (from, Bound::Unbounded));
            rows.find(|(_, standing)| standing.ready_at.is_some()).map(|(place, standing)| (*place, *standing))
        };
        let mut next = BinaryHeap::<Reverse<(DateTime<Utc>, Place, &Arc<str>)>>::new();
        for key in self.lanes.groups() {
            if let Some((place, head)) = unparked(key, Bound::Unbounded)
                && head.is_ready(now)
            {
                next.push(Reverse((head.created_at, place, key)));
            }
        }
        let mut found = Vec::new();
        while found.len() < limit
            && let Some(Reverse((age, place, key))) = next.pop()
        {
            found.push(place.3);
            if let Some((after, standing)) = unparked(key, Bound::Excluded(place))
                && standing.is_ready(now)
            {
                next.push(Reverse((standing.created_at.max(age), after, key)));
            }
        }
        found
    }

    /// How many wait, how many are parked.
    pub(super) fn counts(&self) -> (u64, u64) {
        (self.by_age.size() as u64, self.parked)
    }

    /// When the next message may be sent.
    pub(super) fn next_at(&self) -> Option<DateTime<Utc>> {
        self.by_time.first().map(|(ready_at, _)| *ready_at)
    }

    /// When the oldest one was written.
    pub(super) fn oldest(&self) -> Option<DateTime<Utc>> {
        self.by_age.first().map(|(created_at, _)| *created_at)
    }

    /// Lists as ready what became so since it was looked at last.
    fn promote(&mut self, now: DateTime<Utc>) {
        if now <= self.ready_until {
            return;
        }
        let since = (self.ready_until, Arc::from(""));
        let due = self.by_time.range(since..).take_while(|(ready_at, _)| *ready_at <= now);
        let due: Vec<_> = due.map(|(_, key)| Arc::clone(key)).collect();
        self.ready_until = now;
        for key in due {
            if let Some((place, head)) = self.head(&key) {
                self.ready.insert_mut((head.created_at, place, key));
            }
        }
    }

    /// Counts a message no more that was pending, parked, or not there.
    fn discount(&mut self, was_pending: Option<bool>, created_at: DateTime<Utc>, id: EventId) {
        match was_pending {
            None => {}
            Some(true) => drop(self.by_age.remove_mut(&(created_at, id))),
            Some(false) => self.parked -= 1,
        }
    }

    fn list(&mut self, key: &Arc<str>) {
        if let Some((place, head)) = self.head(key)
            && let Some(ready_at) = head.ready_at
        {
            self.by_time.insert_mut((ready_at, Arc::clone(key)));
            if ready_at <= self.ready_until {
                self.ready.insert_mut((head.created_at, place, Arc::clone(key)));
            }
        }
    }

    fn unlist(&mut self, key: &Arc<str>) {
        if let Some((place, head)) = self.head(key)
            && let Some(ready_at) = head.ready_at
        {
            self.by_time.remove_mut(&(ready_at, Arc::clone(key)));
            self.ready.remove_mut(&(head.created_at, place, Arc::clone(key)));
        }
    }

    fn head(&self, key: &Arc<str>) -> Option<(Place, Standing)> {
        self.lanes.rows(key).next().map(|(place, standing)| (*place, *standing))
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            lanes: Grouped::default(),
            by_time: RedBlackTreeSetSync::new_sync(),
            ready: RedBlackTreeSetSync::new_sync(),
            ready_until: DateTime::<Utc>::MIN_UTC,
            by_age: RedBlackTreeSetSync::new_sync(),
            parked: 0,
        }
    }
}
