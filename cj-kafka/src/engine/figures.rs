//! What happens to batches, as metrics.

use chrono::TimeDelta;
use cj_core::change::{AttemptStep, DecisionRole, FailureReason, Occurrence, Phase};
use cj_core::event::ErrorCode;
use cj_core::port::Observer;

/// Counts what happens to batches through the crate `metrics`: hand it to [`cj_core::service::Service::with_observer`].
///
/// | name | kind, labels | counts |
/// |---|---|---|
/// | `cj_batches_requested_total` | counter | batches that were requested |
/// | `cj_batches_ended_total` | counter; `phase`, `reason` | batches that ended |
/// | `cj_phase_duration_seconds` | histogram; `phase` | seconds in a phase, when it is left |
/// | `cj_workflow_decisions_total` | counter; `decision` | what was decided after scorings: `another_wave`, `wait`, or the reason of the end |
/// | `cj_comparisons_total` | counter; `status` | attempts of questions: `planned`, `asked`, `decided`, `failed`, `refused`, `expired`, `withdrawn` |
/// | `cj_failed_comparisons_total` | counter; `status`, `error_code` | attempts that came to nothing; codes that are not known count as `other` |
/// | `cj_callbacks_processed_total` | counter; `status` | answers: `counted`, `failed`, `late`, `conflict`, `duplicate` |
/// | `cj_callback_latency_seconds` | histogram | seconds from the question to its answer |
/// | `cj_orphan_callbacks_total` | counter | answers to questions that nobody asked |
/// | `cj_dead_letters_total` | counter; `consumer`, `reason` | messages that could not be used; those that nobody could even read have the consumer `cj_refused`, and `kafka_dead_letters` counts them by topic |
/// | `cj_units_overtaken_total` | counter | units of work that were run again |
///
/// They count commits that are known to hold, on this worker, since its start: sums over workers are short of what the rows say
/// by what was in hand when a worker died.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct BatchMetrics;

impl BatchMetrics {
    /// Counts what happens, and says what the figures are.
    pub fn new() -> Self {
        use metrics::{Unit, describe_counter, describe_histogram};
        describe_counter!("cj_batches_requested_total", "Batches that were requested");
        describe_counter!("cj_batches_ended_total", "Batches that ended, by phase and reason");
        describe_histogram!("cj_phase_duration_seconds", Unit::Seconds, "Time in a phase, when it is left");
        describe_counter!("cj_workflow_decisions_total", "What was decided after scorings");
        describe_counter!("cj_comparisons_total", "Attempts of questions, by how far they came");
        describe_counter!("cj_failed_comparisons_total", "Attempts that came to nothing, by code");
        describe_counter!("cj_callbacks_processed_total", "Answers, by what became of them");
        describe_histogram!("cj_callback_latency_seconds", Unit::Seconds, "Time from a question to its answer");
        describe_counter!("cj_orphan_callbacks_total", "Answers to questions that nobody asked");
        describe_counter!("cj_dead_letters_total", "Messages that could not be used");
        describe_counter!("cj_units_overtaken_total", "Units of work that were run again");
        Self
    }
}

impl Observer for BatchMetrics {
    fn observe(&self, occurrences: &[Occurrence]) {
        for occurrence in occurrences {
            match occurrence {
                Occurrence::Answer { role, verdict, waited, .. } => {
                    let status = match role {
                        DecisionRole::Counted if verdict.is_none() => "failed",
                        role => role.code(),
                    };
                    answers(status, 1);
                    if let Some(waited) = waited {
                        metrics::histogram!("cj_callback_latency_seconds").record(seconds(*waited));
                    }
                }
                Occurrence::Attempt { step, error_code, .. } => attempt(*step, error_code.as_ref()),
                Occurrence::DeadLetter { consumer, reason } => dead_letter(consumer, reason),
                Occurrence::Overtaken => metrics::counter!("cj_units_overtaken_total").increment(1),
                Occurrence::Repeated { answers: count } => answers("duplicate", u64::from(*count)),
                Occurrence::Transition { from, to, after, .. } => transition(*from, *to, *after),
                _ => {}
            }
        }
    }
}

fn answers(status: &'static str, count: u64) {
    metrics::counter!("cj_callbacks_processed_total", "status" => status).increment(count);
}

fn attempt(step: AttemptStep, code: Option<&ErrorCode>) {
    metrics::counter!("cj_comparisons_total", "status" => step.code()).increment(1);
    if let Some(code) = code {
        let labels = [("status", step.code()), ("error_code", known(code))];
        metrics::counter!("cj_failed_comparisons_total", &labels).increment(1);
    }
}

fn dead_letter(consumer: &str, reason: &str) {
    if reason == ORPHAN {
        metrics::counter!("cj_orphan_callbacks_total").increment(1);
    }
    let labels = [("consumer", consumer.to_owned()), ("reason", reason.to_owned())];
    metrics::counter!("cj_dead_letters_total", &labels).increment(1);
}

fn transition(from: Option<Phase>, to: Phase, after: TimeDelta) {
    let reason = to.reason().unwrap_or("cancelled");
    match from {
        None => metrics::counter!("cj_batches_requested_total").increment(1),
        Some(from) => metrics::histogram!("cj_phase_duration_seconds", "phase" => from.name()).record(seconds(after)),
    }
    if to.is_terminal() {
        let labels = [("phase", to.name()), ("reason", reason)];
        metrics::counter!("cj_batches_ended_total", &labels).increment(1);
    }
    // An owner may end a batch while it is scored, and a monitor may find it idle: neither was decided by a scoring.
    let decision = match (from, to) {
        (Some(Phase::Scoring(_)), Phase::Pairing) => "another_wave",
        (Some(Phase::Scoring(_)), Phase::Waiting(_)) => "wait",
        (Some(Phase::Scoring(_)), Phase::Completed(_) | Phase::Failed(FailureReason::LowSuccessRate)) => reason,
        _ => return,
    };
    metrics::counter!("cj_workflow_decisions_total", "decision" => decision).increment(1);
}

fn seconds(time: TimeDelta) -> f64 {
    time.as_seconds_f64().max(0.0)
}

/// A code as a label: judges may send any text, and a label must not take any number of values.
fn known(code: &ErrorCode) -> &'static str {
    KNOWN.iter().copied().find(|known| *known == code.as_str()).unwrap_or("other")
}

/// The reason under which answers to unknown comparisons are kept.
const ORPHAN: &str = "unknown_comparison";

const KNOWN: &[&str] = &[
    "AUTHENTICATION_ERROR",
    "CIRCUIT_BREAKER_OPEN",
    "CONNECTION_ERROR",
    "EXTERNAL_SERVICE_ERROR",
    "INVALID_REQUEST",
    "INVALID_RESPONSE",
    "LLM_API_ERROR",
    "LLM_CALLBACK_TOPIC_MISSING",
    "LLM_CONFIGURATION_ERROR",
    "LLM_CONTENT_TOO_LONG",
    "LLM_COST_LIMIT_EXCEEDED",
    "LLM_INTERNAL_ERROR",
    "LLM_INVALID_CALLBACK_TOPIC",
    "LLM_INVALID_CONFIG",
    "LLM_INVALID_PROMPT",
    "LLM_INVALID_RESPONSE",
    "LLM_PARSING_ERROR",
    "LLM_PROVIDER_API_ERROR",
    "LLM_PROVIDER_RATE_LIMIT",
    "LLM_PROVIDER_TIMEOUT",
    "LLM_PROVIDER_UNAVAILABLE",
    "LLM_QUEUE_FULL",
    "LLM_RATE_LIMIT",
    "LLM_TIMEOUT",
    "PARSING_ERROR",
    "PROCESSING_ERROR",
    "QUOTA_EXCEEDED",
    "RATE_LIMIT",
    "RESOURCE_NOT_FOUND",
    "SERVICE_UNAVAILABLE",
    "TIMEOUT",
    "UNKNOWN_ERROR",
    "VALIDATION_ERROR",
];

#[cfg(test)]
mod tests;
