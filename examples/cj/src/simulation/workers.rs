use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::Error;

/// Does `work` on each of `tasks` with so many threads; who does what changes nothing, since tasks share nothing.
///
/// `done` is told after each task how many are. The first error, in the order of the tasks, is returned.
pub(super) fn for_each<T: Send>(
    tasks: &mut [T],
    jobs: usize,
    work: impl Fn(&mut T) -> Result<(), Error> + Sync,
    done: impl Fn(u64) + Sync,
) -> Result<(), Error> {
    let count = AtomicU64::new(0);
    let queue = Mutex::new(tasks.iter_mut().enumerate());
    let failed: Mutex<Option<(usize, Error)>> = Mutex::new(None);
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let help = || {
        while let Some((number, task)) = next() {
            if let Err(error) = work(task)
                && let Ok(mut failed) = failed.lock()
                && failed.as_ref().is_none_or(|(earlier, _)| number < *earlier)
            {
                *failed = Some((number, error));
            }
            done(count.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..jobs {
            scope.spawn(help);
        }
        help();
    });
    match failed.into_inner() {
        Ok(Some((_, error))) => Err(error),
        _ => Ok(()),
    }
}
