//! From judgements to scores: Bradley–Terry estimation with honest errors.
//!
//! [`Judgements`] hold what was compared and how it ended, [`Model`] says what is believed, [`Model::fit`] gives a
//! [`Fit`]: scores in logits, standard errors from the whole information matrix, chances, ranks and residuals.
//! [`Connectivity`] says beforehand what holds the items together, [`Separation`] how far the scores tell them apart.
//!
//! Everything is deterministic: the same judgements in any order give the same bits on one target.
mod anchor;
mod chains;
mod conjugate;
mod connectivity;
mod covariance;
mod edges;
mod error;
mod errors;
mod firth;
mod fit;
mod gibbs;
mod graph;
mod information;
mod intransitivity;
mod judge_chain;
mod judge_model;
mod judge_posterior;
mod judgement;
mod judgements;
mod law;
mod linalg;
mod model;
mod newton;
mod normal;
mod order_test;
mod pair_order;
mod pair_table;
mod panel;
mod polya_gamma;
mod posterior;
mod posterior_sampler;
mod prior;
mod problem;
mod ranking;
mod real;
mod residuals;
mod row;
mod row_sort;
mod sampling;
mod separation;
mod sirt;
mod skyline;
mod slice;
mod slope;
mod solver;
mod split_half;
mod spread;
mod start;
mod statistics;
mod tally_table;
mod ties;
mod weights;
mod wins;

pub use anchor::Anchor;
pub use connectivity::Connectivity;
pub use covariance::Covariance;
pub use error::ScoringError;
pub use fit::{Effect, Fit, Frame, Method};
pub use intransitivity::Intransitivity;
pub use judge_model::JudgeModel;
pub use judge_posterior::{JudgePosterior, JudgeTraits, PanelTraits};
pub use judgement::{Judgement, Outcome, PairCount};
pub use judgements::{Judgements, Tally};
pub use model::{Model, ModelBuilder};
pub use order_test::OrderTest;
pub use panel::{JudgeLine, Panel, Swaps};
pub use posterior::{Posterior, Quantiles, Reliability};
pub use posterior_sampler::PosteriorSampler;
pub use prior::Prior;
pub use ranking::Rank;
pub use residuals::{Misfit, Residuals};
pub use sampling::Sampling;
pub use separation::{Separation, SeparationBasis};
pub use split_half::SplitHalf;
pub use ties::{DavidsonOrder, TiePolicy};
