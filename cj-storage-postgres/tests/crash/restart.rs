//! The server fails in the middle of a run and comes back.

use std::time::Duration;

use cj_storage_postgres::{PgOptions, PgStore};
use cj_testkit::postgres::{PgCluster, PgDatabase};
use sqlx::{Connection as _, PgConnection};
use tokio::sync::watch;

use super::judged::{QUESTIONS, assert_whole, progress, submit};
use super::worker::{Turns, Worker};

const BATCHES: u32 = 20;
/// How soon work must go on once the server is back.
const SOON: Duration = Duration::from_secs(5);

/// Waits until so many answers are counted, looking after every turn of a worker.
async fn counted(url: &str, verdicts: i64, turns: &mut watch::Receiver<Turns>) -> PgConnection {
    loop {
        if let Ok(mut conn) = PgConnection::connect(url).await
            && let Ok((_, counted)) = progress(&mut conn).await
            && counted >= verdicts
        {
            return conn;
        }
        turns.changed().await.expect("a worker gave up");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_goes_on_when_the_server_is_back() {
    let _alone = super::ALONE.lock().await;
    let cluster = PgCluster::start(&[]).unwrap();
    let database = PgDatabase::on(&cluster.url("postgres")).await.unwrap();
    let url = database.url().to_owned();
    let store = PgStore::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let ids = submit(&Worker::new(store, "submitter").service, BATCHES).await;
    let (telling, mut turns) = watch::channel(Turns::default());
    let mut workers = Vec::new();
    for number in 0..2 {
        let store = PgOptions::new(&url).unwrap().connections(4).connect().await.unwrap();
        let mut worker = Worker::new(store, &format!("worker {number}")).telling(&telling);
        workers.push(tokio::spawn(async move { worker.run().await }));
    }
    // Whoever waits for turns is told when the last worker is gone.
    drop(telling);
    let third = i64::from(BATCHES * QUESTIONS / 3);
    let before = progress(&mut counted(&url, third, &mut turns).await).await.unwrap().1;
    let failed = turns.borrow().failed;
    cluster.crash().unwrap();
    // They meet a server that is away, not one that was away.
    turns.wait_for(|turns| turns.failed >= failed + 4).await.expect("a worker gave up");
    cluster.up().unwrap();
    let soon = tokio::time::timeout(SOON, counted(&url, before + 1, &mut turns));
    let mut conn = soon.await.expect("work goes on soon");
    while progress(&mut conn).await.unwrap().0 > 0 {
        assert!(workers.iter().all(|worker| !worker.is_finished()), "a worker gave up");
        turns.changed().await.expect("a worker gave up");
    }
    for worker in workers {
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled());
    }
    let store = PgStore::connect(&url).await.unwrap();
    let mut sender = Worker::new(store.clone(), "sender");
    let all = tokio::time::timeout(Duration::from_mins(1), async {
        let unsent = "SELECT count(*) FROM event_outbox WHERE published_at IS NULL";
        while sqlx::query_scalar::<_, i64>(unsent).fetch_one(&mut conn).await.unwrap() > 0 {
            let turn = tokio::time::timeout(Duration::from_millis(200), sender.run());
            assert!(turn.await.is_err(), "a worker never ends by itself");
        }
    });
    all.await.expect("what was leased by a worker that ended leaves in time");
    assert_whole(&store, &mut conn, &ids).await;
}
