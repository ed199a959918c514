//! Records and streams of verdicts, drawn at random for property tests.
//!
//! What is drawn is valid, and as odd as the contract lets it be: letters of every plane, every enum value, numbers from
//! the whole of their range, times to the microsecond.

mod batch;
mod record;
mod value;
mod verdict;

pub use batch::batch;
pub use record::{comparisons, decision, essays, message, result, sheet};
pub use value::{essay_ids, odd_text, real, time};
pub use verdict::verdicts;
