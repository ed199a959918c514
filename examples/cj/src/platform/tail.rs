//! Printing events.

use std::collections::BTreeSet;
use std::sync::Mutex;

use cj_core::event::Topic;
use cj_kafka::{Consumer, Handler, KafkaSettings, Record, Trouble};
use tokio::sync::Notify;

use crate::Failure;

/// Options of `platform tail`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// End after so many different events
    #[arg(long)]
    count: Option<usize>,
    /// Go on where a reader of this name was; a new one starts at the beginning
    #[arg(long, default_value = "tail")]
    reader: String,
    /// Only topics whose name holds this
    #[arg(long, default_value = "")]
    only: String,
}

impl Args {
    pub(crate) fn group(&self) -> &str {
        &self.reader
    }
}

/// Prints each event once, as a line of JSON with its topic and its message.
struct Printer {
    seen: Mutex<BTreeSet<String>>,
    count: Option<usize>,
    done: Notify,
}

#[async_trait::async_trait]
impl Handler for Printer {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        for record in records {
            let id = record.headers.get("event_id").cloned().unwrap_or_default();
            let value: serde_json::Value = serde_json::from_slice(&record.payload).map_err(Trouble::new)?;
            let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            if seen.insert(id) {
                let line = serde_json::json!({ "topic": record.topic, "value": value });
                cj::Console::text(&format!("{line}\n")).map_err(Trouble::new)?;
            }
            if self.count.is_some_and(|count| seen.len() >= count) {
                self.done.notify_one();
            }
        }
        Ok(())
    }
}

pub(crate) async fn run(args: &Args, settings: &KafkaSettings) -> Result<(), Failure> {
    let topics =
        [Topic::AssessmentResult, Topic::CjAssessmentCompleted, Topic::CjAssessmentFailed, Topic::ResourceConsumption];
    let topics: Vec<&str> =
        topics.iter().map(|topic| topic.as_str()).filter(|name| name.contains(&args.only)).collect();
    let printer = Printer { seen: Mutex::default(), count: args.count, done: Notify::new() };
    let consumer = Consumer::join(settings, &topics)?;
    let stop = async {
        tokio::select! {
            () = printer.done.notified() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    consumer.run(&printer, stop).await?;
    Ok(())
}
