//! The port to results of essays.

use std::sync::Arc;

use cj_core::change::EssayResult;
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{ResultRepository, Store};

use super::support::{begin, commit, put_batches, put_essays, seeded, view};
use crate::fixture;

async fn put(store: &Arc<dyn Store>, results: &[EssayResult]) {
    let mut unit = begin(store).await;
    ResultRepository::put(&mut *unit, results).await.expect("results are written");
    commit(unit).await;
}

async fn load(store: &Arc<dyn Store>, batch: BatchId) -> Vec<EssayResult> {
    ResultRepository::load(&mut *view(store).await, batch).await.expect("results are loaded")
}

/// Every field of a result is read as it was written.
pub async fn reads_results_as_they_were_put(store: Arc<dyn Store>) {
    let (first, second) = (seeded(&store, "first").await.id(), seeded(&store, "second").await.id());
    let results: Vec<_> = (0..10).map(|ordinal| fixture::essay_result(first, ordinal)).collect();
    let others = [EssayResult {
        score: f64::MAX,
        se: f64::MIN_POSITIVE,
        rank_low: 0,
        rank_high: u32::MAX,
        comparisons: u32::MAX,
        infit: None,
        outfit: Some(-1e-200),
        ..fixture::essay_result(second, 3)
    }];
    put(&store, &results).await;
    put(&store, &others).await;
    assert_eq!(load(&store, first).await, results);
    assert_eq!(load(&store, second).await, others);
    assert_eq!(load(&store, fixture::batch_id("unknown")).await, []);
}

/// Results come best first, equal ranks in order of essay id, byte by byte.
pub async fn results_come_best_first(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let names = ["b", "B", "a", "å", "ä", "a b", "Z", "10", "9", "_"];
    let essays: Vec<_> = (0..)
        .zip(names)
        .map(|(ordinal, name)| {
            let mut essay = fixture::essay(batch.id(), ordinal);
            essay.essay_id = EssayId::new(name).expect("an id");
            essay
        })
        .collect();
    put_essays(&store, &essays).await;
    let results: Vec<_> = essays
        .iter()
        .map(|essay| EssayResult {
            essay_id: essay.essay_id.clone(),
            rank: if essay.ordinal % 2 == 0 { 10 } else { 9 },
            ..fixture::essay_result(batch.id(), essay.ordinal)
        })
        .collect();
    put(&store, &results).await;
    let mut expected = results;
    expected.sort_by(|a, b| (a.rank, a.essay_id.as_str()).cmp(&(b.rank, b.essay_id.as_str())));
    assert_eq!(load(&store, batch.id()).await, expected);
}

/// A result that is put again is replaced, whole; the others stay.
pub async fn a_result_put_again_is_replaced(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let results: Vec<_> = (0..3).map(|ordinal| fixture::essay_result(batch, ordinal)).collect();
    put(&store, &results).await;
    let again = EssayResult {
        is_anchor: true,
        score: 2.5,
        se: 0.25,
        rank: 9,
        rank_low: 8,
        rank_high: 10,
        comparisons: 1,
        infit: None,
        outfit: Some(1.5),
        ..results[0].clone()
    };
    put(&store, std::slice::from_ref(&again)).await;
    assert_eq!(load(&store, batch).await, [results[1].clone(), results[2].clone(), again]);
}

/// Empty slices are accepted; two thousand results go in one call, every score to the bit.
pub async fn writes_no_result_and_two_thousand(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let essays: Vec<_> = (0..2_000).map(|ordinal| fixture::essay(batch.id(), ordinal)).collect();
    put_essays(&store, &essays).await;
    put(&store, &[]).await;
    assert_eq!(load(&store, batch.id()).await, []);
    let results: Vec<_> = (0..2_000).map(|ordinal| fixture::essay_result(batch.id(), ordinal)).collect();
    put(&store, &results).await;
    let loaded = load(&store, batch.id()).await;
    assert!(loaded.iter().map(|row| row.score.to_bits()).eq(results.iter().map(|row| row.score.to_bits())));
    assert_eq!(loaded, results);
}
