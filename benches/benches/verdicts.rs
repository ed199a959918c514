//! How many answers a second a batch takes in, by how many share a unit of work.

use std::error::Error;
use std::time::Duration;

use cj_benches::{Intake, Kind};
use criterion::measurement::{Measurement as _, WallTime};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::{Builder, Runtime};

fn intake(c: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime can be started");
    for (name, kind) in [("memory", Kind::Memory), ("sqlite", Kind::Sqlite)] {
        let mut group = c.benchmark_group(format!("verdicts/{name}"));
        group.sample_size(10);
        for per_unit in [1, 10, 100, 1_000] {
            group.throughput(Throughput::Elements(per_unit));
            group.bench_function(BenchmarkId::new("per unit", per_unit), |bench| {
                bench.iter_custom(|units| {
                    taken(&runtime, kind, per_unit as usize, units).expect("every answer is counted")
                });
            });
        }
        group.finish();
    }
}

/// The time that so many units take. Making batches and answers is not part of it; when a batch is used up, the next one
/// is made in a new store, so that what is measured does not depend on how long it is measured.
fn taken(runtime: &Runtime, kind: Kind, per_unit: usize, units: u64) -> Result<Duration, Box<dyn Error + Send + Sync>> {
    runtime.block_on(async {
        let mut intake = Intake::new(kind).await?;
        let mut total = WallTime.zero();
        for _ in 0..units {
            let slice = if let Some(slice) = intake.slice(per_unit) {
                slice
            } else {
                intake.close().await;
                intake = Intake::new(kind).await?;
                intake.slice(per_unit).ok_or("a batch has more answers than a unit takes")?
            };
            let start = WallTime.start();
            intake.take(&slice).await?;
            total = WallTime.add(&total, &WallTime.end(start));
        }
        intake.close().await;
        Ok(total)
    })
}

criterion_group!(benches, intake);
criterion_main!(benches);
