//! What happens after a scoring.

use crate::change::{CompletionReason, FailureReason, HonestReliability, ScoringCause};
use crate::config::Settings;

use super::settle::is_hopeless;

/// Below this bound scores are not called stable, however little they move.
const STABLE_RELIABILITY: f64 = 0.5;
/// The judges agree on nothing when no signal is at least this probable.
const NO_SIGNAL_PROBABILITY: f64 = 0.5;
/// Verdicts per essay before it is said.
const NO_SIGNAL_VERDICTS: f64 = 20.0;

/// What `decide` knows.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Facts<'a> {
    /// The settings of the batch.
    pub settings: &'a Settings,
    /// Why it was scored.
    pub cause: ScoringCause,
    /// Essays that are compared.
    pub essays: u32,
    /// Questions decided.
    pub decided: u32,
    /// Questions that failed in the end.
    pub failed: u32,
    /// Questions that still may be answered.
    pub open: u32,
    /// Counted verdicts.
    pub verdicts: u32,
    /// How much of the budget is left.
    pub budget_left: u32,
    /// Whether every essay is tied to every other by comparisons.
    pub connected: bool,
    /// The fewest verdicts that an essay has.
    pub fewest_verdicts: u32,
    /// The honest reliability, where it is known and there were enough new verdicts to look at it.
    pub reliability: Option<&'a HonestReliability>,
    /// The largest move of a score since the last scoring.
    pub max_change: Option<f64>,
}

/// What happens next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the machine must do each of them")]
pub enum Decision {
    /// Plan another wave.
    AnotherWave,
    /// End with a result.
    Complete(CompletionReason),
    /// End without one.
    Fail(FailureReason),
    /// Wait for the answers still due.
    Wait,
}

/// Says what happens after a scoring. The first rule that applies decides:
///
/// 1. fail when the success rate can no longer be met;
/// 2. complete when the lower bound of the honest reliability reaches the target, the comparisons are connected and every
///    essay has its least number of verdicts;
/// 3. complete when scores are stable, only where that was asked for;
/// 4. complete when the judges agree on nothing;
/// 5. complete when the budget is spent, 6. or no pair is left, neither while answers are due;
/// 7. otherwise another wave.
///
/// A batch that is scored because it was idle too long completes after rule 1.
pub fn decide(facts: &Facts<'_>) -> Decision {
    if is_hopeless(facts.decided, facts.open, facts.failed, facts.settings.min_success_rate()) {
        return Decision::Fail(FailureReason::LowSuccessRate);
    }
    if facts.cause == ScoringCause::Forced {
        return Decision::Complete(CompletionReason::ForcedRecovery);
    }
    if let Some(reliability) = facts.reliability {
        if let Some(target) = facts.settings.target_reliability()
            && reliability.low >= target
            && floors_hold(facts)
        {
            return Decision::Complete(CompletionReason::TargetReliability);
        }
        if is_stable(facts, reliability) {
            return Decision::Complete(CompletionReason::Stable);
        }
        let per_essay = 2.0 * f64::from(facts.verdicts) / f64::from(facts.essays.max(1));
        if reliability.p_no_signal >= NO_SIGNAL_PROBABILITY && per_essay >= NO_SIGNAL_VERDICTS {
            return Decision::Complete(CompletionReason::NoSignal);
        }
    }
    let exhausted = if facts.budget_left == 0 {
        Some(CompletionReason::BudgetExhausted)
    } else if facts.cause == ScoringCause::NoPairLeft {
        Some(CompletionReason::PairsExhausted)
    } else {
        None
    };
    match exhausted {
        Some(_) if facts.open > 0 => Decision::Wait,
        Some(reason) => Decision::Complete(reason),
        None => Decision::AnotherWave,
    }
}

fn floors_hold(facts: &Facts<'_>) -> bool {
    let passes = facts.settings.max_resampling_passes().saturating_add(1);
    let design = facts.essays.saturating_sub(1).saturating_mul(passes.min(2));
    facts.connected && facts.fewest_verdicts >= facts.settings.min_comparisons_per_essay().min(design)
}

fn is_stable(facts: &Facts<'_>, reliability: &HonestReliability) -> bool {
    let Some(threshold) = facts.settings.score_stability_threshold() else { return false };
    facts.max_change.is_some_and(|change| change <= threshold)
        && facts.open == 0
        && floors_hold(facts)
        && reliability.low >= STABLE_RELIABILITY
}

#[cfg(test)]
mod tests {
    use super::*;

    const RELIABLE: HonestReliability =
        HonestReliability { median: 0.88, low: 0.82, high: 0.92, p_no_signal: 0.0, latent_sd: 1.6 };

    fn facts(settings: &Settings) -> Facts<'_> {
        Facts {
            settings,
            cause: ScoringCause::WaveSettled,
            essays: 20,
            decided: 200,
            failed: 0,
            open: 0,
            verdicts: 200,
            budget_left: 100,
            connected: true,
            fewest_verdicts: 15,
            reliability: None,
            max_change: Some(0.01),
        }
    }

    #[test]
    fn without_an_honest_reliability_only_budget_and_pairs_end_a_batch() {
        let settings = Settings::default();
        assert_eq!(decide(&facts(&settings)), Decision::AnotherWave);
        let spent = Facts { budget_left: 0, ..facts(&settings) };
        assert_eq!(decide(&spent), Decision::Complete(CompletionReason::BudgetExhausted));
        assert_eq!(decide(&Facts { open: 1, ..spent }), Decision::Wait);
        let no_pair = Facts { cause: ScoringCause::NoPairLeft, ..facts(&settings) };
        assert_eq!(decide(&no_pair), Decision::Complete(CompletionReason::PairsExhausted));
        assert_eq!(decide(&Facts { open: 2, ..no_pair }), Decision::Wait);
    }

    #[test]
    fn the_target_counts_only_on_a_connected_design_with_enough_verdicts() {
        let settings = Settings::default();
        let reached = Facts { reliability: Some(&RELIABLE), ..facts(&settings) };
        assert_eq!(decide(&reached), Decision::Complete(CompletionReason::TargetReliability));
        assert_eq!(decide(&Facts { connected: false, ..reached.clone() }), Decision::AnotherWave);
        assert_eq!(decide(&Facts { fewest_verdicts: 3, ..reached.clone() }), Decision::AnotherWave);
        assert_eq!(decide(&Facts { essays: 3, fewest_verdicts: 3, ..reached.clone() }), Decision::AnotherWave);
        let low = HonestReliability { low: 0.79, ..RELIABLE };
        assert_eq!(decide(&Facts { reliability: Some(&low), ..reached }), Decision::AnotherWave);
    }

    #[test]
    fn stability_must_be_asked_for() {
        let low = HonestReliability { low: 0.6, ..RELIABLE };
        let default = Settings::default();
        assert_eq!(decide(&Facts { reliability: Some(&low), ..facts(&default) }), Decision::AnotherWave);
        let asked = Settings::builder().score_stability_threshold(Some(0.05)).build().unwrap();
        let stable = Facts { reliability: Some(&low), ..facts(&asked) };
        assert_eq!(decide(&stable), Decision::Complete(CompletionReason::Stable));
        assert_eq!(decide(&Facts { reliability: None, ..stable.clone() }), Decision::AnotherWave);
        let worthless = HonestReliability { low: 0.4, ..RELIABLE };
        assert_eq!(decide(&Facts { reliability: Some(&worthless), ..stable }), Decision::AnotherWave);
    }

    #[test]
    fn judges_who_agree_on_nothing_are_not_asked_for_ever() {
        let settings = Settings::default();
        let noise = HonestReliability { median: 0.1, low: 0.0, high: 0.3, p_no_signal: 0.7, latent_sd: 0.1 };
        let facts = Facts { reliability: Some(&noise), ..facts(&settings) };
        assert_eq!(decide(&facts), Decision::Complete(CompletionReason::NoSignal));
        assert_eq!(decide(&Facts { verdicts: 199, ..facts }), Decision::AnotherWave);
    }

    #[test]
    fn failures_come_before_everything() {
        let settings = Settings::default();
        let facts = Facts {
            cause: ScoringCause::Forced,
            reliability: Some(&RELIABLE),
            decided: 70,
            failed: 30,
            ..facts(&settings)
        };
        assert_eq!(decide(&facts), Decision::Fail(FailureReason::LowSuccessRate));
        let idle = Facts { decided: 85, failed: 0, open: 15, ..facts };
        assert_eq!(decide(&idle), Decision::Complete(CompletionReason::ForcedRecovery));
    }
}
