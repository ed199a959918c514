//! Messages that could not be used.

use std::ops::DerefMut;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{DeadLetter, LetterKey};
use cj_core::id::EventId;
use cj_core::store::{DeadLetters, StoreError};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteUnit;
use crate::row::Columns;
use crate::slice::Slice;
use crate::time::time_text;

#[async_trait]
impl<C: DerefMut<Target = SqliteConnection> + Send> DeadLetters for SqliteUnit<C> {
    async fn keep(&mut self, letters: &[DeadLetter]) -> Result<(), StoreError> {
        if letters.is_empty() {
            return Ok(());
        }
        let slice = Slice::of(letters, |row, it| {
            row.text(&it.consumer).uuid(it.event_id.as_uuid()).text(&it.topic).text(&it.reason).text(&it.detail);
            row.time(it.received_at).hex(&it.payload);
        });
        self.write("dead_letter.keep", KEEP, slice).await.map(drop)
    }

    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.fetch("dead_letter.newest", sqlx::query(NEWEST).bind(limit), read).await
    }

    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError> {
        self.fetch("dead_letter.letters_of", sqlx::query(LETTERS_OF).bind(event_id.to_string()), read).await
    }

    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError> {
        if letters.is_empty() {
            return Ok(Vec::new());
        }
        let slice = Slice::of(letters, |row, it| {
            row.text(&it.consumer).uuid(it.event_id.as_uuid());
        });
        let mut gone = self.fetch("dead_letter.discard", sqlx::query(DISCARD).bind(slice), read_key).await?;
        gone.sort_unstable();
        Ok(gone)
    }

    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.execute("dead_letter.discard_old", sqlx::query(DISCARD_OLD).bind(time_text(before)).bind(limit)).await
    }
}

fn read_key(row: &SqliteRow) -> Result<LetterKey, StoreError> {
    let mut columns = Columns::new(row, "dead_letter.discard", "cj_dead_letters", 2);
    Ok(LetterKey { consumer: columns.string()?, event_id: columns.uuid().map(EventId::new)? })
}

fn read(row: &SqliteRow) -> Result<DeadLetter, StoreError> {
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
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, unhex(value ->> 6)
FROM jsonb_each(?1) WHERE true
ON CONFLICT (consumer, event_id) DO NOTHING";

const NEWEST: &str = "
SELECT consumer, event_id, topic, reason, detail, received_at, payload
FROM cj_dead_letters ORDER BY received_at DESC, consumer, event_id LIMIT ?1";

const LETTERS_OF: &str = "
SELECT consumer, event_id, topic, reason, detail, received_at, payload
FROM cj_dead_letters WHERE event_id = ?1 ORDER BY consumer";

const DISCARD: &str = "
DELETE FROM cj_dead_letters WHERE (consumer, event_id) IN (SELECT value ->> 0, value ->> 1 FROM jsonb_each(?1))
RETURNING consumer, event_id";

const DISCARD_OLD: &str = "
DELETE FROM cj_dead_letters WHERE rowid IN (
    SELECT rowid FROM cj_dead_letters INDEXED BY ix_cj_dead_letters_received_at
    WHERE received_at < ?1 ORDER BY received_at LIMIT ?2)";

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[KEEP, NEWEST, LETTERS_OF, DISCARD, DISCARD_OLD];
