//! The port to waves.

use std::sync::Arc;

use cj_core::change::WaveRecord;
use cj_core::id::BatchId;
use cj_core::store::{Store, WaveRepository};

use super::support::{begin, commit, put_batches, refs, view};
use crate::fixture;

async fn batch(store: &Arc<dyn Store>, name: &str) -> BatchId {
    let batch = fixture::batch(name);
    put_batches(store, std::slice::from_ref(&batch)).await;
    batch.id()
}

async fn put(store: &Arc<dyn Store>, waves: &[WaveRecord]) {
    let mut unit = begin(store).await;
    WaveRepository::put(&mut *unit, &refs(waves)).await.expect("waves are written");
    commit(unit).await;
}

async fn load(store: &Arc<dyn Store>, batch: BatchId) -> Vec<WaveRecord> {
    WaveRepository::load(&mut *view(store).await, batch).await.expect("waves are loaded")
}

fn planned(batch: BatchId, number: u32) -> WaveRecord {
    WaveRecord { scored_at: None, sheet: None, ..fixture::wave(batch, number) }
}

/// Every field of a wave is read as it was written, its scale to the bit, in order of the number.
pub async fn reads_waves_as_they_were_put(store: Arc<dyn Store>) {
    let (first, second) = (batch(&store, "first").await, batch(&store, "second").await);
    let mut waves = vec![fixture::wave(first, 1), fixture::wave(first, 2), planned(first, 10)];
    waves[0].seed = u64::MAX;
    waves[1].seed = 0;
    if let Some(sheet) = &mut waves[1].sheet {
        sheet.separation = None;
        sheet.reliability = None;
        sheet.max_change = None;
    }
    let shuffled = [2, 0, 1].map(|place| waves[place].clone());
    put(&store, &shuffled).await;
    put(&store, &[fixture::wave(second, 1)]).await;
    assert_eq!(load(&store, first).await, waves);
    assert_eq!(load(&store, second).await, [fixture::wave(second, 1)]);
    assert_eq!(load(&store, fixture::batch_id("unknown")).await, []);
}

/// A wave that is put again is replaced, whole.
pub async fn a_wave_put_again_is_replaced(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    put(&store, &[planned(batch, 1), planned(batch, 2)]).await;
    let scored = WaveRecord { pairs_planned: 7, seed: 8, ..fixture::wave(batch, 1) };
    put(&store, &[scored.clone(), planned(batch, 3)]).await;
    assert_eq!(load(&store, batch).await, [scored, planned(batch, 2), planned(batch, 3)]);
    put(&store, &[planned(batch, 1)]).await;
    assert_eq!(load(&store, batch).await, [planned(batch, 1), planned(batch, 2), planned(batch, 3)]);
}

/// A scale of five hundred essays keeps every bit of every number.
pub async fn scales_keep_every_bit(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut wave = fixture::wave(batch, 1);
    wave.sheet = Some(fixture::sheet(500));
    put(&store, std::slice::from_ref(&wave)).await;
    let loaded = load(&store, batch).await.pop().and_then(|wave| wave.sheet).expect("the scale is stored");
    for (loaded, essay) in loaded.essays.iter().zip(fixture::sheet(500).essays) {
        assert_eq!(loaded.score.to_bits(), essay.score.to_bits(), "score of {}", essay.essay_id);
        assert_eq!(loaded.se.to_bits(), essay.se.to_bits(), "standard error of {}", essay.essay_id);
    }
    assert_eq!(loaded, fixture::sheet(500));
}

/// Empty slices are accepted and change nothing; two thousand waves go in one call.
pub async fn writes_no_wave_and_two_thousand(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    put(&store, &[]).await;
    assert_eq!(load(&store, batch).await, []);
    let waves: Vec<_> = (1..=2_000).map(|number| planned(batch, number)).collect();
    put(&store, &waves).await;
    assert_eq!(load(&store, batch).await, waves);
}
