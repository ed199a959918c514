//! `cj dead-letters`: messages that could not be used.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::change::DeadLetter;
use cj_core::id::EventId;
use cj_core::service::{Resent, Retention};
use cj_core::store::{Store, StoreError};

use super::outbox::{operator, payload, time};
use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{DeadLettersOutput, ListedLetter, PrunedOutput, ReplayedMessage, ReplayedOutput};
use crate::store::{self, Presence, chain};

/// Options of `cj dead-letters`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Debug, clap::Subcommand)]
enum Command {
    /// List letters, newest first
    #[command(after_help = "Example:\n  cj dead-letters list --format csv")]
    List {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: u32,
    },
    /// Show one message in full, with the bytes that came
    #[command(after_help = "Example:\n  cj dead-letters show 62f28d1a-4a78-4cb3-98b9-b45c1b98fbe4 --format json")]
    Show {
        /// The message's id
        #[arg(value_name = "MESSAGE")]
        id: EventId,
    },
    /// Send messages back to the topics that they came from, as they came; a relay takes them there
    #[command(after_help = "Example:\n  cj dead-letters replay 62f28d1a-4a78-4cb3-98b9-b45c1b98fbe4")]
    Replay {
        /// The messages' ids
        #[arg(value_name = "MESSAGE", required = true)]
        ids: Vec<EventId>,
    },
    /// Throw away letters that came long ago
    #[command(after_help = "Example:\n  cj dead-letters prune --older-than 30")]
    Prune {
        /// Keep them for so many days
        #[arg(long, value_name = "DAYS", default_value_t = 90)]
        older_than: u32,
    },
}

/// Looks at dead letters, sends them again, or throws them away.
///
/// # Errors
/// [`Error::Usage`] for a store or a message that is not there.
pub fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    store::with(&globals.store, Presence::Required, async |store| {
        match &args.command {
            Command::List { limit } => {
                let letters = store.read().await.map_err(failed)?.newest(*limit).await.map_err(failed)?;
                let letters = letters.iter().map(|letter| listed(letter, false)).collect();
                console.print(&DeadLettersOutput { letters })?;
            }
            Command::Show { id } => {
                let letters = letters_of(&*store, *id).await?;
                let letters = letters.iter().map(|letter| listed(letter, true)).collect();
                console.print(&DeadLettersOutput { letters })?;
            }
            Command::Replay { ids } => console.print(&replay(store, ids).await?)?,
            Command::Prune { older_than } => {
                let retention = Retention::new().dead_letters(TimeDelta::days(i64::from(*older_than)));
                let gone = operator(store)?.prune_dead_letters(&retention).await;
                let gone = gone.map_err(|error| Error::failed(chain(&error)))?;
                console.print(&PrunedOutput { events: None, inbox: None, dead_letters: Some(gone) })?;
            }
        }
        Ok(Exit::Complete)
    })
}

async fn letters_of(store: &dyn Store, id: EventId) -> Result<Vec<DeadLetter>, Error> {
    let letters = store.read().await.map_err(failed)?.letters_of(id).await.map_err(failed)?;
    if letters.is_empty() { Err(unknown(id)) } else { Ok(letters) }
}

async fn replay(store: Arc<dyn Store>, ids: &[EventId]) -> Result<ReplayedOutput, Error> {
    // Whether each is there is found before any is sent.
    for id in ids {
        letters_of(&*store, *id).await?;
    }
    let service = operator(store)?;
    let mut replayed = Vec::new();
    for id in ids {
        match service.resend(*id).await.map_err(|error| Error::failed(chain(&error)))? {
            Resent::Queued(outbox_id) => {
                replayed.push(ReplayedMessage { id: id.to_string(), outbox_id: outbox_id.to_string() });
            }
            Resent::Unknown => return Err(unknown(*id)),
            _ => return Err(Error::usage(format!("message {id}: it came from no topic, so there is nothing to send"))),
        }
    }
    Ok(ReplayedOutput { replayed })
}

fn listed(letter: &DeadLetter, is_whole: bool) -> ListedLetter {
    ListedLetter {
        event_id: letter.event_id.to_string(),
        consumer: letter.consumer.clone(),
        topic: letter.topic.clone(),
        reason: letter.reason.clone(),
        detail: letter.detail.clone(),
        received_at: time(letter.received_at),
        bytes: letter.payload.len() as u64,
        payload: is_whole.then(|| payload(&letter.payload)),
    }
}

fn unknown(id: EventId) -> Error {
    Error::usage(format!("there is no dead letter {id} in this store; `cj dead-letters list` lists them"))
}

#[expect(clippy::needless_pass_by_value, reason = "it takes what `map_err` hands over")]
fn failed(error: StoreError) -> Error {
    Error::failed(chain(&error))
}

const EXAMPLE: &str = "Examples:
  cj dead-letters list
  cj dead-letters show 62f28d1a-4a78-4cb3-98b9-b45c1b98fbe4";
