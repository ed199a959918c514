//! Who judges what.

mod assign;
mod double;
mod load;
mod mend;
mod roster;
mod task;
mod trail;

pub use assign::{Panel, assign};
pub use double::double;
pub use task::Task;
