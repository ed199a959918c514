//! Messages that could not be used.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{DeadLetter, LetterKey};
use cj_core::id::EventId;
use cj_core::store::{DeadLetters, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::{Slice, storable_time};

#[async_trait]
impl<C: DerefMut<Target = PgConnection> + Send> DeadLetters for PgUnit<C> {
    async fn keep(&mut self, letters: &[DeadLetter]) -> Result<(), StoreError> {
        if letters.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(KEEP, letters)
            .text(|it| &it.consumer)
            .uuid(|it| it.event_id.as_uuid())
            .text(|it| &it.topic)
            .text(|it| &it.reason)
            .text(|it| &it.detail)
            .time(|it| it.received_at)
            .bytes(|it| &it.payload);
        self.write("dead_letter.keep", slice.query()).await.map(drop)
    }

    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.fetch("dead_letter.newest", sqlx::query(NEWEST).bind(i64::from(limit)), read).await
    }

    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError> {
        self.fetch("dead_letter.letters_of", sqlx::query(LETTERS_OF).bind(event_id.as_uuid()), read).await
    }

    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError> {
        if letters.is_empty() {
            return Ok(Vec::new());
        }
        let slice = Slice::of(DISCARD, letters).text(|it| &it.consumer).uuid(|it| it.event_id.as_uuid());
        let mut gone = self.fetch("dead_letter.discard", slice.query(), read_key).await?;
        gone.sort_unstable();
        Ok(gone)
    }

    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let query = sqlx::query(DISCARD_OLD).bind(storable_time(before)).bind(i64::from(limit));
        self.write("dead_letter.discard_old", query).await
    }
}

fn read_key(row: &PgRow) -> Result<LetterKey, StoreError> {
    let mut columns = Columns::new(row, "dead_letter.discard", "cj_dead_letters", 2);
    Ok(LetterKey { consumer: columns.string()?, event_id: columns.uuid().map(EventId::new)? })
}

fn read(row: &PgRow) -> Result<DeadLetter, StoreError> {
    let mut columns = Columns::new(row, "dead_letter.newest", "cj_dead_letters", 2);
    Ok(DeadLetter {
        consumer: columns.string()?,
        event_id: columns.uuid().map(EventId::new)?,
        topic: columns.string()?,
        reason: columns.string()?,
        detail: columns.string()?,
        received_at: columns.time()?,
        payload: columns.bytes()?,
    })
}

const KEEP: &str = "
INSERT INTO cj_dead_letters (consumer, event_id, topic, reason, detail, received_at, payload)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::bytea[])
ON CONFLICT (consumer, event_id) DO NOTHING";

const NEWEST: &str = "
SELECT consumer, event_id, topic, reason, detail, received_at, payload
FROM cj_dead_letters ORDER BY received_at DESC, consumer, event_id LIMIT $1::bigint";

const LETTERS_OF: &str = "
SELECT consumer, event_id, topic, reason, detail, received_at, payload
FROM cj_dead_letters WHERE event_id = $1::uuid ORDER BY consumer";

const DISCARD: &str = "
DELETE FROM cj_dead_letters AS it USING unnest($1::text[], $2::uuid[]) AS given (consumer, event_id)
WHERE it.consumer = given.consumer AND it.event_id = given.event_id RETURNING it.consumer, it.event_id";

const DISCARD_OLD: &str = "
DELETE FROM cj_dead_letters WHERE ctid = ANY (ARRAY(
    SELECT old.ctid FROM cj_dead_letters AS old WHERE old.received_at < $1::timestamptz
    ORDER BY old.received_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED))";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[KEEP, NEWEST, LETTERS_OF, DISCARD, DISCARD_OLD];
