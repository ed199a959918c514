//! From integer ids in memory to scores: the sizes of the measured comparison with other programs.
//!
//! `cargo bench -p cj-benches --bench scoring -- NAME`
use std::hint::black_box;

use cj_core::scoring::{Connectivity, Judgements, Model, Outcome, Prior, Sampling, TiePolicy};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

/// A small generator of its own (splitmix64): the data stay the same whatever the libraries do.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, n: usize) -> usize {
        (self.uniform() * n as f64) as usize
    }

    fn normal(&mut self) -> f64 {
        let (a, b) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }
}

struct Set {
    names: Vec<String>,
    outcomes: Vec<(u32, u32, Outcome)>,
}

impl Set {
    /// Balanced random pairs of items with abilities N(0, 1.5²).
    fn random(items: usize, comparisons: usize) -> Self {
        let mut random = Random(items as u64 + 7 * comparisons as u64);
        let abilities: Vec<f64> = (0..items).map(|_| 1.5 * random.normal()).collect();
        let mut deck: Vec<usize> = Vec::new();
        let mut pairs = Vec::with_capacity(comparisons);
        while pairs.len() < comparisons {
            if deck.len() < 2 {
                deck = (0..items).collect();
                for last in (1..items).rev() {
                    deck.swap(last, random.below(last + 1));
                }
            }
            if let (Some(a), Some(b)) = (deck.pop(), deck.pop()) {
                pairs.push((a, b));
            }
        }
        Self::judged(items, &abilities, &pairs, &mut random)
    }

    /// Every item meets its four neighbours on a hidden path.
    fn chain(items: usize, comparisons: usize) -> Self {
        let mut random = Random(items as u64);
        let mut path: Vec<usize> = (0..items).collect();
        for last in (1..items).rev() {
            path.swap(last, random.below(last + 1));
        }
        let abilities: Vec<f64> = (0..items).map(|_| 1.5 * random.normal()).collect();
        let links: Vec<(usize, usize)> =
            (1..=2).flat_map(|step| (step..items).map(move |at| (at - step, at))).collect();
        let pairs: Vec<(usize, usize)> = (0..comparisons)
            .map(|at| links.get(at).copied().unwrap_or_else(|| links[random.below(links.len())]))
            .map(|(a, b)| (path[a], path[b]))
            .collect();
        Self::judged(items, &abilities, &pairs, &mut random)
    }

    /// Judges the pairs, and turns single outcomes until every item can be reached along wins.
    fn judged(items: usize, abilities: &[f64], pairs: &[(usize, usize)], random: &mut Random) -> Self {
        let names: Vec<String> = (0..items).map(|item| format!("{item:06}")).collect();
        let mut outcomes: Vec<(u32, u32, Outcome)> = pairs
            .iter()
            .map(|(a, b)| {
                let left = random.uniform() < 1.0 / (1.0 + (abilities[*b] - abilities[*a]).exp());
                (*a as u32, *b as u32, if left { Outcome::Left } else { Outcome::Right })
            })
            .collect();
        loop {
            let judgements = Judgements::from_outcomes(&names, &outcomes).expect("no pair meets itself");
            let connectivity = Connectivity::of(&judgements, TiePolicy::Drop);
            if connectivity.is_strongly_connected() {
                return Self { names, outcomes };
            }
            let mut group = vec![0; items];
            for (number, members) in connectivity.groups().iter().enumerate() {
                for name in members {
                    group[judgements.index_of(name).expect("the name is an item's")] = number;
                }
            }
            // One comparison between groups turned per stronger group links it back.
            let mut turned = vec![false; connectivity.groups().len()];
            for (a, b, outcome) in &mut outcomes {
                let stronger = group[*a as usize].min(group[*b as usize]);
                if group[*a as usize] != group[*b as usize] && !turned[stronger] {
                    turned[stronger] = true;
                    *outcome = if *outcome == Outcome::Left { Outcome::Right } else { Outcome::Left };
                }
            }
        }
    }
}

fn fits(c: &mut Criterion) {
    let mle = Model::builder().build().expect("defaults are valid");
    let map = Model::builder().prior(Prior::Normal { sd: 2.0 }).build().expect("the prior is in range");
    for (name, set) in sets() {
        let mut group = c.benchmark_group(format!("fit {name}"));
        group.sample_size(if set.outcomes.len() > 100_000 { 10 } else { 50 });
        for (kind, model) in [("mle", &mle), ("map", &map)] {
            group.bench_function(kind, |b| {
                b.iter(|| {
                    let judgements = Judgements::from_outcomes(&set.names, black_box(&set.outcomes)).expect("valid");
                    model.fit(&judgements).expect("it exists").scores()[0]
                });
            });
        }
        group.bench_function("counts only", |b| {
            b.iter(|| Judgements::from_outcomes(&set.names, black_box(&set.outcomes)).expect("valid").pairs().len());
        });
        let judgements = Judgements::from_outcomes(&set.names, &set.outcomes).expect("valid");
        group.bench_function("standard errors", |b| {
            b.iter_batched(
                || mle.fit(&judgements).expect("it exists"),
                |fit| fit.standard_errors()[0],
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

fn sets() -> Vec<(&'static str, Set)> {
    vec![
        ("a: 30 x 300", Set::random(30, 300)),
        ("b: 200 x 4,000", Set::random(200, 4_000)),
        ("c: 1,000 x 20,000", Set::random(1_000, 20_000)),
        ("d: 1,000 x 1,000,000", Set::random(1_000, 1_000_000)),
        ("e: 10,000 x 1,000,000", Set::random(10_000, 1_000_000)),
        ("f: 100,000 x 2,000,000", Set::random(100_000, 2_000_000)),
        ("g: chain 1,000 x 5,000", Set::chain(1_000, 5_000)),
    ]
}

fn posteriors(c: &mut Criterion) {
    let model = Model::builder().build().expect("defaults are valid");
    let mut group = c.benchmark_group("posterior, 1,000 draws");
    group.sample_size(10);
    for (items, comparisons) in [(30, 300), (100, 1_000), (300, 3_000)] {
        let set = Set::random(items, comparisons);
        let judgements = Judgements::from_outcomes(&set.names, &set.outcomes).expect("valid");
        let sampling = Sampling::seeded(1).draws(1_000, 1_000);
        group.bench_function(format!("{items} x {comparisons}"), |b| {
            b.iter(|| model.posterior(black_box(&judgements), sampling).expect("always there").latent_sd());
        });
    }
    group.finish();
}

criterion_group!(benches, fits, posteriors);
criterion_main!(benches);
