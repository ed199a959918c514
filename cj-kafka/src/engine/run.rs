//! The engine.

use std::future::Future;
use std::sync::Arc;

use cj_core::port::ContentSource;
use cj_core::service::{Relay, RelayPolicy, Service};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::questions::Questions;
use super::stage::{Signal, Stage};
use super::{EngineSettings, Hand, Judging, Pulse, Tally, bench, monitor, relay};
use crate::{Consumer, Intake, KafkaError, KafkaPublisher, KafkaSettings, Lag};

/// Everything that a worker runs: consumers of requests and of answers, the relay, questions to judges, the monitor, and the
/// work on batches. Any number of workers share a store and a consumer group; each needs a worker id of its own.
pub struct Engine {
    kafka: KafkaSettings,
    service: Service,
    settings: EngineSettings,
    judging: Judging,
    content: Option<Arc<dyn ContentSource>>,
    pulse: Pulse,
    tally: Tally,
    consumers: Vec<Consumer>,
}

impl Engine {
    /// A worker of these brokers; they need not be there yet.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings).
    pub fn new(kafka: KafkaSettings, service: Service, judging: Judging) -> Result<Self, KafkaError> {
        // A member for each topic: what holds up requests holds up no answers.
        let join = |topic| Consumer::join(&kafka, &[topic]);
        let consumers = Intake::TOPICS.into_iter().map(join).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            kafka,
            service,
            settings: EngineSettings::default(),
            judging,
            content: None,
            pulse: Pulse::default(),
            tally: Tally::default(),
            consumers,
        })
    }

    /// Runs otherwise than by default.
    #[must_use]
    pub fn with_settings(mut self, settings: EngineSettings) -> Self {
        self.settings = settings;
        self
    }

    /// Fetches the texts of essays and prompts here.
    #[must_use]
    pub fn with_content(mut self, content: Arc<dyn ContentSource>) -> Self {
        self.service = self.service.with_content(content.clone());
        self.content = Some(content);
        self
    }

    /// For whoever learns of commits elsewhere.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// What was done.
    pub fn tally(&self) -> Tally {
        self.tally.clone()
    }

    /// How far the consumers are behind, for each topic.
    pub fn lags(&self) -> Vec<Lag> {
        self.consumers.iter().map(Consumer::lag).collect()
    }

    /// Runs until `stop` comes, then takes nothing more, ends what is in hand, sends what that put into the outbox, and
    /// returns, at the latest when the time for that is over. Being killed instead loses nothing.
    ///
    /// # Errors
    /// Only what does not pass, such as a group that this client may not join.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) -> Result<(), KafkaError> {
        let Self { kafka, service, settings, judging, content, pulse, tally, consumers } = self;
        let (stages, signal) = Signal::new();
        let (hand, batches) = Hand::new(pulse.clone());
        let publishers = (KafkaPublisher::connect(&kafka)?, KafkaPublisher::connect(&kafka)?);
        let mut takers: JoinSet<Result<(), KafkaError>> = JoinSet::new();
        for consumer in consumers {
            let intake = Intake::new(service.clone(), content.clone(), settings.intake.clone(), hand.clone());
            let mut signal = signal.clone();
            takers.spawn(async move { consumer.run(&intake, async move { signal.wait(Stage::Draining).await }).await });
        }
        let questions = Questions {
            service: service.clone(),
            publisher: publishers.0,
            judging,
            hand: hand.clone(),
            slice: settings.slice,
            tally: tally.clone(),
        };
        let (signal_q, pulse_q, poll) = (signal.clone(), pulse.clone(), settings.poll);
        takers.spawn(async move {
            questions.run(poll, pulse_q, signal_q).await;
            Ok(())
        });
        let woken = monitor::run(service.clone(), settings.monitor, hand.clone(), signal.clone());
        takers.spawn(async move {
            woken.await;
            Ok(())
        });
        let mut enders: JoinSet<()> = JoinSet::new();
        enders.spawn(bench::work(service.clone(), settings.hands, batches, pulse.clone(), signal.clone()));
        let policy = RelayPolicy { limit: settings.events, ..RelayPolicy::default() };
        let events = Relay::with(service, Arc::new(publishers.1), policy, settings.breaker);
        enders.spawn(relay::run(events, settings.poll, pulse, tally, signal));
        drop(hand);

        let mut ended = Ok(());
        tokio::select! {
            () = stop => {}
            // None of them ends by itself, save by an error.
            Some(taker) = takers.join_next() => ended = taker.unwrap_or_else(|error| Err(KafkaError::ended(error))),
        }
        let half = settings.drain / 2;
        let _ = stages.send(Stage::Draining);
        let drained = timeout(half, async {
            while let Some(taker) = takers.join_next().await {
                if let (Ok(Err(error)), Ok(())) = (taker, &ended) {
                    ended = Err(error);
                }
            }
        });
        if drained.await.is_err() {
            tracing::warn!("not everything in hand was ended in time; it is done again elsewhere");
        }
        let _ = stages.send(Stage::Ending);
        if timeout(half, async { while enders.join_next().await.is_some() {} }).await.is_err() {
            tracing::warn!("not everything was sent in time; it waits in the outbox");
        }
        ended
    }
}
