//! How many verdicts a second the store takes: the statements of one unit of work, without the domain around them.
//!
//! `cargo run --release -p cj-storage-sqlite --example intake -- [verdicts] [per unit] [batches per unit] [bytes of each
//! question, 0 for none] [0: synchronous NORMAL instead of FULL]`, in the folder that the file is to be in.

#![expect(clippy::print_stdout, reason = "figures are for people")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use cj_core::change::{
    BatchHeader, BatchRecord, BatchState, BatchUpdate, ComparisonRecord, ComparisonState, Counters, DecisionRecord,
    DecisionRole, Evidence, MatrixCell, MatrixKey, MessageKind, OutboxMessage, Phase, RequestSnapshot, WaitingFor,
    WaveProgress, Winner,
};
use cj_core::config::{Settings, Strategy};
use cj_core::id::{BatchId, ComparisonId, EssayId, EventId, JudgeId};
use cj_core::store::{BatchRepository, ComparisonQuery, ComparisonRepository, Store};
use cj_storage_sqlite::{SqliteOptions, SqliteStore, Synchronous};
use uuid::Uuid;

const PER_BATCH: u32 = 1_000;
const ESSAYS: u32 = 67;
/// So many questions are out at once, and are answered in any order.
const WINDOW: u32 = 200;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let mut number = |default: u32| args.next().map_or(Ok(default), |text| text.parse());
    let (verdicts, per_unit, spread, question) = (number(100_000)?, number(100)?, number(1)?, number(0)?);
    let synchronous = if number(1)? == 0 { Synchronous::Normal } else { Synchronous::Full };
    let batches = verdicts.div_ceil(PER_BATCH).div_ceil(spread) * spread;
    println!("{verdicts} verdicts, {batches} batches of {PER_BATCH}, questions of {question} bytes, {synchronous:?}");
    // Not in the folder for temporary files, which may be in memory.
    let folder = tempfile::tempdir_in(".")?;
    let store = SqliteOptions::new(folder.path().join("intake.sqlite")).synchronous(synchronous).open().await?;
    store.migrate().await?;
    prepare(&store, batches, question as usize).await?;
    Run { per_unit, spread, batches, steps: BTreeMap::new() }.measure(&store, verdicts).await?;
    store.close().await;
    Ok(())
}

struct Run {
    per_unit: u32,
    /// Over how many batches the verdicts of one unit are spread.
    spread: u32,
    batches: u32,
    steps: BTreeMap<&'static str, Duration>,
}

impl Run {
    async fn measure(mut self, store: &SqliteStore, total: u32) -> Result<(), Box<dyn Error>> {
        let before = spent()?;
        let started = Instant::now();
        let mut versions = vec![1; self.batches as usize];
        for unit in 0..total / self.per_unit {
            self.unit(store, unit, &mut versions).await?;
        }
        let took = started.elapsed();
        let (per_unit, spread) = (self.per_unit, self.spread);
        let rate = f64::from(total) / took.as_secs_f64();
        let used = spent()? - before;
        let (cpu, written) = (used.cpu * 1e6 / f64::from(total), used.written / f64::from(total));
        println!(
            "{per_unit:>5} per unit over {spread:>2} batches: {rate:>8.0} verdicts/s, \
             {cpu:.1} µs of processor and {written:.0} bytes written per verdict"
        );
        let micros = |step: &Duration| step.as_secs_f64() * 1e6 / f64::from(total);
        let steps: Vec<_> = self.steps.iter().map(|(name, step)| format!("{name} {:.2}", micros(step))).collect();
        println!("    µs per verdict: {}", steps.join(", "));
        Ok(())
    }

    /// What the service does for one slice of verdicts, with a stop-watch at each step.
    async fn unit(&mut self, store: &SqliteStore, unit: u32, versions: &mut [u64]) -> Result<(), Box<dyn Error>> {
        let answers: Vec<(u32, u32)> = (0..self.per_unit)
            .map(|place| {
                let running = u64::from(unit) * u64::from(self.per_unit) + u64::from(place);
                let group = self.spread;
                let slot = running / u64::from(PER_BATCH * group);
                let within = running % u64::from(PER_BATCH * group);
                let batch = slot as u32 * group + (within % u64::from(group)) as u32;
                let ordinal = within as u32 / group;
                (batch, ordinal / WINDOW * WINDOW + ordinal % WINDOW * 77 % WINDOW)
            })
            .collect();
        let touched: BTreeSet<u32> = answers.iter().map(|(batch, _)| *batch).collect();
        let comparisons: Vec<ComparisonId> =
            answers.iter().map(|&(batch, ordinal)| batch_id(batch).comparison_id(1, ordinal, 1)).collect();
        let messages: Vec<EventId> =
            comparisons.iter().map(|id| EventId::new(Uuid::new_v5(&id.as_uuid(), b"answer"))).collect();
        let ids: Vec<BatchId> = touched.iter().map(|&batch| batch_id(batch)).collect();

        let mut clock = Instant::now();
        let mut lap = |name, steps: &mut BTreeMap<_, Duration>| {
            *steps.entry(name).or_default() += clock.elapsed();
            clock = Instant::now();
        };
        let mut it = store.begin().await?;
        lap("0 begin", &mut self.steps);
        let new = it.admit("engine", &messages, now()).await?;
        assert_eq!(new.len(), messages.len());
        lap("1 admit", &mut self.steps);
        let locked = it.lock(&ids).await?;
        lap("2 lock", &mut self.steps);
        let query = ComparisonQuery::WithSiblings(comparisons.clone());
        let rows = ComparisonRepository::load(&mut *it, &query).await?;
        assert_eq!(rows.len(), comparisons.len());
        lap("3 load", &mut self.steps);

        let (updates, rows, decisions, cells) = fold(&locked, rows, &touched, versions, unit * self.per_unit);
        lap("4 (fold)", &mut self.steps);
        BatchRepository::update(&mut *it, &updates.iter().collect::<Vec<_>>()).await?;
        lap("5 batch", &mut self.steps);
        ComparisonRepository::update(&mut *it, &rows.iter().collect::<Vec<_>>()).await?;
        lap("6 comparisons", &mut self.steps);
        it.record(&decisions).await?;
        lap("7 decisions", &mut self.steps);
        it.tally(&cells.iter().collect::<Vec<_>>()).await?;
        lap("8 matrix", &mut self.steps);
        it.withdraw(&comparisons, &[]).await?;
        lap("9 withdraw", &mut self.steps);
        it.commit().await?;
        lap("commit", &mut self.steps);
        Ok(())
    }
}

/// What the process has used so far; the clock alone says little on a machine that does other things too.
#[derive(Clone, Copy)]
struct Spent {
    cpu: f64,
    written: f64,
}

impl std::ops::Sub for Spent {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { cpu: self.cpu - earlier.cpu, written: self.written - earlier.written }
    }
}

fn spent() -> Result<Spent, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let ticks: Vec<f64> = stat.split(' ').skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    let io = std::fs::read_to_string("/proc/self/io")?;
    let written = io.lines().find_map(|line| line.strip_prefix("wchar: ")).ok_or("no wchar in /proc/self/io")?;
    Ok(Spent { cpu: ticks.iter().sum::<f64>() / 100.0, written: written.parse()? })
}

type Folded = (Vec<BatchUpdate>, Vec<ComparisonRecord>, Vec<DecisionRecord>, BTreeMap<MatrixKey, MatrixCell>);

fn fold(
    locked: &[BatchRecord],
    rows: Vec<ComparisonRecord>,
    touched: &BTreeSet<u32>,
    versions: &mut [u64],
    counted: u32,
) -> Folded {
    let mut updates = Vec::new();
    for &batch in touched {
        let version = &mut versions[batch as usize];
        let record = locked.iter().find(|record| record.id() == batch_id(batch)).expect("every batch is stored");
        let state = BatchState { version: *version + 1, last_activity_at: now(), ..record.state.clone() };
        updates.push(BatchUpdate { id: batch_id(batch), expected_version: *version, state });
        *version += 1;
    }
    let mut decisions = Vec::with_capacity(rows.len());
    let mut cells = BTreeMap::<_, MatrixCell>::new();
    let mut updated = rows;
    for (counted, row) in (counted..).zip(&mut updated) {
        row.state = ComparisonState::Decided;
        row.verdict = Some(Winner::A);
        row.decisions = 1;
        let key = MatrixKey { batch_id: row.batch_id, essay_a: row.essay_a.clone(), essay_b: row.essay_b.clone() };
        cells.entry(key).or_default().wins_a += 1;
        decisions.push(DecisionRecord {
            comparison_id: row.id,
            ordinal: 0,
            batch_id: row.batch_id,
            role: DecisionRole::Counted,
            counted: Some(counted + 1),
            verdict: Some(Winner::A),
            error_code: None,
            error_message: None,
            evidence: Evidence {
                judge_id: Some(JudgeId::new("llm").expect("a short name")),
                confidence: Some(3.5),
                justification: Some("Texten är rikare och bättre disponerad. ".repeat(4).chars().take(150).collect()),
                provider: Some("anthropic".to_owned()),
                model: Some("claude-haiku-4-5-20251001".to_owned()),
                prompt_tokens: Some(1_234),
                completion_tokens: Some(77),
                cost: Some(0.001_234),
                latency_ms: Some(2_345),
            },
            received_at: now(),
        });
    }
    (updates, updated, decisions, cells)
}

async fn prepare(store: &SqliteStore, batches: u32, question: usize) -> Result<(), Box<dyn Error>> {
    for batch in 0..batches {
        let mut unit = store.begin().await?;
        BatchRepository::insert(&mut *unit, &[&record(batch)]).await?;
        let rows: Vec<_> = (0..PER_BATCH).map(|ordinal| comparison(batch, ordinal)).collect();
        ComparisonRepository::insert(&mut *unit, &rows.iter().collect::<Vec<_>>()).await?;
        if question > 0 {
            unit.append(&rows.iter().map(|row| message(row, question)).collect::<Vec<_>>()).await?;
        }
        unit.commit().await?;
    }
    Ok(())
}

fn record(batch: u32) -> BatchRecord {
    let header = BatchHeader {
        id: batch_id(batch),
        event_id: EventId::of_bytes(&batch.to_be_bytes()),
        bos_batch_id: format!("bos-{batch}"),
        correlation_id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &batch.to_be_bytes()),
        settings: Settings::default(),
        request: RequestSnapshot { student_prompt: Some("Skriv om våren. ".repeat(60)), ..RequestSnapshot::default() },
        seed: 1,
        course_code: "ENG5".to_owned(),
        language: "sv".to_owned(),
        assignment_id: None,
        user_id: "user".to_owned(),
        org_id: None,
        created_at: now(),
    };
    let state = BatchState {
        version: 1,
        phase: Phase::Waiting(WaitingFor::Wave),
        phase_since: now(),
        counters: Counters { budget: PER_BATCH, planned: PER_BATCH, ..Counters::default() },
        wave: WaveProgress { number: 1, questions: PER_BATCH, ..WaveProgress::default() },
        partial_scoring_triggered: false,
        reliability_judged_at: 0,
        lease: None,
        last_activity_at: now(),
        next_deadline: Some(now()),
        completed_at: None,
        result: None,
    };
    BatchRecord { header: Arc::new(header), state }
}

fn comparison(batch: u32, ordinal: u32) -> ComparisonRecord {
    let essay = |number: u32| EssayId::new(format!("essay-{number:026}")).expect("32 characters");
    let first = ordinal % ESSAYS;
    let second = (first + 1 + ordinal / ESSAYS) % ESSAYS;
    ComparisonRecord {
        id: batch_id(batch).comparison_id(1, ordinal, 1),
        batch_id: batch_id(batch),
        wave: 1,
        ordinal,
        attempt: 1,
        retry_of: None,
        essay_a: essay(first),
        essay_b: essay(second),
        judge_id: None,
        mode: Strategy::default(),
        state: ComparisonState::Asked,
        verdict: None,
        error_code: None,
        decisions: 0,
        planned_at: now(),
        asked_at: Some(now()),
        deadline: now(),
    }
}

fn message(row: &ComparisonRecord, bytes: usize) -> OutboxMessage {
    OutboxMessage {
        id: EventId::new(row.id.as_uuid()),
        kind: MessageKind::Question,
        batch_id: row.batch_id,
        version: 1,
        ordinal: row.ordinal,
        aggregate_type: "comparison".to_owned(),
        aggregate_id: row.id.to_string(),
        event_type: "LLMComparisonRequestV1".to_owned(),
        topic: "huleedu.llm_provider.comparison_request.v1".to_owned(),
        key: row.id.to_string(),
        payload: vec![b'x'; bytes],
        headers: BTreeMap::from([("event_id".to_owned(), row.id.to_string())]),
        created_at: now(),
        available_at: now(),
        attempts: 1,
    }
}

fn batch_id(batch: u32) -> BatchId {
    BatchId::of_request(EventId::of_bytes(&batch.to_be_bytes()))
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_763_720_000_123_456).expect("a time of this century")
}
