//! Units are all or nothing, and views show one committed state.

use std::sync::Arc;

use cj_core::change::{BatchRecord, ComparisonRecord, ComparisonState, MessageKind, WaveRecord};
use cj_core::store::{
    BatchQuery, BatchRepository, BehindParked, Claim, ComparisonQuery, ComparisonRepository, ErrorKind,
    EssayRepository, Repositories, ResultRepository, Settlement, SettlementOutcome, Store, Texts, WaveRepository,
};

use super::support::{begin, commit, find, put_batches, refs, refused, stored, view};
use crate::fixture::{self, at};

/// Everything that the store holds of a batch, in words.
async fn everything(repos: &mut dyn Repositories, batch: &BatchRecord) -> String {
    let id = batch.id();
    let batches = repos.find(&BatchQuery::Newest { limit: 10 }).await.expect("batches are found");
    let due = repos.due(at(1_000_000), 10).await.expect("due batches are listed");
    let essays = EssayRepository::load(repos, id, Texts::Include).await.expect("essays are loaded");
    let waves = WaveRepository::load(repos, id).await.expect("waves are loaded");
    let query = ComparisonQuery::All(id);
    let comparisons = ComparisonRepository::load(repos, &query).await.expect("comparisons are loaded");
    let open = ComparisonRepository::load(repos, &ComparisonQuery::Open(id)).await.expect("comparisons are loaded");
    let decisions = repos.decisions(id).await.expect("answers are loaded");
    let matrix = repos.matrix(id).await.expect("the matrix is loaded");
    let results = ResultRepository::load(repos, id).await.expect("results are loaded");
    let letters = repos.newest(10).await.expect("letters are loaded");
    let events = repos.depth(MessageKind::Event).await.expect("the depth is read");
    let questions = repos.depth(MessageKind::Question).await.expect("the depth is read");
    format!(
        "{batches:?}{due:?}{essays:?}{waves:?}{comparisons:?}{open:?}{decisions:?}{matrix:?}{results:?}{letters:?}{events:?}{questions:?}"
    )
}

/// Inserts one row of each kind.
async fn insert_all(unit: &mut dyn Repositories, batch: &BatchRecord) {
    let id = batch.id();
    let rows = [fixture::comparison(id, 1, 0, 1), fixture::comparison(id, 1, 1, 1)];
    BatchRepository::insert(unit, &[batch]).await.expect("the batch is new");
    EssayRepository::insert(unit, &refs(&fixture::essays(id))).await.expect("the essays are new");
    WaveRepository::put(unit, &[&fixture::wave(id, 1)]).await.expect("waves are written");
    ComparisonRepository::insert(unit, &refs(&rows)).await.expect("the comparisons are new");
    unit.record(&[fixture::decision(&rows[0], 0)]).await.expect("the answer is new");
    let cell = cj_core::change::MatrixCell { wins_a: 1, ..Default::default() };
    unit.tally(&[(&fixture::cell(&rows[0]), &cell)]).await.expect("cells are added to");
    ResultRepository::put(unit, &[fixture::essay_result(id, 0)]).await.expect("results are written");
    let messages = [fixture::event(id, 1, 0), fixture::question(&rows[0]), fixture::question(&rows[1])];
    unit.append(&messages).await.expect("the messages are new");
    unit.keep(&[fixture::dead_letter("service", "letter")]).await.expect("letters are kept");
    let admitted = unit.admit("service", &[fixture::event_id("message")], at(0)).await;
    assert_eq!(admitted.expect("messages are admitted").len(), 1);
}

/// Changes one row of each kind.
async fn change_all(unit: &mut dyn Repositories, batch: &BatchRecord) {
    let id = batch.id();
    let mut update = fixture::next(batch);
    update.state.next_deadline = Some(at(5));
    BatchRepository::update(unit, &[&update]).await.expect("the version is the stored one");
    let mut essay = fixture::essay(id, 0);
    essay.score = Some(1.5);
    essay.content.text = Some("another text".to_owned());
    EssayRepository::update(unit, &[&essay]).await.expect("the essay is there");
    let wave = WaveRecord { sheet: None, ..fixture::wave(id, 1) };
    WaveRepository::put(unit, &[&wave]).await.expect("waves are written");
    let mut row = fixture::comparison(id, 1, 0, 1);
    row.state = ComparisonState::Decided;
    ComparisonRepository::update(unit, &[&row]).await.expect("the comparison is there");
    unit.cancel_open(&[id]).await.expect("comparisons are cancelled");
    let cell = cj_core::change::MatrixCell { ties: 1, ..Default::default() };
    unit.tally(&[(&fixture::cell(&row), &cell)]).await.expect("cells are added to");
    let mut result = fixture::essay_result(id, 0);
    result.score = 0.5;
    ResultRepository::put(unit, &[result]).await.expect("results are written");
    unit.withdraw(&[row.id], &[]).await.expect("questions are withdrawn");
    let claim = Claim {
        kind: MessageKind::Event,
        limit: 10,
        owner: fixture::worker("relay"),
        now: at(100),
        lease: chrono::TimeDelta::seconds(30),
        behind_parked: BehindParked::Wait,
    };
    let claimed = unit.claim(&claim).await.expect("messages are claimed");
    assert_eq!(claimed.len(), 1);
    let settlement = Settlement { id: claimed[0].id, outcome: SettlementOutcome::Sent { at: at(101) } };
    unit.settle(&[settlement]).await.expect("messages are settled");
    let admitted = unit.admit("service", &[fixture::event_id("another")], at(0)).await;
    assert_eq!(admitted.expect("messages are admitted").len(), 1, "what was rolled back is admitted again");
}

/// What a unit inserted is gone when it is dropped, and there when it is committed.
pub async fn inserts_are_all_or_nothing(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let before = everything(&mut *view(&store).await, &batch).await;
    let mut unit = begin(&store).await;
    insert_all(&mut *unit, &batch).await;
    let written = everything(&mut *unit, &batch).await;
    drop(unit);
    assert_eq!(everything(&mut *view(&store).await, &batch).await, before, "a dropped unit left something");
    let mut unit = begin(&store).await;
    insert_all(&mut *unit, &batch).await;
    commit(unit).await;
    assert_eq!(everything(&mut *view(&store).await, &batch).await, written, "a committed unit lost something");
    assert_ne!(written, before);
}

/// What a unit changed is as before when it is dropped, and changed when it is committed.
pub async fn changes_are_all_or_nothing(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let mut unit = begin(&store).await;
    insert_all(&mut *unit, &batch).await;
    commit(unit).await;
    let before = everything(&mut *view(&store).await, &batch).await;
    let mut unit = begin(&store).await;
    change_all(&mut *unit, &batch).await;
    let written = everything(&mut *unit, &batch).await;
    drop(unit);
    assert_eq!(everything(&mut *view(&store).await, &batch).await, before, "a dropped unit left something");
    let mut unit = begin(&store).await;
    change_all(&mut *unit, &batch).await;
    commit(unit).await;
    assert_eq!(everything(&mut *view(&store).await, &batch).await, written, "a committed unit lost something");
    assert_ne!(written, before);
}

/// A unit that was dropped leaves the store fit for the next, many times over.
pub async fn a_dropped_unit_blocks_nothing(store: Arc<dyn Store>) {
    for _ in 0..20 {
        let mut unit = begin(&store).await;
        insert_all(&mut *unit, &fixture::batch("batch")).await;
        drop(unit);
    }
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    assert_eq!(stored(&store, &batch).await, batch);
}

/// A view does not show what a unit has not committed, and waits for no unit.
pub async fn a_view_shows_no_uncommitted_write(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let mut unit = begin(&store).await;
    let before = everything(&mut *view(&store).await, &batch).await;
    insert_all(&mut *unit, &batch).await;
    assert_eq!(everything(&mut *view(&store).await, &batch).await, before);
    commit(unit).await;
    let committed = everything(&mut *view(&store).await, &batch).await;
    assert_ne!(committed, before);
    let mut unit = begin(&store).await;
    change_all(&mut *unit, &batch).await;
    assert_eq!(everything(&mut *view(&store).await, &batch).await, committed);
    drop(unit);
}

/// A view goes on showing the state that it showed first, while units commit.
pub async fn a_view_shows_one_state(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let mut empty = view(&store).await;
    let before = everything(&mut *empty, &batch).await;
    let mut unit = begin(&store).await;
    insert_all(&mut *unit, &batch).await;
    commit(unit).await;
    assert_eq!(everything(&mut *empty, &batch).await, before, "a view changed while it was read");
    let mut full = view(&store).await;
    let inserted = everything(&mut *full, &batch).await;
    let mut unit = begin(&store).await;
    change_all(&mut *unit, &batch).await;
    commit(unit).await;
    assert_eq!(everything(&mut *full, &batch).await, inserted, "a view changed while it was read");
    assert_ne!(everything(&mut *view(&store).await, &batch).await, inserted);
}

/// A unit that is committed after a call of it failed keeps all that it wrote before, or fails to commit.
pub async fn a_failed_call_writes_nothing(store: Arc<dyn Store>) {
    let (there, fresh, before) = (fixture::batch("there"), fixture::batch("fresh"), fixture::batch("before"));
    put_batches(&store, std::slice::from_ref(&there)).await;
    let mut unit = begin(&store).await;
    BatchRepository::insert(&mut *unit, &[&before]).await.expect("the batch is new");
    BatchRepository::insert(&mut *unit, &[&fresh, &there]).await.expect_err("one batch is there already");
    let committed = unit.commit().await.is_ok();
    assert_eq!(find(&store, BatchQuery::Id(fresh.id())).await, [], "a failed call left a row");
    assert_eq!(
        !find(&store, BatchQuery::Id(before.id())).await.is_empty(),
        committed,
        "the commit did not tell the truth"
    );
    assert_eq!(stored(&store, &there).await, there);
}

/// An update that missed one of its rows changes none that lasts.
pub async fn a_missed_update_changes_nothing(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let id = batch.id();
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let (there, gone) = (fixture::comparison(id, 1, 0, 1), fixture::comparison(id, 1, 1, 1));
    let mut unit = begin(&store).await;
    EssayRepository::insert(&mut *unit, &refs(&fixture::essays(id))).await.expect("the essays are new");
    WaveRepository::put(&mut *unit, &[&fixture::wave(id, 1)]).await.expect("waves are written");
    ComparisonRepository::insert(&mut *unit, &[&there]).await.expect("the comparison is new");
    commit(unit).await;
    let before = everything(&mut *view(&store).await, &batch).await;
    let ended = |row: &ComparisonRecord| ComparisonRecord { state: ComparisonState::Cancelled, ..row.clone() };
    let mut unit = begin(&store).await;
    let missed = ComparisonRepository::update(&mut *unit, &[&ended(&there), &ended(&gone)]).await;
    refused(missed, ErrorKind::Conflict);
    drop(unit.commit().await);
    assert_eq!(everything(&mut *view(&store).await, &batch).await, before, "half of an update was left");
}
