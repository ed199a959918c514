//! What comparisons will be worth before they are asked.

mod needed;
mod simulated;
mod value;

pub use needed::comparisons_needed;
pub use value::wave_value;
