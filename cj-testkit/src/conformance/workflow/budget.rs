//! Questions cost money: retries come out of the same budget.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonRecord, ComparisonState, CompletionReason, Outcome, Phase, Verdict};
use cj_core::config::Settings;
use cj_core::id::{BatchId, ComparisonId};
use cj_core::store::Store;

use super::driver::{COMPLETION, Driver, in_message, judged};
use super::gate::Gate;
use crate::audit::audit;
use crate::fixture::error_code;

fn timed_out(row: &ComparisonRecord) -> Verdict {
    Verdict::failed(row.id, error_code("LLM_TIMEOUT"))
}

/// The rows that a judge has.
async fn with_judge(driver: &Driver, id: BatchId) -> Vec<ComparisonRecord> {
    driver.comparisons(id).await.into_iter().filter(|row| row.state == ComparisonState::Asked).collect()
}

/// Ten questions and a budget of twelve: two of four failures are asked again, the others have failed; and with budget left, a
/// question is asked three times, and no more.
pub async fn retry_is_within_budget(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = || Settings::builder().max_resampling_passes(0).min_success_rate(0.5);
    let id = driver.start("tight", 5, settings().budget(Some(12))).await;
    assert_eq!(driver.ask().await.len(), 10);
    let rows = driver.comparisons(id).await;
    driver.take(rows[..4].iter().map(timed_out)).await;
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.retried, counters.failed, counters.left()), (2, 2, 0));
    audit(&*driver.store, id).await;
    driver.later(TimeDelta::seconds(30));
    assert_eq!(driver.ask().await, [id.comparison_id(1, 0, 2), id.comparison_id(1, 1, 2)]);
    let retries: Vec<_> = with_judge(&driver, id).await.into_iter().filter(|row| row.attempt == 2).collect();
    driver.take(retries.iter().map(timed_out)).await;
    driver.later(TimeDelta::minutes(5));
    assert_eq!(driver.ask().await, [], "nothing is left for a third attempt");
    driver.take(rows[4..].iter().map(judged)).await;
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.asked, counters.decided, counters.failed), (12, 6, 4));
    audit(&*driver.store, id).await;

    let id = driver.start("wide", 5, settings()).await;
    driver.ask().await;
    for attempt in 1..=3 {
        let row = with_judge(&driver, id).await.into_iter().find(|row| row.ordinal == 0).expect("it is asked");
        assert_eq!(row.attempt, attempt);
        driver.take([timed_out(&row)]).await;
        driver.later(TimeDelta::minutes(6));
        assert_eq!(driver.ask().await.len(), usize::from(attempt < 3));
    }
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.retried, counters.failed), (2, 1));
    assert!(counters.left() > 0);
    audit(&*driver.store, id).await;
}

/// Whatever fails, expires or is answered late, judges are never given more questions than the budget has, and it is used up.
pub async fn budget_is_never_exceeded(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = Settings::builder().target_reliability(None).min_success_rate(0.0);
    let id =
        driver.start("batch", 12, settings.budget(Some(53)).completion_threshold_pct(60).straggler_grace_s(0)).await;
    let mut asked = BTreeSet::<ComparisonId>::new();
    let mut silent = Vec::new();
    for turn in 0..200 {
        asked.extend(driver.ask().await);
        assert!(asked.len() <= 53, "{} questions were put to judges", asked.len());
        let mut verdicts = Vec::new();
        for row in with_judge(&driver, id).await.into_iter().filter(|row| asked.contains(&row.id)) {
            match (row.ordinal + turn) % 5 {
                0 | 1 => verdicts.push(judged(&row)),
                2 | 3 => verdicts.push(timed_out(&row)),
                _ => silent.push(row),
            }
        }
        driver.take(verdicts).await;
        // Some answers come when their question has expired.
        if turn % 7 == 6 {
            let late = silent.drain(..).map(|row| in_message(&format!("late {turn} {}", row.id), judged(&row)));
            driver.service.take_verdicts(&late.collect::<Vec<_>>()).await.expect("answers are taken");
        }
        driver.later(TimeDelta::minutes(3));
        driver.service.wake(10).await.expect("the monitor runs");
        let phase = driver.service.advance(id).await.expect("the batch goes on");
        let counters = driver.record(id).await.state.counters;
        assert!(counters.spent() <= 53, "{counters:?}");
        audit(&*driver.store, id).await;
        if phase.is_terminal() {
            assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
            assert_eq!((counters.spent(), counters.asked as usize), (53, asked.len()));
            assert!(counters.retried > 5 && counters.decided > 20, "{counters:?}");
            return;
        }
    }
    panic!("the batch does not end: {:?}", driver.record(id).await.state);
}

/// A judge that is out of reach for a minute, for those who ask and for those who wait, costs attempts and no question.
pub async fn outage_of_a_minute_fails_nothing(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder().max_resampling_passes(0)).await;
    let begun = driver.service.now();
    while driver.service.now() < begun + TimeDelta::minutes(1) {
        let claimed = driver.service.claim_questions(100, TimeDelta::seconds(30)).await.expect("questions are claimed");
        let ids: Vec<_> = claimed.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
        let (refused, lost) = ids.split_at(ids.len() / 2);
        let refusals: Vec<_> = refused.iter().map(|id| (*id, error_code("CONNECTION_ERROR"), None)).collect();
        driver.service.questions_refused(&refusals).await.expect("refusals are noted");
        driver.service.questions_asked(lost).await.expect("questions are asked");
        let unavailable = |id: &ComparisonId| {
            let code = error_code("LLM_PROVIDER_UNAVAILABLE");
            Verdict {
                outcome: Outcome::Failed { code, message: None, retry_after_s: Some(20) },
                ..Verdict::failed(*id, error_code("TIMEOUT"))
            }
        };
        driver.take(lost.iter().map(unavailable)).await;
        driver.later(TimeDelta::seconds(10));
        driver.service.wake(10).await.expect("the monitor runs");
        let state = driver.record(id).await.state;
        assert_eq!((state.phase.name(), state.counters.failed), ("WAITING_CALLBACKS", 0));
        audit(&*driver.store, id).await;
    }
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.retried, counters.decided), (30, 0), "every question was tried twice");
    driver.later(TimeDelta::minutes(5));
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    let counters = driver.record(id).await.state.counters;
    assert_eq!((counters.decided, counters.rescued, counters.failed), (15, 15, 0));
    assert_eq!(driver.event_names(id).await, COMPLETION);
    audit(&*driver.store, id).await;
}

/// A plan that was made before stragglers failed, and their retries took what it was to be paid from, is thrown away and made
/// again: the worker goes on at once, within what is left.
pub async fn a_plan_overtaken_by_retries_is_made_again(store: Arc<dyn Store>) {
    let driver = Driver::new(Arc::clone(&store));
    let gate = Gate::new(store);
    let slow = driver.by_way_of(gate.clone(), "slow");
    let settings = Settings::builder().target_reliability(None).min_success_rate(0.0).max_attempts(2);
    let settings = settings.budget(Some(30)).completion_threshold_pct(50).straggler_grace_s(0);
    let id = slow.start("batch", 12, settings).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    assert_eq!(rows.len(), 18);
    slow.take(rows[..9].iter().map(judged)).await;
    assert_eq!(driver.record(id).await.state.phase.name(), "SCORING");
    // The first unit writes the scale, the second would write the next wave.
    gate.hold_after(1);
    let fails = async {
        gate.is_reached().await;
        driver.take(rows[9..].iter().map(timed_out)).await;
        assert_eq!(driver.record(id).await.state.counters.left(), 3);
        gate.open();
    };
    let (phase, ()) = tokio::join!(slow.service.advance(id), fails);
    assert_eq!(phase.expect("the plan is made again").name(), "WAITING_CALLBACKS");
    let state = driver.record(id).await.state;
    assert_eq!((state.wave.number, state.wave.questions, state.counters.spent()), (2, 3, 30));
    audit(&*driver.store, id).await;
}
