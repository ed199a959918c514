//! The port to comparisons.

use std::sync::Arc;

use cj_core::change::{BatchRecord, ComparisonRecord, ComparisonState, Winner};
use cj_core::id::{BatchId, ComparisonId, JudgeId};
use cj_core::store::{ComparisonQuery, ComparisonRepository, ErrorKind, Store};

use super::support::{begin, commit, put_comparisons, refs, refused, seeded, view};
use crate::fixture::{self, ODD_TEXT, at, comparison};

async fn load(store: &Arc<dyn Store>, query: ComparisonQuery) -> Vec<ComparisonRecord> {
    ComparisonRepository::load(&mut *view(store).await, &query).await.expect("comparisons are loaded")
}

async fn update(store: &Arc<dyn Store>, comparisons: &[ComparisonRecord]) {
    let mut unit = begin(store).await;
    ComparisonRepository::update(&mut *unit, &refs(comparisons)).await.expect("the comparisons are there");
    commit(unit).await;
}

/// The comparisons of two waves, with second attempts, in order; some open, some not.
fn mixed(batch: BatchId) -> Vec<ComparisonRecord> {
    let keys = [(1, 0, 1), (1, 0, 2), (1, 1, 1), (1, 2, 1), (1, 2, 2), (1, 2, 3), (2, 0, 1), (2, 1, 1), (10, 0, 1)];
    let states = [
        ComparisonState::Failed,
        ComparisonState::Asked,
        ComparisonState::Decided,
        ComparisonState::Expired,
        ComparisonState::Failed,
        ComparisonState::Cancelled,
        ComparisonState::Planned,
        ComparisonState::Failed,
        ComparisonState::Asked,
    ];
    let rows = keys.into_iter().zip(states).map(|((wave, ordinal, attempt), state)| {
        let row = comparison(batch, wave, ordinal, attempt);
        ComparisonRecord { state, ..row }
    });
    rows.collect()
}

fn shuffled(rows: &[ComparisonRecord]) -> Vec<ComparisonRecord> {
    let mut rows = rows.to_vec();
    rows.sort_by_key(|row| row.id);
    rows
}

/// Every field of a comparison is read as it was written.
pub async fn reads_comparisons_as_they_were_inserted(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let mut rows: Vec<_> = (0..)
        .zip(ComparisonState::ALL)
        .map(|(ordinal, state)| ComparisonRecord { state: *state, ..comparison(batch, 1, ordinal, 1) })
        .collect();
    rows[0].judge_id = Some(JudgeId::new("Åke \"ö\" 'x' %").expect("odd, but an id"));
    rows[1].asked_at = Some(at(12));
    for (row, verdict) in rows[2..5].iter_mut().zip([Winner::A, Winner::B, Winner::Tie]) {
        row.verdict = Some(verdict);
        row.decisions = u32::MAX;
    }
    rows[5].error_code = Some(fixture::error_code(ODD_TEXT));
    let mut second = comparison(batch, 1, 5, 2);
    second.deadline = at(400_000_000);
    rows.push(second);
    put_comparisons(&store, &rows).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, rows);
}

/// An id, and a place with an attempt, are there once only; a conflict writes nothing of the slice.
pub async fn refuses_to_insert_a_comparison_twice(store: Arc<dyn Store>) {
    let (batch, other) = (seeded(&store, "batch").await.id(), seeded(&store, "other").await.id());
    let first = comparison(batch, 1, 0, 1);
    put_comparisons(&store, std::slice::from_ref(&first)).await;
    let fresh = comparison(batch, 1, 7, 1);
    let same_id = ComparisonRecord { ordinal: 3, ..first.clone() };
    let same_place = ComparisonRecord { id: other.comparison_id(9, 9, 9), ..first.clone() };
    for slice in [[&fresh, &first], [&fresh, &same_id], [&fresh, &same_place], [&fresh, &fresh]] {
        let mut unit = begin(&store).await;
        refused(ComparisonRepository::insert(&mut *unit, &slice).await, ErrorKind::Conflict);
        drop(unit);
    }
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, [first]);
}

/// All comparisons of a batch come in the order (wave, ordinal, attempt), as numbers.
pub async fn loads_all_of_a_batch_in_order(store: Arc<dyn Store>) {
    let (batch, other) = (seeded(&store, "batch").await.id(), seeded(&store, "other").await.id());
    put_comparisons(&store, &shuffled(&mixed(batch))).await;
    put_comparisons(&store, &[comparison(other, 1, 0, 1)]).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, mixed(batch));
    assert_eq!(load(&store, ComparisonQuery::All(fixture::batch_id("unknown"))).await, []);
}

/// Open comparisons come with every other attempt of their questions, and no other question does.
pub async fn loads_open_ones_with_their_siblings(store: Arc<dyn Store>) {
    let (batch, other) = (seeded(&store, "batch").await.id(), seeded(&store, "other").await.id());
    let rows = mixed(batch);
    put_comparisons(&store, &shuffled(&rows)).await;
    put_comparisons(&store, &mixed(other)).await;
    let open = [0, 1, 6, 8].map(|place| rows[place].clone());
    assert_eq!(load(&store, ComparisonQuery::Open(batch)).await, open);

    let decided = ComparisonRecord { state: ComparisonState::Decided, ..rows[1].clone() };
    let asked_again = ComparisonRecord { state: ComparisonState::Asked, ..rows[5].clone() };
    update(&store, &[decided, asked_again.clone()]).await;
    let open = [rows[3].clone(), rows[4].clone(), asked_again, rows[6].clone(), rows[8].clone()];
    assert_eq!(load(&store, ComparisonQuery::Open(batch)).await, open);
    assert_eq!(load(&store, ComparisonQuery::Open(fixture::batch_id("unknown"))).await, []);
}

/// The open comparisons of several batches come in one order, each once, whatever the order and number of their ids.
pub async fn loads_open_ones_of_several_batches(store: Arc<dyn Store>) {
    let batches =
        [seeded(&store, "one").await.id(), seeded(&store, "two").await.id(), seeded(&store, "three").await.id()];
    for batch in batches {
        put_comparisons(&store, &shuffled(&mixed(batch))).await;
    }
    let (first, second) = (batches[1].min(batches[2]), batches[1].max(batches[2]));
    let open: Vec<_> =
        [first, second].into_iter().flat_map(|id| [0, 1, 6, 8].map(|place| mixed(id)[place].clone())).collect();
    let wanted = vec![second, fixture::batch_id("unknown"), first, second];
    assert_eq!(load(&store, ComparisonQuery::OpenOf(wanted)).await, open);
    assert_eq!(load(&store, ComparisonQuery::OpenOf(vec![])).await, []);
}

/// Comparisons are found by id, each question with all of its attempts, each row once, over several batches.
pub async fn loads_by_id_with_siblings(store: Arc<dyn Store>) {
    let (batch, other) = (seeded(&store, "batch").await.id(), seeded(&store, "other").await.id());
    let (rows, others) = (mixed(batch), mixed(other));
    put_comparisons(&store, &rows).await;
    put_comparisons(&store, &others).await;
    let ids: Vec<ComparisonId> =
        vec![others[6].id, rows[5].id, batch.comparison_id(77, 0, 1), rows[3].id, rows[5].id, rows[2].id];
    let mut expected: Vec<_> = [2, 3, 4, 5].map(|place| rows[place].clone()).into();
    expected.push(others[6].clone());
    expected.sort_by_key(|row| (row.batch_id, row.wave, row.ordinal, row.attempt));
    assert_eq!(load(&store, ComparisonQuery::WithSiblings(ids)).await, expected);
    assert_eq!(load(&store, ComparisonQuery::WithSiblings(vec![])).await, []);
    assert_eq!(load(&store, ComparisonQuery::WithSiblings(vec![batch.comparison_id(77, 0, 1)])).await, []);
}

/// The batches of comparisons are locked in order of id, each once; what is not there is left out.
pub async fn locks_the_batches_of_comparisons(store: Arc<dyn Store>) {
    let (batch, other) = (seeded(&store, "batch").await.id(), seeded(&store, "other").await.id());
    let (rows, others) = (mixed(batch), mixed(other));
    put_comparisons(&store, &rows).await;
    put_comparisons(&store, &others).await;
    put_comparisons(&store, &mixed(seeded(&store, "not named").await.id())).await;
    let unknown = batch.comparison_id(77, 0, 1);
    let mut unit = begin(&store).await;
    let ids = [others[2].id, unknown, rows[0].id, rows[5].id, rows[0].id];
    let locked = unit.lock_of(&ids).await.expect("their batches are locked");
    let mut expected = [batch, other];
    expected.sort_unstable();
    assert_eq!(locked, unit.lock(&expected).await.expect("batches are locked"));
    assert_eq!(locked.iter().map(BatchRecord::id).collect::<Vec<_>>(), expected);
    assert_eq!(unit.lock_of(&[unknown]).await.expect("nothing is locked"), []);
    assert_eq!(unit.lock_of(&[]).await.expect("nothing is locked"), []);
    drop(unit);
    refused(view(&store).await.lock_of(&ids).await, ErrorKind::Unsupported);
}

/// An update writes what inputs change, and nothing else.
pub async fn updates_the_state_and_leaves_the_question(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let mut rows = mixed(batch);
    put_comparisons(&store, &rows).await;
    rows[1].state = ComparisonState::Decided;
    rows[1].verdict = Some(Winner::B);
    rows[1].decisions = 2;
    rows[1].asked_at = Some(at(20));
    rows[1].deadline = at(920);
    rows[6].state = ComparisonState::Failed;
    rows[6].error_code = Some(fixture::error_code("LLM_PROVIDER_EXPLODED"));
    let changed = [1, 6].map(|place| {
        let mut row = rows[place].clone();
        row.essay_a = fixture::essay_id(8);
        row.essay_b = fixture::essay_id(9);
        row.judge_id = Some(JudgeId::new("someone else").expect("the name is plain"));
        row.planned_at = at(5_000);
        row
    });
    update(&store, &changed).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, rows);

    rows[1] = ComparisonRecord { verdict: None, asked_at: None, error_code: None, ..rows[1].clone() };
    update(&store, &rows[1..2]).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, rows);
}

/// An update of a comparison that is not there is a conflict, and nothing of the slice is written.
pub async fn an_update_of_a_missing_comparison_is_a_conflict(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let there = comparison(batch, 1, 0, 1);
    put_comparisons(&store, std::slice::from_ref(&there)).await;
    let asked = ComparisonRecord { state: ComparisonState::Asked, ..there.clone() };
    let mut unit = begin(&store).await;
    let missing = comparison(batch, 1, 0, 2);
    refused(ComparisonRepository::update(&mut *unit, &[&asked, &missing]).await, ErrorKind::Conflict);
    drop(unit);
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, [there]);
}

/// The open comparisons of the batches that ended are cancelled, and no others.
pub async fn cancels_what_is_open(store: Arc<dyn Store>) {
    let mut batches = Vec::new();
    for name in ["ended", "ended too", "going on"] {
        let batch = seeded(&store, name).await.id();
        put_comparisons(&store, &mixed(batch)).await;
        batches.push(batch);
    }
    let mut unit = begin(&store).await;
    unit.cancel_open(&[batches[0], fixture::batch_id("unknown"), batches[1]]).await.expect("they are cancelled");
    commit(unit).await;
    for batch in &batches[..2] {
        let mut expected = mixed(*batch);
        for place in [1, 6, 8] {
            expected[place].state = ComparisonState::Cancelled;
        }
        assert_eq!(load(&store, ComparisonQuery::All(*batch)).await, expected);
        assert_eq!(load(&store, ComparisonQuery::Open(*batch)).await, []);
    }
    assert_eq!(load(&store, ComparisonQuery::All(batches[2])).await, mixed(batches[2]));
    assert_eq!(load(&store, ComparisonQuery::Open(batches[2])).await.len(), 4);
}

/// Empty slices are accepted and change nothing.
pub async fn empty_slices_of_comparisons_do_nothing(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    put_comparisons(&store, &mixed(batch)).await;
    let mut unit = begin(&store).await;
    ComparisonRepository::insert(&mut *unit, &[]).await.expect("nothing is inserted");
    ComparisonRepository::update(&mut *unit, &[]).await.expect("nothing is updated");
    unit.cancel_open(&[]).await.expect("nothing is cancelled");
    commit(unit).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, mixed(batch));
}

/// Two thousand comparisons are written, found and updated in one call each.
pub async fn writes_two_thousand_comparisons_at_once(store: Arc<dyn Store>) {
    let batch = seeded(&store, "batch").await.id();
    let mut rows: Vec<_> = (0..2_000).map(|ordinal| comparison(batch, 1, ordinal, 1)).collect();
    put_comparisons(&store, &rows).await;
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    assert_eq!(load(&store, ComparisonQuery::WithSiblings(ids)).await, rows);
    for row in &mut rows {
        row.state = ComparisonState::Decided;
        row.verdict = Some(Winner::A);
        row.decisions = row.ordinal;
    }
    update(&store, &rows).await;
    assert_eq!(load(&store, ComparisonQuery::All(batch)).await, rows);
    assert_eq!(load(&store, ComparisonQuery::Open(batch)).await, []);
}
