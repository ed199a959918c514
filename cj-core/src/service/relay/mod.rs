//! The relay: what waits in the outbox goes out.

mod both;
mod claim;
mod figures;
mod pass;
mod policy;
#[expect(clippy::module_inception, reason = "a file is named after its type")]
mod relay;

pub use figures::{Histogram, RelayFigures};
pub use pass::Relayed;
pub use policy::RelayPolicy;
pub use relay::Relay;
