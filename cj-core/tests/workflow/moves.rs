//! What inputs do to the model.

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::change::{CompletionReason, FailureReason, Phase, ScoringCause, WaitingFor};
use cj_core::id::ComparisonId;

use super::model::{Attempt, Model, Reaction, State};
use super::script::{Fit, Says, Worker};

/// How an attempt came to nothing.
#[derive(Clone, Copy)]
pub(crate) struct Loss {
    pub(crate) may_pass: bool,
    pub(crate) wanted_s: u32,
    /// The id of another attempt of a question.
    pub(crate) retry: fn((u32, u32), u32) -> ComparisonId,
}

impl Model {
    pub(crate) fn prepare(&mut self, ready: u32, worker: Worker) -> Reaction {
        match self.phase {
            phase if phase.is_terminal() => return Reaction::Refused("Ended"),
            Phase::Preparing => {}
            _ => return Reaction::Refused("WrongPhase"),
        }
        self.ready = ready;
        match ready {
            0 => self.end(Phase::Failed(FailureReason::NoUsableText)),
            1 => self.end(Phase::Completed(CompletionReason::InsufficientEssays)),
            _ => self.work(Phase::Pairing, worker),
        }
        self.moved()
    }

    /// A wave of these questions' first attempts.
    pub(crate) fn plan(&mut self, ids: &[ComparisonId], flaw: Option<&'static str>, worker: Worker) -> Reaction {
        match self.phase {
            phase if phase.is_terminal() => return Reaction::Refused("Ended"),
            Phase::Pairing => {}
            _ => return Reaction::Refused("WrongPhase"),
        }
        if let Some(flaw) = flaw {
            return Reaction::Refused(flaw);
        }
        if ids.is_empty() {
            if self.verdicts() > 0 {
                self.work(Phase::Scoring(ScoringCause::NoPairLeft), worker);
            } else {
                assert!(self.attempts.is_empty(), "only the first wave is planned without a verdict");
                self.end(Phase::Failed(FailureReason::NoUsableText));
            }
            return self.moved();
        }
        if ids.len() as u32 > self.left() {
            return Reaction::Refused("OverBudget");
        }
        self.wave += 1;
        for (ordinal, id) in ids.iter().enumerate() {
            self.attempts.push(planned(*id, (self.wave, ordinal as u32), 1, self.now));
        }
        self.threshold_at = None;
        self.phase = Phase::Waiting(WaitingFor::Wave);
        self.lease = None;
        self.moved()
    }

    fn at(&self, id: ComparisonId) -> Option<usize> {
        self.attempts.iter().position(|attempt| attempt.id == id)
    }

    pub(crate) fn ask(&mut self, id: ComparisonId) -> Reaction {
        let at = self.at(id).expect("only what was planned is asked");
        if self.phase.is_terminal() || self.attempts[at].state != State::Planned {
            return Reaction::Nothing;
        }
        let attempt = &mut self.attempts[at];
        attempt.state = State::Asked;
        attempt.asked_at = Some(self.now);
        attempt.deadline = self.now + TIMEOUT;
        self.moved()
    }

    pub(crate) fn decide(&mut self, id: ComparisonId, winner: char, worker: Worker) -> Reaction {
        let Some(at) = self.at(id) else { return Reaction::Refused("UnknownComparison") };
        let Attempt { state, verdict, question, .. } = self.attempts[at];
        if verdict == Some(winner) {
            return Reaction::Nothing;
        }
        if self.phase.is_terminal() {
            self.roles.push("late");
            return Reaction::Kept;
        }
        if matches!(state, State::Decided | State::Failed) {
            self.roles.push("conflict");
            return Reaction::Kept;
        }
        self.roles.push("counted");
        let was_first = !self.is_decided(question);
        let now = self.now;
        let attempt = &mut self.attempts[at];
        attempt.state = State::Decided;
        attempt.verdict = Some(winner);
        attempt.asked_at.get_or_insert(now);
        attempt.was_first = was_first;
        for other in self.attempts.iter_mut().filter(|a| a.question == question && a.state == State::Planned) {
            other.state = State::Withdrawn;
            self.withdrawn += 1;
        }
        self.fail_if_hopeless();
        self.settle(worker);
        self.moved()
    }

    /// A judge answers that it cannot.
    pub(crate) fn fails(&mut self, id: ComparisonId, loss: Loss, worker: Worker) -> Reaction {
        let Some(at) = self.at(id) else { return Reaction::Refused("UnknownComparison") };
        if self.phase.is_terminal() {
            self.roles.push("late");
            return Reaction::Kept;
        }
        if !matches!(self.attempts[at].state, State::Planned | State::Asked) {
            return Reaction::Nothing;
        }
        self.roles.push("counted");
        let now = self.now;
        self.attempts[at].asked_at.get_or_insert(now);
        self.lose(at, State::Failed, loss, worker);
        self.moved()
    }

    /// A judge could not be asked.
    pub(crate) fn refuse(&mut self, id: ComparisonId, loss: Loss, worker: Worker) -> Reaction {
        let at = self.at(id).expect("only what was planned is asked");
        if self.phase.is_terminal() || self.attempts[at].state != State::Planned {
            return Reaction::Nothing;
        }
        self.lose(at, State::Failed, loss, worker);
        self.moved()
    }

    fn lose(&mut self, at: usize, state: State, loss: Loss, worker: Worker) {
        let forced = self.phase == Phase::Scoring(ScoringCause::Forced);
        self.attempts[at].state = state;
        self.attempts[at].lost = Some(loss.may_pass);
        let Attempt { question, number, .. } = self.attempts[at];
        let again = loss.may_pass && number < self.terms.max_attempts && self.left() > 0 && !forced;
        if again && self.is_failed(question) {
            let pause = if number == 1 { TimeDelta::seconds(30) } else { TimeDelta::minutes(5) };
            let wanted = TimeDelta::seconds(i64::from(loss.wanted_s));
            let (id, at) = ((loss.retry)(question, number + 1), self.now + pause.max(wanted));
            self.attempts.push(planned(id, question, number + 1, at));
        }
        self.fail_if_hopeless();
        self.settle(worker);
    }

    pub(crate) fn wake(&mut self, retry: fn((u32, u32), u32) -> ComparisonId, worker: Worker) -> Reaction {
        if self.phase.is_terminal() || self.lease.is_some_and(|(_, until)| until > self.now) {
            return Reaction::Nothing;
        }
        if self.idle_at().is_some_and(|at| at <= self.now) {
            let counters = self.counters();
            let (decided, asked) = (self.standing(None).0, counters.questions_asked);
            if asked > 0 && decided * 5 >= asked * 4 {
                self.work(Phase::Scoring(ScoringCause::Forced), worker);
            } else {
                self.end(Phase::Failed(FailureReason::StuckTimeout));
            }
            return self.moved();
        }
        if self.phase.is_work() {
            self.work(self.phase, worker);
            return self.moved_quietly();
        }
        let is_due = |a: &&Attempt| matches!(a.state, State::Planned | State::Asked) && a.deadline <= self.now;
        let mut due: Vec<ComparisonId> = self.attempts.iter().filter(is_due).map(|attempt| attempt.id).collect();
        due.sort();
        for id in due {
            if !self.phase.is_terminal() {
                let at = self.at(id).expect("it was found above");
                self.lose(at, State::Expired, Loss { may_pass: true, wanted_s: 0, retry }, worker);
            }
        }
        self.settle(worker);
        self.moved_quietly()
    }

    pub(crate) fn claim(&mut self, worker: Worker) -> Reaction {
        match (self.phase, self.lease) {
            (phase, _) if phase.is_terminal() => Reaction::Refused("Ended"),
            (phase, _) if !phase.is_work() => Reaction::Refused("WrongPhase"),
            (_, Some((owner, until))) if until > self.now && owner != worker => Reaction::Refused("Leased"),
            (phase, _) => {
                self.work(phase, worker);
                self.moved_quietly()
            }
        }
    }

    pub(crate) fn cancel(&mut self) -> Reaction {
        if self.phase.is_terminal() {
            return Reaction::Refused("Ended");
        }
        self.end(Phase::Cancelled);
        self.moved()
    }

    /// A scale came. The rules stand here in the order of the specification.
    pub(crate) fn scored(&mut self, fit: Fit, worker: Worker) -> Reaction {
        let cause = match self.phase {
            phase if phase.is_terminal() => return Reaction::Refused("Ended"),
            Phase::Scoring(cause) => cause,
            _ => return Reaction::Refused("WrongPhase"),
        };
        if fit.is_stale {
            return Reaction::Refused("StaleScores");
        }
        let news = self.verdicts() - self.looked_at;
        let says = fit.says.filter(|_| news >= self.ready);
        if says.is_some() {
            self.looked_at = self.verdicts();
        }
        let open = self.standing(None).1;
        let floors = fit.is_connected && fit.fewest >= LEAST.min(2 * (self.ready - 1));
        let stable = self.terms.wants_stable && !fit.moved && open == 0 && floors;
        let is_spent = self.left() == 0;
        if self.is_hopeless() {
            self.end(Phase::Failed(FailureReason::LowSuccessRate));
        } else if cause == ScoringCause::Forced {
            self.end(Phase::Completed(CompletionReason::ForcedRecovery));
        } else if self.terms.has_target && says == Some(Says::Reliable) && floors {
            self.end(Phase::Completed(CompletionReason::TargetReliability));
        } else if matches!(says, Some(Says::Reliable | Says::Fair)) && stable {
            self.end(Phase::Completed(CompletionReason::Stable));
        } else if says == Some(Says::Noise) && 2 * self.verdicts() >= 20 * self.ready {
            self.end(Phase::Completed(CompletionReason::NoSignal));
        } else if (is_spent || cause == ScoringCause::NoPairLeft) && open > 0 {
            self.phase = Phase::Waiting(WaitingFor::Stragglers);
            self.lease = None;
        } else if is_spent {
            self.end(Phase::Completed(CompletionReason::BudgetExhausted));
        } else if cause == ScoringCause::NoPairLeft {
            self.end(Phase::Completed(CompletionReason::PairsExhausted));
        } else {
            self.work(Phase::Pairing, worker);
        }
        self.moved()
    }
}

fn planned(id: ComparisonId, question: (u32, u32), number: u32, at: DateTime<Utc>) -> Attempt {
    let deadline = at + TIMEOUT;
    let state = State::Planned;
    Attempt { id, question, number, state, verdict: None, asked_at: None, deadline, lost: None, was_first: false }
}

const TIMEOUT: TimeDelta = TimeDelta::minutes(15);
/// Verdicts that every essay must have before a batch ends early.
const LEAST: u32 = 4;
