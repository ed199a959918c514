//! The consumer.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::pin::{Pin, pin};
use std::time::Duration;

use rdkafka::consumer::{CommitMode, Consumer as _, StreamConsumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::context::Context;
use super::{Handler, Lag, Record, Trouble};
use crate::{KafkaError, KafkaSettings};

/// A member of a consumer group: it hands slices of messages to a handler and commits their offsets once they had their effect.
///
/// While the handler is at work, the next slice is fetched; when that is full too, the client keeps what comes. Where the handler
/// takes longer than a second, the brokers are asked for no more until there is room. Partitions that are taken away take along
/// what was not handed in yet.
pub struct Consumer {
    client: StreamConsumer<Context>,
    lag: Lag,
    prefix: String,
    buffer: VecDeque<Record>,
    /// Partitions that went while the slice at hand was worked on.
    gone: BTreeSet<(String, i32)>,
}

impl Consumer {
    /// Joins the group for some topics; the brokers need not be there yet.
    ///
    /// # Errors
    /// [`ErrorKind::Settings`](crate::ErrorKind::Settings).
    pub fn join(settings: &KafkaSettings, topics: &[&str]) -> Result<Self, KafkaError> {
        let context = Context::default();
        let lag = context.lag.clone();
        let client: StreamConsumer<Context> =
            settings.consumer().create_with_context(context).map_err(|error| KafkaError::new(JOIN, error))?;
        let named: Vec<String> = topics.iter().map(|topic| settings.named(topic)).collect();
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        client.subscribe(&named).map_err(|error| KafkaError::new(JOIN, error))?;
        let prefix = settings.topic_prefix().to_owned();
        Ok(Self { client, lag, prefix, buffer: VecDeque::new(), gone: BTreeSet::new() })
    }

    /// How far it is behind, and whether it is paused.
    pub fn lag(&self) -> Lag {
        self.lag.clone()
    }

    /// Hands messages to a handler until it is told to stop; then the slice in hand is ended, committed, and the group left.
    ///
    /// # Errors
    /// Only what does not pass; everything else is tried again.
    pub async fn run(mut self, handler: &dyn Handler, stop: impl Future<Output = ()> + Send) -> Result<(), KafkaError> {
        let mut stop = pin!(stop);
        let ended = loop {
            let gathered = tokio::select! {
                biased;
                () = &mut stop => break Ok(()),
                gathered = self.gather() => gathered,
            };
            if let Err(error) = gathered {
                break Err(error);
            }
            let slice: Vec<Record> = self.buffer.drain(..self.buffer.len().min(SLICE)).collect();
            self.resume();
            match self.work(slice, handler, stop.as_mut()).await {
                Ok(Worked::On) => {}
                Ok(Worked::Stopped) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.leave().await;
        ended
    }

    /// Waits for messages: a first one, then whatever comes with it.
    async fn gather(&mut self) -> Result<(), KafkaError> {
        self.forget_revoked();
        while self.buffer.is_empty() {
            self.receive().await?;
        }
        let until = Instant::now() + LINGER;
        while self.buffer.len() < SLICE {
            match timeout_at(until, self.receive()).await {
                Ok(received) => received?,
                Err(_) => break,
            }
        }
        Ok(())
    }

    /// Gives a slice its effect and commits it, however often that takes.
    async fn work(
        &mut self,
        mut slice: Vec<Record>,
        handler: &dyn Handler,
        mut stop: Pin<&mut (impl Future<Output = ()> + Send)>,
    ) -> Result<Worked, KafkaError> {
        self.gone.clear();
        let patience = Instant::now() + PATIENCE;
        let mut stopped = false;
        let mut pause = FIRST_PAUSE;
        while !slice.is_empty() {
            let outcome = {
                let mut handling = handler.handle(&slice);
                loop {
                    tokio::select! {
                        biased;
                        outcome = &mut handling => break outcome,
                        () = &mut stop, if !stopped => stopped = true,
                        kept = self.keep_up(patience) => kept?,
                    }
                }
            };
            match outcome {
                Ok(()) => {
                    self.commit(&slice);
                    break;
                }
                Err(trouble) if stopped => {
                    log(&trouble, pause);
                    break;
                }
                Err(trouble) => log(&trouble, pause),
            }
            let mut rest = pin!(sleep(pause));
            pause = (pause * 2).min(LONGEST_PAUSE);
            loop {
                tokio::select! {
                    biased;
                    () = &mut stop => return Ok(Worked::Stopped),
                    () = &mut rest => break,
                    // Without this, the group would take this member for dead.
                    kept = self.keep_up(patience) => kept?,
                }
            }
            self.forget_revoked();
            slice.retain(|record| !self.gone.contains(&(format!("{}{}", self.prefix, record.topic), record.partition)));
        }
        Ok(if stopped { Worked::Stopped } else { Worked::On })
    }

    /// Takes one message into the buffer, or serves what else the client has to say.
    async fn receive(&mut self) -> Result<(), KafkaError> {
        let received = self.client.recv().await.map(|message| Record::of(&message, &self.prefix));
        // The call above may have lost a partition and got it back: what is in the buffer is of before.
        self.forget_revoked();
        match received {
            Ok(record) => {
                self.buffer.push_back(record);
                Ok(())
            }
            Err(error) => {
                let error = KafkaError::new("receiving", error);
                if !error.is_retryable() {
                    return Err(error);
                }
                metrics::counter!("kafka_receive_failures").increment(1);
                tracing::warn!(error = ?error, "the broker cannot be used at the moment");
                sleep(FIRST_PAUSE).await;
                Ok(())
            }
        }
    }

    fn forget_revoked(&mut self) {
        let revoked = self.client.context().take_revoked();
        if !revoked.is_empty() {
            self.buffer
                .retain(|record| !revoked.contains(&(format!("{}{}", self.prefix, record.topic), record.partition)));
            self.gone.extend(revoked);
        }
    }

    /// What there is to do while a slice is worked on: the buffer is filled; when it is full, nothing until `patience` ends, and
    /// then the brokers are asked for no more. Pausing throws away what the client has fetched ahead, which a handler that is quick
    /// would have to wait for after every slice.
    async fn keep_up(&mut self, patience: Instant) -> Result<(), KafkaError> {
        if self.is_full() && !self.lag.is_paused() {
            sleep_until(patience).await;
            self.pause();
        }
        self.receive().await?;
        // Partitions that came meanwhile are told as well.
        if self.is_full() && self.lag.is_paused() {
            self.pause();
        }
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.buffer.len() >= SLICE
    }

    fn pause(&self) {
        match self.client.assignment().and_then(|all| self.client.pause(&all)) {
            Ok(()) => self.lag.note_pause(true),
            Err(error) => tracing::debug!(%error, "partitions could not be paused"),
        }
    }

    fn resume(&mut self) {
        if !self.lag.is_paused() || self.is_full() {
            return;
        }
        match self.client.assignment().and_then(|all| self.client.resume(&all)) {
            Ok(()) => self.lag.note_pause(false),
            Err(error) => tracing::warn!(%error, "partitions could not be resumed; tried again after the next slice"),
        }
    }

    /// Commits the place after the last record of each partition.
    fn commit(&self, slice: &[Record]) {
        let mut next: BTreeMap<(&str, i32), i64> = BTreeMap::new();
        for record in slice {
            let place = next.entry((&record.topic, record.partition)).or_default();
            *place = (*place).max(record.offset + 1);
        }
        let mut places = TopicPartitionList::with_capacity(next.len());
        for ((topic, partition), offset) in next {
            if let Err(error) =
                places.add_partition_offset(&format!("{}{topic}", self.prefix), partition, Offset::Offset(offset))
            {
                tracing::error!(%error, topic, partition, offset, "no such offset");
            }
        }
        // A partition that was taken away meanwhile cannot be committed; its new owner finds the effects there.
        if let Err(error) = self.client.store_offsets(&places) {
            tracing::debug!(%error, "some partitions are no longer ours");
        }
        self.commit_stored(CommitMode::Async);
        metrics::counter!("kafka_consumed").increment(slice.len() as u64);
    }

    fn commit_stored(&self, mode: CommitMode) {
        match self.client.commit_consumer_state(mode) {
            Err(error) if error.rdkafka_error_code() != Some(RDKafkaErrorCode::NoOffset) => {
                tracing::warn!(%error, "offsets were not committed; their messages may come again");
            }
            _ => {}
        }
    }

    /// Commits what is left to commit and leaves the group. Both wait for the broker, but not for ever.
    async fn leave(self) {
        let left = tokio::task::spawn_blocking(move || {
            self.commit_stored(CommitMode::Sync);
            drop(self);
        });
        if timeout(LEAVE, left).await.is_err() {
            tracing::warn!("the group was not left in time; the brokers will notice");
        }
    }
}

/// Whether to go on.
enum Worked {
    On,
    Stopped,
}

fn log(trouble: &Trouble, pause: Duration) {
    metrics::counter!("kafka_handler_failures").increment(1);
    tracing::warn!(error = ?trouble, ?pause, "messages could not be handled; they are tried again");
}

const JOIN: &str = "joining the consumer group";
/// Records in one unit of work, at most.
const SLICE: usize = 500;
/// How long a slice is waited for once it has begun.
const LINGER: Duration = Duration::from_millis(10);
/// How long a slice may take before the brokers are told to wait; the group hears nothing of this member meanwhile but that it lives.
const PATIENCE: Duration = Duration::from_secs(1);
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
const LEAVE: Duration = Duration::from_secs(5);
