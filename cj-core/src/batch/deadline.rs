//! When a batch wants to be woken, and what is done then.

use chrono::{DateTime, Utc};

use super::machine::{Batch, Folded, Loaded};
use super::{Context, Rejection};
use crate::change::{BatchState, ChangeSet, FailureReason, Phase, ScoringCause};
use crate::event::ErrorCode;
use crate::id::ComparisonId;

/// The share of asked questions that must be decided for an idle batch to be worth a scale.
const RECOVERABLE_SHARE: f64 = 0.8;

impl Batch {
    /// The next time something is due: never later than the truth, for not every open comparison is at hand.
    pub(super) fn deadline(&mut self, before: &BatchState, cx: &Context<'_>) -> Option<DateTime<Utc>> {
        if self.state.phase.is_terminal() {
            return None;
        }
        let idle = self.header.settings.batch_timeout().map(|timeout| self.state.last_activity_at + timeout);
        if self.state.phase.is_work() {
            // Whoever works on it is not idle, so that nothing is due before the lease ends.
            return Some(self.state.lease.as_ref().map_or(cx.now, |lease| lease.until));
        }
        let open = self.deadlines.earliest(&self.comparisons);
        let grace = self.state.wave.threshold_reached_at.map(|at| at + self.header.settings.straggler_grace());
        let grace = if self.waits_for_wave() { grace } else { None };
        let stored = match (self.loaded, before.phase) {
            (Loaded::AllOpen, _) => None,
            (Loaded::Named, Phase::Waiting(_)) => before.next_deadline,
            (Loaded::Named, _) => Some(cx.now),
        };
        [idle, open, grace, stored].into_iter().flatten().min().or(Some(cx.now))
    }

    /// Does what is due. What is not due any more is passed over; the deadline is worked out anew.
    pub(super) fn deadline_passed(&mut self, cx: &Context<'_>, change: &mut ChangeSet) -> Result<Folded, Rejection> {
        if self.loaded == Loaded::Named {
            return Err(Rejection::WrongPhase {
                input: "DeadlinePassed without every open comparison",
                phase: self.state.phase,
            });
        }
        if self.state.lease.as_ref().is_some_and(|lease| lease.until > cx.now) {
            return Ok(Folded::Nothing);
        }
        if self.is_idle(cx) {
            return self.recover_or_fail(cx, change);
        }
        if self.state.phase.is_work() {
            let phase = self.state.phase;
            self.enter_work(phase, cx);
            return Ok(Folded::Quiet);
        }
        let due = |c: &&crate::change::ComparisonRecord| c.state.is_open() && c.deadline <= cx.now;
        let expired: Vec<ComparisonId> = self.comparisons.values().filter(due).map(|c| c.id).collect();
        for id in expired {
            self.expire(id, cx, change)?;
            if self.state.phase.is_terminal() {
                return Ok(Folded::Quiet);
            }
        }
        self.settle(cx);
        Ok(Folded::Quiet)
    }

    fn is_idle(&self, cx: &Context<'_>) -> bool {
        let timeout = self.header.settings.batch_timeout();
        timeout.is_some_and(|timeout| self.state.last_activity_at + timeout <= cx.now)
    }

    fn recover_or_fail(&mut self, cx: &Context<'_>, change: &mut ChangeSet) -> Result<Folded, Rejection> {
        let counters = &self.state.counters;
        let asked = f64::from(counters.questions_asked);
        if asked > 0.0 && f64::from(counters.questions_decided()) >= RECOVERABLE_SHARE * asked {
            self.enter_work(Phase::Scoring(ScoringCause::Forced), cx);
        } else {
            self.fail(FailureReason::StuckTimeout, cx, change)?;
        }
        Ok(Folded::Activity)
    }

    fn expire(&mut self, id: ComparisonId, cx: &Context<'_>, change: &mut ChangeSet) -> Result<(), Rejection> {
        self.attempt_expired(id, ErrorCode::TIMEOUT, cx, change)
    }
}
