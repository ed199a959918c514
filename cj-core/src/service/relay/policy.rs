//! How a relay behaves.

use chrono::TimeDelta;
use uuid::Uuid;

use crate::id::EventId;
use crate::store::BehindParked;

/// How a relay behaves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct RelayPolicy {
    /// At most so many events are claimed in one pass.
    pub limit: u32,
    /// Events that were claimed and not settled for so long are given out again: a relay that died had them.
    pub lease: TimeDelta,
    /// An event that failed so often is parked.
    pub max_attempts: u32,
    /// The pause after the first failure; it doubles with every further one.
    pub first_pause: TimeDelta,
    /// The longest pause.
    pub longest_pause: TimeDelta,
    /// The pause after the receiver could not be reached at all.
    pub unreachable_pause: TimeDelta,
    /// What becomes of events behind a parked one of their key.
    pub behind_parked: BehindParked,
}

impl Default for RelayPolicy {
    /// 5 000 events, 60 s, ten attempts, pauses from 1 s to 5 min, 5 s where nothing is reached; what is behind a parked event
    /// waits.
    fn default() -> Self {
        Self {
            limit: 5_000,
            lease: TimeDelta::seconds(60),
            max_attempts: 10,
            first_pause: TimeDelta::seconds(1),
            longest_pause: TimeDelta::minutes(5),
            unreachable_pause: TimeDelta::seconds(5),
            behind_parked: BehindParked::Wait,
        }
    }
}

impl RelayPolicy {
    /// The pause after an event's `attempts`-th failure.
    ///
    /// It doubles with every failure up to the longest, and is drawn between half of that and all of it, by the event's id
    /// and attempt: events that failed together do not come again together, and the same failure pauses alike everywhere.
    pub fn pause(&self, id: EventId, attempts: u32) -> TimeDelta {
        let doublings = attempts.saturating_sub(1).min(MAX_DOUBLINGS);
        let whole =
            self.first_pause.checked_mul(1 << doublings).map_or(self.longest_pause, |it| it.min(self.longest_pause));
        jittered(whole, id, attempts)
    }

    /// The pause of an event whose receiver could not be reached.
    pub fn pause_unreachable(&self, id: EventId, attempts: u32) -> TimeDelta {
        jittered(self.unreachable_pause, id, attempts)
    }
}

fn jittered(whole: TimeDelta, id: EventId, attempts: u32) -> TimeDelta {
    let drawn = Uuid::new_v5(&id.as_uuid(), &attempts.to_be_bytes()).as_u128() >> 96;
    let half_ms = i128::from(whole.num_milliseconds().max(0)) / 2;
    // `drawn` is below 2³²: a share of the other half.
    let share_ms = (half_ms * drawn.cast_signed()) >> 32;
    TimeDelta::milliseconds(i64::try_from(half_ms + share_ms).unwrap_or(i64::MAX / 1_000))
}

const MAX_DOUBLINGS: u32 = 20;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_pause_lies_between_half_and_whole_and_is_the_same_again(id in any::<u128>(), attempts in 1_u32..100) {
            let policy = RelayPolicy::default();
            let id = EventId::new(Uuid::from_u128(id));
            let whole = TimeDelta::seconds(1_i64 << (attempts - 1).min(20)).min(TimeDelta::minutes(5));
            let pause = policy.pause(id, attempts);
            prop_assert!(pause >= whole / 2 && pause <= whole, "{pause} of {whole}");
            prop_assert_eq!(pause, policy.pause(id, attempts));
        }
    }

    #[test]
    fn events_that_failed_together_do_not_come_again_together() {
        let policy = RelayPolicy::default();
        let pauses = (0..1_000_u128).map(|id| policy.pause(EventId::new(Uuid::from_u128(id)), 9));
        let different: std::collections::BTreeSet<_> = pauses.collect();
        assert!(different.len() > 900, "only {} pauses", different.len());
    }

    #[test]
    fn odd_policies_give_pauses_all_the_same() {
        let odd = RelayPolicy { first_pause: TimeDelta::MAX, longest_pause: TimeDelta::MAX, ..RelayPolicy::default() };
        assert!(odd.pause(EventId::new(Uuid::nil()), u32::MAX) > TimeDelta::days(1));
        let none = RelayPolicy { first_pause: TimeDelta::zero(), ..RelayPolicy::default() };
        assert_eq!(none.pause(EventId::new(Uuid::nil()), 3), TimeDelta::zero());
    }
}
