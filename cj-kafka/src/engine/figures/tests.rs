use cj_core::change::{CompletionReason, FailureReason, ScoringCause, WaitingFor, Winner};
use cj_core::id::{BatchId, EventId};
use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;

fn told(occurrences: &[Occurrence]) -> String {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || BatchMetrics::new().observe(occurrences));
    recorder.handle().render()
}

fn batch() -> BatchId {
    BatchId::of_request(EventId::of_bytes(b"batch"))
}

fn went(from: Option<Phase>, to: Phase, seconds: i64) -> Occurrence {
    Occurrence::Transition { batch_id: batch(), from, to, after: TimeDelta::seconds(seconds) }
}

fn attempt_at(step: AttemptStep, code: Option<&str>) -> Occurrence {
    let error_code = code.map(|code| ErrorCode::try_from(code).unwrap());
    Occurrence::Attempt { batch_id: batch(), number: 1, step, error_code }
}

fn answered(role: DecisionRole, verdict: Option<Winner>) -> Occurrence {
    Occurrence::Answer { batch_id: batch(), role, verdict, waited: Some(TimeDelta::milliseconds(1_500)) }
}

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.lines().any(|found| found == *line), "{line} is not in:\n{text}");
    }
}

#[test]
fn transitions_are_requests_decisions_endings_and_time() {
    let scoring = Phase::Scoring(ScoringCause::WaveSettled);
    let text = told(&[
        went(None, Phase::Preparing, 0),
        went(Some(Phase::Waiting(WaitingFor::Wave)), scoring, 40),
        went(Some(scoring), Phase::Pairing, 2),
        went(Some(scoring), Phase::Waiting(WaitingFor::Stragglers), 3),
        went(Some(scoring), Phase::Completed(CompletionReason::TargetReliability), 4),
        went(Some(scoring), Phase::Cancelled, 5),
        went(Some(Phase::Pairing), Phase::Failed(FailureReason::StuckTimeout), 6),
    ]);
    assert_lines(
        &text,
        &[
            "cj_batches_requested_total 1",
            "cj_workflow_decisions_total{decision=\"another_wave\"} 1",
            "cj_workflow_decisions_total{decision=\"wait\"} 1",
            "cj_workflow_decisions_total{decision=\"target_reliability\"} 1",
            "cj_batches_ended_total{phase=\"COMPLETED\",reason=\"target_reliability\"} 1",
            "cj_batches_ended_total{phase=\"CANCELLED\",reason=\"cancelled\"} 1",
            "cj_batches_ended_total{phase=\"FAILED\",reason=\"stuck_timeout\"} 1",
            "cj_phase_duration_seconds_sum{phase=\"SCORING\"} 14",
            "cj_phase_duration_seconds_count{phase=\"WAITING_CALLBACKS\"} 1",
        ],
    );
    assert!(!text.contains("decision=\"cancelled\""), "an owner decided that, no scoring:\n{text}");
}

#[test]
fn attempts_and_answers_are_counted_by_what_became_of_them() {
    let letter =
        |reason: &str| Occurrence::DeadLetter { consumer: "cj_verdicts".to_owned(), reason: reason.to_owned() };
    let text = told(&[
        attempt_at(AttemptStep::Asked, None),
        attempt_at(AttemptStep::Failed, Some("RATE_LIMIT")),
        attempt_at(AttemptStep::Expired, Some("TIMEOUT")),
        attempt_at(AttemptStep::Failed, Some("whatever a judge writes")),
        answered(DecisionRole::Counted, Some(Winner::A)),
        answered(DecisionRole::Counted, None),
        answered(DecisionRole::Late, Some(Winner::B)),
        answered(DecisionRole::Conflict, Some(Winner::B)),
        Occurrence::Repeated { answers: 3 },
        letter("unknown_comparison"),
        letter("missing_text"),
        Occurrence::Overtaken,
    ]);
    assert_lines(
        &text,
        &[
            "cj_comparisons_total{status=\"asked\"} 1",
            "cj_comparisons_total{status=\"failed\"} 2",
            "cj_failed_comparisons_total{status=\"failed\",error_code=\"RATE_LIMIT\"} 1",
            "cj_failed_comparisons_total{status=\"failed\",error_code=\"other\"} 1",
            "cj_failed_comparisons_total{status=\"expired\",error_code=\"TIMEOUT\"} 1",
            "cj_callbacks_processed_total{status=\"counted\"} 1",
            "cj_callbacks_processed_total{status=\"failed\"} 1",
            "cj_callbacks_processed_total{status=\"late\"} 1",
            "cj_callbacks_processed_total{status=\"conflict\"} 1",
            "cj_callbacks_processed_total{status=\"duplicate\"} 3",
            "cj_callback_latency_seconds_sum 6",
            "cj_orphan_callbacks_total 1",
            "cj_dead_letters_total{consumer=\"cj_verdicts\",reason=\"unknown_comparison\"} 1",
            "cj_dead_letters_total{consumer=\"cj_verdicts\",reason=\"missing_text\"} 1",
            "cj_units_overtaken_total 1",
        ],
    );
}
