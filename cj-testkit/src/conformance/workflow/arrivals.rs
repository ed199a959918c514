//! Answers that meet each other, or the end.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonState, CompletionReason, DecisionRole, Evidence, Outcome, Phase, Verdict};
use cj_core::config::Settings;
use cj_core::event::ErrorCode;
use cj_core::service::Answer;
use cj_core::store::Store;

use super::driver::{COMPLETION, Driver, FAILURE, contradicted, hundred, in_message, judged};
use crate::audit::audit;
use crate::fixture::error_code;

/// A batch is cancelled while workers take its answers: each answer is counted or late, none is lost, and the end is told once.
pub async fn cancel_while_verdicts_arrive(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 10, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..10].iter().map(judged)).await;
    let takers = rows[10..40].iter().enumerate().map(|(n, row)| {
        let (service, answer) = (driver.colleague(&format!("worker {n}")), Answer::of(judged(row)));
        tokio::spawn(async move {
            loop {
                match service.take_verdicts(std::slice::from_ref(&answer)).await {
                    Ok(receipt) => return receipt.taken,
                    Err(error) => assert!(error.is_retryable(), "{error}"),
                }
                tokio::task::yield_now().await;
            }
        })
    });
    let takers: Vec<_> = takers.collect();
    let owner = driver.colleague("owner");
    let cancels = tokio::spawn(async move {
        while let Err(error) = owner.cancel(id).await {
            assert!(error.is_retryable(), "{error}");
            tokio::task::yield_now().await;
        }
    });
    let mut taken = 0;
    for taker in takers {
        taken += taker.await.expect("the worker ends");
    }
    cancels.await.expect("the owner is heard");
    assert_eq!(taken, 30, "every answer was acknowledged with an effect");
    let ended = driver.record(id).await;
    assert_eq!(ended.state.phase, Phase::Cancelled);
    audit(&*driver.store, id).await;

    driver.take(rows[40..].iter().map(judged)).await;
    let decisions = driver.decisions(id).await;
    let of = |role| decisions.iter().filter(|decision| decision.role == role).count();
    assert_eq!(of(DecisionRole::Counted), ended.state.counters.decided as usize);
    assert_eq!(of(DecisionRole::Counted) + of(DecisionRole::Late), 45);
    assert!(of(DecisionRole::Counted) >= 10 && of(DecisionRole::Late) >= 5);
    assert_eq!(driver.record(id).await, ended);
    assert_eq!(driver.ask().await, []);
    assert_eq!(driver.event_names(id).await, FAILURE);
    audit(&*driver.store, id).await;
}

/// A second answer that says something else is kept whole, as a conflict, and counts nowhere; a third too. That holds for an
/// answer to an attempt that failed for good.
pub async fn conflicting_second_verdict_is_kept_for_audit(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 4, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    let refused = Verdict::failed(rows[1].id, error_code("CONTENT_REFUSED"));
    driver.take([judged(&rows[0]), refused]).await;
    let before = driver.record(id).await;
    let evidence = Evidence { justification: Some("på nytt".to_owned()), cost: Some(0.25), ..Evidence::default() };
    let second = Verdict { evidence: evidence.clone(), ..contradicted(&rows[0]) };
    let tie = Verdict { outcome: Outcome::Decided(cj_core::change::Winner::Tie), ..judged(&rows[0]) };
    let answers = [
        in_message("second", second),
        in_message("third", tie),
        in_message("first again", judged(&rows[0])),
        in_message("after the failure", judged(&rows[1])),
    ];
    let receipt = driver.service.take_verdicts(&answers).await.expect("the slice is acknowledged");
    assert_eq!((receipt.taken, receipt.repeated, receipt.dead), (3, 1, 0));
    assert_eq!(driver.record(id).await, before, "counters, phase and deadline stay");
    let after = driver.comparisons(id).await;
    assert_eq!(
        (after[0].state, after[0].verdict, after[0].decisions),
        (ComparisonState::Decided, winner(&judged(&rows[0])), 3)
    );
    assert_eq!((after[1].state, after[1].verdict, after[1].decisions), (ComparisonState::Failed, None, 2));
    let decisions = driver.decisions(id).await;
    let conflicts: Vec<_> = decisions.iter().filter(|decision| decision.role == DecisionRole::Conflict).collect();
    assert_eq!(conflicts.len(), 3);
    assert!(conflicts.iter().all(|conflict| conflict.counted.is_none()));
    let kept = conflicts.iter().find(|conflict| conflict.evidence == evidence).expect("it is kept as it came");
    assert_eq!((kept.verdict, kept.ordinal), (winner(&contradicted(&rows[0])), 1));
    audit(&*driver.store, id).await;
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    let best = driver.results(id).await.into_iter().find(|result| result.rank == 1).expect("there are results");
    assert_eq!(best.essay_id, crate::fixture::essay_id(3), "what was not counted moves no score");
}

fn winner(verdict: &Verdict) -> Option<cj_core::change::Winner> {
    match verdict.outcome {
        Outcome::Decided(winner) => Some(winner),
        Outcome::Failed { .. } => None,
    }
}

/// Stragglers count within the grace, while the wave is scored, and after that, until the batch ends.
pub async fn stragglers_count_within_grace(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().completion_threshold_pct(90).straggler_grace_s(60)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    let state = async || driver.record(id).await.state;
    driver.take(rows[..90].iter().map(judged)).await;
    let reached = driver.service.now();
    assert_eq!(state().await.wave.threshold_reached_at, Some(reached));
    driver.later(TimeDelta::seconds(59));
    driver.take(rows[90..95].iter().map(judged)).await;
    let waiting = state().await;
    assert_eq!((waiting.phase.name(), waiting.counters.decided), ("WAITING_CALLBACKS", 95));
    assert_eq!(waiting.wave.threshold_reached_at, Some(reached), "another straggler does not begin the grace anew");
    assert!(!waiting.partial_scoring_triggered);
    driver.later(TimeDelta::seconds(1));
    assert!(driver.service.wake(10).await.expect("the monitor runs").contains(&id));
    let scoring = state().await;
    assert_eq!((scoring.phase.name(), scoring.partial_scoring_triggered), ("SCORING", true));
    driver.take(rows[95..98].iter().map(judged)).await;
    assert_eq!((state().await.phase, state().await.counters.decided), (scoring.phase, 98));
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert_eq!(phase.name(), "WAITING_CALLBACKS", "two answers are due before their deadline");
    driver.take(rows[98..].iter().map(judged)).await;
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
    assert_eq!(state().await.counters.decided, 100);
    let sheet = state().await.result.and_then(|result| result.sheet.clone()).expect("there is a scale");
    assert_eq!(sheet.watermark, 100, "every straggler is in the last scale");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// Every code that is known, one that nobody knows, and the longest possible are stored as they came, beside the answer and
/// at the comparison; only those that are known to pass are asked again.
pub async fn error_code_is_stored_as_text(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let longest = "Ö".repeat(100);
    let final_codes = [
        "CIRCUIT_BREAKER_OPEN",
        "INVALID_REQUEST",
        "INVALID_RESPONSE",
        "PARSING_ERROR",
        "PROCESSING_ERROR",
        "RESOURCE_NOT_FOUND",
        "UNKNOWN_ERROR",
        "VALIDATION_ERROR",
        "A_CODE_OF_NEXT_YEAR",
        longest.as_str(),
    ];
    let passing = [
        "CONNECTION_ERROR",
        "EXTERNAL_SERVICE_ERROR",
        "LLM_API_ERROR",
        "LLM_INTERNAL_ERROR",
        "LLM_INVALID_RESPONSE",
        "LLM_PARSING_ERROR",
        "LLM_PROVIDER_API_ERROR",
        "LLM_PROVIDER_RATE_LIMIT",
        "LLM_PROVIDER_TIMEOUT",
        "LLM_PROVIDER_UNAVAILABLE",
        "LLM_QUEUE_FULL",
        "LLM_RATE_LIMIT",
        "LLM_TIMEOUT",
        "RATE_LIMIT",
        "SERVICE_UNAVAILABLE",
        "TIMEOUT",
    ];
    let codes: Vec<_> = final_codes.into_iter().chain(passing).collect();
    let settings = Settings::builder().max_resampling_passes(0).min_success_rate(0.1);
    let id = driver.start("batch", 10, settings).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    assert!(rows.len() > codes.len());
    driver.take(rows.iter().zip(&codes).map(|(row, code)| Verdict::failed(row.id, error_code(code)))).await;
    let (after, decisions) = (driver.comparisons(id).await, driver.decisions(id).await);
    for (row, code) in rows.iter().zip(&codes) {
        let stored = after.iter().find(|found| found.id == row.id).expect("the comparison is stored");
        assert_eq!(stored.error_code.as_ref().map(ErrorCode::as_str), Some(*code));
        let answer = decisions.iter().find(|found| found.comparison_id == row.id).expect("the answer is stored");
        assert_eq!(answer.error_code.as_ref().map(ErrorCode::as_str), Some(*code));
        let is_retried = after.iter().any(|found| found.retry_of == Some(row.id));
        assert_eq!(is_retried, passing.contains(code), "{code}");
    }
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.failed, counters.retried), (10, 16));
    audit(&*driver.store, id).await;
}
