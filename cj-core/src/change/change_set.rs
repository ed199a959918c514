//! What one input, or many, does to the stored batches.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    BatchRecord, BatchState, BatchUpdate, ComparisonRecord, DeadLetter, DecisionRecord, EssayRecord, EssayResult,
    MatrixCell, MatrixKey, Occurrence, OutboxMessage, WaveRecord,
};
use crate::id::{BatchId, ComparisonId, EssayId};

/// Everything that one unit of work writes. Sets merge: handling K inputs at once or one by one writes the same.
///
/// Law: `merge` is associative and the empty set is its identity, for sets of inputs that follow each other.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a change that is not applied is lost"]
pub struct ChangeSet {
    inserted_batches: BTreeMap<BatchId, BatchRecord>,
    updated_batches: BTreeMap<BatchId, BatchUpdate>,
    inserted_essays: BTreeMap<(BatchId, EssayId), EssayRecord>,
    updated_essays: BTreeMap<(BatchId, EssayId), EssayRecord>,
    waves: BTreeMap<(BatchId, u32), WaveRecord>,
    inserted_comparisons: BTreeMap<ComparisonId, ComparisonRecord>,
    updated_comparisons: BTreeMap<ComparisonId, ComparisonRecord>,
    decisions: Vec<DecisionRecord>,
    matrix: BTreeMap<MatrixKey, MatrixCell>,
    outbox: Vec<OutboxMessage>,
    withdrawn: BTreeSet<ComparisonId>,
    closed: BTreeSet<BatchId>,
    results: Vec<EssayResult>,
    dead_letters: Vec<DeadLetter>,
    occurrences: Vec<Occurrence>,
}

impl ChangeSet {
    /// A set that writes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it writes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what a later input does.
    pub fn merge(&mut self, later: Self) {
        self.inserted_batches.extend(later.inserted_batches);
        for (_, update) in later.updated_batches {
            self.update_batch(update);
        }
        self.inserted_essays.extend(later.inserted_essays);
        for (_, essay) in later.updated_essays {
            self.update_essay(essay);
        }
        self.waves.extend(later.waves);
        self.inserted_comparisons.extend(later.inserted_comparisons);
        for (_, comparison) in later.updated_comparisons {
            self.update_comparison(comparison);
        }
        self.decisions.extend(later.decisions);
        for (key, cell) in later.matrix {
            self.matrix.entry(key).or_default().add(cell);
        }
        self.outbox.extend(later.outbox);
        if !later.withdrawn.is_empty() && !self.outbox.is_empty() {
            self.outbox.retain(|message| !later.withdrawn.contains(&ComparisonId::new(message.id.as_uuid())));
        }
        self.withdrawn.extend(later.withdrawn);
        for id in later.closed {
            self.close(id);
        }
        self.results.extend(later.results);
        self.dead_letters.extend(later.dead_letters);
        self.occurrences.extend(later.occurrences);
    }

    pub(crate) fn insert_batch(&mut self, batch: BatchRecord) {
        self.inserted_batches.insert(batch.id(), batch);
    }

    pub(crate) fn set_state(&mut self, id: BatchId, expected_version: u64, state: BatchState) {
        self.update_batch(BatchUpdate { id, expected_version, state });
    }

    fn update_batch(&mut self, update: BatchUpdate) {
        if let Some(inserted) = self.inserted_batches.get_mut(&update.id) {
            inserted.state = update.state;
        } else if let Some(earlier) = self.updated_batches.get_mut(&update.id) {
            earlier.state = update.state;
        } else {
            self.updated_batches.insert(update.id, update);
        }
    }

    pub(crate) fn insert_essay(&mut self, essay: EssayRecord) {
        self.inserted_essays.insert((essay.batch_id, essay.essay_id.clone()), essay);
    }

    pub(crate) fn update_essay(&mut self, essay: EssayRecord) {
        let key = (essay.batch_id, essay.essay_id.clone());
        let rows =
            if self.inserted_essays.contains_key(&key) { &mut self.inserted_essays } else { &mut self.updated_essays };
        rows.insert(key, essay);
    }

    pub(crate) fn put_wave(&mut self, wave: WaveRecord) {
        self.waves.insert((wave.batch_id, wave.wave), wave);
    }

    pub(crate) fn insert_comparison(&mut self, comparison: ComparisonRecord) {
        self.inserted_comparisons.insert(comparison.id, comparison);
    }

    pub(crate) fn update_comparison(&mut self, comparison: ComparisonRecord) {
        let inserted = self.inserted_comparisons.contains_key(&comparison.id);
        let rows = if inserted { &mut self.inserted_comparisons } else { &mut self.updated_comparisons };
        rows.insert(comparison.id, comparison);
    }

    pub(crate) fn record(&mut self, decision: DecisionRecord) {
        self.decisions.push(decision);
    }

    pub(crate) fn tally(&mut self, key: MatrixKey, cell: MatrixCell) {
        self.matrix.entry(key).or_default().add(cell);
    }

    pub(crate) fn send(&mut self, message: OutboxMessage) {
        self.outbox.push(message);
    }

    /// Deletes the question of a comparison that ended: one of this set is not written at all.
    pub(crate) fn withdraw_question(&mut self, id: ComparisonId) {
        self.outbox.retain(|message| message.id.as_uuid() != id.as_uuid());
        self.withdrawn.insert(id);
    }

    /// Cancels the open comparisons of a batch that ended, and deletes its questions.
    pub(crate) fn close(&mut self, id: BatchId) {
        self.outbox.retain(|message| message.batch_id != id || message.kind == super::MessageKind::Event);
        self.closed.insert(id);
    }

    pub(crate) fn add_results(&mut self, results: impl IntoIterator<Item = EssayResult>) {
        self.results.extend(results);
    }

    /// Keeps a message that could not be used.
    pub fn add_dead_letter(&mut self, letter: DeadLetter) {
        let (consumer, reason) = (letter.consumer.clone(), letter.reason.clone());
        self.note(Occurrence::DeadLetter { consumer, reason });
        self.dead_letters.push(letter);
    }

    /// Notes what happens when this is committed.
    pub(crate) fn note(&mut self, occurrence: Occurrence) {
        self.occurrences.push(occurrence);
    }

    /// New batches.
    pub fn inserted_batches(&self) -> impl Iterator<Item = &BatchRecord> {
        self.inserted_batches.values()
    }

    /// New states of stored batches.
    pub fn updated_batches(&self) -> impl Iterator<Item = &BatchUpdate> {
        self.updated_batches.values()
    }

    /// New essays.
    pub fn inserted_essays(&self) -> impl Iterator<Item = &EssayRecord> {
        self.inserted_essays.values()
    }

    /// Essays with a new status or score.
    pub fn updated_essays(&self) -> impl Iterator<Item = &EssayRecord> {
        self.updated_essays.values()
    }

    /// Waves, new or scored.
    pub fn waves(&self) -> impl Iterator<Item = &WaveRecord> {
        self.waves.values()
    }

    /// New comparisons.
    pub fn inserted_comparisons(&self) -> impl Iterator<Item = &ComparisonRecord> {
        self.inserted_comparisons.values()
    }

    /// Comparisons that moved on.
    pub fn updated_comparisons(&self) -> impl Iterator<Item = &ComparisonRecord> {
        self.updated_comparisons.values()
    }

    /// Answers to store.
    pub fn decisions(&self) -> &[DecisionRecord] {
        &self.decisions
    }

    /// What to add to the comparison matrix.
    pub fn matrix(&self) -> impl Iterator<Item = (&MatrixKey, &MatrixCell)> {
        self.matrix.iter()
    }

    /// Messages to send, in order.
    pub fn outbox(&self) -> &[OutboxMessage] {
        &self.outbox
    }

    /// Comparisons whose question is to be deleted.
    pub fn withdrawn(&self) -> impl Iterator<Item = &ComparisonId> {
        self.withdrawn.iter()
    }

    /// Batches that ended: their open comparisons are cancelled, their questions deleted.
    pub fn closed(&self) -> impl Iterator<Item = &BatchId> {
        self.closed.iter()
    }

    /// Results of essays; they replace earlier ones.
    pub fn results(&self) -> &[EssayResult] {
        &self.results
    }

    /// Messages that could not be used.
    pub fn dead_letters(&self) -> &[DeadLetter] {
        &self.dead_letters
    }

    /// What has happened once this is committed, in order; no store writes it.
    pub fn occurrences(&self) -> &[Occurrence] {
        &self.occurrences
    }
}
