//! The port to messages that could not be used.

use std::sync::Arc;

use cj_core::change::DeadLetter;
use cj_core::store::Store;

use super::support::{begin, commit, view};
use crate::fixture::{ODD_TEXT, at, dead_letter};

async fn keep(store: &Arc<dyn Store>, letters: &[DeadLetter]) {
    let mut unit = begin(store).await;
    unit.keep(letters).await.expect("letters are kept");
    commit(unit).await;
}

async fn newest(store: &Arc<dyn Store>, limit: u32) -> Vec<DeadLetter> {
    view(store).await.newest(limit).await.expect("letters are loaded")
}

fn received(name: &str, seconds: i64) -> DeadLetter {
    DeadLetter { received_at: at(seconds), ..dead_letter("service", name) }
}

/// Every field of a letter is read as it was written, every byte of its payload too.
pub async fn reads_letters_as_they_were_kept(store: Arc<dyn Store>) {
    let full = DeadLetter {
        topic: ODD_TEXT.to_owned(),
        reason: "åäö".to_owned(),
        payload: (0..=255).cycle().take(70_000).collect(),
        ..received("full", 2)
    };
    let bare = DeadLetter { topic: String::new(), detail: String::new(), payload: vec![], ..received("bare", 1) };
    keep(&store, &[bare.clone(), full.clone()]).await;
    assert_eq!(newest(&store, 10).await, [full, bare]);
}

/// Letters come newest first, at most so many; equal times in order of consumer and message.
pub async fn letters_come_newest_first(store: Arc<dyn Store>) {
    let mut letters: Vec<_> = (0..12).map(|n| received(&format!("letter {n}"), n % 4)).collect();
    "Annan".clone_into(&mut letters[2].consumer);
    keep(&store, &letters).await;
    letters.sort_by(|a, b| (b.received_at, &a.consumer, a.event_id).cmp(&(a.received_at, &b.consumer, b.event_id)));
    assert_eq!(newest(&store, 100).await, letters);
    assert_eq!(newest(&store, 5).await, letters[..5]);
    assert_eq!(newest(&store, 0).await, []);
}

/// A message that is kept already for the same consumer stays as it is; another consumer keeps its own.
pub async fn a_letter_is_kept_once_per_consumer(store: Arc<dyn Store>) {
    let first = received("letter", 5);
    let again = DeadLetter { detail: "later".to_owned(), received_at: at(9), ..first.clone() };
    let elsewhere = DeadLetter { consumer: "other".to_owned(), received_at: at(7), ..first.clone() };
    keep(&store, std::slice::from_ref(&first)).await;
    keep(&store, &[again.clone(), elsewhere.clone(), again]).await;
    assert_eq!(newest(&store, 10).await, [elsewhere, first]);
}

/// Nothing is kept of nothing, and two thousand letters in one call.
pub async fn keeps_no_letter_and_two_thousand(store: Arc<dyn Store>) {
    keep(&store, &[]).await;
    assert_eq!(newest(&store, 10).await, []);
    let mut letters: Vec<_> = (0..2_000).map(|n| received(&format!("letter {n}"), n)).collect();
    keep(&store, &letters).await;
    letters.reverse();
    assert_eq!(newest(&store, u32::MAX).await, letters);
}
