//! Where events go in a simulated world.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cj_core::change::OutboxMessage;
use cj_core::port::{EventPublisher, PublishError};

use super::shared::Shared;

/// Keeps every event as it came, repeated ones too; sometimes it does not take one at once.
pub(super) struct Post {
    shared: Arc<Shared>,
    events: Mutex<Vec<OutboxMessage>>,
}

impl Post {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, events: Mutex::default() }
    }

    pub(super) fn events(&self) -> Vec<OutboxMessage> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl EventPublisher for Post {
    async fn publish(&self, events: &[OutboxMessage]) -> Vec<Result<(), PublishError>> {
        let mut refused: Vec<&str> = Vec::new();
        let mut kept = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let mut outcomes = Vec::with_capacity(events.len());
        for event in events {
            let fails = {
                let mut inner = self.shared.inner();
                let rate = if inner.calm { 0.0 } else { self.shared.scenario.publisher_fails };
                inner.dice.happens(rate)
            };
            // Of one key, none may succeed after one that failed.
            if fails || refused.contains(&event.key.as_str()) {
                refused.push(&event.key);
                outcomes.push(Err(PublishError::passing("simulated")));
            } else {
                kept.push(event.clone());
                outcomes.push(Ok(()));
            }
        }
        outcomes
    }
}
