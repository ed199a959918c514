//! How long a scale takes: the seven sets of the comparison with other programs, aggregation included.

use std::hint::black_box;

use cj_benches::{SETS, Set};
use cj_core::scoring::{Model, Prior, Sampling};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

fn fit(c: &mut Criterion) {
    let mut group = c.benchmark_group("scoring");
    group.sample_size(10);
    for (letter, items, comparisons) in SETS {
        if cj_benches::is_test() && comparisons > LARGEST_TESTED {
            continue;
        }
        let set = Set::new(letter);
        let size = format!("{letter} {items}x{comparisons}");
        for (name, prior) in [("mle", Prior::None), ("map", Prior::Normal { sd: 2.0 })] {
            let model = Model::builder().prior(prior).build().expect("the prior is in range");
            group.bench_function(BenchmarkId::new(name, &size), |bench| {
                bench.iter(|| model.fit(&black_box(&set).judgements()).expect("the estimate exists"));
            });
        }
        let fit = Model::builder().build().and_then(|model| model.fit(&set.judgements())).expect("the estimate exists");
        group.bench_function(BenchmarkId::new("errors", &size), |bench| {
            // A clone of a fit that nobody asked for errors has to find them itself.
            bench.iter(|| black_box(&fit).clone().standard_errors().len());
        });
    }
    group.finish();
}

/// The hierarchical posterior at 20 comparisons per item: what the documented limit rests on.
fn posterior(c: &mut Criterion) {
    let mut group = c.benchmark_group("posterior");
    group.sample_size(10);
    let sizes: &[usize] = if cj_benches::is_test() { &[30] } else { &[30, 100, 300, 1_000] };
    for &items in sizes {
        let judgements = Set::drawn('p', items, 10 * items, false).judgements();
        let model = Model::builder().build().expect("the plain model");
        group.bench_function(BenchmarkId::new("1300 steps", items), |bench| {
            let sampling = Sampling::seeded(1).draws(1_000, 1_000);
            bench.iter(|| model.posterior(black_box(&judgements), sampling).expect("the posterior exists"));
        });
    }
    group.finish();
}

const LARGEST_TESTED: usize = 100_000;

criterion_group!(benches, fit, posterior);
criterion_main!(benches);
