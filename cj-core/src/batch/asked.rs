//! A judge has a question.

use super::machine::{Batch, Folded};
use super::{Context, Rejection};
use crate::change::{ChangeSet, ComparisonState};
use crate::id::ComparisonId;

impl Batch {
    pub(super) fn asked(
        &mut self,
        id: ComparisonId,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        let comparison = self.comparisons.get(&id).ok_or(Rejection::UnknownComparison(id))?;
        if comparison.state != ComparisonState::Planned {
            return Ok(Folded::Nothing);
        }
        self.note_asked(id, cx, change);
        let deadline = cx.now + self.header.settings.comparison_timeout();
        let comparison = self.comparisons.get_mut(&id).expect("looked up above");
        comparison.state = ComparisonState::Asked;
        comparison.deadline = deadline;
        self.deadlines.note(comparison);
        change.update_comparison(comparison.clone());
        Ok(Folded::Activity)
    }
}
