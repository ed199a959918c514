//! Four worker processes on one database, killed and cut off all the time.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cj_storage_postgres::PgStore;
use cj_testkit::postgres::PgDatabase;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, query_as, query_scalar};

use super::judged::{QUESTIONS, assert_whole, progress, submit};
use super::retries::Retries;
use super::worker::{WORKER, Worker};

const WORKERS: usize = 4;
const BATCHES: u32 = 200;
/// In seconds; a run without trouble takes a fraction of it.
const PATIENCE: u32 = 180;

/// A process that is killed when the value is dropped.
struct Process(Child);

impl Process {
    fn start(url: &str, retries: &Retries) -> Self {
        let mut worker = Command::new(std::env::current_exe().unwrap());
        worker.args(["--exact", "worker::as_a_worker", "--nocapture"]).env(WORKER, url).stdin(Stdio::null());
        let mut worker = worker.stdout(Stdio::piped()).spawn().unwrap();
        retries.listen(worker.stdout.take().unwrap());
        Self(worker)
    }

    /// Whether it ended by itself, which a worker never does.
    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended before: then there is nothing to kill.
        let _killed = self.0.kill();
        let _ended = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_that_are_killed_and_cut_off_lose_nothing() {
    let _alone = super::ALONE.lock().await;
    const { assert!(BATCHES * QUESTIONS >= 40_000) };
    let database = PgDatabase::fresh().await;
    let store = PgStore::connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let referee: PgConnectOptions = database.url().parse().unwrap();
    let mut conn = referee.application_name("referee").connect().await.unwrap();
    let ids = submit(&Worker::new(store, "submitter").service, BATCHES).await;

    let retries = Retries::default();
    let mut workers: Vec<_> = (0..WORKERS).map(|_| Process::start(database.url(), &retries)).collect();
    let (mut kills, mut cuts, mut seconds) = (0, 0, 0);
    let mut beat = tokio::time::interval(Duration::from_secs(1));
    beat.tick().await;
    while progress(&mut conn).await.unwrap().0 > 0 {
        beat.tick().await;
        seconds += 1;
        assert!(seconds < PATIENCE, "(open batches, verdicts) = {:?}", progress(&mut conn).await.unwrap());
        assert!(!workers.iter_mut().any(Process::has_ended), "a worker gave up; what it said is above");
        let cut: Option<bool> = query_scalar(CUT).fetch_optional(&mut conn).await.unwrap();
        cuts += i32::from(cut == Some(true));
        if seconds % 2 == 0 {
            // Another one each time: which moment of its work it is, nobody chose.
            let victim = seconds as usize / 2 % WORKERS;
            workers[victim] = Process::start(database.url(), &retries);
            kills += 1;
        }
    }
    // Events that were claimed by a worker that was killed leave when their leases end.
    while query_scalar::<_, i64>(UNSENT).fetch_one(&mut conn).await.unwrap() > 0 {
        beat.tick().await;
        seconds += 1;
        assert!(seconds < PATIENCE, "events are left");
    }
    drop(workers);
    let store = PgStore::connect(database.url()).await.unwrap();
    assert_whole(&store, &mut conn, &ids).await;
    let (commits, rollbacks, deadlocks): (i64, i64, i64) = query_as(STATISTICS).fetch_one(&mut conn).await.unwrap();
    println!(
        "{} verdicts of {BATCHES} batches in {seconds} s with {kills} kills and {cuts} cuts: {commits} commits, \
         {rollbacks} rollbacks, {deadlocks} deadlocks; {} units were overtaken and run again, {} calls made again",
        BATCHES * QUESTIONS,
        retries.overtaken(),
        retries.again()
    );
    assert!(kills > 0 && cuts > 0, "nothing went wrong in time");
    assert!(deadlocks < 20, "{deadlocks} deadlocks: locks are not taken in one order");
    assert!(i64::from(retries.overtaken()) < commits / 10, "workers mostly overtake each other");
}

/// One connection of the workers, whichever.
const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'cj' ORDER BY md5(pid::text || clock_timestamp()::text) LIMIT 1";
const UNSENT: &str = "SELECT count(*) FROM event_outbox WHERE published_at IS NULL";
const STATISTICS: &str =
    "SELECT xact_commit, xact_rollback, deadlocks FROM pg_stat_database WHERE datname = current_database()";
