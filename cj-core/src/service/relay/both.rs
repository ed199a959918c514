//! Two things at a time.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// Drives two futures in one task until both have ended.
pub(super) async fn both<A, B>(one: impl Future<Output = A>, other: impl Future<Output = B>) -> (A, B) {
    let (mut one, mut other) = (pin!(one), pin!(other));
    let (mut ended, mut other_ended) = (None, None);
    poll_fn(|cx| {
        if ended.is_none()
            && let Poll::Ready(value) = one.as_mut().poll(cx)
        {
            ended = Some(value);
        }
        if other_ended.is_none()
            && let Poll::Ready(value) = other.as_mut().poll(cx)
        {
            other_ended = Some(value);
        }
        match (ended.take(), other_ended.take()) {
            (Some(a), Some(b)) => Poll::Ready((a, b)),
            (a, b) => {
                (ended, other_ended) = (a, b);
                Poll::Pending
            }
        }
    })
    .await
}
