//! Broker, relays and consumers die during a run, at moments that a seed draws, on each of the stores that survive it.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::TimeDelta;
use cj_core::change::{MessageKind, OutboxMessage};
use cj_core::id::EventId;
use cj_core::port::{BreakerSettings, Clock as _, SystemClock};
use cj_core::store::{OutboxQuery, Store};
use cj_kafka::{Engine, EngineSettings, Handler, Judging, KafkaSettings, Record, Tally, Topics, Trouble};
use cj_storage_postgres::PgStore;
use cj_storage_sqlite::SqliteStore;
use cj_testkit::kafka::KafkaBroker;
use cj_testkit::postgres::PgDatabase;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::support::{Hurried, Running, event, read_until, service, settings, told, topics, until};

const EVENTS: u32 = 20_000;
const KEYS: u32 = 80;
const TOPIC: &str = "crash";
/// How often each of them dies.
const BROKER_DEATHS: usize = 3;
const RELAY_DEATHS: usize = 2;
const CONSUMER_DEATHS: usize = 3;

/// Where a store is.
enum Place {
    File(PathBuf),
    Url(String),
}

impl Place {
    /// The store there, as each worker opens it for itself.
    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::File(path) => {
                let store = SqliteStore::open(path).await.unwrap();
                store.migrate().await.unwrap();
                Arc::new(store)
            }
            Self::Url(url) => {
                let store = PgStore::connect(url).await.unwrap();
                store.migrate().await.unwrap();
                Arc::new(store)
            }
        }
    }
}

/// Gives every event one effect, a row of a store in the unit that admits it, and notes what came first.
#[derive(Clone)]
struct Effects {
    store: Arc<dyn Store>,
    seen: watch::Sender<BTreeSet<EventId>>,
    receipts: Arc<Mutex<BTreeMap<String, Vec<u32>>>>,
}

impl Effects {
    async fn come_to(&self, count: u32) {
        told("so many effects", &self.seen, |seen| seen.len() as u32 >= count).await;
    }

    /// A row that differs from that of the same event's second effect.
    fn row(id: EventId) -> OutboxMessage {
        let unlike = RandomState::new().build_hasher().finish();
        let row = event("effect", &id.to_string(), 0, Vec::new());
        OutboxMessage { id: EventId::new(Uuid::new_v5(&id.as_uuid(), &unlike.to_be_bytes())), ..row }
    }
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
        let rows: Vec<OutboxMessage> = new.iter().copied().map(Self::row).collect();
        unit.append(&rows).await.map_err(Trouble::new)?;
        unit.commit().await.map_err(Trouble::new)?;
        self.seen.send_modify(|seen| seen.extend(ids));
        Ok(())
    }
}

/// A relay, with everything else that an engine runs.
struct RelayTask {
    task: JoinHandle<()>,
    tally: Tally,
}

impl RelayTask {
    async fn start(settings: &KafkaSettings, outbox: &Place, clock: &Arc<Hurried>, worker: &str) -> Self {
        let service = service(outbox.open().await, clock.clone(), worker);
        let engine = Engine::new(settings.clone(), service, Judging::Topic).unwrap();
        let breaker = BreakerSettings { rest: TimeDelta::seconds(5), ..BreakerSettings::default() };
        let quick = EngineSettings::default().with_events(200).with_poll(Duration::from_millis(50));
        let engine = engine.with_settings(quick.with_breaker(breaker));
        let tally = engine.tally();
        let task = tokio::spawn(async move { engine.run(std::future::pending()).await.unwrap() });
        Self { task, tally }
    }

    /// Ends it in the middle of whatever it does, and returns how often it had looked into the outbox.
    async fn kill(self) -> u64 {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
        self.tally.event_polls()
    }
}

/// Something that dies once so many events have had their effect.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Death {
    Broker,
    Relay,
    Consumer,
}

/// What dies, and after how many effects, in order.
fn deaths(seed: u64) -> Vec<(u32, Death)> {
    let kinds = [(Death::Broker, BROKER_DEATHS), (Death::Relay, RELAY_DEATHS), (Death::Consumer, CONSUMER_DEATHS)];
    let kinds = kinds.into_iter().flat_map(|(kind, times)| std::iter::repeat_n(kind, times));
    let mut deaths: Vec<(u32, Death)> = kinds
        .enumerate()
        .map(|(n, kind)| {
            let drawn = Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{seed} {n}").as_bytes()).as_u128();
            (500 + (drawn % u128::from(EVENTS - 4_000)) as u32, kind)
        })
        .collect();
    deaths.sort();
    deaths
}

/// The seed of a run before, or a new one.
fn seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a run is repeated by naming its seed")]
    let said = std::env::var("CJ_CRASH_SEED").ok().map(|seed| seed.parse().expect("CJ_CRASH_SEED is a number"));
    said.unwrap_or_else(|| RandomState::new().build_hasher().finish() % 1_000_000)
}

async fn pending(store: &dyn Store) -> u64 {
    store.read().await.unwrap().depth(MessageKind::Event).await.unwrap().pending
}

/// Appends the events of a range of places, for every key.
async fn append(store: &dyn Store, ordinals: std::ops::Range<u32>) {
    let events: Vec<_> = ordinals
        .flat_map(|ordinal| (0..KEYS).map(move |key| (ordinal, key)))
        .map(|(ordinal, key)| event(TOPIC, &format!("key-{key}"), ordinal, format!("{ordinal:>800}")))
        .collect();
    let mut unit = store.begin().await.unwrap();
    unit.append(&events).await.unwrap();
    unit.commit().await.unwrap();
}

/// Kills the broker, appends more, checks that nothing is called sent while it is away, and starts it again.
async fn outage(broker: &Arc<KafkaBroker>, store: &dyn Store, more: std::ops::Range<u32>, tallies: &[Tally]) {
    let killed = broker.clone();
    tokio::task::spawn_blocking(move || killed.kill().unwrap()).await.unwrap();
    append(store, more).await;
    let polls = || tallies.iter().map(Tally::event_polls).collect::<Vec<_>>();
    let all_looked_since = |before: &[u64]| polls().iter().zip(before).all(|(now, before)| now > before);
    // What was acknowledged before the kill is settled by the end of what was under way.
    let before = polls();
    until("the end of what was under way at the kill", || async { all_looked_since(&before) }).await;
    let (waiting, looked) = (pending(store).await, polls());
    assert!(waiting > 0, "there was nothing to send, so this shows nothing");
    until("another look of each", || async { all_looked_since(&looked) }).await;
    let looked = polls();
    until("and one more", || async { all_looked_since(&looked) }).await;
    assert_eq!(pending(store).await, waiting, "something was called sent while the broker was dead");
    let risen = broker.clone();
    tokio::task::spawn_blocking(move || risen.up().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_dies_nothing_is_lost_and_no_effect_is_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let [outbox, effects] = ["outbox", "effects"].map(|name| folder.path().join(name).with_extension("sqlite"));
    nothing_is_lost_or_doubled(&Place::File(outbox), &Place::File(effects)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_dies_nothing_is_lost_and_no_effect_is_doubled_on_postgresql() {
    let (outbox, effects) = (PgDatabase::fresh().await, PgDatabase::fresh().await);
    let [outbox, effects] = [&outbox, &effects].map(|database| Place::Url(database.url().to_owned()));
    nothing_is_lost_or_doubled(&outbox, &effects).await;
}

#[expect(clippy::print_stdout, reason = "whoever reads of a failure learns its seed")]
async fn nothing_is_lost_or_doubled(outbox: &Place, effects: &Place) {
    let seed = seed();
    let deaths = deaths(seed);
    println!("CJ_CRASH_SEED={seed}: {deaths:?}");
    let broker = Arc::new(KafkaBroker::start().unwrap_or_else(|error| panic!("{error}")));
    let settings = settings(&broker.bootstrap(), "crash").with_publish_timeout(Duration::from_secs(2));
    let engine_topics = Topics::of_engine();
    let mut all: Vec<&str> = engine_topics.iter().map(String::as_str).collect();
    all.push(TOPIC);
    topics(&settings, &all).await;
    let store = outbox.open().await;
    // A lease of a minute is over in six seconds.
    let clock = Arc::new(Hurried::times(10));
    let mut relays = vec![
        RelayTask::start(&settings, outbox, &clock, "relay 1").await,
        RelayTask::start(&settings, outbox, &clock, "relay 2").await,
    ];
    let effects = Effects { store: effects.open().await, seen: watch::Sender::default(), receipts: Arc::default() };
    // A group of its own, and three members of it.
    let receivers =
        crate::support::settings(settings.brokers(), "receivers").with_topic_prefix(settings.topic_prefix());
    let join = || Running::start(&receivers, &[TOPIC], effects.clone());
    let mut members = vec![join(), join(), join()];

    let mut polls = 0;
    let mut appended = 0;
    for (number, (after, death)) in deaths.into_iter().enumerate() {
        // Some more than are to be seen first, so that there is something under way.
        let until_round = (after / KEYS + 12).min(EVENTS / KEYS);
        append(&*store, appended.min(until_round)..until_round).await;
        appended = appended.max(until_round);
        effects.come_to(after).await;
        match death {
            Death::Broker => {
                let more = (appended + 4).min(EVENTS / KEYS);
                let tallies: Vec<Tally> = relays.iter().map(|relay| relay.tally.clone()).collect();
                outage(&broker, &*store, appended..more, &tallies).await;
                appended = more;
            }
            Death::Relay => {
                polls += relays.remove(0).kill().await;
                relays.push(RelayTask::start(&settings, outbox, &clock, &format!("relay after {number}")).await);
            }
            Death::Consumer => {
                members.remove(0).kill().await;
                members.push(join());
            }
        }
    }
    append(&*store, appended..EVENTS / KEYS).await;

    effects.come_to(EVENTS).await;
    until("an empty outbox", || async { pending(&*store).await == 0 }).await;
    for relay in relays {
        polls += relay.kill().await;
    }
    for member in members {
        member.stop().await;
    }

    let depth = store.read().await.unwrap().depth(MessageKind::Event).await.unwrap();
    assert_eq!((depth.pending, depth.parked), (0, 0));
    let query = OutboxQuery::Waiting { kind: MessageKind::Event, limit: EVENTS * 2 };
    let rows = effects.store.read().await.unwrap().entries(&query).await.unwrap();
    let affected: BTreeSet<String> = rows.iter().map(|row| row.message.key.clone()).collect();
    assert_eq!((rows.len(), affected.len()), (EVENTS as usize, EVENTS as usize), "an effect was lost or doubled");
    for (key, seen) in effects.receipts.lock().unwrap().iter() {
        assert_eq!(*seen, (0..EVENTS / KEYS).collect::<Vec<_>>(), "{key} came out of order");
    }
    // Whatever is called sent is in the log: read from the beginning by somebody else.
    let mut found = BTreeSet::new();
    read_until(&settings, &[TOPIC], |read| {
        found.extend(read.last().map(|record| record.headers["event_id"].clone()));
        found.len() as u32 == EVENTS
    })
    .await;
    println!("the outbox was looked into {polls} times");
    assert!(polls < 3_000, "a hot loop: the outbox was looked into {polls} times");
}
