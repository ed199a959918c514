//! Judges that fail, and questions that cannot be put to them.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonState, FailureReason, MessageKind, Phase, Verdict};
use cj_core::config::Settings;
use cj_core::id::ComparisonId;
use cj_core::store::{OutboxDepth, Store};

use super::super::support::view;
use super::driver::{COMPLETION, Driver, FAILURE, judged, request};
use crate::audit::audit;
use crate::fixture::error_code;

/// Twenty comparisons without retries, 5 decided: with the 5th failure the batch fails, with exactly one event.
pub async fn high_failure_rate_fails_once(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = Settings::builder().budget(Some(20)).rounds_per_wave(4).max_attempts(1).min_success_rate(0.8);
    let id = driver.start("batch", 10, settings).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    assert_eq!(rows.len(), 20);
    driver.take(rows[..5].iter().map(judged)).await;
    let failed = |row: &cj_core::change::ComparisonRecord| Verdict::failed(row.id, error_code("LLM_TIMEOUT"));
    driver.take(rows[5..9].iter().map(failed)).await;
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS");
    assert_eq!(driver.event_names(id).await, <[&str; 0]>::default());
    driver.take([failed(&rows[9])]).await;
    let record = driver.record(id).await;
    assert_eq!(record.state.phase, Phase::Failed(FailureReason::LowSuccessRate));
    assert_eq!((record.state.counters.decided, record.state.counters.failed), (5, 5));
    assert_eq!(driver.event_names(id).await, FAILURE);
    assert!(driver.comparisons(id).await[10..].iter().all(|row| row.state == ComparisonState::Cancelled));
    audit(&*driver.store, id).await;

    driver.take(rows[10..15].iter().map(failed).chain(rows[15..].iter().map(judged))).await;
    assert_eq!(driver.record(id).await, record);
    assert_eq!(driver.event_names(id).await, FAILURE);
    let depth = view(&driver.store).await.depth(MessageKind::Question).await.expect("the depth is read");
    assert_eq!(depth, OutboxDepth::default(), "questions of a failed batch are not asked");
    audit(&*driver.store, id).await;
}

/// A failed attempt is asked again after a pause, as a new attempt, and rescues its question.
pub async fn a_failed_attempt_is_asked_again(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().max_resampling_passes(0)).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    let failed = Verdict::failed(rows[0].id, error_code("RATE_LIMIT"));
    driver.take(rows[1..].iter().map(judged).chain([failed])).await;
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS");
    audit(&*driver.store, id).await;
    assert_eq!(driver.ask().await, [], "the second attempt waits 30 seconds");
    driver.later(TimeDelta::seconds(30));
    let retry = id.comparison_id(1, 0, 2);
    assert_eq!(driver.ask().await, [retry]);
    let row = driver.comparisons(id).await.into_iter().find(|row| row.id == retry).expect("the retry is stored");
    assert_eq!((&row.essay_a, &row.essay_b, row.retry_of), (&rows[0].essay_a, &rows[0].essay_b, Some(rows[0].id)));
    driver.take([judged(&row)]).await;
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.retried, counters.rescued, counters.failed), (1, 1, 0));
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A question that could not be sent is a failed attempt: it is asked again, and the batch ends as any other.
pub async fn one_failed_send_does_not_stall(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 4, Settings::builder().max_resampling_passes(0)).await;
    let claimed = driver.service.claim_questions(10, TimeDelta::seconds(60)).await.expect("questions are claimed");
    assert_eq!(claimed.len(), 6);
    let rows = driver.comparisons(id).await;
    let refusal = (rows[0].id, error_code("CONNECTION_ERROR"), None);
    driver.service.questions_refused(&[refusal]).await.expect("the refusal is noted");
    let ids: Vec<_> = rows[1..].iter().map(|row| row.id).collect();
    driver.service.questions_asked(&ids).await.expect("questions are asked");
    driver.take(rows[1..].iter().map(judged)).await;
    audit(&*driver.store, id).await;
    driver.later(TimeDelta::seconds(30));
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.decided, counters.retried, counters.asked), (6, 1, 6));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A question that a judge refuses for good fails alone: the others are asked, and the batch's events go out.
pub async fn one_refused_question_stalls_nothing(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder().max_resampling_passes(0)).await;
    let first = driver.service.claim_questions(1, TimeDelta::seconds(60)).await.expect("questions are claimed");
    let refusal = (ComparisonId::new(first[0].id.as_uuid()), error_code("CONTENT_REFUSED"), None);
    driver.service.questions_refused(&[refusal]).await.expect("the refusal is noted");
    assert_eq!(driver.ask().await.len(), 14);
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.decided, counters.failed, counters.retried), (14, 1, 0));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A batch that its owner cancels ends at once, with one event; it cannot be cancelled again.
pub async fn a_cancelled_batch_asks_no_more(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder()).await;
    driver.service.cancel(id).await.expect("the batch is cancelled");
    let record = driver.record(id).await;
    assert_eq!(record.state.phase, Phase::Cancelled);
    assert_eq!(driver.ask().await, []);
    assert!(driver.comparisons(id).await.iter().all(|row| row.state == ComparisonState::Cancelled));
    driver.service.cancel(id).await.expect_err("it has ended");
    assert_eq!(driver.record(id).await, record);
    assert_eq!(driver.event_names(id).await, FAILURE);
    audit(&*driver.store, id).await;
}

/// Requests that cannot start end at once, each with one event and its reason.
pub async fn a_request_that_cannot_start_fails_at_once(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let none = request("none", 0, Settings::builder());
    let mut twice = request("twice", 4, Settings::builder());
    twice.essays[3].essay_id = twice.essays[0].essay_id.clone();
    let mut blank = request("blank", 3, Settings::builder());
    for essay in &mut blank.essays {
        essay.content.text = Some(" \n".to_owned());
    }
    for (request, reason) in [
        (none, FailureReason::NoUsableText),
        (twice, FailureReason::DuplicateEssayIds),
        (blank, FailureReason::NoUsableText),
    ] {
        let id = driver.service.submit(request).await.expect("the request is answered");
        let phase = driver.service.advance(id).await.expect("the batch is looked at");
        assert_eq!(phase, Phase::Failed(reason));
        assert_eq!(driver.event_names(id).await, FAILURE);
        audit(&*driver.store, id).await;
    }
}
