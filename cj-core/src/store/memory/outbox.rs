//! The outbox in memory.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::RedBlackTreeMapSync;

use super::grouped::Grouped;
use super::queue::{Place, Queue, Standing};
use super::unit::MemoryUnit;
use crate::change::{MessageKind, OutboxMessage};
use crate::id::{BatchId, ComparisonId, EventId};
use crate::store::{Claim, ErasureScope, ErrorKind, Outbox, OutboxDepth, Settlement, SettlementOutcome, StoreError};

/// Messages by id, and the unsent ones in queues.
#[derive(Clone)]
pub(super) struct OutboxTable {
    rows: RedBlackTreeMapSync<EventId, Row>,
    events: Queue,
    questions: Queue,
    questions_of: Grouped<BatchId, EventId, ()>,
}

/// A message, and what changes about it.
#[derive(Clone)]
struct Row {
    message: Arc<OutboxMessage>,
    key: Arc<str>,
    available_at: DateTime<Utc>,
    attempts: u32,
    is_sent: bool,
}

impl Row {
    fn place(&self) -> Place {
        let message = &self.message;
        (message.batch_id, message.version, message.ordinal, message.id)
    }
}

impl OutboxTable {
    fn append(&mut self, message: &OutboxMessage) -> Result<(), ErrorKind> {
        if self.rows.contains_key(&message.id) {
            return Err(ErrorKind::Conflict);
        }
        if message.kind == MessageKind::Question {
            self.questions_of.insert(&message.batch_id, message.id, ());
        }
        let row = Row {
            message: Arc::new(message.clone()),
            key: Arc::from(message.key.as_str()),
            available_at: message.available_at,
            attempts: message.attempts,
            is_sent: false,
        };
        let standing = Standing { created_at: message.created_at, ready_at: Some(message.available_at) };
        self.queue_mut(message.kind).put(&row.key, row.place(), standing);
        self.rows.insert_mut(message.id, row);
        Ok(())
    }

    fn withdraw(&mut self, id: EventId) {
        let Some(row) = self.rows.get(&id).filter(|row| row.message.kind == MessageKind::Question).cloned() else {
            return;
        };
        self.questions.take(&row.key, &row.place());
        self.questions_of.remove(&row.message.batch_id, &id);
        self.rows.remove_mut(&id);
    }

    /// Removes the questions of a batch, and the events that were sent where scores are to go.
    pub(super) fn erase(&mut self, batch: BatchId, scope: ErasureScope) {
        let own = self.rows.values().filter(|row| row.message.batch_id == batch);
        let gone = own.filter(|row| match row.message.kind {
            MessageKind::Question => true,
            MessageKind::Event => {
                let tells_scores = row.is_sent || row.message.aggregate_type == OutboxMessage::RESULT;
                tells_scores && scope == ErasureScope::TextsAndScores
            }
        });
        let gone: Vec<Row> = gone.cloned().collect();
        for row in gone {
            match row.message.kind {
                MessageKind::Question => self.withdraw(row.message.id),
                MessageKind::Event => {
                    self.events.take(&row.key, &row.place());
                    self.rows.remove_mut(&row.message.id);
                }
            }
        }
    }

    fn claim(&mut self, claim: &Claim) -> Vec<OutboxMessage> {
        let ids = self.queue_mut(claim.kind).ready(claim.now, claim.limit as usize);
        let until = claim.now + claim.lease;
        let mut claimed = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(row) = self.rows.get_mut(&id) else { continue };
            row.attempts += 1;
            let row = row.clone();
            let standing = Standing { created_at: row.message.created_at, ready_at: Some(until) };
            self.queue_mut(claim.kind).put(&row.key, row.place(), standing);
            let (attempts, available_at) = (row.attempts, row.available_at);
            claimed.push(OutboxMessage { available_at, attempts, ..(*row.message).clone() });
        }
        claimed
    }

    fn settle(&mut self, settlement: &Settlement) {
        let Some(row) = self.rows.get_mut(&settlement.id).filter(|row| !row.is_sent) else { return };
        let mut ready_at = None;
        match &settlement.outcome {
            SettlementOutcome::Sent { .. } => row.is_sent = true,
            SettlementOutcome::Retry { at, .. } => {
                row.available_at = *at;
                ready_at = Some(*at);
            }
            SettlementOutcome::Parked { .. } => {}
        }
        let row = row.clone();
        let queue = self.queue_mut(row.message.kind);
        if row.is_sent {
            queue.take(&row.key, &row.place());
        } else {
            queue.put(&row.key, row.place(), Standing { created_at: row.message.created_at, ready_at });
        }
    }

    fn queue(&self, kind: MessageKind) -> &Queue {
        match kind {
            MessageKind::Event => &self.events,
            MessageKind::Question => &self.questions,
        }
    }

    fn queue_mut(&mut self, kind: MessageKind) -> &mut Queue {
        match kind {
            MessageKind::Event => &mut self.events,
            MessageKind::Question => &mut self.questions,
        }
    }
}

impl Default for OutboxTable {
    fn default() -> Self {
        Self {
            rows: RedBlackTreeMapSync::new_sync(),
            events: Queue::default(),
            questions: Queue::default(),
            questions_of: Grouped::default(),
        }
    }
}

#[async_trait]
impl Outbox for MemoryUnit {
    async fn append(&mut self, messages: &[OutboxMessage]) -> Result<(), StoreError> {
        self.write("outbox.append", |tables| messages.iter().try_for_each(|message| tables.outbox.append(message)))
    }

    async fn withdraw(&mut self, comparisons: &[ComparisonId], batches: &[BatchId]) -> Result<(), StoreError> {
        self.write("outbox.withdraw", |tables| {
            let mut ids: Vec<_> = comparisons.iter().map(|id| EventId::new(id.as_uuid())).collect();
            for batch in batches {
                ids.extend(tables.outbox.questions_of.rows(batch).map(|(id, ())| *id));
            }
            for id in ids {
                tables.outbox.withdraw(id);
            }
            Ok(())
        })
    }

    async fn claim(&mut self, claim: &Claim) -> Result<Vec<OutboxMessage>, StoreError> {
        self.write("outbox.claim", |tables| Ok(tables.outbox.claim(claim)))
    }

    async fn settle(&mut self, settlements: &[Settlement]) -> Result<(), StoreError> {
        self.write("outbox.settle", |tables| {
            for settlement in settlements {
                tables.outbox.settle(settlement);
            }
            Ok(())
        })
    }

    async fn depth(&mut self, kind: MessageKind) -> Result<OutboxDepth, StoreError> {
        let queue = self.tables().outbox.queue(kind);
        let (pending, parked) = queue.counts();
        Ok(OutboxDepth { pending, parked, next_at: queue.next_at(), oldest: queue.oldest() })
    }
}
