//! A wave is a function of what is known, to the bit: not of the order in which answers came in, nor of threads.

use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, Repeats, Request, plan};
use cj_core::scoring::{Judgements, Model, Outcome, Prior};
use proptest::prelude::*;

fn names(items: usize) -> Vec<String> {
    (0..items).map(|item| format!("{item:02}")).collect()
}

/// The next wave after these answers, from a scale fitted to them in the order given.
fn next(strategy: Strategy, items: usize, asked: &[Pair], answers: &[(u32, u32, Outcome)], seed: u64) -> Vec<Pair> {
    let judgements = Judgements::from_outcomes(&names(items), answers).expect("the answers are valid");
    let model = Model::builder().prior(Prior::Normal { sd: 2.0 }).build().expect("the prior is in range");
    let fit = model.fit(&judgements).expect("a penalised estimate always exists");
    let covariance = fit.covariance().expect("so does its covariance").as_slice();
    let mut request = Request::new(items).with_estimate(Estimate::new(fit.scores(), covariance).expect("it fits"));
    (request.asked, request.seed, request.rounds, request.repeats) = (asked, seed, 2, Repeats::Panel);
    plan(strategy, &request).expect("the request is valid")
}

/// Some answers to the pairs, by a small generator of its own.
fn answers(asked: &[Pair], seed: u64) -> Vec<(u32, u32, Outcome)> {
    let mut state = seed;
    let answer = |pair: &Pair| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let left_wins = (state >> 60) + u64::from(pair.right % 5) > 9;
        (pair.left, pair.right, if left_wins { Outcome::Left } else { Outcome::Right })
    };
    asked.iter().map(answer).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn waves_do_not_depend_on_the_order_of_answers_or_on_threads(items in 4_usize..=40, turn in 0_usize..100, seed: u64) {
        for &strategy in Strategy::ALL {
            let mut asked = Vec::new();
            for _ in 0..3 {
                let in_order = answers(&asked, seed);
                let mut other = in_order.clone();
                other.reverse();
                other.rotate_left(turn % in_order.len().max(1));
                let expected = next(strategy, items, &asked, &in_order, seed);
                let found: Vec<Vec<Pair>> = std::thread::scope(|scope| {
                    let run = || next(strategy, items, &asked, &other, seed);
                    let started: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
                    started.into_iter().map(|thread| thread.join().expect("it plans")).collect()
                });
                for found in found {
                    prop_assert_eq!(&found, &expected, "{}", strategy);
                }
                asked.extend(expected);
            }
        }
    }
}
