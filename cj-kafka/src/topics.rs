//! Making topics.

use std::time::Duration;

use cj_core::event::Topic;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::error::{KafkaError as Driver, RDKafkaErrorCode};

use crate::diagnosis::Diagnosis;
use crate::{KafkaError, KafkaSettings};

/// Makes topics: for tests, for a first try, for installations that leave it to the program.
pub struct Topics {
    admin: AdminClient<Diagnosis>,
    diagnosis: Diagnosis,
    settings: KafkaSettings,
}

impl Topics {
    /// Reaches the brokers.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings).
    pub fn connect(settings: &KafkaSettings) -> Result<Self, KafkaError> {
        let diagnosis = Diagnosis::default();
        let admin = settings.client().create_with_context(diagnosis.clone());
        let admin = admin.map_err(|error| KafkaError::new(CONNECT, error))?;
        Ok(Self { admin, diagnosis, settings: settings.clone() })
    }

    /// Makes topics that are not there, with so many partitions and copies; those that are stay as they are.
    ///
    /// # Errors
    /// The brokers cannot be reached or refuse.
    pub async fn ensure(&self, names: &[&str], partitions: u16, copies: u16) -> Result<(), KafkaError> {
        let names: Vec<String> = names.iter().map(|name| self.settings.named(name)).collect();
        let topic = |name| NewTopic::new(name, i32::from(partitions), TopicReplication::Fixed(i32::from(copies)));
        let topics: Vec<NewTopic<'_>> = names.iter().map(String::as_str).map(topic).collect();
        let options = AdminOptions::new().operation_timeout(Some(WAIT)).request_timeout(Some(WAIT));
        let made = self.admin.create_topics(&topics, &options).await;
        let made = made.map_err(|error| KafkaError::explained(MAKE, error, self.diagnosis.take()))?;
        for one in made {
            match one {
                Ok(_) | Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
                Err((_, code)) => return Err(KafkaError::new(MAKE, Driver::AdminOp(code))),
            }
        }
        Ok(())
    }

    /// The topics that a run reads or writes, with those for dead letters.
    pub fn of_engine() -> Vec<String> {
        let read = [Topic::CjAssessmentRequested, Topic::LlmComparisonResult];
        let written = [
            Topic::AssessmentResult,
            Topic::CjAssessmentCompleted,
            Topic::CjAssessmentFailed,
            Topic::LlmComparisonRequest,
            Topic::ResourceConsumption,
        ];
        let dead = read.iter().map(|topic| dead_letter_topic(topic.as_str()));
        read.iter().chain(&written).map(ToString::to_string).chain(dead).collect()
    }
}

/// Where messages of a topic go that cannot be used.
pub fn dead_letter_topic(topic: &str) -> String {
    format!("{topic}.dlq")
}

const CONNECT: &str = "connecting to the brokers";
const MAKE: &str = "making topics";
const WAIT: Duration = Duration::from_secs(30);
