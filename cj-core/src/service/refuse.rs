//! A request that cannot become a batch is answered all the same.

use std::collections::BTreeMap;

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::Rejection;
use crate::change::{ChangeSet, DeadLetter, MessageKind, OutboxMessage};
use crate::event::{
    CjAssessmentFailedV1, Contract, ContractError, ElsCjAssessmentRequestV1, Envelope, ErrorCode, FailureInfo, Payload,
    SystemProcessingMetadata, Timestamp,
};
use crate::id::{BatchId, EventId};
use crate::store::{OutboxQuery, apply};
use chrono::{DateTime, Utc};

/// A request whose envelope could be read and that cannot become a batch.
#[derive(Clone, Debug)]
pub struct RefusedRequest {
    event_id: EventId,
    correlation_id: uuid::Uuid,
    bos_batch_id: String,
    payload: Vec<u8>,
    reason: &'static str,
    failure: FailureInfo,
}

impl RefusedRequest {
    /// A request that breaks its contract. `bytes` is the whole message, as it came.
    pub fn of_contract(envelope: &Envelope<Payload>, bytes: &[u8], error: &ContractError) -> Self {
        let mut failure = FailureInfo::new("invalid_request", ErrorCode::VALIDATION_ERROR, &error.to_string());
        failure.details.insert("contract", error.contract);
        failure.details.insert("field", error.field.clone());
        failure.details.insert("expected", error.expected.clone());
        Self::new(envelope, bytes, "contract", failure)
    }

    /// A request within its contract that the engine refuses, for instance for its budget.
    pub fn of_rejection(envelope: &Envelope<Payload>, bytes: &[u8], rejection: &Rejection) -> Self {
        let failure = FailureInfo::new("rejected_request", ErrorCode::INVALID_REQUEST, &rejection.to_string());
        Self::new(envelope, bytes, "rejected", failure)
    }

    fn new(envelope: &Envelope<Payload>, bytes: &[u8], reason: &'static str, failure: FailureInfo) -> Self {
        let event_id = EventId::new(envelope.event_id);
        let said = ["/entity_id", "/system_metadata/entity_id"].into_iter().find_map(|at| envelope.data.text_at(at));
        // The answer keeps its bounds even where the request's own name for the batch is what breaks them.
        let usable = said.filter(|id| (1..=FOREIGN_ID_CHARS).contains(&id.chars().count()));
        Self {
            event_id,
            correlation_id: envelope.correlation_id,
            bos_batch_id: usable.unwrap_or_else(|| BatchId::of_request(event_id).to_string()),
            payload: bytes.to_vec(),
            reason,
            failure,
        }
    }

    /// The id of the answer: it follows from the request's.
    pub fn answer_id(&self) -> EventId {
        BatchId::of_request(self.event_id).event_id(0, 0)
    }

    /// What is to be written, in one unit of work: the dead letter and the one `CJAssessmentFailedV1`.
    ///
    /// # Errors
    /// The answer would break its own contract.
    pub fn change(&self, now: DateTime<Utc>) -> Result<ChangeSet, ContractError> {
        let mut change = self.letter(now);
        change.send(self.answer(now)?);
        Ok(change)
    }

    fn letter(&self, now: DateTime<Utc>) -> ChangeSet {
        let mut change = ChangeSet::new();
        change.add_dead_letter(DeadLetter {
            event_id: self.event_id,
            consumer: CONSUMER.to_owned(),
            topic: ElsCjAssessmentRequestV1::TOPIC.to_string(),
            reason: self.reason.to_owned(),
            detail: self.failure.error_message.clone().unwrap_or_default(),
            payload: self.payload.clone(),
            received_at: now,
        });
        change
    }

    fn answer(&self, now: DateTime<Utc>) -> Result<OutboxMessage, ContractError> {
        let batch_id = BatchId::of_request(self.event_id);
        let (id, at) = (self.answer_id(), Timestamp::from(now));
        let about = SystemProcessingMetadata::batch(&self.bos_batch_id, at);
        let event = CjAssessmentFailedV1::new(about, &batch_id.to_string(), &self.failure)?;
        let envelope = Envelope::new(event, id.as_uuid(), self.correlation_id, SOURCE, at);
        let headers = [
            ("content_type", "application/json".to_owned()),
            ("event_id", id.to_string()),
            ("event_type", CjAssessmentFailedV1::NAME.to_owned()),
            ("occurred_at", at.to_string()),
            ("schema_version", "1".to_owned()),
            ("source_service", SOURCE.to_owned()),
            ("trace_id", self.correlation_id.to_string()),
        ];
        Ok(OutboxMessage {
            id,
            kind: MessageKind::Event,
            batch_id,
            version: 0,
            ordinal: 0,
            aggregate_type: "cj_batch".to_owned(),
            aggregate_id: self.bos_batch_id.clone(),
            event_type: CjAssessmentFailedV1::NAME.to_owned(),
            topic: CjAssessmentFailedV1::TOPIC.to_string(),
            key: self.bos_batch_id.clone(),
            payload: envelope.encode()?,
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
            created_at: now,
            available_at: now,
            attempts: 0,
        })
    }
}

/// What became of a refused request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it is new, or it is not")]
pub enum Refusal {
    /// It is kept as a dead letter, and answered by this event.
    Answered(EventId),
    /// It had been handled before; nothing changed.
    Repeated,
}

impl Service {
    /// Keeps a request that cannot become a batch as a dead letter, and answers it with one `CJAssessmentFailedV1`, in one
    /// unit of work. The same request again changes nothing.
    ///
    /// # Errors
    /// The store fails; nothing was written.
    pub async fn refuse_request(&self, request: &RefusedRequest) -> Result<Refusal, ServiceError> {
        until_not_overtaken!(self.try_refuse(request))
    }

    async fn try_refuse(&self, request: &RefusedRequest) -> Result<Refusal, ServiceError> {
        let now = self.clock.now();
        let mut unit = self.store.begin().await?;
        if unit.admit(CONSUMER, &[request.event_id], now).await?.is_empty() {
            return Ok(Refusal::Repeated);
        }
        // The inbox forgets in time, or was told to: whoever asked has been answered all the same.
        let is_answered = !unit.entries(&OutboxQuery::Id(request.answer_id())).await?.is_empty();
        let change = if is_answered { request.letter(now) } else { request.change(now).map_err(Rejection::from)? };
        apply(&mut *unit, &change).await?;
        unit.commit().await?;
        self.report(change.occurrences());
        Ok(if is_answered { Refusal::Repeated } else { Refusal::Answered(request.answer_id()) })
    }
}

/// The consumer under which requests are admitted, refused ones among them.
const CONSUMER: &str = "cj_requests";
/// The name under which this engine sends.
const SOURCE: &str = "cj_assessment_service";
/// The longest foreign id that the wire takes, in characters.
const FOREIGN_ID_CHARS: usize = 255;
