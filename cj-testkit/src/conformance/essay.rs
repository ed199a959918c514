//! The port to essays.

use std::sync::Arc;

use cj_core::change::{EssayContent, EssayKind, EssayRecord, EssayStatus};
use cj_core::id::{BatchId, EssayId};
use cj_core::store::{ErrorKind, EssayRepository, Store, Texts};

use super::support::{begin, commit, put_batches, put_essays, refs, refused, view};
use crate::fixture::{self, ODD_TEXT};

async fn batch(store: &Arc<dyn Store>, name: &str) -> BatchId {
    let batch = fixture::batch(name);
    put_batches(store, std::slice::from_ref(&batch)).await;
    batch.id()
}

async fn load(store: &Arc<dyn Store>, batch: BatchId, texts: Texts) -> Vec<EssayRecord> {
    EssayRepository::load(&mut *view(store).await, batch, texts).await.expect("essays are loaded")
}

/// Every field of an essay is read as it was written, in the order of the request.
pub async fn reads_essays_as_they_were_inserted(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut anchor = fixture::essay(batch, 0);
    anchor.essay_id = EssayId::new("z å \"'%_").expect("odd, but an id");
    anchor.kind = EssayKind::Anchor { label: ODD_TEXT.to_owned(), grade: Some("B+".to_owned()) };
    let mut ungraded = fixture::essay(batch, 1);
    ungraded.essay_id = EssayId::new("Ö".repeat(36)).expect("as long as an id may be");
    ungraded.kind = EssayKind::Anchor { label: "A".to_owned(), grade: None };
    ungraded.content = EssayContent::with_judge();
    let mut scored = fixture::essay(batch, 2);
    scored.title = None;
    scored.content.text = Some(ODD_TEXT.repeat(2_000));
    (scored.score, scored.se, scored.rank, scored.comparison_count) =
        (Some(-0.1 - 0.2), Some(1e-300), Some(1), u32::MAX);
    let mut missing = fixture::essay(batch, 3);
    missing.essay_id = EssayId::new("a").expect("short, but an id");
    missing.content = EssayContent::default();
    missing.status = EssayStatus::Missing;
    let mut pending = fixture::essay(batch, 4);
    pending.content.text = Some(String::new());
    pending.status = EssayStatus::Pending;
    let essays = [anchor, ungraded, scored, missing, pending];
    let shuffled: Vec<_> = [3, 1, 4, 0, 2].map(|place| essays[place].clone()).into();
    put_essays(&store, &shuffled).await;
    assert_eq!(load(&store, batch, Texts::Include).await, essays);
}

/// Essays without their texts are the same but for the texts.
pub async fn leaves_out_texts_where_they_are_not_wanted(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut essays = fixture::essays(batch);
    put_essays(&store, &essays).await;
    for essay in &mut essays {
        essay.content.text = None;
    }
    assert_eq!(load(&store, batch, Texts::Omit).await, essays);
}

/// One id may name an essay of each batch, and one essay of a batch only.
pub async fn an_essay_is_named_by_its_batch_and_id(store: Arc<dyn Store>) {
    let (first, second) = (batch(&store, "first").await, batch(&store, "second").await);
    put_essays(&store, &fixture::essays(first)).await;
    put_essays(&store, &fixture::essays(second)).await;
    let fresh = fixture::essay(first, 99);
    for slice in [[&fresh, &fixture::essay(first, 3)], [&fresh, &fresh]] {
        let mut unit = begin(&store).await;
        refused(EssayRepository::insert(&mut *unit, &slice).await, ErrorKind::Conflict);
        drop(unit);
    }
    assert_eq!(load(&store, first, Texts::Include).await, fixture::essays(first));
    assert_eq!(load(&store, second, Texts::Include).await, fixture::essays(second));
    assert_eq!(load(&store, fixture::batch_id("unknown"), Texts::Include).await, []);
}

/// An update writes what inputs change, and nothing else.
pub async fn updates_scores_and_leaves_the_rest(store: Arc<dyn Store>) {
    let (first, second) = (batch(&store, "first").await, batch(&store, "second").await);
    let mut essays = fixture::essays(first);
    put_essays(&store, &essays).await;
    put_essays(&store, &fixture::essays(second)).await;
    let mut update = essays[4].clone();
    update.status = EssayStatus::Missing;
    (update.score, update.se, update.rank, update.comparison_count) = (Some(0.1 + 0.2), Some(0.5), Some(3), 9);
    essays[4] = update.clone();
    update.ordinal = 77;
    update.title = Some("other".to_owned());
    update.kind = EssayKind::Anchor { label: "other".to_owned(), grade: None };
    update.content = EssayContent { text: None, storage_id: None, sha256: None, with_judge: true };
    let mut unit = begin(&store).await;
    EssayRepository::update(&mut *unit, &[&update]).await.expect("the essay is there");
    commit(unit).await;
    assert_eq!(load(&store, first, Texts::Include).await, essays);
    assert_eq!(load(&store, second, Texts::Include).await, fixture::essays(second));

    (update.score, update.se, update.rank) = (None, None, None);
    (essays[4].score, essays[4].se, essays[4].rank) = (None, None, None);
    let mut unit = begin(&store).await;
    EssayRepository::update(&mut *unit, &[&update]).await.expect("the essay is there");
    commit(unit).await;
    assert_eq!(load(&store, first, Texts::Include).await, essays);
}

/// A text that was found replaces the content that was asked for.
pub async fn an_update_with_a_text_replaces_the_content(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut essays = fixture::essays(batch);
    for essay in &mut essays {
        essay.content = EssayContent { storage_id: Some("0123456789abcdef".repeat(2)), ..EssayContent::default() };
        essay.status = EssayStatus::Pending;
    }
    put_essays(&store, &essays).await;
    for essay in &mut essays[..6] {
        essay.content = EssayContent { storage_id: essay.content.storage_id.take(), ..EssayContent::of_text(ODD_TEXT) };
        essay.status = EssayStatus::Ready;
    }
    essays[6].content = EssayContent { storage_id: None, ..EssayContent::of_text("") };
    essays[6].status = EssayStatus::Missing;
    let mut unit = begin(&store).await;
    EssayRepository::update(&mut *unit, &refs(&essays)).await.expect("the essays are there");
    commit(unit).await;
    assert_eq!(load(&store, batch, Texts::Include).await, essays);
}

/// An update of an essay that is not there is a conflict, and nothing of the slice is written.
pub async fn an_update_of_a_missing_essay_is_a_conflict(store: Arc<dyn Store>) {
    let (first, second) = (batch(&store, "first").await, batch(&store, "second").await);
    put_essays(&store, &fixture::essays(first)).await;
    let mut there = fixture::essay(first, 0);
    there.score = Some(1.0);
    for missing in [fixture::essay(first, 99), fixture::essay(second, 0)] {
        let mut unit = begin(&store).await;
        refused(EssayRepository::update(&mut *unit, &[&there, &missing]).await, ErrorKind::Conflict);
        drop(unit);
        assert_eq!(load(&store, first, Texts::Include).await, fixture::essays(first));
    }
}

/// Empty slices are accepted and change nothing.
pub async fn empty_slices_of_essays_do_nothing(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut unit = begin(&store).await;
    EssayRepository::insert(&mut *unit, &[]).await.expect("nothing is inserted");
    EssayRepository::update(&mut *unit, &[]).await.expect("nothing is updated");
    commit(unit).await;
    assert_eq!(load(&store, batch, Texts::Include).await, []);
}

/// Two thousand essays are written and updated in one call each, every score to the bit.
pub async fn writes_two_thousand_essays_at_once(store: Arc<dyn Store>) {
    let batch = batch(&store, "batch").await;
    let mut essays: Vec<_> = (0..2_000).map(|ordinal| fixture::essay(batch, ordinal)).collect();
    put_essays(&store, &essays).await;
    for essay in &mut essays {
        essay.score = Some(fixture::score(essay.ordinal));
        essay.se = Some(fixture::score(essay.ordinal + 5_000).abs() * 1e-7);
        essay.rank = Some(essay.ordinal + 1);
    }
    let mut unit = begin(&store).await;
    EssayRepository::update(&mut *unit, &refs(&essays)).await.expect("the essays are there");
    commit(unit).await;
    let loaded = load(&store, batch, Texts::Include).await;
    assert_eq!(loaded.len(), essays.len());
    for (loaded, essay) in loaded.iter().zip(&essays) {
        assert_eq!(loaded.score.map(f64::to_bits), essay.score.map(f64::to_bits), "score of {}", essay.essay_id);
        assert_eq!(loaded, essay);
    }
}
