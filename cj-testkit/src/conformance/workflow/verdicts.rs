//! Answers that come twice, late, or to questions that nobody asked.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonState, DecisionRole, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::service::Answer;
use cj_core::store::Store;

use super::super::support::view;
use super::driver::{COMPLETION, Driver, contradicted, hundred, in_message, judged};
use crate::audit::audit;
use crate::{FaultStore, fixture};

/// An answer to a comparison that nobody knows is acknowledged and kept; the rest of its slice counts, nothing else changes.
pub async fn unknown_correlation_is_acknowledged(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder()).await;
    let rows = driver.comparisons(id).await;
    let before = driver.record(id).await;
    let unknown = in_message("unknown", Verdict::decided(id.comparison_id(99, 0, 1), Winner::A));
    let receipt = driver.service.take_verdicts(std::slice::from_ref(&unknown)).await.expect("it is acknowledged");
    assert_eq!((receipt.taken, receipt.dead), (0, 1));
    assert_eq!(driver.record(id).await, before);
    let letters = view(&driver.store).await.newest(10).await.expect("letters are loaded");
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].event_id, letters[0].reason.as_str()), (fixture::event_id("unknown"), "unknown_comparison"));
    assert_eq!(letters[0].payload, b"unknown");

    let mixed = [in_message("also unknown", unknown.verdict.clone()), in_message("known", judged(&rows[0])), unknown];
    let receipt = driver.service.take_verdicts(&mixed).await.expect("the slice is acknowledged");
    assert_eq!((receipt.taken, receipt.repeated, receipt.dead), (1, 1, 1));
    assert_eq!(driver.record(id).await.state.counters.decided, 1);
    assert_eq!(view(&driver.store).await.newest(10).await.expect("letters are loaded").len(), 2);
    audit(&*driver.store, id).await;
}

/// A verdict counts once, whether its message comes again or another message says the same, now or later.
pub async fn duplicate_verdict_counts_once(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder()).await;
    driver.ask().await;
    let row = driver.comparisons(id).await.remove(0);
    let first = in_message("first", judged(&row));
    let slice = [first.clone(), first.clone(), in_message("second", judged(&row))];
    let receipt = driver.service.take_verdicts(&slice).await.expect("the slice is acknowledged");
    assert_eq!((receipt.taken, receipt.repeated, receipt.dead), (1, 2, 0));
    let after = driver.record(id).await;
    let again = driver.service.take_verdicts(&[first, in_message("third", judged(&row))]).await;
    assert_eq!(again.expect("the slice is acknowledged").repeated, 2);
    assert_eq!(driver.record(id).await, after);
    assert_eq!(after.state.counters.decided, 1);
    assert_eq!(driver.decisions(id).await.len(), 1);

    let other = in_message("fourth", contradicted(&row));
    driver.service.take_verdicts(&[other]).await.expect("the slice is acknowledged");
    assert_eq!(driver.record(id).await, after, "a contradiction is kept for audit, not counted");
    let roles: Vec<_> = driver.decisions(id).await.iter().map(|decision| decision.role).collect();
    assert_eq!(roles, [DecisionRole::Counted, DecisionRole::Conflict]);
    assert_eq!(driver.comparisons(id).await[0].verdict, judged(&row).outcome_winner());
    audit(&*driver.store, id).await;
}

/// Answers to asked questions are counted in six calls of the store, however many they are and of how many batches; what was
/// counted before is known after two.
pub async fn counting_a_slice_is_six_calls(store: Arc<dyn Store>) {
    let faults = FaultStore::new(store);
    let driver = Driver::new(Arc::new(faults.clone()));
    let mut rows = Vec::new();
    for name in ["first", "second"] {
        let id = driver.start(name, 12, Settings::builder()).await;
        rows.extend(driver.comparisons(id).await);
    }
    driver.ask().await;
    let of_both = [rows[0].batch_id, rows[rows.len() - 1].batch_id];
    for slice in [&rows[..1], &rows[1..rows.len() - 1]] {
        let answers: Vec<Answer> = slice.iter().map(|row| Answer::of(judged(row))).collect();
        faults.heal();
        driver.service.take_verdicts(&answers).await.expect("the slice is taken");
        let counted =
            ["store.begin", "inbox.admit", "batch.lock_of", "comparison.load", "answer.answer", "unit.commit"];
        assert_eq!(faults.operations(), counted, "{} answers", answers.len());
        faults.heal();
        driver.service.take_verdicts(&answers).await.expect("the slice is taken");
        assert_eq!(faults.operations(), ["store.begin", "inbox.admit"], "{} answers again", answers.len());
    }
    for id in of_both {
        assert!(driver.record(id).await.state.counters.decided > 1);
        audit(&*driver.store, id).await;
    }
}

/// A verdict that comes after the end is kept as late; phase, counters, scores and events stay as they are.
pub async fn late_verdict_changes_nothing(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred()).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.take(rows[..85].iter().map(judged)).await;
    driver.later(TimeDelta::hours(5));
    driver.service.wake(10).await.expect("the monitor runs");
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert!(phase.is_terminal(), "{phase:?}");
    let (record, results) = (driver.record(id).await, driver.results(id).await);
    assert_eq!(driver.event_names(id).await, COMPLETION);
    let cancelled = driver.comparisons(id).await.into_iter().filter(|row| row.state == ComparisonState::Cancelled);
    let cancelled: Vec<_> = cancelled.collect();
    assert_eq!(cancelled.len(), 15);

    driver.later(TimeDelta::seconds(1));
    let receipt = driver.take(cancelled.iter().map(judged)).await;
    assert_eq!(receipt.dead, 0);
    assert!(receipt.work.is_empty());
    let decisions = driver.decisions(id).await;
    assert_eq!(decisions.iter().filter(|decision| decision.role == DecisionRole::Late).count(), 15);
    assert_eq!(decisions.iter().filter(|decision| decision.counted.is_some()).count(), 85);
    assert_eq!(driver.record(id).await, record);
    assert_eq!(driver.results(id).await, results);
    assert_eq!(driver.event_names(id).await, COMPLETION);
    assert_eq!(driver.ask().await, [], "nothing is asked any more");
    driver.later(TimeDelta::hours(50));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty());
    assert_eq!(driver.record(id).await, record);
    audit(&*driver.store, id).await;
}

/// What a verdict decides.
trait OutcomeWinner {
    fn outcome_winner(&self) -> Option<Winner>;
}

impl OutcomeWinner for Verdict {
    fn outcome_winner(&self) -> Option<Winner> {
        match self.outcome {
            cj_core::change::Outcome::Decided(winner) => Some(winner),
            cj_core::change::Outcome::Failed { .. } => None,
        }
    }
}
