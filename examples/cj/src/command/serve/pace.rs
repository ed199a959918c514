//! A clock that may be faster than the machine's.

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::port::{Clock, SystemClock};

/// Shows the machine's time, or one that has run so many times as fast since 2020: workers of one pace agree.
pub(super) struct Paced {
    times: u32,
}

impl Paced {
    pub(super) const fn new(times: u32) -> Self {
        Self { times }
    }
}

impl Clock for Paced {
    fn now(&self) -> DateTime<Utc> {
        let now = SystemClock::new().now();
        let start = DateTime::UNIX_EPOCH + TimeDelta::days(365 * 50);
        let times = i32::try_from(self.times.max(1)).unwrap_or(i32::MAX);
        start + (now - start) * times
    }
}
