//! What the engine asks of the world besides storage.

mod breaker;
mod clock;
mod content;
mod guarded_publisher;
mod observer;
mod publisher;

pub use breaker::{Breaker, BreakerSettings, Permit, Ticket};
pub use clock::{Clock, ManualClock, SystemClock};
pub use content::{ContentError, ContentSource, ContentStore, StoredText};
pub use guarded_publisher::GuardedPublisher;
pub use observer::Observer;
pub use publisher::{EventPublisher, PublishError, PublishErrorKind};
