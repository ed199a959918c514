//! The time.

use std::sync::Mutex;

use chrono::{DateTime, Utc};

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The time now; it never goes back.
    fn now(&self) -> DateTime<Utc>;
}

/// The machine's clock: the one place where it is read.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl SystemClock {
    /// The machine's clock.
    pub fn new() -> Self {
        Self
    }
}

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
        let now = std::time::SystemTime::now();
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        DateTime::from_timestamp(since.as_secs().cast_signed(), since.subsec_nanos()).unwrap_or_default()
    }
}

/// A clock that stands still until it is told: for simulated judges and for tests.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<DateTime<Utc>>,
}

impl ManualClock {
    /// A clock that shows a time.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self { now: Mutex::new(now) }
    }

    /// Moves on to a time; an earlier one changes nothing.
    ///
    /// # Panics
    /// Never: the lock is held for a comparison of two times.
    pub fn advance_to(&self, time: DateTime<Utc>) {
        let mut now = self.now.lock().expect("no holder of this lock panics");
        *now = time.max(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("no holder of this lock panics")
    }
}
