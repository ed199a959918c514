//! `cj outbox`: what waits to be sent, what was put aside, what was sent.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use cj_core::change::{MessageKind, MessageState, OutboxEntry};
use cj_core::id::{EventId, WorkerId};
use cj_core::port::SystemClock;
use cj_core::service::{Retention, Service};
use cj_core::store::{OutboxQuery, Store};

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{ListedMessage, OutboxOutput, PrunedOutput, QueueDepth, ReplayedMessage, ReplayedOutput};
use crate::store::{self, Presence, chain};

/// Options of `cj outbox`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Command {
    /// List messages; without --state those that are parked or wait
    #[command(after_help = "Example:\n  cj outbox list --state parked --format csv")]
    List {
        /// Only those in this state
        #[arg(long, value_enum)]
        state: Option<State>,
        /// At most so many of a kind and state
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show one message in full
    #[command(after_help = "Example:\n  cj outbox show 62f28d1a-4a78-4cb3-98b9-b45c1b98fbe4 --format json")]
    Show {
        /// The message's id
        #[arg(value_name = "MESSAGE")]
        id: EventId,
    },
    /// Let parked messages go again, with as many attempts as new ones
    #[command(after_help = "Example:\n  cj outbox replay --all")]
    Replay {
        /// The messages' ids
        #[arg(value_name = "MESSAGE", required_unless_present = "all", conflicts_with = "all")]
        ids: Vec<EventId>,
        /// Every parked message
        #[arg(long)]
        all: bool,
    },
    /// Throw away events that were sent long ago, and forget messages that were handled long ago
    #[command(after_help = "Example:\n  cj outbox prune --events 3 --inbox 30")]
    Prune {
        /// Keep events for so many days after they were sent
        #[arg(long, value_name = "DAYS", default_value_t = 7)]
        events: u32,
        /// Remember handled messages for so many days, at least 7
        #[arg(long, value_name = "DAYS", default_value_t = 14)]
        inbox: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum State {
    /// Neither sent nor parked
    Waiting,
    /// Put aside
    Parked,
    /// Sent, and not pruned
    Sent,
}

/// Looks into the outbox, or changes what is in it.
///
/// # Errors
/// [`Error::Usage`] for a store or a message that is not there.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    store::with(&globals.store, Presence::Required, async |store| {
        match &args.command {
            Command::List { state, limit } => console.print(&list(&*store, *state, *limit).await?)?,
            Command::Show { id } => console.print(&show(&*store, *id).await?)?,
            Command::Replay { ids, .. } => console.print(&replay(store, ids).await?)?,
            Command::Prune { events, inbox } => console.print(&prune(store, *events, *inbox).await?)?,
        }
        Ok(Exit::Complete)
    })
}

async fn list(store: &dyn Store, state: Option<State>, limit: u32) -> Result<OutboxOutput, Error> {
    let failed = |error: cj_core::store::StoreError| Error::failed(chain(&error));
    let mut view = store.read().await.map_err(failed)?;
    let mut output = OutboxOutput { depth: Vec::new(), messages: Vec::new() };
    for kind in [MessageKind::Event, MessageKind::Question] {
        let depth = view.depth(kind).await.map_err(failed)?;
        output.depth.push(QueueDepth {
            kind: kind.code().to_owned(),
            pending: depth.pending,
            parked: depth.parked,
            oldest: depth.oldest.map(time),
            next_at: depth.next_at.map(time),
        });
    }
    let wanted = |this: State| state.map_or(this != State::Sent, |state| state == this);
    for this in [State::Parked, State::Waiting, State::Sent].into_iter().filter(|this| wanted(*this)) {
        for kind in [MessageKind::Event, MessageKind::Question] {
            let query = match this {
                State::Parked => OutboxQuery::Parked { kind, limit },
                State::Waiting => OutboxQuery::Waiting { kind, limit },
                State::Sent => OutboxQuery::Sent { kind, limit },
            };
            let found = view.entries(&query).await.map_err(failed)?;
            output.messages.extend(found.iter().map(listed));
        }
    }
    Ok(output)
}

async fn show(store: &dyn Store, id: EventId) -> Result<OutboxOutput, Error> {
    let failed = |error: cj_core::store::StoreError| Error::failed(chain(&error));
    let found = store.read().await.map_err(failed)?.entries(&OutboxQuery::Id(id)).await.map_err(failed)?;
    let entry = found.first().ok_or_else(|| unknown(id))?;
    let mut message = listed(entry);
    message.headers = Some(entry.message.headers.clone());
    message.payload = Some(payload(&entry.message.payload));
    Ok(OutboxOutput { depth: Vec::new(), messages: vec![message] })
}

async fn replay(store: Arc<dyn Store>, ids: &[EventId]) -> Result<ReplayedOutput, Error> {
    let store_failed = |error: cj_core::store::StoreError| Error::failed(chain(&error));
    let service = operator(Arc::clone(&store))?;
    let mut wanted = ids.to_vec();
    if ids.is_empty() {
        let mut view = store.read().await.map_err(store_failed)?;
        for kind in [MessageKind::Event, MessageKind::Question] {
            let parked = view.entries(&OutboxQuery::Parked { kind, limit: u32::MAX }).await.map_err(store_failed)?;
            wanted.extend(parked.iter().map(|entry| entry.message.id));
        }
    } else {
        // Nothing is replayed by half: every name must be that of a parked message.
        let mut view = store.read().await.map_err(store_failed)?;
        for id in ids {
            let found = view.entries(&OutboxQuery::Id(*id)).await.map_err(store_failed)?;
            let state = found.first().ok_or_else(|| unknown(*id))?.state;
            if !matches!(state, MessageState::Parked { .. }) {
                return Err(Error::usage(format!("message {id}: expected a parked one, found it {}", state.code())));
            }
        }
    }
    let replayed = service.replay_parked(&wanted).await.map_err(|error| Error::failed(chain(&error)))?;
    let message = |id: EventId| ReplayedMessage { id: id.to_string(), outbox_id: id.to_string() };
    Ok(ReplayedOutput { replayed: replayed.into_iter().map(message).collect() })
}

async fn prune(store: Arc<dyn Store>, events: u32, inbox: u32) -> Result<PrunedOutput, Error> {
    let days = |days: u32| TimeDelta::days(i64::from(days));
    let retention = Retention::new().events(days(events)).inbox(days(inbox));
    let retention = retention.map_err(|error| Error::usage(format!("--inbox {inbox}: {error}")))?;
    let service = operator(store)?;
    let failed = |error: cj_core::service::ServiceError| Error::failed(chain(&error));
    let events = service.prune_events(&retention).await.map_err(failed)?;
    let inbox = service.prune_inbox(&retention).await.map_err(failed)?;
    Ok(PrunedOutput { events: Some(events), inbox: Some(inbox), dead_letters: None })
}

fn listed(entry: &OutboxEntry) -> ListedMessage {
    let message = &entry.message;
    let state_at = match entry.state {
        MessageState::Waiting => None,
        MessageState::Leased { until: at } | MessageState::Sent { at } | MessageState::Parked { at } => Some(time(at)),
    };
    ListedMessage {
        id: message.id.to_string(),
        kind: message.kind.code().to_owned(),
        state: entry.state.code().to_owned(),
        state_at,
        event_type: message.event_type.clone(),
        topic: message.topic.clone(),
        key: message.key.clone(),
        batch_id: message.batch_id.to_string(),
        created_at: time(message.created_at),
        available_at: time(message.available_at),
        attempts: message.attempts,
        last_error: entry.last_error.clone(),
        bytes: message.payload.len() as u64,
        headers: None,
        payload: None,
    }
}

fn unknown(id: EventId) -> Error {
    Error::usage(format!("there is no message {id} in the outbox; `cj outbox list` lists them"))
}

/// A shell for whoever looks after a store.
pub(super) fn operator(store: Arc<dyn Store>) -> Result<Service, Error> {
    let worker = WorkerId::new("cj").map_err(|error| Error::failed(error.to_string()))?;
    Ok(Service::new(store, Arc::new(SystemClock::new()), worker))
}

/// Bytes for a person: as JSON where they are that.
pub(super) fn payload(bytes: &[u8]) -> serde_json::Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned().into())
}

pub(super) fn time(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

const EXAMPLE: &str = "Examples:
  cj outbox list
  cj outbox replay --all
  cj outbox prune --store postgres://db.example/cj";
