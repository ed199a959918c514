//! What work phases need: texts, pairs, scales. Fetching and fitting happen outside every transaction.

use chrono::{DateTime, Utc};

use super::fold::FoldOutcome;
use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::Input;
use crate::change::{BatchRecord, EssayContent, EssayRecord, EssayStatus, Phase};
use crate::id::BatchId;
use crate::store::{BatchQuery, EssayRepository, Repositories, Texts};

impl Service {
    /// Goes on with a batch until judges have the next move, another worker has it, or it has ended. Returns its phase.
    ///
    /// # Errors
    /// There is no such batch, texts cannot be fetched, or the store fails; the work is then due again when the lease ends.
    pub async fn advance(&self, id: BatchId) -> Result<Phase, ServiceError> {
        loop {
            let mut view = self.store.read().await?;
            let record = view.find(&BatchQuery::Id(id)).await?.pop().ok_or(ServiceError::UnknownBatch(id))?;
            let phase = record.state.phase;
            if !phase.is_work() {
                return Ok(phase);
            }
            if !self.holds_lease(&record) {
                drop(view);
                match self.fold_retrying(id, &Input::WorkClaimed, Texts::Omit).await? {
                    FoldOutcome::Moved(_) => continue,
                    FoldOutcome::Overtaken(_) => return Ok(phase),
                }
            }
            let (input, texts) = match phase {
                Phase::Preparing => {
                    let essays = EssayRepository::load(&mut *view, id, Texts::Include).await?;
                    drop(view);
                    (self.prepare(essays).await?, Texts::Omit)
                }
                Phase::Pairing => {
                    let known = Self::known(&mut *view, &record).await?;
                    drop(view);
                    (Input::WavePlanned(super::plan::plan_wave(&record, &known)?), Texts::Include)
                }
                _ => {
                    let known = Self::known(&mut *view, &record).await?;
                    drop(view);
                    let Some(scored) = self.score(&record, known).await? else { continue };
                    (Input::Scored(Box::new(scored)), Texts::Omit)
                }
            };
            // An outcome that was overtaken is thrown away: the loop looks again at what is stored.
            self.fold_retrying(id, &input, texts).await?;
        }
    }

    async fn fold_retrying(&self, id: BatchId, input: &Input, texts: Texts) -> Result<FoldOutcome, ServiceError> {
        until_not_overtaken!(self, self.fold(id, input, texts))
    }

    /// Holds a batch for longer, and says until when; none when another worker has it, or it went on.
    pub(super) async fn renew(&self, id: BatchId) -> Result<Option<DateTime<Utc>>, ServiceError> {
        match self.fold_retrying(id, &Input::WorkClaimed, Texts::Omit).await? {
            FoldOutcome::Moved(batch) => Ok(batch.state().lease.as_ref().map(|lease| lease.until)),
            FoldOutcome::Overtaken(_) => Ok(None),
        }
    }

    fn holds_lease(&self, record: &BatchRecord) -> bool {
        let lease = record.state.lease.as_ref();
        lease.is_some_and(|lease| lease.owner == self.worker && lease.until > self.clock.now())
    }

    async fn prepare(&self, mut essays: Vec<EssayRecord>) -> Result<Input, ServiceError> {
        let lacks = |essay: &EssayRecord| !essay.content.is_usable() && essay.content.storage_id.is_some();
        let wanted: Vec<String> =
            essays.iter().filter(|e| lacks(e)).filter_map(|essay| essay.content.storage_id.clone()).collect();
        if let Some(content) = self.content.as_ref().filter(|_| !wanted.is_empty()) {
            let texts = content.fetch(&wanted).await?;
            let fetched = essays.iter_mut().filter(|essay| lacks(essay)).zip(texts);
            for (essay, text) in fetched {
                if let Some(text) = text {
                    let storage_id = essay.content.storage_id.take();
                    essay.content = EssayContent { storage_id, ..EssayContent::of_text(text) };
                }
            }
        }
        for essay in &mut essays {
            essay.status = if essay.content.is_usable() { EssayStatus::Ready } else { EssayStatus::Missing };
        }
        Ok(Input::ContentReady { essays })
    }

    async fn known(view: &mut dyn Repositories, record: &BatchRecord) -> Result<super::estimate::Known, ServiceError> {
        super::estimate::Known::load(view, record).await
    }
}
