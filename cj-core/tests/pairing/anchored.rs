//! New items against items whose place is known, and who may take how much of the budget.

use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, PairingError, Quotas, Request, plan};
use proptest::prelude::*;

const ANCHORS: usize = 6;

/// Six anchors from −2.5 to 2.5, well known; the other items unknown, at `at`.
fn estimate(items: usize, at: f64, variance: f64) -> (Vec<f64>, Vec<f64>) {
    let mean = (0..items).map(|i| if i < ANCHORS { i as f64 - 2.5 } else { at }).collect();
    (mean, (0..items).map(|i| if i < ANCHORS { 0.01 } else { variance }).collect())
}

fn kind(pair: Pair) -> usize {
    [pair.left, pair.right].into_iter().filter(|&item| item as usize >= ANCHORS).count()
}

fn play(strategy: Strategy, items: usize, quotas: Quotas, waves: u32, seed: u64) -> Vec<Vec<Pair>> {
    let anchors: Vec<bool> = (0..items).map(|i| i < ANCHORS).collect();
    let (mean, variance) = estimate(items, 0.2, 1.5);
    let mut asked = Vec::new();
    (0..waves)
        .map(|wave| {
            let known = Estimate::with_variances(&mean, &variance).expect("a valid estimate");
            let mut request = Request::new(items).with_estimate(known);
            (request.asked, request.anchors, request.quotas) = (&asked, &anchors, quotas);
            (request.seed, request.wave, request.rounds) = (seed, wave, 2);
            let planned = plan(strategy, &request).expect("a valid request");
            asked.extend(&planned);
            planned
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]

    #[test]
    fn every_student_meets_an_anchor_in_every_round_on_alternating_sides(students in 1_usize..20, seed: u64) {
        let items = ANCHORS + students;
        let mut lean = vec![0_i32; items];
        let mut met = std::collections::BTreeSet::new();
        for wave in play(Strategy::Anchored, items, Quotas::default(), 4, seed) {
            prop_assert_eq!(wave.len(), 2 * students);
            for pair in wave {
                prop_assert_eq!(kind(pair), 1);
                prop_assert!(met.insert(pair), "an ordered pair was asked twice");
                lean[pair.left as usize] += 1;
                lean[pair.right as usize] -= 1;
                prop_assert!(lean[ANCHORS..].iter().all(|lean| lean.abs() <= 1));
            }
        }
    }

    #[test]
    fn quotas_hold_after_every_wave_under_every_strategy(
        students in 2_usize..20,
        shares in (0.0_f64..=1.0, 0.0_f64..=1.0, 0.0_f64..=1.0),
        seed: u64,
    ) {
        let quotas = Quotas::new(shares.0, shares.1, shares.2).unwrap();
        let shares = [shares.0, shares.1, shares.2];
        let items = ANCHORS + students;
        for &strategy in Strategy::ALL {
            let mut counts = [0_usize; 3];
            // A share is one of what was asked plus the whole wave that was wished for.
            let wished = if strategy == Strategy::Anchored { 2 * items } else { 2 * (items / 2) };
            for wave in play(strategy, items, quotas, 5, seed) {
                let before: usize = counts.iter().sum();
                for &pair in &wave {
                    counts[kind(pair)] += 1;
                }
                for (count, share) in counts.iter().zip(shares) {
                    let most = (share * (before + wished) as f64).ceil() as usize;
                    prop_assert!(*count <= most, "{strategy}: {counts:?} of shares {shares:?}");
                }
            }
        }
    }
}

#[test]
fn a_closed_kind_is_never_asked_and_the_others_fill_the_wave() {
    let quotas = Quotas::new(0.0, 1.0, 1.0).unwrap();
    for &strategy in Strategy::ALL.iter().filter(|&&strategy| strategy != Strategy::Given) {
        let pairs = play(strategy, 16, quotas, 3, 7).concat();
        assert!(pairs.iter().all(|&pair| kind(pair) > 0), "{strategy}");
        assert!(pairs.len() >= 40, "{strategy}: {} of 48", pairs.len());
    }
}

#[test]
fn what_anchors_may_not_take_goes_to_students_among_themselves() {
    let pairs = play(Strategy::Anchored, 26, Quotas::new(0.0, 0.5, 1.0).unwrap(), 3, 1).concat();
    let among_students = pairs.iter().filter(|&&pair| kind(pair) == 2).count();
    assert!(among_students > 0 && among_students < pairs.len(), "{among_students} of {}", pairs.len());
}

#[test]
fn a_student_is_asked_about_near_where_it_stands() {
    let anchors: Vec<bool> = (0..8).map(|i| i < ANCHORS).collect();
    let (mut mean, variance) = estimate(8, 0.0, 1.0);
    (mean[6], mean[7]) = (2.4, -1.6);
    let known = Estimate::with_variances(&mean, &variance).unwrap();
    let mut request = Request::new(8).with_estimate(known);
    request.anchors = &anchors;
    let mut pairs: Vec<_> = plan(Strategy::Anchored, &request).unwrap().iter().map(|pair| pair.unordered()).collect();
    pairs.sort_unstable();
    assert_eq!(pairs, [(1, 7), (5, 6)]);
}

#[test]
fn settled_students_are_left_alone_and_the_plan_is_empty_when_all_are() {
    let anchors: Vec<bool> = (0..8).map(|i| i < ANCHORS).collect();
    let (mut mean, mut variance) = estimate(8, 0.1, 0.3);
    mean[7] = -0.1;
    let asked: Vec<Pair> = [(6, 0), (1, 6), (6, 2), (3, 6), (7, 0), (1, 7), (7, 2), (3, 7)]
        .into_iter()
        .map(|(left, right)| Pair::new(left, right))
        .collect();
    let thresholds = [-2.0, -1.0, 0.0, 1.0, 2.0];
    let plan_with = |variance: &[f64]| {
        let mut request = Request::new(8).with_estimate(Estimate::with_variances(&mean, variance).unwrap());
        (request.anchors, request.asked, request.thresholds) = (&anchors, &asked, &thresholds);
        plan(Strategy::Anchored, &request).unwrap()
    };
    // ±1 grade around 0.1 reaches from −1 to 2: 1.1 / 0.55 = 2 standard deviations to the nearer end.
    assert_eq!(plan_with(&variance), []);
    variance[7] = 2.0;
    let planned = plan_with(&variance);
    assert_eq!(planned.len(), 1);
    assert_eq!(planned[0].unordered().1, 7);
}

#[test]
fn anchors_and_thresholds_are_checked() {
    let anchors = [true, false];
    let mut request = Request::new(3);
    request.anchors = &anchors;
    let error = plan(Strategy::Anchored, &request).unwrap_err();
    assert!(matches!(error, PairingError::Shape { what: "anchors", expected: 3, found: 2, .. }));
    (request.anchors, request.thresholds) = (&[], &[0.0, 0.0]);
    let error = plan(Strategy::Anchored, &request).unwrap_err();
    assert!(matches!(error, PairingError::Threshold { position: 1, .. }));
    assert!(matches!(Quotas::new(0.0, f64::NAN, 1.0), Err(PairingError::Share { .. })));
}
