//! The inbox: which messages have had their effect.

use std::collections::BTreeSet;
use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::id::EventId;
use cj_core::store::{Inbox, StoreError};
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
        let slice = Slice::of_ids(ids.iter().map(|id| id.as_uuid()));
        let query = sqlx::query(ADMIT).bind(slice).bind(consumer.to_owned()).bind(time_text(at));
        let new = self.fetch(OPERATION, query, |row| Columns::new(row, OPERATION, "event_inbox", 1).uuid()).await?;
        let mut new: BTreeSet<_> = new.into_iter().map(EventId::new).collect();
        Ok(ids.iter().copied().filter(|id| new.remove(id)).collect())
    }
}

const OPERATION: &str = "inbox.admit";

const ADMIT: &str = "
INSERT INTO event_inbox (consumer, event_id, received_at) SELECT ?2, value, ?3 FROM json_each(?1) WHERE true
ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ADMIT];
