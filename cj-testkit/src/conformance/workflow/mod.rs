//! Batches from request to end, on any store: the service at work, with a judge of the test's own and a clock that stands
//! still until it is told.

mod crash;
pub(crate) mod driver;
pub(crate) mod erasure;
mod failures;
mod lifecycle;
mod properties;
mod recovery;
mod story;
mod verdicts;

pub use crash::*;
pub use erasure::*;
pub use failures::*;
pub use lifecycle::*;
pub use properties::*;
pub use recovery::*;
pub use verdicts::*;
