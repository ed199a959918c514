//! PostgreSQL: answers a second by how many share a unit, with what `pgbench -N` reaches on the same server in the same run;
//! the monitor's sweep; many clients on few batches. `-- --test` only makes sure that it runs; `-- verdicts`, `contention` or
//! `sweep` runs a part.

#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::sync::Arc;

use cj_benches::load::{Failure, Load, Swept, Taken, rate, timed};
use cj_benches::postgres::{Server, pgbench};
use cj_core::store::Store;
use tokio::runtime::Builder;

/// How much is measured.
struct Size {
    clients: u32,
    essays: u32,
    pgbench_seconds: u32,
    batches: u32,
    /// Answers of one client, by answers per unit.
    verdicts: fn(usize) -> u32,
}

const FULL: Size = Size {
    clients: 8,
    essays: 90,
    pgbench_seconds: 3,
    batches: 100_000,
    verdicts: |per_unit| match per_unit {
        1 => 800,
        10 => 4_000,
        _ => 12_000,
    },
};
const TEST: Size =
    Size { clients: 2, essays: 46, pgbench_seconds: 1, batches: 100, verdicts: |per_unit| per_unit as u32 };

fn main() -> Result<(), Failure> {
    let size = if cj_benches::is_test() { TEST } else { FULL };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |part: &str| wanted.is_empty() || wanted.iter().any(|name| name == part);
    Builder::new_multi_thread().worker_threads(2).enable_all().build()?.block_on(async {
        let server = Server::start(size.clients + 2).await?;
        if is_wanted("verdicts") {
            verdicts(&server, &size).await?;
        }
        if is_wanted("contention") {
            contention(&server, &size).await?;
        }
        if is_wanted("sweep") {
            sweeps(&server, &size).await?;
        }
        Ok(())
    })
}

async fn verdicts(server: &Server, size: &Size) -> Result<(), Failure> {
    let (clients, store) = (size.clients, Arc::clone(server.store()) as Arc<dyn Store>);
    println!("{clients} clients, each with a batch of its own; fsync on");
    for per_unit in [1, 10, 100, 1_000] {
        let name = format!("apart {per_unit}");
        server.checkpoint().await?;
        let load = Load::apart(&store, &name, clients, size.essays, per_unit, (size.verdicts)(per_unit)).await?;
        server.settle().await?;
        let (taken, took) = timed(load.take()).await?;
        let limit = pgbench(server.cluster(), clients, size.pgbench_seconds)?;
        let units = rate(taken.units, took);
        println!(
            "verdicts/postgres/{per_unit} per unit: {:.0} verdicts/s, {units:.0} units/s; pgbench -N: {limit:.0} tps, ratio {:.2}",
            rate(taken.verdicts, took),
            units / limit
        );
    }
    Ok(())
}

async fn contention(server: &Server, size: &Size) -> Result<(), Failure> {
    let (clients, store) = (size.clients, Arc::clone(server.store()) as Arc<dyn Store>);
    for (batches, essays) in [(1, size.essays), (clients, size.essays), (size.batches.min(800), 10)] {
        server.checkpoint().await?;
        let load = Load::shared(&store, &format!("shared {batches}"), clients as usize, batches, essays, 100).await?;
        server.settle().await?;
        let (Taken { verdicts, units, again, .. }, took) = timed(load.take()).await?;
        println!(
            "contention/postgres/{clients} clients on {batches} batches, 100 per unit: {:.0} verdicts/s, {units} units, {again} run again",
            rate(verdicts, took)
        );
    }
    Ok(())
}

async fn sweeps(server: &Server, size: &Size) -> Result<(), Failure> {
    let store = Arc::clone(server.store()) as Arc<dyn Store>;
    let mut swept = Swept::new(&store, size.batches, size.batches / 100).await?;
    server.settle().await?;
    for _ in 0..2 {
        let (woken, took) = timed(swept.wake()).await?;
        println!("sweep/postgres/{woken} due of {} batches: {:.3} s", size.batches, took.as_secs_f64());
    }
    Ok(())
}
