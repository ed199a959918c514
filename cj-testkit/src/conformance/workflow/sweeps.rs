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

/// Batches that a worker took and did nothing more with.
async fn submitted(driver: &Driver, name: &str, count: usize) -> BTreeSet<BatchId> {
    let mut ids = BTreeSet::new();
    for number in 0..count {
        let request = request(&format!("{name} {number}"), 2, Settings::builder());
        ids.insert(driver.service.submit(request).await.expect("the request is good"));
    }
    ids
}
