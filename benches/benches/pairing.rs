//! How long one wave takes to choose after ten rounds, from a scale and what is known of its errors; and how long with
//! fitting that scale, which is what a batch pays.

use std::hint::black_box;

use cj_benches::judged;
use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Pair, PairingError, Request, plan};
use cj_core::scoring::{Fit, Judgements, Model, Prior};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const STRATEGIES: [Strategy; 4] = [Strategy::Balanced, Strategy::Swiss, Strategy::Adaptive, Strategy::Eig];

/// Items and pairs of a wave: one round, four rounds, and one round of many.
const WAVES: [(usize, usize); 4] = [(100, 50), (100, 200), (500, 250), (10_000, 5_000)];

/// Above this number of items a batch knows variances, not the whole covariance matrix.
const MOST_DENSE: usize = 2_000;

fn wave(c: &mut Criterion) {
    let mut group = c.benchmark_group("pairing");
    group.sample_size(10);
    for (items, pairs) in WAVES {
        let judged = judged(items, 10, 1).expect("the rounds can be planned");
        let judgements = Judgements::from_counts(&judged.names, &judged.counts).expect("the counts are good");
        let model = Model::builder().prior(Prior::Normal { sd: 2.0 }).build().expect("the prior is in range");
        let mut request = Request::new(items);
        request.asked = &judged.asked;
        request.limit = pairs;
        request.rounds = pairs.div_ceil(items / 2) as u32;
        request.seed = 1;
        request.wave = 2;
        let shape = format!("{items} items, {pairs} pairs");
        let fit = model.fit(&judgements).expect("a penalised estimate always exists");
        let spread = spread(&fit);
        for strategy in STRATEGIES {
            group.bench_function(BenchmarkId::new(strategy.as_str(), &shape), |bench| {
                bench.iter(|| {
                    let wave = next(strategy, black_box(&request), &fit, &spread).expect("the request is good");
                    assert!(wave.len() * 100 >= pairs * 95);
                    wave
                });
            });
        }
        group.bench_function(BenchmarkId::new("fit and adaptive", &shape), |bench| {
            bench.iter(|| {
                let fit = model.fit(black_box(&judgements)).expect("a penalised estimate always exists");
                let spread = self::spread(&fit);
                next(Strategy::Adaptive, &request, &fit, &spread).expect("the request is good")
            });
        });
    }
    group.finish();
}

/// The covariance matrix row by row, or the variances of many items.
fn spread(fit: &Fit) -> Vec<f64> {
    if fit.scores().len() > MOST_DENSE {
        return fit.standard_errors().iter().map(|error| error * error).collect();
    }
    fit.covariance().expect("a penalised estimate has one").as_slice().to_vec()
}

fn next(strategy: Strategy, request: &Request<'_>, fit: &Fit, spread: &[f64]) -> Result<Vec<Pair>, PairingError> {
    let estimate = if fit.scores().len() > MOST_DENSE {
        Estimate::with_variances(fit.scores(), spread)?
    } else {
        Estimate::new(fit.scores(), spread)?
    };
    plan(strategy, &request.with_estimate(estimate))
}

criterion_group!(benches, wave);
criterion_main!(benches);
