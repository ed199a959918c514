//! A batch in one line.

use cj_core::change::Phase;
use cj_core::read::BatchProgress;
use cj_core::store::Erasure;

use crate::output::BatchSummary;

/// How far a batch is, and what was erased of it, as the outputs show it.
pub fn summary(progress: &BatchProgress, erasure: Option<&Erasure>) -> BatchSummary {
    let reason = match progress.phase {
        Phase::Cancelled => Some("cancelled"),
        _ => progress.reason.filter(|_| progress.has_ended),
    };
    let erased = erasure.map(|erasure| if erasure.scores_at.is_some() { "texts_and_scores" } else { "texts" });
    BatchSummary {
        id: progress.id.to_string(),
        phase: progress.phase.name().to_owned(),
        reason: reason.map(str::to_owned),
        asked: u64::from(progress.attempts.asked),
        decided: u64::from(progress.attempts.decided),
        failed: u64::from(progress.questions.failed),
        budget: u64::from(progress.budget.limit),
        waves: u64::from(progress.wave.number),
        erased: erased.map(str::to_owned),
    }
}
