//! Batches that nothing befalls.

use std::collections::BTreeSet;
use std::sync::Arc;

use cj_core::change::{ComparisonState, CompletionReason, Phase};
use cj_core::config::Settings;
use cj_core::store::Store;

use super::driver::{COMPLETION, Driver, hundred, judged, request};
use crate::audit::audit;

/// Ten essays, one pass: 45 comparisons, all decided, completed, one completion event with the job's id in it.
pub async fn full_batch_lifecycle(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 10, Settings::builder().max_resampling_passes(0)).await;
    let rows = driver.comparisons(id).await;
    assert_eq!(rows.len(), 45);
    let pairs: BTreeSet<_> = rows
        .iter()
        .map(|row| (row.essay_a.clone().min(row.essay_b.clone()), row.essay_a.clone().max(row.essay_b.clone())))
        .collect();
    assert_eq!(pairs.len(), 45, "every pair once");
    assert_eq!(driver.ask().await.len(), 45);
    let receipt = driver.take(rows.iter().map(judged)).await;
    assert_eq!((receipt.taken, receipt.repeated, receipt.dead), (45, 0, 0));
    assert!(receipt.work.contains(&id), "the worker is told that it has the next move");
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let record = driver.record(id).await;
    assert_eq!(record.state.counters.decided, 45);
    assert_eq!(record.state.completed_at, Some(driver.service.now()));
    assert!(record.state.next_deadline.is_none() && record.state.lease.is_none());
    let results = driver.results(id).await;
    let ranked: Vec<_> = results.iter().map(|result| result.essay_id.as_str()).collect();
    let best_first: Vec<_> = (0..10).rev().map(|ordinal| format!("essay-{ordinal:04}")).collect();
    assert_eq!(ranked, best_first);
    let events = driver.events(id).await;
    assert_eq!(events.iter().map(|event| event.event_type.as_str()).collect::<Vec<_>>(), COMPLETION);
    let thin: serde_json::Value = serde_json::from_slice(&events[1].payload).expect("the event is JSON");
    assert_eq!(thin["data"]["cj_assessment_job_id"], id.to_string());
    assert_eq!(thin["correlation_id"], record.header.correlation_id.to_string());
    audit(&*driver.store, id).await;
    assert_eq!(driver.event_names(id).await, COMPLETION, "nothing more comes");
}

/// Batches of 4 to 11 essays come to their end by the answers alone: the monitor never runs.
pub async fn four_to_eleven_essays_finish_without_monitor(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    for essays in 4..=11 {
        let id = driver.start(&format!("{essays} essays"), essays, Settings::builder()).await;
        let phase = driver.finish(id).await;
        assert!(matches!(phase, Phase::Completed(_)), "{essays} essays: {phase:?}");
        assert_eq!(driver.results(id).await.len(), essays as usize);
        assert_eq!(driver.event_names(id).await, COMPLETION);
        audit(&*driver.store, id).await;
    }
}

/// The same request again finds the same batch, at any time, and changes nothing.
pub async fn a_request_makes_one_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = || Settings::builder().max_resampling_passes(0);
    let id = driver.start("batch", 5, settings()).await;
    let before = driver.record(id).await;
    let again = driver.service.submit(request("batch", 5, settings())).await.expect("the request is good");
    assert_eq!(again, id);
    assert_eq!(driver.record(id).await, before);
    driver.finish(id).await;
    let ended = driver.record(id).await;
    assert_eq!(driver.service.submit(request("batch", 5, settings())).await.expect("the request is good"), id);
    assert_eq!(driver.record(id).await, ended);
    assert_eq!(driver.event_names(id).await, COMPLETION);
    let other = driver.service.submit(request("another", 5, settings())).await.expect("the request is good");
    assert_ne!(other, id);
}

/// A hundred verdicts at once, each by a worker of its own: every one is counted once, and the batch completes.
pub async fn hundred_concurrent_verdicts(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred()).await;
    let rows = driver.comparisons(id).await;
    assert_eq!(rows.len(), 100);
    driver.ask().await;
    let workers = rows.iter().enumerate().map(|(n, row)| {
        let service = driver.colleague(&format!("worker {n}"));
        let answer = cj_core::service::Answer::of(judged(row));
        tokio::spawn(async move {
            for _ in 0..1_000 {
                match service.take_verdicts(std::slice::from_ref(&answer)).await {
                    Ok(receipt) => return receipt.taken,
                    Err(error) => assert!(error.is_retryable(), "{error}"),
                }
                tokio::task::yield_now().await;
            }
            panic!("the answer was not taken in 1000 tries");
        })
    });
    let mut taken = 0;
    for worker in workers.collect::<Vec<_>>() {
        taken += worker.await.expect("the worker ends");
    }
    assert_eq!(taken, 100);
    let record = driver.record(id).await;
    assert_eq!(record.state.counters.decided, 100);
    assert_eq!(record.state.phase.name(), "SCORING");
    audit(&*driver.store, id).await;
    let counted: BTreeSet<_> = driver.decisions(id).await.iter().filter_map(|decision| decision.counted).collect();
    assert_eq!(counted, (1..=100).collect());
    // Its lease is that of the worker who took the last answer.
    driver.later(record.header.settings.lease());
    assert_eq!(
        driver.service.advance(id).await.expect("the batch is scored"),
        Phase::Completed(CompletionReason::BudgetExhausted)
    );
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A hundred comparisons, 80 % enough, no grace: with the 80th decided the batch is scored, and the flag is set.
pub async fn partial_completion_at_threshold(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().completion_threshold_pct(80).straggler_grace_s(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..79].iter().map(judged)).await;
    let before = driver.record(id).await.state;
    assert_eq!((before.phase.name(), before.partial_scoring_triggered), ("WAITING_CALLBACKS", false));
    driver.take([judged(&rows[79])]).await;
    let after = driver.record(id).await.state;
    assert_eq!((after.phase.name(), after.partial_scoring_triggered), ("SCORING", true));
    audit(&*driver.store, id).await;

    // Stragglers count whenever they come before the batch ends.
    driver.take(rows[80..90].iter().map(judged)).await;
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert!(!phase.is_terminal(), "ten answers are still due: {phase:?}");
    driver.take(rows[90..].iter().map(judged)).await;
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
    let counters = driver.record(id).await.state.counters;
    assert_eq!(counters.decided, 100);
    assert!(driver.comparisons(id).await.iter().all(|row| row.state == ComparisonState::Decided));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A judge who never errs makes the scores reliable before the budget is spent: the batch ends there, and says so.
pub async fn reliable_scores_end_a_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().rounds_per_wave(2).target_reliability(Some(0.7))).await;
    let mut phase = driver.record(id).await.state.phase;
    for _ in 0..10 {
        if phase.is_terminal() {
            break;
        }
        driver.ask().await;
        let open = driver.comparisons(id).await.into_iter().filter(|row| row.state.is_open());
        driver.take(open.map(|row| judged(&row))).await;
        phase = driver.service.advance(id).await.expect("the batch goes on");
    }
    assert_eq!(phase, Phase::Completed(CompletionReason::TargetReliability));
    let state = driver.record(id).await.state;
    assert!(state.counters.decided < 100, "{:?}", state.counters);
    let sheet = state.result.and_then(|result| result.sheet.clone()).expect("a completed batch has scores");
    let reliability = sheet.reliability.expect("the batch ended on it");
    assert!(reliability.low >= 0.7 && reliability.low <= reliability.median, "{reliability:?}");
    audit(&*driver.store, id).await;
}

/// The assignment of the request is in the result that is published, and is found with the batch.
pub async fn assignment_id_flows_from_request_to_results(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 4, Settings::builder().max_resampling_passes(0)).await;
    driver.finish(id).await;
    assert_eq!(driver.record(id).await.header.assignment_id.as_deref(), Some("assignment-1"));
    let events = driver.events(id).await;
    let rich = events.iter().find(|event| event.event_type == "AssessmentResultV1").expect("a result is published");
    let rich: serde_json::Value = serde_json::from_slice(&rich.payload).expect("the event is JSON");
    assert_eq!(rich["data"]["assignment_id"], "assignment-1");
}
