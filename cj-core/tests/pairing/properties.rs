//! What every pairing strategy promises, whatever the estimate says.

use std::collections::BTreeMap;

use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, PairingError, Repeats, Request, complete_design, plan};
use proptest::prelude::*;

/// A batch played wave by wave, with an arbitrary but valid estimate before each.
#[derive(Debug, Clone)]
struct Play {
    strategy: Strategy,
    items: usize,
    rounds: u32,
    waves: u32,
    repeats: Repeats,
    seed: u64,
    refused: Vec<Pair>,
    known: Known,
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Nothing,
    Variances,
    Covariance,
}

impl Play {
    fn new(strategy: Strategy, items: usize, seed: u64) -> Self {
        let (rounds, waves, repeats) = (1, 8, Repeats::Swapped);
        Self { strategy, items, rounds, waves, repeats, seed, refused: Vec::new(), known: Known::Covariance }
    }

    fn run(&self) -> Vec<Vec<Pair>> {
        self.try_run().expect("the plays of these tests are valid")
    }

    fn try_run(&self) -> Result<Vec<Vec<Pair>>, PairingError> {
        let mut asked = Vec::new();
        let mut waves = Vec::new();
        for wave in 0..self.waves {
            let (mean, covariance) = some_estimate(self.items, self.seed ^ u64::from(wave));
            let variance: Vec<f64> = (0..self.items).map(|i| covariance[i * self.items + i]).collect();
            let mut request = Request::new(self.items);
            request.asked = &asked;
            request.rounds = self.rounds;
            request.repeats = self.repeats;
            request.seed = self.seed;
            request.wave = wave;
            request.refused = &self.refused;
            request.estimate = match self.known {
                Known::Nothing => None,
                Known::Variances => Some(Estimate::with_variances(&mean, &variance)?),
                Known::Covariance => Some(Estimate::new(&mean, &covariance)?),
            };
            let planned = plan(self.strategy, &request)?;
            assert_eq!(planned, plan(self.strategy, &request)?, "the same request gave other pairs");
            assert!(planned.len() <= request.slots());
            asked.extend(&planned);
            waves.push(planned);
        }
        Ok(waves)
    }
}

/// Means in (−3, 3) and a covariance D + b bᵀ, from a small generator of its own.
fn some_estimate(items: usize, seed: u64) -> (Vec<f64>, Vec<f64>) {
    let mut state = seed;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mean: Vec<f64> = (0..items).map(|_| 6.0 * uniform() - 3.0).collect();
    let b: Vec<f64> = (0..items).map(|_| 0.3 * uniform()).collect();
    let mut covariance: Vec<f64> = b.iter().flat_map(|x| b.iter().map(move |y| x * y)).collect();
    (0..items).for_each(|i| covariance[i * items + i] += 0.1 + uniform());
    (mean, covariance)
}

fn assert_well_formed(pairs: &[Pair], items: usize) {
    for pair in pairs {
        assert_ne!(pair.left, pair.right);
        assert!((pair.left.max(pair.right) as usize) < items);
    }
}

fn worst_lean(pairs: &[Pair], items: usize) -> i32 {
    let mut lean = vec![0_i32; items];
    let mut worst = 0;
    for pair in pairs {
        lean[pair.left as usize] += 1;
        lean[pair.right as usize] -= 1;
        worst = worst.max(lean[pair.left as usize].abs()).max(lean[pair.right as usize].abs());
    }
    worst
}

fn counts(pairs: &[Pair], items: usize) -> Vec<u32> {
    let mut counts = vec![0; items];
    pairs.iter().flat_map(|pair| [pair.left, pair.right]).for_each(|item| counts[item as usize] += 1);
    counts
}

fn connected(pairs: &[Pair], items: usize) -> bool {
    let mut name: Vec<usize> = (0..items).collect();
    for pair in pairs {
        let (from, to) = (name[pair.left as usize], name[pair.right as usize]);
        name.iter_mut().filter(|n| **n == from).for_each(|n| *n = to);
    }
    name.iter().all(|n| *n == name[0])
}

/// Rules that promise |L − R| ≤ 1.
const LEVEL: [Strategy; 5] =
    [Strategy::RoundRobin, Strategy::Balanced, Strategy::Random, Strategy::Adaptive, Strategy::Eig];

/// Rules that level sides as well as their choice of pairs allows.
const BASELINES: [Strategy; 3] = [Strategy::Swiss, Strategy::Acj, Strategy::OptimalGraph];

fn flat(waves: &[Vec<Pair>]) -> Vec<Pair> {
    waves.concat()
}

fn any_repeats() -> impl proptest::strategy::Strategy<Value = Repeats> {
    prop_oneof![Just(Repeats::Never), Just(Repeats::Swapped), Just(Repeats::Panel)]
}

fn any_knowledge() -> impl proptest::strategy::Strategy<Value = Known> {
    prop_oneof![Just(Known::Nothing), Just(Known::Variances), Just(Known::Covariance)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn no_item_leans_by_more_than_one_at_any_wave(
        items in 2_usize..=40,
        rounds in 1_u32..=4,
        repeats in any_repeats(),
        known in any_knowledge(),
        seed: u64,
    ) {
        for (strategies, most) in [(&LEVEL[..], 1), (&BASELINES[..], 4)] {
            for &strategy in strategies {
                let play = Play { rounds, repeats, known, waves: 12, ..Play::new(strategy, items, seed) };
                let pairs = flat(&play.run());
                assert_well_formed(&pairs, items);
                let worst = worst_lean(&pairs, items);
                prop_assert!(worst <= most, "{strategy}: {worst}");
            }
        }
    }

    #[test]
    fn repeats_follow_the_policy(items in 2_usize..=12, rounds in 1_u32..=3, repeats in any_repeats(), seed: u64) {
        for &strategy in Strategy::ALL {
            let play = Play { rounds, repeats, waves: 20, ..Play::new(strategy, items, seed) };
            let mut met: BTreeMap<(u32, u32), Vec<Pair>> = BTreeMap::new();
            for pair in flat(&play.run()) {
                met.entry(pair.unordered()).or_default().push(pair);
            }
            for (_, asked) in met {
                match repeats {
                    Repeats::Never => prop_assert_eq!(asked.len(), 1),
                    Repeats::Swapped => prop_assert!(asked.len() <= 2),
                    _ => {}
                }
                let binds = repeats != Repeats::Panel || LEVEL.contains(&strategy);
                prop_assert!(!binds || asked.windows(2).all(|two| two[0] == two[1].swapped()), "{strategy}: {asked:?}");
            }
        }
    }

    #[test]
    fn every_repeat_of_adaptive_is_swapped_and_every_wave_level(
        items in 2_usize..=40,
        rounds in 1_u32..=4,
        known in any_knowledge(),
        seed: u64,
    ) {
        let play = Play { rounds, known, repeats: Repeats::Panel, waves: 12, ..Play::new(Strategy::Adaptive, items, seed) };
        let mut last: BTreeMap<(u32, u32), Pair> = BTreeMap::new();
        let mut repeats = 0;
        let mut asked = Vec::new();
        for wave in play.run() {
            for pair in wave {
                if let Some(before) = last.insert(pair.unordered(), pair) {
                    prop_assert_eq!(pair, before.swapped());
                    repeats += 1;
                }
                asked.push(pair);
            }
            prop_assert!(worst_lean(&asked, items) <= 1);
        }
        // Four items have six pairs, and twelve rounds ask more.
        prop_assert!(items > 4 || repeats > 0, "nothing was repeated");
    }

    #[test]
    fn limits_are_kept_and_refused_pairs_sidestepped(
        items in 2_usize..=20,
        limit in 0_usize..12,
        refused in prop::collection::vec((0_u32..20, 0_u32..20), 0..30),
        seed: u64,
    ) {
        let refused: Vec<Pair> = refused
            .into_iter()
            .filter(|(a, b)| a != b && (*a.max(b) as usize) < items)
            .map(|(a, b)| Pair::new(a, b))
            .collect();
        for &strategy in Strategy::ALL {
            let play = Play { refused: refused.clone(), waves: 10, ..Play::new(strategy, items, seed) };
            for pair in flat(&play.run()) {
                prop_assert!(refused.iter().all(|no| no.unordered() != pair.unordered()), "{strategy}");
            }
            let mut request = Request::new(items);
            request.limit = limit;
            request.rounds = 3;
            prop_assert!(plan(strategy, &request).unwrap().len() <= limit);
        }
    }

    #[test]
    fn schedules_keep_counts_equal_after_every_wave(items in 2_usize..=40, rounds in 1_u32..=4, seed: u64) {
        for strategy in [Strategy::Balanced, Strategy::RoundRobin] {
            let play = Play { rounds, waves: 12, ..Play::new(strategy, items, seed) };
            let mut asked = Vec::new();
            for wave in play.run() {
                asked.extend(wave);
                let counts = counts(&asked, items);
                prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1, "{counts:?}");
            }
            let first = items - 1;
            prop_assert!(asked.len() < first || connected(&asked[..first], items));
        }
    }

    #[test]
    fn rounds_are_full_until_the_pairs_run_out(items in 2_usize..=40, rounds in 1_u32..=4, seed: u64) {
        for strategy in LEVEL.into_iter().chain([Strategy::Swiss, Strategy::Acj]) {
            let play = Play { rounds, waves: 8, repeats: Repeats::Panel, ..Play::new(strategy, items, seed) };
            let (mut filled, slots) = (0, 8 * rounds as usize * (items / 2));
            for wave in play.run() {
                filled += wave.len();
            }
            prop_assert!(filled * 100 >= slots * 95, "{strategy}: {filled} of {slots}");
        }
    }

    #[test]
    fn the_predecessors_rounds_are_full_while_every_item_has_strangers_enough(
        items in 3_usize..=40,
        rounds in 1_u32..=4,
        known in any_knowledge(),
        seed: u64,
    ) {
        // As long as nobody has met half of the others, there is a round of pairs that never met (Dirac 1952).
        let most = (items as u32 - 1) / 2;
        let rounds = rounds.min(most);
        let waves = (most / rounds).min(12);
        let play = Play { rounds, known, waves, repeats: Repeats::Panel, ..Play::new(Strategy::OptimalGraph, items, seed) };
        let filled: usize = play.run().iter().map(Vec::len).sum();
        let slots = waves as usize * rounds as usize * (items / 2);
        prop_assert!(filled * 100 >= slots * 95, "{} of {}", filled, slots);
    }

    #[test]
    fn an_item_plays_at_most_once_a_round(items in 4_usize..=40, seed: u64) {
        for strategy in [Strategy::Adaptive, Strategy::Eig].into_iter().chain(BASELINES) {
            for known in [Known::Covariance, Known::Variances] {
                let play = Play { known, ..Play::new(strategy, items, seed) };
                for wave in play.run().into_iter().skip(3) {
                    prop_assert!(counts(&wave, items).iter().all(|count| *count <= 1));
                }
            }
        }
    }

    #[test]
    fn nobody_sits_out_twice_before_all_have(half in 1_usize..=12, seed: u64) {
        let items = 2 * half + 1;
        for strategy in [Strategy::Balanced, Strategy::RoundRobin] {
            let play = Play { waves: items as u32, ..Play::new(strategy, items, seed) };
            let counts = counts(&flat(&play.run()), items);
            prop_assert!(counts.iter().all(|count| *count == items as u32 - 1));
        }
    }

    #[test]
    fn the_complete_design_covers_every_pair_once_and_then_swapped(items in 0_usize..=41, seed: u64) {
        let first = complete_design(items, 0, seed);
        let mut seen: Vec<_> = first.iter().map(|pair| pair.unordered()).collect();
        seen.sort_unstable();
        let all: Vec<_> = (0..items as u32).flat_map(|a| (a + 1..items as u32).map(move |b| (a, b))).collect();
        prop_assert_eq!(seen, all);
        let second = complete_design(items, 1, seed);
        prop_assert!(second.iter().rev().zip(&first).all(|(again, once)| *again == once.swapped()));
        let both = [first, second].concat();
        prop_assert!(worst_lean(&both, items) <= 1);
    }

    #[test]
    fn round_robin_is_the_complete_design_however_it_is_cut(items in 2_usize..=20, limit in 1_usize..9, seed: u64) {
        let expected = [complete_design(items, 0, seed), complete_design(items, 1, seed)].concat();
        let mut asked = Vec::new();
        loop {
            let mut request = Request::new(items);
            (request.asked, request.limit, request.seed) = (&asked, limit, seed);
            let next = plan(Strategy::RoundRobin, &request).unwrap();
            if next.is_empty() {
                break;
            }
            asked.extend(next);
        }
        prop_assert_eq!(asked, expected);
    }
}

#[test]
fn random_waves_of_one_judge_cover_every_pair_once_and_then_swapped() {
    let play = Play { waves: 60, ..Play::new(Strategy::Random, 9, 3) };
    let pairs = flat(&play.run());
    assert_eq!(pairs.len(), 72);
    let mut sorted = pairs.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), 72, "an ordered pair was asked twice");
    assert!(pairs[36..].iter().rev().zip(&pairs).all(|(again, once)| *again == once.swapped()));
}

#[test]
fn many_items_get_equal_counts_no_repeats_and_an_early_connection() {
    for items in [129, 400, 401, 1001] {
        let play = Play { rounds: 2, waves: 4, known: Known::Nothing, ..Play::new(Strategy::Balanced, items, 11) };
        let mut asked = Vec::new();
        for wave in play.run() {
            assert_eq!(wave.len(), 2 * (items / 2));
            asked.extend(wave);
            let counts = counts(&asked, items);
            assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
        }
        assert!(worst_lean(&asked, items) <= 1);
        assert!(connected(&asked[..items], items), "{items} items are not connected after {items} comparisons");
        let mut unordered: Vec<_> = asked.iter().map(|pair| pair.unordered()).collect();
        unordered.sort_unstable();
        unordered.dedup();
        assert_eq!(unordered.len(), asked.len());
    }
}

#[test]
fn a_request_that_contradicts_itself_is_an_error() {
    let mut request = Request::new(3);
    let asked = [Pair::new(0, 3)];
    request.asked = &asked;
    let error = plan(Strategy::Adaptive, &request).unwrap_err();
    assert_eq!(error.to_string(), "asked[0] names item 3, expected an index below 3");
    let selfish = [Pair::new(1, 1)];
    (request.asked, request.refused) = (&[], &selfish);
    let error = plan(Strategy::Adaptive, &request).unwrap_err();
    assert!(matches!(error, PairingError::SelfPair { list: "refused", position: 0, item: 1, .. }));
    assert!(matches!(Estimate::new(&[0.0, 1.0], &[1.0]), Err(PairingError::Shape { expected: 4, found: 1, .. })));
    assert!(matches!(Estimate::with_variances(&[0.0], &[-1.0]), Err(PairingError::Number { position: 0, .. })));
    request.refused = &[];
    let request = request.with_estimate(Estimate::with_variances(&[0.0; 2], &[1.0; 2]).unwrap());
    assert!(matches!(plan(Strategy::Adaptive, &request), Err(PairingError::Shape { expected: 3, found: 2, .. })));
}

#[test]
fn too_few_items_have_nothing_to_ask() {
    for &strategy in Strategy::ALL {
        assert_eq!(plan(strategy, &Request::new(0)), Ok(Vec::new()));
        assert_eq!(plan(strategy, &Request::new(1)), Ok(Vec::new()));
    }
}

#[test]
fn the_predecessors_rule_never_repeats_and_meets_no_dead_end() {
    let play = Play { waves: 12, repeats: Repeats::Panel, ..Play::new(Strategy::OptimalGraph, 7, 5) };
    let mut pairs: Vec<_> = flat(&play.run()).iter().map(|pair| pair.unordered()).collect();
    pairs.sort_unstable();
    pairs.dedup();
    assert_eq!(pairs.len(), 21, "every pair once, and no dead end before");
    assert_eq!(flat(&play.run()).len(), 21);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn any_history_can_be_continued(
        items in 2_usize..14,
        asked in prop::collection::vec((0_u32..14, 0_u32..14), 0..80),
        refused in prop::collection::vec((0_u32..14, 0_u32..14), 0..20),
        variance in prop_oneof![Just(0.0), Just(1e-300), 0.0_f64..4.0, Just(1e300)],
        spread in prop_oneof![Just(0.0), 0.0_f64..5.0, Just(1e6), Just(1e300)],
        repeats in any_repeats(),
        rounds in 1_u32..4,
        full: bool,
    ) {
        let valid = |list: Vec<(u32, u32)>| -> Vec<Pair> {
            let pairs = list.into_iter().filter(|(a, b)| a != b && (*a.max(b) as usize) < items);
            pairs.map(|(a, b)| Pair::new(a, b)).collect()
        };
        let (asked, refused) = (valid(asked), valid(refused));
        let mean: Vec<f64> = (0..items).map(|i| spread * i as f64 / items as f64).collect();
        let mut covariance = vec![0.0; items * items];
        covariance.iter_mut().step_by(items + 1).for_each(|cell| *cell = variance);
        let variances = vec![variance; items];
        let mut request = Request::new(items);
        (request.asked, request.refused, request.repeats, request.rounds) = (&asked, &refused, repeats, rounds);
        request.estimate = Some(if full {
            Estimate::new(&mean, &covariance).unwrap()
        } else {
            Estimate::with_variances(&mean, &variances).unwrap()
        });
        for &strategy in Strategy::ALL {
            let planned = plan(strategy, &request).unwrap();
            assert_well_formed(&planned, items);
            prop_assert!(planned.len() <= request.slots());
            let met = |pair: &Pair, list: &[Pair]| list.iter().any(|other| other.unordered() == pair.unordered());
            for pair in &planned {
                prop_assert!(!met(pair, &refused));
                prop_assert!(repeats != Repeats::Never || !met(pair, &asked), "{strategy}");
                prop_assert!(repeats != Repeats::Swapped || !asked.contains(pair), "{strategy}");
            }
        }
    }
}
