//! One unit of work over one batch.

use std::collections::BTreeMap;

use super::{Service, ServiceError};
use crate::batch::{Batch, EssayTexts, Input, Loaded, Rejection};
use crate::change::EssayRecord;
use crate::id::BatchId;
use crate::store::{ComparisonQuery, ComparisonRepository, EssayRepository, Texts, UnitOfWork, apply};

/// What a fold came to.
#[derive(Debug)]
pub(super) enum FoldOutcome {
    /// The state moved on.
    Moved(Box<Batch>),
    /// The input came too late for the state that is stored now.
    Overtaken(Rejection),
}

impl Service {
    /// Folds one input of a batch in one unit, with every open comparison at hand.
    pub(super) async fn fold(&self, id: BatchId, input: &Input, texts: Texts) -> Result<FoldOutcome, ServiceError> {
        let mut unit = self.store.begin().await?;
        let record = unit.lock(&[id]).await?.pop().ok_or(ServiceError::UnknownBatch(id))?;
        let open = ComparisonRepository::load(&mut *unit, &ComparisonQuery::Open(id)).await?;
        let texts = match texts {
            Texts::Include => self.texts(&mut *unit, id).await?,
            Texts::Omit => EssayTexts::new(),
        };
        let mut batch = Batch::load(record, open, Loaded::AllOpen);
        match batch.handle(input.clone(), &self.context(&texts)) {
            Ok(change) => {
                if !change.is_empty() {
                    apply(&mut *unit, &change).await?;
                    unit.commit().await?;
                    self.report(change.occurrences());
                }
                Ok(FoldOutcome::Moved(Box::new(batch)))
            }
            Err(
                rejection @ (Rejection::Ended { .. }
                | Rejection::Leased { .. }
                | Rejection::OverBudget { .. }
                | Rejection::StalePlan { .. }
                | Rejection::StaleScores { .. }
                | Rejection::WrongPhase { .. }),
            ) => Ok(FoldOutcome::Overtaken(rejection)),
            Err(rejection) => Err(rejection.into()),
        }
    }

    pub(super) async fn texts(&self, unit: &mut dyn UnitOfWork, id: BatchId) -> Result<EssayTexts, ServiceError> {
        let essays = EssayRepository::load(unit, id, Texts::Include).await?;
        Ok(by_essay(essays))
    }
}

pub(super) fn by_essay(essays: Vec<EssayRecord>) -> EssayTexts {
    essays.into_iter().map(|essay| (essay.essay_id, essay.content)).collect::<BTreeMap<_, _>>()
}
