//! The inbox: which messages have had their effect.

use std::collections::BTreeSet;
use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::id::EventId;
use cj_core::store::{Inbox, StoreError};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::storable_time;

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> Inbox for PgUnit<C> {
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.require_write(OPERATION)?;
        let each: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect::<BTreeSet<_>>().into_iter().collect();
        let query = sqlx::query(ADMIT).bind(consumer).bind(each).bind(storable_time(at));
        let new = self.fetch(OPERATION, query, |row| Columns::new(row, OPERATION, "event_inbox", 0).uuid()).await?;
        let mut new: BTreeSet<EventId> = new.into_iter().map(EventId::new).collect();
        Ok(ids.iter().copied().filter(|id| new.remove(id)).collect())
    }
}

const OPERATION: &str = "inbox.admit";

/// Another unit that is handling one of them is waited for. Ids come in order, so that two units wait for each other in one
/// direction only.
const ADMIT: &str = "
INSERT INTO event_inbox (consumer, event_id, received_at)
SELECT $1::text, given.id, $3::timestamptz FROM unnest($2::uuid[]) AS given (id)
ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ADMIT];
