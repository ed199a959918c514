//! Answers come in, in slices: K of any number of batches in one unit, about five statements whatever K is.

use std::collections::{BTreeMap, BTreeSet};

use super::shell::until_not_overtaken;
use super::{Service, ServiceError};
use crate::batch::{Batch, EssayTexts, Input, Loaded, Rejection};
use crate::change::{ChangeSet, DeadLetter, Outcome, Phase, Verdict};
use crate::event::ErrorCode;
use crate::id::{BatchId, ComparisonId, EventId};
use crate::store::{
    ComparisonQuery, ComparisonRepository, LetterOwner, Settlement, SettlementOutcome, UnitOfWork, apply,
};

/// The consumer under which answers are admitted.
const CONSUMER: &str = "cj_verdicts";

/// An answer as it came.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Answer {
    /// The id of the message that brought it.
    pub message_id: EventId,
    /// What it says.
    pub verdict: Verdict,
    /// Where it came from.
    pub topic: String,
    /// Its bytes, kept where it cannot be used.
    pub payload: Vec<u8>,
}

impl Answer {
    /// An answer of a judge in this process: its id is that of the comparison that it answers, as its question's was.
    pub fn of(verdict: Verdict) -> Self {
        let message_id = EventId::new(verdict.comparison_id.as_uuid());
        Self { message_id, verdict, topic: "in-process".to_owned(), payload: Vec::new() }
    }
}

/// What became of a slice of answers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Receipt {
    /// Answers with an effect.
    pub taken: u32,
    /// Answers that had had their effect before.
    pub repeated: u32,
    /// Answers to comparisons that nobody knows, or that could not be used: kept as dead letters.
    pub dead: u32,
    /// Batches in which this worker has the next move.
    pub work: BTreeSet<BatchId>,
}

/// One input of one comparison, on its way into its batch.
struct Item {
    comparison_id: ComparisonId,
    input: Input,
    letter: Option<DeadLetter>,
}

impl Item {
    /// Drops what a judge or a provider wrote: the batch's texts were erased, and this may quote them.
    fn forget_words(&mut self) {
        if let Input::VerdictReceived(verdict) = &mut self.input {
            verdict.evidence.justification = None;
            if let Outcome::Failed { message, .. } = &mut verdict.outcome {
                *message = None;
            }
        }
        if let Some(letter) = &mut self.letter {
            letter.payload.clear();
        }
    }
}

impl Service {
    /// Takes answers: counts them, keeps late and contradicting ones, retries what failed, and says where work is due.
    ///
    /// Every answer is acknowledged when this returns `Ok`: one that cannot be used is kept as a dead letter.
    ///
    /// # Errors
    /// The store fails: no answer had an effect, or all had. Hand the same slice in again.
    pub async fn take_verdicts(&self, answers: &[Answer]) -> Result<Receipt, ServiceError> {
        until_not_overtaken!(self, self.try_take(answers))
    }

    async fn try_take(&self, answers: &[Answer]) -> Result<Receipt, ServiceError> {
        let mut unit = self.store.begin().await?;
        let ids: Vec<EventId> = answers.iter().map(|answer| answer.message_id).collect();
        let mut new: BTreeSet<EventId> = unit.admit(CONSUMER, &ids, self.clock.now()).await?.into_iter().collect();
        let mut receipt = Receipt::default();
        let mut items = Vec::new();
        for answer in answers {
            if new.remove(&answer.message_id) {
                items.push(self.item(answer));
            } else {
                receipt.repeated += 1;
            }
        }
        if items.is_empty() {
            self.report_repeated(receipt.repeated);
            return Ok(receipt);
        }
        self.fold_items(unit, items, receipt, Vec::new()).await
    }

    fn item(&self, answer: &Answer) -> Item {
        let letter = DeadLetter {
            event_id: answer.message_id,
            consumer: CONSUMER.to_owned(),
            topic: answer.topic.clone(),
            reason: String::new(),
            detail: String::new(),
            payload: answer.payload.clone(),
            received_at: self.clock.now(),
        };
        let input = Input::VerdictReceived(answer.verdict.clone());
        Item { comparison_id: answer.verdict.comparison_id, input, letter: Some(letter) }
    }

    /// Notes that judges have these questions; what the outbox holds of them is settled in the same unit.
    ///
    /// # Errors
    /// The store fails; nothing was noted.
    pub async fn questions_asked(&self, ids: &[ComparisonId]) -> Result<Receipt, ServiceError> {
        let items = || {
            let item = |id: &ComparisonId| Item {
                comparison_id: *id,
                input: Input::Asked { comparison_id: *id },
                letter: None,
            };
            ids.iter().map(item).collect::<Vec<_>>()
        };
        let at = self.clock.now();
        let sent =
            |id: &ComparisonId| Settlement { id: EventId::new(id.as_uuid()), outcome: SettlementOutcome::Sent { at } };
        let settlements: Vec<Settlement> = ids.iter().map(sent).collect();
        until_not_overtaken!(self, async {
            let unit = self.store.begin().await?;
            self.fold_items(unit, items(), Receipt::default(), settlements.clone()).await
        })
    }

    /// Notes that a judge could not be asked, with the code and the pause it wants, in seconds.
    ///
    /// # Errors
    /// The store fails; nothing was noted.
    pub async fn questions_refused(
        &self,
        refusals: &[(ComparisonId, ErrorCode, Option<u32>)],
    ) -> Result<Receipt, ServiceError> {
        let items = || {
            let item = |(id, code, retry_after_s): &(ComparisonId, ErrorCode, Option<u32>)| Item {
                comparison_id: *id,
                input: Input::AskFailed { comparison_id: *id, code: code.clone(), retry_after_s: *retry_after_s },
                letter: None,
            };
            refusals.iter().map(item).collect::<Vec<_>>()
        };
        until_not_overtaken!(self, async {
            let unit = self.store.begin().await?;
            self.fold_items(unit, items(), Receipt::default(), Vec::new()).await
        })
    }

    async fn fold_items(
        &self,
        mut unit: Box<dyn UnitOfWork>,
        items: Vec<Item>,
        mut receipt: Receipt,
        settlements: Vec<Settlement>,
    ) -> Result<Receipt, ServiceError> {
        let ids: Vec<ComparisonId> = items.iter().map(|item| item.comparison_id).collect();
        let (mut batches, homes) = self.load_batches(&mut *unit, ids).await?;
        let texts = self.texts_for_retries(&mut *unit, &items, &homes).await?;
        let erased = Self::erased(&mut *unit, &batches).await?;
        let none = EssayTexts::new();
        let mut change = ChangeSet::new();
        let mut owners = Vec::new();
        let mut repeated_answers = receipt.repeated;
        for mut item in items {
            let home = homes.get(&item.comparison_id);
            if home.is_some_and(|id| erased.contains(id)) {
                item.forget_words();
            }
            let folded = match home.and_then(|id| batches.get_mut(id)) {
                None => Err(Rejection::UnknownComparison(item.comparison_id)),
                Some(batch) => {
                    batch.handle(item.input, &self.context(home.and_then(|id| texts.get(id)).unwrap_or(&none)))
                }
            };
            match folded {
                Ok(effect) if effect.is_empty() => {
                    receipt.repeated += 1;
                    repeated_answers += u32::from(item.letter.is_some());
                }
                Ok(effect) => {
                    receipt.taken += 1;
                    change.merge(effect);
                }
                Err(rejection) => {
                    receipt.dead += 1;
                    tracing::warn!(comparison = %item.comparison_id, %rejection, "an input could not be used");
                    if let Some(letter) = item.letter {
                        let (consumer, event_id) = (letter.consumer.clone(), letter.event_id);
                        owners.extend(home.map(|batch_id| LetterOwner { batch_id: *batch_id, consumer, event_id }));
                        change.add_dead_letter(dead(letter, &rejection));
                    }
                }
            }
        }
        if !settlements.is_empty() {
            unit.settle(&settlements).await?;
        }
        apply(&mut *unit, &change).await?;
        if !owners.is_empty() {
            unit.attribute_letters(&owners).await?;
        }
        unit.commit().await?;
        self.report(change.occurrences());
        self.report_repeated(repeated_answers);
        let working = batches.values().filter(|batch| self.has_the_move(batch));
        receipt.work = working.map(Batch::id).collect();
        Ok(receipt)
    }

    /// The batches of comparisons, held, and which comparison is of which.
    async fn load_batches(
        &self,
        unit: &mut dyn UnitOfWork,
        ids: Vec<ComparisonId>,
    ) -> Result<(BTreeMap<BatchId, Batch>, BTreeMap<ComparisonId, BatchId>), ServiceError> {
        let records = unit.lock_of(&ids).await?;
        if records.is_empty() {
            return Ok(Default::default());
        }
        // Read after the lock: what another worker committed meanwhile must be seen.
        let rows = ComparisonRepository::load(unit, &ComparisonQuery::WithSiblings(ids)).await?;
        let mut homes = BTreeMap::new();
        let mut rows_of: BTreeMap<BatchId, Vec<_>> = BTreeMap::new();
        for row in rows {
            homes.insert(row.id, row.batch_id);
            rows_of.entry(row.batch_id).or_default().push(row);
        }
        let load = |record: crate::change::BatchRecord| {
            let id = record.id();
            (id, Batch::load(record, rows_of.remove(&id).unwrap_or_default(), Loaded::Named))
        };
        Ok((records.into_iter().map(load).collect(), homes))
    }

    /// The batches whose texts were erased. They ended before that, so that a slice for batches that go on asks nothing.
    async fn erased(
        unit: &mut dyn UnitOfWork,
        batches: &BTreeMap<BatchId, Batch>,
    ) -> Result<BTreeSet<BatchId>, ServiceError> {
        let ended = batches.values().filter(|batch| batch.state().phase.is_terminal());
        let ended: Vec<BatchId> = ended.map(Batch::id).collect();
        if ended.is_empty() {
            return Ok(BTreeSet::new());
        }
        Ok(unit.erasures(&ended).await?.into_iter().map(|erasure| erasure.batch_id).collect())
    }

    /// The texts of batches in which something failed: a question may be put out again.
    async fn texts_for_retries(
        &self,
        unit: &mut dyn UnitOfWork,
        items: &[Item],
        homes: &BTreeMap<ComparisonId, BatchId>,
    ) -> Result<BTreeMap<BatchId, EssayTexts>, ServiceError> {
        let mut texts = BTreeMap::new();
        for item in items {
            let may_retry = match &item.input {
                Input::AskFailed { code, .. }
                | Input::VerdictReceived(Verdict { outcome: Outcome::Failed { code, .. }, .. }) => code.is_retryable(),
                _ => false,
            };
            if let Some(id) = homes.get(&item.comparison_id).filter(|id| may_retry && !texts.contains_key(*id)) {
                texts.insert(*id, self.texts(unit, *id).await?);
            }
        }
        Ok(texts)
    }

    /// Whether this worker is the one to go on with a batch.
    pub(super) fn has_the_move(&self, batch: &Batch) -> bool {
        let state = batch.state();
        let mine = || state.lease.as_ref().is_some_and(|lease| lease.owner == self.worker);
        matches!(state.phase, Phase::Preparing | Phase::Pairing | Phase::Scoring(_)) && mine()
    }
}

fn dead(letter: DeadLetter, rejection: &Rejection) -> DeadLetter {
    let reason = match rejection {
        Rejection::UnknownComparison(_) => "unknown_comparison",
        Rejection::MissingText { .. } => "missing_text",
        _ => "rejected",
    };
    DeadLetter { reason: reason.to_owned(), detail: rejection.to_string(), ..letter }
}
