//! The reason of an ending is true.

use chrono::{DateTime, Utc};
use cj_core::change::{CompletionReason, FailureReason, Phase};

use super::Invariant;
use crate::sim::Snapshot;

/// A batch ended for the reason that it gives.
pub(super) struct TrueReason;

impl Invariant for TrueReason {
    fn name(&self) -> &'static str {
        "the reason of an ending is true"
    }

    fn on_change(&mut self, _before: Option<&Snapshot>, after: &Snapshot, now: DateTime<Utc>) -> Result<(), String> {
        let (header, state) = (&after.record.header, &after.record.state);
        let (settings, counters) = (&header.settings, &state.counters);
        let sheet = state.result.as_ref().and_then(|result| result.sheet.as_ref());
        let reliability = sheet.and_then(|sheet| sheet.reliability.as_ref());
        let open = counters.open();
        let is_true = match state.phase {
            Phase::Completed(reason) => {
                let rate = settings.min_success_rate() * f64::from(counters.questions_decided() + counters.failed);
                let enough = f64::from(counters.questions_decided() + open) + 1e-9 >= rate;
                enough
                    && match reason {
                        CompletionReason::BudgetExhausted => counters.left() == 0,
                        CompletionReason::TargetReliability => {
                            let target = settings.target_reliability();
                            target.is_some_and(|target| reliability.is_some_and(|found| found.low >= target))
                        }
                        CompletionReason::Stable => settings.score_stability_threshold().is_some(),
                        CompletionReason::NoSignal => reliability.is_some_and(|found| found.p_no_signal >= 0.5),
                        CompletionReason::InsufficientEssays => counters.planned == 0,
                        CompletionReason::ForcedRecovery => settings.batch_timeout().is_some(),
                        CompletionReason::PairsExhausted => counters.left() > 0,
                    }
            }
            Phase::Failed(reason) => match reason {
                FailureReason::LowSuccessRate => counters.failed > 0,
                FailureReason::StuckTimeout => {
                    settings.batch_timeout().is_some_and(|timeout| header.created_at + timeout <= now)
                }
                FailureReason::DuplicateEssayIds | FailureReason::NoStudents | FailureReason::NoUsableText => {
                    counters.planned == 0
                }
            },
            _ => true,
        };
        if is_true { Ok(()) } else { Err(format!("{} with {counters:?}", state.phase)) }
    }
}
