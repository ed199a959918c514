//! How long a scale takes to fit: 20 comparisons per item, standard errors included.

use std::hint::black_box;

use cj_benches::judged;
use cj_core::scoring::{Judgements, Model, Prior};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// Items: two classes, a school, a national exam's sample.
const SIZES: [usize; 4] = [30, 100, 300, 1_000];

fn fit(c: &mut Criterion) {
    let mut group = c.benchmark_group("scoring");
    group.sample_size(10);
    for items in SIZES {
        let judged = judged(items, 20, 1).expect("the rounds can be planned");
        let judgements = Judgements::from_counts(&judged.names, &judged.counts).expect("the counts are good");
        for (name, prior) in [("mle", Prior::None), ("map", Prior::Normal { sd: 2.0 })] {
            let model = Model::builder().prior(prior).build().expect("the prior is in range");
            group.bench_function(BenchmarkId::new(name, items), |bench| {
                bench.iter(|| {
                    let fit = model.fit(black_box(&judgements)).expect("the estimate exists");
                    fit.standard_errors().iter().sum::<f64>()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, fit);
criterion_main!(benches);
