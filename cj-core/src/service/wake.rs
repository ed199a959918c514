//! The monitor: it asks for what is due, nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{MutexGuard, PoisonError};

use super::fold::FoldOutcome;
use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::{Batch, Context, EssayTexts, Input, Loaded};
use crate::change::{ChangeSet, ComparisonRecord};
use crate::id::BatchId;
use crate::store::{ComparisonQuery, ComparisonRepository, ErrorKind, Texts, apply};

/// Batches that are woken in one unit of work: enough that a unit costs little, few enough that nobody waits long for one of
/// them and that their open comparisons fit into memory.
const SLICE: usize = 100;

/// What became of the batches of one unit.
#[derive(Default)]
struct Woken {
    work: BTreeSet<BatchId>,
    /// Those that could not be woken.
    passed_over: BTreeSet<BatchId>,
    /// Why the last of them could not be woken.
    refused: Option<ServiceError>,
}

impl Service {
    /// Wakes batches whose deadline has passed, the longest due first and at most `limit`, and returns those in which this
    /// worker has the next move. Many are woken in one unit of work.
    ///
    /// A batch that cannot be woken (its row cannot be read, say) is logged and keeps no other from being woken; it stays due.
    /// As it would be found first each time, the next call goes on behind it, and comes back to it once a call has come to the
    /// end of what is due: a call takes on no more than `limit`, and any number of such batches starves no other.
    ///
    /// # Errors
    /// The store cannot be reached, or something was due and none of it could be woken. What was woken before stays so; when
    /// this worker has the next move somewhere, that is returned instead of the error.
    pub async fn wake(&self, limit: u32) -> Result<BTreeSet<BatchId>, ServiceError> {
        let passed_over = std::mem::take(&mut *self.passed_over());
        let count = limit.saturating_add(u32::try_from(passed_over.len()).unwrap_or(u32::MAX));
        let found = {
            let mut view = self.store.read().await?;
            view.due(self.clock.now(), count).await?
        };
        let is_end = found.len() < count as usize;
        let mut due: Vec<BatchId> = found.iter().filter(|id| !passed_over.contains(id)).copied().collect();
        if due.is_empty() {
            due = found;
        }
        due.truncate(limit as usize);
        // In order of id, as they are locked: sweeps of two workers then follow each other and do not cross.
        due.sort_unstable();
        let mut all = Woken::default();
        for slice in due.chunks(SLICE) {
            match until_not_overtaken!(self, self.wake_slice(slice)) {
                Ok(woken) => all.add(woken),
                Err(error) if is_out_of_reach(&error) => {
                    all.refuse(slice, error);
                    break;
                }
                Err(_) if slice.len() > 1 => self.wake_one_by_one(slice, &mut all).await,
                Err(error) => all.refuse(slice, error),
            }
        }
        if !is_end {
            self.passed_over().extend(passed_over.into_iter().chain(all.passed_over));
        }
        match all.refused {
            Some(error) if all.work.is_empty() => Err(error),
            _ => Ok(all.work),
        }
    }

    fn passed_over(&self) -> MutexGuard<'_, BTreeSet<BatchId>> {
        self.passed_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Finds the batch because of which a slice could not be woken, by waking each alone.
    async fn wake_one_by_one(&self, slice: &[BatchId], all: &mut Woken) {
        for id in slice {
            let id = std::slice::from_ref(id);
            match until_not_overtaken!(self, self.wake_slice(id)) {
                Ok(woken) => all.add(woken),
                Err(error) => all.refuse(id, error),
            }
        }
    }

    /// One unit of work over many batches. What another worker did meanwhile is seen, for it is read after the lock.
    async fn wake_slice(&self, ids: &[BatchId]) -> Result<Woken, ServiceError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        let mut records = unit.lock(ids).await?;
        records.retain(|record| record.state.next_deadline.is_some_and(|deadline| deadline <= now));
        let held: Vec<BatchId> = records.iter().map(crate::change::BatchRecord::id).collect();
        if held.is_empty() {
            return Ok(Woken::default());
        }
        let mut open_of: BTreeMap<BatchId, Vec<ComparisonRecord>> = BTreeMap::new();
        for row in ComparisonRepository::load(&mut *unit, &ComparisonQuery::OpenOf(held)).await? {
            open_of.entry(row.batch_id).or_default().push(row);
        }
        let (mut woken, mut change) = (Woken::default(), ChangeSet::new());
        for record in records {
            let id = record.id();
            let open = open_of.remove(&id).unwrap_or_default();
            // A question whose time is over may be put out again, for which its texts are needed.
            let expires = open.iter().any(|row| row.state.is_open() && row.deadline <= now);
            let texts = if expires { self.texts(&mut *unit, id).await? } else { EssayTexts::new() };
            let mut batch = Batch::load(record, open, Loaded::AllOpen);
            // At the time that the texts were chosen for: a clock that is asked again is later.
            let context = Context { now, worker: &self.worker, texts: &texts };
            match batch.handle(Input::DeadlinePassed, &context) {
                Ok(effect) => {
                    change.merge(effect);
                    if self.has_the_move(&batch) {
                        woken.work.insert(id);
                    }
                }
                Err(rejection) => woken.refuse(&[id], rejection.into()),
            }
        }
        if !change.is_empty() {
            apply(&mut *unit, &change).await?;
            unit.commit().await?;
            self.report(change.occurrences());
        }
        Ok(woken)
    }

    /// Ends a batch for its owner; one that has ended stays as it is and is refused.
    ///
    /// # Errors
    /// There is no such batch, it has ended, or the store fails.
    pub async fn cancel(&self, id: BatchId) -> Result<(), ServiceError> {
        let outcome: Result<FoldOutcome, ServiceError> =
            until_not_overtaken!(self, self.fold(id, &Input::CancelRequested, Texts::Omit));
        match outcome? {
            FoldOutcome::Moved(_) => Ok(()),
            FoldOutcome::Overtaken(rejection) => Err(rejection.into()),
        }
    }
}

impl Woken {
    fn add(&mut self, later: Self) {
        self.work.extend(later.work);
        self.passed_over.extend(later.passed_over);
        self.refused = later.refused.or_else(|| self.refused.take());
    }

    fn refuse(&mut self, ids: &[BatchId], error: ServiceError) {
        let (first, count) = (ids.first(), ids.len());
        tracing::error!(batch = first.map(tracing::field::display), count, ?error, "a batch could not be woken");
        // Where the store cannot be reached, no batch is to blame.
        if !is_out_of_reach(&error) {
            self.passed_over.extend(ids);
        }
        self.refused = Some(error);
    }
}

fn is_out_of_reach(error: &ServiceError) -> bool {
    matches!(error, ServiceError::Store(error) if error.kind() == ErrorKind::Unavailable)
}
