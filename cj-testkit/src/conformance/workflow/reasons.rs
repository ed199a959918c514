//! Why a batch stopped: one case per reason. Each brings about what the reason says, and nothing else that could end a batch;
//! the reason is then stored and published, and what it says is true.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{
    BatchState, ComparisonRecord, CompletionReason, EssayContent, EssayKind, EssayStatus, FailureReason, Phase,
    ScoreSheet, Verdict, Winner,
};
use cj_core::config::Settings;
use cj_core::id::BatchId;
use cj_core::store::{EssayRepository, Store, Texts, WaveRepository};
use serde_json::Value;

use super::super::support::view;
use super::driver::{COMPLETION, Driver, FAILURE, hundred, judged, request};
use crate::audit::audit;
use crate::fixture::error_code;

/// Checks that a batch ended in a phase, once, and says so everywhere; returns how it ended.
async fn ended_as(driver: &Driver, id: BatchId, expected: Phase) -> BatchState {
    let state = driver.record(id).await.state;
    assert_eq!(state.phase, expected);
    let events = driver.events(id).await;
    let names: Vec<_> = events.iter().map(|event| event.event_type.as_str()).collect();
    let documents = events.iter().map(|event| serde_json::from_slice(&event.payload).expect("events are JSON"));
    let documents: Vec<Value> = documents.collect();
    let said = |name: &str| documents.iter().flat_map(|document| values(document, name)).collect::<Vec<_>>();
    if let Phase::Completed(reason) = expected {
        assert_eq!(names, COMPLETION);
        assert_eq!(said("completion_reason"), [reason.code(), reason.code()], "both events of the end say why");
    } else {
        assert_eq!(names, FAILURE);
        assert_eq!(said("reason"), [expected.reason().unwrap_or("cancelled")]);
        assert!(state.result.is_none() && driver.results(id).await.is_empty(), "there is no result");
    }
    audit(&*driver.store, id).await;
    driver.later(TimeDelta::hours(100));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty(), "an end is an end");
    assert_eq!(driver.record(id).await.state, state);
    state
}

/// The texts under a name, wherever it stands in a document.
fn values<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    match document {
        Value::Object(fields) => {
            let own = fields.get(name).and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(|value| values(value, name))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|value| values(value, name)).collect(),
        _ => Vec::new(),
    }
}

/// Asks and answers until the batch ends; what a judge says is the case's.
async fn judge_all(driver: &Driver, id: BatchId, judge: fn(&ComparisonRecord) -> Verdict) -> Phase {
    for _ in 0..100 {
        let phase = driver.service.advance(id).await.expect("the batch goes on");
        if phase.is_terminal() {
            return phase;
        }
        driver.ask().await;
        let open = driver.comparisons(id).await.into_iter().filter(|row| row.state.is_open());
        driver.take(open.map(|row| judge(&row))).await;
    }
    panic!("the batch does not end");
}

fn sheet(state: &BatchState) -> ScoreSheet {
    state.result.as_ref().and_then(|result| result.sheet.clone()).expect("a completed batch has a scale")
}

async fn submit(driver: &Driver, request: BatchRequest) -> BatchId {
    let id = driver.service.submit(request).await.expect("the request is answered");
    driver.service.advance(id).await.expect("the batch is looked at");
    id
}

fn blank(essays: &mut [RequestedEssay]) {
    for essay in essays {
        essay.content = EssayContent::of_text(" \n");
    }
}

fn anchor(essay: &mut RequestedEssay) {
    essay.kind = EssayKind::Anchor { label: format!("Anchor {}", essay.essay_id), grade: Some("B".to_owned()) };
}

/// Nothing is left of the budget, and every question is settled.
pub async fn stop_reason_is_true_budget_exhausted(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred()).await;
    judge_all(&driver, id, judged).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::BudgetExhausted)).await;
    assert_eq!((state.counters.left(), state.counters.open(), state.counters.decided), (0, 0, 100));
}

/// Its owner wanted it, and nothing else had ended it.
pub async fn stop_reason_is_true_cancelled(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 6, Settings::builder()).await;
    driver.service.cancel(id).await.expect("the batch is cancelled");
    let state = ended_as(&driver, id, Phase::Cancelled).await;
    assert_eq!((state.counters.failed, state.counters.open()), (0, 15));
}

/// Two essays of the request have one id.
pub async fn stop_reason_is_true_duplicate_essay_ids(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut twice = request("batch", 4, Settings::builder());
    twice.essays[3].essay_id = twice.essays[0].essay_id.clone();
    let id = submit(&driver, twice).await;
    ended_as(&driver, id, Phase::Failed(FailureReason::DuplicateEssayIds)).await;
    let other = driver.start("other", 4, Settings::builder()).await;
    assert!(!driver.record(other).await.state.phase.is_terminal(), "four ids are no reason");
}

/// Nothing happened for four hours, four fifths were decided, and that was not the end of the wave.
pub async fn stop_reason_is_true_forced_recovery(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().comparison_timeout_s(24 * 3600)).await;
    driver.ask().await;
    driver.take(driver.comparisons(id).await[..80].iter().map(judged)).await;
    let idle_since = driver.service.now();
    driver.later(TimeDelta::hours(4));
    driver.service.wake(10).await.expect("the monitor runs");
    driver.service.advance(id).await.expect("the batch is scored");
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::ForcedRecovery)).await;
    assert!(state.completed_at.expect("it ended") - idle_since >= TimeDelta::hours(4));
    assert_eq!((state.counters.decided, state.counters.open()), (80, 20));
    assert_eq!(sheet(&state).watermark, 80);
}

/// Only one essay has a text: there is nothing to compare it with, and no score.
pub async fn stop_reason_is_true_insufficient_essays(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut one = request("batch", 3, Settings::builder());
    blank(&mut one.essays[1..]);
    let id = submit(&driver, one).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::InsufficientEssays)).await;
    let result = state.result.expect("a completed batch has a result");
    assert_eq!((result.sheet.is_none(), result.missing.len(), state.counters.questions), (true, 2, 0));
    let events = driver.events(id).await;
    let thin = events.iter().find(|event| event.event_type == "CJAssessmentCompletedV1").expect("it is published");
    let thin: Value = serde_json::from_slice(&thin.payload).expect("events are JSON");
    assert!(thin.to_string().contains("\"single_essay_batch\":true"), "{thin}");
}

/// Even if every open question succeeds, too few have an answer; with one failure fewer it goes on.
pub async fn stop_reason_is_true_low_success_rate(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = Settings::builder().max_resampling_passes(0).max_attempts(1).min_success_rate(0.7);
    let id = driver.start("batch", 5, settings).await;
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    let failed = |row: &ComparisonRecord| Verdict::failed(row.id, error_code("LLM_TIMEOUT"));
    driver.take(rows[..3].iter().map(failed)).await;
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS", "7 of 10 would do");
    driver.take([failed(&rows[3])]).await;
    let state = ended_as(&driver, id, Phase::Failed(FailureReason::LowSuccessRate)).await;
    let (decided, failed, open) = (state.counters.decided, state.counters.failed, state.counters.open());
    assert_eq!((decided, failed, open), (0, 4, 6));
    assert!(f64::from(open) / f64::from(open + failed) < 0.7);
}

/// A judge who always prefers what is shown first tells the essays not apart: twenty verdicts on each, and no spread.
pub async fn stop_reason_is_true_no_signal(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 24, Settings::builder()).await;
    judge_all(&driver, id, |row| Verdict::decided(row.id, Winner::A)).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::NoSignal)).await;
    let sheet = sheet(&state);
    let reliability = sheet.reliability.expect("the batch ended on it");
    assert!(reliability.p_no_signal >= 0.5, "{reliability:?}");
    assert!(2 * state.counters.decided >= 20 * 24 && state.counters.left() > 0, "{:?}", state.counters);
}

/// There is no student: all essays are anchors, or none but anchors has a text.
pub async fn stop_reason_is_true_no_students(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut anchors = request("anchors", 3, Settings::builder());
    anchors.essays.iter_mut().for_each(anchor);
    let id = submit(&driver, anchors).await;
    ended_as(&driver, id, Phase::Failed(FailureReason::NoStudents)).await;
    let mut missing = request("missing", 4, Settings::builder());
    missing.essays[1..].iter_mut().for_each(anchor);
    blank(&mut missing.essays[..1]);
    let id = submit(&driver, missing).await;
    ended_as(&driver, id, Phase::Failed(FailureReason::NoStudents)).await;
    let mut single = request("single", 4, Settings::builder());
    single.essays[1..].iter_mut().for_each(anchor);
    let id = submit(&driver, single).await;
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS", "one student among anchors is enough");
}

/// No essay has a text.
pub async fn stop_reason_is_true_no_usable_text(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut none = request("batch", 3, Settings::builder());
    blank(&mut none.essays);
    let id = submit(&driver, none).await;
    ended_as(&driver, id, Phase::Failed(FailureReason::NoUsableText)).await;
    let essays = EssayRepository::load(&mut *view(&driver.store).await, id, Texts::Include).await;
    let essays = essays.expect("essays are loaded");
    assert!(essays.len() == 3 && essays.iter().all(|essay| essay.status == EssayStatus::Missing));
}

/// Every pair was asked in both orders, and there would have been budget for more.
pub async fn stop_reason_is_true_pairs_exhausted(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().target_reliability(None)).await;
    judge_all(&driver, id, judged).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::PairsExhausted)).await;
    let rows = driver.comparisons(id).await;
    let shown: BTreeSet<_> = rows.iter().map(|row| (row.essay_a.clone(), row.essay_b.clone())).collect();
    assert_eq!((rows.len(), shown.len()), (20, 20));
    assert_eq!((state.counters.left(), state.counters.open()), (100, 0));
}

/// No score moved more than was asked for since the scoring before, with as many new verdicts as essays, on a scale of some
/// reliability: the batch ends at the first scoring of which that is true. Without that wish the same verdicts end nothing.
pub async fn stop_reason_is_true_stable(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = |threshold| {
        Settings::builder().target_reliability(None).score_stability_threshold(threshold).rounds_per_wave(4)
    };
    let unasked = driver.start("unasked", 20, settings(None)).await;
    let phase = judge_all(&driver, unasked, judged).await;
    assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
    let waves = WaveRepository::load(&mut *view(&driver.store).await, unasked).await.expect("waves are loaded");
    let is_firm = |sheet: &&ScoreSheet| {
        let reliable = sheet.reliability.as_ref().is_some_and(|reliability| reliability.low >= 0.5);
        reliable && sheet.max_change.is_some() && sheet.essays.iter().all(|essay| essay.comparisons >= 4)
    };
    let sheets = waves[..waves.len() - 1].iter().filter_map(|wave| wave.sheet.as_ref()).filter(is_firm);
    let calmest = sheets.min_by(|a, b| a.max_change.partial_cmp(&b.max_change).expect("moves are numbers"));
    let calmest = calmest.expect("some scale is firm").clone();
    let threshold = calmest.max_change.expect("there was a scoring before");

    let id = driver.start("stable", 20, settings(Some(threshold))).await;
    judge_all(&driver, id, judged).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::Stable)).await;
    assert_eq!(sheet(&state), calmest, "the scoring with the least move, and no other");
    assert!(state.counters.left() > 0 && state.counters.open() == 0, "{:?}", state.counters);
}

/// Nothing happened for four hours, and less than four fifths were decided; a minute before it still waits.
pub async fn stop_reason_is_true_stuck_timeout(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 20, hundred().comparison_timeout_s(24 * 3600)).await;
    driver.ask().await;
    driver.take(driver.comparisons(id).await[..79].iter().map(judged)).await;
    driver.later(TimeDelta::minutes(239));
    driver.service.wake(10).await.expect("the monitor runs");
    assert_eq!(driver.record(id).await.state.phase.name(), "WAITING_CALLBACKS");
    driver.later(TimeDelta::minutes(1));
    driver.service.wake(10).await.expect("the monitor runs");
    let state = ended_as(&driver, id, Phase::Failed(FailureReason::StuckTimeout)).await;
    assert_eq!((state.counters.questions_asked, state.counters.decided), (100, 79));
}

/// The lower bound of the reliability is at the target, the design is connected, every essay has its verdicts, and there
/// would have been budget for more; that the estimate is there already ends nothing.
pub async fn stop_reason_is_true_target_reliability(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let settings = |target| hundred().rounds_per_wave(1).target_reliability(target);
    let unasked = driver.start("unasked", 20, settings(None)).await;
    let phase = judge_all(&driver, unasked, judged).await;
    assert_eq!(phase, Phase::Completed(CompletionReason::BudgetExhausted));
    let waves = WaveRepository::load(&mut *view(&driver.store).await, unasked).await.expect("waves are loaded");
    // Waves of ten questions: every other one has enough new verdicts to be looked at.
    let sheets: Vec<_> = waves[..waves.len() - 1].iter().filter_map(|wave| wave.sheet.as_ref()).collect();
    let low = |sheet: &ScoreSheet| sheet.reliability.as_ref().map_or(0.0, |reliability| reliability.low);
    let surest = sheets.iter().map(|sheet| low(sheet)).fold(0.0, f64::max);
    let target = surest * 0.98;
    let is_sooner = |sheet: &&ScoreSheet| {
        let reliability = sheet.reliability.as_ref().expect("there are verdicts");
        reliability.median >= target && reliability.low < target
    };
    assert!(sheets.iter().copied().any(|sheet| is_sooner(&sheet)), "the estimate is there before its bound");

    let id = driver.start("reached", 20, settings(Some(target))).await;
    judge_all(&driver, id, judged).await;
    let state = ended_as(&driver, id, Phase::Completed(CompletionReason::TargetReliability)).await;
    let sheet = sheet(&state);
    assert!(low(&sheet) >= target, "{:?}", sheet.reliability);
    assert_eq!(sheet.fit.components.len(), 1);
    assert!(sheet.essays.iter().all(|essay| essay.comparisons >= 4));
    assert!(state.counters.left() > 0);
}
