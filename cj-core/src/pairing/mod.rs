//! Which comparisons to ask next.
//!
//! A strategy is a pure function of a [`Request`]: how many items there are, what was asked, the current [`Estimate`], the
//! size of the wave and a seed. [`plan`] answers with ordered pairs of item indices. The same request gives the same pairs,
//! to the bit on one target whatever the thread count.
//!
//! ```
//! use cj_core::config::Strategy;
//! use cj_core::pairing::{Pair, Request, plan};
//!
//! let asked = [Pair::new(0, 1), Pair::new(2, 3)];
//! let mut request = Request::new(4);
//! request.asked = &asked;
//! let next = plan(Strategy::Balanced, &request)?;
//! // One round more: the item on the left so far goes right.
//! assert_eq!(next.len(), 2);
//! assert!(next.iter().all(|pair| [1, 3].contains(&pair.left) && [0, 2].contains(&pair.right)));
//! # Ok::<(), cj_core::pairing::PairingError>(())
//! ```
//!
//! # Position balance
//! A judge may prefer whatever it reads first, so every item must be shown as often on the left as on the right. L − R is
//! the number of times an item was on the left minus the number of times on the right, over the questions asked. Rules that
//! know their schedule beforehand put an item's first and second, third and fourth, … comparison on opposite sides; rules
//! that choose as they go only ask *admissible* pairs: L − R ≤ 0 for the item on the left, ≥ 0 for the one on the right,
//! and a repeat always swapped. Either way |L − R| ≤ 1 holds after every comparison.

mod acj;
mod adaptive;
mod anchored;
mod balanced;
mod board;
mod components;
mod design;
mod dice;
mod eig;
mod error;
mod estimate;
mod forecast;
mod given;
mod grade;
mod greedy;
mod logit;
mod matching;
mod meetings;
mod optimal_graph;
mod orient;
mod pair;
mod panel;
mod passes;
mod plan;
mod quotas;
mod random;
mod request;
mod round_robin;
mod swiss;

pub use crate::config::Repeats;
pub use design::complete_design;
pub use error::PairingError;
pub use estimate::Estimate;
pub use forecast::{comparisons_needed, wave_value};
pub use pair::Pair;
pub use panel::{Panel, Task, assign, double};
pub use plan::plan;
pub use quotas::Quotas;
pub use request::Request;
