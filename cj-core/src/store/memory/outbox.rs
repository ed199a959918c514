//! The outbox in memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use rpds::RedBlackTreeMapSync;

use super::grouped::Grouped;
use super::queue::{Place, Queue, Standing};
use super::unit::MemoryUnit;
use crate::change::{MessageKind, MessageState, OutboxEntry, OutboxMessage};
use crate::id::{BatchId, ComparisonId, EventId};
use crate::store::{
    BehindParked, Claim, ErasureScope, ErrorKind, Outbox, OutboxDepth, OutboxQuery, OutboxRegister, Settlement,
    SettlementOutcome, StoreError,
};

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
    leased_until: Option<DateTime<Utc>>,
    sent_at: Option<DateTime<Utc>>,
    parked_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

impl Row {
    fn place(&self) -> Place {
        let message = &self.message;
        (message.batch_id, message.version, message.ordinal, message.id)
    }

    fn as_it_stands(&self) -> OutboxMessage {
        OutboxMessage { available_at: self.available_at, attempts: self.attempts, ..(*self.message).clone() }
    }

    fn entry(&self) -> OutboxEntry {
        OutboxEntry {
            message: self.as_it_stands(),
            state: MessageState::of_times(self.leased_until, self.sent_at, self.parked_at),
            last_error: self.last_error.clone(),
        }
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
            leased_until: None,
            sent_at: None,
            parked_at: None,
            last_error: None,
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
                let tells_scores = row.sent_at.is_some() || row.message.aggregate_type == OutboxMessage::RESULT;
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
        let queue = self.queue_mut(claim.kind);
        let ids = match claim.behind_parked {
            BehindParked::Wait => queue.ready(claim.now, claim.limit as usize),
            BehindParked::Pass => queue.ready_passing(claim.now, claim.limit as usize),
        };
        let until = claim.now + claim.lease;
        let mut claimed = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(row) = self.rows.get_mut(&id) else { continue };
            row.attempts += 1;
            row.leased_until = Some(until);
            let row = row.clone();
            let standing = Standing { created_at: row.message.created_at, ready_at: Some(until) };
            self.queue_mut(claim.kind).put(&row.key, row.place(), standing);
            claimed.push(row.as_it_stands());
        }
        claimed
    }

    fn settle(&mut self, settlement: &Settlement) {
        let is_sent = matches!(settlement.outcome, SettlementOutcome::Sent { .. });
        if is_sent && self.rows.get(&settlement.id).is_some_and(|row| row.message.kind == MessageKind::Question) {
            return self.withdraw(settlement.id);
        }
        let Some(row) = self.rows.get_mut(&settlement.id).filter(|row| row.sent_at.is_none()) else { return };
        (row.leased_until, row.parked_at, row.last_error) = (None, None, None);
        match &settlement.outcome {
            SettlementOutcome::Sent { at } => row.sent_at = Some(*at),
            SettlementOutcome::Retry { at, error } => {
                row.available_at = *at;
                row.last_error = Some(error.clone());
            }
            SettlementOutcome::Released { at, error } => {
                row.attempts = row.attempts.saturating_sub(1);
                row.available_at = *at;
                row.last_error = Some(error.clone());
            }
            SettlementOutcome::Parked { at, error } => {
                row.parked_at = Some(*at);
                row.last_error = Some(error.clone());
            }
        }
        let row = row.clone();
        self.requeue(&row);
    }

    fn replay(&mut self, id: EventId, at: DateTime<Utc>) -> bool {
        let Some(row) = self.rows.get_mut(&id).filter(|row| row.sent_at.is_none() && row.parked_at.is_some()) else {
            return false;
        };
        (row.parked_at, row.leased_until, row.attempts, row.available_at) = (None, None, 0, at);
        let row = row.clone();
        self.requeue(&row);
        true
    }

    /// Puts a message that is not leased where its queue has it.
    fn requeue(&mut self, row: &Row) {
        let ready_at = if row.parked_at.is_some() { None } else { Some(row.available_at) };
        let queue = self.queue_mut(row.message.kind);
        if row.sent_at.is_some() {
            queue.take(&row.key, &row.place());
        } else {
            queue.put(&row.key, row.place(), Standing { created_at: row.message.created_at, ready_at });
        }
    }

    /// Only operators ask, so every row is looked at.
    fn entries(&self, query: &OutboxQuery) -> Vec<OutboxEntry> {
        let of = |wanted: MessageKind| self.rows.values().filter(move |row| row.message.kind == wanted);
        let (mut rows, limit): (Vec<&Row>, u32) = match query {
            OutboxQuery::Id(id) => (self.rows.get(id).into_iter().collect(), 1),
            OutboxQuery::Waiting { kind, limit } => {
                let mut rows: Vec<_> =
                    of(*kind).filter(|row| row.sent_at.is_none() && row.parked_at.is_none()).collect();
                rows.sort_by_key(|row| (row.message.created_at, row.place()));
                (rows, *limit)
            }
            OutboxQuery::Parked { kind, limit } => {
                let mut rows: Vec<_> = of(*kind).filter(|row| row.parked_at.is_some()).collect();
                rows.sort_by_key(|row| (row.parked_at, row.message.id));
                (rows, *limit)
            }
            OutboxQuery::Sent { kind, limit } => {
                let mut rows: Vec<_> = of(*kind).filter(|row| row.sent_at.is_some()).collect();
                rows.sort_by_key(|row| Reverse((row.sent_at, row.message.id)));
                (rows, *limit)
            }
        };
        rows.truncate(limit as usize);
        rows.into_iter().map(Row::entry).collect()
    }

    fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> u64 {
        let is_old = |row: &&Row| row.message.kind == MessageKind::Event && row.sent_at.is_some_and(|at| at < before);
        let mut old: Vec<_> = self.rows.values().filter(is_old).map(|row| (row.sent_at, row.message.id)).collect();
        old.sort_unstable();
        old.truncate(limit as usize);
        for (_, id) in &old {
            self.rows.remove_mut(id);
        }
        old.len() as u64
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
        self.write("outbox.append", |tables| messages.iter().try_for_each(|message| tables.outbox.append(message)))?;
        self.note(messages.iter().map(|message| message.kind));
        Ok(())
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

#[async_trait]
impl OutboxRegister for MemoryUnit {
    async fn entries(&mut self, query: &OutboxQuery) -> Result<Vec<OutboxEntry>, StoreError> {
        Ok(self.tables().outbox.entries(query))
    }

    async fn replay(&mut self, ids: &[EventId], at: DateTime<Utc>) -> Result<Vec<EventId>, StoreError> {
        let ids: BTreeSet<EventId> = ids.iter().copied().collect();
        let replayed = self.write("outbox.replay", |tables| {
            Ok(ids.into_iter().filter(|id| tables.outbox.replay(*id, at)).collect::<Vec<_>>())
        })?;
        if !replayed.is_empty() {
            self.note([MessageKind::Event]);
        }
        Ok(replayed)
    }

    async fn discard_sent(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        self.write("outbox.discard_sent", |tables| Ok(tables.outbox.discard_sent(before, limit)))
    }
}
