//! Units of several workers at once.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::{BatchRecord, BatchUpdate, MessageKind};
use cj_core::id::EventId;
use cj_core::store::{
    BatchQuery, BatchRepository, BehindParked, Claim, ErrorKind, Settlement, SettlementOutcome, Store, StoreError,
};

use super::support::{begin, commit, find, put_batches, refused, stored};
use crate::fixture::{self, at};

/// How often a worker of these cases tries again before it gives up.
const TRIES: usize = 1_000;

/// Does a unit of work again for as long as the store says that it may succeed.
async fn persist<T, F>(mut work: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, StoreError>>,
{
    for _ in 0..TRIES {
        match work().await {
            Ok(value) => return value,
            Err(error) => assert!(error.is_retryable(), "{error}: {:?}", std::error::Error::source(&error)),
        }
        tokio::task::yield_now().await;
    }
    panic!("the work did not succeed in {TRIES} tries");
}

/// Counts one verdict, as the service does: lock, fold, write with the version that was read.
async fn count_one(store: &dyn Store, batch: &BatchRecord) -> Result<(), StoreError> {
    let mut unit = store.begin().await?;
    let held = unit.lock(&[batch.id()]).await?.pop().expect("the batch is there");
    let mut update = fixture::next(&held);
    update.state.counters.decided += 1;
    tokio::task::yield_now().await;
    BatchRepository::update(&mut *unit, &[&update]).await?;
    unit.commit().await
}

/// Many workers count on one batch at once, and every count is there.
pub async fn no_update_is_lost(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (store, batch) = (Arc::clone(&store), batch.clone());
            tokio::spawn(async move {
                for _ in 0..5 {
                    persist(|| count_one(&*store, &batch)).await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("the worker ends");
    }
    let state = stored(&store, &batch).await.state;
    assert_eq!(state.counters.decided, batch.state.counters.decided + 40);
    assert_eq!(state.version, batch.state.version + 40);
}

/// Two workers that read one version before either wrote: the second to write is told.
pub async fn the_slower_of_two_is_told(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let read = stored(&store, &batch).await;
    let change = |decided| {
        let mut update = fixture::next(&read);
        update.state.counters.decided = decided;
        update
    };
    let (faster, slower) = (change(1), change(2));
    let mut unit = begin(&store).await;
    BatchRepository::update(&mut *unit, &[&faster]).await.expect("the version is the stored one");
    commit(unit).await;
    let mut unit = begin(&store).await;
    refused(BatchRepository::update(&mut *unit, &[&slower]).await, ErrorKind::Conflict);
    drop(unit);
    assert_eq!(stored(&store, &batch).await.state, faster.state);
}

/// Workers that lock the same batches in different orders do not stop each other for good.
pub async fn opposite_orders_do_not_deadlock(store: Arc<dyn Store>) {
    let batches: Vec<_> = (0..6).map(|n| fixture::batch(&format!("batch {n}"))).collect();
    put_batches(&store, &batches).await;
    let workers: Vec<_> = (0..6)
        .map(|worker| {
            let (store, mut ids) = (Arc::clone(&store), batches.iter().map(BatchRecord::id).collect::<Vec<_>>());
            ids.rotate_left(worker);
            if worker % 2 == 1 {
                ids.reverse();
            }
            tokio::spawn(async move {
                let (store, ids) = (&*store, &ids[..]);
                persist(|| async move {
                    let mut unit = store.begin().await?;
                    let mut updates = Vec::<BatchUpdate>::new();
                    for half in [&ids[..3], &ids[3..]] {
                        updates.extend(unit.lock(half).await?.iter().map(fixture::next));
                        tokio::task::yield_now().await;
                    }
                    BatchRepository::update(&mut *unit, &updates.iter().collect::<Vec<_>>()).await?;
                    unit.commit().await
                })
                .await;
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("the worker ends");
    }
    for batch in &batches {
        assert_eq!(stored(&store, batch).await.state.version, batch.state.version + 6);
    }
}

/// A message that reaches several workers at once has its effect in one of them.
pub async fn a_message_takes_effect_once(store: Arc<dyn Store>) {
    let batch = fixture::batch("batch");
    put_batches(&store, std::slice::from_ref(&batch)).await;
    let messages: Vec<EventId> = (0..10).map(|n| fixture::event_id(&format!("message {n}"))).collect();
    let workers: Vec<_> = (0..6)
        .map(|worker| {
            let (store, batch, mut messages) = (Arc::clone(&store), batch.clone(), messages.clone());
            messages.rotate_left(worker);
            tokio::spawn(async move {
                let (store, batch, messages) = (&*store, &batch, &messages[..]);
                persist(|| async move {
                    let mut unit = store.begin().await?;
                    let admitted = unit.admit("service", messages, at(0)).await?;
                    tokio::task::yield_now().await;
                    let held = unit.lock(&[batch.id()]).await?.pop().expect("the batch is there");
                    let mut update = fixture::next(&held);
                    update.state.counters.decided += admitted.len() as u32;
                    BatchRepository::update(&mut *unit, &[&update]).await?;
                    unit.commit().await
                })
                .await;
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("the worker ends");
    }
    let decided = stored(&store, &batch).await.state.counters.decided;
    assert_eq!(decided, batch.state.counters.decided + 10);
}

/// One request that reaches several workers at once makes one batch.
pub async fn a_batch_is_inserted_once(store: Arc<dyn Store>) {
    let workers: Vec<_> = (0..6)
        .map(|worker| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let (store, mut batch) = (&*store, fixture::batch("batch"));
                batch.state.counters.decided = worker;
                for _ in 0..TRIES {
                    let inserted = async {
                        let mut unit = store.begin().await?;
                        BatchRepository::insert(&mut *unit, &[&batch]).await?;
                        unit.commit().await
                    };
                    match inserted.await {
                        Ok(()) => return 1,
                        Err(error) if error.kind() == ErrorKind::Conflict => return 0,
                        Err(error) => assert!(error.is_retryable(), "{error}"),
                    }
                }
                panic!("the store was busy {TRIES} times");
            })
        })
        .collect();
    let mut inserted = 0;
    for worker in workers {
        inserted += worker.await.expect("the worker ends");
    }
    assert_eq!(inserted, 1);
    assert_eq!(find(&store, BatchQuery::Newest { limit: 10 }).await.len(), 1);
}

/// Relays that claim at once share the messages out: each is sent once, each key in order.
pub async fn relays_share_the_outbox(store: Arc<dyn Store>) {
    let messages: Vec<_> = (0..10u32)
        .flat_map(|key| (0..6).map(move |version| fixture::event(fixture::batch_id(&format!("{key}")), version, 0)))
        .collect();
    let mut unit = begin(&store).await;
    unit.append(&messages).await.expect("the messages are new");
    commit(unit).await;
    let sent = Arc::new(tokio::sync::Mutex::new(Vec::new()));
    let relays: Vec<_> = (0..4)
        .map(|relay| {
            let (store, sent) = (Arc::clone(&store), Arc::clone(&sent));
            let claim = Claim {
                kind: MessageKind::Event,
                limit: 3,
                owner: fixture::worker(&format!("relay {relay}")),
                now: at(100),
                lease: TimeDelta::seconds(30),
                behind_parked: BehindParked::Wait,
            };
            tokio::spawn(async move {
                let (store, claim) = (&*store, &claim);
                for _ in 0..TRIES {
                    if sent.lock().await.len() == 60 {
                        break;
                    }
                    let claimed = persist(|| async move {
                        let mut unit = store.begin().await?;
                        let claimed = unit.claim(claim).await?;
                        unit.commit().await?;
                        Ok(claimed)
                    })
                    .await;
                    sent.lock().await.extend(claimed.iter().map(|message| (message.key.clone(), message.version)));
                    let outcome = SettlementOutcome::Sent { at: at(101) };
                    let settlements: Vec<_> =
                        claimed.iter().map(|message| Settlement { id: message.id, outcome: outcome.clone() }).collect();
                    let settlements = &settlements[..];
                    persist(|| async move {
                        let mut unit = store.begin().await?;
                        unit.settle(settlements).await?;
                        unit.commit().await
                    })
                    .await;
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for relay in relays {
        relay.await.expect("the relay ends");
    }
    let sent = sent.lock().await.clone();
    assert_eq!(sent.len(), 60);
    for key in sent.iter().map(|(key, _)| key).collect::<BTreeSet<_>>() {
        let versions: Vec<_> = sent.iter().filter(|(sent, _)| sent == key).map(|(_, version)| *version).collect();
        assert_eq!(versions, [0, 1, 2, 3, 4, 5], "key {key}");
    }
}
