//! The other side of the broker: who asks for assessments, keeps texts and judges.

use std::time::Duration;

use cj_core::event::{
    Contract, CourseCode, ElsCjAssessmentRequestV1, Envelope, EssayProcessingInputRefV1, LlmComparisonRequestV1,
    LlmComparisonResultV1, LlmProviderType, Outcome, SystemProcessingMetadata, Timestamp, Winner,
};
use cj_core::port::{Clock as _, ContentError, ContentSource, EventPublisher as _, SystemClock};
use cj_kafka::{Handler, KafkaPublisher, KafkaSettings, Record, Trouble};
use uuid::Uuid;

use super::event;

/// A request for a batch of essays, as an event; the same name is the same event.
pub(crate) fn request(name: &str, essays: u32) -> cj_core::change::OutboxMessage {
    let at = Timestamp::from(SystemClock::new().now());
    let about = SystemProcessingMetadata::batch(name, at);
    let essay = |n: u32| EssayProcessingInputRefV1::new(&format!("essay-{n:02}"), &format!("{n:032x}"));
    let wire =
        ElsCjAssessmentRequestV1::new(about, (0..essays).map(essay).collect(), "sv", CourseCode::Sv1, "lärare-å");
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    let envelope = Envelope::new(wire, id, id, "essay_lifecycle_service", at);
    event(ElsCjAssessmentRequestV1::TOPIC.as_str(), name, 0, envelope.encode().unwrap())
}

/// Has a text for every storage id.
pub(crate) struct Texts;

#[async_trait::async_trait]
impl ContentSource for Texts {
    async fn fetch(&self, storage_ids: &[String]) -> Result<Vec<Option<String>>, ContentError> {
        Ok(storage_ids.iter().map(|id| Some(format!("Text number {id}."))).collect())
    }
}

/// Judges by the names of essays: the later one is better, save for one answer in eight.
pub(crate) struct Provider {
    publisher: KafkaPublisher,
}

impl Provider {
    pub(crate) fn new(settings: &KafkaSettings) -> Self {
        let settings = settings.clone().with_publish_timeout(Duration::from_secs(30));
        Self { publisher: KafkaPublisher::connect(&settings).unwrap() }
    }
}

#[async_trait::async_trait]
impl Handler for Provider {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        let answers: Vec<_> = records.iter().map(answer).collect();
        self.publisher.publish(&answers).await.into_iter().collect::<Result<Vec<()>, _>>().map_err(Trouble::new)?;
        Ok(())
    }
}

fn answer(record: &Record) -> cj_core::change::OutboxMessage {
    let question = Envelope::decode(&record.payload).unwrap().typed::<LlmComparisonRequestV1>().unwrap();
    assert_eq!(record.key.as_deref(), Some(question.correlation_id.to_string().as_bytes()));
    let id = question.data.correlation_id.unwrap();
    assert_eq!(id, question.correlation_id);
    let name = |key: &str| question.data.metadata.text(key).unwrap().to_owned();
    let surprising = id.as_bytes()[15].is_multiple_of(8);
    let winner = if (name("essay_a_id") > name("essay_b_id")) ^ surprising { Winner::A } else { Winner::B };
    let outcome = Outcome::Decided { winner, justification: "Tydligare.".to_owned(), confidence: 4.0 };
    let at = Timestamp::from(SystemClock::new().now());
    let result = LlmComparisonResultV1::new("q", id, outcome, LlmProviderType::Mock, "m", at, at);
    let event_id = Uuid::new_v5(&id, b"answer");
    let envelope = Envelope::new(result, event_id, id, "llm_provider_service", at);
    event(LlmComparisonResultV1::TOPIC.as_str(), &id.to_string(), 0, envelope.encode().unwrap())
}
