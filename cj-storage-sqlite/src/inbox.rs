//! The inbox: which messages have had their effect.

use std::collections::BTreeSet;
use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::id::EventId;
use cj_core::store::{ErrorKind, Inbox, StoreError};
use sqlx::SqliteConnection;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> Inbox for SqliteUnit<C> {
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.require_write(OPERATION)?;
        let mut each = BTreeSet::new();
        let given: Vec<EventId> = ids.iter().copied().filter(|id| each.insert(*id)).collect();
        // They are nearly always new, all of them: asking first would cost as much as writing.
        match self.put(consumer, &given, at).await {
            Ok(()) => return Ok(given),
            // The statement alone is taken back; the unit goes on.
            Err(error) if error.kind() == ErrorKind::Conflict => {}
            Err(error) => return Err(error),
        }
        let known = self.known(consumer, &given).await?;
        let new: Vec<EventId> = given.into_iter().filter(|id| !known.contains(id)).collect();
        if !new.is_empty() {
            self.put(consumer, &new, at).await?;
        }
        Ok(new)
    }

    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let query = sqlx::query(READMIT).bind(slice).bind(consumer.to_owned());
        self.execute("inbox.readmit", query).await.map(drop)
    }

    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.execute("inbox.forget", sqlx::query(FORGET).bind(time_text(before)).bind(limit)).await
    }
}

impl<C: DerefMut<Target = SqliteConnection> + Send> SqliteUnit<C> {
    /// Writes messages down, all or none: `Conflict` when one is there.
    async fn put(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<(), StoreError> {
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let query = sqlx::query(ADMIT).bind(slice).bind(consumer.to_owned()).bind(time_text(at));
        self.execute(OPERATION, query).await.map(drop)
    }

    /// Which of these messages are there.
    async fn known(&mut self, consumer: &str, ids: &[EventId]) -> Result<BTreeSet<EventId>, StoreError> {
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let query = sqlx::query(KNOWN).bind(slice).bind(consumer.to_owned());
        let known = self.fetch_cells(OPERATION, query, &["event_id"], |cells| {
            Columns::of_cells(cells, &["event_id"], OPERATION, "event_inbox", 1).uuid().map(EventId::new)
        });
        Ok(known.await?.into_iter().collect())
    }
}

const OPERATION: &str = "inbox.admit";

const KNOWN: &str = "
SELECT json_group_array(json_array(event_id)) FROM json_each(?1) AS given CROSS JOIN event_inbox
WHERE consumer = ?2 AND event_id = given.value";

const ADMIT: &str = "
INSERT INTO event_inbox (consumer, event_id, received_at) SELECT ?2, value, ?3 FROM json_each(?1)";

const READMIT: &str = "
DELETE FROM event_inbox WHERE consumer = ?2 AND event_id IN (SELECT value FROM json_each(?1))";

const FORGET: &str = "
DELETE FROM event_inbox WHERE (consumer, event_id) IN (
    SELECT consumer, event_id FROM event_inbox INDEXED BY ix_event_inbox_received_at
    WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[KNOWN, ADMIT, READMIT, FORGET];
