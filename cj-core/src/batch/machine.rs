//! The state machine's frame: load, fold one input, say when to be woken.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use super::deadlines::Deadlines;
use super::{Context, Input, Rejection};
use crate::change::{
    AttemptStep, BatchHeader, BatchRecord, BatchState, ChangeSet, ComparisonRecord, Lease, Occurrence, Phase,
    QuestionKey, WaitingFor,
};
use crate::id::{BatchId, ComparisonId};

/// A batch in memory: its row, and those of its comparisons that an input needs.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) header: Arc<BatchHeader>,
    pub(super) state: BatchState,
    pub(super) comparisons: BTreeMap<ComparisonId, ComparisonRecord>,
    pub(super) questions: BTreeMap<QuestionKey, Vec<ComparisonId>>,
    pub(super) deadlines: Deadlines,
    pub(super) loaded: Loaded,
}

/// Which comparisons were loaded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "they are all there or they are not")]
pub enum Loaded {
    /// Every open one, with the other attempts of its question.
    AllOpen,
    /// Those that the inputs name, with the other attempts of their questions.
    Named,
}

/// Whether an input changed anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Folded {
    /// It did, and something happened in the world outside.
    Activity,
    /// It did, by the passing of time or the work of a worker alone.
    Quiet,
    /// It did not: there is nothing to write.
    Nothing,
    /// It left rows to write, but not the batch's own.
    RowsOnly,
}

impl Batch {
    /// A stored batch with some of its comparisons.
    pub fn load(record: BatchRecord, comparisons: Vec<ComparisonRecord>, loaded: Loaded) -> Self {
        let mut batch = Self {
            header: record.header,
            state: record.state,
            comparisons: BTreeMap::new(),
            questions: BTreeMap::new(),
            deadlines: Deadlines::default(),
            loaded,
        };
        for comparison in comparisons {
            batch.hold(comparison);
        }
        batch
    }

    /// Folds one input: the state moves on and what to write is returned.
    ///
    /// # Errors
    /// The input does not fit; the state is untouched.
    pub fn handle(&mut self, input: Input, cx: &Context<'_>) -> Result<ChangeSet, Rejection> {
        let before = self.state.clone();
        let held = self.held(&input);
        let mut change = ChangeSet::new();
        self.state.version += 1;
        match self.fold(input, cx, &mut change) {
            Err(rejection) => {
                self.state = before;
                self.put_back(held);
                Err(rejection)
            }
            Ok(Folded::Nothing) => {
                self.state = before;
                Ok(ChangeSet::new())
            }
            Ok(Folded::RowsOnly) => {
                self.state = before;
                Ok(change)
            }
            Ok(folded) => {
                if folded == Folded::Activity {
                    self.state.last_activity_at = cx.now;
                }
                if self.state.phase != before.phase {
                    self.note_transition(Some(&before), cx, &mut change);
                }
                self.state.next_deadline = self.deadline(&before, cx);
                change.set_state(self.id(), before.version, self.state.clone());
                Ok(change)
            }
        }
    }

    fn fold(&mut self, input: Input, cx: &Context<'_>, change: &mut ChangeSet) -> Result<Folded, Rejection> {
        if self.state.phase.is_terminal() {
            return self.after_the_end(input, cx, change);
        }
        match input {
            Input::Asked { comparison_id } => self.asked(comparison_id, cx, change),
            Input::AskFailed { comparison_id, code, retry_after_s } => {
                self.ask_failed(comparison_id, code, retry_after_s, cx, change)
            }
            Input::CancelRequested => {
                self.cancel(cx, change)?;
                Ok(Folded::Activity)
            }
            Input::ContentReady { essays } => self.content_ready(&essays, cx, change),
            Input::DeadlinePassed => self.deadline_passed(cx, change),
            Input::Scored(scored) => self.scored(*scored, cx, change),
            Input::VerdictReceived(verdict) => self.verdict(verdict, cx, change),
            Input::WavePlanned(plan) => self.wave_planned(plan, cx, change),
            Input::WorkClaimed => self.work_claimed(cx),
        }
    }

    fn work_claimed(&mut self, cx: &Context<'_>) -> Result<Folded, Rejection> {
        if !self.state.phase.is_work() {
            return Err(Rejection::WrongPhase { input: "WorkClaimed", phase: self.state.phase });
        }
        if let Some(lease) = &self.state.lease
            && lease.until > cx.now
            && lease.owner != *cx.worker
        {
            return Err(Rejection::Leased { owner: lease.owner.to_string() });
        }
        self.take_lease(cx);
        Ok(Folded::Quiet)
    }

    /// Enters a phase in which a worker has the next move: the one that folds gets the lease.
    pub(super) fn enter_work(&mut self, phase: Phase, cx: &Context<'_>) {
        self.state.phase = phase;
        self.take_lease(cx);
    }

    pub(super) fn enter_waiting(&mut self, what: WaitingFor) {
        self.state.phase = Phase::Waiting(what);
        self.state.lease = None;
    }

    fn take_lease(&mut self, cx: &Context<'_>) {
        self.state.lease = Some(Lease { owner: cx.worker.clone(), until: cx.now + self.header.settings.lease() });
    }

    /// Notes that the phase is another one than before.
    pub(super) fn note_transition(&mut self, before: Option<&BatchState>, cx: &Context<'_>, change: &mut ChangeSet) {
        let after = before.map_or(TimeDelta::zero(), |before| cx.now - before.phase_since);
        let from = before.map(|before| before.phase);
        self.state.phase_since = cx.now;
        change.note(Occurrence::Transition { batch_id: self.id(), from, to: self.state.phase, after });
    }

    /// Notes how far an attempt is.
    pub(super) fn note_attempt(&self, id: ComparisonId, step: AttemptStep, change: &mut ChangeSet) {
        if let Some(attempt) = self.comparisons.get(&id) {
            let lost = matches!(step, AttemptStep::Failed | AttemptStep::Refused | AttemptStep::Expired);
            let error_code = attempt.error_code.clone().filter(|_| lost);
            change.note(Occurrence::Attempt { batch_id: self.id(), number: attempt.attempt, step, error_code });
        }
    }

    /// Puts a comparison into the working set.
    pub(super) fn hold(&mut self, comparison: ComparisonRecord) {
        let attempts = self.questions.entry(comparison.question()).or_default();
        if !attempts.contains(&comparison.id) {
            attempts.push(comparison.id);
        }
        self.deadlines.note(&comparison);
        self.comparisons.insert(comparison.id, comparison);
    }

    /// The attempts of a question that are at hand.
    pub(super) fn attempts(&self, question: QuestionKey) -> impl Iterator<Item = &ComparisonRecord> {
        self.questions.get(&question).into_iter().flatten().filter_map(|id| self.comparisons.get(id))
    }

    /// The id.
    pub fn id(&self) -> BatchId {
        self.header.id
    }

    /// What was fixed when it was requested.
    pub fn header(&self) -> &BatchHeader {
        &self.header
    }

    /// What inputs changed.
    pub fn state(&self) -> &BatchState {
        &self.state
    }

    /// When it wants to be woken: never later than the first thing due; none once it has ended.
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.state.next_deadline
    }
}
