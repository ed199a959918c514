//! What the two hosts share that lend their transaction: all but the database.

use std::error::Error;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::{Batch, Context, EssayTexts};
use cj_core::change::{ChangeSet, Phase};
use cj_core::id::{BatchId, IdError, WorkerId};
use cj_core::port::{Clock as _, SystemClock};
use cj_core::service::{Answer, Service};
use cj_core::store::{BatchQuery, Store};

use crate::{put_to, request, richer};

/// What may go wrong in an example.
pub type Failure = Box<dyn Error + Send + Sync>;

/// How the host ends its transaction.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a transaction holds or it does not")]
pub enum Ending {
    /// Its rows and the engine's hold.
    Commit,
    /// Neither is there.
    Rollback,
}

/// A new batch, and what is to be written of it: nothing is stored yet.
///
/// # Errors
/// Never: the request is good.
pub fn homework() -> Result<(BatchId, ChangeSet), Failure> {
    let (worker, texts) = (worker()?, EssayTexts::new());
    let context = Context { now: SystemClock::new().now(), worker: &worker, texts: &texts };
    let (batch, change) = Batch::request(request("homework")?, &context)?;
    Ok((batch.id(), change))
}

/// Whether a batch is there.
///
/// # Errors
/// Those of the store.
pub async fn is_stored(store: &dyn Store, id: BatchId) -> Result<bool, Failure> {
    Ok(!store.read().await?.find(&BatchQuery::Id(id)).await?.is_empty())
}

/// Goes on with a batch and answers its questions until it has ended.
///
/// # Errors
/// Those of the store.
pub async fn judge(store: Arc<dyn Store>, id: BatchId) -> Result<Phase, Failure> {
    let service = Service::new(store, Arc::new(SystemClock::new()), worker()?);
    let mut phase = service.advance(id).await?;
    while !phase.is_terminal() {
        let questions = service.claim_questions(100, TimeDelta::minutes(5)).await?;
        if questions.is_empty() {
            return Err("a judge that never fails leaves nothing to wait for".into());
        }
        let answers = questions.iter().map(|question| Ok(Answer::of(put_to(richer, question)?)));
        service.take_verdicts(&answers.collect::<Result<Vec<_>, Failure>>()?).await?;
        phase = service.advance(id).await?;
    }
    Ok(phase)
}

/// The request leaves a lease behind; who holds it goes on at once, another worker when it ends.
fn worker() -> Result<WorkerId, IdError> {
    WorkerId::new("school")
}

/// Joins the host's rows with the engine's.
pub const BEST: &str = "
SELECT homework.title || ' – ' || cj_essays.essay_id FROM homework
JOIN cj_essays ON cj_essays.batch_id = homework.batch WHERE cj_essays.rank = 1";
