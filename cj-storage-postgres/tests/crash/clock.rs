//! Time that runs faster, and the same in every process.

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::port::{Clock, SystemClock};

/// So that leases of a minute end within the patience of a test.
const SPEED: i32 = 10;

/// The machine's clock, faster.
pub(crate) struct FastClock;

impl Clock for FastClock {
    fn now(&self) -> DateTime<Utc> {
        let origin = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        origin + (SystemClock::new().now() - origin) * SPEED
    }
}
