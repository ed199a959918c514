//! One unit of work, or one view.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_lock::MutexGuardArc;
use async_trait::async_trait;

use super::store::Shared;
use super::tables::Tables;
use crate::change::MessageKind;
use crate::store::{ErrorKind, StoreError, UnitOfWork};

/// A version of the tables of its own: what was committed when it began, and what it wrote since.
pub(super) struct MemoryUnit {
    tables: Tables,
    access: Access,
    appended: BTreeSet<MessageKind>,
}

enum Access {
    Read,
    Write { shared: Arc<Shared>, turn: MutexGuardArc<()> },
}

impl MemoryUnit {
    pub(super) fn reading(tables: Tables) -> Self {
        Self { tables, access: Access::Read, appended: BTreeSet::new() }
    }

    pub(super) fn writing(tables: Tables, shared: Arc<Shared>, turn: MutexGuardArc<()>) -> Self {
        Self { tables, access: Access::Write { shared, turn }, appended: BTreeSet::new() }
    }

    /// Runs one statement: all of what it writes is there, or nothing of it.
    pub(super) fn write<T>(
        &mut self,
        operation: &'static str,
        statement: impl FnOnce(&mut Tables) -> Result<T, ErrorKind>,
    ) -> Result<T, StoreError> {
        if matches!(self.access, Access::Read) {
            return Err(StoreError::new(ErrorKind::Unsupported, operation));
        }
        let mut next = self.tables.clone();
        let value = statement(&mut next).map_err(|kind| StoreError::new(kind, operation))?;
        self.tables = next;
        Ok(value)
    }

    /// Notes what listeners are told of after the commit.
    pub(super) fn note(&mut self, kinds: impl IntoIterator<Item = MessageKind>) {
        self.appended.extend(kinds);
    }

    pub(super) fn tables(&self) -> &Tables {
        &self.tables
    }
}

#[async_trait]
impl UnitOfWork for MemoryUnit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { tables, access, appended } = *self;
        match access {
            Access::Read => Err(StoreError::new(ErrorKind::Unsupported, "unit.commit")),
            Access::Write { shared, turn } => {
                shared.publish(tables);
                drop(turn);
                if !appended.is_empty() {
                    shared.bell.ring(&appended.into_iter().collect::<Vec<_>>());
                }
                Ok(())
            }
        }
    }
}
