//! Messages that could not be used, in memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::{RedBlackTreeMapSync, RedBlackTreeSetSync};

use super::unit::MemoryUnit;
use crate::change::{DeadLetter, LetterKey};
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

impl DeadLetterTable {
    /// Removes a letter; says whether it was there.
    fn remove(&mut self, key: &(String, EventId)) -> bool {
        let Some(received_at) = self.rows.get(key).map(|letter| letter.received_at) else { return false };
        self.newest.remove_mut(&Age { received_at: Reverse(received_at), key: key.clone() });
        self.rows.remove_mut(key)
    }
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

    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError> {
        let rows = self.tables().dead_letters.rows.values();
        Ok(rows.filter(|letter| letter.event_id == event_id).cloned().collect())
    }

    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError> {
        let mut keys: BTreeSet<LetterKey> = letters.iter().cloned().collect();
        self.write("dead_letter.discard", |tables| {
            keys.retain(|key| tables.dead_letters.remove(&(key.consumer.clone(), key.event_id)));
            Ok(keys.into_iter().collect())
        })
    }

    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.write("dead_letter.discard_old", |tables| {
            let table = &mut tables.dead_letters;
            let old = table.rows.values().filter(|letter| letter.received_at < before);
            let mut old: Vec<_> = old.map(|letter| (letter.received_at, letter.key())).collect();
            old.sort_unstable();
            old.truncate(limit as usize);
            for (_, key) in &old {
                table.remove(&(key.consumer.clone(), key.event_id));
            }
            Ok(old.len() as u64)
        })
    }
}
