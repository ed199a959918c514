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

    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let ids: Vec<Uuid> = ids.iter().map(|id| id.as_uuid()).collect();
        self.write("inbox.readmit", sqlx::query(READMIT).bind(consumer.to_owned()).bind(ids)).await.map(drop)
    }

    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let query = sqlx::query(FORGET).bind(storable_time(before)).bind(i64::from(limit));
        self.write("inbox.forget", query).await
    }
}

const OPERATION: &str = "inbox.admit";

/// Another unit that is handling one of them is waited for. Ids come in order, so that two units wait for each other in one
/// direction only.
const ADMIT: &str = "
INSERT INTO event_inbox (consumer, event_id, received_at)
SELECT $1::text, given.id, $3::timestamptz FROM unnest($2::uuid[]) AS given (id)
ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id";

const READMIT: &str = "DELETE FROM event_inbox WHERE consumer = $1::text AND event_id = ANY ($2::uuid[])";

/// Rows are named by where they lie: nobody moves them. What another unit holds is left for the next time.
const FORGET: &str = "
DELETE FROM event_inbox WHERE ctid = ANY (ARRAY(
    SELECT old.ctid FROM event_inbox AS old WHERE old.received_at < $1::timestamptz
    ORDER BY old.received_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[ADMIT, READMIT, FORGET];
