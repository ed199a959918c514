//! A message that cannot be used is put aside, and whoever asked for something is told that nothing will come of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::Sender;
use crate::change::{ChangeSet, DeadLetter, MessageKind, OutboxMessage};
use crate::event::{
    CjAssessmentFailedV1, Contract, ContractError, ElsCjAssessmentRequestV1, Envelope, ErrorCode, FailureInfo, Payload,
    SystemProcessingMetadata, Timestamp,
};
use crate::id::{BatchId, EventId};
use crate::store::{BatchQuery, OutboxQuery, UnitOfWork, apply};

/// A message that cannot be used.
#[derive(Clone, Debug)]
#[must_use]
pub struct RefusedMessage {
    topic: String,
    payload: Vec<u8>,
    reason: &'static str,
    detail: String,
    copy: Option<(String, BTreeMap<String, String>)>,
    request: Option<Refused>,
}

/// What the sender of a request is told.
#[derive(Clone, Debug)]
struct Refused {
    event_id: EventId,
    correlation_id: Uuid,
    bos_batch_id: String,
    failure: FailureInfo,
}

impl RefusedMessage {
    /// A message from a topic, as it came, with a code and a text for a person that say why it cannot be used.
    pub fn new(topic: &str, bytes: &[u8], reason: &'static str, detail: impl Into<String>) -> Self {
        let (topic, payload, detail) = (topic.to_owned(), bytes.to_vec(), detail.into());
        Self { topic, payload, reason, detail, copy: None, request: None }
    }

    /// A request that breaks its contract. `bytes` is the whole message.
    pub fn of_contract(envelope: &Envelope<Payload>, bytes: &[u8], error: &ContractError) -> Self {
        let mut refused = Self::of_request(envelope, bytes, "invalid_request", error.to_string());
        if let Some(request) = &mut refused.request {
            request.failure.error_code = Some(ErrorCode::VALIDATION_ERROR);
            request.failure.details.insert("contract", error.contract);
            request.failure.details.insert("field", error.field.clone());
            request.failure.details.insert("expected", error.expected.clone());
        }
        refused
    }

    /// A request within its contract that cannot be carried out, for instance for its budget.
    pub fn of_request(
        envelope: &Envelope<Payload>,
        bytes: &[u8],
        reason: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        let mut refused = Self::new(ElsCjAssessmentRequestV1::TOPIC.as_str(), bytes, reason, detail);
        let event_id = EventId::new(envelope.event_id);
        let said = ["/entity_id", "/system_metadata/entity_id"].into_iter().find_map(|at| envelope.data.text_at(at));
        // The answer keeps its bounds even where the request's own name for the batch is what breaks them.
        let usable = said.filter(|id| !id.trim().is_empty() && id.chars().count() <= FOREIGN_ID_CHARS);
        let message = format!("{}; {MEND}", refused.detail);
        refused.request = Some(Refused {
            event_id,
            correlation_id: envelope.correlation_id,
            bos_batch_id: usable.unwrap_or_else(|| BatchId::of_request(event_id).to_string()),
            failure: FailureInfo::new(reason, ErrorCode::INVALID_REQUEST, &message),
        });
        refused
    }

    /// Sends a copy of the bytes to another topic, with these headers.
    pub fn copied_to(mut self, topic: impl Into<String>, headers: BTreeMap<String, String>) -> Self {
        self.copy = Some((topic.into(), headers));
        self
    }

    /// Why it cannot be used, as a code.
    pub const fn reason(&self) -> &'static str {
        self.reason
    }

    /// Why it cannot be used, for a person.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The id under which it is put aside and copied: the same for the same bytes on the same topic, whatever they say of
    /// themselves.
    pub fn id(&self) -> EventId {
        EventId::of_bytes(&[self.topic.as_bytes(), &[0], &self.payload].concat())
    }

    /// The id of the answer to a request: it follows from the request's.
    pub fn answer_id(&self) -> Option<EventId> {
        self.request.as_ref().map(Refused::answer_id)
    }

    fn letter(&self, now: DateTime<Utc>) -> DeadLetter {
        DeadLetter {
            event_id: self.id(),
            consumer: CONSUMER.to_owned(),
            topic: self.topic.clone(),
            reason: self.reason.to_owned(),
            detail: self.detail.clone(),
            payload: self.payload.clone(),
            received_at: now,
        }
    }

    fn copy(&self, now: DateTime<Utc>) -> Option<OutboxMessage> {
        let (topic, headers) = self.copy.clone()?;
        let id = self.id();
        Some(OutboxMessage {
            id,
            kind: MessageKind::Event,
            batch_id: BatchId::of_request(id),
            version: 0,
            ordinal: 0,
            aggregate_type: "dead_letter".to_owned(),
            aggregate_id: id.to_string(),
            event_type: "DeadLetter".to_owned(),
            topic,
            // Of its own: a topic that is missing must hold up nothing else.
            key: id.to_string(),
            payload: self.payload.clone(),
            headers,
            created_at: now,
            available_at: now,
            attempts: 0,
        })
    }
}

impl Refused {
    fn batch_id(&self) -> BatchId {
        BatchId::of_request(self.event_id)
    }

    fn answer_id(&self) -> EventId {
        self.batch_id().event_id(0, 0)
    }

    fn answer(&self, now: DateTime<Utc>) -> Result<OutboxMessage, ContractError> {
        let about = SystemProcessingMetadata::batch(&self.bos_batch_id, Timestamp::from(now));
        let event = CjAssessmentFailedV1::new(about, &self.batch_id().to_string(), &self.failure)?;
        Sender::new(self.batch_id(), self.correlation_id, 0, now).event("cj_batch", &self.bos_batch_id, event)
    }
}

/// What became of a message that cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it is new, or it is not")]
pub enum Refusal {
    /// It is kept as a dead letter, and answered by this event.
    Answered(EventId),
    /// It is kept as a dead letter. There was nobody to answer, or an answer before.
    Kept,
    /// It had been put aside before; nothing changed.
    Repeated,
}

impl Service {
    /// Puts a message aside: it is kept as a dead letter, its copy goes where it should, and a request is answered with one
    /// `CJAssessmentFailedV1`, all in one unit of work. The same bytes again change nothing, also after the inbox has
    /// forgotten them, and a request that became a batch after all, or was answered before, is not answered.
    ///
    /// # Errors
    /// The store fails; nothing was written.
    pub async fn refuse(&self, message: &RefusedMessage) -> Result<Refusal, ServiceError> {
        until_not_overtaken!(self, self.try_refuse(message))
    }

    async fn try_refuse(&self, message: &RefusedMessage) -> Result<Refusal, ServiceError> {
        let (id, now) = (message.id(), self.clock.now());
        let mut unit = self.store.begin().await?;
        if unit.admit(CONSUMER, &[id], now).await?.is_empty() {
            return Ok(Refusal::Repeated);
        }
        // The inbox forgets in time, or was told to; letters are kept for longer.
        if unit.letters_of(id).await?.iter().any(|letter| letter.consumer == CONSUMER) {
            unit.commit().await?;
            return Ok(Refusal::Repeated);
        }
        let mut change = ChangeSet::new();
        change.add_dead_letter(message.letter(now));
        // A letter that an operator sent back has left its copy and its answer in the outbox, until they are pruned.
        if let Some(copy) = message.copy(now)
            && !is_out(&mut *unit, copy.id).await?
        {
            change.send(copy);
        }
        let mut refusal = Refusal::Kept;
        if let Some(request) = &message.request
            && !is_out(&mut *unit, request.answer_id()).await?
            && unit.find(&BatchQuery::Id(request.batch_id())).await?.is_empty()
        {
            match request.answer(now) {
                Ok(answer) => {
                    refusal = Refusal::Answered(answer.id);
                    change.send(answer);
                }
                Err(error) => tracing::error!(%error, %id, "a refused request could not be answered"),
            }
        }
        apply(&mut *unit, &change).await?;
        unit.commit().await?;
        self.report(change.occurrences());
        Ok(refusal)
    }
}

async fn is_out(unit: &mut dyn UnitOfWork, id: EventId) -> Result<bool, ServiceError> {
    Ok(!unit.entries(&OutboxQuery::Id(id)).await?.is_empty())
}

/// The consumer under which messages are put aside.
const CONSUMER: &str = "cj_refused";
/// The longest foreign id that the wire takes, in characters.
const FOREIGN_ID_CHARS: usize = 255;
const MEND: &str = "mend the request and send it again under another event id";
