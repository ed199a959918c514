//! The port to erasure.

use std::sync::Arc;

use cj_core::change::{
    BatchRecord, BatchState, BatchUpdate, CompletionReason, DeadLetter, DecisionRecord, EssayContent, EssayRecord,
    EssayResult, MessageKind, OutboxMessage, Phase, WaveRecord,
};
use cj_core::id::BatchId;
use cj_core::store::{
    BatchQuery, BatchRepository, BehindParked, Claim, DecisionRepository, Erasure, ErasureScope, ErrorKind,
    EssayRepository, LetterOwner, ResultRepository, Settlement, SettlementOutcome, Store, Texts, WaveRepository,
};

use super::support::{begin, commit, put_comparisons, refs, refused, seeded, view};
use crate::fixture::{self, at};

/// Everything of a batch that erasure is about.
#[derive(Debug, PartialEq)]
struct Held {
    record: BatchRecord,
    essays: Vec<EssayRecord>,
    waves: Vec<WaveRecord>,
    decisions: Vec<DecisionRecord>,
    results: Vec<EssayResult>,
    letters: Vec<DeadLetter>,
}

/// A batch that completed, with something to erase in every table, and a dead letter of its own.
async fn ended(store: &Arc<dyn Store>, name: &str, seconds: i64) -> BatchId {
    let batch = seeded(store, name).await;
    let id = batch.id();
    let rows: Vec<_> = (0..2).map(|ordinal| fixture::comparison(id, 1, ordinal, 1)).collect();
    put_comparisons(store, &rows).await;
    let failed = DecisionRecord {
        verdict: None,
        counted: None,
        error_code: Some(fixture::error_code("LLM_API_ERROR")),
        error_message: Some("the provider quotes a text".to_owned()),
        ..fixture::decision(&rows[1], 0)
    };
    let scored = EssayRecord { score: Some(1.5), se: Some(0.5), rank: Some(1), ..fixture::essay(id, 0) };
    let mut unit = begin(store).await;
    DecisionRepository::record(&mut *unit, &[fixture::decision(&rows[0], 0), failed]).await.expect("answers are kept");
    EssayRepository::update(&mut *unit, &[&scored]).await.expect("scores are kept");
    WaveRepository::put(&mut *unit, &[&fixture::wave(id, 1)]).await.expect("waves are kept");
    ResultRepository::put(&mut *unit, &[fixture::essay_result(id, 0)]).await.expect("results are kept");
    unit.append(&[fixture::question(&rows[0]), fixture::event(id, 9, 0)]).await.expect("messages are kept");
    unit.keep(&[letter(name)]).await.expect("letters are kept");
    unit.attribute_letters(&[owner(id, name)]).await.expect("letters are attributed");
    let state = BatchState {
        version: batch.state.version + 1,
        phase: Phase::Completed(CompletionReason::BudgetExhausted),
        next_deadline: None,
        completed_at: Some(at(seconds)),
        result: Some(Arc::new(fixture::batch_result())),
        ..batch.state.clone()
    };
    let update = BatchUpdate { id, expected_version: batch.state.version, state };
    BatchRepository::update(&mut *unit, &[&update]).await.expect("the batch ends");
    commit(unit).await;
    id
}

fn letter(name: &str) -> DeadLetter {
    fixture::dead_letter("service", name)
}

fn owner(batch_id: BatchId, name: &str) -> LetterOwner {
    LetterOwner { batch_id, consumer: "service".to_owned(), event_id: fixture::event_id(name) }
}

async fn held(store: &Arc<dyn Store>, id: BatchId) -> Held {
    let mut view = view(store).await;
    Held {
        record: view.find(&BatchQuery::Id(id)).await.expect("batches are found").pop().expect("the batch is stored"),
        essays: EssayRepository::load(&mut *view, id, Texts::Include).await.expect("essays are loaded"),
        waves: WaveRepository::load(&mut *view, id).await.expect("waves are loaded"),
        decisions: view.decisions(id).await.expect("answers are loaded"),
        results: ResultRepository::load(&mut *view, id).await.expect("results are loaded"),
        letters: view.newest(100).await.expect("letters are loaded"),
    }
}

async fn erase(store: &Arc<dyn Store>, ids: &[BatchId], scope: ErasureScope, seconds: i64) {
    let mut unit = begin(store).await;
    unit.erase(ids, scope, at(seconds)).await.expect("the batches are erased");
    commit(unit).await;
}

async fn claim(store: &Arc<dyn Store>, kind: MessageKind) -> Vec<OutboxMessage> {
    let owner = fixture::worker("relay");
    let lease = chrono::TimeDelta::seconds(60);
    let claim = Claim { kind, limit: 100, owner, now: at(5_000), lease, behind_parked: BehindParked::Wait };
    let mut unit = begin(store).await;
    let claimed = unit.claim(&claim).await.expect("messages are claimed");
    commit(unit).await;
    claimed
}

/// What a batch holds once its texts are gone.
fn without_words(held: Held) -> Held {
    let blank = |essay: EssayRecord| EssayRecord {
        title: None,
        content: EssayContent { text: None, ..essay.content.clone() },
        ..essay
    };
    let mute = |decision: DecisionRecord| {
        let evidence = cj_core::change::Evidence { justification: None, ..decision.evidence.clone() };
        DecisionRecord { error_message: None, evidence, ..decision }
    };
    Held {
        essays: held.essays.into_iter().map(blank).collect(),
        decisions: held.decisions.into_iter().map(mute).collect(),
        letters: Vec::new(),
        ..held
    }
}

/// Texts, titles, justifications, providers' messages, questions and dead letters go; everything else stays as it was.
pub async fn erases_words_and_keeps_scores(store: Arc<dyn Store>) {
    let id = ended(&store, "batch", 100).await;
    let before = held(&store, id).await;
    assert!(before.letters.len() == 1 && before.essays.iter().all(|essay| essay.content.text.is_some()));
    erase(&store, &[id], ErasureScope::Texts, 200).await;
    assert_eq!(held(&store, id).await, without_words(before));
    assert_eq!(claim(&store, MessageKind::Question).await, []);
    assert_eq!(claim(&store, MessageKind::Event).await.len(), 1, "an event is no text");
    let erasures = view(&store).await.erasures(&[id]).await.expect("erasures are loaded");
    assert_eq!(erasures, [Erasure { batch_id: id, texts_at: at(200), scores_at: None }]);
}

/// Scores, results and scales go with the words where that is asked for; the batch and its counters stay.
pub async fn erases_scores_where_they_are_to_go(store: Arc<dyn Store>) {
    let id = ended(&store, "batch", 100).await;
    let before = without_words(held(&store, id).await);
    erase(&store, &[id], ErasureScope::TextsAndScores, 200).await;
    let unscored = |essay: EssayRecord| EssayRecord { score: None, se: None, rank: None, ..essay };
    let state = BatchState { result: None, ..before.record.state.clone() };
    let expected = Held {
        record: BatchRecord { state, ..before.record },
        essays: before.essays.into_iter().map(unscored).collect(),
        waves: before.waves.into_iter().map(|wave| WaveRecord { sheet: None, ..wave }).collect(),
        results: Vec::new(),
        ..before
    };
    assert_eq!(held(&store, id).await, expected);
    let erasures = view(&store).await.erasures(&[id]).await.expect("erasures are loaded");
    assert_eq!(erasures, [Erasure { batch_id: id, texts_at: at(200), scores_at: Some(at(200)) }]);
}

/// Sent events go with the scores, and so do unsent ones that tell them; another unsent one is the word of the end, and stays.
pub async fn events_that_tell_scores_go_with_them(store: Arc<dyn Store>) {
    let (sent, unsent) = (ended(&store, "sent", 100).await, ended(&store, "unsent", 100).await);
    let settlement = Settlement { id: sent.event_id(9, 0), outcome: SettlementOutcome::Sent { at: at(150) } };
    let aggregate_type = OutboxMessage::RESULT.to_owned();
    let rich = OutboxMessage { aggregate_type, key: "job".to_owned(), ..fixture::event(unsent, 9, 1) };
    let mut unit = begin(&store).await;
    unit.append(std::slice::from_ref(&rich)).await.expect("messages are kept");
    unit.settle(&[settlement]).await.expect("the event is sent");
    unit.erase(&[sent, unsent], ErasureScope::TextsAndScores, at(200)).await.expect("the batches are erased");
    commit(unit).await;
    let left: Vec<_> = claim(&store, MessageKind::Event).await.iter().map(|event| event.id).collect();
    assert_eq!(left, [unsent.event_id(9, 0)]);
    let depth = view(&store).await.depth(MessageKind::Event).await.expect("the depth is read");
    assert_eq!(depth.pending, 1);
    // Their ids are free again: their rows are gone.
    let mut unit = begin(&store).await;
    unit.append(&[fixture::event(sent, 9, 0), rich]).await.expect("the events are gone");
    refused(unit.append(&[fixture::event(unsent, 9, 0)]).await, ErrorKind::Conflict);
}

/// Only the batches that are named are erased, any number of them in one call.
pub async fn erases_the_batches_that_are_named(store: Arc<dyn Store>) {
    let (one, two, other) =
        (ended(&store, "one", 100).await, ended(&store, "two", 100).await, ended(&store, "other", 100).await);
    let before = held(&store, other).await;
    erase(&store, &[two, one, two], ErasureScope::TextsAndScores, 200).await;
    let after = held(&store, other).await;
    assert_eq!(after, Held { letters: vec![letter("other")], ..before });
    for id in [one, two] {
        assert!(held(&store, id).await.essays.iter().all(|essay| essay.content.text.is_none()));
    }
    let claimed: Vec<_> = claim(&store, MessageKind::Question).await.iter().map(|question| question.batch_id).collect();
    assert_eq!(claimed, [other]);
    let mut expected = [one, two];
    expected.sort_unstable();
    let erasures = view(&store).await.erasures(&[two, other, one]).await.expect("erasures are loaded");
    assert_eq!(erasures.iter().map(|erasure| erasure.batch_id).collect::<Vec<_>>(), expected);
}

/// A batch that has not ended, or is not there, is a conflict; nothing is erased, of the others neither.
pub async fn a_batch_that_goes_on_is_not_erased(store: Arc<dyn Store>) {
    let id = ended(&store, "ended", 100).await;
    let going = seeded(&store, "going").await.id();
    let before = (held(&store, id).await, held(&store, going).await);
    for other in [going, fixture::batch_id("nowhere")] {
        let mut unit = begin(&store).await;
        refused(unit.erase(&[id, other], ErasureScope::TextsAndScores, at(200)).await, ErrorKind::Conflict);
        drop(unit);
        assert_eq!((held(&store, id).await, held(&store, going).await), before);
    }
    assert_eq!(view(&store).await.erasures(&[id, going]).await.expect("erasures are loaded"), []);
}

/// To erase again does no harm: the times of the first erasure stay, and a narrower scope brings nothing back.
pub async fn the_first_erasure_is_remembered(store: Arc<dyn Store>) {
    let id = ended(&store, "batch", 100).await;
    for (scope, seconds) in [
        (ErasureScope::Texts, 200),
        (ErasureScope::Texts, 300),
        (ErasureScope::TextsAndScores, 400),
        (ErasureScope::TextsAndScores, 500),
        (ErasureScope::Texts, 600),
    ] {
        erase(&store, &[id], scope, seconds).await;
    }
    let erasures = view(&store).await.erasures(&[id]).await.expect("erasures are loaded");
    assert_eq!(erasures, [Erasure { batch_id: id, texts_at: at(200), scores_at: Some(at(400)) }]);
}

/// What may be erased comes in the order in which it ended, at most so many, and not what is erased already.
pub async fn lists_what_may_be_erased(store: Arc<dyn Store>) {
    let late = ended(&store, "late", 300).await;
    let mut early = [ended(&store, "early", 100).await, ended(&store, "too", 100).await];
    early.sort_unstable();
    let next = ended(&store, "next", 200).await;
    seeded(&store, "going").await;
    let list = async |scope, before, limit| {
        view(&store).await.erasable(at(before), scope, limit).await.expect("batches are listed")
    };
    let (texts, all) = (ErasureScope::Texts, ErasureScope::TextsAndScores);
    assert_eq!(list(texts, 1_000, 10).await, [early[0], early[1], next, late]);
    assert_eq!(list(texts, 1_000, 3).await, [early[0], early[1], next]);
    assert_eq!(list(texts, 200, 10).await, [early[0], early[1], next], "a batch that ended at that time is among them");
    assert_eq!(list(texts, 99, 10).await, []);
    assert_eq!(list(all, 1_000, 0).await, []);
    erase(&store, &[early[0]], texts, 1_000).await;
    erase(&store, &[next], all, 1_000).await;
    assert_eq!(list(texts, 1_000, 10).await, [early[1], late]);
    assert_eq!(list(all, 1_000, 10).await, [early[0], early[1], late]);
}

/// A letter that is not there is passed over; one that is of no batch stays.
pub async fn letters_of_nobody_stay(store: Arc<dyn Store>) {
    let id = ended(&store, "batch", 100).await;
    let mut unit = begin(&store).await;
    unit.keep(&[letter("stray")]).await.expect("letters are kept");
    unit.attribute_letters(&[owner(id, "nowhere")]).await.expect("a letter that is not there is passed over");
    unit.erase(&[id], ErasureScope::Texts, at(200)).await.expect("the batch is erased");
    commit(unit).await;
    assert_eq!(view(&store).await.newest(10).await.expect("letters are loaded"), [letter("stray")]);
}

/// Nothing is erased of nothing, and of two thousand batches at once.
pub async fn erases_no_batch_and_two_thousand(store: Arc<dyn Store>) {
    let mut unit = begin(&store).await;
    unit.attribute_letters(&[]).await.expect("nothing is attributed");
    unit.erase(&[], ErasureScope::TextsAndScores, at(1)).await.expect("nothing is erased");
    assert_eq!(unit.erasures(&[]).await.expect("nothing is loaded"), []);
    let batches: Vec<_> = (0..2_000)
        .map(|n| {
            let mut batch = fixture::batch(&format!("batch {n}"));
            batch.state.phase = Phase::Cancelled;
            batch.state.completed_at = Some(at(n));
            batch
        })
        .collect();
    let essays: Vec<_> = batches.iter().map(|batch| fixture::essay(batch.id(), 0)).collect();
    BatchRepository::insert(&mut *unit, &refs(&batches)).await.expect("new batches are inserted");
    EssayRepository::insert(&mut *unit, &refs(&essays)).await.expect("new essays are inserted");
    let ids: Vec<_> = batches.iter().map(BatchRecord::id).collect();
    unit.erase(&ids, ErasureScope::Texts, at(5_000)).await.expect("the batches are erased");
    assert_eq!(unit.erasures(&ids).await.expect("erasures are loaded").len(), 2_000);
    assert_eq!(unit.erasable(at(9_000), ErasureScope::Texts, 10).await.expect("batches are listed"), []);
    commit(unit).await;
}
