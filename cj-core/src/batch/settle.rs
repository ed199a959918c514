//! When a wave is settled, and when a batch can no longer succeed.

use super::machine::Batch;
use super::{Context, Rejection};
use crate::change::{ChangeSet, FailureReason, Phase, ScoringCause, WaitingFor};

/// Shares are compared with this much slack, so that 16 of 20 is 80 %.
const SLACK: f64 = 1e-9;

impl Batch {
    pub(super) fn waits_for_wave(&self) -> bool {
        self.state.phase == Phase::Waiting(WaitingFor::Wave)
    }

    /// Moves a waiting batch to scoring when what it waits for is there.
    pub(super) fn settle(&mut self, cx: &Context<'_>) {
        let Phase::Waiting(what) = self.state.phase else { return };
        let settled = match what {
            WaitingFor::Stragglers => self.state.counters.open() == 0,
            WaitingFor::Wave => self.state.wave.open() == 0 || self.threshold_passed(cx),
        };
        if settled {
            self.enter_work(Phase::Scoring(ScoringCause::WaveSettled), cx);
        }
    }

    fn threshold_passed(&mut self, cx: &Context<'_>) -> bool {
        let settings = &self.header.settings;
        let wave = &mut self.state.wave;
        let enough =
            u64::from(wave.decided) * 100 >= u64::from(wave.questions) * u64::from(settings.completion_threshold_pct());
        if !enough {
            return false;
        }
        let reached = *wave.threshold_reached_at.get_or_insert(cx.now);
        let passed = reached + settings.straggler_grace() <= cx.now;
        if passed {
            self.state.partial_scoring_triggered = true;
        }
        passed
    }

    /// Whether the success rate can no longer be met, even if every open question succeeds.
    pub(super) fn is_hopeless(&self) -> bool {
        is_hopeless(
            self.state.counters.questions_decided(),
            self.state.counters.open(),
            self.state.counters.failed,
            self.header.settings.min_success_rate(),
        )
    }

    /// Fails a batch that can no longer succeed.
    pub(super) fn check_success(&mut self, cx: &Context<'_>, change: &mut ChangeSet) -> Result<(), Rejection> {
        if self.is_hopeless() { self.fail(FailureReason::LowSuccessRate, cx, change) } else { Ok(()) }
    }
}

/// Rule 1: `decided / (decided + finally failed)` stays below the least even if every open question succeeds; no success
/// with nothing open never is one.
pub(super) fn is_hopeless(decided: u32, open: u32, failed: u32, least: f64) -> bool {
    if failed == 0 {
        return false;
    }
    let best = f64::from(decided) + f64::from(open);
    best + SLACK < least * (best + f64::from(failed)) || best == 0.0
}

#[cfg(test)]
mod tests {
    use super::{SLACK, is_hopeless};

    #[test]
    fn the_fifth_failure_of_twenty_is_one_too_many() {
        assert!(!is_hopeless(5, 11, 4, 0.8));
        assert!(is_hopeless(5, 10, 5, 0.8));
        assert!(is_hopeless(0, 0, 1, 0.0));
        assert!(!is_hopeless(0, 0, 0, 0.8));
    }

    #[test]
    fn a_rate_that_is_met_but_for_rounding_is_met() {
        assert!(!is_hopeless(1, 0, 1, 0.5 + SLACK / 2.0));
        assert!(is_hopeless(1, 0, 1, 0.5 + SLACK));
    }
}
