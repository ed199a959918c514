//! A wave is planned.

use std::collections::BTreeSet;

use super::machine::{Batch, Folded};
use super::{Context, PlannedPair, Rejection, WavePlan, publish};
use crate::change::{
    AttemptStep, ChangeSet, ComparisonRecord, ComparisonState, FailureReason, Phase, ScoringCause, WaitingFor,
    WaveProgress, WaveRecord,
};
use crate::config::Strategy;

impl Batch {
    pub(super) fn wave_planned(
        &mut self,
        plan: WavePlan,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        if self.state.phase != Phase::Pairing {
            return Err(Rejection::WrongPhase { input: "WavePlanned", phase: self.state.phase });
        }
        let expected = self.state.wave.number + 1;
        if plan.wave != expected {
            return Err(Rejection::StalePlan { expected, found: plan.wave });
        }
        if plan.pairs.is_empty() {
            return self.nothing_planned(cx, change);
        }
        let questions = plan.pairs.len() as u32;
        check_pairs(&plan)?;
        if questions > self.state.counters.left() {
            return Err(Rejection::OverBudget { left: self.state.counters.left(), found: questions });
        }
        change.put_wave(WaveRecord {
            batch_id: self.header.id,
            wave: plan.wave,
            planned_at: cx.now,
            strategy: plan.strategy,
            seed: plan.seed,
            pairs_planned: questions,
            scored_at: None,
            sheet: None,
        });
        for (ordinal, pair) in plan.pairs.into_iter().enumerate() {
            let comparison = self.planned(plan.wave, ordinal as u32, pair, plan.strategy, cx);
            change.send(publish::question(&self.header, self.state.version, &comparison, cx)?);
            let id = comparison.id;
            change.insert_comparison(comparison.clone());
            self.hold(comparison);
            self.note_attempt(id, AttemptStep::Planned, change);
        }
        self.state.wave = WaveProgress { number: plan.wave, questions, ..WaveProgress::default() };
        self.state.counters.questions += questions;
        self.state.counters.planned += questions;
        self.enter_waiting(WaitingFor::Wave);
        Ok(Folded::Activity)
    }

    /// No pair is left: the scale is looked at once more. Without a verdict this is the first wave, for no wave settles
    /// without one: none of the caller's own pairs has a text on both sides, and the batch fails.
    fn nothing_planned(&mut self, cx: &Context<'_>, change: &mut ChangeSet) -> Result<Folded, Rejection> {
        if self.state.counters.decided > 0 {
            self.enter_work(Phase::Scoring(ScoringCause::NoPairLeft), cx);
        } else {
            self.fail(FailureReason::NoUsableText, cx, change)?;
        }
        Ok(Folded::Activity)
    }

    fn planned(
        &self,
        wave: u32,
        ordinal: u32,
        pair: PlannedPair,
        mode: Strategy,
        cx: &Context<'_>,
    ) -> ComparisonRecord {
        ComparisonRecord {
            id: self.header.id.comparison_id(wave, ordinal, 1),
            batch_id: self.header.id,
            wave,
            ordinal,
            attempt: 1,
            retry_of: None,
            essay_a: pair.essay_a,
            essay_b: pair.essay_b,
            judge_id: pair.judge_id,
            mode,
            state: ComparisonState::Planned,
            verdict: None,
            error_code: None,
            decisions: 0,
            planned_at: cx.now,
            asked_at: None,
            deadline: cx.now + self.header.settings.comparison_timeout(),
        }
    }
}

/// No essay meets itself, and nothing is asked twice in one wave of one judge, unless the caller wants it.
fn check_pairs(plan: &WavePlan) -> Result<(), Rejection> {
    let mut seen = BTreeSet::new();
    for (ordinal, pair) in plan.pairs.iter().enumerate() {
        let refuse = |detail| Err(Rejection::InvalidPair { ordinal: ordinal as u32, detail });
        if pair.essay_a == pair.essay_b {
            return refuse(format!("essay {} would meet itself", pair.essay_a));
        }
        let is_new = seen.insert((&pair.essay_a, &pair.essay_b, &pair.judge_id));
        if !is_new && plan.strategy != Strategy::Given {
            return refuse(format!("{} and {} would be shown twice in this order", pair.essay_a, pair.essay_b));
        }
    }
    Ok(())
}
