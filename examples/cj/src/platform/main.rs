//! The other side of the broker, for a first try and for tests: it asks for assessments, judges, and prints events.

mod judge;
mod request;
mod tail;

use std::process::ExitCode;

use cj_kafka::KafkaSettings;
use clap::{Parser, Subcommand};

/// What the platform around the engine would do
#[derive(Debug, Parser)]
#[command(name = "platform")]
struct Cli {
    /// Brokers
    #[arg(long, global = true, env = "CJ_KAFKA", default_value = "localhost:9092")]
    kafka: String,
    /// Stands before the name of every topic
    #[arg(long, global = true, env = "CJ_KAFKA_TOPIC_PREFIX", default_value = "")]
    topic_prefix: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Ask for the assessment of the texts that `cj content` kept; its lines are read from the standard input
    Request(request::Args),
    /// Answer questions, like a provider that is not at its best: late, twice, out of order, and now and then not at all
    Judge(judge::Args),
    /// Print events as they come, one line each
    Tail(tail::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = |group: &str| {
        let group = format!("platform-{group}");
        KafkaSettings::new(&cli.kafka, group).with_topic_prefix(&cli.topic_prefix)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("the system gives threads");
    let ended = runtime.block_on(async {
        match &cli.command {
            Command::Request(args) => request::run(args, &settings("request")).await,
            Command::Judge(args) => judge::run(args, &settings(args.group())).await,
            Command::Tail(args) => tail::run(args, &settings(args.group())).await,
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cj::Console::complain(&cj::Error::failed(error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// A message of one topic, for the publisher.
fn message(topic: &str, id: uuid::Uuid, key: &str, payload: Vec<u8>) -> cj_core::change::OutboxMessage {
    use cj_core::change::{MessageKind, OutboxMessage};
    use cj_core::id::{BatchId, EventId};
    use cj_core::port::{Clock as _, SystemClock};
    let (id, now) = (EventId::new(id), SystemClock::new().now());
    OutboxMessage {
        id,
        kind: MessageKind::Event,
        batch_id: BatchId::of_request(id),
        version: 0,
        ordinal: 0,
        aggregate_type: "platform".to_owned(),
        aggregate_id: key.to_owned(),
        event_type: topic.to_owned(),
        topic: topic.to_owned(),
        key: key.to_owned(),
        payload,
        headers: std::collections::BTreeMap::from([("event_id".to_owned(), id.to_string())]),
        created_at: now,
        available_at: now,
        attempts: 1,
    }
}

type Failure = Box<dyn std::error::Error + Send + Sync>;
