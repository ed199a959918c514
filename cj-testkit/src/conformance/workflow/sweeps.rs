//! The monitor among many batches.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::TimeDelta;
use cj_core::config::Settings;
use cj_core::id::BatchId;
use cj_core::store::{ErrorKind, Store};

use super::driver::{Driver, request};
use crate::FaultStore;

/// More batches than one unit of work holds.
const MANY: usize = 230;

/// One sweep takes over all that is due, however many units that needs, and nothing that is not; then nothing is left.
pub async fn a_sweep_wakes_all_that_is_due(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let due = submitted(&driver, "due", MANY).await;
    driver.later(TimeDelta::seconds(30));
    let later = submitted(&driver, "later", 3).await;
    driver.later(TimeDelta::seconds(30));
    let colleague = driver.colleague("colleague");
    assert_eq!(colleague.wake(1_000).await.expect("the monitor runs"), due);
    assert!(driver.service.wake(1_000).await.expect("the monitor runs").is_empty(), "the colleague has them");
    driver.later(TimeDelta::seconds(30));
    // The first are due again at the end of the colleague's leases, which is later than these.
    assert_eq!(driver.service.wake(1_000).await.expect("the monitor runs"), later);
    driver.later(TimeDelta::seconds(30));
    let some = driver.service.wake(150).await.expect("the monitor runs");
    assert_eq!((some.len(), some.is_subset(&due)), (150, true));
    assert_eq!(driver.service.wake(1_000).await.expect("the monitor runs"), &due - &some);
}

/// Two sweeps at once share what is due: each batch goes to one of them.
pub async fn two_sweeps_share_what_is_due(store: Arc<dyn Store>) {
    let driver = Driver::new(store);
    let due = submitted(&driver, "due", MANY).await;
    driver.later(TimeDelta::seconds(60));
    let (one, other) = (driver.colleague("one"), driver.colleague("other"));
    let (one, other) = tokio::join!(one.wake(1_000), other.wake(1_000));
    let (one, other) = (one.expect("the monitor runs"), other.expect("the monitor runs"));
    assert!(one.is_disjoint(&other), "no batch has two workers");
    assert_eq!(&one | &other, due);
}

/// A batch that cannot be read stays due and keeps none of the others from being woken; alone, it is an error.
pub async fn one_unreadable_batch_stalls_no_sweep(store: Arc<dyn Store>) {
    let faulty = FaultStore::new(store);
    let driver = Driver::new(Arc::new(faulty.clone()));
    let due = submitted(&driver, "due", MANY).await;
    let spoilt = *due.iter().nth(MANY / 2).expect("there are so many");
    driver.later(TimeDelta::seconds(60));
    faulty.spoil(spoilt);
    let colleague = driver.colleague("colleague");
    let woken = colleague.wake(1_000).await.expect("most are woken");
    assert_eq!(&due - &woken, BTreeSet::from([spoilt]));
    let error = colleague.wake(1_000).await.expect_err("it alone is due");
    assert!(
        matches!(&error, cj_core::service::ServiceError::Store(error) if error.kind() == ErrorKind::Corrupt),
        "{error:?}"
    );
    faulty.heal();
    assert_eq!(colleague.wake(1_000).await.expect("it can be read again"), BTreeSet::from([spoilt]));
}

/// Batches that cannot be read, more of them than a sweep holds and longer due than all others, keep none of these from being woken;
/// no sweep tries more of them than it holds, and once they can be read, they are woken as well.
pub async fn many_unreadable_batches_starve_no_other(store: Arc<dyn Store>) {
    const LIMIT: u32 = 10;
    let faulty = FaultStore::new(store);
    let driver = Driver::new(Arc::new(faulty.clone()));
    let spoilt = submitted(&driver, "spoilt", 25).await;
    driver.later(TimeDelta::seconds(1));
    let sound = submitted(&driver, "sound", 12).await;
    driver.later(TimeDelta::seconds(60));
    for id in &spoilt {
        faulty.spoil(*id);
    }
    let colleague = driver.colleague("colleague");
    let mut woken = BTreeSet::new();
    for _ in 0..4 {
        let before = faulty.operations().len();
        // A sweep that meets nothing but these is an error.
        woken.extend(colleague.wake(LIMIT).await.unwrap_or_default());
        let units = faulty.operations()[before..].iter().filter(|operation| **operation == "store.begin").count();
        assert!(units <= LIMIT as usize + 1, "a sweep of {LIMIT} took {units} units of work");
    }
    assert_eq!(woken, sound);
    // Nothing else is due: every sweep says so.
    for _ in 0..4 {
        colleague.wake(LIMIT).await.expect_err("they alone are due");
    }
    faulty.heal();
    let mut woken = BTreeSet::new();
    for _ in 0..6 {
        woken.extend(colleague.wake(LIMIT).await.expect("the monitor runs"));
    }
    assert_eq!(woken, spoilt);
}

/// Batches that a worker took and did nothing more with.
async fn submitted(driver: &Driver, name: &str, count: usize) -> BTreeSet<BatchId> {
    let mut ids = BTreeSet::new();
    for number in 0..count {
        let request = request(&format!("{name} {number}"), 2, Settings::builder());
        ids.insert(driver.service.submit(request).await.expect("the request is good"));
    }
    ids
}
