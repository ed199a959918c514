//! What an answer, or the lack of one, does to its comparison and question.

use super::machine::{Batch, Folded};
use super::{Context, Input, Rejection, publish};
use crate::change::{
    AttemptStep, ChangeSet, ComparisonRecord, ComparisonState, DecisionRecord, DecisionRole, MatrixCell, MatrixKey,
    Occurrence, Outcome, Phase, Verdict, Winner,
};
use crate::config::Settings;
use crate::event::ErrorCode;
use crate::id::ComparisonId;

/// How far a question is, its attempts taken together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum QuestionState {
    Decided,
    Failed,
    Open,
}

/// An attempt that came to nothing.
struct Lost {
    id: ComparisonId,
    code: ErrorCode,
    retry_after_s: Option<u32>,
    state: ComparisonState,
}

impl Batch {
    pub(super) fn verdict(
        &mut self,
        verdict: Verdict,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        let id = verdict.comparison_id;
        let comparison = self.comparisons.get(&id).ok_or(Rejection::UnknownComparison(id))?;
        match (&verdict.outcome, comparison.state) {
            (Outcome::Decided(winner), ComparisonState::Decided) if comparison.verdict == Some(*winner) => {
                Ok(Folded::Nothing)
            }
            (Outcome::Decided(_), ComparisonState::Decided | ComparisonState::Failed) => {
                self.keep(verdict, DecisionRole::Conflict, cx, change);
                Ok(Folded::RowsOnly)
            }
            (Outcome::Decided(winner), _) => {
                let winner = *winner;
                // The success rate cannot suffer: nothing is checked that could refuse the answer.
                self.count(verdict, winner, cx, change);
                self.settle(cx);
                Ok(Folded::Activity)
            }
            (Outcome::Failed { code, retry_after_s, .. }, ComparisonState::Planned | ComparisonState::Asked) => {
                let lost =
                    Lost { id, code: code.clone(), retry_after_s: *retry_after_s, state: ComparisonState::Failed };
                self.note_asked(id, cx, change);
                self.keep(verdict, DecisionRole::Counted, cx, change);
                self.lose(lost, cx, change)?;
                Ok(Folded::Activity)
            }
            (Outcome::Failed { .. }, _) => Ok(Folded::Nothing),
        }
    }

    /// A judge could not be asked.
    pub(super) fn ask_failed(
        &mut self,
        id: ComparisonId,
        code: ErrorCode,
        retry_after_s: Option<u32>,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        let comparison = self.comparisons.get(&id).ok_or(Rejection::UnknownComparison(id))?;
        if comparison.state != ComparisonState::Planned {
            return Ok(Folded::Nothing);
        }
        self.lose(Lost { id, code, retry_after_s, state: ComparisonState::Failed }, cx, change)?;
        Ok(Folded::Activity)
    }

    /// No answer came in time.
    pub(super) fn attempt_expired(
        &mut self,
        id: ComparisonId,
        code: ErrorCode,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<(), Rejection> {
        self.lose(Lost { id, code, retry_after_s: None, state: ComparisonState::Expired }, cx, change)
    }

    /// What a batch that ended does with an input: an answer is kept as late, the rest has no effect.
    pub(super) fn after_the_end(
        &mut self,
        input: Input,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        match input {
            Input::VerdictReceived(verdict) => {
                let id = verdict.comparison_id;
                let comparison = self.comparisons.get(&id).ok_or(Rejection::UnknownComparison(id))?;
                match verdict.outcome {
                    Outcome::Decided(winner) if comparison.verdict == Some(winner) => Ok(Folded::Nothing),
                    _ => {
                        self.keep(verdict, DecisionRole::Late, cx, change);
                        Ok(Folded::RowsOnly)
                    }
                }
            }
            Input::Asked { .. } | Input::AskFailed { .. } | Input::DeadlinePassed => Ok(Folded::Nothing),
            _ => Err(Rejection::Ended { phase: self.state.phase }),
        }
    }

    fn count(&mut self, verdict: Verdict, winner: Winner, cx: &Context<'_>, change: &mut ChangeSet) {
        let id = verdict.comparison_id;
        let comparison = &self.comparisons[&id];
        let (question, attempt, is_unsent) =
            (comparison.question(), comparison.attempt, comparison.state == ComparisonState::Planned);
        let was = self.question_state(comparison);
        if comparison.state == ComparisonState::Cancelled {
            // It was withdrawn while it was on its way: it was asked after all.
            self.state.counters.withdrawn -= 1;
        }
        self.note_asked(id, cx, change);
        self.state.counters.decided += 1;
        let in_wave = question.wave == self.state.wave.number;
        if was == QuestionState::Decided {
            self.state.counters.repeats += 1;
        } else {
            if was == QuestionState::Failed {
                self.state.counters.failed -= 1;
                self.state.wave.failed -= u32::from(in_wave);
            }
            self.state.counters.rescued += u32::from(attempt > 1);
            self.state.wave.decided += u32::from(in_wave);
        }
        let cell = match winner {
            Winner::A => MatrixCell { wins_a: 1, ..MatrixCell::default() },
            Winner::B => MatrixCell { wins_b: 1, ..MatrixCell::default() },
            Winner::Tie => MatrixCell { ties: 1, ..MatrixCell::default() },
        };
        change.tally(self.cell_of(id), cell);
        let comparison = self.comparisons.get_mut(&id).expect("looked up above");
        comparison.state = ComparisonState::Decided;
        comparison.verdict = Some(winner);
        self.note_attempt(id, AttemptStep::Decided, change);
        self.keep(verdict, DecisionRole::Counted, cx, change);
        if is_unsent {
            change.withdraw_question(id);
        }
        self.withdraw_unsent(question, change);
    }

    /// Withdraws the attempts of a decided question that no judge has yet.
    fn withdraw_unsent(&mut self, question: crate::change::QuestionKey, change: &mut ChangeSet) {
        let unsent = |c: &&ComparisonRecord| c.state == ComparisonState::Planned;
        let unsent: Vec<ComparisonId> = self.attempts(question).filter(unsent).map(|c| c.id).collect();
        for id in unsent {
            let comparison = self.comparisons.get_mut(&id).expect("listed above");
            comparison.state = ComparisonState::Cancelled;
            change.update_comparison(comparison.clone());
            change.withdraw_question(id);
            self.state.counters.withdrawn += 1;
            self.note_attempt(id, AttemptStep::Withdrawn, change);
        }
    }

    /// Stores an answer in its role and brings its comparison's row up to date.
    fn keep(&mut self, verdict: Verdict, role: DecisionRole, cx: &Context<'_>, change: &mut ChangeSet) {
        let counters = self.state.counters;
        let comparison = self.comparisons.get_mut(&verdict.comparison_id).expect("callers looked it up");
        let (winner, error_code, error_message) = match verdict.outcome {
            Outcome::Decided(winner) => (Some(winner), None, None),
            Outcome::Failed { code, message, .. } => (None, Some(code), message),
        };
        let counted = (role == DecisionRole::Counted && winner.is_some()).then_some(counters.decided);
        let waited = comparison.asked_at.map(|asked| cx.now - asked);
        change.note(Occurrence::Answer { batch_id: comparison.batch_id, role, verdict: winner, waited });
        change.record(DecisionRecord {
            comparison_id: comparison.id,
            ordinal: comparison.decisions,
            batch_id: comparison.batch_id,
            role,
            counted,
            verdict: winner,
            error_code,
            error_message,
            evidence: verdict.evidence,
            received_at: cx.now,
        });
        comparison.decisions += 1;
        change.update_comparison(comparison.clone());
    }

    /// Ends an attempt that came to nothing: its question is asked again, or has failed.
    fn lose(&mut self, lost: Lost, cx: &Context<'_>, change: &mut ChangeSet) -> Result<(), Rejection> {
        let retryable = lost.code.is_retryable();
        let may_retry = self.may_retry(&lost);
        let comparison = self.comparisons.get_mut(&lost.id).expect("callers looked it up");
        let is_unsent = comparison.state == ComparisonState::Planned;
        comparison.state = lost.state;
        comparison.error_code = Some(lost.code);
        let ended = comparison.clone();
        let step = match lost.state {
            ComparisonState::Expired => AttemptStep::Expired,
            _ if ended.asked_at.is_some() => AttemptStep::Failed,
            _ => AttemptStep::Refused,
        };
        self.note_attempt(lost.id, step, change);
        change.update_comparison(ended.clone());
        if is_unsent {
            change.withdraw_question(lost.id);
        }
        change.tally(self.cell_of(lost.id), MatrixCell { failures: 1, ..MatrixCell::default() });
        self.state.counters.retryable += u32::from(retryable);
        if self.question_state(&ended) == QuestionState::Failed {
            if may_retry {
                self.retry(&ended, lost.retry_after_s, cx, change)?;
            } else {
                self.state.counters.failed += 1;
                self.state.wave.failed += u32::from(ended.wave == self.state.wave.number);
            }
        }
        self.check_success(cx, change)?;
        self.settle(cx);
        Ok(())
    }

    fn may_retry(&self, lost: &Lost) -> bool {
        let attempt = self.comparisons[&lost.id].attempt;
        lost.code.is_retryable()
            && attempt < self.header.settings.max_attempts()
            && self.state.counters.left() > 0
            && !matches!(self.state.phase, Phase::Scoring(crate::change::ScoringCause::Forced))
    }

    fn retry(
        &mut self,
        ended: &ComparisonRecord,
        retry_after_s: Option<u32>,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<(), Rejection> {
        let settings = &self.header.settings;
        let attempt = ended.attempt + 1;
        let wanted = chrono::TimeDelta::seconds(i64::from(retry_after_s.unwrap_or(0)));
        let planned_at = cx.now + Settings::backoff(attempt).max(wanted);
        let next = ComparisonRecord {
            id: self.header.id.comparison_id(ended.wave, ended.ordinal, attempt),
            attempt,
            retry_of: Some(ended.id),
            state: ComparisonState::Planned,
            error_code: None,
            decisions: 0,
            planned_at,
            asked_at: None,
            deadline: planned_at + settings.comparison_timeout(),
            ..ended.clone()
        };
        change.send(publish::question(&self.header, self.state.version, &next, cx)?);
        let id = next.id;
        change.insert_comparison(next.clone());
        self.hold(next);
        self.note_attempt(id, AttemptStep::Planned, change);
        self.state.counters.planned += 1;
        self.state.counters.retried += 1;
        Ok(())
    }

    /// Counts that a judge has a comparison, once.
    pub(super) fn note_asked(&mut self, id: ComparisonId, cx: &Context<'_>, change: &mut ChangeSet) {
        let question = self.comparisons[&id].question();
        if self.comparisons[&id].asked_at.is_some() {
            return;
        }
        let first = self.attempts(question).all(|c| c.asked_at.is_none());
        self.state.counters.asked += 1;
        self.state.counters.questions_asked += u32::from(first);
        self.comparisons.get_mut(&id).expect("looked up above").asked_at = Some(cx.now);
        self.note_attempt(id, AttemptStep::Asked, change);
    }

    fn question_state(&self, comparison: &ComparisonRecord) -> QuestionState {
        let mut state = QuestionState::Failed;
        for attempt in self.attempts(comparison.question()) {
            match attempt.state {
                ComparisonState::Decided => return QuestionState::Decided,
                state_now if state_now.is_open() => state = QuestionState::Open,
                _ => {}
            }
        }
        state
    }

    fn cell_of(&self, id: ComparisonId) -> MatrixKey {
        let comparison = &self.comparisons[&id];
        MatrixKey {
            batch_id: comparison.batch_id,
            essay_a: comparison.essay_a.clone(),
            essay_b: comparison.essay_b.clone(),
        }
    }
}
