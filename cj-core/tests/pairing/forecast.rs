//! What comparisons are worth before they are asked.

use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, PairingError, comparisons_needed, wave_value};

fn needed(strategy: Strategy, items: usize, sd: f64, reliability: f64) -> usize {
    comparisons_needed(strategy, items, sd, reliability, 5).expect("valid").expect("within reach")
}

#[test]
fn thirty_items_need_about_what_full_simulations_with_fitted_scores_need() {
    // Comparisons per item for a true reliability of .80, 800 batches fitted by MAP: 13.9 random, 10.6 adaptive.
    for (strategy, per_item) in [(Strategy::Random, 13.9), (Strategy::Adaptive, 10.6)] {
        let found = 2.0 * needed(strategy, 30, 1.5, 0.8) as f64 / 30.0;
        assert!((found / per_item - 1.0).abs() < 0.12, "{strategy}: {found} per item, not {per_item}");
    }
}

#[test]
fn more_reliability_and_less_spread_cost_more() {
    let some = needed(Strategy::Adaptive, 16, 1.5, 0.7);
    assert!(some < needed(Strategy::Adaptive, 16, 1.5, 0.8));
    assert!(some < needed(Strategy::Adaptive, 16, 1.0, 0.7));
    assert_eq!(some, needed(Strategy::Adaptive, 16, 1.5, 0.7), "the same question has the same answer");
}

#[test]
fn what_is_out_of_reach_is_said_to_be() {
    assert_eq!(comparisons_needed(Strategy::Random, 8, 0.05, 0.95, 1), Ok(None));
    assert_eq!(comparisons_needed(Strategy::Random, 1, 1.0, 0.5, 1), Ok(None));
}

#[test]
fn forecasts_of_nonsense_are_errors() {
    let error = comparisons_needed(Strategy::Given, 8, 1.0, 0.8, 1).unwrap_err();
    assert!(matches!(error, PairingError::NotSimulated { strategy: Strategy::Given }));
    assert!(matches!(comparisons_needed(Strategy::Swiss, 8, 0.0, 0.8, 1), Err(PairingError::Number { .. })));
    assert!(matches!(comparisons_needed(Strategy::Swiss, 8, 1.0, 1.0, 1), Err(PairingError::Share { .. })));
    let estimate = Estimate::with_variances(&[0.0], &[1.0]).unwrap();
    assert!(matches!(wave_value(estimate, &[Pair::new(0, 1)]), Err(PairingError::UnknownItem { .. })));
}

#[test]
fn what_two_comparisons_tell_in_common_counts_once() {
    let covariance = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let estimate = Estimate::new(&[0.0; 3], &covariance).unwrap();
    let once = wave_value(estimate, &[Pair::new(0, 1)]).unwrap();
    let twice = wave_value(estimate, &[Pair::new(0, 1), Pair::new(1, 0)]).unwrap();
    let apart = wave_value(estimate, &[Pair::new(0, 1), Pair::new(1, 2)]).unwrap();
    assert!(twice < apart && apart < once);
    // The second look: w = 1/4 at dᵀΣd = 2/1.5; ‖Σd‖² halves it: 0.25 · (8/9) / (1 + 1/3) = 1/6.
    assert!((twice - (1.0 / 3.0 + 1.0 / 6.0) / 6.0).abs() < 1e-12);
    // Independent items: the variances alone say the same.
    let local = wave_value(Estimate::with_variances(&[0.0; 3], &[1.0; 3]).unwrap(), &[Pair::new(0, 1)]).unwrap();
    assert!((local - once).abs() < 1e-12);
    assert_eq!(wave_value(estimate, &[]), Ok(0.0));
}
