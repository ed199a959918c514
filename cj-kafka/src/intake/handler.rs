//! The handler of requests and answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use cj_core::event::{Contract as _, ElsCjAssessmentRequestV1, Envelope, LlmComparisonResultV1, Topic};
use cj_core::id::{BatchId, EventId};
use cj_core::port::ContentSource;
use cj_core::service::{Answer, Refusal, RefusedMessage, Service};
use tokio::sync::mpsc;

use super::{IntakeSettings, dead_letter, request, verdict};
use crate::engine::{Hand, Pulse};
use crate::{Handler, Record, Trouble, dead_letter_topic};

/// Takes requests and answers from their topics: decodes them by topic, gives them their effect in units of work that bear
/// repetition, and puts aside what cannot be used.
pub struct Intake {
    service: Service,
    content: Option<Arc<dyn ContentSource>>,
    settings: IntakeSettings,
    hand: Hand,
}

impl Intake {
    /// The handler alone, for a host with a loop of its own. What comes out of the other end are batches in which this worker
    /// has the next move: `Service::advance` takes them on.
    pub fn alone(
        service: Service,
        content: Option<Arc<dyn ContentSource>>,
        settings: IntakeSettings,
    ) -> (Self, mpsc::UnboundedReceiver<BatchId>) {
        let (hand, batches) = Hand::new(Pulse::default());
        (Self::new(service, content, settings, hand), batches)
    }

    pub(crate) fn new(
        service: Service,
        content: Option<Arc<dyn ContentSource>>,
        settings: IntakeSettings,
        hand: Hand,
    ) -> Self {
        Self { service, content, settings, hand }
    }

    /// The topics that it reads.
    pub const TOPICS: [&str; 2] = [ElsCjAssessmentRequestV1::TOPIC.as_str(), LlmComparisonResultV1::TOPIC.as_str()];

    /// Answers of a slice in one unit; where one of them is refused for good, each in one of its own.
    async fn take(&self, answers: &[(Answer, &Record)]) -> Result<BTreeSet<BatchId>, Trouble> {
        let all: Vec<Answer> = answers.iter().map(|(answer, _)| answer.clone()).collect();
        match self.service.take_verdicts(&all).await {
            Ok(receipt) => return Ok(receipt.work),
            Err(error) if error.is_retryable() => return Err(Trouble::new(error)),
            Err(error) => tracing::warn!(%error, "a slice of answers was refused; they are taken one by one"),
        }
        let mut work = BTreeSet::new();
        for (answer, record) in answers {
            match self.service.take_verdicts(std::slice::from_ref(answer)).await {
                Ok(receipt) => work.extend(receipt.work),
                Err(error) if error.is_retryable() => return Err(Trouble::new(error)),
                Err(error) => self.refuse(record, "refused", error.to_string()).await?,
            }
        }
        Ok(work)
    }

    async fn submit(&self, record: &Record) -> Result<Option<BatchId>, Trouble> {
        let bytes = &record.payload;
        let envelope = match Envelope::decode(bytes) {
            Ok(envelope) => envelope,
            Err(error) => {
                self.refuse(record, "invalid_envelope", error.to_string()).await?;
                return Ok(None);
            }
        };
        let typed = match envelope.typed::<ElsCjAssessmentRequestV1>() {
            Ok(typed) => typed,
            Err(error) => {
                self.put_aside(record, RefusedMessage::of_contract(&envelope, bytes, &error)).await?;
                return Ok(None);
            }
        };
        let prompt = match request::prompt_id(&typed.data) {
            Some(id) => self.prompt(id).await?,
            None => None,
        };
        let refused = match request::read(typed, &self.settings) {
            Ok(mut request) => {
                request.request.student_prompt = prompt.or(request.request.student_prompt);
                match self.service.submit(request).await {
                    Ok(id) => return Ok(Some(id)),
                    Err(error) if error.is_retryable() => return Err(Trouble::new(error)),
                    Err(error) => RefusedMessage::of_request(&envelope, bytes, "refused", error.to_string()),
                }
            }
            Err(detail) => RefusedMessage::of_request(&envelope, bytes, "invalid_request", detail),
        };
        self.put_aside(record, refused).await?;
        Ok(None)
    }

    /// The assignment as the pupils saw it. A prompt that is not there is none: judges can do without.
    async fn prompt(&self, storage_id: &str) -> Result<Option<String>, Trouble> {
        let Some(content) = &self.content else { return Ok(None) };
        let found = content.fetch(&[storage_id.to_owned()]).await.map_err(Trouble::new)?;
        let prompt = found.into_iter().next().flatten();
        if prompt.is_none() {
            tracing::warn!(storage_id, "the prompt of a request is not there; judges go without");
        }
        Ok(prompt)
    }

    async fn refuse(&self, record: &Record, reason: &'static str, detail: String) -> Result<(), Trouble> {
        self.put_aside(record, RefusedMessage::new(&record.topic, &record.payload, reason, detail)).await
    }

    /// Keeps a message that cannot be used, and sends its bytes on to the topic for dead letters.
    async fn put_aside(&self, record: &Record, message: RefusedMessage) -> Result<(), Trouble> {
        let (topic, reason, detail) = (&record.topic, message.reason(), message.detail().to_owned());
        let headers = dead_letter::headers(record, reason, &detail, self.service.now());
        let message = message.copied_to(dead_letter_topic(topic), headers);
        if self.service.refuse(&message).await.map_err(Trouble::new)? != Refusal::Repeated {
            metrics::counter!("kafka_dead_letters", "topic" => topic.clone(), "reason" => reason).increment(1);
            let (partition, offset) = (record.partition, record.offset);
            tracing::warn!(topic, partition, offset, reason, detail, "a message cannot be used");
        }
        Ok(())
    }
}

#[async_trait]
impl Handler for Intake {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        let mut answers: Vec<(Answer, &Record)> = Vec::with_capacity(records.len());
        let mut work = BTreeSet::new();
        for record in records {
            if record.topic == Topic::CjAssessmentRequested.as_str() {
                work.extend(self.submit(record).await?);
                continue;
            }
            match answer(record) {
                Ok(answer) => answers.push((answer, record)),
                Err((reason, detail)) => self.refuse(record, reason, detail).await?,
            }
        }
        if !answers.is_empty() {
            work.extend(self.take(&answers).await?);
        }
        // Also where nothing is to be done next, something may wait in the outbox now.
        self.hand.over(work);
        Ok(())
    }
}

/// Reads an answer.
fn answer(record: &Record) -> Result<Answer, (&'static str, String)> {
    let envelope = Envelope::decode(&record.payload).map_err(|error| ("invalid_envelope", error.to_string()))?;
    let typed = envelope.typed::<LlmComparisonResultV1>().map_err(|error| ("invalid_answer", error.to_string()))?;
    let verdict = verdict::read(&typed.data).map_err(|detail| ("invalid_answer", detail))?;
    let message_id = EventId::new(typed.event_id);
    Ok(Answer { message_id, verdict, topic: record.topic.clone(), payload: record.payload.clone() })
}

#[cfg(test)]
mod tests;
