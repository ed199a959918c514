//! How long one wave takes to choose after ten rounds, from a scale and its whole covariance matrix; and how long with
//! fitting that scale, which is what a batch pays.

use std::hint::black_box;

use cj_benches::judged;
use cj_core::config::Strategy;
use cj_core::pairing::{Estimate, Request, plan};
use cj_core::scoring::{Judgements, Model, Prior};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

const STRATEGIES: [Strategy; 4] = [Strategy::Balanced, Strategy::Swiss, Strategy::Adaptive, Strategy::Eig];

fn wave(c: &mut Criterion) {
    let mut group = c.benchmark_group("pairing");
    group.sample_size(10);
    for (items, pairs) in [(100, 50), (500, 250)] {
        let judged = judged(items, 10, 1).expect("the rounds can be planned");
        let judgements = Judgements::from_counts(&judged.names, &judged.counts).expect("the counts are good");
        let model = Model::builder().prior(Prior::Normal { sd: 2.0 }).build().expect("the prior is in range");
        let fit = model.fit(&judgements).expect("a penalised estimate always exists");
        let covariance = fit.covariance().expect("so does its covariance").as_slice();
        let estimate = Estimate::new(fit.scores(), covariance).expect("the shapes fit");
        let mut request = Request::new(items).with_estimate(estimate);
        request.asked = &judged.asked;
        request.limit = pairs;
        request.seed = 1;
        request.wave = 2;
        for strategy in STRATEGIES {
            let name = BenchmarkId::new(strategy.as_str(), format!("{items} items, {pairs} pairs"));
            group.bench_function(name, |bench| {
                bench.iter(|| {
                    let wave = plan(strategy, black_box(&request)).expect("the request is good");
                    assert_eq!(wave.len(), pairs);
                    wave
                });
            });
        }
        group.bench_function(BenchmarkId::new("fit and adaptive", format!("{items} items, {pairs} pairs")), |bench| {
            bench.iter(|| {
                let fit = model.fit(black_box(&judgements)).expect("a penalised estimate always exists");
                let covariance = fit.covariance().expect("so does its covariance").as_slice();
                let estimate = Estimate::new(fit.scores(), covariance).expect("the shapes fit");
                plan(Strategy::Adaptive, &request.with_estimate(estimate)).expect("the request is good")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, wave);
criterion_main!(benches);
