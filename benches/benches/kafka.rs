//! A real broker: how many events a second a bare idempotent producer sends, and how many the relay does from SQLite and from
//! PostgreSQL, the same bytes on the same broker in the same run; and how many answers a second a consumer takes to committed
//! verdicts; and what each half of the relay reaches by itself. `-- --test` only makes sure that it runs; `-- relay`,
//! `-- parts` or `-- consumer` runs a part.

#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use cj_benches::kafka::{Answers, Stage, TOPICS, bare, drain, events, fill, late};
use cj_benches::load::rate;
use cj_benches::postgres::Server;
use cj_core::change::OutboxMessage;
use cj_core::id::WorkerId;
use cj_core::port::{BreakerSettings, EventPublisher, ManualClock, PublishError};
use cj_core::service::{Relay, RelayPolicy, Service};
use cj_core::store::Store;
use cj_kafka::{KafkaPublisher, KafkaSettings};
use cj_storage_sqlite::SqliteStore;
use criterion::measurement::{Measurement as _, WallTime};
use tokio::runtime::Builder;

type Failure = Box<dyn Error + Send + Sync>;

/// How much is measured.
struct Size {
    rounds: u32,
    events: u32,
    batches: u32,
    essays: u32,
}

const FULL: Size = Size { rounds: 3, events: 60_000, batches: 12, essays: 90 };
const TEST: Size = Size { rounds: 1, events: 200, batches: 2, essays: 12 };

fn main() -> Result<(), Failure> {
    let size = if cj_benches::is_test() { TEST } else { FULL };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    let stage = Stage::start()?;
    Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let server = Server::start(4).await?;
        for round in 1..=size.rounds {
            if is_wanted("relay") {
                relays(&stage, &server, &size, round).await?;
            }
            if is_wanted("parts") {
                parts(&stage, &server, &size, round).await?;
            }
            if is_wanted("consumer") {
                for members in [1, 2] {
                    consumer(&stage, &server, &size, round, members).await?;
                }
            }
        }
        Ok(())
    })
}

async fn relays(stage: &Stage, server: &Server, size: &Size, round: u32) -> Result<(), Failure> {
    let events = events(size.events);
    let settings = stage.topics(&format!("bare-{round}"), &TOPICS).await?;
    let limit = rate(events.len() as u64, bare(&settings, &events, || WallTime.start(), |start| WallTime.end(start))?);
    println!("relay/bare producer: {limit:.0} events/s");

    let folder = tempfile::tempdir()?;
    let sqlite = SqliteStore::open(folder.path().join("bench.sqlite")).await?;
    sqlite.migrate().await?;
    let settings = stage.topics(&format!("sqlite-{round}"), &TOPICS).await?;
    let reached = relay(Arc::new(sqlite.clone()), &settings, &events).await?;
    println!("relay/sqlite: {reached:.0} events/s, {:.2} of the bare producer", reached / limit);
    sqlite.close().await;

    server.forget_events().await?;
    let settings = stage.topics(&format!("postgres-{round}"), &TOPICS).await?;
    fill(&**server.store(), &events).await?;
    server.settle().await?;
    let reached = relay(Arc::clone(server.store()) as Arc<dyn Store>, &settings, &[]).await?;
    println!("relay/postgres: {reached:.0} events/s, {:.2} of the bare producer", reached / limit);
    Ok(())
}

/// Fills the outbox, and empties it.
async fn relay(store: Arc<dyn Store>, settings: &KafkaSettings, events: &[OutboxMessage]) -> Result<f64, Failure> {
    fill(&*store, events).await?;
    let waiting = store.read().await?.depth(cj_core::change::MessageKind::Event).await?.pending;
    let service = Service::new(store, Arc::new(ManualClock::at(late())), WorkerId::new("relay")?);
    let publisher = Arc::new(KafkaPublisher::connect(settings)?);
    let relay = Relay::with(service, publisher, RelayPolicy::default(), BreakerSettings::default());
    let start = WallTime.start();
    drain(&relay, u32::try_from(waiting)?).await?;
    Ok(rate(waiting, WallTime.end(start)))
}

/// The halves of a relay: claiming and settling what nobody sends, and sending what nobody stored.
async fn parts(stage: &Stage, server: &Server, size: &Size, round: u32) -> Result<(), Failure> {
    let events = events(size.events);
    for limit in [2_000, 5_000] {
        let folder = tempfile::tempdir()?;
        let sqlite = SqliteStore::open(folder.path().join("bench.sqlite")).await?;
        sqlite.migrate().await?;
        let reached = settle(Arc::new(sqlite.clone()), &events, limit).await?;
        println!("parts/claim and settle/sqlite/{limit}: {reached:.0} events/s");
        sqlite.close().await;

        server.forget_events().await?;
        let reached = settle(Arc::clone(server.store()) as Arc<dyn Store>, &events, limit).await?;
        println!("parts/claim and settle/postgres/{limit}: {reached:.0} events/s");

        let settings = stage.topics(&format!("parts-{round}-{limit}"), &TOPICS).await?;
        let publisher = KafkaPublisher::connect(&settings)?;
        let start = WallTime.start();
        for slice in events.chunks(limit as usize) {
            for outcome in publisher.publish(slice).await {
                outcome?;
            }
        }
        println!("parts/publish/{limit}: {:.0} events/s", rate(events.len() as u64, WallTime.end(start)));
    }
    Ok(())
}

/// Fills the outbox, and empties it into nothing.
async fn settle(store: Arc<dyn Store>, events: &[OutboxMessage], limit: u32) -> Result<f64, Failure> {
    fill(&*store, events).await?;
    let service = Service::new(store, Arc::new(ManualClock::at(late())), WorkerId::new("relay")?);
    let policy = RelayPolicy { limit, ..RelayPolicy::default() };
    let relay = Relay::with(service, Arc::new(Nowhere), policy, BreakerSettings::default());
    let start = WallTime.start();
    drain(&relay, u32::try_from(events.len())?).await?;
    Ok(rate(events.len() as u64, WallTime.end(start)))
}

/// Takes every event.
struct Nowhere;

#[async_trait]
impl EventPublisher for Nowhere {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        vec![Ok(()); events.len()]
    }
}

async fn consumer(stage: &Stage, server: &Server, size: &Size, round: u32, members: usize) -> Result<(), Failure> {
    let settings = stage.topics(&format!("consumer-{round}-{members}"), &[Answers::TOPIC]).await?;
    let store = Arc::clone(server.store()) as Arc<dyn Store>;
    let answers = Answers::publish(&settings, &store, size.batches, size.essays).await?;
    server.settle().await?;
    let done = answers.consume(members).await?;
    println!(
        "consumer/postgres/{members} of a group: {:.0} committed verdicts/s, {} answers in {} units",
        rate(done.answers as u64, done.took),
        done.answers,
        done.slices
    );
    Ok(())
}
