//! How long something took.

use std::time::Duration;

use tokio::time::Instant;

use super::Failure;

/// Does a piece of work, and says how long it took.
///
/// # Errors
/// Those of the work.
pub async fn timed<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<(T, Duration), Failure> {
    let start = Instant::now();
    let done = work.await?;
    Ok((done, start.elapsed()))
}

/// How many a second.
pub fn rate(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
