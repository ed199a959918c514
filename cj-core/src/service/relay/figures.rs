//! What a relay has done: the figures behind its metrics.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::port::PublishErrorKind;
use crate::store::OutboxDepth;

/// What a relay has done since it was made, and how full the outbox was when it looked last.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct RelayFigures {
    /// Looks into the outbox, in vain or not.
    pub passes: u64,
    /// Events accepted.
    pub sent: u64,
    /// Events put aside.
    pub parked: u64,
    /// Events not accepted, by what kind of failure; those held back by an earlier one of their key are not among them.
    pub failures: BTreeMap<PublishErrorKind, u64>,
    /// How long sending took, per pass that sent something.
    pub publishing: Histogram,
    /// How old events were when they were accepted.
    pub age: Histogram,
    /// How much waited, and when that was looked at.
    pub depth: Option<(OutboxDepth, DateTime<Utc>)>,
}

impl RelayFigures {
    /// The age of the oldest event that waited when the relay looked last; zero where none did.
    pub fn oldest_age(&self) -> TimeDelta {
        let (depth, at) = match &self.depth {
            Some((depth, at)) => (*depth, *at),
            None => return TimeDelta::zero(),
        };
        depth.oldest.map_or_else(TimeDelta::zero, |oldest| (at - oldest).max(TimeDelta::zero()))
    }
}

/// How often something took at most so long.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Histogram {
    /// How often it took at most as long as each of [`Histogram::BOUNDS_S`], and longer than the one before it; the last
    /// counts what took longer than all.
    pub counts: [u64; Self::BOUNDS_S.len() + 1],
    /// All of it together.
    pub total: Duration,
}

impl Histogram {
    /// The upper bounds, in seconds.
    pub const BOUNDS_S: [f64; 14] =
        [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3_600.0];

    /// Counts one.
    pub fn observe(&mut self, took: TimeDelta) {
        let took = took.to_std().unwrap_or_default();
        let seconds = took.as_secs_f64();
        let place = Self::BOUNDS_S.iter().position(|bound| seconds <= *bound).unwrap_or(Self::BOUNDS_S.len());
        self.counts[place] += 1;
        self.total += took;
    }

    /// How often it happened.
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_counts_by_upper_bound() {
        let mut histogram = Histogram::default();
        for ms in [0, 1, 2, 5_000, 4_000_000, -3] {
            histogram.observe(TimeDelta::milliseconds(ms));
        }
        assert_eq!((histogram.counts[0], histogram.counts[1], histogram.counts[7], histogram.counts[14]), (3, 1, 1, 1));
        assert_eq!((histogram.count(), histogram.total), (6, Duration::from_millis(4_005_003)));
    }

    #[test]
    fn the_oldest_is_as_old_as_it_was_when_looked_at() {
        let mut figures = RelayFigures::default();
        assert_eq!(figures.oldest_age(), TimeDelta::zero());
        let at = DateTime::UNIX_EPOCH + TimeDelta::seconds(90);
        figures.depth = Some((OutboxDepth { oldest: Some(DateTime::UNIX_EPOCH), ..OutboxDepth::default() }, at));
        assert_eq!(figures.oldest_age(), TimeDelta::seconds(90));
    }
}
