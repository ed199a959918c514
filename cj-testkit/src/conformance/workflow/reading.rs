//! What is read of batches, and what is told of them.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{ComparisonState, DecisionRole, Phase, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, EventId};
use cj_core::read::{BatchDetails, BatchProgress, BatchRows, BatchSummary};
use cj_core::service::{Answer, ServiceError};
use cj_core::store::{ErasureScope, ErrorKind, Store};
use serde_json::Value;

use super::super::support::view;
use super::driver::{Driver, contradicted, in_message, judged};
use super::erasure::{WORDS, worded};
use crate::audit::audit;
use crate::fault::{Fault, FaultStore};
use crate::fixture::error_code;
use crate::watch::{Watch, stored, stored_letters};

/// Five essays, ten questions: one that no judge took at first, one that failed and was rescued, one that failed for good, one
/// that expired and was rescued; an answer that came twice, one that contradicts, one to nobody's question, one that came late.
async fn eventful(driver: &Driver) -> BatchId {
    let id = driver.start("eventful", 5, Settings::builder().max_resampling_passes(0)).await;
    let rows = driver.comparisons(id).await;
    let service = &driver.service;
    service.questions_refused(&[(rows[0].id, ErrorCode::RATE_LIMIT, None)]).await.expect("it is noted");
    driver.ask().await;
    let refusal = Verdict::failed(rows[2].id, error_code("CONTENT_REFUSED"));
    driver.take([Verdict::failed(rows[1].id, error_code("LLM_TIMEOUT")), refusal]).await;
    driver.take(rows[4..].iter().map(judged)).await;
    let nobodys = Verdict::decided(id.comparison_id(9, 9, 9), Winner::A);
    let odd = [
        in_message("again", judged(&rows[4])),
        in_message("contradicts", contradicted(&rows[5])),
        in_message("nobody's", nobodys),
    ];
    let receipt = service.take_verdicts(&odd).await.expect("the slice is acknowledged");
    assert_eq!((receipt.taken, receipt.repeated, receipt.dead), (1, 1, 1));
    driver.later(TimeDelta::seconds(31));
    driver.ask().await;
    let retries = driver.comparisons(id).await.into_iter().filter(|row| row.attempt == 2);
    driver.take(retries.map(|row| judged(&row))).await;
    driver.later(TimeDelta::minutes(16));
    service.wake(10).await.expect("the monitor runs");
    driver.later(TimeDelta::seconds(31));
    let phase = driver.finish(id).await;
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    driver.later(TimeDelta::seconds(1));
    let late = in_message("late", contradicted(&rows[4]));
    service.take_verdicts(&[late]).await.expect("it is acknowledged");
    audit(&*driver.store, id).await;
    id
}

/// How far a batch is, is what its row says, from its request to its end; of a batch that is not there nothing is said.
pub async fn progress_is_what_the_batch_counts(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("batch", 5, Settings::builder().max_resampling_passes(0)).await;
    let started = driver.service.now();
    driver.ask().await;
    let rows = driver.comparisons(id).await;
    driver.later(TimeDelta::seconds(7));
    driver.take(rows[..3].iter().map(judged)).await;
    let progress = driver.service.progress(id).await.expect("the batch is there");
    assert_eq!((progress.id, progress.phase.name(), progress.reason), (id, "WAITING_CALLBACKS", Some("wave")));
    assert_eq!((progress.budget.limit, progress.budget.spent, progress.budget.left), (120, 10, 110));
    let questions = progress.questions;
    assert_eq!((questions.planned, questions.decided, questions.open, questions.failed), (10, 3, 7, 0));
    assert_eq!((progress.wave.number, progress.wave.decided, progress.wave.open), (1, 3, 7));
    assert_eq!((progress.attempts.planned, progress.attempts.asked, progress.attempts.decided), (10, 10, 3));
    assert_eq!((progress.phase_since, progress.last_activity_at), (started, driver.service.now()));
    assert!(!progress.has_ended && progress.next_deadline.is_some() && progress.completed_at.is_none());

    driver.later(TimeDelta::seconds(5));
    driver.finish(id).await;
    let ended = driver.service.progress(id).await.expect("the batch is there");
    assert_eq!((ended.phase.name(), ended.reason), ("COMPLETED", Some("pairs_exhausted")));
    assert!(ended.has_ended && ended.next_deadline.is_none() && ended.version > progress.version);
    assert_eq!((ended.completed_at, ended.phase_since), (Some(driver.service.now()), driver.service.now()));
    assert_eq!(ended, BatchProgress::of(&driver.record(id).await));
    let other = driver.start("other", 4, Settings::builder()).await;
    let newest = driver.service.newest(10).await.expect("batches are listed");
    let mut ids: Vec<_> = newest.iter().map(|progress| progress.id).collect();
    assert_eq!(ids.pop(), Some(id), "the newest comes first");
    assert_eq!(ids, [other]);
    let unknown = BatchId::of_request(EventId::of_bytes(b"never requested"));
    for refused in [
        driver.service.progress(unknown).await.map(drop),
        driver.service.summary(unknown).await.map(drop),
        driver.service.details(unknown).await.map(drop),
    ] {
        assert!(matches!(refused, Err(ServiceError::UnknownBatch(id)) if id == unknown), "{refused:?}");
    }
}

/// A summary says what came of a batch: its scale, its answers by what became of them, its failures, what it cost. Read by
/// itself it is that of the details.
pub async fn a_summary_says_what_came_of_a_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = driver.start("before", 5, Settings::builder()).await;
    let early = driver.service.summary(id).await.expect("the batch is there");
    assert_eq!((early.scale, early.grades_unavailable, early.warnings.len()), (None, None, 0));
    driver.service.cancel(id).await.expect("it is cancelled");

    let id = eventful(&driver).await;
    let summary = driver.service.summary(id).await.expect("the batch is there");
    let pool = summary.failure_pool;
    assert_eq!((pool.eligible, pool.retried, pool.rescued, pool.permanently_failed), (3, 3, 3, 1));
    let answers = summary.answers;
    assert_eq!((answers.counted, answers.failed, answers.late, answers.conflicts), (9, 2, 1, 1));
    let essays = summary.essays;
    assert_eq!((essays.total, essays.students, essays.anchors, essays.ready, essays.missing), (5, 5, 0, 5, 0));
    let scale = summary.scale.as_ref().expect("there is a scale");
    assert!(scale.is_final && scale.is_connected);
    assert_eq!((scale.verdicts, scale.essays), (9, 5));
    let result = driver.record(id).await.state.result.expect("there is a result");
    let sheet = result.sheet.as_ref().expect("there is a scale");
    assert_eq!((&scale.reliability, &summary.warnings), (&sheet.reliability, &result.warnings));
    assert_eq!(summary.grades_unavailable, result.grades_unavailable);
    let totals = view(&driver.store).await.totals(id).await.expect("sums are read");
    assert_eq!((summary.spending.usd, summary.spending.prompt_tokens), (totals.cost, totals.prompt_tokens));
    assert_eq!(summary.erased, None);
    let details = driver.service.details(id).await.expect("the batch is there");
    assert_eq!(details.summary, summary);
}

/// Details hold every row of a batch: each answer under its comparison, each essay with its result, best first, the matrix, and
/// the scale after each wave; and they serialise under the names of their fields.
pub async fn details_hold_every_row_of_a_batch(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = eventful(&driver).await;
    let details = driver.service.details(id).await.expect("the batch is there");
    let (rows, decisions) = (driver.comparisons(id).await, driver.decisions(id).await);
    assert_eq!(details.comparisons.len(), rows.len());
    for (shown, row) in details.comparisons.iter().zip(&rows) {
        assert_eq!(
            (shown.id, shown.state, shown.verdict, shown.attempt),
            (row.id, row.state, row.verdict, row.attempt)
        );
        let stored: Vec<_> = decisions.iter().filter(|decision| decision.comparison_id == row.id).collect();
        assert_eq!(shown.answers.len(), stored.len());
        for (answer, decision) in shown.answers.iter().zip(stored) {
            assert_eq!(
                (answer.ordinal, answer.role, answer.verdict),
                (decision.ordinal, decision.role, decision.verdict)
            );
            assert_eq!((&answer.error_code, answer.received_at), (&decision.error_code, decision.received_at));
        }
        let winner = match row.verdict {
            Some(Winner::A) => Some(&row.essay_a),
            Some(Winner::B) => Some(&row.essay_b),
            _ => None,
        };
        assert_eq!(shown.winner.as_ref(), winner);
    }
    let results = driver.results(id).await;
    assert_eq!(details.essays.len(), results.len());
    for (shown, result) in details.essays.iter().zip(&results) {
        let figures = shown.figures.expect("it was compared");
        assert_eq!((&shown.essay_id, figures.rank, figures.score), (&result.essay_id, result.rank, result.score));
        assert_eq!((figures.se, figures.rank_low, figures.rank_high), (result.se, result.rank_low, result.rank_high));
    }
    let matrix = view(&driver.store).await.matrix(id).await.expect("the matrix is read");
    assert_eq!(details.matrix.len(), matrix.len());
    let wins: u32 = details.matrix.iter().map(|cell| cell.wins_a + cell.wins_b).sum();
    assert_eq!((wins, details.matrix.iter().map(|cell| cell.failures).sum::<u32>()), (9, 4));
    let wave = &details.waves[0];
    assert_eq!((details.waves.len(), wave.wave, wave.pairs_planned, wave.decided, wave.failed), (1, 1, 10, 9, 1));
    assert_eq!((wave.watermark, wave.scores.len(), wave.seed.as_str()), (Some(9), 5, "7"));
    let codes: Vec<_> = details.failures.iter().map(|row| (row.error_code.as_str(), row.attempts)).collect();
    assert_eq!(codes, [("CONTENT_REFUSED", 1), ("LLM_TIMEOUT", 1), ("RATE_LIMIT", 1), ("TIMEOUT", 1)]);
    assert_eq!(details, BatchDetails::of(&stored_rows(&driver, id).await));
    names_stay(&details);
}

async fn stored_rows(driver: &Driver, id: BatchId) -> BatchRows {
    BatchRows::read(&mut *view(&driver.store).await, id).await.expect("rows are read").expect("the batch is there")
}

/// The names under which programs read it.
fn names_stay(details: &BatchDetails) {
    let value = serde_json::to_value(details).expect("every model serialises");
    let names = |value: &Value| {
        let mut names: Vec<_> = value.as_object().expect("an object").keys().map(String::as_str).collect();
        names.sort_unstable();
        names.join(" ")
    };
    let summary = &value["summary"];
    assert_eq!(names(&value), "comparisons essays failures matrix summary waves");
    assert_eq!(
        names(summary),
        "answers assignment_id correlation_id course_code erased essays failure_pool grade_scale grades_unavailable language \
         missing org_id progress scale spending strategy user_id warnings"
    );
    assert_eq!(
        names(&summary["progress"]),
        "attempts bos_batch_id budget completed_at created_at has_ended id last_activity_at next_deadline \
         partial_scoring_triggered phase phase_since questions reason version wave"
    );
    assert_eq!(names(&summary["failure_pool"]), "eligible permanently_failed rescued retried");
    assert_eq!(names(&summary["answers"]), "conflicts counted failed late");
    assert_eq!(names(&value["essays"][0]["figures"]), "comparisons infit outfit rank rank_high rank_low score se");
    assert_eq!(
        names(&value["comparisons"][0]),
        "answers asked_at attempt deadline error_code essay_a essay_b id judge_id ordinal planned_at retry_of state strategy \
         verdict wave winner"
    );
    assert_eq!(summary["progress"]["phase"], "COMPLETED");
    assert_eq!(value["comparisons"][0]["state"], "failed");
    assert_eq!(value["essays"][0]["status"], "ready");
}

/// Of a batch that was erased no word is read, and no score where those went too; what was counted stays.
pub async fn an_erased_batch_is_read_without_words_and_scores(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = worded(&driver, "batch").await;
    let before = driver.service.details(id).await.expect("the batch is there");
    let text = |details: &BatchDetails| serde_json::to_string(details).expect("every model serialises");
    assert!(text(&before).contains(WORDS), "titles and justifications are shown while they are kept");
    driver.service.erase(id, ErasureScope::Texts).await.expect("texts go");
    let after = driver.service.details(id).await.expect("the batch is there");
    let shown = &after.essays;
    assert!(shown.iter().all(|essay| essay.title.is_none() && essay.figures.is_some()));
    let mut answers = after.comparisons.iter().flat_map(|comparison| &comparison.answers);
    assert!(answers.all(|answer| answer.justification.is_none() && answer.error_message.is_none()));
    assert_eq!(after.summary.erased.map(|erased| erased.scores_at), Some(None));

    driver.service.erase(id, ErasureScope::TextsAndScores).await.expect("scores go");
    let after = driver.service.details(id).await.expect("the batch is there");
    assert!(after.essays.iter().all(|essay| essay.figures.is_none()));
    assert_eq!((&after.summary.scale, after.summary.answers), (&None, before.summary.answers));
    assert!(after.waves.iter().all(|wave| wave.scores.is_empty() && wave.reliability.is_none()));
    assert!(after.summary.erased.is_some_and(|erased| erased.scores_at.is_some()));
    assert_eq!(after.summary.progress.questions, before.summary.progress.questions);
    let mut view = view(&driver.store).await;
    assert_eq!(BatchSummary::read(&mut *view, id).await.expect("it is read"), Some(after.summary));
}

/// Whoever counts what happens counts what the rows say: each attempt by how far it came, each answer by what became of it,
/// endings and their reasons, messages that could not be used, and the time in all phases, which is the life of the batch.
pub async fn what_is_told_is_what_is_stored(store: Arc<dyn Store>) {
    let mut driver = Driver::new(store);
    let watch = Arc::new(Watch::default());
    driver.service = driver.service.clone().with_observer(watch.clone());
    let id = eventful(&driver).await;
    let (rows, decisions) = (driver.comparisons(id).await, driver.decisions(id).await);
    let mut expected = stored(&driver.record(id).await, &rows, &decisions);
    expected.extend(stored_letters(&view(&driver.store).await.newest(10).await.expect("letters are loaded")));
    assert_eq!(watch.counts(), expected);
    assert_eq!(expected["dead letter unknown_comparison"], 1);
    assert_eq!(expected["answer late verdict"], 1);
    assert_eq!(expected["attempt expired TIMEOUT"], 1);
    assert_eq!((watch.unconfirmed("repeated"), watch.unconfirmed("overtaken")), (1, 0));
    assert_eq!((watch.unconfirmed("SCORING to GENERATING_PAIRS"), watch.unconfirmed("SCORING to COMPLETED")), (1, 1));
    assert!(rows.iter().any(|row| row.state == ComparisonState::Expired));
    assert!(decisions.iter().any(|decision| decision.role == DecisionRole::Conflict));

    // The same slice again is told as repeated, and as nothing else.
    let again = in_message("late", contradicted(&rows[4]));
    driver.service.take_verdicts(&[again]).await.expect("it is acknowledged");
    assert_eq!((watch.counts(), watch.unconfirmed("repeated")), (expected, 2));
}

/// Whatever goes wrong at whatever operation, nothing is told before its commit is known to hold, and then once: a unit that was
/// overtaken is told of its last run, and one whose commit was not acknowledged as repeated when its slice comes again.
pub async fn a_unit_run_again_is_told_once(store: Arc<dyn Store>) {
    let driver = Driver::new(Arc::clone(&store));
    let faults = FaultStore::new(store);
    let begin = async |name: &str| {
        let id = driver.start(name, 3, Settings::builder()).await;
        driver.ask().await;
        let rows = driver.comparisons(id).await;
        let watch = Arc::new(Watch::default());
        let service = driver.by_way_of(Arc::new(faults.clone()), "taker").service.with_observer(watch.clone());
        (id, [Answer::of(judged(&rows[0])), Answer::of(judged(&rows[1]))], service, watch)
    };
    let (_, slice, service, _) = begin("nothing goes wrong").await;
    faults.heal();
    service.take_verdicts(&slice).await.expect("nothing goes wrong");
    let operations = faults.operations().len();
    let conflict = Fault::Fail(ErrorKind::Conflict);
    for fault in [conflict, Fault::Fail(ErrorKind::Unavailable), Fault::LoseAck] {
        for operation in 0..operations {
            let (id, slice, service, watch) = begin(&format!("{fault:?} at {operation}")).await;
            faults.inject(operation, fault);
            let first = service.take_verdicts(&slice).await;
            assert!(!faults.is_armed(), "there are {operations} operations");
            assert_eq!(first.is_ok(), fault == conflict, "{fault:?} at {operation}");
            if first.is_err() {
                assert!(watch.counts().is_empty(), "told of what is not known to hold: {:?}", watch.counts());
                service.take_verdicts(&slice).await.expect("nothing goes wrong any more");
            }
            let held = fault == Fault::LoseAck && operation + 1 == operations;
            let told = watch.counts().get("answer counted verdict").copied().unwrap_or(0);
            let again = watch.unconfirmed("repeated");
            assert_eq!((told, again), if held { (0, 2) } else { (2, 0) }, "{fault:?} at {operation}");
            assert_eq!(watch.unconfirmed("overtaken"), u64::from(fault == conflict));
            assert_eq!(driver.record(id).await.state.counters.decided, 2);
        }
    }
}
