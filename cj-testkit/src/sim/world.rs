//! The simulated world at work: tasks of workers, run in turns that chance decides.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::batch::BatchRequest;
use cj_core::change::{MessageKind, Phase};
use cj_core::id::{BatchId, WorkerId};
use cj_core::service::{Answer, Precision, Service};
use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::START;
use super::action::{Action, Outcome, perform};
use super::dice::Dice;
use super::invariant::{Ended, Invariant, all};
use super::post::Post;
use super::run::Step;
use super::scenario::Scenario;
use super::shared::{Pause, Shared};
use super::snapshot::{Snapshot, at_once};
use super::store::SimStore;
use super::violation::Violation;
use crate::watch::Watch;

/// What is due at a time.
enum Due {
    Tick(usize),
    Act(Action),
    Answer(Box<Answer>),
}

struct Member {
    service: Service,
    lives: u32,
}

struct Task {
    worker: usize,
    what: String,
    action: Action,
    future: Pin<Box<dyn Future<Output = Outcome> + Send>>,
    until: DateTime<Utc>,
}

pub(super) struct World {
    shared: Arc<Shared>,
    truth: MemoryStore,
    post: Arc<Post>,
    watch: Arc<Watch>,
    requests: Arc<Vec<BatchRequest>>,
    members: Vec<Member>,
    queue: BTreeMap<(DateTime<Utc>, u64), Due>,
    tasks: Vec<Task>,
    serial: u64,
    snapshots: BTreeMap<BatchId, Snapshot>,
    invariants: Vec<Box<dyn Invariant>>,
    delivered: Vec<Answer>,
    pub(super) steps: Vec<Step>,
}

impl World {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let mut dice = Dice::new(ChaCha8Rng::seed_from_u64(scenario.seed));
        let requests: Vec<_> =
            (0..scenario.batches).map(|number| super::request::request(number, scenario.essays, &mut dice)).collect();
        let cancels: Vec<bool> = requests.iter().map(|_| dice.happens(scenario.cancels)).collect();
        let shared = Arc::new(Shared::new(scenario.clone(), dice, START));
        let mut world = Self {
            truth: MemoryStore::new(),
            post: Arc::new(Post::new(Arc::clone(&shared))),
            watch: Arc::default(),
            requests: Arc::new(requests),
            members: Vec::new(),
            queue: BTreeMap::new(),
            tasks: Vec::new(),
            serial: 0,
            snapshots: BTreeMap::new(),
            invariants: all(),
            delivered: Vec::new(),
            steps: Vec::new(),
            shared,
        };
        for worker in 0..scenario.workers as usize {
            let service = world.service(worker, 0);
            world.members.push(Member { service, lives: 0 });
            let at = world.draw(0, 5);
            world.later(at, Due::Tick(worker));
        }
        for (number, cancels) in cancels.into_iter().enumerate() {
            let at = world.draw(0, 120);
            world.later(at, Due::Act(Action::Submit(number)));
            if cancels {
                let at = at + world.draw(1, 900);
                let id = BatchId::of_request(world.requests[number].event_id);
                world.later(at, Due::Act(Action::Cancel(id)));
            }
        }
        world
    }

    /// Runs until everything has ended and all that was to leave has left.
    pub(super) fn run(&mut self) -> Result<(), Violation> {
        while !self.is_over()? {
            let now = self.shared.now();
            if now > START + PATIENCE {
                return Err(
                    self.violation("every batch ends", format!("it goes on after {} hours", PATIENCE.num_hours()))
                );
            }
            // Late in the run nothing goes wrong any more: whatever stands still then, stands still for ever.
            self.shared.inner().calm = now > START + TROUBLE;
            let ready: Vec<usize> = (0..self.tasks.len()).filter(|at| self.tasks[*at].until <= now).collect();
            if ready.is_empty() {
                self.pass_time()?;
            } else {
                let at = ready[self.shared.inner().dice.below(ready.len())];
                self.turn(at)?;
            }
        }
        let ended = Ended {
            scenario: &self.shared.scenario,
            snapshots: &self.snapshots,
            delivered: &self.delivered,
            events: &self.post.events(),
            dead: &self.dead_letters()?,
            requested: &self.requests,
            told: &self.watch.counts(),
        };
        for invariant in &self.invariants {
            if let Err(detail) = invariant.at_the_end(&ended) {
                return Err(self.violation(invariant.name(), detail));
            }
        }
        Ok(())
    }

    /// How each batch ended, or where it is.
    pub(super) fn endings(&self) -> BTreeMap<String, String> {
        let row = |batch: &Snapshot| (batch.record.header.bos_batch_id.clone(), ending(batch.record.state.phase));
        self.snapshots.values().map(row).collect()
    }

    /// How often what happened.
    pub(super) fn tally(&self) -> BTreeMap<String, u32> {
        let mut tally = BTreeMap::<String, u32>::new();
        let mut count = |what: String| *tally.entry(what).or_default() += 1;
        for step in &self.steps {
            count(format!("task {}", step.outcome));
        }
        for batch in self.snapshots.values() {
            batch.decisions.iter().for_each(|row| count(format!("answer {}", row.role.code())));
            batch.comparisons.iter().for_each(|row| count(format!("attempt {} {}", row.attempt, row.state.code())));
        }
        tally
    }

    fn service(&self, worker: usize, life: u32) -> Service {
        let store = Arc::new(SimStore { truth: self.truth.clone(), shared: Arc::clone(&self.shared) });
        let name = WorkerId::new(format!("worker-{worker}-{life}")).expect("a short name is good");
        Service::new(store, Arc::<cj_core::port::ManualClock>::clone(&self.shared.clock), name)
            .with_precision(Precision::ROUGH)
            .with_observer(Arc::<Watch>::clone(&self.watch))
    }

    fn draw(&self, least_s: u32, most_s: u32) -> TimeDelta {
        self.shared.inner().dice.between(least_s, most_s)
    }

    fn later(&mut self, after: TimeDelta, due: Due) {
        self.at(self.shared.now() + after, due);
    }

    fn at(&mut self, time: DateTime<Utc>, due: Due) {
        self.serial += 1;
        self.queue.insert((time, self.serial), due);
    }

    /// Goes on to the next thing that is due.
    fn pass_time(&mut self) -> Result<(), Violation> {
        let next = self.queue.first_key_value().map(|((time, _), _)| *time);
        let wake = self.tasks.iter().map(|task| task.until).min();
        let Some(time) = next.into_iter().chain(wake).min() else {
            return Err(self.violation("every batch ends", "nothing is due any more".to_owned()));
        };
        self.shared.clock.advance_to(time);
        let mut answers: Vec<Answer> = Vec::new();
        while self.queue.first_key_value().is_some_and(|((at, _), _)| *at <= time) {
            match self.queue.pop_first().map(|(_, due)| due) {
                Some(Due::Answer(answer)) => answers.push(*answer),
                Some(Due::Act(action)) => self.start(action),
                Some(Due::Tick(worker)) => self.tick(worker),
                None => {}
            }
        }
        for slice in answers.chunks(SLICE) {
            self.start(Action::Take(slice.to_vec()));
        }
        Ok(())
    }

    fn tick(&mut self, worker: usize) {
        for action in [Action::Wake, Action::Ask, Action::Relay] {
            self.start_on(worker, action);
        }
        let pause = self.draw(5, 40);
        self.later(pause, Due::Tick(worker));
    }

    fn start(&mut self, action: Action) {
        let worker = self.shared.inner().dice.below(self.members.len());
        self.start_on(worker, action);
    }

    fn start_on(&mut self, worker: usize, action: Action) {
        let service = self.members[worker].service.clone();
        let (shared, post, requests) = (Arc::clone(&self.shared), Arc::clone(&self.post), Arc::clone(&self.requests));
        let future = Box::pin(perform(service, shared, post, requests, action.clone()));
        let what = action.name(&self.requests);
        self.tasks.push(Task { worker, what, action, future, until: self.shared.now() });
    }

    /// Lets one task go on until it waits, and looks at what it did.
    fn turn(&mut self, at: usize) -> Result<(), Violation> {
        let polled = self.tasks[at].future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let (pause, committed) = {
            let mut inner = self.shared.inner();
            (inner.pause.take(), std::mem::take(&mut inner.committed))
        };
        match (polled, pause) {
            (Poll::Ready(outcome), _) => {
                let task = self.tasks.swap_remove(at);
                self.note(&task, &outcome);
                if committed {
                    self.look()?;
                }
                self.follow(task, outcome)?;
            }
            (Poll::Pending, Some(Pause::Until(time))) => self.tasks[at].until = time,
            (Poll::Pending, _) => self.dies(self.tasks[at].worker),
        }
        if committed {
            self.look()?;
        }
        let on_their_way = std::mem::take(&mut self.shared.inner().answers);
        for (time, answer) in on_their_way {
            self.at(time, Due::Answer(Box::new(answer)));
        }
        Ok(())
    }

    /// A worker dies with all that it was at; what was being delivered to it is delivered again, to whomever.
    fn dies(&mut self, worker: usize) {
        let (lost, kept) = std::mem::take(&mut self.tasks).into_iter().partition(|task| task.worker == worker);
        self.tasks = kept;
        let lost: Vec<Task> = lost;
        for task in lost {
            self.steps.push(self.step(&task.what, worker, "died"));
            if task.action.is_delivery() {
                let pause = self.draw(1, 30);
                self.later(pause, Due::Act(task.action));
            }
        }
        let life = self.members[worker].lives + 1;
        self.members[worker] = Member { service: self.service(worker, life), lives: life };
    }

    /// What follows from the end of a task.
    fn follow(&mut self, task: Task, outcome: Outcome) -> Result<(), Violation> {
        let is_delivery = task.action.is_delivery();
        match outcome {
            Outcome::Done(work) => {
                if let Action::Take(answers) = &task.action {
                    self.delivered.extend(answers.iter().cloned());
                }
                let again = self.shared.scenario.redelivery;
                let again = is_delivery && !self.shared.inner().calm && self.shared.inner().dice.happens(again);
                if again {
                    let pause = self.draw(0, 1_200);
                    self.later(pause, Due::Act(task.action));
                }
                for id in work {
                    self.start_on(task.worker, Action::Advance(id));
                }
            }
            Outcome::Again => {
                if is_delivery {
                    let pause = self.draw(1, 30);
                    self.later(pause, Due::Act(task.action));
                }
            }
            Outcome::Broken(error) => {
                return Err(self.violation("nothing fails for good", format!("{}: {error}", task.what)));
            }
        }
        Ok(())
    }

    fn note(&mut self, task: &Task, outcome: &Outcome) {
        if !matches!((&task.action, outcome), (Action::Wake | Action::Ask | Action::Relay, Outcome::Done(work)) if work.is_empty())
        {
            self.steps.push(self.step(&task.what, task.worker, outcome.name()));
        }
    }

    fn step(&self, what: &str, worker: usize, outcome: &str) -> Step {
        let seconds = (self.shared.now() - START).as_seconds_f64();
        Step { seconds, worker: worker as u32, what: what.to_owned(), outcome: outcome.to_owned() }
    }

    /// Looks at every batch whose rows have changed.
    fn look(&mut self) -> Result<(), Violation> {
        let now = self.shared.now();
        for request in self.requests.iter() {
            let id = BatchId::of_request(request.event_id);
            let found = Snapshot::of(&self.truth, id).map_err(|error| self.violation("a view", error.to_string()))?;
            let Some(after) = found else { continue };
            let before = self.snapshots.get(&id);
            if before == Some(&after) {
                continue;
            }
            for invariant in &mut self.invariants {
                if let Err(detail) = invariant.on_change(before, &after, now) {
                    let name = invariant.name();
                    return Err(self.violation(name, format!("batch {}: {detail}", after.record.header.bos_batch_id)));
                }
            }
            self.snapshots.insert(id, after);
        }
        Ok(())
    }

    fn is_over(&self) -> Result<bool, Violation> {
        let delivering = self.queue.values().any(|due| !matches!(due, Due::Tick(_)));
        let ended = self.snapshots.len() == self.requests.len()
            && self.snapshots.values().all(|batch| batch.record.state.phase.is_terminal());
        if delivering || !ended || !self.tasks.is_empty() {
            return Ok(false);
        }
        let depth = at_once(async { self.truth.read().await?.depth(MessageKind::Event).await });
        let depth = depth.map_err(|error| self.violation("a view", error.to_string()))?;
        Ok(depth.pending == 0)
    }

    fn dead_letters(&self) -> Result<Vec<cj_core::change::DeadLetter>, Violation> {
        let found = at_once(async { self.truth.read().await?.newest(u32::MAX).await });
        found.map_err(|error| self.violation("a view", error.to_string()))
    }

    fn violation(&self, invariant: &str, detail: String) -> Violation {
        let seconds = (self.shared.now() - START).as_seconds_f64();
        Violation { invariant: invariant.to_owned(), detail, seconds }
    }
}

fn ending(phase: Phase) -> String {
    match phase.reason() {
        Some(reason) => format!("{phase} {reason}"),
        None => phase.to_string(),
    }
}

/// Answers of one slice.
const SLICE: usize = 10;
/// After so long nothing goes wrong any more.
const TROUBLE: TimeDelta = TimeDelta::hours(4);
/// After so long everything must have ended.
const PATIENCE: TimeDelta = TimeDelta::hours(16);
