//! Messages that could not be used.

use std::ops::DerefMut;

use async_trait::async_trait;
use cj_core::change::DeadLetter;
use cj_core::id::EventId;
use cj_core::store::{DeadLetters, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::PgUnit;
use crate::row::Columns;
use crate::slice::Slice;

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

#[cfg(test)]
pub(crate) const STATEMENTS: &[&str] = &[KEEP, NEWEST];
