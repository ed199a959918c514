//! Chance, from a seed.

use chrono::TimeDelta;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// Draws; the same seed draws the same.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(rng: ChaCha8Rng) -> Self {
        Self(rng)
    }

    /// A number in [0, 1).
    pub(super) fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below `limit`, which is above 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        (self.unit() * limit as f64) as usize
    }

    /// Whether something happens that happens at this rate. At rate 0 nothing is drawn.
    pub(super) fn happens(&mut self, rate: f64) -> bool {
        rate > 0.0 && self.unit() < rate
    }

    /// A time between two, in whole milliseconds.
    pub(super) fn between(&mut self, least_s: u32, most_s: u32) -> TimeDelta {
        let span = f64::from(most_s - least_s) * 1_000.0;
        TimeDelta::milliseconds(i64::from(least_s) * 1_000 + (self.unit() * span) as i64)
    }

    /// A time below so many milliseconds.
    pub(super) fn milliseconds(&mut self, limit: u32) -> TimeDelta {
        TimeDelta::milliseconds((self.unit() * f64::from(limit)) as i64)
    }

    pub(super) fn id(&mut self) -> uuid::Uuid {
        uuid::Uuid::from_u64_pair(self.0.next_u64(), self.0.next_u64())
    }
}
