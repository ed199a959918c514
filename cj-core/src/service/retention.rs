//! How long what is done with is kept.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Service, ServiceError};

/// How long sent events, marks of the inbox and dead letters are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Retention {
    events: TimeDelta,
    inbox: TimeDelta,
    dead_letters: TimeDelta,
}

impl Retention {
    /// The shortest time for which the inbox remembers: brokers keep messages for days, and may hand all of them out again.
    pub const SHORTEST_INBOX: TimeDelta = TimeDelta::days(7);

    /// Sent events are kept for 7 days, the inbox for 14, dead letters for 90.
    pub const fn new() -> Self {
        Self { events: TimeDelta::days(7), inbox: TimeDelta::days(14), dead_letters: TimeDelta::days(90) }
    }

    /// Keeps events for so long after they were sent.
    #[must_use]
    pub const fn events(self, events: TimeDelta) -> Self {
        Self { events, ..self }
    }

    /// Keeps dead letters for so long after they were received.
    #[must_use]
    pub const fn dead_letters(self, dead_letters: TimeDelta) -> Self {
        Self { dead_letters, ..self }
    }

    /// Remembers handled messages for so long.
    ///
    /// # Errors
    /// Less than [`Self::SHORTEST_INBOX`].
    pub fn inbox(self, inbox: TimeDelta) -> Result<Self, TooShort> {
        if inbox < Self::SHORTEST_INBOX { Err(TooShort { found: inbox }) } else { Ok(Self { inbox, ..self }) }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::new()
    }
}

/// An inbox that would forget too soon.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a retention of the inbox of at least 7 days, found {} hours", found.num_hours())]
#[non_exhaustive]
pub struct TooShort {
    /// What was asked for.
    pub found: TimeDelta,
}

/// What was thrown away.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Pruned {
    /// Sent events.
    pub events: u64,
    /// Marks of handled messages.
    pub inbox: u64,
    /// Dead letters.
    pub dead_letters: u64,
}

impl Service {
    /// Throws away what has been kept long enough, a slice per unit of work, so that nobody waits for it long.
    ///
    /// # Errors
    /// The store fails; slices that were committed stay so.
    pub async fn prune(&self, retention: &Retention) -> Result<Pruned, ServiceError> {
        Ok(Pruned {
            events: self.prune_events(retention).await?,
            inbox: self.prune_inbox(retention).await?,
            dead_letters: self.prune_dead_letters(retention).await?,
        })
    }

    /// Throws away sent events only.
    ///
    /// # Errors
    /// Those of [`Self::prune`].
    pub async fn prune_events(&self, retention: &Retention) -> Result<u64, ServiceError> {
        self.in_slices(Kept::Events, retention.events).await
    }

    /// Forgets handled messages only.
    ///
    /// # Errors
    /// Those of [`Self::prune`].
    pub async fn prune_inbox(&self, retention: &Retention) -> Result<u64, ServiceError> {
        self.in_slices(Kept::Inbox, retention.inbox).await
    }

    /// Throws away dead letters only.
    ///
    /// # Errors
    /// Those of [`Self::prune`].
    pub async fn prune_dead_letters(&self, retention: &Retention) -> Result<u64, ServiceError> {
        self.in_slices(Kept::DeadLetters, retention.dead_letters).await
    }

    async fn in_slices(&self, kept: Kept, older_than: TimeDelta) -> Result<u64, ServiceError> {
        let before = self.clock.now().checked_sub_signed(older_than).unwrap_or(DateTime::<Utc>::MIN_UTC);
        let mut gone = 0;
        loop {
            let mut unit = self.store.begin().await?;
            let slice = match kept {
                Kept::Events => unit.discard_sent(before, SLICE).await?,
                Kept::Inbox => unit.forget(before, SLICE).await?,
                Kept::DeadLetters => unit.discard_old(before, SLICE).await?,
            };
            if slice > 0 {
                unit.commit().await?;
            }
            gone += slice;
            if slice < u64::from(SLICE) {
                return Ok(gone);
            }
        }
    }
}

/// What is thrown away.
#[derive(Clone, Copy)]
enum Kept {
    Events,
    Inbox,
    DeadLetters,
}

const SLICE: u32 = 1_000;
