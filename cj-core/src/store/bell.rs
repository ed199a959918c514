//! Notices inside one process.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use async_trait::async_trait;

use super::{StoreError, Wake, Wakes};
use crate::change::MessageKind;

/// Rung by a store after a commit that put something into the outbox; heard by every [`BellWakes`] made of it.
#[derive(Clone, Debug, Default)]
pub struct Bell {
    shared: Arc<Mutex<Rung>>,
}

/// How often the bell rang for events and for questions, and who waits.
#[derive(Debug, Default)]
struct Rung {
    times: [u64; KINDS.len()],
    waiting: Vec<Waker>,
}

impl Bell {
    /// A bell that has not rung.
    pub fn new() -> Self {
        Self::default()
    }

    /// Wakes everyone who listens. To be called after the commit, never before.
    pub fn ring(&self, kinds: &[MessageKind]) {
        let waiting = {
            let mut rung = self.lock();
            for kind in kinds {
                rung.times[place(*kind)] += 1;
            }
            std::mem::take(&mut rung.waiting)
        };
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Listens from now on.
    pub fn wakes(&self) -> BellWakes {
        BellWakes { heard: self.lock().times, bell: self.clone() }
    }

    fn lock(&self) -> MutexGuard<'_, Rung> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One listener. Any number of rings for a kind since it listened last are one notice.
#[derive(Debug)]
pub struct BellWakes {
    bell: Bell,
    heard: [u64; KINDS.len()],
}

#[async_trait]
impl Wakes for BellWakes {
    async fn next(&mut self) -> Result<Wake, StoreError> {
        poll_fn(|cx| {
            let mut rung = self.bell.lock();
            for (at, kind) in KINDS.into_iter().enumerate() {
                if self.heard[at] != rung.times[at] {
                    self.heard[at] = rung.times[at];
                    return Poll::Ready(Ok(Wake::Appended(kind)));
                }
            }
            if !rung.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                rung.waiting.push(cx.waker().clone());
            }
            Poll::Pending
        })
        .await
    }
}

const fn place(kind: MessageKind) -> usize {
    match kind {
        MessageKind::Event => 0,
        MessageKind::Question => 1,
    }
}

const KINDS: [MessageKind; 2] = [MessageKind::Event, MessageKind::Question];

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::task::{Context, Wake as StdWake};

    use super::*;

    #[derive(Default)]
    struct Counting(AtomicU32);

    impl StdWake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What one look at a listener gives: a kind, or nothing yet.
    fn look(wakes: &mut BellWakes, waker: &Waker) -> Option<MessageKind> {
        match pin!(wakes.next()).poll(&mut Context::from_waker(waker)) {
            Poll::Ready(Ok(Wake::Appended(kind))) => Some(kind),
            Poll::Ready(other) => panic!("{other:?}"),
            Poll::Pending => None,
        }
    }

    #[test]
    fn a_ring_is_heard_once_by_everyone_who_listened_before() {
        let bell = Bell::new();
        bell.ring(&[MessageKind::Event]);
        let (mut one, mut two) = (bell.wakes(), bell.wakes());
        let waker = Waker::noop();
        assert_eq!(look(&mut one, waker), None, "it rang before");
        bell.ring(&[MessageKind::Question, MessageKind::Event]);
        bell.ring(&[MessageKind::Event]);
        for wakes in [&mut one, &mut two] {
            assert_eq!(look(wakes, waker), Some(MessageKind::Event));
            assert_eq!(look(wakes, waker), Some(MessageKind::Question));
            assert_eq!(look(wakes, waker), None);
        }
    }

    #[test]
    fn who_waits_is_woken_and_loses_nothing_when_dropped() {
        let bell = Bell::new();
        let mut wakes = bell.wakes();
        let counting = Arc::new(Counting::default());
        let waker = Waker::from(Arc::clone(&counting));
        assert_eq!(look(&mut wakes, &waker), None);
        assert_eq!(look(&mut wakes, &waker), None);
        assert_eq!(counting.0.load(Ordering::Relaxed), 0);
        bell.ring(&[MessageKind::Question]);
        assert_eq!(counting.0.load(Ordering::Relaxed), 1, "one waker, however often it waited");
        assert_eq!(look(&mut wakes, &waker), Some(MessageKind::Question));
    }
}
