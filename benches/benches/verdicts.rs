//! Memory and SQLite: answers a second by how many share a unit, beside what bare statements and the disk can do; the
//! monitor's sweep; a million answers, and the memory that they take. `-- --test` only makes sure that it runs; `-- verdicts`,
//! `sweep` or `million` runs a part, `-- memory` or `-- sqlite` one store.

#![expect(clippy::print_stdout, reason = "figures are for people")]

use std::sync::Arc;
use std::time::Duration;

use cj_benches::load::{Failure, Load, Prepared, Swept, rate, resident, synced, timed};
use cj_core::store::Store;
use cj_core::store::memory::MemoryStore;
use cj_storage_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::runtime::Builder;

/// How much is measured.
struct Size {
    essays: u32,
    batches: u32,
    /// Answers by answers per unit.
    verdicts: fn(usize) -> u32,
    /// Answers after which the memory is looked at, and how often.
    step: u32,
    steps: u32,
    syncs: u32,
}

const FULL: Size = Size {
    essays: 90,
    batches: 100_000,
    verdicts: |per_unit| match per_unit {
        1 => 500,
        10 => 4_000,
        _ => 40_000,
    },
    step: 100_000,
    steps: 10,
    syncs: 500,
};
const TEST: Size =
    Size { essays: 46, batches: 300, verdicts: |per_unit| per_unit as u32, step: 1_000, steps: 2, syncs: 2 };

/// A store, with the folder of its file where it has one.
struct Subject {
    name: &'static str,
    store: Arc<dyn Store>,
    sqlite: Option<(SqliteStore, TempDir)>,
}

impl Subject {
    async fn new(name: &'static str) -> Result<Self, Failure> {
        if name == "memory" {
            return Ok(Self { name, store: Arc::new(MemoryStore::new()), sqlite: None });
        }
        let folder = tempfile::tempdir()?;
        let sqlite = SqliteStore::open(folder.path().join("bench.sqlite")).await?;
        sqlite.migrate().await?;
        Ok(Self { name, store: Arc::new(sqlite.clone()), sqlite: Some((sqlite, folder)) })
    }

    async fn close(self) {
        if let Some((sqlite, _folder)) = self.sqlite {
            sqlite.close().await;
        }
    }
}

fn main() -> Result<(), Failure> {
    let size = if cj_benches::is_test() { TEST } else { FULL };
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_one_of = |these: &[&str], it: &str| {
        let mut chosen = wanted.iter().filter(|name| these.contains(&name.as_str())).peekable();
        chosen.peek().is_none() || chosen.any(|name| name == it)
    };
    Builder::new_multi_thread().worker_threads(1).enable_all().build()?.block_on(async {
        for name in ["memory", "sqlite"].into_iter().filter(|name| is_one_of(&["memory", "sqlite"], name)) {
            let is_wanted = |part: &str| is_one_of(&["verdicts", "sweep", "million"], part);
            if is_wanted("verdicts") {
                verdicts(name, &size).await?;
            }
            if is_wanted("sweep") {
                sweeps(name, &size).await?;
            }
            if is_wanted("million") && name == "sqlite" {
                million(name, &size).await?;
            }
        }
        Ok(())
    })
}

async fn verdicts(name: &'static str, size: &Size) -> Result<(), Failure> {
    for per_unit in [1, 10, 100, 1_000] {
        let subject = Subject::new(name).await?;
        let load = Load::apart(&subject.store, "apart", 1, size.essays, per_unit, (size.verdicts)(per_unit)).await?;
        let (taken, took) = timed(load.take()).await?;
        let (verdicts, units) = (rate(taken.verdicts, took), rate(taken.units, took));
        let limit = if let Some((_, folder)) = &subject.sqlite {
            let ((), took) = timed(async { synced(folder.path(), size.syncs) }).await?;
            let synced = rate(u64::from(size.syncs), took);
            let bare = bare(size, per_unit).await?;
            let ratio = verdicts / bare;
            format!("; bare statements {bare:.0} verdicts/s, ratio {ratio:.2}; 4 KiB synced {synced:.0} times/s")
        } else {
            String::new()
        };
        println!("verdicts/{name}/{per_unit} per unit: {verdicts:.0} verdicts/s, {units:.0} units/s{limit}");
        subject.close().await;
    }
    Ok(())
}

/// What prepared statements reach that write the same rows into a file of their own, as it was before the answers.
async fn bare(size: &Size, per_unit: usize) -> Result<f64, Failure> {
    let subject = Subject::new("sqlite").await?;
    let verdicts = (size.verdicts)(per_unit);
    drop(Load::apart(&subject.store, "bare", 1, size.essays, per_unit, verdicts).await?);
    let Some((sqlite, folder)) = subject.sqlite else { return Err("a file of SQLite was asked for".into()) };
    sqlite.close().await;
    let prepared = Prepared::new(&folder.path().join("bench.sqlite"), per_unit, verdicts).await?;
    let (written, took) = timed(prepared.write()).await?;
    Ok(rate(written, took))
}

async fn sweeps(name: &'static str, size: &Size) -> Result<(), Failure> {
    let subject = Subject::new(name).await?;
    let mut swept = Swept::new(&subject.store, size.batches, size.batches / 100).await?;
    for _ in 0..2 {
        let (woken, took) = timed(swept.wake()).await?;
        println!("sweep/{name}/{woken} due of {} batches: {:.3} s", size.batches, took.as_secs_f64());
    }
    subject.close().await;
    Ok(())
}

/// Batches come, are asked and are answered, one after the other, into one file.
async fn million(name: &'static str, size: &Size) -> Result<(), Failure> {
    let subject = Subject::new(name).await?;
    let per_unit = 1_000.min(size.step as usize);
    let questions = size.essays * (size.essays - 1) / 2;
    for step in 1..=size.steps {
        let (mut verdicts, mut total) = (0, Duration::ZERO);
        while verdicts < u64::from(size.step) {
            let name = format!("{step} {verdicts}");
            let load = Load::apart(&subject.store, &name, 1, size.essays, per_unit, questions).await?;
            let (taken, took) = timed(load.take()).await?;
            (verdicts, total) = (verdicts + taken.verdicts, total + took);
        }
        let memory = resident()? / 1_024;
        println!(
            "million/{}/{step} of {}: {verdicts} answers, {:.0} verdicts/s, {memory} MiB resident",
            subject.name,
            size.steps,
            rate(verdicts, total)
        );
    }
    subject.close().await;
    Ok(())
}
