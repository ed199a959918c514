//! A provider that is not at its best.

use std::sync::Arc;
use std::time::Duration;

use cj_core::change::OutboxMessage;
use cj_core::event::{
    Contract as _, Envelope, ErrorCode, ErrorDetail, LlmComparisonRequestV1, LlmComparisonResultV1, LlmProviderType,
    Outcome, Timestamp, Topic, Winner,
};
use cj_core::port::{Clock as _, EventPublisher as _, SystemClock};
use cj_kafka::{Consumer, Handler, KafkaPublisher, KafkaSettings, Record, Trouble};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{Failure, message};

/// Options of `platform judge`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The consumer group
    #[arg(long, default_value = "judge")]
    group: String,
    /// The longest that an answer waits, in milliseconds: what is asked later may be answered first
    #[arg(long, default_value_t = 1500)]
    late: u64,
    /// Of a hundred questions, so many are answered twice
    #[arg(long, default_value_t = 20)]
    twice: u8,
    /// Of a hundred questions, so many fail in a way that asking again may mend
    #[arg(long, default_value_t = 10)]
    fail: u8,
}

impl Args {
    pub(crate) fn group(&self) -> &str {
        &self.group
    }
}

/// Notes questions; answers follow.
struct Provider {
    late: u64,
    twice: u8,
    fail: u8,
    answers: mpsc::UnboundedSender<(Duration, OutboxMessage)>,
}

#[async_trait::async_trait]
impl Handler for Provider {
    async fn handle(&self, records: &[Record]) -> Result<(), Trouble> {
        for record in records {
            let question = Envelope::decode(&record.payload).and_then(|raw| raw.typed::<LlmComparisonRequestV1>());
            self.answer(&question.map_err(Trouble::new)?).map_err(|error| Trouble::new(error.to_string()))?;
        }
        Ok(())
    }
}

impl Provider {
    /// What it answers, when, and how often follows from the question's id alone.
    fn answer(&self, question: &Envelope<LlmComparisonRequestV1>) -> Result<(), Failure> {
        let id = question.data.correlation_id.unwrap_or(question.correlation_id);
        let dice = |name: &str| Uuid::new_v5(&id, name.as_bytes()).as_u128();
        let at = Timestamp::from(SystemClock::new().now());
        let outcome = if dice("fail") % 100 < u128::from(self.fail) {
            let code = ErrorCode::LLM_PROVIDER_UNAVAILABLE;
            Outcome::Failed(ErrorDetail::new(code, "not now", id, at, "llm_provider_service", "generate_comparison"))
        } else {
            let name = |key: &str| question.data.metadata.text(key).unwrap_or_default().to_owned();
            let surprising = dice("surprise") % 6 == 0;
            let winner = if (name("essay_a_id") > name("essay_b_id")) ^ surprising { Winner::A } else { Winner::B };
            Outcome::Decided { winner, justification: "Tydligare och rikare.".to_owned(), confidence: 4.0 }
        };
        for time in 1..=if dice("twice") % 100 < u128::from(self.twice) { 2 } else { 1 } {
            let result =
                LlmComparisonResultV1::new("queued", id, outcome.clone(), LlmProviderType::Mock, "platform", at, at);
            // The second time under an id of its own: the contents tell that it is a repetition.
            let event_id = Uuid::new_v5(&id, &[time]);
            let payload = Envelope::new(result, event_id, id, "llm_provider_service", at).encode()?;
            let topic = LlmComparisonResultV1::TOPIC.as_str();
            let wait = dice(if time == 1 { "first" } else { "second" }) % u128::from(self.late.max(1));
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or_default());
            self.answers.send((wait, message(topic, event_id, &id.to_string(), payload)))?;
        }
        Ok(())
    }
}

pub(crate) async fn run(args: &Args, settings: &KafkaSettings) -> Result<(), Failure> {
    let (answers, mut due) = mpsc::unbounded_channel();
    let provider = Provider { late: args.late, twice: args.twice, fail: args.fail, answers };
    let publisher = Arc::new(KafkaPublisher::connect(settings)?);
    let (ready, mut now) = mpsc::unbounded_channel::<OutboxMessage>();
    tokio::spawn(async move {
        while let Some((wait, answer)) = due.recv().await {
            let ready = ready.clone();
            tokio::spawn(async move {
                tokio::time::sleep(wait).await;
                let _ = ready.send(answer);
            });
        }
    });
    let sender = tokio::spawn(async move {
        let mut slice = Vec::new();
        while now.recv_many(&mut slice, 200).await > 0 {
            let outcomes = publisher.publish(&slice).await;
            for (answer, outcome) in slice.drain(..).zip(outcomes) {
                if let Err(error) = outcome {
                    cj::Console::complain(&cj::Error::failed(format!("answer {} was not sent: {error}", answer.id)));
                }
            }
        }
    });
    let consumer = Consumer::join(settings, &[Topic::LlmComparisonRequest.as_str()])?;
    consumer.run(&provider, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await?;
    drop(provider);
    sender.await?;
    Ok(())
}
