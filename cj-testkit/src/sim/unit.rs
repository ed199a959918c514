//! A unit of work of a simulated world.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{
    BatchRecord, BatchUpdate, ComparisonRecord, DeadLetter, DecisionRecord, EssayRecord, EssayResult, LetterKey,
    MatrixCell, MatrixKey, MessageKind, OutboxEntry, OutboxMessage, WaveRecord,
};
use cj_core::id::{BatchId, ComparisonId, EventId};
use cj_core::store::memory::MemoryStore;
use cj_core::store::{
    AnswerRepository, BatchQuery, BatchRepository, Claim, ComparisonQuery, ComparisonRepository, DeadLetters,
    DecisionRepository, Erasure, ErasureRepository, ErasureScope, ErrorKind, EssayRepository, EvidenceTotals, Inbox,
    LetterOwner, Outbox, OutboxDepth, OutboxQuery, OutboxRegister, Repositories, ResultRepository, Settlement, Store,
    StoreError, Texts, UnitOfWork, WaveRepository,
};

use super::shared::Shared;

type Done<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;
type Write = Box<dyn for<'a> FnOnce(&'a mut dyn Repositories) -> Done<'a> + Send>;

/// Works on a copy of what was committed when it began, and does its writes once more on the truth when it commits.
pub(super) struct SimUnit {
    scratch: Box<dyn UnitOfWork>,
    truth: MemoryStore,
    shared: Arc<Shared>,
    writes: Vec<Write>,
    /// Versions of batches that are held and not written: they must still be these at the commit.
    held: BTreeMap<BatchId, u64>,
}

impl SimUnit {
    pub(super) fn new(scratch: Box<dyn UnitOfWork>, truth: MemoryStore, shared: Arc<Shared>) -> Self {
        Self { scratch, truth, shared, writes: Vec::new(), held: BTreeMap::new() }
    }

    fn note(&mut self, write: impl for<'a> FnOnce(&'a mut dyn Repositories) -> Done<'a> + Send + 'static) {
        self.writes.push(Box::new(write));
    }
}

#[async_trait]
impl UnitOfWork for SimUnit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { truth, shared, writes, held, .. } = *self;
        shared.gate("unit.commit").await?;
        let mut unit = truth.begin().await?;
        let ids: Vec<BatchId> = held.keys().copied().collect();
        let now = unit.lock(&ids).await?;
        if !now.iter().map(|batch| batch.state.version).eq(held.values().copied()) {
            return Err(overtaken("batch.lock"));
        }
        for write in writes {
            write(&mut *unit).await?;
        }
        unit.commit().await?;
        shared.inner().committed = true;
        if shared.loses_acknowledgement() {
            return Err(StoreError::new(ErrorKind::Unavailable, "unit.commit").with_source("simulated"));
        }
        Ok(())
    }
}

/// A write of rows: now on the copy, at the commit on the truth.
macro_rules! write_rows {
    ($self:ident, $trait:ident :: $method:ident, refs $rows:ident, $name:literal) => {{
        $self.shared.gate($name).await?;
        $trait::$method(&mut *$self.scratch, $rows).await?;
        let rows: Vec<_> = $rows.iter().map(|row| (*row).clone()).collect();
        $self
            .note(move |truth| Box::pin(async move { $trait::$method(truth, &rows.iter().collect::<Vec<_>>()).await }));
        Ok(())
    }};
    ($self:ident, $trait:ident :: $method:ident, $rows:ident, $name:literal) => {{
        $self.shared.gate($name).await?;
        $trait::$method(&mut *$self.scratch, $rows).await?;
        let rows = $rows.to_vec();
        $self.note(move |truth| Box::pin(async move { $trait::$method(truth, &rows).await }));
        Ok(())
    }};
}

/// A write that has an answer: it must get the same one when it is done on the truth.
macro_rules! again {
    ($self:ident, $truth:ident, $named:ident, $name:literal, $call:expr) => {{
        $self.shared.gate($name).await?;
        let expected = {
            let $truth = &mut $self.scratch;
            $call.await?
        };
        let (named, answer) = ($named.clone(), expected.clone());
        $self.note(move |$truth| {
            Box::pin(async move {
                let $named = named;
                let found = $call.await?;
                if found == answer { Ok(()) } else { Err(overtaken($name)) }
            })
        });
        Ok(expected)
    }};
}

fn overtaken(operation: &'static str) -> StoreError {
    StoreError::new(ErrorKind::Conflict, operation)
}

impl AnswerRepository for SimUnit {}

#[async_trait]
impl BatchRepository for SimUnit {
    async fn insert(&mut self, rows: &[&BatchRecord]) -> Result<(), StoreError> {
        write_rows!(self, BatchRepository::insert, refs rows, "batch.insert")
    }

    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError> {
        self.shared.gate("batch.update").await?;
        BatchRepository::update(&mut *self.scratch, updates).await?;
        let updates: Vec<BatchUpdate> = updates.iter().map(|update| (*update).clone()).collect();
        for update in &updates {
            self.held.remove(&update.id);
        }
        self.note(move |truth| {
            Box::pin(async move { BatchRepository::update(truth, &updates.iter().collect::<Vec<_>>()).await })
        });
        Ok(())
    }

    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.shared.gate("batch.lock").await?;
        let batches = self.scratch.lock(ids).await?;
        self.held.extend(batches.iter().map(|batch| (batch.id(), batch.state.version)));
        Ok(batches)
    }

    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.shared.gate("batch.lock_of").await?;
        let batches = self.scratch.lock_of(comparisons).await?;
        self.held.extend(batches.iter().map(|batch| (batch.id(), batch.state.version)));
        Ok(batches)
    }

    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError> {
        self.scratch.due(before, limit).await
    }

    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError> {
        self.scratch.find(query).await
    }
}

#[async_trait]
impl ComparisonRepository for SimUnit {
    async fn insert(&mut self, rows: &[&ComparisonRecord]) -> Result<(), StoreError> {
        write_rows!(self, ComparisonRepository::insert, refs rows, "comparison.insert")
    }
    async fn update(&mut self, rows: &[&ComparisonRecord]) -> Result<(), StoreError> {
        write_rows!(self, ComparisonRepository::update, refs rows, "comparison.update")
    }
    async fn cancel_open(&mut self, rows: &[BatchId]) -> Result<(), StoreError> {
        write_rows!(self, ComparisonRepository::cancel_open, rows, "comparison.cancel_open")
    }

    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError> {
        self.shared.gate("comparison.load").await?;
        ComparisonRepository::load(&mut *self.scratch, query).await
    }
}

#[async_trait]
impl EssayRepository for SimUnit {
    async fn insert(&mut self, rows: &[&EssayRecord]) -> Result<(), StoreError> {
        write_rows!(self, EssayRepository::insert, refs rows, "essay.insert")
    }
    async fn update(&mut self, rows: &[&EssayRecord]) -> Result<(), StoreError> {
        write_rows!(self, EssayRepository::update, refs rows, "essay.update")
    }

    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError> {
        EssayRepository::load(&mut *self.scratch, batch, texts).await
    }
}

#[async_trait]
impl WaveRepository for SimUnit {
    async fn put(&mut self, rows: &[&WaveRecord]) -> Result<(), StoreError> {
        write_rows!(self, WaveRepository::put, refs rows, "wave.put")
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError> {
        WaveRepository::load(&mut *self.scratch, batch).await
    }
}

#[async_trait]
impl ResultRepository for SimUnit {
    async fn put(&mut self, rows: &[EssayResult]) -> Result<(), StoreError> {
        write_rows!(self, ResultRepository::put, rows, "result.put")
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError> {
        ResultRepository::load(&mut *self.scratch, batch).await
    }
}

#[async_trait]
impl DecisionRepository for SimUnit {
    async fn record(&mut self, rows: &[DecisionRecord]) -> Result<(), StoreError> {
        write_rows!(self, DecisionRepository::record, rows, "decision.record")
    }

    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError> {
        self.shared.gate("decision.tally").await?;
        self.scratch.tally(cells).await?;
        let cells: Vec<(MatrixKey, MatrixCell)> = cells.iter().map(|(key, cell)| ((*key).clone(), **cell)).collect();
        self.note(move |truth| {
            Box::pin(async move { truth.tally(&cells.iter().map(|(key, cell)| (key, cell)).collect::<Vec<_>>()).await })
        });
        Ok(())
    }

    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError> {
        self.scratch.matrix(batch).await
    }

    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError> {
        self.scratch.decisions(batch).await
    }

    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError> {
        self.scratch.totals(batch).await
    }
}

#[async_trait]
impl DeadLetters for SimUnit {
    async fn keep(&mut self, rows: &[DeadLetter]) -> Result<(), StoreError> {
        write_rows!(self, DeadLetters::keep, rows, "dead_letter.keep")
    }

    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.scratch.newest(limit).await
    }

    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError> {
        self.scratch.letters_of(event_id).await
    }

    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError> {
        let letters = letters.to_vec();
        again!(self, truth, letters, "dead_letter.discard", truth.discard(&letters))
    }

    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        again!(self, truth, before, "dead_letter.discard_old", truth.discard_old(before, limit))
    }
}

#[async_trait]
impl ErasureRepository for SimUnit {
    async fn attribute_letters(&mut self, rows: &[LetterOwner]) -> Result<(), StoreError> {
        write_rows!(self, ErasureRepository::attribute_letters, rows, "erasure.attribute_letters")
    }

    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.shared.gate("erasure.erase").await?;
        self.scratch.erase(batches, scope, at).await?;
        let batches = batches.to_vec();
        self.note(move |truth| Box::pin(async move { truth.erase(&batches, scope, at).await }));
        Ok(())
    }

    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError> {
        self.scratch.erasures(batches).await
    }

    async fn erasable(
        &mut self,
        ended_before: DateTime<Utc>,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, StoreError> {
        self.scratch.erasable(ended_before, scope, limit).await
    }
}

#[async_trait]
impl Inbox for SimUnit {
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        let named = (consumer.to_owned(), ids.to_vec());
        again!(self, truth, named, "inbox.admit", truth.admit(&named.0, &named.1, at))
    }

    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError> {
        let named = (consumer.to_owned(), ids.to_vec());
        again!(self, truth, named, "inbox.readmit", truth.readmit(&named.0, &named.1))
    }

    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        again!(self, truth, before, "inbox.forget", truth.forget(before, limit))
    }
}

#[async_trait]
impl Outbox for SimUnit {
    async fn append(&mut self, rows: &[OutboxMessage]) -> Result<(), StoreError> {
        write_rows!(self, Outbox::append, rows, "outbox.append")
    }
    async fn settle(&mut self, rows: &[Settlement]) -> Result<(), StoreError> {
        write_rows!(self, Outbox::settle, rows, "outbox.settle")
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        self.shared.gate("outbox.withdraw").await?;
        self.scratch.withdraw(comparisons, batches).await?;
        let (comparisons, batches) = (comparisons.to_vec(), batches.to_vec());
        self.note(move |truth| Box::pin(async move { truth.withdraw(&comparisons, &batches).await }));
        Ok(())
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        let claim = claim.clone();
        again!(self, truth, claim, "outbox.claim", truth.claim(&claim))
    }

    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError> {
        self.scratch.depth(kind).await
    }
}

#[async_trait]
impl OutboxRegister for SimUnit {
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        self.scratch.entries(query).await
    }

    async fn replay(&mut self, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        let ids = ids.to_vec();
        again!(self, truth, ids, "outbox_register.replay", truth.replay(&ids, at))
    }

    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        again!(self, truth, before, "outbox_register.discard_sent", truth.discard_sent(before, limit))
    }
}
