//! Texts go, and nothing that comes later brings them back.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::Rejection;
use cj_core::change::{
    ComparisonRecord, DecisionRole, EssayContent, Evidence, MessageKind, Outcome, Phase, RequestSnapshot, Verdict,
};
use cj_core::config::Settings;
use cj_core::id::BatchId;
use cj_core::service::ServiceError;
use cj_core::store::{ErasureScope, EssayRepository, LetterOwner, Store, Texts, WaveRepository};

use super::super::support::{begin, commit, view};
use super::driver::{COMPLETION, Driver, contradicted, in_message, judged, request};
use crate::audit::audit;
use crate::fixture::{self, error_code};

/// What everybody in these cases writes somewhere: it must be nowhere in the end.
pub(crate) const WORDS: &str = "Sommaren på Öland glömmer jag aldrig";

/// Says something in its own words beside a verdict.
fn said(verdict: Verdict) -> Verdict {
    let evidence = Evidence { justification: Some(format!("A is better: \"{WORDS}\"")), ..Evidence::default() };
    let outcome = match verdict.outcome {
        Outcome::Failed { code, retry_after_s, .. } => {
            Outcome::Failed { code, retry_after_s, message: Some(format!("refused: {WORDS}")) }
        }
        decided @ Outcome::Decided(_) => decided,
    };
    Verdict { outcome, evidence, ..verdict }
}

/// A batch in every table of which the words were written; some of it is there until its end only.
async fn waiting(driver: &Driver, name: &str) -> BatchId {
    let mut request = request(name, 4, Settings::builder().max_resampling_passes(0));
    for essay in &mut request.essays {
        essay.title = Some(WORDS.to_owned());
        essay.content = EssayContent::of_text(format!("{WORDS}, {}.", essay.essay_id));
    }
    request.request = RequestSnapshot { student_prompt: Some("Skriv om en resa.".to_owned()), ..request.request };
    let id = driver.service.submit(request).await.expect("the request is good");
    driver.service.advance(id).await.expect("the batch is planned");
    let rows = driver.comparisons(id).await;
    driver.ask().await;
    driver.take([said(Verdict::failed(rows[0].id, error_code("LLM_API_ERROR"))), said(judged(&rows[1]))]).await;
    let answer = in_message(&format!("{name}: conflict"), said(contradicted(&rows[1])));
    driver.service.take_verdicts(&[answer]).await.expect("the answer is acknowledged");
    let mut unit = begin(&driver.store).await;
    let letter = fixture::dead_letter("cj_verdicts", &format!("{name}: letter"));
    let letter = cj_core::change::DeadLetter { payload: WORDS.as_bytes().to_vec(), detail: WORDS.to_owned(), ..letter };
    let owner = LetterOwner { batch_id: id, consumer: letter.consumer.clone(), event_id: letter.event_id };
    unit.keep(&[letter]).await.expect("the letter is kept");
    unit.attribute_letters(&[owner]).await.expect("the letter is attributed");
    commit(unit).await;
    id
}

/// The same batch, completed, with a late answer.
pub(crate) async fn worded(driver: &Driver, name: &str) -> BatchId {
    let id = waiting(driver, name).await;
    driver.later(TimeDelta::seconds(30));
    let open = driver.comparisons(id).await.into_iter().filter(|row| row.state.is_open());
    driver.take(open.map(|row| said(judged(&row)))).await;
    let phase = driver.service.advance(id).await.expect("the batch is scored");
    assert!(matches!(phase, Phase::Completed(_)), "{phase:?}");
    late(driver, id, &format!("{name}: late")).await;
    id
}

/// An answer, in its own words, to a batch that ended.
async fn late(driver: &Driver, id: BatchId, message: &str) -> ComparisonRecord {
    let row = driver.comparisons(id).await.pop().expect("there are comparisons");
    let answer = in_message(message, said(contradicted(&row)));
    driver.service.take_verdicts(&[answer]).await.expect("the answer is acknowledged");
    row
}

/// Everything that the ports show of a batch, as a text.
async fn everything(driver: &Driver, id: BatchId) -> String {
    let mut all = String::new();
    let mut shown = view(&driver.store).await;
    let essays = EssayRepository::load(&mut *shown, id, Texts::Include).await.expect("essays are loaded");
    let waves = WaveRepository::load(&mut *shown, id).await.expect("waves are loaded");
    let letters = shown.newest(100).await.expect("letters are loaded");
    drop(shown);
    write!(all, "{essays:?} {waves:?} {letters:?}").expect("writing to a string cannot fail");
    let record = driver.record(id).await;
    write!(all, "{record:?} {:?}", driver.decisions(id).await).expect("writing to a string cannot fail");
    write!(all, "{:?} {:?}", driver.comparisons(id).await, driver.results(id).await).expect("it cannot fail");
    let payloads = letters.iter().map(|letter| String::from_utf8_lossy(&letter.payload).into_owned());
    let claimed = driver.service.claim_questions(100, TimeDelta::seconds(1)).await.expect("questions are claimed");
    let questions = claimed.iter().map(|question| String::from_utf8_lossy(&question.payload).into_owned());
    all.extend(payloads.chain(questions));
    all
}

/// No text, title, justification, provider's message, question or dead letter of an erased batch is left anywhere, and what
/// comes later brings none back; the batch, its counters and its scores stay.
pub async fn erased_batch_leaves_no_text(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = worded(&driver, "batch").await;
    let (record, results) = (driver.record(id).await, driver.results(id).await);
    assert_eq!(driver.event_names(id).await, COMPLETION);
    assert!(everything(&driver, id).await.contains(WORDS));
    let words = |found: &str| found.matches(WORDS).count();
    let heard = driver.decisions(id).await.len();

    driver.service.erase(id, ErasureScope::Texts).await.expect("the batch is erased");
    assert_eq!(words(&everything(&driver, id).await), 0);
    assert_eq!((driver.record(id).await, driver.results(id).await), (record.clone(), results.clone()));
    assert_eq!(results.len(), 4);
    audit(&*driver.store, id).await;

    // Answers that still come are kept, without their words; the request, delivered again, meets its batch.
    let row = late(&driver, id, "after the erasure").await;
    let failed = in_message("failed after the erasure", said(Verdict::failed(row.id, error_code("LLM_API_ERROR"))));
    driver.service.take_verdicts(&[failed]).await.expect("the answer is acknowledged");
    let decisions = driver.decisions(id).await;
    assert_eq!(decisions.len(), heard + 2);
    assert_eq!(decisions.iter().filter(|decision| decision.role == DecisionRole::Late).count(), 3);
    let again = request("batch", 4, Settings::builder().max_resampling_passes(0));
    assert_eq!(driver.service.submit(again).await.expect("the request is known"), id);
    assert_eq!(words(&everything(&driver, id).await), 0);
    assert_eq!((driver.record(id).await, driver.results(id).await), (record.clone(), results));
    driver.later(TimeDelta::hours(100));
    assert!(driver.service.wake(10).await.expect("the monitor runs").is_empty());

    // The scores go when they are to go.
    driver.service.erase(id, ErasureScope::TextsAndScores).await.expect("the batch is erased");
    let after = driver.record(id).await;
    assert_eq!((after.state.phase, after.state.counters), (record.state.phase, record.state.counters));
    assert!(after.state.result.is_none() && driver.results(id).await.is_empty());
    assert_eq!(driver.event_names(id).await, COMPLETION, "nothing is said twice");
    audit(&*driver.store, id).await;
}

/// A batch that has not ended is refused, and keeps its texts: it is cancelled first.
pub async fn a_batch_that_goes_on_keeps_its_texts(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let id = waiting(&driver, "batch").await;
    let before = driver.record(id).await;
    let error = driver.service.erase(id, ErasureScope::Texts).await.expect_err("it goes on");
    assert!(matches!(error, ServiceError::Rejected(Rejection::NotEnded { phase }) if phase == before.state.phase));
    assert_eq!(driver.record(id).await, before);
    let erased = driver.service.erase_older_than(TimeDelta::zero(), ErasureScope::Texts, 10).await;
    assert_eq!(erased.expect("batches are listed"), []);
    assert!(everything(&driver, id).await.contains(WORDS));
    driver.service.cancel(id).await.expect("the batch is cancelled");
    driver.service.erase(id, ErasureScope::TextsAndScores).await.expect("the batch is erased");
    assert!(!everything(&driver, id).await.contains(WORDS));
    let unknown = driver.service.erase(fixture::batch_id("nowhere"), ErasureScope::Texts).await;
    assert!(matches!(unknown, Err(ServiceError::UnknownBatch(_))));
    audit(&*driver.store, id).await;
}

/// What ended before the retention period goes, slice by slice, oldest first; what ended later stays.
pub async fn texts_go_after_their_retention_period(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let mut ids = Vec::new();
    for name in ["first", "second", "third", "fourth"] {
        ids.push(worded(&driver, name).await);
        driver.later(TimeDelta::days(1));
    }
    let going = waiting(&driver, "going").await;
    let ended = driver.record(ids[2]).await.state.completed_at.expect("it ended");
    let age = driver.service.now() - ended;
    let sweep =
        async |age| driver.service.erase_older_than(age, ErasureScope::Texts, 2).await.expect("batches are erased");
    assert_eq!(sweep(age).await, ids[..2], "two at most");
    assert_eq!(sweep(age + TimeDelta::microseconds(1)).await, []);
    assert_eq!(sweep(age).await, [ids[2]]);
    assert_eq!(sweep(age).await, []);
    for (id, is_kept) in ids.iter().zip([false, false, false, true]).chain([(&going, true)]) {
        let essays = EssayRepository::load(&mut *view(&driver.store).await, *id, Texts::Include).await;
        let mut texts = essays.expect("essays are loaded").into_iter().map(|essay| essay.content.text);
        assert!(texts.all(|text| text.is_some() == is_kept));
    }
    driver.later(TimeDelta::days(1));
    assert_eq!(sweep(TimeDelta::days(2)).await, [ids[3]]);
    let questions = view(&driver.store).await.depth(MessageKind::Question).await.expect("the depth is read");
    assert!(questions.pending > 0, "the questions of the batch that goes on are still there");
}
