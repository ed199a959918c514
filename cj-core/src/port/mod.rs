//! What the engine asks of the world besides storage.

mod clock;
mod content;
mod publisher;

pub use clock::{Clock, ManualClock, SystemClock};
pub use content::{ContentError, ContentSource, ContentStore, StoredText};
pub use publisher::{EventPublisher, PublishError};
