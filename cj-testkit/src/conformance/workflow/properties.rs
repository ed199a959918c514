//! Laws that hold for every story. Each case tells a few; the tests below tell many, on the reference store.

use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::batch::{Batch, Context, EssayTexts, Input, Loaded};
use cj_core::change::{
    BatchRecord, ChangeSet, ComparisonRecord, ComparisonState, DecisionRecord, EssayRecord, EssayResult, MatrixCell,
    MatrixKey, MessageKind, OutboxMessage, Verdict, WaveRecord,
};
use cj_core::config::Settings;
use cj_core::id::{BatchId, ComparisonId};
use cj_core::service::Answer;
use cj_core::store::memory::MemoryStore;
use cj_core::store::{EssayRepository, OutboxQuery, ResultRepository, Store, Texts, WaveRepository};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::super::support::view;
use super::driver::{COMPLETION, Driver, FAILURE, in_message, judged};
use super::story::{Saying, Step, Story, steps, story};
use crate::audit::audit;
use crate::fixture;

/// How many stories a case tells.
const STORIES: usize = 10;

/// Any number of answers per unit leaves the same rows and messages as one per unit, to the byte.
pub async fn slicing_is_invisible(store: Arc<dyn Store>) {
    for story in draw(vec(story(), STORIES)) {
        slices_like_single_answers(Arc::clone(&store), &story).await;
    }
}

/// Answers that are delivered again, in any slices, change nothing.
pub async fn redelivery_changes_nothing(store: Arc<dyn Store>) {
    for (story, again) in draw(vec((story(), vec(any::<Index>(), 1..30)), STORIES)) {
        delivers_again(Arc::clone(&store), &story, &again).await;
    }
}

/// The order of verdicts within a phase does not change a score.
pub async fn order_does_not_change_scores(store: Arc<dyn Store>) {
    for (story, order) in draw(vec((story(), any::<u64>()), STORIES)) {
        shuffles(Arc::clone(&store), &story, order).await;
    }
}

/// Whatever happens: counters are what the rows say, ends are final and told once, and every batch can come to its end.
pub async fn no_batch_is_ever_stuck(store: Arc<dyn Store>) {
    for (story, steps) in draw(vec((story(), steps()), STORIES)) {
        walks(Arc::clone(&store), &story, &steps).await;
    }
}

/// Changes merge to the same, however they are grouped, and a change of nothing changes nothing.
pub async fn merging_is_associative(store: Arc<dyn Store>) {
    for (story, cuts) in draw(vec((story(), any::<[Index; 2]>()), STORIES)) {
        merges(Arc::clone(&store), &story, cuts).await;
    }
}

fn draw<S: Strategy>(strategy: S) -> S::Value {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategy.new_tree(&mut runner).expect("the strategy rejects nothing").current()
}

/// Everything that is stored of a batch.
#[derive(Debug, PartialEq)]
struct Stored {
    record: BatchRecord,
    essays: Vec<EssayRecord>,
    waves: Vec<WaveRecord>,
    comparisons: Vec<ComparisonRecord>,
    decisions: Vec<DecisionRecord>,
    matrix: Vec<(MatrixKey, MatrixCell)>,
    results: Vec<EssayResult>,
    messages: Vec<OutboxMessage>,
}

async fn everything(driver: &Driver, id: BatchId) -> Stored {
    let mut view = view(&driver.store).await;
    let mut messages = Vec::new();
    for kind in [MessageKind::Event, MessageKind::Question] {
        // Not by a claim in a unit that is dropped: what such a unit held is free some time later, and passed over until then.
        let waiting = view.entries(&OutboxQuery::Waiting { kind, limit: 100_000 }).await.expect("messages are loaded");
        messages.extend(waiting.into_iter().map(|entry| entry.message));
    }
    messages.retain(|message| message.batch_id == id);
    messages.sort_by_key(|message| (message.version, message.ordinal, message.id));
    Stored {
        record: driver.record(id).await,
        essays: EssayRepository::load(&mut *view, id, Texts::Include).await.expect("essays are loaded"),
        waves: WaveRepository::load(&mut *view, id).await.expect("waves are loaded"),
        comparisons: driver.comparisons(id).await,
        decisions: driver.decisions(id).await,
        matrix: view.matrix(id).await.expect("the matrix is loaded"),
        results: ResultRepository::load(&mut *view, id).await.expect("results are loaded"),
        messages,
    }
}

async fn deliver(driver: &Driver, answers: &[Answer], slices: impl IntoIterator<Item = usize>) {
    let mut rest = answers;
    for size in slices {
        let (slice, later) = rest.split_at(size.min(rest.len()));
        if !slice.is_empty() {
            driver.service.take_verdicts(slice).await.expect("answers are taken");
        }
        rest = later;
    }
    assert!(rest.is_empty(), "the slices hold every answer");
}

async fn slices_like_single_answers(store: Arc<dyn Store>, story: &Story) {
    let mut outcomes = Vec::new();
    let reference: Arc<dyn Store> = Arc::new(MemoryStore::new());
    for (store, slices) in [(reference, vec![1; story.answers.len()]), (store, story.slices.clone())] {
        let driver = Driver::new(store);
        let id = driver.start(&story.name, story.essays, story.settings()).await;
        driver.ask().await;
        let answers = story.answers(&driver.comparisons(id).await);
        deliver(&driver, &answers, slices).await;
        audit(&*driver.store, id).await;
        let taken = everything(&driver, id).await;
        driver.service.advance(id).await.expect("the batch goes on");
        outcomes.push((taken, everything(&driver, id).await));
    }
    assert_eq!(outcomes[0], outcomes[1], "{story:?}");
}

async fn delivers_again(store: Arc<dyn Store>, story: &Story, again: &[Index]) {
    let driver = Driver::new(store);
    let id = driver.start(&story.name, story.essays, story.settings()).await;
    driver.ask().await;
    let answers = story.answers(&driver.comparisons(id).await);
    deliver(&driver, &answers, story.slices.iter().copied()).await;
    driver.service.advance(id).await.expect("the batch goes on");
    let before = everything(&driver, id).await;
    driver.later(TimeDelta::seconds(1));
    deliver(&driver, &answers, story.slices.iter().rev().copied()).await;
    if !answers.is_empty() {
        let repeated: Vec<_> = again.iter().map(|index| index.get(&answers).clone()).collect();
        deliver(&driver, &repeated, [repeated.len()]).await;
    }
    assert_eq!(everything(&driver, id).await, before, "{story:?}");
}

async fn shuffles(store: Arc<dyn Store>, story: &Story, order: u64) {
    let settings = || Settings::builder().completion_threshold_pct(100).max_resampling_passes(0);
    let mut outcomes = Vec::new();
    let reference: Arc<dyn Store> = Arc::new(MemoryStore::new());
    for (store, order) in [(reference, None), (store, Some(order))] {
        let driver = Driver::new(store);
        let id = driver.start(&story.name, story.essays, settings()).await;
        driver.ask().await;
        let rows = driver.comparisons(id).await;
        let sayings = story.answers.iter().map(|(_, saying)| *saying);
        let sayings = sayings.filter(|saying| matches!(saying, Saying::Right | Saying::Wrong));
        let sayings = sayings.chain(std::iter::repeat(Saying::Right));
        let mut verdicts: Vec<Verdict> = rows.iter().zip(sayings).map(|(row, saying)| saying.of(row)).collect();
        if let Some(order) = order {
            let size = verdicts.len();
            verdicts.rotate_left((order % size as u64) as usize);
            for (place, (other, _)) in (0..size).zip(&story.answers) {
                verdicts.swap(place, other.index(size));
            }
        }
        let slices = story.slices.iter().copied().chain(std::iter::repeat(5)).take(40);
        let answers: Vec<_> = verdicts.into_iter().map(Answer::of).collect();
        deliver(&driver, &answers, slices).await;
        driver.service.advance(id).await.expect("the batch is scored");
        audit(&*driver.store, id).await;
        let everything = everything(&driver, id).await;
        assert!(everything.record.state.phase.is_terminal());
        outcomes.push((everything.essays, everything.waves, everything.results, everything.record.state.counters));
    }
    assert_eq!(outcomes[0], outcomes[1], "{story:?}");
}

async fn walks(store: Arc<dyn Store>, story: &Story, steps: &[Step]) {
    let driver = Driver::new(store);
    let id = driver.start(&story.name, story.essays, story.settings()).await;
    let colleague = driver.colleague("colleague");
    let mut ended: Option<BatchRecord> = None;
    let mut messages = 0;
    for step in steps {
        let rows = driver.comparisons(id).await;
        match step {
            Step::Advance => drop(driver.service.advance(id).await.expect("the batch goes on")),
            Step::AdvanceByColleague => drop(colleague.advance(id).await.expect("the batch goes on")),
            Step::Wake => drop(driver.service.wake(1_000).await.expect("the monitor runs")),
            Step::WakeByColleague => drop(colleague.wake(1_000).await.expect("the monitor runs")),
            Step::Answer(answers) if !rows.is_empty() => {
                let mut answer = |(index, saying): &(Index, Saying)| {
                    messages += 1;
                    in_message(&format!("{} {messages}", story.name), saying.of(index.get(&rows)))
                };
                let answers: Vec<_> = answers.iter().map(&mut answer).collect();
                driver.service.take_verdicts(&answers).await.expect("answers are taken");
            }
            Step::Ask(limit) => {
                let claimed = driver.service.claim_questions(*limit, TimeDelta::seconds(60)).await;
                let claimed = claimed.expect("questions are claimed");
                let ids: Vec<_> = claimed.iter().map(|question| ComparisonId::new(question.id.as_uuid())).collect();
                driver.service.questions_asked(&ids).await.expect("questions are asked");
            }
            Step::Refuse(index, saying) if !rows.is_empty() => {
                let row = index.get(&rows);
                if let cj_core::change::Outcome::Failed { code, .. } = saying.of(row).outcome {
                    let refusal = (row.id, code, Some(5));
                    driver.service.questions_refused(&[refusal]).await.expect("the refusal is noted");
                }
            }
            Step::Cancel => drop(driver.service.cancel(id).await),
            Step::Pass(time) => driver.later(*time),
            Step::Answer(_) | Step::Refuse(..) => {}
        }
        audit(&*driver.store, id).await;
        // Every story before this one has ended, and left no question behind.
        let depth = view(&driver.store).await.depth(MessageKind::Question).await.expect("the depth is read");
        let planned = driver.comparisons(id).await.iter().filter(|row| row.state == ComparisonState::Planned).count();
        assert_eq!(depth.pending, planned as u64, "questions wait for what is not to be asked, after {step:?}");
        let record = driver.record(id).await;
        if let Some(ended) = &ended {
            assert_eq!(&record, ended, "an ended batch changed at {step:?}");
        } else if record.state.phase.is_terminal() {
            ended = Some(record);
        }
    }
    ends(&driver, id).await;
}

/// From here on nothing goes wrong: the batch comes to its end, and says so once.
async fn ends(driver: &Driver, id: BatchId) {
    for _ in 0..200 {
        if driver.service.advance(id).await.expect("the batch goes on").is_terminal() {
            let names = driver.event_names(id).await;
            assert!(names == COMPLETION || names == FAILURE, "{names:?}");
            audit(&*driver.store, id).await;
            return;
        }
        let asked = driver.ask().await;
        let rows = driver.comparisons(id).await;
        driver.take(rows.iter().filter(|row| asked.contains(&row.id)).map(judged)).await;
        driver.later(TimeDelta::seconds(61));
        driver.service.wake(1_000).await.expect("the monitor runs");
    }
    panic!("the batch is stuck: {:?}", driver.record(id).await.state);
}

async fn merges(store: Arc<dyn Store>, story: &Story, cuts: [Index; 2]) {
    let driver = Driver::new(store);
    let id = driver.start(&story.name, story.essays, story.settings()).await;
    let rows = driver.comparisons(id).await;
    let mut view = view(&driver.store).await;
    let essays = EssayRepository::load(&mut *view, id, Texts::Include).await.expect("essays are loaded");
    let texts: EssayTexts = essays.into_iter().map(|essay| (essay.essay_id, essay.content)).collect();
    let worker = fixture::worker("worker");
    let cx = Context { now: driver.service.now(), worker: &worker, texts: &texts };
    let mut batch = Batch::load(driver.record(id).await, rows.clone(), Loaded::AllOpen);
    let inputs = story.answers(&rows).into_iter().flat_map(|answer| {
        let asked = Input::Asked { comparison_id: answer.verdict.comparison_id };
        [asked, Input::VerdictReceived(answer.verdict)]
    });
    let changes: Vec<ChangeSet> = inputs.filter_map(|input| batch.handle(input, &cx).ok()).collect();
    let [first, second] = cuts.map(|cut| cut.index(changes.len() + 1));
    let (first, second) = (first.min(second), first.max(second));
    let [a, b, c] = [&changes[..first], &changes[first..second], &changes[second..]].map(merged);
    assert_eq!(merged(&[merged(&[a.clone(), b.clone()]), c.clone()]), merged(&[a.clone(), merged(&[b, c])]));
    let mut right = a.clone();
    right.merge(ChangeSet::new());
    assert_eq!(right, a);
    let mut left = ChangeSet::new();
    left.merge(a.clone());
    assert_eq!(left, a);
}

fn merged(changes: &[ChangeSet]) -> ChangeSet {
    let mut all = ChangeSet::new();
    for change in changes {
        all.merge(change.clone());
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }

    /// A story takes as long as many simpler inputs: a quarter of the usual number, which `PROPTEST_CASES` sets.
    fn config() -> Config {
        let usual = Config::default();
        Config { cases: usual.cases.div_ceil(4), failure_persistence: None, ..usual }
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn slicing_is_invisible(story in story()) {
            crate::run(slices_like_single_answers(memory(), &story));
        }

        #[test]
        fn redelivery_changes_nothing(story in story(), again in vec(any::<Index>(), 1..30)) {
            crate::run(delivers_again(memory(), &story, &again));
        }

        #[test]
        fn order_does_not_change_scores(story in story(), order in any::<u64>()) {
            crate::run(shuffles(memory(), &story, order));
        }

        #[test]
        fn no_batch_is_ever_stuck(story in story(), steps in steps()) {
            crate::run(walks(memory(), &story, &steps));
        }

        #[test]
        fn merging_is_associative(story in story(), cuts in any::<[Index; 2]>()) {
            crate::run(merges(memory(), &story, cuts));
        }
    }
}
