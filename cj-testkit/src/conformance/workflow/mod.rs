//! Batches from request to end, on any store: the service at work, with a judge of the test's own and a clock that stands
//! still until it is told.

mod arrivals;
mod budget;
mod crash;
pub(crate) mod driver;
pub(crate) mod erasure;
mod failures;
mod gate;
mod given;
mod inputs;
mod leases;
mod lifecycle;
mod properties;
mod reading;
mod reasons;
mod recovery;
mod story;
mod sweeps;
mod verdicts;

pub use arrivals::*;
pub use budget::*;
pub use crash::*;
pub use erasure::*;
pub use failures::*;
pub use given::*;
pub use inputs::*;
pub use leases::*;
pub use lifecycle::*;
pub use properties::*;
pub use reading::*;
pub use reasons::*;
pub use recovery::*;
pub use sweeps::*;
pub use verdicts::*;
