//! The inbox in memory.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::grouped::Grouped;
use super::unit::MemoryUnit;
use crate::id::EventId;
use crate::store::{Inbox, StoreError};

/// Handled messages by consumer, and when they were.
#[derive(Clone, Default)]
pub(super) struct InboxTable {
    rows: Grouped<String, EventId, DateTime<Utc>>,
}

#[async_trait]
impl Inbox for MemoryUnit {
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        let consumer = consumer.to_owned();
        self.write("inbox.admit", |tables| {
            let mut admitted = Vec::new();
            for id in ids {
                if tables.inbox.rows.get(&consumer, id).is_none() {
                    tables.inbox.rows.insert(&consumer, *id, at);
                    admitted.push(*id);
                }
            }
            Ok(admitted)
        })
    }
}
