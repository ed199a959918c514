//! The monitor among many batches.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use cj_core::change::{BatchHeader, BatchRecord, Lease, Phase, ScoringCause};
use cj_core::id::{BatchId, EventId, WorkerId};
use cj_core::store::{BatchQuery, BatchRepository, Store};

use super::Failure;
use super::intake::{prepare, service};

/// Rows that are written at once.
const SLICE: u32 = 1_000;

/// A store with many batches. Most wait for answers, for an hour from now on; some were left by a worker that is no more while
/// they were being scored, so that each is due and can be taken over.
pub struct Swept {
    store: Arc<dyn Store>,
    left: BTreeSet<BatchId>,
}

impl Swept {
    /// Writes so many batches, of which so many were left.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn new(store: &Arc<dyn Store>, batches: u32, left: u32) -> Result<Self, Failure> {
        let pattern = prepare(store, "pattern", 1, 4).await?.into_keys().next().ok_or("no pattern was made")?;
        let found = store.read().await?.find(&BatchQuery::Id(pattern)).await?;
        let pattern = found.into_iter().next().ok_or("the pattern is not stored")?;
        let mut is_left = BTreeSet::new();
        for first in (0..batches).step_by(SLICE as usize) {
            let rows = first..batches.min(first + SLICE);
            let rows: Vec<BatchRecord> = rows.map(|number| copy(&pattern, number, left)).collect::<Result<_, _>>()?;
            is_left.extend(rows.iter().filter(|row| row.state.lease.is_some()).map(BatchRecord::id));
            let mut unit = store.begin().await?;
            BatchRepository::insert(&mut *unit, &rows.iter().collect::<Vec<_>>()).await?;
            unit.commit().await?;
        }
        Ok(Self { store: Arc::clone(store), left: is_left })
    }

    /// One sweep of a monitor, which takes over what was left, and no more.
    ///
    /// # Errors
    /// Those of the store; something else than what was left was taken over, or is still due.
    pub async fn wake(&mut self) -> Result<usize, Failure> {
        let monitor = service(&self.store, "monitor")?;
        let woken = monitor.wake(u32::MAX >> 1).await?;
        if woken != self.left || !self.store.read().await?.due(DateTime::UNIX_EPOCH, 1).await?.is_empty() {
            return Err(format!("{} were taken over instead of {}", woken.len(), self.left.len()).into());
        }
        self.left.clear();
        Ok(woken.len())
    }
}

fn copy(pattern: &BatchRecord, number: u32, left: u32) -> Result<BatchRecord, Failure> {
    let event_id = EventId::of_bytes(&number.to_be_bytes());
    let header = BatchHeader { id: BatchId::of_request(event_id), event_id, ..(*pattern.header).clone() };
    let mut state = pattern.state.clone();
    let now = DateTime::UNIX_EPOCH;
    state.next_deadline = Some(now + TimeDelta::hours(1));
    if number < left {
        let until = now - TimeDelta::seconds(i64::from(left - number));
        state.phase = Phase::Scoring(ScoringCause::WaveSettled);
        state.lease = Some(Lease { owner: WorkerId::new("no more")?, until });
        state.next_deadline = Some(until);
    }
    Ok(BatchRecord { header: Arc::new(header), state })
}
