//! A batch is requested, and its texts are found.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::machine::{Batch, Folded, Loaded};
use super::{Context, Rejection};
use crate::change::{
    BatchHeader, BatchRecord, BatchResult, BatchState, ChangeSet, CompletionReason, Counters, EssayContent, EssayKind,
    EssayRecord, EssayStatus, FailureReason, Phase, RequestSnapshot, WaveProgress,
};
use crate::config::{Settings, Strategy};
use crate::id::{BatchId, EssayId, EventId};

/// What a caller asks for.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct BatchRequest {
    /// The event that asks; the batch's id follows from it.
    pub event_id: EventId,
    /// The caller's own name for the batch, at most 36 characters.
    pub bos_batch_id: String,
    /// Travels on every event of the batch.
    pub correlation_id: Uuid,
    /// How it is run.
    pub settings: Settings,
    /// What judges are told.
    pub request: RequestSnapshot,
    /// Where every choice of pairs comes from; absent: from the batch's id.
    pub seed: Option<u64>,
    /// The course, for instance `ENG5`.
    pub course_code: String,
    /// The language of the essays, for instance `sv`.
    pub language: String,
    /// The assignment.
    pub assignment_id: Option<String>,
    /// Who pays.
    pub user_id: String,
    /// For whom they work.
    pub org_id: Option<String>,
    /// The essays, in the order they are shown to people.
    pub essays: Vec<RequestedEssay>,
}

/// One essay of a request.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct RequestedEssay {
    /// Its id.
    pub essay_id: EssayId,
    /// Student or anchor.
    pub kind: EssayKind,
    /// What a person calls it.
    pub title: Option<String>,
    /// Its text, or where it is.
    pub content: EssayContent,
}

impl Batch {
    /// A batch that is asked for: Preparing, or ended at once where it cannot start.
    ///
    /// # Errors
    /// [`Rejection::BudgetTooSmall`] and [`Rejection::GivenList`]: nothing is written.
    pub fn request(request: BatchRequest, cx: &Context<'_>) -> Result<(Self, ChangeSet), Rejection> {
        let count = request.essays.len();
        let given = request.request.given.len() as u32;
        let budget = match request.settings.budget() {
            None => request.settings.budget_for(count).max(given),
            Some(_) => request.settings.budget_for(count),
        };
        let least = (count as u32).saturating_sub(1);
        if budget < least {
            return Err(Rejection::BudgetTooSmall { budget, essays: count as u32, least });
        }
        check_given(&request, budget)?;
        let id = BatchId::of_request(request.event_id);
        let header = Arc::new(BatchHeader {
            id,
            event_id: request.event_id,
            bos_batch_id: request.bos_batch_id,
            correlation_id: request.correlation_id,
            settings: request.settings,
            request: request.request,
            seed: request.seed.unwrap_or_else(|| id.as_uuid().as_u64_pair().1),
            course_code: request.course_code,
            language: request.language,
            assignment_id: request.assignment_id,
            user_id: request.user_id,
            org_id: request.org_id,
            created_at: cx.now,
        });
        let state = BatchState {
            version: 0,
            phase: Phase::Preparing,
            phase_since: cx.now,
            counters: Counters { budget, ..Counters::default() },
            wave: WaveProgress::default(),
            partial_scoring_triggered: false,
            reliability_judged_at: 0,
            lease: None,
            last_activity_at: cx.now,
            next_deadline: None,
            completed_at: None,
            result: None,
        };
        let record = BatchRecord { header, state };
        let mut change = ChangeSet::new();
        change.insert_batch(record.clone());
        let mut batch = Self::load(record, Vec::new(), Loaded::AllOpen);
        let before = batch.state.clone();
        batch.state.version = 1;
        let essays = records(id, request.essays);
        let unique: BTreeSet<&EssayId> = essays.iter().map(|essay| &essay.essay_id).collect();
        let duplicates = unique.len() < essays.len();
        for essay in &essays {
            change.insert_essay(essay.clone());
        }
        batch.enter_work(Phase::Preparing, cx);
        if duplicates {
            batch.fail(FailureReason::DuplicateEssayIds, cx, &mut change)?;
        } else if !essays.is_empty() && essays.iter().all(|essay| essay.kind.is_anchor()) {
            batch.fail(FailureReason::NoStudents, cx, &mut change)?;
        } else if essays.is_empty() {
            batch.fail(FailureReason::NoUsableText, cx, &mut change)?;
        }
        batch.note_transition(None, cx, &mut change);
        batch.state.next_deadline = batch.deadline(&before, cx);
        change.set_state(id, 0, batch.state.clone());
        Ok((batch, change))
    }

    pub(super) fn content_ready(
        &mut self,
        essays: &[EssayRecord],
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        if self.state.phase != Phase::Preparing {
            return Err(Rejection::WrongPhase { input: "ContentReady", phase: self.state.phase });
        }
        for essay in essays {
            change.update_essay(essay.clone());
        }
        let ready = essays.iter().filter(|essay| essay.status == EssayStatus::Ready).count();
        let students =
            essays.iter().filter(|essay| essay.status == EssayStatus::Ready && !essay.kind.is_anchor()).count();
        match (ready, students) {
            (0, _) => self.fail(FailureReason::NoUsableText, cx, change)?,
            (_, 0) => self.fail(FailureReason::NoStudents, cx, change)?,
            (1, _) => {
                let missing = essays.iter().filter(|e| e.status == EssayStatus::Missing).map(|e| e.essay_id.clone());
                let result = BatchResult {
                    sheet: None,
                    missing: missing.collect(),
                    cost: None,
                    prompt_tokens: 0,
                    completion_tokens: 0,
                    judge: None,
                    grades_unavailable: Some("fewer than two essays could be compared".to_owned()),
                    warnings: vec!["fewer than two essays could be compared: there is no scale".to_owned()],
                };
                self.complete(CompletionReason::InsufficientEssays, result, essays, cx, change)?;
            }
            _ => self.enter_work(Phase::Pairing, cx),
        }
        Ok(Folded::Activity)
    }
}

/// Whether the caller's own list can be asked: two essays of the request in each pair, and budget for all of them.
fn check_given(request: &BatchRequest, budget: u32) -> Result<(), Rejection> {
    let given = &request.request.given;
    let refuse = |detail: String| Err(Rejection::GivenList(detail));
    if given.is_empty() && request.settings.strategy() == Strategy::Given {
        return refuse("the strategy is `given`, and the list is empty".to_owned());
    }
    if given.len() > budget as usize {
        return refuse(format!("they are {}, and the budget is {budget}", given.len()));
    }
    let essays: BTreeSet<&EssayId> = request.essays.iter().map(|essay| &essay.essay_id).collect();
    for (place, pair) in given.iter().enumerate() {
        let place = place + 1;
        if pair.essay_a == pair.essay_b {
            return refuse(format!("number {place} sets essay {} against itself", pair.essay_a));
        }
        if let Some(unknown) = [&pair.essay_a, &pair.essay_b].into_iter().find(|essay| !essays.contains(essay)) {
            return refuse(format!("number {place} names essay {unknown}, which is not in the request"));
        }
    }
    Ok(())
}

fn records(batch_id: BatchId, essays: Vec<RequestedEssay>) -> Vec<EssayRecord> {
    let record = |(ordinal, essay): (usize, RequestedEssay)| EssayRecord {
        batch_id,
        essay_id: essay.essay_id,
        ordinal: ordinal as u32,
        kind: essay.kind,
        title: essay.title,
        content: essay.content,
        status: EssayStatus::Pending,
        score: None,
        se: None,
        rank: None,
        comparison_count: 0,
    };
    essays.into_iter().enumerate().map(record).collect()
}
