//! A store of one batch that is nothing but maps: what change sets say is written, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::batch::{Batch, Loaded};
use cj_core::change::{
    BatchRecord, ChangeSet, ComparisonRecord, ComparisonState, DecisionRecord, MatrixCell, MatrixKey, MessageKind,
    Occurrence, Phase, WaveRecord,
};
use cj_core::id::{ComparisonId, EssayId};

/// What is stored of the batch.
pub(crate) struct Rows {
    pub(crate) batch: BatchRecord,
    pub(crate) comparisons: BTreeMap<ComparisonId, ComparisonRecord>,
    pub(crate) answers: Vec<DecisionRecord>,
    pub(crate) matrix: BTreeMap<MatrixKey, MatrixCell>,
    pub(crate) questions: BTreeSet<ComparisonId>,
    pub(crate) events: Vec<String>,
    pub(crate) results: usize,
    /// How many essays have scores.
    pub(crate) scored: BTreeSet<EssayId>,
    /// Waves that were scored, with the time of the last scoring.
    pub(crate) waves: BTreeMap<u32, Option<DateTime<Utc>>>,
    pub(crate) told: Told,
}

/// What was told to whoever counts.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) attempts: BTreeMap<&'static str, u32>,
    pub(crate) roles: Vec<&'static str>,
    pub(crate) transitions: Vec<(Option<Phase>, Phase)>,
    /// The time in all phases that were left.
    pub(crate) time: TimeDelta,
}

impl Rows {
    pub(crate) fn of(change: &ChangeSet) -> Self {
        let mut inserted = change.inserted_batches().cloned();
        let batch = inserted.next().expect("a request inserts its batch");
        let mut rows = Self {
            batch,
            comparisons: BTreeMap::new(),
            answers: Vec::new(),
            matrix: BTreeMap::new(),
            questions: BTreeSet::new(),
            events: Vec::new(),
            results: 0,
            scored: BTreeSet::new(),
            waves: BTreeMap::new(),
            told: Told::default(),
        };
        rows.write(change);
        rows
    }

    pub(crate) fn write(&mut self, change: &ChangeSet) {
        for update in change.updated_batches() {
            assert_eq!(update.expected_version, self.batch.state.version, "compare-and-set");
            self.batch.state = update.state.clone();
        }
        for row in change.inserted_comparisons() {
            assert!(self.comparisons.insert(row.id, row.clone()).is_none(), "{} is planned twice", row.id);
        }
        for row in change.updated_comparisons() {
            if row.state == ComparisonState::Asked {
                // The shell settles the question in the unit that notes this.
                self.questions.remove(&row.id);
            }
            assert!(self.comparisons.insert(row.id, row.clone()).is_some(), "{} was never planned", row.id);
        }
        for answer in change.decisions() {
            let twice =
                self.answers.iter().any(|a| (a.comparison_id, a.ordinal) == (answer.comparison_id, answer.ordinal));
            assert!(!twice, "the key of an answer is used twice");
            self.answers.push(answer.clone());
        }
        for (key, cell) in change.matrix() {
            self.matrix.entry(key.clone()).or_default().add(*cell);
        }
        if change.closed().next().is_some() {
            for row in self.comparisons.values_mut().filter(|row| row.state.is_open()) {
                row.state = ComparisonState::Cancelled;
            }
            self.questions.clear();
        }
        for id in change.withdrawn() {
            self.questions.remove(id);
        }
        for message in change.outbox() {
            match message.kind {
                MessageKind::Question => assert!(self.questions.insert(ComparisonId::new(message.id.as_uuid()))),
                MessageKind::Event => self.events.push(message.event_type.clone()),
            }
        }
        self.results += change.results().len();
        let scored = change.updated_essays().filter(|essay| essay.score.is_some() && essay.se.is_some());
        self.scored.extend(scored.filter(|essay| essay.rank.is_some()).map(|essay| essay.essay_id.clone()));
        let last = |wave: &WaveRecord| (wave.wave, wave.scored_at.filter(|_| wave.sheet.is_some()));
        self.waves.extend(change.waves().map(last));
        change.occurrences().iter().for_each(|occurrence| self.told.note(occurrence));
    }

    /// The batch as the shell loads it: with every open comparison, or with those of one question.
    pub(crate) fn load(&self, about: Option<ComparisonId>) -> Batch {
        let named = about.and_then(|id| self.comparisons.get(&id)).map(ComparisonRecord::question);
        let is_open = |row: &ComparisonRecord| {
            let mut attempts = self.comparisons.values().filter(|other| other.question() == row.question());
            attempts.any(|other| other.state.is_open())
        };
        let wanted = |row: &&ComparisonRecord| match about {
            Some(_) => Some(row.question()) == named,
            None => is_open(row),
        };
        let rows = self.comparisons.values().filter(wanted).cloned().collect();
        let loaded = if about.is_some() { Loaded::Named } else { Loaded::AllOpen };
        Batch::load(self.batch.clone(), rows, loaded)
    }
}

impl Told {
    fn note(&mut self, occurrence: &Occurrence) {
        match occurrence {
            Occurrence::Answer { role, .. } => self.roles.push(role.code()),
            Occurrence::Attempt { step, .. } => *self.attempts.entry(step.code()).or_default() += 1,
            Occurrence::Transition { from, to, after, .. } => {
                self.transitions.push((*from, *to));
                self.time += *after;
            }
            other => panic!("{other:?} happens to no batch"),
        }
    }
}
