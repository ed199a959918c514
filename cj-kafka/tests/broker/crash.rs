//! The broker dies during a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cj_core::change::MessageKind;
use cj_core::id::EventId;
use cj_core::port::Clock as _;
use cj_core::port::SystemClock;
use cj_core::store::Store as _;
use cj_core::store::memory::MemoryStore;
use cj_kafka::{Engine, EngineSettings, Handler, Judging, Record, Tally, Topics, Trouble};
use cj_testkit::kafka::KafkaBroker;
use tokio::sync::oneshot;

use crate::support::{Hurried, Running, event, read_until, service, settings, topics, until};

const EVENTS: u32 = 6_000;
const KEYS: u32 = 60;
const TOPIC: &str = "crash";

/// Gives every event one effect, by the inbox of a store, and notes what came first.
#[derive(Clone)]
struct Effects {
    store: Arc<MemoryStore>,
    counts: Arc<Mutex<BTreeMap<EventId, u32>>>,
    receipts: Arc<Mutex<BTreeMap<String, Vec<u32>>>>,
}

#[async_trait::async_trait]
impl Handler for Effects {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        {
            let mut receipts = self.receipts.lock().unwrap();
            for record in records {
                let key = String::from_utf8(record.key.clone().unwrap()).unwrap();
                let seen = receipts.entry(key).or_default();
                let ordinal = String::from_utf8(record.payload.clone()).unwrap().trim().parse().unwrap();
                if !seen.contains(&ordinal) {
                    seen.push(ordinal);
                }
            }
        }
        let ids: Vec<EventId> = records.iter().map(|record| record.headers["event_id"].parse().unwrap()).collect();
        let mut unit = self.store.begin().await.map_err(Trouble::new)?;
        let new = unit.admit("effects", &ids, SystemClock::new().now()).await.map_err(Trouble::new)?;
        unit.commit().await.map_err(Trouble::new)?;
        let mut counts = self.counts.lock().unwrap();
        for id in new {
            *counts.entry(id).or_default() += 1;
        }
        Ok(())
    }
}

async fn pending(store: &MemoryStore) -> u64 {
    store.read().await.unwrap().depth(MessageKind::Event).await.unwrap().pending
}

/// Appends the events of a range of places, for every key.
async fn append(store: &MemoryStore, ordinals: std::ops::Range<u32>) {
    let events: Vec<_> = ordinals
        .flat_map(|ordinal| (0..KEYS).map(move |key| (ordinal, key)))
        .map(|(ordinal, key)| event(TOPIC, &format!("key-{key}"), ordinal, format!("{ordinal:>800}")))
        .collect();
    let mut unit = store.begin().await.unwrap();
    unit.append(&events).await.unwrap();
    unit.commit().await.unwrap();
}

/// Kills the broker, checks that nothing is called sent while it is away, and starts it again.
async fn outage(broker: &Arc<KafkaBroker>, store: &MemoryStore, tallies: &[Tally]) {
    let killed = broker.clone();
    tokio::task::spawn_blocking(move || killed.kill().unwrap()).await.unwrap();
    let polls = || tallies.iter().map(Tally::event_polls).min().unwrap();
    // What was acknowledged before the kill is settled by the end of the look that was under way.
    let before = polls();
    until("a look into the outbox after the kill", || async { polls() > before }).await;
    let (waiting, looked) = (pending(store).await, polls());
    assert!(waiting > 0, "the broker died too late to matter");
    until("two more looks", || async { polls() >= looked + 2 }).await;
    assert_eq!(pending(store).await, waiting, "something was called sent while the broker was dead");
    let risen = broker.clone();
    tokio::task::spawn_blocking(move || risen.up().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_broker_that_dies_twice_loses_nothing_and_doubles_no_effect() {
    let broker = Arc::new(KafkaBroker::start().unwrap_or_else(|error| panic!("{error}")));
    let settings = settings(&broker.bootstrap(), "crash").with_publish_timeout(Duration::from_secs(1));
    let engine_topics = Topics::of_engine();
    let mut all: Vec<&str> = engine_topics.iter().map(String::as_str).collect();
    all.push(TOPIC);
    topics(&settings, &all).await;
    let store = Arc::new(MemoryStore::new());
    let clock = Arc::new(Hurried::times(10));

    let mut relays = Vec::new();
    for worker in ["relay-1", "relay-2"] {
        let service = service(store.clone(), clock.clone(), worker);
        let engine = Engine::new(settings.clone(), service, Judging::Topic).unwrap();
        let engine =
            engine.with_settings(EngineSettings::default().with_slice(120).with_poll(Duration::from_millis(50)));
        let (stop, stopped) = oneshot::channel::<()>();
        let tally = engine.tally();
        let task = tokio::spawn(engine.run(async { stopped.await.unwrap_or_default() }));
        relays.push((stop, task, tally));
    }
    let tallies: Vec<Tally> = relays.iter().map(|(_, _, tally)| tally.clone()).collect();
    let effects = Effects { store: Arc::new(MemoryStore::new()), counts: Arc::default(), receipts: Arc::default() };
    // A group of its own, and three members of it.
    let receivers =
        crate::support::settings(settings.brokers(), "receivers").with_topic_prefix(settings.topic_prefix());
    let members: Vec<Running> = (0..3).map(|_| Running::start(&receivers, &[TOPIC], effects.clone())).collect();

    let rounds = EVENTS / KEYS;
    append(&store, 0..rounds / 2).await;
    until("some effects", || async { effects.counts.lock().unwrap().len() > 200 }).await;
    append(&store, rounds / 2..rounds * 3 / 4).await;
    outage(&broker, &store, &tallies).await;
    until("effects after the outage", || async { effects.counts.lock().unwrap().len() as u32 > EVENTS / 2 + KEYS })
        .await;
    append(&store, rounds * 3 / 4..rounds).await;
    outage(&broker, &store, &tallies).await;

    until("every effect", || async { effects.counts.lock().unwrap().len() as u32 == EVENTS }).await;
    until("an empty outbox", || async { pending(&store).await == 0 }).await;
    let polls: u64 = tallies.iter().map(Tally::event_polls).sum();
    for (stop, task, _) in relays {
        stop.send(()).unwrap();
        task.await.unwrap().unwrap();
    }
    for member in members {
        member.stop().await;
    }

    let depth = store.read().await.unwrap().depth(MessageKind::Event).await.unwrap();
    assert_eq!((depth.pending, depth.parked), (0, 0));
    assert!(effects.counts.lock().unwrap().values().all(|count| *count == 1), "an event had its effect twice");
    for (key, seen) in effects.receipts.lock().unwrap().iter() {
        assert_eq!(*seen, (0..rounds).collect::<Vec<_>>(), "{key} came out of order");
    }
    // Whatever is called sent is in the log: read from the beginning by somebody else.
    let mut found = BTreeSet::new();
    read_until(&settings, &[TOPIC], |read| {
        found.extend(read.last().map(|record| record.headers["event_id"].clone()));
        found.len() as u32 == EVENTS
    })
    .await;
    assert!(polls < 2_000, "a hot loop: the outbox was looked into {polls} times");
}
