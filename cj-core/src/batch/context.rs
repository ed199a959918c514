//! What a fold is told of the world.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::change::EssayContent;
use crate::id::{EssayId, WorkerId};

/// Texts by essay, for the questions that a fold may put out.
pub type EssayTexts = BTreeMap<EssayId, EssayContent>;

/// What a fold is told of the world: it knows nothing else.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct Context<'a> {
    /// The time.
    pub now: DateTime<Utc>,
    /// Who folds: it gets the lease where the fold leaves work to do.
    pub worker: &'a WorkerId,
    /// The texts of the essays that may be asked about: all of a wave's, or of a failed comparison's, which may be tried
    /// again. A fold of answered comparisons needs none.
    pub texts: &'a EssayTexts,
}
