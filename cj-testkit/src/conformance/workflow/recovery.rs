//! What the monitor does about batches that nobody moves.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonState, CompletionReason, FailureReason, Phase, Verdict};
use cj_core::config::Settings;
use cj_core::store::Store;

use super::driver::{COMPLETION, Driver, FAILURE, hundred, judged, request};
use crate::audit::audit;
use crate::fixture::error_code;

/// 85 % decided and idle for five hours: the monitor has the batch scored, and it completes, once.
pub async fn monitor_recovers_stuck_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().comparison_timeout_s(24 * 3600)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..85].iter().map(judged)).await;
    driver.later(TimeDelta::hours(3));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty(), "it is not idle for long enough");
    driver.later(TimeDelta::hours(2));
    let work = driver.service.wake(10).await.expect("the monitor runs");
    assert!(work.contains(&id));
    assert_eq!(driver.record(id).await.state.phase.name(), "SCORING");
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert_eq!(phase, Phase::Completed(CompletionReason::ForcedRecovery));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty());
    driver.later(TimeDelta::hours(50));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty());
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// Less than 80 % decided and idle for five hours: the batch fails, once.
pub async fn monitor_fails_hopeless_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().comparison_timeout_s(24 * 3600)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..79].iter().map(judged)).await;
    driver.later(TimeDelta::hours(5));
    driver.service.wake(10).await.expect("the monitor runs");
    assert_eq!(driver.record(id).await.state.phase, Phase::Failed(FailureReason::StuckTimeout));
    assert_eq!(driver.event_names(id).await, FAILURE);
    audit(&*driver.store, id).await;
}

/// An unanswered question expires and is asked again; its late answer still counts, and the unsent retry is withdrawn.
pub async fn an_expired_question_is_asked_again(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[2..].iter().map(judged)).await;
    driver.later(TimeDelta::minutes(15));
    driver.service.wake(10).await.expect("the monitor runs");
    let states: Vec<_> = driver.comparisons(id).await.iter().map(|row| (row.ordinal, row.attempt, row.state)).collect();
    assert_eq!(
        states[..4],
        [
            (0, 1, ComparisonState::Expired),
            (0, 2, ComparisonState::Planned),
            (1, 1, ComparisonState::Expired),
            (1, 2, ComparisonState::Planned),
        ]
    );
    audit(&*driver.store, id).await;
    driver.take([judged(&rows[0])]).await;
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.decided, counters.withdrawn), (9, 1));
    audit(&*driver.store, id).await;
    driver.later(TimeDelta::seconds(30));
    assert_eq!(driver.ask().await, [id.comparison_id(1, 1, 2)]);
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A late answer to an expired attempt counts beside that of its retry: one question, two verdicts.
pub async fn an_answer_beside_its_retry_counts_too(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[2..].iter().map(judged)).await;
    driver.later(TimeDelta::minutes(15));
    driver.service.wake(10).await.expect("the monitor runs");
    driver.later(TimeDelta::seconds(30));
    assert_eq!(driver.ask().await.len(), 2);
    let retry = driver.comparisons(id).await.into_iter().find(|row| (row.ordinal, row.attempt) == (0, 2));
    driver.take([judged(&retry.expect("the retry is stored")), judged(&rows[0])]).await;
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.decided, counters.repeats, counters.rescued, counters.open()), (10, 1, 1, 1));
    audit(&*driver.store, id).await;
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A retry that is planned and made needless by answers of one slice is never asked.
pub async fn a_needless_retry_is_not_asked(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[2..].iter().map(judged)).await;
    driver.later(TimeDelta::minutes(15));
    driver.service.wake(10).await.expect("the monitor runs");
    driver.later(TimeDelta::seconds(30));
    driver.ask().await;
    let failed = Verdict::failed(id.comparison_id(1, 0, 2), error_code("LLM_TIMEOUT"));
    driver.take([failed, judged(&rows[0])]).await;
    let last = driver.comparisons(id).await.into_iter().find(|row| (row.ordinal, row.attempt) == (0, 3));
    assert_eq!(last.expect("the last attempt was planned").state, ComparisonState::Cancelled);
    audit(&*driver.store, id).await;
    driver.later(TimeDelta::minutes(5));
    assert_eq!(driver.ask().await, []);
}

/// Work that its worker never did is done by another once the lease has ended: texts, pairs and scales alike.
pub async fn a_dead_workers_batch_is_taken_over(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = Settings::builder().max_resampling_passes(0);
    let id = driver.service.submit(request("batch", 4, settings)).await.expect("the request is good");
    let colleague = driver.colleague("colleague");
    assert_eq!(colleague.advance(id).await.expect("the batch is looked at"), Phase::Preparing, "it is leased");
    assert!(colleague.wake(10).await.expect("the monitor runs").is_empty());
    driver.later(TimeDelta::seconds(60));
    assert!(colleague.wake(10).await.expect("the monitor runs").contains(&id));
    assert_eq!(driver.service.advance(id).await.expect("the batch is looked at"), Phase::Preparing, "it is leased");
    assert_eq!(colleague.advance(id).await.expect("the batch is planned").name(), "WAITING_CALLBACKS");
    let rows = driver.comparisons(id).await;
    driver.ask().await;
    driver.take(rows.iter().map(judged)).await;
    driver.later(TimeDelta::seconds(60));
    assert!(colleague.wake(10).await.expect("the monitor runs").contains(&id));
    let phase = colleague.advance(id).await.expect("the batch is scored");
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// Stragglers are waited for as long as was asked for; then the monitor has the wave scored without them.
pub async fn the_grace_of_stragglers_ends(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().completion_threshold_pct(90).straggler_grace_s(60)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..90].iter().map(judged)).await;
    driver.later(TimeDelta::seconds(59));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty());
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS");
    driver.later(TimeDelta::seconds(1));
    assert!(driver.service.wake(10).await.expect("the monitor runs").contains(&id));
    let state = driver.record(id).await.state;
    assert_eq!((state.phase.name(), state.partial_scoring_triggered), ("SCORING", true));
    audit(&*driver.store, id).await;
}
