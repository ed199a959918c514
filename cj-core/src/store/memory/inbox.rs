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

    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError> {
        let consumer = consumer.to_owned();
        self.write("inbox.readmit", |tables| {
            for id in ids {
                tables.inbox.rows.remove(&consumer, id);
            }
            Ok(())
        })
    }

    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.write("inbox.forget", |tables| {
            let rows = &mut tables.inbox.rows;
            let old = rows.all().filter(|(_, _, at)| **at < before).map(|(consumer, id, _)| (consumer.clone(), *id));
            let old: Vec<_> = old.take(limit as usize).collect();
            for (consumer, id) in &old {
                rows.remove(consumer, id);
            }
            Ok(old.len() as u64)
        })
    }
}
