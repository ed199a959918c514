//! The port to batches.

use std::sync::Arc;

use cj_core::change::{
    BatchHeader, BatchRecord, BatchState, CompletionReason, FailureReason, Lease, Phase, RequestSnapshot, ScoringCause,
    WaitingFor,
};
use cj_core::config::Settings;
use cj_core::id::BatchId;
use cj_core::store::{BatchQuery, BatchRepository, ErrorKind, Store};

use super::support::{begin, commit, find, put_batches, refs, refused, stored, view};
use crate::fixture::{self, ODD_TEXT, at};

fn with_header(name: &str, change: impl FnOnce(&mut BatchHeader)) -> BatchRecord {
    let mut batch = fixture::batch(name);
    change(Arc::make_mut(&mut batch.header));
    batch
}

fn sorted(mut ids: Vec<BatchId>) -> Vec<BatchId> {
    ids.sort_unstable();
    ids
}

/// Every field of a batch is read as it was written.
pub async fn reads_a_batch_as_it_was_inserted(store: Arc<dyn Store>) {
    let mut full = with_header("full", |header| {
        header.bos_batch_id = "åäö".repeat(12);
        ODD_TEXT.clone_into(&mut header.course_code);
        ODD_TEXT.clone_into(&mut header.user_id);
        header.assignment_id = Some("x".repeat(255));
        header.seed = u64::MAX;
        header.settings = Settings::builder()
            .budget(Some(200))
            .batch_timeout_s(None)
            .min_success_rate(0.1 + 0.2)
            .score_stability_threshold(Some(1.0 / 3.0))
            .build()
            .expect("the settings are in range");
        header.request.student_prompt = Some(ODD_TEXT.repeat(200));
        header.request.temperature = Some(2.0 / 3.0);
    });
    full.state = BatchState {
        version: u64::from(u32::MAX) * 7,
        phase: Phase::Completed(CompletionReason::TargetReliability),
        phase_since: at(3_000_000),
        partial_scoring_triggered: true,
        lease: Some(Lease { owner: fixture::worker("värd 1/uppgift 2"), until: at(60) }),
        completed_at: Some(at(3_000_000)),
        result: Some(Arc::new(fixture::batch_result())),
        ..full.state
    };
    let mut bare = with_header("bare", |header| {
        header.seed = 0;
        header.request = RequestSnapshot::default();
        header.assignment_id = None;
        header.org_id = None;
    });
    bare.state.wave.threshold_reached_at = None;
    bare.state.next_deadline = None;
    bare.state.counters.budget = u32::MAX;
    put_batches(&store, &[full.clone(), bare.clone()]).await;
    assert_eq!(stored(&store, &full).await, full);
    assert_eq!(stored(&store, &bare).await, bare);
}

/// Every phase is read as it was written, with its reason.
pub async fn reads_every_phase_as_it_was_written(store: Arc<dyn Store>) {
    let mut phases = vec![Phase::Preparing, Phase::Pairing, Phase::Cancelled];
    phases.extend(WaitingFor::ALL.iter().copied().map(Phase::Waiting));
    phases.extend(ScoringCause::ALL.iter().copied().map(Phase::Scoring));
    phases.extend(CompletionReason::ALL.iter().copied().map(Phase::Completed));
    phases.extend(FailureReason::ALL.iter().copied().map(Phase::Failed));
    let batches = phases.into_iter().enumerate().map(|(n, phase)| {
        let mut batch = fixture::batch(&format!("phase {n}"));
        batch.state.phase = phase;
        batch
    });
    let batches: Vec<_> = batches.collect();
    put_batches(&store, &batches).await;
    for batch in &batches {
        assert_eq!(&stored(&store, batch).await, batch);
    }
}

/// A batch that is there already is a conflict, and nothing of the slice is written.
pub async fn refuses_to_insert_a_batch_twice(store: Arc<dyn Store>) {
    let (first, second) = (fixture::batch("first"), fixture::batch("second"));
    put_batches(&store, std::slice::from_ref(&first)).await;
    let mut unit = begin(&store).await;
    refused(BatchRepository::insert(&mut *unit, &[&second, &first]).await, ErrorKind::Conflict);
    drop(unit);
    let mut unit = begin(&store).await;
    refused(BatchRepository::insert(&mut *unit, &[&second, &second]).await, ErrorKind::Conflict);
    drop(unit);
    assert_eq!(find(&store, BatchQuery::Id(second.id())).await, []);
    assert_eq!(stored(&store, &first).await, first);
}

/// A lock loads in order of id, each batch once, and leaves out what is not there.
pub async fn locks_in_order_of_id(store: Arc<dyn Store>) {
    let batches: Vec<_> = (0..20).map(|n| fixture::batch(&format!("batch {n}"))).collect();
    put_batches(&store, &batches).await;
    let asked: Vec<_> = batches[5..].iter().map(BatchRecord::id).collect();
    let mut mixed = vec![fixture::batch_id("unknown"), asked[0]];
    mixed.extend(&asked);
    let mut unit = begin(&store).await;
    let locked = unit.lock(&mixed).await.expect("batches are locked");
    assert_eq!(locked.iter().map(BatchRecord::id).collect::<Vec<_>>(), sorted(asked));
    for batch in &batches[5..] {
        assert!(locked.contains(batch), "a locked batch is read as it was written");
    }
    assert_eq!(unit.lock(&[fixture::batch_id("unknown")]).await.expect("nothing is locked"), []);
}

/// An update writes the whole state and leaves the header.
pub async fn updates_write_the_whole_state(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    let other = fixture::batch("other");
    put_batches(&store, &[batch.clone(), other.clone()]).await;
    let mut update = fixture::next(&batch);
    update.state.version += 6;
    update.state.phase = Phase::Completed(CompletionReason::ForcedRecovery);
    update.state.counters.decided += 1;
    update.state.counters.rescued += 2;
    update.state.wave.number = 2;
    update.state.wave.threshold_reached_at = None;
    update.state.partial_scoring_triggered = true;
    update.state.reliability_judged_at = 31;
    update.state.lease = Some(Lease { owner: fixture::worker("w"), until: at(77) });
    update.state.last_activity_at = at(50);
    update.state.phase_since = at(49);
    update.state.next_deadline = None;
    update.state.completed_at = Some(at(51));
    update.state.result = Some(Arc::new(fixture::batch_result()));
    let mut unit = begin(&store).await;
    BatchRepository::update(&mut *unit, &[&update]).await.expect("the version is the stored one");
    commit(unit).await;
    assert_eq!(
        stored(&store, &batch).await,
        BatchRecord { header: Arc::clone(&batch.header), state: update.state.clone() }
    );
    assert_eq!(stored(&store, &other).await, other);

    let mut cleared = update.clone();
    cleared.expected_version = update.state.version;
    cleared.state = BatchState { version: update.state.version + 1, ..batch.state.clone() };
    let mut unit = begin(&store).await;
    BatchRepository::update(&mut *unit, &[&cleared]).await.expect("the version is the stored one");
    commit(unit).await;
    assert_eq!(stored(&store, &batch).await.state, cleared.state);
}

/// One stale version refuses the whole slice, even where the unit is committed all the same.
pub async fn a_stale_version_is_a_conflict(store: Arc<dyn Store>) {
    let batches: Vec<_> = ["a", "b", "c"].map(fixture::batch).into();
    put_batches(&store, &batches).await;
    for wrong in [0, 2, 4, 1 << 40] {
        for place in 0..3 {
            let mut updates: Vec<_> = batches.iter().map(fixture::next).collect();
            updates[place].expected_version = wrong;
            let mut unit = begin(&store).await;
            refused(BatchRepository::update(&mut *unit, &refs(&updates)).await, ErrorKind::Conflict);
            unit.commit().await.ok();
            for batch in &batches {
                assert_eq!(&stored(&store, batch).await, batch, "expected version {wrong} at place {place}");
            }
        }
    }
}

/// An update of a batch that is not there is a conflict, and nothing of the slice is written.
pub async fn an_update_of_a_missing_batch_is_a_conflict(store: Arc<dyn Store>) {
    let (there, missing) = (fixture::batch("there"), fixture::batch("missing"));
    put_batches(&store, std::slice::from_ref(&there)).await;
    let mut unit = begin(&store).await;
    let updates = [fixture::next(&there), fixture::next(&missing)];
    refused(BatchRepository::update(&mut *unit, &refs(&updates)).await, ErrorKind::Conflict);
    drop(unit);
    assert_eq!(stored(&store, &there).await, there);
    assert_eq!(find(&store, BatchQuery::Id(missing.id())).await, []);
}

/// A version that was written is the one that the next update must expect, in the same unit too.
pub async fn a_unit_updates_a_batch_again(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let mut unit = begin(&store).await;
    let first = fixture::next(&batch);
    BatchRepository::update(&mut *unit, &[&first]).await.expect("the version is the stored one");
    let after = BatchRecord { header: Arc::clone(&batch.header), state: first.state };
    let second = fixture::next(&after);
    BatchRepository::update(&mut *unit, &[&second]).await.expect("the version is the one just written");
    commit(unit).await;
    assert_eq!(stored(&store, &batch).await.state, second.state);
}

/// Due batches come in order of their deadline, at most so many, and none without one.
pub async fn lists_the_longest_due_first(store: Arc<dyn Store>) {
    let batches = [50, 10, 40, 20, 30].map(|seconds| {
        let mut batch = fixture::batch(&format!("due at {seconds}"));
        batch.state.next_deadline = Some(at(seconds));
        batch
    });
    let mut idle = fixture::batch("idle");
    idle.state.next_deadline = None;
    put_batches(&store, &batches).await;
    put_batches(&store, &[idle]).await;
    let ids = |places: &[usize]| places.iter().map(|place| batches[*place].id()).collect::<Vec<_>>();
    let mut view = view(&store).await;
    assert_eq!(view.due(at(9), 10).await.expect("due batches are listed"), []);
    assert_eq!(view.due(at(30), 10).await.expect("due batches are listed"), ids(&[1, 3, 4]));
    assert_eq!(view.due(at(1000), 2).await.expect("due batches are listed"), ids(&[1, 3]));
    assert_eq!(view.due(at(1000), 10).await.expect("due batches are listed"), ids(&[1, 3, 4, 2, 0]));
    assert_eq!(view.due(at(1000), 0).await.expect("due batches are listed"), []);
}

/// Batches that are due at the same time come in order of id; a microsecond makes a difference.
pub async fn due_is_exact_to_the_microsecond(store: Arc<dyn Store>) {
    let due = at(10);
    let just_after = due + chrono::TimeDelta::microseconds(1);
    let mut batches: Vec<_> = (0..6).map(|n| fixture::batch(&format!("batch {n}"))).collect();
    for (n, batch) in batches.iter_mut().enumerate() {
        batch.state.next_deadline = Some(if n < 3 { due } else { just_after });
    }
    put_batches(&store, &batches).await;
    let first = sorted(batches[..3].iter().map(BatchRecord::id).collect());
    let then = sorted(batches[3..].iter().map(BatchRecord::id).collect());
    let mut view = view(&store).await;
    assert_eq!(view.due(due, 10).await.expect("due batches are listed"), first);
    assert_eq!(view.due(just_after, 10).await.expect("due batches are listed"), [first, then].concat());
}

/// An update moves a batch among the due ones.
pub async fn an_update_moves_the_deadline(store: Arc<dyn Store>) {
    let batches = [10, 20].map(|seconds| {
        let mut batch = fixture::batch(&format!("due at {seconds}"));
        batch.state.next_deadline = Some(at(seconds));
        batch
    });
    put_batches(&store, &batches).await;
    let mut later = fixture::next(&batches[0]);
    later.state.next_deadline = Some(at(30));
    let mut never = fixture::next(&batches[1]);
    never.state.next_deadline = None;
    let mut unit = begin(&store).await;
    BatchRepository::update(&mut *unit, &[&later, &never]).await.expect("the versions are the stored ones");
    commit(unit).await;
    let mut view = view(&store).await;
    assert_eq!(view.due(at(29), 10).await.expect("due batches are listed"), []);
    assert_eq!(view.due(at(30), 10).await.expect("due batches are listed"), [batches[0].id()]);
}

/// Batches are found by id and by the caller's name, to the letter.
pub async fn finds_by_id_and_by_name(store: Arc<dyn Store>) {
    let named = |name: &str, bos: &str, seconds| {
        with_header(name, |header| {
            bos.clone_into(&mut header.bos_batch_id);
            header.created_at = at(seconds);
        })
    };
    let older = named("older", "kurs å", 1);
    let newer = named("newer", "kurs å", 2);
    let upper = named("upper", "KURS Å", 3);
    let wild = named("wild", "kurs %", 4);
    put_batches(&store, &[newer.clone(), older.clone(), upper.clone(), wild.clone()]).await;
    assert_eq!(find(&store, BatchQuery::Id(older.id())).await, std::slice::from_ref(&older));
    assert_eq!(find(&store, BatchQuery::Id(fixture::batch_id("unknown"))).await, []);
    assert_eq!(find(&store, BatchQuery::BosBatchId("kurs å".to_owned())).await, [newer.clone(), older.clone()]);
    assert_eq!(find(&store, BatchQuery::BosBatchId("kurs %".to_owned())).await, std::slice::from_ref(&wild));
    assert_eq!(find(&store, BatchQuery::BosBatchId("kurs".to_owned())).await, []);
    assert_eq!(find(&store, BatchQuery::Newest { limit: 3 }).await, [wild, upper, newer]);
    assert_eq!(find(&store, BatchQuery::Newest { limit: 0 }).await, []);
    assert_eq!(find(&store, BatchQuery::Newest { limit: u32::MAX }).await.len(), 4);
}

/// Batches of the same age come in order of id.
pub async fn equal_ages_come_in_order_of_id(store: Arc<dyn Store>) {
    let batches: Vec<_> =
        (0..8).map(|n| with_header(&format!("{n}"), |header| "same".clone_into(&mut header.bos_batch_id))).collect();
    put_batches(&store, &batches).await;
    let expected = sorted(batches.iter().map(BatchRecord::id).collect());
    for query in [BatchQuery::BosBatchId("same".to_owned()), BatchQuery::Newest { limit: 8 }] {
        let found: Vec<_> = find(&store, query).await.iter().map(BatchRecord::id).collect();
        assert_eq!(found, expected);
    }
}

/// Empty slices are accepted and change nothing.
pub async fn empty_slices_of_batches_do_nothing(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let mut unit = begin(&store).await;
    BatchRepository::insert(&mut *unit, &[]).await.expect("nothing is inserted");
    BatchRepository::update(&mut *unit, &[]).await.expect("nothing is updated");
    assert_eq!(unit.lock(&[]).await.expect("nothing is locked"), []);
    commit(unit).await;
    assert_eq!(find(&store, BatchQuery::Newest { limit: 10 }).await, [batch]);
}

/// Two thousand batches are written, locked and updated in one call each.
pub async fn writes_two_thousand_batches_at_once(store: Arc<dyn Store>) {
    let mut batches: Vec<_> = (0..2_000).map(|n| fixture::batch(&format!("batch {n}"))).collect();
    put_batches(&store, &batches).await;
    batches.sort_by_key(BatchRecord::id);
    let ids: Vec<_> = batches.iter().map(BatchRecord::id).collect();
    let mut updates: Vec<_> = batches.iter().map(fixture::next).collect();
    for (n, update) in updates.iter_mut().enumerate() {
        update.state.counters.decided = n as u32;
    }
    let mut unit = begin(&store).await;
    assert!(unit.lock(&ids).await.expect("all are locked") == batches, "all are read as they were written");
    BatchRepository::update(&mut *unit, &refs(&updates)).await.expect("all are updated");
    commit(unit).await;
    let mut unit = begin(&store).await;
    let locked = unit.lock(&ids).await.expect("all are locked");
    assert!(locked.iter().map(|batch| &batch.state).eq(updates.iter().map(|update| &update.state)));
}
