//! Messages that could not be used, in memory.

use std::cmp::Reverse;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::unit::MemoryUnit;
use crate::change::DeadLetter;
use crate::id::EventId;
use crate::store::{DeadLetters, StoreError};

/// The newest first; then in order of consumer and message.
#[derive(Clone, Eq, Ord, PartialEq, PartialOrd)]
struct Age {
    received_at: Reverse<DateTime<Utc>>,
    key: (String, EventId),
}

/// Letters by consumer and message, and by age.
#[derive(Clone)]
pub(super) struct DeadLetterTable {
    rows: RedBlackTreeMapSync<(String, EventId), DeadLetter>,
    newest: RedBlackTreeSetSync<Age>,
}

impl Default for DeadLetterTable {
    fn default() -> Self {
        Self { rows: RedBlackTreeMapSync::new_sync(), newest: RedBlackTreeSetSync::new_sync() }
    }
}

impl DeadLetterTable {
    pub(super) fn contains(&self, key: &(String, EventId)) -> bool {
        self.rows.contains_key(key)
    }

    /// Removes a letter.
    pub(super) fn erase(&mut self, key: &(String, EventId)) {
        let Some(letter) = self.rows.get(key) else { return };
        self.newest.remove_mut(&Age { received_at: Reverse(letter.received_at), key: key.clone() });
        self.rows.remove_mut(key);
    }
}

#[async_trait]
impl DeadLetters for MemoryUnit {
    async fn keep(&mut self, letters: &[DeadLetter]) -> Result<(), StoreError> {
        self.write("dead_letter.keep", |tables| {
            let table = &mut tables.dead_letters;
            for letter in letters {
                let key = (letter.consumer.clone(), letter.event_id);
                if !table.rows.contains_key(&key) {
                    table.newest.insert_mut(Age { received_at: Reverse(letter.received_at), key: key.clone() });
                    table.rows.insert_mut(key, letter.clone());
                }
            }
            Ok(())
        })
    }

    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        let table = &self.tables().dead_letters;
        let newest = table.newest.iter().take(limit as usize);
        Ok(newest.filter_map(|age| table.rows.get(&age.key).cloned()).collect())
    }
}
