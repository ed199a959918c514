//! Messages that cannot be used: kept in the store, sent on to `<topic>.dlq`, and, for a request, answered; all in one unit.

use std::collections::BTreeMap;

use cj_core::change::{DeadLetter, MessageKind, OutboxMessage};
use cj_core::event::{
    CjAssessmentFailedV1, Contract, ContractError, Envelope, ErrorCode, FailureInfo, Payload, SystemProcessingMetadata,
    Timestamp,
};
use cj_core::id::{BatchId, EventId};
use cj_core::service::Service;
use cj_core::store::{ErrorKind, StoreError};

use super::request;
use crate::{Record, dead_letter_topic};

/// One message that cannot be used.
pub(super) struct Burial<'a> {
    pub(super) record: &'a Record,
    pub(super) reason: &'static str,
    pub(super) detail: String,
    /// The request, where its envelope could be read: its sender is told.
    pub(super) request: Option<&'a Envelope<Payload>>,
}

impl Burial<'_> {
    /// Puts the message aside, once: the same bytes again are nothing new.
    pub(super) async fn bury(&self, service: &Service) -> Result<(), StoreError> {
        let id = self.id();
        let now = service.now();
        let answer = match self.request.map(|request| self.answer(request, now)).transpose() {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "a refused request could not be answered");
                None
            }
        };
        let messages: Vec<OutboxMessage> = answer.into_iter().chain([self.forwarded(id, now)]).collect();
        for attempt in 1.. {
            let mut unit = service.store().begin().await?;
            if unit.admit(CONSUMER, &[id], now).await?.is_empty() {
                return Ok(());
            }
            unit.keep(&[self.letter(id, now)]).await?;
            // The outbox may remember what the inbox has forgotten: what was sent is not sent again.
            if attempt < LAST_ATTEMPT {
                match unit.append(&messages).await {
                    Err(error) if error.kind() == ErrorKind::Conflict => continue,
                    appended => appended?,
                }
            }
            match unit.commit().await {
                Err(error) if error.kind() == ErrorKind::Conflict && attempt < LAST_ATTEMPT => {}
                committed => {
                    committed?;
                    break;
                }
            }
        }
        metrics::counter!("kafka_dead_letters", "topic" => self.record.topic.clone(), "reason" => self.reason)
            .increment(1);
        tracing::warn!(
            topic = self.record.topic,
            partition = self.record.partition,
            offset = self.record.offset,
            reason = self.reason,
            detail = self.detail,
            "a message cannot be used"
        );
        Ok(())
    }

    /// The same for the same bytes on the same topic, whatever they say of themselves.
    fn id(&self) -> EventId {
        let name = [self.record.topic.as_bytes(), &[0], &self.record.payload].concat();
        EventId::of_bytes(&name)
    }

    fn letter(&self, id: EventId, now: chrono::DateTime<chrono::Utc>) -> DeadLetter {
        DeadLetter {
            event_id: id,
            consumer: CONSUMER.to_owned(),
            topic: self.record.topic.clone(),
            reason: self.reason.to_owned(),
            detail: self.detail.clone(),
            payload: self.record.payload.clone(),
            received_at: now,
        }
    }

    /// The original bytes and headers, with why they are there.
    fn forwarded(&self, id: EventId, now: chrono::DateTime<chrono::Utc>) -> OutboxMessage {
        let Record { topic, partition, offset, key, payload, headers } = self.record;
        let mut headers = headers.clone();
        let mut note = |name: &str, value: String| headers.insert(format!("dlq_{name}"), value);
        note("reason", self.reason.to_owned());
        note("detail", self.detail.chars().take(DETAIL_CHARS).collect());
        note("topic", topic.clone());
        note("partition", partition.to_string());
        note("offset", offset.to_string());
        note("received_at", Timestamp::from(now).to_string());
        if let Some(key) = key {
            note("key", String::from_utf8_lossy(key).into_owned());
        }
        OutboxMessage {
            id,
            kind: MessageKind::Event,
            batch_id: BatchId::of_request(id),
            version: 0,
            ordinal: 0,
            aggregate_type: "dead_letter".to_owned(),
            aggregate_id: id.to_string(),
            event_type: "DeadLetter".to_owned(),
            topic: dead_letter_topic(topic),
            // Of its own: a topic that is missing must hold up nothing else.
            key: id.to_string(),
            payload: payload.clone(),
            headers,
            created_at: now,
            available_at: now,
            attempts: 0,
        }
    }

    /// Tells the sender of a request that nothing will come of it.
    fn answer(
        &self,
        request: &Envelope<Payload>,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Result<OutboxMessage, ContractError> {
        let batch = BatchId::of_request(EventId::new(request.event_id));
        let id = batch.event_id(0, 0);
        let name = request::name_in(request);
        let mut failure = FailureInfo::new(self.reason, ErrorCode::VALIDATION_ERROR, EXPLAINED);
        failure.details = request::details(&self.detail);
        let at = Timestamp::from(now);
        let event =
            CjAssessmentFailedV1::new(SystemProcessingMetadata::batch(&name, at), &batch.to_string(), &failure)?;
        let envelope = Envelope::new(event, id.as_uuid(), request.correlation_id, SOURCE, at);
        let headers = [
            ("content_type", "application/json".to_owned()),
            ("event_id", id.to_string()),
            ("event_type", CjAssessmentFailedV1::NAME.to_owned()),
            ("occurred_at", at.to_string()),
            ("schema_version", "1".to_owned()),
            ("source_service", SOURCE.to_owned()),
            ("trace_id", request.correlation_id.to_string()),
        ];
        Ok(OutboxMessage {
            id,
            kind: MessageKind::Event,
            batch_id: batch,
            version: 0,
            ordinal: 0,
            aggregate_type: "cj_batch".to_owned(),
            aggregate_id: name.clone(),
            event_type: CjAssessmentFailedV1::NAME.to_owned(),
            topic: CjAssessmentFailedV1::TOPIC.to_string(),
            key: name,
            payload: envelope.encode()?,
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
            created_at: now,
            available_at: now,
            attempts: 0,
        })
    }
}

/// The consumer under which messages are put aside.
const CONSUMER: &str = "cj_kafka";
const SOURCE: &str = "cj_assessment_service";
const EXPLAINED: &str = "the request cannot be carried out as it is; mend it and send it again under another event id";
const DETAIL_CHARS: usize = 500;
const LAST_ATTEMPT: u32 = 5;
