//! Whether the machine and the model agree.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use chrono::{DateTime, Utc};
use cj_core::change::{ComparisonState, MatrixCell, Phase, Winner};
use cj_core::id::ComparisonId;

use super::model::State;
use super::world::{World, letter, named};

impl World {
    pub(super) fn agrees(&self) -> Result<(), String> {
        let (state, model) = (&self.rows.batch.state, &self.model);
        agree("the phase", &state.phase, &model.phase)?;
        agree("the counters", &state.counters, &model.counters())?;
        let wave = &state.wave;
        agree("the wave", &(wave.number, wave.questions, wave.decided, wave.failed), &model.wave())?;
        agree("the version", &state.version, &model.version)?;
        agree("the last activity", &state.last_activity_at, &model.last_activity)?;
        agree("early scoring", &state.partial_scoring_triggered, &model.scored_early)?;
        agree("the time in the phase", &state.phase_since, &model.since)?;
        agree("the last look", &state.reliability_judged_at, &model.looked_at)?;
        let lease = state.lease.as_ref().map(|lease| (lease.owner.clone(), lease.until));
        agree("the lease", &lease, &model.lease.map(|(owner, until)| (named(owner), until)))?;
        self.attempts_agree()?;
        let roles: Vec<&str> = self.rows.answers.iter().map(|answer| answer.role.code()).collect();
        agree("the answers", &roles, &model.roles)?;
        let numbers: Vec<u32> = self.rows.answers.iter().filter_map(|answer| answer.counted).collect();
        agree("the numbers of counted verdicts", &numbers, &(1..=model.verdicts()).collect())?;
        self.endings_agree()?;
        self.told_agrees()?;
        // It may be early, but only as long as not every open comparison was looked at; it is never late.
        let due = (state.next_deadline, model.due());
        let is_right = match due {
            (None, None) => true,
            (Some(found), Some(due)) => found <= due && (!state.phase.is_work() || found == due),
            // Nothing is due by itself; the batch is looked at again all the same.
            (Some(_), None) => !state.phase.is_terminal(),
            (None, Some(_)) => false,
        };
        if is_right { Ok(()) } else { Err(format!("the deadline: found {:?}, due {:?}", due.0, due.1)) }
    }

    fn attempts_agree(&self) -> Result<(), String> {
        agree("the number of attempts", &self.rows.comparisons.len(), &self.model.attempts.len())?;
        for attempt in &self.model.attempts {
            let row = self.rows.comparisons.get(&attempt.id).ok_or_else(|| format!("{} is not stored", attempt.id))?;
            agree("an attempt's place", &((row.wave, row.ordinal), row.attempt), &(attempt.question, attempt.number))?;
            agree("an attempt's state", &row.state, &stored(attempt.state))?;
            agree("an attempt's verdict", &row.verdict.map(letter), &attempt.verdict)?;
            agree("the time of asking", &row.asked_at, &attempt.asked_at)?;
            agree("an attempt's deadline", &row.deadline, &attempt.deadline)?;
            let answers = self.rows.answers.iter().filter(|answer| answer.comparison_id == row.id).count();
            agree("the number of an attempt's answers", &(row.decisions as usize), &answers)?;
            agree("what an attempt repeats", &row.retry_of.is_some(), &(attempt.number > 1))?;
            agree("an attempt's error", &row.error_code.is_some(), &attempt.lost.is_some())?;
        }
        let unsent = self.model.attempts.iter().filter(|a| matches!(a.state, State::Planned));
        let unsent: BTreeSet<_> = unsent.map(|a| a.id).collect();
        agree("the questions put out", &self.rows.questions, &unsent)?;
        let mut cells = BTreeMap::new();
        for row in self.rows.comparisons.values() {
            let cell: &mut MatrixCell = cells.entry((row.essay_a.clone(), row.essay_b.clone())).or_default();
            cell.wins_a += u32::from(row.verdict == Some(Winner::A));
            cell.wins_b += u32::from(row.verdict == Some(Winner::B));
            cell.ties += u32::from(row.verdict == Some(Winner::Tie));
            cell.failures += u32::from(row.error_code.is_some());
        }
        cells.retain(|_, cell| *cell != MatrixCell::default());
        let matrix = self.rows.matrix.iter();
        let matrix = matrix.map(|(key, cell)| ((key.essay_a.clone(), key.essay_b.clone()), *cell)).collect();
        agree("the matrix", &matrix, &cells)
    }

    /// It is exact where every open comparison was looked at; otherwise it is at most as early as it was.
    pub(super) fn deadline_is_right(
        &self,
        about: Option<ComparisonId>,
        before: Option<DateTime<Utc>>,
    ) -> Result<(), String> {
        let (found, due) = (self.rows.batch.state.next_deadline, self.model.due());
        let least = match (about, before) {
            (Some(_), Some(before)) => due.map(|due| due.min(before)),
            _ => due,
        };
        // Where nothing is due by itself the batch is looked at again at once.
        let least = least.or_else(|| (!self.model.phase.is_terminal()).then_some(self.model.now));
        if found >= least { Ok(()) } else { Err(format!("the deadline: found {found:?}, expected {least:?} at least")) }
    }

    /// Whoever counts what happens counts what the model has.
    fn told_agrees(&self) -> Result<(), String> {
        let (told, model) = (&self.rows.told, &self.model);
        for (step, count) in model.steps() {
            agree(step, &told.attempts.get(step).copied().unwrap_or(0), &count)?;
        }
        agree("the answers told", &told.roles, &model.roles)?;
        let to: Vec<Phase> = told.transitions.iter().map(|(_, to)| *to).collect();
        agree("the phases told", &to, &model.phases)?;
        let from = told.transitions.iter().skip(1).map(|(from, _)| *from);
        agree(
            "the phases left",
            &from.collect::<Vec<_>>(),
            &to.iter().copied().map(Some).take(to.len() - 1).collect(),
        )?;
        agree("the time in phases", &(self.rows.batch.header.created_at + told.time), &model.since)
    }

    /// One ending, told once; results where there is a scale.
    fn endings_agree(&self) -> Result<(), String> {
        let state = &self.rows.batch.state;
        let mut told: Vec<&str> = self.rows.events.iter().map(String::as_str).collect();
        told.sort_unstable();
        let expected: &[&str] = match self.model.phase {
            Phase::Completed(_) => &["AssessmentResultV1", "CJAssessmentCompletedV1", "ResourceConsumptionV1"],
            Phase::Failed(_) | Phase::Cancelled => &["CJAssessmentFailedV1"],
            _ => &[],
        };
        agree("what was told", &told[..], expected)?;
        agree("the time of the end", &state.completed_at.is_some(), &self.model.phase.is_terminal())?;
        let is_complete = matches!(self.model.phase, Phase::Completed(_));
        agree("the result", &state.result.is_some(), &is_complete)?;
        let last = state.wave.number;
        let is_scored = self.model.phases.iter().any(|phase| matches!(phase, Phase::Scoring(_)));
        if is_complete && is_scored {
            agree("the time of the last scale", &self.rows.waves.get(&last).copied().flatten(), &state.completed_at)?;
            agree("essays with scores", &self.rows.scored.len(), &(self.model.ready as usize))?;
        }
        let scaled = is_complete && self.model.ready > 1;
        agree("the results of essays", &self.rows.results, &if scaled { self.model.ready as usize } else { 0 })
    }
}

pub(super) fn agree<T: Debug + PartialEq + ?Sized>(what: &str, found: &T, expected: &T) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: the machine has {found:?}, the model {expected:?}")) }
}

const fn stored(state: State) -> ComparisonState {
    match state {
        State::Planned => ComparisonState::Planned,
        State::Asked => ComparisonState::Asked,
        State::Decided => ComparisonState::Decided,
        State::Failed => ComparisonState::Failed,
        State::Expired => ComparisonState::Expired,
        State::Withdrawn | State::Cancelled => ComparisonState::Cancelled,
    }
}
