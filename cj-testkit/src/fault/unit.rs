//! The unit, or view, of a store that fails on purpose.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use cj_core::change::{
    BatchRecord, BatchUpdate, ComparisonRecord, DeadLetter, DecisionRecord, EssayRecord, EssayResult, LetterKey,
    MatrixCell, MatrixKey, MessageKind, OutboxEntry, OutboxMessage, WaveRecord,
};
use cj_core::id::{BatchId, ComparisonId, EventId};
use cj_core::store::{
    AnswerRepository, Answered, BatchQuery, BatchRepository, Claim, ComparisonQuery, ComparisonRepository, DeadLetters,
    DecisionRepository, Erasure, ErasureRepository, ErasureScope, EssayRepository, EvidenceTotals, Inbox, LetterOwner,
    Outbox, OutboxDepth, OutboxQuery, OutboxRegister, Repositories, ResultRepository, Settlement, StoreError, Texts,
    UnitOfWork, WaveRepository,
};

use super::plan::Plan;

/// Passes every call on, by way of the plan.
pub(super) struct Faulty<U: ?Sized> {
    plan: Arc<Plan>,
    inner: Box<U>,
}

impl<U: ?Sized> Faulty<U> {
    pub(super) fn new(inner: Box<U>, plan: Arc<Plan>) -> Self {
        Self { plan, inner }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl UnitOfWork for Faulty<dyn UnitOfWork> {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { plan, inner } = *self;
        plan.run("unit.commit", inner.commit()).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> AnswerRepository for Faulty<U> {
    async fn answer(&mut self, answered: &Answered<'_>) -> Result<(), StoreError> {
        self.plan.run("answer.answer", self.inner.answer(answered)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> BatchRepository for Faulty<U> {
    async fn insert(&mut self, batches: &[&BatchRecord]) -> Result<(), StoreError> {
        self.plan.run("batch.insert", BatchRepository::insert(&mut *self.inner, batches)).await
    }

    async fn lock(&mut self, ids: &[BatchId]) -> Result<Vec<BatchRecord>, StoreError> {
        self.plan.require_readable("batch.lock", ids)?;
        self.plan.run("batch.lock", BatchRepository::lock(&mut *self.inner, ids)).await
    }

    async fn lock_of(&mut self, comparisons: &[ComparisonId]) -> Result<Vec<BatchRecord>, StoreError> {
        let batches = self.plan.run("batch.lock_of", self.inner.lock_of(comparisons)).await?;
        let ids: Vec<BatchId> = batches.iter().map(BatchRecord::id).collect();
        self.plan.require_readable("batch.lock_of", &ids)?;
        Ok(batches)
    }

    async fn update(&mut self, updates: &[&BatchUpdate]) -> Result<(), StoreError> {
        self.plan.run("batch.update", BatchRepository::update(&mut *self.inner, updates)).await
    }

    async fn due(&mut self, before: DateTime<Utc>, limit: u32) -> Result<Vec<BatchId>, StoreError> {
        self.plan.run("batch.due", BatchRepository::due(&mut *self.inner, before, limit)).await
    }

    async fn find(&mut self, query: &BatchQuery) -> Result<Vec<BatchRecord>, StoreError> {
        self.plan.run("batch.find", BatchRepository::find(&mut *self.inner, query)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> ComparisonRepository for Faulty<U> {
    async fn insert(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        self.plan.run("comparison.insert", ComparisonRepository::insert(&mut *self.inner, comparisons)).await
    }

    async fn update(&mut self, comparisons: &[&ComparisonRecord]) -> Result<(), StoreError> {
        self.plan.run("comparison.update", ComparisonRepository::update(&mut *self.inner, comparisons)).await
    }

    async fn load(&mut self, query: &ComparisonQuery) -> Result<Vec<ComparisonRecord>, StoreError> {
        self.plan.run("comparison.load", ComparisonRepository::load(&mut *self.inner, query)).await
    }

    async fn cancel_open(&mut self, batches: &[BatchId]) -> Result<(), StoreError> {
        self.plan.run("comparison.cancel_open", ComparisonRepository::cancel_open(&mut *self.inner, batches)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> DeadLetters for Faulty<U> {
    async fn keep(&mut self, letters: &[DeadLetter]) -> Result<(), StoreError> {
        self.plan.run("dead_letter.keep", DeadLetters::keep(&mut *self.inner, letters)).await
    }

    async fn newest(&mut self, limit: u32) -> Result<Vec<DeadLetter>, StoreError> {
        self.plan.run("dead_letter.newest", DeadLetters::newest(&mut *self.inner, limit)).await
    }

    async fn letters_of(&mut self, event_id: EventId) -> Result<Vec<DeadLetter>, StoreError> {
        self.plan.run("dead_letter.letters_of", DeadLetters::letters_of(&mut *self.inner, event_id)).await
    }

    async fn discard(&mut self, letters: &[LetterKey]) -> Result<Vec<LetterKey>, StoreError> {
        self.plan.run("dead_letter.discard", DeadLetters::discard(&mut *self.inner, letters)).await
    }

    async fn discard_old(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.plan.run("dead_letter.discard_old", DeadLetters::discard_old(&mut *self.inner, before, limit)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> DecisionRepository for Faulty<U> {
    async fn record(&mut self, decisions: &[DecisionRecord]) -> Result<(), StoreError> {
        self.plan.run("decision.record", DecisionRepository::record(&mut *self.inner, decisions)).await
    }

    async fn tally(&mut self, cells: &[(&MatrixKey, &MatrixCell)]) -> Result<(), StoreError> {
        self.plan.run("decision.tally", DecisionRepository::tally(&mut *self.inner, cells)).await
    }

    async fn matrix(&mut self, batch: BatchId) -> Result<Vec<(MatrixKey, MatrixCell)>, StoreError> {
        self.plan.run("decision.matrix", DecisionRepository::matrix(&mut *self.inner, batch)).await
    }

    async fn decisions(&mut self, batch: BatchId) -> Result<Vec<DecisionRecord>, StoreError> {
        self.plan.run("decision.decisions", DecisionRepository::decisions(&mut *self.inner, batch)).await
    }

    async fn totals(&mut self, batch: BatchId) -> Result<EvidenceTotals, StoreError> {
        self.plan.run("decision.totals", DecisionRepository::totals(&mut *self.inner, batch)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> ErasureRepository for Faulty<U> {
    async fn attribute_letters(&mut self, letters: &[LetterOwner]) -> Result<(), StoreError> {
        let attributed = ErasureRepository::attribute_letters(&mut *self.inner, letters);
        self.plan.run("erasure.attribute_letters", attributed).await
    }

    async fn erase(&mut self, batches: &[BatchId], scope: ErasureScope, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.plan.run("erasure.erase", ErasureRepository::erase(&mut *self.inner, batches, scope, at)).await
    }

    async fn erasures(&mut self, batches: &[BatchId]) -> Result<Vec<Erasure>, StoreError> {
        self.plan.run("erasure.erasures", ErasureRepository::erasures(&mut *self.inner, batches)).await
    }

    async fn erasable(
        &mut self,
        ended_before: DateTime<Utc>,
        scope: ErasureScope,
        limit: u32,
    ) -> Result<Vec<BatchId>, StoreError> {
        let erasable = ErasureRepository::erasable(&mut *self.inner, ended_before, scope, limit);
        self.plan.run("erasure.erasable", erasable).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> EssayRepository for Faulty<U> {
    async fn insert(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        self.plan.run("essay.insert", EssayRepository::insert(&mut *self.inner, essays)).await
    }

    async fn update(&mut self, essays: &[&EssayRecord]) -> Result<(), StoreError> {
        self.plan.run("essay.update", EssayRepository::update(&mut *self.inner, essays)).await
    }

    async fn load(&mut self, batch: BatchId, texts: Texts) -> Result<Vec<EssayRecord>, StoreError> {
        self.plan.run("essay.load", EssayRepository::load(&mut *self.inner, batch, texts)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> Inbox for Faulty<U> {
    async fn admit(&mut self, consumer: &str, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        self.plan.run("inbox.admit", Inbox::admit(&mut *self.inner, consumer, ids, at)).await
    }

    async fn readmit(&mut self, consumer: &str, ids: &[EventId]) -> Result<(), StoreError> {
        self.plan.run("inbox.readmit", Inbox::readmit(&mut *self.inner, consumer, ids)).await
    }

    async fn forget(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.plan.run("inbox.forget", Inbox::forget(&mut *self.inner, before, limit)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> Outbox for Faulty<U> {
    async fn append(&mut self, messages: &[OutboxMessage]) -> Result<(), StoreError> {
        self.plan.run("outbox.append", Outbox::append(&mut *self.inner, messages)).await
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        self.plan.run("outbox.withdraw", Outbox::withdraw(&mut *self.inner, comparisons, batches)).await
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        self.plan.run("outbox.claim", Outbox::claim(&mut *self.inner, claim)).await
    }

    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.plan.run("outbox.settle", Outbox::settle(&mut *self.inner, settlements)).await
    }

    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError> {
        self.plan.run("outbox.depth", Outbox::depth(&mut *self.inner, kind)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> OutboxRegister for Faulty<U> {
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        self.plan.run("outbox.entries", OutboxRegister::entries(&mut *self.inner, query)).await
    }

    async fn replay(&mut self, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        self.plan.run("outbox.replay", OutboxRegister::replay(&mut *self.inner, ids, at)).await
    }

    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.plan.run("outbox.discard_sent", OutboxRegister::discard_sent(&mut *self.inner, before, limit)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> ResultRepository for Faulty<U> {
    async fn put(&mut self, results: &[EssayResult]) -> Result<(), StoreError> {
        self.plan.run("result.put", ResultRepository::put(&mut *self.inner, results)).await
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<EssayResult>, StoreError> {
        self.plan.run("result.load", ResultRepository::load(&mut *self.inner, batch)).await
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<U: Repositories + ?Sized> WaveRepository for Faulty<U> {
    async fn put(&mut self, waves: &[&WaveRecord]) -> Result<(), StoreError> {
        self.plan.run("wave.put", WaveRepository::put(&mut *self.inner, waves)).await
    }

    async fn load(&mut self, batch: BatchId) -> Result<Vec<WaveRecord>, StoreError> {
        self.plan.run("wave.load", WaveRepository::load(&mut *self.inner, batch)).await
    }
}
