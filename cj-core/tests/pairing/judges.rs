//! Who judges what.

use std::collections::{BTreeMap, BTreeSet};

use cj_core::config::Strategy;
use cj_core::pairing::{Pair, PairingError, Panel, Repeats, Request, Task, assign, complete_design, double, plan};
use proptest::prelude::*;

/// A batch of a few waves with doubles, handed out as it goes; the wave and who got what.
fn play(strategy: Strategy, items: usize, judges: usize, share: f64, seed: u64) -> Vec<Task> {
    let (mut asked, mut seen) = (Vec::new(), Vec::new());
    let capacity = vec![usize::MAX; judges];
    for wave in 0..4 {
        let mut request = Request::new(items);
        (request.asked, request.seed, request.wave) = (&asked, seed, wave);
        (request.repeats, request.rounds) = (Repeats::Panel, 2);
        let mut pairs = plan(strategy, &request).expect("a valid request");
        pairs.extend(double(&request, &pairs, share).expect("a valid share"));
        let mut panel = Panel::new(&capacity);
        (panel.seen, panel.seed) = (&seen, seed);
        let tasks: Vec<Task> = pairs
            .iter()
            .zip(assign(&pairs, &panel).expect("a valid panel"))
            .filter_map(|(&pair, judge)| Some(Task::new(judge?, pair)))
            .collect();
        asked.extend(pairs);
        seen.extend(tasks);
    }
    seen
}

fn loads(tasks: &[Task], judges: usize) -> Vec<usize> {
    (0..judges).map(|judge| tasks.iter().filter(|task| task.judge as usize == judge).count()).collect()
}

/// The largest |L − R| of any judge and item.
fn worst_lean(tasks: &[Task]) -> i32 {
    let mut lean: BTreeMap<(u32, u32), i32> = BTreeMap::new();
    for task in tasks {
        *lean.entry((task.judge, task.pair.left)).or_default() += 1;
        *lean.entry((task.judge, task.pair.right)).or_default() -= 1;
    }
    lean.values().map(|lean| lean.abs()).max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn nobody_sees_two_items_together_twice_and_loads_are_equal(
        items in 10_usize..30,
        judges in 4_usize..8,
        share in 0.0_f64..=0.5,
        seed: u64,
    ) {
        for strategy in [Strategy::Balanced, Strategy::Random] {
            let tasks = play(strategy, items, judges, share, seed);
            let together: BTreeSet<_> = tasks.iter().map(|task| (task.judge, task.pair.unordered())).collect();
            prop_assert_eq!(together.len(), tasks.len(), "a judge saw a pair twice");
            // Random pairs repeat so often that the rule can force a difference of 2.
            let most = if strategy == Strategy::Balanced { 1 } else { 2 };
            let loads = loads(&tasks, judges);
            prop_assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= most, "{loads:?}");
        }
    }

    #[test]
    fn capacity_is_honoured_and_used(
        capacity in prop::collection::vec(0_usize..40, 0..6),
        items in 2_usize..12,
        seed: u64,
    ) {
        let pairs = complete_design(items, 0, seed);
        let mut panel = Panel::new(&capacity);
        panel.seed = seed;
        let judges = assign(&pairs, &panel).unwrap();
        let tasks: Vec<Task> = pairs.iter().zip(&judges).filter_map(|(&p, j)| Some(Task::new((*j)?, p))).collect();
        prop_assert_eq!(tasks.len(), pairs.len().min(capacity.iter().sum()));
        let loads = loads(&tasks, capacity.len());
        prop_assert!(loads.iter().zip(&capacity).all(|(load, capacity)| load <= capacity));
        // Whoever has less than another has no capacity left.
        for (load, room) in loads.iter().zip(&capacity) {
            prop_assert!(load == room || loads.iter().all(|other| *other <= load + 1));
        }
    }

    #[test]
    fn each_judge_of_a_known_schedule_sees_an_item_on_both_sides_equally(
        items in 6_usize..40,
        judges in 1_usize..8,
        seed: u64,
    ) {
        let pairs = complete_design(items, 0, seed);
        let capacity = vec![usize::MAX; judges];
        let mut panel = Panel::new(&capacity);
        panel.seed = seed;
        let given = assign(&pairs, &panel).unwrap();
        let tasks: Vec<Task> = pairs.iter().zip(&given).filter_map(|(&p, j)| Some(Task::new((*j)?, p))).collect();
        prop_assert_eq!(tasks.len(), pairs.len());
        prop_assert!(worst_lean(&tasks) <= 1);
    }

    #[test]
    fn doubles_are_swapped_and_keep_the_balance(items in 4_usize..30, rounds in 1_u32..5, share in 0.0_f64..=1.0, seed: u64) {
        let mut request = Request::new(items);
        (request.rounds, request.seed, request.repeats) = (rounds, seed, Repeats::Panel);
        let planned = plan(Strategy::Balanced, &request).unwrap();
        let doubles = double(&request, &planned, share).unwrap();
        prop_assert!(doubles.len() <= (share * planned.len() as f64).round() as usize);
        prop_assert!(share == 0.0 || rounds > 1 || doubles.len() == (share * planned.len() as f64).round() as usize);
        let distinct: BTreeSet<_> = doubles.iter().collect();
        prop_assert_eq!(distinct.len(), doubles.len());
        let mut lean = vec![0_i32; items];
        for pair in planned.iter().chain(&doubles) {
            lean[pair.left as usize] += 1;
            lean[pair.right as usize] -= 1;
            prop_assert!(lean.iter().all(|lean| lean.abs() <= 1));
        }
        prop_assert!(doubles.iter().all(|pair| planned.contains(&pair.swapped())));
    }
}

#[test]
fn a_judge_who_knows_the_pair_hands_it_on() {
    let pairs = [Pair::new(0, 1), Pair::new(2, 3)];
    let seen = [Task::new(0, Pair::new(1, 0)), Task::new(1, Pair::new(3, 2))];
    let mut panel = Panel::new(&[1, 1]);
    panel.seen = &seen;
    assert_eq!(assign(&pairs, &panel).unwrap(), [Some(1), Some(0)]);
    // Alone, the judge cannot take it at all.
    let seen = [Task::new(0, Pair::new(1, 0))];
    let mut panel = Panel::new(&[5]);
    panel.seen = &seen;
    assert_eq!(assign(&pairs, &panel).unwrap(), [None, Some(0)]);
}

#[test]
fn impossible_panels_and_shares_are_errors() {
    let seen = [Task::new(2, Pair::new(0, 1))];
    let mut panel = Panel::new(&[1, 1]);
    panel.seen = &seen;
    let error = assign(&[], &panel).unwrap_err();
    assert_eq!(error.to_string(), "seen[0] names judge 2, expected an index below 2");
    assert!(matches!(assign(&[Pair::new(1, 1)], &Panel::new(&[1])), Err(PairingError::SelfPair { .. })));
    assert!(matches!(double(&Request::new(4), &[], 1.1), Err(PairingError::Share { what: "doubled", .. })));
    assert!(matches!(double(&Request::new(4), &[Pair::new(0, 9)], 0.1), Err(PairingError::UnknownItem { .. })));
}
