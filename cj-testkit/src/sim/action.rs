//! What workers do.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::{BatchRequest, Rejection};
use cj_core::id::{BatchId, ComparisonId};
use cj_core::service::{Answer, Service, ServiceError};

use super::judge::Reply;
use super::post::Post;
use super::shared::Shared;

/// What a worker does, from its beginning to its end.
#[derive(Clone)]
pub(super) enum Action {
    Submit(usize),
    Take(Vec<Answer>),
    Advance(BatchId),
    Ask,
    Relay,
    Wake,
    Cancel(BatchId),
}

/// What it came to.
pub(super) enum Outcome {
    /// It is done, and these batches are this worker's to go on with.
    Done(BTreeSet<BatchId>),
    /// It failed in a way that passes.
    Again,
    /// It failed in a way that must not be.
    Broken(String),
}

impl Action {
    /// Whether whoever delivers it delivers it until it is done.
    pub(super) fn is_delivery(&self) -> bool {
        matches!(self, Self::Submit(_) | Self::Take(_) | Self::Cancel(_))
    }

    pub(super) fn name(&self, requests: &[BatchRequest]) -> String {
        let batch = |id: &BatchId| {
            let found = requests.iter().find(|request| BatchId::of_request(request.event_id) == *id);
            found.map_or_else(|| id.to_string(), |request| request.bos_batch_id.clone())
        };
        match self {
            Self::Submit(number) => format!("submit {}", requests[*number].bos_batch_id),
            Self::Take(answers) => format!("take {} answers", answers.len()),
            Self::Advance(id) => format!("advance {}", batch(id)),
            Self::Ask => "ask".to_owned(),
            Self::Relay => "relay".to_owned(),
            Self::Wake => "wake".to_owned(),
            Self::Cancel(id) => format!("cancel {}", batch(id)),
        }
    }
}

impl Outcome {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Done(_) => "done",
            Self::Again => "again",
            Self::Broken(_) => "broken",
        }
    }
}

impl From<ServiceError> for Outcome {
    fn from(error: ServiceError) -> Self {
        match error {
            error if error.is_retryable() => Self::Again,
            // Its batch has not been requested yet, or has ended.
            ServiceError::UnknownBatch(_) => Self::Again,
            ServiceError::Rejected(Rejection::Ended { .. }) => Self::Done(BTreeSet::new()),
            error => Self::Broken(format!("{error}: {:?}", std::error::Error::source(&error))),
        }
    }
}

pub(super) async fn perform(
    service: Service,
    shared: Arc<Shared>,
    post: Arc<Post>,
    requests: Arc<Vec<BatchRequest>>,
    action: Action,
) -> Outcome {
    match attempt(&service, &shared, &post, &requests, action).await {
        Ok(work) => Outcome::Done(work),
        Err(error) => error.into(),
    }
}

async fn attempt(
    service: &Service,
    shared: &Shared,
    post: &Post,
    requests: &[BatchRequest],
    action: Action,
) -> Result<BTreeSet<BatchId>, ServiceError> {
    let nothing = BTreeSet::new();
    match action {
        Action::Submit(number) => Ok([service.submit(requests[number].clone()).await?].into()),
        Action::Take(answers) => Ok(service.take_verdicts(&answers).await?.work),
        Action::Advance(id) => service.advance(id).await.map(|_| nothing),
        Action::Relay => service.relay_events(post, 50).await.map(|_| nothing),
        Action::Wake => service.wake(20).await,
        Action::Cancel(id) => service.cancel(id).await.map(|()| nothing),
        Action::Ask => {
            let questions = service.claim_questions(40, TimeDelta::seconds(60)).await?;
            let (mut asked, mut refused) = (Vec::new(), Vec::new());
            for question in &questions {
                let id = ComparisonId::new(question.id.as_uuid());
                match shared.ask(question) {
                    Reply::Accepted => asked.push(id),
                    Reply::Refused(code, pause) => refused.push((id, code, pause)),
                }
            }
            let mut work = BTreeSet::new();
            if !asked.is_empty() {
                work.extend(service.questions_asked(&asked).await?.work);
            }
            if !refused.is_empty() {
                work.extend(service.questions_refused(&refused).await?.work);
            }
            Ok(work)
        }
    }
}
