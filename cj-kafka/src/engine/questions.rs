//! Questions leave.

use std::time::Duration;

use chrono::TimeDelta;
use cj_core::change::OutboxMessage;
use cj_core::event::{ContractError, Envelope, ErrorCode, LlmComparisonRequestV1, SOURCE_SERVICE, Timestamp, decode};
use cj_core::id::ComparisonId;
use cj_core::port::{EventPublisher, PublishErrorKind};
use cj_core::service::{Answer, Service, ServiceError};
use cj_core::store::{Settlement, SettlementOutcome};
use tokio::time::sleep;

use super::stage::{Signal, Stage};
use super::{Hand, InProcessJudge, Judging, Pulse, Tally};

/// Puts questions to judges.
pub(super) struct Questions<P> {
    pub(super) service: Service,
    pub(super) publisher: P,
    pub(super) judging: Judging,
    pub(super) hand: Hand,
    pub(super) slice: u32,
    pub(super) tally: Tally,
}

impl<P: EventPublisher> Questions<P> {
    pub(super) async fn run(self, poll: Duration, pulse: Pulse, mut signal: Signal) {
        let mut trouble = poll;
        while !signal.has_come(Stage::Draining) {
            let asked = match &self.judging {
                Judging::Topic => self.send().await,
                Judging::InProcess(judge) => self.judge(judge.as_ref()).await,
            };
            self.tally.polled_questions(asked.as_ref().map_or(0, |asked| asked.out));
            match asked {
                Ok(asked) if asked.postponed == 0 => {
                    trouble = poll;
                    if asked.out > 0 {
                        continue;
                    }
                    tokio::select! {
                        () = pulse.questions().notified() => {}
                        () = sleep(poll) => {}
                        () = signal.wait(Stage::Draining) => {}
                    }
                    continue;
                }
                Ok(asked) => tracing::warn!(postponed = asked.postponed, "questions could not be sent"),
                Err(error) => tracing::warn!(?error, "questions could not be put"),
            }
            tokio::select! {
                () = sleep(trouble) => {}
                () = signal.wait(Stage::Draining) => {}
            }
            trouble = (trouble * 2).min(LONGEST_PAUSE);
        }
    }

    /// Sends questions to their topic, as the stored body in an envelope of which every field follows from the row.
    async fn send(&self) -> Result<Asked, ServiceError> {
        let claimed = self.service.claim_questions(self.slice, lease()).await?;
        if claimed.is_empty() {
            return Ok(Asked::default());
        }
        let mut refused = Vec::new();
        let mut questions = Vec::with_capacity(claimed.len());
        for question in claimed {
            match wrapped(&question) {
                Ok(payload) => questions.push(OutboxMessage { payload, ..question }),
                Err(error) => {
                    tracing::error!(%error, question = %question.id, "a stored question breaks its contract");
                    refused.push((comparison(&question), ErrorCode::INVALID_REQUEST, None));
                }
            }
        }
        let outcomes = self.publisher.publish(&questions).await;
        let now = self.service.now();
        let mut sent = Vec::new();
        let mut later = Vec::new();
        for (question, outcome) in questions.iter().zip(outcomes) {
            match outcome {
                Ok(()) => sent.push(comparison(question)),
                Err(error) => {
                    let at = now + TimeDelta::seconds(1 << question.attempts.min(6));
                    let outcome = match error.kind {
                        PublishErrorKind::Refused => {
                            refused.push((comparison(question), ErrorCode::INVALID_REQUEST, None));
                            continue;
                        }
                        PublishErrorKind::Passing if question.attempts >= MAX_ATTEMPTS => {
                            refused.push((comparison(question), ErrorCode::SERVICE_UNAVAILABLE, None));
                            continue;
                        }
                        PublishErrorKind::Passing => SettlementOutcome::Retry { at, error: error.message },
                        PublishErrorKind::Unreachable => SettlementOutcome::Released { at, error: error.message },
                    };
                    later.push(Settlement { id: question.id, outcome });
                }
            }
        }
        let mut asked = Asked { out: sent.len() as u64, postponed: later.len() as u64 };
        if !sent.is_empty() {
            self.hand.over(self.service.questions_asked(&sent).await?.work);
        }
        if !refused.is_empty() {
            asked.out += refused.len() as u64;
            self.hand.over(self.service.questions_refused(&refused).await?.work);
        }
        if !later.is_empty() {
            let mut unit = self.service.store().begin().await?;
            unit.settle(&later).await?;
            unit.commit().await?;
        }
        Ok(asked)
    }

    async fn judge(&self, judge: &dyn InProcessJudge) -> Result<Asked, ServiceError> {
        let claimed = self.service.claim_questions(self.slice, lease()).await?;
        if claimed.is_empty() {
            return Ok(Asked::default());
        }
        let answers: Vec<Answer> = judge.judge(&claimed).await.into_iter().map(Answer::of).collect();
        let out = answers.len() as u64;
        if !answers.is_empty() {
            self.hand.over(self.service.take_verdicts(&answers).await?.work);
        }
        Ok(Asked { out, postponed: 0 })
    }
}

/// What became of a slice.
#[derive(Default)]
struct Asked {
    out: u64,
    postponed: u64,
}

fn comparison(question: &OutboxMessage) -> ComparisonId {
    ComparisonId::new(question.id.as_uuid())
}

/// The same bytes on every delivery.
fn wrapped(question: &OutboxMessage) -> Result<Vec<u8>, ContractError> {
    let body: LlmComparisonRequestV1 = decode(&question.payload)?;
    let id = question.id.as_uuid();
    Envelope::new(body, id, id, SOURCE_SERVICE, Timestamp::from(question.created_at)).encode()
}

fn lease() -> TimeDelta {
    TimeDelta::seconds(60)
}

const MAX_ATTEMPTS: u32 = 10;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
