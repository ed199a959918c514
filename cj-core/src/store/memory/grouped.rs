//! Rows that are read a group at a time.

use std::ops::RangeBounds;

use rpds::RedBlackTreeMapSync;

/// Rows in order of group and key.
#[derive(Clone)]
pub(super) struct Grouped<G: Ord, K: Ord, V> {
    groups: RedBlackTreeMapSync<G, RedBlackTreeMapSync<K, V>>,
}

impl<G: Clone + Ord, K: Clone + Ord, V: Clone> Grouped<G, K, V> {
    /// Adds a row, or replaces it.
    pub(super) fn insert(&mut self, group: &G, key: K, value: V) {
        if let Some(rows) = self.groups.get_mut(group) {
            rows.insert_mut(key, value);
        } else {
            let mut rows = RedBlackTreeMapSync::new_sync();
            rows.insert_mut(key, value);
            self.groups.insert_mut(group.clone(), rows);
        }
    }

    /// Removes a row, and the group with its last one.
    pub(super) fn remove(&mut self, group: &G, key: &K) {
        let Some(rows) = self.groups.get_mut(group) else { return };
        rows.remove_mut(key);
        if rows.is_empty() {
            self.groups.remove_mut(group);
        }
    }

    /// Removes all rows of a group.
    pub(super) fn clear(&mut self, group: &G) {
        self.groups.remove_mut(group);
    }

    /// Changes every row of a group.
    pub(super) fn update_all(&mut self, group: &G, change: impl Fn(&mut V)) {
        let Some(rows) = self.groups.get_mut(group) else { return };
        let keys: Vec<K> = rows.keys().cloned().collect();
        for key in keys {
            if let Some(row) = rows.get_mut(&key) {
                change(row);
            }
        }
    }

    pub(super) fn get_mut(&mut self, group: &G, key: &K) -> Option<&mut V> {
        self.groups.get_mut(group)?.get_mut(key)
    }

    pub(super) fn get(&self, group: &G, key: &K) -> Option<&V> {
        self.groups.get(group)?.get(key)
    }

    /// The groups that have rows.
    pub(super) fn groups(&self) -> impl Iterator<Item = &G> {
        self.groups.keys()
    }

    /// Every row, in order of group and key.
    pub(super) fn all(&self) -> impl Iterator<Item = (&G, &K, &V)> {
        self.groups.iter().flat_map(|(group, rows)| rows.iter().map(move |(key, value)| (group, key, value)))
    }

    /// The rows of a group, in order of key.
    pub(super) fn rows(&self, group: &G) -> impl Iterator<Item = (&K, &V)> {
        self.groups.get(group).into_iter().flat_map(RedBlackTreeMapSync::iter)
    }

    /// The rows of a group whose keys are in a range, in order of key.
    pub(super) fn range(&self, group: &G, range: impl RangeBounds<K>) -> impl Iterator<Item = (&K, &V)> {
        self.groups
            .get(group)
            .into_iter()
            .flat_map(move |rows| rows.range((range.start_bound().cloned(), range.end_bound().cloned())))
    }
}

impl<G: Ord, K: Ord, V> Default for Grouped<G, K, V> {
    fn default() -> Self {
        Self { groups: RedBlackTreeMapSync::new_sync() }
    }
}
