//! The machine and the model side by side: each is given the same inputs, and what they say is compared.

use chrono::{DateTime, TimeDelta};
use cj_core::batch::{
    Batch, BatchRequest, Context, EssayTexts, Input, PlannedPair, Rejection, RequestedEssay, Scored, WavePlan,
};
use cj_core::change::{
    EssayContent, EssayKind, EssayRecord, EssayScore, EssayStatus, EvidenceTotals, FitSummary, HonestReliability,
    Outcome, Phase, RequestSnapshot, ScoreSheet, Verdict, WaveRecord, Winner,
};
use cj_core::config::{Settings, Strategy};
use cj_core::event::ErrorCode;
use cj_core::id::{BatchId, ComparisonId, EssayId, EventId, WorkerId};
use proptest::sample::Index;
use uuid::Uuid;

use super::agreement::agree;
use super::model::{Model, Reaction, State};
use super::moves::Loss;
use super::rows::Rows;
use super::script::{Fit, Flaw, Plan, Saying, Says, Step, Terms, Worker};

pub(crate) struct World {
    pub(super) rows: Rows,
    pub(super) model: Model,
    essays: Vec<EssayRecord>,
    texts: EssayTexts,
}

impl World {
    pub(crate) fn new(terms: Terms) -> Self {
        let now = DateTime::from_timestamp(1_770_000_000, 0).expect("a time of this age");
        let model = Model::new(terms, now);
        let request = request(terms, model.budget());
        let texts = request.essays.iter().map(|essay| (essay.essay_id.clone(), essay.content.clone())).collect();
        let worker = named(Worker::First);
        let cx = Context { now, worker: &worker, texts: &texts };
        let (_, change) = Batch::request(request, &cx).expect("the request is good");
        let essays = change.inserted_essays().cloned().collect();
        Self { rows: Rows::of(&change), model, essays, texts }
    }

    /// Does one step in both, and says what they disagree about.
    pub(crate) fn takes(&mut self, step: &Step) -> Result<(), String> {
        let first = Worker::First;
        match step {
            Step::Work(plan, fit) => match self.model.phase {
                Phase::Preparing => self.takes(&Step::Prepare(self.model.terms.essays)),
                Phase::Pairing => self.takes(&Step::Plan(*plan)),
                Phase::Scoring(_) => self.takes(&Step::Fit(*fit)),
                _ => Ok(()),
            },
            Step::Pass(seconds) => {
                self.model.now += TimeDelta::seconds(i64::from(*seconds));
                Ok(())
            }
            Step::Ask(index) => self.about(*index, |world, comparison_id| {
                let expected = world.model.ask(comparison_id);
                world.compare(Input::Asked { comparison_id }, Some(comparison_id), first, expected)
            }),
            Step::Refuse(index, saying) => self.about(*index, |world, comparison_id| {
                let Outcome::Failed { code, retry_after_s, .. } = outcome(*saying) else { return Ok(()) };
                let expected = world.model.refuse(comparison_id, loss(*saying), first);
                let input = Input::AskFailed { comparison_id, code, retry_after_s };
                world.compare(input, Some(comparison_id), first, expected)
            }),
            Step::Say(index, saying) => self.about(*index, |world, id| world.says(id, *saying)),
            Step::SayAll(saying) => {
                let is_open = |state| matches!(state, State::Planned | State::Asked);
                let open = self.model.attempts.iter().filter(|attempt| is_open(attempt.state));
                let open: Vec<ComparisonId> = open.map(|attempt| attempt.id).collect();
                open.into_iter().try_for_each(|id| self.says(id, *saying))
            }
            Step::SayToNobody(saying) => self.says(batch_id().comparison_id(1_000, 0, 1), *saying),
            Step::Cancel => {
                let expected = self.model.cancel();
                self.compare(Input::CancelRequested, None, first, expected)
            }
            Step::Claim(worker) => {
                let expected = self.model.claim(*worker);
                self.compare(Input::WorkClaimed, None, *worker, expected)
            }
            Step::Wake(worker) => {
                let expected = self.model.wake(attempt_id, *worker);
                self.compare(Input::DeadlinePassed, None, *worker, expected)
            }
            Step::WakeWhenDue(worker, seconds) => {
                let wanted = self.rows.batch.state.next_deadline;
                let at = wanted.map(|at| at + TimeDelta::seconds(i64::from(*seconds)));
                self.model.now = at.map_or(self.model.now, |at| at.max(self.model.now));
                self.takes(&Step::Wake(*worker))
            }
            Step::Prepare(ready) => {
                let ready = (*ready).min(self.model.terms.essays);
                let status = |place: u32| if place < ready { EssayStatus::Ready } else { EssayStatus::Missing };
                let essays = self.essays.iter().cloned().zip(0..);
                let essays = essays.map(|(row, place)| EssayRecord { status: status(place), ..row }).collect();
                let expected = self.model.prepare(ready, first);
                self.compare(Input::ContentReady { essays }, None, first, expected)
            }
            Step::Plan(plan) => {
                let (input, ids, flaw) = self.plan(*plan);
                let expected = self.model.plan(&ids, flaw, first);
                self.compare(Input::WavePlanned(input), None, first, expected)
            }
            Step::Fit(fit) => {
                let input = self.scale(*fit);
                let expected = self.model.scored(*fit, first);
                self.compare(Input::Scored(Box::new(input)), None, first, expected)
            }
        }
    }

    fn about(
        &mut self,
        index: Index,
        step: impl FnOnce(&mut Self, ComparisonId) -> Result<(), String>,
    ) -> Result<(), String> {
        let attempts = &self.model.attempts;
        let Some(attempt) = (!attempts.is_empty()).then(|| index.get(attempts)) else { return Ok(()) };
        step(self, attempt.id)
    }

    fn says(&mut self, id: ComparisonId, saying: Saying) -> Result<(), String> {
        let outcome = outcome(saying);
        let expected = match &outcome {
            Outcome::Decided(winner) => self.model.decide(id, letter(*winner), Worker::First),
            Outcome::Failed { .. } => self.model.fails(id, loss(saying), Worker::First),
        };
        let verdict = Verdict { outcome, ..Verdict::decided(id, Winner::A) };
        self.compare(Input::VerdictReceived(verdict), Some(id), Worker::First, expected)
    }

    /// The plan, the ids of its questions, and why it is to be refused, if it is.
    fn plan(&self, plan: Plan) -> (WavePlan, Vec<ComparisonId>, Option<&'static str>) {
        let essays = self.model.ready.max(2) as usize;
        let shown = (0..essays).flat_map(|a| (1..essays).map(move |by| (a, (a + by) % essays)));
        let pair = |(a, b)| PlannedPair { essay_a: essay(a), essay_b: essay(b), judge_id: None };
        let mut pairs: Vec<PlannedPair> = shown.cycle().take(plan.pairs).map(pair).collect();
        let (mut wave, mut strategy, mut flaw) = (self.model.wave + 1, Strategy::Given, None);
        match (plan.flaw, pairs.first().cloned()) {
            (Some(Flaw::WrongWave), _) => (wave, flaw) = (wave + 1, Some("StalePlan")),
            (Some(Flaw::SelfPair), Some(first)) => {
                pairs.push(PlannedPair { essay_a: first.essay_b.clone(), ..first });
                flaw = Some("InvalidPair");
            }
            (Some(Flaw::Repeats), Some(first)) => {
                pairs.push(first);
                (strategy, flaw) = (Strategy::Random, Some("InvalidPair"));
            }
            _ => {}
        }
        let ids = (0..pairs.len() as u32).map(|ordinal| attempt_id((wave, ordinal), 1)).collect();
        (WavePlan { wave, strategy, seed: 7, pairs }, ids, flaw)
    }

    fn scale(&self, fit: Fit) -> Scored {
        let ready = self.model.ready as usize;
        let row = |place: usize| EssayScore {
            essay_id: essay(place),
            score: 1.0 - place as f64,
            se: 0.5,
            rank: place as u32 + 1,
            rank_low: 1,
            rank_high: ready as u32,
            comparisons: fit.fewest + 3 * place as u32,
            wins: 0,
            losses: 0,
            ties: 0,
            infit: None,
            outfit: None,
        };
        let all: Vec<EssayId> = (0..ready).map(essay).collect();
        let components = if fit.is_connected { vec![all] } else { all.into_iter().map(|id| vec![id]).collect() };
        let reliability = fit.says.map(|says| {
            let (low, p_no_signal) = match says {
                Says::Reliable => (0.9, 0.0),
                Says::Fair => (0.6, 0.0),
                Says::Noise => (0.1, 0.9),
            };
            HonestReliability { median: low, low, high: low, p_no_signal, latent_sd: 1.0 }
        });
        let stored = self.rows.batch.state.counters.decided;
        let sheet = ScoreSheet {
            watermark: if fit.is_stale { stored + 1 } else { stored },
            essays: (0..ready).map(row).collect(),
            fit: FitSummary {
                prior: "eb".to_owned(),
                log_likelihood: -1.0,
                iterations: 1,
                max_gradient: None,
                components,
            },
            separation: None,
            reliability,
            max_change: Some(if fit.moved { 1.0 } else { 0.01 }),
            warnings: Vec::new(),
        };
        let wave = WaveRecord {
            batch_id: batch_id(),
            wave: self.model.wave,
            planned_at: self.model.now,
            strategy: Strategy::Given,
            seed: 7,
            pairs_planned: 1,
            scored_at: None,
            sheet: None,
        };
        let status = |place: u32| if place < self.model.ready { EssayStatus::Ready } else { EssayStatus::Missing };
        let essays = self.essays.iter().cloned().zip(0..);
        let essays = essays.map(|(row, place)| EssayRecord { status: status(place), ..row }).collect();
        Scored { sheet, wave, essays, totals: EvidenceTotals::default() }
    }

    /// Hands an input to the machine as the shell does, writes what it says, and looks whether all is as the model has it.
    fn compare(
        &mut self,
        input: Input,
        about: Option<ComparisonId>,
        worker: Worker,
        expected: Reaction,
    ) -> Result<(), String> {
        let worker = named(worker);
        let cx = Context { now: self.model.now, worker: &worker, texts: &self.texts };
        let mut batch = self.rows.load(about);
        let before = batch.state().clone();
        let found = match batch.handle(input, &cx) {
            Err(rejection) => {
                agree("the state after a refusal", batch.state(), &before)?;
                Reaction::Refused(name(&rejection))
            }
            Ok(change) if change.is_empty() => Reaction::Nothing,
            Ok(change) => {
                let moved = change.updated_batches().next().is_some();
                self.rows.write(&change);
                if moved { Reaction::Moved } else { Reaction::Kept }
            }
        };
        agree("the reaction", &found, &expected)?;
        agree("what is in memory and what is stored", batch.state(), &self.rows.batch.state)?;
        if found == Reaction::Moved {
            self.deadline_is_right(about, before.next_deadline.filter(|_| !before.phase.is_work()))?;
        }
        self.agrees()
    }
}

fn batch_id() -> BatchId {
    BatchId::of_request(EventId::of_bytes(REQUEST))
}

fn attempt_id((wave, ordinal): (u32, u32), number: u32) -> ComparisonId {
    batch_id().comparison_id(wave, ordinal, number)
}

fn essay(place: usize) -> EssayId {
    EssayId::new(format!("E{place}")).expect("a short id is good")
}

pub(super) fn named(worker: Worker) -> WorkerId {
    WorkerId::new(format!("{worker:?}")).expect("a short name is good")
}

pub(super) const fn letter(winner: Winner) -> char {
    match winner {
        Winner::A => 'a',
        Winner::B => 'b',
        Winner::Tie => 't',
    }
}

fn outcome(saying: Saying) -> Outcome {
    let failed = |code, retry_after_s| Outcome::Failed { code, message: None, retry_after_s };
    match saying {
        Saying::A => Outcome::Decided(Winner::A),
        Saying::B => Outcome::Decided(Winner::B),
        Saying::Tie => Outcome::Decided(Winner::Tie),
        Saying::FailedForNow(wanted) => failed(ErrorCode::RATE_LIMIT, wanted),
        Saying::FailedForGood => failed(ErrorCode::VALIDATION_ERROR, None),
    }
}

fn loss(saying: Saying) -> Loss {
    match saying {
        Saying::FailedForNow(wanted) => Loss { may_pass: true, wanted_s: wanted.unwrap_or(0), retry: attempt_id },
        _ => Loss { may_pass: false, wanted_s: 0, retry: attempt_id },
    }
}

const fn name(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::Ended { .. } => "Ended",
        Rejection::InvalidPair { .. } => "InvalidPair",
        Rejection::Leased { .. } => "Leased",
        Rejection::OverBudget { .. } => "OverBudget",
        Rejection::StalePlan { .. } => "StalePlan",
        Rejection::StaleScores { .. } => "StaleScores",
        Rejection::UnknownComparison(_) => "UnknownComparison",
        Rejection::WrongPhase { .. } => "WrongPhase",
        _ => "another reason",
    }
}

fn request(terms: Terms, budget: u32) -> BatchRequest {
    let requested = |place: usize| RequestedEssay {
        essay_id: essay(place),
        kind: EssayKind::Student,
        title: None,
        content: EssayContent::of_text(format!("Text number {place}.")),
    };
    let settings = Settings::builder()
        .budget(Some(budget))
        .max_attempts(terms.max_attempts)
        .completion_threshold_pct(terms.threshold_pct)
        .straggler_grace_s(terms.grace_s)
        .min_success_rate(f64::from(terms.fifths) / 5.0)
        .batch_timeout_s(terms.idle_s)
        .target_reliability(terms.has_target.then_some(0.8))
        .score_stability_threshold(terms.wants_stable.then_some(0.05));
    BatchRequest {
        event_id: EventId::of_bytes(REQUEST),
        bos_batch_id: "bos-1".to_owned(),
        correlation_id: Uuid::nil(),
        settings: settings.build().expect("the settings are in range"),
        request: RequestSnapshot::default(),
        seed: Some(7),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "teacher".to_owned(),
        org_id: None,
        essays: (0..terms.essays as usize).map(requested).collect(),
    }
}

const REQUEST: &[u8] = b"a batch beside its model";
