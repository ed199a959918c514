//! Records drawn at random are read as they were written.

use std::sync::Arc;

use cj_core::change::{BatchRecord, MessageKind, WaveRecord};
use cj_core::store::{
    BatchQuery, BatchRepository, BehindParked, Claim, ComparisonQuery, ComparisonRepository, EssayRepository,
    ResultRepository, Store, Texts, WaveRepository,
};
use proptest::collection::vec;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::support::{begin, commit, put_batches, put_comparisons, put_essays, refs, stored, view};
use crate::{fixture, strategy};

/// Draws from a fixed seed: a case is the same on every store and every run.
fn draw<S: Strategy>(strategy: S) -> S::Value {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).expect("the strategy rejects little").current()
}

/// Batches, inserted and updated.
pub async fn batches_drawn_at_random(store: Arc<dyn Store>) {
    let batches = draw(vec(strategy::batch(), 60));
    put_batches(&store, &batches).await;
    for batch in &batches {
        assert_eq!(&stored(&store, batch).await, batch);
        let named = BatchQuery::BosBatchId(batch.header.bos_batch_id.clone());
        let found = view(&store).await.find(&named).await.expect("batches are found");
        assert!(found.contains(batch), "not found by the name {:?}", batch.header.bos_batch_id);
    }
    let states = batches.iter().map(|batch| batch.state.clone()).rev();
    let updates: Vec<_> = batches
        .iter()
        .zip(states)
        .map(|(batch, state)| cj_core::change::BatchUpdate { state, ..fixture::next(batch) })
        .collect();
    let mut unit = begin(&store).await;
    BatchRepository::update(&mut *unit, &refs(&updates)).await.expect("the versions are the stored ones");
    commit(unit).await;
    for (batch, update) in batches.iter().zip(&updates) {
        let expected = BatchRecord { header: Arc::clone(&batch.header), state: update.state.clone() };
        assert_eq!(stored(&store, batch).await, expected);
    }
}

/// Essays, their comparisons, answers and results.
pub async fn rows_of_a_batch_drawn_at_random(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let id = batch.id();
    let essays = draw(strategy::essays(id, 60));
    put_essays(&store, &essays).await;
    let loaded = EssayRepository::load(&mut *view(&store).await, id, Texts::Include).await;
    assert_eq!(loaded.expect("essays are loaded"), essays);

    let ids: Vec<_> = essays.iter().map(|essay| essay.essay_id.clone()).collect();
    let rows = draw(strategy::comparisons(id, &ids, 100));
    put_comparisons(&store, &rows).await;
    let query = ComparisonQuery::All(id);
    let loaded = ComparisonRepository::load(&mut *view(&store).await, &query).await;
    assert_eq!(loaded.expect("comparisons are loaded"), rows);

    let answers = rows.iter().flat_map(|row| [0, 1].map(|ordinal| strategy::decision(row, ordinal)));
    let mut answers = draw(answers.collect::<Vec<_>>());
    let results = draw(essays.iter().map(strategy::result).collect::<Vec<_>>());
    let mut unit = begin(&store).await;
    unit.record(&answers).await.expect("the answers are new");
    ResultRepository::put(&mut *unit, &results).await.expect("results are written");
    commit(unit).await;
    answers.sort_by_key(|row| (row.comparison_id, row.ordinal));
    assert_eq!(view(&store).await.decisions(id).await.expect("answers are loaded"), answers);
    let mut loaded = ResultRepository::load(&mut *view(&store).await, id).await.expect("results are loaded");
    loaded.sort_by(|a, b| a.essay_id.cmp(&b.essay_id));
    let mut results = results;
    results.sort_by(|a, b| a.essay_id.cmp(&b.essay_id));
    assert_eq!(loaded, results);
}

/// Waves with their scales.
pub async fn waves_drawn_at_random(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let sheets = draw(vec((strategy::sheet(), strategy::time(), proptest::num::u64::ANY), 40));
    let waves = (1..).zip(sheets).map(|(number, (sheet, time, seed))| WaveRecord {
        sheet: Some(sheet),
        planned_at: time,
        scored_at: Some(time),
        seed,
        ..fixture::wave(batch.id(), number)
    });
    let waves: Vec<_> = waves.collect();
    let mut unit = begin(&store).await;
    WaveRepository::put(&mut *unit, &refs(&waves)).await.expect("waves are written");
    commit(unit).await;
    let loaded = WaveRepository::load(&mut *view(&store).await, batch.id()).await.expect("waves are loaded");
    assert_eq!(loaded, waves);
}

/// Messages of both kinds.
pub async fn messages_drawn_at_random(store: Arc<dyn Store>) {
    let mut messages = draw(vec(strategy::message(), 200));
    let mut unit = begin(&store).await;
    unit.append(&messages).await.expect("the messages are new");
    commit(unit).await;
    let mut claimed = Vec::new();
    for kind in [MessageKind::Event, MessageKind::Question] {
        let claim = Claim {
            kind,
            limit: 1_000,
            owner: fixture::worker("relay"),
            now: fixture::at(4_000_000_000),
            lease: chrono::TimeDelta::seconds(30),
            behind_parked: BehindParked::Wait,
        };
        let mut unit = begin(&store).await;
        claimed.extend(unit.claim(&claim).await.expect("messages are claimed"));
        commit(unit).await;
    }
    for message in &mut messages {
        message.attempts = 1;
    }
    messages.sort_by_key(|message| (message.kind, message.created_at));
    assert_eq!(claimed, messages);
}
