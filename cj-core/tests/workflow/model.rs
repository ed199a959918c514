//! What a batch must do, said as simply as it can be: a list of attempts, and everything else counted from it anew each time.
//! It shares no code with the state machine, and keeps no figure that it could count.

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{Counters, FailureReason, Phase, ScoringCause, WaitingFor};
use cj_core::id::ComparisonId;

use super::script::{Terms, Worker};

/// What became of an input.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reaction {
    /// It was refused, for this reason.
    Refused(&'static str),
    /// Nothing is written.
    Nothing,
    /// An answer is kept, the batch stays as it is.
    Kept,
    /// The batch went on.
    Moved,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum State {
    Planned,
    Asked,
    Decided,
    Failed,
    Expired,
    /// Not wanted any more, because another attempt was decided.
    Withdrawn,
    /// Not wanted any more, because the batch ended.
    Cancelled,
}

#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) id: ComparisonId,
    pub(crate) question: (u32, u32),
    pub(crate) number: u32,
    pub(crate) state: State,
    pub(crate) verdict: Option<char>,
    pub(crate) asked_at: Option<DateTime<Utc>>,
    pub(crate) deadline: DateTime<Utc>,
    /// Whether it ever failed or expired, and whether that may be mended.
    pub(crate) lost: Option<bool>,
    pub(crate) was_first: bool,
}

pub(crate) struct Model {
    pub(crate) terms: Terms,
    pub(crate) ready: u32,
    pub(crate) now: DateTime<Utc>,
    pub(crate) phase: Phase,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) wave: u32,
    pub(crate) threshold_at: Option<DateTime<Utc>>,
    pub(crate) scored_early: bool,
    pub(crate) last_activity: DateTime<Utc>,
    pub(crate) lease: Option<(Worker, DateTime<Utc>)>,
    pub(crate) looked_at: u32,
    /// The roles of the answers kept, in order.
    pub(crate) roles: Vec<&'static str>,
    pub(crate) version: u64,
    /// Every phase so far.
    pub(crate) phases: Vec<Phase>,
    pub(crate) since: DateTime<Utc>,
    /// Retries that were ever withdrawn.
    pub(crate) withdrawn: u32,
}

impl Model {
    pub(crate) fn new(terms: Terms, now: DateTime<Utc>) -> Self {
        let lease = Some((Worker::First, now + LEASE));
        Self {
            terms,
            ready: 0,
            now,
            phase: Phase::Preparing,
            attempts: Vec::new(),
            wave: 0,
            threshold_at: None,
            scored_early: false,
            last_activity: now,
            lease,
            looked_at: 0,
            roles: Vec::new(),
            version: 1,
            phases: vec![Phase::Preparing],
            since: now,
            withdrawn: 0,
        }
    }

    pub(crate) fn budget(&self) -> u32 {
        self.terms.essays - 1 + self.terms.spare
    }

    pub(crate) fn left(&self) -> u32 {
        self.budget() - self.attempts.len() as u32
    }

    pub(super) fn count(&self, test: impl Fn(&Attempt) -> bool) -> u32 {
        self.attempts.iter().filter(|attempt| test(attempt)).count() as u32
    }

    fn questions(&self) -> impl Iterator<Item = (u32, u32)> {
        self.attempts.iter().filter(|attempt| attempt.number == 1).map(|attempt| attempt.question)
    }

    pub(super) fn any(&self, question: (u32, u32), test: impl Fn(State) -> bool) -> bool {
        self.attempts.iter().any(|attempt| attempt.question == question && test(attempt.state))
    }

    pub(super) fn is_decided(&self, question: (u32, u32)) -> bool {
        self.any(question, |state| state == State::Decided)
    }

    pub(super) fn is_open(&self, question: (u32, u32)) -> bool {
        !self.is_decided(question)
            && self.any(question, |state| matches!(state, State::Planned | State::Asked | State::Cancelled))
    }

    pub(super) fn is_failed(&self, question: (u32, u32)) -> bool {
        !self.is_decided(question) && !self.is_open(question)
    }

    /// Questions decided, open and failed, of one wave or of all.
    pub(super) fn standing(&self, wave: Option<u32>) -> (u32, u32, u32) {
        let of = |test: &dyn Fn((u32, u32)) -> bool| {
            self.questions().filter(|q| wave.is_none_or(|wave| q.0 == wave) && test(*q)).count() as u32
        };
        (of(&|q| self.is_decided(q)), of(&|q| self.is_open(q)), of(&|q| self.is_failed(q)))
    }

    pub(crate) fn verdicts(&self) -> u32 {
        self.count(|attempt| attempt.state == State::Decided)
    }

    pub(crate) fn counters(&self) -> Counters {
        let decided = self.standing(None).0;
        let asked = |q: &(u32, u32)| self.attempts.iter().any(|a| a.question == *q && a.asked_at.is_some());
        Counters {
            budget: self.budget(),
            questions: self.questions().count() as u32,
            planned: self.attempts.len() as u32,
            withdrawn: self.count(|attempt| attempt.state == State::Withdrawn),
            asked: self.count(|attempt| attempt.asked_at.is_some()),
            questions_asked: self.questions().filter(asked).count() as u32,
            decided: self.verdicts(),
            repeats: self.verdicts() - decided,
            failed: self.standing(None).2,
            retryable: self.count(|attempt| attempt.lost == Some(true)),
            retried: self.count(|attempt| attempt.number > 1),
            rescued: self.count(|attempt| attempt.was_first && attempt.number > 1),
        }
    }

    /// Number, questions, decided, failed of the last wave.
    pub(crate) fn wave(&self) -> (u32, u32, u32, u32) {
        let (decided, open, failed) = self.standing(Some(self.wave));
        (self.wave, decided + open + failed, decided, failed)
    }

    /// How often an attempt came so far.
    pub(crate) fn steps(&self) -> [(&'static str, u32); 7] {
        let failed = |asked: bool| self.count(|a| a.state == State::Failed && a.asked_at.is_some() == asked);
        [
            ("planned", self.attempts.len() as u32),
            ("asked", self.count(|attempt| attempt.asked_at.is_some())),
            ("decided", self.verdicts()),
            ("failed", failed(true)),
            ("refused", failed(false)),
            ("expired", self.count(|attempt| attempt.lost.is_some() && attempt.state != State::Failed)),
            ("withdrawn", self.withdrawn),
        ]
    }

    /// The first thing that is due; a lease goes before everything else.
    pub(crate) fn due(&self) -> Option<DateTime<Utc>> {
        match (self.phase, &self.lease) {
            (phase, _) if phase.is_terminal() => None,
            (_, Some((_, until))) => Some(*until),
            _ => {
                let open = self.attempts.iter().filter(|a| matches!(a.state, State::Planned | State::Asked));
                let grace = self.threshold_at.filter(|_| self.phase == Phase::Waiting(WaitingFor::Wave));
                let idle = self.idle_at();
                open.map(|a| a.deadline).chain(grace.map(|at| at + self.grace())).chain(idle).min()
            }
        }
    }

    pub(super) fn grace(&self) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.terms.grace_s))
    }

    pub(super) fn idle_at(&self) -> Option<DateTime<Utc>> {
        self.terms.idle_s.map(|idle| self.last_activity + TimeDelta::seconds(i64::from(idle)))
    }

    pub(super) fn work(&mut self, phase: Phase, worker: Worker) {
        self.phase = phase;
        self.lease = Some((worker, self.now + LEASE));
    }

    pub(super) fn end(&mut self, phase: Phase) {
        self.phase = phase;
        self.lease = None;
        for attempt in &mut self.attempts {
            if matches!(attempt.state, State::Planned | State::Asked) {
                attempt.state = State::Cancelled;
            }
        }
    }

    pub(super) fn moved(&mut self) -> Reaction {
        self.last_activity = self.now;
        self.moved_quietly()
    }

    pub(super) fn moved_quietly(&mut self) -> Reaction {
        self.version += 1;
        if self.phases.last() != Some(&self.phase) {
            self.phases.push(self.phase);
            self.since = self.now;
        }
        Reaction::Moved
    }

    pub(super) fn is_hopeless(&self) -> bool {
        let (decided, open, failed) = self.standing(None);
        let best = decided + open;
        failed > 0 && (best == 0 || best * 5 < self.terms.fifths * (best + failed))
    }

    pub(super) fn fail_if_hopeless(&mut self) {
        if self.is_hopeless() {
            self.end(Phase::Failed(FailureReason::LowSuccessRate));
        }
    }

    pub(super) fn settle(&mut self, worker: Worker) {
        let (_, questions, decided, failed) = self.wave();
        let settled = match self.phase {
            Phase::Waiting(WaitingFor::Stragglers) => self.standing(None).1 == 0,
            Phase::Waiting(WaitingFor::Wave) if decided + failed == questions => true,
            Phase::Waiting(WaitingFor::Wave) if decided * 100 >= questions * u32::from(self.terms.threshold_pct) => {
                let reached = *self.threshold_at.get_or_insert(self.now);
                let passed = reached + self.grace() <= self.now;
                self.scored_early |= passed;
                passed
            }
            _ => false,
        };
        if settled {
            self.work(Phase::Scoring(ScoringCause::WaveSettled), worker);
        }
    }
}

const LEASE: TimeDelta = TimeDelta::seconds(60);
